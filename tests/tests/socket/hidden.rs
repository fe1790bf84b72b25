//! A study that a moderator hides. Nothing hides one yet: here is what does, by the same way as every change.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use coup_axum::{
    api::{ApiOptions, api},
    caller::Caller,
    socket::{SocketOptions, socket_io},
};
use coup_core::{
    changes::Row,
    coup::{Command, Coup, Ctx, Prepared, Room},
    error::Error,
    id::{StudyId, UserId},
    member::service::{Join, Request},
    policy::StudyPermission,
    study::service::StudyFields,
    testing::MemoryStore,
    text::PersonName,
    user::{directory::HostUser, service::AdoptUser},
};
use coup_realtime::live::{Limits, Live};
use coup_tests::{Client, Clients, Way};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::cut::SECOND;

/// Whoever the request says.
struct Named(UserId);

impl<S: Sync> FromRequestParts<S> for Named {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let name = parts.headers.get("x-person").and_then(|name| name.to_str().ok());
        name.and_then(|name| name.parse().ok()).map(Self).ok_or(StatusCode::UNAUTHORIZED)
    }
}

impl From<Named> for Caller {
    fn from(Named(user): Named) -> Self {
        Self::user(user)
    }
}

struct Hide(StudyId);

impl Command for Hide {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let mut file = room.study(self.0).await?;
        let permit = file.permit(StudyPermission::StudyUpdate)?;
        let changes = file.changes(permit);
        file.study.hidden_at = Some(file.study.updated_at);
        Ok(Prepared::new(changes.save(Row::Study(Box::new(file.study))), ()))
    }
}

struct House {
    coup: Coup,
    url: String,
    clients: Clients,
}

impl House {
    async fn new() -> Self {
        let coup = Coup::builder(Arc::new(MemoryStore::new())).build();
        let live = Live::new(coup.clone(), Limits::default());
        let running = live.clone();
        tokio::spawn(async move { running.run(std::future::pending()).await });
        let (routes, _) = api::<(), Named>(coup.clone(), ApiOptions::default().live(live.clone()));
        let app = Router::new()
            .nest("/api", routes)
            .merge(socket_io::<(), Named>(live, SocketOptions::default().origin("https://school.kr")));
        let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", tcp.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(tcp, app).await });
        Self { coup, url, clients: Clients::start() }
    }

    async fn person(&self, id: &str) -> Ctx {
        let id: UserId = id.parse().unwrap();
        let user = HostUser::named(PersonName::parse("name", id.as_str()).unwrap());
        self.coup.run(&Ctx::default(), AdoptUser { id: id.clone(), user }).await.unwrap();
        Ctx::user(id)
    }

    async fn study(&self, owner: &Ctx) -> StudyId {
        let text = |text: &str| Some(text.to_owned());
        let fields = StudyFields {
            name: text("아침 수학"),
            description: text("매일 한 문제"),
            category: text("수학"),
            ..StudyFields::default()
        };
        self.coup.run(owner, fields.create().unwrap()).await.unwrap().study.id
    }

    async fn hears(&self, name: &str, study: StudyId, way: Way) -> Client {
        let headers = json!({ "x-person": name, "origin": "https://school.kr" });
        let client = self.clients.open(&self.url, way, &headers, &json!({}));
        client.hears("connect").await;
        client.does("study:join", json!({ "studyId": study })).await;
        client
    }

    async fn streams(&self, name: &str, study: StudyId) -> Stream {
        let client = coup_tests::web::client().build().unwrap();
        let request = client.get(format!("{}/api/stream?study={study}", self.url)).header("x-person", name);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut stream = Stream { answer, rest: String::new() };
        // Who is there is told once it is heard.
        stream.next("ephemeral").await.expect("it begins");
        stream
    }
}

/// What comes over server-sent events.
struct Stream {
    answer: reqwest::Response,
    rest: String,
}

impl Stream {
    /// The next thing of this name; `None` at the end.
    async fn next(&mut self, name: &str) -> Option<Value> {
        loop {
            while let Some((block, _)) = self.rest.split_once("\n\n") {
                let is_it = block.lines().any(|line| line == format!("event: {name}"));
                let data = block.lines().find_map(|line| line.strip_prefix("data: ")).map(str::to_owned);
                let end = block.len() + 2;
                self.rest.drain(..end);
                if let Some(data) = data.filter(|_| is_it) {
                    return Some(serde_json::from_str(&data).unwrap());
                }
            }
            let chunk =
                timeout(Duration::from_secs(10), self.answer.chunk()).await.expect("something in time").unwrap()?;
            self.rest += std::str::from_utf8(&chunk).unwrap();
        }
    }
}

#[tokio::test]
async fn a_study_that_is_hidden_cuts_who_hears_it_by_socket_and_by_stream_and_nobody_else() {
    let house = House::new().await;
    let (owner, member) = (house.person("kim").await, house.person("lee").await);
    let (study, other) = (house.study(&owner).await, house.study(&owner).await);
    for study in [study, other] {
        house.coup.run(&member, Join { study, request: Request::default() }).await.unwrap();
    }
    let sockets = [
        house.hears("kim", study, Way::WebSocket).await,
        house.hears("lee", study, Way::WebSocket).await,
        house.hears("lee", study, Way::Polling).await,
    ];
    let elsewhere = house.hears("lee", other, Way::WebSocket).await;
    let mut stream = house.streams("lee", study).await;
    let mut stream_elsewhere = house.streams("kim", other).await;

    let begin = Instant::now();
    house.coup.run(&owner, Hide(study)).await.unwrap();
    let cut = stream.next("cut").await.expect("a reason before the end");
    assert_eq!(cut, json!({ "code": "study_hidden", "studyId": study }));
    assert!(stream.next("cut").await.is_none(), "the stream ends");
    for socket in &sockets {
        assert_eq!(socket.is_cut("study_hidden").await["studyId"], json!(study));
    }
    assert!(begin.elapsed() < SECOND, "cut only after {:?}", begin.elapsed());

    elsewhere.does("typing", json!({ "studyId": other, "on": true })).await;
    let typing = loop {
        let told = stream_elsewhere.next("ephemeral").await.expect("it goes on");
        if told["type"] == "typing" {
            break told;
        }
    };
    assert_eq!((&typing["from"], &typing["scope"]["study"]), (&json!("lee"), &json!(other)));
    assert!(elsewhere.heard("cut").is_empty());
}
