//! Somebody as storage knows them: rows that may have expired, or never held.

use std::fmt;

use chrono::TimeDelta;
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{admin_standings, study_roles};
use crate::{
    env::Timestamp,
    member::model::{MemberStatus, StudyMember},
    policy::{Actor, SanctionType, Target},
    sanction::model::ActiveSanction,
    store::Standing,
    testing::fixtures::{Fixtures, START},
    user::{
        model::{AdminGrant, AdminPermissions},
        rules,
    },
};

/// A person's rows, and the instant at which they are looked at. Worded in one line.
#[derive(Clone, PartialEq)]
pub struct OnFile {
    /// The rows; there is a study.
    pub standing: Standing,
    /// When.
    pub now: Timestamp,
}

impl OnFile {
    /// What the person is to a policy then; `None`: not signed in.
    pub fn actor(&self) -> Option<Actor> {
        rules::actor(&self.standing, self.now, &crate::coup::Settings::default())
    }

    /// Whether an administrator's role holds then.
    pub fn is_admin(&self) -> bool {
        self.standing.admin.as_ref().is_some_and(|grant| grant.expires_at.is_none_or(|end| end > self.now))
    }

    /// Whether the membership of the study is an ACTIVE one.
    pub fn is_member(&self) -> bool {
        self.member().is_some_and(|member| member.status == MemberStatus::Active)
    }

    /// What is asked of the policy: the study.
    pub fn target(&self) -> Target {
        self.standing.study.as_ref().map_or(Target::Site, |(study, _)| Target::Study(study.id))
    }

    fn member(&self) -> Option<&StudyMember> {
        self.standing.study.as_ref().and_then(|(_, member)| member.as_ref())
    }
}

impl fmt::Debug for OnFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("somebody")?;
        if let Some(grant) = &self.standing.admin {
            write!(f, ", admin:{}", grant.role)?;
            if let Some(end) = grant.expires_at {
                write!(f, " that ends in {} s", (end - self.now).num_seconds())?;
            }
        }
        if let Some(member) = self.member() {
            write!(f, ", {} as study:{}", member.status, member.role)?;
            if let Some(end) = member.posting_paused_until {
                write!(f, " whose pause ends in {} s", (end - self.now).num_seconds())?;
            }
        }
        for sanction in &self.standing.sanctions {
            write!(f, ", under {}", sanction.kind)?;
            if let Some(end) = sanction.expires_at {
                write!(f, " that ends in {} s", (end - self.now).num_seconds())?;
            }
        }
        Ok(())
    }
}

/// Somebody with or without an administrator's role and a membership, each in any state, with ends around the instant.
pub fn on_file() -> impl Strategy<Value = OnFile> {
    let end = || option::weighted(0.7, (-2..3_i64).prop_map(TimeDelta::seconds));
    let admin = option::of((admin_standings(), end()));
    let member = option::of((study_roles(), select(MemberStatus::ALL), end()));
    let sanctions = vec((select(SanctionType::ALL.as_slice()), end()), 0..3);
    (admin, member, sanctions).prop_map(|(admin, member, sanctions)| {
        let make = Fixtures::new(1);
        let (user, owner) = (make.user("김민준"), make.user("이서연"));
        let study = make.study(&owner.id, "알고리즘 스터디");
        let now = START + TimeDelta::hours(1);
        let admin = admin.map(|(standing, end)| AdminGrant {
            permissions: AdminPermissions { grant: standing.grants, deny: standing.denials },
            expires_at: end.map(|end| now + end),
            ..make.grant(&user.id, standing.role)
        });
        let member = member.map(|(role, status, end)| StudyMember {
            role,
            status,
            posting_paused_until: end.map(|end| now + end),
            ..make.member(study.id, &user.id)
        });
        let sanctions = sanctions
            .into_iter()
            .map(|(kind, end)| ActiveSanction { kind, expires_at: end.map(|end| now + end) })
            .collect();
        OnFile {
            standing: Standing {
                user,
                session: None,
                admin,
                has_second_factor: false,
                sanctions,
                study: Some((study, member)),
            },
            now,
        }
    })
}
