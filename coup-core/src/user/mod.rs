//! People: accounts, sessions, profiles.

pub mod age;
pub mod deletion;
pub mod detail;
pub mod directory;
pub mod export;
pub mod model;
pub mod password;
pub mod passwords;
pub mod reset;
pub mod rules;
pub mod service;
pub mod session;
pub mod sign_in;
pub mod sign_up;
pub mod trace;
pub mod verification;
