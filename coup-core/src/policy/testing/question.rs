//! A question to a policy, and its wording: what a counter-example shows.

use std::fmt;

use proptest::{bool::weighted, prelude::*, sample::select};

use super::{actors, targets};
use crate::policy::{
    Actor, AdminRole, AdminStanding, GroupStanding, Permission, Policy, Restraint, StudyRole, StudyStanding, Target,
    Tier,
};

/// Somebody who asks for something. `Debug` and `Display` word it in one line, so that a counter-example reads by itself.
///
/// ```
/// use coup_core::policy::{Policy, StudyPermission, testing::questions_about};
/// use proptest::{prelude::*, test_runner::TestRunner};
///
/// // "Nobody sends messages" is no law of ours.
/// let found = TestRunner::deterministic().run(&questions_about([StudyPermission::MessageSend]), |question| {
///     prop_assert!(!question.allowed(&Policy::built_in()));
///     Ok(())
/// });
/// let words = found.unwrap_err().to_string();
/// assert!(words.contains(r#""one", study:MEMBER there, asks for study:message.send of the study"#), "{words}");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Question {
    /// Who asks.
    pub actor: Actor,
    /// For what.
    pub permission: Permission,
    /// Of what.
    pub target: Target,
}

impl Question {
    /// The policy's answer.
    pub fn allowed(&self, policy: &Policy) -> bool {
        policy.allows(&self.actor, self.permission, &self.target)
    }

    /// The same by somebody under one restraint more, without an end.
    #[must_use]
    pub fn under(&self, restraint: Restraint) -> Self {
        let mut question = self.clone();
        question.actor.restraints.insert(restraint, None);
        question
    }

    /// The same by somebody whose role in their study and in their group is this one; of neither nothing is made.
    #[must_use]
    pub fn by_role(&self, role: StudyRole) -> Self {
        let actor = self.actor.clone();
        let study = actor.study.map(|standing| StudyStanding { role, ..standing });
        let group = actor.group.map(|standing| GroupStanding { role, ..standing });
        Self { actor: Actor { study, group, ..actor }, ..self.clone() }
    }

    /// The same by an administrator with no grants or denials of their own.
    #[must_use]
    pub fn by_admin(&self, role: AdminRole) -> Self {
        Self { actor: Actor { admin: Some(AdminStanding::new(role)), ..self.actor.clone() }, ..self.clone() }
    }

    /// The same by somebody without any standing.
    #[must_use]
    pub fn by_outsider(&self) -> Self {
        Self { actor: Actor { admin: None, study: None, group: None, ..self.actor.clone() }, ..self.clone() }
    }

    /// The same person about the same target, for something else.
    #[must_use]
    pub fn asking(&self, permission: impl Into<Permission>) -> Self {
        Self { permission: permission.into(), ..self.clone() }
    }

    /// The role that the person has where the target is.
    pub fn role_there(&self) -> Option<StudyRole> {
        let study = self.actor.study.filter(|standing| self.target.study() == Some(standing.study));
        let group = self.actor.group.filter(|standing| self.target.group() == Some(standing.group));
        study.map(|standing| standing.role).or(group.map(|standing| standing.role))
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { actor, permission, target } = self;
        write!(f, "{:?}", actor.user.as_str())?;
        if let Some(AdminStanding { role, grants, denials }) = &actor.admin {
            write!(f, ", admin:{role}")?;
            if !grants.is_empty() {
                write!(f, " granted {grants:?}")?;
            }
            if !denials.is_empty() {
                write!(f, " denied {denials:?}")?;
            }
        }
        let at = |there: bool| if there { "there" } else { "elsewhere" };
        if let Some(StudyStanding { study, role, paused_until }) = actor.study {
            write!(f, ", study:{role} {}", at(target.study() == Some(study)))?;
            if let Some(until) = paused_until {
                write!(f, " paused until {until}")?;
            }
        }
        if let Some(GroupStanding { group, role }) = actor.group {
            write!(f, ", group:{role} {}", at(target.group() == Some(group)))?;
        }
        if actor.admin.is_none() && actor.study.is_none() && actor.group.is_none() {
            f.write_str(", an outsider")?;
        }
        for (restraint, until) in actor.restraints.iter() {
            write!(f, ", under {restraint}")?;
            if let Some(until) = until {
                write!(f, " until {until}")?;
            }
        }
        write!(f, ", asks for {permission}")?;
        match target {
            Target::Site => Ok(()),
            Target::Study(_) => f.write_str(" of the study"),
            Target::Member(_, user) => write!(f, " of the member {:?}", user.as_str()),
            Target::Message(..) => f.write_str(" of a message"),
            Target::Invite(..) => f.write_str(" of an invite"),
            Target::Group(_) => f.write_str(" of the group"),
            Target::User(user) => write!(f, " of {:?}", user.as_str()),
            Target::Report(_) => f.write_str(" of a report"),
            Target::Sanction(_) => f.write_str(" of a sanction"),
            Target::Appeal(_) => f.write_str(" of an appeal"),
        }
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Anybody who asks for anything built in; most often of what is where they belong.
pub fn questions() -> impl Strategy<Value = Question> {
    questions_about(Permission::all())
}

/// The same for one of these permissions, of which there must be one.
pub fn questions_about(
    permissions: impl IntoIterator<Item = impl Into<Permission>>,
) -> impl Strategy<Value = Question> {
    let permissions: Vec<Permission> = permissions.into_iter().map(Into::into).collect();
    (actors(), select(permissions), targets(), weighted(0.8)).prop_map(|(actor, permission, target, at_home)| {
        let target = if at_home { moved(target, &actor, permission.tier()) } else { target };
        Question { actor, permission, target }
    })
}

/// The target in the study or group that the actor is in, where the permission is of such.
fn moved(target: Target, actor: &Actor, tier: Tier) -> Target {
    match (tier, actor.study, actor.group) {
        (Tier::Study, Some(StudyStanding { study, .. }), _) => match target {
            Target::Member(_, user) => Target::Member(study, user),
            Target::Message(_, id) => Target::Message(study, id),
            Target::Invite(_, id) => Target::Invite(study, id),
            Target::Site
            | Target::Study(_)
            | Target::Group(_)
            | Target::User(_)
            | Target::Report(_)
            | Target::Sanction(_)
            | Target::Appeal(_) => Target::Study(study),
        },
        (Tier::Group, _, Some(GroupStanding { group, .. })) => Target::Group(group),
        _ => target,
    }
}
