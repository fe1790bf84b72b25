//! Pages of a list by keyset: where the last page ended, as an opaque cursor.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Datelike as _;
use serde::{Deserialize, Serialize};

use crate::{
    error::Invalid,
    id::{StudyId, UserId},
};

/// How many rows to read, 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    /// The default of lists.
    pub const DEFAULT: Self = Self(20);
    /// The default of messages.
    pub const MESSAGES: Self = Self(50);
    /// The most.
    pub const MAX: Self = Self(100);
    /// A single one.
    pub(crate) const ONE: Self = Self(1);
    /// For going through all rows, such as an export does: never answered as one page.
    pub const BATCH: Self = Self(500);

    /// Reads a query's `limit`.
    pub fn parse(limit: Option<i64>, default: Self) -> Result<Self, Invalid> {
        match limit {
            None => Ok(default),
            Some(n @ 1..=100) => u16::try_from(n).map(Self).map_err(|_| Invalid::field("limit", "out_of_range")),
            Some(n) if n < 1 => Err(Invalid::bound("limit", "too_small", 1)),
            Some(_) => Err(Invalid::bound("limit", "too_great", 100)),
        }
    }

    /// One row more than a page holds, to see whether another page follows.
    #[must_use]
    pub fn and_one(self) -> Self {
        Self(self.0 + 1)
    }

    /// The number.
    pub fn get(self) -> usize {
        self.0.into()
    }
}

/// The place of a row in its order: the sort key and the id that breaks ties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keyset {
    /// The list and sort that it belongs to.
    #[serde(rename = "l")]
    pub list: String,
    /// The sort key.
    #[serde(rename = "k")]
    pub key: Key,
    /// The id.
    #[serde(rename = "i")]
    pub id: String,
}

/// A sort key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// A count, or microseconds since 1970.
    Integer(i64),
    /// A rating.
    Real(f64),
}

impl Key {
    /// An instant as a key.
    pub fn time(at: crate::env::Timestamp) -> Self {
        Self::Integer(at.timestamp_micros())
    }

    /// The key as an instant.
    pub fn as_time(&self) -> Option<crate::env::Timestamp> {
        match self {
            Self::Integer(micros) => chrono::DateTime::from_timestamp_micros(*micros),
            Self::Real(_) => None,
        }
    }

    /// The key as a whole number.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(n) => Some(*n),
            Self::Real(_) => None,
        }
    }

    /// The key as a real number.
    #[expect(clippy::cast_precision_loss, reason = "ratings are small")]
    pub fn as_real(&self) -> f64 {
        match self {
            Self::Integer(n) => *n as f64,
            Self::Real(x) => *x,
        }
    }
}

impl Keyset {
    /// The cursor that a client gives back.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads a cursor of `list`, whose places are of this kind; any other text is refused as the field `cursor`. Cursors come
    /// from clients, so that stores may rely on what is checked here.
    pub fn decode(cursor: &str, list: &str, places: Places) -> Result<Self, Invalid> {
        let wrong = || Invalid::field("cursor", "not_a_cursor");
        if cursor.len() > 1024 {
            return Err(wrong());
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
        let keyset: Self = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        if keyset.list == list && places.hold(&keyset) { Ok(keyset) } else { Err(wrong()) }
    }
}

/// By what the rows of a list are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Places {
    /// An instant, then a UUID.
    TimeAndUuid,
    /// An instant, then a person.
    TimeAndUser,
    /// A count, then a UUID.
    CountAndUuid,
    /// A rating, then a UUID.
    RatingAndUuid,
    /// A person; the key is 0.
    User,
    /// A place in a sequence; there is no id.
    Sequence,
}

impl Places {
    fn hold(self, Keyset { key, id, .. }: &Keyset) -> bool {
        let fits = match self {
            // The years that both databases and RFC 3339 can write.
            Self::TimeAndUuid | Self::TimeAndUser => key.as_time().is_some_and(|at| (1..=9999).contains(&at.year())),
            Self::CountAndUuid | Self::User | Self::Sequence => key.as_integer().is_some(),
            Self::RatingAndUuid => key.as_real().is_finite(),
        };
        fits && match self {
            Self::TimeAndUuid | Self::CountAndUuid | Self::RatingAndUuid => id.parse::<StudyId>().is_ok(),
            Self::TimeAndUser | Self::User => id.parse::<UserId>().is_ok(),
            Self::Sequence => id.is_empty(),
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Give it back as `cursor` for the next page; absent on the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Cuts rows that were read with [`Limit::and_one`] to a page.
    pub fn cut(mut rows: Vec<T>, limit: Limit, place: impl Fn(&T) -> Keyset) -> Self {
        let more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let next_cursor = if more { rows.last().map(|row| place(row).encode()) } else { None };
        Self { items: rows, next_cursor }
    }

    /// The page with each row turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next_cursor: self.next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57";

    fn cursor(list: &str, key: Key, id: &str) -> String {
        Keyset { list: list.into(), key, id: id.into() }.encode()
    }

    #[test]
    fn a_cursor_goes_around() {
        for (places, key, id) in [
            (Places::TimeAndUuid, Key::Integer(7), ID),
            (Places::TimeAndUser, Key::Integer(7), "학생"),
            (Places::CountAndUuid, Key::Integer(7), ID),
            (Places::RatingAndUuid, Key::Real(4.5), ID),
            (Places::User, Key::Integer(0), "학생"),
            (Places::Sequence, Key::Integer(7), ""),
        ] {
            let read = Keyset::decode(&cursor("list", key.clone(), id), "list", places);
            assert_eq!(read, Ok(Keyset { list: "list".into(), key, id: id.into() }), "{places:?}");
        }
    }

    #[test]
    fn a_cursor_of_another_list_or_no_cursor_is_refused() {
        for cursor in [
            cursor("members", Key::Integer(7), ID),
            cursor("studies", Key::Integer(7), "no uuid"),
            cursor("studies", Key::Real(7.5), ID),
            cursor("studies", Key::Integer(i64::MAX), ID),
            String::new(),
            "e30".into(),
            "!!".into(),
            "A".repeat(5000),
        ] {
            let refused = Keyset::decode(&cursor, "studies", Places::TimeAndUuid).unwrap_err();
            assert_eq!(refused.errors()[0].field, "cursor", "{cursor}");
        }
        let nul = cursor("members", Key::Integer(7), "a\0");
        assert!(Keyset::decode(&nul, "members", Places::TimeAndUser).is_err());
    }
}
