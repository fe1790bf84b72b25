//! The job that erases the content of files that were deleted, or that never came.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{
    model::{File, FileState},
    port::Blobs,
};
use crate::{
    changes::{Change, Changes, Key, Row, SystemPermit},
    coup::Coup,
    env::{Env, Timestamp},
    error::Error,
    id::{FileId, JobId},
    job::{
        model::{Job, NewJob, Payload},
        worker::{WorkError, Worked, Worker},
    },
};

/// The kind of its jobs.
const KIND: &str = "file.erase";

/// Asks for it, not before an instant.
pub(super) fn asked(env: &Env, file: FileId, run_at: Timestamp) -> NewJob {
    NewJob {
        id: JobId::from_uuid(env.uuid()),
        kind: KIND.to_owned(),
        payload: Payload::Value(json!({ "fileId": file })),
        run_at,
        created_at: env.now(),
    }
}

/// Erases content, and then the row.
pub(crate) struct EraseFile(pub(crate) Arc<dyn Blobs>);

#[async_trait]
impl Worker for EraseFile {
    fn kind(&self) -> &str {
        KIND
    }

    async fn work(&self, coup: &Coup, job: &Job) -> Result<Worked, WorkError> {
        let id = job.payload.get("fileId").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let id: FileId = id.ok_or_else(|| WorkError::never("no file is named: expected fileId"))?;
        let Some(file) = coup.store.file(id).await.map_err(Error::from)? else { return Ok(Worked::done()) };
        let changes = Changes::system(SystemPermit::Sweep);
        if file.deleted_at.is_some() {
            self.0.delete(&file.blob).await.map_err(Error::from)?;
            return Ok(Worked::Done { changes: Some(changes.change(Change::Remove(Key::File(id)))), result: None });
        }
        if !never_came(&file, coup.now()) {
            return Ok(Worked::done());
        }
        // First nobody may bring it any more; the row's version decides against who does so just now.
        let deleted = File { deleted_at: Some(coup.now()), ..file };
        let changes = changes.save(Row::File(Box::new(deleted)));
        Ok(Worked::More { changes: Some(changes), progress: json!("deleted") })
    }
}

/// Whether it is waited for no longer.
fn never_came(file: &File, now: Timestamp) -> bool {
    file.state == FileState::Reserved && file.reserved_until.is_none_or(|until| until <= now)
}
