//! Fan-out, memory and delivery between nodes: the reference server beside npm's socket.io, in one run.
//!
//! `tests/run --bench` starts it. Both servers are processes of their own and get the same from the same clients. Ours has
//! everything on: sessions, rights, the database — each message is committed before it is acknowledged and told —, the peer only
//! tells. `COUP_LONG` adds ten thousand idle connections. Words after `--` name the parts that are wanted.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark stops at what is wrong"
)]

mod fan_out;
mod idle;
mod nodes;
mod ours;
mod party;
mod peer;
mod socket;
mod stream;
mod tally;
mod usage;

use serde_json::{Value, json};
use tokio::task::LocalSet;

fn main() {
    // Of cargo's own words, all begin with dashes.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let json = LocalSet::new().block_on(&runtime, run(&wanted));
    #[expect(clippy::print_stdout, reason = "what a benchmark is for")]
    {
        println!("{json}");
    }
}

async fn run(wanted: &[String]) -> Value {
    let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|word| word == part);
    let mut json = json!({ "bench": "live" });
    if wants("fan-out") {
        json["fan_out"] = json!([fan_out::run(200).await, fan_out::run(1_000).await]);
    }
    if wants("stream") {
        json["stream"] = stream::run(200).await;
    }
    if wants("nodes") {
        json["nodes"] = nodes::run().await;
    }
    if wants("idle") && coup_tests::is_long() {
        json["idle"] = idle::run().await;
    }
    json
}
