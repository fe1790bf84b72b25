//! The laws. A school adds its own at the end.

use coup_core::policy::{
    AdminPermission, AdminRole, GroupPermission, Permission, Restraint, StudyPermission, StudyRole, SystemPermission,
    select as choose,
    testing::{self, questions, questions_about},
};
use proptest::sample::select;

use crate::law::Law;

/// All of them.
pub fn laws() -> Vec<Law> {
    let mut laws = sanctions();
    laws.extend(roles());
    laws.extend(people());
    laws.extend(standings());
    laws
}

/// What everybody may without belonging anywhere.
const EVERYBODY: [SystemPermission; 14] = [
    SystemPermission::StudyBrowse,
    SystemPermission::StudyJoin,
    SystemPermission::StudyCreate,
    SystemPermission::GroupCreate,
    SystemPermission::GroupJoin,
    SystemPermission::TaskPersonal,
    SystemPermission::ProfileManage,
    SystemPermission::ProfileAvatar,
    SystemPermission::AccountExport,
    SystemPermission::AccountDelete,
    SystemPermission::SanctionReadOwn,
    SystemPermission::NotificationManage,
    SystemPermission::ReportCreate,
    SystemPermission::AppealCreate,
];

/// What stays to whoever is suspended.
const KEPT: [SystemPermission; 3] =
    [SystemPermission::AccountExport, SystemPermission::SanctionReadOwn, SystemPermission::AppealCreate];

/// Writing and speaking in a study.
const VOICE: [StudyPermission; 4] = [
    StudyPermission::MessageSend,
    StudyPermission::MessageAttach,
    StudyPermission::MessageEditOwn,
    StudyPermission::CallSpeak,
];

/// Bringing files in.
const UPLOADS: [StudyPermission; 2] = [StudyPermission::MessageAttach, StudyPermission::FileUpload];

/// What is done to other people, or to what they made.
const TO_OTHERS: [StudyPermission; 16] = [
    StudyPermission::MemberRequests,
    StudyPermission::MemberApprove,
    StudyPermission::MemberEnrol,
    StudyPermission::MemberKickMember,
    StudyPermission::MemberKickAdmin,
    StudyPermission::MemberReinstate,
    StudyPermission::MemberPauseMember,
    StudyPermission::MemberPauseAdmin,
    StudyPermission::MemberAppointAdmin,
    StudyPermission::MemberDismissAdmin,
    StudyPermission::MemberTransferOwnership,
    StudyPermission::MessageDeleteOthers,
    StudyPermission::NoticeDeleteOthers,
    StudyPermission::FileDeleteOthers,
    StudyPermission::CallRemoveParticipant,
    StudyPermission::AttendanceRecord,
];

/// What an owner hands over before doing it.
const NOT_THE_OWNER: [Permission; 3] = [
    Permission::Study(StudyPermission::StudyLeave),
    Permission::Study(StudyPermission::StudyReview),
    Permission::Group(GroupPermission::GroupLeave),
];

#[rustfmt::skip] // a law a paragraph: its words, its cases, what holds
fn sanctions() -> Vec<Law> {
    vec![
        Law::new("제재는 권한을 더하지 않는다", "a sanction never adds a permission",
            (questions(), testing::restraint()), |policy, (asked, sanction)|
            asked.allowed(policy) || !asked.under(*sanction).allowed(policy)),
        Law::new("채팅 금지 중에는 쓰거나 말하지 못한다", "nobody writes or speaks under a CHAT_BAN",
            questions_about(VOICE), |policy, asked|
            !asked.under(Restraint::ChatBan).allowed(policy)),
        Law::new("작성 일시 중지 중에는 쓰거나 말하지 못한다", "nobody writes or speaks under a POSTING_PAUSE",
            questions_about(VOICE), |policy, asked|
            !asked.under(Restraint::PostingPause).allowed(policy)),
        Law::new("파일 업로드 금지 중에는 파일을 올리지 못한다", "nobody uploads under a FILE_UPLOAD_BAN",
            questions_about(UPLOADS), |policy, asked|
            !asked.under(Restraint::FileUploadBan).allowed(policy)),
        Law::new("정지 중에는 본인 제재, 이의 제기, 개인정보 내보내기만 남는다", "a suspension leaves one's sanctions, appeal and export only",
            questions(), |policy, asked|
            !asked.under(Restraint::Suspension).allowed(policy) || is_one_of(asked.permission, &KEPT)),
    ]
}

#[rustfmt::skip] // as above
fn roles() -> Vec<Law> {
    vec![
        Law::new("높은 역할은 낮은 역할의 모든 권한이 있다 (탈퇴와 평가는 제외)", "a higher role has all that a lower one has but leaving and reviewing",
            (questions(), testing::study_roles(), testing::study_roles()), |policy, (asked, one, other)|
            !asked.by_role(*one.min(other)).allowed(policy) || asked.by_role(*one.max(other)).allowed(policy)
                || NOT_THE_OWNER.contains(&asked.permission)),
        Law::new("높은 관리자는 낮은 관리자의 모든 권한이 있다", "a higher administrator has all that a lower one has",
            (questions(), testing::admin_roles(), testing::admin_roles()), |policy, (asked, one, other)|
            !asked.by_admin(*one.min(other)).allowed(policy) || asked.by_admin(*one.max(other)).allowed(policy)),
        Law::new("방장과 대표는 탈퇴하지 못한다", "an owner does not leave",
            questions_about(NOT_THE_OWNER), |policy, asked|
            !asked.by_role(StudyRole::Owner).allowed(policy)),
        Law::new("멤버는 다른 사람이나 그가 쓴 것에 손대지 못한다", "a member does nothing to others, nor to what others made",
            questions_about(TO_OTHERS), |policy, asked|
            !asked.by_role(StudyRole::Member).allowed(policy)),
        Law::new("쓸 수 있으면 읽을 수 있다", "whoever may write may read",
            questions_about(VOICE), |policy, asked|
            !asked.allowed(policy) || asked.asking(StudyPermission::MessageRead).allowed(policy)),
        Law::new("조회자는 아무것도 바꾸지 못한다", "a VIEWER changes nothing",
            questions_about(AdminPermission::ALL.iter().copied()), |policy, asked|
            !asked.by_admin(AdminRole::Viewer).allowed(policy) || only_reads(asked.permission)),
        Law::new("관리자는 최고 관리자만 임명하고 해제한다", "only a SUPER_ADMIN appoints and dismisses administrators",
            (questions_about([AdminPermission::AdminGrant, AdminPermission::AdminRevoke]), testing::admin_roles()), |policy, (asked, role)|
            !asked.by_admin(*role).allowed(policy) || *role == AdminRole::SuperAdmin),
    ]
}

#[rustfmt::skip] // as above
fn people() -> Vec<Law> {
    vec![
        Law::new("누구도 자신을 강퇴하거나 중지하지 못한다", "nobody kicks or pauses themselves",
            (testing::people(), testing::study_roles()), |_, (person, role)|
            choose::kick(person, person, *role).is_err() && choose::pause(person, person, *role).is_err()),
        Law::new("자기보다 낮은 역할만 강퇴한다", "only whoever has a strictly lower role is kicked",
            (questions_about(TO_OTHERS), testing::people(), testing::study_roles()), |policy, (asked, person, role)|
            !choose::kick(&asked.actor.user, person, *role).is_ok_and(|needed| asked.asking(needed).allowed(policy))
                || asked.role_there().is_some_and(|own| own > *role)),
        Law::new("자기보다 낮은 역할만 작성을 중지시킨다", "only whoever has a strictly lower role is paused",
            (questions_about(TO_OTHERS), testing::people(), testing::study_roles()), |policy, (asked, person, role)|
            !choose::pause(&asked.actor.user, person, *role).is_ok_and(|needed| asked.asking(needed).allowed(policy))
                || asked.role_there().is_some_and(|own| own > *role)),
        Law::new("관리자는 자기보다 낮은 관리자에게만 손댄다", "administrators act on strictly lower ones only",
            (testing::people(), testing::admin_roles(), testing::people(), testing::admin_roles()), |_, (one, own, other, role)|
            choose::act_on(one, *own, other, Some(*role)).is_err() || (one != other && role < own)),
        Law::new("자기에게 없는 권한은 주지 못한다", "nobody grants what they do not have",
            (testing::admin_standings(), testing::admin_standings()), |policy, (own, granted)| {
            let (Ok(one), Ok(other)) = ("one".parse(), "other".parse()) else { return false };
            choose::grant(policy, &one, own, &other, None, granted).is_err()
                || policy.admin_permissions(granted).without(policy.admin_permissions(own)).is_empty()
        }),
        Law::new("어떻게 불리는지는 상관없다", "what a person is called never matters",
            (questions(), testing::people()), |policy, (asked, name)| {
            let mut renamed = asked.clone();
            renamed.actor.user = name.clone();
            asked.allowed(policy) == renamed.allowed(policy)
        }),
    ]
}

#[rustfmt::skip] // as above
fn standings() -> Vec<Law> {
    vec![
        Law::new("외부인에게는 모두의 권한만 있다", "an outsider has only what everybody has",
            questions(), |policy, asked|
            !asked.by_outsider().allowed(policy) || is_one_of(asked.permission, &EVERYBODY)),
        Law::new("다른 스터디의 역할은 쓸모가 없다", "a role in another study is worth nothing",
            questions_about(StudyPermission::ALL.iter().copied()), |policy, asked|
            !asked.allowed(policy) || asked.role_there().is_some()),
        Law::new("개인별 거부는 모든 것을 이긴다", "a person's denial beats role and grant",
            questions_about(AdminPermission::ALL.iter().copied()), |policy, asked|
            !asked.allowed(policy) || !asked.actor.admin.is_some_and(|own| own.denials.iter().any(|denied| asked.permission == denied.into()))),
        Law::new("만료된 관리자 역할은 없는 것이다", "an expired administrator's role is none",
            (testing::on_file(), select(AdminPermission::ALL)), |policy, (file, asked)|
            !file.actor().is_some_and(|actor| policy.allows(&actor, *asked, &file.target())) || file.is_admin()),
        Law::new("활동 중인 멤버만 스터디 권한이 있다", "only an ACTIVE membership gives permissions in a study",
            (testing::on_file(), select(StudyPermission::ALL)), |policy, (file, asked)|
            !file.actor().is_some_and(|actor| policy.allows(&actor, *asked, &file.target())) || file.is_member()),
    ]
}

fn is_one_of(permission: Permission, list: &[SystemPermission]) -> bool {
    list.iter().any(|known| permission == (*known).into())
}

/// `user.read`, `user.list`.
fn only_reads(permission: Permission) -> bool {
    permission.name().rsplit_once('.').is_some_and(|(_, verb)| ["read", "list"].contains(&verb))
}
