//! Of two rows the lesser is locked first, whatever the order of the changes; and one kind of row after the other.

use std::{pin::pin, time::Duration};

use coup_core::{
    admin::service::GrantAdmin,
    changes::{Change, Changes, EventKind, Guard, Key, Row, Scope},
    id::SessionId,
    live::model::Ticket,
    member::model::StudyMember,
    policy::AdminRole,
    store::{ChatReads as _, Credential, MemberReads as _, Store as _, StudyReads as _},
    user::model::{AdminPermissions, Person, User},
};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::scene::{Scene, begin};

/// Rows of one kind or two: that which is locked first, and that which comes after; and a commit that names them the other way round.
struct Case {
    what: &'static str,
    first: String,
    then: String,
    changes: Changes,
}

fn row(table: &str, key: &str) -> String {
    format!("select 1 from {table} where {key} for update")
}

async fn cases(scene: &Scene) -> Vec<Case> {
    let (store, users, studies) = (&scene.store, &scene.users, &scene.studies);
    let user = |n: usize| row("users", &format!("id = '{}'", users[n].id));
    let study = |n: usize| row("studies", &format!("id = '{}'", studies[n]));
    let in_study = |table: &str, n: usize| row(table, &format!("study_id = '{}'", studies[n]));
    let of_member =
        |table: &str, n: usize| row(table, &format!("study_id = '{}' and user_id = '{}'", studies[0], users[n].id));
    let message = |n: usize| row("messages", &format!("id = '{}'", scene.messages[n]));
    let invite = |n: usize| row("study_invites", &format!("id = '{}'", scene.invites[n]));
    let user_head = |n: usize| row("user_heads", &format!("user_id = '{}'", users[n].id));
    let save_user = |n: usize| Row::User(Box::new(User { bio: None, ..users[n].clone() }));
    let mut stored = Vec::new();
    for id in studies {
        stored.push(store.study(*id).await.unwrap().unwrap());
    }
    let save_study = |n: usize| Row::Study(Box::new(stored[n].clone()));
    let mut members: Vec<StudyMember> = Vec::new();
    for user in users {
        members.push(store.member(studies[0], &user.id).await.unwrap().unwrap().member);
    }
    let save_member = |n: usize| Row::Member(Box::new(members[n].clone()));
    let mut messages = Vec::new();
    for id in &scene.messages {
        messages.push(store.message(studies[0], *id).await.unwrap().unwrap().message);
    }
    let save_message = |n: usize| Row::Message(Box::new(messages[n].clone()));
    let told = |n: usize| Scope::User(users[n].id.clone());
    let tell = |changes: Changes, scope: Scope| {
        changes.event(scope, EventKind::MemberJoined, scene.make.later(), serde_json::json!({}))
    };
    let post = |changes: Changes, n: usize| {
        changes.post(scene.make.message(studies[n], &users[0].id, "안녕"), Person::from(&users[0]))
    };
    let now = scene.make.later();
    let holder = Credential::User(users[0].id.clone());
    let ticket = |n: u8| row("tickets", &format!("token_hash = decode(repeat('{n:02x}', 32), 'hex')"));
    let revocation_head = row("revocation_head", "one = 1");
    let sign_out = Change::Remove(Key::Session(scene.make.id(SessionId::from_uuid)));
    let opened = (0..4).map(|n| Ticket { hash: [n; 32], credential: holder.clone(), expires_at: now });
    let opened = opened.fold(begin(), |changes, ticket| changes.insert(Row::Ticket(Box::new(ticket))));
    store.commit(opened).await.unwrap();
    let grant = GrantAdmin {
        user: users[2].id.clone(),
        role: AdminRole::Viewer,
        expires_at: None,
        permissions: AdminPermissions::default(),
    };
    let granted = scene.coup.prepare(scene.coup.as_host("test").ctx(), &grant).await.unwrap().changes.unwrap();
    let mark = |n: usize| Change::MoveReadMark(studies[0], users[n].id.clone(), 3);
    // What is told to two people moves both heads in one statement: they are made before.
    store.commit(tell(tell(begin(), told(0)), told(1))).await.unwrap();
    let case = |what, first, then, changes| Case { what, first, then, changes };
    vec![
        case("people saved", user(0), user(1), begin().save(save_user(1)).save(save_user(0))),
        case("people who sign in", user(0), user(1), {
            begin()
                .change(Change::SignedIn(users[1].id.clone(), now))
                .change(Change::SignedIn(users[0].id.clone(), now))
        }),
        case("a person guarded, another saved", user(0), user(1), {
            begin().save(save_user(1)).guard(Guard::User(users[0].id.clone(), 0))
        }),
        case("studies", study(0), study(1), begin().save(save_study(1)).save(save_study(0))),
        case("members", of_member("study_members", 1), of_member("study_members", 2), {
            begin().save(save_member(2)).save(save_member(1))
        }),
        case("messages", message(0), message(1), begin().save(save_message(1)).save(save_message(0))),
        case("people before studies", user(0), study(0), begin().save(save_study(0)).save(save_user(0))),
        case("studies before members", study(0), of_member("study_members", 1), {
            begin().save(save_member(1)).save(save_study(0))
        }),
        case("members before messages", of_member("study_members", 1), message(0), {
            begin().save(save_message(0)).save(save_member(1))
        }),
        case("messages before seats", message(0), in_study("study_seats", 0), {
            begin().change(Change::TakeSeat(studies[0])).save(save_message(0))
        }),
        case(
            "tickets",
            ticket(0),
            ticket(1),
            begin().change(Change::UseTicket([1; 32])).change(Change::UseTicket([0; 32])),
        ),
        case("messages before tickets", message(0), ticket(2), {
            begin().change(Change::UseTicket([2; 32])).save(save_message(0))
        }),
        case("tickets before seats", ticket(3), in_study("study_seats", 0), {
            begin().change(Change::TakeSeat(studies[0])).change(Change::UseTicket([3; 32]))
        }),
        case("seats", in_study("study_seats", 0), in_study("study_seats", 1), {
            begin().change(Change::TakeSeat(studies[1])).change(Change::SetCapacity(studies[0], 900_000))
        }),
        case("seats before invites", in_study("study_seats", 1), invite(0), {
            begin().change(Change::UseInvite(scene.invites[0], now)).change(Change::TakeSeat(studies[1]))
        }),
        case("invites", invite(0), invite(1), {
            begin().change(Change::UseInvite(scene.invites[1], now)).change(Change::UseInvite(scene.invites[0], now))
        }),
        case("invites before read marks", invite(1), of_member("read_marks", 0), {
            begin().change(mark(0)).change(Change::UseInvite(scene.invites[1], now))
        }),
        case(
            "read marks",
            of_member("read_marks", 0),
            of_member("read_marks", 1),
            begin().change(mark(1)).change(mark(0)),
        ),
        case("read marks before heads", of_member("read_marks", 1), in_study("study_heads", 0), {
            tell(begin(), Scope::Study(studies[0])).change(mark(1))
        }),
        case("studies before their heads", study(0), in_study("study_heads", 0), post(begin(), 0)),
        case("heads of studies", in_study("study_heads", 0), in_study("study_heads", 1), post(post(begin(), 1), 0)),
        case("studies' heads before people's", in_study("study_heads", 1), user_head(0), {
            tell(tell(begin(), told(0)), Scope::Study(studies[1]))
        }),
        case("heads of people", user_head(0), user_head(1), tell(tell(begin(), told(1)), told(0))),
        case("people's heads before the revocations'", user_head(1), revocation_head.clone(), {
            scene.revoking(tell(begin(), told(1)).change(sign_out.clone())).await
        }),
        case("studies' heads before the revocations'", in_study("study_heads", 1), revocation_head.clone(), {
            scene.revoking(tell(begin(), Scope::Study(studies[1])).change(sign_out)).await
        }),
        case("the revocations' head before the audit log's", revocation_head, row("audit_head", "one = 1"), granted),
    ]
}

/// Waits until somebody waits for a row in this database.
async fn somebody_waits(connection: &mut PgConnection) {
    for _ in 0..2_000 {
        let waiting = sqlx::query("select 1 from pg_locks l join pg_stat_activity a on a.pid = l.pid where a.datname = current_database() and not l.granted")
            .fetch_optional(&mut *connection)
            .await
            .unwrap();
        if waiting.is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("nobody waits for the row that is held");
}

#[tokio::test]
async fn of_two_rows_the_lesser_is_locked_first_whatever_the_order_of_the_changes() {
    let scene = Scene::new(3, 2).await;
    let (mut holding, mut looking) = (scene.connection().await, scene.connection().await);
    let mut wrong = Vec::new();
    let cases = cases(&scene).await;
    assert!(cases.len() > 20);
    for Case { what, first, then, changes } in cases {
        let mut held = holding.begin().await.unwrap();
        let rows = sqlx::query(AssertSqlSafe(first)).fetch_all(&mut *held).await.unwrap();
        assert_eq!(rows.len(), 1, "{what}: one row is held");
        let store = scene.store.clone();
        let mut committing = pin!(tokio::spawn(async move { store.commit(changes).await }));
        tokio::select! {
            () = somebody_waits(&mut looking) => {}
            done = &mut committing => panic!("{what}: done while its first row is held: {done:?}"),
        }
        // The commit stands at the first row: the other must be free.
        let free = sqlx::query(AssertSqlSafe(format!("{then} nowait"))).fetch_all(&mut looking).await;
        match free {
            Ok(rows) => assert_eq!(rows.len(), 1, "{what}: one row is looked at"),
            Err(error) => wrong.push(format!("{what}: {error}")),
        }
        held.rollback().await.unwrap();
        // Whether it conflicts with what an earlier case saved is not the question.
        drop(committing.await.unwrap());
    }
    assert!(wrong.is_empty(), "locked in another order: {wrong:#?}");
}
