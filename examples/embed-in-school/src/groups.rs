//! What mounting CoUp took: who calls, whom the school knows, a policy of its own, a listener, two routers.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{Router, extract::FromRequestParts, http::request::Parts};
use coup_axum::{
    api::{ApiOptions, api},
    caller::Caller,
    pages::{Accounts, Mount, PagesOptions, pages},
};
use coup_core::{
    admin::service::GrantAdmin,
    changes::EventKind,
    coup::Coup,
    hooks::{Listener, ListenerError, Told},
    id::{JobId, UserId},
    policy::{AdminRole, Policy, PolicyHandle, Role, StudyPermission, StudyRole, SystemPermission, SystemRole},
    text::PersonName,
    user::{
        age::Age,
        directory::{DirectoryError, HostUser, UserDirectory},
        model::{AdminPermissions, AgeBand},
        service::AdoptUser,
    },
};
use coup_storage_postgres::PostgresStore;
use sqlx::PgPool;
use tokio::{sync::watch, task::JoinSet};

use crate::{
    House, StartError,
    school::{Fault, Person, School},
};

/// An instance of CoUp, with its store for transactions of the school's.
#[derive(Clone)]
pub struct Groups {
    /// The use cases.
    pub coup: Coup,
    /// Where they are kept.
    pub store: PostgresStore,
}

/// Whom the school's sign-in let through, as CoUp takes it: this is all of the plug-in.
pub struct Signed(Caller);

impl FromRequestParts<House> for Signed {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Fault> {
        let person = <Option<Person> as FromRequestParts<House>>::from_request_parts(parts, house).await?;
        let id = person.and_then(|person| person.id.parse().ok());
        Ok(Self(id.map_or_else(Caller::anonymous, Caller::user).seen_in(parts)))
    }
}

impl From<Signed> for Caller {
    fn from(signed: Signed) -> Self {
        signed.0
    }
}

/// The school's people, asked when CoUp meets somebody.
struct People(PgPool);

#[async_trait]
impl UserDirectory for People {
    async fn user(&self, id: &UserId) -> Result<Option<HostUser>, DirectoryError> {
        let known: Option<(String, bool, bool)> =
            sqlx::query_as("select name, under_14, consented from people where id = $1")
                .bind(id.as_str())
                .fetch_optional(&self.0)
                .await
                .map_err(DirectoryError::new)?;
        let Some((name, under_14, consented)) = known else { return Ok(None) };
        let name = PersonName::parse("name", &name).map_err(DirectoryError::new)?;
        let age = under_14.then_some(Age { band: AgeBand::Under14, guardian_consent: consented });
        Ok(Some(HostUser { age, ..HostUser::named(name) }))
    }
}

/// Tells the school's notice board who came. An event may come twice: the job's id makes that harmless.
struct Board(PgPool);

#[async_trait]
impl Listener for Board {
    fn name(&self) -> &'static str {
        "board"
    }

    fn wants(&self, kind: EventKind) -> bool {
        kind == EventKind::MemberJoined
    }

    async fn heard(&self, job: JobId, event: &Told) -> Result<(), ListenerError> {
        sqlx::query("insert into board (job, said) values ($1, $2) on conflict do nothing")
            .bind(job.to_string())
            .bind(event.data.to_string())
            .execute(&self.0)
            .await
            .map_err(|why| ListenerError::because(why.to_string()))?;
        Ok(())
    }
}

impl Groups {
    /// For lessons: teachers found studies, nobody makes one public.
    ///
    /// # Errors
    /// When the database cannot be asked or migrated.
    pub async fn for_lessons(school: &School) -> Result<Self, StartError> {
        let policy = Policy::builder()
            .only(SystemPermission::StudyCreate, Role::System(SystemRole::Admin))
            .nobody(StudyPermission::StudyVisibility)
            .build()?;
        let groups = Self::open(school, "coup_classes", policy).await?;
        for (id, name) in school.teachers().await? {
            let user: UserId = id.parse()?;
            let known = HostUser::named(PersonName::parse("name", &name)?);
            let host = groups.coup.as_host("staff list");
            host.run(AdoptUser { id: user.clone(), user: known }).await?;
            let permissions = AdminPermissions::default();
            host.run(GrantAdmin { user, role: AdminRole::Moderator, expires_at: None, permissions }).await?;
        }
        Ok(groups)
    }

    /// For clubs: everybody may found one; only its owner invites.
    ///
    /// # Errors
    /// When the database cannot be asked or migrated.
    pub async fn for_clubs(school: &School) -> Result<Self, StartError> {
        let policy = Policy::builder().only(StudyPermission::StudyInvite, Role::Study(StudyRole::Owner)).build()?;
        Self::open(school, "coup_clubs", policy).await
    }

    async fn open(school: &School, schema: &str, policy: Policy) -> Result<Self, StartError> {
        let store = PostgresStore::from_pool(&school.pool, schema)?;
        store.migrate().await?;
        let coup = Coup::builder(Arc::new(store.clone()))
            .policy(Arc::new(PolicyHandle::new(policy)))
            .directory(Arc::new(People(school.pool.clone())))
            .listener(Arc::new(Board(school.pool.clone())))
            .build();
        Ok(Self { coup, store })
    }

    /// API and pages, to nest under `base`.
    pub fn routes(&self, base: &str, address: &str) -> Router<House> {
        let (api, _) = api::<House, Signed>(self.coup.clone(), ApiOptions::default());
        let mount = Mount { base: base.to_owned(), api: format!("{base}/api") };
        let accounts = Accounts::Host { sign_in: "/sign-in".to_owned(), sign_out: "/sign-out".to_owned() };
        let pages = pages::<House, Signed>(self.coup.clone(), PagesOptions::new(mount, address, accounts));
        Router::new().nest("/api", api).merge(pages)
    }
}

/// The instances' work in the background: listeners, and taking away what has passed.
pub struct Background {
    stop: watch::Sender<()>,
    work: JoinSet<()>,
}

impl Background {
    pub(crate) fn start(instances: impl IntoIterator<Item = Coup>) -> Self {
        let (stop, stopped) = watch::channel(());
        let mut work = JoinSet::new();
        for coup in instances {
            let mut stopped = stopped.clone();
            work.spawn(async move {
                let stopped = async {
                    // An error means that nobody is there any more to say it.
                    stopped.changed().await.ok();
                };
                coup.run_background(Duration::from_secs(1), stopped).await;
            });
        }
        Self { stop, work }
    }

    /// Ends it after what runs.
    pub async fn end(self) {
        drop(self.stop);
        self.work.join_all().await;
    }
}
