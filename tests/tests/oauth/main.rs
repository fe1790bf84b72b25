//! Signing in with Google and GitHub (requirements § 18), against providers on loopback, well-behaved and not.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod bindings;
mod house;
mod links;
mod misbehaviour;
mod ways_in;
