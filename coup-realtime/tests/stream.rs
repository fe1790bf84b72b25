//! Streams over one node and the memory store: what a client gets, what it brings back, and how it ends.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{sync::Arc, time::Duration};

use coup_core::{
    chat::service::SendMessage,
    coup::{Coup, Ctx},
    error::Error,
    id::{StudyId, UserId},
    member::service::{Join, Leave, RemoveMember, Request},
    policy::SanctionType,
    sanction::{
        model::{Days, Length, Measure},
        service::Impose,
    },
    study::service::StudyFields,
    testing::MemoryStore,
    text::{PersonName, Words},
    user::{directory::HostUser, service::AdoptUser},
};
use coup_realtime::{
    live::{Limits, Live},
    stream::{EventStream, Item, Wants},
};
use futures_util::StreamExt as _;
use serde_json::Value;

struct House {
    coup: Coup,
    live: Live,
}

impl House {
    fn new() -> Self {
        let coup = Coup::builder(Arc::new(MemoryStore::new())).build();
        let live = Live::new(coup.clone(), Limits::default());
        let running = live.clone();
        tokio::spawn(async move { running.run(std::future::pending()).await });
        Self { coup, live }
    }

    async fn person(&self, id: &str) -> Ctx {
        let id: UserId = id.parse().unwrap();
        let user = HostUser::named(PersonName::parse("name", id.as_str()).unwrap());
        self.coup.run(&Ctx::default(), AdoptUser { id: id.clone(), user }).await.unwrap();
        Ctx::user(id)
    }

    async fn study(&self, owner: &Ctx) -> StudyId {
        let fields = StudyFields {
            name: Some("아침 수학".into()),
            description: Some("매일 한 문제".into()),
            category: Some("수학".into()),
            ..StudyFields::default()
        };
        self.coup.run(owner, fields.create().unwrap()).await.unwrap().study.id
    }

    async fn join(&self, who: &Ctx, study: StudyId) {
        self.coup.run(who, Join { study, request: Request::default() }).await.unwrap();
    }

    async fn say(&self, who: &Ctx, study: StudyId, text: &str) {
        self.coup.run(who, SendMessage::parse(study, text, None, None).unwrap()).await.unwrap();
    }

    async fn client(&self, who: &Ctx, of: Wants, last_event_id: Option<&str>) -> Client {
        let has = last_event_id.map(|id| id.parse().unwrap());
        let events = self.live.stream(who.clone(), of, has).await.unwrap();
        Client { events, id: last_event_id.map(str::to_owned) }
    }
}

/// An item as it goes to the client.
struct Sent {
    name: Option<&'static str>,
    data: Option<Value>,
    id: Option<String>,
}

impl From<Item> for Sent {
    fn from(item: Item) -> Self {
        let (name, json, id) = match item {
            Item::Begun(cursor) => return Self { name: None, data: None, id: Some(cursor.to_string()) },
            Item::Event(cursor, json) => ("event", json, Some(cursor.to_string())),
            Item::Ephemeral(json) => ("ephemeral", json, None),
            Item::Resync(json) => ("resync", json, None),
            Item::Cut(json) => ("cut", json, None),
        };
        Self { name: Some(name), data: Some(serde_json::from_str(json.get()).unwrap()), id }
    }
}

/// A client as the standard has it: it keeps the last `id:`.
struct Client {
    events: EventStream,
    id: Option<String>,
}

impl Client {
    /// The next, if it comes within the time. The inner `None`: it has ended.
    async fn next_within(&mut self, time: Duration) -> Option<Option<Sent>> {
        let sent = tokio::time::timeout(time, self.events.next()).await.ok()?.map(Sent::from);
        if let Some(id) = sent.as_ref().and_then(|sent| sent.id.clone()) {
            self.id = Some(id);
        }
        Some(sent)
    }

    /// Waits for what must come.
    async fn until(&mut self, what: impl Fn(&str, &Value) -> bool) -> Value {
        loop {
            let Some(Some(sent)) = self.next_within(Duration::from_secs(5)).await else { panic!("it did not come") };
            let (Some(name), Some(data)) = (sent.name, sent.data) else { continue };
            if what(name, &data) {
                return data;
            }
        }
    }

    async fn says(&mut self, text: &str) -> Value {
        self.until(|name, data| name == "event" && data["data"]["content"] == text).await
    }

    /// Whatever comes until nothing more does: names, and the texts of messages.
    async fn rest(&mut self) -> Vec<(String, Value)> {
        let mut rest = Vec::new();
        while let Some(Some(sent)) = self.next_within(Duration::from_millis(300)).await {
            if let (Some(name), Some(data)) = (sent.name, sent.data) {
                rest.push((name.to_owned(), data));
            }
        }
        rest
    }

    /// Waits until it hears all and knows it.
    async fn settled(&mut self) -> String {
        self.rest().await;
        self.id.clone().unwrap()
    }
}

fn texts(rest: &[(String, Value)]) -> Vec<&str> {
    let events = rest.iter().filter(|(name, _)| name == "event");
    events.filter_map(|(_, data)| data["data"]["content"].as_str()).collect()
}

#[tokio::test]
async fn who_comes_back_gets_exactly_the_gap_of_every_scope() {
    let house = House::new();
    let owner = house.person("owner").await;
    let (one, two) = (house.study(&owner).await, house.study(&owner).await);
    let mut client = house.client(&owner, Wants::All, None).await;
    client.settled().await;
    house.say(&owner, one, "heard 1").await;
    house.say(&owner, two, "heard 2").await;
    client.says("heard 1").await;
    client.says("heard 2").await;
    let id = client.settled().await;
    drop(client);
    for number in 0..200 {
        house.say(&owner, if number % 2 == 0 { one } else { two }, &format!("missed {number}")).await;
    }
    let mut back = house.client(&owner, Wants::All, Some(&id)).await;
    let rest = back.rest().await;
    let mut got = texts(&rest);
    assert!(rest.iter().all(|(name, _)| name != "resync"));
    got.sort_by_key(|text| text.trim_start_matches("missed ").parse::<usize>().unwrap());
    assert_eq!(got, (0..200).map(|number| format!("missed {number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_id_taken_after_any_event_brings_what_came_after_that_event() {
    let house = House::new();
    let owner = house.person("owner").await;
    let study = house.study(&owner).await;
    let mut client = house.client(&owner, Wants::Study(study), None).await;
    client.settled().await;
    for number in 0..20 {
        house.say(&owner, study, &number.to_string()).await;
    }
    for number in 0..20_usize {
        client.says(&number.to_string()).await;
        let id = client.id.clone().unwrap();
        let mut back = house.client(&owner, Wants::Study(study), Some(&id)).await;
        let expected: Vec<String> = (number + 1..20).map(|later| later.to_string()).collect();
        let rest = back.rest().await;
        assert_eq!(texts(&rest), expected, "after {number}");
    }
}

#[tokio::test]
async fn a_study_that_the_client_knows_nothing_of_is_read_afresh_and_one_that_is_joined_too() {
    let house = House::new();
    let owner = house.person("owner").await;
    let one = house.study(&owner).await;
    let mut client = house.client(&owner, Wants::All, None).await;
    let id = client.settled().await;
    let two = house.study(&owner).await;
    let resync = client.until(|name, _| name == "resync").await;
    assert_eq!(resync["scope"]["study"], two.to_string());
    house.say(&owner, two, "there from the first word").await;
    client.says("there from the first word").await;

    let mut back = house.client(&owner, Wants::All, Some(&id)).await;
    let resync = back.until(|name, _| name == "resync").await;
    assert_eq!(resync["scope"]["study"], two.to_string());
    house.say(&owner, one, "and the other goes on").await;
    back.says("and the other goes on").await;
}

#[tokio::test]
async fn a_cut_is_told_then_the_stream_ends_and_the_rest_is_heard_again() {
    let house = House::new();
    let (owner, noah) = (house.person("owner").await, house.person("noah").await);
    let (study, other) = (house.study(&owner).await, house.study(&owner).await);
    house.join(&noah, study).await;
    house.join(&noah, other).await;
    let mut client = house.client(&noah, Wants::All, None).await;
    let id = client.settled().await;
    house.coup.run(&owner, RemoveMember { study, user: "noah".parse().unwrap(), reason: None }).await.unwrap();
    let cut = client.until(|name, _| name == "cut").await;
    assert_eq!((&cut["code"], &cut["studyId"]), (&"kicked".into(), &study.to_string().into()));
    assert!(matches!(client.next_within(Duration::from_secs(1)).await, Some(None)), "it has ended");
    house.say(&owner, study, "not for him").await;
    house.say(&owner, other, "for him").await;
    let mut back = house.client(&noah, Wants::All, Some(&id)).await;
    let rest = back.rest().await;
    assert_eq!(texts(&rest), ["for him"]);
    assert_eq!(house.live.connections(), 1);
    drop(back);
    for _ in 0..100 {
        if house.live.connections() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("whose client has gone is not gone");
}

#[tokio::test]
async fn who_is_sanctioned_hears_why_before_the_cut_though_they_had_not_taken_it_yet_and_no_more_of_studies() {
    let house = House::new();
    let (owner, noah) = (house.person("owner").await, house.person("noah").await);
    let study = house.study(&owner).await;
    house.join(&noah, study).await;
    let (mut slow, mut quick) =
        (house.client(&noah, Wants::All, None).await, house.client(&noah, Wants::All, None).await);
    slow.settled().await;
    quick.settled().await;
    house.say(&owner, study, "waits for the slow one").await;
    quick.says("waits for the slow one").await;
    let suspension = Impose {
        user: "noah".parse().unwrap(),
        measure: Measure::new(SanctionType::Suspension, Some(Length::Days(Days::new("days", 3).unwrap()))).unwrap(),
        reason: Words::parse("reason", "도배했어요").unwrap(),
        notify: false,
    };
    house.coup.as_host("test").run(suspension).await.unwrap();
    // Both are cut at once; only one of them has taken anything meanwhile.
    quick.until(|name, _| name == "cut").await;
    let mut heard = Vec::new();
    while let Some(Some(sent)) = slow.next_within(Duration::from_secs(5)).await {
        heard.push((sent.name.unwrap().to_owned(), sent.data.unwrap()));
    }
    assert_eq!(texts(&heard), [""; 0], "of studies not a word more");
    let why = heard.iter().position(|(_, data)| data["type"] == "sanction.imposed").unwrap();
    assert_eq!(heard[why].1["data"]["reason"], "도배했어요");
    assert_eq!(heard.last().map(|(name, data)| (name.as_str(), &data["code"])), Some(("cut", &"sanctioned".into())));
}

#[tokio::test]
async fn who_takes_nothing_is_ended_and_comes_back_to_the_gap() {
    let house = House::new();
    let owner = house.person("owner").await;
    let study = house.study(&owner).await;
    let mut client = house.client(&owner, Wants::All, None).await;
    let id = client.settled().await;
    for number in 0..600 {
        house.say(&owner, study, &number.to_string()).await;
    }
    // It has eight seconds to make room.
    for _ in 0..3_000 {
        if house.live.connections() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let cut = client.until(|name, _| name == "cut").await;
    assert_eq!(cut["code"], "too_slow");
    let mut back = house.client(&owner, Wants::All, Some(&id)).await;
    let rest = back.rest().await;
    assert_eq!(texts(&rest).len(), 600);
}

#[tokio::test]
async fn one_study_is_heard_alone_and_only_by_its_members() {
    let house = House::new();
    let (owner, noah) = (house.person("owner").await, house.person("noah").await);
    let (study, other) = (house.study(&owner).await, house.study(&owner).await);
    let mut client = house.client(&owner, Wants::Study(study), None).await;
    client.settled().await;
    house.say(&owner, other, "elsewhere").await;
    house.say(&owner, study, "here").await;
    let rest = client.rest().await;
    assert_eq!(texts(&rest), ["here"]);
    let refused = house.live.stream(noah.clone(), Wants::Study(study), None).await;
    assert!(matches!(refused, Err(Error::Denied(_))));
    house.join(&noah, study).await;
    let mut client = house.client(&noah, Wants::Study(study), None).await;
    client.settled().await;
    house.coup.run(&noah, Leave(study)).await.unwrap();
    assert_eq!(client.until(|name, _| name == "cut").await["code"], "left");
}

#[tokio::test]
async fn ones_own_scope_alone_tells_nothing_of_studies() {
    let house = House::new();
    let owner = house.person("owner").await;
    let study = house.study(&owner).await;
    let mut client = house.client(&owner, Wants::Own, None).await;
    client.settled().await;
    house.say(&owner, study, "not here").await;
    house.study(&owner).await;
    assert_eq!(client.rest().await, []);
}

#[tokio::test]
async fn nobody_in_particular_gets_no_stream() {
    let house = House::new();
    let refused = house.live.stream(Ctx::default(), Wants::All, None).await;
    assert!(matches!(refused, Err(Error::NotSignedIn)));
}
