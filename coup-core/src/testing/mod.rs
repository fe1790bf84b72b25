//! What testers and storage authors need: a store in memory, the contract that every store keeps, fixtures, and random
//! sequences of commits and of use cases that hold one store against another.
//!
//! A storage author writes one line in a test crate; see [`store_contract!`](crate::store_contract).

mod authenticator;
mod blobs;
mod clock;
pub mod commands;
pub mod contract;
mod counting;
pub mod fixtures;
mod ids;
pub mod lifecycle;
pub mod memory;
pub mod mocks;
pub mod sequences;
mod stand_in;
pub mod tampering;

pub use self::{
    authenticator::Authenticator, blobs::MemoryBlobs, clock::FixedClock, counting::Counting, ids::SeededIds,
    memory::MemoryStore, stand_in::StandIn,
};
