//! How long sessions last, who ends them, and what a new password ends.

use chrono::TimeDelta;
use coup_core::{
    changes::Change,
    coup::Ctx,
    error::Error,
    live::model::{CutCode, Revoked},
    mail::model::LetterKind,
    user::{
        password::ChangePassword,
        session::{EndSession, SignOutEverywhere},
    },
};

use crate::house::{EMAIL, House, OTHER, PASSWORD, field, is_out, with};

#[tokio::test]
async fn a_session_ends_after_seven_days_without_use_and_after_fourteen_whatever_happens() {
    let house = House::new();
    let (used, unused) = (house.person(EMAIL).await, house.person("seoyeon@school.kr").await);
    for _ in 0..2 {
        house.clock.advance(TimeDelta::days(7) - TimeDelta::microseconds(1));
        assert!(house.coup.me(&with(&used)).await.is_ok());
        house.work().await;
    }
    assert!(is_out(&house.coup.me(&with(&unused)).await));
    house.clock.advance(TimeDelta::microseconds(2));
    assert!(is_out(&house.coup.me(&with(&used)).await), "fourteen days have passed");
    let idle = house.person("haeun@school.kr").await;
    house.clock.advance(TimeDelta::days(7));
    assert!(is_out(&house.coup.me(&with(&idle)).await));
}

#[tokio::test]
async fn that_a_session_is_used_is_written_once_in_five_minutes_however_often_it_is() {
    let house = House::new();
    let person = house.person(EMAIL).await;
    house.work().await;
    house.store.take();
    for _ in 0..120 {
        house.clock.advance(TimeDelta::seconds(10));
        house.coup.me(&with(&person)).await.unwrap();
        house.coup.own_sessions(&with(&person)).await.unwrap();
        house.work().await;
    }
    let written = house.store.take();
    let seen =
        written.iter().flat_map(|parts| &parts.writes).filter(|change| matches!(change, Change::SeenSession(..)));
    assert_eq!(seen.count(), 4, "in twenty minutes");
}

#[tokio::test]
async fn signing_in_makes_a_new_session_and_ends_the_one_that_came_along() {
    let house = House::new();
    let (first, other) = (house.person(EMAIL).await, house.person("seoyeon@school.kr").await);
    let second = house.sign_in(&with(&first), EMAIL, PASSWORD).await.unwrap();
    assert!(is_out(&house.coup.me(&with(&first)).await));
    // Whosever it was.
    house.store.take();
    let third = house.sign_in(&with(&other), EMAIL, PASSWORD).await.unwrap();
    assert!(is_out(&house.coup.me(&with(&other)).await));
    let revoked: Vec<_> = house.store.take().into_iter().flat_map(|parts| parts.revocations).collect();
    assert!(matches!(revoked.as_slice(), [one] if matches!(one.revoked, Revoked::Session(_))), "{revoked:?}");
    // A wrong password ends nothing.
    assert!(house.sign_in(&with(&third), EMAIL, "wrong").await.is_err());
    for lasts in [&second, &third] {
        assert!(house.coup.me(&with(lasts)).await.is_ok());
    }
}

#[tokio::test]
async fn one_sees_ones_own_sessions_and_ends_them_and_nobody_elses() {
    let house = House::new();
    let (desk, other) = (house.person(EMAIL).await, house.person("seoyeon@school.kr").await);
    house.clock.advance(TimeDelta::minutes(7));
    let phone = Ctx { ip: Some("203.0.113.7".into()), user_agent: Some("Telephone/1.0".into()), ..Ctx::default() };
    let phone = house.sign_in(&phone, EMAIL, PASSWORD).await.unwrap();
    let own = house.coup.own_sessions(&with(&desk)).await.unwrap();
    let told: Vec<_> = own.iter().map(|one| (one.is_current, one.ip.as_deref(), one.user_agent.as_deref())).collect();
    assert_eq!(told, [(false, Some("203.0.113.7"), Some("Telephone/1.0")), (true, None, None)]);

    let not_there = house.coup.run(&with(&other), EndSession(own[0].id)).await;
    assert!(matches!(not_there, Err(Error::NotFound)), "{not_there:?}");
    assert!(house.coup.me(&with(&phone)).await.is_ok());
    house.store.take();
    house.coup.run(&with(&desk), EndSession(own[0].id)).await.unwrap();
    let written = house.store.take();
    let cut = &written[0].revocations;
    assert_eq!((cut.len(), &cut[0].revoked, cut[0].code), (1, &Revoked::Session(own[0].id), CutCode::SignedOut));
    assert!(is_out(&house.coup.me(&with(&phone)).await));
    assert_eq!(house.coup.own_sessions(&with(&desk)).await.unwrap().len(), 1);

    let phone = house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.unwrap();
    house.coup.run(&with(&desk), SignOutEverywhere).await.unwrap();
    for gone in [&desk, &phone] {
        assert!(is_out(&house.coup.me(&with(gone)).await));
    }
    assert!(house.coup.me(&with(&other)).await.is_ok());
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_but_a_new_one_and_a_letter_tells() {
    let house = House::with_letters();
    let desk = house.person(EMAIL).await;
    let phone = house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.unwrap();
    let change = async |current: &str, new: &str| {
        house.coup.run(&with(&desk), ChangePassword { current: current.into(), new: new.into() }).await
    };
    house.store.take();
    assert_eq!(field(change("wrong", OTHER).await), ("current".into(), "wrong_password"));
    assert_eq!(field(change(PASSWORD, "short").await), ("new".into(), "too_short"));
    assert_eq!(field(change(PASSWORD, "minjun@school.kr").await), ("new".into(), "too_common"));
    let counted = |change: &Change| matches!(change, Change::TakePlace(_) | Change::GivePlaceBack(_));
    let written = house.store.take();
    assert!(written.iter().flat_map(|parts| &parts.writes).all(counted), "but that it was tried: {written:?}");

    let version = house.account(EMAIL).await.unwrap().auth_version;
    let anew = change(PASSWORD, OTHER).await.unwrap();
    for gone in [&desk, &phone] {
        assert!(is_out(&house.coup.me(&with(gone)).await));
    }
    assert!(house.coup.me(&with(&anew)).await.is_ok());
    assert_eq!(house.account(EMAIL).await.unwrap().auth_version, version + 1);
    let cut = house.store.take().into_iter().flat_map(|parts| parts.revocations);
    assert!(cut.into_iter().any(|one| one.revoked == Revoked::User(anew.user.id.clone())));
    assert!(matches!(house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await, Err(Error::WrongCredentials)));
    assert!(house.sign_in(&Ctx::default(), EMAIL, OTHER).await.is_ok());
    let letters = house.letters().await;
    assert_eq!((letters.len(), letters[0].kind), (1, LetterKind::PasswordChanged));
    assert!(letters[0].text.contains("https://study.school.kr/reset\n"), "{}", letters[0].text);
}
