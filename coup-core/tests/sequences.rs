//! The random sequences reach what they should, and find a store that differs.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

use coup_core::{
    changes::{Changes, Row, SystemPermit},
    store::Store,
    testing::{
        MemoryStore, commands,
        fixtures::Fixtures,
        sequences::{Commit, commits, hold},
    },
};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Reason, TestRunner},
};

/// The same sequences on every run.
fn sequences(how_many: usize, most: usize) -> Result<Vec<Vec<Commit>>, Reason> {
    let mut runner = TestRunner::deterministic();
    (0..how_many).map(|_| commits(most).new_tree(&mut runner).map(|tree| tree.current())).collect()
}

/// What the memory store itself refuses, and why: a sequence that is always refused, or never, would hold nothing.
#[tokio::test]
async fn sequences_are_written_and_refused_for_every_reason() {
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for sequence in sequences(120, 50).unwrap() {
        for answer in hold(&MemoryStore::new(), &MemoryStore::new(), &sequence).await.unwrap() {
            let answer = answer.map_or_else(|error| error, |_| "written".into());
            *met.entry(answer).or_default() += 1;
        }
    }
    for kind in [
        "Conflict",
        "AlreadyExists(UserEmail)",
        "AlreadyExists(InviteCode)",
        "AlreadyExists(Owner)",
        "AlreadyExists(ClientId)",
        "AlreadyExists(Member)",
        "Exhausted(Seats)",
        "Exhausted(InviteUses)",
        "Exhausted(Attempts)",
        "AlreadyExists(OpenCase)",
        "AlreadyExists(Report)",
        "AlreadyExists(Appeal)",
        "AlreadyExists(Identity)",
        "AlreadyExists(IdentityProvider)",
    ] {
        assert!(met.contains_key(kind), "{kind} was never met: {met:?}");
    }
    let all: usize = met.values().sum();
    println!("{met:?}");
    assert!(met["written"] * 2 > all, "most commits should be written: {met:?}");
}

/// What people are told by the memory store: use cases that are always refused, or never, would hold nothing.
#[tokio::test]
async fn use_cases_are_done_and_refused_for_every_reason() {
    let mut runner = TestRunner::deterministic();
    let mut met: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut other: Arc<dyn Store> = Arc::new(MemoryStore::new());
    for number in 0..250 {
        // One store for several, and not for so many that it becomes slow.
        if number % 15 == 0 {
            other = Arc::new(MemoryStore::new());
        }
        let sequence = commands::sequences(80).new_tree(&mut runner).unwrap().current();
        let answers = commands::hold(Arc::new(MemoryStore::new()), other.clone(), number, &sequence).await.unwrap();
        for answer in answers {
            *met.entry(answer.err().unwrap_or("done")).or_default() += 1;
        }
    }
    println!("{met:?}");
    for code in [
        "not_signed_in",
        "not_found",
        "forbidden",
        "invalid_input",
        "owner_stays",
        "study_full",
        "not_recruiting",
        "study_closed",
        "study_open",
        "already_member",
        "already_requested",
        "kicked",
        "not_pending",
        "not_a_member",
        "not_kicked",
        "same_role",
        "invite_spent",
        "edit_too_late",
        "message_deleted",
        "client_id_reused",
        "not_yours",
        "already_reported",
        "case_decided",
        "case_not_taken",
        "sanction_ended",
        "already_appealed",
    ] {
        assert!(met.contains_key(code), "{code} was never met: {met:?}");
    }
    let all: usize = met.values().sum();
    assert!(met["done"] * 5 > all, "a fifth should be done: {met:?}");
    assert!(!met.contains_key("internal") && !met.contains_key("conflict"), "{met:?}");
}

#[tokio::test]
async fn a_store_that_answers_people_differently_is_found() {
    let mut runner = TestRunner::deterministic();
    // A short one: those who read at the end have not all deleted their accounts.
    let sequence = commands::sequences(12).new_tree(&mut runner).unwrap().current();
    let (reference, other): (Arc<dyn Store>, Arc<dyn Store>) =
        (Arc::new(MemoryStore::new()), Arc::new(MemoryStore::new()));
    let make = Fixtures::new(9);
    let owner = make.user("김민준");
    let study = make.study(&owner.id, "여기에만");
    let changes = Changes::system(SystemPermit::Operator)
        .insert(Row::User(Box::new(owner)))
        .insert(Row::Study(Box::new(study.clone())));
    other.commit(changes).await.unwrap();
    let difference = commands::hold(reference, other, 1, &sequence).await.unwrap_err();
    assert!(difference.contains("at the end") && difference.contains("여기에만"), "{difference}");
}

#[tokio::test]
async fn a_store_that_answers_differently_is_found() {
    let other = MemoryStore::new();
    let make = Fixtures::new(9);
    let owner = make.user("김민준");
    let study = make.study(&owner.id, "여기에만");
    let changes = Changes::system(SystemPermit::Operator)
        .insert(Row::User(Box::new(owner)))
        .insert(Row::Study(Box::new(study.clone())));
    other.commit(changes).await.unwrap();
    let sequence = sequences(1, 4).unwrap().remove(0);
    let difference = hold(&MemoryStore::new(), &other, &sequence).await.unwrap_err();
    assert!(difference.contains(&study.id.to_string()), "{difference}");
}

/// Those that the sequences cannot do: they need passwords, secrets that are told once, a place for content, or are how the sequences begin and end.
const BESIDES: [&str; 27] = [
    "ReserveAvatar",
    "SetAvatar",
    "RemoveAvatar",
    "SignUp",
    "SignIn",
    "SignInWith",
    "OpenFlow",
    "TakeFlow",
    "SignOut",
    "CreateAdmin",
    "DeleteUser",
    "OpenTicket",
    "UseTicket",
    "SignOutEverywhere",
    "EndSession",
    "ChangePassword",
    "Confirm",
    "Verify",
    "RequestReset",
    "ConfirmReset",
    "CompleteSignIn",
    "BeginSecondFactor",
    "ConfirmSecondFactor",
    "NewRecoveryCodes",
    "TurnOffSecondFactor",
    "RemoveSecondFactor",
    "IssueResetCode",
];

#[test]
fn every_use_case_is_a_step_of_the_sequences() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut names = BTreeSet::new();
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let text = fs::read_to_string(&entry).unwrap();
                let found = text.lines().filter_map(|line| line.strip_prefix("impl Command for "));
                names.extend(found.filter_map(|line| line.split([' ', '<']).next()).map(str::to_owned));
            }
        }
    }
    assert!(names.len() > 40, "{names:?}");
    let steps =
        ["acts.rs", "desk.rs"].map(|name| fs::read_to_string(source.join("testing/commands").join(name)).unwrap());
    // `fields(…).create()` and `.edit(…)` make these two.
    let made = [("CreateStudy", ".create()"), ("UpdateStudy", ".edit(")];
    let is_step = |name: &str| {
        let made = made.iter().find(|(made, _)| *made == name).map(|(_, by)| (*by).to_owned());
        let wanted = made.map_or_else(
            || vec![format!("{name} {{"), format!("{name}("), format!("({name})"), format!("{name}::parse")],
            |by| vec![by],
        );
        steps.iter().any(|text| wanted.iter().any(|wanted| text.contains(wanted)))
    };
    let missing: Vec<&String> =
        names.iter().filter(|name| !is_step(name) && !BESIDES.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "no step does {missing:?}");
}
