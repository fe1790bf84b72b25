//! A report: what was reported, what is known about it, and what is done about it.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};
use coup_core::{
    appeal::model::AppealStatus,
    moderation::model::{CaseStatus, Priority, ReportTargetType, ReportType},
    policy::{AdminRole, SanctionType},
};

use super::words::Named;
use crate::pages::{
    form::{Choice, Form},
    frame::{Frame, Person},
};

/// Who has a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The reader.
    Me,
    /// Somebody else; their name where the reader may know it.
    Other(Option<String>),
}

impl Holder {
    /// Who it is, in words.
    pub fn words(&self, frame: &Frame) -> String {
        match self {
            Self::Me => frame.t("holder-me"),
            Self::Other(Some(name)) => frame.ts("holder-named", name),
            Self::Other(None) => frame.t("holder-other"),
        }
    }
}

/// What was reported, as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A person.
    User {
        /// Their name.
        name: Option<String>,
        /// What they said of themselves.
        bio: Option<String>,
    },
    /// A study.
    Study {
        /// Its name.
        name: String,
        /// Its emoji.
        emoji: String,
        /// What it said of itself.
        description: String,
        /// Its tags.
        tags: Vec<String>,
    },
    /// A message.
    Message {
        /// What was said.
        content: String,
        /// Who said it.
        author: Person,
        /// Where.
        study: String,
        /// When.
        at: DateTime<Utc>,
        /// Whether it was edited before it was reported.
        edited: bool,
        /// Whether it was deleted before it was reported.
        deleted: bool,
    },
}

/// One of a case's reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneReport {
    /// Its identifier.
    pub id: String,
    /// By whom, where the reader may know it.
    pub reporter: Option<Person>,
    /// What is wrong.
    pub kind: ReportType,
    /// In their words.
    pub reason: String,
    /// How much their word counts, in per cent.
    pub weight: u32,
    /// What was reported; absent for who may not read it.
    pub shown: Option<Shown>,
    /// Addresses that they gave.
    pub links: Vec<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A note, or a piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// By whom; the host where nobody is named.
    pub author: Option<Person>,
    /// In their words.
    pub text: String,
    /// Addresses.
    pub links: Vec<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A sanction in somebody's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastSanction {
    /// Its identifier.
    pub id: String,
    /// What was taken.
    pub kind: SanctionType,
    /// The same with its length, in words.
    pub words: String,
    /// Why.
    pub reason: String,
    /// When it was imposed.
    pub from: DateTime<Utc>,
    /// When it ends.
    pub until: Option<DateTime<Utc>>,
    /// Whether it takes rights away now.
    pub active: bool,
    /// Who imposed it, where the reader may know it.
    pub by: Option<String>,
    /// When it was lifted, with why.
    pub lifted: Option<(DateTime<Utc>, String)>,
    /// Who lifted it, where the reader may know it.
    pub lifted_by: Option<String>,
    /// Whether it was a mistake: it does not count.
    pub mistaken: bool,
    /// What became of its appeal.
    pub appeal: Option<AppealStatus>,
    /// Whether the reader may lift it.
    pub may_lift: bool,
}

impl PastSanction {
    /// Where it is lifted; from there the way leads back to whose it is.
    pub(super) fn lift_path(&self, user: &str) -> String {
        format!("/admin/sanctions/{}/lift?user={user}", self.id)
    }
}

/// A measure to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureChoice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is what the ladder recommends.
    pub recommended: bool,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// What the reader may do about a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportActions {
    /// Take it.
    pub take: bool,
    /// Give it to somebody.
    pub give: bool,
    /// Give it back.
    pub release: bool,
    /// Hand it up to the role above.
    pub hand_up: bool,
    /// Approve, reject, hold it; add to it.
    pub decide: bool,
}

/// `GET /admin/reports/{id}`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/report.html")]
pub struct ReportPage {
    /// What is around it.
    pub frame: Frame,
    /// The identifier that the address names.
    pub id: String,
    /// What it is on.
    pub target_type: ReportTargetType,
    /// Which.
    pub target_id: String,
    /// Its name then.
    pub target_name: Option<String>,
    /// The gravest type.
    pub kind: ReportType,
    /// How urgent.
    pub priority: Priority,
    /// How far it is.
    pub status: CaseStatus,
    /// When its first report came.
    pub created: DateTime<Utc>,
    /// Who has it, until when.
    pub holder: Option<(Holder, Option<DateTime<Utc>>)>,
    /// Until when it is held for investigation.
    pub held_until: Option<DateTime<Utc>>,
    /// The role that it was handed up to.
    pub escalated_to: Option<AdminRole>,
    /// When it was decided, with what the parties were told.
    pub decided: Option<(DateTime<Utc>, String)>,
    /// By whom, where the reader may know it.
    pub decider: Option<String>,
    /// Its reports, the oldest first.
    pub reports: Vec<OneReport>,
    /// Evidence that administrators added.
    pub evidence: Vec<Evidence>,
    /// Notes for administrators only.
    pub notes: Vec<Evidence>,
    /// Whose doing it is, where the reader may know it.
    pub offender: Option<Person>,
    /// How often they were reported, and how often that was approved.
    pub received: (u32, u32),
    /// Their sanctions, the newest first.
    pub history: Vec<PastSanction>,
    /// What counts so far, in words; with what is recommended now, and what would be the next time.
    pub recommendation: Option<(String, String, String)>,
    /// Whether the recommended measure is beyond the reader's right.
    pub beyond_right: bool,
    /// Whether the reader has a part in it, and may decide it only because nobody else can.
    pub has_part: bool,
    /// What the reader may do.
    pub may: ReportActions,
    /// Whether what was said around the message can be read.
    pub may_read_around: bool,
    /// What was typed.
    pub form: Form,
}

impl ReportPage {
    fn path(&self) -> String {
        format!("/admin/reports/{}", self.id)
    }

    fn context_path(&self) -> String {
        format!("/admin/moderation/messages/{}", self.target_id)
    }

    fn is_message(&self) -> bool {
        self.target_type == ReportTargetType::Message
    }

    fn name(&self) -> String {
        self.target_name.clone().unwrap_or_else(|| self.frame.t("person-gone"))
    }

    fn lift_path(&self, sanction: &PastSanction) -> String {
        sanction.lift_path(self.offender.as_ref().map_or("", |person| &person.id))
    }
}

/// `GET /admin/reports/{id}/approve` and `…/reject`: the question before a decision.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/decision.html")]
pub struct DecisionPage {
    /// What is around it.
    pub frame: Frame,
    /// The report.
    pub id: String,
    /// What is reported, in words.
    pub name: String,
    /// Whether it is approved; else dismissed.
    pub approve: bool,
    /// The types to choose from; none for a dismissal, and for somebody who is gone.
    pub measures: Vec<MeasureChoice>,
    /// The lengths to choose from.
    pub lengths: Vec<Choice>,
    /// What would be recommended the next time.
    pub next: Option<String>,
    /// Whether the recommended measure is beyond the reader's right.
    pub beyond_right: bool,
    /// Whether the reader has to say why they decide what they have a part in.
    pub has_part: bool,
    /// What was typed.
    pub form: Form,
}

impl DecisionPage {
    fn path(&self) -> String {
        format!("/admin/reports/{}", self.id)
    }
}

/// `GET /admin/reports/{id}/assign`: to whom a case is given.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/give.html")]
pub struct GivePage {
    /// What is around it.
    pub frame: Frame,
    /// The report.
    pub id: String,
    /// Who it can be given to.
    pub administrators: Vec<Choice>,
    /// What was typed.
    pub form: Form,
}

impl GivePage {
    fn path(&self) -> String {
        format!("/admin/reports/{}", self.id)
    }
}
