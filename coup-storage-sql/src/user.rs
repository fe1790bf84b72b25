//! People, sessions and administrators' roles.

use crate::{
    Dialect, Reads, Sql, Words,
    account::{SESSION, session},
    error::corrupt,
    member::{MEMBER, member_of},
    reads::{Args, Conn, RowOf, count, get, parse, run},
    second_factor::HAS_SECOND_FACTOR,
    statements::statements,
    study::{STUDY_OF, study_columns, study_of},
};
use async_trait::async_trait;
use coup_core::{
    id::{StudyId, UserId},
    idempotency::{IdempotencyKey, KeptAnswer},
    page::{Keyset, Limit},
    store::{Administrator, Credential, Standing, StoreError, UserReads, Waiting},
    text::{Bio, Email, PersonName},
    user::model::{Activity, AdminGrant, AgeBand, PasswordHash, Person, User, UserStatus},
};

const USER: &str = "u.id as u_id, u.email as u_email, u.password as u_password, u.name as u_name, u.avatar as u_avatar, u.bio as u_bio, \
    u.status as u_status, u.suspended_until as u_suspended_until, u.suspend_reason as u_suspend_reason, u.age_band as u_age_band, u.guardian_consent_at as u_guardian_consent_at, u.locale as u_locale, \
    u.auth_version as u_auth_version, u.version as u_version, u.created_at as u_created_at, u.updated_at as u_updated_at, \
    u.last_login_at as u_last_login_at";
const ADMIN: &str = "a.user_id as a_user_id, a.role as a_role, a.permissions as a_permissions, a.granted_by as a_granted_by, \
    a.granted_at as a_granted_at, a.expires_at as a_expires_at";
/// As much of `users u` as others see.
pub(crate) const PERSON: &str = "u.id as u_id, u.name as u_name, u.avatar as u_avatar";

statements! {
    /// Statements of people.
    UserSql(words) {
        user: format!("select {USER} from users u where u.id = $1"),
        user_by_email: format!("select {USER} from users u where u.email = $1"),
        person_and_grant: format!("select {USER}, {ADMIN} from users u left join admin_roles a on a.user_id = u.id where u.id = $1"),
        administrators: format!(
            "select {ADMIN}, {PERSON} from admin_roles a join users u on u.id = a.user_id \
             where a.user_id > $1 order by a.user_id limit $2"
        ),
        people: format!("select {PERSON} from users u where u.id {}", words.is_person),
        activity: "select \
             (select count(*) from study_members m where m.user_id = $1 and m.status = 'ACTIVE') as studies, \
             (select count(*) from messages x where x.user_id = $1) as messages",
        lock_lasting: format!(
            "select user_id from admin_roles where role = 'SUPER_ADMIN' and expires_at is null order by user_id{}",
            words.for_update
        ),
        remove_admin: "delete from admin_roles where user_id = $1",
        lasting_super_admins: "select count(*) as n from admin_roles where role = 'SUPER_ADMIN' and expires_at is null",
        standing_of_user: standing(words, By::User, false),
        standing_of_session: standing(words, By::Session, false),
        standing_of_user_inside: standing(words, By::User, true),
        standing_of_session_inside: standing(words, By::Session, true),
        insert_user: "insert into users \
             (id, email, password, name, avatar, bio, status, age_band, guardian_consent_at, locale, auth_version, version, created_at, \
              updated_at, last_login_at, suspended_until, suspend_reason) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        save_user: "update users set email = $2, password = $3, name = $4, avatar = $5, bio = $6, status = $7, age_band = $8, \
             guardian_consent_at = $9, locale = $10, auth_version = $11, version = version + 1, updated_at = $13, \
             suspended_until = $14, suspend_reason = $15 \
             where id = $1 and version = $12",
        signed_in: "update users set last_login_at = $2 where id = $1",
        insert_admin: "insert into admin_roles (user_id, role, permissions, granted_by, granted_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6)",
        save_admin: "update admin_roles set role = $2, permissions = $3, granted_by = $4, granted_at = $5, expires_at = $6 \
             where user_id = $1",
    }
}

/// By what a caller is found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    User,
    Session,
}

/// The caller's own columns, where their session is if they came by one, and by what they are found.
fn columns_of(words: &Words, by: By) -> (String, &'static str, &'static str) {
    let (session, caller, is_caller) = match by {
        By::User => (String::new(), "users u", "u.id = $1"),
        By::Session => (format!("{SESSION}, "), "sessions e join users u on u.id = e.user_id", "e.token_hash = $1"),
    };
    (format!("{USER}, {session}{ADMIN}, {HAS_SECOND_FACTOR}, {} as u_sanctions", words.sanctions), caller, is_caller)
}

/// All that is known of a caller, wherever they go.
pub(crate) fn caller(words: &Words, by: By) -> String {
    let (columns, caller, is_caller) = columns_of(words, by);
    format!("select {columns} from {caller} left join admin_roles a on a.user_id = u.id where {is_caller}")
}

/// All that is known of a caller; from a study's `inside` also what waits there for an ACTIVE member.
fn standing(words: &Words, by: By, inside: bool) -> String {
    let (columns, caller, is_caller) = columns_of(words, by);
    let (waiting, mark) = if inside {
        (
            ", case when m.status = 'ACTIVE' then (select count(*) from messages x \
              where x.study_id = m.study_id and x.seq > coalesce(r.seq, 0) and x.user_id <> m.user_id and x.deleted_at is null) \
              else 0 end as w_unread, \
             case when m.status = 'ACTIVE' then (select count(*) from study_members p \
              where p.study_id = m.study_id and p.status = 'PENDING') else 0 end as w_requests, \
             case when m.status = 'ACTIVE' then coalesce(r.seq, 0) else 0 end as w_read_to",
            "left join read_marks r on r.study_id = m.study_id and r.user_id = m.user_id ",
        )
    } else {
        ("", "")
    };
    format!(
        "select {columns}, {study}, {MEMBER}{waiting} \
         from {caller} \
         left join admin_roles a on a.user_id = u.id \
         left join studies s on s.id = $2 {STUDY_OF} \
         left join study_members m on m.study_id = s.id and m.user_id = u.id \
         {mark}where {is_caller}",
        study = study_columns(words),
    )
}

/// Reads the person's identifier in a column.
pub(crate) fn user_id<D: Dialect>(row: &RowOf<D>, column: &str) -> Result<UserId, StoreError> {
    let text: String = get::<D, _>(row, column)?;
    text.parse().map_err(|why| corrupt(column, why))
}

/// Reads the columns of [`PERSON`].
pub(crate) fn person<D: Dialect>(row: &RowOf<D>) -> Result<Person, StoreError> {
    Ok(Person {
        id: user_id::<D>(row, "u_id")?,
        name: get::<D, _>(row, "u_name")?,
        avatar: get::<D, _>(row, "u_avatar")?,
    })
}

fn user<D: Dialect>(row: &RowOf<D>) -> Result<User, StoreError> {
    let age_band: Option<String> = get::<D, _>(row, "u_age_band")?;
    let age_band = age_band
        .map(|word| AgeBand::from_word(&word).ok_or_else(|| corrupt("u_age_band", format!("unknown word {word:?}"))))
        .transpose()?;
    let text = |column| get::<D, Option<String>>(row, column);
    Ok(User {
        id: user_id::<D>(row, "u_id")?,
        email: text("u_email")?.map(Email::from_stored),
        password: text("u_password")?.map(PasswordHash::new),
        name: text("u_name")?.map(PersonName::from_stored),
        avatar: text("u_avatar")?,
        bio: text("u_bio")?.map(Bio::from_stored),
        status: parse::<D, _>(row, "u_status", UserStatus::from_word)?,
        suspended_until: get::<D, _>(row, "u_suspended_until")?,
        suspend_reason: text("u_suspend_reason")?,
        age_band,
        guardian_consent_at: get::<D, _>(row, "u_guardian_consent_at")?,
        locale: text("u_locale")?,
        auth_version: get::<D, _>(row, "u_auth_version")?,
        version: get::<D, _>(row, "u_version")?,
        created_at: get::<D, _>(row, "u_created_at")?,
        updated_at: get::<D, _>(row, "u_updated_at")?,
        last_login_at: get::<D, _>(row, "u_last_login_at")?,
    })
}

fn admin<D: Dialect>(row: &RowOf<D>) -> Result<Option<AdminGrant>, StoreError> {
    if get::<D, Option<String>>(row, "a_user_id")?.is_none() {
        return Ok(None);
    }
    let permissions: String = get::<D, _>(row, "a_permissions")?;
    let granted_by = match get::<D, Option<String>>(row, "a_granted_by")? {
        None => None,
        Some(_) => Some(user_id::<D>(row, "a_granted_by")?),
    };
    Ok(Some(AdminGrant {
        user: user_id::<D>(row, "a_user_id")?,
        role: parse::<D, _>(row, "a_role", |word| word.parse().ok())?,
        permissions: serde_json::from_str(&permissions).map_err(|why| corrupt("a_permissions", why))?,
        granted_by,
        granted_at: get::<D, _>(row, "a_granted_at")?,
        expires_at: get::<D, _>(row, "a_expires_at")?,
    }))
}

fn stands<D: Dialect>(row: &RowOf<D>, by: By) -> Result<Standing, StoreError> {
    let study = match study_of::<D>(row)? {
        None => None,
        Some(study) => Some((study, member_of::<D>(row)?)),
    };
    Ok(Standing { study, ..stands_apart::<D>(row, by)? })
}

/// Reads the columns of [`caller`].
pub(crate) fn stands_apart<D: Dialect>(row: &RowOf<D>, by: By) -> Result<Standing, StoreError> {
    Ok(Standing {
        user: user::<D>(row)?,
        session: if by == By::Session { Some(session::<D>(row)?) } else { None },
        admin: admin::<D>(row)?,
        has_second_factor: count::<D>(row, "u_second_factors")? > 0,
        sanctions: crate::sanction::active::<D>(row, "u_sanctions")?,
        study: None,
    })
}

#[async_trait]
impl<D: Dialect> UserReads for Reads<D> {
    async fn standing(&self, caller: &Credential, study: Option<StudyId>) -> Result<Option<Standing>, StoreError> {
        let sql = &self.sql().user;
        let study = study.map(|id| id.as_uuid());
        let (row, by) = match caller {
            Credential::User(id) => {
                (self.row(&sql.standing_of_user, Args::new().text(id.as_str()).with(study)).await?, By::User)
            }
            Credential::Session(hash) => {
                (self.row(&sql.standing_of_session, Args::new().with(hash.to_vec()).with(study)).await?, By::Session)
            }
        };
        row.map(|row| stands::<D>(&row, by)).transpose()
    }

    async fn standing_inside(
        &self,
        caller: &Credential,
        study: StudyId,
    ) -> Result<Option<(Standing, Waiting)>, StoreError> {
        let sql = &self.sql().user;
        let (sql, args, by) = match caller {
            Credential::User(id) => (&sql.standing_of_user_inside, Args::new().text(id.as_str()), By::User),
            Credential::Session(hash) => {
                (&sql.standing_of_session_inside, Args::new().with(hash.to_vec()), By::Session)
            }
        };
        let row = self.row(sql, args.with(Some(study.as_uuid()))).await?;
        row.map(|row| {
            let waiting = Waiting {
                unread: count::<D>(&row, "w_unread")?,
                requests: count::<D>(&row, "w_requests")?,
                read_to: get::<D, _>(&row, "w_read_to")?,
            };
            Ok((stands::<D>(&row, by)?, waiting))
        })
        .transpose()
    }

    async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        self.row(&self.sql().user.user, Args::new().text(id.as_str())).await?.as_ref().map(user::<D>).transpose()
    }

    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        self.row(&self.sql().user.user_by_email, Args::new().text(email.as_str()))
            .await?
            .as_ref()
            .map(user::<D>)
            .transpose()
    }

    async fn lasting_super_admins(&self) -> Result<u32, StoreError> {
        let row = self.row(&self.sql().user.lasting_super_admins, Args::new()).await?;
        row.as_ref().map_or(Ok(0), |row| count::<D>(row, "n"))
    }

    async fn person_and_grant(&self, id: &UserId) -> Result<Option<(User, Option<AdminGrant>)>, StoreError> {
        let row = self.row(&self.sql().user.person_and_grant, Args::new().text(id.as_str())).await?;
        row.as_ref().map(|row| Ok((user::<D>(row)?, admin::<D>(row)?))).transpose()
    }

    async fn administrators(&self, after: Option<&Keyset>, limit: Limit) -> Result<Vec<Administrator>, StoreError> {
        let args = Args::new().text(after.map_or("", |after| &after.id)).limit(limit);
        let read = |row: &RowOf<D>| {
            let grant = admin::<D>(row)?.ok_or_else(|| corrupt("a_user_id", "absent"))?;
            Ok(Administrator { grant, person: person::<D>(row)? })
        };
        self.list(&self.sql().user.administrators, args, read).await
    }

    async fn people(&self, ids: &[UserId]) -> Result<Vec<Person>, StoreError> {
        self.list(&self.sql().user.people, Args::new().with(D::people(ids.to_vec())), person::<D>).await
    }

    async fn activity(&self, user: &UserId) -> Result<Activity, StoreError> {
        let row = self.row(&self.sql().user.activity, Args::new().text(user.as_str())).await?;
        let row = row.ok_or_else(|| StoreError::Corrupt("a count has no row".to_owned()))?;
        Ok(Activity { studies: count::<D>(&row, "studies")?, messages: count::<D>(&row, "messages")? })
    }

    async fn kept_answer(&self, user: &UserId, key: &IdempotencyKey) -> Result<Option<KeptAnswer>, StoreError> {
        let args = Args::new().text(user.as_str()).text(key.as_str());
        let row = self.row(&self.sql().audit.kept_answer, args).await?;
        row.as_ref().map(crate::audit::kept_answer::<D>).transpose()
    }
}

fn user_args<D: Dialect>(user: &User) -> Args<D> {
    Args::new()
        .text(user.id.as_str())
        .maybe(user.email.as_ref().map(Email::as_str))
        .maybe(user.password.as_ref().map(PasswordHash::expose))
        .maybe(user.name.as_ref().map(PersonName::as_str))
        .maybe(user.avatar.as_deref())
        .maybe(user.bio.as_ref().map(Bio::as_str))
        .text(user.status.as_str())
        .maybe(user.age_band.map(AgeBand::as_str))
        .with(user.guardian_consent_at)
        .maybe(user.locale.as_deref())
        .with(user.auth_version)
        .with(user.version)
}

pub(crate) async fn insert_user<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, user: &User) -> Result<u64, StoreError> {
    let args = user_args(user).with(user.created_at).with(user.updated_at).with(user.last_login_at);
    let args = args.with(user.suspended_until).maybe(user.suspend_reason.as_deref());
    run::<D>(conn, &sql.user.insert_user, args).await
}

pub(crate) async fn save_user<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, user: &User) -> Result<u64, StoreError> {
    let args = user_args(user).with(user.updated_at);
    let args = args.with(user.suspended_until).maybe(user.suspend_reason.as_deref());
    run::<D>(conn, &sql.user.save_user, args).await
}

fn admin_args<D: Dialect>(grant: &AdminGrant) -> Result<Args<D>, StoreError> {
    let permissions = serde_json::to_string(&grant.permissions).map_err(|why| StoreError::Backend(why.to_string()))?;
    Ok(Args::new()
        .text(grant.user.as_str())
        .text(&grant.role.to_string())
        .with(permissions)
        .maybe(grant.granted_by.as_ref().map(UserId::as_str))
        .with(grant.granted_at)
        .with(grant.expires_at))
}

pub(crate) async fn insert_admin<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    grant: &AdminGrant,
) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.user.insert_admin, admin_args(grant)?).await
}

pub(crate) async fn save_admin<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    grant: &AdminGrant,
) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.user.save_admin, admin_args(grant)?).await
}
