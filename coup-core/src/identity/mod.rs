//! Ways in that are proved elsewhere: Google (OpenID Connect) and GitHub (OAuth), and the identities that are linked to accounts.
//!
//! The model's `googleId` and `githubId` are rows of [`OAuthIdentity`](model::OAuthIdentity): who somebody is at a provider is
//! issuer and subject, never an address.

pub mod flow;
pub mod model;
pub mod port;
pub mod rules;
pub mod service;
