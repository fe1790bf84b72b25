//! Rows with sensible values, for tests of anything: change what the test is about, keep the rest.

use chrono::{DateTime, TimeDelta};

use crate::{
    appeal::model::{Appeal, AppealStatus},
    chat::model::Message,
    env::{Clock as _, Ids as _, Timestamp},
    id::{
        AppealId, CaseId, InviteId, MembershipEventId, MessageId, NotificationId, ReportId, SanctionId, SessionId,
        StudyId, UserId,
    },
    member::model::{MemberStatus, MembershipChange, MembershipEvent, StudyInvite, StudyMember},
    moderation::model::{Case, CaseStatus, Priority, Report, ReportTarget, ReportType, Snapshot, Weight},
    notification::model::{Notification, NotificationData, NotificationEvent},
    policy::{AdminRole, SanctionType, StudyRole},
    sanction::model::{Days, Measure, Sanction},
    study::model::{DEFAULT_CAPACITY, Study},
    testing::{FixedClock, SeededIds},
    text::{AppealText, Category, Description, Email, Emoji, MessageText, PersonName, ReportReason, StudyName, Tag},
    user::model::{AdminGrant, AdminPermissions, PasswordHash, Session, User},
};

/// When fixtures begin: 2 March 2026, the first day of a Korean school year, in UTC, with microseconds.
pub const START: Timestamp = DateTime::from_timestamp_micros(1_772_409_600_123_456).unwrap();

/// Makes rows. Each is a minute younger than the one before, and none has another's identifier.
///
/// ```
/// use coup_core::testing::fixtures::Fixtures;
///
/// let make = Fixtures::new(1);
/// let owner = make.user("김민준");
/// let study = make.study(&owner.id, "알고리즘 스터디");
/// assert_eq!(study.owner_id, owner.id);
/// assert!(study.created_at > owner.created_at);
/// ```
#[derive(Debug, Clone)]
pub struct Fixtures {
    /// Shows the time of the newest row.
    pub clock: FixedClock,
    /// Where identifiers come from.
    pub ids: SeededIds,
}

impl Fixtures {
    /// Rows of their own for each seed.
    pub fn new(seed: u16) -> Self {
        Self { clock: FixedClock::at(START), ids: SeededIds::new(seed) }
    }

    /// A minute later.
    pub fn later(&self) -> Timestamp {
        self.clock.advance(TimeDelta::minutes(1))
    }

    /// A fresh identifier of any kind, by way of its `from_uuid`.
    pub fn id<T>(&self, from_uuid: impl Fn(uuid::Uuid) -> T) -> T {
        from_uuid(self.ids.uuid(self.clock.now()))
    }

    /// An account with an address and a password's hash (of no password).
    pub fn user(&self, name: &str) -> User {
        let now = self.later();
        let id = self.id(UserId::from);
        User {
            email: Some(Email::from_stored(format!("{id}@school.kr"))),
            password: Some(PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".into())),
            ..User::new(id, PersonName::from_stored(name.into()), now)
        }
    }

    /// A session of twelve hours.
    pub fn session(&self, user: &UserId) -> Session {
        let now = self.later();
        let mut token_hash = [0; 32];
        self.ids.fill(&mut token_hash);
        Session {
            id: self.id(SessionId::from_uuid),
            user: user.clone(),
            token_hash,
            created_at: now,
            expires_at: now + TimeDelta::hours(12),
            last_seen_at: now,
            confirmed_at: now,
            ip: None,
            user_agent: None,
        }
    }

    /// An administrator's role without an end.
    pub fn grant(&self, user: &UserId, role: AdminRole) -> AdminGrant {
        AdminGrant {
            user: user.clone(),
            role,
            permissions: AdminPermissions::default(),
            granted_by: None,
            granted_at: self.later(),
            expires_at: None,
        }
    }

    /// A public study that takes people in, its one seat taken by the OWNER ([`Fixtures::owner`]).
    pub fn study(&self, owner: &UserId, name: &str) -> Study {
        let now = self.later();
        let id = self.id(StudyId::from_uuid);
        Study {
            id,
            owner_id: owner.clone(),
            name: StudyName::from_stored(name.into()),
            emoji: Emoji::from_stored("📚".into()),
            description: Description::from_stored("매주 화요일에 함께 문제를 풉니다.".into()),
            category: Category::from_stored("프로그래밍".into()),
            sub_category: None,
            tags: vec![Tag::from_stored("초보 환영".into())],
            max_members: DEFAULT_CAPACITY,
            member_count: 1,
            is_public: true,
            auto_approve: true,
            is_recruiting: true,
            rating: 0.0,
            review_count: 0,
            invite_code: format!("study-{id}"),
            time_zone: chrono_tz::Asia::Seoul,
            hidden_at: None,
            closed_at: None,
            closed_by: None,
            created_at: now,
            updated_at: now,
            last_activity_at: now,
            version: 0,
        }
    }

    /// An ACTIVE MEMBER.
    pub fn member(&self, study: StudyId, user: &UserId) -> StudyMember {
        let now = self.later();
        StudyMember {
            study_id: study,
            user_id: user.clone(),
            role: StudyRole::Member,
            status: MemberStatus::Active,
            introduction: None,
            motivation: None,
            level: None,
            posting_paused_until: None,
            joined_at: now,
            approved_at: Some(now),
            version: 0,
        }
    }

    /// The OWNER's membership of a new study.
    pub fn owner(&self, study: &Study) -> StudyMember {
        StudyMember {
            role: StudyRole::Owner,
            joined_at: study.created_at,
            approved_at: Some(study.created_at),
            ..self.member(study.id, &study.owner_id)
        }
    }

    /// An invite without end or limit.
    pub fn invite(&self, study: &Study) -> StudyInvite {
        let created_at = self.later();
        let id = self.id(InviteId::from_uuid);
        StudyInvite {
            id,
            study_id: study.id,
            code: format!("invite-{id}"),
            created_by: study.owner_id.clone(),
            expires_at: None,
            max_uses: None,
            uses: 0,
            created_at,
        }
    }

    /// A line of a membership's history, by the person themselves.
    pub fn history(&self, study: StudyId, user: &UserId, what: MembershipChange) -> MembershipEvent {
        let at = self.later();
        MembershipEvent {
            id: self.id(MembershipEventId::from_uuid),
            study_id: study,
            user_id: user.clone(),
            what,
            by_id: user.clone(),
            at,
        }
    }

    /// A message that has no place yet.
    pub fn message(&self, study: StudyId, user: &UserId, text: &str) -> Message {
        let now = self.later();
        Message {
            id: self.id(MessageId::from_uuid),
            study_id: study,
            seq: 0,
            client_id: None,
            user_id: user.clone(),
            content: MessageText::from_stored(text.into()),
            mentions: Vec::new(),
            file_id: None,
            reply_to_id: None,
            edited_at: None,
            deleted_at: None,
            created_at: now,
            updated_at: now,
            version: 0,
        }
    }

    /// A case that waits, with one report to come.
    pub fn case(&self, target: ReportTarget, offender: &UserId) -> Case {
        let now = self.later();
        Case {
            id: self.id(CaseId::from_uuid),
            target,
            target_name: Some("김민준".into()),
            offender_id: offender.clone(),
            study_id: None,
            status: CaseStatus::Pending,
            kind: ReportType::Other,
            priority: Priority::Medium,
            reports: 1,
            assigned_to: None,
            lease_until: None,
            held_until: None,
            escalated_to: None,
            touched_at: now,
            first_response_at: None,
            processed_by: None,
            processed_at: None,
            resolution: None,
            created_at: now,
            version: 0,
        }
    }

    /// A report of a person as they were.
    pub fn report(&self, case: &Case, reporter: &UserId) -> Report {
        let now = self.later();
        Report {
            id: self.id(ReportId::from_uuid),
            case_id: case.id,
            reporter_id: reporter.clone(),
            kind: ReportType::Other,
            reason: ReportReason::from_stored("불편해요".into()),
            snapshot: Snapshot::User { name: Some("김민준".into()), avatar: None, bio: None },
            links: Vec::new(),
            weight: Weight::FULL,
            created_at: now,
        }
    }

    /// A sanction by the host, of a day where its type has a length.
    pub fn sanction(&self, user: &UserId, kind: SanctionType) -> Sanction {
        let now = self.later();
        let measure = Measure::of(kind, Days::new("days", 1).unwrap_or(Days::MOST));
        Sanction {
            id: self.id(SanctionId::from_uuid),
            user_id: user.clone(),
            admin_id: None,
            kind,
            days: measure.days(),
            reason: "도배".into(),
            report_id: None,
            expires_at: measure.ends(now),
            is_active: true,
            lifted_by: None,
            lift_reason: None,
            lifted_at: None,
            mistaken: false,
            created_at: now,
            version: 0,
        }
    }

    /// An appeal that waits.
    pub fn appeal(&self, sanction: &Sanction) -> Appeal {
        let now = self.later();
        Appeal {
            id: self.id(AppealId::from_uuid),
            sanction_id: sanction.id,
            user_id: sanction.user_id.clone(),
            text: AppealText::from_stored("억울해요".into()),
            kind: sanction.kind,
            days: sanction.days,
            status: AppealStatus::Pending,
            decided_by: None,
            decided_role: None,
            decided_at: None,
            words: None,
            created_at: now,
            version: 0,
        }
    }

    /// A notification that was not read.
    pub fn notification(&self, user: &UserId) -> Notification {
        let now = self.later();
        Notification {
            id: self.id(NotificationId::from_uuid),
            user_id: user.clone(),
            event: NotificationEvent::ReportResolved,
            study_id: None,
            study_name: None,
            study_emoji: None,
            message: "처리했어요".into(),
            data: NotificationData::default(),
            is_read: false,
            created_at: now,
        }
    }
}
