//! Attempts, and browsers that are known.

use async_trait::async_trait;

use super::{MemoryStore, Rows, commit::Done};
use crate::{
    id::UserId,
    limit::{
        model::{Attempts, Counted, Device, Place},
        rules::{self, MOST_DEVICES},
    },
    store::{Limit, LimitReads, StoreError},
    text::Email,
    user::model::TokenHash,
};

impl Rows {
    pub(super) fn take_place(&mut self, place: Place) -> Done {
        let taken = rules::taken(self.attempts.get(&place.counted), &place);
        let taken = taken.ok_or(StoreError::Exhausted(Limit::Attempts))?;
        self.attempts.insert(place.counted, taken);
        Ok(())
    }

    pub(super) fn give_place_back(&mut self, place: &Place) {
        if let Some(attempts) = self.attempts.get_mut(&place.counted) {
            *attempts = rules::given_back(attempts, place);
        }
    }

    pub(super) fn see_device(&mut self, device: Device, before: Option<TokenHash>) -> Done {
        self.known_user(&device.user)?;
        if let Some(before) = before {
            let moved: Vec<_> = self.devices.keys().filter(|(hash, _)| *hash == before).cloned().collect();
            for key in moved {
                if let Some(known) = self.devices.remove(&key) {
                    self.devices.insert((device.hash, key.1), Device { hash: device.hash, ..known });
                }
            }
        }
        let user = device.user.clone();
        self.devices.insert((device.hash, user.clone()), device);
        let mut seen: Vec<_> =
            self.devices.values().filter(|known| known.user == user).map(|known| known.seen_at).collect();
        seen.sort_by_key(|at| std::cmp::Reverse(*at));
        if let Some(oldest) = seen.get(MOST_DEVICES - 1) {
            self.devices.retain(|_, known| known.user != user || known.seen_at >= *oldest);
        }
        Ok(())
    }

    pub(super) fn forget_devices(&mut self, user: &UserId) {
        self.devices.retain(|_, device| device.user != *user);
    }
}

#[async_trait]
impl LimitReads for MemoryStore {
    async fn attempts(&self, counted: &Counted) -> Result<Option<Attempts>, StoreError> {
        Ok(self.rows().attempts.get(counted).cloned())
    }

    async fn device(&self, hash: &TokenHash, email: &Email) -> Result<Option<Device>, StoreError> {
        let rows = self.rows();
        let account = rows.users.values().find(|user| user.email.as_ref() == Some(email));
        Ok(account.and_then(|user| rows.devices.get(&(*hash, user.id.clone())).cloned()))
    }
}
