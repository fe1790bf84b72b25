//! Ways in beside a password, where two things happen at once. What providers do has tests over real ones.

use coup_core::{
    changes::Changes,
    coup::{Command, Ctx},
    error::{Error, StateError},
    identity::{
        model::{Linking, ProvedIdentity, Provider},
        service::{LinkIdentity, SignInWith, UnlinkIdentity},
    },
    second_factor::entry::Entered,
    store::{Store as _, StoreError},
    user::service::SignedIn,
};

use crate::house::{EMAIL, House, with};

fn proved(issuer: &str) -> ProvedIdentity {
    ProvedIdentity { issuer: issuer.into(), subject: "7".into(), email: None, names: vec!["김민준".into()] }
}

impl House {
    /// Somebody who comes in by Google and GitHub and has no password.
    async fn comes_by_both(&self) -> SignedIn {
        let google = SignInWith { provider: Provider::Google, proved: proved("https://accounts.google.com") };
        let entered = self.coup.run(&Ctx::default(), google).await.unwrap();
        let Entered::SignedIn(signed_in) = entered else { panic!("{entered:?}") };
        self.links(&signed_in, Provider::Github, "https://github.com").await;
        *signed_in
    }

    async fn links(&self, signed_in: &SignedIn, provider: Provider, issuer: &str) {
        let ctx = with(signed_in);
        let session = self.coup.own_sessions(&ctx).await.unwrap()[0].id;
        let linking = Linking { user: signed_in.user.id.clone(), session: Some(session) };
        self.coup.run(&ctx, LinkIdentity { provider, proved: proved(issuer), linking }).await.unwrap();
    }

    /// What a command would commit as things stand.
    async fn decided<C: Command>(&self, ctx: &Ctx, command: &C) -> Changes {
        self.coup.prepare(ctx, command).await.unwrap().changes.unwrap()
    }
}

#[tokio::test]
async fn of_two_who_unlink_the_last_two_at_once_the_second_finds_the_account_changed() {
    let house = House::new();
    let ctx = with(&house.comes_by_both().await);
    let google = house.decided(&ctx, &UnlinkIdentity(Provider::Google)).await;
    let github = house.decided(&ctx, &UnlinkIdentity(Provider::Github)).await;
    house.store.commit(google).await.unwrap();
    let lost = house.store.commit(github).await;
    assert!(matches!(lost, Err(StoreError::Conflict)), "{lost:?}");
    // Decided again, it is the last way in.
    let refused = house.coup.run(&ctx, UnlinkIdentity(Provider::Github)).await;
    assert!(matches!(refused, Err(Error::State(StateError::LastWayIn))), "{refused:?}");
    assert_eq!(house.coup.identities(&ctx).await.unwrap().len(), 1);
}

#[tokio::test]
async fn who_has_a_password_unlinks_the_only_identity_and_that_once() {
    let house = House::new();
    let owner = house.person(EMAIL).await;
    house.links(&owner, Provider::Google, "https://accounts.google.com").await;
    house.coup.run(&with(&owner), UnlinkIdentity(Provider::Google)).await.unwrap();
    let again = house.coup.run(&with(&owner), UnlinkIdentity(Provider::Google)).await;
    assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
}
