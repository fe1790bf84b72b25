//! What a provider knows of a deployment.

use coup_core::identity::model::Provider;
use oauth2::{ClientId, ClientSecret, RedirectUrl};
use secrecy::{ExposeSecret as _, SecretString};

/// What a provider knows of a deployment: the client that was registered there, and the one address that browsers come back to.
#[derive(Debug, Clone)]
pub struct Client {
    pub(super) id: ClientId,
    pub(super) secret: ClientSecret,
    pub(super) redirect: RedirectUrl,
}

impl Client {
    /// As it was registered at the provider, for a deployment that browsers see under `public_address` with the API under
    /// `prefix`. Browsers come back to `{public_address}{prefix}/auth/{provider}/callback`, whatever a request's headers say.
    ///
    /// # Errors
    /// An address that is none, an identifier or a secret that is empty.
    pub fn new(
        id: &str,
        secret: impl Into<SecretString>,
        public_address: &str,
        prefix: &str,
        provider: Provider,
    ) -> Result<Self, SetupError> {
        let secret: SecretString = secret.into();
        if id.trim().is_empty() || secret.expose_secret().trim().is_empty() {
            return Err(SetupError::Client);
        }
        let address = format!("{}{prefix}/auth/{}/callback", public_address.trim_end_matches('/'), provider.slug());
        Ok(Self {
            id: ClientId::new(id.trim().to_owned()),
            secret: ClientSecret::new(secret.expose_secret().trim().to_owned()),
            redirect: RedirectUrl::new(address.clone()).map_err(|why| SetupError::Address(address, why.to_string()))?,
        })
    }

    /// The address that browsers come back to, as it has to be registered at the provider.
    pub fn redirect_address(&self) -> &str {
        self.redirect.as_str()
    }
}

/// Why a provider cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The identifier or the secret is empty.
    #[error("the client's identifier or secret is empty: expected both, as the provider gave them out")]
    Client,
    /// An address is none.
    #[error("not an address: {0:?} ({1}); expected one such as https://accounts.google.com")]
    Address(String, String),
    /// No provider of cryptography is installed.
    #[error("rustls has no provider of cryptography: expected the program to install one before, such as ring's")]
    NoCryptography,
    /// Connections cannot be made.
    #[error("cannot make connections to providers: {0}")]
    Connections(#[source] reqwest::Error),
}
