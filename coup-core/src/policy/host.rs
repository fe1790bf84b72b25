//! A host's own permissions, decided by the same files.

use super::permission::Tier;

/// What a host declares: a permission of its own, under its own prefix.
///
/// The host's policy lines must place it like any other: who is allowed it, and which of *restricted*, *barred* and
/// *kept* it is in. See [`PolicyBuilder::host_permissions`](super::PolicyBuilder::host_permissions).
///
/// ```
/// use coup_core::policy::{HostPermission, HostPermissionDef, Tier};
///
/// static SCHOOL: [HostPermissionDef; 1] = [HostPermissionDef {
///     name: "school:grade.enter",
///     tier: Tier::Study,
///     label_ko: "성적 입력",
///     label_en: "enter grades",
/// }];
/// const GRADE_ENTER: HostPermission = HostPermission::new(0, &SCHOOL[0]);
/// assert_eq!(GRADE_ENTER.name(), "school:grade.enter");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPermissionDef {
    /// `prefix:name` of small letters, digits, `_` and `.`; the prefix is none of the built-in tiers.
    pub name: &'static str,
    /// Which of a person's roles decides.
    pub tier: Tier,
    /// What it permits, in Korean.
    pub label_ko: &'static str,
    /// What it permits, in English.
    pub label_en: &'static str,
}

impl HostPermissionDef {
    /// Whether the name can stand in a policy file beside the built-in ones.
    pub(super) fn has_good_name(&self) -> bool {
        let part = |text: &str| {
            !text.is_empty()
                && text.len() <= 64
                && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'.')
        };
        self.name.split_once(':').is_some_and(|(prefix, name)| {
            part(prefix) && part(name) && Tier::ALL.iter().all(|tier| tier.name() != prefix)
        })
    }
}

/// A declared permission of the host, to ask a policy that registered it.
///
/// A policy that did not register it refuses it ([`DeniedReason::Unregistered`](super::DeniedReason::Unregistered)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPermission {
    id: u16,
    def: &'static HostPermissionDef,
}

impl HostPermission {
    /// The declared permission at place `id` of the list that is registered.
    ///
    /// A wrong place is no danger: the policy compares the declarations and refuses what differs.
    pub const fn new(id: u16, def: &'static HostPermissionDef) -> Self {
        Self { id, def }
    }

    /// Its place in the registered list.
    pub const fn id(&self) -> u16 {
        self.id
    }

    /// The whole name, such as `school:grade.enter`.
    pub const fn name(&self) -> &'static str {
        self.def.name
    }

    /// Which of a person's roles decides.
    pub const fn tier(&self) -> Tier {
        self.def.tier
    }

    /// What it permits, in Korean.
    pub const fn label_ko(&self) -> &'static str {
        self.def.label_ko
    }

    /// What it permits, in English.
    pub const fn label_en(&self) -> &'static str {
        self.def.label_en
    }

    /// Whether it is this very declaration; the pointers differ where a constant was copied.
    pub(super) fn is(&self, def: &'static HostPermissionDef) -> bool {
        std::ptr::eq(self.def, def) || self.def == def
    }
}

impl From<HostPermission> for super::Permission {
    fn from(permission: HostPermission) -> Self {
        Self::Host(permission)
    }
}
