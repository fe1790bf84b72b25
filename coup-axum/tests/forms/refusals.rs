//! What cannot be had: pages that say so, in the reader's language and with the right status.

use crate::{browser::House, studies::found};

#[tokio::test]
async fn a_private_study_does_not_exist_for_others() {
    let house = House::new();
    let (mut owner, mut guest) = (house.person("민준").await, house.person("Emma").await);
    let id = found(&mut owner, &[]).await;
    let never = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57";
    for path in
        ["/studies/ID", "/my-studies/ID", "/my-studies/ID/chat", "/my-studies/ID/members", "/my-studies/ID/settings"]
    {
        guest.language = "ko";
        let hidden = guest.get(&path.replace("ID", &id)).await.is(404).has("찾을 수 없어요").lacks("아침 수학");
        let absent = guest.get(&path.replace("ID", never)).await.is(404);
        assert_eq!(hidden.text.replace(&id, ""), absent.text.replace(never, ""), "{path}");
        guest.language = "en";
        guest.get(&path.replace("ID", &id)).await.is(404).has("lang=\"en\"").lacks("찾을");
        guest.get(&path.replace("ID", "no-id")).await.is(404);
    }
    guest.post(&format!("/studies/{id}/join"), &[]).await.is(404);
    guest.post(&format!("/my-studies/{id}/chat"), &[("content", "x")]).await.is(404);
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_pages_too() {
    let house = House::new();
    let mut visitor = house.browser();
    visitor.get("/nowhere").await.is(404).has("찾을 수 없어요").has("/coup/sign-in");
    visitor.language = "en";
    visitor.get("/nowhere/at/all").await.is(404).has("lang=\"en\"");
    visitor.send("DELETE", "/studies", &[], None).await.is(405);
    visitor.get("/assets/x/nothing.css").await.is(404);
    visitor.get("/components").await.is(200);
    let mut person = house.person("민준").await;
    person.get("/nowhere").await.is(404).has("/coup/my-studies").lacks("/coup/sign-in\"");
}

#[tokio::test]
async fn what_another_site_makes_a_browser_post_is_refused() {
    let house = House::new();
    let mut owner = house.person("민준").await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    let body = || Some("name=ab&description=b&category=c".to_owned());
    for foreign in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://elsewhere")]
    {
        let headers = [form, foreign, ("host", "127.0.0.1:3000")];
        owner.send("POST", "/studies", &headers, body()).await.is(403).has("다른 사이트에서 보낸 요청은 받지 않아요");
    }
    owner.get("/my-studies").await.lacks("/coup/my-studies/");
    let headers = [form, ("sec-fetch-site", "same-origin")];
    owner.send("POST", "/studies", &headers, body()).await.is(303);
    let headers = [form, ("sec-fetch-site", "cross-site")];
    owner.send("POST", "/preferences", &headers, Some("theme=dark".to_owned())).await.is(403);
}

#[tokio::test]
async fn a_body_that_is_no_form_or_too_large_is_refused() {
    let house = House::new();
    let mut owner = house.person("민준").await;
    let json = [("content-type", "application/json")];
    owner.send("POST", "/studies", &json, Some("{}".to_owned())).await.is(415);
    owner.post("/studies", &[("name", &"a".repeat(140_000))]).await.is(413);
}

#[tokio::test]
async fn every_page_of_a_study_speaks_both_languages() {
    let house = House::new();
    let mut owner = house.person("Emma").await;
    let english = [
        ("name", "Morning maths"),
        ("emoji", "📐"),
        ("description", "daily"),
        ("category", "science"),
        ("maxMembers", "3"),
        ("isPublic", "true"),
    ];
    let home = owner.post("/studies", &english).await.place();
    let public = home.replace("/my-studies", "/studies");
    let mut paths: Vec<String> = [
        "",
        "/chat",
        "/members",
        "/requests",
        "/kicked",
        "/invites",
        "/settings",
        "/close",
        "/delete",
        "/invite-code/rotate",
    ]
    .map(|end| format!("{home}{end}"))
    .to_vec();
    paths.extend(["/me", "/studies", "/studies/new", "/my-studies"].map(str::to_owned));
    paths.push(public);
    let hangul = |text: &str| text.chars().any(|letter| ('가'..='힣').contains(&letter));
    for path in &paths {
        owner.language = "ko";
        let page = owner.get(path).await.is(200).has("lang=\"ko\"");
        assert!(hangul(&page.text), "{path}");
        owner.language = "en";
        let page = owner.get(path).await.is(200).has("lang=\"en\"");
        // The one Korean word is the name of the language itself.
        assert!(!hangul(&page.text.replace("한국어", "")), "{path}: {}", page.text);
    }
}
