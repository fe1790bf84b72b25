//! Accounts: sessions, passwords, and codes that come by letter.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod deletion;
mod export;
mod fresh;
mod house;
mod identities;
mod letters;
mod limits;
mod pictures;
mod second_factor;
mod sessions;
