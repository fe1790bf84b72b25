//! Use cases of memberships.

use crate::{
    changes::{Change, Changes, EventKind, Guard, Key, Row, Scope, to_value},
    coup::{Command, Coup, Ctx, Prepared, Room, StudyFile},
    error::{Check, Error, Invalid, StateError},
    id::{StudyId, UserId},
    member::{
        model::{Member, MemberStatus, MembershipChange, StudyMember},
        rules::{self, Entry, Way},
    },
    notification::model::{Notice, NotificationData, NotificationEvent},
    page::{Key as SortKey, Keyset, Limit, Page, Places},
    policy::{PeopleRule, StudyPermission, StudyRole, SystemPermission, select},
    text::{Introduction, Level, Words},
};

/// What somebody who asks to join says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Of themselves.
    pub introduction: Option<Introduction>,
    /// Why.
    pub motivation: Option<Introduction>,
    /// How far they are.
    pub level: Option<Level>,
}

impl Request {
    /// Reads what was typed; empty texts are absent.
    pub fn parse(introduction: Option<&str>, motivation: Option<&str>, level: Option<&str>) -> Result<Self, Invalid> {
        let mut check = Check::default();
        let given = |text: &&str| !text.trim().is_empty();
        let request = Self {
            introduction: introduction
                .filter(given)
                .and_then(|text| check.take(Introduction::parse("introduction", text))),
            motivation: motivation.filter(given).and_then(|text| check.take(Introduction::parse("motivation", text))),
            level: level.filter(given).and_then(|text| check.take(Level::parse("level", text))),
        };
        check.finish()?;
        Ok(request)
    }
}

/// Joins through the study's page: at once, or as a request.
#[derive(Debug, Clone)]
pub struct Join {
    /// Which study.
    pub study: StudyId,
    /// What they say.
    pub request: Request,
}

impl Command for Join {
    type Output = Member;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Member>, Error> {
        let file = room.study(self.study).await?;
        let permit = file.permit(SystemPermission::StudyJoin)?;
        let rejected = room.store().last_rejection(self.study, &file.caller.user.id).await?;
        let entry = rules::join(&file, Way::Page, rejected, room.env.now())?;
        let changes = file.changes(permit);
        match entry {
            Entry::Active => Ok(come_in(room, &file, changes, self.request.clone())),
            Entry::Pending => {
                let member = entering(room, &file, MemberStatus::Pending, self.request.clone());
                let staff = room.store().staff(self.study, StudyRole::Admin).await?;
                let view = Member { member: member.clone(), user: file.caller.person() };
                let told = to_value(&view);
                let changes = put(changes, &file, member.clone()).insert(rules::history(
                    &room.env,
                    &member,
                    MembershipChange::Requested,
                    &member.user_id,
                ));
                let data = NotificationData {
                    user_id: Some(view.user.id.clone()),
                    user_name: view.user.name.clone(),
                    ..NotificationData::default()
                };
                let notice = Notice::new(NotificationEvent::JoinRequested, data).of(&file.study);
                let changes = staff.into_iter().fold(changes, |changes, user| {
                    changes.notify(&room.env, &user, notice.clone()).event(
                        Scope::User(user),
                        EventKind::MemberRequested,
                        room.env.now(),
                        told.clone(),
                    )
                });
                Ok(Prepared::new(changes, view))
            }
        }
    }
}

/// The caller's row as it shall be; an earlier membership's version is kept, so that saving it is guarded.
fn entering(room: &Room<'_>, file: &StudyFile, status: MemberStatus, request: Request) -> StudyMember {
    let now = room.env.now();
    StudyMember {
        study_id: file.study.id,
        user_id: file.caller.user.id.clone(),
        role: StudyRole::Member,
        status,
        introduction: request.introduction,
        motivation: request.motivation,
        level: request.level,
        posting_paused_until: file.member.as_ref().and_then(|member| member.posting_paused_until),
        joined_at: now,
        approved_at: (status == MemberStatus::Active).then_some(now),
        version: file.member.as_ref().map_or(0, |member| member.version),
    }
}

fn put(changes: Changes, file: &StudyFile, member: StudyMember) -> Changes {
    let row = Row::Member(Box::new(member));
    if file.member.is_some() { changes.save(row) } else { changes.insert(row) }
}

/// The caller becomes ACTIVE and takes a seat.
pub(crate) fn come_in(room: &Room<'_>, file: &StudyFile, changes: Changes, request: Request) -> Prepared<Member> {
    let member = entering(room, file, MemberStatus::Active, request);
    let view = Member { member: member.clone(), user: file.caller.person() };
    let changes = put(changes, file, member.clone())
        .change(Change::TakeSeat(file.study.id))
        .insert(rules::history(&room.env, &member, MembershipChange::Joined, &member.user_id))
        .event(Scope::Study(file.study.id), EventKind::MemberJoined, room.env.now(), to_value(&view));
    Prepared::new(changes, view)
}

/// Tells somebody how they stand in the study now. Nobody is told of their own act.
fn told(
    room: &Room<'_>,
    file: &StudyFile,
    changes: Changes,
    user: &UserId,
    (event, data): (NotificationEvent, NotificationData),
    words: Option<&Words>,
) -> Changes {
    if *user == file.caller.user.id {
        return changes;
    }
    let notice = Notice::new(event, data).of(&file.study);
    let notice = match words {
        Some(words) => notice.saying(words.as_str()),
        None => notice,
    };
    changes.notify(&room.env, user, notice)
}

/// What needs nothing further to be told.
fn plain(event: NotificationEvent) -> (NotificationEvent, NotificationData) {
    (event, NotificationData::default())
}

/// Takes one's own request back.
#[derive(Debug, Clone, Copy)]
pub struct Withdraw(pub StudyId);

impl Command for Withdraw {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        // A study may have become private since: withdrawing stays possible.
        let file = room.any_study(self.0).await?;
        let asked = file.member.clone().filter(|member| member.status == MemberStatus::Pending);
        if asked.is_none() && !file.sees() {
            return Err(Error::NotFound);
        }
        let permit = file.permit(SystemPermission::StudyJoin)?;
        let member = asked.ok_or(StateError::NotPending)?;
        Ok(Prepared::new(withdraws(room, file.changes(permit), &member), ()))
    }
}

/// Goes. The OWNER hands over first.
#[derive(Debug, Clone, Copy)]
pub struct Leave(pub StudyId);

impl Command for Leave {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let file = room.study(self.0).await?;
        if file.standing().is_some_and(|standing| standing.role == StudyRole::Owner) {
            return Err(PeopleRule::Owner.into());
        }
        let permit = file.permit(StudyPermission::StudyLeave)?;
        let Some(member) = file.member.clone() else { return Err(StateError::NotAMember.into()) };
        let by = member.user_id.clone();
        Ok(Prepared::new(leaves(room, file.changes(permit), member, &by), ()))
    }
}

/// An ACTIVE member leaves: their seat is free, and the others are told.
pub(crate) fn leaves(room: &Room<'_>, changes: Changes, member: StudyMember, by: &UserId) -> Changes {
    go(room, changes, member, (MemberStatus::Left, MembershipChange::Left, EventKind::MemberLeft), by)
}

/// A request is taken back: its row goes, its history stays.
pub(crate) fn withdraws(room: &Room<'_>, changes: Changes, member: &StudyMember) -> Changes {
    changes.change(Change::Remove(Key::Member(member.study_id, member.user_id.clone()))).insert(rules::history(
        &room.env,
        member,
        MembershipChange::Withdrawn,
        &member.user_id,
    ))
}

fn go(
    room: &Room<'_>,
    changes: Changes,
    member: StudyMember,
    (status, what, kind): (MemberStatus, MembershipChange, EventKind),
    by: &UserId,
) -> Changes {
    let study = member.study_id;
    let told = serde_json::json!({ "studyId": study, "userId": member.user_id });
    let gone = StudyMember { status, role: StudyRole::Member, ..member };
    changes
        .insert(rules::history(&room.env, &gone, what, by))
        .save(Row::Member(Box::new(gone)))
        .change(Change::FreeSeat(study))
        .event(Scope::Study(study), kind, room.env.now(), told)
}

/// Somebody else's row in the study, whatever its status. Who may not list members learns nothing of it.
async fn target(room: &Room<'_>, file: &StudyFile, user: &UserId) -> Result<StudyMember, Error> {
    Ok(room.coup().member(file, user).await?.member)
}

/// Holds the write to the membership as it was read.
pub(crate) fn guard(member: &StudyMember) -> Guard {
    Guard::Member(member.study_id, member.user_id.clone(), member.version)
}

/// Lets somebody in who asked.
#[derive(Debug, Clone)]
pub struct Approve {
    /// Where.
    pub study: StudyId,
    /// Whom.
    pub user: UserId,
}

impl Command for Approve {
    type Output = Member;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Member>, Error> {
        let file = room.study(self.study).await?;
        let permit = file.permit(StudyPermission::MemberApprove)?;
        let Member { member, user: person } = room.coup().member(&file, &self.user).await?;
        let asked = pending(member)?;
        file.writable()?;
        let changes = file.changes(permit).guard(guard(&asked));
        let member = StudyMember { status: MemberStatus::Active, approved_at: Some(room.env.now()), ..asked };
        let view = Member { member: member.clone(), user: person };
        let changes = changes
            .insert(rules::history(&room.env, &member, MembershipChange::Approved, &file.caller.user.id))
            .save(Row::Member(Box::new(member)))
            .change(Change::TakeSeat(self.study))
            .event(Scope::Study(self.study), EventKind::MemberJoined, room.env.now(), to_value(&view));
        let changes = told(room, &file, changes, &self.user, plain(NotificationEvent::JoinApproved), None);
        Ok(Prepared::new(changes, view))
    }
}

fn pending(member: StudyMember) -> Result<StudyMember, StateError> {
    match member.status {
        MemberStatus::Pending => Ok(member),
        MemberStatus::Active => Err(StateError::AlreadyMember),
        MemberStatus::Kicked | MemberStatus::Left => Err(StateError::NotPending),
    }
}

/// Removes an ACTIVE member, or turns a request down.
#[derive(Debug, Clone)]
pub struct RemoveMember {
    /// Where.
    pub study: StudyId,
    /// Whom.
    pub user: UserId,
    /// Why, as the person is told.
    pub reason: Option<Words>,
}

impl Command for RemoveMember {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let file = room.study(self.study).await?;
        let member = target(room, &file, &self.user).await?;
        let by = file.caller.user.id.clone();
        if member.status == MemberStatus::Pending {
            let permit = file.permit(StudyPermission::MemberApprove)?;
            file.writable()?;
            let changes = file
                .changes(permit)
                .guard(guard(&member))
                .change(Change::Remove(Key::Member(self.study, self.user.clone())))
                .insert(rules::history(&room.env, &member, MembershipChange::Rejected, &by));
            let event = plain(NotificationEvent::JoinRejected);
            let changes = told(room, &file, changes, &self.user, event, self.reason.as_ref());
            return Ok(Prepared::new(changes, ()));
        }
        let permission = select::kick(&by, &member.user_id, member.role);
        // Who may remove nobody hears that, not how the target stands.
        let permit = file.permit(permission.unwrap_or(StudyPermission::MemberKickMember))?;
        permission?;
        rules::active(&member)?;
        file.writable()?;
        let changes = file.changes(permit).guard(guard(&member));
        let event = plain(NotificationEvent::Kicked);
        let changes = told(room, &file, changes, &self.user, event, self.reason.as_ref());
        let kicked = (MemberStatus::Kicked, MembershipChange::Kicked, EventKind::MemberKicked);
        Ok(Prepared::new(go(room, changes, member, kicked, &by), ()))
    }
}

/// Allows somebody who was removed to come back; they join as everybody does.
#[derive(Debug, Clone)]
pub struct Reinstate {
    /// Where.
    pub study: StudyId,
    /// Whom.
    pub user: UserId,
}

impl Command for Reinstate {
    type Output = StudyMember;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<StudyMember>, Error> {
        let file = room.study(self.study).await?;
        let permit = file.permit(StudyPermission::MemberReinstate)?;
        let kicked = target(room, &file, &self.user).await?;
        if kicked.status != MemberStatus::Kicked {
            return Err(StateError::NotKicked.into());
        }
        file.writable()?;
        let changes = file.changes(permit).guard(guard(&kicked));
        let member = StudyMember { status: MemberStatus::Left, ..kicked };
        let changes = changes
            .insert(rules::history(&room.env, &member, MembershipChange::Reinstated, &file.caller.user.id))
            .save(Row::Member(Box::new(member.clone())));
        Ok(Prepared::new(changes, member))
    }
}

/// Gives a member a role: appoints or dismisses an ADMIN, or hands the study over.
#[derive(Debug, Clone)]
pub struct SetRole {
    /// Where.
    pub study: StudyId,
    /// Whom.
    pub user: UserId,
    /// The role; OWNER hands over, and the caller becomes ADMIN.
    pub role: StudyRole,
}

impl Command for SetRole {
    type Output = StudyMember;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<StudyMember>, Error> {
        let file = room.study(self.study).await?;
        let member = target(room, &file, &self.user).await?;
        let by = file.caller.user.id.clone();
        let permission = select::set_role(&by, &member.user_id, member.role, self.role);
        let permit = file.permit(permission.unwrap_or(match self.role {
            StudyRole::Owner => StudyPermission::MemberTransferOwnership,
            StudyRole::Admin => StudyPermission::MemberAppointAdmin,
            StudyRole::Member => StudyPermission::MemberDismissAdmin,
        }))?;
        permission?;
        rules::active(&member)?;
        if member.role == self.role {
            return Err(StateError::SameRole.into());
        }
        file.writable()?;
        let mut changes = file.changes(permit).guard(guard(&member));
        if self.role == StudyRole::Owner {
            let Some(owner) = file.member.clone() else { return Err(StateError::NotAMember.into()) };
            // First down, then up: there is one OWNER at every moment.
            changes = with_role(room, changes, owner, StudyRole::Admin, &by);
            let study = crate::study::model::Study { owner_id: self.user.clone(), ..file.study.clone() };
            changes = changes.save(Row::Study(Box::new(study)));
        }
        let event = match self.role {
            StudyRole::Owner => plain(NotificationEvent::OwnershipReceived),
            role => {
                let data = NotificationData { role: Some(role), ..NotificationData::default() };
                (NotificationEvent::RoleChanged, data)
            }
        };
        let changes = told(room, &file, changes, &self.user, event, None);
        let changed = StudyMember { role: self.role, ..member.clone() };
        Ok(Prepared::new(with_role(room, changes, member, self.role, &by), changed))
    }
}

fn with_role(room: &Room<'_>, changes: Changes, member: StudyMember, role: StudyRole, by: &UserId) -> Changes {
    let member = StudyMember { role, ..member };
    let told = serde_json::json!({ "studyId": member.study_id, "userId": member.user_id, "role": role });
    changes
        .insert(rules::history(&room.env, &member, MembershipChange::Role, by))
        .event(Scope::Study(member.study_id), EventKind::MemberRoleChanged, room.env.now(), told)
        .save(Row::Member(Box::new(member)))
}

impl Coup {
    /// The ACTIVE members, those longest in first.
    pub async fn members(
        &self,
        ctx: &Ctx,
        study: StudyId,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Member>, Error> {
        self.members_in(&self.room(ctx).study(study).await?, MemberStatus::Active, cursor, limit).await
    }

    /// The pending requests, the oldest first.
    pub async fn requests(
        &self,
        ctx: &Ctx,
        study: StudyId,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Member>, Error> {
        self.members_in(&self.room(ctx).study(study).await?, MemberStatus::Pending, cursor, limit).await
    }

    /// The people who were removed, for who may reinstate them.
    pub async fn kicked_members(
        &self,
        ctx: &Ctx,
        study: StudyId,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Member>, Error> {
        self.members_in(&self.room(ctx).study(study).await?, MemberStatus::Kicked, cursor, limit).await
    }

    /// Everybody of one status in a study whose file is at hand, as far as its caller may list them.
    pub async fn members_in(
        &self,
        file: &StudyFile,
        status: MemberStatus,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Member>, Error> {
        file.require(match status {
            MemberStatus::Active => StudyPermission::MemberList,
            MemberStatus::Pending => StudyPermission::MemberRequests,
            MemberStatus::Kicked | MemberStatus::Left => StudyPermission::MemberReinstate,
        })?;
        let list = format!("members/{status}");
        let after = cursor.map(|cursor| Keyset::decode(cursor, &list, Places::TimeAndUser)).transpose()?;
        let rows = self.store().members(file.study.id, status, after.as_ref(), limit.and_one()).await?;
        Ok(Page::cut(rows, limit, |row| Keyset {
            list: list.clone(),
            key: SortKey::time(row.member.joined_at),
            id: row.member.user_id.to_string(),
        }))
    }
}
