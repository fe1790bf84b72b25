//! The same over server-sent events: members hear by `GET /stream`, a few send over sockets.

use std::{cell::RefCell, io::ErrorKind, rc::Rc};

use coup_tests::Server;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, task::JoinHandle};

use crate::{
    fan_out::Figures,
    ours,
    party::{Party, round},
    socket::{Door, answer},
    tally::{MARK, Tally, find},
};

const ROUNDS: usize = 7;
const DELIVERIES: usize = 50_000;
const UNDER_WAY: usize = 8_000;
/// Nobody may send faster than the server takes it from one connection.
const SENDERS: usize = 50;
/// A mark and what follows it.
const WORD: usize = MARK.len() + 6;

/// Sends to so many members; some more of them only send.
pub(crate) async fn run(members: usize) -> Value {
    let server = Server::on_sqlite().await;
    let group = ours::fill(&server, 1, members + SENDERS).await.remove(0);
    let doors = group.doors(&ours::address(&server));
    let (senders, hearers) = doors.split_at(SENDERS);
    let Party { tally, sockets } = Party::gather(senders, None).await;
    let mut streams = Vec::new();
    for (n, door) in hearers.iter().enumerate() {
        streams.push(open(door, &group.study, tally.clone(), n.is_multiple_of(10)).await);
    }
    let (messages, window) = (DELIVERIES / members, UNDER_WAY / members);
    let mut rounds = Vec::new();
    for _ in 0..=ROUNDS {
        rounds.push(round(&tally, &sockets, members, server.id(), &group.study, messages, window).await);
    }
    for stream in streams {
        stream.abort();
    }
    let figures = Figures::of(rounds.into_iter().skip(1));
    report(members, &figures);
    let mut json = figures.json();
    json["members"] = json!(members);
    json
}

/// Hears a study until it is aborted.
async fn open(door: &Door, study: &str, tally: Rc<Tally>, is_timed: bool) -> JoinHandle<()> {
    let mut stream = TcpStream::connect(&door.address).await.unwrap();
    let request =
        format!("GET /api/stream?study={study} HTTP/1.1\r\n{}Accept: text/event-stream\r\n\r\n", door.headers());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut rest = answer(&mut stream, "200").await;
    tokio::task::spawn_local(async move {
        thread_local!(static ROOM: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 * 1024]));
        loop {
            let is_open = stream.readable().await.is_ok();
            let got = ROOM.with_borrow_mut(|room| match stream.try_read(room) {
                Ok(0) => false,
                Ok(length) => {
                    rest.extend(&room[..length]);
                    let taken = take(&rest, &tally, is_timed);
                    rest.drain(..taken);
                    true
                }
                Err(error) => error.kind() == ErrorKind::WouldBlock,
            });
            if !is_open || !got {
                return tally.trouble("a stream was closed".into());
            }
        }
    })
}

/// Takes all events whose mark has come; answers how far.
fn take(bytes: &[u8], tally: &Tally, is_timed: bool) -> usize {
    let mut at = 0;
    while let Some(mark) = find(&bytes[at..], MARK.as_bytes()) {
        let Some(event) = bytes.get(at..at + mark + WORD) else { return at };
        tally.delivered(event, is_timed);
        at += event.len();
    }
    // Half a mark may be at the end.
    at.max(bytes.len().saturating_sub(MARK.len() - 1))
}

#[expect(clippy::print_stdout, reason = "what a benchmark is for")]
fn report(members: usize, figures: &Figures) {
    println!("server-sent events to {members} members, medians of {ROUNDS} rounds");
    println!("  {:<34} {:>12.2}", "deliveries/s", figures.per_second);
    println!("  {:<34} {:>12.2}", "server CPU a delivery, µs", figures.cpu);
    println!("  {:<34} {:>12.2}", "latency under load, median, ms", figures.latency[0]);
    println!("  {:<34} {:>12.2}", "latency under load, p99, ms", figures.latency[1]);
}
