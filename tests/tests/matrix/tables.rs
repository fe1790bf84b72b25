//! The specification's two tables, read here and nowhere through the policy.

use std::collections::{BTreeMap, BTreeSet};

const PERMISSIONS: &str = include_str!("../../../coup-core/tests/fixtures/permissions.csv");
const SANCTIONS: &str = include_str!("../../../coup-core/tests/fixtures/sanctions.csv");

/// Who has what, and what takes it.
pub(crate) struct Tables {
    /// By `tier:permission`, then by role.
    allowed: BTreeMap<String, BTreeMap<&'static str, bool>>,
    /// Sanction, `tier:permission`.
    taken: BTreeSet<(&'static str, String)>,
}

impl Tables {
    pub(crate) fn read() -> Self {
        let mut allowed: BTreeMap<String, BTreeMap<&str, bool>> = BTreeMap::new();
        for [tier, permission, _, role, decision] in rows(PERMISSIONS) {
            allowed.entry(format!("{tier}:{permission}")).or_default().insert(role, decision == "allow");
        }
        let taken =
            rows(SANCTIONS).map(|[sanction, tier, permission]| (sanction, format!("{tier}:{permission}"))).collect();
        Self { allowed, taken }
    }

    /// Every permission, with its tier.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = &str> {
        self.allowed.keys().map(String::as_str)
    }

    /// Every role of a tier.
    pub(crate) fn roles(&self, tier: &str) -> BTreeSet<&'static str> {
        let of_tier = self.allowed.iter().filter(|(permission, _)| self::tier(permission) == tier);
        of_tier.flat_map(|(_, roles)| roles.keys().copied()).collect()
    }

    /// Everything that takes permissions away.
    pub(crate) fn sanctions(&self) -> BTreeSet<&'static str> {
        self.taken.iter().map(|(sanction, _)| *sanction).collect()
    }

    pub(crate) fn has(&self, permission: &str) -> bool {
        self.allowed.contains_key(permission)
    }

    /// The cell of a permission and a role of its tier.
    pub(crate) fn allows(&self, role: &str, permission: &str) -> bool {
        let cell = self.allowed.get(permission).and_then(|roles| roles.get(role));
        *cell.unwrap_or_else(|| panic!("permissions.csv has no cell of {permission} and {role}"))
    }

    /// Whether whoever has the one permission has the other one of its tier, under every sanction.
    pub(crate) fn includes(&self, one: &str, other: &str) -> bool {
        let sanctions = self.sanctions();
        self.roles(tier(one)).iter().all(|role| !self.allows(role, one) || self.allows(role, other))
            && sanctions.iter().all(|sanction| !self.takes(sanction, other) || self.takes(sanction, one))
    }

    pub(crate) fn takes(&self, sanction: &'static str, permission: &str) -> bool {
        self.taken.contains(&(sanction, permission.to_owned()))
    }
}

/// `study` of `study:message.send`.
pub(crate) fn tier(permission: &str) -> &str {
    permission.split(':').next().unwrap_or_default()
}

/// The rows of a table without quoted fields, as the two are.
fn rows<const N: usize>(csv: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    assert!(!csv.contains('"'), "this reader knows no quotes");
    csv.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>().try_into().unwrap())
}
