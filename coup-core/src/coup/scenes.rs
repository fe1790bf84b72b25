//! A caller and a study for the tests of pure rules.

use proptest::prelude::*;

use super::{Caller, StudyFile};
use crate::{
    env::Timestamp,
    id::{StudyId, UserId},
    member::model::{MemberStatus, StudyMember},
    policy::{Policy, StudyRole},
    store::Standing,
    study::{model::Study, service::StudyFields},
    text::PersonName,
    user::{model::User, rules},
};

pub(crate) fn noon() -> Timestamp {
    chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

pub(crate) fn user(id: &str) -> User {
    let name = PersonName::from_stored("이름".into());
    User { name: None, ..User::new(id.parse().unwrap(), name, noon()) }
}

pub(crate) fn study() -> Study {
    let fields = StudyFields {
        name: Some("아침 수학".into()),
        description: Some("매일 한 문제".into()),
        category: Some("수학".into()),
        ..StudyFields::default()
    };
    let new = fields.create().unwrap();
    Study {
        id: StudyId::from_uuid(uuid::Uuid::nil()),
        owner_id: "owner".parse().unwrap(),
        name: new.name,
        emoji: new.emoji,
        description: new.description,
        category: new.category,
        sub_category: None,
        tags: Vec::new(),
        max_members: new.max_members.unwrap_or(20),
        member_count: 1,
        is_public: true,
        auto_approve: true,
        is_recruiting: true,
        rating: 0.0,
        review_count: 0,
        invite_code: "standing".into(),
        time_zone: new.time_zone.unwrap_or(chrono_tz::Asia::Seoul),
        hidden_at: None,
        closed_at: None,
        closed_by: None,
        created_at: noon(),
        updated_at: noon(),
        last_activity_at: noon(),
        version: 0,
    }
}

pub(crate) fn member(user: &UserId, role: StudyRole, status: MemberStatus) -> StudyMember {
    StudyMember {
        study_id: StudyId::from_uuid(uuid::Uuid::nil()),
        user_id: user.clone(),
        role,
        status,
        introduction: None,
        motivation: None,
        level: None,
        posting_paused_until: None,
        joined_at: noon(),
        approved_at: None,
        version: 0,
    }
}

pub(crate) fn file(study: Study, standing: Option<(StudyRole, MemberStatus)>) -> StudyFile {
    let user = user("minjun");
    let member = standing.map(|(role, status)| member(&user.id, role, status));
    let standing = Standing {
        user: user.clone(),
        session: None,
        admin: None,
        has_second_factor: false,
        sanctions: Vec::new(),
        study: Some((study.clone(), member.clone())),
    };
    let actor = rules::actor(&standing, noon(), &crate::coup::Settings::default()).unwrap();
    StudyFile {
        caller: Caller {
            user,
            session: None,
            has_second_factor: false,
            actor,
            withheld: None,
            policy: Policy::built_in(),
        },
        study,
        member,
    }
}

/// Every way in which a study's flags can stand.
pub(crate) fn studies() -> impl Strategy<Value = Study> {
    (any::<[bool; 6]>(), 0_u32..=20).prop_map(|([public, approve, recruiting, hidden, closed, _], count)| Study {
        is_public: public,
        auto_approve: approve,
        is_recruiting: recruiting,
        hidden_at: hidden.then(noon),
        closed_at: closed.then(noon),
        member_count: count,
        ..study()
    })
}

pub(crate) fn standings() -> impl Strategy<Value = Option<(StudyRole, MemberStatus)>> {
    let role = prop_oneof![Just(StudyRole::Member), Just(StudyRole::Admin), Just(StudyRole::Owner)];
    proptest::option::of((role, proptest::sample::select(MemberStatus::ALL)))
}

proptest! {
    #[test]
    fn a_study_is_seen_by_its_members_and_if_public_and_not_hidden_by_everybody(study in studies(), standing in standings()) {
        let active = standing.is_some_and(|(_, status)| status == MemberStatus::Active);
        let expected = active || (study.is_public && study.hidden_at.is_none());
        prop_assert_eq!(file(study, standing).sees(), expected);
    }

    #[test]
    fn only_an_active_membership_gives_a_study_permission(study in studies(), standing in standings()) {
        let file = file(study, standing);
        for permission in crate::policy::StudyPermission::ALL.iter().copied() {
            if file.may(permission) {
                prop_assert_eq!(file.status(), Some(MemberStatus::Active));
            }
        }
    }
}
