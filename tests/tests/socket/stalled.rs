//! Clients that connect, join, and then take nothing any more, or never ask again: over TCP by hand, as no official one does it.

use std::time::{Duration, Instant};

use coup_tests::{Client, Way};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout},
};

use crate::scene::{Known, Scene};

/// How soon a connection that takes nothing is gone.
const GONE: Duration = Duration::from_secs(10);
/// What others may notice of it.
const AT_ONCE: Duration = Duration::from_millis(1500);
/// After this, who was there is not.
const GRACE: Duration = Duration::from_secs(3);
/// How long a client may take to answer whether it is there.
const PONG: Duration = Duration::from_secs(15);
/// And when it is asked at the latest, with what it may take to see that it does not.
const SILENT: Duration = Duration::from_secs(20 + 15 + 5);

/// A WebSocket by hand that hears a study, and whose system takes little.
async fn websocket(scene: &Scene, person: &Known, study: &str) -> TcpStream {
    let address = scene.server.url("").replace("http://", "");
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(address.parse().unwrap()).await.unwrap();
    let request = format!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
         Cookie: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        person.cookie()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    until_heard(&mut stream, &mut heard, "\"sid\"").await;
    says(&mut stream, "40").await;
    until_heard(&mut stream, &mut heard, "40{").await;
    says(&mut stream, &format!("420[\"study:join\",{{\"studyId\":\"{study}\"}}]")).await;
    until_heard(&mut stream, &mut heard, "430[{\"ok\":true").await;
    stream
}

/// One frame of text, masked with nothing.
async fn says(stream: &mut TcpStream, text: &str) {
    let length = u8::try_from(text.len()).unwrap();
    assert!(length <= 125);
    let frame = [&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat();
    stream.write_all(&frame).await.unwrap();
}

async fn until_heard(stream: &mut TcpStream, heard: &mut Vec<u8>, what: &str) {
    while !String::from_utf8_lossy(heard).contains(what) {
        let read = timeout(GONE, stream.read_buf(heard)).await.expect("an answer in time").unwrap();
        assert_ne!(read, 0, "no {what}: {}", String::from_utf8_lossy(heard));
    }
}

/// A session by polling that hears a study; what it says and asks goes through this.
struct Polling {
    client: reqwest::Client,
    url: String,
}

impl Polling {
    async fn open(scene: &Scene, person: &Known, study: &str) -> Self {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("cookie", person.cookie().parse().unwrap());
        headers.insert("origin", scene.server.url("").parse().unwrap());
        let client = coup_tests::web::client().default_headers(headers).build().unwrap();
        let url = scene.server.url("/socket.io/?EIO=4&transport=polling");
        let opening = client.get(&url).send().await.unwrap().text().await.unwrap();
        let opening: Value = serde_json::from_str(&opening[1..]).unwrap();
        let polling = Self { client, url: format!("{url}&sid={}", opening["sid"].as_str().unwrap()) };
        polling.says("40").await;
        polling.until_heard("40{").await;
        polling.says(&format!("420[\"study:join\",{{\"studyId\":\"{study}\"}}]")).await;
        polling.until_heard("430[{\"ok\":true").await;
        polling
    }

    async fn says(&self, text: &str) {
        let answer = self.client.post(&self.url).body(text.to_owned()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    async fn polls(&self) -> (u16, String) {
        let answer = timeout(GONE, self.client.get(&self.url).send()).await.expect("an answer in time").unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn until_heard(&self, what: &str) {
        let mut heard = String::new();
        while !heard.contains(what) {
            heard += &self.polls().await.1;
        }
    }
}

/// Somebody who talks, and somebody who listens as they should.
struct Room<'a> {
    owner: &'a Known,
    study: &'a str,
    listens: Client,
}

impl<'a> Room<'a> {
    async fn new(scene: &Scene, owner: &'a Known, study: &'a str, listener: &Known) -> Self {
        let listens = scene.connects(listener, Way::WebSocket).await;
        listens.does("study:join", json!({ "studyId": study })).await;
        Self { owner, study, listens }
    }

    /// Says things until it is enough; the other hears each at once. How many there were.
    async fn talks_until(&self, content: &str, pause: Duration, enough: impl Fn(usize) -> bool) -> usize {
        let mut said = Vec::new();
        while !enough(said.len()) {
            said.push((self.owner.person.says(self.study, content).await, Instant::now()));
            sleep(pause).await;
        }
        let (last, _) = said.last().unwrap();
        self.listens.until("the last message", |item| item["data"]["data"]["id"] == **last).await;
        let heard: Vec<_> =
            self.listens.log().into_iter().filter(|(_, item)| item["data"]["type"] == "message.created").collect();
        assert_eq!(heard.len(), said.len());
        let mut longest = Duration::ZERO;
        for ((at, item), (id, done)) in heard.iter().zip(&said) {
            assert_eq!(item["data"]["data"]["id"], **id, "in order");
            longest = longest.max(at.saturating_duration_since(*done));
        }
        assert!(longest < AT_ONCE, "the others waited {longest:?}");
        said.len()
    }

    /// Waits until somebody is told to have gone; when that was.
    async fn misses(&self, person: &Known, most: Duration) -> Instant {
        let begin = Instant::now();
        let gone = |item: &Value| {
            let offline = item["data"]["data"]["offline"].as_array();
            offline.is_some_and(|gone| gone.iter().any(|id| *id == *person.person.id))
        };
        loop {
            if let Some((at, _)) = self.listens.log().into_iter().find(|(_, item)| gone(item)) {
                return at;
            }
            assert!(begin.elapsed() < most, "they are there still");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn a_websocket_that_takes_nothing_is_gone_within_ten_seconds_and_nobody_waits_for_it() {
    let scene = Scene::new().await;
    let (kim, lee, park) = (scene.person("김하늘").await, scene.person("이도윤").await, scene.person("박서준").await);
    let study = scene.study(&kim, &[&lee, &park]).await;
    let room = Room::new(&scene, &kim, &study, &park).await;
    let stalled = websocket(&scene, &lee, &study).await;
    let begin = Instant::now();
    let content = "가".repeat(4000);
    // Reset by the server: the end of a connection cannot be told to who takes nothing.
    let enough = |said| {
        assert!(begin.elapsed() < GONE, "it is there still, after {said} messages");
        stalled.take_error().unwrap().is_some()
    };
    let said = room.talks_until(&content, Duration::from_millis(40), enough).await;
    assert!(said > 20, "ended after {said}: there was room");
    assert!(begin.elapsed() > Duration::from_secs(5), "it had time to take something: {:?}", begin.elapsed());
    room.misses(&lee, GRACE * 2).await;
    let back = scene.connects(&lee, Way::WebSocket).await;
    back.does("study:join", json!({ "studyId": study })).await;
}

#[tokio::test]
async fn a_client_that_never_polls_again_is_gone_ten_seconds_after_what_waits_for_it_is_too_much() {
    let scene = Scene::new().await;
    let (kim, lee, park) = (scene.person("김하늘").await, scene.person("이도윤").await, scene.person("박서준").await);
    let study = scene.study(&kim, &[&lee, &park]).await;
    let room = Room::new(&scene, &kim, &study, &park).await;
    let stalled = Polling::open(&scene, &lee, &study).await;
    // It says that it is there, so that no ping that is not answered ends it before.
    stalled.says("3").await;
    // More than what may wait for one.
    room.talks_until("안녕하세요", Duration::ZERO, |said| said > 300).await;
    let full = Instant::now();
    let gone = room.misses(&lee, GONE + GRACE * 2).await;
    let after = gone.saturating_duration_since(full);
    assert!(after < GONE + GRACE, "gone after {after:?}");
    let (status, words) = stalled.polls().await;
    assert_eq!(status, 400, "{words}");
    room.listens.does("study:leave", json!({ "studyId": study })).await;
}

#[tokio::test]
async fn who_answers_no_ping_is_gone_when_the_time_for_it_is_over_although_nothing_is_said() {
    let scene = Scene::new().await;
    let (kim, lee, park) = (scene.person("김하늘").await, scene.person("이도윤").await, scene.person("박서준").await);
    let study = scene.study(&kim, &[&lee, &park]).await;
    let room = Room::new(&scene, &kim, &study, &park).await;
    let mut silent = websocket(&scene, &lee, &study).await;
    let (polls_never, begin) = (Polling::open(&scene, &kim, &study).await, Instant::now());
    let mut rest = Vec::new();
    // A reset is an end as well.
    drop(timeout(SILENT, silent.read_to_end(&mut rest)).await.expect("the server ends it"));
    assert!(begin.elapsed() > PONG * 9 / 10, "{:?}", begin.elapsed());
    room.misses(&lee, GRACE * 2).await;
    room.misses(&kim, GRACE * 2 + Duration::from_secs(5)).await;
    assert_eq!(polls_never.polls().await.0, 400);
    assert!(room.listens.heard("cut").is_empty());
}
