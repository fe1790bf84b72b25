//! Locks: always taken in one order, so that commits wait for each other and never in a ring.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod order;
mod scene;
mod stress;
