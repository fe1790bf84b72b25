//! The compiled table against casbin's own `enforce` on the same two files, for every input there is.

#![expect(clippy::unwrap_used, reason = "a failure in a test's own parts fails the test")]

use std::thread;

use casbin::{CoreApi, DefaultModel, Enforcer, StringAdapter};
use coup_core::{
    id::{GroupId, StudyId},
    policy::{
        Actor, AdminPermission, AdminRole, AdminStanding, Case, Extra, GroupStanding, HostPermissionDef, Permission,
        Policy, ProblemKind, Restraint, Role, StudyPermission, StudyRole, StudyStanding, SystemPermission, SystemRole,
        Target, Tier, check,
    },
};
use proptest::{collection, option, prelude::*, sample};
use uuid::Uuid;

fn casbin(policy: &Policy) -> Enforcer {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let model = DefaultModel::from_str(policy.model_text()).await.unwrap();
        Enforcer::new(model, StringAdapter::new(policy.policy_text())).await.unwrap()
    })
}

/// Every role × extra × sanction × permission, whatever their tiers.
fn every_input(permissions: &[Permission]) -> Vec<(Role, Extra, Option<Restraint>, Permission)> {
    let mut inputs = Vec::new();
    for permission in permissions.iter().copied() {
        for role in Role::ALL {
            for extra in Extra::ALL {
                for sanction in std::iter::once(None).chain(Restraint::ALL.map(Some)) {
                    inputs.push((role, extra, sanction, permission));
                }
            }
        }
    }
    inputs
}

/// Asks both about every input for these permissions; how many there were.
fn hold_against_casbin(policy: &Policy, permissions: &[Permission]) -> usize {
    let inputs = every_input(permissions);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for share in inputs.chunks(inputs.len().div_ceil(workers)) {
            scope.spawn(move || {
                let enforcer = casbin(policy);
                for (role, extra, sanction, permission) in share.iter().copied() {
                    let restraints = sanction.as_slice();
                    let table = policy.answers(&Case { role, extra, restraints, permission });
                    let request = (
                        role.to_string(),
                        extra.name(),
                        sanction.map_or("none", Restraint::name),
                        permission.full_name(),
                    );
                    let truth = enforcer.enforce(request).unwrap();
                    assert_eq!(table, truth, "{role} {extra:?} {sanction:?} {permission}");
                    if let Some((actor, target)) = person(role, extra, sanction, permission) {
                        assert_eq!(policy.allows(&actor, permission, &target), truth, "{actor:?} {permission}");
                        assert_eq!(policy.permit(&actor, permission, target).is_ok(), truth, "{actor:?} {permission}");
                    }
                }
            });
        }
    });
    inputs.len()
}

/// A person and a target for whom this is the request, where there can be one.
fn person(role: Role, extra: Extra, sanction: Option<Restraint>, permission: Permission) -> Option<(Actor, Target)> {
    if role.tier() != permission.tier() {
        return None;
    }
    let study = StudyId::from_uuid(Uuid::from_u128(1));
    let group = GroupId::from_uuid(Uuid::from_u128(2));
    let mut actor = Actor::new("p, *, *, allow".parse().unwrap(), 7);
    actor.restraints = sanction.map(|restraint| (restraint, None)).into_iter().collect();
    match role {
        Role::System(SystemRole::User) => {}
        Role::System(SystemRole::Admin) => actor.admin = Some(AdminStanding::new(AdminRole::Viewer)),
        Role::Study(role) => actor.study = Some(StudyStanding { study, role, paused_until: None }),
        Role::Group(role) => actor.group = Some(GroupStanding { group, role }),
        Role::Admin(role) => actor.admin = Some(AdminStanding::new(role)),
    }
    match (extra, permission, &mut actor.admin) {
        (Extra::None, ..) => {}
        (Extra::Granted, Permission::Admin(it), Some(standing)) => standing.grants.insert(it),
        (Extra::Withheld, Permission::Admin(it), Some(standing)) => {
            // A denial beats a grant.
            standing.grants.insert(it);
            standing.denials.insert(it);
        }
        _ => return None,
    }
    let target = match permission.tier() {
        Tier::System | Tier::Admin => Target::Site,
        Tier::Study => Target::Study(study),
        Tier::Group => Target::Group(group),
    };
    Some((actor, target))
}

#[test]
fn the_built_in_table_decides_every_input_as_casbin_does() {
    let all: Vec<Permission> = Permission::all().collect();
    assert_eq!(hold_against_casbin(&Policy::built_in(), &all), 141 * 12 * 3 * 9);
}

#[test]
fn a_hosts_own_permissions_and_narrowing_are_decided_as_casbin_does() {
    static SCHOOL: [HostPermissionDef; 2] = [
        HostPermissionDef {
            name: "school:grade.enter",
            tier: Tier::Study,
            label_ko: "성적 입력",
            label_en: "enter grades",
        },
        HostPermissionDef {
            name: "school:pupil.list",
            tier: Tier::Admin,
            label_ko: "학생 목록",
            label_en: "list pupils",
        },
    ];
    let policy = Policy::builder()
        .host_permissions(&SCHOOL)
        .lines(
            "p, study:ADMIN, grades, allow\np, study:OWNER, school:grade.enter, deny\n\
             g2, school:grade.enter, grades\ng2, grades, restricted\np, FILE_UPLOAD_BAN, grades, deny\n\
             p, admin:MODERATOR, school:pupil.list, allow\ng2, school:pupil.list, barred\ng2, school:pupil.list, admin\n",
        )
        .only(StudyPermission::StudyLeave, Role::Study(StudyRole::Admin))
        .only(AdminPermission::UserRead, Role::Admin(AdminRole::Admin))
        .nobody(AdminPermission::UserExport)
        .nobody(SystemPermission::StudyCreate)
        .build()
        .unwrap();
    let permissions: Vec<Permission> = [
        policy.host_permission("school:grade.enter").unwrap().into(),
        policy.host_permission("school:pupil.list").unwrap().into(),
        StudyPermission::StudyLeave.into(),
        AdminPermission::UserRead.into(),
        AdminPermission::UserExport.into(),
        SystemPermission::StudyCreate.into(),
        StudyPermission::MessageSend.into(),
    ]
    .into();
    hold_against_casbin(&policy, &permissions);
}

/// Rules of the built-in file left out, and rules of all kinds put in.
fn other_rules() -> impl Strategy<Value = String> {
    let role = || sample::select(Role::ALL.to_vec());
    let permission = || sample::select(Permission::all().map(|it| it.full_name()).collect::<Vec<_>>());
    let object =
        prop_oneof![3 => permission(), 1 => sample::select(vec!["restricted", "barred", "admin", "few", "more"])];
    let line = prop_oneof![
        (role(), object).prop_map(|(role, object)| format!("p, {role}, {object}, deny")),
        (role(), permission()).prop_map(|(role, object)| format!("p, {role}, {object}, allow")),
        (role(), role()).prop_map(|(role, lower)| format!("g, {role}, {lower}")),
        (sample::select(Restraint::ALL.to_vec()), permission())
            .prop_map(|(it, object)| format!("p, {it}, {object}, deny")),
        permission().prop_map(|it| format!("g2, {it}, few")),
        permission().prop_map(|it| format!("g2, {it}, more")),
        Just("g2, few, more".to_owned()),
    ];
    let left_out = collection::vec(any::<sample::Index>(), 0..20);
    (left_out, collection::vec(line, 1..25)).prop_map(|(left_out, added)| {
        let policy = Policy::built_in();
        let mut lines: Vec<String> = policy.policy_text().lines().map(str::to_owned).collect();
        for index in left_out {
            let at = index.index(lines.len());
            if lines.get(at).is_some_and(|line| line.ends_with(", allow") || line.starts_with("g, ")) {
                lines.remove(at);
            }
        }
        // What the check refuses is left away again, one line after the other.
        for line in added {
            lines.push(line);
            if !check(policy.model_text(), &lines.join("\n"), &[])
                .iter()
                .all(|it| matches!(it.kind, ProblemKind::Object { .. } | ProblemKind::Group { .. }))
            {
                lines.pop();
            }
        }
        lines.join("\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn other_files_are_decided_as_casbin_does(text in other_rules(), requests in collection::vec((
        sample::select(Role::ALL.to_vec()), sample::select(Extra::ALL.to_vec()),
        option::of(sample::select(Restraint::ALL.to_vec())), sample::select(Permission::all().collect::<Vec<_>>())), 60)) {
        let policy = Policy::built_in();
        let loaded = Policy::load(policy.model_text(), &text, &[]);
        prop_assume!(loaded.is_ok());
        let policy = loaded.unwrap();
        let enforcer = casbin(&policy);
        for (role, extra, sanction, permission) in requests {
            let case = Case { role, extra, restraints: sanction.as_slice(), permission };
            let request = (role.to_string(), extra.name(), sanction.map_or("none", Restraint::name), permission.full_name());
            prop_assert_eq!(policy.answers(&case), enforcer.enforce(request).unwrap(), "{:?}", case);
        }
    }
}
