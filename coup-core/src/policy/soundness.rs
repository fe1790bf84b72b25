//! What a policy must hold whatever it says otherwise: slips here would let people do what nobody meant.

use super::{
    groups::Class,
    permission::{AdminPermission, GroupPermission, Permission, StudyPermission, Tier},
    problem::{Place, Problem, ProblemKind},
    restraint::Restraint,
    role::{Role, StudyRole},
    rules::{Rules, Subject},
    table::Entry,
};

/// Checks the compiled table. `end` is the place to name where no line is at fault but one is missing.
pub(super) fn check(rules: &Rules, entries: &[Entry], end: Place, problems: &mut Vec<Problem>) {
    kept_is_kept(rules, problems);
    for restraint in Restraint::ALL {
        takes_enough(rules, entries, restraint, end, problems);
    }
    denials_deny(entries, end, problems);
    nobody_acts_on_equal_rank(rules, entries, end, problems);
}

fn kept_is_kept(rules: &Rules, problems: &mut Vec<Problem>) {
    for rule in &rules.list {
        let Subject::Restraint(restraint) = rule.subject else { continue };
        let kept = rule.permissions.iter().find(|place| rules.classes.get(*place) == Some(&Some(Class::Kept)));
        if let Some(permission) = kept.and_then(|place| rules.permissions.get(place)) {
            let kind = ProblemKind::TakesKept { restraint, permission: *permission };
            problems.push(Problem { place: rule.place, kind });
        }
    }
}

fn takes_enough(rules: &Rules, entries: &[Entry], restraint: Restraint, end: Place, problems: &mut Vec<Problem>) {
    let must = |class: Option<Class>| match restraint {
        Restraint::Restriction => class == Some(Class::Restricted),
        Restraint::Suspension | Restraint::PermanentBan | Restraint::ConsentMissing => class != Some(Class::Kept),
        _ => false,
    };
    let narrow = !must(Some(Class::Restricted));
    let all = rules.permissions.iter().zip(entries).zip(&rules.classes);
    let mut left = all.filter(|((_, entry), class)| (narrow || must(**class)) && !entry.takes(restraint));
    let Some(((permission, _), _)) = left.next() else { return };
    let left = left.count() + 1;
    if narrow && left < rules.permissions.len() {
        return;
    }
    let line = rules.list.iter().find(|rule| rule.subject == Subject::Restraint(restraint));
    let kind = ProblemKind::TakesTooLittle { restraint, left, permission: *permission };
    problems.push(Problem { place: line.map_or(end, |rule| rule.place), kind });
}

fn denials_deny(entries: &[Entry], end: Place, problems: &mut Vec<Problem>) {
    let all = AdminPermission::ALL.iter().map(|permission| Permission::from(*permission));
    let mut left = all.filter(|permission| !entries.get(permission.index()).is_some_and(|entry| entry.withheld));
    if let Some(permission) = left.next() {
        let kind = ProblemKind::NotWithheld { left: left.count() + 1, permission };
        problems.push(Problem { place: end, kind });
    }
}

/// Permissions to act on people, and the highest role that those people can have.
fn acts_on_people() -> impl Iterator<Item = (Permission, StudyRole)> {
    let study = [
        (StudyPermission::MemberKickMember, StudyRole::Member),
        (StudyPermission::MemberPauseMember, StudyRole::Member),
        (StudyPermission::MemberAppointAdmin, StudyRole::Member),
        (StudyPermission::MemberKickAdmin, StudyRole::Admin),
        (StudyPermission::MemberPauseAdmin, StudyRole::Admin),
        (StudyPermission::MemberDismissAdmin, StudyRole::Admin),
        (StudyPermission::MemberTransferOwnership, StudyRole::Admin),
    ];
    let group = [
        (GroupPermission::MemberKickMember, StudyRole::Member),
        (GroupPermission::MemberAppointAdmin, StudyRole::Member),
        (GroupPermission::MemberKickAdmin, StudyRole::Admin),
        (GroupPermission::MemberDismissAdmin, StudyRole::Admin),
        (GroupPermission::MemberTransferOwnership, StudyRole::Admin),
    ];
    let study = study.into_iter().map(|(permission, highest)| (permission.into(), highest));
    study.chain(group.into_iter().map(|(permission, highest)| (permission.into(), highest)))
}

fn nobody_acts_on_equal_rank(rules: &Rules, entries: &[Entry], end: Place, problems: &mut Vec<Problem>) {
    for (permission, highest) in acts_on_people() {
        let on = if permission.tier() == Tier::Group { Role::Group(highest) } else { Role::Study(highest) };
        let Some(entry) = entries.get(permission.index()) else { continue };
        for role in Role::of(permission.tier()).filter(|role| *role <= on && entry.has(*role)) {
            let mut lines = rules.met(role, super::Extra::None, 0, permission).filter(|rule| rule.allow);
            let place = lines.next().map_or(end, |rule| rule.place);
            problems.push(Problem { place, kind: ProblemKind::NotLower { role, permission } });
        }
    }
}
