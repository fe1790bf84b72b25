//! A deployment in memory, and who is in it.

use std::sync::Arc;

use coup_core::{
    admin::service::{GrantAdmin, RevokeAdmin},
    audit::{
        entry::LogEntry,
        model::{AuditFilter, SecurityEvent},
    },
    coup::{Builder, Coup, Ctx},
    env::Timestamp,
    error::{Error, StateError},
    id::UserId,
    page::Limit,
    policy::{AdminRole, PeopleRule},
    store::{AuditReads as _, UserReads as _},
    testing::{FixedClock, MemoryStore, SeededIds},
    text::PersonName,
    user::{directory::HostUser, model::AdminPermissions, service::AdoptUser},
};

/// A deployment in memory.
pub(crate) struct House {
    pub(crate) coup: Coup,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) store: Arc<MemoryStore>,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(change: impl FnOnce(Builder) -> Builder) -> Self {
        let start: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
        let clock = Arc::new(FixedClock::at(start));
        let store = Arc::new(MemoryStore::new());
        let builder = Coup::builder(store.clone()).clock(clock.clone()).ids(Arc::new(SeededIds::new(7)));
        Self { coup: change(builder).build(), clock, store }
    }

    pub(crate) async fn person(&self, name: &str) -> Ctx {
        let id = id(name);
        let name = PersonName::parse("name", name).unwrap();
        self.coup.run(&Ctx::default(), AdoptUser { id: id.clone(), user: HostUser::named(name) }).await.unwrap();
        Ctx { ip: Some("192.0.2.7".into()), path: Some("/admin/x".into()), ..Ctx::user(id) }
    }

    /// Somebody whom the host makes an administrator.
    pub(crate) async fn administrator(&self, name: &str, role: AdminRole) -> Ctx {
        let ctx = self.person(name).await;
        self.coup.as_host("set-up").run(grant(name, role)).await.unwrap();
        ctx
    }

    pub(crate) async fn entries(&self) -> Vec<LogEntry> {
        let rows = self.store.audit_rows(&AuditFilter::default(), 0, Limit::MAX).await.unwrap();
        rows.iter().map(|row| LogEntry::new(row, None)).collect()
    }

    pub(crate) async fn events(&self) -> Vec<SecurityEvent> {
        self.store.security_events(Limit::MAX).await.unwrap()
    }

    pub(crate) async fn role(&self, name: &str) -> Option<AdminRole> {
        self.store.person_and_grant(&id(name)).await.unwrap().unwrap().1.map(|grant| grant.role)
    }
}

pub(crate) fn id(text: &str) -> UserId {
    text.parse().unwrap()
}

pub(crate) fn grant(user: &str, role: AdminRole) -> GrantAdmin {
    GrantAdmin { user: id(user), role, expires_at: None, permissions: AdminPermissions::default() }
}

pub(crate) fn revoke(user: &str) -> RevokeAdmin {
    RevokeAdmin { user: id(user) }
}

#[track_caller]
pub(crate) fn state<T: std::fmt::Debug>(answer: Result<T, Error>) -> StateError {
    match answer {
        Err(Error::State(state)) => state,
        other => panic!("expected a state that stands in the way, got {other:?}"),
    }
}

#[track_caller]
pub(crate) fn rule<T: std::fmt::Debug>(answer: Result<T, Error>) -> PeopleRule {
    match answer {
        Err(Error::People(rule)) => rule,
        other => panic!("expected a rule about two people, got {other:?}"),
    }
}
