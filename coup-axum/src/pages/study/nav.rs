//! The side bar of a study, and the bottom bar that takes its place on a phone.

use crate::pages::text::Key;

/// The part of a study that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StudyTab {
    /// Its home.
    Home,
    /// Its chat.
    Chat,
    /// Its members, invites and kicked people.
    Members,
    /// Who asks to join.
    Requests,
    /// Its settings.
    Settings,
}

/// The study of the side bar, as far as the reader may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyNav {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its emoji.
    pub emoji: String,
    /// The part that is shown.
    pub tab: StudyTab,
    /// The reader's unread messages.
    pub unread: u64,
    /// How many ask to join; `None` for a reader who may not see that.
    pub requests: Option<u64>,
    /// Whether the reader may change the study.
    pub may_manage: bool,
}

/// One link of the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub path: String,
    /// Its icon.
    pub glyph: &'static str,
    /// Its words.
    pub label: Key,
    /// Its words where there is little room.
    pub short: Key,
    /// How much waits behind it.
    pub count: u64,
    /// What is counted.
    pub words: Key,
    /// Whether it is shown.
    pub current: bool,
}

impl StudyNav {
    /// The links of the side bar.
    pub fn side(&self) -> Vec<Entry> {
        let mut entries = vec![
            self.entry(StudyTab::Home, "", "home", Key("nav-home"), 0),
            self.entry(StudyTab::Chat, "/chat", "chat", Key("nav-chat"), self.unread),
            self.entry(StudyTab::Members, "/members", "people", Key("nav-members"), 0),
        ];
        if let Some(requests) = self.requests {
            entries.push(self.entry(StudyTab::Requests, "/requests", "inbox", Key("nav-requests"), requests));
        }
        if self.may_manage {
            entries.push(self.entry(StudyTab::Settings, "/settings", "settings", Key("nav-settings"), 0));
        }
        entries
    }

    /// The links of the bottom bar: there the requests are counted at the members, whose tabs lead to them.
    pub fn bottom(&self) -> Vec<Entry> {
        let mut entries = self.side();
        entries.retain(|entry| entry.glyph != "inbox");
        for entry in entries.iter_mut().filter(|entry| entry.glyph == "people") {
            entry.count = self.requests.unwrap_or_default();
            entry.words = Key("requests-count");
            entry.current |= self.tab == StudyTab::Requests;
        }
        entries
    }

    fn entry(&self, tab: StudyTab, path: &str, glyph: &'static str, label: Key, count: u64) -> Entry {
        Entry {
            path: format!("/my-studies/{}{path}", self.id),
            glyph,
            label,
            short: if tab == StudyTab::Home { Key("nav-home-short") } else { label },
            count,
            words: if tab == StudyTab::Chat { Key("unread-count") } else { Key("requests-count") },
            current: tab == self.tab,
        }
    }
}
