//! The host takes part: it vetoes before a commit, and hears of what was committed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use chrono::TimeDelta;
use coup_core::{
    changes::{Change, Changes, EventKind, Row, Scope, SystemPermit},
    chat::{model::Stretch, service::SendMessage},
    coup::{Coup, Ctx},
    error::Error,
    hooks::{Listener, ListenerError, Told, Veto, Vetoed},
    id::{JobId, StudyId},
    job::worker::Worked,
    member::service::{Join, Leave, Request},
    page::Limit,
    store::ChatReads as _,
};
use serde_json::json;

use crate::house::{House, does, person, study};

/// Hears some kinds of events; fails at the first call for each of those that `deaf` says.
struct Ear {
    name: &'static str,
    wants: fn(EventKind) -> bool,
    deaf: fn(&Told) -> bool,
    heard: Mutex<Vec<(JobId, Told)>>,
}

impl Ear {
    fn new(name: &'static str, wants: fn(EventKind) -> bool) -> Arc<Self> {
        Self::deaf(name, wants, |_| false)
    }

    fn deaf(name: &'static str, wants: fn(EventKind) -> bool, deaf: fn(&Told) -> bool) -> Arc<Self> {
        Arc::new(Self { name, wants, deaf, heard: Mutex::default() })
    }

    /// What was told, in the order of its places.
    fn told(&self) -> Vec<(i64, EventKind)> {
        let mut told: Vec<_> = self.heard.lock().unwrap().iter().map(|(_, told)| (told.seq, told.kind)).collect();
        told.sort_unstable();
        told
    }
}

#[async_trait]
impl Listener for Ear {
    fn name(&self) -> &'static str {
        self.name
    }

    fn wants(&self, kind: EventKind) -> bool {
        (self.wants)(kind)
    }

    async fn heard(&self, job: JobId, event: &Told) -> Result<(), ListenerError> {
        let mut heard = self.heard.lock().unwrap();
        let first = !heard.iter().any(|(known, _)| *known == job);
        heard.push((job, event.clone()));
        if first && (self.deaf)(event) { Err(ListenerError::because("금방 다시 해 주세요")) } else { Ok(()) }
    }
}

async fn run_all(coup: &Coup) {
    while coup.tick().await.unwrap().more {}
}

async fn say(coup: &Coup, who: &Ctx, study: StudyId, text: &str) -> Result<i64, Error> {
    Ok(coup.run(who, SendMessage::parse(study, text, None, None).unwrap()).await?.seq)
}

#[tokio::test]
async fn a_listener_hears_every_event_it_wants_with_its_place_and_no_other() {
    let house = House::new();
    let all = Ear::new("all", |_| true);
    let joins = Ear::new("joins", |kind| kind == EventKind::MemberJoined);
    let coup = house.node(2).listener(all.clone()).listener(joins.clone()).build();
    let (owner, minjun) = (person(&coup, "owner").await, person(&coup, "minjun").await);
    let study = study(&coup, &owner).await;
    let before = house.store.head(&Scope::Study(study)).await.unwrap().event_seq;
    coup.run(&minjun, Join { study, request: Request::default() }).await.unwrap();
    for n in 0..20 {
        say(&coup, &minjun, study, &format!("{n}번째")).await.unwrap();
    }
    coup.run(&minjun, Leave(study)).await.unwrap();
    assert!(matches!(say(&coup, &minjun, study, "?").await, Err(Error::Denied(_))));
    assert_eq!(all.told(), [], "told later, by a job");
    run_all(&coup).await;

    let stored = house.store.events(&Scope::Study(study), before, Limit::MAX).await.unwrap();
    assert_eq!(stored.len(), 22);
    let mut heard: BTreeMap<i64, Told> = BTreeMap::new();
    for (_, told) in all.heard.lock().unwrap().iter().filter(|(_, told)| told.scope == Scope::Study(study)) {
        assert!(heard.insert(told.seq, told.clone()).is_none(), "nothing failed: once is enough");
    }
    for event in stored {
        let told = &heard[&event.seq];
        assert_eq!((told.kind.as_str(), told.at, &told.data), (event.kind.as_str(), event.at, &event.data));
    }
    assert_eq!(joins.told(), [(before + 1, EventKind::MemberJoined)]);
}

/// At least once: a failure is made up for, by the same job.
#[tokio::test]
async fn a_listener_that_failed_hears_the_same_again() {
    let house = House::new();
    let ear = Ear::deaf("mail", |kind| kind == EventKind::MessageCreated, |told| told.seq % 2 == 0);
    let coup = house.node(2).listener(ear.clone()).build();
    let owner = person(&coup, "owner").await;
    let study = study(&coup, &owner).await;
    for n in 0..6 {
        say(&coup, &owner, study, &format!("{n}")).await.unwrap();
    }
    run_all(&coup).await;
    assert_eq!(ear.heard.lock().unwrap().len(), 6);
    house.make.clock.advance(TimeDelta::seconds(2));
    run_all(&coup).await;
    let heard = ear.heard.lock().unwrap();
    assert_eq!(heard.len(), 9);
    for (job, told) in heard.iter() {
        let same: Vec<_> = heard.iter().filter(|(other, _)| other == job).collect();
        assert_eq!(same.len(), if told.seq % 2 == 0 { 2 } else { 1 });
        assert!(same.iter().all(|(_, other)| other == told));
    }
}

#[tokio::test]
async fn one_deaf_listener_does_not_stand_in_anothers_way() {
    let house = House::new();
    let deaf = Ear::deaf("deaf", |_| true, |_| true);
    let ear = Ear::new("ear", |_| true);
    let coup = house.node(2).listener(deaf.clone()).listener(ear.clone()).build();
    let owner = person(&coup, "owner").await;
    let study = study(&coup, &owner).await;
    say(&coup, &owner, study, "안녕하세요").await.unwrap();
    run_all(&coup).await;
    assert_eq!(ear.told().len(), deaf.told().len());
    assert!(ear.told().iter().any(|(_, kind)| *kind == EventKind::MessageCreated));
}

#[tokio::test]
async fn a_listener_hears_what_a_worker_tells() {
    let house = House::new();
    let ear = Ear::new("ear", |kind| kind == EventKind::StudyUpdated);
    let plain = house.node(2).build();
    let owner = person(&plain, "owner").await;
    let study = study(&plain, &owner).await;
    let clock = house.make.clock.clone();
    let tells = does("tell", move |coup: &Coup, _| {
        let (owner, at) = (owner.clone(), coup_core::env::Clock::now(&clock));
        Box::pin(async move {
            // A message as prepared, with its own job for the listener already, and an event of the worker's.
            let sent = coup.prepare(&owner, &SendMessage::parse(study, "공지", None, None).unwrap()).await?;
            let changes = sent
                .changes
                .map(|changes| changes.event(Scope::Study(study), EventKind::StudyUpdated, at, json!({ "n": 1 })));
            Ok(Worked::Done { changes, result: None })
        })
    });
    let messages = Ear::new("messages", |kind| kind == EventKind::MessageCreated);
    let coup = house.node(3).worker(tells).listener(ear.clone()).listener(messages.clone()).build();
    house.ask("tell", json!({})).await;
    while coup.tick().await.unwrap().done > 0 {}
    assert_eq!(ear.told().len(), 1);
    assert_eq!(messages.told().len(), 1, "not told twice");
}

#[tokio::test]
async fn a_listener_of_the_same_name_takes_the_place_of_the_other() {
    let house = House::new();
    let (old, new) = (Ear::new("ear", |_| true), Ear::new("ear", |kind| kind == EventKind::MessageCreated));
    let coup = house.node(2).listener(old.clone()).listener(new.clone()).build();
    let owner = person(&coup, "owner").await;
    let study = study(&coup, &owner).await;
    say(&coup, &owner, study, "안녕하세요").await.unwrap();
    run_all(&coup).await;
    assert_eq!((old.told().len(), new.told().len()), (0, 1));
}

/// No messages with a word that the school does not want; keeps what it saw.
#[derive(Default)]
struct NoHomework {
    seen: Mutex<Vec<String>>,
}

#[async_trait]
impl Veto for NoHomework {
    async fn before(&self, changes: &Changes) -> Result<(), Vetoed> {
        let mut seen = self.seen.lock().unwrap();
        for change in changes.writes() {
            if let Change::Insert(Row::Study(study)) = change {
                seen.push(format!("study {}", study.name));
            }
        }
        seen.extend(changes.events().iter().map(|event| event.kind.as_str().to_owned()));
        for post in changes.posts() {
            seen.push(format!("message {}", post.message.content));
            if post.message.content.as_str().contains("숙제 답") {
                return Err(Vetoed::because("숙제의 답은 나누지 않아요"));
            }
        }
        Ok(())
    }
}

#[tokio::test]
async fn what_the_host_vetoes_is_not_written_and_its_words_are_told() {
    let house = House::new();
    let veto = Arc::new(NoHomework::default());
    let ear = Ear::new("ear", |_| true);
    let coup = house.node(2).veto(veto.clone()).listener(ear.clone()).build();
    let owner = person(&coup, "owner").await;
    let study = study(&coup, &owner).await;
    say(&coup, &owner, study, "안녕하세요").await.unwrap();
    let head = house.store.head(&Scope::Study(study)).await.unwrap();
    run_all(&coup).await;
    let told = ear.told().len();

    let refused = say(&coup, &owner, study, "숙제 답: 42").await.unwrap_err();
    assert_eq!(refused.code(), "vetoed");
    assert!(matches!(&refused, Error::Vetoed(why) if why.words == "숙제의 답은 나누지 않아요"), "{refused:?}");
    assert_eq!(house.store.head(&Scope::Study(study)).await.unwrap(), head);
    let messages = house.store.messages(study, Stretch::Latest, Limit::MAX).await.unwrap();
    assert_eq!(messages.len(), 1);
    run_all(&coup).await;
    assert_eq!(ear.told().len(), told);
    // Nor does a host get it to commit by itself.
    let command = SendMessage::parse(study, "숙제 답: 43", None, None).unwrap();
    assert!(matches!(coup.prepare(&owner, &command).await, Err(Error::Vetoed(_))));
}

#[tokio::test]
async fn a_veto_sees_what_is_written_and_told() {
    let house = House::new();
    let veto = Arc::new(NoHomework::default());
    let coup = house.node(2).veto(veto.clone()).build();
    let owner = person(&coup, "owner").await;
    let study = study(&coup, &owner).await;
    say(&coup, &owner, study, "안녕하세요").await.unwrap();
    coup.run(&person(&coup, "minjun").await, Join { study, request: Request::default() }).await.unwrap();
    let seen = veto.seen.lock().unwrap();
    for expected in ["study 아침 수학", "message 안녕하세요", "member.joined"] {
        assert!(seen.iter().any(|line| line == expected), "{expected}: {seen:?}");
    }
}

/// A worker writes nothing that the host does not want, and does not ask it again and again.
#[tokio::test]
async fn a_vetoed_piece_of_work_gives_its_job_up() {
    let house = House::new();
    let plain = house.node(2).build();
    let owner = person(&plain, "owner").await;
    let study = study(&plain, &owner).await;
    let author = coup_core::store::UserReads::user(&*house.store, &crate::house::user("owner")).await.unwrap().unwrap();
    let message = house.make.message(study, &author.id, "숙제 답: 44");
    let tells = does("tell", move |_, _| {
        let author = coup_core::user::model::Person::from(&author);
        let changes = Some(Changes::system(SystemPermit::Jobs).post(message.clone(), author));
        Box::pin(async move { Ok(Worked::Done { changes, result: None }) })
    });
    let coup = house.node(3).veto(Arc::new(NoHomework::default())).worker(tells).build();
    let id = house.ask("tell", json!({})).await;
    assert_eq!(coup.tick().await.unwrap().failed, 1);
    let job = house.job(id).await;
    assert!(job.failed && job.last_error.is_some_and(|why| why.contains("숙제의 답은 나누지 않아요")));
    assert_eq!(house.store.head(&Scope::Study(study)).await.unwrap().message_seq, 0);
}
