//! Groups of permissions: what is in each, and which of restricted, barred and kept each permission is in.

use std::collections::{HashMap, HashSet};

use super::{
    bits::Bits,
    name::UnknownName,
    parse::{Line, Statement, quoted},
    problem::{Place, Problem, ProblemKind},
    rules::Names,
};

/// How deep groups may stand in each other; casbin follows ten.
const DEEPEST: usize = 8;

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

/// Groups of permissions by name.
pub(super) struct Groups<'a> {
    ids: HashMap<&'a str, usize>,
    pub(super) names: Vec<&'a str>,
    /// Groups in groups: the inner, the outer.
    nested: Vec<(usize, usize)>,
    /// The same by the inner.
    outer: Vec<Vec<usize>>,
    /// Permissions in groups: the permission's place, the group, the line.
    direct: Vec<(usize, usize, Place)>,
    /// What is in each group, through others too.
    members: Vec<Bits>,
    /// Permissions whose group was not recognised, which has been said already.
    doubtful: Bits,
}

impl<'a> Groups<'a> {
    pub(super) fn read(lines: &[Line<'a>], names: &Names<'_>, problems: &mut Vec<Problem>) -> Self {
        let mut groups = Self {
            ids: HashMap::new(),
            names: Vec::new(),
            nested: Vec::new(),
            outer: Vec::new(),
            direct: Vec::new(),
            members: Vec::new(),
            doubtful: Bits::default(),
        };
        let mut used: HashSet<&str> = HashSet::new();
        for line in lines {
            match line.statement {
                Statement::Rule { object, .. } => _ = used.insert(object),
                Statement::In { item, .. } => _ = used.insert(item),
                Statement::Inherits { .. } => {}
            }
        }
        let filled: HashSet<&str> = lines
            .iter()
            .filter_map(|line| match line.statement {
                Statement::In { group, .. } => Some(group),
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
            } else if !built_in && !used.contains(group) {
                let known = Class::ALL.map(Class::name).into_iter().chain([ADMIN_GROUP]);
                let known = known.chain(used.iter().copied().filter(|name| !name.contains(':')));
                let nearest = UnknownName::new("group", group, known).nearest().map(str::to_owned);
                refuse(ProblemKind::Group { found: quoted(group), nearest });
            } else if let Some(permission) = permission {
                let id = groups.id(group);
                groups.direct.push((permission, id, place));
                continue;
            } else if filled.contains(item) {
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
            self.outer.push(Vec::new());
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
            if let Some(outer) = self.outer.get_mut(inner_id) {
                outer.push(outer_id);
            }
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
                open.extend(self.outer.get(group).into_iter().flatten());
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

    pub(super) fn members(&self, group: &str) -> Option<&Bits> {
        self.ids.get(group).and_then(|id| self.members.get(*id)).filter(|members| !members.is_empty())
    }

    /// The classes that each group stands in, the nearest on each way up.
    fn nearest_classes(&self) -> Vec<[bool; 3]> {
        let own: Vec<Option<Class>> = self.names.iter().map(|name| Class::named(name)).collect();
        let mut found: Vec<[bool; 3]> = own.iter().map(|own| Class::ALL.map(|class| *own == Some(class))).collect();
        // A level a round, as deep as groups may stand.
        for _ in 0..=DEEPEST {
            for (inner, outer) in &self.nested {
                let above = found.get(*outer).copied().unwrap_or_default();
                if let (Some(None), Some(classes)) = (own.get(*inner), found.get_mut(*inner)) {
                    for (has, more) in classes.iter_mut().zip(above) {
                        *has |= more;
                    }
                }
            }
        }
        found
    }

    /// The class of each permission; none and several are problems.
    pub(super) fn classes(
        &self,
        lines: &[Line<'_>],
        names: &Names<'_>,
        end: Place,
        problems: &mut Vec<Problem>,
    ) -> Vec<Option<Class>> {
        let of_group = self.nearest_classes();
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
