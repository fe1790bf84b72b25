//! The pages as a person without script uses them: links, forms, redirects.
#![cfg(all(feature = "pages", feature = "identity"))]

mod accounts;
mod browser;
mod chat;
mod entrance;
mod moderation;
mod notifications;
mod people;
mod personal;
mod refusals;
mod settings;
mod studies;
