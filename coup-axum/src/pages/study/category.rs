//! The categories and levels that the pages offer. The API takes any word; one that is not listed here shows itself.

use crate::pages::form::Choice;
use crate::pages::frame::Frame;
use crate::pages::text::Key;

/// A code that is stored, and the words for it.
pub type Named = (&'static str, Key);

/// The categories of studies.
pub const CATEGORIES: &[Named] = &[
    ("programming", Key("category-programming")),
    ("language", Key("category-language")),
    ("certificate", Key("category-certificate")),
    ("exam", Key("category-exam")),
    ("reading", Key("category-reading")),
    ("science", Key("category-science")),
    ("arts", Key("category-arts")),
    ("career", Key("category-career")),
    ("etc", Key("category-etc")),
];

/// How far somebody is who asks to join.
pub const LEVELS: &[Named] = &[
    ("beginner", Key("level-beginner")),
    ("intermediate", Key("level-intermediate")),
    ("advanced", Key("level-advanced")),
];

/// The choices of `category` in a form.
pub fn categories(frame: &Frame) -> Vec<Choice> {
    choices(CATEGORIES, None, frame)
}

/// The choices of a list, after an empty one that says `nothing`, if given.
pub fn choices(list: &[Named], nothing: Option<Key>, frame: &Frame) -> Vec<Choice> {
    let empty = nothing.map(|key| Choice::new("", frame.t(key)));
    empty.into_iter().chain(list.iter().map(|(code, key)| Choice::new(*code, frame.t(key)))).collect()
}

/// The words for a code, or the code itself.
pub(in crate::pages) fn named(list: &[Named], code: &str, frame: &Frame) -> String {
    list.iter().find(|(known, _)| *known == code).map_or_else(|| code.to_owned(), |(_, key)| frame.t(key))
}
