//! CoUp over HTTP, as axum routers that a host mounts where it likes: [`api()`](api::api) and, for accounts of CoUp's own,
//! [`identity()`](identity::identity).
//!
//! Both are generic over the host's state `S` and over an extractor `C` that says who calls: the host's extractor *is*
//! the sign-in plug-in.
//!
//! ```
//! use axum::{Router, extract::FromRequestParts, http::request::Parts};
//! use coup_axum::{api::{ApiOptions, api}, caller::Caller};
//! use coup_core::coup::Coup;
//!
//! #[derive(Clone)]
//! struct School;
//!
//! /// Whom the school's own sign-in let through.
//! struct Pupil(Option<String>);
//!
//! impl FromRequestParts<School> for Pupil {
//!     type Rejection = std::convert::Infallible;
//!
//!     async fn from_request_parts(parts: &mut Parts, _: &School) -> Result<Self, Self::Rejection> {
//!         Ok(Self(parts.extensions.get::<String>().cloned()))
//!     }
//! }
//!
//! impl From<Pupil> for Caller {
//!     fn from(pupil: Pupil) -> Self {
//!         pupil.0.and_then(|id| id.parse().ok()).map_or_else(Caller::anonymous, Caller::user)
//!     }
//! }
//!
//! fn mount(coup: Coup) -> Router<School> {
//!     let (coup, document) = api::<School, Pupil>(coup, ApiOptions::default());
//!     assert!(document.paths.paths.contains_key("/studies/{id}"));
//!     Router::new().nest("/coup", coup)
//! }
//! ```

pub mod api;
pub mod caller;
mod extract;
mod idempotency;
#[cfg(feature = "identity")]
pub mod identity;
#[cfg(feature = "listen")]
pub mod listen;
#[cfg(feature = "mail")]
pub mod mail;
mod mount;
mod openapi;
#[cfg(feature = "pages")]
pub mod pages;
#[cfg(feature = "identity")]
mod picture;
pub mod problem;
pub mod proxy;
#[cfg(feature = "live")]
pub mod socket;
