//! Passwords: what is accepted, and the port that hashes them.

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
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

/// Whether a new password is acceptable (requirements § 17): its length only, and not one that everybody tries first, nor
/// the person's own name or address.
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
    let folded: String = text.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let email = email.map_or("", Email::as_str);
    let own = [email, email.split('@').next().unwrap_or_default(), name.map_or("", PersonName::as_str)];
    let own = own.iter().any(|own| {
        !own.is_empty() && folded == repeat_to(&own.to_lowercase().replace(' ', ""), folded.chars().count())
    });
    if own || is_common(&folded) {
        return Err(Invalid::field(field, "too_common"));
    }
    Ok(())
}

/// What everybody tries first: a common password, perhaps with digits or signs around it, one unit repeated, or a row of
/// the keyboard or the alphabet.
fn is_common(folded: &str) -> bool {
    let chars: Vec<char> = folded.chars().collect();
    let repeats = (1..=6).any(|unit| {
        chars.len() > unit
            && chars.iter().zip(chars.iter().cycle().skip(unit)).take(chars.len() - unit).all(|(a, b)| a == b)
    });
    let core = folded.trim_matches(|c: char| !c.is_alphabetic());
    let runs = ROWS.iter().any(|row| {
        let backwards: String = row.chars().rev().collect();
        row.contains(folded)
            || backwards.contains(folded)
            || (core.chars().count() >= 4 && (row.contains(core) || backwards.contains(core)))
    });
    repeats
        || runs
        || core.is_empty() && chars.iter().all(char::is_ascii_digit) && is_run(&chars)
        || COMMON.contains(&core)
        || COMMON.contains(&folded)
}

fn is_run(chars: &[char]) -> bool {
    let step = |(a, b): (&char, &char)| i64::from(u32::from(*b)) - i64::from(u32::from(*a));
    let mut steps = chars.iter().zip(chars.iter().skip(1)).map(step);
    let first = steps.next().unwrap_or(0);
    steps.all(|s| s == first || s == -9 || s == 9)
}

fn repeat_to(unit: &str, length: usize) -> String {
    unit.chars().cycle().take(if unit.is_empty() { 0 } else { length }).collect()
}

const ROWS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1234567890qwertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ",
];

/// The words at the heart of the most used passwords, without the digits and signs that people put around them.
const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "passwordpassword",
    "mypassword",
    "letmein",
    "letmeinplease",
    "iloveyou",
    "welcome",
    "welcometo",
    "changeme",
    "changemenow",
    "administrator",
    "admin",
    "adminadmin",
    "superadmin",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "basketball",
    "princess",
    "sunshine",
    "superman",
    "batman",
    "trustno",
    "master",
    "michael",
    "jennifer",
    "qwerty",
    "qwertyqwerty",
    "qwer",
    "asdf",
    "asdfasdf",
    "zxcv",
    "iloveyouforever",
    "correcthorsebatterystaple",
    "student",
    "teacher",
    "school",
    "coup",
    "coupcoup",
    "studygroup",
    "starwars",
    "pokemon",
    "whatever",
    "computer",
    "internet",
    "samsung",
    "korea",
    "seoul",
    "daehanminguk",
    "saranghae",
    "saranghaeyo",
    "비밀번호",
    "대한민국",
    "사랑해",
    "사랑해요",
    "안녕하세요",
    "dkssudgktpdy",
    "qlalfqjsgh",
    "tkfkdgo",
    "tkfkdgody",
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
            "김민준김민준김민준김민준",
            "비밀번호12345678",
        ] {
            assert_eq!(verdict(password), Err("too_common"), "{password}");
        }
    }
}
