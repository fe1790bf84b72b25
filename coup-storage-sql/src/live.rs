//! Who stands where, heads of many scopes, revocations and tickets.

use async_trait::async_trait;
use coup_core::{
    changes::{Committed, Scope},
    id::{SessionId, StudyId, UserId},
    live::model::{CutCode, NewRevocation, Revocation, Revoked, Ticket},
    member::model::StudyMember,
    page::Limit,
    store::{Credential, LiveReads, Standing, StoreError},
    study::model::Study,
    user::model::TokenHash,
};
use uuid::Uuid;

use crate::{
    Dialect, Reads, Sql, Words,
    commit::{CHUNK, places},
    error::corrupt,
    member::{MEMBER, member_of},
    reads::{Args, Conn, RowOf, get, parse, rows, run},
    statements::statements,
    study::{STUDY_OF, study_columns, study_of},
    user::{By, caller, stands_apart, user_id},
};

statements! {
    /// Statements of what is live.
    LiveSql(words) {
        study_heads: format!("select study_id, event_seq from study_heads where study_id {}", words.is_study),
        user_heads: format!("select user_id, event_seq from user_heads where user_id {}", words.is_person),
        revocation_head: "select seq from revocation_head where one = 1",
        move_revocation_head: "update revocation_head set seq = seq + $1 where one = 1 returning seq",
        insert_revocation: insert_revocations(1),
        insert_revocations: insert_revocations(2),
        revocations: "select seq, at, user_id, study_id, session_id, code, until from revocations where seq > $1 order by seq limit $2",
        insert_ticket: "insert into tickets (token_hash, user_id, session_hash, expires_at) values ($1, $2, $3, $4)",
        ticket: "select user_id, session_hash, expires_at from tickets where token_hash = $1",
        use_ticket: "delete from tickets where token_hash = $1",
        standing_of_user_everywhere: everywhere(words, By::User),
        standing_of_session_everywhere: everywhere(words, By::Session),
    }
}

fn insert_revocations(rows: usize) -> String {
    format!("insert into revocations (seq, at, user_id, study_id, session_id, code, until) values {}", places(rows, 7))
}

/// One row a study; without any, one row of the caller alone. The caller is read once, not once a study.
fn everywhere(words: &Words, by: By) -> String {
    format!(
        "with caller as materialized ({caller}) \
         select c.*, {study}, {MEMBER} \
         from caller c \
         left join study_members m on m.user_id = c.u_id and m.status = 'ACTIVE' \
         left join studies s on s.id = m.study_id {STUDY_OF}",
        caller = caller(words, by),
        study = study_columns(words),
    )
}

fn revocation<D: Dialect>(row: &RowOf<D>) -> Result<Revocation, StoreError> {
    let user = match get::<D, Option<String>>(row, "user_id")? {
        None => None,
        Some(_) => Some(user_id::<D>(row, "user_id")?),
    };
    let study = get::<D, Option<Uuid>>(row, "study_id")?.map(StudyId::from_uuid);
    let session = get::<D, Option<Uuid>>(row, "session_id")?.map(SessionId::from_uuid);
    let revoked = match (user, study, session) {
        (Some(user), None, None) => Revoked::User(user),
        (Some(user), Some(study), None) => Revoked::Member(study, user),
        (None, Some(study), None) => Revoked::Study(study),
        (None, None, Some(session)) => Revoked::Session(session),
        (None, None, None) => Revoked::Site,
        (user, study, session) => {
            return Err(corrupt("session_id", format!("with {user:?} and {study:?} it names nobody: {session:?}")));
        }
    };
    Ok(Revocation {
        seq: get::<D, _>(row, "seq")?,
        at: get::<D, _>(row, "at")?,
        revoked,
        code: parse::<D, _>(row, "code", CutCode::from_word)?,
        until: get::<D, _>(row, "until")?,
    })
}

fn hash<D: Dialect>(row: &RowOf<D>, column: &str) -> Result<Option<TokenHash>, StoreError> {
    let bytes: Option<Vec<u8>> = get::<D, _>(row, column)?;
    bytes.map(|bytes| TokenHash::try_from(bytes.as_slice()).map_err(|why| corrupt(column, why))).transpose()
}

#[async_trait]
impl<D: Dialect> LiveReads for Reads<D> {
    async fn heads(&self, scopes: &[Scope]) -> Result<Vec<(Scope, i64)>, StoreError> {
        let (mut studies, mut people) = (Vec::new(), Vec::new());
        for scope in scopes {
            match scope {
                Scope::Study(id) => studies.push(*id),
                Scope::User(id) => people.push(id.clone()),
            }
        }
        let sql = &self.sql().live;
        let mut heads = Vec::with_capacity(scopes.len());
        if !studies.is_empty() {
            for row in self.rows(&sql.study_heads, Args::new().with(D::studies(studies))).await? {
                let study = StudyId::from_uuid(get::<D, _>(&row, "study_id")?);
                heads.push((Scope::Study(study), get::<D, _>(&row, "event_seq")?));
            }
        }
        if !people.is_empty() {
            for row in self.rows(&sql.user_heads, Args::new().with(D::people(people))).await? {
                heads.push((Scope::User(user_id::<D>(&row, "user_id")?), get::<D, _>(&row, "event_seq")?));
            }
        }
        Ok(heads)
    }

    async fn revocation_head(&self) -> Result<i64, StoreError> {
        head::<D>(self.row(&self.sql().live.revocation_head, Args::new()).await?.as_ref())
    }

    async fn revocations(&self, after: i64, limit: Limit) -> Result<Vec<Revocation>, StoreError> {
        self.list(&self.sql().live.revocations, Args::new().with(after).limit(limit), revocation::<D>).await
    }

    async fn ticket(&self, hash_of: &TokenHash) -> Result<Option<Ticket>, StoreError> {
        let row = self.row(&self.sql().live.ticket, Args::new().with(hash_of.to_vec())).await?;
        row.map(|row| {
            let credential = match hash::<D>(&row, "session_hash")? {
                Some(session) => Credential::Session(session),
                None => Credential::User(user_id::<D>(&row, "user_id")?),
            };
            Ok(Ticket { hash: *hash_of, credential, expires_at: get::<D, _>(&row, "expires_at")? })
        })
        .transpose()
    }

    async fn standing_everywhere(
        &self,
        caller: &Credential,
    ) -> Result<Option<(Standing, Vec<(Study, StudyMember)>)>, StoreError> {
        let sql = &self.sql().live;
        let (statement, args, by) = match caller {
            Credential::User(id) => (&sql.standing_of_user_everywhere, Args::new().text(id.as_str()), By::User),
            Credential::Session(hash) => {
                (&sql.standing_of_session_everywhere, Args::new().with(hash.to_vec()), By::Session)
            }
        };
        let found = self.rows(statement, args).await?;
        let Some(first) = found.first() else { return Ok(None) };
        let standing = stands_apart::<D>(first, by)?;
        let mut studies = Vec::with_capacity(found.len());
        for row in &found {
            studies.extend(study_of::<D>(row)?.zip(member_of::<D>(row)?));
        }
        studies.sort_by_key(|(study, _)| study.id);
        Ok(Some((standing, studies)))
    }
}

fn head<D: Dialect>(row: Option<&RowOf<D>>) -> Result<i64, StoreError> {
    get::<D, _>(row.ok_or_else(|| StoreError::Corrupt("the revocations have no head".into()))?, "seq")
}

/// Gives revocations their places. Their head is locked from here to the end of the commit, so that places are in the order of
/// the commits.
pub(crate) async fn revoke<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    new: Vec<NewRevocation>,
    committed: &mut Committed,
) -> Result<(), StoreError> {
    let Ok(number @ 1..) = i64::try_from(new.len()) else { return Ok(()) };
    let moved = rows::<D>(conn, &sql.live.move_revocation_head, Args::new().with(number)).await?;
    let last = head::<D>(moved.first())?;
    let placed: Vec<_> = (last - number + 1..).zip(new).collect();
    for chunk in placed.chunks(CHUNK) {
        let statement =
            if chunk.len() == 1 { sql.live.insert_revocation.clone() } else { insert_revocations(chunk.len()).into() };
        let args = chunk.iter().fold(Args::<D>::new(), |args, (seq, new)| {
            let (user, study, session) = match &new.revoked {
                Revoked::User(user) => (Some(user), None, None),
                Revoked::Session(session) => (None, None, Some(session)),
                Revoked::Member(study, user) => (Some(user), Some(study), None),
                Revoked::Study(study) => (None, Some(study), None),
                Revoked::Site => (None, None, None),
            };
            args.with(*seq)
                .with(new.at)
                .maybe(user.map(UserId::as_str))
                .with(study.map(StudyId::as_uuid))
                .with(session.map(SessionId::as_uuid))
                .text(new.code.as_str())
                .with(new.until)
        });
        run::<D>(conn, &statement, args).await?;
    }
    committed.revoked = Some(last);
    Ok(())
}

pub(crate) async fn insert_ticket<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    ticket: &Ticket,
) -> Result<u64, StoreError> {
    let (user, session) = match &ticket.credential {
        Credential::User(user) => (Some(user.as_str()), None),
        Credential::Session(hash) => (None, Some(hash.to_vec())),
    };
    let args = Args::new().with(ticket.hash.to_vec()).maybe(user).with(session).with(ticket.expires_at);
    run::<D>(conn, &sql.live.insert_ticket, args).await
}
