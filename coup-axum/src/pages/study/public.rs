//! A study as an outsider sees it, and an invite to it.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use super::{Study, category};
use crate::pages::form::{Choice, Form};
use crate::pages::frame::{Frame, Person};
use crate::pages::text::Key;

/// How the reader stands to a study, and so what they can do on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// May join, and is in at once.
    MayJoin,
    /// May ask to join.
    MayAsk,
    /// Has asked, and may withdraw.
    Pending {
        /// When they asked.
        asked: DateTime<Utc>,
    },
    /// Is a member.
    Member,
    /// Cannot join: no seat.
    Full,
    /// Cannot join: it does not recruit.
    NotRecruiting,
    /// Cannot join: it is closed.
    Closed,
    /// Cannot join: was kicked.
    Kicked,
    /// Was rejected, and may ask again later.
    Rejected {
        /// When they may ask again.
        until: DateTime<Utc>,
    },
}

/// `GET /studies/{id}`; joining posts `introduction`, `motivation`, `level` to `/studies/{id}/join`, withdrawing asks at
/// `/studies/{id}/withdraw`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "study/show.html")]
pub struct StudyPage {
    /// What is around it.
    pub frame: Frame,
    /// The study.
    pub study: Study,
    /// How the reader stands to it.
    pub standing: Standing,
    /// The fields of the request.
    pub form: Form,
    /// The levels to choose from.
    pub levels: Vec<Choice>,
}

impl StudyPage {
    fn report_path(&self) -> String {
        format!("/reports/new?targetType=STUDY&targetId={}", self.study.id)
    }

    /// The choices of `level`.
    pub fn levels(frame: &Frame) -> Vec<Choice> {
        category::choices(category::LEVELS, Some(Key("join-level-none")), frame)
    }
}

/// `GET /invites/{code}`; joining posts to the same path.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "study/invite.html")]
pub struct InvitePage {
    /// What is around it.
    pub frame: Frame,
    /// The code.
    pub code: String,
    /// The study; `None` for a code that is unknown, used up, expired or rotated, which all read alike.
    pub study: Option<Study>,
    /// Who made the invite.
    pub inviter: Option<Person>,
    /// When it expires.
    pub expires: Option<DateTime<Utc>>,
    /// How the reader stands to the study: `MayJoin`, `Member`, `Full`, `Kicked` or `Closed`.
    pub standing: Standing,
    /// What was wrong with joining.
    pub form: Form,
    /// The levels, which an invite does not ask for.
    pub levels: Vec<Choice>,
}

impl InvitePage {
    fn path(&self) -> String {
        format!("/invites/{}", self.code)
    }
}
