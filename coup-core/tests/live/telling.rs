//! What the bus is told, and when.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use coup_core::{
    changes::{Changes, EventKind, Scope},
    chat::service::{MarkRead, SendMessage},
    hooks::{Veto, Vetoed},
    live::{
        bus::News,
        model::{Ephemeral, EphemeralKind},
    },
    member::service::{Leave, RemoveMember},
    page::Limit,
    policy::SanctionType,
    store::{ChatReads as _, LiveReads as _},
    study::service::CloseStudy,
};
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
    house.coup.run(&owner, RemoveMember { study, user: user("kim") }).await.unwrap();
    let revoked = house.store.revocation_head().await.unwrap();
    assert_eq!(house.heard.take(), [News::Head(Scope::Study(study), head + 1), News::Revoked(revoked)]);
    assert!(house.coup.run(&kim, Leave(study)).await.is_err());
    assert_eq!(house.heard.take(), []);
    let events = house.coup.events_after(&Scope::Study(study), head, Limit::DEFAULT).await.unwrap();
    assert_eq!(events.iter().map(|event| &*event.kind).collect::<Vec<_>>(), [EventKind::MemberKicked.as_str()]);
}

fn read(study: coup_core::id::StudyId, seq: i64) -> News {
    News::Ephemeral(Ephemeral {
        scope: Scope::Study(study),
        kind: EphemeralKind::MessageRead,
        from: Some(user("kim")),
        data: json!({ "seq": seq }),
    })
}

/// Looks what was told when it is asked; and refuses, once it is told to.
#[derive(Default)]
struct Looks {
    heard: Mutex<Option<Arc<Heard>>>,
    before: Mutex<Vec<News>>,
    refuses: Mutex<bool>,
}

#[async_trait]
impl Veto for Looks {
    async fn before(&self, _: &Changes) -> Result<(), Vetoed> {
        if let Some(heard) = &*self.heard.lock().unwrap() {
            self.before.lock().unwrap().extend(heard.take());
        }
        if *self.refuses.lock().unwrap() { Err(Vetoed::because("아니요")) } else { Ok(()) }
    }
}

#[tokio::test]
async fn how_far_somebody_has_read_is_told_after_the_commit_and_only_then() {
    let looks = Arc::new(Looks::default());
    let house = House::with(|builder| builder.veto(looks.clone()));
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    let study = house.study(&owner, open()).await;
    house.join(&kim, study).await;
    house.coup.run(&owner, SendMessage::parse(study, "안녕", None, None).unwrap()).await.unwrap();
    house.heard.take();
    *looks.heard.lock().unwrap() = Some(house.heard.clone());

    house.coup.run(&kim, MarkRead { study, seq: 1 }).await.unwrap();
    assert_eq!(*looks.before.lock().unwrap(), [], "nothing is told before the commit");
    assert_eq!(house.heard.take(), [read(study, 1)]);
    let prepared = house.coup.prepare(&kim, &MarkRead { study, seq: 1 }).await.unwrap();
    drop(prepared);
    assert_eq!(house.heard.take(), [], "what is prepared is not done");
    *looks.refuses.lock().unwrap() = true;
    assert!(house.coup.run(&kim, MarkRead { study, seq: 1 }).await.is_err());
    assert_eq!(house.heard.take(), []);
    *looks.refuses.lock().unwrap() = false;
    let lee = house.person("lee").await;
    house.heard.take();
    assert!(house.coup.run(&lee, MarkRead { study, seq: 1 }).await.is_err());
    assert_eq!(house.heard.take(), []);
}

#[tokio::test]
async fn that_somebody_writes_is_told_if_they_may_send() {
    let house = House::new();
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    let study = house.study(&owner, open()).await;
    let code = async |on| house.coup.typing(&kim, study, on).await.map_err(|error| error.code());
    assert_eq!(code(true).await, Err("forbidden"), "no member");
    house.join(&kim, study).await;
    house.heard.take();
    for on in [true, false] {
        code(on).await.unwrap();
        let told = Ephemeral {
            scope: Scope::Study(study),
            kind: EphemeralKind::Typing,
            from: Some(user("kim")),
            data: json!({ "on": on }),
        };
        assert_eq!(house.heard.take(), [News::Ephemeral(told)]);
    }
    house.put(house.sanction("kim", SanctionType::ChatBan, Some(house.now() + chrono::TimeDelta::hours(1)))).await;
    assert_eq!(code(true).await, Err("forbidden"), "banned from chat");
    house.make.clock.advance(chrono::TimeDelta::hours(1));
    code(true).await.unwrap();
    house.coup.run(&owner, CloseStudy(study)).await.unwrap();
    house.heard.take();
    assert_eq!(code(true).await, Err("study_closed"));
    assert_eq!(house.heard.take(), []);
}
