//! Pure decisions about codes of a second factor.

use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};
use totp_rs::{Algorithm, Builder, Totp, TotpError};

use super::model::{RecoveryCodes, SecondFactor, SecondFactorView, Setup, TotpSecret};
use crate::{
    env::Timestamp,
    error::Error,
    id::UserId,
    user::{
        model::{TokenHash, User},
        verification::{code, plain},
    },
};

/// How long a code of the app is shown, in seconds.
pub const STEP_SECONDS: u64 = 30;

/// How many signs a code of the app has.
pub const DIGITS: u8 = 6;

/// Codes of so many steps before and after the instant are taken, for clocks that go wrong.
pub const SKEW: u16 = 1;

/// How many recovery codes are made at once.
pub const RECOVERY_CODES: usize = 10;

/// Wrong codes in a row, after which those of the app are not looked at for a while. Recovery codes are: nobody guesses 60 bits, so
/// that who knows the password, and tries codes, cannot keep the owner out.
pub const MOST_WRONG: u32 = 5;

/// After so many minutes without a wrong code they are looked at again.
pub const QUIET_MINUTES: i64 = 5;

/// How long somebody may take for the second step, in minutes. Not longer than [`QUIET_MINUTES`], so that no more than
/// [`MOST_WRONG`] codes are tried on one first step.
pub const HALF_MINUTES: i64 = 5;

/// What came of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// It was one, and is used by saving this.
    Right(SecondFactor),
    /// It was not, which is counted by saving this.
    Wrong(SecondFactor),
    /// It is not looked at before the instant, and not counted.
    Shut(Timestamp),
}

/// Whether what was typed is a code of the app that was not used, of this step or one beside, or a recovery code that was not used.
pub fn judge(factor: &SecondFactor, typed: &str, now: Timestamp) -> Result<Judged, TotpError> {
    let typed: String = typed.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').take(64).collect();
    let used = |factor| SecondFactor { wrong: 0, wrong_at: None, ..factor };
    let is_of_app = typed.len() == usize::from(DIGITS) && typed.bytes().all(|sign| sign.is_ascii_digit());
    if !is_of_app {
        let hash = recovery_hash(&factor.user, &typed);
        if factor.recovery.contains(&hash) {
            let recovery = factor.recovery.iter().copied().filter(|code| *code != hash).collect();
            return Ok(Judged::Right(used(SecondFactor { recovery, ..factor.clone() })));
        }
    }
    let quiet = TimeDelta::minutes(QUIET_MINUTES);
    let counted = factor.wrong_at.filter(|at| now - *at < quiet);
    let wrong = counted.map_or(0, |_| factor.wrong);
    if let Some(at) = counted.filter(|_| wrong >= MOST_WRONG) {
        return Ok(Judged::Shut(at + quiet));
    }
    let step = if is_of_app { step_of(&factor.secret, &typed, now)? } else { None };
    Ok(match step.filter(|step| *step > factor.used_step) {
        Some(used_step) => Judged::Right(used(SecondFactor { used_step, ..factor.clone() })),
        None => Judged::Wrong(SecondFactor { wrong: wrong + 1, wrong_at: Some(now), ..factor.clone() }),
    })
}

/// The step whose code it is, if it is one of the instant or beside it.
pub fn step_of(secret: &TotpSecret, code: &str, now: Timestamp) -> Result<Option<i64>, TotpError> {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Ok(totp(secret)?.check(code, seconds).and_then(|step| i64::try_from(step).ok()))
}

/// What is kept of a recovery code, whatever way it was typed. Another one for each person.
pub fn recovery_hash(user: &UserId, typed: &str) -> TokenHash {
    Sha256::digest(format!("RECOVERY\n{user}\n{}", plain(typed))).into()
}

/// Fresh recovery codes, and what is kept of them.
pub(crate) fn recovery_codes(user: &UserId, mut secret: impl FnMut() -> [u8; 12]) -> (RecoveryCodes, Vec<TokenHash>) {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| code(secret())).collect();
    let hashes = codes.iter().map(|code| recovery_hash(user, code)).collect();
    (RecoveryCodes::new(codes), hashes)
}

/// What the app is told: whose account it is, and where.
pub(crate) fn setup(secret: &TotpSecret, user: &User, site: &str) -> Result<Setup, Error> {
    let name = user.email.as_ref().map_or_else(|| user.id.to_string(), |email| email.as_str().to_owned());
    // What stands between both in the address.
    let apart = |text: &str| text.replace(':', " ");
    let totp = builder(secret).with_issuer(Some(apart(site))).with_account_name(apart(&name)).build();
    let totp = totp.map_err(|error| internal(&error))?;
    Ok(Setup::new(totp.secret().to_base32(), totp.to_url().map_err(|error| internal(&error))?))
}

/// One's own second factor as one sees it.
pub(crate) fn view(factor: Option<&SecondFactor>, is_required: bool) -> SecondFactorView {
    let on = factor.filter(|factor| factor.is_on());
    SecondFactorView {
        on_since: on.and_then(|factor| factor.confirmed_at),
        recovery_codes_left: on.map_or(0, |factor| factor.recovery.len()),
        is_required,
    }
}

pub(crate) fn internal(error: &TotpError) -> Error {
    Error::Internal(format!("codes of a second factor: {error}"))
}

fn totp(secret: &TotpSecret) -> Result<Totp, TotpError> {
    builder(secret).build()
}

fn builder(secret: &TotpSecret) -> Builder {
    Builder::new()
        // The one that all apps know.
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_skew(SKEW)
        .with_step_duration(STEP_SECONDS)
        .with_secret(*secret.expose())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::coup::scenes::{noon, user};

    /// Of the step that is so many behind the instant's.
    fn code_at(secret: &TotpSecret, now: Timestamp, steps: i64) -> String {
        let seconds = now.timestamp() + steps * 30;
        totp(secret).unwrap().generate(u64::try_from(seconds).unwrap()).to_string()
    }

    fn factor(secret: [u8; 20]) -> SecondFactor {
        SecondFactor {
            user: "kim".parse().unwrap(),
            secret: TotpSecret::new(secret),
            confirmed_at: Some(noon()),
            used_step: 0,
            recovery: Vec::new(),
            wrong: 0,
            wrong_at: None,
            version: 0,
        }
    }

    fn right(factor: &SecondFactor, typed: &str, now: Timestamp) -> Option<SecondFactor> {
        match judge(factor, typed, now).unwrap() {
            Judged::Right(next) => Some(next),
            Judged::Wrong(_) | Judged::Shut(_) => None,
        }
    }

    /// [RFC 6238, Appendix B]: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = TotpSecret::new(*b"12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let now = chrono::DateTime::from_timestamp(seconds, 0).unwrap();
            assert_eq!(step_of(&secret, code, now).unwrap(), Some(seconds / 30), "{code}");
        }
    }

    proptest! {
        #[test]
        fn a_code_is_taken_in_its_step_and_one_beside(secret: [u8; 20], steps in -4_i64..=4, second in 0_i64..30) {
            let (factor, now) = (factor(secret), noon() + TimeDelta::seconds(second));
            let code = code_at(&factor.secret, now, steps);
            // One in some hundred thousand is a code of two steps.
            prop_assume!((-1..=1).filter(|near| *near != steps).all(|near| code_at(&factor.secret, now, near) != code));
            prop_assert_eq!(right(&factor, &code, now).is_some(), steps.abs() <= 1);
        }

        #[test]
        fn a_code_is_taken_once_and_none_of_before_after_it(secret: [u8; 20], first in -1_i64..=1, second in -1_i64..=1) {
            let (factor, now) = (factor(secret), noon());
            let codes: Vec<String> = (-1..=1).map(|step| code_at(&factor.secret, now, step)).collect();
            prop_assume!(codes[0] != codes[1] && codes[1] != codes[2] && codes[0] != codes[2]);
            let used = right(&factor, &code_at(&factor.secret, now, first), now).unwrap();
            let again = right(&used, &code_at(&factor.secret, now, second), now);
            prop_assert_eq!(again.is_some(), second > first);
        }

        #[test]
        fn however_a_code_is_typed_it_is_the_same(secret: [u8; 20]) {
            let factor = factor(secret);
            let code = code_at(&factor.secret, noon(), 0);
            let (left, right_half) = code.split_at(3);
            for typed in [format!(" {left} {right_half} "), format!("{left}-{right_half}")] {
                prop_assert!(right(&factor, &typed, noon()).is_some(), "{}", typed);
            }
        }

        #[test]
        fn a_recovery_code_is_taken_once_however_it_is_typed(bytes: [u8; 32], place in 0_usize..10) {
            let mut numbers = bytes.into_iter().cycle();
            let mut times = 0_u8;
            let make = || {
                times += 1;
                std::array::from_fn(|_| numbers.next().unwrap().wrapping_add(times.wrapping_mul(7)))
            };
            let kim: UserId = "kim".parse().unwrap();
            let (codes, recovery) = recovery_codes(&kim, make);
            let factor = SecondFactor { recovery, ..factor([7; 20]) };
            prop_assert_eq!(factor.recovery.len(), RECOVERY_CODES);
            let code = codes.expose().nth(place).unwrap();
            for typed in [code.to_owned(), code.to_lowercase(), code.replace('-', " "), code.replace('-', "")] {
                let used = right(&factor, &typed, noon()).unwrap();
                prop_assert!(used.recovery.len() < RECOVERY_CODES && used.secret == factor.secret);
                prop_assert!(right(&used, &typed, noon()).is_none());
            }
            let lee = SecondFactor { user: "lee".parse().unwrap(), ..factor.clone() };
            prop_assert!(right(&lee, code, noon()).is_none(), "another's");
        }

        #[test]
        fn after_five_wrong_codes_none_of_the_app_is_taken_for_five_minutes(
            secret: [u8; 20], wrong in 0_u32..8, seconds in 0_i64..600,
        ) {
            let (codes, recovery) = recovery_codes(&"kim".parse().unwrap(), || [3; 12]);
            let factor = SecondFactor { wrong, wrong_at: Some(noon()), recovery, ..factor(secret) };
            let now = noon() + TimeDelta::seconds(seconds);
            let is_shut = wrong >= 5 && seconds < 300;
            let code = code_at(&factor.secret, now, 0);
            prop_assert_eq!(right(&factor, &code, now).is_none(), is_shut);
            // What nobody guesses opens it all the same, and what is not looked at is not counted.
            let opened = right(&factor, codes.expose().next().unwrap(), now).unwrap();
            prop_assert_eq!((opened.wrong, opened.wrong_at), (0, None));
            match judge(&factor, "nonsense", now).unwrap() {
                Judged::Shut(until) => prop_assert!(is_shut && until == noon() + TimeDelta::minutes(5)),
                Judged::Wrong(next) => {
                    let counted = if seconds < 300 { wrong + 1 } else { 1 };
                    prop_assert!(!is_shut && next.wrong == counted && next.wrong_at == Some(now));
                }
                Judged::Right(_) => prop_assert!(false, "nonsense was taken"),
            }
        }
    }

    #[test]
    fn an_app_is_told_whose_account_it_is_and_where() {
        let kim = User { email: Some(crate::text::Email::from_stored("kim@school.kr".into())), ..user("kim") };
        let setup = setup(&TotpSecret::new(*b"12345678901234567890"), &kim, "한빛: 스터디").unwrap();
        assert_eq!(setup.secret(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let read = Totp::from_url(setup.address()).unwrap();
        assert_eq!((read.issuer(), read.account_name()), (Some("한빛  스터디"), "kim@school.kr"));
        assert_eq!((read.algorithm(), read.digits(), read.step()), (Algorithm::SHA1, 6, 30));
        assert_eq!(read.secret().as_bytes(), b"12345678901234567890");
    }
}
