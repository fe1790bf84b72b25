//! What a client of a stream has: a place in each scope, as one opaque text.
//!
//! It travels in a header, of which proxies take 8 KiB at least. So a study is eight bytes of it, not sixteen, and places take
//! as many as they need: 400 studies are less than 7,000 characters.

use std::{collections::BTreeMap, fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use coup_core::{changes::Scope, error::Invalid, id::StudyId};

use crate::live::Since;

/// The spelling's version: the first byte.
const VERSION: u8 = 2;
/// Studies that a cursor speaks of; those that are heard after them are read afresh when the client comes back.
const STUDIES: usize = 400;
/// The longest text that is read; longer than any that is written.
const LONGEST: usize = 12 * 1024;
/// What the header is called.
const HEADER: &str = "Last-Event-ID";

/// A place in one's own scope and in each study. As text it is what `id:` carries and `Last-Event-ID` brings back.
///
/// Of more than 400 studies it knows 400; the others, as all that a cursor does not know, are to be read afresh when the client
/// comes back. The [default](Self::default) knows nothing.
///
/// ```
/// use coup_realtime::stream::Cursor;
///
/// let cursor = Cursor::default();
/// assert_eq!(cursor.to_string().parse(), Ok(cursor));
/// assert!("nonsense!".parse::<Cursor>().is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor {
    own: Option<i64>,
    studies: BTreeMap<Name, i64>,
}

impl Cursor {
    pub(super) fn set(&mut self, scope: &Scope, seq: i64) {
        match scope {
            Scope::User(_) => self.own = Some(seq),
            Scope::Study(study) => {
                let name = Name::of(*study);
                if self.studies.len() < STUDIES || self.studies.contains_key(&name) {
                    self.studies.insert(name, seq);
                }
            }
        }
    }

    pub(super) fn own(&self) -> Since {
        self.own.map_or(Since::Afresh, Since::After)
    }

    pub(super) fn since(&self, scope: &Scope) -> Since {
        match scope {
            Scope::User(_) => self.own(),
            Scope::Study(study) => self.studies.get(&Name::of(*study)).map_or(Since::Afresh, |seq| Since::After(*seq)),
        }
    }
}

/// A study in short. Both halves of an identifier make it, so that it does not matter which of them is random; that two studies
/// of one person have the same is as likely as one in 2⁴⁰.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name([u8; 8]);

impl Name {
    fn of(study: StudyId) -> Self {
        let (one, other) = study.as_uuid().as_u64_pair();
        Self((one ^ other).to_be_bytes())
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![VERSION];
        // One more than the place: 0 is none.
        write_number(&mut bytes, self.own.map_or(0, |own| own.unsigned_abs().saturating_add(1)));
        for (name, seq) in &self.studies {
            bytes.extend(name.0);
            write_number(&mut bytes, seq.unsigned_abs());
        }
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Cursor {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        read(text).ok_or_else(|| Invalid::field(HEADER, "not_a_cursor"))
    }
}

fn read(text: &str) -> Option<Cursor> {
    if text.len() > LONGEST {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let mut rest = bytes.strip_prefix(&[VERSION])?;
    let own = match read_number(&mut rest)? {
        0 => None,
        more => Some(i64::try_from(more - 1).ok()?),
    };
    let mut studies = BTreeMap::new();
    while let Some((name, places)) = rest.split_first_chunk::<8>() {
        rest = places;
        studies.insert(Name(*name), i64::try_from(read_number(&mut rest)?).ok()?);
    }
    (rest.is_empty() && studies.len() <= STUDIES).then_some(Cursor { own, studies })
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn write_number(bytes: &mut Vec<u8>, number: u64) {
    let mut left = number;
    loop {
        let [low, ..] = (left & 0x7f).to_le_bytes();
        left >>= 7;
        if left == 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    // A place has 63 bits.
    for turn in 0..9 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << (7 * turn);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn study(number: u128) -> Scope {
        Scope::Study(StudyId::from_uuid(Uuid::from_u128(number)))
    }

    fn me() -> Scope {
        Scope::User("noah".parse().unwrap())
    }

    fn cursor(own: Option<i64>, places: impl IntoIterator<Item = (u128, i64)>) -> Cursor {
        let mut cursor = Cursor::default();
        if let Some(own) = own {
            cursor.set(&me(), own);
        }
        for (number, seq) in places {
            cursor.set(&study(number), seq);
        }
        cursor
    }

    /// As if they were made by the clock and by chance, as identifiers are.
    fn fresh(count: u64) -> impl Iterator<Item = u128> {
        (0..count).map(|n| {
            let chance = u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            ((0x0190_a5c8_7d1c_7000 + u128::from(n)) << 64) | 0x8000_0000_0000_0000 | (chance >> 2)
        })
    }

    proptest! {
        #[test]
        fn a_cursor_comes_back_as_it_went(
            own in prop::option::of(0..i64::MAX),
            places in prop::collection::btree_map(any::<u128>(), 0..=i64::MAX, 0..50),
        ) {
            let cursor = cursor(own, places.clone());
            let read: Cursor = cursor.to_string().parse().unwrap();
            prop_assert_eq!(&read, &cursor);
            prop_assert_eq!(read.own(), own.map_or(Since::Afresh, Since::After));
            for (number, seq) in places {
                prop_assert_eq!(read.since(&study(number)), Since::After(seq));
            }
        }

        #[test]
        fn whatever_else_comes_is_refused_or_read(text in "[A-Za-z0-9_-]{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for text in [text, URL_SAFE_NO_PAD.encode([&[VERSION], &*bytes].concat())] {
                if let Ok(cursor) = text.parse::<Cursor>() {
                    prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
                }
            }
        }

        #[test]
        fn half_a_cursor_is_never_taken_for_another_that_has_more(
            places in prop::collection::btree_map(any::<u128>(), 0..1_000_000_i64, 1..20), cut in 1_usize..100,
        ) {
            let whole = cursor(Some(7), places);
            let text = whole.to_string();
            let part = &text[..text.len().saturating_sub(cut)];
            if let Ok(read) = part.parse::<Cursor>() {
                prop_assert!(read.studies.iter().all(|(name, seq)| whole.studies[name] >= *seq));
            }
        }
    }

    #[test]
    fn four_hundred_studies_are_shorter_than_any_proxys_header() {
        let places = fresh(STUDIES as u64).map(|number| (number, 30_000_000_000));
        let text = cursor(Some(30_000_000_000), places).to_string();
        assert!(text.len() < 7_000, "{}", text.len());
        let usual = cursor(Some(200), fresh(STUDIES as u64).map(|number| (number, 5_000))).to_string();
        assert!(usual.len() < 5_500, "{}", usual.len());
    }

    #[test]
    fn of_more_studies_those_beyond_the_bound_are_read_afresh_and_the_others_are_not() {
        let mut cursor = cursor(Some(1), fresh(STUDIES as u64 + 100).map(|number| (number, 1)));
        let first = fresh(1).next().unwrap();
        cursor.set(&study(first), 2);
        let read: Cursor = cursor.to_string().parse().unwrap();
        assert_eq!(read.since(&study(first)), Since::After(2));
        let afresh = fresh(STUDIES as u64 + 100).filter(|number| read.since(&study(*number)) == Since::Afresh);
        assert_eq!(afresh.count(), 100);
    }

    #[test]
    fn a_cursor_of_an_earlier_version_and_a_garbled_one_are_told_from_ours() {
        let earlier = [&[1_u8][..], &7_i64.to_be_bytes(), Uuid::from_u128(1).as_bytes(), &3_i64.to_be_bytes()].concat();
        let long = "A".repeat(LONGEST + 4);
        for text in ["", "A", "Ag", "not a cursor", "AgA=", &URL_SAFE_NO_PAD.encode(earlier), &long] {
            assert!(text.parse::<Cursor>().is_err(), "{text:.20}");
        }
    }
}
