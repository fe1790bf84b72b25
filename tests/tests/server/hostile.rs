//! Peers that mean no good: they harm themselves only. Meanwhile somebody else is served, and memory stays bounded.

use std::time::{Duration, Instant};

use coup_tests::{PASSWORD, Person, Server, email};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
    time::{sleep, timeout},
};

/// The header's limit is 10 s, a request's 30 s.
const HEADER: Duration = Duration::from_secs(15);
const REQUEST: Duration = Duration::from_secs(40);
/// What a hundred and more hostile connections may cost beside what the server has anyway, in KiB.
const MEMORY: u64 = 48 * 1024;

/// Somebody who asks each 100 ms, for as long as others are hostile.
struct Bystander(JoinHandle<(usize, Duration)>, tokio::sync::oneshot::Sender<()>);

impl Bystander {
    async fn new(server: &Server) -> Self {
        let person = Person::new(server, "이웃").await;
        person.get("/me").await.is(200);
        let (stop, mut stopped) = tokio::sync::oneshot::channel();
        let asking = tokio::spawn(async move {
            let (mut times, mut worst) = (0, Duration::ZERO);
            while times < 3 || stopped.try_recv().is_err() {
                let begin = Instant::now();
                person.get("/me").await.is(200);
                worst = worst.max(begin.elapsed());
                times += 1;
                sleep(Duration::from_millis(100)).await;
            }
            (times, worst)
        });
        Self(asking, stop)
    }

    /// They were answered each time, and soon.
    async fn was_served(self) {
        self.1.send(()).expect("somebody who still asks");
        let (times, worst) = self.0.await.expect("an answer each time");
        assert!(worst < Duration::from_secs(3), "{worst:?} at worst, of {times}");
    }
}

async fn connect(server: &Server) -> TcpStream {
    let address = server.url("").replace("http://", "");
    TcpStream::connect(address).await.unwrap()
}

async fn says(server: &Server, bytes: &[u8]) -> TcpStream {
    let mut stream = connect(server).await;
    stream.write_all(bytes).await.unwrap();
    stream
}

/// What it says until it closes the connection.
async fn last_words(mut stream: TcpStream, within: Duration) -> String {
    let mut words = Vec::new();
    // A reset is an end as well: what had come before it stays.
    let read = timeout(within, stream.read_to_end(&mut words)).await;
    drop(read.expect("the server closes the connection"));
    String::from_utf8_lossy(&words).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[tokio::test]
async fn two_hundred_half_open_requests_hold_nobody_up() {
    let server = Server::on_sqlite().await;
    let bystander = Bystander::new(&server).await;
    let before = server.memory();
    let mut half_open = Vec::new();
    for number in 0..200 {
        let head = format!("GET /api/studies?number={number} HTTP/1.1\r\nHost: here\r\nX-Slow: {}", "a".repeat(4000));
        half_open.push(says(&server, head.as_bytes()).await);
    }
    // One more byte each second does not keep them open.
    let begin = Instant::now();
    while !half_open.is_empty() {
        assert!(begin.elapsed() < HEADER, "{} are still open", half_open.len());
        sleep(Duration::from_secs(1)).await;
        let mut open = Vec::new();
        for mut stream in half_open {
            let gone = timeout(Duration::from_millis(1), stream.read_u8()).await.is_ok();
            if !gone && stream.write_all(b"a").await.is_ok() {
                open.push(stream);
            }
        }
        half_open = open;
        let more = server.memory().saturating_sub(before);
        assert!(more < MEMORY, "{more} KiB more");
    }
    assert!(begin.elapsed() > Duration::from_secs(5), "{:?}", begin.elapsed());
    bystander.was_served().await;
}

#[tokio::test]
async fn a_body_that_trickles_in_is_waited_for_no_longer_than_a_request_may_take() {
    let server = Server::on_sqlite().await;
    let person = Person::new(&server, "느린 사람").await;
    let bystander = Bystander::new(&server).await;
    let body = json!({ "email": email(&person.id), "password": PASSWORD, "name": "느린 사람" }).to_string();
    let paths = [("/api/auth/sign-in", "application/json"), ("/sign-in", "application/x-www-form-urlencoded")];
    let mut trickling = Vec::new();
    for (path, kind) in paths {
        for _ in 0..20 {
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: here\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            let (mut read, mut write) = says(&server, head.as_bytes()).await.into_split();
            let begin = Instant::now();
            // A byte each second would take more than a minute.
            assert!(body.len() > 60);
            let bytes = body.clone().into_bytes();
            let writing = tokio::spawn(async move {
                for byte in bytes {
                    if write.write_all(&[byte]).await.is_err() {
                        break;
                    }
                    sleep(Duration::from_secs(1)).await;
                }
            });
            trickling.push(async move {
                let mut answer = Vec::new();
                drop(timeout(REQUEST, read.read_to_end(&mut answer)).await.expect("the server closes the connection"));
                writing.abort();
                (String::from_utf8_lossy(&answer).into_owned(), begin.elapsed())
            });
        }
    }
    for (answer, took) in futures_util::future::join_all(trickling).await {
        assert_eq!(status(&answer), "503", "{answer}");
        assert!(took > Duration::from_secs(20) && took < REQUEST, "{took:?}");
    }
    bystander.was_served().await;
}

#[tokio::test]
async fn bodies_and_headers_that_are_too_large_are_refused_before_they_are_kept() {
    let server = Server::on_sqlite().await;
    let bystander = Bystander::new(&server).await;
    let before = server.memory();
    let json = "Host: here\r\nContent-Type: application/json\r\n";
    // A gigabyte is promised, and refused at the limit.
    for _ in 0..100 {
        let head = format!("POST /api/auth/sign-in HTTP/1.1\r\n{json}Content-Length: 1073741824\r\n\r\n");
        let begin = head + &" ".repeat(65 * 1024);
        let answer = last_words(says(&server, begin.as_bytes()).await, HEADER).await;
        assert_eq!(status(&answer), "413", "{answer}");
    }
    // Without a promise, it is refused as it comes.
    let flood = async || {
        let head = format!("POST /api/auth/sign-in HTTP/1.1\r\n{json}Transfer-Encoding: chunked\r\n\r\n");
        let mut stream = says(&server, head.as_bytes()).await;
        let chunk = [b"4000\r\n".as_slice(), &[b' '; 0x4000], b"\r\n"].concat();
        let mut sent = 0;
        // Far more than sockets hold.
        while sent < 64 * 1024 * 1024 && stream.write_all(&chunk).await.is_ok() {
            sent += chunk.len();
        }
        assert!(sent < 64 * 1024 * 1024, "all of it was taken");
    };
    timeout(REQUEST, async { tokio::join!(flood(), flood(), flood(), flood()) }).await.expect("refusals in time");
    // Headers: too many of them, and too long ones.
    let many = "X-Many: a\r\n".repeat(1000);
    let long = format!("X-Long: {}\r\n", "a".repeat(1024 * 1024));
    for headers in [many, long] {
        let mut stream = connect(&server).await;
        let request = format!("GET / HTTP/1.1\r\nHost: here\r\n{headers}\r\n");
        let (mut read, mut write) = stream.split();
        let mut answer = Vec::new();
        let both = async {
            // It stops reading before the end.
            let (_, _) = tokio::join!(write.write_all(request.as_bytes()), read.read_to_end(&mut answer));
        };
        timeout(HEADER, both).await.expect("the server closes the connection");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.is_empty() || status(&answer) == "431", "{answer}");
    }
    let more = server.memory().saturating_sub(before);
    assert!(more < MEMORY, "{more} KiB more");
    bystander.was_served().await;
}

#[tokio::test]
async fn garbage_is_no_request() {
    let server = Server::on_sqlite().await;
    let bystander = Bystander::new(&server).await;
    let noise: Vec<u8> = (0..4096_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    let garbage: [&[u8]; 8] = [
        &noise,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: \x00\r\n\r\n",
        b"POST /api/auth/sign-in HTTP/1.1\r\nHost: here\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/auth/sign-in HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /api/auth/sign-in HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
    ];
    for round in 0..10 {
        for bytes in garbage {
            let mut stream = connect(&server).await;
            // It may refuse before it has taken all.
            drop(stream.write_all(bytes).await);
            let answer = last_words(stream, HEADER).await;
            assert!(answer.is_empty() || status(&answer).starts_with('4'), "round {round}, {bytes:?}: {answer}");
        }
    }
    bystander.was_served().await;
}

#[tokio::test]
async fn whoever_goes_away_in_the_middle_leaves_nothing_behind() {
    let server = Server::on_sqlite().await;
    let bystander = Bystander::new(&server).await;
    let before = server.open_files();
    for number in 0..300 {
        let stream = says(&server, b"GET /api/studies HTTP/1.1\r\nHost: here\r\n\r\n").await;
        if number % 2 == 0 {
            stream.set_zero_linger().unwrap();
        }
        drop(stream);
    }
    let begin = Instant::now();
    while server.open_files() > before + 5 {
        assert!(begin.elapsed() < HEADER, "{} files, {before} before", server.open_files());
        sleep(Duration::from_millis(50)).await;
    }
    bystander.was_served().await;
}
