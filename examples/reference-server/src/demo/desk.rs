//! Lets happen what the story of moderation tells.

use chrono::Duration;
use coup_core::{
    admin::service::CreateAdmin,
    appeal::service::{CreateAppeal, DecideAppeal},
    chat::service::{DeleteMessage, SendMessage},
    coup::Ctx,
    env::Timestamp,
    id::{AppealId, MessageId, ReportId, SanctionId, StudyId, UserId},
    member::pause::PausePosting,
    moderation::{
        content::RemoveMessage,
        decide::{Decision, ProcessReport},
        model::{CaseEntryType, CaseFilter, ReportTarget},
        report::{CreateReport, parse_links},
        service::{AddToReport, AssignReport, HandUpReport},
    },
    page::Limit,
    policy::{AdminRole, SanctionType},
    sanction::{
        model::{Length, Measure},
        service::{Impose, LiftSanction},
    },
    text::{AppealText, Note, Words},
    user::service::SignUp,
};

use super::{
    PASSWORD,
    fill::School,
    people::DemoPerson,
    story::{Act, Event, SCHOOL, Step, What},
    studies::STUDIES,
};
use crate::failure::Failure;

/// What the story has made so far, by the names that it uses.
#[derive(Default)]
pub(super) struct Desk {
    messages: Vec<(&'static str, StudyId, MessageId)>,
    /// The newest last.
    reports: Vec<(ReportTarget, ReportId)>,
    sanctions: Vec<(UserId, SanctionId)>,
    appeals: Vec<(UserId, AppealId)>,
}

/// The newest of somebody or something.
fn newest<K: PartialEq, V: Copy>(rows: &[(K, V)], of: &K) -> Result<V, Failure> {
    rows.iter().rev().find(|(key, _)| key == of).map(|(_, value)| *value).ok_or_else(too_early)
}

fn too_early() -> Failure {
    Failure::system("the demo's story speaks of something before it is there")
}

impl School {
    /// Makes an administrator, in the school's name.
    pub(super) async fn employ(&mut self, person: &'static DemoPerson, role: AdminRole) -> Result<(), Failure> {
        let account = SignUp::parse(&person.email(), PASSWORD.into(), person.name).map_err(Failure::system)?;
        let id = self.coup.as_host("demo").run(CreateAdmin { account, role }).await?;
        self.people.insert(person.key, id);
        Ok(())
    }

    /// One event of the story.
    pub(super) async fn moderate(&mut self, event: &'static Event, now: Timestamp) -> Result<(), Failure> {
        if event.who == SCHOOL {
            return self.act_of_school(&event.does).await;
        }
        let ctx = self.person(event.who)?;
        match &event.does {
            Act::Joins(study) => self.join(number(study)?, event.who).await,
            Act::Says { at, label, text } => {
                let study = self.study(number(at)?)?.1.id;
                let said = SendMessage::parse(study, text, None, None).map_err(Failure::system)?;
                let said = self.coup.run(&ctx, said).await?;
                self.desk.messages.push((label, study, said.id));
                Ok(())
            }
            Act::TakesBack(label) => {
                let (study, message) = self.labelled(label)?;
                self.coup.run(&ctx, DeleteMessage { study, message }).await?;
                Ok(())
            }
            Act::Reports { what, kind, reason, links } => {
                let links: Vec<String> = links.iter().map(ToString::to_string).collect();
                let target = self.target(*what)?;
                let report = CreateReport::parse(target.clone(), *kind, reason, &links).map_err(Failure::system)?;
                let report = self.coup.run(&ctx, report).await?;
                self.desk.reports.push((target, report.id));
                Ok(())
            }
            Act::Pauses { at, whom, days } => {
                let (study, user) = (self.study(number(at)?)?.1.id, self.user(whom)?);
                let until = Some(self.coup.now() + Duration::days(*days));
                self.coup.run(&ctx, PausePosting { study, user, until }).await?;
                Ok(())
            }
            Act::Appeals(text) => {
                let user = self.user(event.who)?;
                let sanction = newest(&self.desk.sanctions, &user)?;
                let text = AppealText::parse("text", text).map_err(Failure::system)?;
                let appeal = self.coup.run(&ctx, CreateAppeal { sanction, text }).await?;
                self.desk.appeals.push((user, appeal.id));
                Ok(())
            }
            Act::LooksAtQueue => {
                self.coup.reports(&ctx, &CaseFilter::default(), None, Limit::BATCH).await?;
                Ok(())
            }
            Act::LooksUp(whom) => {
                self.coup.sanction_history(&ctx, &self.user(whom)?).await?;
                Ok(())
            }
            Act::Handles(what, step) => self.handle(&ctx, *what, step, now).await,
            Act::Removes { label, reason } => {
                let (_, message) = self.labelled(label)?;
                Ok(self.coup.run(&ctx, RemoveMessage { message, reason: words(reason)? }).await?)
            }
            Act::Imposes { whom, kind, length, reason } => {
                let command = self.imposing(whom, *kind, *length, reason)?;
                let imposed = self.coup.run(&ctx, command).await?;
                self.desk.sanctions.push((imposed.user_id, imposed.own.id));
                Ok(())
            }
            Act::Lifts { whom, mistaken, reason } => {
                let sanction = newest(&self.desk.sanctions, &self.user(whom)?)?;
                let command = LiftSanction { sanction, reason: words(reason)?, mistaken: *mistaken };
                self.coup.run(&ctx, command).await?;
                Ok(())
            }
            Act::Rules { whom, how, words: text } => {
                let appeal = newest(&self.desk.appeals, &self.user(whom)?)?;
                let ruling = how.ruling().map_err(Failure::system)?;
                self.coup.run(&ctx, DecideAppeal { appeal, ruling, words: words(text)? }).await?;
                Ok(())
            }
        }
    }

    async fn act_of_school(&mut self, act: &Act) -> Result<(), Failure> {
        let Act::Imposes { whom, kind, length, reason } = act else {
            return Err(Failure::system("in the demo the school itself only imposes sanctions"));
        };
        let command = self.imposing(whom, *kind, *length, reason)?;
        let imposed = self.coup.as_host("demo").run(command).await?;
        self.desk.sanctions.push((imposed.user_id, imposed.own.id));
        Ok(())
    }

    async fn handle(&mut self, ctx: &Ctx, what: What, step: &Step, now: Timestamp) -> Result<(), Failure> {
        let report = newest(&self.desk.reports, &self.target(what)?)?;
        let process = |decision| ProcessReport { report, decision, note: None };
        match step {
            Step::Opens => {
                self.coup.report(ctx, report).await?;
            }
            Step::Claims => {
                self.coup.run(ctx, AssignReport { report, admin: None }).await?;
            }
            Step::Notes(text) => {
                let command = AddToReport { report, kind: CaseEntryType::Note, text: note(text)?, links: Vec::new() };
                self.coup.run(ctx, command).await?;
            }
            Step::AddsEvidence(text, link) => {
                let links = parse_links("links", &[(*link).to_owned()]).map_err(Failure::system)?;
                let command = AddToReport { report, kind: CaseEntryType::Evidence, text: note(text)?, links };
                self.coup.run(ctx, command).await?;
            }
            Step::HoldsForDays(days) => {
                let until = Some(now + Duration::days(*days));
                self.coup.run(ctx, process(Decision::Hold { until })).await?;
            }
            Step::HandsUp(text) => {
                self.coup.run(ctx, HandUpReport { report, note: Some(note(text)?) }).await?;
            }
            Step::Approves(measure, text) => {
                let measure = measure.map(|(kind, length)| chosen(kind, Some(length))).transpose()?;
                let decision = Decision::Approve { words: words(text)?, measure, notify: false };
                let case = self.coup.run(ctx, process(decision)).await?;
                let imposed = self.coup.own_sanctions(&Ctx::user(case.offender_id.clone())).await?;
                let imposed = imposed.first().ok_or_else(too_early)?;
                self.desk.sanctions.push((case.offender_id, imposed.id));
            }
            Step::Rejects(text) => {
                self.coup.run(ctx, process(Decision::Reject { words: words(text)? })).await?;
            }
        }
        Ok(())
    }

    fn imposing(&self, whom: &str, kind: SanctionType, length: Option<&str>, reason: &str) -> Result<Impose, Failure> {
        Ok(Impose { user: self.user(whom)?, measure: chosen(kind, length)?, reason: words(reason)?, notify: false })
    }

    fn labelled(&self, label: &str) -> Result<(StudyId, MessageId), Failure> {
        let found = self.desk.messages.iter().find(|(known, ..)| *known == label);
        found.map(|(_, study, message)| (*study, *message)).ok_or_else(too_early)
    }

    fn target(&self, what: What) -> Result<ReportTarget, Failure> {
        Ok(match what {
            What::User(key) => ReportTarget::User(self.user(key)?),
            What::Study(name) => ReportTarget::Study(self.study(number(name)?)?.1.id),
            What::Message(label) => ReportTarget::Message(self.labelled(label)?.1),
        })
    }
}

/// A study's place among all.
fn number(name: &str) -> Result<usize, Failure> {
    STUDIES
        .iter()
        .position(|study| study.name == name)
        .ok_or_else(|| Failure::system(format!("the demo has no study {name}")))
}

fn words(text: &str) -> Result<Words, Failure> {
    Words::parse("words", text).map_err(Failure::system)
}

fn note(text: &str) -> Result<Note, Failure> {
    Note::parse("note", text).map_err(Failure::system)
}

fn chosen(kind: SanctionType, length: Option<&str>) -> Result<Measure, Failure> {
    let length = length.map(|length| Length::parse("duration", length)).transpose().map_err(Failure::system)?;
    Measure::new(kind, length).map_err(Failure::system)
}
