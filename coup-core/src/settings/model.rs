//! Settings as they are in force, and as they are stored.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::key::SettingKey;
use crate::{
    env::Timestamp,
    id::UserId,
    identity::model::Provider,
    limit::model::RateLimits,
    moderation::classification::Classification,
    sanction::ladder::Ladder,
    study::model::{DEFAULT_CAPACITY, MAX_CAPACITY},
    text::{Announcement, SiteName},
};

/// Settings of a deployment. The host gives those to begin with; what administrators change takes the place of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What the site is called; absent: CoUp.
    pub site_name: Option<SiteName>,
    /// Whose days it is, where nothing says more exactly: dates outside studies, new studies.
    pub time_zone: Tz,
    /// Maintenance (점검 모드): only administrators get in.
    pub maintenance: bool,
    /// What members are told meanwhile.
    pub maintenance_message: Option<Announcement>,
    /// Whether anybody may make an account of CoUp's own.
    pub sign_up: bool,
    /// Whether people sign in with Google, where it is configured.
    pub google_sign_in: bool,
    /// Whether people sign in with GitHub, where it is configured.
    pub github_sign_in: bool,
    /// Whether studies can be founded.
    pub study_creation: bool,
    /// Whether anything can be said in chats. What was said can be read all the same.
    pub chat: bool,
    /// The shortest password, in characters.
    pub password_min_length: usize,
    /// The longest life of a session, in hours.
    pub session_hours: u32,
    /// How long a session lasts while nobody uses it, in minutes.
    pub session_idle_minutes: u32,
    /// How long it counts that somebody showed who they are, in minutes ([`Caller::fresh`](crate::coup::Caller::fresh)).
    pub confirm_minutes: u32,
    /// Whether an address is verified by a letter before it has an account. Absent: where there is a mailer; so it is when a
    /// [`Coup`](crate::coup::Coup) is built, so that those in force say it.
    pub require_email_verification: Option<bool>,
    /// How often somebody may try to sign in, and the like.
    pub rate_limits: RateLimits,
    /// Whether administrators do what administrators do only with a second factor, where they sign in to here.
    pub require_admin_second_factor: bool,
    /// The seats of a study whose founder says nothing of them.
    pub default_capacity: u32,
    /// The most seats that a study may have.
    pub max_capacity: u32,
    /// How long a piece of a job may take, a listener's too, in seconds. What takes longer is broken off and tried again.
    pub work_seconds: u32,
    /// How urgent reports are.
    pub classification: Classification,
    /// What is recommended after what was imposed before.
    pub ladder: Ladder,
    /// After how many days a sanction does not count on the ladder any more; absent: it always does.
    pub strike_lapse_days: Option<u32>,
    /// How many days after it was imposed a sanction can be appealed.
    pub appeal_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            site_name: None,
            time_zone: Tz::Asia__Seoul,
            maintenance: false,
            maintenance_message: None,
            sign_up: true,
            google_sign_in: true,
            github_sign_in: true,
            study_creation: true,
            chat: true,
            password_min_length: 12,
            session_hours: 24 * 14,
            session_idle_minutes: 7 * 24 * 60,
            confirm_minutes: 15,
            require_email_verification: None,
            rate_limits: RateLimits::default(),
            require_admin_second_factor: true,
            default_capacity: DEFAULT_CAPACITY,
            max_capacity: MAX_CAPACITY,
            work_seconds: 45,
            classification: Classification::default(),
            ladder: Ladder::default(),
            strike_lapse_days: None,
            appeal_days: 30,
        }
    }
}

impl Settings {
    /// Whether people sign in with a provider, where it is configured.
    pub(crate) const fn signs_in_with(&self, provider: Provider) -> bool {
        match provider {
            Provider::Google => self.google_sign_in,
            Provider::Github => self.github_sign_in,
        }
    }

    /// How long a session lasts while nobody uses it.
    pub(crate) fn session_idle(&self) -> TimeDelta {
        TimeDelta::minutes(self.session_idle_minutes.into())
    }
}

/// A setting that an administrator changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredSetting {
    /// The value, as JSON.
    pub value: Value,
    /// The version of all that it came with.
    pub version: i64,
    /// Who changed it; absent: the host in its own name.
    pub updated_by: Option<UserId>,
    /// When.
    pub updated_at: Timestamp,
}

/// All that administrators changed. One row in a commit: its version is the lock of all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoredSettings {
    /// How often anything was changed.
    pub version: i64,
    /// By the word of their key; also those that this program does not know.
    pub values: BTreeMap<String, StoredSetting>,
}

/// A setting as administrators see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingView {
    /// Which.
    pub key: SettingKey,
    /// In force.
    pub value: Value,
    /// What the deployment begins with.
    pub default: Value,
    /// What it may be.
    #[serde(flatten)]
    pub kind: super::key::Kind,
    /// Who changed it last; absent where it was never changed, and where the host did.
    pub updated_by: Option<UserId>,
    /// When; absent where it was never changed.
    pub updated_at: Option<Timestamp>,
}

/// All settings as administrators see them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettingsView {
    /// How often anything was changed; a change can be held to it.
    pub version: i64,
    /// In the order in which they are shown.
    pub items: Vec<SettingView>,
}
