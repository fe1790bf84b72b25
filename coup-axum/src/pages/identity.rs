//! Signing in elsewhere: the buttons, the linked identities of one's profile, and the page on the way.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use super::{confirm::Confirm, frame::Frame};

/// A provider that one can sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Its word in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A provider in one's profile, and the identity there that is linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayIn {
    /// Which.
    pub way: Way,
    /// The identity, if one is linked.
    pub linked: Option<Linked>,
    /// Whether it can be linked here: what is not configured any more can only be unlinked.
    pub configured: bool,
}

/// A linked identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The address there.
    pub email: Option<String>,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// `GET /me/identities`: each has a button that posts to `/me/identities/{provider}/link`, or leads to its `unlink`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/identities.html")]
pub struct IdentitiesPage {
    /// What is around it.
    pub frame: Frame,
    /// By what the account is, or can be, signed in to elsewhere.
    pub ways_in: Vec<WayIn>,
    /// What went wrong with those.
    pub trouble: Option<String>,
}

/// On the way to a provider, after the form that links an identity: `form-action` lets a form lead to no other site, so that a
/// page does.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/going.html")]
pub struct GoingPage {
    /// What is around it.
    pub frame: Frame,
    /// Where to.
    pub way: Way,
    /// The address at the provider.
    pub address: String,
}

impl Confirm {
    /// Before unlinking an identity; posts to `/me/identities/{provider}/unlink`.
    pub fn unlink(frame: &Frame, way: &Way) -> Self {
        Self {
            title: frame.ts("identity-unlink-question", &way.name),
            text: frame.ts("identity-unlink-text", &way.name),
            points: Vec::new(),
            action: format!("/me/identities/{}/unlink", way.slug),
            fields: Vec::new(),
            reason: None,
            button: frame.t("identity-unlink"),
            cancel: "/me/identities".to_owned(),
            danger: true,
        }
    }
}
