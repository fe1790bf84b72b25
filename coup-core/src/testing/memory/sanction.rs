//! Sanctions and appeals.

use async_trait::async_trait;

use super::{
    MemoryStore, Rows,
    commit::{Done, fresh, unknown},
    reads::paged,
};
use crate::{
    appeal::model::{Appeal, AppealStatus},
    id::{AppealId, SanctionId, UserId},
    page::{Key, Keyset, Limit},
    sanction::model::Sanction,
    store::{SanctionReads, StoreError, Unique},
    study::model::SortOrder,
};

impl Rows {
    pub(super) fn insert_appeal(&mut self, appeal: Appeal) -> Done {
        fresh(self.appeals.contains_key(&appeal.id), Unique::Id)?;
        fresh(self.appeal_of(appeal.sanction_id).is_some(), Unique::Appeal)?;
        if !self.sanctions.contains_key(&appeal.sanction_id) {
            return Err(unknown("sanction"));
        }
        self.known_user(&appeal.user_id)?;
        self.known_users(appeal.decided_by.as_ref())?;
        self.appeals.insert(appeal.id, appeal);
        Ok(())
    }

    /// What was said stays as it was; the decision is saved.
    pub(super) fn save_appeal(&mut self, appeal: Appeal) -> Done {
        self.known_users(appeal.decided_by.as_ref())?;
        if let Some(old) = self.appeals.get_mut(&appeal.id) {
            old.status = appeal.status;
            old.decided_by = appeal.decided_by;
            old.decided_role = appeal.decided_role;
            old.decided_at = appeal.decided_at;
            old.words = appeal.words;
            old.version += 1;
        }
        Ok(())
    }

    fn appeal_of(&self, sanction: SanctionId) -> Option<&Appeal> {
        self.appeals.values().find(|appeal| appeal.sanction_id == sanction)
    }
}

#[async_trait]
impl SanctionReads for MemoryStore {
    async fn sanction(&self, id: SanctionId) -> Result<Option<(Sanction, Option<Appeal>)>, StoreError> {
        let rows = self.rows();
        Ok(rows.sanctions.get(&id).map(|sanction| (sanction.clone(), rows.appeal_of(id).cloned())))
    }

    async fn sanctions_of(&self, user: &UserId) -> Result<Vec<(Sanction, Option<Appeal>)>, StoreError> {
        let rows = self.rows();
        let own = rows.sanctions.values().rev().filter(|sanction| sanction.user_id == *user);
        Ok(own.map(|sanction| (sanction.clone(), rows.appeal_of(sanction.id).cloned())).collect())
    }

    async fn appeal(&self, id: AppealId) -> Result<Option<(Appeal, Sanction)>, StoreError> {
        let rows = self.rows();
        let appeal = rows.appeals.get(&id);
        Ok(appeal.and_then(|appeal| Some((appeal.clone(), rows.sanctions.get(&appeal.sanction_id)?.clone()))))
    }

    async fn appeals(
        &self,
        viewer: Option<&UserId>,
        status: Option<AppealStatus>,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<(Appeal, Sanction)>, StoreError> {
        let rows = self.rows();
        let appeals = rows.appeals.values().filter(|appeal| status.is_none_or(|status| appeal.status == status));
        let appeals =
            appeals.filter_map(|appeal| Some((appeal.clone(), rows.sanctions.get(&appeal.sanction_id)?.clone())));
        let case = |sanction: &Sanction| rows.cases.get(&rows.reports.get(&sanction.report_id?)?.case_id);
        let shown = appeals.filter(|(_, sanction)| {
            viewer.is_none_or(|viewer| {
                sanction.user_id != *viewer
                    && sanction.admin_id.as_ref() != Some(viewer)
                    && case(sanction).is_none_or(|case| !rows.has_part(viewer, case))
            })
        });
        let place = |(appeal, _): &(Appeal, Sanction)| (Key::time(appeal.created_at), appeal.id.to_string());
        Ok(paged(shown, place, SortOrder::Asc, after, limit))
    }
}
