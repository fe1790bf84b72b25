//! Identities that are proved elsewhere, and sign-ins under way there.

use async_trait::async_trait;

use super::{
    MemoryStore, Rows,
    commit::{Done, fresh},
};
use crate::{
    id::UserId,
    identity::model::{OAuthFlow, OAuthIdentity, Provider},
    store::{IdentityReads, StoreError, Unique},
    user::model::TokenHash,
};

impl Rows {
    pub(super) fn insert_identity(&mut self, identity: OAuthIdentity) -> Done {
        let key = (identity.issuer.clone(), identity.subject.clone());
        fresh(self.identities.contains_key(&key), Unique::Identity)?;
        let has_one = |own: &OAuthIdentity| own.user == identity.user && own.provider == identity.provider;
        fresh(self.identities.values().any(has_one), Unique::IdentityProvider)?;
        self.known_user(&identity.user)?;
        self.identities.insert(key, identity);
        Ok(())
    }

    pub(super) fn remove_identity(&mut self, user: &UserId, provider: Provider) {
        self.identities.retain(|_, identity| identity.user != *user || identity.provider != provider);
    }

    pub(super) fn insert_flow(&mut self, flow: OAuthFlow) -> Done {
        fresh(self.flows.contains_key(&flow.hash), Unique::Id)?;
        self.flows.insert(flow.hash, flow);
        Ok(())
    }
}

#[async_trait]
impl IdentityReads for MemoryStore {
    async fn identity(&self, issuer: &str, subject: &str) -> Result<Option<OAuthIdentity>, StoreError> {
        Ok(self.rows().identities.get(&(issuer.to_owned(), subject.to_owned())).cloned())
    }

    async fn identities(&self, user: &UserId) -> Result<Vec<OAuthIdentity>, StoreError> {
        let rows = self.rows();
        let mut own: Vec<_> = rows.identities.values().filter(|identity| identity.user == *user).cloned().collect();
        own.sort_by_key(|identity| identity.provider.as_str());
        Ok(own)
    }

    async fn flow(&self, hash: &TokenHash) -> Result<Option<OAuthFlow>, StoreError> {
        Ok(self.rows().flows.get(hash).cloned())
    }
}
