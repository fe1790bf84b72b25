//! A deployment in memory, who is in it, and what they do.

use std::sync::Arc;

use chrono::TimeDelta;
use coup_core::{
    admin::service::GrantAdmin,
    audit::{entry::LogEntry, model::AuditFilter},
    chat::service::SendMessage,
    coup::{Builder, Command, Coup, Ctx},
    env::{Clock as _, Timestamp},
    error::{Error, StateError},
    id::{MessageId, ReportId, StudyId, UserId},
    member::service::{Join, Request},
    moderation::{
        decide::{Decision, ProcessReport},
        model::{ReportTarget, ReportType},
        report::CreateReport,
    },
    notification::model::{Notification, NotificationEvent, NotificationFilter},
    page::Limit,
    policy::{AdminRole, SanctionType},
    sanction::{
        model::{Days, Length, Measure},
        service::Impose,
        view::SanctionView,
    },
    store::{AuditReads as _, NotificationReads as _},
    study::service::StudyFields,
    testing::{Counting, FixedClock, MemoryStore, SeededIds},
    text::{Note, PersonName, Words},
    user::{directory::HostUser, model::AdminPermissions, service::AdoptUser},
};

/// A study of `owner` with minjun and seoyeon, and an administrator of each rank.
pub(crate) struct House {
    pub(crate) coup: Coup,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) store: Arc<Counting<MemoryStore>>,
    pub(crate) study: StudyId,
}

pub(crate) fn id(text: &str) -> UserId {
    text.parse().unwrap()
}

pub(crate) fn ctx(name: &str) -> Ctx {
    Ctx { ip: Some("192.0.2.7".into()), path: Some("/admin/x".into()), ..Ctx::user(id(name)) }
}

pub(crate) fn words(text: &str) -> Words {
    Words::parse("words", text).unwrap()
}

pub(crate) fn note(text: &str) -> Note {
    Note::parse("note", text).unwrap()
}

pub(crate) fn measure(kind: SanctionType, days: i64) -> Measure {
    let length = (days > 0).then(|| Length::Days(Days::new("duration", days).unwrap()));
    Measure::new(kind, length).unwrap()
}

pub(crate) fn approve(report: ReportId) -> ProcessReport {
    let decision = Decision::Approve { words: words("규칙을 어겼어요"), measure: None, notify: true };
    ProcessReport { report, decision, note: None }
}

pub(crate) fn approve_with(report: ReportId, measure: Measure) -> ProcessReport {
    let decision = Decision::Approve { words: words("규칙을 어겼어요"), measure: Some(measure), notify: true };
    ProcessReport { report, decision, note: None }
}

pub(crate) fn reject(report: ReportId) -> ProcessReport {
    ProcessReport { report, decision: Decision::Reject { words: words("문제가 없어요") }, note: None }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(change: impl FnOnce(Builder) -> Builder) -> Self {
        let start: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
        let clock = Arc::new(FixedClock::at(start));
        let store = Arc::new(Counting::new(MemoryStore::new()));
        let builder = Coup::builder(store.clone()).clock(clock.clone()).ids(Arc::new(SeededIds::new(7)));
        let study = StudyId::from_uuid(uuid::Uuid::nil());
        let mut house = Self { coup: change(builder).build(), clock, store, study };
        for name in ["owner", "minjun", "seoyeon", "jiho", "outsider"] {
            house.person(name).await;
        }
        for (name, role) in [
            ("viewer", AdminRole::Viewer),
            ("mod", AdminRole::Moderator),
            ("mod2", AdminRole::Moderator),
            ("admin", AdminRole::Admin),
            ("root", AdminRole::SuperAdmin),
        ] {
            house.person(name).await;
            house.grant(name, role).await;
        }
        house.study = house.found("owner", true).await;
        for name in ["minjun", "seoyeon", "jiho"] {
            house.join(name, house.study).await;
        }
        house
    }

    pub(crate) async fn person(&self, name: &str) {
        let user = HostUser::named(PersonName::parse("name", name).unwrap());
        self.coup.run(&Ctx::default(), AdoptUser { id: id(name), user }).await.unwrap();
    }

    pub(crate) async fn grant(&self, name: &str, role: AdminRole) {
        let permissions = AdminPermissions::default();
        let grant = GrantAdmin { user: id(name), role, expires_at: None, permissions };
        self.coup.as_host("set-up").run(grant).await.unwrap();
    }

    pub(crate) async fn found(&self, owner: &str, is_public: bool) -> StudyId {
        let fields = StudyFields {
            name: Some("아침 수학".into()),
            description: Some("매일 한 문제".into()),
            category: Some("수학".into()),
            is_public: Some(is_public),
            ..StudyFields::default()
        };
        self.done(owner, fields.create().unwrap()).await.study.id
    }

    pub(crate) async fn join(&self, name: &str, study: StudyId) {
        self.done(name, Join { study, request: Request::default() }).await;
    }

    pub(crate) async fn say(&self, name: &str, text: &str) -> MessageId {
        self.done(name, SendMessage::parse(self.study, text, None, None).unwrap()).await.id
    }

    pub(crate) fn pass(&self, time: TimeDelta) -> Timestamp {
        self.clock.advance(time)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets the jobs run that are due.
    pub(crate) async fn work(&self) {
        loop {
            let ticked = self.coup.tick().await.unwrap();
            assert_eq!(ticked.failed, 0);
            if ticked.done == 0 && !ticked.more {
                return;
            }
        }
    }

    pub(crate) async fn run<C: Command>(&self, name: &str, command: C) -> Result<C::Output, Error> {
        self.coup.run(&ctx(name), command).await
    }

    pub(crate) async fn done<C: Command>(&self, name: &str, command: C) -> C::Output {
        self.run(name, command).await.unwrap_or_else(|error| panic!("{name} is refused: {error:?}"))
    }

    /// The code of what it is refused for.
    pub(crate) async fn refused<C: Command>(&self, name: &str, command: C) -> &'static str {
        match self.run(name, command).await {
            Ok(_) => panic!("{name} is not refused"),
            Err(error) => error.code(),
        }
    }

    pub(crate) async fn report(&self, name: &str, target: &str, kind: ReportType) -> ReportId {
        let command = CreateReport::parse(ReportTarget::User(id(target)), kind, "불편해요", &[]).unwrap();
        self.done(name, command).await.id
    }

    pub(crate) async fn sanction(&self, name: &str, target: &str, measure: Measure) -> SanctionView {
        let command = Impose { user: id(target), measure, reason: words("도배했어요"), notify: true };
        self.done(name, command).await
    }

    pub(crate) async fn told(&self, name: &str) -> Vec<Notification> {
        self.store.notifications(&id(name), NotificationFilter::default(), None, Limit::MAX).await.unwrap()
    }

    pub(crate) async fn told_kinds(&self, name: &str) -> Vec<NotificationEvent> {
        self.told(name).await.into_iter().map(|one| one.event).collect()
    }

    /// The newest entries of the audit log, the newest last.
    pub(crate) async fn log(&self, most: usize) -> Vec<LogEntry> {
        let rows = self.store.audit_rows(&AuditFilter::default(), 0, Limit::BATCH).await.unwrap();
        rows.iter().skip(rows.len().saturating_sub(most)).map(|row| LogEntry::new(row, None)).collect()
    }
}

#[track_caller]
pub(crate) fn state<T: std::fmt::Debug>(answer: Result<T, Error>) -> StateError {
    match answer {
        Err(Error::State(state)) => state,
        other => panic!("expected a state that stands in the way, got {other:?}"),
    }
}
