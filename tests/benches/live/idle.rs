//! Ten thousand who only listen.

use std::time::Duration;

use coup_tests::Server;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    ours::{self, Group},
    party::{Party, figure},
    peer::Peer,
    socket::Door,
    usage,
};

const STUDIES: usize = 10;
const MEMBERS: usize = 1_000;
const CONNECTIONS: usize = STUDIES * MEMBERS;
/// Three times as long as clients are asked whether they are there.
const STAYS: Duration = Duration::from_mins(1);
const REST: Duration = Duration::from_secs(3);

/// What it takes to hold them.
struct Held {
    memory: f64,
    opened_seconds: f64,
    cpu_idle: f64,
    told_seconds: f64,
}

/// First ours, then the peer: both at once are more files than a process may have open.
pub(crate) async fn run() -> Value {
    let files = usage::open_files();
    assert!(files > CONNECTIONS + 200, "{CONNECTIONS} connections need as many open files: ulimit -n is {files}");
    let server = Server::with(&[
        "--max-connections",
        "11000",
        "--max-connections-per-address",
        "0",
        "--max-requests-per-address",
        "0",
    ])
    .await;
    let groups = ours::fill(&server, STUDIES, MEMBERS).await;
    let doors = |group: &Group| group.doors(&ours::address(&server));
    let ours = hold(&groups, doors, server.id(), || {}).await;
    drop(server);
    let mut peer = Peer::start();
    let (address, id) = (peer.address().to_owned(), peer.id());
    let doors = |group: &Group| group.cookies.iter().map(|_| Door { address: address.clone(), cookie: None }).collect();
    let peers = hold(&groups, doors, id, || peer.collect()).await;
    report(&ours, &peers);
    let json = |held: &Held| {
        json!({
            "memory_bytes_per_connection": held.memory, "opened_seconds": held.opened_seconds,
            "cpu_seconds_idle": held.cpu_idle, "told_seconds": held.told_seconds,
        })
    };
    json!({ "connections": CONNECTIONS, "ours": json(&ours), "peer": json(&peers), "ratio": ours.memory / peers.memory })
}

async fn hold(groups: &[Group], doors: impl Fn(&Group) -> Vec<Door>, server: u32, mut collect: impl FnMut()) -> Held {
    let first = groups.first().unwrap();
    drop(Party::gather(&doors(first)[..20], Some(&first.study)).await);
    sleep(REST).await;
    collect();
    let before = usage::memory(server);
    let begin = Instant::now();
    let mut parties = Vec::new();
    for group in groups {
        parties.push(Party::gather(&doors(group), Some(&group.study)).await);
    }
    let opened_seconds = begin.elapsed().as_secs_f64();
    sleep(REST).await;
    collect();
    let memory = (usage::memory(server) - before) / figure(CONNECTIONS);
    let cpu = usage::cpu(server);
    sleep(STAYS).await;
    let cpu_idle = usage::cpu(server) - cpu;
    let begin = Instant::now();
    for (party, group) in parties.iter().zip(groups) {
        // Each hears the one message; a connection that has ended meanwhile is a trouble.
        party.tally.is_well();
        party.round(server, &group.study, 1, 1).await;
    }
    Held { memory, opened_seconds, cpu_idle, told_seconds: begin.elapsed().as_secs_f64() }
}

#[expect(clippy::print_stdout, reason = "what a benchmark is for")]
fn report(ours: &Held, peer: &Held) {
    println!("{CONNECTIONS} connections, {STAYS:?} idle, then a message to each");
    println!("  {:<34} {:>12} {:>12} {:>8}", "", "CoUp", "socket.io", "ratio");
    let line = |name: &str, value: fn(&Held) -> f64| {
        let (ours, peer) = (value(ours), value(peer));
        println!("  {name:<34} {ours:>12.2} {peer:>12.2} {:>8.2}", ours / peer);
    };
    line("memory a connection, KiB", |held| held.memory / 1024.0);
    line("opened within, s", |held| held.opened_seconds);
    line("server CPU while idle, s", |held| held.cpu_idle);
    line("a message to each within, s", |held| held.told_seconds);
}
