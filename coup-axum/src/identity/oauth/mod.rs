//! Signing in with Google, or another OpenID provider, and with GitHub: what [`IdentityProvider`] asks, by the libraries
//! `openidconnect` and `oauth2` over `reqwest`.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use coup_axum::identity::oauth::{Client, GitHub, OpenId};
//! use coup_core::{coup::Builder, identity::model::Provider};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # fn add(builder: Builder) -> Result<Builder, coup_axum::identity::oauth::SetupError> {
//! // What the provider knows of this deployment: the address that browsers come back to, made of its public address alone.
//! let client = |provider| Client::new("id", "secret", "https://coup.school.kr", "/api", provider);
//! let google = OpenId::google("https://accounts.google.com", client(Provider::Google)?)?;
//! let github = GitHub::new("https://github.com", "https://api.github.com", client(Provider::Github)?)?;
//! Ok(builder.identity_provider(Arc::new(google)).identity_provider(Arc::new(github)))
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! Connections are rustls', and which provider of cryptography it uses is a program's choice: install one before, such as
//! `rustls::crypto::ring::default_provider().install_default()`.

mod client;
mod github;
mod openid;
mod web;

use std::time::Duration;

pub use self::{
    client::{Client, SetupError},
    github::GitHub,
    openid::OpenId,
};
#[cfg(doc)]
use coup_core::identity::port::IdentityProvider;

/// How long a provider may take to prove who somebody is, all its answers together.
const PATIENCE: Duration = Duration::from_secs(10);
