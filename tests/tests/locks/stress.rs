//! Many commits at once over the same few rows, in every order.

use std::time::Duration;

use coup_core::{
    changes::{Change, Changes, EventKind, Guard, Row, Scope},
    id::MessageId,
    page::Limit,
    store::{
        ChatReads as _, LiveReads as _, MemberReads as _, Store as _, StoreError, StudyReads as _, UserReads as _,
    },
    text::MessageText,
    user::model::Person,
};
use coup_storage_postgres::PostgresStore;
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::scene::{Scene, begin};

const PEOPLE: usize = 4;
const STUDIES: usize = 3;
/// As many as the store has connections.
const AT_ONCE: u64 = 10;

/// Xorshift: the same numbers on every run, other ones for each seed.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// What committed changes must have left behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sums {
    users: [i64; PEOPLE],
    studies: [i64; STUDIES],
    members: i64,
    /// One for each member that was saved.
    revoked: i64,
    edits: i64,
    seats: [u32; STUDIES],
    uses: [u32; STUDIES],
    messages: [i64; STUDIES],
    events: [i64; STUDIES],
    to_people: [i64; PEOPLE],
}

impl Sums {
    fn add(&mut self, other: &Self) {
        let add = |to: &mut [i64], by: &[i64]| to.iter_mut().zip(by).for_each(|(to, by)| *to += by);
        let count = |to: &mut [u32], by: &[u32]| to.iter_mut().zip(by).for_each(|(to, by)| *to += by);
        add(&mut self.users, &other.users);
        add(&mut self.studies, &other.studies);
        self.members += other.members;
        self.revoked += other.revoked;
        self.edits += other.edits;
        count(&mut self.seats, &other.seats);
        count(&mut self.uses, &other.uses);
        add(&mut self.messages, &other.messages);
        add(&mut self.events, &other.events);
        add(&mut self.to_people, &other.to_people);
    }
}

/// Three to six changes in any order, decided on what is stored now; and what they add up to.
async fn decided(scene: &Scene, random: &mut Random) -> (Changes, Sums) {
    let store = &scene.store;
    let (mut changes, mut sums) = (begin(), Sums::default());
    let mut saved = Vec::new();
    for _ in 0..3 + random.below(4) {
        let (p, s) = (random.below(PEOPLE), random.below(STUDIES));
        let (user, study) = (&scene.users[p], scene.studies[s]);
        let what = random.below(13);
        // A row is saved once in a commit.
        let key = (what, if what == 1 || what == 3 { p } else { s }, if what == 5 { p } else { 0 });
        if saved.contains(&key) {
            continue;
        }
        saved.push(key);
        changes = match what {
            0 => changes.change(Change::SignedIn(user.id.clone(), scene.make.later())),
            1 => {
                let stored = store.user(&user.id).await.unwrap().unwrap();
                sums.users[p] += 1;
                changes.save(Row::User(Box::new(stored)))
            }
            2 => changes.guard(Guard::User(user.id.clone(), 0)),
            3 => changes.guard(Guard::Member(study, user.id.clone(), {
                store.member(study, &user.id).await.unwrap().unwrap().member.version
            })),
            4 => {
                let stored = store.study(study).await.unwrap().unwrap();
                sums.studies[s] += 1;
                changes.save(Row::Study(Box::new(stored)))
            }
            5 => {
                let stored = store.member(study, &user.id).await.unwrap().unwrap();
                sums.members += 1;
                sums.revoked += 1;
                changes.save(Row::Member(Box::new(stored.member)))
            }
            6 => {
                let id: MessageId = scene.messages[random.below(scene.messages.len())];
                let mut stored = store.message(scene.studies[0], id).await.unwrap().unwrap().message;
                if saved.contains(&(100, usize::try_from(stored.seq).unwrap(), 0)) {
                    continue;
                }
                saved.push((100, usize::try_from(stored.seq).unwrap(), 0));
                stored.content = MessageText::from_stored(format!("고친 말 {}", random.below(100)));
                sums.edits += 1;
                changes.save(Row::Message(Box::new(stored)))
            }
            7 => {
                sums.seats[s] += 1;
                changes.change(Change::TakeSeat(study))
            }
            8 => {
                sums.uses[s] += 1;
                changes.change(Change::UseInvite(scene.invites[s], scene.make.later()))
            }
            9 => changes.change(Change::MoveReadMark(study, user.id.clone(), i64::try_from(random.below(50)).unwrap())),
            10 => {
                sums.messages[s] += 1;
                sums.events[s] += 1;
                changes.post(scene.make.message(study, &user.id, "안녕"), Person::from(user))
            }
            11 => {
                sums.events[s] += 1;
                tell(changes, scene, Scope::Study(study))
            }
            _ => {
                // To several at once, which is one statement.
                for q in [p, (p + 1) % PEOPLE] {
                    sums.to_people[q] += 1;
                    changes = tell(changes, scene, Scope::User(scene.users[q].id.clone()));
                }
                changes
            }
        };
    }
    (changes, sums)
}

fn tell(changes: Changes, scene: &Scene, scope: Scope) -> Changes {
    changes.event(scope, EventKind::MemberJoined, scene.make.later(), serde_json::json!({}))
}

fn rounds() -> u64 {
    if std::env::var_os("COUP_LONG").is_some() { 2_000 } else { 60 }
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_over_the_same_rows_in_every_order_never_deadlock() {
    let scene = std::sync::Arc::new(Scene::new(PEOPLE, STUDIES).await);
    let mut running = Vec::new();
    for worker in 0..AT_ONCE {
        let scene = scene.clone();
        running.push(tokio::spawn(async move {
            let (mut total, mut written, mut lost) = (Sums::default(), 0_u32, 0_u32);
            let mut random = Random::new(worker + 1);
            for _ in 0..rounds() {
                let (changes, sums) = decided(&scene, &mut random).await;
                let changes = scene.revoking(changes).await;
                match scene.store.commit(changes).await {
                    Ok(_) => {
                        total.add(&sums);
                        written += 1;
                    }
                    Err(StoreError::Conflict) => lost += 1,
                    Err(error) => panic!("{error:?}"),
                }
            }
            (total, written, lost)
        }));
    }
    let (mut total, mut written, mut lost) = (Sums::default(), 0, 0);
    for worker in running {
        let (sums, w, l) = worker.await.unwrap();
        total.add(&sums);
        written += w;
        lost += l;
    }
    println!("{written} written, {lost} decided on what had passed");
    assert!(written > 200 && lost > 20, "{written} written, {lost} lost: too few to say anything");
    assert_eq!(found(&scene).await, total);
    assert_eq!(deadlocks(&scene).await, 0);
}

/// What is stored, as the sums that led there.
async fn found(scene: &Scene) -> Sums {
    let store: &PostgresStore = &scene.store;
    let mut sums = Sums { revoked: revoked(store).await, ..Sums::default() };
    for (p, user) in scene.users.iter().enumerate() {
        sums.users[p] = store.user(&user.id).await.unwrap().unwrap().version;
        sums.to_people[p] = gapless(store, &Scope::User(user.id.clone())).await;
    }
    for (s, id) in scene.studies.iter().enumerate() {
        let study = store.study(*id).await.unwrap().unwrap();
        sums.studies[s] = study.version;
        sums.seats[s] = study.member_count - 1;
        for user in &scene.users {
            sums.members += store.member(*id, &user.id).await.unwrap().unwrap().member.version;
        }
        sums.uses[s] = store.invites(*id, None, Limit::MAX).await.unwrap()[0].0.uses;
        let mine = if s == 0 { i64::try_from(scene.messages.len()).unwrap() } else { 0 };
        sums.messages[s] = store.head(&Scope::Study(*id)).await.unwrap().message_seq - mine;
        sums.events[s] = gapless(store, &Scope::Study(*id)).await - mine;
    }
    for id in &scene.messages {
        sums.edits += store.message(scene.studies[0], *id).await.unwrap().unwrap().message.version;
    }
    sums
}

/// The head of a scope, which has every event up to it.
async fn gapless(store: &PostgresStore, scope: &Scope) -> i64 {
    let head = store.head(scope).await.unwrap().event_seq;
    let mut last = 0;
    loop {
        let events = store.events(scope, last, Limit::MAX).await.unwrap();
        for event in &events {
            assert_eq!(event.seq, last + 1, "a gap in {scope:?}");
            last = event.seq;
        }
        if events.is_empty() {
            assert_eq!(last, head, "{scope:?}");
            return head;
        }
    }
}

/// The newest revocation's place; every place up to it is there.
async fn revoked(store: &PostgresStore) -> i64 {
    let head = store.revocation_head().await.unwrap();
    let mut last = 0;
    loop {
        let page = store.revocations(last, Limit::MAX).await.unwrap();
        for row in &page {
            assert_eq!(row.seq, last + 1, "a gap among revocations");
            last = row.seq;
        }
        if page.is_empty() {
            assert_eq!(last, head);
            return head;
        }
    }
}

/// How many rings of waiting the server had to break in this database. Counted for good once the connections are gone.
async fn deadlocks(scene: &Scene) -> i64 {
    scene.store.close().await;
    let mut connection = PgConnection::connect(scene.database.url()).await.unwrap();
    for _ in 0..1_000 {
        let others = sqlx::query(
            "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
        )
        .fetch_optional(&mut connection)
        .await
        .unwrap();
        if others.is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let row = sqlx::query("select deadlocks from pg_stat_database where datname = current_database()");
    row.fetch_one(&mut connection).await.unwrap().get(0)
}
