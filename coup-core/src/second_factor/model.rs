//! What is kept of a second factor, and of a sign-in that waits for its code.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::{env::Timestamp, id::UserId, user::model::TokenHash};

/// How many bytes a secret has: what [RFC 4226 § 4] recommends.
///
/// [RFC 4226 § 4]: https://www.rfc-editor.org/rfc/rfc4226#section-4
pub const SECRET_LENGTH: usize = 20;

/// The secret that an authenticator app shares with us. It has to be stored as it is: codes are made of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_LENGTH]);

impl TotpSecret {
    /// Wraps a secret.
    pub const fn new(bytes: [u8; SECRET_LENGTH]) -> Self {
        Self(bytes)
    }

    /// The secret, for storage and for making codes.
    pub const fn expose(&self) -> &[u8; SECRET_LENGTH] {
        &self.0
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// A person's second factor: one row a person, whose version is the lock of all that is used once.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// Whose.
    pub user: UserId,
    /// Shared with their app.
    pub secret: TotpSecret,
    /// Since when it is asked for; absent until they have shown a code of it.
    pub confirmed_at: Option<Timestamp>,
    /// The newest step whose code was taken, in steps since 1970: this one and all before it are refused. 0: none yet.
    pub used_step: i64,
    /// Of the recovery codes that were not used.
    pub recovery: Vec<TokenHash>,
    /// Wrong codes in a row, none more than [`QUIET_MINUTES`](super::rules::QUIET_MINUTES) after the one before.
    pub wrong: u32,
    /// When the last of these was tried.
    pub wrong_at: Option<Timestamp>,
    /// Grows with each save.
    pub version: i64,
}

impl SecondFactor {
    /// Whether it is asked for.
    pub const fn is_on(&self) -> bool {
        self.confirmed_at.is_some()
    }
}

/// Nothing of it that lets anybody in.
impl fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondFactor")
            .field("user", &self.user)
            .field("confirmed_at", &self.confirmed_at)
            .field("used_step", &self.used_step)
            .field("recovery", &self.recovery.len())
            .field("wrong", &self.wrong)
            .field("wrong_at", &self.wrong_at)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// A sign-in that waits for the code of the second factor, in one browser. Single use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HalfSignIn {
    /// Of the token of the cookie that binds it to that browser.
    pub hash: TokenHash,
    /// Who has shown the first factor.
    pub user: UserId,
    /// Their authorisation version then: who changes the password ends it.
    pub auth_version: i64,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

/// The way on of who has shown the first factor and is asked for the second.
#[derive(Clone)]
pub struct Halfway {
    /// For a cookie of this browser.
    token: SecretString,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

impl Halfway {
    pub(crate) fn new(token: String, expires_at: Timestamp) -> Self {
        Self { token: token.into(), expires_at }
    }

    /// The cookie's value.
    pub fn expose(&self) -> &str {
        self.token.expose_secret()
    }
}

impl fmt::Debug for Halfway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Halfway").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// One's own second factor as one sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecondFactorView {
    /// Since when it is asked for; absent: it is not.
    pub on_since: Option<Timestamp>,
    /// Recovery codes that were not used.
    pub recovery_codes_left: usize,
    /// Whether one's role asks for it, so that it cannot be turned off.
    pub is_required: bool,
}

/// What an authenticator app is told.
#[derive(Clone)]
pub struct Setup {
    secret: SecretString,
    address: SecretString,
}

impl Setup {
    pub(crate) fn new(secret: String, address: String) -> Self {
        Self { secret: secret.into(), address: address.into() }
    }

    /// The secret in Base32, to be typed.
    pub fn secret(&self) -> &str {
        self.secret.expose_secret()
    }

    /// The same with all that belongs to it, as an `otpauth:` address, to be scanned.
    pub fn address(&self) -> &str {
        self.address.expose_secret()
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Setup(…)")
    }
}

/// Fresh recovery codes, told once.
#[derive(Clone)]
pub struct RecoveryCodes(Vec<SecretString>);

impl RecoveryCodes {
    pub(crate) fn new(codes: Vec<String>) -> Self {
        Self(codes.into_iter().map(SecretString::from).collect())
    }

    /// The codes, as they are typed: `7K3M-9QXZ-04HB`.
    pub fn expose(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(ExposeSecret::expose_secret)
    }
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoveryCodes({})", self.0.len())
    }
}
