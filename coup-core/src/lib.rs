//! The domain of CoUp: models, permission policy, pure rules, use cases, and the traits of storage.
//!
//! This crate never does I/O: no runtime, no web framework, no database driver.

pub mod env;
pub mod id;
pub mod policy;
