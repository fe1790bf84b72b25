//! Socket.IO as the official client sees it, of the reference server as a process, by WebSocket and by polling.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod bounds;
mod client;
mod cut;
mod events;
mod scene;
mod sign_in;
