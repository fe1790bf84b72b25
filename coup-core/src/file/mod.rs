//! What people upload. It is reserved, received, and then there; its content is kept behind a port ([`port::Blobs`]).
//!
//! A row comes before its content, and goes after it: whatever stops in between leaves a row that says what is to be erased.

pub mod avatar;
mod erase;
pub mod model;
pub mod port;

pub(crate) use self::erase::EraseFile;
