//! Keys that make a repeated request harmless: the same key answers what it answered the first time, with one effect
//! (the `Idempotency-Key` header of [draft-ietf-httpapi-idempotency-key-header]).
//!
//! The answer is written in the same commit as the effect; who loses a race over a key is told the winner's answer.
//!
//! [draft-ietf-httpapi-idempotency-key-header]: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/

use std::{
    fmt,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use crate::{
    changes::{Changes, Committed, SystemPermit},
    coup::{Coup, Ctx, Prepared},
    env::Timestamp,
    error::{Error, Invalid, StateError},
    id::UserId,
    store::StoreError,
};

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

/// What a use case answers. Whatever goes to JSON and back is kept for a key; the rest, such as a session's token, is told once.
///
/// ```
/// use coup_core::idempotency::Answer;
///
/// /// Nobody is told it again.
/// struct Token(String);
///
/// impl Answer for Token {}
///
/// assert!(!Token::KEPT && u32::KEPT);
/// ```
pub trait Answer: Sized + Send + 'static {
    /// Whether it is kept at all.
    const KEPT: bool = false;

    /// Its JSON; `None` for what must not be kept.
    fn keep(&self) -> Option<String> {
        None
    }

    /// The answer again.
    fn recall(_kept: &str) -> Option<Self> {
        None
    }
}

impl<T: Serialize + DeserializeOwned + Send + 'static> Answer for T {
    const KEPT: bool = true;

    fn keep(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    fn recall(kept: &str) -> Option<Self> {
        serde_json::from_str(kept).ok()
    }
}

/// A key and whose it is.
pub(crate) struct Key {
    user: UserId,
    idempotency: Idempotency,
}

impl Coup {
    /// The caller's key; none for who is not signed in, whatever the command makes of that.
    pub(crate) async fn key(&self, ctx: &Ctx) -> Result<Option<Key>, Error> {
        let Some(idempotency) = ctx.idempotency.clone() else { return Ok(None) };
        match self.room(ctx).caller().await {
            Ok(caller) => Ok(Some(Key { user: caller.user.id, idempotency })),
            Err(Error::NotSignedIn) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the key was answered before, if it was: for another request 409.
    pub(crate) async fn answered<T: Answer>(&self, key: &Key) -> Result<Option<T>, Error> {
        let Key { user, idempotency } = key;
        match self.store.kept_answer(user, &idempotency.key).await? {
            None => Ok(None),
            Some(kept) if kept.fingerprint != idempotency.fingerprint => Err(StateError::IdempotencyKeyReused.into()),
            Some(kept) => T::recall(&kept.answer)
                .map(Some)
                .ok_or_else(|| StoreError::Corrupt("the answer kept for an idempotency key".into()).into()),
        }
    }

    /// Commits what was decided, and keeps the answer if there is a key.
    pub(crate) async fn commit<T: Answer>(&self, prepared: Prepared<T>, key: Option<&Key>) -> Result<T, StoreError> {
        let Prepared { changes, finish } = prepared;
        let Some(Key { user, idempotency }) = key else {
            let committed = match changes {
                Some(changes) => self.write(changes).await?,
                None => Committed::default(),
            };
            return Ok(finish(&committed));
        };
        // Where all is already as asked, the key is still this request's.
        let mut changes = changes.unwrap_or_else(|| Changes::system(SystemPermit::Answers));
        // The store asks for the answer within the commit, when the places are known; here it is picked up afterwards.
        let finish = Mutex::new(Some(finish));
        let answer = Arc::new(Mutex::new(None));
        let kept = answer.clone();
        changes.keep(Keep::new(user.clone(), idempotency.clone(), self.now(), move |committed| {
            let finish = finish.lock().unwrap_or_else(PoisonError::into_inner).take();
            let answer = finish.map(|finish| finish(committed));
            let text = answer.as_ref().and_then(Answer::keep).unwrap_or_default();
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = answer;
            text
        }));
        self.write(changes).await?;
        let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        answer.ok_or_else(|| StoreError::Backend("the answer of an idempotency key was not kept".into()))
    }
}
