//! The API over the memory store, a file for each area of its paths.

mod house;

mod accounts;
mod admin;
mod docs;
mod idempotency;
mod identity;
mod input;
mod invites;
mod live;
mod members;
mod messages;
mod moderation;
mod notifications;
mod personal;
mod problems;
mod settings;
mod studies;
