//! What proves who somebody is elsewhere.

use async_trait::async_trait;
use secrecy::SecretString;

use super::model::{FlowSecret, ProvedIdentity, Provider};
use crate::env::Timestamp;

/// A provider that people sign in with. Implementations bound what they ask in time and size, and follow no redirects.
#[async_trait]
pub trait IdentityProvider: Send + Sync + 'static {
    /// Which.
    fn provider(&self) -> Provider;

    /// Who vouches for the identities it proves.
    fn issuer(&self) -> &str;

    /// The address at the provider to send the browser to, with state, nonce and PKCE's challenge (S256).
    ///
    /// # Errors
    /// Why the provider cannot be asked.
    async fn authorise(&self, secrets: &FlowSecrets, now: Timestamp) -> Result<String, ProviderError>;

    /// Exchanges the code that the browser brought back, and proves who it is. Verifies whatever the protocol has to be verified.
    ///
    /// # Errors
    /// Why it was not proved.
    async fn prove(&self, proof: &Proof, now: Timestamp) -> Result<ProvedIdentity, ProviderError>;
}

/// The secrets of a flow that stand in the address at the provider.
#[derive(Debug, Clone)]
pub struct FlowSecrets {
    /// Comes back in the address.
    pub state: FlowSecret,
    /// Comes back in the ID token.
    pub nonce: FlowSecret,
    /// PKCE's verifier; only its challenge leaves the house.
    pub verifier: FlowSecret,
}

/// What a browser brought back, and what was kept of its flow.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The provider's code.
    pub code: SecretString,
    /// What the ID token must hold.
    pub nonce: FlowSecret,
    /// Whose challenge the provider was given.
    pub verifier: FlowSecret,
}

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $words:literal;)+) => {
        /// In which way a provider did not prove who somebody is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProviderFault {$(
            $(#[$doc])*
            $name,
        )+}

        impl ProviderFault {
            /// All of them, so that transports can be held to have words for each.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self {$(Self::$name => $code,)+}
            }

            const fn words(self) -> &'static str {
                match self {$(Self::$name => $words,)+}
            }
        }
    };
}

faults! {
    /// The person did not want to, or was not allowed to there.
    Cancelled = "sign_in_cancelled", "the sign-in was broken off at the provider";
    /// Nobody answers.
    Unreachable = "provider_unreachable", "the provider cannot be reached";
    /// The answer did not come in time.
    Slow = "provider_slow", "the provider did not answer within 10 seconds";
    /// The provider says that something is wrong with it, or with how it was asked.
    Failed = "provider_failed", "the provider answered with a failure";
    /// The answer is not one of the protocol.
    Unintelligible = "provider_unintelligible", "the provider's answer is not what the protocol says";
    /// A code, a token or an issuer that does not prove anything.
    Unproved = "identity_unproved", "the provider's answer does not prove who it is";
}

/// Why a provider did not prove who somebody is.
#[derive(Debug, thiserror::Error)]
#[error("{}: {cause}", .fault.words())]
pub struct ProviderError {
    /// In which way.
    pub fault: ProviderFault,
    /// For the log; holds no secrets, and is never answered.
    cause: String,
}

impl ProviderError {
    /// With its cause, which must hold no secrets: it is logged.
    pub fn new(fault: ProviderFault, cause: impl std::fmt::Display) -> Self {
        Self { fault, cause: cause.to_string() }
    }
}
