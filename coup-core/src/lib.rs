//! The domain of CoUp: models, permission policy, pure rules, use cases, and the traits of storage.
//!
//! This crate never does I/O: no runtime, no web framework, no database driver.

#[macro_use]
mod words;

pub mod admin;
pub mod appeal;
pub mod audit;
pub mod changes;
pub mod chat;
pub mod coup;
pub mod env;
pub mod error;
pub mod file;
pub mod hooks;
pub mod id;
pub mod idempotency;
pub mod identity;
pub mod job;
pub mod limit;
pub mod live;
pub mod mail;
pub mod member;
pub mod moderation;
pub mod notification;
pub mod page;
pub mod policy;
pub mod sanction;
pub mod second_factor;
pub mod settings;
pub mod store;
pub mod study;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod user;
