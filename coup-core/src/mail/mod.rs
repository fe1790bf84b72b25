//! Letters by e-mail: the port that sends them, what they say, and the job that writes them.
//!
//! A letter is asked for by a job in the commit of what it tells; the notification in the app is a row of the same commit, and
//! does not wait for it. Without a [`Mailer`](model::Mailer) the job ends with nothing sent, and says so in its result.

mod account;
pub mod letter;
pub mod model;
mod words;
pub mod worker;
