//! The half that CoUp's SQL stores share: one body of SQL, generic over the [`Dialect`]. Internal: only the stores name it.
//!
//! An area (`user`, `account`, `second_factor`, `identity`, `file`, `study`, `member`, `chat`, `moderation`, `notification`, `personal`, `sanction`, `settings`, `audit`, `job`, `limit`, `live`) has its columns, its statements, its reads and its writes in one file.
//! Statement texts are built once, when a store is made; [`Sql::statements`] lists them, so that a test prepares each.

mod account;
mod audit;
mod chat;
mod commit;
mod dialect;
mod error;
mod file;
mod identity;
mod job;
mod limit;
mod live;
mod member;
mod moderation;
mod notification;
mod personal;
mod reads;
mod sanction;
mod second_factor;
mod settings;
mod statements;
mod study;
mod user;

pub use self::{
    commit::apply,
    dialect::{Codec, Dialect, Execute, Words},
    error::{SetupError, store_error},
    reads::Reads,
    statements::Sql,
};
#[doc(hidden)]
pub use async_trait::async_trait;
