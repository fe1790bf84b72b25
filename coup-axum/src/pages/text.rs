//! The words of the interface: Fluent messages in `locales/`, one folder a language, the same keys in each.

use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, static_loader};

static_loader! {
    static WORDS = {
        locales: "./locales",
        fallback_language: "ko",
        // Names stand in <bdi> where direction matters; the marks would end up in attributes. Digits come grouped.
        customise: |bundle| {
            bundle.set_use_isolating(false);
            bundle.set_formatter(Some(|value, _| match value {
                FluentValue::Number(number) => Some(grouped(&number.as_string())),
                _ => None,
            }));
        },
    };
}

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// 한국어, the language of the house.
    #[default]
    Ko,
    /// English.
    En,
}

impl Locale {
    /// Every language, in the order in which a person is offered them.
    pub const ALL: [Self; 2] = [Self::Ko, Self::En];

    /// The language tag, as `lang` and `Accept-Language` write it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    /// The language's name in itself, which is how a list of languages names it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Ko => "한국어",
            Self::En => "English",
        }
    }

    /// The language of a tag such as `en-GB`; `None` for one that we do not speak.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|locale| locale.tag().eq_ignore_ascii_case(primary))
    }

    /// The best language for an `Accept-Language` header; Korean when it names none that we speak.
    pub fn of_accept_language(header: &str) -> Self {
        let mut best = (0.0, Self::default());
        for range in header.split(',') {
            let mut parts = range.split(';');
            let Some(locale) = parts.next().and_then(Self::of_tag) else { continue };
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |quality| quality.trim().parse::<f32>().unwrap_or(0.0));
            if quality > best.0 {
                best = (quality, locale);
            }
        }
        best.1
    }

    fn identifier(self) -> LanguageIdentifier {
        // Both tags parse; the default identifier ("und") would show keys, and a test would see it.
        self.tag().parse().unwrap_or_default()
    }
}

/// The key of a message. A type of its own, so that the test of the catalogues finds every key that code names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(pub &'static str);

impl From<&'static str> for Key {
    fn from(key: &'static str) -> Self {
        Self(key)
    }
}

impl From<&Key> for Key {
    fn from(key: &Key) -> Self {
        *key
    }
}

/// A number as an argument of a message.
pub trait Count {
    /// The number.
    fn count(self) -> u64;
}

impl<C: Count + Copy> Count for &C {
    fn count(self) -> u64 {
        (*self).count()
    }
}

macro_rules! count {
    ($($number:ty),*) => {$(
        impl Count for $number {
            // What is counted is never negative, nor beyond u64.
            fn count(self) -> u64 { u64::try_from(self).unwrap_or_default() }
        }
    )*};
}

count!(u8, u16, u32, u64, usize, i32, i64);

/// The message in the language, with its arguments. A key that does not exist shows itself, and is logged.
pub(super) fn message(locale: Locale, key: impl Into<Key>, arguments: &[(&'static str, FluentValue<'_>)]) -> String {
    let key = key.into().0;
    let arguments: HashMap<&str, FluentValue<'_>> =
        arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
    WORDS.lookup_single_language(&locale.identifier(), key, Some(&arguments)).unwrap_or_else(|error| {
        tracing::error!(key, locale = locale.tag(), %error, "a message of the interface could not be formed");
        key.to_owned()
    })
}

/// A number with its thousands set apart, which both languages do with a comma.
pub(super) fn grouped(digits: &str) -> String {
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_most_wanted_one_that_we_speak() {
        assert_eq!(Locale::of_accept_language("en-GB,en;q=0.9,ko;q=0.8"), Locale::En);
        assert_eq!(Locale::of_accept_language("de, en;q=0.2, ko-KR;q=0.7"), Locale::Ko);
        assert_eq!(Locale::of_accept_language("fr, de;q=0.5"), Locale::Ko);
        assert_eq!(Locale::of_accept_language("en;q=zero"), Locale::Ko);
        assert_eq!(Locale::of_accept_language(""), Locale::Ko);
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped("7"), "7");
        assert_eq!(grouped("1204"), "1,204");
        assert_eq!(grouped("1234567.5"), "1,234,567.5");
    }

    #[test]
    fn a_number_within_a_message_is_grouped_too() {
        let text = message(Locale::En, "unread-count", &[("count", FluentValue::from(1204_u64))]);
        assert!(text.contains("1,204"), "{text}");
    }
}
