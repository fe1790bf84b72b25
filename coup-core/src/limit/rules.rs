//! Pure decisions about limits: by what an attempt is counted, and how long to wait.

use std::net::IpAddr;

use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use super::model::{Attempts, Counted, Device, Place, RateLimits, Way};
use crate::{
    env::Timestamp,
    id::{SessionId, UserId},
    text::Email,
    user::model::TokenHash,
};

/// How long a browser is known after somebody signed in.
pub const DEVICE_DAYS: i64 = 180;

/// So many browsers are known to an account at most.
pub const MOST_DEVICES: usize = 50;

/// More of a typed address is not looked at.
const LONGEST_TYPED: usize = 320;

/// Of whom an attempt is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject<'a> {
    /// Everybody at an address.
    Address(&'a str),
    /// An account by its e-mail address as typed, whether or not there is one.
    Account(&'a str),
    /// An account, in a browser that is known to it.
    Device(TokenHash, &'a UserId),
    /// A session.
    Session(SessionId),
    /// Somebody for whom the host vouches.
    Person(&'a UserId),
}

impl Subject<'_> {
    /// What is kept of it; `None` for an address that is none.
    pub fn hash(&self) -> Option<TokenHash> {
        let mut hash = Sha256::new();
        match self {
            Self::Address(text) => hash.update(format!("address\n{}", network(text.parse().ok()?))),
            Self::Account(typed) => {
                let email = Email::parse("email", typed).map(|email| email.as_str().to_owned());
                // What is no address nobody has, but it is counted as if somebody had it.
                let email = email.unwrap_or_else(|_| typed.trim().to_lowercase());
                hash.update("account\n");
                hash.update(email.chars().take(LONGEST_TYPED).collect::<String>());
            }
            Self::Device(device, user) => {
                hash.update("device\n");
                hash.update(device);
                hash.update(user.as_str());
            }
            Self::Session(id) => hash.update(format!("session\n{}", id.as_uuid())),
            Self::Person(user) => hash.update(format!("person\n{}", user.as_str())),
        }
        Some(hash.finalize().into())
    }
}

/// What one household, school or host has of an address: all of IPv4, 64 bits of IPv6.
pub fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// How many attempts a subject has.
pub fn limit(limits: &RateLimits, way: Way, subject: &Subject<'_>) -> u32 {
    match (subject, way) {
        (Subject::Address(_), Way::SignUp | Way::Reset | Way::Begin) => limits.requests,
        (Subject::Address(_), Way::SignIn | Way::Verify | Way::Confirm) => limits.address,
        (Subject::Account(_), _) => limits.account,
        (Subject::Device(..) | Subject::Session(_) | Subject::Person(_), _) => limits.device,
    }
}

/// The places that an attempt takes, all or none.
pub fn places(limits: &RateLimits, way: Way, subjects: &[Subject<'_>], at: Timestamp) -> Vec<Place> {
    let place = |subject: &Subject<'_>| {
        let counted = Counted { way, subject: subject.hash()? };
        Some(Place { counted, limit: limit(limits, way, subject), at, ends_at: at + limits.window() })
    };
    subjects.iter().filter_map(place).collect()
}

/// What is counted once a place is taken; `None`: all are taken.
pub fn taken(before: Option<&Attempts>, place: &Place) -> Option<Attempts> {
    match before.filter(|before| before.ends_at > place.at) {
        None => Some(Attempts { since: place.at, count: 1, ends_at: place.ends_at }),
        Some(before) if before.count < place.limit => Some(Attempts { count: before.count + 1, ..before.clone() }),
        Some(_) => None,
    }
}

/// What is counted once a place is given back. One that was taken among others that do not count any more is none of these.
pub fn given_back(before: &Attempts, place: &Place) -> Attempts {
    let is_among = before.since <= place.at && place.at < before.ends_at;
    Attempts { count: before.count.saturating_sub(is_among.into()), ..before.clone() }
}

/// How long to wait until a place is free; never nothing, so that nobody tries at once again, and never longer than places are
/// taken for: the first may have been taken an instant after this request came.
pub fn wait(attempts: Option<&Attempts>, now: Timestamp) -> TimeDelta {
    let wait = attempts.map_or(TimeDelta::zero(), |attempts| attempts.ends_at - now.max(attempts.since));
    wait.max(TimeDelta::seconds(1))
}

/// Whether a browser is known now.
pub fn is_known(device: &Device, now: Timestamp) -> bool {
    now < device.expires_at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::coup::scenes::noon;

    fn place(limit: u32, at: Timestamp) -> Place {
        let counted = Counted { way: Way::SignIn, subject: [7; 32] };
        Place { counted, limit, at, ends_at: at + TimeDelta::minutes(15) }
    }

    #[test]
    fn who_came_an_instant_before_the_first_waits_no_longer_than_places_are_taken() {
        let row = taken(None, &place(1, noon())).unwrap();
        for (micros, seconds) in [(-9, 900), (0, 900), (899_000_000, 1), (900_000_001, 1)] {
            assert_eq!(
                wait(Some(&row), noon() + TimeDelta::microseconds(micros)),
                TimeDelta::seconds(seconds),
                "{micros}"
            );
        }
        assert_eq!(wait(None, noon()), TimeDelta::seconds(1));
    }

    proptest! {
        #[test]
        fn within_any_window_no_more_than_the_limit_are_wrong(
            limit in 1_u32..12,
            steps in proptest::collection::vec((0_i64..240, any::<bool>()), 1..200),
        ) {
            let (mut now, mut row, mut wrong) = (noon(), None::<Attempts>, Vec::new());
            for (seconds, is_right) in steps {
                now += TimeDelta::seconds(seconds);
                let place = place(limit, now);
                let Some(next) = taken(row.as_ref(), &place) else {
                    let row = row.as_ref().unwrap();
                    // Refused only after so many wrong ones, and only until the end.
                    let counted = wrong.iter().filter(|at| row.since <= **at && **at < row.ends_at).count();
                    prop_assert_eq!(counted, limit as usize);
                    prop_assert!(wait(Some(row), now) <= TimeDelta::minutes(15));
                    let later = super::tests::place(limit, now + wait(Some(row), now));
                    prop_assert!(taken(Some(row), &later).is_some());
                    continue;
                };
                if is_right {
                    row = Some(given_back(&next, &place));
                } else {
                    wrong.push(now);
                    row = Some(next);
                }
                let row = row.as_ref().unwrap();
                let counted = wrong.iter().filter(|at| row.since <= **at && **at < row.ends_at).count();
                prop_assert_eq!(row.count as usize, counted);
                prop_assert!(row.count <= limit);
            }
        }

        #[test]
        fn an_address_is_counted_by_its_network(one: u128, other: u128) {
            let text = |bits| std::net::Ipv6Addr::from_bits(bits).to_string();
            let (a, b) = (text(one), text(other));
            let hash = |text: &str| Subject::Address(text).hash();
            let mapped = |bits: u128| std::net::Ipv6Addr::from_bits(bits).to_ipv4_mapped().is_some();
            prop_assume!(!mapped(one) && !mapped(other));
            prop_assert_eq!(hash(&a) == hash(&b), one >> 64 == other >> 64);
            prop_assert_eq!(hash(&a), hash(&text(one ^ 0xffff)));
        }
    }

    #[test]
    fn an_ipv4_address_is_itself_however_it_is_written() {
        let hash = |text: &str| Subject::Address(text).hash();
        assert_eq!(hash("192.0.2.7"), hash("::ffff:192.0.2.7"));
        assert_ne!(hash("192.0.2.7"), hash("192.0.2.8"));
        assert_eq!(hash("unix"), None);
    }

    #[test]
    fn an_account_is_counted_by_its_address_however_it_is_typed() {
        let hash = |text: &str| Subject::Account(text).hash().unwrap();
        assert_eq!(hash("Kim@School.kr "), hash("kim@school.kr"));
        assert_ne!(hash("kim@school.kr"), hash("lee@school.kr"));
        assert_eq!(hash(" Nonsense"), hash("nonsense"));
    }

    #[test]
    fn kinds_of_subjects_are_counted_apart() {
        let kim: UserId = "kim".parse().unwrap();
        let session = SessionId::from_uuid(uuid::Uuid::nil());
        let subjects = [
            Subject::Address("192.0.2.7"),
            Subject::Account("kim"),
            Subject::Device([7; 32], &kim),
            Subject::Session(session),
            Subject::Person(&kim),
        ];
        let hashes: std::collections::BTreeSet<_> = subjects.iter().map(|subject| subject.hash().unwrap()).collect();
        assert_eq!(hashes.len(), subjects.len());
    }
}
