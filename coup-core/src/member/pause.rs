//! A pause of somebody's posting in one study, by its OWNER or an ADMIN: no sanction, and it ends by itself.

use chrono::TimeDelta;

use super::{
    model::{MemberStatus, StudyMember},
    rules,
};
use crate::{
    changes::{Guard, Row},
    coup::{Command, Prepared, Room},
    env::Timestamp,
    error::{Error, Invalid, StateError},
    id::{StudyId, UserId},
    notification::model::{Notice, NotificationData, NotificationEvent},
    policy::{StudyPermission, select},
};

/// How long at most, in days (specification, beyond § School safety).
pub const LONGEST_DAYS: i64 = 7;

/// Pauses a member's posting, or lets it go on.
#[derive(Debug, Clone)]
pub struct PausePosting {
    /// Where.
    pub study: StudyId,
    /// Whose.
    pub user: UserId,
    /// Until when; absent: it goes on at once.
    pub until: Option<Timestamp>,
}

impl Command for PausePosting {
    type Output = StudyMember;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<StudyMember>, Error> {
        let file = room.study(self.study).await?;
        // Who is no member of the study hears of its members nothing.
        file.require(StudyPermission::MemberPauseMember)?;
        let found = room.store().member(self.study, &self.user).await?;
        let member = found.filter(|found| found.member.status == MemberStatus::Active).ok_or(StateError::NotAMember)?;
        let member = member.member;
        let permission = select::pause(&file.caller.user.id, &member.user_id, member.role)?;
        let permit = file.permit(permission)?;
        rules::active(&member)?;
        file.writable()?;
        let now = room.env.now();
        match self.until {
            Some(until) if until <= now => return Err(Invalid::field("until", "in_the_past").into()),
            Some(until) if until > now + TimeDelta::days(LONGEST_DAYS) => {
                return Err(Invalid::bound("until", "too_far", LONGEST_DAYS).into());
            }
            _ => {}
        }
        if self.until == member.posting_paused_until {
            return Ok(Prepared::done(member));
        }
        let guard = Guard::Member(self.study, member.user_id.clone(), member.version);
        let paused = StudyMember { posting_paused_until: self.until, ..member };
        let data = NotificationData { until: self.until, ..NotificationData::default() };
        let notice = Notice::new(NotificationEvent::PostingPaused, data).of(&file.study);
        let changes = file
            .changes(permit)
            .guard(guard)
            .save(Row::Member(Box::new(paused.clone())))
            .notify(&room.env, &self.user, notice);
        Ok(Prepared::new(changes, paused))
    }
}
