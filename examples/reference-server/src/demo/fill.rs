//! Does what the scripts say, in the order of time.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use chrono::{DateTime, Duration};
use coup_axum::identity::Argon2Passwords;
use coup_core::{
    admin::service::CreateAdmin,
    chat::service::{DeleteMessage, EditMessage, MarkRead, SendMessage},
    coup::{Coup, Ctx},
    env::{Clock, SystemClock, Timestamp},
    error::Error,
    id::{MessageId, StudyId, UserId},
    member::{
        invite::{CreateInvite, JoinByCode},
        service::{Approve, Join, Leave, RemoveMember, Request, SetRole},
    },
    policy::{AdminRole, StudyRole},
    settings::{key::SettingKey, service::UpdateSettings},
    store::Credential,
    study::service::{CloseStudy, StudyFields},
    text::{Bio, MessageText},
    user::{
        model::PasswordHash,
        passwords::Passwords,
        service::{SessionToken, SignOut, SignUp, UpdateProfile},
    },
};
use indicatif::{ProgressBar, ProgressStyle};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::OnceCell;

use super::{
    ADMIN, PASSWORD,
    desk::Desk,
    people::{DemoPerson, PEOPLE, STAFF},
    story::{Event, STORY},
    studies::{Asking, DemoStudy, Door, Fate, STUDIES},
    talk::{self, Line},
};
use crate::{failure::Failure, store::Opened};

/// Walks through past days.
#[derive(Debug)]
struct DemoClock(AtomicI64);

impl DemoClock {
    fn set(&self, now: Timestamp) {
        self.0.store(now.timestamp_micros(), Ordering::Relaxed);
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        DateTime::from_timestamp_micros(self.0.load(Ordering::Relaxed)).unwrap_or_default()
    }
}

/// Everybody has the same password, which is told to everybody: hashed once, or the demo would take twice as long.
struct OnePassword {
    argon2: Argon2Passwords,
    hash: OnceCell<PasswordHash>,
}

impl OnePassword {
    fn new() -> Result<Self, Failure> {
        Ok(Self { argon2: Argon2Passwords::new()?, hash: OnceCell::new() })
    }
}

#[async_trait]
impl Passwords for OnePassword {
    async fn hash(&self, password: &SecretString, salt: [u8; 16]) -> Result<PasswordHash, Error> {
        if password.expose_secret() != PASSWORD {
            return self.argon2.hash(password, salt).await;
        }
        Ok(self.hash.get_or_try_init(async || self.argon2.hash(password, salt).await).await?.clone())
    }

    async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<bool, Error> {
        self.argon2.verify(password, hash).await
    }
}

/// One thing that somebody does. Studies are places in [`STUDIES`].
enum Deed {
    SignsUp(&'static DemoPerson),
    Founds(usize),
    Joins(usize, &'static str),
    Asks(usize, &'static Asking),
    Appoints(usize, &'static str),
    Kicks(usize, &'static str),
    Leaves(usize, &'static str),
    Invites(usize),
    StopsRecruiting(usize),
    Closes(usize),
    Talks(usize, Line),
    Reads(usize, &'static str, i64),
    Employs(&'static (DemoPerson, AdminRole)),
    Moderates(&'static Event),
    Administers,
}

/// Fills the deployment. The administrator comes last, so that a demo that was cut off is not taken for a whole one.
pub(super) async fn fill(store: &Opened) -> Result<(), Failure> {
    let now = SystemClock.now();
    let clock = Arc::new(DemoClock(AtomicI64::default()));
    let password = Arc::new(OnePassword::new()?);
    let mut school = School::new(store.builder()?.clock(clock.clone()).passwords(password).build());
    let deeds = plan(now)?;
    let bar = ProgressBar::new(u64::try_from(deeds.len()).unwrap_or_default());
    if let Ok(style) = ProgressStyle::with_template("  데모 채우는 중 / filling the demo  {wide_bar} {pos}/{len}")
    {
        bar.set_style(style);
    }
    for (at, deed) in deeds {
        clock.set(at);
        school.does(deed, now).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    school.asks_no_second_factor().await
}

/// Everything that happens, the earliest first.
fn plan(now: Timestamp) -> Result<Vec<(Timestamp, Deed)>, Failure> {
    let began = now - Duration::days(10);
    let mut deeds: Vec<(Timestamp, Deed)> = Vec::new();
    for (at, person) in minutes_from(began, 7).zip(PEOPLE) {
        deeds.push((at, Deed::SignsUp(person)));
    }
    for (at, person) in minutes_from(began - Duration::days(1), 20).zip(STAFF) {
        deeds.push((at, Deed::Employs(person)));
    }
    for (number, study) in STUDIES.iter().enumerate() {
        let days = Duration::hours(6) * i32::try_from(number % 6).unwrap_or_default();
        let mut times = minutes_from(now - Duration::days(9) + days, 13);
        let mut next = || times.next().unwrap_or(now);
        deeds.push((next(), Deed::Founds(number)));
        for who in study.admins.iter().chain(study.members) {
            deeds.push((next(), Deed::Joins(number, who)));
        }
        for who in study.admins {
            deeds.push((next(), Deed::Appoints(number, who)));
        }
        match study.fate {
            Fate::Kicks(who) => {
                deeds.push((next(), Deed::Joins(number, who)));
                deeds.push((now - Duration::days(3), Deed::Kicks(number, who)));
            }
            Fate::Loses(who) => {
                deeds.push((next(), Deed::Joins(number, who)));
                deeds.push((now - Duration::days(4), Deed::Leaves(number, who)));
            }
            Fate::Invites => deeds.push((next(), Deed::Invites(number))),
            Fate::Goes | Fate::NotRecruiting | Fate::Closed => {}
        }
        let someone = |name: &str| PEOPLE.iter().map(|person| person.key).find(|key| *key == name);
        let lines = talk::read(study.talk, someone, now)
            .map_err(|error| Failure::system(format!("the script of {}: {error}", study.name)))?;
        let said = lines.iter().filter(|(_, line)| matches!(line, Line::Says { .. })).count();
        let ended = lines.last().map_or(now, |(at, _)| *at) + Duration::minutes(2);
        deeds.extend(lines.into_iter().map(|(at, line)| (at, Deed::Talks(number, line))));
        for (place, who) in std::iter::once(&study.owner).chain(study.admins).chain(study.members).enumerate() {
            let mark = i64::try_from(said.saturating_sub(unread(number + place))).unwrap_or_default();
            deeds.push((ended, Deed::Reads(number, who, mark)));
        }
        for asking in study.waiting {
            deeds.push((now - Duration::hours(5), Deed::Asks(number, asking)));
        }
        match study.fate {
            Fate::NotRecruiting => deeds.push((ended, Deed::StopsRecruiting(number))),
            Fate::Closed => deeds.push((ended, Deed::Closes(number))),
            _ => {}
        }
    }
    deeds.extend(STORY.iter().map(|event| (now - Duration::minutes(event.ago), Deed::Moderates(event))));
    // What happens at one moment keeps its order here: who joins comes before who reads.
    deeds.sort_by_key(|(at, _)| *at);
    deeds.push((now, Deed::Administers));
    Ok(deeds)
}

fn minutes_from(begin: Timestamp, minutes: i64) -> impl Iterator<Item = Timestamp> {
    (0..).map(move |step| begin + Duration::minutes(minutes * step))
}

/// How many messages somebody has not read: a few have none, a few have many.
fn unread(spread: usize) -> usize {
    [2, 0, 5, 1, 9, 0, 3].get(spread % 7).copied().unwrap_or_default()
}

/// What the deeds have made so far.
pub(super) struct School {
    pub(super) coup: Coup,
    pub(super) people: HashMap<&'static str, UserId>,
    studies: HashMap<usize, Founded>,
    pub(super) desk: Desk,
}

pub(super) struct Founded {
    pub(super) id: StudyId,
    code: String,
    said: Vec<(MessageId, &'static str)>,
}

impl School {
    fn new(coup: Coup) -> Self {
        Self { coup, people: HashMap::new(), studies: HashMap::new(), desk: Desk::default() }
    }

    /// Whoever tries the demo has no app for each of its administrators. Their pages say that it is so.
    async fn asks_no_second_factor(&self) -> Result<(), Failure> {
        let patch = [(SettingKey::RequireAdminSecondFactor, false.into())].into();
        self.coup.as_host("demo").run(UpdateSettings { patch, version: None }).await?;
        Ok(())
    }

    pub(super) fn person(&self, key: &str) -> Result<Ctx, Failure> {
        self.people.get(key).cloned().map(Ctx::user).ok_or_else(|| Failure::system(format!("the demo knows no {key}")))
    }

    pub(super) fn study(&self, number: usize) -> Result<(&'static DemoStudy, &Founded), Failure> {
        STUDIES
            .get(number)
            .zip(self.studies.get(&number))
            .ok_or_else(|| Failure::system(format!("the demo has no study {number} yet")))
    }

    async fn does(&mut self, deed: Deed, now: Timestamp) -> Result<(), Failure> {
        match deed {
            Deed::Employs((person, role)) => self.employ(person, *role).await,
            Deed::Moderates(event) => self.moderate(event, now).await,
            Deed::SignsUp(person) => self.sign_up(person).await,
            Deed::Founds(number) => self.found(number).await,
            Deed::Joins(number, who) => self.join(number, who).await,
            Deed::Talks(number, line) => self.talk(number, line).await,
            Deed::Administers => {
                let account = SignUp::parse(ADMIN, PASSWORD.into(), "운영팀").map_err(Failure::system)?;
                let command = CreateAdmin { account, role: AdminRole::SuperAdmin };
                self.coup.as_host("demo").run(command).await?;
                Ok(())
            }
            Deed::Asks(number, Asking { who, introduction, motivation, level }) => {
                let study = self.study(number)?.1.id;
                let request =
                    Request::parse(Some(introduction), Some(motivation), Some(level)).map_err(Failure::system)?;
                self.coup.run(&self.person(who)?, Join { study, request }).await?;
                Ok(())
            }
            Deed::Appoints(number, who) => {
                let (demo, Founded { id, .. }) = self.study(number)?;
                let user = self.user(who)?;
                let command = SetRole { study: *id, user, role: StudyRole::Admin };
                self.coup.run(&self.person(demo.owner)?, command).await?;
                Ok(())
            }
            Deed::Kicks(number, who) => {
                let (demo, Founded { id, .. }) = self.study(number)?;
                let command = RemoveMember { study: *id, user: self.user(who)?, reason: None };
                Ok(self.coup.run(&self.person(demo.owner)?, command).await?)
            }
            Deed::Leaves(number, who) => {
                let study = self.study(number)?.1.id;
                Ok(self.coup.run(&self.person(who)?, Leave(study)).await?)
            }
            Deed::Invites(number) => {
                let (demo, Founded { id, .. }) = self.study(number)?;
                let end = SystemClock.now() + Duration::days(30);
                let command = CreateInvite { study: *id, expires_at: Some(end), max_uses: Some(10) };
                self.coup.run(&self.person(demo.owner)?, command).await?;
                Ok(())
            }
            Deed::StopsRecruiting(number) => {
                let (demo, Founded { id, .. }) = self.study(number)?;
                let fields = StudyFields { is_recruiting: Some(false), ..StudyFields::default() };
                let command = fields.edit(*id).map_err(Failure::system)?;
                self.coup.run(&self.person(demo.owner)?, command).await?;
                Ok(())
            }
            Deed::Closes(number) => {
                let (demo, Founded { id, .. }) = self.study(number)?;
                self.coup.run(&self.person(demo.owner)?, CloseStudy(*id)).await?;
                Ok(())
            }
            Deed::Reads(number, who, seq) => {
                let study = self.study(number)?.1.id;
                Ok(self.coup.run(&self.person(who)?, MarkRead { study, seq }).await?)
            }
        }
    }

    pub(super) fn user(&self, key: &str) -> Result<UserId, Failure> {
        self.people.get(key).cloned().ok_or_else(|| Failure::system(format!("the demo knows no {key}")))
    }

    async fn sign_up(&mut self, person: &'static DemoPerson) -> Result<(), Failure> {
        let account = SignUp::parse(&person.email(), PASSWORD.into(), person.name).map_err(Failure::system)?;
        let signed_in = self.coup.run(&Ctx::default(), account).await.map_err(|error| match error {
            Error::State(_) => {
                Failure::data("an earlier demo was not finished here: begin again with an empty database")
            }
            error => error.into(),
        })?;
        let signed_in = signed_in.signed_in().ok_or_else(|| {
            Failure::usage("the demo signs people up who read no letters: expected no mail server beside --demo")
        })?;
        let credential = Credential::Session(SessionToken::hash(signed_in.token.expose()));
        let ctx = Ctx { credential: Some(credential), ..Ctx::default() };
        let profile = UpdateProfile {
            name: None,
            bio: Some(Bio::parse("bio", person.bio).map_err(Failure::system)?),
            locale: Some(Some(person.locale)),
        };
        self.coup.run(&ctx, profile).await?;
        self.coup.run(&ctx, SignOut).await?;
        self.people.insert(person.key, signed_in.user.id);
        Ok(())
    }

    async fn found(&mut self, number: usize) -> Result<(), Failure> {
        let Some(demo) = STUDIES.get(number) else { return Ok(()) };
        let command = demo.fields().create().map_err(Failure::system)?;
        let view = self.coup.run(&self.person(demo.owner)?, command).await?;
        let founded = Founded { id: view.study.id, code: view.study.invite_code, said: Vec::new() };
        self.studies.insert(number, founded);
        Ok(())
    }

    pub(super) async fn join(&self, number: usize, who: &'static str) -> Result<(), Failure> {
        let (demo, Founded { id, code, .. }) = self.study(number)?;
        let ctx = self.person(who)?;
        match demo.door {
            Door::Open => {
                self.coup.run(&ctx, Join { study: *id, request: Request::default() }).await?;
            }
            Door::Approval => {
                self.coup.run(&ctx, Join { study: *id, request: Request::default() }).await?;
                let command = Approve { study: *id, user: self.user(who)? };
                self.coup.run(&self.person(demo.owner)?, command).await?;
            }
            Door::Private => {
                self.coup.run(&ctx, JoinByCode(code.clone())).await?;
            }
        }
        Ok(())
    }

    async fn talk(&mut self, number: usize, line: Line) -> Result<(), Failure> {
        let (_, Founded { id, said, .. }) = self.study(number)?;
        let (study, last) = (*id, said.last().copied());
        let nothing_said = || Failure::system("the demo's script changes a message before there is one");
        match line {
            Line::Says { who, text, answers } => {
                let reply_to = answers.and_then(|place| said.get(place)).map(|(id, _)| *id);
                let command = SendMessage::parse(study, &text, None, reply_to).map_err(Failure::system)?;
                let sent = self.coup.run(&self.person(who)?, command).await?;
                if let Some(founded) = self.studies.get_mut(&number) {
                    founded.said.push((sent.id, who));
                }
            }
            Line::Edits(text) => {
                let (message, who) = last.ok_or_else(nothing_said)?;
                let content = MessageText::parse("content", &text).map_err(Failure::system)?;
                self.coup.run(&self.person(who)?, EditMessage { study, message, content }).await?;
            }
            Line::Deletes => {
                let (message, who) = last.ok_or_else(nothing_said)?;
                self.coup.run(&self.person(who)?, DeleteMessage { study, message }).await?;
            }
        }
        Ok(())
    }
}
