//! A deployment of any number of nodes over one memory store, and workers as closures.

use std::{future::Future, pin::Pin, sync::Arc};

use async_trait::async_trait;
use coup_core::{
    changes::{Change, Changes, Row, SystemPermit},
    coup::{Builder, Coup, Ctx},
    env::{Clock as _, Timestamp},
    id::{JobId, StudyId, UserId},
    job::{
        model::{Claim, Job, NewJob, Payload},
        worker::{WorkError, Worked, Worker},
    },
    store::{JobReads as _, Store as _, UserReads as _},
    study::service::StudyFields,
    testing::{MemoryStore, SeededIds, fixtures::Fixtures},
    text::PersonName,
    user::{directory::HostUser, model::User, service::AdoptUser},
};
use serde_json::Value;

/// The store, and what all nodes share.
pub(crate) struct House {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) make: Fixtures,
}

impl House {
    pub(crate) fn new() -> Self {
        Self { store: Arc::new(MemoryStore::new()), make: Fixtures::new(1) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.make.clock.now()
    }

    /// A node; each has a number of its own.
    pub(crate) fn node(&self, number: u16) -> Builder {
        Coup::builder(self.store.clone()).clock(Arc::new(self.make.clock.clone())).ids(Arc::new(SeededIds::new(number)))
    }

    /// Asks for a job to be done now.
    pub(crate) async fn ask(&self, kind: &str, payload: Value) -> JobId {
        let id = self.make.id(JobId::from_uuid);
        let now = self.now();
        let job = NewJob { id, kind: kind.into(), payload: Payload::Value(payload), run_at: now, created_at: now };
        self.store.commit(Changes::system(SystemPermit::Jobs).job(job)).await.unwrap();
        id
    }

    pub(crate) async fn job(&self, id: JobId) -> Job {
        self.store.job(id).await.unwrap().unwrap()
    }

    /// As a node does that is never heard of again.
    pub(crate) async fn claim_and_crash(&self, kind: &str, lease_until: Timestamp) -> usize {
        let claim = Claim { kinds: vec![kind.into()], now: self.now(), lease_until, most: 100 };
        let changes = Changes::system(SystemPermit::Jobs).change(Change::ClaimJobs(claim));
        self.store.commit(changes).await.unwrap().jobs.len()
    }

    pub(crate) async fn has_user(&self, id: &str) -> bool {
        self.store.user(&user(id)).await.unwrap().is_some()
    }
}

pub(crate) fn user(id: &str) -> UserId {
    id.parse().unwrap()
}

/// What a piece of work writes: an account.
pub(crate) fn account(id: &str) -> Changes {
    let account = User { id: user(id), email: None, ..Fixtures::new(0).user(id) };
    Changes::system(SystemPermit::Jobs).insert(Row::User(Box::new(account)))
}

pub(crate) async fn person(coup: &Coup, id: &str) -> Ctx {
    let name = PersonName::parse("name", id).unwrap();
    let known = AdoptUser { id: user(id), user: HostUser::named(name) };
    coup.run(&Ctx::default(), known).await.unwrap();
    Ctx::user(user(id))
}

/// A public study that takes everybody in.
pub(crate) async fn study(coup: &Coup, owner: &Ctx) -> StudyId {
    let fields = StudyFields {
        name: Some("아침 수학".into()),
        description: Some("매일 한 문제".into()),
        category: Some("수학".into()),
        ..StudyFields::default()
    };
    coup.run(owner, fields.create().unwrap()).await.unwrap().study.id
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Worked, WorkError>> + Send + 'a>>;

struct Does<F>(&'static str, F);

#[async_trait]
impl<F> Worker for Does<F>
where
    F: for<'a> Fn(&'a Coup, &'a Job) -> Answer<'a> + Send + Sync + 'static,
{
    fn kind(&self) -> &str {
        self.0
    }

    async fn work(&self, coup: &Coup, job: &Job) -> Result<Worked, WorkError> {
        (self.1)(coup, job).await
    }
}

/// A worker that does this.
pub(crate) fn does<F>(kind: &'static str, work: F) -> Arc<dyn Worker>
where
    F: for<'a> Fn(&'a Coup, &'a Job) -> Answer<'a> + Send + Sync + 'static,
{
    Arc::new(Does(kind, work))
}

/// A worker that always fails.
pub(crate) fn fails(kind: &'static str, error: fn() -> WorkError) -> Arc<dyn Worker> {
    does(kind, move |_, _| Box::pin(async move { Err(error()) }))
}

/// A worker that has nothing to do.
pub(crate) fn idles(kind: &'static str) -> Arc<dyn Worker> {
    does(kind, |_, _| Box::pin(async { Ok(Worked::done()) }))
}
