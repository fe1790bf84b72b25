//! From steps of small numbers to changes of rows.

use serde_json::json;

use super::{Step, desk::Desk};
use crate::{
    changes::{Change, Changes, EventKind, Guard, Key, Row, Scope, SystemPermit},
    chat::model::Message,
    env::Clock as _,
    id::{MembershipEventId, MessageId, SessionId, StudyId, UserId},
    live::model::Ticket,
    member::model::{MemberStatus, MembershipChange, StudyInvite, StudyMember},
    policy::{AdminRole, StudyRole},
    store::{Credential, Store, StoreError},
    study::model::Study,
    testing::fixtures::Fixtures,
    text::{Category, ClientId, Description, Email, MessageText, PersonName, StudyName, Tag},
    user::model::{AdminGrant, Person, Session, TokenHash, User, UserStatus},
};

macro_rules! whats {
    ($($(#[$doc:meta])* $name:ident: $weight:literal,)+) => {
        /// What a step does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum What {$(
            $(#[$doc])*
            $name,
        )+}

        impl What {
            /// Each as often as it is worth.
            pub(super) const WEIGHTED: &[(u32, Self)] = &[$(($weight, Self::$name)),+];
        }
    };
}

whats! {
    /// A new account; its address may be taken.
    AddUser: 4,
    /// Another name, address, status.
    SaveUser: 2,
    /// A sign-in.
    SignIn: 1,
    /// A session.
    AddSession: 1,
    /// A session is used.
    SeeSession: 1,
    /// Its holder shows who they are.
    SaveSession: 1,
    /// A code is asked for, or tried.
    AskCode: 2,
    /// It is used, now and then though it is not there.
    UseCode: 1,
    /// An attempt takes a place of few.
    TakePlace: 5,
    /// It gives it back.
    GivePlaceBack: 1,
    /// Somebody signs in in a browser, which may be another's, too.
    SeeDevice: 2,
    /// No browser is known to somebody any more.
    ForgetDevices: 1,
    /// No session any more.
    RemoveSession: 1,
    /// All that is kept beside an account goes.
    Forget: 1,
    /// An administrator's role, new or changed.
    Grant: 1,
    /// A new study with its OWNER; its code may be taken.
    AddStudy: 4,
    /// Other settings.
    SaveStudy: 3,
    /// All of a study.
    RemoveStudy: 1,
    /// A membership of any status and role, new or changed, whatever the seats.
    PutMember: 5,
    /// A join or a way back with a seat.
    Join: 5,
    /// A member goes and frees their seat.
    Leave: 2,
    /// A membership's row.
    RemoveMember: 1,
    /// Another capacity.
    SetCapacity: 1,
    /// The OWNER and another member change places.
    HandOver: 1,
    /// A line of a membership's history.
    AddHistory: 1,
    /// An invite; its code may be taken.
    AddInvite: 2,
    /// One use.
    UseInvite: 2,
    /// No invite any more.
    RemoveInvite: 1,
    /// A message; its client id may be taken.
    Post: 8,
    /// Other words.
    EditMessage: 2,
    /// A tombstone.
    DeleteMessage: 2,
    /// A read mark.
    Read: 3,
    /// An event to a study.
    TellStudy: 2,
    /// An event to a person.
    TellUser: 2,
    /// A ticket, of a person or of a session; now and then one that is there already.
    OpenTicket: 1,
    /// It is used, now and then though it is not there.
    UseTicket: 1,
    /// An identity elsewhere is linked; it may be somebody's, and the account may have one of the provider.
    AddIdentity: 2,
    /// One is unlinked, if it is.
    RemoveIdentity: 1,
    /// A sign-in elsewhere begins; now and then one that is there already.
    OpenFlow: 1,
    /// It comes back, now and then though it is not there.
    UseFlow: 1,
    /// Nothing but guards.
    Guard: 1,
    /// A case with its first report; its target may have one that is open.
    OpenCase: 3,
    /// A further report; the reporter may have made one.
    AddReport: 2,
    /// A case held, given, handed up or decided.
    SaveCase: 3,
    /// A note or evidence.
    AddEntry: 1,
    /// A sanction.
    AddSanction: 2,
    /// It is lifted, or lasts longer.
    SaveSanction: 2,
    /// An appeal; the sanction may have one.
    AddAppeal: 2,
    /// It is decided.
    SaveAppeal: 1,
    /// A notification.
    AddNotification: 2,
    /// It was read.
    SaveNotification: 1,
}

/// What people say: words that contain each other, in several cases and scripts.
const TEXTS: [&str; 8] =
    ["수학 숙제", "수학여행 100%", "영어 회화", "Rust, RUST!", "snake_case", "학", "안녕 👋", "줄을\n바꿈"];
/// The hashes of tickets, and of sign-ins elsewhere.
pub(super) const TICKETS: [TokenHash; 3] = [[1; 32], [2; 32], [3; 32]];
/// What is looked for.
pub(super) const QUERIES: [&str; 9] = ["수학", "학", "rust", "%", "_", "숙제", "여행 1", "👋", "없음"];

/// Everybody and everything that ever was, gone ones too.
pub(super) struct Cast {
    pub(super) make: Fixtures,
    pub(super) users: Vec<User>,
    pub(super) sessions: Vec<Session>,
    pub(super) studies: Vec<Study>,
    pub(super) invites: Vec<StudyInvite>,
    pub(super) messages: Vec<Message>,
    pub(super) desk: Desk,
}

/// Two times the same changes: `Changes` are made to be committed once.
pub(super) struct Twice(Changes, Changes);

impl Twice {
    fn begin() -> Self {
        let begin = || Changes::system(SystemPermit::Operator);
        Self(begin(), begin())
    }

    fn with(self, add: impl Fn(Changes) -> Changes) -> Self {
        Self(add(self.0), add(self.1))
    }

    pub(super) fn insert(self, row: &Row) -> Self {
        self.with(|changes| changes.insert(row.clone()))
    }

    pub(super) fn save(self, row: &Row) -> Self {
        self.with(|changes| changes.save(row.clone()))
    }

    pub(super) fn change(self, change: &Change) -> Self {
        self.with(|changes| changes.change(change.clone()))
    }
}

/// The row that a number chooses.
pub(super) fn choose<T>(rows: &[T], number: u8) -> Option<&T> {
    rows.get(usize::from(number).checked_rem(rows.len())?)
}

pub(super) fn one_of<T: Copy>(values: &[T], number: u8, otherwise: T) -> T {
    choose(values, number).copied().unwrap_or(otherwise)
}

fn text(number: u8) -> &'static str {
    one_of(&TEXTS, number, "")
}

impl Cast {
    pub(super) fn new() -> Self {
        Self {
            make: Fixtures::new(2),
            users: Vec::new(),
            sessions: Vec::new(),
            studies: Vec::new(),
            invites: Vec::new(),
            messages: Vec::new(),
            desk: Desk::default(),
        }
    }

    /// The changes of a commit, twice. Rows are read from `store`, so that most versions stand.
    pub(super) async fn changes(
        &mut self,
        store: &dyn Store,
        steps: &[Step],
    ) -> Result<(Changes, Changes), StoreError> {
        let mut changes = Twice::begin();
        // There is somebody to begin with.
        if self.users.is_empty() {
            changes = self.add_user(0, changes);
        }
        for step in steps {
            changes = self.step(store, *step, changes).await?;
        }
        // As the facade does before it commits.
        let now = self.make.clock.now();
        changes.0.revoke(now);
        changes.1.revoke(now);
        Ok((changes.0, changes.1))
    }

    async fn step(&mut self, store: &dyn Store, step: Step, changes: Twice) -> Result<Twice, StoreError> {
        Ok(match step.what {
            What::AddUser => self.add_user(step.three, changes),
            What::SaveUser | What::SignIn | What::AddSession | What::RemoveSession | What::Forget | What::Grant => {
                self.person(store, step, changes).await?
            }
            What::SeeSession | What::SaveSession | What::AskCode | What::UseCode => {
                self.account(store, step, changes).await?
            }
            What::TakePlace | What::GivePlaceBack | What::SeeDevice | What::ForgetDevices => self.limit(step, changes),
            What::AddStudy | What::SaveStudy | What::RemoveStudy | What::SetCapacity => {
                self.study(store, step, changes).await?
            }
            What::PutMember | What::Join | What::Leave | What::RemoveMember | What::HandOver | What::AddHistory => {
                self.member(store, step, changes).await?
            }
            What::AddInvite | What::UseInvite | What::RemoveInvite => self.invite(step, changes),
            What::Post | What::EditMessage | What::DeleteMessage | What::Read => {
                self.chat(store, step, changes).await?
            }
            What::TellStudy | What::TellUser => self.tell(step, changes),
            What::OpenTicket | What::UseTicket => self.ticket(store, step, changes).await?,
            What::AddIdentity | What::RemoveIdentity | What::OpenFlow | What::UseFlow => {
                self.elsewhere(store, step, changes).await?
            }
            What::Guard => self.guard(store, step, changes).await?,
            _ => self.moderate(store, step, changes).await?,
        })
    }

    fn add_user(&mut self, three: u8, changes: Twice) -> Twice {
        let user = User { email: address(three), ..self.make.user(text(three)) };
        let changes = changes.insert(&Row::User(Box::new(user.clone())));
        self.users.push(user);
        changes
    }

    async fn person(&mut self, store: &dyn Store, step: Step, changes: Twice) -> Result<Twice, StoreError> {
        let now = self.make.later();
        let Some(known) = choose(&self.users, step.one) else { return Ok(changes) };
        let user = store.user(&known.id).await?.unwrap_or_else(|| known.clone());
        Ok(match step.what {
            What::SaveUser => {
                let saved = User {
                    email: address(step.two),
                    name: (!step.three.is_multiple_of(5)).then(|| PersonName::from_stored(text(step.three).into())),
                    status: one_of(UserStatus::ALL, step.three, UserStatus::Active),
                    auth_version: user.auth_version + i64::from(step.three % 2),
                    updated_at: now,
                    version: user.version - i64::from(step.stale),
                    ..user
                };
                changes.save(&Row::User(Box::new(saved)))
            }
            What::SignIn => changes.change(&Change::SignedIn(user.id, now)),
            What::Forget => {
                let waiting = one_of(&super::account::WAITING, step.two, "");
                let email = (!step.three.is_multiple_of(3)).then(|| Email::from_stored(waiting.into()));
                changes.change(&Change::Forget(user.id, email))
            }
            What::AddSession => {
                let session = self.make.session(&user.id);
                self.sessions.push(session.clone());
                changes.insert(&Row::Session(Box::new(session)))
            }
            What::Grant => {
                let role = one_of(AdminRole::ALL, step.two, AdminRole::SuperAdmin);
                let expires_at = (step.three.is_multiple_of(2)).then_some(now);
                let row = AdminGrant { expires_at, ..self.make.grant(&user.id, role) };
                let row = Row::AdminGrant(Box::new(row));
                let caller = Credential::User(user.id);
                let granted = store.standing(&caller, None).await?.is_some_and(|standing| standing.admin.is_some());
                if granted { changes.save(&row) } else { changes.insert(&row) }
            }
            _ => match choose(&self.sessions, step.two) {
                Some(session) => changes.change(&Change::Remove(Key::Session(session.id))),
                None => changes.change(&Change::Remove(Key::Session(self.make.id(SessionId::from_uuid)))),
            },
        })
    }

    async fn study(&mut self, store: &dyn Store, step: Step, changes: Twice) -> Result<Twice, StoreError> {
        if step.what == What::AddStudy {
            let Some(owner) = choose(&self.users, step.two) else { return Ok(changes) };
            let mut study = self.make.study(&owner.id, text(step.three));
            study.max_members = 1 + u32::from(step.one % 4);
            // Several of one instant, so that ties are broken.
            study.created_at = crate::testing::fixtures::START + chrono::TimeDelta::hours(i64::from(step.three % 3));
            study.last_activity_at = study.created_at;
            study.rating = f64::from(step.two % 4) / 3.0;
            settings(&mut study, step);
            let owner = self.make.owner(&study);
            self.studies.push(study.clone());
            return Ok(changes.insert(&Row::Study(Box::new(study))).insert(&Row::Member(Box::new(owner))));
        }
        let now = self.make.later();
        let Some(known) = choose(&self.studies, step.one) else { return Ok(changes) };
        Ok(match step.what {
            What::SaveStudy => {
                let mut study = store.study(known.id).await?.unwrap_or_else(|| known.clone());
                settings(&mut study, step);
                study.updated_at = now;
                study.version -= i64::from(step.stale);
                changes.save(&Row::Study(Box::new(study)))
            }
            What::SetCapacity => changes.change(&Change::SetCapacity(known.id, 1 + u32::from(step.three % 6))),
            _ => changes.change(&Change::Remove(Key::Study(known.id))),
        })
    }

    async fn member(&mut self, store: &dyn Store, step: Step, changes: Twice) -> Result<Twice, StoreError> {
        let (Some(study), Some(user)) = (choose(&self.studies, step.one), choose(&self.users, step.two)) else {
            return Ok(changes);
        };
        let (study, user) = (study.id, user.id.clone());
        let stored = store.member(study, &user).await?.map(|row| row.member);
        let is_new = stored.is_none();
        let mut member = stored.unwrap_or_else(|| self.make.member(study, &user));
        let was_active = !is_new && member.status == MemberStatus::Active;
        member.version -= i64::from(step.stale && !is_new);
        Ok(match step.what {
            What::PutMember | What::Join => {
                let joins = step.what == What::Join;
                member.status = one_of(MemberStatus::ALL, step.three, MemberStatus::Active);
                member.role =
                    one_of(&[StudyRole::Member, StudyRole::Admin, StudyRole::Member], step.three, StudyRole::Admin);
                if joins {
                    member.status = MemberStatus::Active;
                } else if step.three.is_multiple_of(7) {
                    // A second OWNER, as a rule.
                    (member.status, member.role) = (MemberStatus::Active, StudyRole::Owner);
                }
                let row = Row::Member(Box::new(member));
                let changes = if is_new { changes.insert(&row) } else { changes.save(&row) };
                if joins && !was_active { changes.change(&Change::TakeSeat(study)) } else { changes }
            }
            What::Leave if was_active && member.role != StudyRole::Owner => {
                member.status = MemberStatus::Left;
                // The seats of this test need not be the ACTIVE members: one is freed if more than a commit's are taken.
                let taken = store.study(study).await?.is_some_and(|study| study.member_count > 3);
                let changes = changes.save(&Row::Member(Box::new(member)));
                if taken { changes.change(&Change::FreeSeat(study)) } else { changes }
            }
            What::HandOver if was_active => match owner(store, study).await? {
                Some(owner) if owner.user_id != user => {
                    let down = Row::Member(Box::new(StudyMember { role: StudyRole::Admin, ..owner }));
                    let up = Row::Member(Box::new(StudyMember { role: StudyRole::Owner, ..member }));
                    if step.three.is_multiple_of(2) {
                        changes.save(&down).save(&up)
                    } else {
                        changes.save(&up).save(&down)
                    }
                }
                _ => changes,
            },
            What::AddHistory => {
                let what =
                    one_of(&[MembershipChange::Rejected, MembershipChange::Kicked], step.three, MembershipChange::Left);
                let mut line = self.make.history(study, &user, what);
                line.id = self.make.id(MembershipEventId::from_uuid);
                changes.insert(&Row::MembershipEvent(Box::new(line)))
            }
            What::RemoveMember if !was_active => changes.change(&Change::Remove(Key::Member(study, user))),
            _ => changes,
        })
    }

    fn invite(&mut self, step: Step, changes: Twice) -> Twice {
        let now = self.make.later();
        if step.what == What::AddInvite {
            let Some(study) = choose(&self.studies, step.one) else { return changes };
            let mut invite = self.make.invite(study);
            invite.code = code(step.three).unwrap_or(invite.code);
            invite.max_uses = (!step.two.is_multiple_of(3)).then(|| u32::from(step.two % 3));
            invite.expires_at = step.three.is_multiple_of(3).then(|| now + chrono::TimeDelta::minutes(10));
            self.invites.push(invite.clone());
            return changes.insert(&Row::Invite(Box::new(invite)));
        }
        match (choose(&self.invites, step.one), step.what) {
            (Some(invite), What::UseInvite) => changes.change(&Change::UseInvite(invite.id, now)),
            (Some(invite), _) => changes.change(&Change::Remove(Key::Invite(invite.study_id, invite.id))),
            (None, _) => changes,
        }
    }

    async fn chat(&mut self, store: &dyn Store, step: Step, changes: Twice) -> Result<Twice, StoreError> {
        let now = self.make.later();
        let (Some(study), Some(user)) = (choose(&self.studies, step.one), choose(&self.users, step.two)) else {
            return Ok(changes);
        };
        match step.what {
            What::Post => {
                let mut message = self.make.message(study.id, &user.id, text(step.three));
                message.client_id =
                    step.three.is_multiple_of(3).then(|| ClientId::from_stored(format!("c{}", step.three % 9)));
                if let Some(answered) = choose(&self.messages, step.three) {
                    let there = store.message(study.id, answered.id).await?.is_some();
                    message.reply_to_id = there.then_some(answered.id);
                }
                let author = Person::from(user);
                self.messages.push(message.clone());
                return Ok(changes.with(|changes| changes.post(message.clone(), author.clone())));
            }
            What::Read => {
                let mark = Change::MoveReadMark(study.id, user.id.clone(), i64::from(step.three % 12));
                return Ok(changes.change(&mark));
            }
            _ => {}
        }
        let Some(known) = choose(&self.messages, step.three) else { return Ok(changes) };
        let stored = store.message(known.study_id, known.id).await?.map(|written| written.message);
        let mut message = stored.unwrap_or_else(|| known.clone());
        message.version -= i64::from(step.stale);
        message.updated_at = now;
        if step.what == What::EditMessage {
            message.content = MessageText::from_stored(text(step.two).into());
            message.edited_at = Some(now);
        } else {
            message.deleted_at = Some(now);
        }
        Ok(changes.save(&Row::Message(Box::new(message))))
    }

    fn tell(&self, step: Step, changes: Twice) -> Twice {
        let now = self.make.later();
        let scope = match step.what {
            What::TellStudy => choose(&self.studies, step.one).map(|study| Scope::Study(study.id)),
            _ => choose(&self.users, step.one).map(|user| Scope::User(user.id.clone())),
        };
        let Some(scope) = scope else { return changes };
        let kind = one_of(EventKind::ALL, step.two, EventKind::StudyUpdated);
        changes
            .with(|changes| changes.event(scope.clone(), kind, now, json!({"n": step.three, "글": text(step.three)})))
    }

    async fn ticket(&self, store: &dyn Store, step: Step, changes: Twice) -> Result<Twice, StoreError> {
        let hash = TICKETS.get(usize::from(step.three) % TICKETS.len()).copied().unwrap_or_default();
        let is_open = store.ticket(&hash).await?.is_some();
        if step.what == What::UseTicket {
            return Ok(if is_open || step.stale { changes.change(&Change::UseTicket(hash)) } else { changes });
        }
        let credential = match (choose(&self.sessions, step.two), choose(&self.users, step.one)) {
            (Some(session), _) if step.three.is_multiple_of(2) => Credential::Session(session.token_hash),
            (_, Some(user)) => Credential::User(user.id.clone()),
            _ => return Ok(changes),
        };
        let ticket = Ticket { hash, credential, expires_at: self.make.later() };
        Ok(if is_open && !step.stale { changes } else { changes.insert(&Row::Ticket(Box::new(ticket))) })
    }

    async fn guard(&self, store: &dyn Store, step: Step, changes: Twice) -> Result<Twice, StoreError> {
        let past = i64::from(step.stale);
        let user = choose(&self.users, step.two).map(|user| user.id.clone());
        let study = choose(&self.studies, step.one).map(|study| study.id);
        let guards = [
            match &user {
                Some(id) => store.user(id).await?.map(|user| Guard::User(user.id, user.auth_version - past)),
                None => None,
            },
            match study {
                Some(id) => store.study(id).await?.map(|study| Guard::Study(study.id, study.version - past)),
                None => None,
            },
            match (study, &user) {
                (Some(study), Some(user)) => {
                    let member = store.member(study, user).await?;
                    member.map(|row| Guard::Member(study, row.member.user_id, row.member.version))
                }
                _ => None,
            },
            choose(&self.messages, step.three).map(|message| Guard::Message(message.id, 0)),
            // What is not there conflicts.
            step.three.is_multiple_of(16).then(|| Guard::Message(self.make.id(MessageId::from_uuid), 0)),
        ];
        Ok(guards
            .into_iter()
            .flatten()
            .fold(changes, |changes, guard| changes.with(|changes| changes.guard(guard.clone()))))
    }
}

/// One of a few addresses, or none.
fn address(number: u8) -> Option<Email> {
    let number = number % 12;
    (number > 2).then(|| Email::from_stored(format!("u{number}@school.kr")))
}

/// One of a few codes, or one's own.
fn code(number: u8) -> Option<String> {
    let number = number % 16;
    (number < 8).then(|| format!("code-{number}"))
}

fn settings(study: &mut Study, step: Step) {
    study.name = StudyName::from_stored(text(step.three).into());
    study.description = Description::from_stored(text(step.two).into());
    study.category = Category::from_stored(if step.two.is_multiple_of(2) { "언어" } else { "수학" }.into());
    study.sub_category = step.two.is_multiple_of(3).then(|| Category::from_stored("영어".into()));
    study.tags =
        TEXTS.iter().skip(usize::from(step.three % 8)).take(2).map(|tag| Tag::from_stored((*tag).into())).collect();
    study.is_public = !step.three.is_multiple_of(8);
    study.is_recruiting = !step.two.is_multiple_of(4);
    study.hidden_at = step.three.is_multiple_of(9).then_some(study.created_at);
    study.closed_at = step.two.is_multiple_of(7).then_some(study.created_at);
    if let Some(code) = code(step.three) {
        study.invite_code = code;
    }
}

async fn owner(store: &dyn Store, study: StudyId) -> Result<Option<StudyMember>, StoreError> {
    let owners: Vec<UserId> = store.staff(study, StudyRole::Owner).await?;
    match owners.first() {
        Some(owner) => Ok(store.member(study, owner).await?.map(|row| row.member)),
        None => Ok(None),
    }
}
