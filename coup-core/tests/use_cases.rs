//! The use cases, over the memory store: what a person may do, and what stands in the way.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use async_trait::async_trait;
use chrono::Duration;
use coup_core::{
    changes::{EventKind, Scope},
    chat::{
        model::Stretch,
        service::{DeleteMessage, EditMessage, MarkRead, SendMessage},
    },
    coup::{Coup, Ctx},
    env::Timestamp,
    error::{Error, StateError},
    id::{StudyId, UserId},
    member::{
        invite::{CreateInvite, JoinByCode, RevokeInvite},
        model::MemberStatus,
        service::{Approve, Join, Leave, Reinstate, RemoveMember, Request, SetRole, Withdraw},
    },
    page::Limit,
    policy::{DeniedReason, PeopleRule, StudyRole},
    store::ChatReads as _,
    study::{
        model::Browse,
        service::{CloseStudy, DeleteStudy, ReopenStudy, RotateInviteCode, StudyFields, StudyView},
    },
    testing::{FixedClock, MemoryStore, SeededIds},
    text::{MessageText, PersonName, Query},
    user::{
        directory::HostUser,
        model::PasswordHash,
        passwords::Passwords,
        service::{AdoptUser, SessionToken, SignIn, SignOut, SignUp, UpdateProfile},
    },
};
use secrecy::{ExposeSecret as _, SecretString};

struct PlainPasswords;

#[async_trait]
impl Passwords for PlainPasswords {
    async fn hash(&self, password: &SecretString, _: [u8; 16]) -> Result<PasswordHash, Error> {
        Ok(PasswordHash::new(format!("plain:{}", password.expose_secret())))
    }

    async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<bool, Error> {
        Ok(hash.is_some_and(|hash| hash.expose() == format!("plain:{}", password.expose_secret())))
    }
}

struct House {
    coup: Coup,
    clock: Arc<FixedClock>,
    store: Arc<MemoryStore>,
}

impl House {
    fn new() -> Self {
        let start: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
        let clock = Arc::new(FixedClock::at(start));
        let store = Arc::new(MemoryStore::new());
        let coup = Coup::builder(store.clone())
            .clock(clock.clone())
            .ids(Arc::new(SeededIds::new(7)))
            .passwords(Arc::new(PlainPasswords))
            .build();
        Self { coup, clock, store }
    }

    async fn person(&self, id: &str) -> Ctx {
        let id: UserId = id.parse().unwrap();
        let name = PersonName::parse("name", id.as_str()).unwrap();
        self.coup.run(&Ctx::default(), AdoptUser { id: id.clone(), user: HostUser::named(name) }).await.unwrap();
        Ctx::user(id)
    }

    async fn study(&self, owner: &Ctx, fields: StudyFields) -> StudyView {
        self.coup.run(owner, fields.create().unwrap()).await.unwrap()
    }

    async fn join(&self, who: &Ctx, study: StudyId) -> Result<MemberStatus, Error> {
        let member = self.coup.run(who, Join { study, request: Request::default() }).await?;
        Ok(member.member.status)
    }

    async fn say(&self, who: &Ctx, study: StudyId, text: &str) -> Result<i64, Error> {
        let message = SendMessage::parse(study, text, None, None).unwrap();
        Ok(self.coup.run(who, message).await?.seq)
    }
}

fn open() -> StudyFields {
    StudyFields {
        name: Some("아침 수학".into()),
        description: Some("매일 한 문제".into()),
        category: Some("수학".into()),
        ..StudyFields::default()
    }
}

fn by_request() -> StudyFields {
    StudyFields { auto_approve: Some(false), ..open() }
}

fn private() -> StudyFields {
    StudyFields { is_public: Some(false), ..open() }
}

fn id(text: &str) -> UserId {
    text.parse().unwrap()
}

#[track_caller]
fn state<T: std::fmt::Debug>(answer: Result<T, Error>) -> StateError {
    match answer {
        Err(Error::State(state)) => state,
        other => panic!("expected a state that stands in the way, got {other:?}"),
    }
}

#[track_caller]
fn denied<T: std::fmt::Debug>(answer: Result<T, Error>) -> DeniedReason {
    match answer {
        Err(Error::Denied(denied)) => denied.reason(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[tokio::test]
async fn two_hundred_race_for_twenty_seats_and_twenty_get_one() {
    let house = Arc::new(House::new());
    let owner = house.person("owner").await;
    let study = house.study(&owner, StudyFields { max_members: Some(21), ..open() }).await.study.id;
    let mut people = Vec::new();
    for n in 0..200 {
        people.push(house.person(&format!("person-{n}")).await);
    }
    let racers: Vec<_> = people
        .into_iter()
        .map(|person| {
            let house = house.clone();
            tokio::spawn(async move { house.join(&person, study).await })
        })
        .collect();
    let mut seated = 0;
    for racer in racers {
        match racer.await.unwrap() {
            Ok(status) => {
                assert_eq!(status, MemberStatus::Active);
                seated += 1;
            }
            full => assert_eq!(state(full), StateError::StudyFull),
        }
    }
    assert_eq!(seated, 20);
    assert_eq!(house.coup.study(&owner, study).await.unwrap().study.member_count, 21);
}

#[tokio::test]
async fn a_request_is_approved_and_holds_no_seat_before() {
    let house = House::new();
    let (owner, minjun) = (house.person("owner").await, house.person("minjun").await);
    let study = house.study(&owner, by_request()).await.study.id;

    assert_eq!(house.join(&minjun, study).await.unwrap(), MemberStatus::Pending);
    assert_eq!(house.coup.study(&owner, study).await.unwrap().study.member_count, 1);
    assert_eq!(state(house.join(&minjun, study).await), StateError::AlreadyRequested);
    assert_eq!(denied(house.say(&minjun, study, "안녕하세요").await), DeniedReason::NotMember);
    assert_eq!(house.coup.requests(&owner, study, None, Limit::DEFAULT).await.unwrap().items.len(), 1);
    // The request, and the notification of it.
    assert_eq!(house.store.head(&Scope::User(id("owner"))).await.unwrap().event_seq, 2);

    house.coup.run(&owner, Approve { study, user: id("minjun") }).await.unwrap();
    assert_eq!(house.say(&minjun, study, "안녕하세요").await.unwrap(), 1);
    assert_eq!(house.coup.study(&owner, study).await.unwrap().study.member_count, 2);
    assert_eq!(state(house.coup.run(&owner, Approve { study, user: id("minjun") }).await), StateError::AlreadyMember);
}

#[tokio::test]
async fn approving_into_a_full_study_is_refused_and_the_request_stays() {
    let house = House::new();
    let owner = house.person("owner").await;
    let study = house.study(&owner, StudyFields { max_members: Some(2), ..by_request() }).await.study.id;
    for name in ["minjun", "seoyeon"] {
        house.join(&house.person(name).await, study).await.unwrap();
    }
    house.coup.run(&owner, Approve { study, user: id("minjun") }).await.unwrap();
    assert_eq!(state(house.coup.run(&owner, Approve { study, user: id("seoyeon") }).await), StateError::StudyFull);
    assert_eq!(house.coup.requests(&owner, study, None, Limit::DEFAULT).await.unwrap().items.len(), 1);
    assert_eq!(state(house.join(&house.person("jiho").await, study).await), StateError::StudyFull);
}

#[tokio::test]
async fn a_rejected_request_goes_and_can_be_made_again_after_a_day() {
    let house = House::new();
    let (owner, minjun) = (house.person("owner").await, house.person("minjun").await);
    let study = house.study(&owner, by_request()).await.study.id;
    house.join(&minjun, study).await.unwrap();
    house.coup.run(&owner, RemoveMember { study, user: id("minjun"), reason: None }).await.unwrap();

    assert_eq!(house.coup.study(&minjun, study).await.unwrap().membership, None);
    assert_eq!(state(house.join(&minjun, study).await), StateError::RejectedRecently);
    house.clock.advance(Duration::hours(24));
    assert_eq!(house.join(&minjun, study).await.unwrap(), MemberStatus::Pending);
    house.coup.run(&minjun, Withdraw(study)).await.unwrap();
    assert_eq!(state(house.coup.run(&minjun, Withdraw(study)).await), StateError::NotPending);
    assert_eq!(house.join(&minjun, study).await.unwrap(), MemberStatus::Pending);
}

#[tokio::test]
async fn who_was_kicked_comes_back_by_no_way_until_reinstated() {
    let house = House::new();
    let (owner, minjun) = (house.person("owner").await, house.person("minjun").await);
    let view = house.study(&owner, open()).await;
    let (study, code) = (view.study.id, view.invite_code.unwrap());
    house.join(&minjun, study).await.unwrap();
    house.coup.run(&owner, RemoveMember { study, user: id("minjun"), reason: None }).await.unwrap();

    assert_eq!(state(house.join(&minjun, study).await), StateError::Kicked);
    assert_eq!(state(house.coup.run(&minjun, JoinByCode(code.clone())).await), StateError::Kicked);
    assert_eq!(house.coup.preview_invite(&minjun, &code).await.unwrap().refusal, Some("kicked"));
    assert_eq!(house.coup.study(&owner, study).await.unwrap().study.member_count, 1);

    house.coup.run(&owner, Reinstate { study, user: id("minjun") }).await.unwrap();
    assert_eq!(state(house.coup.run(&owner, Reinstate { study, user: id("minjun") }).await), StateError::NotKicked);
    assert_eq!(house.join(&minjun, study).await.unwrap(), MemberStatus::Active);
}

#[tokio::test]
async fn a_private_study_is_not_there_for_outsiders_and_an_invite_is_the_way_in() {
    let house = House::new();
    let (owner, minjun) = (house.person("owner").await, house.person("minjun").await);
    let view = house.study(&owner, StudyFields { is_recruiting: Some(false), ..private() }).await;
    let (study, code) = (view.study.id, view.invite_code.unwrap());

    assert!(matches!(house.coup.study(&minjun, study).await, Err(Error::NotFound)));
    assert!(matches!(house.join(&minjun, study).await, Err(Error::NotFound)));
    assert!(matches!(house.say(&minjun, study, "?").await, Err(Error::NotFound)));
    assert!(matches!(house.coup.members(&minjun, study, None, Limit::DEFAULT).await, Err(Error::NotFound)));
    let (_, listed) = house.coup.browse_studies(&minjun, &Browse::default(), None, Limit::DEFAULT).await.unwrap();
    assert!(listed.items.is_empty());

    assert_eq!(house.coup.preview_invite(&minjun, &code).await.unwrap().study.id, study);
    house.coup.run(&minjun, JoinByCode(code)).await.unwrap();
    assert_eq!(house.say(&minjun, study, "들어왔어요").await.unwrap(), 1);
}

#[tokio::test]
async fn a_spent_expired_revoked_or_rotated_code_lets_nobody_in() {
    let house = House::new();
    let owner = house.person("owner").await;
    let view = house.study(&owner, private()).await;
    let (study, standing) = (view.study.id, view.invite_code.unwrap());
    let end = house.store_now() + Duration::hours(1);
    let make = |expires_at, max_uses| CreateInvite::parse(study, expires_at, max_uses).unwrap();
    let once = house.coup.run(&owner, make(None, Some(1))).await.unwrap().code;
    let brief = house.coup.run(&owner, make(Some(end), None)).await.unwrap().code;
    let revoked = house.coup.run(&owner, make(None, None)).await.unwrap().code;
    house.coup.run(&owner, RevokeInvite { study, code: revoked.clone() }).await.unwrap();
    house.coup.run(&owner, RotateInviteCode(study)).await.unwrap();
    house.clock.advance(Duration::hours(1));

    house.coup.run(&house.person("first").await, JoinByCode(once.clone())).await.unwrap();
    let late = house.person("late").await;
    assert_eq!(state(house.coup.run(&late, JoinByCode(once)).await), StateError::InviteSpent);
    assert_eq!(state(house.coup.run(&late, JoinByCode(brief)).await), StateError::InviteSpent);
    for code in [revoked, standing, "nonsense".into()] {
        assert!(matches!(house.coup.run(&late, JoinByCode(code)).await, Err(Error::NotFound)));
    }
}

impl House {
    fn store_now(&self) -> Timestamp {
        use coup_core::env::Clock as _;
        self.clock.now()
    }
}

#[tokio::test]
async fn there_is_one_owner_who_only_hands_over() {
    let house = House::new();
    let (owner, minjun) = (house.person("owner").await, house.person("minjun").await);
    let study = house.study(&owner, open()).await.study.id;
    house.join(&minjun, study).await.unwrap();
    let set = |user: &str, role| SetRole { study, user: id(user), role };

    assert!(matches!(house.coup.run(&owner, Leave(study)).await, Err(Error::People(PeopleRule::Owner))));
    house.coup.run(&owner, set("minjun", StudyRole::Admin)).await.unwrap();
    assert!(matches!(house.coup.run(&minjun, set("owner", StudyRole::Member)).await, Err(Error::Denied(_))));
    assert!(matches!(
        house.coup.run(&minjun, RemoveMember { study, user: id("owner"), reason: None }).await,
        Err(Error::People(PeopleRule::Owner))
    ));
    assert!(matches!(
        house.coup.run(&owner, set("owner", StudyRole::Admin)).await,
        Err(Error::People(PeopleRule::Oneself))
    ));
    assert_eq!(state(house.coup.run(&owner, set("minjun", StudyRole::Admin)).await), StateError::SameRole);

    house.coup.run(&owner, set("minjun", StudyRole::Owner)).await.unwrap();
    let view = house.coup.study(&owner, study).await.unwrap();
    assert_eq!(view.study.owner_id, id("minjun"));
    assert_eq!(view.membership.unwrap().role, StudyRole::Admin);
    house.coup.run(&owner, Leave(study)).await.unwrap();
    assert_eq!(house.coup.study(&minjun, study).await.unwrap().study.member_count, 1);
    assert_eq!(house.join(&owner, study).await.unwrap(), MemberStatus::Active);
}

#[tokio::test]
async fn an_admin_kicks_members_but_no_admins() {
    let house = House::new();
    let owner = house.person("owner").await;
    let study = house.study(&owner, open()).await.study.id;
    for name in ["one", "two", "three"] {
        house.join(&house.person(name).await, study).await.unwrap();
    }
    for name in ["one", "two"] {
        house.coup.run(&owner, SetRole { study, user: id(name), role: StudyRole::Admin }).await.unwrap();
    }
    let one = Ctx::user(id("one"));
    denied(house.coup.run(&one, RemoveMember { study, user: id("two"), reason: None }).await);
    denied(house.coup.run(&Ctx::user(id("three")), RemoveMember { study, user: id("one"), reason: None }).await);
    house.coup.run(&one, RemoveMember { study, user: id("three"), reason: None }).await.unwrap();
    house.coup.run(&owner, RemoveMember { study, user: id("two"), reason: None }).await.unwrap();
}

#[tokio::test]
async fn a_closed_study_is_read_and_not_written() {
    let house = House::new();
    let (owner, minjun) = (house.person("owner").await, house.person("minjun").await);
    let study = house.study(&owner, open()).await.study.id;
    house.join(&minjun, study).await.unwrap();
    house.say(&minjun, study, "마지막 말").await.unwrap();
    denied(house.coup.run(&minjun, CloseStudy(study)).await);
    house.coup.run(&owner, CloseStudy(study)).await.unwrap();

    assert_eq!(state(house.say(&minjun, study, "더 있어요").await), StateError::StudyClosed);
    assert_eq!(state(house.join(&house.person("jiho").await, study).await), StateError::StudyClosed);
    let read = house.coup.messages(&minjun, study, Stretch::Latest, None, Limit::MESSAGES).await.unwrap();
    assert_eq!(read.items.len(), 1);
    let edit = StudyFields { name: Some("새 이름".into()), ..StudyFields::default() }.edit(study).unwrap();
    assert_eq!(state(house.coup.run(&owner, edit).await), StateError::StudyClosed);

    house.coup.run(&owner, ReopenStudy(study)).await.unwrap();
    assert_eq!(state(house.coup.run(&owner, ReopenStudy(study)).await), StateError::StudyOpen);
    assert_eq!(house.say(&minjun, study, "더 있어요").await.unwrap(), 2);
}

#[tokio::test]
async fn who_may_edit_which_field_is_decided_field_by_field() {
    let house = House::new();
    let (owner, admin, member) =
        (house.person("owner").await, house.person("admin").await, house.person("member").await);
    let study = house.study(&owner, open()).await.study.id;
    house.join(&admin, study).await.unwrap();
    house.join(&member, study).await.unwrap();
    house.coup.run(&owner, SetRole { study, user: id("admin"), role: StudyRole::Admin }).await.unwrap();
    let name = || StudyFields { name: Some("밤 수학".into()), ..StudyFields::default() }.edit(study).unwrap();
    let hide = || StudyFields { is_public: Some(false), ..StudyFields::default() }.edit(study).unwrap();
    let seats = |n| StudyFields { max_members: Some(n), ..StudyFields::default() }.edit(study).unwrap();

    denied(house.coup.run(&member, name()).await);
    denied(house.coup.run(&admin, hide()).await);
    assert_eq!(house.coup.run(&admin, name()).await.unwrap().study.name.as_str(), "밤 수학");
    assert!(!house.coup.run(&owner, hide()).await.unwrap().study.is_public);
    assert_eq!(state(house.coup.run(&owner, seats(2)).await), StateError::CapacityTooSmall);
    assert_eq!(house.coup.run(&owner, seats(3)).await.unwrap().study.max_members, 3);
    assert_eq!(house.coup.study(&owner, study).await.unwrap().study.max_members, 3);
}

#[tokio::test]
async fn a_message_sent_again_under_its_own_name_is_one_message() {
    let house = House::new();
    let owner = house.person("owner").await;
    let study = house.study(&owner, open()).await.study.id;
    let other = house.study(&owner, open()).await.study.id;
    let send = |study, text: &str| SendMessage::parse(study, text, Some("phone-1"), None).unwrap();

    let first = house.coup.run(&owner, send(study, "안녕")).await.unwrap();
    assert_eq!(house.coup.run(&owner, send(study, "안녕")).await.unwrap(), first);
    assert_eq!(state(house.coup.run(&owner, send(study, "다른 말")).await), StateError::ClientIdReused);
    assert_eq!(state(house.coup.run(&owner, send(other, "안녕")).await), StateError::ClientIdReused);
    assert_eq!(house.store.head(&Scope::Study(study)).await.unwrap().message_seq, 1);
}

#[tokio::test]
async fn a_message_is_edited_by_its_author_and_deleted_by_author_or_staff() {
    let house = House::new();
    let (owner, minjun) = (house.person("owner").await, house.person("minjun").await);
    let study = house.study(&owner, open()).await.study.id;
    house.join(&minjun, study).await.unwrap();
    let sent = house.coup.run(&minjun, SendMessage::parse(study, "오타에오", None, None).unwrap()).await.unwrap();
    let edit =
        |text: &str| EditMessage { study, message: sent.id, content: MessageText::parse("content", text).unwrap() };

    assert!(matches!(house.coup.run(&owner, edit("남의 말")).await, Err(Error::People(PeopleRule::NotAuthor))));
    let edited = house.coup.run(&minjun, edit("오타예요")).await.unwrap();
    assert_eq!((edited.content.as_deref(), edited.edited_at.is_some()), (Some("오타예요"), true));
    house.clock.advance(Duration::minutes(15) + Duration::microseconds(1));
    assert_eq!(state(house.coup.run(&minjun, edit("늦었어요")).await), StateError::EditTooLate);

    let of_owner = house.coup.run(&owner, SendMessage::parse(study, "공지", None, None).unwrap()).await.unwrap();
    denied(house.coup.run(&minjun, DeleteMessage { study, message: of_owner.id }).await);
    house.coup.run(&owner, DeleteMessage { study, message: sent.id }).await.unwrap();
    house.coup.run(&owner, DeleteMessage { study, message: sent.id }).await.unwrap();
    let shown = house.coup.messages(&minjun, study, Stretch::After(0), None, Limit::MESSAGES).await.unwrap().items;
    assert_eq!((shown[0].content.as_deref(), shown[0].deleted_at.is_some()), (None, true));
    let events = house.store.events(&Scope::Study(study), 0, Limit::MAX).await.unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["member.joined", "message.created", "message.edited", "message.created", "message.deleted"]);
    assert_eq!(events[4].kind, EventKind::MessageDeleted.as_str());
    assert_eq!(events[4].data, serde_json::json!({ "id": sent.id }));
}

#[tokio::test]
async fn another_studys_message_is_not_there() {
    let house = House::new();
    let owner = house.person("owner").await;
    let (here, there) = (house.study(&owner, open()).await.study.id, house.study(&owner, open()).await.study.id);
    let sent = house.coup.run(&owner, SendMessage::parse(there, "저기", None, None).unwrap()).await.unwrap();
    let content = MessageText::parse("content", "여기").unwrap();

    assert!(matches!(
        house.coup.run(&owner, EditMessage { study: here, message: sent.id, content }).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        house.coup.run(&owner, DeleteMessage { study: here, message: sent.id }).await,
        Err(Error::NotFound)
    ));
    let reply = SendMessage::parse(here, "답", None, Some(sent.id)).unwrap();
    assert!(matches!(house.coup.run(&owner, reply).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn unread_counts_follow_the_read_mark() {
    let house = House::new();
    let (owner, minjun) = (house.person("owner").await, house.person("minjun").await);
    let study = house.study(&owner, open()).await.study.id;
    house.join(&minjun, study).await.unwrap();
    for text in ["하나", "둘", "셋"] {
        house.say(&owner, study, text).await.unwrap();
    }
    house.say(&minjun, study, "넷").await.unwrap();
    let unread = async |who: &Ctx| house.coup.own_studies(who, None, Limit::DEFAULT).await.unwrap().1.items[0].unread;

    assert_eq!((unread(&minjun).await, unread(&owner).await), (3, 1));
    house.coup.run(&minjun, MarkRead { study, seq: 2 }).await.unwrap();
    house.coup.run(&minjun, MarkRead { study, seq: 1 }).await.unwrap();
    assert_eq!(unread(&minjun).await, 1);
    house.coup.run(&minjun, MarkRead { study, seq: 99 }).await.unwrap();
    let marks = house.coup.read_marks(&owner, study, None, Limit::DEFAULT).await.unwrap().items;
    assert_eq!(marks.iter().find(|mark| mark.user_id == id("minjun")).unwrap().seq, 4);
}

#[tokio::test]
async fn a_two_syllable_word_is_found() {
    let house = House::new();
    let owner = house.person("owner").await;
    let study = house.study(&owner, open()).await.study.id;
    for text in ["내일 수학 시험", "과학은 모레", "수학책 챙기기"] {
        house.say(&owner, study, text).await.unwrap();
    }
    let query = Query::parse("query", "수학").unwrap();
    let found = house.coup.messages(&owner, study, Stretch::Latest, Some(&query), Limit::MESSAGES).await.unwrap().items;
    let found: Vec<_> = found.iter().map(|message| message.content.as_deref().unwrap()).collect();
    assert_eq!(found, ["수학책 챙기기", "내일 수학 시험"]);
}

#[tokio::test]
async fn a_deleted_study_is_gone_and_its_members_are_told() {
    let house = House::new();
    let (owner, minjun) = (house.person("owner").await, house.person("minjun").await);
    let study = house.study(&owner, open()).await.study.id;
    house.join(&minjun, study).await.unwrap();
    denied(house.coup.run(&minjun, DeleteStudy(study)).await);
    house.coup.run(&owner, DeleteStudy(study)).await.unwrap();
    assert!(matches!(house.coup.study(&owner, study).await, Err(Error::NotFound)));
    let told = house.store.events(&Scope::User(id("minjun")), 0, Limit::MAX).await.unwrap();
    assert_eq!(told.last().unwrap().kind, "study.deleted");
}

#[tokio::test]
async fn signing_up_in_and_out() {
    let house = House::new();
    let nobody = Ctx::default();
    let up = |email: &str| SignUp::parse(email, "zanzibar-otter-3".into(), "김민준").unwrap();
    let made = house.coup.run(&nobody, up("Minjun@School.kr")).await.unwrap().signed_in().unwrap();
    let with = |token: &str| Ctx {
        credential: Some(coup_core::store::Credential::Session(SessionToken::hash(token))),
        ..Ctx::default()
    };
    assert_eq!(house.coup.me(&with(made.token.expose())).await.unwrap().email.unwrap().as_str(), "minjun@school.kr");
    assert_eq!(state(house.coup.run(&nobody, up("minjun@school.kr")).await), StateError::EmailTaken);

    let enter = |email: &str, password: &str| SignIn { email: email.into(), password: password.into(), code: None };
    for (email, password) in
        [("minjun@school.kr", "wrong-otter-33"), ("nobody@school.kr", "zanzibar-otter-3"), ("??", "")]
    {
        assert!(matches!(house.coup.run(&nobody, enter(email, password)).await, Err(Error::WrongCredentials)));
    }
    let signed_in =
        house.coup.run(&nobody, enter("minjun@school.kr", "zanzibar-otter-3")).await.unwrap().signed_in().unwrap();
    let ctx = with(signed_in.token.expose());
    let renamed =
        UpdateProfile { name: Some(PersonName::parse("name", "민준").unwrap()), ..UpdateProfile::default() };
    assert_eq!(house.coup.run(&ctx, renamed).await.unwrap().name.unwrap().as_str(), "민준");
    house.coup.run(&ctx, SignOut).await.unwrap();
    assert!(matches!(house.coup.me(&ctx).await, Err(Error::NotSignedIn)));
    assert!(house.coup.me(&with(made.token.expose())).await.is_ok());
    house.clock.advance(Duration::days(7));
    assert!(matches!(house.coup.me(&with(made.token.expose())).await, Err(Error::NotSignedIn)));
    assert!(matches!(house.coup.me(&with("guess")).await, Err(Error::NotSignedIn)));
    assert!(matches!(house.coup.me(&nobody).await, Err(Error::NotSignedIn)));
}

#[tokio::test]
async fn a_prepared_decision_writes_nothing() {
    let house = House::new();
    let (owner, minjun) = (house.person("owner").await, house.person("minjun").await);
    let study = house.study(&owner, open()).await.study.id;
    let prepared = house.coup.prepare(&minjun, &Join { study, request: Request::default() }).await.unwrap();
    assert!(prepared.changes.is_some());
    assert_eq!(house.coup.study(&minjun, study).await.unwrap().membership, None);
}
