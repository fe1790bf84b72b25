//! A second factor: codes of an authenticator app (TOTP, [RFC 6238]) and recovery codes (requirements § 20).
//!
//! Only accounts that are signed in to here have one: somebody for whom the host vouches is asked by the host.
//!
//! [RFC 6238]: https://www.rfc-editor.org/rfc/rfc6238

pub mod entry;
pub mod host;
pub mod model;
pub mod rules;
pub mod service;
