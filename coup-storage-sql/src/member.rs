//! Memberships, invites and the history of memberships.

use async_trait::async_trait;
use coup_core::{
    env::Timestamp,
    id::{InviteId, StudyId, UserId},
    member::model::{Member, MemberStatus, MembershipEvent, StudyInvite, StudyMember},
    page::{Keyset, Limit},
    policy::StudyRole,
    store::{MemberReads, StoreError},
    text::{Introduction, Level},
    user::model::Person,
};
use uuid::Uuid;

use crate::{
    Dialect, Reads, Sql,
    error::corrupt,
    reads::{Args, Conn, RowOf, Way, count, get, parse, run, time, time_and_uuid},
    statements::statements,
    user::{PERSON, person, user_id},
};

/// The columns of `study_members m`.
pub(crate) const MEMBER: &str = "m.study_id as m_study_id, m.user_id as m_user_id, m.role as m_role, m.status as m_status, \
    m.introduction as m_introduction, m.motivation as m_motivation, m.level as m_level, \
    m.posting_paused_until as m_posting_paused_until, m.joined_at as m_joined_at, m.approved_at as m_approved_at, m.version as m_version";
/// The columns of `study_invites i`.
pub(crate) const INVITE: &str = "i.id as i_id, i.study_id as i_study_id, i.code as i_code, i.created_by as i_created_by, \
    i.expires_at as i_expires_at, i.max_uses as i_max_uses, i.uses as i_uses, i.created_at as i_created_at";

statements! {
    /// Statements of memberships and invites.
    MemberSql(_words) {
        member: format!(
            "select {MEMBER}, {PERSON} from study_members m join users u on u.id = m.user_id where m.study_id = $1 and m.user_id = $2"
        ),
        members: format!(
            "select {MEMBER}, {PERSON} \
             from study_members m \
             join users u on u.id = m.user_id \
             where m.study_id = $1 and m.status = $2 and (m.joined_at, m.user_id) > ($3, $4) \
             order by m.joined_at, m.user_id \
             limit $5"
        ),
        staff: "select m.user_id as m_user_id from study_members m \
             where m.study_id = $1 and m.status = 'ACTIVE' \
             and case m.role when 'OWNER' then 3 when 'ADMIN' then 2 else 1 end >= case $2 when 'OWNER' then 3 when 'ADMIN' then 2 else 1 end \
             order by m.user_id",
        last_rejection: "select max(at) as at from membership_events where user_id = $2 and study_id = $1 and what = 'rejected'",
        invites: format!(
            "select {INVITE}, {PERSON} \
             from study_invites i \
             join users u on u.id = i.created_by \
             where i.study_id = $1 and (i.created_at, i.id) < ($2, $3) \
             order by i.created_at desc, i.id desc \
             limit $4"
        ),
        insert_member: "insert into study_members \
             (study_id, user_id, role, status, introduction, motivation, level, posting_paused_until, joined_at, approved_at, version) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        save_member: "update study_members set role = $3, status = $4, introduction = $5, motivation = $6, level = $7, \
             posting_paused_until = $8, joined_at = $9, approved_at = $10, version = version + 1 \
             where study_id = $1 and user_id = $2 and version = $11",
        remove_member: "delete from study_members where study_id = $1 and user_id = $2",
        insert_invite: "insert into study_invites (id, study_id, code, created_by, expires_at, max_uses, created_at, uses) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        save_invite: "update study_invites set study_id = $2, code = $3, created_by = $4, expires_at = $5, max_uses = $6, created_at = $7 \
             where id = $1",
        save_code: "update study_codes set code = $1 where invite_id = $2 and code <> $1",
        use_invite: "update study_invites set uses = uses + 1 \
             where id = $1 and (max_uses is null or uses < max_uses) and (expires_at is null or expires_at > $2)",
        remove_invite: "delete from study_invites where study_id = $1 and id = $2",
        insert_event: "insert into membership_events (id, study_id, user_id, what, by_id, at) values ($1, $2, $3, $4, $5, $6)",
    }
}

/// Reads a membership that an outer join may have left out.
pub(crate) fn member_of<D: Dialect>(row: &RowOf<D>) -> Result<Option<StudyMember>, StoreError> {
    match get::<D, Option<Uuid>>(row, "m_study_id")? {
        None => Ok(None),
        Some(_) => member::<D>(row).map(Some),
    }
}

fn member<D: Dialect>(row: &RowOf<D>) -> Result<StudyMember, StoreError> {
    let text = |column| get::<D, Option<String>>(row, column);
    Ok(StudyMember {
        study_id: StudyId::from_uuid(get::<D, _>(row, "m_study_id")?),
        user_id: user_id::<D>(row, "m_user_id")?,
        role: parse::<D, _>(row, "m_role", |word| word.parse().ok())?,
        status: parse::<D, _>(row, "m_status", MemberStatus::from_word)?,
        introduction: text("m_introduction")?.map(Introduction::from_stored),
        motivation: text("m_motivation")?.map(Introduction::from_stored),
        level: text("m_level")?.map(Level::from_stored),
        posting_paused_until: get::<D, _>(row, "m_posting_paused_until")?,
        joined_at: get::<D, _>(row, "m_joined_at")?,
        approved_at: get::<D, _>(row, "m_approved_at")?,
        version: get::<D, _>(row, "m_version")?,
    })
}

fn named<D: Dialect>(row: &RowOf<D>) -> Result<Member, StoreError> {
    Ok(Member { member: member::<D>(row)?, user: person::<D>(row)? })
}

/// Reads an invite that an outer join may have left out.
pub(crate) fn invite_of<D: Dialect>(row: &RowOf<D>) -> Result<Option<StudyInvite>, StoreError> {
    match get::<D, Option<Uuid>>(row, "i_id")? {
        None => Ok(None),
        Some(_) => invite::<D>(row).map(Some),
    }
}

fn invite<D: Dialect>(row: &RowOf<D>) -> Result<StudyInvite, StoreError> {
    let max_uses: Option<i64> = get::<D, _>(row, "i_max_uses")?;
    Ok(StudyInvite {
        id: InviteId::from_uuid(get::<D, _>(row, "i_id")?),
        study_id: StudyId::from_uuid(get::<D, _>(row, "i_study_id")?),
        code: get::<D, _>(row, "i_code")?,
        created_by: user_id::<D>(row, "i_created_by")?,
        expires_at: get::<D, _>(row, "i_expires_at")?,
        max_uses: max_uses.map(u32::try_from).transpose().map_err(|why| corrupt("i_max_uses", why))?,
        uses: count::<D>(row, "i_uses")?,
        created_at: get::<D, _>(row, "i_created_at")?,
    })
}

#[async_trait]
impl<D: Dialect> MemberReads for Reads<D> {
    async fn member(&self, study: StudyId, user: &UserId) -> Result<Option<Member>, StoreError> {
        let args = Args::new().with(study.as_uuid()).text(user.as_str());
        self.row(&self.sql().member.member, args).await?.as_ref().map(named::<D>).transpose()
    }

    async fn members(
        &self,
        study: StudyId,
        status: MemberStatus,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<Member>, StoreError> {
        let args = Args::new()
            .with(study.as_uuid())
            .text(status.as_str())
            .with(time(after, Way::Up)?)
            .text(after.map_or("", |after| after.id.as_str()))
            .limit(limit);
        self.list(&self.sql().member.members, args, named::<D>).await
    }

    async fn staff(&self, study: StudyId, least: StudyRole) -> Result<Vec<UserId>, StoreError> {
        let args = Args::new().with(study.as_uuid()).text(&least.to_string());
        self.list(&self.sql().member.staff, args, |row| user_id::<D>(row, "m_user_id")).await
    }

    async fn last_rejection(&self, study: StudyId, user: &UserId) -> Result<Option<Timestamp>, StoreError> {
        let args = Args::new().with(study.as_uuid()).text(user.as_str());
        self.row(&self.sql().member.last_rejection, args).await?.map_or(Ok(None), |row| get::<D, _>(&row, "at"))
    }

    async fn invites(
        &self,
        study: StudyId,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<(StudyInvite, Person)>, StoreError> {
        let (time, id) = time_and_uuid(after, Way::Down)?;
        let args = Args::new().with(study.as_uuid()).with(time).with(id).limit(limit);
        self.list(&self.sql().member.invites, args, |row| Ok((invite::<D>(row)?, person::<D>(row)?))).await
    }
}

fn member_args<D: Dialect>(member: &StudyMember) -> Args<D> {
    Args::new()
        .with(member.study_id.as_uuid())
        .text(member.user_id.as_str())
        .text(&member.role.to_string())
        .text(member.status.as_str())
        .maybe(member.introduction.as_ref().map(Introduction::as_str))
        .maybe(member.motivation.as_ref().map(Introduction::as_str))
        .maybe(member.level.as_ref().map(Level::as_str))
        .with(member.posting_paused_until)
        .with(member.joined_at)
        .with(member.approved_at)
        .with(member.version)
}

pub(crate) async fn insert_member<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    member: &StudyMember,
) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.member.insert_member, member_args(member)).await
}

pub(crate) async fn save_member<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    member: &StudyMember,
) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.member.save_member, member_args(member)).await
}

fn invite_args<D: Dialect>(invite: &StudyInvite) -> Args<D> {
    Args::new()
        .with(invite.id.as_uuid())
        .with(invite.study_id.as_uuid())
        .text(&invite.code)
        .text(invite.created_by.as_str())
        .with(invite.expires_at)
        .with(invite.max_uses.map(i64::from))
        .with(invite.created_at)
}

/// The code first: that it is taken is the answer, whatever else is wrong.
pub(crate) async fn insert_invite<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    invite: &StudyInvite,
) -> Result<u64, StoreError> {
    let code = Args::new().text(&invite.code).with(invite.study_id.as_uuid()).with(Some(invite.id.as_uuid()));
    run::<D>(conn, &sql.study.insert_code, code).await?;
    run::<D>(conn, &sql.member.insert_invite, invite_args(invite).with(i64::from(invite.uses))).await
}

/// An invite as it shall be, but for its uses.
pub(crate) async fn save_invite<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    invite: &StudyInvite,
) -> Result<u64, StoreError> {
    let written = run::<D>(conn, &sql.member.save_invite, invite_args(invite)).await?;
    run::<D>(conn, &sql.member.save_code, Args::new().text(&invite.code).with(invite.id.as_uuid())).await?;
    Ok(written)
}

pub(crate) async fn insert_membership_event<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    event: &MembershipEvent,
) -> Result<u64, StoreError> {
    let args = Args::new()
        .with(event.id.as_uuid())
        .with(event.study_id.as_uuid())
        .text(event.user_id.as_str())
        .text(event.what.as_str())
        .text(event.by_id.as_str())
        .with(event.at);
    run::<D>(conn, &sql.member.insert_event, args).await
}
