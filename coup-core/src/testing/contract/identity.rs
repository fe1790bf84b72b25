//! Identities that are proved elsewhere, and sign-ins under way there.

use super::scene::{Scene, begin, is_conflict};
use crate::{
    changes::{Change, Key, Row},
    id::{SessionId, UserId},
    identity::model::{Linking, OAuthFlow, OAuthIdentity, Provider},
    store::{Store, StoreError, Unique},
};

const GOOGLE: &str = "https://accounts.google.com";

fn identity(scene: &Scene<'_>, user: &UserId, provider: Provider, subject: &str) -> OAuthIdentity {
    OAuthIdentity {
        issuer: GOOGLE.into(),
        subject: subject.into(),
        user: user.clone(),
        provider,
        email: Some("minjun.kim@school.kr".into()),
        linked_at: scene.make.later(),
    }
}

fn row(identity: &OAuthIdentity) -> Row {
    Row::Identity(Box::new(identity.clone()))
}

async fn found(store: &dyn Store, identity: &OAuthIdentity) -> Option<OAuthIdentity> {
    store.identity(&identity.issuer, &identity.subject).await.expect("an answer")
}

fn flow(scene: &Scene<'_>, hash: u8) -> OAuthFlow {
    OAuthFlow {
        hash: [hash; 32],
        state_hash: [hash.wrapping_add(100); 32],
        provider: Provider::Github,
        nonce: "nonce 'with' \"quotes\"".into(),
        verifier: "verifier".into(),
        next: None,
        linking: None,
        expires_at: scene.make.later(),
    }
}

/// All fields come back, by issuer and subject as they are to the byte; both an account's come by their provider's word.
pub async fn an_identity_is_found_by_its_exact_issuer_and_subject(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let github = OAuthIdentity { email: None, ..identity(&scene, &kim.id, Provider::Github, "Subject%") };
    let google = identity(&scene, &kim.id, Provider::Google, "1234567890");
    assert_eq!(found(store, &github).await, None);
    for linked in [&google, &github] {
        scene.commit(begin().insert(row(linked))).await;
        assert_eq!(found(store, linked).await.as_ref(), Some(linked));
    }
    for (issuer, subject) in
        [(GOOGLE, "subject%"), (GOOGLE, "Subject"), (GOOGLE, "%"), (GOOGLE, "Subject% "), ("https://x", "Subject%")]
    {
        assert_eq!(store.identity(issuer, subject).await.expect("an answer"), None, "{issuer} {subject}");
    }
    assert_eq!(store.identities(&kim.id).await.expect("an answer"), [github, google]);
    let lee = scene.user("이서연").await;
    assert_eq!(store.identities(&lee.id).await.expect("an answer"), []);
}

/// Whoever links it second is refused, and leaves nothing; another issuer's same subject is another identity.
pub async fn an_identity_is_of_one_account(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let kims = identity(&scene, &kim.id, Provider::Google, "1");
    scene.commit(begin().insert(row(&kims))).await;
    let error = scene.refused(begin().insert(row(&identity(&scene, &lee.id, Provider::Google, "1")))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Identity)), "{error:?}");
    assert_eq!(found(store, &kims).await, Some(kims));
    let elsewhere =
        OAuthIdentity { issuer: "https://github.com".into(), ..identity(&scene, &lee.id, Provider::Github, "1") };
    scene.commit(begin().insert(row(&elsewhere))).await;
    assert_eq!(store.identities(&lee.id).await.expect("an answer"), [elsewhere]);
}

/// A second one of the same provider is refused.
pub async fn an_account_has_one_identity_of_a_provider(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let first = identity(&scene, &kim.id, Provider::Google, "1");
    scene.commit(begin().insert(row(&first))).await;
    let error = scene.refused(begin().insert(row(&identity(&scene, &kim.id, Provider::Google, "2")))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::IdentityProvider)), "{error:?}");
    assert_eq!(store.identities(&kim.id).await.expect("an answer"), [first]);
}

/// Of twenty who sign up with one identity at once, one gets it.
pub async fn of_racing_links_of_one_identity_one_is_written(store: &dyn Store) {
    let scene = Scene::of(store);
    let mut people = Vec::new();
    for n in 0..20 {
        people.push(scene.user(&format!("사람 {n}")).await);
    }
    let links = people
        .iter()
        .map(|person| store.commit(begin().insert(row(&identity(&scene, &person.id, Provider::Google, "1")))));
    let done = futures_util::future::join_all(links).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
    for error in done.into_iter().filter_map(Result::err) {
        assert!(matches!(error, StoreError::AlreadyExists(Unique::Identity)), "{error:?}");
    }
}

/// Only the one that is named goes; then it may be linked again.
pub async fn an_unlinked_identity_is_nobodys(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let google = identity(&scene, &kim.id, Provider::Google, "1");
    let github = identity(&scene, &kim.id, Provider::Github, "2");
    let other = identity(&scene, &lee.id, Provider::Google, "3");
    for linked in [&google, &github, &other] {
        scene.commit(begin().insert(row(linked))).await;
    }
    let unlink = || begin().change(Change::Remove(Key::Identity(kim.id.clone(), Provider::Google)));
    scene.commit(unlink()).await;
    scene.commit(unlink()).await;
    assert_eq!(found(store, &google).await, None);
    assert_eq!(found(store, &github).await, Some(github));
    assert_eq!(found(store, &other).await, Some(other));
    scene.commit(begin().insert(row(&google))).await;
    assert_eq!(found(store, &google).await, Some(google));
}

/// Linked once; nothing of it is saved over. It is of an account that is there.
pub async fn an_identity_is_linked_and_never_saved(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let linked = identity(&scene, &kim.id, Provider::Google, "1");
    scene.commit(begin().insert(row(&linked))).await;
    let moved = OAuthIdentity { email: None, ..linked.clone() };
    assert!(matches!(scene.refused(begin().save(row(&moved))).await, StoreError::Backend(_)));
    assert_eq!(found(store, &linked).await, Some(linked));
    let nobodys = identity(&scene, &"nobody".parse().expect("an identifier"), Provider::Google, "2");
    scene.refused(begin().insert(row(&nobodys))).await;
    assert_eq!(found(store, &nobodys).await, None);
}

/// With and without what may be absent.
pub async fn a_flow_comes_back_with_all_its_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let linking = Linking { user: kim.id.clone(), session: Some(scene.make.id(SessionId::from_uuid)) };
    let hosts = Linking { user: kim.id, session: None };
    let flows = [
        flow(&scene, 1),
        OAuthFlow {
            next: Some("/studies?query=한글".into()),
            provider: Provider::Google,
            linking: Some(linking),
            ..flow(&scene, 2)
        },
        OAuthFlow { linking: Some(hosts), ..flow(&scene, 3) },
    ];
    for flow in &flows {
        assert_eq!(store.flow(&flow.hash).await.expect("an answer"), None);
        scene.commit(begin().insert(Row::Flow(Box::new(flow.clone())))).await;
        assert_eq!(store.flow(&flow.hash).await.expect("an answer").as_ref(), Some(flow));
        let error = scene.refused(begin().save(Row::Flow(Box::new(flow.clone())))).await;
        assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
    }
    assert_eq!(store.flow(&flows[0].state_hash).await.expect("an answer"), None, "the state is not the cookie");
}

/// The others are told that it is gone.
pub async fn of_twenty_who_bring_one_flow_one_uses_it(store: &dyn Store) {
    let scene = Scene::of(store);
    let flow = flow(&scene, 7);
    scene.commit(begin().insert(Row::Flow(Box::new(flow.clone())))).await;
    let uses = (0..20).map(|_| store.commit(begin().change(Change::UseFlow(flow.hash))));
    let done = futures_util::future::join_all(uses).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
    assert!(done.iter().filter_map(|done| done.as_ref().err()).all(is_conflict));
    assert_eq!(store.flow(&flow.hash).await.expect("an answer"), None);
}
