//! Administrators' roles, the audit log and security events, over the memory store.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod ages;
mod house;

mod log;
mod roles;
mod settings;
