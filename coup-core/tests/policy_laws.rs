//! Laws that hold for every person, every permission and every target.

use std::sync::LazyLock;

use coup_core::policy::{
    Actor, AdminPermission, AdminRole, AdminStanding, Case, DeniedReason, Extra, GroupPermission, GroupStanding,
    PeopleRule, Permission, PermissionSet, Policy, Restraint, Restraints, Role, SanctionRow, SanctionType,
    StudyPermission, StudyRole, StudyStanding, Target, Tier, select, testing,
};
use proptest::prelude::*;
use rstest::rstest;

/// All that an actor may do to a target.
fn rights(actor: &Actor, target: &Target) -> Vec<Permission> {
    let policy = Policy::built_in();
    Permission::all().filter(|permission| policy.allows(actor, *permission, target)).collect()
}

/// Whether the specification's table says that a restraint takes a permission.
fn takes(restraint: Restraint, permission: Permission) -> bool {
    static TABLE: LazyLock<Vec<SanctionRow>> = LazyLock::new(|| Policy::built_in().sanction_matrix().rows().to_vec());
    TABLE.contains(&SanctionRow { restraint, permission })
}

/// The same person without a sanction, and without a pause.
fn free(actor: &Actor) -> Actor {
    let study = actor.study.map(|standing| StudyStanding { paused_until: None, ..standing });
    Actor { restraints: Restraints::none(), study, ..actor.clone() }
}

fn is_subset(small: &[Permission], large: &[Permission]) -> bool {
    small.iter().all(|permission| large.contains(permission))
}

proptest! {
    #[test]
    fn a_sanction_never_adds_a_permission(actor in testing::actors(), target in testing::targets(),
            restraint in testing::restraint(), until in proptest::option::of(testing::instants())) {
        let mut sanctioned = actor.clone();
        sanctioned.restraints.insert(restraint, until);
        prop_assert!(is_subset(&rights(&sanctioned, &target), &rights(&actor, &target)));
    }

    #[test]
    fn a_posting_pause_never_adds_a_permission_and_takes_only_what_is_in_its_study(actor in testing::actors(),
            target in testing::targets(), until in testing::instants()) {
        prop_assume!(actor.study.is_some());
        let free = Actor { restraints: actor.restraints, ..free(&actor) };
        let study = free.study.map(|standing| StudyStanding { paused_until: Some(until), ..standing });
        let paused = Actor { study, ..free.clone() };
        let policy = Policy::built_in();
        for permission in Permission::all() {
            let (before, after) = (policy.allows(&free, permission, &target), policy.allows(&paused, permission, &target));
            prop_assert_eq!(after, before && !takes(Restraint::PostingPause, permission), "{}", permission);
        }
    }

    #[test]
    fn several_sanctions_take_what_each_takes(role in testing::roles(), permission in testing::permissions(),
            held in testing::restraints()) {
        let policy = Policy::built_in();
        let held: Vec<Restraint> = held.iter().map(|(restraint, _)| restraint).collect();
        let under = |restraints: &[Restraint]| policy.answers(&Case { role, extra: Extra::None, restraints, permission });
        let each = under(&[]) && held.iter().all(|restraint| under(&[*restraint]));
        prop_assert_eq!(under(&held), each);
    }

    #[test]
    fn a_sanctioned_administrator_has_no_administrator_permission(mut actor in testing::actors(),
            target in testing::targets(), ban in 0..3_usize) {
        let restraint = [Restraint::Restriction, Restraint::Suspension, Restraint::PermanentBan][ban];
        actor.restraints.insert(restraint, None);
        prop_assert!(rights(&actor, &target).iter().all(|permission| permission.tier() != Tier::Admin));
    }

    #[test]
    fn a_personal_denial_beats_everything_and_a_grant_adds_only_itself(mut actor in testing::actors(),
            target in testing::targets(), permission in proptest::sample::select(AdminPermission::ALL)) {
        let before = rights(&actor, &target);
        prop_assume!(actor.admin.is_some());
        let standing = actor.admin.unwrap();
        let mut with = |grants: PermissionSet, denials: PermissionSet| {
            actor.admin = Some(AdminStanding { grants, denials, ..standing });
            rights(&actor, &target)
        };
        let one: PermissionSet = [permission].into_iter().collect();
        let permission = Permission::from(permission);
        let denied = with(standing.grants.union(one), standing.denials.union(one));
        prop_assert!(!denied.contains(&permission));
        prop_assert!(is_subset(&denied, &before));
        let granted = with(standing.grants.union(one), standing.denials);
        prop_assert!(is_subset(&before, &granted));
        prop_assert!(granted.iter().all(|it| *it == permission || before.contains(it)));
    }

    #[test]
    fn another_studys_standing_is_worth_nothing(actor in testing::actors(), target in testing::targets(),
            permission in proptest::sample::select(StudyPermission::ALL)) {
        let policy = Policy::built_in();
        let standing = actor.study.map(|standing| standing.study);
        if standing.is_none() || target.study() != standing {
            let denied = policy.permit(&actor, permission, target).unwrap_err();
            prop_assert_eq!(denied.reason(), DeniedReason::NotMember);
        } else {
            let refused = policy.permit(&actor, permission, target).err();
            prop_assert_ne!(refused.map(|denied| denied.reason()), Some(DeniedReason::NotMember));
        }
    }

    #[test]
    fn another_groups_standing_is_worth_nothing(actor in testing::actors(), target in testing::targets(),
            permission in proptest::sample::select(GroupPermission::ALL)) {
        let policy = Policy::built_in();
        let standing = actor.group.map(|standing| standing.group);
        let same = standing.is_some() && target.group() == standing;
        let reason = policy.permit(&actor, permission, target).err().map(|denied| denied.reason());
        prop_assert_eq!(reason == Some(DeniedReason::NotGroupMember), !same);
    }

    #[test]
    fn without_an_administrator_role_no_administrator_permission(mut actor in testing::actors(),
            target in testing::targets(), permission in proptest::sample::select(AdminPermission::ALL)) {
        actor.admin = None;
        let denied = Policy::built_in().permit(&actor, permission, target).unwrap_err();
        prop_assert_eq!(denied.reason(), DeniedReason::NotAdministrator);
    }

    #[test]
    fn what_a_person_is_called_never_matters(actor in testing::actors(), other in testing::people(),
            target in testing::targets()) {
        let renamed = Actor { user: other, ..actor.clone() };
        prop_assert_eq!(rights(&actor, &target), rights(&renamed, &target));
    }

    #[test]
    fn a_permit_says_what_was_asked_and_a_refusal_why(actor in testing::actors(), target in testing::targets(),
            permission in testing::permissions()) {
        let policy = Policy::built_in();
        let allowed = policy.allows(&actor, permission, &target);
        match policy.permit(&actor, permission, target.clone()) {
            Ok(permit) => {
                prop_assert!(allowed);
                let asked = (permit.actor(), permit.permission(), permit.target());
                prop_assert_eq!(asked, (&actor.user, permission, &target));
                let decided_on = (permit.auth_version(), Some(permit.role()));
                prop_assert_eq!(decided_on, (actor.auth_version, actor.role(permission.tier())));
            }
            Err(denied) => {
                prop_assert!(!allowed);
                let asked = (denied.actor(), denied.permission(), denied.target());
                prop_assert_eq!(asked, (&actor.user, permission, &target));
                prop_assert!(denied.explain().contains(permission.full_name()));
                match denied.reason() {
                    DeniedReason::Restraint { restraint, until } => {
                        prop_assert!(policy.allows(&free(&actor), permission, &target), "without any the person could");
                        prop_assert!(takes(restraint, permission) && denied.rule().is_some());
                        for (other, end) in actor.restraints.iter().filter(|(other, _)| takes(*other, permission)) {
                            let later = until.is_some_and(|until| end.is_none_or(|end| end > until));
                            prop_assert!(!later, "{} takes it for longer than {}", other, restraint);
                        }
                    }
                    DeniedReason::Role { role } => {
                        let case = Case { role, extra: Extra::None, restraints: &[], permission };
                        prop_assert!(!policy.answers(&case));
                    }
                    DeniedReason::Withheld => {
                        prop_assert!(actor.admin.is_some_and(|standing| !standing.denials.is_empty()));
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn nobody_kicks_pauses_or_gives_a_role_to_themselves_or_their_equal(actor in testing::people(),
            target in testing::people(), own in testing::study_roles(), role in testing::study_roles(),
            wanted in testing::study_roles()) {
        let policy = Policy::built_in();
        let may = |permission: Permission| policy.answers(&Case {
            role: if permission.tier() == Tier::Group { Role::Group(own) } else { Role::Study(own) },
            extra: Extra::None, restraints: &[], permission });
        let chosen: [Result<Permission, PeopleRule>; 5] = [
            select::kick(&actor, &target, role).map(Into::into),
            select::pause(&actor, &target, role).map(Into::into),
            select::set_role(&actor, &target, role, wanted).map(Into::into),
            select::kick_from_group(&actor, &target, role).map(Into::into),
            select::set_group_role(&actor, &target, role, wanted).map(Into::into),
        ];
        for chosen in chosen {
            match chosen {
                Ok(permission) => {
                    prop_assert!(actor != target && role != StudyRole::Owner);
                    prop_assert!(!may(permission) || own > role, "{} may {} to {}", own, permission, role);
                }
                Err(PeopleRule::Oneself) => prop_assert_eq!(&actor, &target),
                Err(PeopleRule::Owner) => prop_assert_eq!(role, StudyRole::Owner),
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
    }

    #[test]
    fn who_outranks_a_member_by_the_table_may_kick_them(actor in testing::people(), target in testing::people(),
            own in testing::study_roles(), role in testing::study_roles()) {
        prop_assume!(actor != target && own > role);
        let permission = select::kick(&actor, &target, role).unwrap();
        let case = Case { role: Role::Study(own), extra: Extra::None, restraints: &[], permission: permission.into() };
        prop_assert!(Policy::built_in().answers(&case));
    }

    #[test]
    fn ones_own_message_and_others_are_two_permissions(actor in testing::people(), author in testing::people()) {
        let own = actor == author;
        prop_assert_eq!(select::edit_message(&actor, &author).ok(), own.then_some(StudyPermission::MessageEditOwn));
        let delete = if own { StudyPermission::MessageDeleteOwn } else { StudyPermission::MessageDeleteOthers };
        prop_assert_eq!(select::delete_message(&actor, &author), delete);
    }

    #[test]
    fn administrators_act_on_strictly_lower_ones_only(actor in testing::people(), target in testing::people(),
            own in testing::admin_roles(), other in proptest::option::of(testing::admin_roles())) {
        let acts = select::act_on(&actor, own, &target, other);
        prop_assert_eq!(acts.is_ok(), actor != target && other.is_none_or(|other| other < own));
        if let Some(other) = other {
            let revokes = select::revoke(&actor, own, &target, other);
            let both_super = own == AdminRole::SuperAdmin && other == AdminRole::SuperAdmin;
            prop_assert_eq!(revokes.is_ok(), actor != target && (other < own || both_super));
        }
    }

    #[test]
    fn nobody_grants_more_than_they_have(actor in testing::people(), target in testing::people(),
            own in testing::admin_standings(), current in proptest::option::of(testing::admin_roles()),
            granted in testing::admin_standings()) {
        let policy = Policy::built_in();
        let (mine, theirs) = (policy.admin_permissions(&own), policy.admin_permissions(&granted));
        let expected = if actor == target {
            Err(PeopleRule::Oneself)
        } else if let Some(target) = current.filter(|current| *current >= own.role) {
            Err(PeopleRule::NotLower { actor: own.role, target })
        } else if granted.role > own.role {
            Err(PeopleRule::RoleAbove { actor: own.role, granted: granted.role })
        } else if theirs.iter().any(|permission| !mine.contains(permission)) {
            Err(PeopleRule::PermissionsAbove(theirs.without(mine)))
        } else {
            Ok(())
        };
        prop_assert_eq!(select::grant(&policy, &actor, &own, &target, current, &granted), expected);
    }

    #[test]
    fn a_standings_permissions_are_those_that_the_person_is_permitted(mut actor in testing::actors(),
            standing in testing::admin_standings()) {
        actor.admin = Some(standing);
        actor.restraints = Restraints::none();
        let policy = Policy::built_in();
        let set = policy.admin_permissions(&standing);
        for permission in AdminPermission::ALL {
            prop_assert_eq!(set.contains(*permission), policy.allows(&actor, *permission, &Target::Site));
        }
    }

    #[test]
    fn a_set_of_permissions_is_stored_as_names_and_read_back(set in testing::permission_sets()) {
        let json = serde_json::to_string(&set).unwrap();
        prop_assert_eq!(serde_json::from_str::<PermissionSet>(&json).unwrap(), set);
        prop_assert_eq!(set.iter().collect::<PermissionSet>(), set);
        prop_assert_eq!(set.iter().count(), set.len());
    }
}

#[rstest]
#[case(SanctionType::Warning, AdminRole::Moderator)]
#[case(SanctionType::ChatBan, AdminRole::Moderator)]
#[case(SanctionType::FileUploadBan, AdminRole::Moderator)]
#[case(SanctionType::StudyCreateBan, AdminRole::Admin)]
#[case(SanctionType::Restriction, AdminRole::Admin)]
#[case(SanctionType::Suspension, AdminRole::Admin)]
#[case(SanctionType::PermanentBan, AdminRole::SuperAdmin)]
fn a_sanction_is_imposed_and_undone_by_who_may_impose_it(#[case] sanction: SanctionType, #[case] least: AdminRole) {
    let policy = Policy::built_in();
    assert_eq!(policy.least(select::impose(sanction)), Some(Role::Admin(least)));
    let needs = |permissions: [AdminPermission; 2]| permissions.into_iter().filter_map(|it| policy.least(it)).max();
    let undoes = Some(Role::Admin(least.max(AdminRole::Admin)));
    assert_eq!((needs(select::lift(sanction)), needs(select::decide_appeal(sanction))), (undoes, undoes));
}

#[test]
fn a_refusal_is_explained_in_words_with_its_rule() {
    let study = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57".parse().unwrap();
    let group = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e58".parse().unwrap();
    let mut actor = Actor::new("somebody".parse().unwrap(), 1);
    let policy = Policy::built_in();
    let why = |actor: &Actor, permission: &str, target: Target| {
        policy.permit(actor, permission.parse::<Permission>().unwrap(), target).unwrap_err().explain()
    };
    let line = |rule: &str| policy.policy_text().lines().position(|line| line == rule).unwrap() + 1;

    let words = why(&actor, "study:message.send", Target::Study(study));
    assert_eq!(words, "study:message.send needs an active membership of the study; study:MEMBER has");
    let words = why(&actor, "group:group.update", Target::Group(group));
    assert_eq!(words, "group:group.update needs an active membership of the group; group:ADMIN has");
    let words = why(&actor, "admin:settings.read", Target::Site);
    assert_eq!(words, "admin:settings.read needs an administrator role; admin:SUPER_ADMIN has");

    actor.study = Some(StudyStanding { study, role: StudyRole::Owner, paused_until: None });
    actor.group = Some(GroupStanding { group, role: StudyRole::Member });
    let leave = line("p, study:OWNER, study:study.leave, deny");
    let words = why(&actor, "study:study.leave", Target::Study(study));
    assert_eq!(words, format!("study:OWNER does not have study:study.leave (policy.csv:{leave}); study:MEMBER has"));
    let words = why(&actor, "group:group.delete", Target::Group(group));
    assert_eq!(words, "group:MEMBER does not have group:group.delete; group:OWNER has");

    actor.restraints.insert(Restraint::ChatBan, Some("2026-11-20T09:00:00Z".parse().unwrap()));
    let ban = line("p, CHAT_BAN, study:message.send, deny");
    let words = why(&actor, "study:message.send", Target::Study(study));
    assert_eq!(words, format!("CHAT_BAN takes study:message.send until 2026-11-20T09:00:00Z (policy.csv:{ban})"));
    actor.restraints.insert(Restraint::PermanentBan, None);
    let ban = line("p, PERMANENT_BAN, barred, deny");
    let words = why(&actor, "study:message.send", Target::Study(study));
    assert_eq!(words, format!("PERMANENT_BAN takes study:message.send, without an end (policy.csv:{ban})"));

    actor.restraints = Restraints::none();
    let denials = [AdminPermission::UserList].into_iter().collect();
    actor.admin = Some(AdminStanding { denials, ..AdminStanding::new(AdminRole::Viewer) });
    let withheld = line("p, withheld, admin, deny");
    let words = why(&actor, "admin:user.list", Target::Site);
    assert_eq!(words, format!("admin:user.list is withheld from this person (policy.csv:{withheld})"));
}
