//! Identities that are proved elsewhere, and sign-ins under way there.

use async_trait::async_trait;
use coup_core::{
    id::{SessionId, UserId},
    identity::model::{Linking, OAuthFlow, OAuthIdentity, Provider},
    store::{IdentityReads, StoreError},
    user::model::TokenHash,
};
use uuid::Uuid;

use crate::{
    Dialect, Reads, Sql,
    error::corrupt,
    reads::{Args, Conn, RowOf, get, parse, run},
    statements::statements,
    user::user_id,
};

const IDENTITY: &str = "issuer, subject, user_id, provider, email, linked_at";

statements! {
    /// Statements of identities.
    IdentitySql(_words) {
        identity: format!("select {IDENTITY} from oauth_identities where issuer = $1 and subject = $2"),
        identities: format!("select {IDENTITY} from oauth_identities where user_id = $1 order by provider"),
        insert_identity: format!("insert into oauth_identities ({IDENTITY}) values ($1, $2, $3, $4, $5, $6)"),
        remove_identity: "delete from oauth_identities where user_id = $1 and provider = $2",
        flow: "select state_hash, provider, nonce, verifier, next, link_user_id, link_session_id, expires_at \
             from oauth_flows where hash = $1",
        insert_flow: "insert into oauth_flows \
             (hash, state_hash, provider, nonce, verifier, next, link_user_id, link_session_id, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        use_flow: "delete from oauth_flows where hash = $1",
    }
}

fn identity<D: Dialect>(row: &RowOf<D>) -> Result<OAuthIdentity, StoreError> {
    Ok(OAuthIdentity {
        issuer: get::<D, _>(row, "issuer")?,
        subject: get::<D, _>(row, "subject")?,
        user: user_id::<D>(row, "user_id")?,
        provider: parse::<D, _>(row, "provider", Provider::from_word)?,
        email: get::<D, _>(row, "email")?,
        linked_at: get::<D, _>(row, "linked_at")?,
    })
}

fn flow<D: Dialect>(row: &RowOf<D>, hash: TokenHash) -> Result<OAuthFlow, StoreError> {
    let state: Vec<u8> = get::<D, _>(row, "state_hash")?;
    let linking = match get::<D, Option<String>>(row, "link_user_id")? {
        None => None,
        Some(_) => Some(Linking {
            user: user_id::<D>(row, "link_user_id")?,
            session: get::<D, Option<Uuid>>(row, "link_session_id")?.map(SessionId::from_uuid),
        }),
    };
    Ok(OAuthFlow {
        hash,
        state_hash: TokenHash::try_from(state.as_slice()).map_err(|why| corrupt("state_hash", why))?,
        provider: parse::<D, _>(row, "provider", Provider::from_word)?,
        nonce: get::<D, _>(row, "nonce")?,
        verifier: get::<D, _>(row, "verifier")?,
        next: get::<D, _>(row, "next")?,
        linking,
        expires_at: get::<D, _>(row, "expires_at")?,
    })
}

#[async_trait]
impl<D: Dialect> IdentityReads for Reads<D> {
    async fn identity(&self, issuer: &str, subject: &str) -> Result<Option<OAuthIdentity>, StoreError> {
        let args = Args::new().text(issuer).text(subject);
        self.row(&self.sql().identity.identity, args).await?.as_ref().map(identity::<D>).transpose()
    }

    async fn identities(&self, user: &UserId) -> Result<Vec<OAuthIdentity>, StoreError> {
        self.list(&self.sql().identity.identities, Args::new().text(user.as_str()), identity::<D>).await
    }

    async fn flow(&self, hash: &TokenHash) -> Result<Option<OAuthFlow>, StoreError> {
        let row = self.row(&self.sql().identity.flow, Args::new().with(hash.to_vec())).await?;
        row.as_ref().map(|row| flow::<D>(row, *hash)).transpose()
    }
}

pub(crate) async fn insert_identity<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    identity: &OAuthIdentity,
) -> Result<u64, StoreError> {
    let args = Args::new()
        .text(&identity.issuer)
        .text(&identity.subject)
        .text(identity.user.as_str())
        .text(identity.provider.as_str())
        .maybe(identity.email.as_deref())
        .with(identity.linked_at);
    run::<D>(conn, &sql.identity.insert_identity, args).await
}

pub(crate) async fn remove_identity<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    user: &UserId,
    provider: Provider,
) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.identity.remove_identity, Args::new().text(user.as_str()).text(provider.as_str())).await
}

pub(crate) async fn insert_flow<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    flow: &OAuthFlow,
) -> Result<u64, StoreError> {
    let linking = flow.linking.as_ref();
    let args = Args::new()
        .with(flow.hash.to_vec())
        .with(flow.state_hash.to_vec())
        .text(flow.provider.as_str())
        .text(&flow.nonce)
        .text(&flow.verifier)
        .maybe(flow.next.as_deref())
        .maybe(linking.map(|linking| linking.user.as_str()))
        .with(linking.and_then(|linking| linking.session).map(|session| session.as_uuid()))
        .with(flow.expires_at);
    run::<D>(conn, &sql.identity.insert_flow, args).await
}
