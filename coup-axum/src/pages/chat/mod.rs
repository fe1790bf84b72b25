//! A study's chat: the room, and the search in it.

mod line;
mod lines;
mod question;
mod room;
mod search;
mod timeline;

pub use line::ChatLine;
pub use lines::ChatLines;
pub use room::{ChatPage, Posting};
pub use search::{ChatSearchPage, Hit, Piece};
pub use timeline::{ChatItem, ChatMessage, Quote, timeline};
