//! The audit log (감사 로그): what administrators did, in a chain that shows every change of it.

pub mod chain;
pub mod entry;
pub mod export;
pub mod model;
pub mod service;
mod words;
