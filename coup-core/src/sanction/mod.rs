//! Sanctions (제재): what takes rights away for a while, and what a next one should be.

pub mod expiry;
pub mod ladder;
pub mod model;
pub mod rules;
pub mod service;
pub mod view;
