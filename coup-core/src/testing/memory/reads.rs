//! What can be asked: each answer is a filter over all rows, sorted and cut.

use std::{
    cmp::{Ordering, Reverse},
    collections::BTreeSet,
};

use async_trait::async_trait;

use super::{MemoryStore, Rows};
use crate::{
    changes::Scope,
    chat::model::{Answered, Message, MessageView, Place, ReadMark, Said, Stretch, Written},
    env::Timestamp,
    id::{MessageId, StudyId, UserId},
    idempotency::{IdempotencyKey, KeptAnswer},
    member::model::{Member, MemberStatus, MembershipChange, StudyInvite, StudyMember},
    page::{Key, Keyset, Limit},
    policy::{AdminRole, StudyRole},
    sanction::model::ActiveSanction,
    store::{
        Administrator, Browsed, ChatReads, Credential, Glance, Head, MemberReads, OwnStudy, Standing, StoreError,
        StoredEvent, StudyReads, UserReads, Waiting,
    },
    study::model::{Browse, SortOrder, Study, StudySort},
    text::{ClientId, Email, Query, fold},
    user::model::{Activity, AdminGrant, Person, User},
};

#[async_trait]
impl UserReads for MemoryStore {
    async fn standing(&self, caller: &Credential, study: Option<StudyId>) -> Result<Option<Standing>, StoreError> {
        Ok(self.rows().standing(caller, study))
    }

    async fn standing_inside(
        &self,
        caller: &Credential,
        study: StudyId,
    ) -> Result<Option<(Standing, Waiting)>, StoreError> {
        let rows = self.rows();
        let standing = rows.standing(caller, Some(study));
        Ok(standing.map(|standing| {
            let member = standing.study.as_ref().and_then(|(_, member)| member.as_ref());
            let waiting =
                member.filter(|member| member.status == MemberStatus::Active).map(|member| rows.waiting(member));
            let waiting = waiting.unwrap_or_default();
            (standing, waiting)
        }))
    }

    async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        Ok(self.rows().users.get(id).cloned())
    }

    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        Ok(self.rows().users.values().find(|user| user.email.as_ref() == Some(email)).cloned())
    }

    async fn lasting_super_admins(&self) -> Result<u32, StoreError> {
        let rows = self.rows();
        let lasting =
            rows.grants.values().filter(|grant| grant.role == AdminRole::SuperAdmin && grant.expires_at.is_none());
        Ok(count(lasting))
    }

    async fn person_and_grant(&self, id: &UserId) -> Result<Option<(User, Option<AdminGrant>)>, StoreError> {
        let rows = self.rows();
        Ok(rows.users.get(id).map(|user| (user.clone(), rows.grants.get(id).cloned())))
    }

    async fn administrators(&self, after: Option<&Keyset>, limit: Limit) -> Result<Vec<Administrator>, StoreError> {
        let rows = self.rows();
        let found = rows.grants.values().filter(|grant| after.is_none_or(|after| *grant.user.as_str() > *after.id));
        let found = found.filter_map(|grant| {
            let person = rows.users.get(&grant.user).map(Person::from)?;
            Some(Administrator { grant: grant.clone(), person })
        });
        Ok(found.take(limit.get()).collect())
    }

    async fn people(&self, ids: &[UserId]) -> Result<Vec<Person>, StoreError> {
        let (rows, ids) = (self.rows(), ids.iter().collect::<BTreeSet<_>>());
        Ok(ids.into_iter().filter_map(|id| rows.person(id)).collect())
    }

    async fn activity(&self, user: &UserId) -> Result<Activity, StoreError> {
        let rows = self.rows();
        let active = |member: &&StudyMember| member.user_id == *user && member.status == MemberStatus::Active;
        Ok(Activity {
            studies: count(rows.members.values().filter(active)),
            messages: count(rows.messages.values().filter(|message| message.user_id == *user)),
        })
    }

    async fn kept_answer(&self, user: &UserId, key: &IdempotencyKey) -> Result<Option<KeptAnswer>, StoreError> {
        Ok(self.rows().answers.get(&(user.clone(), key.clone())).cloned())
    }
}

#[async_trait]
impl StudyReads for MemoryStore {
    async fn study(&self, id: StudyId) -> Result<Option<Study>, StoreError> {
        Ok(self.rows().studies.get(&id).cloned())
    }

    async fn browse(
        &self,
        reader: &UserId,
        browse: &Browse,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<Browsed>, StoreError> {
        let rows = self.rows();
        let found = rows.studies.values().filter(|study| matches(browse, study)).cloned();
        let key = |study: &Study| match browse.sort.unwrap_or(StudySort::CreatedAt) {
            StudySort::CreatedAt => Key::time(study.created_at),
            StudySort::MemberCount => Key::Integer(study.member_count.into()),
            StudySort::Rating => Key::Real(study.rating),
        };
        let order = browse.order.unwrap_or(SortOrder::Desc);
        let studies = paged(found, |study| (key(study), study.id.to_string()), order, after, limit);
        let browsed = studies.into_iter().map(|study| Browsed {
            membership: rows.members.get(&(study.id, reader.clone())).map(|member| member.status),
            study,
        });
        Ok(browsed.collect())
    }

    async fn glance(&self, study: StudyId, said: Limit, people: Limit) -> Result<Glance, StoreError> {
        let rows = self.rows();
        let mut newest = rows.newest_first(study, |message| message.deleted_at.is_none());
        newest.truncate(said.get());
        newest.reverse();
        let people = rows.members_of(study, MemberStatus::Active, None, people).into_iter().map(|member| member.user);
        Ok(Glance { said: newest, people: people.collect() })
    }

    async fn study_by_code(&self, code: &str) -> Result<Option<(Study, Option<StudyInvite>)>, StoreError> {
        let rows = self.rows();
        if let Some(study) = rows.studies.values().find(|study| study.invite_code == code) {
            return Ok(Some((study.clone(), None)));
        }
        let invite = rows.invites.values().find(|invite| invite.code == code);
        Ok(invite.and_then(|invite| Some((rows.studies.get(&invite.study_id)?.clone(), Some(invite.clone())))))
    }

    async fn own_studies(
        &self,
        user: &UserId,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<OwnStudy>, StoreError> {
        let rows = self.rows();
        let own = rows
            .members
            .values()
            .filter(|member| member.user_id == *user)
            .filter(|member| matches!(member.status, MemberStatus::Active | MemberStatus::Pending))
            .filter_map(|member| {
                let study = rows.studies.get(&member.study_id)?.clone();
                Some(OwnStudy { study, member: member.clone(), unread: rows.unread(member) })
            });
        let place = |own: &OwnStudy| (Key::time(own.study.last_activity_at), own.study.id.to_string());
        Ok(paged(own, place, SortOrder::Desc, after, limit))
    }
}

#[async_trait]
impl MemberReads for MemoryStore {
    async fn member(&self, study: StudyId, user: &UserId) -> Result<Option<Member>, StoreError> {
        let rows = self.rows();
        Ok(rows.members.get(&(study, user.clone())).and_then(|member| rows.named(member)))
    }

    async fn members(
        &self,
        study: StudyId,
        status: MemberStatus,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<Member>, StoreError> {
        Ok(self.rows().members_of(study, status, after, limit))
    }

    async fn staff(&self, study: StudyId, least: StudyRole) -> Result<Vec<UserId>, StoreError> {
        let rows = self.rows();
        let staff = rows
            .members
            .values()
            .filter(|member| member.study_id == study && member.status == MemberStatus::Active && member.role >= least);
        Ok(staff.map(|member| member.user_id.clone()).collect())
    }

    async fn last_rejection(&self, study: StudyId, user: &UserId) -> Result<Option<Timestamp>, StoreError> {
        let rows = self.rows();
        let rejections = rows
            .history
            .values()
            .filter(|line| line.study_id == study && line.user_id == *user && line.what == MembershipChange::Rejected);
        Ok(rejections.map(|line| line.at).max())
    }

    async fn invites(
        &self,
        study: StudyId,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<(StudyInvite, Person)>, StoreError> {
        let rows = self.rows();
        let invites = rows
            .invites
            .values()
            .filter(|invite| invite.study_id == study)
            .filter_map(|invite| Some((invite.clone(), rows.person(&invite.created_by)?)));
        let place = |(invite, _): &(StudyInvite, Person)| (Key::time(invite.created_at), invite.id.to_string());
        Ok(paged(invites, place, SortOrder::Desc, after, limit))
    }
}

#[async_trait]
impl ChatReads for MemoryStore {
    async fn messages(&self, study: StudyId, stretch: Stretch, limit: Limit) -> Result<Vec<MessageView>, StoreError> {
        let rows = self.rows();
        let mut views = match stretch {
            Stretch::Latest => rows.newest_first(study, |_| true),
            Stretch::Before(place) => rows.newest_first(study, |message| message.seq < place),
            Stretch::After(place) => {
                let mut views = rows.newest_first(study, |message| message.seq > place);
                views.reverse();
                views
            }
        };
        views.truncate(limit.get());
        Ok(views)
    }

    async fn talk(
        &self,
        study: StudyId,
        reader: &UserId,
        around: Place,
        before: Limit,
        after: Limit,
    ) -> Result<Vec<Said>, StoreError> {
        let rows = self.rows();
        let place = match around {
            Place::At(place) => place,
            Place::Of(id) => match rows.messages.get(&id).filter(|message| message.study_id == study) {
                Some(message) => message.seq,
                None => return Ok(Vec::new()),
            },
        };
        let mut older = rows.newest_first(study, |message| message.seq <= place);
        older.truncate(before.get());
        older.reverse();
        let mut newer = rows.newest_first(study, |message| message.seq > place);
        newer.reverse();
        newer.truncate(after.get());
        let said = older.into_iter().chain(newer).map(|message| Said {
            readers: (message.user_id == *reader && message.deleted_at.is_none()).then(|| rows.readers(&message)),
            message,
        });
        Ok(said.collect())
    }

    async fn message_anywhere(&self, id: MessageId) -> Result<Option<Written>, StoreError> {
        let rows = self.rows();
        Ok(rows.messages.get(&id).and_then(|message| rows.written(message)))
    }

    async fn context(&self, id: MessageId, before: Limit, after: Limit) -> Result<Vec<Written>, StoreError> {
        let rows = self.rows();
        let Some(middle) = rows.messages.get(&id) else { return Ok(Vec::new()) };
        let mut all: Vec<_> = rows.messages.values().filter(|message| message.study_id == middle.study_id).collect();
        all.sort_by_key(|message| message.seq);
        let older = all.iter().filter(|message| message.seq < middle.seq).count();
        let around = all.into_iter().skip(older.saturating_sub(before.get()));
        let around = around.take(older.min(before.get()) + 1 + after.get());
        Ok(around.filter_map(|message| rows.written(message)).collect())
    }

    async fn message(&self, study: StudyId, id: MessageId) -> Result<Option<Written>, StoreError> {
        let rows = self.rows();
        Ok(rows.messages.get(&id).filter(|message| message.study_id == study).and_then(|message| rows.written(message)))
    }

    async fn message_by_client_id(&self, user: &UserId, client_id: &ClientId) -> Result<Option<Written>, StoreError> {
        let rows = self.rows();
        let mut messages = rows.messages.values();
        let found = messages.find(|message| message.user_id == *user && message.client_id.as_ref() == Some(client_id));
        Ok(found.and_then(|message| rows.written(message)))
    }

    async fn members_called(&self, study: StudyId, texts: &[String]) -> Result<Vec<Person>, StoreError> {
        let rows = self.rows();
        let members = rows
            .members
            .values()
            .filter(|member| member.study_id == study && member.status == MemberStatus::Active)
            .filter_map(|member| rows.person(&member.user_id));
        let is_called = |name: &String| texts.iter().any(|text| text.starts_with(name));
        Ok(members.filter(|person| person.name.as_ref().is_some_and(is_called)).collect())
    }

    async fn search_messages(
        &self,
        study: StudyId,
        query: &Query,
        before: Option<i64>,
        limit: Limit,
    ) -> Result<Vec<MessageView>, StoreError> {
        let sought = fold(query.as_str());
        let found = |message: &Message| {
            message.deleted_at.is_none()
                && before.is_none_or(|place| message.seq < place)
                && fold(message.content.as_str()).contains(&sought)
        };
        let mut views = self.rows().newest_first(study, found);
        views.truncate(limit.get());
        Ok(views)
    }

    async fn read_marks(
        &self,
        study: StudyId,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<ReadMark>, StoreError> {
        let rows = self.rows();
        let marks = rows
            .members
            .values()
            .filter(|member| member.study_id == study && member.status == MemberStatus::Active)
            .filter_map(|member| {
                let seq = *rows.read_marks.get(&(study, member.user_id.clone()))?;
                Some(ReadMark { user_id: member.user_id.clone(), seq })
            });
        Ok(paged(marks, |mark| (Key::Integer(0), mark.user_id.to_string()), SortOrder::Asc, after, limit))
    }

    async fn head(&self, scope: &Scope) -> Result<Head, StoreError> {
        Ok(self.rows().heads.get(scope).copied().unwrap_or_default())
    }

    async fn events(&self, scope: &Scope, after: i64, limit: Limit) -> Result<Vec<StoredEvent>, StoreError> {
        let rows = self.rows();
        let events = rows.events.get(scope).into_iter().flatten();
        Ok(events.filter(|event| event.seq > after).take(limit.get()).cloned().collect())
    }
}

impl Rows {
    pub(super) fn standing(&self, caller: &Credential, study: Option<StudyId>) -> Option<Standing> {
        let (id, session) = match caller {
            Credential::User(id) => (id.clone(), None),
            Credential::Session(hash) => {
                let session = self.sessions.values().find(|session| session.token_hash == *hash)?;
                (session.user.clone(), Some(session.clone()))
            }
        };
        let study = study
            .and_then(|study| self.studies.get(&study))
            .map(|study| (study.clone(), self.members.get(&(study.id, id.clone())).cloned()));
        let admin = self.grants.get(&id).cloned();
        let has_second_factor = self.has_second_factor(&id);
        let sanctions = self.sanctions.values().filter(|sanction| sanction.user_id == id && sanction.is_active);
        let sanctions =
            sanctions.map(|sanction| ActiveSanction { kind: sanction.kind, expires_at: sanction.expires_at }).collect();
        Some(Standing { user: self.users.get(&id)?.clone(), session, admin, has_second_factor, sanctions, study })
    }

    fn waiting(&self, member: &StudyMember) -> Waiting {
        let pending = |other: &&StudyMember| other.study_id == member.study_id && other.status == MemberStatus::Pending;
        Waiting {
            unread: self.unread(member),
            requests: count(self.members.values().filter(pending)),
            read_to: self.read_mark(member),
        }
    }

    fn named(&self, member: &StudyMember) -> Option<Member> {
        Some(Member { member: member.clone(), user: self.person(&member.user_id)? })
    }

    fn members_of(&self, study: StudyId, status: MemberStatus, after: Option<&Keyset>, limit: Limit) -> Vec<Member> {
        let members = self.members.values().filter(|member| member.study_id == study && member.status == status);
        let place = |row: &Member| (Key::time(row.member.joined_at), row.user.id.to_string());
        paged(members.filter_map(|member| self.named(member)), place, SortOrder::Asc, after, limit)
    }

    /// The other ACTIVE members whose read mark is at the message or behind it.
    fn readers(&self, message: &MessageView) -> u32 {
        let others = self.members.values().filter(|member| {
            member.study_id == message.study_id
                && member.status == MemberStatus::Active
                && member.user_id != message.user_id
        });
        count(others.filter(|member| self.read_mark(member) >= message.seq))
    }

    pub(super) fn person(&self, id: &UserId) -> Option<Person> {
        self.users.get(id).map(Person::from)
    }

    fn written(&self, message: &Message) -> Option<Written> {
        let answered = message.reply_to_id.and_then(|id| self.messages.get(&id));
        let reply_to = answered.and_then(|answered| Some(Answered::new(answered, self.person(&answered.user_id)?)));
        Some(Written { message: message.clone(), author: self.person(&message.user_id)?, reply_to })
    }

    fn newest_first(&self, study: StudyId, found: impl Fn(&Message) -> bool) -> Vec<MessageView> {
        let messages = self.messages.values().filter(|message| message.study_id == study && found(message));
        let mut views: Vec<_> = messages.filter_map(|message| Some(self.written(message)?.view())).collect();
        views.sort_by_key(|view| Reverse(view.seq));
        views
    }

    fn read_mark(&self, member: &StudyMember) -> i64 {
        self.read_marks.get(&(member.study_id, member.user_id.clone())).copied().unwrap_or(0)
    }

    fn unread(&self, member: &StudyMember) -> u32 {
        let mark = self.read_mark(member);
        let unread = self.messages.values().filter(|message| {
            message.study_id == member.study_id
                && message.seq > mark
                && message.user_id != member.user_id
                && message.deleted_at.is_none()
        });
        count(unread)
    }
}

fn matches(browse: &Browse, study: &Study) -> bool {
    let sought = browse.query.as_ref().map(|query| fold(query.as_str()));
    let takes_people_in = study.is_recruiting && study.closed_at.is_none();
    study.is_public
        && study.hidden_at.is_none()
        && sought.is_none_or(|sought| {
            fold(study.name.as_str()).contains(&sought) || fold(study.description.as_str()).contains(&sought)
        })
        && browse.category.as_ref().is_none_or(|category| study.category.as_str() == category)
        && browse
            .sub_category
            .as_ref()
            .is_none_or(|category| study.sub_category.as_ref().is_some_and(|sub| sub.as_str() == category))
        && browse.tag.as_ref().is_none_or(|tag| study.tags.iter().any(|own| own.as_str() == tag))
        && browse.is_recruiting.is_none_or(|wanted| wanted == takes_people_in)
        && browse.min_members.is_none_or(|least| study.member_count >= least)
        && browse.max_members.is_none_or(|most| study.member_count <= most)
        && browse.min_rating.is_none_or(|least| study.rating >= least)
}

/// The rows after a place, in their order, cut to a page.
pub(super) fn paged<T>(
    rows: impl Iterator<Item = T>,
    place: impl Fn(&T) -> (Key, String),
    order: SortOrder,
    after: Option<&Keyset>,
    limit: Limit,
) -> Vec<T> {
    let compare = |a: &(Key, String), b: &(Key, String)| {
        let upwards = compare_keys(&a.0, &b.0).then_with(|| a.1.cmp(&b.1));
        if order == SortOrder::Asc { upwards } else { upwards.reverse() }
    };
    let after = after.map(|keyset| (keyset.key.clone(), keyset.id.clone()));
    let mut rows: Vec<T> = rows
        .filter(|row| after.as_ref().is_none_or(|after| compare(&place(row), after) == Ordering::Greater))
        .collect();
    rows.sort_by(|a, b| compare(&place(a), &place(b)));
    rows.truncate(limit.get());
    rows
}

fn compare_keys(a: &Key, b: &Key) -> Ordering {
    match (a, b) {
        (Key::Integer(a), Key::Integer(b)) => a.cmp(b),
        _ => a.as_real().total_cmp(&b.as_real()),
    }
}

pub(super) fn count(rows: impl Iterator) -> u32 {
    u32::try_from(rows.count()).unwrap_or(u32::MAX)
}
