//! Everything of one's own as a document (specification, features § 1): for taking along, and before deleting an account.
//!
//! It tells of nobody else: others stand in it by identifier at most. It is read and written in pieces, so that it costs no more memory
//! for who has said much.

use std::{collections::VecDeque, sync::Arc};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{
    model::{User, UserStatus},
    session::SessionView,
};
use crate::{
    changes::to_value,
    chat::model::Message,
    coup::{Coup, Ctx},
    env::Timestamp,
    error::Error,
    id::{MessageId, NotificationId, ReportId, StudyId, UserId},
    identity::model::IdentityView,
    member::model::MemberStatus,
    moderation::model::{Case, CaseStatus, Report, ReportTargetType, ReportType},
    notification::model::{Notification, NotificationEvent, NotificationFilter},
    page::{Key, Keyset, Limit},
    policy::{AdminRole, StudyRole, SystemPermission, Target},
    sanction::view::OwnSanction,
    store::{Membership, Store, StoreError},
    text::{Bio, Email, Introduction, Level, PersonName, StudyName},
    user::model::{AgeBand, Session},
};

/// The name of the format.
pub const FORMAT: &str = "coup-personal-data";

/// Its version: fields may be added within one.
pub const VERSION: u32 = 1;

/// One's account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedAccount {
    /// Who.
    pub id: UserId,
    /// Absent for hosts' users.
    pub email: Option<Email>,
    /// Whether it has a password; only a hash of it is known, which is not told.
    pub has_password: bool,
    /// Whether signing in asks for a second factor, too; its secret is not told.
    pub has_second_factor: bool,
    /// Shown to others.
    pub name: Option<PersonName>,
    /// Address of a picture.
    pub avatar: Option<String>,
    /// What they say of themselves.
    pub bio: Option<Bio>,
    /// `ko` or `en`, if they chose.
    pub locale: Option<String>,
    /// Whether in use.
    pub status: UserStatus,
    /// Until when it is suspended.
    pub suspended_until: Option<Timestamp>,
    /// Why.
    pub suspend_reason: Option<String>,
    /// On the host's word.
    pub age_band: Option<AgeBand>,
    /// When a guardian's consent was recorded.
    pub guardian_consent_at: Option<Timestamp>,
    /// The administrator's role, while it lasts.
    pub admin_role: Option<AdminRole>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When they last signed in.
    pub last_login_at: Option<Timestamp>,
}

/// How one stands, or stood, to a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedMembership {
    /// Which.
    pub study_id: StudyId,
    /// Its name, as long as one may see the study.
    pub study_name: Option<StudyName>,
    /// Counts while ACTIVE.
    pub role: StudyRole,
    /// How.
    pub status: MemberStatus,
    /// From the request.
    pub introduction: Option<Introduction>,
    /// From the request.
    pub motivation: Option<Introduction>,
    /// From the request.
    pub level: Option<Level>,
    /// A pause of posting.
    pub posting_paused_until: Option<Timestamp>,
    /// The latest time that one asked or came in.
    pub joined_at: Timestamp,
    /// When one became ACTIVE.
    pub approved_at: Option<Timestamp>,
    /// The last message's place that one has seen.
    pub read_to: Option<i64>,
}

/// A message of one's own; also one that was deleted, as long as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedMessage {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub study_id: StudyId,
    /// Its place there.
    pub seq: i64,
    /// What was said.
    pub content: String,
    /// The message that it answers.
    pub reply_to_id: Option<MessageId>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// A report that one made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedReport {
    /// Which.
    pub id: ReportId,
    /// On what kind of thing.
    pub target_type: ReportTargetType,
    /// On which.
    pub target_id: String,
    /// What was wrong.
    #[serde(rename = "type")]
    pub kind: ReportType,
    /// In one's own words.
    pub reason: String,
    /// Addresses that one gave.
    pub links: Vec<String>,
    /// What became of it.
    pub status: CaseStatus,
    /// When.
    pub created_at: Timestamp,
}

/// Something that one was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedNotification {
    /// Which.
    pub id: NotificationId,
    /// What it tells.
    pub event: NotificationEvent,
    /// Of which study.
    pub study_id: Option<StudyId>,
    /// Its name then.
    pub study_name: Option<String>,
    /// In somebody's words.
    pub message: String,
    /// Whether one has read it.
    pub is_read: bool,
    /// When.
    pub created_at: Timestamp,
}

/// The lists of the document, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Identities,
    Sessions,
    Memberships,
    Messages,
    Reports,
    Sanctions,
    Notifications,
}

impl List {
    const ALL: [Self; 7] = [
        Self::Identities,
        Self::Sessions,
        Self::Memberships,
        Self::Messages,
        Self::Reports,
        Self::Sanctions,
        Self::Notifications,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Identities => "identities",
            Self::Sessions => "sessions",
            Self::Memberships => "memberships",
            Self::Messages => "messages",
            Self::Reports => "reports",
            Self::Sanctions => "sanctions",
            Self::Notifications => "notifications",
        }
    }
}

/// Where the next piece of a list begins.
#[derive(Debug, Clone, Default)]
enum After {
    #[default]
    Beginning,
    Study(StudyId),
    Message(MessageId),
    Keyset(Keyset),
    End,
}

/// The document as it is being written, piece after piece.
pub struct PersonalExport {
    store: Arc<dyn Store>,
    user: UserId,
    now: Timestamp,
    idle: TimeDelta,
    appeal_days: u32,
    current: Option<crate::id::SessionId>,
    start: Option<String>,
    lists: VecDeque<List>,
    after: After,
    /// Whether the list that is being written has nothing before what comes next.
    is_first: bool,
    is_ended: bool,
}

impl std::fmt::Debug for PersonalExport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonalExport").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Coup {
    /// Everything of the caller's own, who has shown lately that it is they (`account.export`); the suspended may, too.
    ///
    /// # Errors
    /// [`Error::ConfirmationRequired`].
    pub async fn export_account(&self, ctx: &Ctx) -> Result<PersonalExport, Error> {
        let room = self.room(ctx);
        let caller = room.caller().await?;
        caller.require(SystemPermission::AccountExport, Target::User(caller.user.id.clone()))?;
        caller.fresh(&room)?;
        let now = room.env.now();
        let user = caller.user.id.clone();
        let account = ExportedAccount {
            admin_role: caller.actor.admin.as_ref().map(|admin| admin.role),
            has_second_factor: caller.has_second_factor,
            ..account(caller.user, now)
        };
        let start = format!(
            "{{\"format\":{},\"version\":{VERSION},\"exportedAt\":{},\"account\":{}",
            to_value(&FORMAT),
            to_value(&now),
            to_value(&account)
        );
        Ok(PersonalExport {
            store: self.shared_store(),
            user,
            now,
            idle: room.settings().session_idle(),
            appeal_days: room.settings().appeal_days,
            current: caller.session.map(|session| session.id),
            start: Some(start),
            lists: List::ALL.into(),
            after: After::Beginning,
            is_first: true,
            is_ended: false,
        })
    }
}

impl PersonalExport {
    /// Whose.
    pub fn user(&self) -> &UserId {
        &self.user
    }

    /// When it was begun.
    pub fn at(&self) -> Timestamp {
        self.now
    }

    /// The next piece of the document, which is JSON once all are there; `None` after the last.
    ///
    /// # Errors
    /// When storage fails: what was written so far is not the whole.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        if let Some(start) = self.start.take() {
            return Ok(Some(start));
        }
        let Some(list) = self.lists.front().copied() else {
            return Ok((!std::mem::replace(&mut self.is_ended, true)).then(|| "}\n".into()));
        };
        let mut text = String::new();
        if matches!(self.after, After::Beginning) {
            text = format!(",\"{}\":[", list.name());
            self.is_first = true;
        }
        for item in self.read(list).await? {
            if !std::mem::replace(&mut self.is_first, false) {
                text.push(',');
            }
            text.push_str(&item);
        }
        if matches!(self.after, After::End) {
            text.push(']');
            self.lists.pop_front();
            self.after = After::Beginning;
        }
        Ok(Some(text))
    }

    /// A piece of a list, each item as JSON.
    async fn read(&mut self, list: List) -> Result<Vec<String>, StoreError> {
        let (store, user) = (self.store.clone(), self.user.clone());
        let after = std::mem::take(&mut self.after);
        let keyset = match &after {
            After::Keyset(keyset) => Some(keyset),
            _ => None,
        };
        let (items, next) = match list {
            List::Identities => {
                let own = store.identities(&user).await?;
                (texts(own.iter().map(IdentityView::from)), After::End)
            }
            List::Sessions => {
                let own = store.sessions_of(&user, Limit::BATCH).await?;
                (texts(own.into_iter().map(|session| self.session(session))), After::End)
            }
            List::Memberships => {
                let after = if let After::Study(study) = after { Some(study) } else { None };
                let own = store.memberships(&user, after, Limit::BATCH).await?;
                let next = next(&own, |own| After::Study(own.study.id));
                (texts(own.into_iter().map(ExportedMembership::from)), next)
            }
            List::Messages => {
                let after = if let After::Message(message) = after { Some(message) } else { None };
                let own = store.messages_by(&user, after, Limit::BATCH).await?;
                let next = next(&own, |message| After::Message(message.id));
                (texts(own.iter().map(exported)), next)
            }
            List::Reports => {
                let own = store.own_reports(&user, keyset, Limit::BATCH).await?;
                let next = next(&own, |(report, _)| place(report.created_at, report.id.to_string()));
                (texts(own.iter().map(|(report, case)| told(report, case, self.now))), next)
            }
            List::Sanctions => {
                let own = store.sanctions_of(&user).await?;
                let seen = |(sanction, appeal)| OwnSanction::at(self.now, self.appeal_days, &sanction, appeal);
                (texts(own.into_iter().map(seen)), After::End)
            }
            List::Notifications => {
                let own = store.notifications(&user, NotificationFilter::default(), keyset, Limit::BATCH).await?;
                let next = next(&own, |one| place(one.created_at, one.id.to_string()));
                (texts(own.into_iter().map(ExportedNotification::from)), next)
            }
        };
        self.after = next;
        Ok(items)
    }

    fn session(&self, session: Session) -> SessionView {
        SessionView::of(session, self.current, self.idle)
    }
}

fn texts<T: Serialize>(items: impl Iterator<Item = T>) -> Vec<String> {
    items.map(|item| to_value(&item).to_string()).collect()
}

/// Where the next piece begins: nowhere, if this one was not full.
fn next<T>(rows: &[T], place: impl Fn(&T) -> After) -> After {
    match rows.last() {
        Some(last) if rows.len() >= Limit::BATCH.get() => place(last),
        _ => After::End,
    }
}

fn place(at: Timestamp, id: String) -> After {
    After::Keyset(Keyset { list: String::new(), key: Key::time(at), id })
}

fn account(user: User, now: Timestamp) -> ExportedAccount {
    ExportedAccount {
        status: user.status_at(now),
        has_password: user.password.is_some(),
        admin_role: None,
        has_second_factor: false,
        id: user.id,
        email: user.email,
        name: user.name,
        avatar: user.avatar,
        bio: user.bio,
        locale: user.locale,
        suspended_until: user.suspended_until,
        suspend_reason: user.suspend_reason,
        age_band: user.age_band,
        guardian_consent_at: user.guardian_consent_at,
        created_at: user.created_at,
        updated_at: user.updated_at,
        last_login_at: user.last_login_at,
    }
}

impl From<Membership> for ExportedMembership {
    fn from(Membership { study, member, read_to }: Membership) -> Self {
        let is_public = study.is_public && study.hidden_at.is_none();
        Self {
            study_id: study.id,
            study_name: (member.status == MemberStatus::Active || is_public).then_some(study.name),
            role: member.role,
            status: member.status,
            introduction: member.introduction,
            motivation: member.motivation,
            level: member.level,
            posting_paused_until: member.posting_paused_until,
            joined_at: member.joined_at,
            approved_at: member.approved_at,
            read_to,
        }
    }
}

fn exported(message: &Message) -> ExportedMessage {
    ExportedMessage {
        id: message.id,
        study_id: message.study_id,
        seq: message.seq,
        content: message.content.to_string(),
        reply_to_id: message.reply_to_id,
        created_at: message.created_at,
        edited_at: message.edited_at,
        deleted_at: message.deleted_at,
    }
}

fn told(report: &Report, case: &Case, now: Timestamp) -> ExportedReport {
    ExportedReport {
        id: report.id,
        target_type: case.target.kind(),
        target_id: case.target.id(),
        kind: report.kind,
        reason: report.reason.to_string(),
        links: report.links.iter().map(ToString::to_string).collect(),
        status: case.status_at(now),
        created_at: report.created_at,
    }
}

impl From<Notification> for ExportedNotification {
    fn from(one: Notification) -> Self {
        Self {
            id: one.id,
            event: one.event,
            study_id: one.study_id,
            study_name: one.study_name,
            message: one.message,
            is_read: one.is_read,
            created_at: one.created_at,
        }
    }
}
