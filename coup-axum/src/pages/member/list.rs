//! The members of a study.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use super::Role;
use crate::pages::frame::{Frame, Person};
use crate::pages::tab::Tab;

/// What the reader may do to a member. Each is a question at `/my-studies/{id}/members/{userId}/…`, which posts to
/// itself: `appoint`, `dismiss`, `transfer`, `kick`, `pause`; reporting is at `/reports/new`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Powers {
    /// Make them ADMIN.
    pub appoint: bool,
    /// Make them MEMBER.
    pub dismiss: bool,
    /// Make them OWNER in one's own place.
    pub transfer: bool,
    /// Kick them.
    pub kick: bool,
    /// Pause their posting, or let it go on.
    pub pause: bool,
    /// Report them.
    pub report: bool,
}

impl Powers {
    /// Whether there is anything.
    pub fn any(self) -> bool {
        self.appoint || self.dismiss || self.transfer || self.kick || self.pause || self.report
    }
}

/// A member in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// Their role.
    pub role: Role,
    /// When they joined.
    pub joined: DateTime<Utc>,
    /// Whether it is the reader.
    pub is_me: bool,
    /// Until when their posting is paused; absent for who may not know.
    pub paused_until: Option<DateTime<Utc>>,
    /// What the reader may do to them.
    pub may: Powers,
}

impl Member {
    fn report_path(&self) -> String {
        format!("/reports/new?targetType=USER&targetId={}", self.person.id)
    }
}

/// `GET /my-studies/{id}/members`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "member/list.html")]
pub struct MembersPage {
    /// What is around it.
    pub frame: Frame,
    /// The study's identifier.
    pub study_id: String,
    /// The tabs.
    pub tabs: Vec<Tab>,
    /// The page of members.
    pub members: Vec<Member>,
    /// Whether the reader may invite.
    pub may_invite: bool,
    /// The address of the list's beginning, on later pages.
    pub first: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}

impl MembersPage {
    fn has_actions(&self) -> bool {
        self.members.iter().any(|member| member.may.any())
    }

    fn member_path(&self, member: &Member) -> String {
        format!("/my-studies/{}/members/{}", self.study_id, member.person.id)
    }

    fn invites_path(&self) -> String {
        format!("/my-studies/{}/invites", self.study_id)
    }
}
