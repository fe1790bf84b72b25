//! Rows with sensible values, for tests of anything: change what the test is about, keep the rest.

use chrono::{DateTime, TimeDelta};

use crate::{
    chat::model::Message,
    env::{Clock as _, Ids as _, Timestamp},
    id::{InviteId, MembershipEventId, MessageId, SessionId, StudyId, UserId},
    member::model::{MemberStatus, MembershipChange, MembershipEvent, StudyInvite, StudyMember},
    policy::{AdminRole, StudyRole},
    study::model::{DEFAULT_CAPACITY, Study},
    testing::{FixedClock, SeededIds},
    text::{Category, Description, Email, Emoji, MessageText, PersonName, StudyName, Tag},
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
}
