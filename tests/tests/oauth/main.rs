//! Signing in with Google and GitHub (requirements § 18), against providers on loopback, well-behaved and not.

mod bindings;
mod house;
mod links;
mod misbehaviour;
mod ways_in;
