//! A school's own service that mounts CoUp twice (`examples/embed-in-school`): its people, its sign-in, its database.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what helps a test may fail as the test does")]

use std::{collections::BTreeMap, time::Duration};

use coup_tests::TestDatabase;
use embed_in_school::{School, service};
use reqwest::{Client, Response, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::{net::TcpListener, time::sleep};

/// The service on a port of its own, with a database of its own.
struct Running {
    address: String,
    cards: BTreeMap<String, String>,
    pool: PgPool,
    _database: TestDatabase,
}

impl Running {
    async fn new() -> Self {
        let database = TestDatabase::empty().await;
        let school = School::open(database.url()).await.unwrap();
        let cards = school.print_cards().await.unwrap().into_iter().collect();
        let pool = school.pool.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (routes, background) = service(school, &address).await.unwrap();
        tokio::spawn(async move {
            axum::serve(listener, routes).await.unwrap();
            background.end().await;
        });
        Self { address, cards, pool, _database: database }
    }

    /// Somebody with a browser's cookies, signed in by their card.
    async fn person(&self, name: &str) -> Person {
        let client = coup_tests::web::client().cookie_store(true).redirect(Policy::none()).build().unwrap();
        let person = Person { client, address: self.address.clone() };
        let signed_in = person.form("/sign-in", &[("card", &self.cards[name]), ("next", "/clubs/studies")]).await;
        assert_eq!((signed_in.status(), place(&signed_in)), (StatusCode::SEE_OTHER, "/clubs/studies"));
        person
    }

    async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.pool).await.unwrap()
    }
}

struct Person {
    client: Client,
    address: String,
}

impl Person {
    async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.address)).send().await.unwrap()
    }

    async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.client.post(format!("{}{path}", self.address)).form(fields).send().await.unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.client.post(format!("{}{path}", self.address)).json(&body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn club(&self, name: &str) -> (StatusCode, Value) {
        self.post("/clubs/api/studies", json!({ "name": name, "description": name, "category": "취미" })).await
    }
}

fn place(answer: &Response) -> &str {
    answer.headers()["location"].to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_a_school_use_both_mounts_whatever_the_school_calls_them() {
    let running = Running::new().await;
    let (mut clubs, mut people) = (Vec::new(), Vec::new());
    for name in ["김민준", "이서연", "Robert Tables", "정하은"] {
        let person = running.person(name).await;
        // Nobody made them known before: CoUp asked the school.
        let (status, club) = person.club(&format!("{name} 동아리")).await;
        assert_eq!(status, StatusCode::CREATED, "{club}");
        clubs.push(club["id"].as_str().unwrap().to_owned());
        people.push(person);
    }
    for (person, club) in people.iter().zip(clubs.iter().cycle().skip(1)) {
        let (status, joined) = person.post(&format!("/clubs/api/studies/{club}/join"), json!({})).await;
        assert_eq!(status, StatusCode::CREATED, "{joined}");
        let (status, said) =
            person.post(&format!("/clubs/api/my-studies/{club}/messages"), json!({ "content": "안녕" })).await;
        assert_eq!((status, &said["seq"]), (StatusCode::CREATED, &json!(1)));
    }
    // The owner of a club appoints and removes somebody whose identifier is hostile: it is only text in a path.
    let members = people[0].json(&format!("/clubs/api/studies/{}/members", clubs[0])).await;
    let other = members["items"].as_array().unwrap().iter().find(|member| member["role"] == "MEMBER").unwrap();
    let id = other["userId"].as_str().unwrap();
    let encoded: String = form_urlencoded::byte_serialize(id.as_bytes()).collect::<String>().replace('+', "%20");
    let path = format!("{}/clubs/api/studies/{}/members/{encoded}", running.address, clubs[0]);
    let promoted = people[0].client.patch(&path).json(&json!({ "role": "ADMIN" })).send().await.unwrap();
    assert_eq!(promoted.status(), StatusCode::OK);
    let kicked = people[0].client.delete(&path).send().await.unwrap();
    assert_eq!(kicked.status(), StatusCode::NO_CONTENT);

    // The pages of each mount lead within it; what is in one is not in the other.
    let page = people[0].get(&format!("/clubs/my-studies/{}", clubs[0])).await;
    assert_eq!(page.status(), StatusCode::OK);
    let text = page.text().await.unwrap();
    assert!(text.contains("김민준 동아리") && text.contains("href=\"/clubs/"), "{text}");
    assert!(!text.contains("href=\"/studies") && !text.contains("href=\"/classes"), "{text}");
    assert_eq!(people[0].get(&format!("/classes/my-studies/{}", clubs[0])).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(people[0].json("/classes/api/my-studies").await["items"], json!([]));
    assert_eq!(running.count("select count(*) from people").await, 6, "no identifier was more than text");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mount_has_the_policy_that_the_school_gave_it() {
    let running = Running::new().await;
    let pupil = running.person("김민준").await;
    let study = json!({ "name": "몰래 수업", "description": "수업", "category": "수업" });
    let (status, problem) = pupil.post("/classes/api/studies", study).await;
    assert_eq!((status, &problem["permission"]), (StatusCode::FORBIDDEN, &json!("system:study.create")));
    assert_eq!(pupil.club("바둑").await.0, StatusCode::CREATED);
    // Only the owner invites in a club; the policy of lessons says nothing of that.
    for (mount, least) in [("classes", "ADMIN"), ("clubs", "OWNER")] {
        let document = pupil.json(&format!("/{mount}/api/openapi.json")).await;
        assert_eq!(document["paths"]["/studies/{id}/invites"]["post"]["x-permission"], "study:study.invite", "{least}");
    }
    let stranger = Person { client: coup_tests::web::client().build().unwrap(), address: running.address.clone() };
    for mount in ["classes", "clubs"] {
        assert_eq!(stranger.get(&format!("/{mount}/api/studies")).await.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_and_its_study_are_both_there_or_neither() {
    let running = Running::new().await;
    let teacher = running.person("박선생").await;
    let began = teacher.form("/lessons", &[("name", "수학 1")]).await;
    assert_eq!(began.status(), StatusCode::SEE_OTHER, "{:?}", began.text().await);
    let began = teacher.form("/lessons", &[("name", "과학 1")]).await;
    let page = teacher.get(place(&began)).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("과학 1"));

    // The school's own row is refused: CoUp's study goes with it.
    let again = teacher.form("/lessons", &[("name", "수학 1")]).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    // CoUp refuses the study: the school has no lesson.
    let pupil = running.person("이서연").await;
    assert_eq!(pupil.form("/lessons", &[("name", "체육 1")]).await.status(), StatusCode::FORBIDDEN);
    let nameless = teacher.form("/lessons", &[("name", " ")]).await;
    assert_eq!(nameless.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(running.count("select count(*) from lessons").await, 2);
    assert_eq!(running.count("select count(*) from coup_classes.studies").await, 2);

    // What the school did in its own name stands in the audit log, and none of it where it did nothing.
    let granted = "select count(*) from coup_classes.admin_logs where action = 'ADMIN_GRANT' and admin_id is null";
    assert_eq!(running.count(granted).await, 1);
    assert_eq!(running.count("select count(*) from coup_clubs.admin_logs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schools_board_is_told_who_came() {
    let running = Running::new().await;
    let (owner, guest) = (running.person("김민준").await, running.person("정하은").await);
    let (_, club) = owner.club("합창").await;
    let path = format!("/clubs/api/studies/{}/join", club["id"].as_str().unwrap());
    assert_eq!(guest.post(&path, json!({})).await.0, StatusCode::CREATED);
    for _ in 0..200 {
        let said: Vec<String> = sqlx::query_scalar("select said from board").fetch_all(&running.pool).await.unwrap();
        if said.iter().any(|line| line.contains("정하은")) {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("the board was not told within 20 s");
}

#[tokio::test(flavor = "multi_thread")]
async fn under_14_the_school_says_when_a_guardian_has_consented() {
    let running = Running::new().await;
    let (teacher, child, other) =
        (running.person("박선생").await, running.person("한별").await, running.person("김민준").await);
    let (_, club) = other.club("바둑").await;
    let join = format!("/clubs/api/studies/{}/join", club["id"].as_str().unwrap());
    let (status, problem) = child.post(&join, json!({})).await;
    assert_eq!((status, &problem["sanction"]), (StatusCode::FORBIDDEN, &json!("CONSENT_MISSING")), "{problem}");

    // Nobody says it of themselves, nor does another pupil.
    let paper = [("person", "학생/3"), ("given", "true")];
    for pupil in [&child, &other] {
        assert_eq!(pupil.form("/consents", &paper).await.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(child.post(&join, json!({})).await.0, StatusCode::FORBIDDEN);

    assert_eq!(teacher.form("/consents", &paper).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(child.post(&join, json!({})).await.0, StatusCode::CREATED);
    // Withdrawn, it counts at once.
    let letter = [("person", "학생/3"), ("given", "false")];
    assert_eq!(teacher.form("/consents", &letter).await.status(), StatusCode::NO_CONTENT);
    let said = format!("/clubs/api/my-studies/{}/messages", club["id"].as_str().unwrap());
    let (status, problem) = child.post(&said, json!({ "content": "안녕" })).await;
    assert_eq!((status, &problem["sanction"]), (StatusCode::FORBIDDEN, &json!("CONSENT_MISSING")), "{problem}");
    let audited = "select count(*) from coup_clubs.admin_logs where action = 'USER_UPDATE' and admin_id is null";
    assert!(running.count(audited).await > 0, "what the host says stands in the audit log");
}
