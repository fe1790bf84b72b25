//! What a client of a stream has: a place in each scope, as one opaque text.

use std::{collections::BTreeMap, fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use coup_core::{changes::Scope, error::Invalid, id::StudyId};
use uuid::Uuid;

use crate::live::Since;

/// The spelling's version: the first byte.
const VERSION: u8 = 1;
/// Studies that a cursor speaks of; further ones are read afresh when the client comes back.
const STUDIES: usize = 400;
/// What the header is called.
const HEADER: &str = "Last-Event-ID";

/// A place in one's own scope and in each study. As text it is what `id:` carries and `Last-Event-ID` brings back.
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
    own: i64,
    studies: BTreeMap<StudyId, i64>,
}

impl Cursor {
    pub(super) fn set(&mut self, scope: &Scope, seq: i64) {
        match scope {
            Scope::User(_) => self.own = seq,
            Scope::Study(study) => {
                self.studies.insert(*study, seq);
            }
        }
    }

    pub(super) fn own(&self) -> Since {
        Since::After(self.own)
    }

    pub(super) fn since(&self, scope: &Scope) -> Since {
        match scope {
            Scope::User(_) => self.own(),
            Scope::Study(study) => self.studies.get(study).map_or(Since::Afresh, |seq| Since::After(*seq)),
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![VERSION];
        bytes.extend(self.own.to_be_bytes());
        for (study, seq) in self.studies.iter().take(STUDIES) {
            bytes.extend(study.as_uuid().as_bytes());
            bytes.extend(seq.to_be_bytes());
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
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let rest = bytes.strip_prefix(&[VERSION])?;
    let (own, rest) = rest.split_first_chunk::<8>()?;
    let (studies, rest) = rest.as_chunks::<24>();
    if !rest.is_empty() || studies.len() > STUDIES {
        return None;
    }
    let studies = studies.iter().map(|study| {
        let (id, seq) = study.split_first_chunk::<16>()?;
        let seq = i64::from_be_bytes(seq.try_into().ok()?);
        (seq >= 0).then(|| (StudyId::from_uuid(Uuid::from_bytes(*id)), seq))
    });
    let own = i64::from_be_bytes(*own);
    (own >= 0).then_some(Cursor { own, studies: studies.collect::<Option<_>>()? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_comes_back_as_it_went(own in 0_i64.., studies in prop::collection::btree_map(any::<u128>(), 0_i64.., 0..50)) {
            let studies = studies.into_iter().map(|(id, seq)| (StudyId::from_uuid(Uuid::from_u128(id)), seq)).collect();
            let cursor = Cursor { own, studies };
            prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
        }

        #[test]
        fn whatever_else_comes_is_refused_or_read(text in "[A-Za-z0-9_-]{0,200}") {
            if let Ok(cursor) = text.parse::<Cursor>() {
                prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
            }
        }
    }
}
