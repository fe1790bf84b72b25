//! CoUp's live half: who is connected, what they hear, and what ends it.
//!
//! [`Live`](live::Live) is one node. It reads durable events and revocations from the store, told when to look by the
//! [`Bus`](coup_core::live::bus::Bus) and looking by itself in any case, and hands them to connections; transports bring
//! connections and are [`Sink`](line::Sink)s.

mod channel;
pub mod frame;
pub mod line;
pub mod live;
mod presence;
#[cfg(feature = "redis")]
pub mod redis;
mod relay;
pub mod socket;
pub mod stream;
mod typing;
