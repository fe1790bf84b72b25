//! What goes with every commit, over the memory store: jobs and who does them, hooks, keys that make a repetition harmless.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod house;

mod hooks;
mod keys;
mod pieces;
mod runner;
mod sweep;
