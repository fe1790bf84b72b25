//! From statements to rules: looks every name up, refuses what has none, and works out roles and groups.

use std::{collections::HashMap, fmt};

use super::{
    bits::Bits,
    host::{HostPermission, HostPermissionDef},
    name::UnknownName,
    parse::{Line, Statement, quoted},
    permission::{Permission, Tier},
    problem::{Place, PolicyFile, Problem, ProblemKind},
    restraint::Restraint,
    role::Role,
};

/// How deep groups may stand in each other; casbin follows ten.
const DEEPEST: usize = 8;

/// How many permissions a host may declare.
const MOST_HOST_PERMISSIONS: u16 = 1024;

/// The three groups that every permission is in exactly one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Restricted,
    Barred,
    Kept,
}

impl Class {
    const ALL: [Self; 3] = [Self::Restricted, Self::Barred, Self::Kept];

    const fn name(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Barred => "barred",
            Self::Kept => "kept",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// The group that a person's own grants and denials are given to.
const ADMIN_GROUP: &str = "admin";

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
    pub(super) rules: Vec<Rule>,
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
        let rules = rules(lines, &names, &groups, problems);
        drop(names);
        Self { permissions, rules, inherits, classes }
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
struct Names<'p> {
    places: HashMap<&'static str, usize>,
    permissions: &'p [Permission],
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

/// Groups of permissions by name.
struct Groups<'a> {
    ids: HashMap<&'a str, usize>,
    names: Vec<&'a str>,
    /// Groups in groups: the inner, the outer.
    nested: Vec<(usize, usize)>,
    /// Permissions in groups: the permission's place, the group, the line.
    direct: Vec<(usize, usize, Place)>,
    /// What is in each group, through others too.
    members: Vec<Bits>,
    /// Permissions whose group was not recognised, which has been said already.
    doubtful: Bits,
}

impl<'a> Groups<'a> {
    fn read(lines: &[Line<'a>], names: &Names<'_>, problems: &mut Vec<Problem>) -> Self {
        let mut groups = Self {
            ids: HashMap::new(),
            names: Vec::new(),
            nested: Vec::new(),
            direct: Vec::new(),
            members: Vec::new(),
            doubtful: Bits::default(),
        };
        let mut used: HashMap<&str, ()> = HashMap::new();
        for line in lines {
            match line.statement {
                Statement::Rule { object, .. } => drop(used.insert(object, ())),
                Statement::In { item, .. } => drop(used.insert(item, ())),
                Statement::Inherits { .. } => {}
            }
        }
        let filled: HashMap<&str, ()> = lines
            .iter()
            .filter_map(|line| match line.statement {
                Statement::In { group, .. } => Some((group, ())),
                _ => None,
            })
            .collect();
        for line in lines {
            let Statement::In { item, group } = line.statement else { continue };
            let place = line.place;
            let mut refuse = |kind| problems.push(Problem { place, kind });
            let permission = names.places.get(item).copied();
            let built_in = group == ADMIN_GROUP || Class::named(group).is_some();
            if !group.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') || group.is_empty() {
                refuse(ProblemKind::GroupName { found: quoted(group) });
            } else if !built_in && !used.contains_key(group) {
                let known = Class::ALL.map(Class::name).into_iter().chain([ADMIN_GROUP]);
                let known = known.chain(used.keys().copied().filter(|name| !name.contains(':')));
                let nearest = UnknownName::new("group", group, known).nearest().map(str::to_owned);
                refuse(ProblemKind::Group { found: quoted(group), nearest });
            } else if let Some(permission) = permission {
                let id = groups.id(group);
                groups.direct.push((permission, id, place));
                continue;
            } else if filled.contains_key(item) {
                groups.nest(item, group, place, problems);
                continue;
            } else {
                refuse(names.unknown_object(item, &filled));
            }
            if let Some(permission) = permission {
                groups.doubtful.insert(permission);
            }
        }
        groups.fill(lines, problems);
        groups
    }

    fn id(&mut self, name: &'a str) -> usize {
        let next = self.names.len();
        let id = *self.ids.entry(name).or_insert(next);
        if id == next {
            self.names.push(name);
        }
        id
    }

    fn nest(&mut self, inner: &'a str, outer: &'a str, place: Place, problems: &mut Vec<Problem>) {
        if let (Some(inner), Some(outer)) = (Class::named(inner), Class::named(outer))
            && inner != outer
            && (inner, outer) != (Class::Restricted, Class::Barred)
        {
            let kind = ProblemKind::ClassInClass { inner: inner.name(), outer: outer.name() };
            problems.push(Problem { place, kind });
            return;
        }
        let (inner_id, outer_id) = (self.id(inner), self.id(outer));
        if self.stands_in(outer_id, inner_id) {
            problems.push(Problem { place, kind: ProblemKind::GroupCycle { group: quoted(inner) } });
        } else {
            self.nested.push((inner_id, outer_id));
        }
    }

    /// Whether a group is another, or in it through any number of groups.
    fn stands_in(&self, group: usize, wanted: usize) -> bool {
        let mut seen = Bits::default();
        let mut open = vec![group];
        while let Some(group) = open.pop() {
            if group == wanted {
                return true;
            }
            if !seen.contains(group) {
                seen.insert(group);
                open.extend(self.nested.iter().filter(|(inner, _)| *inner == group).map(|(_, outer)| *outer));
            }
        }
        false
    }

    /// Puts the members of inner groups into the outer ones, a level a round.
    fn fill(&mut self, lines: &[Line<'_>], problems: &mut Vec<Problem>) {
        self.members = vec![Bits::default(); self.names.len()];
        for (permission, group, _) in &self.direct {
            if let Some(members) = self.members.get_mut(*group) {
                members.insert(*permission);
            }
        }
        for _ in 0..DEEPEST {
            if self.fill_a_level().is_none() {
                return;
            }
        }
        if let Some(group) = self.fill_a_level() {
            let name = self.names.get(group).copied().unwrap_or_default();
            let line = lines.iter().find(|line| matches!(line.statement, Statement::In { group, .. } if group == name));
            if let Some(line) = line {
                problems.push(Problem { place: line.place, kind: ProblemKind::TooDeep { group: quoted(name) } });
            }
        }
    }

    /// One level; a group that it changed.
    fn fill_a_level(&mut self) -> Option<usize> {
        let before = self.members.clone();
        let mut changed = None;
        for (inner, outer) in &self.nested {
            if let (Some(inner), Some(members)) = (before.get(*inner), self.members.get_mut(*outer))
                && members.insert_all(inner)
            {
                changed = Some(*outer);
            }
        }
        changed
    }

    fn members(&self, group: &str) -> Option<&Bits> {
        self.ids.get(group).and_then(|id| self.members.get(*id)).filter(|members| !members.is_empty())
    }

    /// The classes that a group stands in, the nearest on each way up.
    fn nearest_classes(&self, group: usize) -> [bool; 3] {
        let mut found = [false; 3];
        let mut seen = Bits::default();
        let mut open = vec![group];
        while let Some(group) = open.pop() {
            if seen.contains(group) {
                continue;
            }
            seen.insert(group);
            let class = self.names.get(group).and_then(|name| Class::named(name));
            match class.and_then(|class| found.get_mut(class as usize)) {
                Some(found) => *found = true,
                None => open.extend(self.nested.iter().filter(|(inner, _)| *inner == group).map(|(_, outer)| *outer)),
            }
        }
        found
    }

    /// The class of each permission; none and several are problems.
    fn classes(
        &self,
        lines: &[Line<'_>],
        names: &Names<'_>,
        end: Place,
        problems: &mut Vec<Problem>,
    ) -> Vec<Option<Class>> {
        let of_group: Vec<[bool; 3]> = (0..self.names.len()).map(|group| self.nearest_classes(group)).collect();
        let mut found: Vec<([bool; 3], Option<Place>)> = vec![([false; 3], None); names.permissions.len()];
        for (permission, group, place) in &self.direct {
            let (Some((classes, last)), Some(added)) = (found.get_mut(*permission), of_group.get(*group)) else {
                continue;
            };
            for (has, more) in classes.iter_mut().zip(added) {
                *has |= *more;
                if *more {
                    *last = Some(*place);
                }
            }
        }
        let mut classes = Vec::with_capacity(found.len());
        for (index, (permission, (in_class, last))) in names.permissions.iter().zip(found).enumerate() {
            let mut chosen = Class::ALL.into_iter().zip(in_class).filter(|(_, has)| *has).map(|(class, _)| class);
            let class = chosen.next();
            let permission = *permission;
            if chosen.next().is_some() {
                let kind = ProblemKind::TwoClasses { permission };
                problems.push(Problem { place: last.unwrap_or(end), kind });
                classes.push(None);
                continue;
            }
            if class.is_none() && !self.doubtful.contains(index) {
                let place = first_named(lines, permission.full_name()).unwrap_or(end);
                problems.push(Problem { place, kind: ProblemKind::NoClass { permission } });
            }
            classes.push(class);
        }
        classes
    }
}

/// The first line that names a permission.
fn first_named(lines: &[Line<'_>], name: &str) -> Option<Place> {
    let named = |line: &&Line<'_>| match line.statement {
        Statement::Rule { object: item, .. } | Statement::In { item, .. } => item == name,
        Statement::Inherits { .. } => false,
    };
    lines.iter().find(named).map(|line| line.place)
}

impl Names<'_> {
    fn unknown_object(&self, found: &str, groups: &HashMap<&str, ()>) -> ProblemKind {
        let permissions = self.permissions.iter().map(|permission| -> &str { permission.full_name() });
        let known = permissions.chain(groups.keys().copied());
        let nearest = UnknownName::new("permission", found, known).nearest().map(str::to_owned);
        ProblemKind::Object { found: quoted(found), nearest }
    }
}

fn rules(lines: &[Line<'_>], names: &Names<'_>, groups: &Groups<'_>, problems: &mut Vec<Problem>) -> Vec<Rule> {
    let known_groups: HashMap<&str, ()> = groups.names.iter().map(|name| (*name, ())).collect();
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
