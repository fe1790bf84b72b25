//! The people of a sequence, and what they do through the use cases.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{
    Answer,
    model::{ADMINS, Deed, MEMBERS, Model, Out, Ruled, Stands, Wanted},
};
use crate::{
    admin::service::{GrantAdmin, RevokeAdmin},
    appeal::{
        rules::Ruling,
        service::{CreateAppeal, DecideAppeal},
    },
    changes::to_value,
    chat::service::SendMessage,
    coup::{Command, Coup, Ctx},
    env::{Clock as _, Timestamp},
    error::Error,
    id::{AppealId, MessageId, ReportId, SanctionId, StudyId, UserId},
    member::service::{Join, Request},
    moderation::{
        decide::{Decision, ProcessReport},
        model::{CaseStatus, ReportTarget},
        report::CreateReport,
        service::{AssignReport, ReleaseReport},
    },
    notification::model::{NotificationEvent, NotificationFilter},
    page::Limit,
    policy::AdminRole,
    sanction::{
        model::{Days, Length, Measure},
        service::{Impose, LiftSanction},
    },
    store::{Store, StoreError},
    study::service::StudyFields,
    testing::{FixedClock, SeededIds, fixtures},
    text::{AppealText, PersonName, Words},
    user::{
        directory::HostUser,
        model::{AdminPermissions, UserStatus},
        service::AdoptUser,
    },
};

/// A deployment with the people of one sequence.
pub(super) struct World {
    coup: Coup,
    store: Arc<dyn Store>,
    clock: FixedClock,
    number: u16,
    study: StudyId,
    /// Of the first two members.
    messages: Vec<MessageId>,
    /// The first report of each case of the model.
    cases: Vec<ReportId>,
    sanctions: Vec<SanctionId>,
    appeals: Vec<AppealId>,
}

fn words(text: &str) -> Words {
    Words::from_stored(text.to_owned())
}

fn measure((kind, days): Wanted) -> Result<Measure, Error> {
    let length = days.map(|days| Days::new("days", days.into())).transpose()?.map(Length::Days);
    Ok(Measure::new(kind, length)?)
}

impl World {
    /// A study in which all are, two messages, and the administrators.
    pub(super) async fn found(store: Arc<dyn Store>, number: u16) -> Result<Self, Error> {
        let clock = FixedClock::at(fixtures::START);
        let ids = Arc::new(SeededIds::new(number));
        let coup = Coup::builder(store.clone()).clock(Arc::new(clock.clone())).ids(ids).build();
        let study = StudyId::from_uuid(uuid::Uuid::nil());
        let (messages, cases, sanctions, appeals) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut world = Self { coup, store, clock, number, study, messages, cases, sanctions, appeals };
        let owner = world.id("owner")?;
        let mut people = vec![owner.clone()];
        for member in 0..MEMBERS {
            people.push(world.member(member)?);
        }
        for admin in 0..ADMINS.len() - 1 {
            people.push(world.admin(admin)?);
        }
        for id in people {
            let name = PersonName::from_stored(format!("이름 {id}"));
            world.coup.run(&Ctx::default(), AdoptUser { id, user: HostUser::named(name) }).await?;
        }
        let fields = StudyFields {
            name: Some(format!("스터디 {number}")),
            description: Some("매일 한 문제".into()),
            category: Some("수학".into()),
            ..StudyFields::default()
        };
        world.study = world.coup.run(&Ctx::user(owner), fields.create()?).await?.study.id;
        for member in 0..MEMBERS {
            let ctx = Ctx::user(world.member(member)?);
            world.coup.run(&ctx, Join { study: world.study, request: Request::default() }).await?;
            if member < 2 {
                let sent = world.coup.run(&ctx, SendMessage::parse(world.study, "욕설", None, None)?).await?;
                world.messages.push(sent.id);
            }
        }
        // With an end, so that all of them can be taken again.
        let expires_at = Some(world.now() + TimeDelta::days(30_000));
        for (place, role) in ADMINS.iter().enumerate() {
            let (user, role, permissions) = (world.admin(place)?, *role, AdminPermissions::default());
            world.coup.as_host("test").run(GrantAdmin { user, role, expires_at, permissions }).await?;
        }
        Ok(world)
    }

    /// Nobody of this sequence administers any more.
    pub(super) async fn leave(&self) -> Result<(), Error> {
        for place in 0..ADMINS.len() {
            self.coup.as_host("test").run(RevokeAdmin { user: self.admin(place)? }).await?;
        }
        Ok(())
    }

    fn id(&self, name: &str) -> Result<UserId, Error> {
        let id = format!("life-{}-{name}", self.number);
        id.parse().map_err(|why| Error::Internal(format!("{id}: {why}")))
    }

    fn member(&self, place: usize) -> Result<UserId, Error> {
        self.id(&format!("member-{place}"))
    }

    fn admin(&self, place: usize) -> Result<UserId, Error> {
        // The last is the last member.
        if place + 1 == ADMINS.len() { self.member(MEMBERS - 1) } else { self.id(&format!("admin-{place}")) }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass.
    pub(super) fn pass(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    /// Lets the jobs run that are due.
    pub(super) async fn work(&self) -> Result<(), StoreError> {
        loop {
            let ticked = self.coup.tick().await?;
            if ticked.failed > 0 {
                return Err(StoreError::Backend("a job was stopped".into()));
            }
            if ticked.done == 0 && !ticked.more {
                return Ok(());
            }
        }
    }

    async fn run<C: Command>(&self, by: UserId, command: C) -> Result<C::Output, Error> {
        self.coup.run(&Ctx::user(by), command).await
    }

    /// Does it, and remembers what came of it; `model` is as it was before.
    pub(super) async fn act(&mut self, model: &Model, deed: &Deed) -> Answer {
        self.done(model, deed).await.map_err(|error| error.code())
    }

    async fn done(&mut self, model: &Model, deed: &Deed) -> Result<(), Error> {
        match *deed {
            Deed::Report { by, target, kind } => {
                let on = match target.checked_sub(MEMBERS) {
                    None => ReportTarget::User(self.member(target)?),
                    Some(message) => ReportTarget::Message(self.messages[message]),
                };
                let command = CreateReport::parse(on, kind, "불편해요", &[])?;
                let report = self.run(self.member(by)?, command).await?;
                let is_open = |case: &super::model::Case| case.target == target && case.stands == Stands::Open;
                if !model.cases.iter().any(is_open) {
                    self.cases.push(report.id);
                }
            }
            Deed::Assign { by, case } => {
                self.run(self.admin(by)?, AssignReport { report: self.cases[case], admin: None }).await?;
            }
            Deed::Release { by, case } => {
                self.run(self.admin(by)?, ReleaseReport { report: self.cases[case] }).await?;
            }
            Deed::Hold { by, case } => self.process(by, case, Decision::Hold { until: None }).await?,
            Deed::Reject { by, case } => {
                self.process(by, case, Decision::Reject { words: words("문제가 없어요") }).await?;
            }
            Deed::Approve { by, case, measure: wanted } => {
                let measure = wanted.map(measure).transpose()?;
                self.process(by, case, Decision::Approve { words: words("규칙 위반"), measure, notify: true }).await?;
                self.learn_sanction(model.cases[case].target % MEMBERS).await?;
            }
            Deed::Impose { by, on, measure: wanted } => {
                let (user, measure) = (self.member(on)?, measure(wanted)?);
                let command = Impose { user, measure, reason: words("도배"), notify: false };
                self.run(self.admin(by)?, command).await?;
                self.learn_sanction(on).await?;
            }
            Deed::Lift { by, sanction, mistaken } => {
                let sanction = self.sanctions[sanction];
                self.run(self.admin(by)?, LiftSanction { sanction, reason: words("풀어요"), mistaken }).await?;
            }
            Deed::Appeal { by, sanction } => {
                let (sanction, text) = (self.sanctions[sanction], AppealText::from_stored("억울해요".into()));
                let appeal = self.run(self.member(by)?, CreateAppeal { sanction, text }).await?;
                self.appeals.push(appeal.id);
            }
            Deed::Decide { by, appeal, ruling } => {
                let ruling = match ruling {
                    Ruled::Uphold => Ruling::Uphold,
                    Ruled::Overturn => Ruling::Overturn,
                    Ruled::Reduce(wanted) => Ruling::Reduce(measure(wanted)?),
                };
                let appeal = self.appeals[appeal];
                self.run(self.admin(by)?, DecideAppeal { appeal, ruling, words: words("살펴봤어요") }).await?;
            }
        }
        Ok(())
    }

    async fn process(&self, by: usize, case: usize, decision: Decision) -> Result<(), Error> {
        let command = ProcessReport { report: self.cases[case], decision, note: None };
        self.run(self.admin(by)?, command).await.map(drop)
    }

    async fn learn_sanction(&mut self, member: usize) -> Result<(), Error> {
        let all = self.store.sanctions_of(&self.member(member)?).await?;
        self.sanctions.extend(all.first().map(|(sanction, _)| sanction.id));
        Ok(())
    }

    /// Whether everybody and every case stands as the model says.
    pub(super) async fn compare(&self, model: &Model) -> Result<(), String> {
        for member in 0..MEMBERS {
            let found = self.stands(member).await.map_err(|error| error.to_string())?;
            let (is_out, until) = match model.shuts_out(member) {
                Out::Not => (false, None),
                Out::Until(end) => (true, Some(end)),
                Out::ForEver => (true, None),
            };
            let own = model.sanctions.iter().filter(|one| one.user == member);
            let expected = format!(
                "suspended {} until {:?}, {} sanctions of which {} work, {} notifications, silenced {}, next {:?}",
                is_out,
                until,
                own.clone().count(),
                own.filter(|one| one.works(model.now())).count(),
                model.told[member],
                model.is_silenced(member),
                to_value(&measure(model.recommended(member)).map_err(|error| error.to_string())?),
            );
            if found != expected {
                return Err(format!("member {member}: expected {expected}, found {found}"));
            }
        }
        for (place, case) in model.cases.iter().enumerate() {
            let found = self.store.case_of(self.cases[place]).await.map_err(|error| error.to_string())?;
            let Some((stored, reports)) = found else { return Err(format!("case {place} is not there")) };
            let status = match case.stands {
                Stands::Resolved => CaseStatus::Resolved,
                Stands::Rejected => CaseStatus::Rejected,
                Stands::Open if model.is_taken(place) => CaseStatus::InProgress,
                Stands::Open => CaseStatus::Pending,
            };
            let expected = (status, case.priority, case.reports.len());
            let found = (stored.status_at(model.now()), stored.priority, reports.len());
            if found != expected || usize::try_from(stored.reports).ok() != Some(reports.len()) {
                return Err(format!("case {place}: expected {expected:?}, found {found:?} ({stored:?})"));
            }
        }
        Ok(())
    }

    /// How a member stands, in words.
    async fn stands(&self, member: usize) -> Result<String, Error> {
        let id = self.member(member)?;
        let user = self.store.user(&id).await?.ok_or(Error::NotFound)?;
        let sanctions = self.store.sanctions_of(&id).await?;
        let told = self.store.notifications(&id, NotificationFilter::default(), None, Limit::BATCH).await?;
        let told = told
            .iter()
            // What administrators are told of each other's work is not the model's.
            .filter(|one| {
                !matches!(
                    one.event,
                    NotificationEvent::ReportUrgent
                        | NotificationEvent::ReportEscalated
                        | NotificationEvent::AppealMade
                )
            })
            .count();
        let say = SendMessage::parse(self.study, "안녕", None, None)?;
        let silenced = matches!(self.coup.prepare(&Ctx::user(id.clone()), &say).await, Err(Error::Denied(_)));
        let top = ADMINS.iter().position(|role| *role == AdminRole::SuperAdmin).unwrap_or_default();
        let history = self.coup.sanction_history(&Ctx::user(self.admin(top)?), &id).await?;
        Ok(format!(
            "suspended {} until {:?}, {} sanctions of which {} work, {told} notifications, silenced {silenced}, next {:?}",
            user.status == UserStatus::Suspended,
            user.suspended_until,
            sanctions.len(),
            sanctions.iter().filter(|(one, _)| one.works_at(self.now())).count(),
            to_value(&history.recommendation.measure),
        ))
    }
}
