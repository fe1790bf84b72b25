//! The talk as it is read: a line where a day begins, a line where the unread begins, and messages in groups.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::pages::frame::Person;

/// How long after the one before a message of the same person still stands in its group.
const GROUP_MINUTES: i64 = 5;

/// A message that is answered, as its answers show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Its identifier.
    pub id: String,
    /// Its number in the study.
    pub seq: u64,
    /// Its author.
    pub author: Person,
    /// How it begins; a deleted one's is not shown.
    pub content: String,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// A message as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatMessage {
    /// Its identifier.
    pub id: String,
    /// Its number in the study.
    pub seq: u64,
    /// Its author.
    pub author: Person,
    /// Its text; a deleted one's is not shown.
    pub content: String,
    /// What it answers.
    pub quote: Option<Quote>,
    /// Whether it mentions the reader.
    pub mentioned: bool,
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// Whether it was edited.
    pub edited: bool,
    /// Whether it was deleted: a tombstone.
    pub deleted: bool,
    /// Whether it is the reader's own.
    pub own: bool,
    /// How many others have read it; `None` where that is not shown.
    pub readers: Option<u32>,
    /// Whether the reader may answer it.
    pub may_reply: bool,
    /// Whether the reader may edit it.
    pub may_edit: bool,
    /// Whether the reader may delete it.
    pub may_delete: bool,
    /// Whether the reader may report it: somebody else's.
    pub may_report: bool,
    /// Whether the reader is editing it: a form stands in its place.
    pub editing: bool,
    /// Whether it begins a group, and so shows who wrote it; [`timeline`] sets it.
    pub first: bool,
    /// Whether it ends a group, and so shows the time; [`timeline`] sets it.
    pub last: bool,
}

/// One line of the talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatItem {
    /// A day begins with this instant.
    Day(DateTime<Utc>),
    /// What follows is unread.
    Unread,
    /// A message.
    Message(Box<ChatMessage>),
}

/// The lines for messages in their order. `read_to` is the last message that the reader has read; `None` draws no line.
pub fn timeline(messages: Vec<ChatMessage>, zone: Tz, read_to: Option<u64>) -> Vec<ChatItem> {
    let mut items: Vec<ChatItem> = Vec::with_capacity(messages.len() + 4);
    let mut line_drawn = false;
    let mut before: Option<(String, DateTime<Utc>)> = None;
    for mut message in messages {
        let day = message.at.with_timezone(&zone).date_naive();
        let new_day = before.as_ref().is_none_or(|(_, at)| at.with_timezone(&zone).date_naive() != day);
        let unread = !line_drawn && !message.own && read_to.is_some_and(|seq| message.seq > seq);
        let grouped = !new_day
            && !unread
            && before.as_ref().is_some_and(|(author, at)| {
                *author == message.author.id
                    && message.at.signed_duration_since(*at) < TimeDelta::minutes(GROUP_MINUTES)
            });
        message.first = !grouped;
        message.last = true;
        if grouped && let Some(ChatItem::Message(previous)) = items.last_mut() {
            previous.last = false;
        }
        before = Some((message.author.id.clone(), message.at));
        if new_day {
            items.push(ChatItem::Day(message.at));
        }
        if unread {
            line_drawn = true;
            items.push(ChatItem::Unread);
        }
        items.push(ChatItem::Message(Box::new(message)));
    }
    items
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn message(seq: u64, author: &str, hour: u32, minute: u32) -> ChatMessage {
        ChatMessage {
            id: seq.to_string(),
            seq,
            author: Person { id: author.to_owned(), name: None, avatar: None },
            content: String::new(),
            quote: None,
            mentioned: false,
            at: Utc.with_ymd_and_hms(2026, 11, 20, hour, minute, 0).single().unwrap(),
            edited: false,
            deleted: false,
            own: author == "me",
            readers: None,
            may_reply: false,
            may_edit: false,
            may_delete: false,
            may_report: false,
            editing: false,
            first: false,
            last: false,
        }
    }

    /// The lines in short: `-` a day, `!` unread, `[1` a first, `1]` a last message.
    fn drawn(messages: Vec<ChatMessage>, read_to: Option<u64>) -> String {
        let items = timeline(messages, Tz::Asia__Seoul, read_to);
        let line = |item: &ChatItem| match item {
            ChatItem::Day(_) => "-".to_owned(),
            ChatItem::Unread => "!".to_owned(),
            ChatItem::Message(message) => {
                let (first, last) = (if message.first { "[" } else { "" }, if message.last { "]" } else { "" });
                format!("{first}{}{last}", message.seq)
            }
        };
        items.iter().map(line).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn messages_of_one_person_within_five_minutes_stand_together() {
        let messages = vec![message(1, "a", 1, 0), message(2, "a", 1, 4), message(3, "a", 1, 9), message(4, "b", 1, 9)];
        assert_eq!(drawn(messages, None), "- [1 2] [3] [4]");
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_zone() {
        // 15:00 UTC is midnight in Seoul.
        assert_eq!(drawn(vec![message(1, "a", 14, 59), message(2, "a", 15, 0)], None), "- [1] - [2]");
    }

    #[test]
    fn one_line_stands_before_the_first_unread_message_of_others() {
        let talk = || vec![message(1, "a", 1, 0), message(2, "me", 1, 1), message(3, "a", 1, 2), message(4, "a", 1, 2)];
        assert_eq!(drawn(talk(), Some(1)), "- [1] [2] ! [3 4]");
        assert_eq!(drawn(talk(), Some(4)), "- [1] [2] [3 4]");
        assert_eq!(drawn(talk(), Some(3)), "- [1] [2] [3] ! [4]");
        assert_eq!(drawn(Vec::new(), Some(0)), "");
    }
}
