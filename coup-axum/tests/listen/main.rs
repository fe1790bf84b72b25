//! Serving connections, over TCP.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod house;

mod bounds;
mod end;
mod guarded;
mod stall;
mod upgrade;
