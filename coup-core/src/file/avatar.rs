//! Somebody's picture: uploading it, taking it away, looking at it.

use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use super::{
    erase,
    model::{BlobKey, File, FilePurpose, FileState},
    port::Blobs,
};
use crate::{
    changes::{Changes, Row},
    coup::{Caller, Command, Coup, Ctx, Prepared, Room},
    env::Timestamp,
    error::Error,
    id::{FileId, UserId},
    policy::{Permit, SystemPermission, Target},
    user::service::{Me, me},
};

/// For how long a picture's content is waited for.
const RESERVED: TimeDelta = TimeDelta::hours(1);

/// A picture that is ready to be shown: made anew from what was uploaded, so that nothing is in it but what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The picture.
    pub content: Vec<u8>,
    /// What it is, such as `image/jpeg`.
    pub content_type: &'static str,
}

/// Makes room for a picture.
#[derive(Debug, Clone)]
struct ReserveAvatar {
    content_type: &'static str,
    size: i64,
    sha256: [u8; 32],
}

impl Command for ReserveAvatar {
    type Output = File;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<File>, Error> {
        let (caller, permit) = own(room).await?;
        let (id, now) = (FileId::from_uuid(room.env.uuid()), room.env.now());
        let file = File {
            id,
            study_id: None,
            purpose: FilePurpose::Avatar,
            uploader_id: caller.user.id.clone(),
            name: "avatar".to_owned(),
            content_type: self.content_type.to_owned(),
            size: self.size,
            sha256: self.sha256,
            blob: BlobKey::of(id),
            state: FileState::Reserved,
            reserved_until: Some(now + RESERVED),
            created_at: now,
            deleted_at: None,
            version: 0,
        };
        let changes = Changes::permitted(permit)
            .guard(caller.guard())
            .insert(Row::File(Box::new(file.clone())))
            .job(erase::asked(&room.env, id, now + RESERVED));
        Ok(Prepared::new(changes, file))
    }
}

/// Shows a picture whose content has come, in the place of the one before.
#[derive(Debug, Clone)]
struct SetAvatar {
    file: FileId,
    address: String,
}

impl Command for SetAvatar {
    type Output = Me;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Me>, Error> {
        let (caller, permit) = own(room).await?;
        let now = room.env.now();
        let file = room.store().file(self.file).await?;
        let file = file.filter(|file| is_awaited(file, &caller, now)).ok_or(Error::NotFound)?;
        let ready = File { state: FileState::Ready, reserved_until: None, ..file };
        let changes = Changes::permitted(permit).guard(caller.guard());
        let changes = forget(room, &caller.user.id, changes).await?.save(Row::File(Box::new(ready)));
        Ok(shows(room, caller, changes, Some(self.address.clone())))
    }
}

fn is_awaited(file: &File, caller: &Caller, now: Timestamp) -> bool {
    file.uploader_id == caller.user.id
        && file.purpose == FilePurpose::Avatar
        && file.state == FileState::Reserved
        && file.deleted_at.is_none()
        && file.reserved_until.is_some_and(|until| now < until)
}

/// Takes one's picture away.
#[derive(Debug, Clone, Copy)]
pub struct RemoveAvatar;

impl Command for RemoveAvatar {
    type Output = Me;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Me>, Error> {
        let (caller, permit) = own(room).await?;
        if caller.user.avatar.is_none() {
            return Ok(Prepared::done(me(&caller, room.env.now())));
        }
        let changes = Changes::permitted(permit).guard(caller.guard());
        let changes = forget(room, &caller.user.id, changes).await?;
        Ok(shows(room, caller, changes, None))
    }
}

/// Who changes their own picture, and that they may.
async fn own(room: &Room<'_>) -> Result<(Caller, Permit), Error> {
    let caller = room.caller().await?;
    let permit = caller.permit(SystemPermission::ProfileAvatar, Target::User(caller.user.id.clone()))?;
    Ok((caller, permit))
}

/// Another address of one's picture. The account's version decides between two who change it at once.
fn shows(room: &Room<'_>, mut caller: Caller, changes: Changes, address: Option<String>) -> Prepared<Me> {
    caller.user.avatar = address;
    caller.user.updated_at = room.env.now();
    let changes = changes.save(Row::User(Box::new(caller.user.clone())));
    Prepared::new(changes, me(&caller, room.env.now()))
}

/// The end of somebody's picture as it is, if CoUp keeps it.
pub(crate) async fn forget(room: &Room<'_>, user: &UserId, changes: Changes) -> Result<Changes, Error> {
    let Some(before) = room.store().avatar_of(user).await? else { return Ok(changes) };
    let (id, now) = (before.id, room.env.now());
    let deleted = File { deleted_at: Some(now), ..before };
    Ok(changes.save(Row::File(Box::new(deleted))).job(erase::asked(&room.env, id, now)))
}

impl Coup {
    /// Whether pictures can be uploaded here.
    pub fn keeps_files(&self) -> bool {
        self.blobs.is_some()
    }

    fn blobs(&self) -> Result<&dyn Blobs, Error> {
        self.blobs.as_deref().ok_or(Error::NotConfigured)
    }

    /// Shows another picture of oneself. It is made by `make`, after it is known that one may; then its content is kept, and only
    /// then it is shown. `address` says where it will be looked at.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] without [`Blobs`]; those of `make`; [`Error::Denied`]; storage's.
    pub async fn set_avatar<F>(
        &self,
        ctx: &Ctx,
        make: F,
        address: impl FnOnce(FileId) -> String + Send,
    ) -> Result<Me, Error>
    where
        F: Future<Output = Result<Picture, Error>> + Send,
    {
        let blobs = self.blobs()?;
        let (_, _permit) = own(&self.room(ctx)).await?;
        let Picture { content, content_type } = make.await?;
        let size = i64::try_from(content.len()).unwrap_or(i64::MAX);
        let sha256 = Sha256::digest(&content).into();
        // A key of a repetition is that of one command; these are two, and doing both again does no harm.
        let ctx = Ctx { idempotency: None, ..ctx.clone() };
        let file = self.run(&ctx, ReserveAvatar { content_type, size, sha256 }).await?;
        blobs.put(&file.blob, content).await?;
        self.run(&ctx, SetAvatar { file: file.id, address: address(file.id) }).await
    }

    /// Somebody's picture, for who may browse; one's own always. [`Coup::content`] is what it shows.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is no picture that is shown; [`Error::Denied`].
    pub async fn avatar(&self, ctx: &Ctx, id: FileId) -> Result<File, Error> {
        let room = self.room(ctx);
        let caller = room.caller().await?;
        let file = room.store().file(id).await?;
        let file = file.filter(|file| file.is_there() && file.purpose == FilePurpose::Avatar);
        if file.as_ref().is_none_or(|file| file.uploader_id != caller.user.id) {
            caller.require(SystemPermission::StudyBrowse, Target::Site)?;
        }
        file.ok_or(Error::NotFound)
    }

    /// The content of a file that may be read.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it was erased meanwhile; storage's.
    pub async fn content(&self, file: &File) -> Result<Vec<u8>, Error> {
        self.blobs()?.get(&file.blob).await?.ok_or(Error::NotFound)
    }
}
