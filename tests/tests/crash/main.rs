//! Processes die, databases go away and disks fill up while people write. Nothing that was acknowledged is lost, doubled or out of order.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and says with what seed it began"
)]

mod chance;
mod client;
mod disk;
mod kill;
mod ledger;
mod postgres;
mod record;
mod school;
