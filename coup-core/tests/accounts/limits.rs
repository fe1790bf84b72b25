//! How often somebody may guess, on every way in, and who is never shut out.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
};

use chrono::TimeDelta;
use coup_core::{
    audit::model::SecurityEventType,
    coup::{Ctx, Settings},
    error::Error,
    identity::model::Provider,
    limit::model::RateLimits,
    page::Limit,
    policy::Language,
    store::AuditReads as _,
    testing::StandIn,
    user::{
        password::{ChangePassword, Confirm, Proof},
        reset::{ConfirmReset, RequestReset},
        service::{SessionToken, SignedIn},
        session::SignOutEverywhere,
    },
};

use crate::house::{Broken, EMAIL, House, OTHER, PASSWORD, Plain, address, with};

const SCHOOL: &str = "192.0.2.7";
const STRANGER: &str = "203.0.113.9";

fn from(ip: &str) -> Ctx {
    Ctx { ip: Some(ip.into()), path: Some("/api/auth/sign-in".into()), ..Ctx::default() }
}

/// The browser in which somebody signed in.
fn in_browser(ip: &str, signed_in: &SignedIn) -> Ctx {
    Ctx { device: Some(SessionToken::hash(signed_in.device.expose())), ..from(ip) }
}

/// How long to wait, of who is not judged any more.
fn wait<T>(answer: &Result<T, Error>) -> Option<TimeDelta> {
    match answer {
        Err(Error::TooManyAttempts { retry_after }) => Some(*retry_after),
        _ => None,
    }
}

fn is_wrong<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::WrongCredentials))
}

/// How many of so many are judged.
async fn judged(times: u32, mut attempt: impl AsyncFnMut(u32) -> bool) -> u32 {
    let mut judged = 0;
    for number in 0..times {
        judged += u32::from(attempt(number).await);
    }
    judged
}

#[tokio::test]
async fn thirty_wrong_sign_ins_of_an_address_are_judged_in_fifteen_minutes_whosever_account_it_is() {
    let house = House::new();
    house.person(EMAIL).await;
    let guess = async |number: u32| {
        let ip = if number.is_multiple_of(2) { "2001:db8:1:2::7" } else { "2001:db8:1:2:ffff::8" };
        is_wrong(&house.sign_in(&from(ip), &format!("person-{number}@school.kr"), "wrong").await)
    };
    assert_eq!(judged(100, guess).await, 30);
    let refused = house.sign_in(&from("2001:db8:1:2::9"), EMAIL, PASSWORD).await;
    assert_eq!(wait(&refused), Some(TimeDelta::minutes(15)), "not even the right one");
    house.clock.advance(TimeDelta::minutes(4));
    let refused = house.sign_in(&from("2001:db8:1:2::9"), EMAIL, PASSWORD).await;
    assert_eq!(wait(&refused), Some(TimeDelta::minutes(11)));
    assert!(house.sign_in(&from("2001:db8:1:3::9"), EMAIL, PASSWORD).await.is_ok(), "the network beside it");
    house.clock.advance(TimeDelta::minutes(11));
    assert!(house.sign_in(&from("2001:db8:1:2::9"), EMAIL, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn ten_wrong_sign_ins_to_an_account_are_judged_from_however_many_addresses_and_there_or_not_is_alike() {
    for (name, is_there) in [(EMAIL, true), ("nobody@school.kr", false), ("no address", false)] {
        let house = House::new();
        let owner = house.person(EMAIL).await;
        let guess = async |number: u32| {
            let typed = if number.is_multiple_of(2) { name.to_owned() } else { format!(" {} ", name.to_uppercase()) };
            is_wrong(&house.sign_in(&from(&format!("198.51.100.{number}")), &typed, "wrong").await)
        };
        assert_eq!(judged(100, guess).await, 10, "{name}");
        let refused = house.sign_in(&from(STRANGER), name, PASSWORD).await;
        assert_eq!(wait(&refused), Some(TimeDelta::minutes(15)), "{name}");
        // From a browser that knows the account it goes on, whatever strangers do.
        assert!(house.sign_in(&in_browser(SCHOOL, &owner), EMAIL, PASSWORD).await.is_ok());
        assert_eq!(house.sign_in(&from("198.51.100.200"), EMAIL, PASSWORD).await.is_ok(), !is_there, "{name}");
    }
}

#[tokio::test]
async fn a_stranger_locks_nobody_out_of_a_browser_they_signed_in_with_not_even_from_their_address() {
    let house = House::new();
    let owner = house.person(EMAIL).await;
    for number in 0..60 {
        let ip = if number % 2 == 0 { SCHOOL } else { STRANGER };
        let _ = house.sign_in(&from(ip), EMAIL, "wrong").await;
    }
    assert!(wait(&house.sign_in(&from(SCHOOL), EMAIL, PASSWORD).await).is_some());
    let again = house.sign_in(&in_browser(SCHOOL, &owner), EMAIL, PASSWORD).await.unwrap();
    // The cookie is another one each time; the old one is worth nothing.
    assert!(wait(&house.sign_in(&in_browser(SCHOOL, &owner), EMAIL, PASSWORD).await).is_some());
    assert!(house.sign_in(&in_browser(SCHOOL, &again), EMAIL, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_known_browser_has_its_own_ten_and_none_for_other_accounts() {
    let house = House::new();
    let (owner, other) = (house.person(EMAIL).await, house.person("seoyeon@school.kr").await);
    let guess = async |_| is_wrong(&house.sign_in(&in_browser(SCHOOL, &owner), EMAIL, "wrong").await);
    assert_eq!(judged(20, guess).await, 10);
    assert!(house.sign_in(&from(STRANGER), EMAIL, PASSWORD).await.is_ok(), "those of others are not touched");
    // Of another account it is a stranger like any other.
    let guess = async |_| is_wrong(&house.sign_in(&in_browser(STRANGER, &owner), "seoyeon@school.kr", "wrong").await);
    assert_eq!(judged(20, guess).await, 10);
    assert!(wait(&house.sign_in(&from("198.51.100.1"), "seoyeon@school.kr", PASSWORD).await).is_some());
    assert!(house.sign_in(&in_browser(STRANGER, &other), "seoyeon@school.kr", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn what_was_right_takes_no_place_and_makes_up_for_nothing() {
    let house = House::new();
    house.person(EMAIL).await;
    for _ in 0..50 {
        assert!(house.sign_in(&from(SCHOOL), EMAIL, PASSWORD).await.is_ok());
    }
    for _ in 0..9 {
        assert!(is_wrong(&house.sign_in(&from(SCHOOL), EMAIL, "wrong").await));
    }
    // Who signs in to their own account between guesses guesses no more often for it.
    assert!(house.sign_in(&from(SCHOOL), EMAIL, PASSWORD).await.is_ok());
    assert!(is_wrong(&house.sign_in(&from(SCHOOL), EMAIL, "wrong").await));
    assert!(wait(&house.sign_in(&from(SCHOOL), EMAIL, "wrong").await).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_guesses_at_once_ten_are_judged() {
    let passwords = Arc::new(Plain::default());
    let counted = passwords.clone();
    let house = House::with(move |builder, _| builder.passwords(counted));
    house.person(EMAIL).await;
    let before = passwords.0.load(Ordering::Relaxed);
    let guesses = (0..100).map(|number| {
        let ctx = from(&format!("198.51.100.{number}"));
        let house = &house;
        async move { is_wrong(&house.sign_in(&ctx, EMAIL, "wrong").await) }
    });
    let judged = futures_util::future::join_all(guesses).await;
    assert_eq!(judged.iter().filter(|judged| **judged).count(), 10);
    assert_eq!(passwords.0.load(Ordering::Relaxed) - before, 10, "no other one was hashed");
}

#[tokio::test]
async fn what_could_not_be_judged_was_no_guess() {
    let house = House::with(|builder, _| builder.passwords(Arc::new(Broken)));
    for number in 0..40 {
        let failed = house.sign_in(&from(SCHOOL), EMAIL, "guess").await;
        assert!(matches!(failed, Err(Error::Internal(_))), "{number}: {failed:?}");
    }
}

#[tokio::test]
async fn showing_ones_password_is_counted_by_session_and_a_thief_of_one_shuts_nobody_out_of_another() {
    let house = House::new();
    let stolen = house.person(EMAIL).await;
    let own = house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.unwrap();
    let confirm = async |who: &SignedIn, password: &str| {
        house.coup.run(&with(who), Confirm(Proof::Password(password.into()))).await
    };
    let change = async |who: &SignedIn, password: &str| {
        house.coup.run(&with(who), ChangePassword { current: password.into(), new: OTHER.into() }).await
    };
    // Both ways count together.
    let guess = async |number: u32| {
        let refused = match number % 2 {
            0 => wait(&confirm(&stolen, "wrong").await),
            _ => wait(&change(&stolen, "wrong").await),
        };
        refused.is_none()
    };
    assert_eq!(judged(30, guess).await, 10);
    assert_eq!(wait(&confirm(&stolen, PASSWORD).await), Some(TimeDelta::minutes(15)));
    assert!(confirm(&own, PASSWORD).await.is_ok());
    assert!(change(&own, PASSWORD).await.is_ok());
}

type Asked<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;
type Ask = fn(&House, Ctx) -> Asked<'_>;

/// Ways in that are counted by address, with how often each goes by then. Codes from letters are one way, wherever they are typed.
const WAYS: [(&str, u32, Ask); 5] = [
    ("sign up", 300, |house, ctx| {
        Box::pin(async move {
            let number = house.coup.fresh_id();
            house.coup.run(&ctx, House::sign_up(&format!("p-{number}@school.kr"), PASSWORD)).await.map(drop)
        })
    }),
    ("ask for a code", 300, |house, ctx| {
        Box::pin(async move {
            let command = RequestReset { email: address(EMAIL), language: Language::Ko };
            house.coup.run(&ctx, command).await
        })
    }),
    ("begin elsewhere", 300, |house, ctx| {
        Box::pin(async move { house.coup.begin_sign_in(&ctx, Provider::Google, None).await.map(drop) })
    }),
    ("verify", 30, |house, ctx| {
        Box::pin(async move {
            let command = coup_core::user::sign_up::Verify {
                email: address("new@school.kr"),
                code: "wrong".into(),
                password: PASSWORD.into(),
            };
            house.coup.run(&ctx, command).await.map(drop)
        })
    }),
    ("reset", 0, |house, ctx| {
        Box::pin(async move {
            let command = ConfirmReset { email: address(EMAIL), code: "wrong".into(), password: OTHER.into() };
            house.coup.run(&ctx, command).await.map(drop)
        })
    }),
];

#[tokio::test]
async fn every_other_way_in_is_counted_by_address_each_for_itself() {
    let house =
        House::with(|builder, postbox| builder.mailer(postbox).identity_provider(Arc::new(StandIn(Provider::Google))));
    for (name, limit, ask) in WAYS {
        for number in 0..limit {
            let done = ask(&house, from(SCHOOL)).await;
            assert!(done.is_ok(), "{name} for the {number}th time: {done:?}");
        }
        assert_eq!(wait(&ask(&house, from(SCHOOL)).await), Some(TimeDelta::minutes(15)), "{name}");
        assert!(ask(&house, from(STRANGER)).await.is_ok(), "{name} from elsewhere");
    }
    assert!(is_wrong(&house.sign_in(&from(SCHOOL), EMAIL, "guess").await), "signing in is another way");
}

#[tokio::test]
async fn a_right_code_takes_no_place() {
    let house = House::with_letters();
    for number in 0..40 {
        let email = format!("p-{number}@school.kr");
        house.coup.run(&Ctx::default(), House::sign_up(&email, PASSWORD)).await.unwrap();
        let code = house.code().await;
        let command = coup_core::user::sign_up::Verify { email: address(&email), code, password: PASSWORD.into() };
        assert!(house.coup.run(&from(SCHOOL), command).await.unwrap().right().is_ok(), "{number}");
    }
}

#[tokio::test]
async fn browsers_are_forgotten_with_a_new_password_a_reset_and_signing_out_everywhere() {
    let house = House::with_letters();
    let mut password = PASSWORD;
    let mut owner = house.person(EMAIL).await;
    for way in 0..3 {
        let before = owner.clone();
        let anew = match way {
            0 => {
                let change = ChangePassword { current: password.into(), new: OTHER.into() };
                password = OTHER;
                Some(house.coup.run(&with(&owner), change).await.unwrap())
            }
            1 => {
                let ask = RequestReset { email: address(EMAIL), language: Language::Ko };
                house.letters().await;
                house.coup.run(&Ctx::default(), ask).await.unwrap();
                let code = house.code().await;
                let command = ConfirmReset { email: address(EMAIL), code, password: PASSWORD.into() };
                house.coup.run(&Ctx::default(), command).await.unwrap().right().unwrap();
                password = PASSWORD;
                None
            }
            _ => {
                house.coup.run(&with(&owner), SignOutEverywhere).await.unwrap();
                None
            }
        };
        for number in 0..20 {
            let _ = house.sign_in(&from(&format!("198.51.100.{number}")), EMAIL, "wrong").await;
        }
        let old = house.sign_in(&in_browser(SCHOOL, &before), EMAIL, password).await;
        assert!(wait(&old).is_some(), "{way}: it is a stranger's by now");
        if let Some(anew) = anew {
            assert!(house.sign_in(&in_browser(SCHOOL, &anew), EMAIL, password).await.is_ok(), "{way}");
        }
        house.clock.advance(TimeDelta::minutes(15));
        owner = house.sign_in(&from(SCHOOL), EMAIL, password).await.unwrap();
    }
}

#[tokio::test]
async fn a_browser_is_known_for_180_days() {
    let house = House::new();
    let owner = house.person(EMAIL).await;
    let flood = async || {
        for number in 0..11 {
            let _ = house.sign_in(&from(&format!("198.51.100.{number}")), EMAIL, "wrong").await;
        }
    };
    house.clock.advance(TimeDelta::days(180) - TimeDelta::microseconds(1));
    flood().await;
    assert!(is_wrong(&house.sign_in(&in_browser(SCHOOL, &owner), EMAIL, "wrong").await));
    house.clock.advance(TimeDelta::microseconds(1));
    assert!(wait(&house.sign_in(&in_browser(SCHOOL, &owner), EMAIL, PASSWORD).await).is_some());
}

#[tokio::test]
async fn that_signing_in_was_limited_is_one_security_event_a_minute_and_address() {
    let house = House::new();
    for _ in 0..15 {
        let _ = house.sign_in(&from(SCHOOL), EMAIL, "wrong").await;
    }
    let events = house.store.security_events(Limit::DEFAULT).await.unwrap();
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((event.kind, event.count), (SecurityEventType::SignInLimited, 5));
    assert_eq!((event.ip.as_deref(), event.path.as_str()), (Some(SCHOOL), "/api/auth/sign-in"));
    assert_eq!(event.user, None, "whether there is such an account is not told here either");
}

#[tokio::test]
async fn an_operator_sets_other_limits() {
    let rate_limits = RateLimits { minutes: 60, address: 5, account: 3, device: 4, requests: 3 };
    let settings = Settings { rate_limits, ..Settings::default() };
    let house = House::with(|builder, _| builder.settings(settings));
    let owner = house.person(EMAIL).await;
    let account =
        async |number: u32| is_wrong(&house.sign_in(&from(&format!("198.51.100.{number}")), EMAIL, "wrong").await);
    assert_eq!(judged(9, account).await, 3);
    assert_eq!(wait(&house.sign_in(&from(SCHOOL), EMAIL, PASSWORD).await), Some(TimeDelta::hours(1)));
    let device = async |_| is_wrong(&house.sign_in(&in_browser(SCHOOL, &owner), EMAIL, "wrong").await);
    assert_eq!(judged(9, device).await, 4);
    let network =
        async |number: u32| is_wrong(&house.sign_in(&from(STRANGER), &format!("p-{number}@school.kr"), "wrong").await);
    assert_eq!(judged(9, network).await, 5);
    let sign_up = async |number: u32| {
        house.coup.run(&from(SCHOOL), House::sign_up(&format!("n-{number}@school.kr"), PASSWORD)).await.is_ok()
    };
    assert_eq!(judged(9, sign_up).await, 3);
}
