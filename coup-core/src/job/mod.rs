//! Work that is done later, at least once: what leaves the house, and what takes long.

pub mod model;
pub mod rules;
pub mod service;
mod sweep;
pub mod worker;
