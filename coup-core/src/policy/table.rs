//! The compiled table: one entry a permission, a decision is a few bit operations.

use super::{
    permission::Permission,
    problem::Place,
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
    pub(super) const fn allows(self, role: Role, extra: Extra, restraints: u8) -> bool {
        let allowed = self.allowed & role.bit() != 0 || self.granted && matches!(extra, Extra::Granted);
        let denied = self.denied & role.bit() != 0
            || self.taken & restraints != 0
            || self.withheld && matches!(extra, Extra::Withheld);
        allowed && !denied
    }

    /// Whether a role has it, all else apart.
    pub(super) const fn has(self, role: Role) -> bool {
        self.allows(role, Extra::None, 0)
    }

    pub(super) const fn takes(self, restraint: Restraint) -> bool {
        self.taken & restraint.bit() != 0
    }
}

/// The entries of all permissions, by their places.
pub(super) fn compile(rules: &Rules) -> Vec<Entry> {
    let mut entries = vec![Entry::default(); rules.permissions.len()];
    for rule in &rules.list {
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

/// Why a permission is refused, worked out beforehand so that a refusal costs little more than a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Grounds {
    /// The lowest role that has it.
    pub(super) least: Option<Role>,
    /// The first rule that denies it to each role.
    roles: [Option<Place>; Role::ALL.len()],
    /// The first rule by which each restraint takes it.
    restraints: [Option<Place>; Restraint::ALL.len()],
    /// The first rule by which a person's denial denies it.
    pub(super) withheld: Option<Place>,
}

impl Grounds {
    pub(super) fn role(&self, role: Role) -> Option<Place> {
        self.roles.get(role.index()).copied().flatten()
    }

    pub(super) fn restraint(&self, restraint: Restraint) -> Option<Place> {
        self.restraints.get(restraint as usize).copied().flatten()
    }
}

/// The grounds of all permissions, by their places.
pub(super) fn grounds(rules: &Rules, entries: &[Entry]) -> Vec<Grounds> {
    let least = |(permission, entry): (&Permission, &Entry)| Grounds {
        least: Role::of(permission.tier()).find(|role| entry.has(*role)),
        ..Grounds::default()
    };
    let mut all: Vec<Grounds> = rules.permissions.iter().zip(entries).map(least).collect();
    for rule in rules.list.iter().filter(|rule| !rule.allow) {
        let heirs = match rule.subject {
            Subject::Role(role) => heirs(rules, role),
            _ => 0,
        };
        for place in rule.permissions.iter() {
            let Some(grounds) = all.get_mut(place) else { continue };
            for (role, first) in Role::ALL.into_iter().zip(&mut grounds.roles) {
                if heirs & role.bit() != 0 {
                    first.get_or_insert(rule.place);
                }
            }
            for (restraint, first) in Restraint::ALL.into_iter().zip(&mut grounds.restraints) {
                if rule.subject == Subject::Restraint(restraint) {
                    first.get_or_insert(rule.place);
                }
            }
            if rule.subject == Subject::Withheld {
                grounds.withheld.get_or_insert(rule.place);
            }
        }
    }
    all
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
        self.list.iter().filter(move |rule| {
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
