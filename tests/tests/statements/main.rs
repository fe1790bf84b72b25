//! How many statements a request takes: at most two for a read, the caller's standing among them, whatever is shown.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod alike;
mod counted;
mod house;
mod reads;
