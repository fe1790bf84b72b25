//! Steps of identities that are proved elsewhere, and of sign-ins under way there.

use super::{
    Step,
    steps::{Cast, TICKETS, Twice, What, choose, one_of},
};
use crate::{
    changes::{Change, Key, Row},
    identity::model::{Linking, OAuthFlow, OAuthIdentity, Provider},
    store::{Store, StoreError},
};

/// Whom issuers mean: few, so that they meet.
pub(super) const SUBJECTS: [&str; 4] = ["1", "2", "Ａ", "a"];
pub(super) const ISSUERS: [&str; 2] = ["https://accounts.google.com", "https://github.com"];

impl Cast {
    pub(super) async fn elsewhere(&self, store: &dyn Store, step: Step, changes: Twice) -> Result<Twice, StoreError> {
        let provider = one_of(Provider::ALL, step.two, Provider::Google);
        Ok(match step.what {
            What::AddIdentity => {
                let Some(user) = choose(&self.users, step.one) else { return Ok(changes) };
                let pick = |all: &[&str], number: u8| one_of(all, number, "").to_owned();
                changes.insert(&Row::Identity(Box::new(OAuthIdentity {
                    issuer: pick(&ISSUERS, step.two),
                    subject: pick(&SUBJECTS, step.three),
                    user: user.id.clone(),
                    provider,
                    email: (!step.stale).then(|| "minjun@school.kr".to_owned()),
                    linked_at: self.make.later(),
                })))
            }
            What::RemoveIdentity => {
                let Some(user) = choose(&self.users, step.one) else { return Ok(changes) };
                changes.change(&Change::Remove(Key::Identity(user.id.clone(), provider)))
            }
            _ => self.flow(store, step, provider, changes).await?,
        })
    }

    async fn flow(
        &self,
        store: &dyn Store,
        step: Step,
        provider: Provider,
        changes: Twice,
    ) -> Result<Twice, StoreError> {
        let hash = one_of(&TICKETS, step.three, [0; 32]);
        let is_open = store.flow(&hash).await?.is_some();
        if step.what == What::UseFlow {
            return Ok(if is_open || step.stale { changes.change(&Change::UseFlow(hash)) } else { changes });
        }
        let linking = choose(&self.users, step.one).filter(|_| step.three.is_multiple_of(2));
        let session = choose(&self.sessions, step.two).map(|session| session.id);
        let flow = OAuthFlow {
            hash,
            state_hash: [step.two; 32],
            provider,
            nonce: format!("nonce {}", step.one),
            verifier: "verifier".into(),
            next: step.one.is_multiple_of(2).then(|| "/studies".into()),
            linking: linking.map(|user| Linking { user: user.id.clone(), session }),
            expires_at: self.make.later(),
        };
        Ok(if is_open && !step.stale { changes } else { changes.insert(&Row::Flow(Box::new(flow))) })
    }
}
