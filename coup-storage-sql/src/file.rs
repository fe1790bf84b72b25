//! Files: what is known of them. Their content is elsewhere.

use async_trait::async_trait;
use coup_core::{
    file::model::{BlobKey, File, FilePurpose, FileState},
    id::{FileId, StudyId, UserId},
    store::{FileReads, StoreError},
};
use uuid::Uuid;

use crate::{
    Dialect, Reads, Sql,
    error::corrupt,
    reads::{Args, Conn, RowOf, get, parse, run},
    statements::statements,
    user::user_id,
};

const FILE: &str = "id, study_id, purpose, uploader_id, name, content_type, size, sha256, blob, state, reserved_until, created_at, deleted_at";

statements! {
    /// Statements of files.
    FileSql(_words) {
        file: format!("select {FILE}, version from files where id = $1"),
        avatar_of: format!(
            "select {FILE}, version from files \
             where uploader_id = $1 and purpose = 'AVATAR' and state = 'READY' and deleted_at is null order by id desc limit 1"
        ),
        insert_file: format!("insert into files ({FILE}, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"),
        save_file: "update files set study_id = $2, purpose = $3, uploader_id = $4, name = $5, content_type = $6, size = $7, sha256 = $8, \
             blob = $9, state = $10, reserved_until = $11, created_at = $12, deleted_at = $13, version = $14 + 1 \
             where id = $1 and version = $14",
        remove_file: "delete from files where id = $1",
    }
}

fn file<D: Dialect>(row: &RowOf<D>) -> Result<File, StoreError> {
    let sha256: Vec<u8> = get::<D, _>(row, "sha256")?;
    Ok(File {
        id: FileId::from_uuid(get::<D, _>(row, "id")?),
        study_id: get::<D, Option<Uuid>>(row, "study_id")?.map(StudyId::from_uuid),
        purpose: parse::<D, _>(row, "purpose", FilePurpose::from_word)?,
        uploader_id: user_id::<D>(row, "uploader_id")?,
        name: get::<D, _>(row, "name")?,
        content_type: get::<D, _>(row, "content_type")?,
        size: get::<D, _>(row, "size")?,
        sha256: <[u8; 32]>::try_from(sha256.as_slice()).map_err(|why| corrupt("sha256", why))?,
        blob: BlobKey::from_stored(get::<D, _>(row, "blob")?),
        state: parse::<D, _>(row, "state", FileState::from_word)?,
        reserved_until: get::<D, _>(row, "reserved_until")?,
        created_at: get::<D, _>(row, "created_at")?,
        deleted_at: get::<D, _>(row, "deleted_at")?,
        version: get::<D, _>(row, "version")?,
    })
}

#[async_trait]
impl<D: Dialect> FileReads for Reads<D> {
    async fn file(&self, id: FileId) -> Result<Option<File>, StoreError> {
        self.row(&self.sql().file.file, Args::new().with(id.as_uuid())).await?.as_ref().map(file::<D>).transpose()
    }

    async fn avatar_of(&self, user: &UserId) -> Result<Option<File>, StoreError> {
        self.row(&self.sql().file.avatar_of, Args::new().text(user.as_str())).await?.as_ref().map(file::<D>).transpose()
    }
}

fn args<D: Dialect>(file: &File) -> Args<D> {
    Args::new()
        .with(file.id.as_uuid())
        .with(file.study_id.map(|study| study.as_uuid()))
        .text(file.purpose.as_str())
        .text(file.uploader_id.as_str())
        .text(&file.name)
        .text(&file.content_type)
        .with(file.size)
        .with(file.sha256.to_vec())
        .text(file.blob.as_str())
        .text(file.state.as_str())
        .with(file.reserved_until)
        .with(file.created_at)
        .with(file.deleted_at)
        .with(file.version)
}

pub(crate) async fn insert_file<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, file: &File) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.file.insert_file, args(file)).await
}

pub(crate) async fn save_file<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, file: &File) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.file.save_file, args(file)).await
}
