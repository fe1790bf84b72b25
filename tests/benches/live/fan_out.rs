//! Rounds of both servers in turn, and what they come to.

use std::time::Duration;

use coup_tests::Server;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    ours,
    party::{Party, Round, figure},
    peer::Peer,
    socket::Door,
    usage,
};

const ROUNDS: usize = 7;
/// Deliveries of a round, and how many are under way at once.
const DELIVERIES: usize = 100_000;
const UNDER_WAY: usize = 16_000;
/// Messages of a round in which each waits for the one before.
const SINGLE: usize = 40;
/// What a server is warmed up by before its memory is read.
const FIRST: usize = 20;
/// Until what a connection needed only to be opened is given back.
const REST: Duration = Duration::from_secs(3);

/// Sends through both servers at so many members.
pub(crate) async fn run(members: usize) -> Value {
    let server = Server::with(&["--max-connections-per-address", "0", "--max-requests-per-address", "0"]).await;
    let mut groups = ours::fill(&server, 1, members).await;
    let group = groups.remove(0);
    let mut peer = Peer::start();
    let doors = group.doors(&ours::address(&server));
    let peer_doors: Vec<_> = doors.iter().map(|_| Door { address: peer.address().to_owned(), cookie: None }).collect();

    let (our_party, our_memory) = gather(&doors, &group.study, server.id(), || {}).await;
    let peer_id = peer.id();
    let (peer_party, peer_memory) = gather(&peer_doors, &group.study, peer_id, || peer.collect()).await;

    let (messages, window) = (DELIVERIES / members, UNDER_WAY / members);
    let mut kinds: [Vec<Round>; 4] = Default::default();
    let [our_full, peer_full, our_single, peer_single] = &mut kinds;
    // The first is not counted.
    for _ in 0..=ROUNDS {
        our_full.push(our_party.round(server.id(), &group.study, messages, window).await);
        peer_full.push(peer_party.round(peer_id, &group.study, messages, window).await);
        our_single.push(our_party.round(server.id(), &group.study, SINGLE, 1).await);
        peer_single.push(peer_party.round(peer_id, &group.study, SINGLE, 1).await);
    }
    let [ours, peers, our_single, peer_single] = kinds.map(|rounds| Figures::of(rounds.into_iter().skip(1)));
    report(members, [&ours, &peers], [&our_single, &peer_single], [our_memory, peer_memory])
}

/// Everybody comes and hears the study; with the memory a connection takes, in bytes.
pub(crate) async fn gather(doors: &[Door], study: &str, server: u32, mut collect: impl FnMut()) -> (Party, f64) {
    let first = Party::gather(&doors[..FIRST.min(doors.len())], Some(study)).await;
    first.round(server, study, FIRST, 1).await;
    drop(first);
    sleep(REST).await;
    collect();
    let before = usage::memory(server);
    let party = Party::gather(doors, Some(study)).await;
    sleep(REST).await;
    collect();
    let memory = (usage::memory(server) - before) / figure(doors.len());
    (party, memory)
}

/// Medians of rounds.
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    /// Microseconds of the server's processors.
    pub(crate) cpu: f64,
    pub(crate) own_cpu: f64,
    pub(crate) bytes: f64,
    /// Milliseconds: median, 99 of 100.
    pub(crate) latency: [f64; 2],
}

impl Figures {
    pub(crate) fn of(rounds: impl Iterator<Item = Round>) -> Self {
        let mut latencies = Vec::new();
        let mut columns: [Vec<f64>; 4] = Default::default();
        for round in rounds {
            let Round { deliveries, seconds, cpu, own_cpu, bytes, latencies: of_round } = round;
            let row = [deliveries / seconds, cpu / deliveries * 1e6, own_cpu / deliveries * 1e6, bytes / deliveries];
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
            latencies.extend(of_round);
        }
        let [per_second, cpu, own_cpu, bytes] = columns.map(|mut column| share(&mut column, 0.5));
        let latency = [share(&mut latencies, 0.5), share(&mut latencies, 0.99)];
        Self { per_second, cpu, own_cpu, bytes, latency }
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "deliveries_per_second": self.per_second, "cpu_us_per_delivery": self.cpu, "bytes_per_delivery": self.bytes,
            "generator_cpu_us_per_delivery": self.own_cpu,
            "latency_ms": { "median": self.latency[0], "p99": self.latency[1] },
        })
    }
}

/// The value below which this share of the values is.
pub(crate) fn share(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
    let place = (figure(values.len().saturating_sub(1)) * part).round() as usize;
    values.get(place).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::print_stdout, reason = "what a benchmark is for")]
fn report(members: usize, full: [&Figures; 2], single: [&Figures; 2], memory: [f64; 2]) -> Value {
    println!("fan-out to {members} members, medians of {ROUNDS} interleaved rounds; ours commits each message durably");
    println!("  {:<34} {:>12} {:>12} {:>8}", "", "CoUp", "socket.io", "ratio");
    let line = |name: &str, [ours, peer]: [f64; 2]| {
        println!("  {name:<34} {ours:>12.2} {peer:>12.2} {:>8.2}", ours / peer);
    };
    let both = |value: fn(&Figures) -> f64| full.map(value);
    line("deliveries/s", both(|figures| figures.per_second));
    line("server CPU a delivery, µs", both(|figures| figures.cpu));
    line("generator CPU a delivery, µs", both(|figures| figures.own_cpu));
    line("bytes a delivery", both(|figures| figures.bytes));
    line("latency under load, median, ms", both(|figures| figures.latency[0]));
    line("latency under load, p99, ms", both(|figures| figures.latency[1]));
    line("one at a time, median, ms", single.map(|figures| figures.latency[0]));
    line("one at a time, p99, ms", single.map(|figures| figures.latency[1]));
    line("one at a time, CPU a delivery, µs", single.map(|figures| figures.cpu));
    line("memory a connection, KiB", memory.map(|bytes| bytes / 1024.0));
    let [ours, peer] = [0, 1].map(
        |n| json!({ "full": full[n].json(), "single": single[n].json(), "memory_bytes_per_connection": memory[n] }),
    );
    json!({
        "members": members, "rounds": ROUNDS, "ours": ours, "peer": peer,
        "ratio": {
            "deliveries": full[0].per_second / full[1].per_second, "cpu": full[0].cpu / full[1].cpu,
            "memory": memory[0] / memory[1],
        },
    })
}
