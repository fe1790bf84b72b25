//! The reference server as its users meet it: a process, asked over HTTP, through a browser and at the command line.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod accounts;
mod audit;
mod bad_input;
mod browser;
mod contacts;
mod elsewhere;
mod end_to_end;
mod guessing;
mod hostile;
mod live;
mod offence;
mod operator;
mod policy_commands;
mod proxy;
mod second_factor;
mod tabs;
mod talk;
mod unavailable;
mod visitor;
