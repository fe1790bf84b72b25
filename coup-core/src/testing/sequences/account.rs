//! Sessions that are used, and codes that are waited for.

use super::{
    Step,
    steps::{Cast, Twice, What, choose, one_of},
};
use crate::{
    changes::{Change, Row},
    id::JobId,
    store::{Store, StoreError},
    text::Email,
    user::model::{Session, Verification, VerificationKind},
};

/// Addresses that wait for codes.
pub(super) const WAITING: [&str; 2] = ["kim@school.kr", "lee@school.kr"];

impl Cast {
    pub(super) async fn account(&mut self, store: &dyn Store, step: Step, changes: Twice) -> Result<Twice, StoreError> {
        let now = self.make.later();
        if matches!(step.what, What::SeeSession | What::SaveSession) {
            let Some(known) = choose(&self.sessions, step.two) else { return Ok(changes) };
            if step.what == What::SeeSession {
                // Now and then one that was seen later.
                let at = now - chrono::TimeDelta::minutes(i64::from(step.three % 3));
                return Ok(changes.change(&Change::SeenSession(known.id, at)));
            }
            let stored = store.session(known.id).await?.unwrap_or_else(|| known.clone());
            let saved = Session { confirmed_at: now, last_seen_at: now, ..stored };
            return Ok(changes.save(&Row::Session(Box::new(saved))));
        }
        let kind = one_of(VerificationKind::ALL, step.one, VerificationKind::Reset);
        let email = Email::from_stored(one_of(&WAITING, step.two, "").into());
        let stored = store.verification(kind, &email).await?;
        let version = stored.as_ref().map_or(0, |row| row.version) - i64::from(step.stale);
        if step.what == What::UseCode {
            let is_there = stored.is_some();
            let use_it = Change::UseCode(kind, email, version);
            return Ok(if is_there || step.stale { changes.change(&use_it) } else { changes });
        }
        let row = Verification {
            kind,
            email,
            job: self.make.id(JobId::from_uuid),
            name: None,
            password: None,
            code_hash: step.three.is_multiple_of(2).then_some([step.three; 32]),
            tries: u32::from(step.three % 4),
            asked: 1,
            asked_since: now,
            expires_at: now,
            version,
        };
        let row = Row::Verification(Box::new(row));
        Ok(if stored.is_some() { changes.save(&row) } else { changes.insert(&row) })
    }
}
