//! Pure decisions about messages.

use chrono::Duration;

use crate::{
    chat::model::Message,
    env::Timestamp,
    error::StateError,
    id::UserId,
    policy::StudyPermission,
};

/// How long one's own message can be edited.
pub const EDIT_WITHIN: Duration = Duration::minutes(15);

/// The permission to delete a message, by whose it is.
pub fn delete(actor: &UserId, message: &Message) -> StudyPermission {
    if *actor == message.user_id { StudyPermission::MessageDeleteOwn } else { StudyPermission::MessageDeleteOthers }
}

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
