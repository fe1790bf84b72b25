//! The queue: cases as cards, the most urgent first.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};
use coup_core::moderation::model::{CaseStatus, Priority, ReportTargetType, ReportType};

use super::{
    report::Holder,
    words::{Named, choices},
};
use crate::pages::{
    form::{Choice, Form},
    frame::Frame,
    tab::Tab,
    text::Key,
    visit::encoded,
};

/// The names of the filters, as in the API.
const FILTERS: [&str; 7] = ["status", "priority", "type", "targetType", "assignedTo", "dateFrom", "dateTo"];

/// The query of a list of cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportFilters {
    /// The fields as they were asked for, with what is wrong about them.
    pub form: Form,
}

impl ReportFilters {
    /// The filters of an address's query.
    pub fn parse(query: &str) -> Self {
        Self { form: Form::parse(query.as_bytes()) }
    }

    /// Who asks the queue for nothing is shown what waits: what is decided stands behind a tab.
    pub fn waiting() -> Self {
        Self { form: Form::of([("status", CaseStatus::Pending.as_str())]) }
    }

    /// Whether any filter is set beside that.
    pub fn is_used(&self) -> bool {
        !self.is_only("status", CaseStatus::Pending.as_str())
            && FILTERS.iter().any(|name| !self.form.value(name).is_empty())
    }

    /// Whether this filter is set so, and no other.
    fn is_only(&self, filter: &str, value: &str) -> bool {
        FILTERS.iter().all(|name| self.form.value(name) == if *name == filter { value } else { "" })
    }

    /// The address of the same list at `path`, from its beginning or at a cursor.
    pub fn at(&self, frame: &Frame, path: &str, cursor: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for name in FILTERS {
            let value = self.form.value(name);
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        let query = query.finish();
        frame.href(if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })
    }
}

/// A case as a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportCard {
    /// The first report, by which it is addressed.
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
    /// How many reports.
    pub reports: u32,
    /// In the first reporter's words.
    pub reason: String,
    /// Who has it.
    pub holder: Option<Holder>,
    /// Until when it is held for investigation.
    pub held_until: Option<DateTime<Utc>>,
    /// When its first report came.
    pub created: DateTime<Utc>,
    /// Whether the reader may decide it now.
    pub may_decide: bool,
}

impl ReportCard {
    fn path(&self) -> String {
        format!("/admin/reports/{}", self.id)
    }

    fn context_path(&self) -> String {
        format!("/admin/moderation/messages/{}", self.target_id)
    }

    fn is_message(&self) -> bool {
        self.target_type == ReportTargetType::Message
    }

    fn name(&self, frame: &Frame) -> String {
        self.target_name.clone().unwrap_or_else(|| frame.t("person-gone"))
    }
}

/// `GET /admin/reports`, and `GET /admin/moderation/messages`, which lists messages only.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/queue.html")]
pub struct ReportsPage {
    /// What is around it.
    pub frame: Frame,
    /// The filters.
    pub filters: ReportFilters,
    /// The page of cases.
    pub cards: Vec<ReportCard>,
    /// Whether only messages are listed, each with the way to what was said around it.
    pub only_messages: bool,
    /// The reader, to list what they have.
    pub me: String,
    /// The address of the list's beginning, on later pages.
    pub first: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}

impl ReportsPage {
    fn path(&self) -> &'static str {
        if self.only_messages { "/admin/moderation/messages" } else { "/admin/reports" }
    }

    /// What waits, what the reader has, and everything.
    fn tabs(&self) -> [Tab; 3] {
        let tab = |label: &'static str, query: String, current| Tab {
            label: self.frame.t(Key(label)),
            href: self.frame.href(format!("{}{query}", self.path())),
            count: None,
            loud: false,
            current,
        };
        let filters = &self.filters;
        [
            tab("case-pending", "?status=PENDING".to_owned(), filters.is_only("status", CaseStatus::Pending.as_str())),
            tab("filter-mine", format!("?assignedTo={}", encoded(&self.me)), filters.is_only("assignedTo", &self.me)),
            tab("filter-any", "?status=".to_owned(), filters.is_only("status", "")),
        ]
    }

    fn statuses(&self) -> Vec<Choice> {
        choices(&self.frame, "filter-any", CaseStatus::ALL, CaseStatus::as_str)
    }

    fn priorities(&self) -> Vec<Choice> {
        choices(&self.frame, "filter-any", Priority::ALL, Priority::as_str)
    }

    fn types(&self) -> Vec<Choice> {
        choices(&self.frame, "filter-any", ReportType::ALL, ReportType::as_str)
    }

    fn targets(&self) -> Vec<Choice> {
        choices(&self.frame, "filter-any", ReportTargetType::ALL, ReportTargetType::as_str)
    }

    fn holders(&self) -> Vec<Choice> {
        let mut all = vec![
            Choice::new("", self.frame.t("filter-any")),
            Choice::new(self.me.clone(), self.frame.t("filter-mine")),
        ];
        let asked = self.filters.form.value("assignedTo");
        if !asked.is_empty() && asked != self.me {
            all.push(Choice::new(asked, asked));
        }
        all
    }
}
