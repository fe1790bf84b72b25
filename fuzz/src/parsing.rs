//! What is read without a server: policy files, cursors, identifiers and texts.

use std::{fmt::Debug, str::FromStr};

use coup_core::{
    id::{GroupId, InviteId, MembershipEventId, MessageId, SessionId, StudyId, UserId},
    page::{Keyset, Places},
    policy::{Permission, Place, Policy, PolicyFile, Restraint, Role},
    text::{
        Bio, Category, ClientId, Description, Email, Emoji, Introduction, Level, MessageText, PersonName, Query,
        StudyName, Tag, bigrams, fold,
    },
};

/// Between the two files of a pair; without it the input is rules for the built-in model.
const BETWEEN: &str = "\n--- policy.csv\n";

/// A pair of policy files is compiled, and what is compiled can be read again; or each fault is named with a line of the file.
pub fn policy(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let built_in = Policy::built_in();
    let (model, rules) = text.split_once(BETWEEN).unwrap_or((built_in.model_text(), &text));
    match Policy::load(model, rules, &[]) {
        Ok(policy) => {
            let again = Policy::load(policy.model_text(), policy.policy_text(), &[]);
            assert!(again.is_ok(), "a policy that was compiled is not read again: {again:?}");
        }
        Err(errors) => {
            assert!(!errors.problems().is_empty());
            for problem in errors.problems() {
                let Place { file, line } = problem.place;
                let lines = match file {
                    PolicyFile::Model => model.lines().count(),
                    _ => rules.lines().count(),
                };
                assert!((1..=lines.max(1)).contains(&(line as usize)), "no such line of {lines}: {problem}");
                let words = problem.to_string();
                assert!(words.len() > format!("{}: ", problem.place).len() && words.len() < 2000, "{words}");
            }
        }
    }
}

/// A cursor is refused, or goes around.
pub fn cursors(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let places = [Places::TimeAndUuid, Places::TimeAndUser, Places::CountAndUuid, Places::RatingAndUuid, Places::User];
    let lists = ["own-studies", "members/ACTIVE", "studies/createdAt/desc", "studies/rating/desc", "read-marks", ""];
    for list in lists {
        for places in places {
            match Keyset::decode(&text, list, places) {
                Ok(keyset) => {
                    assert_eq!(keyset.list, list);
                    assert_eq!(Keyset::decode(&keyset.encode(), list, places), Ok(keyset));
                }
                Err(refused) => assert_eq!(refused.errors().len(), 1),
            }
        }
    }
}

/// Whatever is read from a text is read again as the same from what it is written as.
pub fn texts(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    written_as_read::<StudyId>(text);
    written_as_read::<GroupId>(text);
    written_as_read::<MessageId>(text);
    written_as_read::<InviteId>(text);
    written_as_read::<SessionId>(text);
    written_as_read::<MembershipEventId>(text);
    written_as_read::<UserId>(text);
    written_as_read::<Role>(text);
    written_as_read::<Permission>(text);
    written_as_read::<Restraint>(text);
    if let Ok(user) = text.parse::<UserId>() {
        let json = serde_json::to_string(&user).unwrap_or_default();
        assert_eq!(serde_json::from_str::<UserId>(&json).ok(), Some(user));
    }

    macro_rules! settled {
        ($($name:ident)+) => {$(
            if let Ok(once) = $name::parse("field", text) {
                assert_eq!($name::parse("field", once.as_str()), Ok(once), stringify!($name));
            }
        )+};
    }
    settled!(PersonName Bio StudyName Description Category Tag Emoji Introduction Level MessageText ClientId Query Email);

    let folded = fold(text);
    assert_eq!(fold(&folded), folded, "folded again it is something else");
    let grams = bigrams(&folded);
    assert!(grams.iter().all(|gram| gram.chars().count() == 2 && folded.contains(gram.as_str())));
    assert_eq!(grams.is_empty(), folded.chars().count() < 2);
}

fn written_as_read<T: FromStr + ToString + PartialEq + Debug>(text: &str) {
    if let Ok(read) = text.parse::<T>() {
        assert_eq!(read.to_string().parse().ok(), Some(read));
    }
}
