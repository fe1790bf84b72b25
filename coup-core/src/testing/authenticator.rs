//! An authenticator app.

use totp_rs::{Builder, Secret, Totp};

use crate::env::Timestamp;

/// An app that was told a secret, by whose clock its codes are.
#[derive(Debug, Clone)]
pub struct Authenticator(Totp);

impl Authenticator {
    /// Tells it the secret as a person types it: Base32, in groups or not.
    ///
    /// # Panics
    /// It is none.
    #[expect(clippy::expect_used, reason = "a test that goes on without an app shows nothing")]
    pub fn new(secret: &str) -> Self {
        let secret: String = secret.split_whitespace().collect();
        let secret = Secret::try_from_base32(secret).expect("a secret in Base32");
        Self(Builder::new().with_secret(secret).build().expect("a secret that is long enough"))
    }

    /// The code that it shows at the instant.
    pub fn code(&self, now: Timestamp) -> String {
        self.0.generate(u64::try_from(now.timestamp()).unwrap_or_default()).to_string()
    }

    /// A code that it shows neither then nor about then.
    pub fn wrong(&self, now: Timestamp) -> String {
        let near = [-30, 0, 30].map(|seconds| self.code(now + chrono::TimeDelta::seconds(seconds)));
        let mut codes = (0..10).map(|number| format!("{number:06}"));
        codes.find(|code| !near.contains(code)).unwrap_or_default()
    }
}
