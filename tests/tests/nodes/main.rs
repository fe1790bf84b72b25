//! Several nodes on one database, told of each other by a Redis that dies, stops and loses connections, while people write.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and says what it measured"
)]

mod bus;
mod cut;
mod faults;
mod listener;
mod school;
mod settings;
mod stream;
mod talker;
mod tls;
mod writer;
