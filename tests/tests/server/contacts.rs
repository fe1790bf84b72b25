//! Nobody's contact details are shown to peers (specification, beyond § School safety).

use coup_tests::{Person, Server, email};
use reqwest::Method;
use serde_json::json;

/// Peers of each other in one study, in every standing there is.
struct Peers {
    server: Server,
    people: Vec<(&'static str, Person)>,
    study: String,
    message: String,
    code: String,
}

impl Peers {
    async fn new() -> Self {
        let server = Server::on_sqlite().await;
        let names = ["김민준", "이서연", "박지호", "정하은", "Emma Clarke"];
        let mut people = Vec::new();
        for name in names {
            people.push((name, Person::new(&server, name).await));
        }
        let person = |place: usize| -> &Person { &people[place].1 };
        let study = person(0).founds("아침 수학", json!({ "autoApprove": false })).await;
        for asks in 1..=4 {
            person(asks).act(&format!("/studies/{study}/join")).await.is(202);
        }
        // The fourth still waits; the third is removed again.
        for member in 1..=3 {
            person(0).post(&format!("/studies/{study}/members"), json!({ "userId": person(member).id })).await.is(201);
        }
        person(0).delete(&format!("/studies/{study}/members/{}", person(3).id)).await.is(204);
        person(0).says(&study, "안녕하세요, @이서연").await;
        let message = person(1).says(&study, "수학 숙제 했어요?").await;
        person(2).says(&study, "@김민준 네!").await;
        let invite = person(0).post(&format!("/studies/{study}/invites"), json!({})).await.is(201);
        let code = invite.text("/code");
        let target = json!({ "targetType": "MESSAGE", "targetId": message, "type": "SPAM", "reason": "광고 같아요" });
        person(2).post("/reports", target).await.is(201);
        Self { server, people, study, message, code }
    }

    /// The address of a path of the API document; none where it names something that is not here.
    fn address(&self, path: &str) -> Option<String> {
        let path = path.replace("{id}", &self.study).replace("{userId}", &self.people[1].1.id);
        let path = path.replace("{msgId}", &self.message).replace("{code}", &self.code);
        (!path.contains('{')).then_some(path)
    }
}

#[tokio::test]
async fn no_answer_to_a_peer_carries_an_address_of_somebody_else() {
    let peers = Peers::new().await;
    let document = peers.people[0].1.get("/openapi.json").await.is(200);
    let paths = document.body["paths"].as_object().unwrap();
    let reads = paths.iter().filter(|(path, item)| {
        item.get("get").is_some() && !path.contains("/admin") && !path.contains("stream") && !path.contains("/docs")
    });
    let addresses: Vec<String> = reads.filter_map(|(path, _)| peers.address(path)).collect();
    let mut answered = 0;
    for (name, person) in &peers.people {
        for address in &addresses {
            let answer = person.get(address).await;
            let text = answer.body.to_string().to_lowercase();
            answered += u32::from(answer.status.is_success());
            for (other, _) in peers.people.iter().filter(|(other, _)| other != name) {
                assert!(
                    !text.contains(&email(other).to_lowercase()),
                    "{name} reads {other}'s address at {address}: {text}"
                );
            }
        }
        let own = person.get("/me").await.is(200).body.to_string();
        assert!(own.contains(&email(name).to_lowercase()), "what is looked for would be found: {own}");
    }
    assert!(answered > 50, "only {answered} answers of {addresses:?}");
}

#[tokio::test]
async fn no_page_that_a_peer_sees_carries_an_address_of_somebody_else() {
    let peers = Peers::new().await;
    let study = &peers.study;
    let pages = [
        "/me".to_owned(),
        "/studies".to_owned(),
        format!("/studies/{study}"),
        "/my-studies".to_owned(),
        format!("/my-studies/{study}"),
        format!("/my-studies/{study}/members"),
        format!("/my-studies/{study}/requests"),
        format!("/my-studies/{study}/kicked"),
        format!("/my-studies/{study}/chat"),
        format!("/my-studies/{study}/chat/search?query=수학"),
        format!("/my-studies/{study}/invites"),
        format!("/invites/{}", peers.code),
        format!("/reports/new?targetType=MESSAGE&targetId={}", peers.message),
        "/me/reports".to_owned(),
        "/me/sanctions".to_owned(),
    ];
    let site = peers.server.url("");
    let client = coup_tests::web::client().build().unwrap();
    let mut shown = 0;
    for (name, person) in &peers.people {
        for page in &pages {
            let request = client.request(Method::GET, format!("{site}{page}")).header("cookie", &person.cookie);
            let answer = request.send().await.unwrap();
            shown += u32::from(answer.status().is_success());
            let text = answer.text().await.unwrap().to_lowercase();
            for (other, _) in peers.people.iter().filter(|(other, _)| other != name) {
                assert!(!text.contains(&email(other).to_lowercase()), "{name} reads {other}'s address at {page}");
            }
        }
    }
    assert!(shown > 40, "only {shown} pages");
}
