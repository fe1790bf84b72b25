//! A study's standing link, and further invites with an end or a limit.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use crate::pages::form::{Choice, Form};
use crate::pages::frame::{Frame, Person};
use crate::pages::tab::Tab;
use crate::pages::text::Key;

/// An invite in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Its code.
    pub code: String,
    /// Its full address, to be given away.
    pub link: String,
    /// Who made it.
    pub by: Person,
    /// When it expires.
    pub expires: Option<DateTime<Utc>>,
    /// How often it was used.
    pub uses: u32,
    /// How often it may be used.
    pub max_uses: Option<u32>,
    /// Whether it still lets somebody in.
    pub open: bool,
}

/// `GET /my-studies/{id}/invites`; its form posts `expiresIn` (`1d`, `7d`, `30d` or `never`) and `maxUses` to the same
/// path. Rotating asks at `/my-studies/{id}/invite-code/rotate`, revoking at `/my-studies/{id}/invites/{code}/revoke`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "member/invites.html")]
pub struct InvitesPage {
    /// What is around it.
    pub frame: Frame,
    /// The study's identifier.
    pub study_id: String,
    /// The tabs.
    pub tabs: Vec<Tab>,
    /// The full address of the standing code.
    pub standing_link: String,
    /// The fields of a new invite.
    pub form: Form,
    /// The choices of `expiresIn`.
    pub expiries: Vec<Choice>,
    /// The page of invites.
    pub invites: Vec<Invite>,
    /// The address of the list's beginning, on later pages.
    pub first: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}

impl InvitesPage {
    /// The choices of `expiresIn`.
    pub fn expiries(frame: &Frame) -> Vec<Choice> {
        let choices = [
            ("7d", Key("invites-expires-week")),
            ("1d", Key("invites-expires-day")),
            ("30d", Key("invites-expires-month")),
            ("never", Key("invites-expires-never")),
        ];
        choices.into_iter().map(|(value, key)| Choice::new(value, frame.t(key))).collect()
    }

    fn invites_path(&self) -> String {
        format!("/my-studies/{}/invites", self.study_id)
    }

    fn revoke_path(&self, invite: &Invite) -> String {
        format!("/my-studies/{}/invites/{}/revoke", self.study_id, invite.code)
    }

    fn rotate_path(&self) -> String {
        format!("/my-studies/{}/invite-code/rotate", self.study_id)
    }
}
