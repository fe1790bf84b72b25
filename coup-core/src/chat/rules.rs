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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        coup::scenes::noon,
        id::{MessageId, StudyId},
        text::MessageText,
    };

    fn message() -> Message {
        Message {
            id: MessageId::from_uuid(uuid::Uuid::nil()),
            study_id: StudyId::from_uuid(uuid::Uuid::nil()),
            seq: 1,
            client_id: None,
            user_id: "minjun".parse().unwrap(),
            content: MessageText::parse("content", "안녕").unwrap(),
            reply_to_id: None,
            edited_at: None,
            deleted_at: None,
            created_at: noon(),
            updated_at: noon(),
            version: 0,
        }
    }

    proptest! {
        #[test]
        fn a_message_can_be_edited_for_fifteen_minutes(micros in 0_i64..2_000_000_000) {
            let later = Duration::microseconds(micros);
            prop_assert_eq!(edit(&message(), noon() + later).is_ok(), later <= Duration::minutes(15));
        }
    }

    #[test]
    fn a_deleted_message_cannot_be_edited() {
        let deleted = Message { deleted_at: Some(noon()), ..message() };
        assert_eq!(edit(&deleted, noon()), Err(StateError::MessageDeleted));
    }
}
