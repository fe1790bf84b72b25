//! One connection of server-sent events, as a browser reads it.

use std::time::Duration;

use coup_tests::Person;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::time::timeout;

/// The server sends at least a comment every 15 s.
const SILENCE: Duration = Duration::from_secs(40);

/// An open connection.
pub(crate) struct Stream {
    answer: reqwest::Response,
    unread: Vec<u8>,
}

/// One thing that came.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) event: String,
    pub(crate) id: Option<String>,
    pub(crate) data: Value,
}

impl Stream {
    /// Opens one; the status if it is refused.
    pub(crate) async fn open(person: &Person, last: Option<&str>) -> Result<Result<Self, StatusCode>, reqwest::Error> {
        let request = person.raw(Method::GET, "/stream").header("accept", "text/event-stream");
        let answer = match last {
            Some(last) => request.header("last-event-id", last),
            None => request,
        };
        let answer = answer.send().await?;
        Ok(if answer.status().is_success() { Ok(Self { answer, unread: Vec::new() }) } else { Err(answer.status()) })
    }

    /// The next thing; `None` when the connection has ended.
    pub(crate) async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|two| two == b"\n\n") {
                let block: Vec<u8> = self.unread.drain(..end + 2).collect();
                let told = Told::read(&String::from_utf8(block).unwrap());
                if let Some(told) = told {
                    return Some(told);
                }
                continue;
            }
            match timeout(SILENCE, self.answer.chunk()).await {
                Ok(Ok(Some(bytes))) => self.unread.extend_from_slice(&bytes),
                Ok(Ok(None) | Err(_)) => return None,
                Err(_) => panic!("nothing came for {SILENCE:?}, not even a comment"),
            }
        }
    }
}

impl Told {
    /// `None`: nothing but comments.
    fn read(block: &str) -> Option<Self> {
        let mut told = Self::default();
        let mut data = String::new();
        for line in block.lines() {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut told.event),
                "id" => told.id = Some(value.to_owned()),
                "data" => data.push_str(value),
                _ => {}
            }
        }
        if !data.is_empty() {
            told.data = serde_json::from_str(&data).unwrap();
        }
        (told.id.is_some() || !data.is_empty() || !told.event.is_empty()).then_some(told)
    }
}
