//! Settings.

use async_trait::async_trait;

use super::{MemoryStore, Rows, commit::Done};
use crate::{
    settings::model::StoredSettings,
    store::{SettingReads, StoreError},
};

impl Rows {
    pub(super) fn save_settings(&mut self, mut settings: StoredSettings) -> Done {
        for row in settings.values.values() {
            self.known_users(row.updated_by.as_ref())?;
        }
        settings.version += 1;
        self.settings = settings;
        Ok(())
    }
}

#[async_trait]
impl SettingReads for MemoryStore {
    async fn settings(&self) -> Result<StoredSettings, StoreError> {
        Ok(self.rows().settings.clone())
    }
}
