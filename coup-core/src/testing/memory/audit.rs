//! The audit log, security events, and kept answers.

use async_trait::async_trait;

use super::{MemoryStore, Rows};
use crate::{
    audit::{
        chain::link,
        model::{AuditEntry, AuditFilter, AuditHead, AuditRow, AuditTargetType, SecurityEvent},
    },
    changes::Committed,
    id::UserId,
    idempotency::Keep,
    page::Limit,
    store::{AuditReads, StoreError, Unique},
    user::model::Person,
};

impl Rows {
    fn audit_head(&self) -> AuditHead {
        self.audit.last().map(|row| AuditHead { seq: row.seq, hash: row.hash }).unwrap_or_default()
    }

    pub(super) fn append_audit(&mut self, entry: AuditEntry) {
        let head = self.audit_head();
        let seq = head.seq + 1;
        let hash = link(&head.hash, seq, &entry.bytes);
        let mut personal = entry.personal;
        personal.sort_by(|a, b| a.field.cmp(&b.field));
        self.audit.push(AuditRow {
            seq,
            at: entry.at,
            admin: entry.admin.map(|admin| admin.to_string()),
            action: entry.action.as_str().into(),
            target_type: entry.target.as_ref().map(|target| target.kind.as_str().into()),
            target_id: entry.target.map(|target| target.id),
            bytes: entry.bytes,
            hash,
            personal,
        });
    }

    pub(super) fn erase_audit_personal(&mut self, user: &UserId) {
        for row in &mut self.audit {
            let about = row.target_type.as_deref() == Some(AuditTargetType::User.as_str())
                && row.target_id.as_deref() == Some(user.as_str());
            let by = row.admin.as_deref() == Some(user.as_str());
            row.personal.retain(|field| if field.is_of_target() { !about } else { !by });
        }
    }

    pub(super) fn count_security_event(&mut self, event: SecurityEvent) {
        let key = (event.minute(), event.source(), event.path.clone(), event.kind);
        match self.security.get_mut(&key) {
            Some(known) => {
                known.count += event.count;
                known.ip = event.ip;
            }
            None => {
                self.security.insert(key, event);
            }
        }
    }

    pub(super) fn keep_answer(&mut self, keep: &Keep, committed: &Committed) -> Result<(), StoreError> {
        let key = (keep.user.clone(), keep.key.key.clone());
        if self.answers.contains_key(&key) {
            return Err(StoreError::AlreadyExists(Unique::IdempotencyKey));
        }
        let answer = crate::idempotency::KeptAnswer {
            fingerprint: keep.key.fingerprint,
            answer: keep.answer(committed),
            at: keep.at,
        };
        self.answers.insert(key, answer);
        Ok(())
    }
}

fn chosen(filter: &AuditFilter, row: &AuditRow) -> bool {
    fn is(wanted: Option<&str>, found: Option<&str>) -> bool {
        wanted.is_none() || wanted == found
    }
    is(filter.admin.as_ref().map(UserId::as_str), row.admin.as_deref())
        && is(filter.action.map(crate::audit::model::AdminAction::as_str), Some(&row.action))
        && is(filter.target_type.map(AuditTargetType::as_str), row.target_type.as_deref())
        && is(filter.target_id.as_deref(), row.target_id.as_deref())
        && filter.from.is_none_or(|from| from <= row.at)
        && filter.to.is_none_or(|to| row.at < to)
}

#[async_trait]
impl AuditReads for MemoryStore {
    async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        Ok(self.rows().audit_head())
    }

    async fn audit_rows(&self, filter: &AuditFilter, after: i64, limit: Limit) -> Result<Vec<AuditRow>, StoreError> {
        let rows = self.rows();
        let found = rows.audit.iter().filter(|row| row.seq > after && chosen(filter, row));
        Ok(found.take(limit.get()).cloned().collect())
    }

    async fn audit_log(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: Limit,
    ) -> Result<Vec<(AuditRow, Option<Person>)>, StoreError> {
        let rows = self.rows();
        let found = rows.audit.iter().rev();
        let found = found.filter(|row| before.is_none_or(|before| row.seq < before) && chosen(filter, row));
        let person = |row: &AuditRow| {
            let id = row.admin.as_ref()?.parse().ok()?;
            rows.users.get(&id).map(Person::from)
        };
        Ok(found.take(limit.get()).map(|row| (row.clone(), person(row))).collect())
    }

    async fn security_events(&self, limit: Limit) -> Result<Vec<SecurityEvent>, StoreError> {
        let rows = self.rows();
        let mut found: Vec<_> = rows.security.values().cloned().collect();
        found.sort_by(|a, b| {
            let key = |event: &SecurityEvent| (event.source(), event.path.clone(), event.kind.as_str());
            b.at.cmp(&a.at).then_with(|| key(a).cmp(&key(b)))
        });
        found.truncate(limit.get());
        Ok(found)
    }
}
