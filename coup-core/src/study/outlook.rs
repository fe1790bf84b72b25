//! What the pages of a study show beside the study: how a visitor could come in, what waits for a member.

use uuid::Uuid;

use crate::{
    chat::model::MessageView,
    coup::{Coup, Ctx, StudyFile},
    env::Timestamp,
    error::{Error, StateError},
    id::{MessageId, StudyId, UserId},
    member::{
        model::{Member, MemberStatus},
        rules::{self, ASK_AGAIN_AFTER, Entry, Way},
    },
    page::{Key, Keyset, Limit},
    policy::{StudyPermission, SystemPermission},
    user::model::Person,
};

/// How the caller could come into a study through its page.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// The study and the caller.
    pub file: StudyFile,
    /// As what they would come in, or why they would not.
    pub entry: Result<Entry, StateError>,
    /// When somebody rejected lately may ask again.
    pub again_at: Option<Timestamp>,
}

/// What waits for a member in a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Their unread messages.
    pub unread: u32,
    /// Requests to join, at most [`Limit::MAX`]; absent for who may not see them.
    pub requests: Option<usize>,
}

impl Coup {
    /// A study, and how the caller could come in. The decision itself is made again when they do.
    pub async fn study_outlook(&self, ctx: &Ctx, study: StudyId) -> Result<Outlook, Error> {
        let file = self.study_file(ctx, study).await?;
        let room = self.room(ctx);
        let rejected = match file.status() {
            Some(_) => None,
            None => room.store().last_rejection(study, &file.caller.user.id).await?,
        };
        let entry = match rules::join(&file, Way::Page, rejected, room.env.now()) {
            Ok(entry) => Ok(entry),
            Err(Error::State(state)) => Err(state),
            Err(error) => return Err(error),
        };
        Ok(Outlook { file, entry, again_at: rejected.map(|at| at + ASK_AGAIN_AFTER) })
    }

    /// What waits for the member of a file.
    pub async fn waiting(&self, ctx: &Ctx, file: &StudyFile) -> Result<Waiting, Error> {
        file.require(StudyPermission::StudyRead)?;
        let room = self.room(ctx);
        // The caller's list of studies counts the unread: it is read from just before this study on.
        let before = Keyset {
            list: "own-studies".into(),
            key: Key::Integer(file.study.last_activity_at.timestamp_micros().saturating_add(1)),
            id: Uuid::max().to_string(),
        };
        let own = room.store().own_studies(&file.caller.user.id, Some(&before), Limit::DEFAULT).await?;
        let unread = own.iter().find(|own| own.study.id == file.study.id).map_or(0, |own| own.unread);
        let requests = if file.may(StudyPermission::MemberRequests) {
            Some(room.store().members(file.study.id, MemberStatus::Pending, None, Limit::MAX).await?.len())
        } else {
            None
        };
        Ok(Waiting { unread, requests })
    }

    /// Somebody who belongs or belonged to a study, or asks to.
    pub async fn member(&self, ctx: &Ctx, study: StudyId, user: &UserId) -> Result<Member, Error> {
        let room = self.room(ctx);
        room.study(study).await?.require(StudyPermission::MemberList)?;
        let member = room.store().member(study, user).await?.ok_or(Error::NotFound)?;
        let user = room.store().user(user).await?.as_ref().map(Person::from).ok_or(Error::NotFound)?;
        Ok(Member { member, user })
    }

    /// One message of a study.
    pub async fn message(&self, ctx: &Ctx, study: StudyId, message: MessageId) -> Result<MessageView, Error> {
        let room = self.room(ctx);
        room.study(study).await?.require(StudyPermission::MessageRead)?;
        let (message, author) = room.store().message(study, message).await?.ok_or(Error::NotFound)?;
        Ok(MessageView::new(&message, author))
    }

    /// The name of a study that the caller asked to join: also of one that has become private since.
    pub async fn requested_study(&self, ctx: &Ctx, study: StudyId) -> Result<StudyFile, Error> {
        let file = self.room(ctx).any_study(study).await?;
        if !file.sees() && file.status() != Some(MemberStatus::Pending) {
            return Err(Error::NotFound);
        }
        file.require(SystemPermission::StudyBrowse)?;
        Ok(file)
    }
}
