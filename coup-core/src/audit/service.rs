//! Use cases of the audit log: reading, exporting and verifying it. Each stands in the log itself before it is answered.

use serde_json::json;

use super::{
    chain::{Broken, Verified, Verifier},
    entry::LogEntry,
    export::{Export, ExportFormat},
    model::{AuditDraft, AuditFilter, AuditHead},
};
use crate::{
    coup::{Coup, Ctx, Room},
    error::Error,
    page::{Key, Keyset, Limit, Page, Places},
    policy::{AdminPermission, Target},
    store::{Store, StoreError},
};

impl Coup {
    /// Entries of the log, the newest first (`audit.read`).
    pub async fn audit_log(
        &self,
        ctx: &Ctx,
        filter: &AuditFilter,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<LogEntry>, Error> {
        const LIST: &str = "audit-log";
        let cursor = cursor.map(|cursor| Keyset::decode(cursor, LIST, Places::Sequence)).transpose()?;
        let before = cursor.and_then(|place| place.key.as_integer());
        let word = |draft: AuditDraft| draft.after("filter", crate::changes::to_value(filter));
        self.audited(ctx, AdminPermission::AuditRead, Target::Site, word, async |room: &Room<'_>| {
            let rows = room.store().audit_log(filter, before, limit.and_one()).await?;
            let page = Page::cut(rows, limit, |(row, _)| Keyset {
                list: LIST.into(),
                key: Key::Integer(row.seq),
                id: String::new(),
            });
            Ok(page.map(|(row, admin)| LogEntry::new(&row, admin)))
        })
        .await
    }

    /// The log as a file, oldest entries first, up to and with the entry that tells of this export (`audit.export`, and confirmed
    /// lately: [`Caller::fresh`](crate::coup::Caller::fresh)).
    pub async fn export_audit(&self, ctx: &Ctx, filter: &AuditFilter, format: ExportFormat) -> Result<Export, Error> {
        let word = |draft: AuditDraft| {
            draft.after("filter", crate::changes::to_value(filter)).after("format", format.as_str())
        };
        let head = self
            .audited_fresh(ctx, AdminPermission::AuditExport, Target::Site, word, async |room: &Room<'_>| {
                Ok(room.store().audit_head().await?)
            })
            .await?;
        Ok(Export::new(self.shared_store(), filter.clone(), format, head))
    }

    /// Verifies the whole log, against an exported head if there is one (`audit.export`).
    pub async fn verify_audit(&self, ctx: &Ctx, anchor: Option<AuditHead>) -> Result<Result<Verified, Broken>, Error> {
        let asked = json!({ "head": anchor.map(|head| head.to_string()) });
        let word = |draft: AuditDraft| draft.after("verify", asked.clone());
        self.audited(ctx, AdminPermission::AuditExport, Target::Site, word, async |room: &Room<'_>| {
            Ok(verify(room.store(), anchor).await?)
        })
        .await
    }
}

/// Verifies the whole log of a store, page by page; also while it is being written to. Writes nothing itself.
///
/// Whoever can write to the database's files can write the whole chain anew, so that nothing in them shows it: only
/// `anchor`, a head that was exported to elsewhere, does.
///
/// # Errors
/// When storage fails. What is wrong with the log is the answer.
pub async fn verify(store: &dyn Store, anchor: Option<AuditHead>) -> Result<Result<Verified, Broken>, StoreError> {
    let mut verifier = Verifier::new(anchor);
    // Entries are read after the head: they reach it at least, and those beyond it were written meanwhile.
    let Some(mut head) = head(store).await? else { return Ok(Err(Broken::NoHead)) };
    loop {
        if let Err(broken) = read(store, &mut verifier).await? {
            return Ok(Err(broken));
        }
        let found = verifier.head();
        if found.seq <= head.seq {
            return Ok(verifier.finish(head));
        }
        head = match self::head(store).await? {
            Some(head) if head.seq > found.seq => head,
            Some(head) => return Ok(verifier.finish(head)),
            None => return Ok(Err(Broken::NoHead)),
        };
    }
}

/// The head; `None` if it is none.
async fn head(store: &dyn Store) -> Result<Option<AuditHead>, StoreError> {
    match store.audit_head().await {
        Ok(head) => Ok(Some(head)),
        Err(StoreError::Corrupt(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes the entries that there are, from where the verifier is.
async fn read(store: &dyn Store, verifier: &mut Verifier) -> Result<Result<(), Broken>, StoreError> {
    let mut limit = Limit::BATCH;
    loop {
        let at = verifier.head().seq;
        // Nothing stands before the first place, whoever put it there.
        let after = if at == 0 { i64::MIN } else { at };
        let rows = match store.audit_rows(&AuditFilter::default(), after, limit).await {
            Ok(rows) => rows,
            // One of them cannot be what was written: which one, shows by reading them one by one.
            Err(StoreError::Corrupt(_)) if limit != Limit::ONE => {
                limit = Limit::ONE;
                continue;
            }
            Err(StoreError::Corrupt(_)) => return Ok(Err(Broken::Unreadable(at + 1))),
            Err(error) => return Err(error),
        };
        if rows.is_empty() {
            return Ok(Ok(()));
        }
        for row in &rows {
            if let Err(broken) = verifier.take(row) {
                return Ok(Err(broken));
            }
        }
    }
}
