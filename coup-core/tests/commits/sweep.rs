//! What has passed its time is taken away, in pieces.

use chrono::TimeDelta;
use coup_core::{
    admin::service::GrantAdmin,
    changes::{Change, Changes, EventKind, Passing, Row, Scope, SystemPermit},
    coup::Ctx,
    idempotency::{Idempotency, IdempotencyKey},
    identity::model::{OAuthFlow, Provider},
    job::service::Ticked,
    limit::model::{Counted, Device, Place, Way},
    live::model::Ticket,
    page::Limit,
    policy::AdminRole,
    second_factor::model::HalfSignIn,
    store::{
        AccountReads as _, AuditReads as _, ChatReads as _, Credential, IdentityReads as _, JobReads as _,
        LimitReads as _, LiveReads as _, Store as _, UserReads as _,
    },
    text::Email,
    user::{
        model::{AdminPermissions, User, Verification, VerificationKind},
        service::UpdateProfile,
    },
};
use serde_json::json;

use crate::house::{House, idles, person, user};

fn swept(swept: u64, more: bool) -> Ticked {
    Ticked { swept, more, ..Ticked::default() }
}

const TICKET: [u8; 32] = [7; 32];

fn address() -> Email {
    Email::parse("email", "kim@school.kr").unwrap()
}

fn counted() -> Counted {
    Counted { way: Way::SignIn, subject: TICKET }
}

/// A row of each kind, made now.
async fn one_of_each(house: &House) -> (Credential, coup_core::id::JobId, IdempotencyKey) {
    let coup = house.node(2).worker(idles("mail")).build();
    let kim = person(&coup, "kim").await;
    let job = house.ask("mail", json!({})).await;
    assert_eq!(coup.tick().await.unwrap().done, 1);
    let now = house.now();
    let key: IdempotencyKey = "k".parse().unwrap();
    let ctx = Ctx { idempotency: Some(Idempotency::new(key.clone(), &[])), ..kim.clone() };
    coup.run(&ctx, UpdateProfile { name: None, bio: None, locale: None }).await.unwrap();
    let session =
        coup_core::user::model::Session { created_at: now, expires_at: now, ..house.make.session(&user("kim")) };
    let credential = Credential::Session(session.token_hash);
    let security = coup_core::audit::model::SecurityEvent {
        kind: coup_core::audit::model::SecurityEventType::UnauthorizedAccess,
        user: Some(user("kim")),
        path: "/admin".into(),
        ip: None,
        count: 1,
        at: now,
    };
    let known = house.store.user(&user("kim")).await.unwrap().unwrap();
    let changes = Changes::system(SystemPermit::Operator)
        .save(Row::User(Box::new(User { email: Some(address()), ..known })))
        .insert(Row::Session(Box::new(session)))
        .event(Scope::User(user("kim")), EventKind::StudyDeleted, now, json!({}))
        .insert(Row::Ticket(Box::new(Ticket {
            hash: TICKET,
            credential: Credential::User(user("kim")),
            expires_at: now,
        })))
        .insert(Row::Verification(Box::new(Verification {
            kind: VerificationKind::Reset,
            email: address(),
            job,
            name: None,
            password: None,
            code_hash: None,
            tries: 0,
            asked: 1,
            asked_since: now,
            expires_at: now,
            version: 0,
        })))
        .insert(Row::Flow(Box::new(OAuthFlow {
            hash: TICKET,
            state_hash: [8; 32],
            provider: Provider::Google,
            nonce: "nonce".into(),
            verifier: "verifier".into(),
            next: None,
            linking: None,
            expires_at: now,
        })))
        .change(Change::TakePlace(Box::new(Place { counted: counted(), limit: 1, at: now, ends_at: now })))
        .change(Change::SeenDevice(
            Box::new(Device { hash: TICKET, user: user("kim"), seen_at: now, expires_at: now }),
            None,
        ))
        .insert(Row::HalfSignIn(Box::new(HalfSignIn {
            hash: TICKET,
            user: user("kim"),
            auth_version: 0,
            expires_at: now,
        })))
        .change(Change::CountSecurityEvent(Box::new(security)));
    house.store.commit(changes).await.unwrap();
    house.make.clock.set(now);
    let grant = GrantAdmin {
        user: user("kim"),
        role: AdminRole::Viewer,
        expires_at: None,
        permissions: AdminPermissions::default(),
    };
    coup.as_host("test").run(grant).await.unwrap();
    (credential, job, key)
}

#[tokio::test]
async fn everything_stays_as_long_as_it_is_kept_and_no_longer() {
    for (what, kept) in [
        (Passing::Sessions, TimeDelta::zero()),
        (Passing::Verifications, TimeDelta::hours(1)),
        (Passing::Attempts, TimeDelta::zero()),
        (Passing::Devices, TimeDelta::zero()),
        (Passing::Events, TimeDelta::days(7)),
        (Passing::Answers, TimeDelta::days(1)),
        (Passing::Jobs, TimeDelta::days(7)),
        (Passing::SecurityEvents, TimeDelta::days(90)),
        (Passing::Tickets, TimeDelta::zero()),
        (Passing::Flows, TimeDelta::zero()),
        (Passing::HalfSignIns, TimeDelta::zero()),
        (Passing::Revocations, TimeDelta::days(1)),
    ] {
        let house = House::new();
        let (credential, job, key) = one_of_each(&house).await;
        let is_there = async || match what {
            Passing::Sessions => house.store.standing(&credential, None).await.unwrap().is_some(),
            Passing::Verifications => {
                house.store.verification(VerificationKind::Reset, &address()).await.unwrap().is_some()
            }
            Passing::Events => {
                !house.store.events(&Scope::User(user("kim")), 0, Limit::DEFAULT).await.unwrap().is_empty()
            }
            Passing::Answers => house.store.kept_answer(&user("kim"), &key).await.unwrap().is_some(),
            Passing::Jobs => house.store.job(job).await.unwrap().is_some(),
            Passing::SecurityEvents => !house.store.security_events(Limit::DEFAULT).await.unwrap().is_empty(),
            Passing::Attempts => house.store.attempts(&counted()).await.unwrap().is_some(),
            Passing::Devices => house.store.device(&TICKET, &address()).await.unwrap().is_some(),
            Passing::HalfSignIns => house.store.half_sign_in(&TICKET).await.unwrap().is_some(),
            Passing::Flows => house.store.flow(&TICKET).await.unwrap().is_some(),
            Passing::Tickets => house.store.ticket(&TICKET).await.unwrap().is_some(),
            Passing::Revocations => !house.store.revocations(0, Limit::DEFAULT).await.unwrap().is_empty(),
        };
        house.make.clock.advance(kept);
        house.node(3).build().tick().await.unwrap();
        assert!(is_there().await, "{what:?}");
        house.make.clock.advance(TimeDelta::microseconds(1));
        house.node(4).build().tick().await.unwrap();
        assert!(!is_there().await, "{what:?}");
    }
}

#[tokio::test]
async fn a_node_sweeps_once_a_minute() {
    let house = House::new();
    one_of_each(&house).await;
    let coup = house.node(3).build();
    assert_eq!(coup.tick().await.unwrap(), swept(0, false));
    house.make.clock.advance(TimeDelta::seconds(59));
    assert_eq!(
        coup.tick().await.unwrap(),
        swept(0, false),
        "the session, the ticket, the flow, the attempts, the device and the half sign-in have ended"
    );
    house.make.clock.advance(TimeDelta::seconds(1));
    assert_eq!(coup.tick().await.unwrap(), swept(6, false));
}

/// So that no commit is long, and none waits a minute for the next piece.
#[tokio::test]
async fn much_is_swept_in_pieces_one_after_the_other() {
    let house = House::new();
    let coup = house.node(2).build();
    person(&coup, "kim").await;
    let mut changes = Changes::system(SystemPermit::Operator);
    for _ in 0..1001 {
        changes = changes.insert(Row::Session(Box::new(house.make.session(&user("kim")))));
    }
    house.store.commit(changes).await.unwrap();
    house.make.clock.advance(TimeDelta::days(1));
    for piece in [(500, true), (500, true), (1, false), (0, false)] {
        assert_eq!(coup.tick().await.unwrap(), swept(piece.0, piece.1));
    }
}
