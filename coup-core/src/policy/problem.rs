//! What can be wrong with a policy's files, each with its place and its reason.

use std::fmt;

use super::{
    permission::{Permission, Tier},
    restraint::Restraint,
    role::Role,
};

/// Where a policy's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyFile {
    /// The model.
    Model,
    /// The rules.
    Policy,
    /// Rules that the embedding program adds.
    HostLines,
    /// The permissions that the embedding program declares; a line is a place in its list.
    HostPermissions,
    /// What the embedding program narrows; a line is the narrowing's place among them.
    Narrowing,
}

impl fmt::Display for PolicyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Model => "model.conf",
            Self::Policy => "policy.csv",
            Self::HostLines => "host's lines",
            Self::HostPermissions => "host's permissions",
            Self::Narrowing => "host's narrowing",
        })
    }
}

/// A line of a policy's text, written `policy.csv:12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which text.
    pub file: PolicyFile,
    /// Which line of it, from 1.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// One thing that is wrong. Shown as `policy.csv:12: unknown effect "denied": …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What, and what would be right.
    pub kind: ProblemKind,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.kind)
    }
}

/// Everything that is wrong with a policy's files, at least one thing, in the order of the places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyErrors(Vec<Problem>);

impl PolicyErrors {
    pub(super) fn refuse(mut problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            return Ok(());
        }
        problems.sort_by_key(|problem| problem.place);
        Err(Self(problems))
    }

    /// Each of them.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, problem) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for PolicyErrors {}

/// What is wrong. Texts from a file are cut at 64 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The file has no statement.
    Empty,
    /// The file is larger than 1 MiB.
    TooLarge,
    /// The model is other than the one that the table is compiled by; `expected` is the line that it should be.
    ModelDiffers {
        /// What stands there.
        found: String,
        /// What should.
        expected: String,
    },
    /// A line of the model is missing.
    ModelMissing {
        /// The section and line.
        expected: String,
    },
    /// A line begins with something other than `p`, `g`, `g2`.
    Directive {
        /// What it begins with.
        found: String,
    },
    /// A line has too many or too few fields.
    Fields {
        /// `p`, `g` or `g2`.
        directive: &'static str,
        /// How many fields follow it there.
        found: usize,
        /// How many should.
        expected: usize,
    },
    /// An effect other than `allow` and `deny`.
    Effect {
        /// What stands there.
        found: String,
    },
    /// A subject that is no role, no sanction, and neither `granted` nor `withheld`.
    Subject {
        /// What stands there.
        found: String,
        /// What may be meant.
        nearest: Option<String>,
    },
    /// Something that is no permission, and no group that has members.
    Object {
        /// What stands there.
        found: String,
        /// What may be meant.
        nearest: Option<String>,
    },
    /// Something that is no role.
    Role {
        /// What stands there.
        found: String,
        /// What may be meant.
        nearest: Option<String>,
    },
    /// A group that nothing uses.
    Group {
        /// What stands there.
        found: String,
        /// What may be meant.
        nearest: Option<String>,
    },
    /// A group's name is other than small letters, digits and `_`.
    GroupName {
        /// What stands there.
        found: String,
    },
    /// The same has been said before, perhaps with another effect.
    Duplicate {
        /// Where.
        first: Place,
    },
    /// A role would inherit from itself.
    RoleCycle {
        /// The role.
        role: Role,
        /// What it inherits, which inherits it.
        inherits: Role,
    },
    /// A role would inherit a higher one, or one of another tier.
    InheritsHigher {
        /// The role.
        role: Role,
        /// What it inherits.
        inherits: Role,
    },
    /// A group would be in itself.
    GroupCycle {
        /// The group.
        group: String,
    },
    /// Groups stand in each other more than eight deep, which casbin does not follow for ever.
    TooDeep {
        /// The group.
        group: String,
    },
    /// One of restricted, barred and kept stands in another, but restricted in barred.
    ClassInClass {
        /// What stands in the other.
        inner: &'static str,
        /// The other.
        outer: &'static str,
    },
    /// A sanction or a person's denial that would allow, or a person's grant that would deny.
    EffectOfSubject {
        /// The subject.
        subject: String,
        /// The effect that it can have.
        expected: &'static str,
    },
    /// A permission given to a role, or to a person's grants, of another tier.
    OtherTier {
        /// Who.
        subject: String,
        /// The permission.
        permission: Permission,
        /// The tier that the subject decides in.
        tier: Tier,
    },
    /// A permission in none of restricted, barred and kept.
    NoClass {
        /// The permission.
        permission: Permission,
    },
    /// A permission in more than one of restricted, barred and kept.
    TwoClasses {
        /// The permission.
        permission: Permission,
    },
    /// A sanction takes what nothing may take.
    TakesKept {
        /// The sanction.
        restraint: Restraint,
        /// The permission.
        permission: Permission,
    },
    /// A sanction leaves what its group says that it takes, or takes nothing at all.
    TakesTooLittle {
        /// The sanction.
        restraint: Restraint,
        /// How many permissions it leaves.
        left: usize,
        /// The first of them.
        permission: Permission,
    },
    /// A person's own denials would not deny a permission.
    NotWithheld {
        /// How many are not denied.
        left: usize,
        /// The first of them.
        permission: Permission,
    },
    /// A permission to act on people of a role is given to that role or a lower one.
    NotLower {
        /// Who would have it.
        role: Role,
        /// The permission.
        permission: Permission,
    },
    /// A declared permission's name cannot stand in a file.
    HostName {
        /// The name.
        found: String,
    },
    /// More than 1,024 permissions are declared.
    HostCount,
    /// A narrowing names a role of another tier, or a permission that the policy does not know.
    CannotNarrow {
        /// The permission.
        permission: Permission,
        /// Why not.
        reason: &'static str,
    },
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meant = |f: &mut fmt::Formatter<'_>, nearest: &Option<String>, otherwise: &str| match nearest {
            Some(nearest) => write!(f, ": did you mean {nearest}?"),
            None => write!(f, ": expected {otherwise}"),
        };
        match self {
            Self::Empty => f.write_str("nothing in it: expected the statements of a policy"),
            Self::TooLarge => f.write_str("larger than 1 MiB"),
            Self::ModelDiffers { found, expected } => {
                write!(f, "not the model that decisions are compiled by: found {found:?}, expected {expected:?}")
            }
            Self::ModelMissing { expected } => {
                write!(f, "not the model that decisions are compiled by: {expected:?} is missing")
            }
            Self::Directive { found } => write!(f, "unknown directive {found:?}: expected p, g or g2"),
            Self::Fields { directive, found, expected } => {
                write!(f, "{found} fields after {directive}: expected {expected}")
            }
            Self::Effect { found } => write!(f, "unknown effect {found:?}: expected allow or deny"),
            Self::Subject { found, nearest } => {
                write!(f, "unknown subject {found:?}")?;
                meant(f, nearest, "a role such as study:OWNER, a sanction, granted or withheld")
            }
            Self::Object { found, nearest } => {
                write!(f, "unknown permission or group {found:?}")?;
                meant(f, nearest, "a permission such as study:message.send, or a group that has members")
            }
            Self::Role { found, nearest } => {
                write!(f, "unknown role {found:?}")?;
                meant(f, nearest, "a role such as study:OWNER")
            }
            Self::Group { found, nearest } => {
                write!(f, "unknown group {found:?}")?;
                meant(f, nearest, "restricted, barred, kept, admin, or a group that a rule names")
            }
            Self::GroupName { found } => {
                write!(f, "no group can be called {found:?}: expected small letters, digits and _")
            }
            Self::Duplicate { first } => write!(f, "already said at {first}: expected each thing once"),
            Self::RoleCycle { role, inherits } => {
                write!(f, "a cycle of roles: {role} would inherit {inherits}, which inherits {role}")
            }
            Self::InheritsHigher { role, inherits } => {
                write!(f, "{role} would inherit {inherits}: expected a lower role of the same tier")
            }
            Self::GroupCycle { group } => write!(f, "a cycle of groups: {group} would be in itself"),
            Self::TooDeep { group } => write!(f, "group {group} stands more than eight groups deep"),
            Self::ClassInClass { inner, outer } => {
                write!(f, "{inner} in {outer}: of restricted, barred and kept only restricted may stand in barred")
            }
            Self::EffectOfSubject { subject, expected } => write!(f, "{subject} can only {expected}"),
            Self::OtherTier { subject, permission, tier } => {
                write!(f, "{subject} decides in the tier {tier}, not about {permission}")
            }
            Self::NoClass { permission } => write!(
                f,
                "{permission} is in none of restricted, barred and kept: expected a line such as g2, {permission}, restricted"
            ),
            Self::TwoClasses { permission } => {
                write!(f, "{permission} is in more than one of restricted, barred and kept: expected exactly one")
            }
            Self::TakesKept { restraint, permission } => {
                write!(f, "{restraint} takes {permission}, which is kept: nothing may take it")
            }
            Self::TakesTooLittle { restraint, left, permission } => {
                write!(f, "{restraint} leaves {left} permissions that it must take, {permission} first")
            }
            Self::NotWithheld { left, permission } => write!(
                f,
                "a person's denial would not deny {left} permissions, {permission} first: expected p, withheld, admin, deny and each of them in admin"
            ),
            Self::NotLower { role, permission } => {
                write!(
                    f,
                    "{role} would have {permission}, which acts on people who are not lower: nobody acts on equal rank"
                )
            }
            Self::HostName { found } => write!(
                f,
                "no permission can be declared as {found:?}: expected prefix:name of small letters, digits, _ and ., once, with a prefix other than system, study, group, admin"
            ),
            Self::HostCount => f.write_str("more than 1024 permissions declared"),
            Self::CannotNarrow { permission, reason } => write!(f, "cannot narrow {permission}: {reason}"),
        }
    }
}
