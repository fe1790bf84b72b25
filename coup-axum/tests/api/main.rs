//! The API over the memory store, a file for each area of its paths.

mod house;

mod accounts;
mod admin;
mod avatars;
mod docs;
mod idempotency;
mod identity;
mod input;
mod invites;
mod limits;
mod live;
mod members;
mod messages;
mod moderation;
mod notifications;
mod personal;
mod problems;
mod second_factor;
mod settings;
mod studies;
