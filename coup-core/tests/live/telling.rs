//! What the bus is told, and when.

use std::sync::{Arc, Mutex};

use coup_core::{
    changes::{Committed, EventKind, Scope},
    chat::service::{MarkRead, SendMessage},
    coup::{Coup, Ctx},
    id::StudyId,
    live::{
        bus::{Bus as _, Ear, LocalBus, News},
        model::{Ephemeral, EphemeralKind},
    },
    member::service::{Leave, RemoveMember},
    page::Limit,
    policy::SanctionType,
    store::{ChatReads as _, LiveReads as _, Standing, StoreError},
    study::service::CloseStudy,
    testing::{MemoryStore, fixtures::Fixtures, mocks::MockStore},
    user::model::User,
};
use futures_util::FutureExt as _;
use serde_json::json;

use crate::house::{Heard, House, open, user};

#[tokio::test]
async fn a_commit_is_told_with_its_heads_and_its_newest_revocation() {
    let house = House::new();
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    let study = house.study(&owner, open()).await;
    house.join(&kim, study).await;
    house.heard.take();
    house.coup.run(&kim, SendMessage::parse(study, "안녕", None, None).unwrap()).await.unwrap();
    let head = house.store.head(&Scope::Study(study)).await.unwrap().event_seq;
    assert_eq!(house.heard.take(), [News::Head(Scope::Study(study), head)]);
    house.coup.run(&owner, RemoveMember { study, user: user("kim"), reason: None }).await.unwrap();
    let revoked = house.store.revocation_head().await.unwrap();
    // Who is removed is told of it, too.
    let news =
        [News::Head(Scope::Study(study), head + 1), News::Head(Scope::User(user("kim")), 1), News::Revoked(revoked)];
    assert_eq!(house.heard.take(), news);
    assert!(house.coup.run(&kim, Leave(study)).await.is_err());
    assert_eq!(house.heard.take(), []);
    let events = house.coup.events_after(&Scope::Study(study), head, Limit::DEFAULT).await.unwrap();
    assert_eq!(events.iter().map(|event| &*event.kind).collect::<Vec<_>>(), [EventKind::MemberKicked.as_str()]);
}

fn read(study: StudyId, seq: i64) -> News {
    News::Ephemeral(Ephemeral {
        scope: Scope::Study(study),
        kind: EphemeralKind::MessageRead,
        from: Some(user("kim")),
        data: json!({ "seq": seq }),
    })
}

/// Looks, when something is told, how far the store says that somebody has read.
struct Looks {
    store: Arc<MemoryStore>,
    study: StudyId,
    found: Mutex<Vec<(News, i64)>>,
}

impl Ear for Looks {
    fn hear(&self, news: &News) {
        let marks = self.store.read_marks(self.study, None, Limit::DEFAULT).now_or_never().unwrap().unwrap();
        let mark = marks.iter().find(|mark| mark.user_id == user("kim")).map_or(0, |mark| mark.seq);
        self.found.lock().unwrap().push((news.clone(), mark));
    }
}

#[tokio::test]
async fn how_far_somebody_has_read_is_told_after_the_commit() {
    let house = House::new();
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    let study = house.study(&owner, open()).await;
    house.join(&kim, study).await;
    for text in ["안녕", "하세요"] {
        house.coup.run(&owner, SendMessage::parse(study, text, None, None).unwrap()).await.unwrap();
    }
    let looks = Arc::new(Looks { store: house.store.clone(), study, found: Mutex::default() });
    let ear: Arc<dyn Ear> = looks.clone();
    house.coup.bus().attach(Arc::downgrade(&ear));
    for seq in [1, 2] {
        house.coup.run(&kim, MarkRead { study, seq }).await.unwrap();
        assert_eq!(std::mem::take(&mut *looks.found.lock().unwrap()), [(read(study, seq), seq)]);
    }
    house.heard.take();
    drop(house.coup.prepare(&kim, &MarkRead { study, seq: 2 }).await.unwrap());
    assert_eq!(house.heard.take(), [], "what is prepared is not done");
    let lee = house.person("lee").await;
    house.heard.take();
    assert!(house.coup.run(&lee, MarkRead { study, seq: 1 }).await.is_err());
    assert_eq!(house.heard.take(), [], "no member");
}

#[tokio::test]
async fn what_could_not_be_written_is_not_told() {
    let make = Fixtures::new(3);
    let kim = User { id: user("kim"), ..make.user("김민준") };
    let study = make.study(&kim.id, "알고리즘 스터디");
    let standing = Standing {
        study: Some((study.clone(), Some(make.owner(&study)))),
        user: kim,
        session: None,
        admin: None,
        has_second_factor: false,
        sanctions: Vec::new(),
    };
    for answer in [|| Err(StoreError::Unavailable("disk full".into())), || Ok(Committed::default())] {
        let mut store = MockStore::new();
        let known = standing.clone();
        store.expect_standing().returning(move |_, _| Ok(Some(known.clone())));
        store.expect_commit().times(1).returning(move |_| answer());
        let (bus, heard) = (Arc::new(LocalBus::new()), Arc::new(Heard::default()));
        let ear: Arc<dyn Ear> = heard.clone();
        bus.attach(Arc::downgrade(&ear));
        let coup = Coup::builder(Arc::new(store)).clock(Arc::new(make.clock.clone())).bus(bus).build();
        let done = coup.run(&Ctx::user(user("kim")), MarkRead { study: study.id, seq: 1 }).await;
        let told = if done.is_ok() { vec![read(study.id, 1)] } else { vec![] };
        assert_eq!((done.is_ok(), heard.take()), (answer().is_ok(), told));
    }
}

#[tokio::test]
async fn typing_is_for_those_who_may_send() {
    let house = House::new();
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    let study = house.study(&owner, open()).await;
    let code = async |on| house.coup.typing(&kim, study, on).await.map(drop).map_err(|error| error.code());
    assert_eq!(code(true).await, Err("forbidden"), "no member");
    house.join(&kim, study).await;
    for on in [true, false] {
        let told = Ephemeral {
            scope: Scope::Study(study),
            kind: EphemeralKind::Typing,
            from: Some(user("kim")),
            data: json!({ "on": on }),
        };
        assert_eq!(house.coup.typing(&kim, study, on).await.unwrap(), told);
    }
    house.put(house.sanction("kim", SanctionType::ChatBan, Some(house.now() + chrono::TimeDelta::hours(1)))).await;
    assert_eq!(code(true).await, Err("forbidden"), "banned from chat");
    house.make.clock.advance(chrono::TimeDelta::hours(1));
    code(true).await.unwrap();
    house.coup.run(&owner, CloseStudy(study)).await.unwrap();
    assert_eq!(code(true).await, Err("study_closed"));
}
