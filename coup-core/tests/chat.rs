//! Talking, over the memory store: who is mentioned, what is told of an answer, and one message sent twice at once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use coup_core::{
    changes::{Changes, Scope, to_value},
    chat::{
        model::{Message, MessageView, Written},
        service::{DeleteMessage, EditMessage, SendMessage},
    },
    coup::{Coup, Ctx},
    error::{Error, StateError},
    hooks::{Veto, Vetoed},
    id::{StudyId, UserId},
    member::service::{Join, Leave, Request},
    page::Limit,
    store::{ChatReads as _, Standing, StoreError, Unique},
    study::service::StudyFields,
    testing::{
        FixedClock, MemoryStore, SeededIds,
        fixtures::{Fixtures, START},
        mocks::MockStore,
    },
    text::{MessageText, PersonName},
    user::{directory::HostUser, service::AdoptUser},
};

fn id(text: &str) -> UserId {
    text.parse().unwrap()
}

fn say(study: StudyId, text: &str) -> SendMessage {
    SendMessage::parse(study, text, None, None).unwrap()
}

/// A deployment over one memory store.
struct House {
    store: Arc<MemoryStore>,
    coup: Coup,
}

impl House {
    fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        Self { coup: Self::node(&store, 1).build(), store }
    }

    fn node(store: &Arc<MemoryStore>, number: u16) -> coup_core::coup::Builder {
        Coup::builder(store.clone()).clock(Arc::new(FixedClock::at(START))).ids(Arc::new(SeededIds::new(number)))
    }

    async fn person(&self, user: &str, name: &str) -> Ctx {
        let name = PersonName::parse("name", name).unwrap();
        let adopt = AdoptUser { id: id(user), user: HostUser::named(name) };
        self.coup.run(&Ctx::default(), adopt).await.unwrap();
        Ctx::user(id(user))
    }

    async fn study(&self, owner: &Ctx) -> StudyId {
        let fields = StudyFields {
            name: Some("아침 수학".into()),
            description: Some("매일 한 문제".into()),
            category: Some("수학".into()),
            is_public: Some(true),
            auto_approve: Some(true),
            ..StudyFields::default()
        };
        self.coup.run(owner, fields.create().unwrap()).await.unwrap().study.id
    }

    async fn join(&self, who: &Ctx, study: StudyId) {
        self.coup.run(who, Join { study, request: Request::default() }).await.unwrap();
    }
}

#[tokio::test]
async fn active_members_of_this_study_are_mentioned_as_they_are_called_when_it_is_sent() {
    let house = House::new();
    let owner = house.person("owner", "김민준").await;
    let (here, there) = (house.study(&owner).await, house.study(&owner).await);
    let seoyeon = house.person("seoyeon", "이서연").await;
    let namesake = house.person("namesake", "이서연").await;
    let jiho = house.person("jiho", "박지호").await;
    for who in [&seoyeon, &namesake] {
        house.join(who, here).await;
    }
    house.join(&jiho, there).await;
    let text = "@이서연아 @박지호 @김민준 오늘 봐요";
    let sent = house.coup.run(&owner, say(here, text)).await.unwrap();
    assert_eq!(sent.mentions, [id("namesake"), id("seoyeon")]);
    assert_eq!(house.coup.run(&owner, say(there, text)).await.unwrap().mentions, [id("jiho")]);
    assert_eq!(house.coup.run(&seoyeon, say(here, text)).await.unwrap().mentions, [id("namesake"), id("owner")]);

    // Who leaves is not called any more; what was said stays as it was until it is edited.
    house.coup.run(&namesake, Leave(here)).await.unwrap();
    assert_eq!(house.coup.run(&owner, say(here, text)).await.unwrap().mentions, [id("seoyeon")]);
    let shown = house.store.message(here, sent.id).await.unwrap().unwrap();
    assert_eq!(shown.view(), sent);
    let edit = |text: &str| EditMessage {
        study: here,
        message: sent.id,
        content: MessageText::parse("content", text).unwrap(),
    };
    assert_eq!(house.coup.run(&owner, edit(text)).await.unwrap().mentions, sent.mentions, "nothing changed");
    let edited = house.coup.run(&owner, edit("@이서연! @박지호?")).await.unwrap();
    assert_eq!(edited.mentions, [id("seoyeon")]);
    assert_eq!(house.coup.run(&owner, edit("아무도 아니에요")).await.unwrap().mentions, []);
}

#[tokio::test]
async fn events_tell_the_message_as_it_is_answered_over_http() {
    let house = House::new();
    let (owner, seoyeon) = (house.person("owner", "김민준").await, house.person("seoyeon", "이서연").await);
    let study = house.study(&owner).await;
    house.join(&seoyeon, study).await;
    let asked = house.coup.run(&seoyeon, say(study, "숙제가 뭐예요?")).await.unwrap();
    let answer = SendMessage::parse(study, "@이서연 수학이요", Some("c1"), Some(asked.id)).unwrap();
    let sent = house.coup.run(&owner, answer.clone()).await.unwrap();
    assert_eq!(sent.reply_to.as_ref().and_then(|answered| answered.content.as_deref()), Some("숙제가 뭐예요?"));
    assert_eq!(house.coup.run(&owner, answer).await.unwrap(), sent, "the same again");
    let content = MessageText::parse("content", "@이서연 영어요").unwrap();
    let edited = house.coup.run(&owner, EditMessage { study, message: sent.id, content }).await.unwrap();
    house.coup.run(&seoyeon, DeleteMessage { study, message: asked.id }).await.unwrap();
    let late = SendMessage::parse(study, "지웠네요", None, Some(asked.id)).unwrap();
    let late = house.coup.run(&owner, late).await.unwrap();
    let answered = late.reply_to.clone().unwrap();
    assert_eq!((answered.content, answered.deleted_at.is_some()), (None, true));

    let events = house.store.events(&Scope::Study(study), 0, Limit::MAX).await.unwrap();
    let told: Vec<_> = events.into_iter().filter(|event| event.kind.starts_with("message.")).collect();
    let expected: Vec<_> = [("created", &asked), ("created", &sent), ("edited", &edited), ("created", &late)]
        .map(|(kind, view)| (format!("message.{kind}"), to_value(view)))
        .into();
    let told: Vec<_> = told.into_iter().filter(|event| event.kind != "message.deleted").collect();
    assert_eq!(told.into_iter().map(|event| (event.kind, event.data)).collect::<Vec<_>>(), expected);
}

/// A store that knows one study and its owner, and answers `called` times who is called so; it is asked for nothing else.
fn knowing(make: &Fixtures, called: usize) -> (MockStore, StudyId, Ctx, Message) {
    let owner = make.user("김민준");
    let study = make.study(&owner.id, "알고리즘 스터디");
    let (message, ctx) = (make.message(study.id, &owner.id, "처음 말"), Ctx::user(owner.id.clone()));
    let mut store = MockStore::new();
    let (id, member) = (study.id, make.owner(&study));
    let author = coup_core::user::model::Person::from(&owner);
    let stored = Written { message: message.clone(), author, reply_to: None };
    store.expect_standing().times(1).returning(move |_, _| {
        let study = Some((study.clone(), Some(member.clone())));
        Ok(Some(Standing {
            user: owner.clone(),
            session: None,
            admin: None,
            has_second_factor: false,
            sanctions: Vec::new(),
            study,
        }))
    });
    store.expect_message().times(0..=1).returning(move |_, _| Ok(Some(stored.clone())));
    store.expect_members_called().times(called).returning(|_, _| Ok(Vec::new()));
    store.expect_commit().times(1).returning(|_| Ok(coup_core::changes::Committed::default()));
    (store, id, ctx, message)
}

#[tokio::test]
async fn storage_is_asked_for_names_once_and_only_where_somebody_may_be_mentioned() {
    let make = Fixtures::new(1);
    for (text, called) in
        [("안녕하세요", 0), ("kim@school.kr로 보내요", 0), ("@ 7시", 0), ("@이서연 @박지호 @최하은", 1)]
    {
        let (store, study, ctx, _) = knowing(&make, called);
        let coup = Coup::builder(Arc::new(store)).clock(Arc::new(make.clock.clone())).build();
        coup.run(&ctx, say(study, text)).await.unwrap();
        let (store, study, ctx, message) = knowing(&make, called);
        let coup = Coup::builder(Arc::new(store)).clock(Arc::new(make.clock.clone())).build();
        let content = MessageText::parse("content", text).unwrap();
        coup.run(&ctx, EditMessage { study, message: message.id, content }).await.unwrap();
    }
}

/// When the first message of this node is about to be committed, the same is sent through another node.
struct Faster {
    other: Coup,
    ctx: Ctx,
    command: Mutex<Option<SendMessage>>,
    sent: Mutex<Option<MessageView>>,
}

#[async_trait]
impl Veto for Faster {
    async fn before(&self, changes: &Changes) -> Result<(), Vetoed> {
        let command = self.command.lock().unwrap().take_if(|_| !changes.posts().is_empty());
        if let Some(command) = command {
            let sent = self.other.run(&self.ctx, command).await.unwrap();
            *self.sent.lock().unwrap() = Some(sent);
        }
        Ok(())
    }
}

/// What the slower of two nodes answers, and what the faster answered before.
async fn raced(house: &House, slower: SendMessage, faster: SendMessage) -> (Result<MessageView, Error>, MessageView) {
    let ctx = Ctx::user(id("owner"));
    let veto = Arc::new(Faster {
        other: House::node(&house.store, 2).build(),
        ctx: ctx.clone(),
        command: Mutex::new(Some(faster)),
        sent: Mutex::new(None),
    });
    let coup = House::node(&house.store, 3).veto(veto.clone()).build();
    let answer = coup.run(&ctx, slower).await;
    let sent = veto.sent.lock().unwrap().clone().unwrap();
    (answer, sent)
}

#[tokio::test]
async fn the_same_client_id_at_once_from_two_connections_is_one_message_and_both_are_answered_it() {
    let house = House::new();
    let owner = house.person("owner", "김민준").await;
    let (study, other) = (house.study(&owner).await, house.study(&owner).await);
    let send = |study, text: &str, name: &str| SendMessage::parse(study, text, Some(name), None).unwrap();
    let (answer, sent) = raced(&house, send(study, "안녕", "c1"), send(study, "안녕", "c1")).await;
    assert_eq!(answer.unwrap(), sent);
    let head = async || house.store.head(&Scope::Study(study)).await.unwrap();
    assert_eq!((head().await.message_seq, head().await.event_seq), (1, 1));

    // Another message by that name, here or elsewhere, is none of it.
    for slower in [send(study, "다른 말", "c2"), send(other, "안녕", "c3")] {
        let name = slower.client_id.clone().unwrap();
        let (answer, sent) = raced(&house, slower, send(study, "안녕", name.as_str())).await;
        assert!(matches!(answer, Err(Error::State(StateError::ClientIdReused))), "{answer:?}");
        assert_eq!(sent.client_id.as_deref(), Some(name.as_str()));
    }
    assert_eq!(head().await.message_seq, 3);
    assert_eq!(house.store.head(&Scope::Study(other)).await.unwrap().message_seq, 0);
}

#[tokio::test]
async fn a_client_id_that_is_taken_but_never_found_is_given_up() {
    let make = Fixtures::new(1);
    let (owner, study) = (make.user("김민준"), StudyId::from_uuid(uuid::Uuid::nil()));
    let study = coup_core::study::model::Study { id: study, ..make.study(&owner.id, "알고리즘 스터디") };
    let (ctx, command) = (Ctx::user(owner.id.clone()), SendMessage::parse(study.id, "안녕", Some("c1"), None).unwrap());
    let member = make.owner(&study);
    let mut store = MockStore::new();
    store.expect_standing().times(4).returning(move |_, _| {
        let study = Some((study.clone(), Some(member.clone())));
        Ok(Some(Standing {
            user: owner.clone(),
            session: None,
            admin: None,
            has_second_factor: false,
            sanctions: Vec::new(),
            study,
        }))
    });
    store.expect_message_by_client_id().times(4).returning(|_, _| Ok(None));
    store.expect_commit().times(4).returning(|_| Err(StoreError::AlreadyExists(Unique::ClientId)));
    let coup = Coup::builder(Arc::new(store)).clock(Arc::new(make.clock.clone())).build();
    let answer = coup.run(&ctx, command).await;
    assert!(matches!(answer, Err(Error::Store(StoreError::AlreadyExists(Unique::ClientId)))), "{answer:?}");
}
