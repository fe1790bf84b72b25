//! Pure decisions about messages.

use chrono::Duration;

use crate::{chat::model::Message, env::Timestamp, error::StateError};

/// How long one's own message can be edited.
pub const EDIT_WITHIN: Duration = Duration::minutes(15);

/// Whether a message of one's own can still be edited.
pub fn edit(message: &Message, now: Timestamp) -> Result<(), StateError> {
    if message.deleted_at.is_some() {
        Err(StateError::MessageDeleted)
    } else if now > message.created_at + EDIT_WITHIN {
        Err(StateError::EditTooLate)
    } else {
        Ok(())
    }
}
