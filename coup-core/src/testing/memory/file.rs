//! Files.

use async_trait::async_trait;

use super::{
    MemoryStore, Rows,
    commit::{Done, fresh},
};
use crate::{
    file::model::{File, FilePurpose},
    id::{FileId, UserId},
    store::{FileReads, StoreError, Unique},
};

impl Rows {
    pub(super) fn insert_file(&mut self, file: File) -> Done {
        fresh(self.files.contains_key(&file.id), Unique::Id)?;
        self.known_user(&file.uploader_id)?;
        self.files.insert(file.id, file);
        Ok(())
    }

    pub(super) fn save_file(&mut self, mut file: File) -> Done {
        self.known_user(&file.uploader_id)?;
        file.version += 1;
        self.files.insert(file.id, file);
        Ok(())
    }
}

#[async_trait]
impl FileReads for MemoryStore {
    async fn file(&self, id: FileId) -> Result<Option<File>, StoreError> {
        Ok(self.rows().files.get(&id).cloned())
    }

    async fn avatar_of(&self, user: &UserId) -> Result<Option<File>, StoreError> {
        let is_shown =
            |file: &&File| file.uploader_id == *user && file.purpose == FilePurpose::Avatar && file.is_there();
        Ok(self.rows().files.values().filter(is_shown).max_by_key(|file| file.id).cloned())
    }
}
