//! One node over the memory store: what connections are told, in which order, and what ends them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use coup_core::{
    changes::{Change, Changes, EventKind, Passing, Scope, SystemPermit},
    chat::service::{MarkRead, SendMessage},
    coup::{Coup, Ctx},
    error::Error,
    id::{StudyId, UserId},
    live::model::{CutCode, EphemeralKind},
    member::service::{Join, Leave, RemoveMember, Request, SetRole},
    policy::StudyRole,
    settings::model::StoredSettings,
    store::{Credential, Store as _, StoreError, UserReads as _},
    study::service::{CloseStudy, DeleteStudy, StudyFields},
    testing::{MemoryStore, mocks::MockStore},
    text::PersonName,
    user::{directory::HostUser, service::AdoptUser},
};
use coup_realtime::{
    frame::{Cut, Frame, What},
    line::{Full, Line, Sink},
    live::{Limits, Live, Since},
};

/// A client that writes down what it gets.
#[derive(Default)]
struct Client {
    frames: Mutex<VecDeque<Arc<Frame>>>,
    cut: Mutex<Option<Cut>>,
    /// How many frames it takes before it stalls; 0: all.
    room: AtomicUsize,
    joined: Mutex<Vec<StudyId>>,
}

impl Sink for Client {
    fn send(&self, frame: &Arc<Frame>) -> Result<(), Full> {
        assert!(self.cut.lock().unwrap().is_none(), "nothing follows a cut");
        let mut frames = self.frames.lock().unwrap();
        let room = self.room.load(Ordering::SeqCst);
        if room > 0 && frames.len() >= room {
            return Err(Full);
        }
        frames.push_back(frame.clone());
        Ok(())
    }

    fn cut(&self, cut: &Cut) {
        assert!(self.cut.lock().unwrap().replace(cut.clone()).is_none(), "cut once");
    }

    fn joined(&self, study: StudyId) {
        self.joined.lock().unwrap().push(study);
    }
}

impl Client {
    /// The places of the study's events, in the order in which they came.
    fn places(&self, study: StudyId) -> Vec<i64> {
        let frames = self.frames.lock().unwrap();
        let of_study = frames.iter().filter(|frame| frame.scope == Scope::Study(study));
        of_study.filter_map(|frame| if let What::Event(seq, _) = frame.what { Some(seq) } else { None }).collect()
    }

    fn has(&self, what: impl Fn(&Frame) -> bool) -> bool {
        self.frames.lock().unwrap().iter().any(|frame| what(frame))
    }

    fn code(&self) -> Option<CutCode> {
        self.cut.lock().unwrap().as_ref().map(|cut| cut.code)
    }
}

/// Waits for what must come to be.
async fn eventually(what: &str, so: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}

struct House {
    coup: Coup,
    live: Live,
    store: Arc<MemoryStore>,
}

impl House {
    fn new() -> Self {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> Self {
        let store = Arc::new(MemoryStore::new());
        let coup = Coup::builder(store.clone()).build();
        let live = Live::new(coup.clone(), limits);
        let running = live.clone();
        tokio::spawn(async move { running.run(std::future::pending()).await });
        Self { coup, live, store }
    }

    /// One with an owner's study.
    async fn with_study() -> (Self, Ctx, StudyId) {
        let house = Self::new();
        let owner = house.person("owner").await;
        let study = house.study(&owner).await;
        (house, owner, study)
    }

    async fn person(&self, id: &str) -> Ctx {
        let id: UserId = id.parse().unwrap();
        let name = PersonName::parse("name", id.as_str()).unwrap();
        let user = HostUser::named(name);
        self.coup.run(&Ctx::default(), AdoptUser { id: id.clone(), user }).await.unwrap();
        Ctx::user(id)
    }

    async fn study(&self, owner: &Ctx) -> StudyId {
        let fields = StudyFields {
            name: Some("아침 수학".into()),
            description: Some("매일 한 문제".into()),
            category: Some("수학".into()),
            max_members: Some(100),
            ..StudyFields::default()
        };
        self.coup.run(owner, fields.create().unwrap()).await.unwrap().study.id
    }

    async fn member(&self, study: StudyId, id: &str) -> Ctx {
        let person = self.person(id).await;
        self.coup.run(&person, Join { study, request: Request::default() }).await.unwrap();
        person
    }

    async fn say(&self, who: &Ctx, study: StudyId, text: &str) {
        let message = SendMessage::parse(study, text, None, None).unwrap();
        self.coup.run(who, message).await.unwrap();
    }

    async fn connect(&self, who: &Ctx) -> (Arc<Client>, Arc<Line>) {
        let client = Arc::new(Client::default());
        let line = self.live.open(who.clone(), client.clone(), Since::Now).await.unwrap();
        (client, line)
    }

    async fn head(&self, study: StudyId) -> i64 {
        self.coup.heads(&[Scope::Study(study)]).await.unwrap().first().map_or(0, |(_, head)| *head)
    }
}

fn id(text: &str) -> UserId {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_member_hears_every_event_once_and_in_order() {
    let (house, owner, study) = House::with_study().await;
    let (client, line) = house.connect(&owner).await;
    let begin = house.live.join(&line, study, Since::Now).await.unwrap();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (coup, owner) = (house.coup.clone(), owner.clone());
            tokio::spawn(async move {
                for n in 0..50 {
                    let message = SendMessage::parse(study, &format!("{writer}-{n}"), None, None).unwrap();
                    coup.run(&owner, message).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let end = house.head(study).await;
    eventually("all is told", || client.places(study).len() == 200).await;
    assert_eq!(client.places(study), (begin + 1..=end).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_comes_back_gets_exactly_the_gap_while_others_go_on_writing() {
    let (house, owner, study) = House::with_study().await;
    let house = Arc::new(house);
    for n in 0..60 {
        house.say(&owner, study, &format!("before {n}")).await;
    }
    let writing = {
        let (house, owner) = (house.clone(), owner.clone());
        tokio::spawn(async move {
            for n in 0..300 {
                house.say(&owner, study, &format!("meanwhile {n}")).await;
                tokio::task::yield_now().await;
            }
        })
    };
    let mut clients = Vec::new();
    for since in (0..60).step_by(3) {
        let (client, line) = house.connect(&owner).await;
        house.live.join(&line, study, Since::After(since)).await.unwrap();
        clients.push((since, client, line));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    writing.await.unwrap();
    let end = house.head(study).await;
    for (since, client, _line) in clients {
        eventually("the gap and all after it", || client.places(study).last() == Some(&end)).await;
        assert_eq!(client.places(study), (since + 1..=end).collect::<Vec<_>>(), "since {since}");
        assert!(!client.has(|frame| frame.what == What::Resync));
    }
}

#[tokio::test]
async fn who_was_away_too_long_reads_afresh() {
    let (house, owner, study) = House::with_study().await;
    for n in 0..10 {
        house.say(&owner, study, &format!("old {n}")).await;
    }
    let prune = Change::Prune(Passing::Events, house.coup.now() + chrono_hour(), 5);
    house.store.commit(Changes::system(SystemPermit::Sweep).change(prune)).await.unwrap();
    let (client, line) = house.connect(&owner).await;
    let has = house.live.join(&line, study, Since::After(1)).await.unwrap();
    assert!(client.has(|frame| frame.what == What::Resync && frame.scope == Scope::Study(study)));
    assert_eq!(has, house.head(study).await);
    house.say(&owner, study, "new").await;
    eventually("what comes afterwards", || client.places(study) == [has + 1]).await;
}

#[tokio::test]
async fn a_place_of_another_history_is_read_afresh() {
    let (house, owner, study) = House::with_study().await;
    let (client, line) = house.connect(&owner).await;
    for since in [1_000_000, -1] {
        assert_eq!(house.live.join(&line, study, Since::After(since)).await.unwrap(), house.head(study).await);
    }
    assert_eq!(client.frames.lock().unwrap().iter().filter(|frame| frame.what == What::Resync).count(), 2);
}

#[tokio::test]
async fn each_change_of_rights_cuts_whom_it_concerns_and_nobody_else() {
    let house = House::new();
    let owner = house.person("owner").await;
    let (study, other) = (house.study(&owner).await, house.study(&owner).await);
    let mut cases: Vec<(&str, Ctx)> = Vec::new();
    for who in ["kicked", "promoted", "leaving", "stays"] {
        cases.push((who, house.member(study, who).await));
    }
    let elsewhere = house.member(other, "elsewhere").await;
    let mut clients = Vec::new();
    for (who, ctx) in &cases {
        let (client, line) = house.connect(ctx).await;
        house.live.join(&line, study, Since::Now).await.unwrap();
        clients.push((*who, client, line));
    }
    let (far, line) = house.connect(&elsewhere).await;
    house.live.join(&line, other, Since::Now).await.unwrap();

    house.coup.run(&owner, RemoveMember { study, user: id("kicked"), reason: None }).await.unwrap();
    let role = StudyRole::Admin;
    house.coup.run(&owner, SetRole { study, user: id("promoted"), role }).await.unwrap();
    house.coup.run(&Ctx::user(id("leaving")), Leave(study)).await.unwrap();
    let code = |who: &str| clients.iter().find(|(name, ..)| *name == who).and_then(|(_, client, _)| client.code());
    for (who, expected) in [("kicked", CutCode::Kicked), ("promoted", CutCode::RoleChanged), ("leaving", CutCode::Left)]
    {
        eventually(who, || code(who) == Some(expected)).await;
    }
    assert_eq!(code("stays"), None);
    house.say(&owner, study, "for those who stayed").await;
    let stays = clients.iter().find(|(name, ..)| *name == "stays").map(|(_, client, _)| client.clone()).unwrap();
    let newest = house.head(study).await;
    eventually("who stayed hears", || stays.places(study).last() == Some(&newest)).await;

    house.coup.run(&owner, CloseStudy(study)).await.unwrap();
    eventually("closing cuts", || stays.code() == Some(CutCode::StudyClosed)).await;
    assert_eq!(far.code(), None);
    house.coup.run(&owner, DeleteStudy(other)).await.unwrap();
    eventually("deleting cuts", || far.code() == Some(CutCode::StudyDeleted)).await;
    assert_eq!(house.live.connections(), 0);
}

#[tokio::test]
async fn a_kick_in_the_middle_of_catching_up_ends_it() {
    let (house, owner, study) = House::with_study().await;
    let house = Arc::new(house);
    let noah = house.member(study, "noah").await;
    for n in 0..500 {
        house.say(&owner, study, &format!("{n}")).await;
    }
    let client = Arc::new(Client::default());
    client.room.store(50, Ordering::SeqCst);
    let line = house.live.open(noah, client.clone(), Since::Now).await.unwrap();
    let joining = {
        let (house, line) = (house.clone(), line.clone());
        tokio::spawn(async move { house.live.join(&line, study, Since::After(0)).await })
    };
    eventually("it is in the middle", || client.places(study).len() > 20).await;
    house.coup.run(&owner, RemoveMember { study, user: id("noah"), reason: None }).await.unwrap();
    eventually("the cut", || client.code() == Some(CutCode::Kicked)).await;
    let told = client.places(study).len();
    client.room.store(0, Ordering::SeqCst);
    assert!(matches!(joining.await.unwrap(), Err(Error::NotSignedIn)));
    assert_eq!(client.places(study).len(), told, "nothing is told after it");
}

#[tokio::test]
async fn who_may_not_read_a_study_hears_nothing_of_it() {
    let (house, owner, study) = House::with_study().await;
    let outsider = house.person("outsider").await;
    let kicked = house.member(study, "kicked").await;
    house.coup.run(&owner, RemoveMember { study, user: id("kicked"), reason: None }).await.unwrap();
    for who in [outsider, kicked] {
        let (client, line) = house.connect(&who).await;
        assert!(matches!(house.live.join(&line, study, Since::After(0)).await, Err(Error::Denied(_))));
        assert!(!line.hears(&Scope::Study(study)));
        house.say(&owner, study, "not for them").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(client.places(study).is_empty());
    }
    let nobody = house.live.open(Ctx::default(), Arc::new(Client::default()), Since::Now).await;
    assert!(matches!(nobody, Err(Error::NotSignedIn)));
}

#[tokio::test]
async fn a_stalled_client_is_ended_and_nobody_waits_for_it() {
    let house = House::with(Limits { replay_time: Duration::from_millis(500), ..Limits::default() });
    let owner = house.person("owner").await;
    let study = house.study(&owner).await;
    let slow = house.member(study, "slow").await;
    let (well, line) = house.connect(&owner).await;
    house.live.join(&line, study, Since::Now).await.unwrap();
    let (stalled, line) = house.connect(&slow).await;
    house.live.join(&line, study, Since::Now).await.unwrap();
    let room = stalled.frames.lock().unwrap().len() + 3;
    stalled.room.store(room, Ordering::SeqCst);
    for n in 0..10 {
        house.say(&owner, study, &format!("{n}")).await;
    }
    eventually("the others have all", || well.places(study).len() == 10).await;
    assert_eq!(stalled.code(), None, "the others did not wait until it was ended");
    eventually("it is ended", || stalled.code() == Some(CutCode::TooSlow)).await;
    assert_eq!(house.live.connections(), 1);
}

#[tokio::test]
async fn a_client_that_takes_a_burst_slowly_misses_nothing_and_hears_nothing_twice() {
    let (house, owner, study) = House::with_study().await;
    let (client, line) = house.connect(&owner).await;
    let begin = house.live.join(&line, study, Since::Now).await.unwrap();
    let room = client.frames.lock().unwrap().len() + 1;
    client.room.store(room, Ordering::SeqCst);
    let making_room = {
        let client = client.clone();
        tokio::spawn(async move {
            for _ in 0..300 {
                client.room.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
    };
    for n in 0..200 {
        house.say(&owner, study, &format!("{n}")).await;
    }
    making_room.await.unwrap();
    client.room.store(0, Ordering::SeqCst);
    let end = house.head(study).await;
    eventually("all of it", || client.places(study).last() == Some(&end)).await;
    assert_eq!(client.places(study), (begin + 1..=end).collect::<Vec<_>>());
    house.say(&owner, study, "and it goes on").await;
    eventually("what comes afterwards", || client.places(study).last() == Some(&(end + 1))).await;
}

#[tokio::test]
async fn who_leaves_while_catching_up_hears_nothing_of_it_afterwards() {
    let (house, owner, study) = House::with_study().await;
    let house = Arc::new(house);
    for n in 0..200 {
        house.say(&owner, study, &format!("{n}")).await;
    }
    let client = Arc::new(Client::default());
    client.room.store(50, Ordering::SeqCst);
    let line = house.live.open(owner.clone(), client.clone(), Since::Now).await.unwrap();
    let joining = {
        let (house, line) = (house.clone(), line.clone());
        tokio::spawn(async move { house.live.join(&line, study, Since::After(0)).await })
    };
    eventually("it is in the middle", || client.places(study).len() > 20).await;
    house.live.leave(&line, study);
    client.room.store(0, Ordering::SeqCst);
    assert!(joining.await.unwrap().is_err());
    let told = client.places(study).len();
    house.say(&owner, study, "not told").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((client.places(study).len(), client.code()), (told, None));
}

#[tokio::test]
async fn a_further_connection_takes_the_oldest_ones_place() {
    let house = House::with(Limits { connections_per_person: 2, ..Limits::default() });
    let owner = house.person("owner").await;
    let (first, _one) = house.connect(&owner).await;
    let (second, _two) = house.connect(&owner).await;
    let (third, _three) = house.connect(&owner).await;
    assert_eq!(first.code(), Some(CutCode::Replaced));
    assert_eq!((second.code(), third.code()), (None, None));
    assert_eq!(house.live.connections(), 2);
}

#[tokio::test]
async fn presence_is_told_over_several_devices() {
    let (house, owner, study) = House::with_study().await;
    let noah = house.member(study, "noah").await;
    let (watching, line) = house.connect(&owner).await;
    house.live.join(&line, study, Since::Now).await.unwrap();
    let says = |client: &Client, list: &str, who: &str| {
        client.has(|frame| {
            let data: serde_json::Value = serde_json::from_str(frame.json.get()).unwrap();
            frame.what == What::Ephemeral(EphemeralKind::Presence)
                && data["data"][list].as_array().is_some_and(|people| people.iter().any(|id| id == who))
        })
    };
    let (early, line) = house.connect(&house.member(study, "mina").await).await;
    house.live.join(&line, study, Since::Now).await.unwrap();
    eventually("those who came so far are online", || says(&early, "online", "owner")).await;
    let (phone, phone_line) = house.connect(&noah).await;
    house.live.join(&phone_line, study, Since::Now).await.unwrap();
    assert!(says(&phone, "here", "owner"), "who comes is told who is there");
    let (_laptop, laptop_line) = house.connect(&noah).await;
    house.live.join(&laptop_line, study, Since::Now).await.unwrap();
    eventually("he is online", || says(&watching, "online", "noah")).await;
    assert!(!says(&phone, "online", "noah"), "who comes alone knows it");
    house.live.close(&phone_line);
    tokio::time::sleep(Duration::from_millis(3_500)).await;
    assert!(!says(&watching, "offline", "noah"), "one device is still there");
    house.live.leave(&laptop_line, study);
    eventually("he is gone", || says(&watching, "offline", "noah")).await;
}

#[tokio::test]
async fn of_a_school_that_comes_at_once_everybody_is_named_and_never_too_many_at_once() {
    let house = House::new();
    let owner = house.person("owner").await;
    let study = house.study(&owner).await;
    let (watching, line) = house.connect(&owner).await;
    house.live.join(&line, study, Since::Now).await.unwrap();
    let named = |client: &Client| {
        let mut named = BTreeSet::new();
        for frame in &*client.frames.lock().unwrap() {
            if frame.what == What::Ephemeral(EphemeralKind::Presence) {
                let told: serde_json::Value = serde_json::from_str(frame.json.get()).unwrap();
                let people: Vec<String> = ["here", "online", "offline"]
                    .iter()
                    .filter_map(|list| told["data"][list].as_array())
                    .flatten()
                    .map(|id| id.as_str().unwrap().to_owned())
                    .collect();
                assert!(people.len() <= 50, "{} at once", people.len());
                named.extend(people);
            }
        }
        named
    };
    let mut school = BTreeSet::from(["owner".to_owned()]);
    for number in 1..99 {
        let name = format!("pupil-{number}");
        let pupil = house.member(study, &name).await;
        let (_client, line) = house.connect(&pupil).await;
        house.live.join(&line, study, Since::Now).await.unwrap();
        school.insert(name);
    }
    eventually("who came first learns of all", || named(&watching) == school).await;
    // Nothing changes any more but this: what is told of the others is told to the one who comes.
    let late = house.member(study, "late").await;
    let (client, line) = house.connect(&late).await;
    house.live.join(&line, study, Since::Now).await.unwrap();
    school.insert("late".to_owned());
    eventually("who came last learns of all", || named(&client) == school).await;
}

#[tokio::test]
async fn typing_is_passed_on_at_most_once_a_second_and_read_marks_to_all() {
    let (house, owner, study) = House::with_study().await;
    let noah = house.member(study, "noah").await;
    let (watching, line) = house.connect(&owner).await;
    house.live.join(&line, study, Since::Now).await.unwrap();
    let (own, line) = house.connect(&noah).await;
    house.live.join(&line, study, Since::Now).await.unwrap();
    for _ in 0..5 {
        house.live.typing(&noah, study, true).await.unwrap();
    }
    let count = |client: &Client, kind| {
        let frames = client.frames.lock().unwrap();
        frames.iter().filter(|frame| frame.what == What::Ephemeral(kind)).count()
    };
    assert_eq!(count(&watching, EphemeralKind::Typing), 1);
    assert_eq!(count(&own, EphemeralKind::Typing), 0, "one knows what one types");
    house.say(&owner, study, "read this").await;
    house.coup.run(&noah, MarkRead { study, seq: 1 }).await.unwrap();
    assert_eq!(count(&watching, EphemeralKind::MessageRead), 1);
    assert_eq!(count(&own, EphemeralKind::MessageRead), 1, "one's other devices know");
    let outsider = house.person("outsider").await;
    assert!(house.live.typing(&outsider, study, true).await.is_err());
}

#[tokio::test]
async fn a_stream_of_all_hears_every_study_and_takes_up_new_ones() {
    let house = House::new();
    let owner = house.person("owner").await;
    let (one, two) = (house.study(&owner).await, house.study(&owner).await);
    let (client, line) = house.connect(&owner).await;
    house.live.join_all(&line, |_| Since::Now).await.unwrap();
    house.say(&owner, one, "one").await;
    house.say(&owner, two, "two").await;
    eventually("both", || !client.places(one).is_empty() && !client.places(two).is_empty()).await;
    let three = house.study(&owner).await;
    eventually("a new one", || client.joined.lock().unwrap().contains(&three)).await;
    assert!(client.has(|frame| matches!(frame.what, What::Event(_, EventKind::MessageCreated))));
}

#[tokio::test]
async fn all_is_ended_when_rights_cannot_be_asked_for_too_long_and_nobody_gets_in() {
    let house = House::new();
    let owner = house.person("owner").await;
    let standing = house.store.standing(&Credential::User(id("owner")), None).await.unwrap().unwrap();
    let (answers, times) = (Arc::new(AtomicUsize::new(1)), Arc::new(AtomicUsize::new(0)));
    let mut store = MockStore::new();
    store.expect_standing().returning(move |_, _| Ok(Some(standing.clone())));
    store.expect_heads().returning(|_| Ok(Vec::new()));
    store.expect_revocation_head().returning(|| Ok(0));
    store.expect_settings().returning(|| Ok(StoredSettings::default()));
    let (asked, counts) = (answers.clone(), times.clone());
    store.expect_revocations().returning(move |_, _| {
        counts.fetch_add(1, Ordering::SeqCst);
        match asked.load(Ordering::SeqCst) {
            0 => Err(StoreError::Unavailable("stopped by the test".into())),
            _ => Ok(Vec::new()),
        }
    });
    let blind = Duration::from_millis(1_200);
    let limits = Limits { blind, ..Limits::default() };
    let live = Live::new(Coup::builder(Arc::new(store)).build(), limits);
    let running = live.clone();
    tokio::spawn(async move { running.run(std::future::pending()).await });

    let client = Arc::new(Client::default());
    live.open(owner.clone(), client.clone(), Since::Now).await.unwrap();
    let (begin, before) = (Instant::now(), times.load(Ordering::SeqCst));
    eventually("it is asked again and again", || begin.elapsed() > blind && times.load(Ordering::SeqCst) > before + 2)
        .await;
    assert_eq!(client.code(), None, "as long as rights can be asked it goes on");
    answers.store(0, Ordering::SeqCst);
    eventually("it is ended", || client.code() == Some(CutCode::Unavailable)).await;
    let refused = live.open(owner.clone(), Arc::new(Client::default()), Since::Now).await;
    assert!(matches!(refused, Err(Error::Store(StoreError::Unavailable(_)))));
    answers.store(1, Ordering::SeqCst);
    live.open(owner, Arc::new(Client::default()), Since::Now).await.unwrap();
}

#[tokio::test]
async fn a_policy_that_is_loaded_anew_is_asked_again_by_everybody() {
    let (house, owner, study) = House::with_study().await;
    let (client, line) = house.connect(&owner).await;
    house.live.join(&line, study, Since::Now).await.unwrap();
    let policy = house.coup.policy().current();
    let narrower = policy.policy_text().replace("p, study:MEMBER, study:message.read, allow", "");
    house.coup.policy().reload(policy.model_text(), &narrower).unwrap();
    eventually("it is asked again", || client.code() == Some(CutCode::RoleChanged)).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    let (_client, line) = house.connect(&owner).await;
    assert!(matches!(house.live.join(&line, study, Since::Now).await, Err(Error::Denied(_))));
    assert_eq!(line.ended(), None);
}

fn chrono_hour() -> chrono::TimeDelta {
    chrono::TimeDelta::hours(1)
}
