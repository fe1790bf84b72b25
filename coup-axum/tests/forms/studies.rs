//! Founding, browsing and keeping studies.

use crate::browser::{Browser, House};

pub(crate) const FIELDS: [(&str, &str); 7] = [
    ("name", "아침 수학"),
    ("emoji", "📐"),
    ("description", "매일 한 문제"),
    ("category", "science"),
    ("maxMembers", "3"),
    ("timeZone", "Asia/Seoul"),
    ("isRecruiting", "true"),
];

/// Founds a study with `more` boxes ticked, and says its path below `/my-studies`.
pub(crate) async fn found(browser: &mut Browser<'_>, more: &[(&str, &str)]) -> String {
    let fields: Vec<(&str, &str)> = FIELDS.iter().chain(more).copied().collect();
    let page = browser.post("/studies", &fields).await;
    page.place().trim_start_matches("/my-studies/").to_owned()
}

const OPEN: &[(&str, &str)] = &[("isPublic", "true"), ("autoApprove", "true")];

#[tokio::test]
async fn a_study_is_founded_browsed_and_joined() {
    let house = House::new();
    let (mut owner, mut guest) = (house.person("민준").await, house.person("서연").await);
    owner.get("/studies").await.is(200).has("/coup/studies/new");
    owner.get("/studies/new").await.is(200).has("name=\"maxMembers\"").has("value=\"20\"");
    let id = found(&mut owner, OPEN).await;
    owner.get(&format!("/my-studies/{id}")).await.is(200).has("아침 수학").has("스터디를 만들었어요").lacks("/leave");
    owner.get("/studies").await.has(&format!("/coup/my-studies/{id}"));
    guest
        .get("/studies?query=수학&category=science&isRecruiting=true&minMembers=1&sortBy=memberCount")
        .await
        .is(200)
        .has(&format!("/coup/studies/{id}"));
    guest.get("/studies?category=language").await.is(200).lacks("아침 수학");
    guest.get(&format!("/my-studies/{id}")).await.leads_to(&format!("/coup/studies/{id}"));
    guest.get(&format!("/studies/{id}")).await.is(200).has(&format!("action=\"/coup/studies/{id}/join\""));
    guest.submit(&format!("/studies/{id}/join"), &[]).await.is(200).has("스터디에 가입했어요").has("/leave");
    guest.get(&format!("/studies/{id}")).await.lacks("/join\"");
    guest.get("/my-studies").await.is(200).has("아침 수학");
    guest.get(&format!("/my-studies/{id}/leave")).await.is(200).has(&format!("action=\"/coup/my-studies/{id}/leave\""));
    guest.submit(&format!("/my-studies/{id}/leave"), &[]).await.is(200).has("스터디에서 나왔어요").lacks("아침 수학");
}

#[tokio::test]
async fn a_list_goes_on_by_cursor_with_its_filters() {
    let house = House::new();
    let mut owner = house.person("민준").await;
    for _ in 0..21 {
        found(&mut owner, OPEN).await;
    }
    let page = owner.get("/studies?category=science").await.is(200);
    let next = page.between("<a class=\"button button--plain\" href=\"/coup", "\" rel=\"next\"");
    let next = next.replace("&amp;", "&").replace("&#38;", "&");
    assert!(next.starts_with("/studies?category=science&cursor="), "{next}");
    owner
        .get(&next)
        .await
        .is(200)
        .has("아침 수학")
        .lacks("rel=\"next\"")
        .has("href=\"/coup/studies?category=science\"");
    let page = owner.get("/my-studies").await.is(200);
    let next = page.between("<a class=\"button button--plain\" href=\"/coup", "\" rel=\"next\"");
    owner.get(&next).await.is(200).has("아침 수학").has("href=\"/coup/my-studies\"");
}

#[tokio::test]
async fn what_is_wrong_with_a_study_stands_at_its_field_and_what_was_typed_is_kept() {
    let house = House::new();
    let mut owner = house.person("Emma").await;
    owner.language = "en";
    let long = "가".repeat(81);
    let fields = [
        ("name", long.as_str()),
        ("description", "kept words"),
        ("maxMembers", "many"),
        ("category", ""),
        ("tags", "rust, a\u{200B}b"),
        ("timeZone", "Mars/Base"),
        ("isPublic", "true"),
    ];
    let page = owner.post("/studies", &fields).await.is(422);
    let page = page.error_at("name", "At most 80 characters").error_at("maxMembers", "wrong type");
    let page = page.error_at("category", "required").error_at("timeZone", "not a time zone");
    page.error_at("tags", "character that is not allowed").has("kept words").has("value=\"many\"").has(&long);
    owner
        .get("/studies?minMembers=few&query=kept")
        .await
        .is(422)
        .error_at("minMembers", "wrong type")
        .has("value=\"kept\"");
    owner.get("/studies?cursor=nonsense").await.is(422);
}

#[tokio::test]
async fn a_study_is_changed_closed_reopened_and_deleted() {
    let house = House::new();
    let (mut owner, mut guest) = (house.person("민준").await, house.person("서연").await);
    let id = found(&mut owner, OPEN).await;
    guest.post(&format!("/studies/{id}/join"), &[]).await;
    let settings = format!("/my-studies/{id}/settings");
    owner.get(&settings).await.is(200).has("value=\"아침 수학\"").has("/visibility").has(&format!("/{id}/delete"));
    guest.get(&settings).await.is(403);
    guest.post(&settings, &FIELDS).await.is(403);
    let fields = [
        ("name", "저녁 수학"),
        ("emoji", "🌙"),
        ("description", "천천히"),
        ("category", "보드게임"),
        ("tags", "#하나, 둘"),
        ("maxMembers", "5"),
        ("timeZone", "Europe/Berlin"),
    ];
    owner.submit(&settings, &fields).await.is(200).has("저장했어요").has("value=\"하나, 둘\"").has("보드게임");
    let fields = [("name", "저녁 수학"), ("emoji", ""), ("description", ""), ("category", "c"), ("maxMembers", "1")];
    let page = owner.post(&settings, &fields).await.is(422).error_at("description", "꼭 입력해야 해요");
    page.error_at("emoji", "꼭").error_at("maxMembers", "2 이상이어야 해요");
    // More members than seats: two seats, three people.
    let mut third = house.person("지호").await;
    third.post(&format!("/studies/{id}/join"), &[]).await.leads_to(&format!("/coup/studies/{id}"));
    owner
        .submit(&format!("{settings}/recruiting"), &[("isRecruiting", "false")])
        .await
        .is(200)
        .has("name=\"isRecruiting\" value=\"true\"");
    owner
        .submit(&format!("{settings}/visibility"), &[("isPublic", "false")])
        .await
        .is(200)
        .has("name=\"isPublic\" value=\"true\"");
    owner.get(&format!("/my-studies/{id}/close")).await.is(200).has("종료");
    owner.submit(&format!("/my-studies/{id}/close"), &[]).await.is(200).has("스터디를 종료했어요").has("/reopen");
    owner.post(&format!("/my-studies/{id}/close"), &[]).await.is(409).has("종료된 스터디는 읽을 수만 있어요");
    owner.submit(&format!("/my-studies/{id}/reopen"), &[]).await.is(200).has("스터디를 다시 열었어요");
    guest.get(&format!("/my-studies/{id}/delete")).await.is(403);
    owner
        .get(&format!("/my-studies/{id}/delete"))
        .await
        .is(200)
        .has(&format!("action=\"/coup/my-studies/{id}/delete\""));
    owner.submit(&format!("/my-studies/{id}/delete"), &[]).await.is(200).has("스터디를 삭제했어요").lacks("저녁 수학");
    guest.get(&format!("/my-studies/{id}")).await.is(404);
}

#[tokio::test]
async fn a_capacity_below_the_members_is_refused_at_its_field() {
    let house = House::new();
    let mut owner = house.person("민준").await;
    let id = found(&mut owner, OPEN).await;
    for name in ["서연", "지호"] {
        house
            .person(name)
            .await
            .post(&format!("/studies/{id}/join"), &[])
            .await
            .leads_to(&format!("/coup/my-studies/{id}"));
    }
    let fields = FIELDS.map(|(name, value)| (name, if name == "maxMembers" { "2" } else { value }));
    let page = owner.post(&format!("/my-studies/{id}/settings"), &fields).await.is(409);
    page.error_at("maxMembers", "지금 멤버 수보다 적을 수 없어요").has("value=\"2\"");
}

#[tokio::test]
async fn dates_are_those_of_the_studys_time_zone() {
    let house = House::new();
    let mut owner = house.person("Emma").await;
    // 23:30 on the first in UTC is the second in Seoul, the first in Los Angeles.
    house.clock.set("2026-03-01T23:30:00Z".parse().expect("an instant"));
    owner.language = "ko";
    let mut there = FIELDS.map(|(name, value)| (name, if name == "timeZone" { "America/Los_Angeles" } else { value }));
    let west = owner.post("/studies", &there).await.place();
    there = FIELDS;
    let east = owner.post("/studies", &there).await.place();
    let date = |page: &crate::browser::Page| page.between("<dd><time datetime=\"2026-03-", "</time>");
    let (west, east) = (owner.get(&west).await.is(200), owner.get(&east).await.is(200));
    assert!(date(&west).contains("3월 1일"), "{}", date(&west));
    assert!(date(&east).contains("3월 2일"), "{}", date(&east));
}
