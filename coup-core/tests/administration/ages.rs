//! How old somebody is and whether a guardian has consented, on the host's word.

use coup_core::{
    coup::Ctx,
    error::Error,
    live::model::{CutCode, Revoked},
    member::service::{Join, Request},
    page::Limit,
    policy::{AdminRole, DeniedReason, Restraint},
    store::{LiveReads as _, UserReads as _},
    study::service::StudyFields,
    text::PersonName,
    user::{
        age::{Age, RecordConsent, SetAgeBand},
        directory::HostUser,
        model::{AgeBand, User},
        service::AdoptUser,
    },
};
use serde_json::json;

use crate::house::{House, id};

fn fields() -> StudyFields {
    StudyFields {
        name: Some("아침 수학".into()),
        description: Some("매일 한 문제".into()),
        category: Some("수학".into()),
        ..StudyFields::default()
    }
}

impl House {
    async fn says(&self, name: &str, band: AgeBand) {
        let command = SetAgeBand { user: id(name), band: Some(band) };
        self.coup.as_host("register").run(command).await.unwrap();
    }

    async fn consents(&self, name: &str, given: bool) {
        self.coup.as_host("register").run(RecordConsent { user: id(name), given }).await.unwrap();
    }

    async fn user(&self, name: &str) -> User {
        self.store.user(&id(name)).await.unwrap().unwrap()
    }

    /// Whether a consent is missing, by a use case that needs it.
    async fn lacks(&self, ctx: &Ctx) -> bool {
        match self.coup.run(ctx, fields().create().unwrap()).await {
            Ok(_) => false,
            Err(Error::Denied(denied)) => {
                let why = DeniedReason::Restraint { restraint: Restraint::ConsentMissing, until: None };
                assert_eq!(denied.reason(), why);
                true
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn under_14_a_consent_must_be_recorded_and_may_be_withdrawn() {
    let house = House::new();
    let kim = house.person("김하늘").await;
    assert!(!house.lacks(&kim).await, "nobody says how old they are");
    for (band, lacks) in [(AgeBand::Under14, true), (AgeBand::Under19, false), (AgeBand::Adult, false)] {
        house.says("김하늘", band).await;
        assert_eq!(house.lacks(&kim).await, lacks, "{band}");
    }
    house.says("김하늘", AgeBand::Under14).await;
    house.consents("김하늘", true).await;
    assert!(!house.lacks(&kim).await);
    house.consents("김하늘", false).await;
    assert!(house.lacks(&kim).await);
}

#[tokio::test]
async fn the_directory_may_say_it_when_somebody_first_comes_and_later() {
    let house = House::new();
    let adopt = async |age| {
        let user = HostUser { age, ..HostUser::named(PersonName::parse("name", "이도윤").unwrap()) };
        house.coup.run(&Ctx::default(), AdoptUser { id: id("이도윤"), user }).await
    };
    let child = |guardian_consent| Some(Age { band: AgeBand::Under14, guardian_consent });
    let ctx = Ctx::user(id("이도윤"));
    adopt(child(false)).await.unwrap();
    assert!(house.lacks(&ctx).await);
    adopt(None).await.unwrap();
    assert!(house.lacks(&ctx).await, "a directory that says nothing changes nothing");
    adopt(child(true)).await.unwrap();
    assert!(!house.lacks(&ctx).await);
    let (before, consented) = (house.user("이도윤").await.auth_version, house.user("이도윤").await.guardian_consent_at);
    house.clock.advance(chrono::TimeDelta::days(1));
    adopt(child(true)).await.unwrap();
    let after = house.user("이도윤").await;
    assert_eq!((after.auth_version, after.guardian_consent_at), (before, consented), "saying it again is nothing new");
}

/// Whoever decides right now is decided again, and open connections end.
#[tokio::test]
async fn what_the_host_says_counts_at_once_everywhere() {
    let house = House::new();
    house.person("김하늘").await;
    let before = house.user("김하늘").await.auth_version;
    house.says("김하늘", AgeBand::Under14).await;
    assert_eq!(house.user("김하늘").await.auth_version, before + 1);
    let cut = async || {
        let revocations = house.store.revocations(0, Limit::MAX).await.unwrap();
        let ours = revocations.iter().filter(|it| it.revoked == Revoked::User(id("김하늘")));
        ours.filter(|it| it.code == CutCode::RoleChanged).count()
    };
    assert_eq!(cut().await, 1);
    house.consents("김하늘", true).await;
    assert_eq!(cut().await, 1, "nothing is taken by a consent");
    house.consents("김하늘", false).await;
    assert_eq!(cut().await, 2);
    assert_eq!(house.user("김하늘").await.auth_version, before + 3);
}

#[tokio::test]
async fn the_audit_log_tells_what_the_host_said_and_nobody_else_may_say_it() {
    let house = House::new();
    let (root, kim) = (house.administrator("운영자", AdminRole::SuperAdmin).await, house.person("김하늘").await);
    let before = house.entries().await.len();
    house.says("김하늘", AgeBand::Under14).await;
    house.says("김하늘", AgeBand::Under14).await;
    house.consents("김하늘", true).await;
    let entries = house.entries().await;
    assert_eq!(entries.len(), before + 2, "what is known already is not said again");
    let [said, consented] = &entries[before..] else { panic!("two") };
    assert_eq!((said.action.as_str(), said.host.as_deref()), ("USER_UPDATE", Some("register")));
    assert_eq!(said.target_id.as_deref(), Some("김하늘"));
    assert_eq!((said.before.get("ageBand"), &said.after["ageBand"]), (None, &json!("UNDER_14")));
    assert!(consented.after["guardianConsentAt"].is_string() && !consented.before.contains_key("guardianConsentAt"));

    for ctx in [&root, &kim, &Ctx::default()] {
        let says = house.coup.run(ctx, SetAgeBand { user: id("김하늘"), band: None }).await;
        assert!(matches!(says, Err(Error::NotSignedIn)), "{says:?}");
        let records = house.coup.run(ctx, RecordConsent { user: id("김하늘"), given: true }).await;
        assert!(matches!(records, Err(Error::NotSignedIn)), "{records:?}");
    }
    assert_eq!(house.events().await.iter().map(|event| event.count).sum::<u32>(), 6, "tried, and kept");
    let nobody = house.coup.as_host("register").run(RecordConsent { user: id("아무도"), given: true }).await;
    assert!(matches!(nobody, Err(Error::NotFound)), "{nobody:?}");
}

#[tokio::test]
async fn a_member_whose_consent_is_withdrawn_neither_reads_nor_writes() {
    let house = House::new();
    let (owner, kim) = (house.person("박선생").await, house.person("김하늘").await);
    let study = house.coup.run(&owner, fields().create().unwrap()).await.unwrap().study.id;
    house.coup.run(&kim, Join { study, request: Request::default() }).await.unwrap();
    house.says("김하늘", AgeBand::Under14).await;
    let hears = house.coup.hear(&kim, study).await;
    assert!(matches!(hears, Err(Error::Denied(_))), "{hears:?}");
    let members = house.coup.members(&kim, study, None, Limit::DEFAULT).await;
    assert!(matches!(members, Err(Error::Denied(_))), "{members:?}");
}
