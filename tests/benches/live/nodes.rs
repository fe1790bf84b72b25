//! What it takes longer to hear at another node, beside what Redis alone needs from publishing to receiving.

use std::{rc::Rc, time::Instant};

use coup_tests::{PrivatePostgres, PrivateRedis, Server};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::{fan_out::share, ours, socket::Socket, tally::Tally};

const ROUNDS: usize = 5;
const MESSAGES: usize = 100;

/// One message after the other, from one node to two members: here and there.
pub(crate) async fn run() -> Value {
    let (postgres, redis) = (PrivatePostgres::start().await, PrivateRedis::start().await);
    let (database, bus) = (postgres.url(), redis.url());
    let arguments = ["--database-url", &database, "--redis", &bus];
    let here = Server::with(&arguments).await;
    let there = Server::with(&arguments).await;
    // Enough who send that none is too fast.
    let group = ours::fill_postgres(&database, 1, 2 + MESSAGES).await.remove(0);
    let doors = group.doors(&ours::address(&here));
    let doors_there = group.doors(&ours::address(&there));
    let (near, far) = (Rc::new(Tally::default()), Rc::new(Tally::default()));
    let hears_near = Socket::open(&doors[0], near.clone(), true).await;
    let hears_far = Socket::open(&doors_there[1], far.clone(), true).await;
    hears_near.join(&group.study).await;
    hears_far.join(&group.study).await;
    let mut senders = Vec::new();
    for door in &doors[2..] {
        senders.push(Socket::open(door, near.clone(), false).await);
    }

    let mut wire = Redis::open(&bus).await;
    let [mut at_near, mut at_far, mut at_redis] = <[Vec<f64>; 3]>::default();
    for counted in [false, true, true, true, true, true] {
        near.begin(1);
        far.begin(1);
        let (mut of_near, mut of_far, mut of_redis) = (Vec::new(), Vec::new(), Vec::new());
        for (n, sender) in senders.iter().enumerate() {
            // Both know when it was sent.
            let _ = far.content();
            sender.send(&group.study).await;
            near.until_delivered(n + 1).await;
            far.until_delivered(n + 1).await;
            of_redis.push(wire.once(n).await);
        }
        near.until_acknowledged(MESSAGES).await;
        of_near.extend(near.latencies());
        of_far.extend(far.latencies());
        if counted {
            at_near.push(share(&mut of_near, 0.5));
            at_far.push(share(&mut of_far, 0.5));
            at_redis.push(share(&mut of_redis, 0.5));
        }
    }
    let [near, far, redis] = [at_near, at_far, at_redis].map(|mut medians| share(&mut medians, 0.5));
    report(near, far, redis);
    json!({
        "same_node_ms": near, "other_node_ms": far, "added_ms": far - near, "redis_ms": redis,
        "ratio": (far - near) / redis,
    })
}

/// Plain publishing, and receiving on another connection.
struct Redis {
    publishes: redis::aio::MultiplexedConnection,
    hears: redis::aio::PubSub,
}

impl Redis {
    async fn open(url: &str) -> Self {
        let client = redis::Client::open(url).unwrap();
        let publishes = client.get_multiplexed_async_connection().await.unwrap();
        let mut hears = client.get_async_pubsub().await.unwrap();
        hears.subscribe("bench").await.unwrap();
        Self { publishes, hears }
    }

    /// Milliseconds from publishing to receiving.
    async fn once(&mut self, n: usize) -> f64 {
        let begin = Instant::now();
        let mut command = redis::cmd("PUBLISH");
        command.arg("bench").arg(n);
        let mut heard = self.hears.on_message();
        let (published, received) = tokio::join!(command.query_async::<()>(&mut self.publishes), async {
            heard.next().await.map(|message| (message, begin.elapsed()))
        });
        published.unwrap();
        let (message, elapsed) = received.unwrap();
        assert_eq!(message.get_payload::<usize>().unwrap(), n);
        elapsed.as_secs_f64() * 1e3
    }
}

#[expect(clippy::print_stdout, reason = "what a benchmark is for")]
fn report(near: f64, far: f64, redis: f64) {
    println!("from one node to another, medians of {ROUNDS} rounds of {MESSAGES} messages");
    println!("  {:<34} {near:>12.3} ms", "heard at the same node");
    println!("  {:<34} {far:>12.3} ms", "heard at the other node");
    println!("  {:<34} {:>12.3} ms", "added", far - near);
    println!("  {:<34} {redis:>12.3} ms", "plain Redis");
    println!("  {:<34} {:>12.2}", "added / plain Redis", (far - near) / redis);
}
