//! From steps of small numbers to use cases.

use serde_json::Value;

use super::{
    Answer, Step, answer,
    desk::{Desk, Scene},
};
use crate::{
    chat::service::{DeleteMessage, EditMessage, MarkRead, SendMessage},
    coup::{Command, Coup, Ctx},
    error::Error,
    id::{MessageId, StudyId, UserId},
    identity::{
        model::{Linking, ProvedIdentity, Provider},
        service::{LinkIdentity, UnlinkIdentity},
    },
    member::{
        invite::{CreateInvite, JoinByCode, RevokeInvite},
        service::{Approve, Join, Leave, Reinstate, RemoveMember, Request, SetRole, Withdraw},
    },
    policy::StudyRole,
    store::Credential,
    study::service::{CloseStudy, DeleteStudy, ReopenStudy, RotateInviteCode, StudyFields},
    testing::fixtures,
    text::{MessageText, PersonName},
    user::{
        deletion::DeleteAccount,
        directory::HostUser,
        service::{AdoptUser, UpdateProfile},
    },
};

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident: $weight:literal,)+) => {
        /// What a step does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Act {$(
            $(#[$doc])*
            $name,
        )+}

        impl Act {
            /// Each as often as it is worth.
            pub(super) const WEIGHTED: &[(u32, Self)] = &[$(($weight, Self::$name)),+];
        }
    };
}

acts! {
    /// Founds a study.
    Found: 1,
    /// Edits some of its fields.
    Update: 2,
    /// Deletes it.
    Delete: 1,
    /// Closes it.
    Close: 1,
    /// Opens it again.
    Reopen: 1,
    /// Gives it another code.
    Rotate: 1,
    /// Joins, or asks to.
    Join: 14,
    /// Takes the request back.
    Withdraw: 1,
    /// Leaves.
    Leave: 2,
    /// Lets somebody in.
    Approve: 5,
    /// Removes somebody, or turns them down.
    Remove: 8,
    /// Lets somebody removed come back.
    Reinstate: 2,
    /// Appoints, dismisses, or hands over.
    SetRole: 5,
    /// Makes an invite.
    Invite: 3,
    /// Takes one back.
    Revoke: 1,
    /// Joins by a code.
    JoinByCode: 4,
    /// Says something.
    Send: 14,
    /// Says it in other words.
    Edit: 3,
    /// Deletes what was said.
    DeleteMessage: 2,
    /// Has read so far.
    Read: 3,
    /// Takes another name.
    Rename: 1,
    /// Deletes the own account.
    DeleteAccount: 1,
    /// Links an identity elsewhere, or unlinks one.
    Link: 2,
    /// Reports somebody, a study or a message.
    Report: 5,
    /// Takes a case, or gives it to another administrator.
    Assign: 2,
    /// Gives it back.
    Release: 1,
    /// Hands it up.
    HandUp: 1,
    /// Adds a note or evidence.
    AddTo: 1,
    /// Decides it, or holds it.
    Process: 4,
    /// Sanctions somebody.
    Impose: 4,
    /// Lifts a sanction.
    Lift: 2,
    /// Lifts all that suspends somebody.
    Unsuspend: 1,
    /// Switches something off or on again.
    Switch: 1,
    /// Appeals a sanction.
    Appeal: 3,
    /// Decides an appeal.
    Decide: 4,
    /// An administrator deletes a message.
    RemoveMessage: 1,
    /// Pauses somebody's posting, or lets it go on.
    Pause: 2,
    /// Has read a notification.
    ReadNotification: 1,
    /// The host says how old somebody is.
    SayAge: 1,
    /// The host records a guardian's consent, or that it was withdrawn.
    Consent: 1,
}

impl Act {
    /// What a member of no role may not do, or not to others' messages.
    fn is_of_staff(self) -> bool {
        !matches!(
            self,
            Self::Found
                | Self::Join
                | Self::Withdraw
                | Self::Leave
                | Self::JoinByCode
                | Self::Send
                | Self::Read
                | Self::Rename
                | Self::DeleteAccount
                | Self::Report
                | Self::ReadNotification
        )
    }
}

/// What people say, in several scripts and cases.
const TEXTS: [&str; 9] = [
    "수학 숙제",
    "영어 회화",
    "Rust, RUST!",
    "학",
    "안녕 👋",
    "줄을\n바꿈",
    "@이서연아 수학 숙제 했어?",
    "@Emma Clarke, @김민준 (@최하은)",
    "메일은 kim@박지호, @박지호에게",
];
const NAMES: [&str; 5] = ["김민준", "이서연", "박지호", "Emma Clarke", "최하은"];

/// Who and what there is, as far as the answers told.
pub(super) struct World {
    people: Vec<UserId>,
    /// With who founded each.
    studies: Vec<(StudyId, Ctx)>,
    /// With who wrote each.
    messages: Vec<(StudyId, MessageId, Ctx)>,
    codes: Vec<(StudyId, String)>,
    desk: Desk,
}

impl World {
    pub(super) fn new(number: u16) -> Self {
        let person = |n: usize| UserId::from(uuid::Uuid::from_u64_pair(u64::from(number), n as u64));
        Self {
            people: (0..NAMES.len()).map(person).collect(),
            studies: Vec::new(),
            messages: Vec::new(),
            codes: vec![(StudyId::from_uuid(uuid::Uuid::nil()), "opens-nothing".into())],
            desk: Desk::new(number),
        }
    }

    pub(super) fn people(&self) -> Vec<(UserId, &'static str)> {
        self.people.iter().cloned().zip(NAMES).collect()
    }

    pub(super) fn studies(&self) -> impl Iterator<Item = StudyId> {
        self.studies.iter().map(|(study, _)| *study)
    }

    pub(super) fn messages(&self) -> impl Iterator<Item = (StudyId, MessageId)> {
        self.messages.iter().map(|(study, message, _)| (*study, *message))
    }

    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(|(_, code)| code.as_str())
    }

    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Everybody, somebody unknown, and nobody.
    pub(super) fn callers(&self) -> Vec<Ctx> {
        let mut callers: Vec<Ctx> = self.people.iter().cloned().map(Ctx::user).collect();
        callers.extend([Ctx::user(UserId::from(uuid::Uuid::max())), Ctx::default()]);
        callers
    }

    /// Mostly somebody known, and often who could do it: the study's founder, the message's author.
    pub(super) fn caller(&self, step: Step) -> Ctx {
        if step.by.is_multiple_of(2) {
            let author = choose(&self.messages, step.whom).map(|(_, _, author)| author);
            let founder = choose(&self.studies, step.study).map(|(_, founder)| founder);
            let who = if step.act == Act::Edit { author } else { founder };
            if let Some(who) = who.filter(|_| step.act.is_of_staff()) {
                return who;
            }
        }
        let callers = self.callers();
        let known = NAMES.len();
        let at = if step.by >= 250 {
            usize::from(step.by - 250) % (callers.len() - known) + known
        } else {
            usize::from(step.by) % known
        };
        callers.get(at).cloned().unwrap_or_default()
    }

    /// One of the studies, or one that there never was.
    pub(super) fn study(&self, step: Step) -> StudyId {
        choose(&self.studies, step.study).map_or(StudyId::from_uuid(uuid::Uuid::max()), |(study, _)| study)
    }

    fn person(&self, step: Step) -> UserId {
        choose(&self.people, step.whom).unwrap_or_else(|| UserId::from(uuid::Uuid::nil()))
    }

    /// Mostly a message of the study.
    fn message(&self, step: Step) -> (StudyId, MessageId) {
        let nothing = (self.study(step), MessageId::from_uuid(uuid::Uuid::nil()));
        let found = choose(&self.messages, step.whom).map(|(study, message, _)| (study, message));
        let (study, message) = found.unwrap_or(nothing);
        if step.how.is_multiple_of(8) { (self.study(step), message) } else { (study, message) }
    }

    pub(super) async fn adopt(&self, coup: &Coup, person: &UserId, name: &str) -> Answer {
        let name = PersonName::from_stored(name.into());
        answer(coup.run(&Ctx::default(), AdoptUser { id: person.clone(), user: HostUser::named(name) }).await)
    }

    /// Deletes a study by whoever owns it; one that is gone stays so.
    pub(super) async fn clear(&self, coup: &Coup, study: StudyId) -> Answer {
        for person in &self.people {
            let ctx = Ctx::user(person.clone());
            if coup.study(&ctx, study).await.is_ok_and(|view| view.study.owner_id == *person) {
                return answer(coup.run(&ctx, DeleteStudy(study)).await);
            }
        }
        Err(Error::NotFound.code())
    }

    pub(super) async fn act(&self, coup: &Coup, step: Step) -> Answer {
        let (ctx, study, user) = (self.caller(step), self.study(step), self.person(step));
        let (there, message) = self.message(step);
        let text = TEXTS.get(usize::from(step.how) % TEXTS.len()).copied().unwrap_or_default();
        match step.act {
            Act::Found => run(coup, &ctx, fields(step, true).create()).await,
            Act::Update => run(coup, &ctx, fields(step, false).edit(study)).await,
            Act::Delete => run(coup, &ctx, Ok(DeleteStudy(study))).await,
            Act::Close => run(coup, &ctx, Ok(CloseStudy(study))).await,
            Act::Reopen => run(coup, &ctx, Ok(ReopenStudy(study))).await,
            Act::Rotate => run(coup, &ctx, Ok(RotateInviteCode(study))).await,
            Act::Join => {
                let request = Request::parse(Some(text), None, Some("초급"));
                run(coup, &ctx, request.map(|request| Join { study, request })).await
            }
            Act::Withdraw => run(coup, &ctx, Ok(Withdraw(study))).await,
            Act::Leave => run(coup, &ctx, Ok(Leave(study))).await,
            Act::Approve => run(coup, &ctx, Ok(Approve { study, user })).await,
            Act::Remove => run(coup, &ctx, Ok(RemoveMember { study, user, reason: None })).await,
            Act::Reinstate => run(coup, &ctx, Ok(Reinstate { study, user })).await,
            Act::SetRole => {
                let roles = [StudyRole::Admin, StudyRole::Member, StudyRole::Admin, StudyRole::Owner];
                let role = roles.get(usize::from(step.how) % roles.len()).copied().unwrap_or(StudyRole::Member);
                run(coup, &ctx, Ok(SetRole { study, user, role })).await
            }
            Act::Invite => {
                let ends =
                    (step.how.is_multiple_of(3)).then(|| coup.now() + chrono::TimeDelta::seconds(step.how.into()));
                let uses = (!step.how.is_multiple_of(4)).then(|| i64::from(step.how % 3));
                run(coup, &ctx, CreateInvite::parse(study, ends, uses)).await
            }
            Act::Revoke => {
                let (study, code) = choose(&self.codes, step.whom).unwrap_or((study, String::new()));
                run(coup, &ctx, Ok(RevokeInvite { study, code })).await
            }
            Act::JoinByCode => {
                let (_, code) = choose(&self.codes, step.whom).unwrap_or((study, String::new()));
                run(coup, &ctx, Ok(JoinByCode(code))).await
            }
            Act::Send => {
                let client_id = (step.how % 4 < 2).then(|| format!("c{}", step.how % 3));
                let answered = step.whom.is_multiple_of(3).then_some(message);
                run(coup, &ctx, SendMessage::parse(study, text, client_id.as_deref(), answered)).await
            }
            Act::Edit => {
                let content = MessageText::parse("content", text);
                run(coup, &ctx, content.map(|content| EditMessage { study: there, message, content })).await
            }
            Act::DeleteMessage => run(coup, &ctx, Ok(DeleteMessage { study: there, message })).await,
            Act::Read => run(coup, &ctx, Ok(MarkRead { study, seq: i64::from(step.how % 12) - 1 })).await,
            Act::Rename => {
                let name = PersonName::parse("name", NAMES.get(usize::from(step.how) % 8).copied().unwrap_or(""));
                run(coup, &ctx, name.map(|name| UpdateProfile { name: Some(name), ..UpdateProfile::default() })).await
            }
            Act::DeleteAccount => self.delete_account(coup, &ctx, step).await,
            Act::Link => self.link(coup, &ctx, step).await,
            _ => self.desk.act(coup, step, Scene { ctx, study, user, message }).await,
        }
    }

    /// Some hand no study over to nobody: at the end each is deleted by its OWNER, whom there must be then.
    async fn delete_account(&self, coup: &Coup, ctx: &Ctx, step: Step) -> Answer {
        let Some(Credential::User(user)) = &ctx.credential else {
            return run(coup, ctx, Ok(DeleteAccount)).await;
        };
        for study in self.studies() {
            let owned = coup.study(ctx, study).await.is_ok_and(|view| view.study.owner_id == *user);
            if owned && !step.how.is_multiple_of(4) {
                let heir = self.person(step);
                drop(coup.run(ctx, SetRole { study, user: heir, role: StudyRole::Owner }).await);
            }
            let closed = coup.study(ctx, study).await;
            if closed.is_ok_and(|view| view.study.owner_id == *user && view.study.closed_at.is_some()) {
                return Ok(Value::Null);
            }
        }
        run(coup, ctx, Ok(DeleteAccount)).await
    }

    /// Few identities, so that they meet; the accounts have no passwords, so that the last one stays.
    async fn link(&self, coup: &Coup, ctx: &Ctx, step: Step) -> Answer {
        let provider = if step.how.is_multiple_of(2) { Provider::Google } else { Provider::Github };
        if step.how % 8 < 3 {
            return run(coup, ctx, Ok(UnlinkIdentity(provider))).await;
        }
        let Some(Credential::User(user)) = ctx.credential.clone() else {
            return run(coup, ctx, Ok(UnlinkIdentity(provider))).await;
        };
        let proved = ProvedIdentity {
            issuer: format!("https://{}.example", provider.slug()),
            // Worlds that share a store do not meet.
            subject: format!("{}-{:?}", step.whom % 4, self.people.first()),
            email: None,
            names: Vec::new(),
        };
        let linking = Linking { user, session: None };
        run(coup, ctx, Ok(LinkIdentity { provider, proved, linking })).await
    }

    /// Remembers what an answer made known.
    pub(super) fn learn(&mut self, step: Step, told: &Answer) {
        let Ok(told) = told else { return };
        let text = |name: &str| told.get(name).and_then(Value::as_str);
        let study = |name: &str| text(name).and_then(|id| id.parse::<StudyId>().ok());
        match step.act {
            Act::Found | Act::Rotate => {
                let Some(study) = study("id") else { return };
                if step.act == Act::Found {
                    self.studies.push((study, self.caller(step)));
                }
                self.codes.extend(text("inviteCode").map(|code| (study, code.to_owned())));
            }
            Act::Invite => self.codes.extend(study("studyId").zip(text("code").map(str::to_owned))),
            Act::Send => {
                let message = text("id").and_then(|id| id.parse::<MessageId>().ok());
                let author = self.caller(step);
                self.messages.extend(study("studyId").zip(message).map(|(study, message)| (study, message, author)));
            }
            _ => self.desk.learn(step, told),
        }
    }
}

pub(super) async fn run<C: Command>(coup: &Coup, ctx: &Ctx, command: Result<C, crate::error::Invalid>) -> Answer
where
    C::Output: serde::Serialize,
{
    match command {
        Ok(command) => answer(coup.run(ctx, command).await),
        Err(invalid) => answer::<()>(Err(invalid.into())),
    }
}

/// Mostly right ones.
fn fields(step: Step, whole: bool) -> StudyFields {
    let given = |bit: u8| whole || step.whom >> bit & 1 == 1;
    let name = ["아침 수학", "Rust 스터디", "영어 회화", ""]
        .get(usize::from(step.how % 16) / 5)
        .map(|name| (*name).to_owned());
    StudyFields {
        name: name.filter(|_| given(0)),
        description: given(1).then(|| format!("{}에 시작해요", fixtures::START.date_naive())),
        category: given(2).then(|| if step.how.is_multiple_of(2) { "수학".into() } else { "언어".into() }),
        tags: given(3).then(|| vec!["초보 환영".into(), format!("태그{}", step.how % 3)]),
        max_members: given(4).then(|| i64::from(step.study % 4) + 1 + i64::from(whole)),
        is_public: given(5).then_some(!step.how.is_multiple_of(5)),
        auto_approve: given(6).then_some(!step.how.is_multiple_of(3)),
        is_recruiting: given(7).then_some(!step.how.is_multiple_of(7)),
        ..StudyFields::default()
    }
}

pub(super) fn choose<T: Clone>(rows: &[T], number: u8) -> Option<T> {
    let at = usize::from(number).checked_rem(rows.len())?;
    rows.get(at).cloned()
}
