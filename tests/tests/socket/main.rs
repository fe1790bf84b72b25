//! Socket.IO as the official client sees it, of the reference server as a process, by WebSocket and by polling.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod bounds;
mod cut;
mod events;
mod hidden;
mod scene;
mod sign_in;
mod stalled;
