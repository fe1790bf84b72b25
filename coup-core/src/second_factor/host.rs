//! A second factor that its owner cannot show any more.

use super::service::decided_anew;
use crate::{
    audit::model::{AdminAction, AuditTarget},
    changes::{Change, Changes, Key},
    coup::{Command, Prepared, Room},
    error::{Error, StateError},
    id::UserId,
    mail::letter::Letter,
    policy::AdminPermission,
    user::model::UserStatus,
};

/// Takes somebody's second factor away who has lost the app and the recovery codes; the host's own act, once it knows by other means
/// who asks. All their sessions end, and a letter tells the owner. Who administers sets up another one before they administer again.
#[derive(Debug, Clone)]
pub struct RemoveSecondFactor {
    /// Whose.
    pub user: UserId,
}

impl Command for RemoveSecondFactor {
    type Output = ();

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::UserUpdate);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let purpose = room.ctx.host.ok_or(Error::NotSignedIn)?;
        let user = room.store().user(&self.user).await?.filter(|user| user.status != UserStatus::Deleted);
        let user = user.ok_or(Error::NotFound)?;
        if room.store().second_factor(&self.user).await?.is_none() {
            return Err(StateError::NoSecondFactor.into());
        }
        let letter = Letter::SecondFactorOff { user_id: user.id.clone(), at: room.env.now() };
        let changes = Changes::host(purpose, AdminAction::SecondFactorRemove, Some(AuditTarget::user(&user.id)))
            .change(Change::Remove(Key::SecondFactor(user.id.clone())))
            .change(Change::Remove(Key::Sessions(user.id.clone())))
            .job(letter.job(room));
        let (_, changes) = decided_anew(room, changes, user);
        Ok(Prepared::new(changes, ()))
    }
}
