//! May a role do that, and by which rules.

use std::fmt::{self, Write as _};

use super::{
    decide::{Case, Policy},
    language::Language,
    permission::Permission,
    problem::Place,
    role::Role,
    rules::Subject,
    table::Extra,
};

/// A decision with the rules that it was made by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    allowed: bool,
    asked: String,
    label_ko: &'static str,
    label_en: &'static str,
    met: Vec<MetRule>,
    least: Option<Role>,
}

/// A rule that a request meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetRule {
    /// Where it stands.
    pub place: Place,
    /// Whether it allows; else it denies.
    pub allows: bool,
    /// The rule as the file has it.
    pub text: String,
    /// The role that it is inherited from.
    pub inherited_from: Option<Role>,
    /// The group of permissions that it is met through.
    pub through: Option<String>,
}

impl Explanation {
    /// The decision.
    pub fn allowed(&self) -> bool {
        self.allowed
    }

    /// The rules that are met, denials first, since one beats every allowance.
    pub fn met(&self) -> &[MetRule] {
        &self.met
    }

    /// The lowest role that has the permission.
    pub fn least(&self) -> Option<Role> {
        self.least
    }

    /// All of it in words.
    pub fn in_words(&self, language: Language) -> String {
        let mut text = String::new();
        let ko = language == Language::Ko;
        let label = if ko { self.label_ko } else { self.label_en };
        let decision = match (ko, self.allowed) {
            (true, true) => "허용",
            (true, false) => "거부",
            (false, true) => "allow",
            (false, false) => "deny",
        };
        _ = writeln!(text, "{} ({label}): {decision}", self.asked);
        for rule in &self.met {
            let effect = match (ko, rule.allows) {
                (true, true) => "허용하는 규칙",
                (true, false) => "거부하는 규칙",
                (false, true) => "allowed by",
                (false, false) => "denied by",
            };
            _ = write!(text, "  {effect} {}: {}", rule.place, rule.text);
            if let Some(role) = rule.inherited_from {
                _ = if ko {
                    write!(text, " ({role}에게서 물려받음)")
                } else {
                    write!(text, " (inherited from {role})")
                };
            }
            if let Some(group) = &rule.through {
                _ = if ko { write!(text, " ({group} 묶음에 속함)") } else { write!(text, " (it is in {group})") };
            }
            text.push('\n');
        }
        if !self.met.iter().any(|rule| rule.allows) {
            _ = match (ko, self.least) {
                (true, Some(role)) => {
                    writeln!(text, "  허용하는 규칙이 없습니다. 이 권한이 있는 가장 낮은 역할: {role}")
                }
                (true, None) => writeln!(text, "  허용하는 규칙이 없습니다. 이 권한이 있는 역할이 없습니다."),
                (false, Some(role)) => writeln!(text, "  no rule allows it; the lowest role that has it is {role}"),
                (false, None) => writeln!(text, "  no rule allows it; no role has it"),
            };
        }
        text
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words(Language::En))
    }
}

impl Policy {
    /// Whether a request of the model is allowed, and by which rules.
    ///
    /// ```
    /// use coup_core::policy::{Case, Extra, Policy, Restraint, Role, StudyPermission, StudyRole};
    ///
    /// let case = Case {
    ///     role: Role::Study(StudyRole::Member),
    ///     extra: Extra::None,
    ///     restraints: &[Restraint::ChatBan],
    ///     permission: StudyPermission::MessageSend.into(),
    /// };
    /// let explanation = Policy::built_in().explain(&case);
    /// assert!(!explanation.allowed());
    /// assert_eq!(explanation.met()[0].text, "p, CHAT_BAN, study:message.send, deny");
    /// ```
    pub fn explain(&self, case: &Case<'_>) -> Explanation {
        let restraints = case.restraints.iter().fold(0, |bits, restraint| bits | restraint.bit());
        let permission: Permission = case.permission;
        let known = self.entry(permission).is_some();
        let rules = self.inner().rules.met(case.role, case.extra, restraints, permission).filter(|_| known);
        let mut met: Vec<MetRule> = rules
            .map(|rule| MetRule {
                place: rule.place,
                allows: rule.allow,
                text: format!("p, {}, {}, {}", rule.subject, rule.object, if rule.allow { "allow" } else { "deny" }),
                inherited_from: match rule.subject {
                    Subject::Role(role) if role != case.role => Some(role),
                    _ => None,
                },
                through: Some(rule.object.to_string()).filter(|object| object != permission.full_name()),
            })
            .collect();
        met.sort_by_key(|rule| rule.allows);
        let mut asked = format!("{} → {permission}", case.role);
        for restraint in case.restraints {
            _ = write!(asked, " + {restraint}");
        }
        if case.extra != Extra::None {
            _ = write!(asked, " + {}", case.extra.name());
        }
        Explanation {
            allowed: self.answers(case),
            asked,
            label_ko: permission.label_ko(),
            label_en: permission.label_en(),
            met,
            least: self.least(permission),
        }
    }
}
