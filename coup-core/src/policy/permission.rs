//! What can be asked for: every permission once, with its name and its labels.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{host::HostPermission, name::UnknownName};

/// The tier of a permission: which of a person's roles decides (specification, permissions).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Decided by the system role that everybody has.
    System,
    /// Decided by the role in the target's study.
    Study,
    /// Decided by the role in the target's group.
    Group,
    /// Decided by the administrator role.
    Admin,
}

impl Tier {
    /// All four, in the order of the specification's table.
    pub const ALL: [Self; 4] = [Self::System, Self::Study, Self::Group, Self::Admin];

    /// `system`, `study`, `group` or `admin`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Study => "study",
            Self::Group => "group",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Tier {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|tier| tier.name() == text);
        found.ok_or_else(|| UnknownName::new("tier", text, Self::ALL.map(Self::name)))
    }
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $tier:ident $prefix:literal $enum:ident { $($variant:ident $name:literal $ko:literal $en:literal,)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum $enum {
                $(#[doc = concat!("`", $name, "`: ", $en, " (", $ko, ").")] $variant,)+
            }

            impl $enum {
                /// All of this tier, in the order of the specification's table.
                pub const ALL: &'static [Self] = &[$(Self::$variant),+];

                /// The name within its tier, such as `message.send`.
                pub const fn name(self) -> &'static str {
                    match self { $(Self::$variant => $name,)+ }
                }

                /// What it permits, in Korean, as the specification's table words it.
                pub const fn label_ko(self) -> &'static str {
                    match self { $(Self::$variant => $ko,)+ }
                }

                /// What it permits, in English.
                pub const fn label_en(self) -> &'static str {
                    match self { $(Self::$variant => $en,)+ }
                }

                /// The name with its tier, such as `study:message.send`, as the policy file spells it.
                pub const fn full_name(self) -> &'static str {
                    match self { $(Self::$variant => concat!($prefix, ":", $name),)+ }
                }
            }

            impl From<$enum> for Permission {
                fn from(permission: $enum) -> Self {
                    Self::$tier(permission)
                }
            }

            impl fmt::Display for $enum {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(self.name())
                }
            }

            /// Reads the name within the tier, such as `message.send`.
            impl FromStr for $enum {
                type Err = UnknownName;

                fn from_str(text: &str) -> Result<Self, UnknownName> {
                    match text {
                        $($name => Ok(Self::$variant),)+
                        _ => Err(UnknownName::new("permission", text, Self::ALL.iter().map(|known| known.name()))),
                    }
                }
            }

            impl Serialize for $enum {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.name())
                }
            }

            impl<'de> Deserialize<'de> for $enum {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                }
            }
        )+
    };
}

permissions! {
    /// What every signed-in person may, or every administrator.
    System "system" SystemPermission {
        StudyBrowse "study.browse" "스터디 탐색" "browse studies",
        StudyJoin "study.join" "스터디 가입" "join a study",
        StudyCreate "study.create" "스터디 생성" "create a study",
        GroupCreate "group.create" "그룹 생성" "create a group",
        GroupJoin "group.join" "그룹 가입" "join a group",
        TaskPersonal "task.personal" "개인 할일 관리" "keep personal tasks",
        ProfileManage "profile.manage" "프로필 관리" "edit one's profile",
        ProfileAvatar "profile.avatar" "프로필 사진 변경" "change one's picture",
        AccountExport "account.export" "개인정보 내보내기" "export one's data",
        AccountDelete "account.delete" "계정 탈퇴" "delete one's account",
        SanctionReadOwn "sanction.read_own" "본인 제재 조회" "see one's sanctions",
        NotificationManage "notification.manage" "알림 관리" "manage notifications",
        ReportCreate "report.create" "신고 접수" "report something",
        AppealCreate "appeal.create" "이의 제기" "appeal a sanction",
        AdminEnter "admin.enter" "관리자 대시보드 접근" "enter the administration",
        AdminUsers "admin.users" "사용자 관리" "manage users",
        AdminStudies "admin.studies" "스터디 관리 (전체)" "manage all studies",
        AdminReports "admin.reports" "신고 처리" "process reports",
        AdminSettings "admin.settings" "시스템 설정" "change the system's settings",
    }
    /// What a study's members may in it.
    Study "study" StudyPermission {
        StudyRead "study.read" "스터디 정보 조회" "see the study",
        StudyUpdate "study.update" "스터디 기본 설정 변경" "change the study's basic settings",
        StudyRecruit "study.recruit" "스터디 모집 상태 변경" "open or close recruiting",
        StudyVisibility "study.visibility" "스터디 공개 설정 변경" "make the study public or private",
        StudyClose "study.close" "스터디 종료" "close the study",
        StudyDelete "study.delete" "스터디 삭제" "delete the study",
        StudyLeave "study.leave" "스터디 탈퇴" "leave the study",
        StudyReview "study.review" "스터디 평가" "review the study",
        StudyInvite "study.invite" "초대 링크 관리" "manage invites",
        MemberList "member.list" "멤버 목록 조회" "list members",
        MemberRequests "member.requests" "가입 신청 목록 조회" "list join requests",
        MemberApprove "member.approve" "가입 승인/거부" "approve or reject requests",
        MemberEnrol "member.enrol" "명단 일괄 등록" "enrol a list of people",
        MemberKickMember "member.kick_member" "멤버 강퇴" "kick a member",
        MemberKickAdmin "member.kick_admin" "관리자 강퇴" "kick an administrator",
        MemberReinstate "member.reinstate" "강퇴 해제" "lift a kick",
        MemberPauseMember "member.pause_member" "멤버 작성 일시 중지" "pause a member's posting",
        MemberPauseAdmin "member.pause_admin" "관리자 작성 일시 중지" "pause an administrator's posting",
        MemberAppointAdmin "member.appoint_admin" "관리자 임명" "appoint an administrator",
        MemberDismissAdmin "member.dismiss_admin" "관리자 해제" "dismiss an administrator",
        MemberTransferOwnership "member.transfer_ownership" "방장 위임" "hand over the study",
        MessageRead "message.read" "메시지 조회" "read messages",
        MessageSend "message.send" "메시지 전송" "send messages",
        MessageAttach "message.attach" "파일 첨부" "attach files",
        MessageEditOwn "message.edit_own" "본인 메시지 수정" "edit one's own message",
        MessageDeleteOwn "message.delete_own" "본인 메시지 삭제" "delete one's own message",
        MessageDeleteOthers "message.delete_others" "타인 메시지 삭제" "delete others' messages",
        CallJoin "call.join" "통화 참여" "join a call",
        CallSpeak "call.speak" "통화 발언" "speak in a call",
        CallShareScreen "call.share_screen" "화면 공유" "share one's screen",
        CallMuteParticipant "call.mute_participant" "참여자 음소거" "mute a participant",
        CallRemoveParticipant "call.remove_participant" "참여자 강제 퇴장" "remove a participant",
        NoticeRead "notice.read" "공지 조회" "read notices",
        NoticeCreate "notice.create" "공지 작성" "write notices",
        NoticeUpdateOwn "notice.update_own" "공지 수정 (본인 작성)" "edit one's own notice",
        NoticeDeleteOwn "notice.delete_own" "공지 삭제 (본인 작성)" "delete one's own notice",
        NoticeDeleteOthers "notice.delete_others" "공지 삭제 (타인 작성)" "delete others' notices",
        NoticePin "notice.pin" "공지 고정/해제" "pin notices",
        NoticeMarkImportant "notice.mark_important" "중요 표시" "mark a notice important",
        EventRead "event.read" "일정 조회" "see events",
        EventCreate "event.create" "일정 생성" "create events",
        EventUpdate "event.update" "일정 수정" "change events",
        EventDelete "event.delete" "일정 삭제" "delete events",
        AttendanceReadOwn "attendance.read_own" "본인 출석 조회" "see one's own attendance",
        AttendanceReadAll "attendance.read_all" "전체 출석 조회" "see everybody's attendance",
        AttendanceRecord "attendance.record" "출석 관리" "record attendance",
        AttendanceCheckIn "attendance.check_in" "본인 출석" "check in",
        FileRead "file.read" "파일 조회" "list files",
        FileDownload "file.download" "파일 다운로드" "download files",
        FileUpload "file.upload" "파일 업로드" "upload files",
        FileDeleteOwn "file.delete_own" "본인 파일 삭제" "delete one's own file",
        FileDeleteOthers "file.delete_others" "타인 파일 삭제" "delete others' files",
        TaskRead "task.read" "과제 조회" "see tasks",
        TaskCreate "task.create" "과제 생성" "create tasks",
        TaskUpdate "task.update" "과제 수정" "change tasks",
        TaskDelete "task.delete" "과제 삭제" "delete tasks",
        TaskAssign "task.assign" "담당자 지정" "assign tasks",
        TaskMoveAny "task.move_any" "모든 카드 이동" "move any card",
        TaskMoveAssigned "task.move_assigned" "배정된 카드 이동" "move an assigned card",
        TaskCompleteAssigned "task.complete_assigned" "본인 과제 완료 처리 (배정된 과제만)" "complete an assigned task",
    }
    /// What a group's members may in it.
    Group "group" GroupPermission {
        GroupRead "group.read" "그룹 조회" "see the group",
        GroupUpdate "group.update" "그룹 설정 변경" "change the group's settings",
        GroupVisibility "group.visibility" "그룹 공개 설정 변경" "make the group public or private",
        GroupDelete "group.delete" "그룹 삭제" "delete the group",
        GroupLeave "group.leave" "그룹 탈퇴" "leave the group",
        GroupInvite "group.invite" "그룹 초대 관리" "manage the group's invites",
        GroupAddStudy "group.add_study" "그룹에 스터디 추가" "add a study to the group",
        MemberList "member.list" "멤버 목록 조회" "list members",
        MemberRequests "member.requests" "가입 신청 목록 조회" "list join requests",
        MemberApprove "member.approve" "가입 승인/거부" "approve or reject requests",
        MemberKickMember "member.kick_member" "멤버 강퇴" "kick a member",
        MemberKickAdmin "member.kick_admin" "관리자 강퇴" "kick an administrator",
        MemberReinstate "member.reinstate" "강퇴 해제" "lift a kick",
        MemberAppointAdmin "member.appoint_admin" "관리자 임명" "appoint an administrator",
        MemberDismissAdmin "member.dismiss_admin" "관리자 해제" "dismiss an administrator",
        MemberTransferOwnership "member.transfer_ownership" "대표 위임" "hand over the group",
    }
    /// What administrators may.
    Admin "admin" AdminPermission {
        StatsRead "stats.read" "통계 조회" "see statistics",
        ActivityRead "activity.read" "최근 활동 조회" "see recent activity",
        ReportGenerate "report.generate" "리포트 생성" "make a report document",
        UserList "user.list" "사용자 목록 조회" "list users",
        UserRead "user.read" "사용자 상세 조회" "see a user",
        UserUpdate "user.update" "사용자 정보 편집" "edit a user",
        UserMessage "user.message" "일괄 메시지 발송" "send bulk messages",
        UserExport "user.export" "사용자 CSV 내보내기" "export users as CSV",
        UserDelete "user.delete" "사용자 삭제" "delete a user",
        UserLegalHold "user.legal_hold" "법적 보존" "hold a user's data for legal reasons",
        StudyList "study.list" "스터디 목록 조회" "list studies",
        StudyRead "study.read" "스터디 상세 조회" "see a study",
        StudyHide "study.hide" "스터디 숨김 처리" "hide a study",
        StudyVisibility "study.visibility" "스터디 비공개 전환" "make a study private",
        StudyClose "study.close" "스터디 종료" "close a study",
        StudyFeature "study.feature" "추천 스터디 설정" "feature a study",
        StudyTransferOwnership "study.transfer_ownership" "OWNER 권한 위임" "hand a study to another owner",
        StudyDelete "study.delete" "스터디 삭제" "delete a study",
        MemoRead "memo.read" "관리자 메모 조회" "read administrators' memos",
        MemoWrite "memo.write" "관리자 메모 작성" "write administrators' memos",
        ContentRead "content.read" "메시지·파일·공지 조회" "read messages, files and notices",
        ContentDelete "content.delete" "메시지·파일·공지 삭제" "delete messages, files and notices",
        ReportList "report.list" "신고 목록 조회" "list reports",
        ReportRead "report.read" "신고 상세 조회" "read a report",
        ReportAssign "report.assign" "신고 담당자 할당" "assign a report",
        ReportProcess "report.process" "신고 처리 (해결/기각/보류)" "decide a report",
        SanctionWarning "sanction.warning" "사용자 경고" "warn a user",
        SanctionChatBan "sanction.chat_ban" "채팅 금지" "ban from chat",
        SanctionFileUploadBan "sanction.file_upload_ban" "파일 업로드 금지" "ban from uploading",
        SanctionStudyCreateBan "sanction.study_create_ban" "스터디 생성 금지" "ban from creating studies",
        SanctionRestriction "sanction.restriction" "활동 제한" "restrict a user",
        SanctionSuspension "sanction.suspension" "사용자 정지" "suspend a user",
        SanctionPermanentBan "sanction.permanent_ban" "사용자 영구 정지" "ban a user for ever",
        SanctionLift "sanction.lift" "정지 해제" "lift a sanction",
        AppealDecide "appeal.decide" "이의 제기 처리" "decide an appeal",
        SettingsRead "settings.read" "설정 조회" "read settings",
        SettingsUpdate "settings.update" "설정 변경" "change settings",
        FilterConfigure "filter.configure" "자동 필터 설정" "configure the automatic filter",
        CacheClear "cache.clear" "캐시 초기화" "clear caches",
        BackupManage "backup.manage" "백업/복구" "back up and restore",
        DataExport "data.export" "데이터 내보내기" "export all data",
        AdminList "admin.list" "관리자 목록 조회" "list administrators",
        AdminGrant "admin.grant" "관리자 임명" "appoint an administrator",
        AdminRevoke "admin.revoke" "관리자 해제" "dismiss an administrator",
        AuditRead "audit.read" "로그 조회" "read the audit log",
        AuditExport "audit.export" "로그 내보내기" "export the audit log",
    }
}

impl AdminPermission {
    /// The permission of the system tier that opens the area this one is in (specification, permissions § System role).
    pub const fn gate(self) -> SystemPermission {
        match self {
            Self::StatsRead | Self::ActivityRead | Self::ReportGenerate => SystemPermission::AdminEnter,
            Self::UserList
            | Self::UserRead
            | Self::UserUpdate
            | Self::UserMessage
            | Self::UserExport
            | Self::UserDelete
            | Self::UserLegalHold
            | Self::SanctionWarning
            | Self::SanctionChatBan
            | Self::SanctionFileUploadBan
            | Self::SanctionStudyCreateBan
            | Self::SanctionRestriction
            | Self::SanctionSuspension
            | Self::SanctionPermanentBan
            | Self::SanctionLift => SystemPermission::AdminUsers,
            Self::StudyList
            | Self::StudyRead
            | Self::StudyHide
            | Self::StudyVisibility
            | Self::StudyClose
            | Self::StudyFeature
            | Self::StudyTransferOwnership
            | Self::StudyDelete
            | Self::MemoRead
            | Self::MemoWrite => SystemPermission::AdminStudies,
            Self::ContentRead
            | Self::ContentDelete
            | Self::ReportList
            | Self::ReportRead
            | Self::ReportAssign
            | Self::ReportProcess
            | Self::AppealDecide => SystemPermission::AdminReports,
            Self::SettingsRead
            | Self::SettingsUpdate
            | Self::FilterConfigure
            | Self::CacheClear
            | Self::BackupManage
            | Self::DataExport
            | Self::AdminList
            | Self::AdminGrant
            | Self::AdminRevoke
            | Self::AuditRead
            | Self::AuditExport => SystemPermission::AdminSettings,
        }
    }
}

/// One permission of any tier.
///
/// Written `tier:name`, as in the policy file; a host's own keeps the name that it was declared under.
///
/// ```
/// use coup_core::policy::{Permission, StudyPermission};
///
/// let permission: Permission = StudyPermission::MessageSend.into();
/// assert_eq!(permission.to_string(), "study:message.send");
/// assert_eq!("study:message.send".parse(), Ok(permission));
/// assert_eq!(permission.label_ko(), "메시지 전송");
/// assert_eq!(Permission::all().count(), 141);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Of the system tier.
    System(SystemPermission),
    /// Of the study tier.
    Study(StudyPermission),
    /// Of the group tier.
    Group(GroupPermission),
    /// Of the administrators' tier.
    Admin(AdminPermission),
    /// A host's own.
    Host(HostPermission),
}

/// How many permissions are built in.
pub(super) const BUILT_IN: usize =
    SystemPermission::ALL.len() + StudyPermission::ALL.len() + GroupPermission::ALL.len() + AdminPermission::ALL.len();

impl Permission {
    /// Every built-in permission, in the order of the specification's table.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        let system = SystemPermission::ALL.iter().copied().map(Self::System);
        let study = StudyPermission::ALL.iter().copied().map(Self::Study);
        let group = GroupPermission::ALL.iter().copied().map(Self::Group);
        let admin = AdminPermission::ALL.iter().copied().map(Self::Admin);
        system.chain(study).chain(group).chain(admin)
    }

    /// The name within its tier, such as `message.send`; a host's own is whole, such as `school:grade.enter`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::System(it) => it.name(),
            Self::Study(it) => it.name(),
            Self::Group(it) => it.name(),
            Self::Admin(it) => it.name(),
            Self::Host(it) => it.name(),
        }
    }

    /// The name as the policy file spells it, such as `study:message.send`.
    pub const fn full_name(&self) -> &'static str {
        match self {
            Self::System(it) => it.full_name(),
            Self::Study(it) => it.full_name(),
            Self::Group(it) => it.full_name(),
            Self::Admin(it) => it.full_name(),
            Self::Host(it) => it.name(),
        }
    }

    /// Which of a person's roles decides.
    pub const fn tier(&self) -> Tier {
        match self {
            Self::System(_) => Tier::System,
            Self::Study(_) => Tier::Study,
            Self::Group(_) => Tier::Group,
            Self::Admin(_) => Tier::Admin,
            Self::Host(it) => it.tier(),
        }
    }

    /// What it permits, in Korean.
    pub const fn label_ko(&self) -> &'static str {
        match self {
            Self::System(it) => it.label_ko(),
            Self::Study(it) => it.label_ko(),
            Self::Group(it) => it.label_ko(),
            Self::Admin(it) => it.label_ko(),
            Self::Host(it) => it.label_ko(),
        }
    }

    /// What it permits, in English.
    pub const fn label_en(&self) -> &'static str {
        match self {
            Self::System(it) => it.label_en(),
            Self::Study(it) => it.label_en(),
            Self::Group(it) => it.label_en(),
            Self::Admin(it) => it.label_en(),
            Self::Host(it) => it.label_en(),
        }
    }

    /// Its place in the compiled table.
    pub(super) const fn index(&self) -> usize {
        const STUDY: usize = SystemPermission::ALL.len();
        const GROUP: usize = STUDY + StudyPermission::ALL.len();
        const ADMIN: usize = GROUP + GroupPermission::ALL.len();
        match self {
            Self::System(it) => *it as usize,
            Self::Study(it) => STUDY + *it as usize,
            Self::Group(it) => GROUP + *it as usize,
            Self::Admin(it) => ADMIN + *it as usize,
            Self::Host(it) => BUILT_IN + it.id() as usize,
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.full_name())
    }
}

/// Reads a built-in one; a host's own are known to its policy:
/// [`Policy::parse_permission`](super::Policy::parse_permission).
impl FromStr for Permission {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = text.split_once(':').and_then(|(tier, name)| match tier {
            "system" => name.parse().ok().map(Self::System),
            "study" => name.parse().ok().map(Self::Study),
            "group" => name.parse().ok().map(Self::Group),
            "admin" => name.parse().ok().map(Self::Admin),
            _ => None,
        });
        found.ok_or_else(|| UnknownName::new("permission", text, Self::all().map(|known| known.full_name())))
    }
}

/// Written as its full name, `study:message.send`.
impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.full_name())
    }
}
