//! From statements to rules: looks every name up, refuses what has none, and works out roles and groups.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use super::{
    bits::Bits,
    groups::{Class, Groups},
    host::{HostPermission, HostPermissionDef},
    name::UnknownName,
    parse::{Line, Statement, quoted},
    permission::{Permission, Tier},
    problem::{Place, PolicyFile, Problem, ProblemKind},
    restraint::Restraint,
    role::Role,
};

/// How many permissions a host may declare.
const MOST_HOST_PERMISSIONS: u16 = 1024;

/// Whom a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Role(Role),
    Restraint(Restraint),
    Granted,
    Withheld,
}

impl Subject {
    fn named(name: &str) -> Option<Self> {
        match name {
            "granted" => Some(Self::Granted),
            "withheld" => Some(Self::Withheld),
            _ if name.contains(':') => Role::ALL.into_iter().find(|role| is_role(name, *role)).map(Self::Role),
            _ => Restraint::ALL.into_iter().find(|known| known.name() == name).map(Self::Restraint),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => role.fmt(f),
            Self::Restraint(restraint) => restraint.fmt(f),
            Self::Granted => f.write_str("granted"),
            Self::Withheld => f.write_str("withheld"),
        }
    }
}

/// A rule with all names looked up.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) place: Place,
    pub(super) subject: Subject,
    /// The permission or group as the file names it.
    pub(super) object: Box<str>,
    pub(super) permissions: Bits,
    pub(super) allow: bool,
}

/// All rules of a policy.
#[derive(Debug)]
pub(super) struct Rules {
    /// Every permission, by its place in the table.
    pub(super) permissions: Vec<Permission>,
    pub(super) list: Vec<Rule>,
    /// For each role, by its place, the bits of the roles whose rules hold for it: itself and what it inherits.
    pub(super) inherits: [u16; Role::ALL.len()],
    /// The class of each permission that is in exactly one, by its place.
    pub(super) classes: Vec<Option<Class>>,
}

impl Rules {
    /// Looks up every name; what is wrong goes to `problems`, and only without any are the rules whole.
    pub(super) fn read(
        lines: &[Line<'_>],
        host: &'static [HostPermissionDef],
        end: Place,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut permissions: Vec<Permission> = Permission::all().collect();
        permissions.extend(host_permissions(host, problems));
        let places = permissions.iter().enumerate().map(|(place, permission)| (permission.full_name(), place));
        let names = Names { places: places.collect(), permissions: &permissions };

        duplicates(lines, problems);
        let inherits = roles(lines, problems);
        let groups = Groups::read(lines, &names, problems);
        let classes = groups.classes(lines, &names, end, problems);
        let list = rules(lines, &names, &groups, problems);
        drop(names);
        Self { permissions, list, inherits, classes }
    }
}

/// The permissions that a program declares, those with good names only.
pub(super) fn host_permissions(host: &'static [HostPermissionDef], problems: &mut Vec<Problem>) -> Vec<Permission> {
    let mut all: Vec<Permission> = Vec::new();
    for (id, def) in (0..).zip(host) {
        let place = Place { file: PolicyFile::HostPermissions, line: u32::from(id) + 1 };
        if id >= MOST_HOST_PERMISSIONS {
            problems.push(Problem { place, kind: ProblemKind::HostCount });
            break;
        }
        if !def.has_good_name() || all.iter().any(|other| other.name() == def.name) {
            let kind = ProblemKind::HostName { found: quoted(def.name) };
            problems.push(Problem { place, kind });
        }
        all.push(HostPermission::new(id, def).into());
    }
    all
}

/// Every permission by its name.
pub(super) struct Names<'p> {
    pub(super) places: HashMap<&'static str, usize>,
    pub(super) permissions: &'p [Permission],
}

impl Names<'_> {
    pub(super) fn unknown_object(&self, found: &str, groups: &HashSet<&str>) -> ProblemKind {
        let permissions = self.permissions.iter().map(|permission| -> &str { permission.full_name() });
        let known = permissions.chain(groups.iter().copied());
        let nearest = UnknownName::new("permission", found, known).nearest().map(str::to_owned);
        ProblemKind::Object { found: quoted(found), nearest }
    }
}

fn is_role(name: &str, role: Role) -> bool {
    name.split_once(':').is_some_and(|(tier, rest)| tier == role.tier().name() && rest == role.name())
}

fn duplicates<'a>(lines: &[Line<'a>], problems: &mut Vec<Problem>) {
    let mut seen: HashMap<Statement<'a>, Place> = HashMap::with_capacity(lines.len());
    for line in lines {
        let said = match line.statement {
            // Both effects for one thing are a slip as well.
            Statement::Rule { subject, object, .. } => Statement::Rule { subject, object, effect: "" },
            other => other,
        };
        if let Some(first) = seen.get(&said) {
            problems.push(Problem { place: line.place, kind: ProblemKind::Duplicate { first: *first } });
        } else {
            seen.insert(said, line.place);
        }
    }
}

fn roles(lines: &[Line<'_>], problems: &mut Vec<Problem>) -> [u16; Role::ALL.len()] {
    let mut inherits = Role::ALL.map(Role::bit);
    for line in lines {
        let Statement::Inherits { role, inherits: lower } = line.statement else { continue };
        let mut look = |name: &str| {
            let found = Role::ALL.into_iter().find(|role| is_role(name, *role));
            if found.is_none() {
                let all = Role::ALL.map(|role| role.to_string());
                let unknown = UnknownName::new("role", name, all.iter().map(String::as_str));
                let kind = ProblemKind::Role { found: quoted(name), nearest: unknown.nearest().map(str::to_owned) };
                problems.push(Problem { place: line.place, kind });
            }
            found
        };
        let (Some(role), Some(lower)) = (look(role), look(lower)) else { continue };
        let of = |role: Role| inherits.get(role.index()).copied().unwrap_or(0);
        let kind = if of(lower) & role.bit() != 0 {
            Some(ProblemKind::RoleCycle { role, inherits: lower })
        } else if lower.tier() != role.tier() || lower > role {
            Some(ProblemKind::InheritsHigher { role, inherits: lower })
        } else {
            None
        };
        if let Some(kind) = kind {
            problems.push(Problem { place: line.place, kind });
            continue;
        }
        // Whoever has this role has now the lower one's too.
        let gained = of(lower);
        for all in &mut inherits {
            if *all & role.bit() != 0 {
                *all |= gained;
            }
        }
    }
    inherits
}

fn rules(lines: &[Line<'_>], names: &Names<'_>, groups: &Groups<'_>, problems: &mut Vec<Problem>) -> Vec<Rule> {
    let known_groups: HashSet<&str> = groups.names.iter().copied().collect();
    let mut all = Vec::with_capacity(lines.len());
    for line in lines {
        let Statement::Rule { subject: subject_name, object, effect } = line.statement else { continue };
        let mut refuse = |kind| problems.push(Problem { place: line.place, kind });
        let subject = Subject::named(subject_name);
        if subject.is_none() {
            refuse(unknown_subject(subject_name));
        }
        let allow = match effect {
            "allow" => Some(true),
            "deny" => Some(false),
            other => {
                refuse(ProblemKind::Effect { found: quoted(other) });
                None
            }
        };
        let one = names.places.get(object).copied();
        let permissions = match one {
            Some(place) => {
                let mut bits = Bits::default();
                bits.insert(place);
                Some(bits)
            }
            None => groups.members(object).cloned(),
        };
        if permissions.is_none() {
            refuse(names.unknown_object(object, &known_groups));
        }
        let (Some(subject), Some(allow), Some(permissions)) = (subject, allow, permissions) else { continue };
        let (expected, tier) = match subject {
            Subject::Role(role) => (None, Some(role.tier())),
            Subject::Restraint(_) => (Some(false), None),
            Subject::Granted => (Some(true), Some(Tier::Admin)),
            Subject::Withheld => (Some(false), Some(Tier::Admin)),
        };
        if expected.is_some_and(|expected| expected != allow) {
            let expected = if allow { "deny" } else { "allow" };
            refuse(ProblemKind::EffectOfSubject { subject: subject.to_string(), expected });
            continue;
        }
        // A denial of a whole group may go beyond the tier: it takes nothing there that could be had.
        if let Some(tier) = tier.filter(|_| allow || one.is_some()) {
            let other =
                permissions.iter().filter_map(|place| names.permissions.get(place)).find(|it| it.tier() != tier);
            if let Some(permission) = other {
                let kind = ProblemKind::OtherTier { subject: subject.to_string(), permission: *permission, tier };
                refuse(kind);
                continue;
            }
        }
        all.push(Rule { place: line.place, subject, object: object.into(), permissions, allow });
    }
    all
}

fn unknown_subject(found: &str) -> ProblemKind {
    let roles = Role::ALL.map(|role| role.to_string());
    let known = roles.iter().map(String::as_str).chain(Restraint::ALL.map(Restraint::name));
    let known = known.chain(["granted", "withheld"]);
    let nearest = UnknownName::new("subject", found, known).nearest().map(str::to_owned);
    ProblemKind::Subject { found: quoted(found), nearest }
}
