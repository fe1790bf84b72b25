//! Pure decisions about identities that are proved elsewhere.

use super::model::{OAuthIdentity, ProvedIdentity, Provider};
use crate::{
    error::StateError,
    id::UserId,
    text::{Email, PersonName},
    user::model::User,
};

/// How long somebody may take at the provider, in minutes.
pub const FLOW_MINUTES: i64 = 10;

/// The longest path to go on to, in bytes.
pub const NEXT_LENGTH: usize = 1000;

/// What follows from a proved identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is linked to this account, which it signs in.
    SignIn(UserId),
    /// It is nobody's: a new account, with the address if it is proved to be theirs.
    Create(Option<Email>),
    /// It is linked to the account that asks.
    Link,
    /// It is linked to the account that asks already.
    Linked,
    /// It is not done.
    Refuse(StateError),
}

/// Signing in with a proved identity (requirements § 18): `known` is the identity's row, `same_address` the account that has its
/// verified address. An address links nothing, verified or not: whoever has that account signs in and links it there.
pub fn sign_in(proved: &ProvedIdentity, known: Option<&OAuthIdentity>, same_address: Option<&User>) -> Verdict {
    match (known, proved.verified_email(), same_address) {
        (Some(known), ..) => Verdict::SignIn(known.user.clone()),
        // Who proves that the mailbox is theirs may be told that it has an account; nobody else is.
        (None, Some(email), Some(account)) if account.email.as_ref() == Some(email) => {
            Verdict::Refuse(StateError::SignInToLink)
        }
        (None, email, _) => Verdict::Create(email.cloned()),
    }
}

/// Linking a proved identity to an account that has these: each identity is of one account, and an account has one of a provider.
pub fn link(user: &UserId, provider: Provider, known: Option<&OAuthIdentity>, own: &[OAuthIdentity]) -> Verdict {
    match known {
        Some(known) if known.user == *user => Verdict::Linked,
        Some(_) => Verdict::Refuse(StateError::IdentityTaken),
        None if own.iter().any(|other| other.provider == provider) => Verdict::Refuse(StateError::ProviderLinked),
        None => Verdict::Link,
    }
}

/// Whether an account can be signed in to when this identity is gone: by another one, or by address and password.
pub fn unlink(user: &User, provider: Provider, own: &[OAuthIdentity]) -> Result<(), StateError> {
    let other = own.iter().any(|identity| identity.provider != provider);
    let password = user.password.is_some() && user.email.is_some();
    if other || password { Ok(()) } else { Err(StateError::LastWayIn) }
}

/// What a new account is called: the first name that the provider told which is one, without what is not seen; else what stands
/// before the address's `@`.
pub fn name(proved: &ProvedIdentity) -> Option<PersonName> {
    let address = proved.email.iter().filter_map(|(email, _)| email.as_str().split('@').next());
    proved.names.iter().map(String::as_str).chain(address).find_map(|name| {
        let seen: String = name.chars().filter(|c| !c.is_control()).collect();
        let short: String = seen.trim().chars().take(50).collect();
        PersonName::parse("name", &short).ok()
    })
}

/// Whether an address stays on this site: a path, not `//host` or `/\host`, and nothing that could end a header.
///
/// ```
/// use coup_core::identity::rules::is_local;
///
/// assert!(is_local("/my-studies?cursor=a"));
/// assert!(!is_local("//elsewhere.example"));
/// ```
pub fn is_local(address: &str) -> bool {
    address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains('\\')
        && !address.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        coup::scenes::{noon, user},
        user::model::PasswordHash,
    };

    const ADDRESSES: [&str; 2] = ["kim@school.kr", "lee@school.kr"];

    fn email(place: usize) -> Email {
        Email::from_stored(ADDRESSES[place].into())
    }

    prop_compose! {
        fn proved()(
            issuer in prop::sample::select(vec!["https://accounts.google.com", "https://github.com"]),
            subject in "[12]",
            address in prop::option::of((0..2_usize, any::<bool>())),
        ) -> ProvedIdentity {
            let email = address.map(|(place, verified)| (email(place), verified));
            ProvedIdentity { issuer: issuer.into(), subject, email, names: vec!["김민준".into()] }
        }
    }

    fn provider() -> impl Strategy<Value = Provider> {
        prop::sample::select(Provider::ALL)
    }

    fn row(proved: &ProvedIdentity, provider: Provider, owner: &str) -> OAuthIdentity {
        OAuthIdentity {
            issuer: proved.issuer.clone(),
            subject: proved.subject.clone(),
            user: owner.parse().unwrap(),
            provider,
            email: None,
            linked_at: noon(),
        }
    }

    fn account(id: &str, address: Option<usize>, password: bool) -> User {
        let password = password.then(|| PasswordHash::new("$argon2id$".into()));
        User { email: address.map(email), password, ..user(id) }
    }

    proptest! {
        #[test]
        fn an_address_never_signs_anybody_in(proved in proved(), address in 0..2_usize) {
            let account = account("kim", Some(address), true);
            let verdict = sign_in(&proved, None, Some(&account));
            prop_assert!(!matches!(verdict, Verdict::SignIn(_) | Verdict::Link | Verdict::Linked), "{verdict:?}");
        }

        #[test]
        fn an_unverified_address_tells_nothing_of_who_has_it(proved in proved(), address in 0..2_usize) {
            let proved = ProvedIdentity { email: proved.email.map(|(email, _)| (email, false)), ..proved };
            let account = account("kim", Some(address), true);
            prop_assert_eq!(sign_in(&proved, None, Some(&account)), sign_in(&proved, None, None));
            prop_assert_eq!(sign_in(&proved, None, None), Verdict::Create(None));
        }

        #[test]
        fn a_linked_identity_signs_in_its_own_account_whatever_its_address(
            proved in proved(), provider in provider(), address in prop::option::of(0..2_usize),
        ) {
            let other = account("lee", address, true);
            let known = row(&proved, provider, "kim");
            prop_assert_eq!(sign_in(&proved, Some(&known), Some(&other)), Verdict::SignIn("kim".parse().unwrap()));
        }

        #[test]
        fn an_identity_is_never_of_two_accounts(proved in proved(), provider in provider(), own in any::<bool>()) {
            let (kim, lee) = ("kim".parse().unwrap(), "lee".parse().unwrap());
            let known = row(&proved, provider, if own { "kim" } else { "lee" });
            let verdict = link(&kim, provider, Some(&known), &[]);
            let expected = if own { Verdict::Linked } else { Verdict::Refuse(StateError::IdentityTaken) };
            prop_assert_eq!(verdict, expected);
            let creates = matches!(sign_in(&proved, Some(&known), None), Verdict::Create(_));
            prop_assert!(!creates);
            prop_assert_eq!(known.user == lee, !own);
        }

        #[test]
        fn an_account_has_one_identity_of_a_provider(proved in proved(), first in provider(), second in provider()) {
            let kim = "kim".parse().unwrap();
            let own = OAuthIdentity { subject: "another".into(), ..row(&proved, first, "kim") };
            let verdict = link(&kim, second, None, &[own]);
            let expected =
                if first == second { Verdict::Refuse(StateError::ProviderLinked) } else { Verdict::Link };
            prop_assert_eq!(verdict, expected);
        }

        #[test]
        fn the_last_way_in_stays(
            address in prop::option::of(0..2_usize), password in any::<bool>(), gone in provider(),
            others in prop::collection::vec(provider(), 0..3),
        ) {
            let kim = account("kim", address, password);
            let proved = ProvedIdentity { issuer: "i".into(), subject: "s".into(), email: None, names: Vec::new() };
            let mut own: Vec<_> = others.iter().map(|other| row(&proved, *other, "kim")).collect();
            own.push(row(&proved, gone, "kim"));
            let left = own.iter().filter(|identity| identity.provider != gone).count();
            let can_come_back = left > 0 || (password && address.is_some());
            prop_assert_eq!(unlink(&kim, gone, &own).is_ok(), can_come_back);
        }

        #[test]
        fn whatever_a_provider_calls_somebody_is_a_name_or_none(names in prop::collection::vec(".{0,80}", 0..3)) {
            let proved = ProvedIdentity { issuer: "i".into(), subject: "s".into(), email: None, names };
            if let Some(name) = name(&proved) {
                prop_assert!(PersonName::parse("name", name.as_str()).is_ok());
            }
        }
    }

    #[test]
    fn the_first_name_that_is_one_is_taken() {
        let named = |names: &[&str], address: Option<&str>| {
            let email = address.map(|address| (Email::from_stored(address.into()), true));
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            let proved = ProvedIdentity { issuer: String::new(), subject: String::new(), email, names };
            name(&proved).map(|name| name.to_string())
        };
        assert_eq!(named(&["김민준", "minjun"], None).as_deref(), Some("김민준"));
        assert_eq!(named(&["  ", "minjun"], None).as_deref(), Some("minjun"));
        assert_eq!(named(&["a\nb"], None).as_deref(), Some("ab"));
        assert_eq!(named(&["\u{202E}"], Some("kim@school.kr")).as_deref(), Some("kim"));
        assert_eq!(named(&["가".repeat(60).as_str()], None), Some("가".repeat(50)));
        assert_eq!(named(&[""], None), None);
    }
}
