//! The chain of the audit log: whatever is done to its rows, verifying finds it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use std::sync::{Arc, OnceLock};

use coup_core::{
    admin::service::GrantAdmin,
    audit::{
        chain::{Broken, Verified, Verifier, link},
        model::{AuditFilter, AuditHead, AuditRow},
    },
    coup::{Coup, Ctx},
    page::Limit,
    policy::AdminRole,
    store::AuditReads as _,
    testing::{FixedClock, MemoryStore, SeededIds, fixtures::START},
    text::PersonName,
    user::{directory::HostUser, model::AdminPermissions, service::AdoptUser},
};
use proptest::prelude::*;

/// A log of thirty entries with all that an entry can have.
fn log() -> &'static [AuditRow] {
    static LOG: OnceLock<Vec<AuditRow>> = OnceLock::new();
    LOG.get_or_init(|| tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(written()))
}

async fn written() -> Vec<AuditRow> {
    let (store, clock) = (Arc::new(MemoryStore::new()), FixedClock::at(START));
    let coup = Coup::builder(store.clone()).clock(Arc::new(clock.clone())).ids(Arc::new(SeededIds::new(3))).build();
    let grant = |name: &str, role| GrantAdmin {
        user: name.parse().unwrap(),
        role,
        expires_at: None,
        permissions: AdminPermissions::default(),
    };
    for n in 0..15 {
        let id = format!("person-{n}").parse().unwrap();
        let name = PersonName::parse("name", &format!("사람 {n}")).unwrap();
        coup.run(&Ctx::default(), AdoptUser { id, user: HostUser::named(name) }).await.unwrap();
    }
    coup.as_host("set-up").run(grant("person-0", AdminRole::SuperAdmin)).await.unwrap();
    let root = Ctx {
        ip: Some("192.0.2.7".into()),
        user_agent: Some("Firefox".into()),
        ..Ctx::user("person-0".parse().unwrap())
    };
    for n in 1..15 {
        clock.advance(chrono::TimeDelta::seconds(1));
        coup.run(&root, grant(&format!("person-{n}"), AdminRole::Viewer)).await.unwrap();
        coup.audit_log(&root, &AuditFilter::default(), None, Limit::DEFAULT).await.unwrap();
    }
    coup.administrators(&root, None, Limit::DEFAULT).await.unwrap();
    store.audit_rows(&AuditFilter::default(), 0, Limit::MAX).await.unwrap()
}

fn head(rows: &[AuditRow]) -> AuditHead {
    rows.last().map(|row| AuditHead { seq: row.seq, hash: row.hash }).unwrap_or_default()
}

fn verify(rows: &[AuditRow], head: AuditHead, anchor: Option<AuditHead>) -> Result<Verified, Broken> {
    let mut verifier = Verifier::new(anchor);
    for row in rows {
        verifier.take(row)?;
    }
    verifier.finish(head)
}

/// What somebody may do to a row who owns the file.
#[derive(Debug, Clone)]
enum Edit {
    Seq(i64),
    At(i64),
    Admin(Option<String>),
    Action(String),
    TargetType(Option<String>),
    TargetId(Option<String>),
    Byte(usize, u8),
    Hash(usize, u8),
    Field(usize, String),
    Salt(usize, usize, u8),
    Value(usize, String),
    PersonalOfAnother(usize),
}

impl Edit {
    fn make(&self, row: &mut AuditRow, other: &AuditRow) {
        let personal = |row: &AuditRow, at: &usize| at % row.personal.len().max(1);
        match self {
            Self::Seq(seq) => row.seq = *seq,
            Self::At(micros) => row.at += chrono::TimeDelta::microseconds(*micros),
            Self::Admin(admin) => row.admin.clone_from(admin),
            Self::Action(action) => row.action.clone_from(action),
            Self::TargetType(kind) => row.target_type.clone_from(kind),
            Self::TargetId(id) => row.target_id.clone_from(id),
            Self::Byte(at, byte) => {
                let mut bytes = row.bytes.clone().into_bytes();
                let at = at % bytes.len();
                bytes[at] = *byte;
                row.bytes = String::from_utf8_lossy(&bytes).into_owned();
            }
            Self::Hash(at, byte) => row.hash[at % 32] = *byte,
            Self::Field(at, name) => {
                let at = personal(row, at);
                if let Some(field) = row.personal.get_mut(at) {
                    field.field.clone_from(name);
                }
            }
            Self::Salt(at, place, byte) => {
                let at = personal(row, at);
                if let Some(field) = row.personal.get_mut(at) {
                    field.salt[place % 16] = *byte;
                }
            }
            Self::Value(at, value) => {
                let at = personal(row, at);
                if let Some(field) = row.personal.get_mut(at) {
                    field.value.clone_from(value);
                }
            }
            Self::PersonalOfAnother(at) => {
                if !other.personal.is_empty() {
                    row.personal.push(other.personal[personal(other, at)].clone());
                }
            }
        }
    }
}

fn edits() -> impl Strategy<Value = Edit> {
    let word = || proptest::option::of("[a-zA-Z_0-9]{0,8}|USER|person-3");
    prop_oneof![
        any::<i64>().prop_map(Edit::Seq),
        (-40_i64..40).prop_map(Edit::Seq),
        (-3_000_000_i64..3_000_000).prop_map(Edit::At),
        word().prop_map(Edit::Admin),
        "[A-Z_]{0,12}|ADMIN_GRANT|AUDIT_VIEW".prop_map(Edit::Action),
        word().prop_map(Edit::TargetType),
        word().prop_map(Edit::TargetId),
        (any::<usize>(), 1_u8..128).prop_map(|(at, byte)| Edit::Byte(at, byte)),
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Edit::Hash(at, byte)),
        (any::<usize>(), "[a-zA-Z.]{0,9}|ipAddress|userAgent|after.name|before.name")
            .prop_map(|(at, name)| Edit::Field(at, name)),
        (any::<usize>(), any::<usize>(), any::<u8>()).prop_map(|(at, place, byte)| Edit::Salt(at, place, byte)),
        (any::<usize>(), "\\PC{0,9}|사람 [0-9]").prop_map(|(at, value)| Edit::Value(at, value)),
        any::<usize>().prop_map(Edit::PersonalOfAnother),
    ]
}

fn place() -> impl Strategy<Value = usize> {
    any::<prop::sample::Index>().prop_map(|index| index.index(log().len()))
}

#[test]
fn a_log_as_it_was_written_is_verified() {
    assert_eq!(log().len(), 30);
    assert_eq!(verify(log(), head(log()), None), Ok(Verified { head: head(log()), erased: 0 }));
    for row in log() {
        let anchor = AuditHead { seq: row.seq, hash: row.hash };
        assert!(verify(log(), head(log()), Some(anchor)).is_ok());
    }
}

#[test]
fn an_empty_log_is_verified_and_ends_at_zero() {
    assert_eq!(verify(&[], AuditHead::default(), Some(AuditHead::default())), Ok(Verified::default()));
    let gone = verify(&[], AuditHead::default(), Some(head(log())));
    assert_eq!(gone, Err(Broken::Anchor { anchor: 30, found: 0 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_edit_is_found(at in place(), other in place(), edit in edits()) {
        let mut rows = log().to_vec();
        edit.make(&mut rows[at], &log()[other]);
        if rows == log() || (at == other && matches!(edit, Edit::PersonalOfAnother(_))) {
            // What was written stands there, perhaps twice.
            return Ok(());
        }
        prop_assert!(verify(&rows, head(log()), None).is_err(), "{edit:?} of entry {}", at + 1);
    }

    #[test]
    fn every_deletion_is_found(at in place()) {
        let mut rows = log().to_vec();
        rows.remove(at);
        prop_assert!(verify(&rows, head(log()), None).is_err());
        // Also when the places are closed up again.
        for (place, row) in rows.iter_mut().enumerate() {
            row.seq = i64::try_from(place).unwrap() + 1;
        }
        let head = head(&rows);
        let last = at == rows.len();
        prop_assert_eq!(verify(&rows, head, None).is_ok(), last, "only a cut-off end leaves a chain that holds");
    }

    #[test]
    fn every_swap_is_found(one in place(), two in place()) {
        prop_assume!(one != two);
        let mut rows = log().to_vec();
        rows.swap(one, two);
        prop_assert!(verify(&rows, head(log()), None).is_err());
        // Also when they take each other's place.
        (rows[one].seq, rows[two].seq) = (log()[one].seq, log()[two].seq);
        prop_assert!(verify(&rows, head(log()), None).is_err());
        (rows[one].hash, rows[two].hash) = (log()[one].hash, log()[two].hash);
        prop_assert!(verify(&rows, head(log()), None).is_err());
    }

    #[test]
    fn a_cut_off_end_is_found_and_with_a_head_written_anew_against_an_exported_one(left in place()) {
        let rows = &log()[..left];
        prop_assert!(verify(rows, head(log()), None).is_err());
        let exported = head(log());
        let found = verify(rows, head(rows), Some(exported));
        prop_assert_eq!(found, Err(Broken::Anchor { anchor: 30, found: head(rows).seq }));
    }

    #[test]
    fn a_chain_written_anew_from_somewhere_is_found_against_an_exported_head(at in place(), edit in edits()) {
        let mut rows = log().to_vec();
        edit.make(&mut rows[at], &log()[at]);
        let mut hash = [0; 32];
        for (place, row) in rows.iter_mut().enumerate() {
            row.seq = i64::try_from(place).unwrap() + 1;
            hash = link(&hash, row.seq, &row.bytes);
            row.hash = hash;
        }
        if rows.iter().zip(log()).all(|(new, old)| new.bytes == old.bytes) {
            return Ok(());
        }
        prop_assert!(verify(&rows, head(&rows), Some(head(log()))).is_err());
    }

    #[test]
    fn an_invented_entry_is_found(at in place(), copied in place()) {
        let mut rows = log().to_vec();
        rows.insert(at, log()[copied].clone());
        prop_assert!(verify(&rows, head(log()), None).is_err());
        let invented = AuditRow { seq: 31, hash: link(&log()[29].hash, 31, "{}"), bytes: "{}".into(), ..log()[copied].clone() };
        let mut rows = log().to_vec();
        rows.push(invented);
        prop_assert!(verify(&rows, head(&rows), None).is_err());
    }
}
