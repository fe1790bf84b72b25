//! Who somebody is elsewhere, and a sign-in that is under way there.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::{
    env::Timestamp,
    id::{SessionId, UserId},
    text::Email,
    user::model::TokenHash,
};

words! {
    /// Who proves it.
    Provider {
        /// Google, or whichever OpenID provider the deployment names in its place.
        Google = "GOOGLE",
        /// GitHub.
        Github = "GITHUB",
    }
}

impl Provider {
    /// Its word in addresses.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Github => "github",
        }
    }

    /// Its name as people know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Github => "GitHub",
        }
    }
}

/// By its word in addresses.
impl std::str::FromStr for Provider {
    type Err = UnknownProvider;

    fn from_str(slug: &str) -> Result<Self, UnknownProvider> {
        Self::ALL.iter().copied().find(|provider| provider.slug() == slug).ok_or(UnknownProvider)
    }
}

/// Not the word of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a provider: expected google or github")]
pub struct UnknownProvider;

/// An identity that is linked to an account. One account an issuer and subject, one identity an account and provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthIdentity {
    /// Who vouches for it, such as `https://accounts.google.com`.
    pub issuer: String,
    /// Whom the issuer means; never changes there, unlike addresses and names.
    pub subject: String,
    /// Whose account.
    pub user: UserId,
    /// By which way.
    pub provider: Provider,
    /// The address as the issuer told it when it was linked, verified or not: to be recognised by, never to find anybody by.
    pub email: Option<String>,
    /// When.
    pub linked_at: Timestamp,
}

/// One's own identity as one sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityView {
    /// By which way.
    pub provider: Provider,
    /// The address there, as it was told.
    pub email: Option<String>,
    /// When it was linked.
    pub linked_at: Timestamp,
}

impl From<&OAuthIdentity> for IdentityView {
    fn from(identity: &OAuthIdentity) -> Self {
        Self { provider: identity.provider, email: identity.email.clone(), linked_at: identity.linked_at }
    }
}

/// What a provider proved of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvedIdentity {
    /// Who vouches for it.
    pub issuer: String,
    /// Whom they mean.
    pub subject: String,
    /// The address that they told, and whether they have verified that it is this person's.
    pub email: Option<(Email, bool)>,
    /// What they call the person, the better names first.
    pub names: Vec<String>,
}

impl ProvedIdentity {
    /// The address, if it is proved to be this person's.
    pub fn verified_email(&self) -> Option<&Email> {
        self.email.as_ref().filter(|(_, verified)| *verified).map(|(email, _)| email)
    }
}

/// To whose account an identity shall be linked, and in which session they asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linking {
    /// Whose.
    pub user: UserId,
    /// In which session; absent for a host's users.
    pub session: Option<SessionId>,
}

/// A sign-in that is under way at a provider: what is kept between leaving and coming back. Single use.
#[derive(Clone, PartialEq, Eq)]
pub struct OAuthFlow {
    /// Of the cookie that binds it to one browser.
    pub hash: TokenHash,
    /// Of the state that comes back in the address; another secret, so that the address alone is worth nothing.
    pub state_hash: TokenHash,
    /// Where they went.
    pub provider: Provider,
    /// Comes back in the ID token.
    pub nonce: String,
    /// PKCE's verifier ([RFC 7636]).
    ///
    /// [RFC 7636]: https://www.rfc-editor.org/rfc/rfc7636
    pub verifier: String,
    /// Where they go on to; a path of ours.
    pub next: Option<String>,
    /// Whose account it shall be linked to; absent: signing in.
    pub linking: Option<Linking>,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

impl fmt::Debug for OAuthFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthFlow")
            .field("provider", &self.provider)
            .field("next", &self.next)
            .field("linking", &self.linking)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A secret of ours for one flow, as text that stands in addresses and cookies.
#[derive(Clone)]
pub struct FlowSecret(SecretString);

impl FlowSecret {
    pub(crate) fn new(text: String) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for FlowSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlowSecret(…)")
    }
}
