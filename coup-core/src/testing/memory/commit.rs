//! The one way in which rows change: guards, writes in their order, counters, then what is told.

use super::Rows;
use crate::{
    changes::{Change, Committed, EventKind, Guard, Key, NewEvent, Parts, Post, Row, Scope, to_value},
    env::Timestamp,
    hooks::Told,
    id::{InviteId, StudyId, UserId},
    job::model::{NewJob, Payload},
    member::model::{MemberStatus, StudyInvite, StudyMember},
    policy::{AdminRole, StudyRole},
    store::{Head, Limit, StoreError, StoredEvent, Unique},
    study::model::Study,
    user::model::{AdminGrant, Session, User},
};

/// The answer to one step: done, or why the whole commit is not.
pub(super) type Done = Result<(), StoreError>;

impl Rows {
    /// Applies all, or fails somewhere on the way: callers apply to a copy.
    pub(super) fn apply(&mut self, parts: Parts) -> Result<Committed, StoreError> {
        let audit = parts.audit?;
        for guard in &parts.guards {
            self.hold(guard)?;
        }
        let lasting = self.lasting_super_admins();
        let mut committed = Committed::default();
        let (mut counts, writes): (Vec<_>, Vec<_>) = parts.writes.into_iter().partition(is_count);
        for change in writes {
            self.write(change, &mut committed)?;
        }
        self.one_owner_each()?;
        if lasting > 0 && self.lasting_super_admins() == 0 {
            return Err(StoreError::Exhausted(Limit::LastSuperAdmin));
        }
        counts.sort_by_key(|change| match change {
            Change::UseInvite(..) => 1,
            Change::MoveReadMark(..) => 2,
            _ => 0,
        });
        for change in counts {
            self.count(change)?;
        }
        self.tell(parts.posts, parts.events, parts.jobs, &mut committed)?;
        self.revoke(parts.revocations, &mut committed);
        for entry in audit {
            self.append_audit(entry);
        }
        if let Some(keep) = parts.keep {
            self.keep_answer(&keep, &committed)?;
        }
        Ok(committed)
    }

    fn lasting_super_admins(&self) -> usize {
        let lasting = |grant: &&AdminGrant| grant.role == AdminRole::SuperAdmin && grant.expires_at.is_none();
        self.grants.values().filter(lasting).count()
    }

    fn hold(&self, guard: &Guard) -> Done {
        let (found, read) = match guard {
            Guard::User(id, version) => (self.users.get(id).map(|user| user.auth_version), version),
            Guard::Study(id, version) => (self.studies.get(id).map(|study| study.version), version),
            Guard::Member(study, user, version) => {
                (self.members.get(&(*study, user.clone())).map(|member| member.version), version)
            }
            Guard::Message(id, version) => (self.messages.get(id).map(|message| message.version), version),
        };
        if found == Some(*read) { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Whether the version that a row was read with still stands; those without versions must be there.
    fn stands(&self, row: &Row) -> Done {
        let stands = match row {
            Row::User(row) => self.users.get(&row.id).is_some_and(|old| old.version == row.version),
            Row::Study(row) => self.studies.get(&row.id).is_some_and(|old| old.version == row.version),
            Row::Member(row) => {
                let key = (row.study_id, row.user_id.clone());
                self.members.get(&key).is_some_and(|old| old.version == row.version)
            }
            Row::Message(row) => self.messages.get(&row.id).is_some_and(|old| old.version == row.version),
            Row::Session(row) => self.sessions.contains_key(&row.id),
            Row::SecondFactor(row) => self.second_factors.get(&row.user).is_some_and(|old| old.version == row.version),
            Row::HalfSignIn(_) => return Err(StoreError::Backend("a sign-in that waits is used, not saved".into())),
            Row::Verification(row) => self.is_verification(row.kind, &row.email, row.version),
            Row::Ticket(_) => return Err(StoreError::Backend("a ticket is used, not saved".into())),
            Row::Identity(_) => return Err(StoreError::Backend("an identity is linked, not saved".into())),
            Row::Flow(_) => return Err(StoreError::Backend("a flow is used, not saved".into())),
            Row::File(row) => self.files.get(&row.id).is_some_and(|old| old.version == row.version),
            Row::AdminGrant(row) => self.grants.contains_key(&row.user),
            Row::Sanction(row) => self.sanctions.get(&row.id).is_some_and(|old| old.version == row.version),
            Row::Case(row) => self.cases.get(&row.id).is_some_and(|old| old.version == row.version),
            Row::Appeal(row) => self.appeals.get(&row.id).is_some_and(|old| old.version == row.version),
            Row::Notification(row) => self.notifications.contains_key(&row.id),
            Row::Settings(row) => self.settings.version == row.version,
            Row::Report(_) | Row::CaseEntry(_) => {
                return Err(StoreError::Backend("what was reported and added to a case stays as it is".into()));
            }
            Row::Job(row) => self.jobs.get(&row.id).is_some_and(|old| old.version == row.version),
            Row::Invite(row) => self.invites.contains_key(&row.id),
            Row::MembershipEvent(_) => {
                return Err(StoreError::Backend("a membership's history is only added to".into()));
            }
        };
        if stands { Ok(()) } else { Err(StoreError::Conflict) }
    }

    fn write(&mut self, change: Change, committed: &mut Committed) -> Done {
        match change {
            Change::Insert(row) => self.insert(row),
            Change::Save(row) => self.save(row),
            Change::Remove(key) => {
                self.remove(key);
                Ok(())
            }
            Change::UseTicket(hash) => self.tickets.remove(&hash).map(drop).ok_or(StoreError::Conflict),
            Change::UseHalfSignIn(hash) => self.half_sign_ins.remove(&hash).map(drop).ok_or(StoreError::Conflict),
            Change::UseFlow(hash) => self.flows.remove(&hash).map(drop).ok_or(StoreError::Conflict),
            Change::SignedIn(user, at) => {
                if let Some(user) = self.users.get_mut(&user) {
                    user.last_login_at = Some(at);
                }
                Ok(())
            }
            Change::SeenSession(id, at) => {
                self.see_session(id, at);
                Ok(())
            }
            Change::UseCode(kind, email, version) => self.use_code(kind, email, version),
            Change::SeenDevice(device, before) => self.see_device(*device, before),
            Change::ClaimJobs(claim) => {
                let claimed = self.claim_jobs(&claim);
                committed.jobs.extend(claimed);
                Ok(())
            }
            Change::ReadNotifications(user, until, most) => {
                let read = self.read_notifications(&user, until, most);
                committed.read.push(read);
                Ok(())
            }
            Change::CountSecurityEvent(event) => {
                self.known_users(event.user.as_ref())?;
                self.count_security_event(*event);
                Ok(())
            }
            Change::Forget(user, email) => {
                self.forget(&user, email.as_ref());
                Ok(())
            }
            Change::Reword(trace) => {
                self.reword(trace);
                Ok(())
            }
            Change::EraseAuditPersonal(user) => {
                self.erase_audit_personal(&user);
                Ok(())
            }
            Change::Prune(what, before, most) => {
                let gone = self.prune(what, before, most);
                committed.pruned.push(gone);
                Ok(())
            }
            counter => self.count(counter),
        }
    }

    fn insert(&mut self, row: Row) -> Done {
        match row {
            Row::User(user) => {
                fresh(self.users.contains_key(&user.id), Unique::Id)?;
                self.free_email(&user)?;
                self.users.insert(user.id.clone(), *user);
            }
            Row::Session(session) => {
                let taken =
                    self.sessions.values().any(|old| old.id == session.id || old.token_hash == session.token_hash);
                fresh(taken, Unique::Id)?;
                self.known_user(&session.user)?;
                self.sessions.insert(session.id, *session);
            }
            Row::Verification(row) => self.insert_verification(*row)?,
            Row::SecondFactor(row) => self.insert_second_factor(*row)?,
            Row::HalfSignIn(row) => self.insert_half_sign_in(*row)?,
            Row::Identity(identity) => self.insert_identity(*identity)?,
            Row::Flow(flow) => self.insert_flow(*flow)?,
            Row::File(file) => self.insert_file(*file)?,
            Row::Ticket(ticket) => {
                fresh(self.tickets.contains_key(&ticket.hash), Unique::Id)?;
                self.tickets.insert(ticket.hash, *ticket);
            }
            Row::AdminGrant(grant) => {
                fresh(self.grants.contains_key(&grant.user), Unique::Id)?;
                self.known_user(&grant.user)?;
                self.known_users(grant.granted_by.as_ref())?;
                self.grants.insert(grant.user.clone(), *grant);
            }
            Row::Sanction(sanction) => {
                fresh(self.sanctions.contains_key(&sanction.id), Unique::Id)?;
                self.known_user(&sanction.user_id)?;
                self.known_users(sanction.admin_id.as_ref())?;
                self.known_users(sanction.lifted_by.as_ref())?;
                self.known_report(sanction.report_id)?;
                self.sanctions.insert(sanction.id, *sanction);
            }
            Row::Case(case) => self.insert_case(*case)?,
            Row::Report(report) => self.insert_report(*report)?,
            Row::CaseEntry(entry) => self.insert_case_entry(*entry)?,
            Row::Appeal(appeal) => self.insert_appeal(*appeal)?,
            Row::Notification(notification) => self.insert_notification(*notification)?,
            Row::Settings(_) => {
                return Err(StoreError::Backend("settings are saved, not inserted".into()));
            }
            Row::Job(_) => {
                return Err(StoreError::Backend("a job is asked for with Changes::job, not inserted".into()));
            }
            Row::Study(study) => {
                fresh(self.studies.contains_key(&study.id), Unique::Id)?;
                self.known_user(&study.owner_id)?;
                self.known_users(study.closed_by.as_ref())?;
                self.free_code(&study.invite_code, Some(study.id), None)?;
                self.heads.insert(Scope::Study(study.id), Head::default());
                let founded = Study { member_count: 1, last_activity_at: study.created_at, ..*study };
                self.studies.insert(founded.id, founded);
            }
            Row::Member(member) => {
                let key = (member.study_id, member.user_id.clone());
                fresh(self.members.contains_key(&key), Unique::Member)?;
                self.known_study(member.study_id)?;
                self.known_user(&member.user_id)?;
                self.members.insert(key, *member);
            }
            Row::Invite(invite) => {
                fresh(self.invites.contains_key(&invite.id), Unique::Id)?;
                self.free_code(&invite.code, None, Some(invite.id))?;
                self.known_study(invite.study_id)?;
                self.known_user(&invite.created_by)?;
                self.invites.insert(invite.id, *invite);
            }
            Row::MembershipEvent(line) => {
                fresh(self.history.contains_key(&line.id), Unique::Id)?;
                self.known_study(line.study_id)?;
                self.known_user(&line.user_id)?;
                self.known_user(&line.by_id)?;
                self.history.insert(line.id, *line);
            }
            Row::Message(_) => {
                return Err(StoreError::Backend("a message is posted, so that it gets its place; not inserted".into()));
            }
        }
        Ok(())
    }

    fn save(&mut self, row: Row) -> Done {
        self.stands(&row)?;
        match row {
            Row::User(mut user) => {
                self.free_email(&user)?;
                user.version += 1;
                if let Some(old) = self.users.get_mut(&user.id) {
                    // Told by `SignedIn` alone, which moves no version: a save would bring an older time back.
                    *old = User { last_login_at: old.last_login_at, ..*user };
                }
            }
            Row::Study(mut study) => {
                self.known_user(&study.owner_id)?;
                self.known_users(study.closed_by.as_ref())?;
                self.free_code(&study.invite_code, Some(study.id), None)?;
                study.version += 1;
                if let Some(old) = self.studies.get_mut(&study.id) {
                    *old = Study {
                        max_members: old.max_members,
                        member_count: old.member_count,
                        last_activity_at: old.last_activity_at,
                        ..*study
                    };
                }
            }
            Row::Member(mut member) => {
                member.version += 1;
                self.members.insert((member.study_id, member.user_id.clone()), *member);
            }
            Row::Message(mut message) => {
                message.version += 1;
                self.messages.insert(message.id, *message);
            }
            Row::Session(session) => {
                if let Some(old) = self.sessions.get_mut(&session.id) {
                    // Told by `SeenSession` alone.
                    *old = Session { last_seen_at: old.last_seen_at, ..*session };
                }
            }
            Row::Verification(row) => self.save_verification(*row),
            Row::SecondFactor(row) => self.save_second_factor(*row),
            Row::AdminGrant(grant) => {
                self.known_users(grant.granted_by.as_ref())?;
                self.grants.insert(grant.user.clone(), *grant);
            }
            Row::Sanction(mut sanction) => {
                self.known_users(sanction.lifted_by.as_ref())?;
                sanction.version += 1;
                self.sanctions.insert(sanction.id, *sanction);
            }
            Row::Case(case) => self.save_case(*case)?,
            Row::Appeal(appeal) => self.save_appeal(*appeal)?,
            Row::Notification(notification) => self.save_notification(&notification),
            Row::Settings(settings) => self.save_settings(*settings)?,
            Row::File(file) => self.save_file(*file)?,
            Row::Job(mut job) => {
                job.version += 1;
                self.jobs.insert(job.id, *job);
            }
            Row::Invite(invite) => {
                self.free_code(&invite.code, None, Some(invite.id))?;
                if let Some(old) = self.invites.get_mut(&invite.id) {
                    // Counted by `UseInvite` alone.
                    *old = StudyInvite { uses: old.uses, ..*invite };
                }
            }
            // Refused before.
            Row::MembershipEvent(_)
            | Row::Ticket(_)
            | Row::Identity(_)
            | Row::Flow(_)
            | Row::HalfSignIn(_)
            | Row::Report(_)
            | Row::CaseEntry(_) => {}
        }
        Ok(())
    }

    fn remove(&mut self, key: Key) {
        match key {
            Key::Session(id) => {
                self.sessions.remove(&id);
            }
            Key::SecondFactor(user) => {
                self.second_factors.remove(&user);
            }
            Key::Sessions(user) => self.sessions.retain(|_, session| session.user != user),
            Key::Devices(user) => self.forget_devices(&user),
            Key::Identity(user, provider) => self.remove_identity(&user, provider),
            Key::File(id) => {
                self.files.remove(&id);
            }
            Key::Member(study, user) => {
                self.members.remove(&(study, user));
            }
            Key::AdminGrant(user) => {
                self.grants.remove(&user);
            }
            Key::Notification(user, id) => self.notifications.retain(|_, one| one.id != id || one.user_id != user),
            Key::Invite(study, id) => self.invites.retain(|_, invite| invite.id != id || invite.study_id != study),
            Key::Study(id) => {
                self.studies.remove(&id);
                self.members.retain(|(study, _), _| *study != id);
                self.invites.retain(|_, invite| invite.study_id != id);
                self.history.retain(|_, line| line.study_id != id);
                self.messages.retain(|_, message| message.study_id != id);
                self.read_marks.retain(|(study, _), _| *study != id);
                self.heads.remove(&Scope::Study(id));
                self.events.remove(&Scope::Study(id));
            }
        }
    }

    /// Moves a counter, if its limit lets it: seats, then invites, then read marks.
    fn count(&mut self, change: Change) -> Done {
        match change {
            Change::TakeSeat(study) => {
                self.seats(study, |study| (study.member_count < study.max_members).then(|| study.member_count += 1))
            }
            Change::FreeSeat(study) => self.seats(study, |study| {
                study.member_count = study.member_count.saturating_sub(1);
                Some(())
            }),
            Change::SetCapacity(study, seats) => {
                self.seats(study, |study| (study.member_count <= seats).then(|| study.max_members = seats))
            }
            Change::UseInvite(id, at) => self.use_invite(id, at),
            Change::MoveReadMark(study, user, seq) => self.move_read_mark(study, user, seq),
            Change::TakePlace(place) => self.take_place(*place),
            Change::GivePlaceBack(place) => {
                self.give_place_back(&place);
                Ok(())
            }
            // Written before.
            _ => Ok(()),
        }
    }

    fn seats(&mut self, study: StudyId, change: impl FnOnce(&mut Study) -> Option<()>) -> Done {
        self.studies.get_mut(&study).and_then(change).ok_or(StoreError::Exhausted(Limit::Seats))
    }

    fn use_invite(&mut self, id: InviteId, at: Timestamp) -> Done {
        let open = self.invites.get_mut(&id).filter(|invite| invite.is_open(at));
        open.map(|invite| invite.uses += 1).ok_or(StoreError::Exhausted(Limit::InviteUses))
    }

    fn move_read_mark(&mut self, study: StudyId, user: UserId, seq: i64) -> Done {
        if let Some(head) = self.heads.get(&Scope::Study(study)).copied() {
            self.known_user(&user)?;
            let mark = self.read_marks.entry((study, user)).or_default();
            *mark = seq.min(head.message_seq).max(*mark);
        }
        Ok(())
    }

    /// Gives posts and events their places, posts first; jobs may carry them.
    fn tell(
        &mut self,
        posts: Vec<Post>,
        events: Vec<NewEvent>,
        jobs: Vec<NewJob>,
        committed: &mut Committed,
    ) -> Result<(), StoreError> {
        let (mut told_posts, mut told_events) = (Vec::new(), Vec::new());
        for post in posts {
            let (place, told) = self.place(post, &mut committed.heads)?;
            committed.posts.push(place);
            told_posts.push(told);
        }
        for event in events {
            told_events.push(self.append(event, &mut committed.heads)?);
        }
        committed.heads.sort();
        for job in jobs {
            self.insert_job(job, |payload| match payload {
                Payload::Value(value) => Some(value),
                Payload::Post(place) => told_posts.get(place).map(to_value),
                Payload::Event(place) => told_events.get(place).map(to_value),
            })?;
        }
        Ok(())
    }

    fn place(&mut self, post: Post, news: &mut Vec<(Scope, i64)>) -> Result<(i64, Told), StoreError> {
        let study = post.message.study_id;
        if !self.studies.contains_key(&study) {
            return Err(StoreError::Conflict);
        }
        fresh(self.messages.contains_key(&post.message.id), Unique::Id)?;
        let taken = post.message.client_id.is_some()
            && self
                .messages
                .values()
                .any(|old| old.user_id == post.message.user_id && old.client_id == post.message.client_id);
        fresh(taken, Unique::ClientId)?;
        self.known_user(&post.message.user_id)?;
        if let Some(answered) = post.message.reply_to_id
            && self.messages.get(&answered).is_none_or(|message| message.study_id != study)
        {
            return Err(unknown("message to answer in this study"));
        }
        let head = self.heads.get_mut(&Scope::Study(study)).ok_or(StoreError::Conflict)?;
        head.message_seq += 1;
        let (message, data) = post.placed(head.message_seq);
        let (seq, at) = (message.seq, message.created_at);
        self.messages.insert(message.id, message);
        let event = NewEvent { scope: Scope::Study(study), kind: EventKind::MessageCreated, at, data };
        Ok((seq, self.append(event, news)?))
    }

    fn append(&mut self, event: NewEvent, news: &mut Vec<(Scope, i64)>) -> Result<Told, StoreError> {
        let NewEvent { scope, kind, at, data } = event;
        match &scope {
            Scope::Study(id) => {
                let study = self.studies.get_mut(id).ok_or(StoreError::Conflict)?;
                study.last_activity_at = at.max(study.last_activity_at);
            }
            Scope::User(id) => self.known_user(id)?,
        }
        let head = self.heads.entry(scope.clone()).or_default();
        head.event_seq += 1;
        let seq = head.event_seq;
        match news.iter_mut().find(|(known, _)| *known == scope) {
            Some((_, newest)) => *newest = seq,
            None => news.push((scope.clone(), seq)),
        }
        let stored = StoredEvent { seq, kind: kind.as_str().into(), at, data: data.clone() };
        self.events.entry(scope.clone()).or_default().push(stored);
        Ok(Told { scope, seq, kind, at, data })
    }

    fn one_owner_each(&self) -> Done {
        let mut owned: Vec<StudyId> =
            self.members.values().filter(|member| is_owner(member)).map(|member| member.study_id).collect();
        let owners = owned.len();
        owned.dedup();
        fresh(owned.len() < owners, Unique::Owner)
    }

    fn free_email(&self, user: &User) -> Done {
        let taken =
            user.email.is_some() && self.users.values().any(|other| other.id != user.id && other.email == user.email);
        fresh(taken, Unique::UserEmail)
    }

    /// Whether nobody but this study or invite has the code.
    fn free_code(&self, code: &str, study: Option<StudyId>, invite: Option<InviteId>) -> Done {
        let taken = self.studies.values().any(|other| other.invite_code == code && Some(other.id) != study)
            || self.invites.values().any(|other| other.code == code && Some(other.id) != invite);
        fresh(taken, Unique::InviteCode)
    }

    fn known_study(&self, id: StudyId) -> Done {
        if self.studies.contains_key(&id) { Ok(()) } else { Err(unknown("study")) }
    }

    pub(super) fn known_user(&self, id: &UserId) -> Done {
        if self.users.contains_key(id) { Ok(()) } else { Err(unknown("user")) }
    }

    pub(super) fn known_users(&self, id: Option<&UserId>) -> Done {
        id.map_or(Ok(()), |id| self.known_user(id))
    }
}

fn is_count(change: &Change) -> bool {
    matches!(
        change,
        Change::TakeSeat(_)
            | Change::FreeSeat(_)
            | Change::SetCapacity(..)
            | Change::UseInvite(..)
            | Change::MoveReadMark(..)
            | Change::TakePlace(_)
            | Change::GivePlaceBack(_)
    )
}

fn is_owner(member: &StudyMember) -> bool {
    member.role == StudyRole::Owner && member.status == MemberStatus::Active
}

pub(super) fn fresh(taken: bool, unique: Unique) -> Done {
    if taken { Err(StoreError::AlreadyExists(unique)) } else { Ok(()) }
}

pub(super) fn unknown(what: &str) -> StoreError {
    StoreError::Backend(format!("no such {what}: expected one that is stored"))
}
