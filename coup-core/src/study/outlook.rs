//! What the pages of a study show beside the study: how a visitor could come in, what waits for a member.
//!
//! A page loads the caller and the study once, and gives that [`StudyFile`] to the one further read that it needs.

use crate::{
    chat::{
        model::{MessageView, Place, Said},
        service::Messages,
    },
    coup::{Coup, Ctx, StudyFile},
    env::Timestamp,
    error::{Error, StateError},
    id::{MessageId, StudyId, UserId},
    member::{
        model::{Member, MemberStatus},
        rules::{self, ASK_AGAIN_AFTER, Entry, Way},
    },
    page::Limit,
    policy::{StudyPermission, SystemPermission},
    store::Glance,
    study::service::readable,
    text::Query,
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

/// A study from inside: what each of its pages begins with.
#[derive(Debug, Clone)]
pub struct Inside {
    /// The study and the caller.
    pub file: StudyFile,
    /// Their unread messages.
    pub unread: u32,
    /// How far they have read.
    pub read_to: i64,
    /// Requests to join; absent for who may not see them.
    pub requests: Option<u32>,
}

/// Messages around a place, oldest first.
#[derive(Debug, Clone)]
pub struct Talk {
    /// The messages, as the caller reads them.
    pub said: Vec<Said>,
    /// Whether there are messages before the first.
    pub older: bool,
    /// Whether there are messages behind the last.
    pub newer: bool,
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

    /// A study from inside, for a page of it: the caller, how they stand to it, and what waits there, in one read. Who is no
    /// member finds nothing waiting; what a page shows asks for its own permission.
    pub async fn inside(&self, ctx: &Ctx, study: StudyId) -> Result<Inside, Error> {
        let (file, waiting) = self.room(ctx).inside(study).await?;
        readable(&file)?;
        let requests = file.may(StudyPermission::MemberRequests).then_some(waiting.requests);
        Ok(Inside { file, unread: waiting.unread, read_to: waiting.read_to, requests })
    }

    /// What a study's first page shows of its messages and members, as far as the file's caller may see them: up to `said`
    /// messages, the newest, and up to `people` members, those longest in.
    pub async fn glance(&self, file: &StudyFile, said: Limit, people: Limit) -> Result<Glance, Error> {
        let mut glance = self.store().glance(file.study.id, said, people).await?;
        if !file.may(StudyPermission::MessageRead) {
            glance.said.clear();
        }
        if !file.may(StudyPermission::MemberList) {
            glance.people.clear();
        }
        Ok(glance)
    }

    /// The messages around a place as the file's caller reads them: up to `before` at it and before it, up to `after` behind
    /// it. 404 for a message that is not in the study.
    pub async fn talk(&self, file: &StudyFile, around: Place, before: Limit, after: Limit) -> Result<Talk, Error> {
        file.require(StudyPermission::MessageRead)?;
        let reader = &file.caller.user.id;
        let mut said = self.store().talk(file.study.id, reader, around, before.and_one(), after.and_one()).await?;
        let at = match around {
            Place::At(place) => place,
            Place::Of(id) => {
                said.iter().find(|said| said.message.id == id).map(|said| said.message.seq).ok_or(Error::NotFound)?
            }
        };
        let first_behind = said.partition_point(|said| said.message.seq <= at);
        let (older, newer) = (first_behind > before.get(), said.len() - first_behind > after.get());
        if newer {
            said.pop();
        }
        if older {
            said.remove(0);
        }
        Ok(Talk { said, older, newer })
    }

    /// Somebody who belongs or belonged to a study, or asks to.
    pub async fn member(&self, file: &StudyFile, user: &UserId) -> Result<Member, Error> {
        file.require(StudyPermission::MemberList)?;
        self.store().member(file.study.id, user).await?.ok_or(Error::NotFound)
    }

    /// One message of a study.
    pub async fn message(&self, file: &StudyFile, message: MessageId) -> Result<MessageView, Error> {
        file.require(StudyPermission::MessageRead)?;
        Ok(self.store().message(file.study.id, message).await?.ok_or(Error::NotFound)?.view())
    }

    /// Messages that contain the query, newest first.
    pub async fn found(
        &self,
        file: &StudyFile,
        query: &Query,
        before: Option<i64>,
        limit: Limit,
    ) -> Result<Messages, Error> {
        file.require(StudyPermission::MessageRead)?;
        let items = self.store().search_messages(file.study.id, query, before, limit.and_one()).await?;
        Ok(Messages::cut(items, limit))
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
