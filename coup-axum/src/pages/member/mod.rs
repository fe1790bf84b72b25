//! A study's people: members and their roles, requests to join, kicked people, invites.

mod invites;
mod kicked;
mod list;
mod question;
mod requests;
mod role;

pub use invites::{Invite, InvitesPage};
pub use kicked::KickedPage;
pub use list::{Member, MembersPage, Powers};
pub use requests::{Answers, JoinRequest, RequestsPage};
pub use role::Role;

use super::frame::Frame;
use super::tab::Tab;
use super::text::Key;

/// The part of a study's people that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberTab {
    /// Its members.
    Members,
    /// Who asks to join.
    Requests,
    /// Its invites.
    Invites,
    /// Who was kicked.
    Kicked,
}

/// The tabs of a study's people. `waiting` is how many ask to join; `None` for a reader who may not decide, who sees
/// the members only.
pub fn member_tabs(frame: &Frame, study_id: &str, members: u64, waiting: Option<u64>, current: MemberTab) -> Vec<Tab> {
    let tab = |tab: MemberTab, path: &str, label: Key, count: Option<u64>| Tab {
        label: frame.t(label),
        href: frame.href(format!("/my-studies/{study_id}/{path}")),
        count,
        loud: tab == MemberTab::Requests,
        current: tab == current,
    };
    let mut tabs = vec![tab(MemberTab::Members, "members", Key("members-tab"), Some(members))];
    if waiting.is_some() {
        tabs.push(tab(MemberTab::Requests, "requests", Key("nav-requests"), waiting));
        tabs.push(tab(MemberTab::Invites, "invites", Key("invites-title"), None));
        tabs.push(tab(MemberTab::Kicked, "kicked", Key("kicked-title"), None));
    }
    tabs
}
