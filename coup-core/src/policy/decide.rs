//! The decision: a policy, and what it answers.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use super::{
    actor::{Actor, AdminStanding, PermissionSet},
    builder::{Overlay, PolicyBuilder},
    host::{HostPermission, HostPermissionDef},
    name::UnknownName,
    permission::{AdminPermission, Permission, Tier},
    permit::{Denied, DeniedReason, Permit},
    problem::PolicyErrors,
    restraint::Restraint,
    role::Role,
    rules::Rules,
    table::{Entry, Extra, Grounds},
    target::Target,
};
use crate::env::Timestamp;

/// Who may do what: a checked and compiled pair of files. Cheap to clone.
///
/// What no rule allows is refused.
///
/// ```
/// use coup_core::policy::{Actor, Policy, StudyPermission, StudyRole, StudyStanding, Target};
/// # use coup_core::id::StudyId;
/// # let study: StudyId = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57".parse()?;
///
/// let policy = Policy::built_in();
/// let mut actor = Actor::new("학생-17".parse()?, 0);
/// actor.study = Some(StudyStanding { study, role: StudyRole::Member, paused_until: None });
///
/// let permit = policy.permit(&actor, StudyPermission::MessageSend, Target::Study(study))?;
/// assert_eq!(permit.actor().as_str(), "학생-17");
///
/// let denied = policy.permit(&actor, StudyPermission::StudyDelete, Target::Study(study)).unwrap_err();
/// assert_eq!(denied.explain(), "study:MEMBER does not have study:study.delete; study:OWNER has");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Policy(Arc<Compiled>);

pub(super) struct Compiled {
    pub(super) entries: Box<[Entry]>,
    pub(super) grounds: Box<[Grounds]>,
    pub(super) host: &'static [HostPermissionDef],
    pub(super) rules: Rules,
    pub(super) model: String,
    pub(super) text: String,
    pub(super) overlay: Overlay,
}

impl Policy {
    /// The rules of the specification, compiled once.
    pub fn built_in() -> Self {
        static BUILT_IN: OnceLock<Policy> = OnceLock::new();
        // The files are part of the program and a test loads them; an empty table would refuse everything.
        BUILT_IN.get_or_init(|| PolicyBuilder::default().build().unwrap_or_else(|_| Self::nothing())).clone()
    }

    /// Checks and compiles files that replace the built-in ones.
    ///
    /// # Errors
    /// Everything that is wrong with them, each with line and reason.
    pub fn load(model: &str, policy: &str, host: &'static [HostPermissionDef]) -> Result<Self, PolicyErrors> {
        Self::builder().files(model, policy).host_permissions(host).build()
    }

    /// For a host's own files, permissions and narrowing.
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::default()
    }

    pub(super) fn compiled(compiled: Compiled) -> Self {
        Self(Arc::new(compiled))
    }

    /// Whether it is the very same one: not loaded anew since.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn inner(&self) -> &Compiled {
        &self.0
    }

    pub(super) fn from_shared(shared: Arc<Compiled>) -> Self {
        Self(shared)
    }

    pub(super) fn into_shared(self) -> Arc<Compiled> {
        self.0
    }

    /// A policy without a rule.
    fn nothing() -> Self {
        Self::compiled(Compiled {
            entries: Box::default(),
            grounds: Box::default(),
            host: &[],
            rules: Rules { permissions: Vec::new(), list: Vec::new(), inherits: [0; 12], classes: Vec::new() },
            model: String::new(),
            text: String::new(),
            overlay: Overlay::default(),
        })
    }

    /// Decides whether the actor may do this to the target.
    ///
    /// # Errors
    /// The refusal, with its reason.
    pub fn permit(&self, actor: &Actor, permission: impl Into<Permission>, target: Target) -> Result<Permit, Denied> {
        let permission = permission.into();
        match self.decide(actor, permission, &target) {
            Ok(role) => {
                Ok(Permit { actor: actor.user.clone(), auth_version: actor.auth_version, role, permission, target })
            }
            Err(refusal) => Err(self.denied(actor, permission, target, &refusal)),
        }
    }

    /// Whether [`Policy::permit`] would permit; for pages that show what one can do.
    pub fn allows(&self, actor: &Actor, permission: impl Into<Permission>, target: &Target) -> bool {
        self.decide(actor, permission.into(), target).is_ok()
    }

    /// Whether a request of the model is allowed, under each of its restraints.
    pub fn answers(&self, case: &Case<'_>) -> bool {
        let Some(entry) = self.entry(case.permission) else { return false };
        let restraints = case.restraints.iter().fold(0, |bits, restraint| bits | restraint.bit());
        entry.allows(case.role, case.extra, restraints)
    }

    /// The administrator permissions that a standing amounts to, sanctions apart.
    pub fn admin_permissions(&self, standing: &AdminStanding) -> PermissionSet {
        let role = Role::Admin(standing.role);
        let all = AdminPermission::ALL.iter().copied();
        all.filter(|permission| {
            self.entry((*permission).into()).is_some_and(|entry| entry.allows(role, extra(standing, *permission), 0))
        })
        .collect()
    }

    /// Every permission, the host's own last.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> + '_ {
        self.0.rules.permissions.iter().copied()
    }

    /// A registered permission of the host, by its whole name.
    pub fn host_permission(&self, name: &str) -> Option<HostPermission> {
        self.permissions().find_map(|permission| match permission {
            Permission::Host(it) if it.name() == name => Some(it),
            _ => None,
        })
    }

    /// Reads a permission's full name, a registered one of the host too.
    ///
    /// # Errors
    /// The text names none of them.
    pub fn parse_permission(&self, text: &str) -> Result<Permission, UnknownName> {
        let found = self.permissions().find(|permission| permission.full_name() == text);
        found.ok_or_else(|| UnknownName::new("permission", text, self.permissions().map(|known| known.full_name())))
    }

    /// The lowest role of its tier that has a permission.
    pub fn least(&self, permission: impl Into<Permission>) -> Option<Role> {
        self.grounds(permission.into()).and_then(|grounds| grounds.least)
    }

    /// The model, as casbin reads it.
    pub fn model_text(&self) -> &str {
        &self.0.model
    }

    /// All rules that hold, those of the host and its narrowing too, as casbin reads them.
    pub fn policy_text(&self) -> &str {
        &self.0.text
    }

    pub(super) fn entry(&self, permission: Permission) -> Option<&Entry> {
        if let Permission::Host(host) = permission
            && !self.0.host.get(usize::from(host.id())).is_some_and(|def| host.is(def))
        {
            return None;
        }
        self.0.entries.get(permission.index())
    }

    fn grounds(&self, permission: Permission) -> Option<&Grounds> {
        self.entry(permission).and(self.0.grounds.get(permission.index()))
    }

    #[inline]
    fn decide(&self, actor: &Actor, permission: Permission, target: &Target) -> Result<Role, Refusal> {
        let entry = self.entry(permission).ok_or(Refusal::Unregistered)?;
        let mut restraints = actor.restraints.bits();
        let mut extra = Extra::None;
        let role = match permission.tier() {
            Tier::System => Role::System(actor.system_role()),
            Tier::Study => {
                let standing = actor.study.as_ref().filter(|standing| target.study() == Some(standing.study));
                let standing = standing.ok_or(Refusal::NotMember)?;
                if standing.paused_until.is_some() {
                    restraints |= Restraint::PostingPause.bit();
                }
                Role::Study(standing.role)
            }
            Tier::Group => {
                let standing = actor.group.as_ref().filter(|standing| target.group() == Some(standing.group));
                Role::Group(standing.ok_or(Refusal::NotGroupMember)?.role)
            }
            Tier::Admin => {
                let standing = actor.admin.as_ref().ok_or(Refusal::NotAdministrator)?;
                if let Permission::Admin(permission) = permission {
                    extra = self::extra(standing, permission);
                }
                Role::Admin(standing.role)
            }
        };
        if entry.allows(role, extra, restraints) { Ok(role) } else { Err(Refusal::Rules { role, extra, restraints }) }
    }

    /// The reason in full; only a refusal pays for it.
    #[cold]
    fn denied(&self, actor: &Actor, permission: Permission, target: Target, refusal: &Refusal) -> Denied {
        let reason = match *refusal {
            Refusal::Unregistered => DeniedReason::Unregistered,
            Refusal::NotMember => DeniedReason::NotMember,
            Refusal::NotGroupMember => DeniedReason::NotGroupMember,
            Refusal::NotAdministrator => DeniedReason::NotAdministrator,
            Refusal::Rules { role, extra, restraints } => self.reason(actor, permission, role, extra, restraints),
        };
        let grounds = self.grounds(permission).copied().unwrap_or_default();
        let rule = match reason {
            DeniedReason::Role { role } => grounds.role(role),
            DeniedReason::Restraint { restraint, .. } => grounds.restraint(restraint),
            DeniedReason::Withheld => grounds.withheld,
            _ => None,
        };
        Denied { actor: actor.user.clone(), permission, target, reason, least: grounds.least, rule }
    }

    /// A missing right is named before a sanction, and of several sanctions the one that ends last.
    fn reason(&self, actor: &Actor, permission: Permission, role: Role, extra: Extra, restraints: u8) -> DeniedReason {
        let Some(entry) = self.entry(permission) else { return DeniedReason::Unregistered };
        if !entry.allows(role, extra, 0) {
            return match role {
                Role::Admin(role) if extra == Extra::Withheld && entry.has(Role::Admin(role)) => DeniedReason::Withheld,
                _ => DeniedReason::Role { role },
            };
        }
        let taking = Restraint::ALL.into_iter().filter(|it| entry.takes(*it) && restraints & it.bit() != 0);
        let ends = taking.map(|restraint| (restraint, end_of(actor, restraint)));
        let latest = ends.max_by_key(|(_, until)| (until.is_none(), *until));
        latest.map_or(DeniedReason::Role { role }, |(restraint, until)| DeniedReason::Restraint { restraint, until })
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("permissions", &self.0.entries.len())
            .field("rules", &self.0.rules.list.len())
            .finish_non_exhaustive()
    }
}

/// When a restraint ends for a person; the pause of a study counts with one that holds everywhere.
fn end_of(actor: &Actor, restraint: Restraint) -> Option<Timestamp> {
    let mut all = actor.restraints;
    if restraint == Restraint::PostingPause
        && let Some(paused) = actor.study.as_ref().and_then(|standing| standing.paused_until)
    {
        all.insert(restraint, Some(paused));
    }
    all.until(restraint)
}

const fn extra(standing: &AdminStanding, permission: AdminPermission) -> Extra {
    if standing.denials.contains(permission) {
        Extra::Withheld
    } else if standing.grants.contains(permission) {
        Extra::Granted
    } else {
        Extra::None
    }
}

/// Why not, before anything is worded.
enum Refusal {
    Unregistered,
    NotMember,
    NotGroupMember,
    NotAdministrator,
    Rules { role: Role, extra: Extra, restraints: u8 },
}

/// A request as the model sees it, without people: for tables, commands and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case<'a> {
    /// Who asks.
    pub role: Role,
    /// The person's own grant or denial of the permission.
    pub extra: Extra,
    /// What holds; the request must be allowed under each.
    pub restraints: &'a [Restraint],
    /// What is asked.
    pub permission: Permission,
}
