//! Who gains and who loses what, from one policy to another.

use std::fmt::{self, Write as _};

use super::{
    decide::Policy, language::Language, permission::Permission, restraint::Restraint, role::Role, table::Entry,
};

/// All differences of decisions between two policies; files that differ and decide alike have none.
///
/// ```
/// use coup_core::policy::{Language, Policy, PolicyDiff, Role, StudyPermission, StudyRole};
///
/// let old = Policy::built_in();
/// let new = Policy::builder().only(StudyPermission::CallSpeak, Role::Study(StudyRole::Admin)).build()?;
/// assert_eq!(
///     PolicyDiff::between(&old, &new).in_words(Language::En),
///     "study:MEMBER loses study:call.speak (speak in a call)\n"
/// );
/// # Ok::<(), coup_core::policy::PolicyErrors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDiff(Vec<PolicyChange>);

/// One difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyChange {
    /// Whose decision.
    pub who: Affected,
    /// About what.
    pub permission: Permission,
    /// Whether people may more: a role gains it, a sanction no longer takes it.
    pub widens: bool,
}

/// Whose decision changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Affected {
    /// A role has it now, or no longer.
    Role(Role),
    /// A sanction takes it now, or no longer.
    Restraint(Restraint),
    /// A person's extra grant gives it now, or no longer.
    Granted,
    /// A person's denial denies it now, or no longer.
    Withheld,
}

impl PolicyDiff {
    /// What changes from the old to the new.
    pub fn between(old: &Policy, new: &Policy) -> Self {
        let mut permissions: Vec<Permission> = new.permissions().collect();
        let gone = old.permissions().filter(|permission| !new.permissions().any(|other| same(*permission, other)));
        permissions.extend(gone);
        let mut changes = Vec::new();
        for permission in permissions {
            let (before, after) = (entry_in(old, permission), entry_in(new, permission));
            for role in Role::of(permission.tier()) {
                push(&mut changes, Affected::Role(role), permission, before.has(role), after.has(role));
            }
            push(&mut changes, Affected::Granted, permission, before.granted, after.granted);
            push(&mut changes, Affected::Withheld, permission, !before.withheld, !after.withheld);
            for restraint in Restraint::ALL {
                push(
                    &mut changes,
                    Affected::Restraint(restraint),
                    permission,
                    !before.takes(restraint),
                    !after.takes(restraint),
                );
            }
        }
        Self(changes)
    }

    /// Each difference, by permission.
    pub fn changes(&self) -> &[PolicyChange] {
        &self.0
    }

    /// Whether both decide alike.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A line a difference.
    pub fn in_words(&self, language: Language) -> String {
        let mut text = String::new();
        for change in &self.0 {
            change.line(language, &mut text);
            text.push('\n');
        }
        if self.is_empty() {
            text.push_str(match language {
                Language::Ko => "달라지는 권한이 없습니다.\n",
                Language::En => "nobody gains or loses anything\n",
            });
        }
        text
    }
}

impl fmt::Display for PolicyDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words(Language::En))
    }
}

impl PolicyChange {
    fn line(&self, language: Language, text: &mut String) {
        let Self { who, permission, widens } = *self;
        _ = match language {
            Language::En => {
                let what = format!("{permission} ({})", permission.label_en());
                match (who, widens) {
                    (Affected::Role(role), true) => write!(text, "{role} gains {what}"),
                    (Affected::Role(role), false) => write!(text, "{role} loses {what}"),
                    (Affected::Restraint(it), true) => write!(text, "{it} no longer takes {what}"),
                    (Affected::Restraint(it), false) => write!(text, "{it} now takes {what}"),
                    (Affected::Granted, true) => write!(text, "an administrator's extra grant can now give {what}"),
                    (Affected::Granted, false) => write!(text, "an administrator's extra grant no longer gives {what}"),
                    (Affected::Withheld, true) => write!(text, "an administrator's denial no longer takes {what}"),
                    (Affected::Withheld, false) => write!(text, "an administrator's denial now takes {what}"),
                }
            }
            Language::Ko => {
                let what = format!("{permission} ({})", permission.label_ko());
                match (who, widens) {
                    (Affected::Role(role), true) => {
                        write!(text, "{role} ({}): {what} 권한을 얻습니다", role.label_ko())
                    }
                    (Affected::Role(role), false) => {
                        write!(text, "{role} ({}): {what} 권한을 잃습니다", role.label_ko())
                    }
                    (Affected::Restraint(it), true) => {
                        write!(text, "{it} ({}): {what} 권한을 더 이상 막지 않습니다", it.label_ko())
                    }
                    (Affected::Restraint(it), false) => {
                        write!(text, "{it} ({}): {what} 권한을 새로 막습니다", it.label_ko())
                    }
                    (Affected::Granted, true) => {
                        write!(text, "관리자 개인별 추가 허용: {what} 권한을 줄 수 있게 됩니다")
                    }
                    (Affected::Granted, false) => {
                        write!(text, "관리자 개인별 추가 허용: {what} 권한을 더 이상 줄 수 없습니다")
                    }
                    (Affected::Withheld, true) => {
                        write!(text, "관리자 개인별 거부: {what} 권한을 더 이상 막지 않습니다")
                    }
                    (Affected::Withheld, false) => write!(text, "관리자 개인별 거부: {what} 권한을 새로 막습니다"),
                }
            }
        };
    }
}

fn push(changes: &mut Vec<PolicyChange>, who: Affected, permission: Permission, before: bool, after: bool) {
    if before != after {
        changes.push(PolicyChange { who, permission, widens: after });
    }
}

/// One and the same permission, whichever policy registered it.
fn same(one: Permission, other: Permission) -> bool {
    one.full_name() == other.full_name() && one.tier() == other.tier()
}

fn entry_in(policy: &Policy, permission: Permission) -> Entry {
    let known = policy.permissions().find(|known| same(*known, permission));
    known.and_then(|known| policy.entry(known).copied()).unwrap_or_default()
}
