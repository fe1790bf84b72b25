//! Keys that make a repeated request harmless: the same key answers what it answered the first time, with one effect
//! (the `Idempotency-Key` header of [draft-ietf-httpapi-idempotency-key-header]).
//!
//! The answer is written in the same commit as the effect; who loses a race over a key is told the winner's answer.
//!
//! [draft-ietf-httpapi-idempotency-key-header]: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use crate::{changes::Committed, env::Timestamp, error::Invalid, id::UserId};

/// How long an answer is kept, in hours.
pub const KEPT_HOURS: i64 = 24;

/// A client's key: 1 to 255 visible ASCII characters. Keys belong to a person: two people may use the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(Arc<str>);

impl IdempotencyKey {
    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        const MOST: usize = 255;
        match text.len() {
            0 => Err(Invalid::field("Idempotency-Key", "required")),
            1..=MOST if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Self(text.into())),
            1..=MOST => Err(Invalid::field("Idempotency-Key", "forbidden_character")),
            _ => Err(Invalid::bound("Idempotency-Key", "too_long", 255)),
        }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 of a request: what tells a repetition from another request with the same key.
pub type Fingerprint = [u8; 32];

/// A key with the request that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The key.
    pub key: IdempotencyKey,
    /// Of the request.
    pub fingerprint: Fingerprint,
}

impl Idempotency {
    /// The key of a request, told by its parts: over HTTP method, path and body.
    ///
    /// ```
    /// use coup_core::idempotency::Idempotency;
    ///
    /// let key = "order-17".parse().unwrap();
    /// let one = Idempotency::new(key, &[b"POST", b"/studies", b"{}"]);
    /// let two = Idempotency::new(one.key.clone(), &[b"POST", b"/studies{}", b""]);
    /// assert_ne!(one.fingerprint, two.fingerprint);
    /// ```
    pub fn new(key: IdempotencyKey, request: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in request {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        Self { key, fingerprint: hash.finalize().into() }
    }
}

/// The answer of a key, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Of the request that was answered.
    pub fingerprint: Fingerprint,
    /// The answer's JSON.
    pub answer: String,
    /// When.
    pub at: Timestamp,
}

/// An answer to be kept with the commit. The store asks for it when all places are given.
#[derive(Clone)]
pub struct Keep {
    /// Whose key.
    pub user: UserId,
    /// The key and its request.
    pub key: Idempotency,
    /// When.
    pub at: Timestamp,
    answer: Arc<dyn Fn(&Committed) -> String + Send + Sync>,
}

impl Keep {
    /// An answer that may depend on what the commit gives.
    pub fn new(
        user: UserId,
        key: Idempotency,
        at: Timestamp,
        answer: impl Fn(&Committed) -> String + Send + Sync + 'static,
    ) -> Self {
        Self { user, key, at, answer: Arc::new(answer) }
    }

    /// The answer's JSON.
    pub fn answer(&self, committed: &Committed) -> String {
        (self.answer)(committed)
    }
}

impl fmt::Debug for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keep").field("user", &self.user).field("key", &self.key).finish_non_exhaustive()
    }
}

/// What a use case answers. Whatever goes to JSON and back can be kept for a key.
pub trait Answer: Sized + Send + 'static {
    /// Whether it is kept at all.
    const KEPT: bool = true;

    /// Its JSON; `None` for what must not be kept, such as a session's token.
    fn keep(&self) -> Option<String>;

    /// The answer again.
    fn recall(kept: &str) -> Option<Self>;
}

impl<T: Serialize + DeserializeOwned + Send + 'static> Answer for T {
    fn keep(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    fn recall(kept: &str) -> Option<Self> {
        serde_json::from_str(kept).ok()
    }
}
