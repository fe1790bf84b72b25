//! The compiled table: one entry a permission, a decision is a few bit operations.

use super::{
    permission::Permission,
    restraint::Restraint,
    role::Role,
    rules::{Rule, Rules, Subject},
};

/// Whether the asked permission stands among the person's own grants or denials; a denial beats a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Extra {
    /// In neither.
    #[default]
    None,
    /// In the grants.
    Granted,
    /// In the denials.
    Withheld,
}

impl Extra {
    /// All three.
    pub const ALL: [Self; 3] = [Self::None, Self::Granted, Self::Withheld];

    /// `none`, `granted` or `withheld`, as the model's request has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Granted => "granted",
            Self::Withheld => "withheld",
        }
    }
}

/// All that the rules say of one permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Entry {
    /// Roles that a rule allows it, by [`Role::bit`].
    pub(super) allowed: u16,
    /// Roles that a rule denies it.
    pub(super) denied: u16,
    /// What takes it, by [`Restraint::bit`].
    pub(super) taken: u8,
    /// Whether a person's grant gives it.
    pub(super) granted: bool,
    /// Whether a person's denial denies it.
    pub(super) withheld: bool,
}

impl Entry {
    /// The decision: some rule allows and none denies.
    #[inline]
    pub(super) const fn allows(&self, role: Role, extra: Extra, restraints: u8) -> bool {
        let granted = self.granted & matches!(extra, Extra::Granted);
        let withheld = self.withheld & matches!(extra, Extra::Withheld);
        let allowed = (self.allowed & role.bit() != 0) | granted;
        let denied = (self.denied & role.bit() != 0) | withheld | (self.taken & restraints != 0);
        allowed & !denied
    }

    /// Whether a role has it, all else apart.
    pub(super) const fn has(&self, role: Role) -> bool {
        self.allows(role, Extra::None, 0)
    }

    pub(super) const fn takes(&self, restraint: Restraint) -> bool {
        self.taken & restraint.bit() != 0
    }
}

/// The entries of all permissions, by their places.
pub(super) fn compile(rules: &Rules) -> Vec<Entry> {
    let mut entries = vec![Entry::default(); rules.permissions.len()];
    for rule in &rules.rules {
        let roles = match rule.subject {
            Subject::Role(role) => heirs(rules, role),
            _ => 0,
        };
        for place in rule.permissions.iter() {
            let Some(entry) = entries.get_mut(place) else { continue };
            match rule.subject {
                Subject::Role(_) if rule.allow => entry.allowed |= roles,
                Subject::Role(_) => entry.denied |= roles,
                Subject::Restraint(restraint) => entry.taken |= restraint.bit(),
                Subject::Granted => entry.granted = true,
                Subject::Withheld => entry.withheld = true,
            }
        }
    }
    entries
}

/// The bits of a role and of all that inherit it.
fn heirs(rules: &Rules, role: Role) -> u16 {
    let all = Role::ALL.into_iter().zip(rules.inherits);
    all.filter(|(_, inherited)| inherited & role.bit() != 0).fold(0, |bits, (heir, _)| bits | heir.bit())
}

impl Rules {
    /// The rules that a request meets, in the order of the text.
    pub(super) fn met(
        &self,
        role: Role,
        extra: Extra,
        restraints: u8,
        permission: Permission,
    ) -> impl Iterator<Item = &Rule> {
        let inherited = self.inherits.get(role.index()).copied().unwrap_or(0);
        self.rules.iter().filter(move |rule| {
            rule.permissions.contains(permission.index())
                && match rule.subject {
                    Subject::Role(of) => inherited & of.bit() != 0,
                    Subject::Restraint(restraint) => restraints & restraint.bit() != 0,
                    Subject::Granted => extra == Extra::Granted,
                    Subject::Withheld => extra == Extra::Withheld,
                }
        })
    }
}
