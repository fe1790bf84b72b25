//! Passwords: what is accepted, and the port that hashes them.

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use zxcvbn::zxcvbn;

use crate::{
    coup::Room,
    error::{Error, Invalid},
    text::{Email, PersonName},
    user::model::PasswordHash,
};

/// The longest accepted password, in characters; long enough for any phrase, short enough to hash.
pub const MAX_LENGTH: usize = 128;

/// Hashes and verifies. An implementation runs off the event loop, and a bounded number at once.
#[async_trait]
pub trait Passwords: Send + Sync + 'static {
    /// Hashes with a fresh salt.
    async fn hash(&self, password: &SecretString, salt: [u8; 16]) -> Result<PasswordHash, Error>;

    /// Whether the password is the hashed one. Without a hash it takes as long and answers no, so that nobody learns
    /// which accounts exist.
    async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<bool, Error>;
}

/// Whether the password is the hashed one. What is longer than any password is wrong without being hashed.
pub(crate) async fn is_right(
    room: &Room<'_>,
    password: &SecretString,
    hash: Option<&PasswordHash>,
) -> Result<bool, Error> {
    Ok(password.expose_secret().chars().count() <= MAX_LENGTH && room.passwords()?.verify(password, hash).await?)
}

/// The least number of tries, by the estimate of [`zxcvbn`], that a password must be worth: what bears guessing over the network
/// without any limit ([its score 2](https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/wheeler)).
const LEAST_GUESSES: u64 = 100_000_000;

/// What is found within so many tries is a word that everybody knows.
const WELL_KNOWN: u64 = 10_000;

/// So many digits and signs around a word are a habit.
const FEW_AROUND: usize = 6;

/// Whether a new password is acceptable (requirements § 17): its length only, and not one that everybody tries first, nor
/// the person's own name or address.
///
/// The estimate knows the most used passwords, words, names, rows of the keyboard, dates and repetitions, with digits and signs
/// put around or in place of letters; what Koreans try first is told to it.
pub fn check(
    field: &str,
    password: &SecretString,
    min: usize,
    email: Option<&Email>,
    name: Option<&PersonName>,
) -> Result<(), Invalid> {
    let text = password.expose_secret();
    let length = text.chars().count();
    if length < min {
        return Err(Invalid::bound(field, "too_short", i64::try_from(min).unwrap_or(i64::MAX)));
    }
    if length > MAX_LENGTH {
        return Err(Invalid::bound(field, "too_long", i64::try_from(MAX_LENGTH).unwrap_or(i64::MAX)));
    }
    if guesses(text, email, name) < LEAST_GUESSES || is_row(text) {
        return Err(Invalid::field(field, "too_common"));
    }
    Ok(())
}

/// How many tries somebody needs who knows whose it is.
fn guesses(text: &str, email: Option<&Email>, name: Option<&PersonName>) -> u64 {
    let (email, name) = (email.map_or("", Email::as_str), name.map_or("", PersonName::as_str));
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let own = [email, local, domain, name].into_iter();
    let parts = local.split(['.', '_', '-', '+']).chain(name.split_whitespace()).chain(domain.split('.'));
    // Of one letter everything would be made.
    let parts = parts.filter(|part| part.chars().count() > 1);
    let words: Vec<&str> = own.chain(parts).filter(|word| !word.is_empty()).chain(KOREAN.iter().copied()).collect();
    // A space between words is worth nothing when the words are not.
    let joined: String = text.split_whitespace().collect();
    let estimate = |text: &str| zxcvbn(text, &words).guesses();
    // A well-known word does not get better by a few digits and signs around it.
    let core = joined.trim_matches(|c: char| !c.is_alphabetic());
    let around = joined.chars().count() - core.chars().count();
    if around <= FEW_AROUND && core.chars().count() >= 4 && estimate(core) < WELL_KNOWN {
        return estimate(core);
    }
    if joined == text { estimate(text) } else { estimate(text).min(estimate(&joined)) }
}

/// Whether it is a part of a row of a Korean keyboard, which the estimate does not know.
fn is_row(text: &str) -> bool {
    let text: String = text.split_whitespace().collect();
    let backwards: String = ROW.chars().rev().collect();
    ROW.contains(&text) || backwards.contains(&text)
}

const ROW: &str = "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ";

/// What Koreans try first, as it is said and as it comes out of a keyboard that is set to English; and the words of this place.
const KOREAN: &[&str] = &[
    "coup",
    "스터디",
    "studygroup",
    "teacher",
    "hakgyo",
    "학교",
    "gkrry",
    "samsung",
    "korea",
    "seoul",
    "daehanminguk",
    "대한민국",
    "eogksalsrnr",
    "saranghae",
    "saranghaeyo",
    "사랑해",
    "사랑해요",
    "tkfkdgo",
    "tkfkdgody",
    "안녕하세요",
    "dkssudgktpdy",
    "비밀번호",
    "qlalfqjsgh",
    "우리집",
    "dnflwlq",
    "천사",
    "cjstk",
    "1004",
    "8282",
    "바보",
    "qkqh",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(password: &str) -> Result<(), &'static str> {
        let email = Email::parse("email", "minjun.kim@school.kr").unwrap();
        let name = PersonName::parse("name", "김민준").unwrap();
        check("password", &SecretString::from(password), 12, Some(&email), Some(&name))
            .map_err(|invalid| invalid.errors()[0].code)
    }

    #[test]
    fn only_the_length_is_asked_for() {
        for password in [
            "correct horse staple",
            "파란 하늘 아래 두 사람",
            "한 줄의 아주 긴 문장이에요, 정말로. 그래서 예순네 자도 넘게 쓸 수 있어요. 아무 규칙도 없이 말이에요.",
        ] {
            assert_eq!(verdict(password), Ok(()), "{password}");
        }
        assert_eq!(verdict("zanzibar-otter-3"), Ok(()));
        assert_eq!(verdict("elevenchars"), Err("too_short"));
        assert_eq!(verdict(&"ab c".repeat(40)), Err("too_long"));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for password in [
            "password1234",
            "123456789012",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "qwertyuiop12",
            "!!iloveyou!!99",
            "minjun.kim@school.kr",
            "minjun.kim 2026",
            "김민준김민준김민준김민준",
            "비밀번호12345678",
            "사랑해요 사랑해요 사랑해요",
            "dkssudgktpdy1!",
            "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴ",
            // Of the most used ones those that are long enough.
            "1q2w3e4r5t6y",
            "qwertyuiop123",
            "Passw0rd1234",
            "1234qwerasdf",
            "iloveyou1234",
            "unbelievable",
            "manchesterunited",
        ] {
            assert_eq!(verdict(password), Err("too_common"), "{password}");
        }
    }
}
