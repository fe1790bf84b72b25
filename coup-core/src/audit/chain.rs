//! The hash chain: each entry's hash is over the one before, its place and its exact bytes, so that no entry can be changed,
//! taken out or moved without all after it showing it.

use std::{fmt, str::FromStr};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::model::{AuditHead, AuditRecord, AuditRow, PersonalField, Sealed};

/// SHA-256.
pub type Hash = [u8; 32];

/// The hash of an entry: of the hash before it, its place and its bytes.
///
/// ```
/// use coup_core::audit::chain::link;
///
/// let first = link(&[0; 32], 1, "{}");
/// assert_ne!(link(&first, 2, "{}"), link(&[0; 32], 2, "{}"));
/// ```
pub fn link(before: &Hash, seq: i64, bytes: &str) -> Hash {
    let mut hash = Sha256::new();
    hash.update(b"coup audit 1\n");
    hash.update(before);
    hash.update(seq.to_be_bytes());
    hash.update(bytes.as_bytes());
    hash.finalize().into()
}

/// What stands in the chain for a personal value.
pub(crate) fn commitment(salt: &[u8; 16], field: &str, value: &str) -> Hash {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(field.as_bytes());
    hash.update([0]);
    hash.update(value.as_bytes());
    hash.finalize().into()
}

/// Hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A hash from its hexadecimal digits.
pub fn unhex(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, place) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(place..place + 2)?, 16).ok()?;
    }
    Some(hash)
}

/// Where the log is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An entry is missing, or one is there twice.
    #[error("entry {expected} is missing: found entry {found} in its place")]
    Missing {
        /// The place that comes next.
        expected: i64,
        /// The place that came.
        found: i64,
    },
    /// An entry's bytes or hash were changed, or it was put in another's place.
    #[error("entry {0} was changed: its hash is not that of its bytes and the entry before")]
    Changed(i64),
    /// A column says something else than the bytes.
    #[error("entry {seq} was changed: its column {column} is not what its bytes say")]
    Column {
        /// Which entry.
        seq: i64,
        /// Which column.
        column: &'static str,
    },
    /// The bytes are no record.
    #[error("entry {0} cannot be read")]
    Unreadable(i64),
    /// A personal value is not the one that was written.
    #[error("entry {seq} was changed: its personal field {field} is not what was committed to")]
    Personal {
        /// Which entry.
        seq: i64,
        /// Which field.
        field: String,
    },
    /// The end is not where the head says.
    #[error("the log ends at entry {found}, and its head says {head}")]
    Head {
        /// What the head says.
        head: i64,
        /// The last entry.
        found: i64,
    },
    /// There is no head, or none that could be read.
    #[error("the head of the log is gone, or cannot be read")]
    NoHead,
    /// The exported head is not in the log: its tail was cut off, or written anew.
    #[error("the exported head, entry {anchor}, is not in the log, which ends at entry {found}")]
    Anchor {
        /// The exported head's place.
        anchor: i64,
        /// The last entry.
        found: i64,
    },
}

impl Broken {
    /// Its stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "missing",
            Self::Changed(_) => "changed",
            Self::Column { .. } => "column",
            Self::Unreadable(_) => "unreadable",
            Self::Personal { .. } => "personal",
            Self::Head { .. } => "head",
            Self::NoHead => "no_head",
            Self::Anchor { .. } => "anchor",
        }
    }

    /// The entry where it shows; for a wrong end the last one there is.
    pub const fn seq(&self) -> i64 {
        match self {
            Self::Missing { expected, .. } => *expected,
            Self::Changed(seq) | Self::Column { seq, .. } | Self::Unreadable(seq) | Self::Personal { seq, .. } => *seq,
            Self::Head { found, .. } | Self::Anchor { found, .. } => *found,
            Self::NoHead => 0,
        }
    }
}

/// `<place>:<hash in hexadecimal digits>`, as it is exported.
impl fmt::Display for AuditHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, hex(&self.hash))
    }
}

/// Not what a head is exported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an exported head: expected <place>:<64 hexadecimal digits>, such as verifying answers")]
pub struct NotAHead;

/// ```
/// use coup_core::audit::model::AuditHead;
///
/// let head = AuditHead { seq: 17, hash: [0xab; 32] };
/// assert_eq!(head.to_string().parse(), Ok(head));
/// assert!("17:abc".parse::<AuditHead>().is_err());
/// assert!("-1:abab".parse::<AuditHead>().is_err());
/// ```
impl FromStr for AuditHead {
    type Err = NotAHead;

    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let (seq, hash) = text.trim().split_once(':').ok_or(NotAHead)?;
        let digits = seq.bytes().all(|byte| byte.is_ascii_digit());
        let seq = seq.parse().ok().filter(|_| digits).ok_or(NotAHead)?;
        Ok(Self { seq, hash: unhex(hash).ok_or(NotAHead)? })
    }
}

/// What verifying found, when all is as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verified {
    /// The end of the chain; worth exporting.
    pub head: AuditHead,
    /// Personal values that were erased.
    pub erased: u64,
}

/// Verifies a log entry by entry, oldest first.
#[derive(Debug)]
pub struct Verifier {
    so_far: Verified,
    anchor: Option<AuditHead>,
    anchored: bool,
}

impl Verifier {
    /// Begins; `anchor` is a head that was exported before.
    pub fn new(anchor: Option<AuditHead>) -> Self {
        let anchored = anchor.is_none_or(|anchor| anchor == AuditHead::default());
        Self { so_far: Verified::default(), anchor, anchored }
    }

    /// Verifies the next entry.
    ///
    /// # Errors
    /// Where it is not as it was written.
    pub fn take(&mut self, row: &AuditRow) -> Result<(), Broken> {
        let expected = self.so_far.head.seq + 1;
        if row.seq != expected {
            return Err(Broken::Missing { expected, found: row.seq });
        }
        if row.hash != link(&self.so_far.head.hash, row.seq, &row.bytes) {
            return Err(Broken::Changed(row.seq));
        }
        let record: AuditRecord = serde_json::from_str(&row.bytes).map_err(|_| Broken::Unreadable(row.seq))?;
        columns(row, &record)?;
        self.so_far.erased += personal(row, &record)?;
        self.so_far.head = AuditHead { seq: row.seq, hash: row.hash };
        if let Some(anchor) = self.anchor
            && anchor.seq == row.seq
        {
            self.anchored = anchor.hash == row.hash;
        }
        Ok(())
    }

    /// How far it is.
    pub fn head(&self) -> AuditHead {
        self.so_far.head
    }

    /// Ends: the head that is stored must be that of the last entry, and the exported one must have been met.
    ///
    /// # Errors
    /// When the end was cut off.
    pub fn finish(self, head: AuditHead) -> Result<Verified, Broken> {
        let found = self.so_far.head.seq;
        if head != self.so_far.head {
            return Err(Broken::Head { head: head.seq, found });
        }
        match self.anchor {
            Some(anchor) if !self.anchored => Err(Broken::Anchor { anchor: anchor.seq, found }),
            _ => Ok(self.so_far),
        }
    }
}

fn columns(row: &AuditRow, record: &AuditRecord) -> Result<(), Broken> {
    let wrong = [
        ("created_at", row.at != record.at),
        ("admin_id", row.admin.as_deref() != record.admin.as_ref().map(crate::id::UserId::as_str)),
        ("action", row.action != record.action.as_str()),
        ("target_type", row.target_type.as_deref() != record.target_type.map(super::model::AuditTargetType::as_str)),
        ("target_id", row.target_id != record.target_id),
    ];
    match wrong.into_iter().find(|(_, wrong)| *wrong) {
        Some((column, _)) => Err(Broken::Column { seq: row.seq, column }),
        None => Ok(()),
    }
}

/// Holds personal values to their commitments; answers how many were erased.
fn personal(row: &AuditRow, record: &AuditRecord) -> Result<u64, Broken> {
    let sealed = sealed(record);
    let broken = |field: &str| Broken::Personal { seq: row.seq, field: field.to_owned() };
    for PersonalField { field, salt, value } in &row.personal {
        let committed = sealed.iter().find(|(name, _)| name == field);
        if committed.map(|(_, it)| it.commitment.clone()) != Some(hex(&commitment(salt, field, value))) {
            return Err(broken(field));
        }
    }
    let erased = sealed.iter().filter(|(name, _)| !row.personal.iter().any(|field| field.field == *name));
    Ok(erased.count() as u64)
}

/// All commitments of a record, by field.
pub(crate) fn sealed(record: &AuditRecord) -> Vec<(String, Sealed)> {
    let sides = [("before", &record.before), ("after", &record.after)];
    let details = sides.into_iter().flat_map(|(side, fields)| {
        fields.iter().filter_map(move |(name, value)| Some((format!("{side}.{name}"), is_sealed(value)?)))
    });
    let where_from = record.ip_address.iter().map(|sealed| ("ipAddress".to_owned(), sealed.clone()));
    let what_with = record.user_agent.iter().map(|sealed| ("userAgent".to_owned(), sealed.clone()));
    details.chain(where_from).chain(what_with).collect()
}

fn is_sealed(value: &Value) -> Option<Sealed> {
    serde_json::from_value(value.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Heads that were exported by an earlier version must be met by every later one.
    #[test]
    fn the_hash_of_an_entry_stays_what_it_is() {
        let expected = "50404814008fdc2993dcb5aaca47b92b77de5bf5d9b071c850331888992772b9";
        assert_eq!(hex(&link(&[0; 32], 1, "{\"가\":1}")), expected);
        let salt = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        let expected = "e0695b1ddebf9c373f81f830dbce3ea825f822c0dce59230dccad5ce563d1b54";
        assert_eq!(hex(&commitment(&salt, "after.name", "이서연")), expected);
    }

    #[test]
    fn a_hash_has_one_spelling() {
        let hash = link(&[0; 32], 1, "");
        assert_eq!(unhex(&hex(&hash)), Some(hash));
        for wrong in ["", "ab", &"+f".repeat(32), &"가".repeat(64), &hex(&hash)[1..]] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_head_is_read_as_it_is_exported() {
        let head = AuditHead { seq: 17, hash: [0xab; 32] };
        assert_eq!(head.to_string().parse(), Ok(head));
        assert_eq!(format!(" {head}\n").parse(), Ok(head));
        for wrong in ["", "17", ":", "17:ab", &format!("-1:{}", hex(&[0; 32])), &format!("+1:{}", hex(&[0; 32]))] {
            assert_eq!(wrong.parse::<AuditHead>(), Err(NotAHead), "{wrong}");
        }
    }
}
