//! News between nodes over Redis' publish and subscribe.
//!
//! Redis is speed, never truth: what it loses, every node finds in the store by itself within a second. So nothing here waits
//! for it, and nothing fails with it. [`RedisBus`] connects anew by itself for as long as it [runs](RedisBus::run), and follows
//! then whatever was followed before.
//!
//! Whoever can publish on that Redis is believed like a node: it must be reachable by the nodes alone.

mod listen;
mod publish;
mod wire;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{
        Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use coup_core::{
    changes::Scope,
    live::bus::{Bus, Ear, LocalBus, News},
};
use redis::{Client, ConnectionAddr, IntoConnectionInfo as _};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};
use uuid::Uuid;

use wire::Wire;

/// News that wait to be published; what comes on top is lost.
const QUEUE: usize = 8_192;
/// How long Redis may take to answer before the connection counts as dead.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a connection on which nothing happens is asked whether it lives.
const PING: Duration = Duration::from_secs(1);
/// The pause before the first further attempt to connect; each one doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// And up to which.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Which Redis, and as whom.
#[derive(Debug, Clone)]
pub struct RedisOptions {
    /// `redis://[[user]:password@]host[:port][/database]`, `rediss://…` with TLS, or `redis+unix://…`.
    pub url: SecretString,
    /// What all channels' names begin with. Deployments that share a Redis have one each; all nodes of a deployment have the same.
    pub prefix: String,
    /// This node's name, another one for each process.
    pub node: Uuid,
}

/// Why a [`RedisBus`] cannot be made. That Redis cannot be reached is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedisSetupError {
    /// The address cannot be understood. It is not repeated, as it may hold a password.
    #[error(
        "the address of Redis cannot be understood: expected such as redis://:password@host:6379/0 or rediss://host"
    )]
    Address,
    /// Libraries choose no cryptography for their host.
    #[error("rediss:// needs a rustls provider: install one before, such as rustls::crypto::ring::default_provider()")]
    NoTlsProvider,
}

/// What has happened since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RedisCounts {
    /// News that Redis took.
    pub published: u64,
    /// News that other nodes were not told: Redis was away, or took them too slowly.
    pub dropped: u64,
    /// News of other nodes that came in.
    pub heard: u64,
    /// What came in and could not be understood, such as of another version.
    pub strange: u64,
    /// How often one of the two connections was lost, or could not be made at first.
    pub outages: u64,
    /// Whether news can go out at the moment.
    pub publishes: bool,
    /// Whether news of others come in at the moment.
    pub listens: bool,
}

/// A [`Bus`] between nodes over Redis. [`run`](Self::run) must run as long as it is used; without it, this node hears itself only.
pub struct RedisBus(Shared);

struct Shared {
    client: Client,
    wire: Wire,
    local: LocalBus,
    queue: mpsc::Sender<News>,
    queued: Mutex<Option<mpsc::Receiver<News>>>,
    follows: Mutex<Follows>,
    /// Something is to be followed, or no more.
    changed: Notify,
    publishes: AtomicBool,
    listens: AtomicBool,
    published: AtomicU64,
    dropped: AtomicU64,
    heard: AtomicU64,
    strange: AtomicU64,
    outages: AtomicU64,
}

/// Which scopes somebody here follows.
#[derive(Default)]
struct Follows {
    /// How many do. Counted, because who comes and who goes may overtake each other.
    wanted: HashMap<Scope, usize>,
    /// Where that has changed since it was last looked at.
    changed: HashSet<Scope>,
}

impl RedisBus {
    /// Does not connect yet.
    ///
    /// # Errors
    /// What cannot work however long it is tried.
    pub fn new(options: &RedisOptions) -> Result<Self, RedisSetupError> {
        let info = options.url.expose_secret().into_connection_info().map_err(|_| RedisSetupError::Address)?;
        let is_tls = matches!(info.addr(), ConnectionAddr::TcpTls { .. });
        if is_tls && rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(RedisSetupError::NoTlsProvider);
        }
        let client = Client::open(info).map_err(|_| RedisSetupError::Address)?;
        let (queue, queued) = mpsc::channel(QUEUE);
        Ok(Self(Shared {
            client,
            wire: Wire::new(&options.prefix, options.node),
            local: LocalBus::new(),
            queue,
            queued: Mutex::new(Some(queued)),
            follows: Mutex::default(),
            changed: Notify::new(),
            publishes: AtomicBool::new(false),
            listens: AtomicBool::new(false),
            published: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            heard: AtomicU64::new(0),
            strange: AtomicU64::new(0),
            outages: AtomicU64::new(0),
        }))
    }

    /// Brings news out and in until `end` is over, whatever becomes of Redis meanwhile. A node runs it once.
    pub async fn run(&self, end: impl Future<Output = ()>) {
        let queued = self.0.queued.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(queued) = queued else {
            tracing::error!("RedisBus::run runs already");
            return;
        };
        tokio::select! {
            () = end => {}
            () = self.0.publish(queued) => {}
            () = self.0.listen() => {}
        }
        self.0.publishes.store(false, Ordering::Release);
        self.0.listens.store(false, Ordering::Release);
    }

    /// What has happened since the start.
    pub fn counts(&self) -> RedisCounts {
        let Shared { publishes, listens, published, dropped, heard, strange, outages, .. } = &self.0;
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        RedisCounts {
            published: count(published),
            dropped: count(dropped),
            heard: count(heard),
            strange: count(strange),
            outages: count(outages),
            publishes: publishes.load(Ordering::Acquire),
            listens: listens.load(Ordering::Acquire),
        }
    }
}

impl fmt::Debug for RedisBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client's own words hold the password.
        f.debug_struct("RedisBus").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

impl Bus for RedisBus {
    fn tell(&self, news: News) {
        self.0.local.tell(news.clone());
        // What is told while Redis is away would be old when it is back.
        if !self.0.publishes.load(Ordering::Acquire) || self.0.queue.try_send(news).is_err() {
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn attach(&self, ear: Weak<dyn Ear>) {
        self.0.local.attach(ear);
    }

    fn follow(&self, scope: &Scope) {
        let mut follows = self.0.follows();
        let followers = follows.wanted.entry(scope.clone()).or_default();
        *followers += 1;
        if *followers == 1 {
            follows.changed.insert(scope.clone());
            drop(follows);
            self.0.changed.notify_one();
        }
    }

    fn unfollow(&self, scope: &Scope) {
        let mut follows = self.0.follows();
        let Some(followers) = follows.wanted.get_mut(scope) else { return };
        *followers -= 1;
        if *followers == 0 {
            follows.wanted.remove(scope);
            follows.changed.insert(scope.clone());
            drop(follows);
            self.0.changed.notify_one();
        }
    }
}

impl Shared {
    fn follows(&self) -> MutexGuard<'_, Follows> {
        self.follows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Attempts to connect, further and further apart.
struct Attempts {
    /// Differs from node to node, so that they do not all come back at once.
    seed: u64,
    failed: u32,
    since: Option<Instant>,
}

impl Attempts {
    fn new(seed: impl std::hash::Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        Self { seed: hasher.finish(), failed: 0, since: None }
    }

    /// It is connected.
    fn succeeded(&mut self, now: Instant) {
        self.since = Some(now);
    }

    /// The pause before the next one.
    fn pause(&mut self, now: Instant) -> Duration {
        // Who is let in and thrown out at once is not connected.
        if self.since.take().is_some_and(|since| now - since > PING) {
            self.failed = 0;
        }
        let whole = FIRST_PAUSE.saturating_mul(1 << self.failed.min(10)).min(LONGEST_PAUSE);
        let mut hasher = DefaultHasher::new();
        (self.seed, self.failed).hash(&mut hasher);
        self.failed = self.failed.saturating_add(1);
        // Between a half and all of it.
        let percent = 50 + u32::try_from(hasher.finish() % 51).unwrap_or_default();
        whole * percent / 100
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn pauses_double_up_to_two_seconds_and_differ_between_nodes() {
        let pauses = |seed: u64| {
            let mut attempts = Attempts::new(seed);
            std::iter::from_fn(move || Some(attempts.pause(Instant::now()))).take(8).collect::<Vec<_>>()
        };
        for seed in 0..50 {
            for (pause, whole) in pauses(seed).into_iter().zip([100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000]) {
                let whole = Duration::from_millis(whole);
                assert!(pause >= whole / 2 && pause <= whole, "{pause:?} of {whole:?}");
            }
        }
        assert_ne!(pauses(1), pauses(2));
    }

    #[test]
    fn pauses_begin_anew_after_a_connection_that_lasted() {
        let mut attempts = Attempts::new(1);
        let now = Instant::now();
        for _ in 0..5 {
            attempts.pause(now);
        }
        attempts.succeeded(now);
        assert!(attempts.pause(now) > FIRST_PAUSE, "let in and thrown out at once");
        attempts.succeeded(now);
        assert!(attempts.pause(now + PING * 2) <= FIRST_PAUSE);
    }

    fn bus(url: &str) -> Result<RedisBus, RedisSetupError> {
        RedisBus::new(&RedisOptions { url: url.into(), prefix: "coup".to_owned(), node: Uuid::nil() })
    }

    #[test]
    fn a_wrong_address_is_refused_and_no_word_of_it_repeated() {
        for url in ["", "localhost", "http://redis", "redis://:hunter2@host:port"] {
            let error = bus(url).unwrap_err();
            assert_eq!(error, RedisSetupError::Address, "{url}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn nothing_that_is_shown_holds_the_password() {
        let shown = format!("{:?}", bus("redis://:hunter2@127.0.0.1:1/0").unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn tls_without_a_provider_is_refused_before_anything_connects() {
        assert_eq!(bus("rediss://127.0.0.1:1").unwrap_err(), RedisSetupError::NoTlsProvider);
        assert!(rustls::crypto::CryptoProvider::get_default().is_none(), "a library installs none");
    }

    #[test]
    fn what_two_follow_is_followed_until_both_have_gone() {
        let bus = bus("redis://127.0.0.1:1").unwrap();
        let scope = Scope::Study("00000000-0000-0000-0000-000000000001".parse().unwrap());
        let wanted = || bus.0.follows().wanted.contains_key(&scope);
        bus.follow(&scope);
        bus.follow(&scope);
        bus.unfollow(&scope);
        assert!(wanted());
        bus.unfollow(&scope);
        assert!(!wanted());
        bus.unfollow(&scope);
        assert!(!wanted(), "nobody is left to go");
    }

    #[test]
    fn this_node_hears_itself_at_once_without_redis() {
        struct Told(AtomicU64);
        impl Ear for Told {
            fn hear(&self, _: &News) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let bus = bus("redis://127.0.0.1:1").unwrap();
        let ear = Arc::new(Told(AtomicU64::new(0)));
        let weak: Weak<Told> = Arc::downgrade(&ear);
        bus.attach(weak);
        bus.tell(News::Revoked(1));
        assert_eq!(ear.0.load(Ordering::Relaxed), 1);
        assert_eq!(bus.counts(), RedisCounts { dropped: 1, ..RedisCounts::default() });
    }
}
