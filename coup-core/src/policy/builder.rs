//! A policy as a host wants it: its own files, permissions of its own, and less than the rules give.

use std::fmt::Write as _;

use super::{
    decide::{Compiled, Policy},
    host::HostPermissionDef,
    parse::{self, MODEL, POLICY, Statement},
    permission::Permission,
    problem::{Place, PolicyErrors, PolicyFile, Problem, ProblemKind},
    role::Role,
    rules::Rules,
    soundness,
    table::{Entry, compile, grounds},
};

/// Puts a policy together. Without any call it is the built-in one.
///
/// ```
/// use coup_core::policy::{HostPermission, HostPermissionDef, Policy, Role, StudyPermission, StudyRole, Tier};
///
/// static SCHOOL: [HostPermissionDef; 1] = [HostPermissionDef {
///     name: "school:grade.enter",
///     tier: Tier::Study,
///     label_ko: "성적 입력",
///     label_en: "enter grades",
/// }];
/// const GRADE_ENTER: HostPermission = HostPermission::new(0, &SCHOOL[0]);
///
/// let policy = Policy::builder()
///     .host_permissions(&SCHOOL)
///     .lines("p, study:OWNER, school:grade.enter, allow\ng2, school:grade.enter, restricted\n")
///     .only(StudyPermission::MessageAttach, Role::Study(StudyRole::Admin))
///     .nobody(StudyPermission::CallShareScreen)
///     .build()?;
/// assert_eq!(policy.least(GRADE_ENTER), Some(Role::Study(StudyRole::Owner)));
/// assert_eq!(policy.least(StudyPermission::MessageAttach), Some(Role::Study(StudyRole::Admin)));
/// assert_eq!(policy.least(StudyPermission::CallShareScreen), None);
/// # Ok::<(), coup_core::policy::PolicyErrors>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct PolicyBuilder {
    model: Option<String>,
    policy: Option<String>,
    overlay: Overlay,
}

/// What a program lays over the files; it stays when files are loaded anew.
#[derive(Debug, Clone, Default)]
pub(super) struct Overlay {
    host: &'static [HostPermissionDef],
    lines: String,
    narrowings: Vec<Narrowing>,
}

/// Only this role and higher ones keep a permission; without one nobody does.
#[derive(Debug, Clone, Copy)]
struct Narrowing {
    permission: Permission,
    least: Option<Role>,
}

impl PolicyBuilder {
    pub(super) fn over(overlay: Overlay) -> Self {
        Self { model: None, policy: None, overlay }
    }

    /// Files that replace the built-in ones.
    #[must_use]
    pub fn files(mut self, model: impl Into<String>, policy: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self.policy = Some(policy.into());
        self
    }

    /// Permissions of the host's own. The rules must place each of them.
    #[must_use]
    pub fn host_permissions(mut self, host: &'static [HostPermissionDef]) -> Self {
        self.overlay.host = host;
        self
    }

    /// Rules to add to those of the file, in its format.
    #[must_use]
    pub fn lines(mut self, lines: &str) -> Self {
        self.overlay.lines.push_str(lines);
        self.overlay.lines.push('\n');
        self
    }

    /// Leaves a permission to a role and the higher ones, of those that have it. Never gives it to anybody.
    ///
    /// A person's own extra grant of an administrator permission stays possible; [`PolicyBuilder::nobody`] ends it too.
    #[must_use]
    pub fn only(mut self, permission: impl Into<Permission>, least: Role) -> Self {
        self.overlay.narrowings.push(Narrowing { permission: permission.into(), least: Some(least) });
        self
    }

    /// Takes a permission from everybody.
    #[must_use]
    pub fn nobody(mut self, permission: impl Into<Permission>) -> Self {
        self.overlay.narrowings.push(Narrowing { permission: permission.into(), least: None });
        self
    }

    /// Checks and compiles it all.
    ///
    /// # Errors
    /// Everything that is wrong, each with line and reason.
    pub fn build(self) -> Result<Policy, PolicyErrors> {
        let model = self.model.unwrap_or_else(|| MODEL.to_owned());
        let mut problems = Vec::new();
        parse::check_model(&model, &mut problems);
        let mut texts = Texts {
            policy: self.policy.unwrap_or_else(|| POLICY.to_owned()),
            lines: self.overlay.lines.clone(),
            narrowing: String::new(),
        };
        let mut rules = texts.read(self.overlay.host, &mut problems);
        PolicyErrors::refuse(std::mem::take(&mut problems))?;
        let mut entries = compile(&rules);
        for (number, narrowing) in (1..).zip(&self.overlay.narrowings) {
            let place = Place { file: PolicyFile::Narrowing, line: number };
            match narrow(&mut texts, &rules, &entries, self.overlay.host, *narrowing) {
                Ok((narrowed, compiled)) => (rules, entries) = (narrowed, compiled),
                Err(reason) => {
                    let kind = ProblemKind::CannotNarrow { permission: narrowing.permission, reason };
                    problems.push(Problem { place, kind });
                }
            }
        }
        soundness::check(&rules, &entries, texts.end(), &mut problems);
        PolicyErrors::refuse(problems)?;
        Ok(Policy::compiled(Compiled {
            grounds: grounds(&rules, &entries).into(),
            entries: entries.into(),
            host: self.overlay.host,
            rules,
            model,
            text: texts.whole(),
            overlay: self.overlay,
        }))
    }
}

/// Everything that is wrong with a pair of files; nothing if a policy can be made of them.
pub fn check(model: &str, policy: &str, host: &'static [HostPermissionDef]) -> Vec<Problem> {
    Policy::load(model, policy, host).err().map(|errors| errors.problems().to_vec()).unwrap_or_default()
}

/// The rules' texts, which casbin reads one after the other.
#[derive(Clone)]
struct Texts {
    policy: String,
    lines: String,
    narrowing: String,
}

impl Texts {
    fn read(&self, host: &'static [HostPermissionDef], problems: &mut Vec<Problem>) -> Rules {
        let mut lines = parse::statements(PolicyFile::Policy, &self.policy, problems);
        lines.extend(parse::statements(PolicyFile::HostLines, &self.lines, problems));
        lines.extend(parse::statements(PolicyFile::Narrowing, &self.narrowing, problems));
        Rules::read(&lines, host, self.end(), problems)
    }

    /// The last line of the file: where one would be added.
    fn end(&self) -> Place {
        Place { file: PolicyFile::Policy, line: parse::last_line(&self.policy) }
    }

    fn whole(&self) -> String {
        let mut all = self.policy.clone();
        for more in [&self.lines, &self.narrowing] {
            if !more.trim().is_empty() {
                if !all.ends_with('\n') {
                    all.push('\n');
                }
                all.push_str(more);
            }
        }
        all
    }

    /// Makes comments of the rules that name this permission for a role.
    fn silence(&mut self, permission: Permission) {
        for text in [&mut self.policy, &mut self.lines, &mut self.narrowing] {
            let mut kept = String::with_capacity(text.len());
            for line in text.split_inclusive('\n') {
                let says = parse::statements(PolicyFile::HostLines, line, &mut Vec::new());
                let named = says.first().is_some_and(|line| {
                    matches!(line.statement, Statement::Rule { subject, object, .. }
                        if object == permission.full_name() && subject.parse::<Role>().is_ok())
                });
                if named {
                    kept.push_str("# narrowed: ");
                }
                kept.push_str(line);
            }
            *text = kept;
        }
    }
}

/// Rewrites the rules so that only the wanted roles of those that have a permission keep it.
fn narrow(
    texts: &mut Texts,
    rules: &Rules,
    entries: &[Entry],
    host: &'static [HostPermissionDef],
    Narrowing { permission, least }: Narrowing,
) -> Result<(Rules, Vec<Entry>), &'static str> {
    if rules.permissions.get(permission.index()) != Some(&permission) {
        return Err("this policy does not know it");
    }
    if least.is_some_and(|least| least.tier() != permission.tier()) {
        return Err("the role is of another tier");
    }
    let had = entries.get(permission.index()).copied().unwrap_or_default();
    let keeps = |role: Role| least.is_some_and(|least| role >= least) && had.has(role);
    let mut narrowed = texts.clone();
    narrowed.silence(permission);
    let mut inherited = 0;
    for role in Role::of(permission.tier()) {
        let below = rules.inherits.get(role.index()).copied().unwrap_or(0);
        let effect = if keeps(role) {
            inherited |= role.bit();
            "allow"
        } else if least.is_none() || below & inherited != 0 {
            "deny"
        } else {
            continue;
        };
        _ = writeln!(narrowed.narrowing, "p, {role}, {permission}, {effect}");
    }
    let mut problems = Vec::new();
    let rules = narrowed.read(host, &mut problems);
    let entries = compile(&rules);
    let entry = entries.get(permission.index()).copied().unwrap_or_default();
    if !problems.is_empty() || Role::of(permission.tier()).any(|role| entry.has(role) != keeps(role)) {
        return Err("a rule for a whole group of permissions decides it");
    }
    *texts = narrowed;
    Ok((rules, entries))
}
