//! A commit that loses a race is decided again on fresh state, at most three times.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::SeqCst},
};

use coup_core::{
    changes::{Changes, Committed, Row, SystemPermit},
    coup::{Command, Coup, Ctx, Prepared, Room},
    error::{Error, StateError},
    id::StudyId,
    member::model::{Member, MemberStatus},
    member::service::{Join, Request},
    store::{MemberReads as _, Store, StoreError, StudyReads as _},
    study::model::Study,
    testing::{FixedClock, SeededIds, fixtures::Fixtures},
    user::model::User,
};
use coup_storage_sql::{async_trait, delegate_reads};
use coup_storage_sqlite::SqliteStore;

use crate::fresh::FreshStore;

/// A store whose first commits come too late, as if somebody else had been faster.
struct Contended {
    inner: SqliteStore,
    lost: u32,
    commits: AtomicU32,
    /// What the faster one did.
    faster: Option<Study>,
}

delegate_reads!(Contended, inner);

#[async_trait]
impl Store for Contended {
    async fn commit(&self, changes: Changes) -> Result<Committed, StoreError> {
        if self.commits.fetch_add(1, SeqCst) < self.lost {
            if let Some(study) = &self.faster {
                self.inner.commit(begin().save(Row::Study(Box::new(study.clone())))).await?;
            }
            return Err(StoreError::Conflict);
        }
        self.inner.commit(changes).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.inner.ping().await
    }
}

/// A join that counts how often it is decided.
struct Counted {
    join: Join,
    decided: Arc<AtomicU32>,
}

impl Command for Counted {
    type Output = Member;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Member>, Error> {
        self.decided.fetch_add(1, SeqCst);
        self.join.prepare(room).await
    }
}

fn begin() -> Changes {
    Changes::system(SystemPermit::Operator)
}

/// Somebody joins a study while others are faster so many times; how often it was decided and committed, and the answer.
struct Race {
    fresh: FreshStore,
    user: User,
    study: StudyId,
    decided: u32,
    commits: u32,
    answer: Result<Member, Error>,
}

async fn race(lost: u32, faster: impl FnOnce(Study) -> Option<Study>) -> Race {
    let fresh = FreshStore::new().await;
    let make = Fixtures::new(1);
    let (owner, user) = (make.user("김민준"), make.user("이서연"));
    let study = make.study(&owner.id, "알고리즘 스터디");
    let changes = begin()
        .insert(Row::User(Box::new(owner)))
        .insert(Row::User(Box::new(user.clone())))
        .insert(Row::Study(Box::new(study.clone())))
        .insert(Row::Member(Box::new(make.owner(&study))));
    fresh.commit(changes).await.unwrap();
    let id = study.id;
    let store =
        Arc::new(Contended { inner: fresh.store.clone(), lost, commits: AtomicU32::new(0), faster: faster(study) });
    let coup = Coup::builder(store.clone())
        .clock(Arc::new(FixedClock::at(make.later())))
        .ids(Arc::new(SeededIds::new(2)))
        .build();
    let decided = Arc::new(AtomicU32::new(0));
    let join = Counted { join: Join { study: id, request: Request::default() }, decided: decided.clone() };
    let answer = coup.run(&Ctx::user(user.id.clone()), join).await;
    Race { fresh, user, study: id, decided: decided.load(SeqCst), commits: store.commits.load(SeqCst), answer }
}

#[tokio::test]
async fn a_lost_race_is_decided_again_up_to_three_times() {
    for lost in 0..=3 {
        let race = race(lost, |_| None).await;
        assert_eq!(race.answer.unwrap().member.status, MemberStatus::Active, "after {lost} lost races");
        assert_eq!((race.decided, race.commits), (lost + 1, lost + 1));
        assert_eq!(race.fresh.store.study(race.study).await.unwrap().unwrap().member_count, 2, "joined once");
    }
}

#[tokio::test]
async fn who_loses_four_races_gives_up_and_nothing_is_written() {
    for lost in [4, 9] {
        let race = race(lost, |_| None).await;
        assert!(matches!(race.answer, Err(Error::Store(StoreError::Conflict))), "{:?}", race.answer);
        assert_eq!((race.decided, race.commits), (4, 4));
        assert_eq!(race.fresh.store.member(race.study, &race.user.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_lost_race_is_decided_again_on_fresh_state() {
    let race = race(1, |study| Some(Study { closed_at: Some(study.created_at), ..study })).await;
    assert!(matches!(race.answer, Err(Error::State(StateError::StudyClosed))), "{:?}", race.answer);
    assert_eq!((race.decided, race.commits), (2, 1), "the second decision refuses");
    assert_eq!(race.fresh.store.member(race.study, &race.user.id).await.unwrap(), None);
}
