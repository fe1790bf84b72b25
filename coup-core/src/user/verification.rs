//! Codes that are sent by letter, typed into a form together with the address.
//!
//! A code and not a link that does it: tokens stand in no address (requirements § 19), where histories, logs and previews keep them,
//! and a form works without script. It has twelve of 32 signs that nobody takes for each other, 60 bits: who reads the database cannot
//! find it from its hash in the day that it lasts, who guesses has ten tries. The job that sends the letter makes it, so that it stands
//! nowhere but in the letter; a letter that is sent again after a crash has another one, and only the last one counts.
//!
//! What waits for a code is a row of the address, made whether or not there is an account, so that asking shows nothing. It holds the
//! account that is to be made: there are no unverified accounts, and whoever signs up with an address that is not theirs has
//! nothing. Verifying asks for the password of the sign-up as well: the newest sign-up counts, and it may be a stranger's, whose
//! account the owner of the address must not make by a code from a letter that they did not ask for.

use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use crate::{
    changes::{Change, Changes, Row, SystemPermit},
    coup::{Prepared, Room},
    env::Timestamp,
    error::{Error, StateError},
    id::JobId,
    mail::letter::Letter,
    policy::Language,
    text::{Email, PersonName},
    user::model::{PasswordHash, TokenHash, Verification, VerificationKind},
};

/// Wrong codes, after which the right one is not taken either.
pub const MOST_TRIES: u32 = 10;

/// Letters that are sent to an address in an hour for the asking; more are not, and nobody is told.
pub const LETTERS_AN_HOUR: u32 = 3;

/// Digits and letters without I, L, O and U (Crockford).
const SIGNS: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P',
    'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// More is not looked at.
const LONGEST_TYPED: usize = 64;

impl VerificationKind {
    /// How long a code is taken.
    pub const fn lasts(self) -> TimeDelta {
        match self {
            Self::SignUp => TimeDelta::hours(24),
            Self::Reset => TimeDelta::hours(1),
        }
    }
}

/// What came of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried<T> {
    /// It was the one.
    Right(T),
    /// It was not, or it does not count any more.
    Wrong,
}

impl<T> Tried<T> {
    /// What it was for.
    ///
    /// # Errors
    /// [`StateError::CodeWrong`].
    pub fn right(self) -> Result<T, Error> {
        match self {
            Self::Right(done) => Ok(done),
            Self::Wrong => Err(StateError::CodeWrong.into()),
        }
    }
}

/// What opens something once is told once.
impl<T: Send + 'static> crate::idempotency::Answer for Tried<T> {}

/// A fresh code, as it is typed: `7K3M-9QXZ-04HB`.
pub(crate) fn code(secret: [u8; 12]) -> String {
    let signs = secret.iter().filter_map(|byte| SIGNS.get(usize::from(byte % 32)));
    let mut code = String::with_capacity(14);
    for (place, sign) in signs.enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        code.push(*sign);
    }
    code
}

/// What is kept of a code, whatever way it was typed. Another one for each address and purpose.
pub(crate) fn code_hash(kind: VerificationKind, email: &Email, typed: &str) -> TokenHash {
    Sha256::digest(format!("{kind}\n{}\n{}", email.as_str(), plain(typed))).into()
}

/// A code without what does not matter: case, spaces, hyphens, and signs that are taken for each other.
pub(crate) fn plain(typed: &str) -> String {
    let signs = typed.chars().take(LONGEST_TYPED).filter(char::is_ascii_alphanumeric);
    let plain = signs.map(|sign| match sign.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        sign => sign,
    });
    plain.collect()
}

/// What waits for a code after it was asked for once more; `None` when it was asked for too often.
fn asked(
    before: Option<Verification>,
    kind: VerificationKind,
    email: &Email,
    job: JobId,
    now: Timestamp,
) -> Option<Verification> {
    let counted = before.as_ref().filter(|row| now - row.asked_since < TimeDelta::hours(1));
    let (asked, asked_since) = counted.map_or((0, now), |row| (row.asked, row.asked_since));
    (asked < LETTERS_AN_HOUR).then(|| Verification {
        kind,
        email: email.clone(),
        job,
        name: None,
        password: None,
        code_hash: None,
        tries: 0,
        asked: asked + 1,
        asked_since,
        expires_at: now + kind.lasts(),
        version: before.map_or(0, |row| row.version),
    })
}

/// Asks for a letter with a code. What was asked for before is worth nothing any more. `None`: too often, and nobody is told.
pub(crate) async fn ask(
    room: &Room<'_>,
    kind: VerificationKind,
    email: &Email,
    account: Option<(PersonName, PasswordHash)>,
    language: Language,
) -> Result<Option<Changes>, Error> {
    let before = room.store().verification(kind, email).await?;
    let is_new = before.is_none();
    let job = JobId::from_uuid(room.env.uuid());
    let Some(row) = asked(before, kind, email, job, room.env.now()) else { return Ok(None) };
    let (name, password) = account.unzip();
    let row = Row::Verification(Box::new(Verification { name, password, ..row }));
    let changes = Changes::system(SystemPermit::Identity);
    let changes = if is_new { changes.insert(row) } else { changes.save(row) };
    let letter = Letter::Code { kind, email: email.clone(), language };
    Ok(Some(changes.job(letter.job_of(room, job))))
}

/// A code that somebody typed.
pub(crate) enum Judged {
    /// It counts for nothing: there is none, or none any more.
    Nothing,
    /// A wrong one; the row says so.
    Wrong(Box<Verification>),
    /// The right one; it still waits to be used.
    Right(Box<Verification>),
}

/// Whether it is the code. Where no letter was sent, every one is wrong and counted, as where one was: nobody learns which it is.
pub(crate) fn judge(row: Option<Verification>, typed: &str, now: Timestamp) -> Judged {
    let open = row.filter(|row| row.expires_at > now && row.tries < MOST_TRIES);
    let Some(row) = open else { return Judged::Nothing };
    if row.code_hash == Some(code_hash(row.kind, &row.email, typed)) {
        Judged::Right(Box::new(row))
    } else {
        Judged::Wrong(Box::new(row))
    }
}

/// A wrong try is counted.
pub(crate) fn wrong(row: Verification) -> Changes {
    let row = Verification { tries: row.tries + 1, ..row };
    Changes::system(SystemPermit::Identity).save(Row::Verification(Box::new(row)))
}

/// The answer to a wrong try, with what counts it where there is something to count.
pub(crate) fn tried_in_vain<T: Send + 'static>(counted: Option<Changes>) -> Prepared<Tried<T>> {
    match counted {
        Some(changes) => Prepared::new(changes, Tried::Wrong),
        None => Prepared::done(Tried::Wrong),
    }
}

/// The code is used: it goes, if nobody tried another one meanwhile.
pub(crate) fn used(row: &Verification) -> Changes {
    Changes::system(SystemPermit::Identity).change(Change::UseCode(row.kind, row.email.clone(), row.version))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::coup::scenes::noon;

    fn email() -> Email {
        Email::parse("email", "kim@school.kr").unwrap()
    }

    fn row(typed: &str) -> Verification {
        let hash = code_hash(VerificationKind::Reset, &email(), typed);
        let job = JobId::from_uuid(uuid::Uuid::nil());
        let row = asked(None, VerificationKind::Reset, &email(), job, noon()).unwrap();
        Verification { code_hash: Some(hash), ..row }
    }

    proptest! {
        #[test]
        fn a_code_is_its_own_however_it_is_typed(secret: [u8; 12], other: [u8; 12]) {
            let (code, another) = (code(secret), code(other));
            let hash = |typed: &str| code_hash(VerificationKind::SignUp, &email(), typed);
            prop_assert_eq!(code.len(), 14);
            for typed in [code.to_lowercase(), code.replace('-', ""), format!(" {} ", code.replace('-', " ")), code.replace('0', "o").replace('1', "l")] {
                prop_assert_eq!(hash(&typed), hash(&code), "{}", typed);
            }
            prop_assert_eq!(hash(&another) == hash(&code), another == code);
            prop_assert_ne!(code_hash(VerificationKind::Reset, &email(), &code), hash(&code));
        }

        #[test]
        fn the_right_code_is_taken_until_its_end_and_up_to_ten_tries(tries in 0_u32..20, micros in -1_000_i64..1_000) {
            let row = Verification { tries, ..row("7K3M-9QXZ-04HB") };
            let now = row.expires_at + TimeDelta::microseconds(micros);
            let is_open = tries < 10 && micros < 0;
            prop_assert_eq!(matches!(judge(Some(row.clone()), "7k3m9qxzo4hb", now), Judged::Right(_)), is_open);
            prop_assert_eq!(matches!(judge(Some(row), "7K3M-9QXZ-04HC", now), Judged::Wrong(_)), is_open);
        }

        #[test]
        fn three_letters_are_sent_in_an_hour(minutes in proptest::collection::vec(0_i64..180, 1..12)) {
            let mut minutes = minutes;
            minutes.sort_unstable();
            let (mut before, mut sent) = (None, Vec::new());
            for minute in minutes {
                let now = noon() + TimeDelta::minutes(minute);
                let job = JobId::from_uuid(uuid::Uuid::nil());
                if let Some(next) = asked(before.clone(), VerificationKind::Reset, &email(), job, now) {
                    prop_assert_eq!((next.tries, next.code_hash), (0, None));
                    before = Some(next);
                    sent.push(now);
                }
            }
            // From any letter that began to be counted, three within the hour; six at the border of two hours at most.
            for (place, at) in sent.iter().enumerate() {
                let within = sent.iter().skip(place).filter(|later| **later - *at < TimeDelta::hours(1)).count();
                prop_assert!(within <= 5 && (place > 0 || within <= 3), "{:?}", sent);
            }
        }
    }

    #[test]
    fn without_a_code_nothing_is_taken() {
        let unsent = Verification { code_hash: None, ..row("") };
        assert!(matches!(judge(Some(unsent), "", noon()), Judged::Wrong(_)));
        assert!(matches!(judge(None, "", noon()), Judged::Nothing));
    }
}
