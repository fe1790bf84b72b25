//! What somebody may do to the audit log who owns the database: random edits, deletions, swaps, truncations, forgeries.
//!
//! A store's test reads its tables into a [`RawLog`], lets a [`Tampering`] change that, writes it back past triggers and
//! constraints, and expects [`verify`](crate::audit::service::verify) to find it.
#![expect(clippy::missing_panics_doc, clippy::expect_used, reason = "tests are made of it: panicking is how they fail")]

use std::sync::Arc;

use proptest::prelude::*;

use crate::{
    admin::service::{GrantAdmin, RevokeAdmin},
    audit::{
        chain::{Hash, link},
        model::{AuditFilter, AuditHead},
    },
    coup::{Coup, Ctx},
    id::UserId,
    page::Limit,
    policy::AdminRole,
    store::Store,
    testing::{FixedClock, SeededIds, fixtures::START},
    text::PersonName,
    user::{directory::HostUser, model::AdminPermissions, service::AdoptUser},
};

/// A row of `admin_logs`, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEntry {
    /// Its place.
    pub seq: i64,
    /// As the database spells it.
    pub created_at: String,
    /// Who.
    pub admin_id: Option<String>,
    /// What.
    pub action: String,
    /// To which kind of thing.
    pub target_type: Option<String>,
    /// To which.
    pub target_id: Option<String>,
    /// The record.
    pub bytes: String,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// A row of `admin_log_personal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawPersonal {
    /// Of which entry.
    pub seq: i64,
    /// Which field.
    pub field: String,
    /// In hexadecimal digits.
    pub salt: String,
    /// What it was.
    pub value: String,
}

/// The three tables of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawLog {
    /// By place.
    pub entries: Vec<RawEntry>,
    /// By place and field.
    pub personal: Vec<RawPersonal>,
    /// Place and hash; absent when the row is gone.
    pub head: Option<(i64, Vec<u8>)>,
}

/// Writes a log of 44 entries with all that entries can have.
pub async fn write_log(store: Arc<dyn Store>) -> AuditHead {
    let clock = FixedClock::at(START);
    let coup = Coup::builder(store.clone()).clock(Arc::new(clock.clone())).ids(Arc::new(SeededIds::new(5))).build();
    let person = |n: usize| -> UserId { format!("person-{n}").parse().expect("an identifier") };
    let grant = |n: usize, role| GrantAdmin {
        user: person(n),
        role,
        expires_at: None,
        permissions: AdminPermissions::default(),
    };
    for n in 0..12 {
        let name = PersonName::parse("name", &format!("사람 {n}")).expect("a name");
        let adopt = AdoptUser { id: person(n), user: HostUser::named(name) };
        coup.run(&Ctx::default(), adopt).await.expect("a host's user");
    }
    coup.as_host("set-up").run(grant(0, AdminRole::SuperAdmin)).await.expect("the first administrator");
    let root =
        Ctx { ip: Some("192.0.2.7".into()), user_agent: Some("Firefox, \"모질라\"".into()), ..Ctx::user(person(0)) };
    for n in 1..11 {
        clock.advance(chrono::TimeDelta::milliseconds(1_700));
        coup.run(&root, grant(n, AdminRole::Viewer)).await.expect("a role");
        coup.audit_log(&root, &AuditFilter::default(), None, Limit::DEFAULT).await.expect("a page of the log");
        coup.run(&root, grant(n, AdminRole::Moderator)).await.expect("another role");
        coup.run(&root, RevokeAdmin { user: person(n) }).await.expect("the role's end");
    }
    for _ in 0..3 {
        coup.administrators(&root, None, Limit::DEFAULT).await.expect("the administrators");
    }
    store.audit_head().await.expect("the head")
}

/// A column of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextColumn {
    /// `created_at`.
    CreatedAt,
    /// `admin_id`.
    AdminId,
    /// `action`.
    Action,
    /// `target_type`.
    TargetType,
    /// `target_id`.
    TargetId,
    /// `bytes`.
    Bytes,
}

/// How a text is changed.
#[derive(Debug, Clone)]
pub enum TextEdit {
    /// One character is another, at a place counted round.
    Char(usize, char),
    /// It is another text.
    Set(String),
    /// Nothing, where that may be.
    Null,
    /// Something is added.
    Append(String),
    /// The end goes.
    Cut(usize),
}

/// What two entries take of each other.
#[derive(Debug, Clone, Copy)]
pub enum Swapped {
    /// Their places.
    Places,
    /// All but their places.
    Contents,
    /// All but place and hash.
    Bytes,
    /// Their hashes.
    Hashes,
    /// Their personal values.
    Personal,
}

/// One tampering. Places are counted round, so that each fits every log.
#[derive(Debug, Clone)]
pub enum Tampering {
    /// A text of an entry.
    Text(usize, TextColumn, TextEdit),
    /// The place of an entry.
    Seq(usize, i64),
    /// A byte of an entry's hash.
    Hash(usize, usize, u8),
    /// An entry is deleted; perhaps those after it move up, and are linked anew up to the end, whose head is left.
    Delete(usize, bool),
    /// Two entries are swapped.
    Swap(usize, usize, Swapped),
    /// The end is cut off from an entry on.
    CutOff(usize),
    /// The same, and the head is that of the new end: only an exported head shows it.
    CutOffWithHead(usize),
    /// An entry's bytes are changed and all after it is linked anew, the head too: only an exported head shows it.
    Rewrite(usize, TextEdit),
    /// A copy of an entry at another place, with a hash that fits it.
    Forge(usize, i64),
    /// A further entry at the end, linked, that the head does not know.
    Add(usize),
    /// The name of a personal field.
    Field(usize, TextEdit),
    /// The salt of one.
    Salt(usize, TextEdit),
    /// The value of one.
    Value(usize, TextEdit),
    /// A personal value of another entry.
    Move(usize, usize),
    /// A personal value goes. Erasing does so, and verifying counts it.
    Erase(usize),
    /// The head's place.
    HeadSeq(i64),
    /// A byte of the head's hash.
    HeadHash(usize, u8),
    /// The head's row goes.
    NoHead,
}

impl Tampering {
    /// Whether only an exported head can show it.
    pub const fn needs_anchor(&self) -> bool {
        matches!(self, Self::CutOffWithHead(_) | Self::Rewrite(..))
    }

    /// Does it.
    pub fn apply(&self, log: &mut RawLog) {
        match self {
            Self::Text(row, column, edit) => {
                on(&mut log.entries, *row, |entry| edit_column(entry, *column, edit));
            }
            Self::Seq(row, seq) => on(&mut log.entries, *row, |entry| entry.seq = *seq),
            Self::Hash(row, at, to) => on(&mut log.entries, *row, |entry| byte(&mut entry.hash, *at, *to)),
            Self::Delete(row, close_up) => delete(log, *row, *close_up),
            Self::Swap(one, two, what) => swap(log, *one, *two, *what),
            Self::CutOff(left) => log.cut_off(*left),
            Self::CutOffWithHead(left) => {
                log.cut_off(*left);
                log.head = Some(log.end());
            }
            Self::Rewrite(row, edit) => {
                on(&mut log.entries, *row, |entry| edit.make_in(&mut entry.bytes));
                log.link_anew();
                log.head = Some(log.end());
            }
            Self::Forge(row, seq) => forge(log, *row, *seq),
            Self::Add(row) => {
                let seq = log.end().0 + 1;
                forge(log, *row, seq);
            }
            Self::Field(which, edit) => on(&mut log.personal, *which, |field| edit.make_in(&mut field.field)),
            Self::Salt(which, edit) => on(&mut log.personal, *which, |field| edit.make_in(&mut field.salt)),
            Self::Value(which, edit) => on(&mut log.personal, *which, |field| edit.make_in(&mut field.value)),
            Self::Move(which, row) => {
                let seq = at(&log.entries, *row).map_or(1, |entry| entry.seq);
                on(&mut log.personal, *which, |field| field.seq = seq);
            }
            Self::Erase(which) => {
                if !log.personal.is_empty() {
                    log.personal.remove(which % log.personal.len());
                }
            }
            Self::HeadSeq(seq) => {
                if let Some(head) = &mut log.head {
                    head.0 = *seq;
                }
            }
            Self::HeadHash(at, to) => {
                if let Some(head) = &mut log.head {
                    byte(&mut head.1, *at, *to);
                }
            }
            Self::NoHead => log.head = None,
        }
        log.entries.sort_by_key(|entry| entry.seq);
        log.personal.sort_by(|a, b| (a.seq, &a.field).cmp(&(b.seq, &b.field)));
    }
}

impl RawLog {
    fn cut_off(&mut self, left: usize) {
        let left = left % self.entries.len().max(1);
        self.entries.truncate(left);
        let end = self.end().0;
        self.personal.retain(|field| field.seq <= end);
    }

    fn end(&self) -> (i64, Vec<u8>) {
        self.entries.last().map_or((0, vec![0; 32]), |entry| (entry.seq, entry.hash.clone()))
    }

    /// As whoever knows how the chain is made would do it.
    fn link_anew(&mut self) {
        let mut before: Hash = [0; 32];
        for entry in &mut self.entries {
            before = link(&before, entry.seq, &entry.bytes);
            entry.hash = before.to_vec();
        }
    }
}

impl TextEdit {
    fn make_in(&self, text: &mut String) {
        let mut chars: Vec<char> = text.chars().collect();
        match self {
            Self::Char(at, to) => {
                let at = at % chars.len().max(1);
                if let Some(found) = chars.get_mut(at) {
                    *found = *to;
                }
                *text = chars.into_iter().collect();
            }
            Self::Set(other) => text.clone_from(other),
            Self::Null => text.clear(),
            Self::Append(more) => text.push_str(more),
            Self::Cut(n) => {
                chars.truncate(n % chars.len().max(1));
                *text = chars.into_iter().collect();
            }
        }
    }

    fn make_in_optional(&self, text: &mut Option<String>) {
        match self {
            Self::Null => *text = None,
            edit => edit.make_in(text.get_or_insert_default()),
        }
    }
}

fn edit_column(entry: &mut RawEntry, column: TextColumn, edit: &TextEdit) {
    match column {
        TextColumn::CreatedAt => edit.make_in(&mut entry.created_at),
        TextColumn::AdminId => edit.make_in_optional(&mut entry.admin_id),
        TextColumn::Action => edit.make_in(&mut entry.action),
        TextColumn::TargetType => edit.make_in_optional(&mut entry.target_type),
        TextColumn::TargetId => edit.make_in_optional(&mut entry.target_id),
        TextColumn::Bytes => edit.make_in(&mut entry.bytes),
    }
}

fn at<T>(rows: &[T], row: usize) -> Option<&T> {
    rows.get(row % rows.len().max(1))
}

fn on<T>(rows: &mut [T], row: usize, change: impl FnOnce(&mut T)) {
    let row = row % rows.len().max(1);
    if let Some(row) = rows.get_mut(row) {
        change(row);
    }
}

fn byte(bytes: &mut [u8], at: usize, to: u8) {
    on(bytes, at, |byte| *byte = to);
}

fn delete(log: &mut RawLog, row: usize, close_up: bool) {
    let Some(seq) = at(&log.entries, row).map(|entry| entry.seq) else { return };
    log.entries.retain(|entry| entry.seq != seq);
    log.personal.retain(|field| field.seq != seq);
    if close_up {
        log.entries.iter_mut().filter(|entry| entry.seq > seq).for_each(|entry| entry.seq -= 1);
        log.personal.iter_mut().filter(|field| field.seq > seq).for_each(|field| field.seq -= 1);
        log.link_anew();
    }
}

fn swap(log: &mut RawLog, one: usize, two: usize, what: Swapped) {
    let count = log.entries.len().max(1);
    let (one, two) = (one % count, two % count);
    let (Some(a), Some(b)) = (log.entries.get(one).cloned(), log.entries.get(two).cloned()) else { return };
    let (first, second) = match what {
        Swapped::Places => (RawEntry { seq: b.seq, ..a.clone() }, RawEntry { seq: a.seq, ..b.clone() }),
        Swapped::Contents => (RawEntry { seq: a.seq, ..b.clone() }, RawEntry { seq: b.seq, ..a.clone() }),
        Swapped::Bytes => (
            RawEntry { seq: a.seq, hash: a.hash.clone(), ..b.clone() },
            RawEntry { seq: b.seq, hash: b.hash.clone(), ..a.clone() },
        ),
        Swapped::Hashes => {
            (RawEntry { hash: b.hash.clone(), ..a.clone() }, RawEntry { hash: a.hash.clone(), ..b.clone() })
        }
        Swapped::Personal => {
            for field in &mut log.personal {
                field.seq = if field.seq == a.seq {
                    b.seq
                } else if field.seq == b.seq {
                    a.seq
                } else {
                    field.seq
                };
            }
            return;
        }
    };
    on(&mut log.entries, one, |entry| *entry = first);
    on(&mut log.entries, two, |entry| *entry = second);
}

fn forge(log: &mut RawLog, row: usize, seq: i64) {
    let Some(model) = at(&log.entries, row).cloned() else { return };
    let before =
        log.entries.iter().rfind(|entry| entry.seq < seq).and_then(|entry| Hash::try_from(&entry.hash[..]).ok());
    let hash = link(&before.unwrap_or_default(), seq, &model.bytes).to_vec();
    let personal: Vec<RawPersonal> = log.personal.iter().filter(|field| field.seq == model.seq).cloned().collect();
    log.entries.push(RawEntry { seq, hash, ..model });
    log.personal.extend(personal.into_iter().map(|field| RawPersonal { seq, ..field }));
}

fn edits() -> impl Strategy<Value = TextEdit> {
    let char = prop_oneof![
        proptest::char::range(' ', '~'),
        proptest::sample::select(vec!['가', 'é', '🙂', '\u{0}', '\u{200b}', '\n'])
    ];
    let words = proptest::sample::select(vec![
        "",
        "{}",
        "null",
        "USER",
        "STUDY",
        "person-3",
        "ADMIN_GRANT",
        "AUDIT_VIEW",
        "ipAddress",
        "after.name",
        "2026-03-02 00:00:00+00:00",
        "00000000000000000000000000000000",
    ]);
    prop_oneof![
        4 => (any::<usize>(), char).prop_map(|(at, to)| TextEdit::Char(at, to)),
        2 => words.prop_map(|word| TextEdit::Set(word.to_owned())),
        1 => Just(TextEdit::Null),
        1 => "[ -~]{1,4}".prop_map(TextEdit::Append),
        1 => any::<usize>().prop_map(TextEdit::Cut),
    ]
}

/// Any tampering.
pub fn tamperings() -> impl Strategy<Value = Tampering> {
    use TextColumn::{Action, AdminId, Bytes, CreatedAt, TargetId, TargetType};
    let row = any::<usize>;
    let columns = proptest::sample::select(vec![CreatedAt, AdminId, Action, TargetType, TargetId, Bytes]);
    let swapped = proptest::sample::select(vec![
        Swapped::Places,
        Swapped::Contents,
        Swapped::Bytes,
        Swapped::Hashes,
        Swapped::Personal,
    ]);
    let places = || prop_oneof![-5_i64..60, Just(i64::MIN), Just(i64::MAX), any::<i64>()];
    prop_oneof![
        6 => (row(), columns, edits()).prop_map(|(row, column, edit)| Tampering::Text(row, column, edit)),
        1 => (row(), places()).prop_map(|(row, seq)| Tampering::Seq(row, seq)),
        2 => (row(), row(), any::<u8>()).prop_map(|(row, at, to)| Tampering::Hash(row, at, to)),
        2 => (row(), any::<bool>()).prop_map(|(row, close_up)| Tampering::Delete(row, close_up)),
        3 => (row(), row(), swapped).prop_map(|(one, two, what)| Tampering::Swap(one, two, what)),
        2 => row().prop_map(Tampering::CutOff),
        2 => row().prop_map(Tampering::CutOffWithHead),
        2 => (row(), edits()).prop_map(|(row, edit)| Tampering::Rewrite(row, edit)),
        2 => (row(), places()).prop_map(|(row, seq)| Tampering::Forge(row, seq)),
        1 => row().prop_map(Tampering::Add),
        1 => (row(), edits()).prop_map(|(which, edit)| Tampering::Field(which, edit)),
        2 => (row(), edits()).prop_map(|(which, edit)| Tampering::Salt(which, edit)),
        2 => (row(), edits()).prop_map(|(which, edit)| Tampering::Value(which, edit)),
        1 => (row(), row()).prop_map(|(which, row)| Tampering::Move(which, row)),
        1 => row().prop_map(Tampering::Erase),
        1 => places().prop_map(Tampering::HeadSeq),
        1 => (row(), any::<u8>()).prop_map(|(at, to)| Tampering::HeadHash(at, to)),
        1 => Just(Tampering::NoHead),
    ]
}
