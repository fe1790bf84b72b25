//! Whoever loses a right is named by a revocation of the same commit, and nobody else is cut off.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use coup_core::{
    admin::service::{GrantAdmin, RevokeAdmin},
    changes::{Changes, EventKind, Row, Scope, SystemPermit},
    coup::{Coup, Ctx},
    env::Timestamp,
    id::{SessionId, StudyId, UserId},
    live::model::{CutCode, Revocation, Revoked},
    member::model::MemberStatus,
    page::Limit,
    policy::{AdminRole, StudyRole},
    store::{Credential, MemberReads as _, SettingReads as _, Store as _, StudyReads as _, UserReads as _},
    testing::{
        MemoryStore,
        commands::{self, Act, Step},
        fixtures::Fixtures,
    },
    user::{
        model::{AdminPermissions, Session, UserStatus},
        rules::actor,
        service::SignOut,
    },
};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

type InStudy = (StudyId, UserId);

/// What everybody may at an instant.
#[derive(Debug, Default, PartialEq)]
struct Rights {
    /// The kinds of events that somebody hears of a study.
    hears: BTreeMap<InStudy, BTreeSet<EventKind>>,
    roles: BTreeMap<InStudy, StudyRole>,
    admins: BTreeMap<UserId, AdminRole>,
    sessions: BTreeMap<SessionId, UserId>,
    attends: BTreeSet<UserId>,
    /// Sessions that are there, also of those who are kept out.
    kept: BTreeSet<SessionId>,
    /// Whose posting is paused, until when.
    paused: BTreeMap<InStudy, Timestamp>,
    /// Those under a sanction, or without a guardian's consent.
    restrained: BTreeSet<UserId>,
    /// Studies that are there, and whether they are closed.
    studies: BTreeMap<StudyId, bool>,
    /// Whose accounts are deleted.
    deleted: BTreeSet<UserId>,
    /// How often settings were changed.
    settings: i64,
}

async fn rights(coup: &Coup, store: &MemoryStore, people: &[UserId], studies: &[StudyId], of: &[Session]) -> Rights {
    let mut all = Rights { settings: store.settings().await.unwrap().version, ..Rights::default() };
    for study in studies {
        if let Some(study) = store.study(*study).await.unwrap() {
            all.studies.insert(study.id, study.closed_at.is_some());
        }
    }
    for person in people {
        let ctx = Ctx::user(person.clone());
        let standing = store.standing(&Credential::User(person.clone()), None).await.unwrap().unwrap();
        if standing.user.status == UserStatus::Deleted {
            all.deleted.insert(person.clone());
        }
        if actor(&standing, coup.now(), &coup.settings()).is_some_and(|actor| !actor.restraints.is_empty()) {
            all.restrained.insert(person.clone());
        }
        all.admins.extend(standing.admin.map(|grant| (person.clone(), grant.role)));
        let Ok((_, hearings)) = coup.hear_all(&ctx).await else { continue };
        all.attends.insert(person.clone());
        let kinds = |hearing: &coup_core::live::model::Hearing| -> BTreeSet<EventKind> {
            EventKind::ALL.iter().copied().filter(|kind| hearing.kinds.contains(*kind)).collect()
        };
        let mut of_all: BTreeMap<StudyId, BTreeSet<EventKind>> = BTreeMap::new();
        for hearing in &hearings {
            match &hearing.scope {
                Scope::Study(study) => drop(of_all.insert(*study, kinds(hearing))),
                Scope::User(user) => assert_eq!(user, person, "one's own scope and nobody else's"),
            }
        }
        for study in studies {
            let alone = coup.hear(&ctx, *study).await.ok().map(|hearing| kinds(&hearing));
            assert_eq!(alone.as_ref(), of_all.get(study), "{person} hears {study} the same alone and among all");
            all.hears.extend(alone.map(|kinds| ((*study, person.clone()), kinds)));
            let member = store.member(*study, person).await.unwrap().map(|row| row.member);
            if let Some(member) = member.filter(|member| member.status == MemberStatus::Active) {
                all.roles.insert((*study, person.clone()), member.role);
                all.paused.extend(member.posting_paused_until.map(|until| ((*study, person.clone()), until)));
            }
        }
    }
    for session in of {
        let ctx = Ctx { credential: Some(Credential::Session(session.token_hash)), ..Ctx::default() };
        if store.standing(&Credential::Session(session.token_hash), None).await.unwrap().is_some() {
            all.kept.insert(session.id);
        }
        if coup.attend(&ctx).await.is_ok() {
            all.sessions.insert(session.id, session.user.clone());
        }
    }
    all
}

/// What is wrong with the revocations of a commit that led from one to the other.
fn faults(before: &Rights, after: &Rights, revocations: &[Revocation]) -> Vec<String> {
    let mut faults = Vec::new();
    let names =
        |what: &[Revoked]| revocations.iter().any(|row| row.code != CutCode::Joined && what.contains(&row.revoked));
    for ((study, person), kinds) in &before.hears {
        let key = (*study, person.clone());
        let lost = after.hears.get(&key).is_none_or(|now| !kinds.is_subset(now));
        let another = before.roles.get(&key) != after.roles.get(&key);
        if (lost || another)
            && !names(&[Revoked::Study(*study), Revoked::Member(*study, person.clone()), Revoked::User(person.clone())])
        {
            faults.push(format!("{person} has other rights in {study} and is not cut off"));
        }
    }
    for (study, person) in after.hears.keys() {
        // Who was kept from hearing at all comes again by themselves.
        if before.restrained.contains(person) {
            continue;
        }
        let came = !before.hears.contains_key(&(*study, person.clone()));
        let joined = Revoked::Member(*study, person.clone());
        let told = revocations.iter().any(|row| row.code == CutCode::Joined && row.revoked == joined);
        if came != told {
            faults.push(format!("{person} hears {study}: came in {came}, told {told}"));
        }
    }
    for (session, user) in before.sessions.iter().filter(|(session, _)| !after.sessions.contains_key(session)) {
        if !names(&[Revoked::Session(*session), Revoked::User(user.clone())]) {
            faults.push(format!("{session} ended and is not cut off"));
        }
    }
    for person in before.admins.keys().chain(after.admins.keys()) {
        if before.admins.get(person) != after.admins.get(person) && !names(&[Revoked::User(person.clone())]) {
            faults.push(format!("{person} has another role and is not cut off"));
        }
    }
    for person in before.attends.difference(&after.attends) {
        if !names(&[Revoked::User(person.clone())]) {
            faults.push(format!("{person} is kept out and is not cut off"));
        }
    }
    if before.settings != after.settings && !names(&[Revoked::Site]) {
        faults.push("other settings, and no node is told".to_owned());
    }
    for row in revocations.iter().filter(|row| row.code != CutCode::Joined) {
        let rightly = match &row.revoked {
            Revoked::Study(study) => before.studies.get(study) != after.studies.get(study),
            Revoked::Member(study, person) => {
                let key = (*study, person.clone());
                // Whoever does not hear is not cut off.
                !before.hears.contains_key(&key)
                    || before.roles.get(&key) != after.roles.get(&key)
                    || before.hears.get(&key) != after.hears.get(&key)
                    || before.paused.get(&key) != after.paused.get(&key)
            }
            // Nodes read them anew; whom maintenance keeps out they end themselves.
            Revoked::Site => before.settings != after.settings,
            Revoked::Session(session) => before.kept.contains(session) && !after.kept.contains(session),
            // A role that is granted again may have another end.
            Revoked::User(person) => match row.code {
                CutCode::RoleChanged => {
                    before.admins.contains_key(person)
                        || after.admins.contains_key(person)
                        || after.restrained.contains(person)
                }
                CutCode::SignedOut => after.deleted.contains(person) && !before.deleted.contains(person),
                // One more sanction may take nothing that another one leaves.
                CutCode::Sanctioned => after.restrained.contains(person),
                _ => false,
            },
        };
        if !rightly {
            faults.push(format!("cut off for nothing: {row:?}"));
        }
    }
    faults
}

/// What no step of a sequence does: administrators come and go, people sign out.
async fn besides(coup: &Coup, step: Step, people: &[UserId], sessions: &[Session]) -> bool {
    let user = people.get(usize::from(step.whom) % people.len()).unwrap().clone();
    match step.by % 12 {
        0 | 1 => {
            let role = if step.how.is_multiple_of(2) { AdminRole::Viewer } else { AdminRole::Moderator };
            let permissions = AdminPermissions::default();
            let grant = GrantAdmin { user, role, expires_at: None, permissions };
            coup.as_host("test").run(grant).await.is_ok()
        }
        2 => coup.as_host("test").run(RevokeAdmin { user }).await.is_ok(),
        3 => {
            let session = sessions.get(usize::from(step.how) % sessions.len()).unwrap();
            let ctx = Ctx { credential: Some(Credential::Session(session.token_hash)), ..Ctx::default() };
            coup.run(&ctx, SignOut).await.is_ok()
        }
        _ => false,
    }
}

fn sequences() -> u16 {
    if std::env::var_os("COUP_LONG").is_some() { 5_000 } else { 200 }
}

#[tokio::test]
async fn whoever_loses_a_right_is_cut_off_and_nobody_else() {
    let mut runner = TestRunner::deterministic();
    let mut met: BTreeMap<CutCode, usize> = BTreeMap::new();
    let mut other_roles = 0;
    for number in 0..sequences() {
        let sequence = commands::sequences(70).new_tree(&mut runner).unwrap().current();
        let store = Arc::new(MemoryStore::new());
        let make = Fixtures::new(number + 1);
        let mut before = Rights::default();
        let mut place = 0;
        let mut sessions: Vec<Session> = Vec::new();
        let mut wrong = Vec::new();
        commands::follow(store.clone(), number, &sequence, async |done| {
            if sessions.is_empty() {
                for person in &done.people {
                    let session =
                        Session { expires_at: make.later() + chrono::TimeDelta::days(9), ..make.session(person) };
                    let changes = Changes::system(SystemPermit::Operator);
                    store.commit(changes.insert(Row::Session(Box::new(session.clone())))).await.unwrap();
                    sessions.push(session);
                }
                // The roles that the administrators were given.
                place = done.coup.revocations_after(0, Limit::MAX).await.unwrap().last().map_or(0, |row| row.seq);
                before = rights(done.coup, &store, &done.people, &done.studies, &sessions).await;
                return;
            }
            for beside in [false, true] {
                if beside && !besides(done.coup, done.step, &done.people, &sessions).await {
                    continue;
                }
                let after = rights(done.coup, &store, &done.people, &done.studies, &sessions).await;
                let told = done.coup.revocations_after(place, Limit::MAX).await.unwrap();
                if done.answer.is_err() && !beside && !told.is_empty() {
                    wrong.push(format!("{:?} was refused and told {told:?}", done.step));
                }
                place = told.last().map_or(place, |row| row.seq);
                for row in &told {
                    *met.entry(row.code).or_default() += 1;
                }
                other_roles += u32::from(done.step.act == Act::SetRole && before.roles != after.roles);
                let faults = faults(&before, &after, &told);
                wrong.extend(
                    faults.iter().map(|fault| format!("{:?}, besides: {beside}: {fault}; told {told:?}", done.step)),
                );
                before = after;
            }
        })
        .await;
        assert!(wrong.is_empty(), "sequence {number}: {wrong:#?}");
    }
    println!("{met:?}, {other_roles} other roles");
    for code in [
        CutCode::Joined,
        CutCode::Kicked,
        CutCode::Left,
        CutCode::RoleChanged,
        CutCode::StudyClosed,
        CutCode::StudyDeleted,
        CutCode::SignedOut,
        CutCode::Sanctioned,
    ] {
        assert!(met.get(&code).is_some_and(|times| *times > 5), "{code} was hardly met: {met:?}");
    }
    assert!(other_roles > 5);
}
