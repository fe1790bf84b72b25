//! What does the most harm asks again who it is.

use chrono::TimeDelta;
use coup_core::{
    admin::service::{CreateAdmin, GrantAdmin, RevokeAdmin},
    audit::{export::ExportFormat, model::AuditFilter},
    coup::Ctx,
    error::Error,
    id::UserId,
    policy::AdminRole,
    store::AuditReads as _,
    user::{
        model::AdminPermissions,
        password::{Confirm, Proof},
    },
};

use crate::house::{EMAIL, House, PASSWORD, field, with};

fn grant(user: &UserId) -> GrantAdmin {
    let permissions = AdminPermissions::default();
    GrantAdmin { user: user.clone(), role: AdminRole::Viewer, expires_at: None, permissions }
}

fn is_asked<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::ConfirmationRequired))
}

#[tokio::test]
async fn giving_and_taking_roles_and_the_logs_export_ask_for_the_password_after_fifteen_minutes() {
    let house = House::new();
    let account = House::sign_up(EMAIL, PASSWORD);
    house.coup.as_host("test").run(CreateAdmin { account, role: AdminRole::SuperAdmin }).await.unwrap();
    let root = house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.unwrap();
    let other = house.person("seoyeon@school.kr").await.user.id;
    let ctx = with(&root);
    let export = async || house.coup.export_audit(&ctx, &AuditFilter::default(), ExportFormat::Csv).await.map(drop);
    house.clock.advance(TimeDelta::minutes(15) - TimeDelta::microseconds(1));
    house.coup.run(&ctx, grant(&other)).await.unwrap();
    export().await.unwrap();

    house.clock.advance(TimeDelta::microseconds(1));
    let before = house.store.audit_head().await.unwrap();
    house.store.take();
    assert!(is_asked(&house.coup.run(&ctx, grant(&other)).await));
    assert!(is_asked(&house.coup.run(&ctx, RevokeAdmin { user: other.clone() }).await));
    assert!(is_asked(&export().await));
    assert!(house.store.take().is_empty(), "a refusal writes nothing");
    assert_eq!(house.store.audit_head().await.unwrap(), before);

    let wrong = house.coup.run(&ctx, Confirm(Proof::Password("guess".into()))).await;
    assert_eq!(field(wrong), ("password".into(), "wrong_password"));
    assert!(is_asked(&export().await));
    house.coup.run(&ctx, Confirm(Proof::Password(PASSWORD.into()))).await.unwrap().right().unwrap();
    export().await.unwrap();
    house.coup.run(&ctx, RevokeAdmin { user: other.clone() }).await.unwrap();
    house.clock.advance(TimeDelta::minutes(15));
    assert!(is_asked(&export().await));
    // The host asks its own people, and acts in its own name as it likes.
    house.coup.run(&Ctx::user(root.user.id.clone()), grant(&other)).await.unwrap();
    house.coup.as_host("test").run(RevokeAdmin { user: other }).await.unwrap();
}

#[tokio::test]
async fn who_may_not_do_it_anyhow_is_not_asked() {
    let house = House::new();
    let person = house.person(EMAIL).await;
    let other = house.person("seoyeon@school.kr").await.user.id;
    house.clock.advance(TimeDelta::hours(1));
    let refused = house.coup.run(&with(&person), grant(&other)).await;
    assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
}
