//! Attempts, devices, and how many attempts there may be.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{env::Timestamp, id::UserId, user::model::TokenHash};

words! {
    /// By which way somebody tries.
    Way {
        /// Address and password.
        SignIn = "SIGN_IN",
        /// Making an account.
        SignUp = "SIGN_UP",
        /// Asking for a letter with a code.
        Reset = "RESET",
        /// A code from a letter.
        Verify = "VERIFY",
        /// Showing one's password again.
        Confirm = "CONFIRM",
        /// Beginning to sign in elsewhere.
        Begin = "BEGIN",
    }
}

/// What attempts are counted by: a way, and the hash of whose they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Counted {
    /// By which way.
    pub way: Way,
    /// Of an address, an account, a device or a session.
    pub subject: TokenHash,
}

/// A place that an attempt takes, if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Among which.
    pub counted: Counted,
    /// How many there are.
    pub limit: u32,
    /// When it is taken.
    pub at: Timestamp,
    /// When all are free again, if this is the first that is taken.
    pub ends_at: Timestamp,
}

/// Attempts as they are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempts {
    /// Since the first.
    pub since: Timestamp,
    /// How many.
    pub count: u32,
    /// When they do not count any more.
    pub ends_at: Timestamp,
}

/// A browser in which somebody has signed in to an account, known by a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Of the cookie's value.
    pub hash: TokenHash,
    /// To whose account.
    pub user: UserId,
    /// When, the last time.
    pub seen_at: Timestamp,
    /// When it is known no more.
    pub expires_at: Timestamp,
}

/// How many attempts there may be within some minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimits {
    /// For how long attempts count, in minutes, from the first.
    pub minutes: u32,
    /// Wrong ones from one address (IPv4, or an IPv6 network of 64 bits), whoever it is. A whole school may be behind one.
    pub address: u32,
    /// Wrong ones for one account from browsers that never signed in to it, from all addresses together.
    pub account: u32,
    /// Wrong ones for one account from one browser that has, and in one session.
    pub device: u32,
    /// What writes something for anybody, from one address: making accounts, asking for letters, beginning to sign in elsewhere.
    pub requests: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { minutes: 15, address: 30, account: 10, device: 10, requests: 300 }
    }
}

impl RateLimits {
    /// The shortest and the longest time, in minutes.
    pub const MINUTES: (u32, u32) = (1, 24 * 60);

    /// The least and the most attempts of each kind.
    pub const COUNT: (u32, u32) = (3, 100_000);

    /// Whether all is within its bounds.
    pub fn is_sound(&self) -> bool {
        let within = |(least, most): (u32, u32), number| least <= number && number <= most;
        within(Self::MINUTES, self.minutes)
            && [self.address, self.account, self.device, self.requests]
                .into_iter()
                .all(|count| within(Self::COUNT, count))
    }

    /// For how long attempts count.
    pub fn window(&self) -> TimeDelta {
        TimeDelta::minutes(self.minutes.into())
    }
}
