//! A study as it is shown: in a list, and on pages of its own.

use chrono::{DateTime, Utc};

use crate::pages::frame::Person;
use crate::pages::text::Key;

/// Whether a study takes people in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StudyState {
    /// It recruits and has seats.
    Recruiting,
    /// It recruits, but every seat is taken.
    Full,
    /// It does not recruit.
    NotRecruiting,
    /// It is closed.
    Closed,
}

impl StudyState {
    /// The words.
    pub fn label(self) -> Key {
        match self {
            Self::Recruiting => Key("state-recruiting"),
            Self::Full => Key("state-full"),
            Self::NotRecruiting => Key("state-not-recruiting"),
            Self::Closed => Key("state-closed"),
        }
    }

    /// The badge's tone.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Recruiting => "green",
            Self::Full => "amber",
            Self::NotRecruiting | Self::Closed => "plain",
        }
    }
}

/// A study in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyCard {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its emoji.
    pub emoji: String,
    /// Its description.
    pub description: String,
    /// Its category's code.
    pub category: String,
    /// Its sub-category.
    pub sub_category: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its ACTIVE members.
    pub members: u32,
    /// Its seats.
    pub capacity: u32,
    /// Its rating, once it has reviews.
    pub rating: Option<f64>,
    /// How many reviews it has.
    pub reviews: u32,
    /// Whether it takes people in.
    pub state: StudyState,
    /// Whether the reader is a member, whom the card leads to its home.
    pub mine: bool,
}

impl StudyCard {
    /// The path that the card leads to.
    pub fn path(&self) -> String {
        format!("/{}/{}", if self.mine { "my-studies" } else { "studies" }, self.id)
    }
}

/// A study on a page of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its emoji.
    pub emoji: String,
    /// Its description.
    pub description: String,
    /// Its category's code.
    pub category: String,
    /// Its sub-category.
    pub sub_category: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its ACTIVE members.
    pub members: u32,
    /// Its seats.
    pub capacity: u32,
    /// Its rating, once it has reviews.
    pub rating: Option<f64>,
    /// How many reviews it has.
    pub reviews: u32,
    /// Whether it takes people in.
    pub state: StudyState,
    /// Whether it is public.
    pub is_public: bool,
    /// Whether it recruits, seats or not.
    pub is_recruiting: bool,
    /// Whether who joins is in at once.
    pub auto_approve: bool,
    /// Its OWNER, if the reader may see the name.
    pub owner: Option<Person>,
    /// When it was founded.
    pub created: DateTime<Utc>,
}

macro_rules! paths {
    ($($(#[$doc:meta])* $name:ident => $pattern:literal;)*) => {
        impl Study {
            $($(#[$doc])* pub fn $name(&self) -> String { format!($pattern, self.id) })*
        }
    };
}

paths! {
    /// Its public page.
    page_path => "/studies/{}";
    /// Where joining is posted.
    join_path => "/studies/{}/join";
    /// The question before a request is withdrawn.
    withdraw_path => "/studies/{}/withdraw";
    /// Its home.
    home_path => "/my-studies/{}";
    /// Its chat.
    chat_path => "/my-studies/{}/chat";
    /// Its members.
    members_path => "/my-studies/{}/members";
    /// Who asks to join.
    requests_path => "/my-studies/{}/requests";
    /// Its settings.
    settings_path => "/my-studies/{}/settings";
    /// The question before leaving.
    leave_path => "/my-studies/{}/leave";
    /// The question before closing.
    close_path => "/my-studies/{}/close";
    /// Where reopening is posted.
    reopen_path => "/my-studies/{}/reopen";
    /// The question before deleting.
    delete_path => "/my-studies/{}/delete";
}
