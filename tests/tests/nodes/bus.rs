//! The bus alone, two nodes of it over a Redis of their own.

use std::{
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use coup_core::{
    changes::Scope,
    env::{Clock as _, Ids as _, SystemClock, SystemIds},
    live::bus::{Bus as _, Ear, News},
};
use coup_realtime::redis::{RedisBus, RedisOptions};
use coup_tests::PrivateRedis;
use tokio::{task::JoinHandle, time::sleep};

const PATIENCE: Duration = Duration::from_secs(20);

/// A node with nothing but its bus.
struct Node {
    bus: Arc<RedisBus>,
    heard: Arc<Heard>,
    runs: JoinHandle<()>,
}

#[derive(Default)]
struct Heard(Mutex<Vec<News>>);

impl Ear for Heard {
    fn hear(&self, news: &News) {
        self.0.lock().unwrap().push(news.clone());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.runs.abort();
    }
}

impl Node {
    async fn start(redis: &PrivateRedis, prefix: &str) -> Self {
        let ids = SystemIds::default();
        let options =
            RedisOptions { url: redis.url().into(), prefix: prefix.to_owned(), node: ids.uuid(SystemClock.now()) };
        let bus = Arc::new(RedisBus::new(&options).unwrap());
        let heard = Arc::new(Heard::default());
        let weak: Weak<Heard> = Arc::downgrade(&heard);
        bus.attach(weak);
        let runs = tokio::spawn({
            let bus = bus.clone();
            async move { bus.run(std::future::pending()).await }
        });
        let node = Self { bus, heard, runs };
        node.until_well().await;
        node
    }

    async fn until_well(&self) {
        until("both connections stand", || {
            let counts = self.bus.counts();
            counts.publishes && counts.listens
        })
        .await;
    }

    fn times(&self, news: &News) -> usize {
        self.heard.0.lock().unwrap().iter().filter(|heard| *heard == news).count()
    }

    async fn until_heard(&self, news: &News) {
        until(&format!("{news:?} is heard"), || self.times(news) > 0).await;
    }
}

async fn until(what: &str, so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !so() {
        assert!(begin.elapsed() < PATIENCE, "it does not come to this: {what}");
        sleep(Duration::from_millis(5)).await;
    }
}

fn study(number: u128) -> Scope {
    Scope::Study(format!("00000000-0000-0000-0000-{number:012x}").parse().unwrap())
}

/// Tells until the other hears: a subscription is Redis' own time after what is followed.
async fn is_heard_again(from: &Node, to: &Node, scope: &Scope) -> Duration {
    static PLACE: AtomicU64 = AtomicU64::new(1_000);
    let begin = Instant::now();
    loop {
        let news = News::Head(scope.clone(), PLACE.fetch_add(1, Relaxed).cast_signed());
        from.bus.tell(news.clone());
        for _ in 0..10 {
            if to.times(&news) > 0 {
                return begin.elapsed();
            }
            sleep(Duration::from_millis(5)).await;
        }
        assert!(begin.elapsed() < PATIENCE, "{scope:?} is not heard again: {:?}", to.bus.counts());
    }
}

#[tokio::test]
async fn news_reach_who_follows_and_nobody_hears_their_own_twice() {
    let redis = PrivateRedis::start().await;
    let (one, other) = (Node::start(&redis, "coup").await, Node::start(&redis, "coup").await);
    let elsewhere = Node::start(&redis, "other").await;
    for node in [&one, &other, &elsewhere] {
        node.bus.follow(&study(1));
    }
    is_heard_again(&one, &other, &study(1)).await;
    is_heard_again(&other, &one, &study(1)).await;

    let (followed, not_followed, all) = (News::Head(study(1), 1), News::Head(study(2), 1), News::Revoked(1));
    for news in [&not_followed, &followed, &all] {
        one.bus.tell(news.clone());
        assert_eq!(one.times(news), 1, "at once, on this node");
    }
    other.until_heard(&followed).await;
    other.until_heard(&all).await;
    assert_eq!(other.times(&not_followed), 0);

    other.bus.unfollow(&study(1));
    let begin = Instant::now();
    for place in 2.. {
        let gone = News::Head(study(1), place);
        one.bus.tell(gone.clone());
        one.bus.tell(News::Revoked(place));
        other.until_heard(&News::Revoked(place)).await;
        if other.times(&gone) == 0 {
            break;
        }
        assert!(begin.elapsed() < PATIENCE, "what is followed no more is heard still");
    }
    assert_eq!((one.times(&followed), one.times(&all)), (1, 1), "a node hears its own news once");
    assert!(elsewhere.heard.0.lock().unwrap().is_empty(), "another deployment on the same Redis hears nothing");
}

#[tokio::test]
async fn thousands_of_scopes_are_followed_at_once() {
    let redis = PrivateRedis::start().await;
    let (one, other) = (Node::start(&redis, "coup").await, Node::start(&redis, "coup").await);
    let begin = Instant::now();
    for number in 0..5_000 {
        other.bus.follow(&study(number));
    }
    redis.until_followed(5_000, "coup").await;
    eprintln!("5,000 scopes were followed within {:?}", begin.elapsed());
    for number in 0..5_000 {
        one.bus.tell(News::Head(study(number), 7));
    }
    for number in 0..5_000 {
        other.until_heard(&News::Head(study(number), 7)).await;
    }
    assert_eq!(one.bus.counts().dropped, 0);
}

#[tokio::test]
async fn a_listener_whose_connection_is_ended_follows_everything_again() {
    let redis = PrivateRedis::start().await;
    let (one, other) = (Node::start(&redis, "coup").await, Node::start(&redis, "coup").await);
    for number in 0..50 {
        other.bus.follow(&study(number));
    }
    is_heard_again(&one, &other, &study(49)).await;
    for _ in 0..3 {
        redis.until_heard_by(2, "coup").await;
        assert_eq!(redis.end_listeners().await, 2);
        // Also what comes and goes while it is away.
        other.bus.follow(&study(50));
        other.bus.unfollow(&study(0));
        let mut longest = Duration::ZERO;
        for number in [1, 25, 49, 50] {
            longest = longest.max(is_heard_again(&one, &other, &study(number)).await);
        }
        eprintln!("heard again {longest:?} after the connections were ended");
        other.bus.unfollow(&study(50));
        other.bus.follow(&study(0));
        is_heard_again(&one, &other, &study(0)).await;
    }
}

#[tokio::test]
async fn a_redis_that_was_killed_and_comes_back_empty_is_used_again() {
    let mut redis = PrivateRedis::start().await;
    let (one, other) = (Node::start(&redis, "coup").await, Node::start(&redis, "coup").await);
    other.bus.follow(&study(1));
    is_heard_again(&one, &other, &study(1)).await;
    for away in [200_u64, 4_000] {
        redis.kill();
        until("it is noticed", || !one.bus.counts().publishes && !other.bus.counts().listens).await;
        let news = News::Head(study(1), away.cast_signed());
        one.bus.tell(news.clone());
        assert_eq!(one.times(&news), 1, "this node is told still");
        sleep(Duration::from_millis(away)).await;
        redis.start_again().await;
        let begin = Instant::now();
        is_heard_again(&one, &other, &study(1)).await;
        eprintln!("away {away} ms, heard again {:?} after it was back", begin.elapsed());
        assert_eq!(other.times(&news), 0, "what is old is not told later");
    }
    assert!(one.bus.counts().dropped > 0);
}

#[tokio::test]
async fn a_redis_that_answers_nobody_is_noticed_and_nobody_waits_for_it() {
    let redis = PrivateRedis::start().await;
    let (one, other) = (Node::start(&redis, "coup").await, Node::start(&redis, "coup").await);
    other.bus.follow(&study(1));
    is_heard_again(&one, &other, &study(1)).await;
    redis.freeze();
    let begin = Instant::now();
    for place in 0..50_000 {
        one.bus.tell(News::Head(study(1), place));
    }
    let told = begin.elapsed();
    assert!(told < Duration::from_secs(2), "telling waited: {told:?}");
    assert!(one.bus.counts().dropped > 30_000, "what waits is bounded: {:?}", one.bus.counts());
    until("it is noticed", || {
        let away = |node: &Node| !node.bus.counts().publishes && !node.bus.counts().listens;
        away(&one) && away(&other)
    })
    .await;
    eprintln!("50,000 news in {told:?}; noticed after {:?}", begin.elapsed());
    assert!(begin.elapsed() < Duration::from_secs(8));
    redis.thaw();
    let begin = Instant::now();
    is_heard_again(&one, &other, &study(1)).await;
    eprintln!("heard again {:?} after it went on", begin.elapsed());
}

#[tokio::test]
async fn a_node_that_starts_before_redis_finds_it_later() {
    let mut redis = PrivateRedis::start().await;
    let one = Node::start(&redis, "coup").await;
    redis.kill();
    let ids = SystemIds::default();
    let options =
        RedisOptions { url: redis.url().into(), prefix: "coup".to_owned(), node: ids.uuid(SystemClock.now()) };
    let late = Arc::new(RedisBus::new(&options).unwrap());
    let heard = Arc::new(Heard::default());
    let weak: Weak<Heard> = Arc::downgrade(&heard);
    late.attach(weak);
    late.follow(&study(1));
    let runs = tokio::spawn({
        let late = late.clone();
        async move { late.run(std::future::pending()).await }
    });
    let late = Node { bus: late, heard, runs };
    until("both have tried", || late.bus.counts().outages == 2).await;
    redis.start_again().await;
    late.until_well().await;
    one.until_well().await;
    is_heard_again(&one, &late, &study(1)).await;
}
