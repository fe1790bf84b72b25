//! What a host does with the policy: permissions of its own, less than the rules give, other files while it runs.

#![expect(clippy::unwrap_used, reason = "a failure in a test's own parts fails the test")]

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use coup_core::policy::{
    Actor, AdminPermission, AdminRole, AdminStanding, Case, DeniedReason, Extra, HostPermission, HostPermissionDef,
    Language, Permission, Policy, PolicyDiff, PolicyHandle, Restraint, Role, StudyPermission, StudyRole, StudyStanding,
    Target, Tier,
};

static SCHOOL: [HostPermissionDef; 2] = [
    HostPermissionDef {
        name: "school:grade.enter",
        tier: Tier::Study,
        label_ko: "성적 입력",
        label_en: "enter grades",
    },
    HostPermissionDef {
        name: "school:pupil.list", tier: Tier::System, label_ko: "학생 목록", label_en: "list pupils"
    },
];
static OTHER: [HostPermissionDef; 1] =
    [HostPermissionDef { name: "club:cup.lift", tier: Tier::Study, label_ko: "우승컵", label_en: "lift the cup" }];
const GRADE_ENTER: HostPermission = HostPermission::new(0, &SCHOOL[0]);
const PUPIL_LIST: HostPermission = HostPermission::new(1, &SCHOOL[1]);
const LINES: &str = "p, study:ADMIN, school:grade.enter, allow\ng2, school:grade.enter, restricted\n\
                     p, system:ADMIN, school:pupil.list, allow\ng2, school:pupil.list, barred\n";

fn school() -> Policy {
    Policy::builder().host_permissions(&SCHOOL).lines(LINES).build().unwrap()
}

fn member(role: StudyRole) -> (Actor, Target) {
    let study = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57".parse().unwrap();
    let mut actor = Actor::new("학생-17".parse().unwrap(), 0);
    actor.study = Some(StudyStanding { study, role, paused_until: None });
    (actor, Target::Study(study))
}

fn has(policy: &Policy, role: Role, permission: impl Into<Permission>) -> bool {
    policy.answers(&Case { role, extra: Extra::None, restraints: &[], permission: permission.into() })
}

#[test]
fn a_hosts_permission_is_decided_by_the_role_of_its_tier_and_taken_by_sanctions() {
    let policy = school();
    for (role, may) in [(StudyRole::Member, false), (StudyRole::Admin, true), (StudyRole::Owner, true)] {
        let (mut actor, target) = member(role);
        assert_eq!(policy.allows(&actor, GRADE_ENTER, &target), may, "{role}");
        assert!(!policy.allows(&actor, GRADE_ENTER, &Target::Site), "a study's permission needs the study");
        actor.restraints.insert(Restraint::Restriction, None);
        assert!(!policy.allows(&actor, GRADE_ENTER, &target));
    }
    let (mut actor, _) = member(StudyRole::Owner);
    assert!(!policy.allows(&actor, PUPIL_LIST, &Target::Site));
    actor.admin = Some(AdminStanding::new(AdminRole::Viewer));
    assert!(policy.allows(&actor, PUPIL_LIST, &Target::Site));
    assert_eq!(policy.parse_permission("school:pupil.list"), Ok(PUPIL_LIST.into()));
    assert_eq!(policy.matrix().rows().len(), 450 + 3 + 2);
}

#[test]
fn a_permission_that_the_policy_does_not_know_is_refused() {
    let (actor, target) = member(StudyRole::Owner);
    let denied = Policy::built_in().permit(&actor, GRADE_ENTER, target.clone()).unwrap_err();
    assert_eq!(denied.reason(), DeniedReason::Unregistered);
    assert_eq!(denied.explain(), "school:grade.enter is not registered with this policy");
    // Declarations mixed up, or another host's in their place.
    let mixed = HostPermission::new(1, &SCHOOL[0]);
    for stranger in [mixed, HostPermission::new(0, &OTHER[0]), HostPermission::new(900, &SCHOOL[0])] {
        let denied = school().permit(&actor, stranger, target.clone()).unwrap_err();
        assert_eq!(denied.reason(), DeniedReason::Unregistered, "{stranger:?}");
        assert_eq!(school().least(stranger), None);
    }
}

#[test]
fn narrowing_leaves_a_permission_to_the_higher_roles_that_have_it() {
    let admin = Role::Study(StudyRole::Admin);
    let policy = Policy::builder()
        .only(StudyPermission::StudyLeave, admin)
        .only(StudyPermission::MessageSend, admin)
        .build()
        .unwrap();
    let expected = "study:MEMBER loses study:study.leave (leave the study)\n\
                    study:MEMBER loses study:message.send (send messages)\n";
    assert_eq!(PolicyDiff::between(&Policy::built_in(), &policy).in_words(Language::En), expected);
    assert!(!has(&policy, Role::Study(StudyRole::Owner), StudyPermission::StudyLeave), "an owner does not gain it");
}

#[test]
fn narrowing_never_gives_anything() {
    for permission in Permission::all() {
        for least in Role::of(permission.tier()) {
            let policy = Policy::builder().only(permission, least).build().unwrap();
            let diff = PolicyDiff::between(&Policy::built_in(), &policy);
            assert!(diff.changes().iter().all(|change| !change.widens && change.permission == permission), "{diff}");
            assert!(Role::of(permission.tier()).all(|role| role >= least || !has(&policy, role, permission)));
        }
    }
}

#[test]
fn what_nobody_may_no_personal_grant_gives_back() {
    let policy = Policy::builder().nobody(AdminPermission::UserExport).build().unwrap();
    for role in AdminRole::ALL {
        let grants = [AdminPermission::UserExport].into_iter().collect();
        let standing = AdminStanding { grants, ..AdminStanding::new(*role) };
        assert!(!policy.admin_permissions(&standing).contains(AdminPermission::UserExport), "{role}");
    }
}

#[test]
fn a_narrowing_that_makes_no_sense_is_refused() {
    let errors = Policy::builder()
        .only(StudyPermission::MessageSend, Role::Admin(AdminRole::Admin))
        .nobody(GRADE_ENTER)
        .build()
        .unwrap_err();
    let expected = "host's narrowing:1: cannot narrow study:message.send: the role is of another tier\n\
                    host's narrowing:2: cannot narrow school:grade.enter: this policy does not know it";
    assert_eq!(errors.to_string(), expected);
    let group = "g2, study:message.send, chats\np, study:MEMBER, chats, allow\n";
    let errors =
        Policy::builder().lines(group).only(StudyPermission::MessageSend, Role::Study(StudyRole::Owner)).build();
    let expected =
        "host's narrowing:1: cannot narrow study:message.send: a rule for a whole group of permissions decides it";
    assert_eq!(errors.unwrap_err().to_string(), expected);
}

#[test]
fn a_hosts_bad_line_is_refused_with_its_place() {
    let errors = Policy::builder().lines("# ours\np, study:OWNER, study:message.sendd, allow").build().unwrap_err();
    assert_eq!(
        errors.to_string(),
        r#"host's lines:2: unknown permission or group "study:message.sendd": did you mean study:message.send?"#
    );
}

#[test]
fn a_bad_file_is_refused_and_the_old_policy_stays() {
    let handle = PolicyHandle::default();
    let policy = handle.current();
    let bad = policy.policy_text().replace("p, SUSPENSION, barred, deny", "p, SUSPENSION, barred, denied");
    let errors = handle.reload(policy.model_text(), &bad).unwrap_err();
    assert_eq!(errors.problems().len(), 1);
    assert!(handle.reload("", policy.policy_text()).is_err());
    assert!(PolicyDiff::between(&policy, &handle.current()).is_empty());
    assert_eq!(handle.current().policy_text(), policy.policy_text());
}

#[test]
fn a_good_file_is_in_force_at_once_and_what_changes_is_told() {
    let handle = PolicyHandle::default();
    let before = handle.current();
    let text = before
        .policy_text()
        .replace("p, study:MEMBER, study:call.speak, allow", "p, study:ADMIN, study:call.speak, allow");
    let changes = handle.reload(before.model_text(), &text).unwrap();
    assert_eq!(changes.in_words(Language::En), "study:MEMBER loses study:call.speak (speak in a call)\n");
    assert_eq!(changes.in_words(Language::Ko), "study:MEMBER (멤버): study:call.speak (통화 발언) 권한을 잃습니다\n");
    assert!(!has(&handle.current(), Role::Study(StudyRole::Member), StudyPermission::CallSpeak));
    assert!(has(&before, Role::Study(StudyRole::Member), StudyPermission::CallSpeak), "a decision keeps to its policy");
}

#[test]
fn what_the_program_laid_over_the_files_stays_when_they_are_loaded_anew() {
    let policy =
        Policy::builder().host_permissions(&SCHOOL).lines(LINES).nobody(StudyPermission::CallJoin).build().unwrap();
    let handle = PolicyHandle::new(policy);
    let built_in = Policy::built_in();
    let changes = handle.reload(built_in.model_text(), built_in.policy_text()).unwrap();
    assert!(changes.is_empty(), "{changes}");
    assert!(!has(&handle.current(), Role::Study(StudyRole::Owner), StudyPermission::CallJoin));
    assert!(has(&handle.current(), Role::Study(StudyRole::Owner), GRADE_ENTER));
}

#[test]
fn whoever_asks_while_files_are_loaded_meets_the_old_or_the_new_whole() {
    let (one, two) = (
        Policy::built_in(),
        Policy::builder().nobody(StudyPermission::MessageSend).nobody(StudyPermission::MessageRead).build().unwrap(),
    );
    let handle = PolicyHandle::new(one.clone());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut met = [0_u32; 2];
            while !done.load(Ordering::Relaxed) || met == [0; 2] {
                let (actor, target) = member(StudyRole::Member);
                let policy = handle.current();
                let sends = policy.allows(&actor, StudyPermission::MessageSend, &target);
                assert_eq!(sends, policy.allows(&actor, StudyPermission::MessageRead, &target));
                met[usize::from(sends)] += 1;
            }
        });
        for round in 0..2_000 {
            handle.replace(if round % 2 == 0 { two.clone() } else { one.clone() });
        }
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
}

#[test]
fn differences_are_told_in_both_languages() {
    let old = Policy::built_in();
    let lines = "p, study:ADMIN, study:study.close, allow\np, CHAT_BAN, study:message.delete_own, deny\n";
    let text = old.policy_text().replace("p, granted, admin, allow\n", "p, granted, admin:user.read, allow\n");
    let new = Policy::builder()
        .files(old.model_text(), text)
        .lines(lines)
        .host_permissions(&SCHOOL)
        .lines(LINES)
        .build()
        .unwrap();
    let diff = PolicyDiff::between(&old, &new);
    let english = diff.in_words(Language::En);
    for line in [
        "study:ADMIN gains study:study.close (close the study)",
        "CHAT_BAN now takes study:message.delete_own (delete one's own message)",
        "an administrator's extra grant no longer gives admin:audit.export (export the audit log)",
        "study:ADMIN gains school:grade.enter (enter grades)",
        "RESTRICTION now takes school:grade.enter (enter grades)",
    ] {
        assert!(english.lines().any(|it| it == line), "{line} in\n{english}");
    }
    let korean = diff.in_words(Language::Ko);
    for line in [
        "study:ADMIN (관리자): study:study.close (스터디 종료) 권한을 얻습니다",
        "CHAT_BAN (채팅 금지): study:message.delete_own (본인 메시지 삭제) 권한을 새로 막습니다",
        "관리자 개인별 추가 허용: admin:audit.export (로그 내보내기) 권한을 더 이상 줄 수 없습니다",
    ] {
        assert!(korean.lines().any(|it| it == line), "{line} in\n{korean}");
    }
    let back = PolicyDiff::between(&new, &old);
    assert_eq!(back.changes().len(), diff.changes().len());
    assert!(back.in_words(Language::En).contains("study:ADMIN loses study:study.close"));
    assert!(back.in_words(Language::En).contains("CHAT_BAN no longer takes study:message.delete_own"));
    assert_eq!(PolicyDiff::between(&old, &old).in_words(Language::Ko), "달라지는 권한이 없습니다.\n");
    assert_eq!(PolicyDiff::between(&old, &old).in_words(Language::En), "nobody gains or loses anything\n");
}

#[test]
fn a_decision_is_explained_by_the_rules_that_it_was_made_by() {
    let policy = Policy::built_in();
    let case = Case {
        role: Role::Study(StudyRole::Owner),
        extra: Extra::None,
        restraints: &[Restraint::Suspension],
        permission: StudyPermission::MessageSend.into(),
    };
    let line = |rule: &str| policy.policy_text().lines().position(|line| line == rule).unwrap() + 1;
    let (deny, allow) = (line("p, SUSPENSION, barred, deny"), line("p, study:MEMBER, study:message.send, allow"));
    assert_eq!(
        policy.explain(&case).in_words(Language::En),
        format!(
            "study:OWNER → study:message.send + SUSPENSION (send messages): deny\n  \
             denied by policy.csv:{deny}: p, SUSPENSION, barred, deny (it is in barred)\n  \
             allowed by policy.csv:{allow}: p, study:MEMBER, study:message.send, allow (inherited from study:MEMBER)\n"
        )
    );
    assert_eq!(
        policy.explain(&case).in_words(Language::Ko),
        format!(
            "study:OWNER → study:message.send + SUSPENSION (메시지 전송): 거부\n  \
             거부하는 규칙 policy.csv:{deny}: p, SUSPENSION, barred, deny (barred 묶음에 속함)\n  \
             허용하는 규칙 policy.csv:{allow}: p, study:MEMBER, study:message.send, allow (study:MEMBER에게서 물려받음)\n"
        )
    );
    let nothing = Case {
        role: Role::Study(StudyRole::Member),
        restraints: &[],
        permission: StudyPermission::StudyClose.into(),
        ..case
    };
    assert_eq!(
        policy.explain(&nothing).in_words(Language::En),
        "study:MEMBER → study:study.close (close the study): deny\n  no rule allows it; the lowest role that has it is study:OWNER\n"
    );
}

#[test]
fn a_decision_allocates_nothing() {
    let policy = school();
    let (mut actor, target) = member(StudyRole::Admin);
    actor.admin = Some(AdminStanding::new(AdminRole::Admin));
    actor.restraints.insert(Restraint::FileUploadBan, None);
    let counted = allocation_counter::measure(|| {
        for permission in Permission::all().chain([GRADE_ENTER.into()]) {
            std::hint::black_box(policy.allows(&actor, permission, &target));
            // A permit or a refusal holds what was asked, without the heap.
            std::hint::black_box(policy.permit(&actor, permission, target.clone()).is_ok());
        }
    });
    assert_eq!(counted.count_total, 0);
    let counter_works = allocation_counter::measure(|| drop(std::hint::black_box(vec![1])));
    assert_eq!(counter_works.count_total, 1);
}
