//! What the suites share: databases, servers and browsers that live as long as one test.
//!
//! The suites are started by `tests/run`, which brings PostgreSQL and a browser driver of its own and says where they are.
//! A test that needs one of them and does not find it fails; none is skipped.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a fixture that cannot do its work is a failed test"
)]

mod browser;
mod environment;
mod openid_process;
mod person;
mod postgres;
mod private_postgres;
mod private_redis;
pub mod provider;
mod server;
mod sink;
mod socket_client;
mod space;
pub mod web;

pub use browser::{Browser, BrowserOptions, Screen};
pub use environment::{from_tests_run, is_long};
pub use openid_process::OpenIdProcess;
pub use person::{Answer, FIRST_ADMINISTRATOR, PASSWORD, Person, email};
pub use postgres::{Template, TestDatabase};
pub use private_postgres::PrivatePostgres;
pub use private_redis::PrivateRedis;
pub use server::Server;
pub use sink::{Sink, Taken};
pub use socket_client::{Client, Clients, Heard, Way};
pub use space::Fullness;
