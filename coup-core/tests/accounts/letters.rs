//! Codes that come by letter: who gets one, what it opens, and for how long.

use chrono::TimeDelta;
use coup_core::{
    audit::model::AuditFilter,
    coup::Ctx,
    error::Error,
    mail::model::{LetterKind, MailError},
    page::Limit,
    policy::Language,
    store::AuditReads as _,
    user::{
        reset::{ConfirmReset, IssueResetCode, RequestReset},
        service::SignedUp,
    },
};
use futures_util::future::join_all;
use secrecy::ExposeSecret as _;

use crate::house::{EMAIL, House, OTHER, PASSWORD, address, field, is_out, is_wrong, with};

impl House {
    /// Signs up where addresses are verified.
    async fn asks(&self, password: &str) {
        let asked = self.coup.run(&Ctx::default(), Self::sign_up(EMAIL, password)).await.unwrap();
        assert!(matches!(asked, SignedUp::LookIntoMail));
    }

    async fn forgets(&self, email: &str) {
        let asked = RequestReset { email: address(email), language: Language::En };
        self.coup.run(&Ctx::default(), asked).await.unwrap();
    }

    async fn resets(&self, email: &str, code: &str, password: &str) -> Result<(), Error> {
        let command = ConfirmReset { email: address(email), code: code.into(), password: password.into() };
        self.coup.run(&Ctx::default(), command).await?.right()
    }
}

#[tokio::test]
async fn an_account_is_made_by_the_code_in_the_letter_and_not_before() {
    let house = House::with_letters();
    house.asks(PASSWORD).await;
    assert_eq!(house.account(EMAIL).await, None);
    assert!(matches!(house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await, Err(Error::WrongCredentials)));
    let letters = house.letters().await;
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    let code = letter.code.clone().unwrap();
    assert_eq!((letter.kind, letter.to.as_str()), (LetterKind::SignUpCode, EMAIL));
    assert!(letter.text.contains(&format!("\n    {code}\n")) && !letter.subject.contains(&code), "{}", letter.text);
    assert!(letter.text.contains("\nhttps://study.school.kr/verify\n"), "{}", letter.text);
    // It stands in the letter, and nowhere else.
    let everything = format!("{:?}", house.store.written());
    assert!(!everything.contains(&code) && !everything.contains(&code.replace('-', "")), "{everything}");

    let signed_in = house.verify(EMAIL, &code.to_lowercase().replace('-', " "), PASSWORD).await.unwrap();
    let me = house.coup.me(&with(&signed_in)).await.unwrap();
    assert_eq!((me.email.unwrap().as_str(), me.name.unwrap().as_str()), (EMAIL, "김민준"));
    assert!(is_wrong(&house.verify(EMAIL, &code, PASSWORD).await), "a code opens once");
}

#[tokio::test]
async fn a_stranger_who_signs_up_with_ones_address_has_nothing_of_it() {
    let house = House::with_letters();
    house.asks(OTHER).await;
    let strangers = house.code().await;
    house.asks(PASSWORD).await;
    let own = house.code().await;
    assert!(is_wrong(&house.verify(EMAIL, &strangers, OTHER).await), "the newer one replaced it");
    // And once more, in between.
    house.asks(OTHER).await;
    let newest = house.code().await;
    for code in [&own, &newest] {
        assert!(is_wrong(&house.verify(EMAIL, code, PASSWORD).await));
    }
    assert_eq!(house.account(EMAIL).await, None, "no account has a stranger's password");
    house.clock.advance(TimeDelta::hours(1));
    house.asks(PASSWORD).await;
    let own = house.code().await;
    assert!(house.verify(EMAIL, &own, PASSWORD).await.is_ok());
    assert!(matches!(house.sign_in(&Ctx::default(), EMAIL, OTHER).await, Err(Error::WrongCredentials)));
}

#[tokio::test]
async fn who_has_an_account_is_told_that_somebody_signed_up_and_gets_no_code() {
    let house = House::with_letters();
    house.person(EMAIL).await;
    house.asks(OTHER).await;
    let letters = house.letters().await;
    assert_eq!((letters.len(), letters[0].kind, letters[0].code.as_deref()), (1, LetterKind::AccountExists, None));
    for code in ["", "0000-0000-0000"] {
        assert!(is_wrong(&house.verify(EMAIL, code, OTHER).await));
    }
    assert!(house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_code_is_dead_after_ten_wrong_ones_however_they_come() {
    let house = House::with_letters();
    house.person(EMAIL).await;
    house.forgets(EMAIL).await;
    let code = house.code().await;
    for _ in 0..9 {
        assert!(is_wrong(&house.resets(EMAIL, "7K3M-9QXZ-04HB", OTHER).await));
    }
    // A bad password is no wrong code.
    assert_eq!(field(house.resets(EMAIL, &code, "short").await), ("password".into(), "too_short"));
    assert_eq!(field(house.resets(EMAIL, &code, "김민준김민준김민준김민준").await), ("password".into(), "too_common"));
    let at_once = (0..30).map(|_| house.resets(EMAIL, "7K3M-9QXZ-04HB", OTHER)).collect::<Vec<_>>();
    assert!(join_all(at_once).await.iter().all(Result::is_err));
    assert!(is_wrong(&house.resets(EMAIL, &code, OTHER).await));
    house.forgets(EMAIL).await;
    let next = house.code().await;
    assert!(house.resets(EMAIL, &next, OTHER).await.is_ok(), "a new letter has ten tries of its own");
}

#[tokio::test]
async fn codes_end_at_their_instant() {
    let house = House::with_letters();
    for (lasts, kind) in [(TimeDelta::hours(24), "sign-up"), (TimeDelta::hours(1), "reset")] {
        for early in [false, true] {
            let is_reset = kind == "reset";
            if is_reset {
                house.forgets(EMAIL).await;
            } else {
                house.asks(PASSWORD).await;
            }
            let code = house.code().await;
            house.clock.advance(if early { lasts - TimeDelta::microseconds(1) } else { lasts });
            let taken = if is_reset {
                house.resets(EMAIL, &code, PASSWORD).await.is_ok()
            } else {
                house.verify(EMAIL, &code, PASSWORD).await.is_ok()
            };
            assert_eq!(taken, early, "{kind}");
            house.letters().await;
        }
    }
}

#[tokio::test]
async fn three_letters_an_hour_are_sent_to_an_address_and_nobody_is_told() {
    let house = House::with_letters();
    house.person(EMAIL).await;
    for _ in 0..5 {
        house.forgets(EMAIL).await;
    }
    assert_eq!(house.letters().await.len(), 1, "what was asked for before sends nothing");
    house.clock.advance(TimeDelta::minutes(59));
    house.forgets(EMAIL).await;
    assert_eq!(house.letters().await.len(), 0);
    house.clock.advance(TimeDelta::minutes(1));
    house.forgets(EMAIL).await;
    assert_eq!(house.letters().await.len(), 1);
}

#[tokio::test]
async fn a_new_password_by_code_ends_all_sessions_and_a_letter_tells() {
    let house = House::with_letters();
    let desk = house.person(EMAIL).await;
    house.forgets(EMAIL).await;
    let code = house.code().await;
    house.resets(EMAIL, &code, OTHER).await.unwrap();
    assert!(is_out(&house.coup.me(&with(&desk)).await));
    assert!(house.sign_in(&Ctx::default(), EMAIL, OTHER).await.is_ok());
    assert!(matches!(house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await, Err(Error::WrongCredentials)));
    assert!(is_wrong(&house.resets(EMAIL, &code, PASSWORD).await), "a code opens once");
    let letters = house.letters().await;
    assert_eq!(letters.iter().map(|letter| letter.kind).collect::<Vec<_>>(), [LetterKind::PasswordChanged]);
}

#[tokio::test]
async fn where_there_is_no_account_no_letter_comes_and_every_code_is_wrong() {
    let house = House::with_letters();
    assert!(is_wrong(&house.resets("nobody@school.kr", "7K3M-9QXZ-04HB", OTHER).await));
    house.forgets("nobody@school.kr").await;
    assert_eq!(house.letters().await.len(), 0);
    assert!(is_wrong(&house.resets("nobody@school.kr", "7K3M-9QXZ-04HB", OTHER).await));
}

#[tokio::test]
async fn a_letter_that_is_sent_again_has_another_code_and_the_last_one_counts() {
    let house = House::with_letters();
    house.asks(PASSWORD).await;
    // Taken by the server, which then says that it did not take it.
    house.postbox.answers.lock().unwrap().push(MailError::Later("the line broke".into()));
    let first = house.letters().await;
    house.clock.advance(TimeDelta::minutes(1));
    let second = house.letters().await;
    let [first, second] = [first, second].map(|letters| letters[0].code.clone().unwrap());
    assert_ne!(first, second);
    assert!(is_wrong(&house.verify(EMAIL, &first, PASSWORD).await));
    assert!(house.verify(EMAIL, &second, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn the_host_issues_a_code_where_no_letter_goes_out_and_the_log_tells() {
    let house = House::new();
    let owner = house.person(EMAIL).await;
    let issue = |email: &str| IssueResetCode { email: address(email) };
    let by_themselves = house.coup.run(&with(&owner), issue(EMAIL)).await;
    assert!(matches!(by_themselves, Err(Error::NotSignedIn)), "nobody but the host");
    let host = house.coup.as_host("recover");
    assert!(matches!(host.run(issue("nobody@school.kr")).await, Err(Error::NotFound)));

    let first = host.run(issue(EMAIL)).await.unwrap();
    let issued = host.run(issue(EMAIL)).await.unwrap();
    assert_eq!(issued.user, owner.user.id);
    let (first, code) = (first.code.expose_secret(), issued.code.expose_secret());
    assert!(!format!("{:?}{issued:?}", house.store.written()).contains(code), "it is told, and stands nowhere");
    let rows = house.store.audit_rows(&AuditFilter::default(), 0, Limit::MAX).await.unwrap();
    let told = format!("{:?}", rows.last().unwrap());
    assert!(told.contains("USER_UPDATE") && told.contains("RESET_CODE") && !told.contains(code), "{told}");

    assert!(is_wrong(&house.resets(EMAIL, first, OTHER).await), "the newer one replaced it");
    assert!(house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.is_ok(), "the password stays until then");
    house.resets(EMAIL, code, OTHER).await.unwrap();
    assert!(is_out(&house.coup.me(&with(&owner)).await));
    assert!(house.sign_in(&Ctx::default(), EMAIL, OTHER).await.is_ok());
    assert!(is_wrong(&house.resets(EMAIL, code, PASSWORD).await), "a code opens once");

    let late = host.run(issue(EMAIL)).await.unwrap();
    house.clock.advance(TimeDelta::hours(1));
    assert!(is_wrong(&house.resets(EMAIL, late.code.expose_secret(), PASSWORD).await));
}

#[tokio::test]
async fn an_issued_code_replaces_a_letters_and_is_not_replaced_by_one_that_still_waits() {
    let house = House::guarded();
    house.person(EMAIL).await;
    house.letters().await;
    house.forgets(EMAIL).await;
    let sent = house.code().await;
    house.forgets(EMAIL).await;
    let issued = house.coup.as_host("recover").run(IssueResetCode { email: address(EMAIL) }).await.unwrap();
    assert!(house.letters().await.is_empty(), "the letter that waited is not sent");
    assert!(is_wrong(&house.resets(EMAIL, &sent, OTHER).await));
    house.resets(EMAIL, issued.code.expose_secret(), OTHER).await.unwrap();
}
