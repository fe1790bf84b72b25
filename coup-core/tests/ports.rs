//! What crosses the ports: storage that cannot be asked refuses, the clock is read once a decision, a password is looked
//! at once whoever signs in.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{collections::BTreeSet, fs, path::Path, pin::Pin, sync::Arc};

use coup_core::{
    admin::service::{CreateAdmin, GrantAdmin, RevokeAdmin},
    appeal::{
        rules::Ruling,
        service::{CreateAppeal, DecideAppeal},
    },
    audit::{export::ExportFormat, model::AuditFilter},
    changes::{Committed, EventKind},
    chat::{
        model::Stretch,
        service::{DeleteMessage, EditMessage, MarkRead, SendMessage},
    },
    coup::{Command, Coup, Ctx},
    error::Error,
    file::avatar::RemoveAvatar,
    id::{MessageId, StudyId},
    identity::{
        model::{Linking, ProvedIdentity, Provider},
        service::{LinkIdentity, SignInWith, UnlinkIdentity},
    },
    live::service::{OpenTicket, UseTicket},
    member::{
        invite::{CreateInvite, JoinByCode, RevokeInvite},
        pause::PausePosting,
        service::{Approve, Join, Leave, Reinstate, RemoveMember, Request, SetRole, Withdraw},
    },
    moderation::{
        content::RemoveMessage,
        decide::{Decision, ProcessReport},
        model::{CaseEntryType, CaseFilter, ReportTarget, ReportType},
        report::CreateReport,
        service::{AddToReport, AssignReport, HandUpReport, ReleaseReport},
    },
    notification::{
        model::NotificationFilter,
        service::{ReadAllNotifications, ReadNotification, RemoveNotification},
    },
    page::Limit,
    policy::{AdminRole, Language, StudyRole},
    sanction::{
        model::Measure,
        service::{Impose, LiftSanction, Unsuspend},
    },
    second_factor::{
        entry::CompleteSignIn,
        host::RemoveSecondFactor,
        service::{BeginSecondFactor, ConfirmSecondFactor, NewRecoveryCodes, TurnOffSecondFactor},
    },
    settings::service::UpdateSettings,
    store::{Standing, StoreError},
    study::{
        model::Browse,
        service::{CloseStudy, DeleteStudy, ReopenStudy, RotateInviteCode, StudyFields},
    },
    testing::{
        MemoryBlobs,
        fixtures::{Fixtures, START},
        mocks::{MockClock, MockIds, MockPasswords, MockStore},
    },
    text::{AppealText, Email, MessageText, Note, PersonName, Words},
    user::{
        age::{RecordConsent, SetAgeBand},
        deletion::{DeleteAccount, DeleteUser},
        directory::HostUser,
        model::{AdminPermissions, AgeBand, PasswordHash},
        password::{ChangePassword, Confirm, Proof},
        reset::{ConfirmReset, IssueResetCode, RequestReset},
        service::{AdoptUser, SignIn, SignOut, SignUp, UpdateProfile},
        session::{EndSession, SignOutEverywhere},
        sign_up::Verify,
    },
};
use secrecy::SecretString;

type Asked<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;
type Ask = fn(&Coup) -> Asked<'_>;

const ID: &str = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57";

fn study() -> StudyId {
    ID.parse().unwrap()
}

fn message() -> MessageId {
    ID.parse().unwrap()
}

fn words() -> Words {
    Words::parse("words", "규칙을 어겼어요").unwrap()
}

fn ctx() -> Ctx {
    Ctx::user("학생-17".parse().unwrap())
}

fn run<'a, C: Command + 'a>(coup: &'a Coup, command: C) -> Asked<'a> {
    Box::pin(async move { coup.run(&ctx(), command).await.map(drop) })
}

fn email() -> Email {
    Email::parse("email", "kim@school.kr").unwrap()
}

fn sign_up() -> SignUp {
    SignUp::parse("kim@school.kr", SecretString::from("파란 하늘 아래 두 사람"), "김민준").unwrap()
}

fn proved() -> ProvedIdentity {
    let email = Some((Email::parse("email", "kim@school.kr").unwrap(), true));
    ProvedIdentity { issuer: "https://accounts.google.com".into(), subject: "1".into(), email, names: Vec::new() }
}

fn fields() -> StudyFields {
    StudyFields {
        name: Some("아침 수학".into()),
        description: Some("매일 한 문제".into()),
        category: Some("수학".into()),
        ..StudyFields::default()
    }
}

/// Every use case that writes, by the name of its type.
const COMMANDS: [(&str, Ask); 69] = [
    ("SignUp", |coup| run(coup, sign_up())),
    ("SignIn", |coup| {
        run(coup, SignIn { email: "kim@school.kr".into(), password: SecretString::from("guess"), code: None })
    }),
    ("CompleteSignIn", |coup| {
        run(coup, CompleteSignIn { halfway: Some(SecretString::from("token")), code: "000000".into() })
    }),
    ("BeginSecondFactor", |coup| run(coup, BeginSecondFactor)),
    ("ConfirmSecondFactor", |coup| run(coup, ConfirmSecondFactor { code: "000000".into() })),
    ("NewRecoveryCodes", |coup| run(coup, NewRecoveryCodes)),
    ("TurnOffSecondFactor", |coup| run(coup, TurnOffSecondFactor)),
    ("RemoveSecondFactor", |coup| {
        let command = RemoveSecondFactor { user: "17".parse().unwrap() };
        Box::pin(async { coup.as_host("test").run(command).await.map(drop) })
    }),
    ("IssueResetCode", |coup| {
        let command = IssueResetCode { email: email() };
        Box::pin(async { coup.as_host("test").run(command).await.map(drop) })
    }),
    ("SignInWith", |coup| run(coup, SignInWith { provider: Provider::Google, proved: proved() })),
    ("LinkIdentity", |coup| {
        let linking = Linking { user: "학생-17".parse().unwrap(), session: None };
        run(coup, LinkIdentity { provider: Provider::Google, proved: proved(), linking })
    }),
    ("UnlinkIdentity", |coup| run(coup, UnlinkIdentity(Provider::Github))),
    ("SignOut", |coup| run(coup, SignOut)),
    ("SignOutEverywhere", |coup| run(coup, SignOutEverywhere)),
    ("EndSession", |coup| run(coup, EndSession(ID.parse().unwrap()))),
    ("ChangePassword", |coup| {
        run(coup, ChangePassword { current: SecretString::from("guess"), new: SecretString::from("zanzibar-otter-3") })
    }),
    ("Confirm", |coup| run(coup, Confirm(Proof::Password(SecretString::from("guess"))))),
    ("Verify", |coup| run(coup, Verify { email: email(), code: "code".into(), password: SecretString::from("guess") })),
    ("RequestReset", |coup| run(coup, RequestReset { email: email(), language: Language::Ko })),
    ("ConfirmReset", |coup| {
        run(
            coup,
            ConfirmReset { email: email(), code: "code".into(), password: SecretString::from("zanzibar-otter-3") },
        )
    }),
    ("UpdateProfile", |coup| run(coup, UpdateProfile::default())),
    ("RemoveAvatar", |coup| run(coup, RemoveAvatar)),
    ("DeleteAccount", |coup| run(coup, DeleteAccount)),
    ("DeleteUser", |coup| {
        let command = DeleteUser { user: "17".parse().unwrap(), close_studies: true };
        Box::pin(async { coup.as_host("test").run(command).await })
    }),
    ("CreateAdmin", |coup| {
        let command = CreateAdmin { account: sign_up(), role: AdminRole::SuperAdmin };
        Box::pin(async { coup.as_host("test").run(command).await.map(drop) })
    }),
    ("AdoptUser", |coup| {
        let name = PersonName::parse("name", "김민준").unwrap();
        run(coup, AdoptUser { id: "17".parse().unwrap(), user: HostUser::named(name) })
    }),
    ("SetAgeBand", |coup| {
        let command = SetAgeBand { user: "17".parse().unwrap(), band: Some(AgeBand::Under14) };
        Box::pin(async { coup.as_host("test").run(command).await.map(drop) })
    }),
    ("RecordConsent", |coup| {
        let command = RecordConsent { user: "17".parse().unwrap(), given: true };
        Box::pin(async { coup.as_host("test").run(command).await.map(drop) })
    }),
    ("GrantAdmin", |coup| {
        let permissions = AdminPermissions::default();
        run(coup, GrantAdmin { user: "17".parse().unwrap(), role: AdminRole::Viewer, expires_at: None, permissions })
    }),
    ("RevokeAdmin", |coup| run(coup, RevokeAdmin { user: "17".parse().unwrap() })),
    ("UpdateSettings", |coup| run(coup, UpdateSettings::default())),
    ("CreateStudy", |coup| run(coup, fields().create().unwrap())),
    ("UpdateStudy", |coup| run(coup, fields().edit(study()).unwrap())),
    ("DeleteStudy", |coup| run(coup, DeleteStudy(study()))),
    ("CloseStudy", |coup| run(coup, CloseStudy(study()))),
    ("ReopenStudy", |coup| run(coup, ReopenStudy(study()))),
    ("RotateInviteCode", |coup| run(coup, RotateInviteCode(study()))),
    ("Join", |coup| run(coup, Join { study: study(), request: Request::default() })),
    ("Withdraw", |coup| run(coup, Withdraw(study()))),
    ("Leave", |coup| run(coup, Leave(study()))),
    ("Approve", |coup| run(coup, Approve { study: study(), user: "17".parse().unwrap() })),
    ("RemoveMember", |coup| run(coup, RemoveMember { study: study(), user: "17".parse().unwrap(), reason: None })),
    ("Reinstate", |coup| run(coup, Reinstate { study: study(), user: "17".parse().unwrap() })),
    ("SetRole", |coup| run(coup, SetRole { study: study(), user: "17".parse().unwrap(), role: StudyRole::Admin })),
    ("CreateInvite", |coup| run(coup, CreateInvite { study: study(), expires_at: None, max_uses: None })),
    ("RevokeInvite", |coup| run(coup, RevokeInvite { study: study(), code: "code".into() })),
    ("JoinByCode", |coup| run(coup, JoinByCode("code".into()))),
    ("SendMessage", |coup| run(coup, SendMessage::parse(study(), "안녕하세요", None, None).unwrap())),
    ("EditMessage", |coup| {
        let content = MessageText::parse("content", "안녕").unwrap();
        run(coup, EditMessage { study: study(), message: message(), content })
    }),
    ("DeleteMessage", |coup| run(coup, DeleteMessage { study: study(), message: message() })),
    ("MarkRead", |coup| run(coup, MarkRead { study: study(), seq: 1 })),
    ("OpenTicket", |coup| run(coup, OpenTicket)),
    ("PausePosting", |coup| run(coup, PausePosting { study: study(), user: "17".parse().unwrap(), until: None })),
    ("CreateReport", |coup| {
        let target = ReportTarget::User("17".parse().unwrap());
        run(coup, CreateReport::parse(target, ReportType::Safety, "", &[]).unwrap())
    }),
    ("AssignReport", |coup| run(coup, AssignReport { report: ID.parse().unwrap(), admin: None })),
    ("ReleaseReport", |coup| run(coup, ReleaseReport { report: ID.parse().unwrap() })),
    ("HandUpReport", |coup| run(coup, HandUpReport { report: ID.parse().unwrap(), note: None })),
    ("AddToReport", |coup| {
        let (kind, text) = (CaseEntryType::Note, Note::parse("text", "메모").unwrap());
        run(coup, AddToReport { report: ID.parse().unwrap(), kind, text, links: Vec::new() })
    }),
    ("ProcessReport", |coup| {
        let decision = Decision::Reject { words: words() };
        run(coup, ProcessReport { report: ID.parse().unwrap(), decision, note: None })
    }),
    ("RemoveMessage", |coup| run(coup, RemoveMessage { message: message(), reason: words() })),
    ("Impose", |coup| {
        let (measure, reason) = (Measure::WARNING, words());
        run(coup, Impose { user: "17".parse().unwrap(), measure, reason, notify: true })
    }),
    ("LiftSanction", |coup| {
        run(coup, LiftSanction { sanction: ID.parse().unwrap(), reason: words(), mistaken: false })
    }),
    ("Unsuspend", |coup| run(coup, Unsuspend { user: "17".parse().unwrap(), reason: words() })),
    ("ReadNotification", |coup| run(coup, ReadNotification(ID.parse().unwrap()))),
    ("ReadAllNotifications", |coup| run(coup, ReadAllNotifications)),
    ("RemoveNotification", |coup| run(coup, RemoveNotification(ID.parse().unwrap()))),
    ("CreateAppeal", |coup| {
        let text = AppealText::parse("text", "억울해요").unwrap();
        run(coup, CreateAppeal { sanction: ID.parse().unwrap(), text })
    }),
    ("DecideAppeal", |coup| {
        run(coup, DecideAppeal { appeal: ID.parse().unwrap(), ruling: Ruling::Uphold, words: words() })
    }),
    ("UseTicket", |coup| run(coup, UseTicket { ticket: SecretString::from("ticket") })),
];

/// Every read.
const READS: [(&str, Ask); 49] = [
    ("me", |coup| Box::pin(async { coup.me(&ctx()).await.map(drop) })),
    ("account", |coup| Box::pin(async { coup.account(&ctx()).await.map(drop) })),
    ("avatar", |coup| Box::pin(async { coup.avatar(&ctx(), ID.parse().unwrap()).await.map(drop) })),
    ("set_avatar", |coup| {
        let made = async { Err(Error::Internal("it was not asked whether one may".into())) };
        Box::pin(async { coup.set_avatar(&ctx(), made, |_| String::new()).await.map(drop) })
    }),
    ("own_sessions", |coup| Box::pin(async { coup.own_sessions(&ctx()).await.map(drop) })),
    ("export_account", |coup| Box::pin(async { coup.export_account(&ctx()).await.map(drop) })),
    ("before_deletion", |coup| Box::pin(async { coup.before_deletion(&ctx()).await.map(drop) })),
    ("identities", |coup| Box::pin(async { coup.identities(&ctx()).await.map(drop) })),
    ("me_with_identities", |coup| Box::pin(async { coup.me_with_identities(&ctx()).await.map(drop) })),
    ("second_factor", |coup| Box::pin(async { coup.second_factor(&ctx()).await.map(drop) })),
    ("me_with_second_factor", |coup| Box::pin(async { coup.me_with_second_factor(&ctx()).await.map(drop) })),
    ("second_factor_setup", |coup| Box::pin(async { coup.second_factor_setup(&ctx()).await.map(drop) })),
    ("has_super_admin", |coup| Box::pin(async { coup.has_super_admin().await.map(drop) })),
    ("browse_studies", |coup| {
        Box::pin(async { coup.browse_studies(&ctx(), &Browse::default(), None, Limit::DEFAULT).await.map(drop) })
    }),
    ("study", |coup| Box::pin(async { coup.study(&ctx(), study()).await.map(drop) })),
    ("study_file", |coup| Box::pin(async { coup.study_file(&ctx(), study()).await.map(drop) })),
    ("own_studies", |coup| Box::pin(async { coup.own_studies(&ctx(), None, Limit::DEFAULT).await.map(drop) })),
    ("members", |coup| Box::pin(async { coup.members(&ctx(), study(), None, Limit::DEFAULT).await.map(drop) })),
    ("requests", |coup| Box::pin(async { coup.requests(&ctx(), study(), None, Limit::DEFAULT).await.map(drop) })),
    ("kicked_members", |coup| {
        Box::pin(async { coup.kicked_members(&ctx(), study(), None, Limit::DEFAULT).await.map(drop) })
    }),
    ("invites", |coup| Box::pin(async { coup.invites(&ctx(), study(), None, Limit::DEFAULT).await.map(drop) })),
    ("administrators", |coup| Box::pin(async { coup.administrators(&ctx(), None, Limit::DEFAULT).await.map(drop) })),
    ("all_settings", |coup| Box::pin(async { coup.all_settings(&ctx()).await.map(drop) })),
    ("audit_log", |coup| {
        Box::pin(async { coup.audit_log(&ctx(), &AuditFilter::default(), None, Limit::DEFAULT).await.map(drop) })
    }),
    ("export_audit", |coup| {
        let filter = AuditFilter::default();
        Box::pin(async move { coup.export_audit(&ctx(), &filter, ExportFormat::Csv).await.map(drop) })
    }),
    ("verify_audit", |coup| Box::pin(async { coup.verify_audit(&ctx(), None).await.map(drop) })),
    ("invited", |coup| Box::pin(async { coup.invited(&ctx(), "code").await.map(drop) })),
    ("preview_invite", |coup| Box::pin(async { coup.preview_invite(&ctx(), "code").await.map(drop) })),
    ("messages", |coup| {
        Box::pin(async { coup.messages(&ctx(), study(), Stretch::Latest, None, Limit::MESSAGES).await.map(drop) })
    }),
    ("attend", |coup| Box::pin(async { coup.attend(&ctx()).await.map(drop) })),
    ("hear", |coup| Box::pin(async { coup.hear(&ctx(), study()).await.map(drop) })),
    ("hear_all", |coup| Box::pin(async { coup.hear_all(&ctx()).await.map(drop) })),
    ("may_be_told", |coup| {
        let data = serde_json::json!({ "studyId": ID });
        Box::pin(async move { coup.may_be_told(&ctx(), EventKind::MemberRequested, &data).await.map(drop) })
    }),
    ("own_reports", |coup| Box::pin(async { coup.own_reports(&ctx(), None, Limit::DEFAULT).await.map(drop) })),
    ("reports", |coup| {
        Box::pin(async { coup.reports(&ctx(), &CaseFilter::default(), None, Limit::DEFAULT).await.map(drop) })
    }),
    ("report", |coup| Box::pin(async { coup.report(&ctx(), ID.parse().unwrap()).await.map(drop) })),
    ("report_statistics", |coup| {
        Box::pin(async { coup.report_statistics(&ctx(), START, START, chrono_tz::Asia::Seoul).await.map(drop) })
    }),
    ("message_context", |coup| {
        Box::pin(async { coup.message_context(&ctx(), message(), Limit::DEFAULT).await.map(drop) })
    }),
    ("own_sanctions", |coup| Box::pin(async { coup.own_sanctions(&ctx()).await.map(drop) })),
    ("own_appeals", |coup| Box::pin(async { coup.own_appeals(&ctx()).await.map(drop) })),
    ("notifications", |coup| {
        let all = NotificationFilter::default();
        Box::pin(async move { coup.notifications(&ctx(), all, None, Limit::DEFAULT).await.map(drop) })
    }),
    ("notification", |coup| Box::pin(async { coup.notification(&ctx(), ID.parse().unwrap()).await.map(drop) })),
    ("unread_notifications", |coup| Box::pin(async { coup.unread_notifications(&ctx()).await.map(drop) })),
    ("sanction_history", |coup| {
        Box::pin(async { coup.sanction_history(&ctx(), &"17".parse().unwrap()).await.map(drop) })
    }),
    ("user_detail", |coup| Box::pin(async { coup.user_detail(&ctx(), &"17".parse().unwrap()).await.map(drop) })),
    ("appeals", |coup| Box::pin(async { coup.appeals(&ctx(), None, None, Limit::DEFAULT).await.map(drop) })),
    ("appeal", |coup| Box::pin(async { coup.appeal(&ctx(), ID.parse().unwrap()).await.map(drop) })),
    ("typing", |coup| Box::pin(async { coup.typing(&ctx(), study(), true).await.map(drop) })),
    ("read_marks", |coup| Box::pin(async { coup.read_marks(&ctx(), study(), None, Limit::DEFAULT).await.map(drop) })),
];

/// A clock that must be read exactly so often.
fn clock(times: usize) -> Arc<MockClock> {
    let mut clock = MockClock::new();
    clock.expect_now().times(times).return_const(START);
    Arc::new(clock)
}

/// Hashing that must not be asked for.
fn untouched_passwords() -> Arc<MockPasswords> {
    Arc::new(MockPasswords::new())
}

fn unavailable<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::Store(StoreError::Unavailable(_))))
}

/// What asks nobody's permission by itself: reads within a study that was asked for before, the background's work, verifying,
/// which the operator does, the content of a file that was asked for before, what a node reads to tell those who were asked for before, and a mark on a page that was asked for.
const NOT_ASKED: [&str; 13] = [
    "content",
    "next",
    "members_in",
    "invites_in",
    "tick",
    "run_background",
    "verify",
    "heads",
    "events_after",
    "revocation_head",
    "revocations_after",
    "load_settings",
    "unread_mark",
];

/// Parts of `set_avatar`.
const PARTS: [&str; 2] = ["ReserveAvatar", "SetAvatar"];

/// What the sources name, so that nobody forgets to add theirs here.
fn named(start: &str) -> BTreeSet<String> {
    let areas = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut names = BTreeSet::new();
    for area in fs::read_dir(areas).unwrap() {
        for file in [
            "service.rs",
            "invite.rs",
            "pause.rs",
            "report.rs",
            "decide.rs",
            "content.rs",
            "detail.rs",
            "age.rs",
            "deletion.rs",
            "export.rs",
            "session.rs",
            "avatar.rs",
            "sign_up.rs",
            "sign_in.rs",
            "password.rs",
            "reset.rs",
            "entry.rs",
            "host.rs",
        ] {
            let text = fs::read_to_string(area.as_ref().unwrap().path().join(file)).unwrap_or_default();
            let found = text.lines().filter_map(|line| line.trim().strip_prefix(start));
            names.extend(found.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()));
        }
    }
    names
}

fn names(cases: &[(&str, Ask)]) -> BTreeSet<String> {
    cases.iter().map(|(name, _)| (*name).to_owned()).collect()
}

#[test]
fn every_use_case_is_tried_here() {
    let mut commands = named("impl Command for ");
    commands.retain(|name| !PARTS.contains(&name.as_str()));
    assert_eq!(names(&COMMANDS), commands);
    let mut reads = named("pub async fn ");
    for name in NOT_ASKED {
        assert!(reads.remove(name), "{name} is there no more");
    }
    assert_eq!(names(&READS), reads);
}

#[tokio::test]
async fn storage_that_cannot_be_asked_refuses_every_use_case_and_nothing_is_written() {
    for (name, ask) in COMMANDS.into_iter().chain(READS) {
        let mut store = MockStore::unavailable();
        store.expect_commit().never();
        let coup = Coup::builder(Arc::new(store)).passwords(untouched_passwords()).blobs(blobs()).build();
        assert!(unavailable(&ask(&coup).await), "{name}");
    }
}

#[tokio::test]
async fn the_clock_is_read_once_a_decision() {
    for (_, ask) in COMMANDS.into_iter().chain(READS) {
        let coup = Coup::builder(Arc::new(MockStore::unavailable()))
            .clock(clock(1))
            .passwords(untouched_passwords())
            .blobs(blobs())
            .build();
        assert!(unavailable(&ask(&coup).await));
        // The mock counts when it is dropped, and fails the test if it was another number.
        drop(coup);
    }
}

fn blobs() -> Arc<MemoryBlobs> {
    Arc::new(MemoryBlobs::default())
}

/// A store that knows one person, and answers a commit with `answer`, exactly so many times.
fn knowing(times: usize, answer: fn() -> Result<Committed, StoreError>) -> MockStore {
    let user = Fixtures::new(1).user("김민준");
    let mut store = MockStore::new();
    store.expect_standing().returning(move |_, _| {
        Ok(Some(Standing {
            user: user.clone(),
            session: None,
            admin: None,
            has_second_factor: false,
            sanctions: Vec::new(),
            study: None,
        }))
    });
    store.expect_commit().times(times).returning(move |_| answer());
    store
}

#[tokio::test]
async fn what_could_not_be_written_is_no_success_and_not_tried_again() {
    let store = knowing(1, || Err(StoreError::Unavailable("disk full".into())));
    let coup = Coup::builder(Arc::new(store)).clock(clock(1)).build();
    assert!(unavailable(&coup.run(&ctx(), UpdateProfile::default()).await));
}

#[tokio::test]
async fn a_lost_race_is_decided_anew_each_time_at_its_own_instant_and_given_up_after_four() {
    let store = knowing(4, || Err(StoreError::Conflict));
    let coup = Coup::builder(Arc::new(store)).clock(clock(4)).build();
    let lost = coup.run(&ctx(), UpdateProfile::default()).await;
    assert!(matches!(lost, Err(Error::Store(StoreError::Conflict))), "{lost:?}");
}

#[tokio::test]
async fn a_password_is_looked_at_once_whether_or_not_there_is_an_account() {
    for known in [true, false] {
        let user = known.then(|| Fixtures::new(1).user("김민준"));
        let hash = user.as_ref().and_then(|user| user.password.clone());
        let mut store = MockStore::new();
        store.expect_user_by_email().times(1).returning(move |_| Ok(user.clone()));
        // It is counted before it is looked at.
        store.expect_attempts().times(1).returning(|_| Ok(None));
        store.expect_commit().times(1).returning(|_| Ok(Committed::default()));
        let mut passwords = MockPasswords::new();
        passwords.expect_verify().times(1).withf(move |_, given| *given == hash).returning(|_, _| Ok(false));
        let coup = Coup::builder(Arc::new(store)).passwords(Arc::new(passwords)).build();
        let command = SignIn { email: "kim@school.kr".into(), password: SecretString::from("guess"), code: None };
        assert!(matches!(coup.run(&Ctx::default(), command).await, Err(Error::WrongCredentials)));
    }
}

#[tokio::test]
async fn an_account_gets_its_identifiers_at_the_instant_of_the_decision_and_its_secrets_fresh() {
    let mut store = MockStore::new();
    store.expect_user_by_email().returning(|_| Ok(None));
    store.expect_commit().times(1).returning(|_| Ok(Committed::default()));
    let mut ids = MockIds::new();
    // The account's and the session's; the salt, the session's token and the browser's.
    ids.expect_uuid().times(2).withf(|now| *now == START).returning(|_| ID.parse().unwrap());
    ids.expect_fill().times(1).withf(|bytes| bytes.len() == 16).returning(|salt| salt.fill(7));
    ids.expect_fill().times(2).withf(|bytes| bytes.len() == 32).returning(|token| token.fill(8));
    let mut passwords = MockPasswords::new();
    let hashed = || Ok(PasswordHash::new("hash".into()));
    passwords.expect_hash().times(1).withf(|_, salt| *salt == [7; 16]).returning(move |_, _| hashed());
    let coup = Coup::builder(Arc::new(store)).clock(clock(1)).ids(Arc::new(ids)).passwords(Arc::new(passwords)).build();
    let signed_in = coup.run(&Ctx::default(), sign_up()).await.unwrap().signed_in().unwrap();
    assert_eq!(signed_in.user.created_at, START);
}
