//! Reports, cases, sanctions and appeals through the use cases, on the memory store.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod decisions;
mod expiry;
mod house;
mod lifecycle;
mod mail;
mod notifications;
mod people;
mod reports;
mod sanctions;
