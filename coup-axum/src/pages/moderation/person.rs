//! Somebody's page in the administration: their account, what they do here, and what can be done at once.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};
use coup_core::{
    moderation::model::{CaseStatus, ReportTargetType, ReportType},
    user::model::{AgeBand, UserStatus},
};

use super::{
    report::{MeasureChoice, PastSanction},
    words::Named,
};
use crate::pages::{
    form::{Choice, Form},
    frame::{Frame, Person},
};

/// Somebody's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub person: Person,
    /// What they say of themselves.
    pub bio: Option<String>,
    /// Their address, for who may know it.
    pub email: Option<String>,
    /// That they are an administrator, and in which role where the reader may know it, in words.
    pub administers: Option<String>,
    /// Whether it is in use.
    pub status: UserStatus,
    /// Until when it is suspended.
    pub suspended_until: Option<DateTime<Utc>>,
    /// How old they are, on the host's word.
    pub age: Option<AgeBand>,
    /// When a guardian's consent was recorded.
    pub consent: Option<DateTime<Utc>>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When they last signed in.
    pub seen: Option<DateTime<Utc>>,
    /// Studies of which they are a member.
    pub studies: u32,
    /// Messages that they sent.
    pub messages: u32,
}

impl Account {
    fn is_child(&self) -> bool {
        self.age == Some(AgeBand::Under14)
    }

    fn is_suspended(&self) -> bool {
        self.status == UserStatus::Suspended
    }
}

/// A report that somebody made, or that is about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatedReport {
    /// The report, by which its case is addressed.
    pub id: String,
    /// What it is on.
    pub target_type: ReportTargetType,
    /// Its name then.
    pub name: Option<String>,
    /// What is wrong with it.
    pub kind: ReportType,
    /// How far it is.
    pub status: CaseStatus,
    /// In the reporter's words.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// `GET /admin/users/{id}`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/person.html")]
pub struct UserPage {
    /// What is around it.
    pub frame: Frame,
    /// Whose page it is.
    pub account: Account,
    /// Their sanctions, the newest first.
    pub history: Vec<PastSanction>,
    /// How often they were reported, and how often that was approved.
    pub received: (u32, u32),
    /// The newest reports about them.
    pub about: Vec<RelatedReport>,
    /// The newest reports that they made.
    pub made: Vec<RelatedReport>,
    /// What counts so far, what is recommended now, and what would be the next time, in words.
    pub recommendation: (String, String, String),
    /// What can be done at once: the measures of quick actions that are within the reader's right.
    pub quick: Vec<MeasureChoice>,
    /// Whether the reader may impose anything at all.
    pub may_sanction: bool,
    /// Whether the reader may lift all that suspends them now.
    pub may_unsuspend: bool,
    /// Whether the reader may ask what they may do.
    pub may_explain: bool,
}

impl UserPage {
    fn path(&self) -> String {
        format!("/admin/users/{}", self.account.person.id)
    }

    fn name(&self) -> String {
        self.account.person.shown(&self.frame)
    }

    fn lift_path(&self, sanction: &PastSanction) -> String {
        sanction.lift_path(&self.account.person.id)
    }

    fn explain_path(&self) -> String {
        format!("/admin/permissions/explain?userId={}", self.account.person.id)
    }
}

/// `GET /admin/users/{id}/sanction`: the sanction dialog.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/sanction.html")]
pub struct SanctionPage {
    /// What is around it.
    pub frame: Frame,
    /// Whom.
    pub person: Person,
    /// The types within the reader's right, the recommended one chosen.
    pub measures: Vec<MeasureChoice>,
    /// The lengths to choose from.
    pub lengths: Vec<Choice>,
    /// What counts so far, what is recommended now, and what would be the next time, in words.
    pub recommendation: (String, String, String),
    /// What was typed.
    pub form: Form,
}

impl SanctionPage {
    fn person_path(&self) -> String {
        format!("/admin/users/{}", self.person.id)
    }
}

/// `GET /admin/sanctions/{id}/lift`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/lift.html")]
pub struct LiftPage {
    /// What is around it.
    pub frame: Frame,
    /// Which sanction.
    pub id: String,
    /// The same in words.
    pub what: String,
    /// Of whom.
    pub person: Person,
    /// What was typed.
    pub form: Form,
}

/// `GET /admin/users/{id}/unsuspend`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/unsuspend.html")]
pub struct UnsuspendPage {
    /// What is around it.
    pub frame: Frame,
    /// Whom.
    pub person: Person,
    /// What would be lifted, in words.
    pub what: Vec<String>,
    /// What was typed.
    pub form: Form,
}

impl UnsuspendPage {
    fn person_path(&self) -> String {
        format!("/admin/users/{}", self.person.id)
    }
}
