//! People, sessions and studies, and what the bus tells.

use std::sync::{Arc, Mutex};

use coup_core::{
    changes::{Changes, Row, SystemPermit},
    coup::{Builder, Command, Coup, Ctx},
    env::{Clock as _, Timestamp},
    error::Error,
    id::{SanctionId, SessionId, StudyId, UserId},
    live::{
        bus::{Bus as _, Ear, LocalBus, News},
        model::{CutCode, Revoked},
    },
    member::{
        model::MemberStatus,
        service::{Join, Request},
    },
    page::Limit,
    policy::SanctionType,
    sanction::model::Sanction,
    store::{Credential, LiveReads as _, Store as _},
    study::service::StudyFields,
    testing::{MemoryStore, SeededIds, fixtures::Fixtures},
    text::PersonName,
    user::{directory::HostUser, service::AdoptUser},
};

/// What came, in its order.
#[derive(Default)]
pub(crate) struct Heard(Mutex<Vec<News>>);

impl Ear for Heard {
    fn hear(&self, news: &News) {
        self.0.lock().unwrap().push(news.clone());
    }
}

impl Heard {
    /// What came since it was last asked.
    pub(crate) fn take(&self) -> Vec<News> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A whole of a deployment.
pub(crate) struct House {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) coup: Coup,
    pub(crate) make: Fixtures,
    pub(crate) heard: Arc<Heard>,
}

/// A revocation without its place and time.
pub(crate) type Cut = (Revoked, CutCode, Option<Timestamp>);

impl House {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(settings: impl FnOnce(Builder) -> Builder) -> Self {
        let (store, make, bus) = (Arc::new(MemoryStore::new()), Fixtures::new(1), Arc::new(LocalBus::new()));
        let heard = Arc::new(Heard::default());
        let ear: Arc<dyn Ear> = heard.clone();
        bus.attach(Arc::downgrade(&ear));
        let builder =
            Coup::builder(store.clone()).clock(Arc::new(make.clock.clone())).ids(Arc::new(SeededIds::new(2))).bus(bus);
        Self { coup: settings(builder).build(), store, make, heard }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.make.clock.now()
    }

    pub(crate) async fn person(&self, id: &str) -> Ctx {
        let name = PersonName::parse("name", id).unwrap();
        let known = AdoptUser { id: user(id), user: HostUser::named(name) };
        self.coup.run(&Ctx::default(), known).await.unwrap();
        Ctx::user(user(id))
    }

    /// The person with a session of twelve hours.
    pub(crate) async fn session(&self, id: &str) -> (SessionId, Ctx) {
        let session = self.make.session(&user(id));
        let ctx = Ctx { credential: Some(Credential::Session(session.token_hash)), ..Ctx::default() };
        let id = session.id;
        self.put(Row::Session(Box::new(session))).await;
        (id, ctx)
    }

    pub(crate) async fn put(&self, row: Row) {
        self.store.commit(Changes::system(SystemPermit::Operator).insert(row)).await.unwrap();
    }

    pub(crate) fn sanction(&self, of: &str, kind: SanctionType, expires_at: Option<Timestamp>) -> Row {
        Row::Sanction(Box::new(Sanction {
            id: self.make.id(SanctionId::from_uuid),
            user_id: user(of),
            admin_id: None,
            kind,
            reason: "도배".into(),
            days: None,
            report_id: None,
            expires_at,
            is_active: true,
            lifted_by: None,
            lift_reason: None,
            lifted_at: None,
            mistaken: false,
            created_at: self.now(),
            version: 0,
        }))
    }

    pub(crate) async fn study(&self, owner: &Ctx, fields: StudyFields) -> StudyId {
        self.coup.run(owner, fields.create().unwrap()).await.unwrap().study.id
    }

    pub(crate) async fn join(&self, who: &Ctx, study: StudyId) -> MemberStatus {
        self.coup.run(who, Join { study, request: Request::default() }).await.unwrap().member.status
    }

    /// Runs it, and answers whose connections it concerns.
    pub(crate) async fn cuts<C: Command>(&self, ctx: &Ctx, command: C) -> Vec<Cut> {
        let before = self.store.revocation_head().await.unwrap();
        self.coup.run(ctx, command).await.unwrap();
        self.cuts_after(before).await
    }

    /// Tries it; whatever it is refused for, nobody's connections are concerned.
    pub(crate) async fn refused<C: Command>(&self, ctx: &Ctx, command: C) -> Error
    where
        C::Output: std::fmt::Debug,
    {
        let before = self.store.revocation_head().await.unwrap();
        let error = self.coup.run(ctx, command).await.unwrap_err();
        assert_eq!(self.cuts_after(before).await, []);
        error
    }

    pub(crate) async fn cuts_after(&self, place: i64) -> Vec<Cut> {
        let rows = self.coup.revocations_after(place, Limit::MAX).await.unwrap();
        rows.into_iter().map(|row| (row.revoked, row.code, row.until)).collect()
    }
}

pub(crate) fn user(id: &str) -> UserId {
    id.parse().unwrap()
}

/// A public study that takes everybody in.
pub(crate) fn open() -> StudyFields {
    StudyFields {
        name: Some("아침 수학".into()),
        description: Some("매일 한 문제".into()),
        category: Some("수학".into()),
        ..StudyFields::default()
    }
}

pub(crate) fn by_request() -> StudyFields {
    StudyFields { auto_approve: Some(false), ..open() }
}
