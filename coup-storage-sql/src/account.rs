//! Sessions, and what waits for a code.

use async_trait::async_trait;
use coup_core::{
    id::{JobId, SessionId, UserId},
    page::Limit,
    second_factor::model::{HalfSignIn, SecondFactor},
    store::{AccountReads, StoreError},
    text::{Email, PersonName},
    user::model::{PasswordHash, Session, TokenHash, Verification, VerificationKind},
};
use uuid::Uuid;

use crate::{
    Dialect, Reads, Sql,
    error::corrupt,
    reads::{Args, Conn, RowOf, count, get, parse, run},
    second_factor::{half_sign_in, second_factor},
    statements::statements,
    user::user_id,
};

pub(crate) const SESSION: &str = "e.id as e_id, e.user_id as e_user_id, e.token_hash as e_token_hash, e.created_at as e_created_at, \
    e.expires_at as e_expires_at, e.last_seen_at as e_last_seen_at, e.confirmed_at as e_confirmed_at, e.ip as e_ip, \
    e.user_agent as e_user_agent";
const VERIFICATION: &str = "v.kind, v.email, v.job_id, v.name, v.password, v.code_hash, v.tries, v.asked, v.asked_since, v.expires_at, v.version";

statements! {
    /// Statements of sessions and codes.
    AccountSql(words) {
        sessions_of: format!(
            "select {SESSION} from sessions e where e.user_id = $1 order by e.created_at desc, e.id desc limit $2"
        ),
        session: format!("select {SESSION} from sessions e where e.id = $1"),
        insert_session: "insert into sessions \
             (id, user_id, token_hash, created_at, expires_at, confirmed_at, ip, user_agent, last_seen_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        save_session: "update sessions set user_id = $2, token_hash = $3, created_at = $4, expires_at = $5, confirmed_at = $6, \
             ip = $7, user_agent = $8 \
             where id = $1",
        // Who writes the row just now is not waited for: a commit that sees many sessions is never part of a ring.
        see_session: format!(
            "update sessions set last_seen_at = $2 where id in \
             (select id from sessions where id = $1 and last_seen_at < $2{})",
            words.skip_locked
        ),
        remove_sessions: "delete from sessions where user_id = $1",
        remove_session: "delete from sessions where id = $1",
        verification: format!("select {VERIFICATION} from verifications v where v.kind = $1 and v.email = $2"),
        insert_verification: "insert into verifications \
             (kind, email, job_id, name, password, code_hash, tries, asked, asked_since, expires_at, version) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        save_verification: "update verifications set job_id = $3, name = $4, password = $5, code_hash = $6, tries = $7, asked = $8, \
             asked_since = $9, expires_at = $10, version = version + 1 \
             where kind = $1 and email = $2 and version = $11",
        use_code: "delete from verifications where kind = $1 and email = $2 and version = $3",
    }
}

/// Reads the columns of [`SESSION`].
pub(crate) fn session<D: Dialect>(row: &RowOf<D>) -> Result<Session, StoreError> {
    let hash: Vec<u8> = get::<D, _>(row, "e_token_hash")?;
    Ok(Session {
        id: SessionId::from_uuid(get::<D, Uuid>(row, "e_id")?),
        user: user_id::<D>(row, "e_user_id")?,
        token_hash: TokenHash::try_from(hash.as_slice()).map_err(|why| corrupt("e_token_hash", why))?,
        created_at: get::<D, _>(row, "e_created_at")?,
        expires_at: get::<D, _>(row, "e_expires_at")?,
        last_seen_at: get::<D, _>(row, "e_last_seen_at")?,
        confirmed_at: get::<D, _>(row, "e_confirmed_at")?,
        ip: get::<D, _>(row, "e_ip")?,
        user_agent: get::<D, _>(row, "e_user_agent")?,
    })
}

fn verification<D: Dialect>(row: &RowOf<D>) -> Result<Verification, StoreError> {
    let hash: Option<Vec<u8>> = get::<D, _>(row, "code_hash")?;
    Ok(Verification {
        kind: parse::<D, _>(row, "kind", VerificationKind::from_word)?,
        email: Email::from_stored(get::<D, _>(row, "email")?),
        job: JobId::from_uuid(get::<D, Uuid>(row, "job_id")?),
        name: get::<D, Option<String>>(row, "name")?.map(PersonName::from_stored),
        password: get::<D, Option<String>>(row, "password")?.map(PasswordHash::new),
        code_hash: hash
            .map(|hash| TokenHash::try_from(hash.as_slice()).map_err(|why| corrupt("code_hash", why)))
            .transpose()?,
        tries: count::<D>(row, "tries")?,
        asked: count::<D>(row, "asked")?,
        asked_since: get::<D, _>(row, "asked_since")?,
        expires_at: get::<D, _>(row, "expires_at")?,
        version: get::<D, _>(row, "version")?,
    })
}

#[async_trait]
impl<D: Dialect> AccountReads for Reads<D> {
    async fn sessions_of(&self, user: &UserId, limit: Limit) -> Result<Vec<Session>, StoreError> {
        self.list(&self.sql().account.sessions_of, Args::new().text(user.as_str()).limit(limit), session::<D>).await
    }

    async fn session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        let row = self.row(&self.sql().account.session, Args::new().with(id.as_uuid())).await?;
        row.as_ref().map(session::<D>).transpose()
    }

    async fn verification(&self, kind: VerificationKind, email: &Email) -> Result<Option<Verification>, StoreError> {
        let args = Args::new().text(kind.as_str()).text(email.as_str());
        self.row(&self.sql().account.verification, args).await?.as_ref().map(verification::<D>).transpose()
    }

    async fn second_factor(&self, user: &UserId) -> Result<Option<SecondFactor>, StoreError> {
        let row = self.row(&self.sql().second_factor.second_factor, Args::new().text(user.as_str())).await?;
        row.as_ref().map(second_factor::<D>).transpose()
    }

    async fn half_sign_in(&self, hash: &TokenHash) -> Result<Option<HalfSignIn>, StoreError> {
        let row = self.row(&self.sql().second_factor.half_sign_in, Args::new().with(hash.to_vec())).await?;
        row.as_ref().map(|row| half_sign_in::<D>(row, *hash)).transpose()
    }
}

fn session_args<D: Dialect>(session: &Session) -> Args<D> {
    Args::new()
        .with(session.id.as_uuid())
        .text(session.user.as_str())
        .with(session.token_hash.to_vec())
        .with(session.created_at)
        .with(session.expires_at)
        .with(session.confirmed_at)
        .maybe(session.ip.as_deref())
        .maybe(session.user_agent.as_deref())
}

pub(crate) async fn insert_session<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    session: &Session,
) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.account.insert_session, session_args(session).with(session.last_seen_at)).await
}

pub(crate) async fn save_session<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    session: &Session,
) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.account.save_session, session_args(session)).await
}

fn verification_args<D: Dialect>(row: &Verification) -> Args<D> {
    Args::new()
        .text(row.kind.as_str())
        .text(row.email.as_str())
        .with(row.job.as_uuid())
        .maybe(row.name.as_ref().map(PersonName::as_str))
        .maybe(row.password.as_ref().map(PasswordHash::expose))
        .with(row.code_hash.map(|hash| hash.to_vec()))
        .with(i64::from(row.tries))
        .with(i64::from(row.asked))
        .with(row.asked_since)
        .with(row.expires_at)
        .with(row.version)
}

pub(crate) async fn insert_verification<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    row: &Verification,
) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.account.insert_verification, verification_args(row)).await
}

pub(crate) async fn save_verification<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    row: &Verification,
) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.account.save_verification, verification_args(row)).await
}
