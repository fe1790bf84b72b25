//! What every sentence of the contract begins with: people, a study, somebody in it.

use chrono::TimeDelta;

use crate::{
    changes::{Change, Changes, Committed, Row, SystemPermit},
    chat::model::Message,
    env::Timestamp,
    id::{StudyId, UserId},
    member::model::{StudyInvite, StudyMember},
    page::{Key, Keyset, Limit},
    store::{Store, StoreError},
    study::model::Study,
    testing::fixtures::Fixtures,
    user::model::{Person, User},
};

/// A store and what is put into it.
pub(super) struct Scene<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) make: Fixtures,
}

impl<'a> Scene<'a> {
    pub(super) fn of(store: &'a dyn Store) -> Self {
        Self { store, make: Fixtures::new(1) }
    }

    pub(super) async fn commit(&self, changes: Changes) -> Committed {
        self.store.commit(changes).await.expect("a commit that nothing stands in the way of")
    }

    pub(super) async fn refused(&self, changes: Changes) -> StoreError {
        self.store.commit(changes).await.expect_err("a commit that must be refused")
    }

    /// An account, stored.
    pub(super) async fn user(&self, name: &str) -> User {
        let user = self.make.user(name);
        self.commit(begin().insert(user_row(&user))).await;
        user
    }

    /// A study, stored with its OWNER's membership.
    pub(super) async fn study(&self, owner: &User) -> Study {
        self.study_as(owner, |_| ()).await
    }

    /// A study as the test wants it.
    pub(super) async fn study_as(&self, owner: &User, change: impl FnOnce(&mut Study)) -> Study {
        let mut study = self.make.study(&owner.id, "알고리즘 스터디");
        change(&mut study);
        study.last_activity_at = study.created_at;
        self.commit(begin().insert(study_row(&study)).insert(member_row(&self.make.owner(&study)))).await;
        study
    }

    /// An owner with a study.
    pub(super) async fn owned(&self) -> (User, Study) {
        let owner = self.user("김민준").await;
        let study = self.study(&owner).await;
        (owner, study)
    }

    /// An ACTIVE MEMBER with a seat, stored.
    pub(super) async fn join(&self, study: StudyId, user: &User) -> StudyMember {
        self.member_as(study, user, |_| ()).await
    }

    /// A member as the test wants them; takes a seat if ACTIVE.
    pub(super) async fn member_as(
        &self,
        study: StudyId,
        user: &User,
        change: impl FnOnce(&mut StudyMember),
    ) -> StudyMember {
        let mut member = self.make.member(study, &user.id);
        change(&mut member);
        let changes = begin().insert(member_row(&member));
        let takes_seat = member.status == crate::member::model::MemberStatus::Active;
        self.commit(if takes_seat { changes.change(Change::TakeSeat(study)) } else { changes }).await;
        member
    }

    /// An invite, stored.
    pub(super) async fn invite_as(&self, study: &Study, change: impl FnOnce(&mut StudyInvite)) -> StudyInvite {
        let mut invite = self.make.invite(study);
        change(&mut invite);
        self.commit(begin().insert(invite_row(&invite))).await;
        invite
    }

    /// A message, stored and placed.
    pub(super) async fn post(&self, study: StudyId, author: &User, text: &str) -> Message {
        self.post_as(study, author, text, |_| ()).await
    }

    /// A message as the test wants it.
    pub(super) async fn post_as(
        &self,
        study: StudyId,
        author: &User,
        text: &str,
        change: impl FnOnce(&mut Message),
    ) -> Message {
        let mut message = self.make.message(study, &author.id, text);
        change(&mut message);
        let committed = self.commit(begin().post(message.clone(), Person::from(author))).await;
        message.seq = *committed.posts.first().expect("a place for the message");
        message
    }

    /// The message marked as deleted, as stored after.
    pub(super) async fn delete_message(&self, message: &Message) -> Message {
        let deleted = Message { deleted_at: Some(self.make.later()), ..message.clone() };
        self.commit(begin().save(Row::Message(Box::new(deleted.clone())))).await;
        Message { version: deleted.version + 1, ..deleted }
    }

    /// The study as it is stored now.
    pub(super) async fn stored_study(&self, id: StudyId) -> Study {
        self.store.study(id).await.expect("an answer").expect("the study")
    }

    /// A study's invites as they are stored now, up to a hundred.
    pub(super) async fn stored_invites(&self, study: StudyId) -> Vec<StudyInvite> {
        let invites = self.store.invites(study, None, Limit::MAX).await.expect("an answer");
        invites.into_iter().map(|(invite, _)| invite).collect()
    }

    /// The membership as it is stored now.
    pub(super) async fn stored_member(&self, study: StudyId, user: &UserId) -> StudyMember {
        self.store.member(study, user).await.expect("an answer").expect("the membership").member
    }
}

/// Begins a commit that no person is asked for.
pub(super) fn begin() -> Changes {
    Changes::system(SystemPermit::Operator)
}

pub(super) fn user_row(user: &User) -> Row {
    Row::User(Box::new(user.clone()))
}

pub(super) fn study_row(study: &Study) -> Row {
    Row::Study(Box::new(study.clone()))
}

pub(super) fn member_row(member: &StudyMember) -> Row {
    Row::Member(Box::new(member.clone()))
}

pub(super) fn invite_row(invite: &StudyInvite) -> Row {
    Row::Invite(Box::new(invite.clone()))
}

/// A page of `n` rows.
pub(super) fn limit(n: i64) -> Limit {
    Limit::parse(Some(n), Limit::DEFAULT).expect("1 to 100")
}

/// The place of a row, whatever the list.
pub(super) fn place(key: Key, id: &impl ToString) -> Keyset {
    Keyset { list: String::new(), key, id: id.to_string() }
}

/// All pages of a list, put together. A store that answers one page for ever is told from one that ends.
pub(super) async fn paged<T>(
    size: i64,
    place: impl Fn(&T) -> Keyset,
    mut read: impl AsyncFnMut(Option<&Keyset>, Limit) -> Result<Vec<T>, StoreError>,
) -> Vec<T> {
    let (mut found, mut last): (Vec<T>, Option<Keyset>) = (Vec::new(), None);
    loop {
        let page = read(last.as_ref(), limit(size)).await.expect("an answer");
        assert!(page.len() <= limit(size).get(), "a page of {size} has {} rows", page.len());
        assert!(found.len() < 1000, "the list has no end: its pages repeat");
        let Some(row) = page.last() else { return found };
        last = Some(place(row));
        found.extend(page);
    }
}

/// `at` and a number of seconds.
pub(super) fn after(at: Timestamp, seconds: i64) -> Timestamp {
    at + TimeDelta::seconds(seconds)
}

/// Whether the commit was refused because something had changed.
pub(super) fn is_conflict(error: &StoreError) -> bool {
    matches!(error, StoreError::Conflict)
}
