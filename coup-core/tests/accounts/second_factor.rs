//! Requirements § 20: administrators have a second factor — TOTP, single use, recovery codes —, fresh for what does the most harm.

use chrono::TimeDelta;
use coup_core::{
    admin::service::{CreateAdmin, GrantAdmin},
    audit::model::AuditFilter,
    coup::Ctx,
    env::Clock as _,
    error::{Error, StateError},
    identity::{
        model::{OAuthIdentity, ProvedIdentity, Provider},
        service::SignInWith,
    },
    live::model::Revoked,
    mail::model::LetterKind,
    policy::AdminRole,
    second_factor::{
        entry::{CompleteSignIn, Entered},
        host::RemoveSecondFactor,
        model::{Halfway, SecondFactorView},
        service::{BeginSecondFactor, ConfirmSecondFactor, NewRecoveryCodes, TurnOffSecondFactor},
    },
    settings::{key::SettingKey, service::UpdateSettings},
    store::{AccountReads as _, AuditReads as _, Store as _},
    testing::Authenticator,
    user::{
        model::AdminPermissions,
        password::{ChangePassword, Confirm, Proof},
        service::SignedIn,
        sign_in::SignIn,
    },
};
use futures_util::future::join_all;

use crate::house::{EMAIL, House, OTHER, PASSWORD, field, is_out, is_wrong, with};

/// Somebody who has turned it on.
struct Guarded {
    signed_in: SignedIn,
    app: Authenticator,
    codes: Vec<String>,
}

impl House {
    async fn turn_on(&self, ctx: &Ctx) -> Guarded {
        let setup = self.coup.run(ctx, BeginSecondFactor).await.unwrap();
        let app = Authenticator::new(setup.secret());
        let on = self.coup.run(ctx, ConfirmSecondFactor { code: app.code(self.clock.now()) }).await.unwrap();
        self.clock.advance(TimeDelta::seconds(30));
        let codes = on.recovery_codes.expose().map(str::to_owned).collect();
        Guarded { signed_in: on.signed_in, app, codes }
    }

    async fn guarded_person(&self) -> Guarded {
        let person = self.person(EMAIL).await;
        self.turn_on(&with(&person)).await
    }

    async fn enter(&self, code: Option<&str>) -> Result<Entered, Error> {
        let (email, password) = (EMAIL.into(), PASSWORD.into());
        self.coup.run(&Ctx::default(), SignIn { email, password, code: code.map(str::to_owned) }).await
    }

    async fn with_code(&self, code: &str) -> Result<SignedIn, Error> {
        self.enter(Some(code)).await?.signed_in()
    }

    async fn halfway(&self) -> Halfway {
        match self.enter(None).await.unwrap() {
            Entered::CodeRequired(halfway) => halfway,
            other => panic!("{other:?}"),
        }
    }

    async fn complete(&self, halfway: &Halfway, code: &str) -> Result<SignedIn, Error> {
        let command = CompleteSignIn { halfway: Some(halfway.expose().into()), code: code.into() };
        self.coup.run(&Ctx::default(), command).await?.signed_in()
    }

    async fn kinds(&self) -> Vec<LetterKind> {
        self.letters().await.iter().map(|letter| letter.kind).collect()
    }

    async fn view(&self, ctx: &Ctx) -> SecondFactorView {
        self.coup.second_factor(ctx).await.unwrap()
    }

    async fn administrator(&self) -> SignedIn {
        let account = Self::sign_up(EMAIL, PASSWORD);
        self.coup.as_host("test").run(CreateAdmin { account, role: AdminRole::SuperAdmin }).await.unwrap();
        self.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.unwrap()
    }
}

fn is_shut<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::TooManyCodes(_)))
}

fn state<T>(answer: Result<T, Error>) -> StateError {
    match answer {
        Err(Error::State(state)) => state,
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("nothing stood in the way"),
    }
}

#[tokio::test]
async fn turning_it_on_takes_a_code_of_the_app_and_ends_all_other_sessions() {
    let house = House::guarded();
    let desk = house.person(EMAIL).await;
    let phone = house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.unwrap();
    let ctx = with(&desk);
    let confirm = |code: String| house.coup.run(&ctx, ConfirmSecondFactor { code });
    assert_eq!(state(confirm("000000".into()).await), StateError::NoSecondFactor);
    let first = house.coup.run(&ctx, BeginSecondFactor).await.unwrap();
    let setup = house.coup.run(&ctx, BeginSecondFactor).await.unwrap();
    assert_ne!(first.secret(), setup.secret(), "asked again, it is another secret");
    assert_eq!(house.coup.second_factor_setup(&ctx).await.unwrap().1.secret(), setup.secret());
    assert!(setup.address().contains("kim%40school") || setup.address().contains("minjun%40school.kr"));
    // Nothing is asked for yet.
    assert!(house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.is_ok());
    assert_eq!(house.view(&ctx).await, SecondFactorView { on_since: None, recovery_codes_left: 0, is_required: false });

    let app = Authenticator::new(setup.secret());
    assert!(is_wrong(&confirm(app.wrong(house.clock.now())).await));
    assert!(is_wrong(&confirm(Authenticator::new(first.secret()).code(house.clock.now())).await));
    house.store.take();
    let on = confirm(app.code(house.clock.now())).await.unwrap();
    let cut = house.store.take().into_iter().flat_map(|parts| parts.revocations);
    assert!(cut.into_iter().any(|one| one.revoked == Revoked::User(desk.user.id.clone())), "open connections, too");
    for gone in [&desk, &phone] {
        assert!(is_out(&house.coup.me(&with(gone)).await));
    }
    let ctx = with(&on.signed_in);
    assert!(house.coup.me(&ctx).await.unwrap().has_second_factor);
    let view = house.view(&ctx).await;
    assert_eq!((view.on_since, view.recovery_codes_left), (Some(house.clock.now()), 10));
    assert_eq!(house.kinds().await, [LetterKind::SecondFactorOn]);
    assert_eq!(state(house.coup.run(&ctx, BeginSecondFactor).await), StateError::SecondFactorOn);
    assert_eq!(state(house.coup.second_factor_setup(&ctx).await), StateError::SecondFactorOn);
}

#[tokio::test]
async fn signing_in_asks_for_the_code_only_after_the_right_password() {
    let house = House::guarded();
    let Guarded { app, .. } = house.guarded_person().await;
    let wrong = SignIn { email: EMAIL.into(), password: OTHER.into(), code: Some(app.code(house.clock.now())) };
    assert!(matches!(house.coup.run(&Ctx::default(), wrong).await, Err(Error::WrongCredentials)));
    assert!(matches!(house.enter(None).await.unwrap().signed_in(), Err(Error::CodeRequired)));
    assert!(is_wrong(&house.with_code(&app.wrong(house.clock.now())).await));
    let signed_in = house.with_code(&app.code(house.clock.now())).await.unwrap();
    assert!(house.coup.me(&with(&signed_in)).await.is_ok());
}

#[tokio::test]
async fn a_code_is_taken_once_also_of_twenty_who_bring_it_at_once() {
    let house = House::guarded();
    let person = house.person(EMAIL).await;
    let setup = house.coup.run(&with(&person), BeginSecondFactor).await.unwrap();
    let app = Authenticator::new(setup.secret());
    let code = app.code(house.clock.now());
    house.coup.run(&with(&person), ConfirmSecondFactor { code: code.clone() }).await.unwrap();
    assert!(is_wrong(&house.with_code(&code).await), "the code that turned it on was used by that");

    house.clock.advance(TimeDelta::minutes(6));
    let code = app.code(house.clock.now());
    let entered = join_all((0..20).map(|_| house.with_code(&code)).collect::<Vec<_>>()).await;
    assert_eq!(entered.iter().filter(|answer| answer.is_ok()).count(), 1, "{entered:?}");
    assert!(is_wrong(&house.with_code(&code).await) || is_shut(&house.with_code(&code).await));
}

#[tokio::test]
async fn a_recovery_code_is_taken_once_and_fresh_ones_replace_all() {
    let house = House::guarded();
    let Guarded { signed_in, codes, .. } = house.guarded_person().await;
    let ctx = with(&signed_in);
    assert!(house.with_code(&codes[0].to_lowercase()).await.is_ok());
    assert!(is_wrong(&house.with_code(&codes[0]).await));
    assert_eq!(house.view(&ctx).await.recovery_codes_left, 9);
    let entered = join_all((0..20).map(|_| house.with_code(&codes[1])).collect::<Vec<_>>()).await;
    assert_eq!(entered.iter().filter(|answer| answer.is_ok()).count(), 1, "{entered:?}");

    let fresh = house.coup.run(&ctx, NewRecoveryCodes).await.unwrap();
    house.clock.advance(TimeDelta::minutes(5));
    assert_eq!(house.view(&ctx).await.recovery_codes_left, 10);
    assert!(is_wrong(&house.with_code(&codes[2]).await));
    let fresh: Vec<&str> = fresh.expose().collect();
    assert!(fresh.iter().all(|code| !codes.contains(&(*code).to_owned())));
    assert!(house.with_code(fresh[9]).await.is_ok());
}

#[tokio::test]
async fn five_wrong_codes_shut_the_app_out_for_five_minutes_and_never_a_recovery_code() {
    let house = House::guarded();
    let Guarded { app, codes, .. } = house.guarded_person().await;
    for _ in 0..5 {
        assert!(is_wrong(&house.with_code(&app.wrong(house.clock.now())).await));
    }
    let stored = house.store.second_factor(&house.account(EMAIL).await.unwrap().id).await.unwrap();
    match house.with_code(&app.code(house.clock.now())).await {
        Err(Error::TooManyCodes(seconds)) => assert_eq!(seconds, 301),
        other => panic!("{other:?}"),
    }
    assert!(is_shut(&house.with_code("guess").await));
    assert_eq!(
        house.store.second_factor(&house.account(EMAIL).await.unwrap().id).await.unwrap(),
        stored,
        "not counted"
    );
    // Without the password nobody is told anything of it.
    let stranger = SignIn { email: EMAIL.into(), password: OTHER.into(), code: Some("000000".into()) };
    assert!(matches!(house.coup.run(&Ctx::default(), stranger).await, Err(Error::WrongCredentials)));
    let owner = house.with_code(&codes[0]).await.unwrap();
    assert!(house.coup.me(&with(&owner)).await.is_ok());
    for _ in 0..5 {
        assert!(is_wrong(&house.with_code(&app.wrong(house.clock.now())).await), "the right one began anew");
    }
    house.clock.advance(TimeDelta::minutes(5) - TimeDelta::microseconds(1));
    assert!(is_shut(&house.with_code(&app.code(house.clock.now())).await));
    house.clock.advance(TimeDelta::microseconds(1));
    assert!(house.with_code(&app.code(house.clock.now())).await.is_ok());
}

#[tokio::test]
async fn the_second_step_is_of_one_browser_for_five_minutes_and_once() {
    let house = House::guarded();
    let Guarded { app, codes, .. } = house.guarded_person().await;
    let halfway = house.halfway().await;
    let nobody = CompleteSignIn { halfway: None, code: codes[0].clone() };
    assert_eq!(state(house.coup.run(&Ctx::default(), nobody).await), StateError::SignInExpired);
    let guess = CompleteSignIn { halfway: Some("guess".into()), code: codes[0].clone() };
    assert_eq!(state(house.coup.run(&Ctx::default(), guess).await), StateError::SignInExpired);
    assert!(is_wrong(&house.complete(&halfway, &app.wrong(house.clock.now())).await));
    let signed_in = house.complete(&halfway, &app.code(house.clock.now())).await.unwrap();
    assert!(house.coup.me(&with(&signed_in)).await.is_ok());
    assert_eq!(state(house.complete(&halfway, &codes[0]).await), StateError::SignInExpired, "once");

    let late = house.halfway().await;
    house.clock.advance(TimeDelta::minutes(5));
    assert_eq!(state(house.complete(&late, &codes[0]).await), StateError::SignInExpired);

    // Who changes the password means all who were half-way, too.
    let stale = house.halfway().await;
    let change = ChangePassword { current: PASSWORD.into(), new: OTHER.into() };
    house.coup.run(&with(&signed_in), change).await.unwrap();
    assert_eq!(state(house.complete(&stale, &codes[0]).await), StateError::SignInExpired);
}

#[tokio::test]
async fn the_session_of_before_ends_at_the_second_step() {
    let house = House::guarded();
    let Guarded { signed_in, codes, .. } = house.guarded_person().await;
    let halfway = house.halfway().await;
    assert!(house.coup.me(&with(&signed_in)).await.is_ok(), "the first step ends nothing");
    let command = CompleteSignIn { halfway: Some(halfway.expose().into()), code: codes[0].clone() };
    let anew = house.coup.run(&with(&signed_in), command).await.unwrap().signed_in().unwrap();
    assert_ne!(anew.token.expose(), signed_in.token.expose());
    assert!(is_out(&house.coup.me(&with(&signed_in)).await));
}

#[tokio::test]
async fn who_comes_from_elsewhere_is_asked_for_the_code_too() {
    let house = House::guarded();
    let Guarded { signed_in, app, .. } = house.guarded_person().await;
    let identity = OAuthIdentity {
        issuer: "https://accounts.google.com".into(),
        subject: "1".into(),
        user: signed_in.user.id.clone(),
        provider: Provider::Google,
        email: None,
        linked_at: house.clock.now(),
    };
    let changes = coup_core::changes::Changes::system(coup_core::changes::SystemPermit::Operator);
    let row = coup_core::changes::Row::Identity(Box::new(identity));
    house.store.commit(changes.insert(row)).await.unwrap();
    let proved = ProvedIdentity {
        issuer: "https://accounts.google.com".into(),
        subject: "1".into(),
        email: None,
        names: Vec::new(),
    };
    let command = SignInWith { provider: Provider::Google, proved };
    let halfway = match house.coup.run(&Ctx::default(), command).await.unwrap() {
        Entered::CodeRequired(halfway) => halfway,
        other => panic!("{other:?}"),
    };
    assert!(house.complete(&halfway, &app.code(house.clock.now())).await.is_ok());
}

#[tokio::test]
async fn an_administrator_without_one_administers_nothing_until_it_is_set_up() {
    let house = House::guarded();
    let root = house.administrator().await;
    let ctx = with(&root);
    let me = house.coup.me(&ctx).await.unwrap();
    assert_eq!((me.admin_role, me.second_factor_required, me.has_second_factor), (None, true, false));
    let list = async |ctx: &Ctx| house.coup.administrators(ctx, None, coup_core::page::Limit::MAX).await;
    let events = house.store.security_events(coup_core::page::Limit::MAX).await.unwrap().len();
    assert!(matches!(list(&ctx).await, Err(Error::SecondFactorRequired)));
    assert_eq!(house.store.security_events(coup_core::page::Limit::MAX).await.unwrap().len(), events + 1);
    let other = house.person("seoyeon@school.kr").await.user.id;
    let permissions = AdminPermissions::default();
    let grant = || GrantAdmin { user: other.clone(), role: AdminRole::Viewer, expires_at: None, permissions };
    assert!(matches!(house.coup.run(&ctx, grant()).await, Err(Error::SecondFactorRequired)));
    assert!(house.view(&ctx).await.is_required);

    let Guarded { signed_in, .. } = house.turn_on(&ctx).await;
    let ctx = with(&signed_in);
    let me = house.coup.me(&ctx).await.unwrap();
    assert_eq!((me.admin_role, me.second_factor_required), (Some(AdminRole::SuperAdmin), false));
    assert!(list(&ctx).await.is_ok());
    house.coup.run(&ctx, grant()).await.unwrap();
    // They keep it as long as it is asked of them.
    assert_eq!(state(house.coup.run(&ctx, TurnOffSecondFactor).await), StateError::SecondFactorStays);
    let off = UpdateSettings { patch: [(SettingKey::RequireAdminSecondFactor, false.into())].into(), version: None };
    house.coup.run(&ctx, off).await.unwrap();
    house.coup.run(&ctx, TurnOffSecondFactor).await.unwrap();
    assert!(list(&ctx).await.is_ok());
}

#[tokio::test]
async fn who_lacks_the_role_anyhow_is_told_that_and_nothing_of_a_second_factor() {
    let house = House::guarded();
    let person = house.person(EMAIL).await;
    let refused = house.coup.administrators(&with(&person), None, coup_core::page::Limit::MAX).await;
    assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
    let grant = GrantAdmin {
        user: person.user.id.clone(),
        role: AdminRole::Viewer,
        expires_at: None,
        permissions: AdminPermissions::default(),
    };
    house.coup.as_host("test").run(grant).await.unwrap();
    let refused = house.coup.verify_audit(&with(&person), None).await;
    assert!(matches!(refused, Err(Error::Denied(_))), "a VIEWER could not do it with one either: {refused:?}");
}

#[tokio::test]
async fn whoever_the_host_vouches_for_is_asked_by_the_host() {
    let house = House::guarded();
    let root = house.administrator().await;
    let ctx = Ctx::user(root.user.id.clone());
    assert!(house.coup.administrators(&ctx, None, coup_core::page::Limit::MAX).await.is_ok());
    assert!(matches!(house.coup.run(&ctx, BeginSecondFactor).await, Err(Error::NotConfigured)));
    assert!(matches!(house.coup.second_factor(&ctx).await, Err(Error::NotConfigured)));
}

#[tokio::test]
async fn what_changes_it_asks_to_be_confirmed_lately_by_a_code() {
    let house = House::guarded();
    let person = house.person(EMAIL).await;
    house.clock.advance(TimeDelta::minutes(15));
    assert!(matches!(house.coup.run(&with(&person), BeginSecondFactor).await, Err(Error::ConfirmationRequired)));
    let by_code = house.coup.run(&with(&person), Confirm(Proof::Code("000000".into()))).await;
    assert_eq!(state(by_code), StateError::NoSecondFactor);
    house.coup.run(&with(&person), Confirm(Proof::Password(PASSWORD.into()))).await.unwrap().right().unwrap();
    let Guarded { signed_in, app, codes } = house.turn_on(&with(&person)).await;

    house.clock.advance(TimeDelta::minutes(15));
    let ctx = with(&signed_in);
    assert!(matches!(house.coup.run(&ctx, TurnOffSecondFactor).await, Err(Error::ConfirmationRequired)));
    assert!(matches!(house.coup.run(&ctx, NewRecoveryCodes).await, Err(Error::ConfirmationRequired)));
    // Who has taken a session over may have read the password, too.
    let by_password = house.coup.run(&ctx, Confirm(Proof::Password(PASSWORD.into()))).await;
    assert_eq!(field(by_password), ("code".into(), "required"));
    let confirm = async |code: String| house.coup.run(&ctx, Confirm(Proof::Code(code))).await.unwrap().right();
    assert!(is_wrong(&confirm(app.wrong(house.clock.now())).await));
    assert!(matches!(house.coup.run(&ctx, TurnOffSecondFactor).await, Err(Error::ConfirmationRequired)));
    let code = app.code(house.clock.now());
    confirm(code.clone()).await.unwrap();
    assert!(is_wrong(&confirm(code).await), "once");
    confirm(codes[0].clone()).await.unwrap();

    house.letters().await;
    house.coup.run(&ctx, TurnOffSecondFactor).await.unwrap();
    assert_eq!(house.kinds().await, [LetterKind::SecondFactorOff]);
    assert!(house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.is_ok());
    assert_eq!(state(house.coup.run(&ctx, TurnOffSecondFactor).await), StateError::NoSecondFactor);
}

#[tokio::test]
async fn the_host_takes_away_what_was_lost_and_the_log_tells() {
    let house = House::guarded();
    let root = house.administrator().await;
    let Guarded { signed_in, .. } = house.turn_on(&with(&root)).await;
    let remove = || RemoveSecondFactor { user: root.user.id.clone() };
    assert!(
        matches!(house.coup.run(&with(&signed_in), remove()).await, Err(Error::NotSignedIn)),
        "nobody but the host"
    );
    house.letters().await;
    house.coup.as_host("lost-phone").run(remove()).await.unwrap();
    assert!(is_out(&house.coup.me(&with(&signed_in)).await));
    assert_eq!(house.kinds().await, [LetterKind::SecondFactorOff]);
    let rows = house.store.audit_rows(&AuditFilter::default(), 0, coup_core::page::Limit::MAX).await.unwrap();
    assert!(format!("{:?}", rows.last().unwrap()).contains("SECOND_FACTOR_REMOVE"), "{:?}", rows.last());
    // They come in, and administer again with another one.
    let again = house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.unwrap();
    let listed = house.coup.administrators(&with(&again), None, coup_core::page::Limit::MAX).await;
    assert!(matches!(listed, Err(Error::SecondFactorRequired)));
    let none = house.coup.as_host("lost-phone").run(RemoveSecondFactor { user: again.user.id.clone() }).await;
    assert_eq!(state(none), StateError::NoSecondFactor);
}

#[tokio::test]
async fn ones_data_tells_of_it_and_no_secret() {
    let house = House::guarded();
    let Guarded { signed_in, codes, .. } = house.guarded_person().await;
    let exported = house.export(&with(&signed_in)).await.unwrap();
    assert_eq!(exported["account"]["hasSecondFactor"], true);
    let text = exported.to_string();
    assert!(!text.contains("secret\"") && !codes.iter().any(|code| text.contains(code)), "{text}");
}

#[tokio::test]
async fn nothing_shows_a_secret_or_a_code() {
    let house = House::guarded();
    let Guarded { signed_in, codes, .. } = house.guarded_person().await;
    let factor = house.store.second_factor(&signed_in.user.id).await.unwrap().unwrap();
    let halfway = house.halfway().await;
    let shown = format!("{factor:?} {halfway:?} {:?}", factor.secret);
    assert!(!shown.contains(halfway.expose()) && codes.iter().all(|code| !shown.contains(code.as_str())));
    let secret: Vec<String> = factor.secret.expose().iter().map(ToString::to_string).collect();
    assert!(!shown.contains(&secret.join(", ")), "{shown}");
}
