//! Settings.

use askama::Template;
use askama_web::WebTemplate;
use coup_core::settings::{
    key::{Group, Kind, SettingKey},
    model::{SettingView, SettingsView},
};

use crate::pages::{form::Form, frame::Frame, text::Key};

/// `GET /admin/settings`; its form posts every setting by its key, and `version`, to `/admin/settings`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/settings.html")]
pub struct SettingsPage {
    /// What is around it.
    pub frame: Frame,
    /// What was typed, or what is in force.
    pub form: Form,
    /// What each may be, and who changed it.
    pub settings: SettingsView,
}

impl SettingsPage {
    /// The settings of each group.
    fn groups(&self) -> Vec<(Key, Vec<&SettingView>)> {
        let of = |group: Group| self.settings.items.iter().filter(move |item| item.key.group() == group).collect();
        Group::ALL.into_iter().map(|group| (title(group), of(group))).collect()
    }

    /// What is said beneath a setting's name: what it does, and what it may be.
    fn hint(&self, item: &SettingView) -> String {
        let hint = self.frame.t(hint(item.key));
        match item.kind {
            Kind::Number { least, most, .. } => format!("{hint} ({least}–{most})"),
            _ => hint,
        }
    }

    fn label(&self, item: &SettingView) -> String {
        self.frame.t(label(item.key))
    }

    /// Who changed it last, and when.
    fn changed(&self, item: &SettingView) -> Option<String> {
        let at = self.frame.date_time(item.updated_at?);
        Some(self.frame.ts(Key("setting-changed"), at))
    }
}

fn title(group: Group) -> Key {
    match group {
        Group::Site => Key("settings-site"),
        Group::Maintenance => Key("settings-maintenance"),
        Group::Toggles => Key("settings-toggles"),
        Group::Identity => Key("settings-identity"),
        Group::Studies => Key("settings-studies"),
        Group::Moderation => Key("settings-moderation"),
    }
}

fn label(key: SettingKey) -> Key {
    match key {
        SettingKey::SiteName => Key("setting-site-name"),
        SettingKey::TimeZone => Key("setting-time-zone"),
        SettingKey::MaintenanceMode => Key("setting-maintenance-mode"),
        SettingKey::MaintenanceMessage => Key("setting-maintenance-message"),
        SettingKey::SignUp => Key("setting-sign-up"),
        SettingKey::GoogleSignIn => Key("setting-google"),
        SettingKey::GithubSignIn => Key("setting-github"),
        SettingKey::StudyCreation => Key("setting-study-creation"),
        SettingKey::Chat => Key("setting-chat"),
        SettingKey::PasswordMinLength => Key("setting-password-min-length"),
        SettingKey::SessionHours => Key("setting-session-hours"),
        SettingKey::SessionIdleMinutes => Key("setting-session-idle"),
        SettingKey::RequireEmailVerification => Key("setting-verify-email"),
        SettingKey::RateLimits => Key("setting-rate-limits"),
        SettingKey::RequireAdminSecondFactor => Key("setting-admin-second-factor"),
        SettingKey::DefaultCapacity => Key("setting-default-capacity"),
        SettingKey::MaxCapacity => Key("setting-max-capacity"),
        SettingKey::AppealDays => Key("setting-appeal-days"),
        SettingKey::StrikeLapseDays => Key("setting-strike-lapse-days"),
        SettingKey::Ladder => Key("setting-ladder"),
        SettingKey::Classification => Key("setting-classification"),
    }
}

fn hint(key: SettingKey) -> Key {
    match key {
        SettingKey::SiteName => Key("setting-site-name-hint"),
        SettingKey::TimeZone => Key("setting-time-zone-hint"),
        SettingKey::MaintenanceMode => Key("setting-maintenance-mode-hint"),
        SettingKey::MaintenanceMessage => Key("setting-maintenance-message-hint"),
        SettingKey::SignUp => Key("setting-sign-up-hint"),
        SettingKey::GoogleSignIn => Key("setting-google-hint"),
        SettingKey::GithubSignIn => Key("setting-github-hint"),
        SettingKey::StudyCreation => Key("setting-study-creation-hint"),
        SettingKey::Chat => Key("setting-chat-hint"),
        SettingKey::PasswordMinLength => Key("setting-password-min-length-hint"),
        SettingKey::SessionHours => Key("setting-session-hours-hint"),
        SettingKey::SessionIdleMinutes => Key("setting-session-idle-hint"),
        SettingKey::RequireEmailVerification => Key("setting-verify-email-hint"),
        SettingKey::RateLimits => Key("setting-rate-limits-hint"),
        SettingKey::RequireAdminSecondFactor => Key("setting-admin-second-factor-hint"),
        SettingKey::DefaultCapacity => Key("setting-default-capacity-hint"),
        SettingKey::MaxCapacity => Key("setting-max-capacity-hint"),
        SettingKey::AppealDays => Key("setting-appeal-days-hint"),
        SettingKey::StrikeLapseDays => Key("setting-strike-lapse-days-hint"),
        SettingKey::Ladder => Key("setting-ladder-hint"),
        SettingKey::Classification => Key("setting-classification-hint"),
    }
}
