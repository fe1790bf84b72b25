//! Locks: always taken in one order, so that commits wait for each other and never in a ring; and what is sent twice at once.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod order;
mod resend;
mod scene;
mod stress;
