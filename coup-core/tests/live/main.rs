//! What is live, over the memory store: who hears what, whose connections a change of rights ends, tickets, and what is told.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod house;

mod rights;
