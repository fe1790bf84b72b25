//! Use cases of invites: the standing code and further ones.

use chrono::Duration;
use serde::Serialize;

use crate::{
    changes::{Change, Key, Row},
    coup::{Caller, Command, Coup, Ctx, Prepared, Room, StudyFile},
    env::Timestamp,
    error::{Check, Error, Invalid, StateError},
    id::{InviteId, StudyId},
    member::{
        model::{Member, StudyInvite},
        rules::{self, Way},
        service::{Request, come_in},
    },
    page::{Key as SortKey, Keyset, Limit, Page, Places},
    policy::{StudyPermission, SystemPermission},
    study::{model::Study, service::code},
    user::model::Person,
};

/// The longest life of an invite.
pub const MAX_DAYS: i64 = 365;
/// The greatest limit of uses.
pub const MAX_USES: u32 = 10_000;

/// Makes an invite.
#[derive(Debug, Clone, Copy)]
pub struct CreateInvite {
    /// Into which study.
    pub study: StudyId,
    /// Until when; absent: without end.
    pub expires_at: Option<Timestamp>,
    /// How often; absent: without limit.
    pub max_uses: Option<u32>,
}

impl CreateInvite {
    /// Reads what was asked for.
    pub fn parse(study: StudyId, expires_at: Option<Timestamp>, max_uses: Option<i64>) -> Result<Self, Invalid> {
        let mut check = Check::default();
        let max_uses = max_uses.and_then(|n| {
            check.take(match u32::try_from(n) {
                Ok(n @ 1..=MAX_USES) => Ok(n),
                _ if n < 1 => Err(Invalid::bound("maxUses", "too_small", 1)),
                _ => Err(Invalid::bound("maxUses", "too_great", MAX_USES.into())),
            })
        });
        check.finish()?;
        Ok(Self { study, expires_at, max_uses })
    }
}

impl Command for CreateInvite {
    type Output = StudyInvite;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<StudyInvite>, Error> {
        let now = room.env.now();
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(Invalid::field("expiresAt", "in_the_past").into());
        }
        if self.expires_at.is_some_and(|end| end > now + Duration::days(MAX_DAYS)) {
            return Err(Invalid::bound("expiresAt", "too_far", MAX_DAYS).into());
        }
        let file = room.study(self.study).await?;
        let permit = file.permit(StudyPermission::StudyInvite)?;
        file.writable()?;
        let invite = StudyInvite {
            id: InviteId::from_uuid(room.env.uuid()),
            study_id: self.study,
            code: code(room),
            created_by: file.caller.user.id.clone(),
            expires_at: self.expires_at,
            max_uses: self.max_uses,
            uses: 0,
            created_at: now,
        };
        Ok(Prepared::new(file.changes(permit).insert(Row::Invite(Box::new(invite.clone()))), invite))
    }
}

/// Takes an invite back.
#[derive(Debug, Clone)]
pub struct RevokeInvite {
    /// Of which study.
    pub study: StudyId,
    /// Its code.
    pub code: String,
}

impl Command for RevokeInvite {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let file = room.study(self.study).await?;
        let permit = file.permit(StudyPermission::StudyInvite)?;
        let found = by_code(room, &self.code).await?;
        let Some((_, Some(invite))) = found.filter(|(study, _)| study.id == self.study) else {
            return Err(Error::NotFound);
        };
        let changes = file.changes(permit).change(Change::Remove(Key::Invite(self.study, invite.id)));
        Ok(Prepared::new(changes, ()))
    }
}

/// Joins with a code: at once, without approval.
#[derive(Debug, Clone)]
pub struct JoinByCode(pub String);

impl Command for JoinByCode {
    type Output = Member;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Member>, Error> {
        let (file, invite) = opened(room, &self.0).await?.1.ok_or(Error::NotFound)?;
        let permit = file.permit(SystemPermission::StudyJoin)?;
        rules::join(&file, Way::Invite, None, room.env.now())?;
        let mut changes = file.changes(permit);
        if let Some(invite) = invite {
            if !invite.is_open(room.env.now()) {
                return Err(StateError::InviteSpent.into());
            }
            changes = changes.change(Change::UseInvite(invite.id, room.env.now()));
        }
        Ok(come_in(room, &file, changes, Request::default()))
    }
}

/// The caller, the study that a code opens, and how they stand to it. A code that opens nothing has none, as has a hidden study's.
async fn opened(room: &Room<'_>, code: &str) -> Result<(Caller, Option<(StudyFile, Option<StudyInvite>)>), Error> {
    // Nothing is looked up for nobody. What is found is told to nobody either, until the caller is known.
    room.credential()?;
    let found = by_code(room, code).await?;
    let (caller, stood) = room.standing(found.as_ref().map(|(study, _)| study.id)).await?;
    let opened = found
        .zip(stood)
        .map(|((_, invite), (study, member))| (StudyFile { caller: caller.clone(), study, member }, invite));
    // Read again: the code may have been rotated between the two reads. The commit is guarded by this version.
    let opened = opened.filter(|(file, invite)| {
        (invite.is_some() || file.study.invite_code == code) && (file.study.hidden_at.is_none() || file.is_member())
    });
    Ok((caller, opened))
}

/// What a code opens. A text that no code of ours can be is not looked up: databases refuse some of them.
async fn by_code(room: &Room<'_>, code: &str) -> Result<Option<(Study, Option<StudyInvite>)>, Error> {
    if code.len() > 64 || code.contains(char::is_control) {
        return Ok(None);
    }
    Ok(room.store().study_by_code(code).await?)
}

/// What somebody sees who follows an invite.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InvitePreview {
    /// Where it leads.
    pub study: Study,
    /// Whether it lets them in now, else why not, as a code of [`StateError`].
    pub refusal: Option<&'static str>,
    /// Until when it is valid.
    pub expires_at: Option<Timestamp>,
}

impl Coup {
    /// Where an invite leads.
    pub async fn preview_invite(&self, ctx: &Ctx, code: &str) -> Result<InvitePreview, Error> {
        self.invited(ctx, code).await?.1.ok_or(Error::NotFound)
    }

    /// The caller, and where an invite leads, if anywhere.
    pub async fn invited(&self, ctx: &Ctx, code: &str) -> Result<(Caller, Option<InvitePreview>), Error> {
        let room = self.room(ctx);
        let (caller, opened) = opened(&room, code).await?;
        let Some((file, invite)) = opened else { return Ok((caller, None)) };
        let spent = invite.as_ref().is_some_and(|invite| !invite.is_open(room.env.now()));
        let full = file.study.member_count >= file.study.max_members;
        let refusal = match rules::join(&file, Way::Invite, None, room.env.now()) {
            Err(Error::State(state)) => Some(state),
            Err(error) => return Err(error),
            Ok(_) if spent => Some(StateError::InviteSpent),
            Ok(_) if full => Some(StateError::StudyFull),
            Ok(_) => None,
        };
        file.require(SystemPermission::StudyBrowse)?;
        let preview = InvitePreview {
            study: file.study,
            refusal: refusal.map(StateError::code),
            expires_at: invite.and_then(|invite| invite.expires_at),
        };
        Ok((caller, Some(preview)))
    }

    /// A study's invites, the newest first.
    pub async fn invites(
        &self,
        ctx: &Ctx,
        study: StudyId,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<StudyInvite>, Error> {
        let file = self.room(ctx).study(study).await?;
        Ok(self.invites_in(&file, cursor, limit).await?.map(|(invite, _)| invite))
    }

    /// The invites of a study whose file is at hand, with who made them.
    pub async fn invites_in(
        &self,
        file: &StudyFile,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<(StudyInvite, Person)>, Error> {
        file.require(StudyPermission::StudyInvite)?;
        let after = cursor.map(|cursor| Keyset::decode(cursor, "invites", Places::TimeAndUuid)).transpose()?;
        let rows = self.store().invites(file.study.id, after.as_ref(), limit.and_one()).await?;
        Ok(Page::cut(rows, limit, |(invite, _)| Keyset {
            list: "invites".into(),
            key: SortKey::time(invite.created_at),
            id: invite.id.to_string(),
        }))
    }
}
