//! The pages as a person without script uses them: links, forms, redirects.
#![cfg(all(feature = "pages", feature = "identity"))]

mod accounts;
mod browser;
mod chat;
mod entrance;
mod limits;
mod moderation;
mod notifications;
mod people;
mod personal;
mod pictures;
mod refusals;
mod second_factor;
mod settings;
mod studies;
