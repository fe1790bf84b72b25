//! What is live, over the memory store: who hears what, whose connections a change of rights ends, tickets, and what is told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod house;

mod codes;
mod hearing;
mod rights;
mod telling;
mod tickets;
