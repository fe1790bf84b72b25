//! People: accounts, sessions, profiles.

pub mod age;
pub mod detail;
pub mod directory;
pub mod model;
pub mod passwords;
pub mod rules;
pub mod service;
