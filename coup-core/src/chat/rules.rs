//! Pure decisions about messages.

use chrono::Duration;

use crate::{
    chat::model::Message, env::Timestamp, error::StateError, id::UserId, text::PersonName, user::model::Person,
};

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

/// At most so many people are mentioned in one message.
pub const MENTIONED: usize = 20;

/// At most so many `@` of a message are looked at.
const CALLS: usize = 50;

/// What stands behind each `@` that could begin a mention: as much of the line as a name may be long, each text once.
///
/// An `@` behind a letter or a digit begins none, so that an e-mail address mentions nobody.
pub fn called(content: &str) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for (_, text) in calls(content) {
        if !texts.iter().any(|known| known == text) {
            texts.push(text.to_owned());
        }
    }
    texts
}

/// Whom a text mentions of the members whose names it [`called`]: behind an `@` the longest name wins, whatever follows it
/// (a particle follows a Korean name directly). All of one name are meant; oneself is nobody.
///
/// In the order of the text, people of one name by identifier; at most [`MENTIONED`].
pub fn mentions(content: &str, author: &UserId, members: &[Person]) -> Vec<UserId> {
    let mut mentioned: Vec<UserId> = Vec::new();
    let mut read_to = 0;
    for (at, text) in calls(content) {
        // An `@` within a name is the name's.
        if at <= read_to {
            continue;
        }
        let names = members.iter().filter_map(|person| person.name.as_deref());
        let Some(name) = names.filter(|name| text.starts_with(name)).max_by_key(|name| name.len()) else { continue };
        read_to = at + name.len();
        let is_meant = |person: &&Person| {
            person.name.as_deref() == Some(name) && person.id != *author && !mentioned.contains(&person.id)
        };
        let mut meant: Vec<UserId> = members.iter().filter(is_meant).map(|person| person.id.clone()).collect();
        meant.sort();
        mentioned.extend(meant.into_iter().take(MENTIONED - mentioned.len()));
    }
    mentioned
}

/// Each `@` that could begin a mention: the place behind it, and what stands there.
fn calls(content: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut before = None;
    let begins = move |(at, letter): (usize, char)| {
        let stands_apart = !before.replace(letter).is_some_and(char::is_alphanumeric);
        let (at, text) = (letter == '@' && stands_apart).then(|| (at + 1, content.get(at + 1..)))?;
        Some((at, name_long(text?)))
    };
    content
        .char_indices()
        .filter_map(begins)
        .filter(|(_, text)| text.starts_with(|c: char| !c.is_whitespace()))
        .take(CALLS)
}

/// As much of the text's first line as a name may be long.
fn name_long(text: &str) -> &str {
    let end = text.char_indices().enumerate().find(|(n, (_, letter))| *n == PersonName::MAX || letter.is_control());
    end.and_then(|(_, (end, _))| text.get(..end)).unwrap_or(text)
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
            mentions: Vec::new(),
            file_id: None,
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

    /// People of these names; the identifier is the place in the list.
    fn people(names: &[&str]) -> Vec<Person> {
        let person = |(n, name): (usize, &&str)| Person {
            id: format!("p{n:02}").parse().unwrap(),
            name: Some((*name).to_owned()),
            avatar: None,
        };
        names.iter().enumerate().map(person).collect()
    }

    /// The names that `author` mentions with `content`, each as often as there are people of it.
    fn mentioned(content: &str, author: &str, names: &[&str]) -> Vec<String> {
        let people = people(names);
        let name = |id: UserId| people.iter().find(|person| person.id == id).and_then(|person| person.name.clone());
        mentions(content, &author.parse().unwrap(), &people).into_iter().filter_map(name).collect()
    }

    #[test]
    fn the_longest_name_behind_an_at_is_mentioned_whatever_follows() {
        let names = ["민준", "민", "김민준", "Emma Clarke", "Emma", "이 서연", "a@b", "김 @민준"];
        let cases: &[(&str, &[&str])] = &[
            ("@민준아 숙제 했어?", &["민준"]),
            ("@김민준님께 그리고 @민에게", &["김민준", "민"]),
            ("안녕 @Emma Clarke, @Emma!", &["Emma Clarke", "Emma"]),
            ("@Emma  Clarke", &["Emma"]),
            ("(@이 서연)", &["이 서연"]),
            ("@이\n서연", &[]),
            ("@민준 @민준", &["민준"]),
            ("@@민준", &["민준"]),
            ("@a@b.kr", &["a@b"]),
            ("@김 @민준", &["김 @민준"]),
            ("min@민준.kr 1@민준 가@민준", &[]),
            ("메일은 emma@Emma.kr", &[]),
            ("@ 민준", &[]),
            ("@emma", &[]),
            ("민준", &[]),
            ("@", &[]),
        ];
        for (content, expected) in cases {
            assert_eq!(mentioned(content, "somebody", &names), *expected, "{content:?}");
        }
    }

    #[test]
    fn all_of_one_name_are_mentioned_but_not_oneself() {
        let people = people(&["민준", "서연", "민준", "민준"]);
        let ids = |author: &str| {
            mentions("@서연 @민준", &author.parse().unwrap(), &people)
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(ids("p01"), ["p00", "p02", "p03"]);
        assert_eq!(ids("p02"), ["p01", "p00", "p03"]);
    }

    #[test]
    fn at_most_twenty_people_and_fifty_places_are_looked_at() {
        let names: Vec<String> = (10..99).map(|n| format!("n{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let all = format!("@{}", names.join(" @"));
        assert_eq!(mentioned(&all, "somebody", &names), names[..20]);
        assert_eq!(mentioned("@민준", "somebody", &["민준"; 99]).len(), 20);
        let late = |before: usize| mentioned(&format!("{}@민준", "@- ".repeat(before)), "somebody", &["민준"]).len();
        assert_eq!((late(49), late(50)), (1, 0));
    }

    /// Short words of letters that make names run into each other.
    fn word() -> impl Strategy<Value = String> {
        "[가나a@ 1-]{0,6}"
    }

    proptest! {
        #[test]
        fn who_is_mentioned_is_called_by_the_longest_name_there(
            content in proptest::collection::vec(word(), 0..6).prop_map(|words| words.join("@")),
            names in proptest::collection::vec("[가나a@][가나a@ 1-]{0,3}", 0..8),
            author in 0_usize..8,
        ) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let people = people(&names);
            let author: UserId = format!("p{author:02}").parse().unwrap();
            let texts = called(&content);
            let found = mentions(&content, &author, &people);
            prop_assert!(found.len() <= MENTIONED);
            prop_assert!(!found.contains(&author));
            for (n, id) in found.iter().enumerate() {
                prop_assert!(!found[..n].contains(id), "once");
                let name = people.iter().find(|person| person.id == *id).and_then(|person| person.name.clone()).unwrap();
                // Storage is asked by the texts only: they must be enough to find everybody.
                prop_assert!(texts.iter().any(|text| text.starts_with(&name)));
                // Somewhere the name stands behind a free `@`, and no member's longer name does.
                let stands = content.match_indices('@').any(|(at, _)| {
                    let (before, behind) = (&content[..at], &content[at + 1..]);
                    let free = !before.chars().next_back().is_some_and(char::is_alphanumeric);
                    let longer = names.iter().any(|other| other.len() > name.len() && behind.starts_with(other));
                    free && behind.starts_with(&name) && !longer
                });
                prop_assert!(stands, "{name:?} in {content:?}");
            }
            // The first free `@` mentions everybody of its longest name.
            let mut before = None;
            let first = content.char_indices().find(|(_, c)| {
                let free = !before.replace(*c).is_some_and(char::is_alphanumeric);
                *c == '@' && free
            });
            if let Some((at, _)) = first
                && let Some(name) = names.iter().filter(|name| content[at + 1..].starts_with(**name)).max_by_key(|name| name.len())
            {
                for person in people.iter().filter(|person| person.name.as_deref() == Some(name) && person.id != author) {
                    prop_assert!(found.contains(&person.id));
                }
            }
        }

        #[test]
        fn behind_a_letter_or_a_digit_nobody_is_mentioned(text in "[가-힣a-z0-9]{1,3}(@[가나a]{1,3}){0,4}") {
            prop_assert_eq!(called(&text), Vec::<String>::new());
            prop_assert_eq!(mentioned(&text, "somebody", &["가", "나", "a"]), Vec::<String>::new());
        }
    }
}
