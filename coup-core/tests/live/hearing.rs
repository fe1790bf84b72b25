//! Who may connect, and who hears a study.

use std::sync::Arc;

use coup_core::{
    changes::{EventKind, Scope},
    coup::Ctx,
    error::Error,
    member::service::{Leave, RemoveMember, SetRole},
    policy::{Policy, PolicyHandle, Role, SanctionType, StudyPermission, StudyRole},
    study::service::{CloseStudy, StudyFields},
};
use serde_json::json;

use crate::house::{House, by_request, open, user};

/// What is told to one person, and not to a study.
fn is_of_people(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::MemberRequested
            | EventKind::StudyDeleted
            | EventKind::NotificationCreated
            | EventKind::NotificationRead
            | EventKind::NotificationDeleted
            | EventKind::SanctionImposed
            | EventKind::SanctionLifted
            | EventKind::ReportUrgent
    )
}

#[tokio::test]
async fn an_active_member_hears_what_is_told_to_a_study() {
    let house = House::new();
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    let study = house.study(&owner, open()).await;
    house.join(&kim, study).await;
    for ctx in [&owner, &kim] {
        let hearing = house.coup.hear(ctx, study).await.unwrap();
        assert_eq!(hearing.scope, Scope::Study(study));
        for kind in EventKind::ALL {
            let of_people = is_of_people(*kind);
            assert_eq!(hearing.kinds.contains(*kind), !of_people, "{kind:?}");
        }
    }
    // A closed study is read on.
    house.coup.run(&owner, CloseStudy(study)).await.unwrap();
    house.coup.hear(&kim, study).await.unwrap();
}

#[tokio::test]
async fn who_is_no_member_hears_nothing_and_of_a_private_study_learns_nothing() {
    let house = House::new();
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    for (public, by_request_first) in [(true, false), (true, true), (false, false)] {
        let study = house.study(&owner, if by_request_first { by_request() } else { open() }).await;
        let refused = async |who: &Ctx| house.coup.hear(who, study).await.unwrap_err().code();
        let unknown = if public { "forbidden" } else { "not_found" };
        if by_request_first {
            house.join(&kim, study).await;
            assert_eq!(refused(&kim).await, "forbidden", "who waits");
        } else {
            house.join(&kim, study).await;
            house.coup.hear(&kim, study).await.unwrap();
            if !public {
                let private = StudyFields { is_public: Some(false), ..StudyFields::default() };
                house.coup.run(&owner, private.edit(study).unwrap()).await.unwrap();
            }
            house.coup.run(&kim, Leave(study)).await.unwrap();
            assert_eq!(refused(&kim).await, unknown, "who left");
        }
        let lee = house.person(&format!("lee-{study}")).await;
        assert_eq!(refused(&lee).await, unknown, "who was never in");
        assert_eq!(refused(&Ctx::default()).await, "not_signed_in");
        assert_eq!(house.coup.hear_all(&lee).await.unwrap().1.len(), 1, "one's own scope");
    }
    let study = house.study(&owner, open()).await;
    house.join(&kim, study).await;
    house.coup.run(&owner, RemoveMember { study, user: user("kim"), reason: None }).await.unwrap();
    assert_eq!(house.coup.hear(&kim, study).await.unwrap_err().code(), "forbidden", "who was removed");
    let nowhere = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57".parse().unwrap();
    assert_eq!(house.coup.hear(&kim, nowhere).await.unwrap_err().code(), "not_found");
}

#[tokio::test]
async fn who_is_kept_out_connects_nowhere_until_the_sanction_ends() {
    for kind in [SanctionType::Suspension, SanctionType::PermanentBan] {
        let house = House::new();
        let (owner, kim) = (house.person("owner").await, house.person("kim").await);
        let study = house.study(&owner, open()).await;
        house.join(&kim, study).await;
        house.coup.attend(&kim).await.unwrap();
        house.put(house.sanction("kim", kind, Some(house.now() + chrono::TimeDelta::days(3)))).await;
        assert_eq!(house.coup.attend(&kim).await.unwrap_err().code(), "forbidden", "{kind}");
        assert_eq!(house.coup.hear(&kim, study).await.unwrap_err().code(), "forbidden", "{kind}");
        assert_eq!(house.coup.hear_all(&kim).await.unwrap_err().code(), "forbidden", "{kind}");
        assert_eq!(house.coup.typing(&kim, study, true).await.unwrap_err().code(), "forbidden", "{kind}");
        house.coup.attend(&owner).await.unwrap();
        house.make.clock.advance(chrono::TimeDelta::days(3));
        house.coup.hear(&kim, study).await.unwrap();
        assert_eq!(house.coup.hear_all(&kim).await.unwrap().1.len(), 2);
    }
}

#[tokio::test]
async fn all_that_one_hears_is_ones_own_scope_and_ones_studies() {
    let house = House::new();
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    let (one, two) = (house.study(&owner, open()).await, house.study(&owner, by_request()).await);
    let (session, ctx) = house.session("kim").await;
    for study in [one, two] {
        house.join(&kim, study).await;
    }
    let (attendee, hearings) = house.coup.hear_all(&ctx).await.unwrap();
    assert_eq!((attendee.user.clone(), attendee.session), (user("kim"), Some(session)));
    assert!(attendee.expires_at.is_some());
    let scopes: Vec<_> = hearings.iter().map(|hearing| hearing.scope.clone()).collect();
    assert_eq!(scopes, [Scope::User(user("kim")), Scope::Study(one)], "where one only asked is not heard");
    let own = hearings.first().unwrap().kinds;
    for kind in EventKind::ALL {
        let of_people = is_of_people(*kind);
        assert_eq!(own.contains(*kind), of_people, "{kind:?}");
    }
    assert_eq!(house.coup.attend(&ctx).await.unwrap(), (attendee, hearings.into_iter().next().unwrap()));
    let (by_host, _) = house.coup.attend(&kim).await.unwrap();
    assert_eq!((by_host.session, by_host.expires_at), (None, None));
}

#[tokio::test]
async fn a_policy_that_takes_reading_messages_away_takes_hearing_away() {
    let admin = Role::Study(StudyRole::Admin);
    let policy = Policy::builder().only(StudyPermission::MessageRead, admin).build().unwrap();
    let house = House::with(|builder| builder.policy(Arc::new(PolicyHandle::new(policy))));
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    let study = house.study(&owner, open()).await;
    house.join(&kim, study).await;
    assert_eq!(house.coup.hear(&kim, study).await.unwrap_err().code(), "forbidden");
    assert_eq!(house.coup.hear_all(&kim).await.unwrap().1.len(), 1, "one's own scope");
    house.coup.run(&owner, SetRole { study, user: user("kim"), role: StudyRole::Admin }).await.unwrap();
    house.coup.hear(&kim, study).await.unwrap();
    // Less than that: the kinds that need it.
    let policy = Policy::builder().only(StudyPermission::MemberList, admin).build().unwrap();
    house.coup.policy().replace(policy);
    house.coup.run(&owner, SetRole { study, user: user("kim"), role: StudyRole::Member }).await.unwrap();
    let kinds = house.coup.hear(&kim, study).await.unwrap().kinds;
    assert!(kinds.contains(EventKind::MessageCreated) && !kinds.contains(EventKind::MemberJoined));
    assert!(house.coup.hear(&owner, study).await.unwrap().kinds.contains(EventKind::MemberJoined));
}

#[tokio::test]
async fn who_asks_to_join_is_told_again_only_to_who_may_still_see_requests() {
    let house = House::new();
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    let lee = house.person("lee").await;
    let study = house.study(&owner, open()).await;
    house.join(&kim, study).await;
    let asked = json!({ "studyId": study, "userId": "park" });
    let told =
        async |ctx: &Ctx, data: &serde_json::Value| house.coup.may_be_told(ctx, EventKind::MemberRequested, data).await;
    assert!(told(&owner, &asked).await.unwrap());
    assert!(!told(&kim, &asked).await.unwrap());
    assert!(!told(&lee, &asked).await.unwrap());
    for role in [StudyRole::Admin, StudyRole::Member] {
        house.coup.run(&owner, SetRole { study, user: user("kim"), role }).await.unwrap();
        assert_eq!(told(&kim, &asked).await.unwrap(), role == StudyRole::Admin);
    }
    let gone = json!({ "studyId": "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57" });
    assert!(!told(&owner, &gone).await.unwrap());
    for broken in [json!({}), json!({ "studyId": 7 }), json!({ "studyId": "no id" }), json!(null)] {
        assert!(!told(&owner, &broken).await.unwrap(), "{broken}");
    }
    assert!(matches!(told(&Ctx::default(), &asked).await, Err(Error::NotSignedIn)));
    // That a study is gone is told to all who were in it.
    assert!(house.coup.may_be_told(&lee, EventKind::StudyDeleted, &gone).await.unwrap());
}
