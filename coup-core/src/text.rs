//! Texts that people type, parsed once at the edge and true ever after.
//!
//! All are brought to NFC and trimmed; control, bidirectional and zero-width characters are refused (requirements § 14).
//! Lengths count characters (Unicode scalar values).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use unicode_normalization::UnicodeNormalization as _;

use crate::error::Invalid;

/// How a text is read: its length in characters, and whether it may run over several lines.
#[derive(Debug, Clone, Copy)]
struct Shape {
    min: usize,
    max: usize,
    lines: bool,
}

fn read(field: &str, text: &str, shape: Shape) -> Result<String, Invalid> {
    let text: String = text.replace("\r\n", "\n").trim().nfc().collect();
    let length = text.chars().count();
    let bound = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    if length == 0 && shape.min > 0 {
        return Err(Invalid::field(field, "required"));
    }
    if length < shape.min {
        return Err(Invalid::bound(field, "too_short", bound(shape.min)));
    }
    if length > shape.max {
        return Err(Invalid::bound(field, "too_long", bound(shape.max)));
    }
    if text.chars().any(|c| is_unseen(c) && !(shape.lines && (c == '\n' || c == '\t'))) {
        return Err(Invalid::field(field, "forbidden_character"));
    }
    Ok(text)
}

/// Control, bidirectional and zero-width characters. The zero-width joiner is let through: emoji are made with it.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident { min: $min:literal, max: $max:literal, lines: $lines:literal })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The greatest length, in characters.
            pub const MAX: usize = $max;

            /// Reads what somebody typed into the field named `field`.
            pub fn parse(field: &str, text: &str) -> Result<Self, Invalid> {
                read(field, text, Shape { min: $min, max: $max, lines: $lines }).map(Self)
            }

            /// Takes a text that was parsed before, from storage.
            pub fn from_stored(text: String) -> Self {
                Self(text)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        /// Reads an answer that was kept: held to the same rules as what is typed.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(stringify!($name), &text).map_err(de::Error::custom)
            }
        }
    )+};
}

texts! {
    /// A person's name: 1 to 50 characters, one line.
    PersonName { min: 1, max: 50, lines: false }
    /// What a person says of themselves: at most 500 characters.
    Bio { min: 0, max: 500, lines: true }
    /// A study's name: 2 to 80 characters, one line.
    StudyName { min: 2, max: 80, lines: false }
    /// A study's description: 1 to 5,000 characters.
    Description { min: 1, max: 5000, lines: true }
    /// A category or sub-category: 1 to 40 characters, one line.
    Category { min: 1, max: 40, lines: false }
    /// A tag: 1 to 30 characters, one line.
    Tag { min: 1, max: 30, lines: false }
    /// An emoji: 1 to 10 characters (a family of four has seven).
    Emoji { min: 1, max: 10, lines: false }
    /// What somebody who asks to join says of themselves: at most 1,000 characters.
    Introduction { min: 0, max: 1000, lines: true }
    /// A level in the asker's own words: at most 50 characters.
    Level { min: 0, max: 50, lines: false }
    /// A chat message: 1 to 4,000 characters.
    MessageText { min: 1, max: 4000, lines: true }
    /// The id a client gives its message: 1 to 64 characters.
    ClientId { min: 1, max: 64, lines: false }
    /// What a reporter says: at most 2,000 characters; only who reports danger may say nothing.
    ReportReason { min: 0, max: 2000, lines: true }
    /// An address that a reporter gives as evidence: 1 to 500 characters, one line.
    Link { min: 1, max: 500, lines: false }
    /// What an administrator tells the parties: 1 to 2,000 characters.
    Words { min: 1, max: 2000, lines: true }
    /// What a site is called: 1 to 60 characters, one line.
    SiteName { min: 1, max: 60, lines: false }
    /// What everybody is told during maintenance: 1 to 500 characters.
    Announcement { min: 1, max: 500, lines: true }
    /// What administrators tell each other of a case: 1 to 4,000 characters.
    Note { min: 1, max: 4000, lines: true }
    /// What the sanctioned says against it: 1 to 2,000 characters.
    AppealText { min: 1, max: 2000, lines: true }
    /// What is searched for: 1 to 100 characters.
    Query { min: 1, max: 100, lines: false }
}

/// An e-mail address, in lower case. Held to the shape that mail providers accept, not to all of RFC 5321.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Reads an address typed into the field named `field`; at most 254 bytes ([RFC 5321 §4.5.3.1.3]).
    ///
    /// [RFC 5321 §4.5.3.1.3]: https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.3
    pub fn parse(field: &str, text: &str) -> Result<Self, Invalid> {
        // Small letters may compose where capitals do not (H̱ and ẖ): one address, one spelling.
        let text: String = read(field, text, Shape { min: 1, max: 254, lines: false })?.to_lowercase().nfc().collect();
        let well_formed = text.len() <= 254
            && !text.contains(char::is_whitespace)
            && text.rsplit_once('@').is_some_and(|(local, domain)| {
                (1..=64).contains(&local.len())
                    && !local.contains(['@', ',', '<', '>', '"', '(', ')', ';', ':', '\\'])
                    && !local.starts_with('.')
                    && !local.ends_with('.')
                    && domain.contains('.')
                    && domain.split('.').all(|label| {
                        (1..=63).contains(&label.len())
                            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                            && !label.starts_with('-')
                            && !label.ends_with('-')
                    })
            });
        if well_formed { Ok(Self(text)) } else { Err(Invalid::field(field, "not_an_email")) }
    }

    /// Takes an address that was parsed before, from storage.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads an answer that was kept: held to the same rules as what is typed.
impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse("email", &text).map_err(de::Error::custom)
    }
}

/// Tags without repetition, in the order they were typed; at most 10.
pub fn tags(field: &str, texts: &[String]) -> Result<Vec<Tag>, Invalid> {
    if texts.len() > 10 {
        return Err(Invalid::bound(field, "too_many", 10));
    }
    let mut tags: Vec<Tag> = Vec::with_capacity(texts.len());
    for (i, text) in texts.iter().enumerate() {
        let tag = Tag::parse(&format!("{field}[{i}]"), text)?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Ok(tags)
}

/// The form in which texts are searched: lower case, NFC.
///
/// ```
/// // Small letters may compose where capitals do not.
/// assert_eq!(coup_core::text::fold("H\u{331}"), "\u{1E96}");
/// ```
pub fn fold(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// The pairs of neighbouring characters of a folded text, each once: the index in which two-syllable Korean words are found.
///
/// ```
/// use coup_core::text::{bigrams, fold};
///
/// assert_eq!(bigrams(&fold("수학 Ab")), ["수학", "학 ", " a", "ab"]);
/// assert!(bigrams("수").is_empty());
/// ```
pub fn bigrams(folded: &str) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    folded
        .chars()
        .zip(folded.chars().skip(1))
        .map(|(a, b)| String::from_iter([a, b]))
        .filter(|gram| seen.insert(gram.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_composed_and_trimmed() {
        // 한 as three jamo becomes one syllable.
        assert_eq!(PersonName::parse("name", "  \u{1112}\u{1161}\u{11AB} ").unwrap().as_str(), "한");
    }

    #[test]
    fn unseen_characters_are_refused_and_emoji_families_are_not() {
        for text in ["a\u{202E}b", "a\u{200B}b", "a\0b", "a\nb", "\u{FEFF}ab"] {
            assert_eq!(StudyName::parse("name", text).unwrap_err().errors()[0].code, "forbidden_character", "{text:?}");
        }
        assert!(Emoji::parse("emoji", "👨\u{200D}👩\u{200D}👧").is_ok());
        assert!(MessageText::parse("content", "한 줄\n두 줄").is_ok());
    }

    #[test]
    fn lengths_count_characters() {
        assert!(StudyName::parse("name", &"가".repeat(80)).is_ok());
        assert_eq!(StudyName::parse("name", &"가".repeat(81)).unwrap_err(), Invalid::bound("name", "too_long", 80));
    }

    #[test]
    fn an_address_is_lower_case_and_well_formed() {
        assert_eq!(Email::parse("email", " Kim@School.KR ").unwrap().as_str(), "kim@school.kr");
        // An H with a line below has no letter of its own, the small one has.
        assert_eq!(Email::parse("email", "H\u{331}@school.kr").unwrap().as_str(), "\u{1E96}@school.kr");
        for text in
            ["", "kim", "kim@", "@school.kr", "kim@school", "kim park@school.kr", "a@b@c.kr", "kim@-a.kr", "k,im@a.kr"]
        {
            assert!(Email::parse("email", text).is_err(), "{text}");
        }
    }
}
