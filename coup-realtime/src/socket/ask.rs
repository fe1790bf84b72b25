//! An event of a client, as it came.

use std::sync::Arc;

use serde_json::value::RawValue;
use socketioxide::{extract::AckSender, handler::FromMessageParts as _, socket::Socket};
use socketioxide_core::Value;

use super::fan::Fan;

/// An event of a client.
pub(super) struct Ask {
    socket: Arc<Socket<Fan>>,
    value: Value,
    ack: Option<i64>,
}

impl Ask {
    pub(super) fn new(socket: Arc<Socket<Fan>>, value: Value, ack: Option<i64>) -> Self {
        Self { socket, value, ack }
    }

    /// Whether the client wants an answer.
    pub(super) fn wants_answer(&self) -> bool {
        self.ack.is_some()
    }

    /// Its name and, as JSON, what comes with it. `None`: there is more than one thing, or something binary.
    pub(super) fn read(&self) -> Option<(String, &str)> {
        let Value::Str(text, binary) = &self.value else { return None };
        if binary.as_ref().is_some_and(|binary| !binary.is_empty()) {
            return None;
        }
        let parts: Vec<&RawValue> = serde_json::from_str(text).ok()?;
        let (name, body) = match *parts.as_slice() {
            [name] => (name, "{}"),
            [name, body] => (name, body.get()),
            _ => return None,
        };
        Some((serde_json::from_str(name.get()).ok()?, body))
    }

    /// Answers it, or does nothing where the client wants no answer.
    pub(super) fn sender(&mut self) -> AckSender<Fan> {
        let Ok(sender) = AckSender::<Fan>::from_message_parts(&self.socket, &mut self.value, &self.ack);
        sender
    }
}
