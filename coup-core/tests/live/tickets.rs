//! A ticket opens one connection, within a minute.

use chrono::TimeDelta;
use coup_core::{
    coup::Ctx,
    error::Error,
    live::service::{OpenTicket, UseTicket},
    policy::SanctionType,
    store::Credential,
    user::service::{SessionToken, SignOut},
};
use secrecy::SecretString;

use crate::house::{House, user};

impl House {
    async fn open(&self, ctx: &Ctx) -> String {
        self.coup.run(ctx, OpenTicket).await.unwrap().expose().to_owned()
    }

    async fn bring(&self, ticket: &str) -> Result<Credential, Error> {
        let command = UseTicket { ticket: SecretString::from(ticket.to_owned()) };
        self.coup.run(&Ctx::default(), command).await
    }
}

#[tokio::test]
async fn a_ticket_is_used_once_and_says_whose_it_is() {
    let house = House::new();
    let kim = house.person("kim").await;
    let (_, session) = house.session("kim").await;
    for ctx in [kim, session] {
        let ticket = house.open(&ctx).await;
        assert_eq!(Some(house.bring(&ticket).await.unwrap()), ctx.credential);
        assert!(matches!(house.bring(&ticket).await, Err(Error::NotSignedIn)), "a second time");
    }
    assert!(matches!(house.bring("guess").await, Err(Error::NotSignedIn)));
    assert!(matches!(house.coup.run(&Ctx::default(), OpenTicket).await, Err(Error::NotSignedIn)));
}

#[tokio::test]
async fn a_ticket_is_worth_nothing_after_sixty_seconds() {
    let house = House::new();
    let kim = house.person("kim").await;
    let opened = house.coup.run(&kim, OpenTicket).await.unwrap();
    assert_eq!(opened.expires_at, house.now() + TimeDelta::seconds(60));
    let late = house.open(&kim).await;
    house.make.clock.advance(TimeDelta::seconds(60) - TimeDelta::microseconds(1));
    house.bring(opened.expose()).await.unwrap();
    house.make.clock.advance(TimeDelta::microseconds(1));
    assert!(matches!(house.bring(&late).await, Err(Error::NotSignedIn)));
}

#[tokio::test]
async fn a_ticket_and_its_secret_are_nowhere_to_be_read() {
    let house = House::new();
    let kim = house.person("kim").await;
    let opened = house.coup.run(&kim, OpenTicket).await.unwrap();
    let other = house.open(&kim).await;
    assert_ne!(opened.expose(), other);
    assert!(opened.expose().len() >= 43, "256 bits");
    assert!(!format!("{opened:?}").contains(opened.expose()));
    let using = UseTicket { ticket: SecretString::from(other.clone()) };
    assert!(!format!("{using:?}").contains(&other));
    let hash = SessionToken::hash(&other);
    let stored = coup_core::store::LiveReads::ticket(&*house.store, &hash).await.unwrap().unwrap();
    assert!(!format!("{stored:?}").contains(&other), "only its hash is stored");
}

#[tokio::test]
async fn of_twenty_who_bring_one_ticket_one_is_signed_in() {
    let house = House::new();
    let kim = house.person("kim").await;
    let ticket = house.open(&kim).await;
    let mut signed_in = 0;
    for answer in futures_util::future::join_all((0..20).map(|_| house.bring(&ticket))).await {
        match answer {
            Ok(credential) => {
                assert_eq!(credential, Credential::User(user("kim")));
                signed_in += 1;
            }
            Err(error) => assert!(matches!(error, Error::NotSignedIn), "{error:?}"),
        }
    }
    assert_eq!(signed_in, 1);
}

#[tokio::test]
async fn a_sessions_ticket_opens_nothing_when_the_session_has_ended() {
    let house = House::new();
    house.person("kim").await;
    let (_, session) = house.session("kim").await;
    let ticket = house.open(&session).await;
    house.coup.run(&session, SignOut).await.unwrap();
    let ctx = Ctx { credential: house.bring(&ticket).await.ok(), ..Ctx::default() };
    assert!(matches!(house.coup.attend(&ctx).await, Err(Error::NotSignedIn)));
    assert!(matches!(house.coup.hear_all(&ctx).await, Err(Error::NotSignedIn)));
}

#[tokio::test]
async fn who_is_kept_out_gets_no_ticket_and_one_from_before_opens_nothing() {
    let house = House::new();
    let kim = house.person("kim").await;
    let before = house.open(&kim).await;
    house.put(house.sanction("kim", SanctionType::Suspension, None)).await;
    assert_eq!(house.coup.run(&kim, OpenTicket).await.unwrap_err().code(), "forbidden");
    let ctx = Ctx { credential: house.bring(&before).await.ok(), ..Ctx::default() };
    assert!(house.coup.attend(&ctx).await.is_err());
    // A ban from chat keeps nobody out.
    house.person("lee").await;
    house.put(house.sanction("lee", SanctionType::ChatBan, None)).await;
    house.open(&Ctx::user(user("lee"))).await;
}
