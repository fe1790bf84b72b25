//! The side bar of the administration, and the bottom bar that takes its place on a phone.

use crate::pages::{study::nav::Entry, text::Key};

/// The part of the administration that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminTab {
    /// The queue of reports, and a report.
    Reports,
    /// Reported messages.
    Messages,
    /// Appeals.
    Appeals,
    /// Whose rights come from where.
    Permissions,
    /// Settings.
    Settings,
    /// The audit log.
    Logs,
    /// Somebody's page: no link leads there from everywhere.
    People,
}

/// The links of the administration, as far as the reader's role leads there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminNav {
    /// The part that is shown.
    pub tab: AdminTab,
    /// Whether the reader may read what was reported.
    pub may_read_content: bool,
    /// Whether the reader may decide appeals.
    pub may_decide_appeals: bool,
    /// Whether the reader may ask what others may do.
    pub may_explain: bool,
    /// Whether the reader may read settings.
    pub may_read_settings: bool,
    /// Whether the reader may read the audit log.
    pub may_read_logs: bool,
}

impl AdminNav {
    /// The links of the side bar.
    pub fn side(&self) -> Vec<Entry> {
        let entry = |tab, path: &str, glyph, label: Key, short: Key| Entry {
            path: path.to_owned(),
            glyph,
            label,
            short,
            count: 0,
            words: Key("requests-count"),
            current: tab == self.tab,
        };
        let mut entries =
            vec![entry(AdminTab::Reports, "/admin/reports", "inbox", Key("nav-reports"), Key("nav-reports"))];
        if self.may_read_content {
            let (long, short) = (Key("nav-moderated"), Key("nav-moderated-short"));
            entries.push(entry(AdminTab::Messages, "/admin/moderation/messages", "chat", long, short));
        }
        if self.may_decide_appeals {
            let (long, short) = (Key("nav-appeals"), Key("nav-appeals-short"));
            entries.push(entry(AdminTab::Appeals, "/admin/appeals", "reply", long, short));
        }
        if self.may_explain {
            let (long, short) = (Key("nav-explain"), Key("nav-explain-short"));
            entries.push(entry(AdminTab::Permissions, "/admin/permissions/explain", "lock", long, short));
        }
        if self.may_read_settings {
            let words = Key("nav-site-settings");
            entries.push(entry(AdminTab::Settings, "/admin/settings", "settings", words, words));
        }
        if self.may_read_logs {
            let (long, short) = (Key("nav-logs"), Key("nav-logs-short"));
            entries.push(entry(AdminTab::Logs, "/admin/settings/logs", "clock", long, short));
        }
        entries
    }
}
