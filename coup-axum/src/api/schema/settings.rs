//! Settings.

use chrono::{DateTime, Utc};
use serde_json::Value;
use utoipa::ToSchema;

/// All settings, in the order in which they are shown.
#[derive(ToSchema)]
pub(crate) struct Settings {
    /// How often anything was changed. A change that carries it is refused (409) when somebody else was faster.
    version: i64,
    items: Vec<Setting>,
}

/// A setting.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Setting {
    /// Which, such as `signUp`.
    key: String,
    /// In force.
    #[schema(required)]
    value: Value,
    /// What the deployment begins with.
    #[schema(required)]
    default: Value,
    r#type: SettingKind,
    /// Of a number: the least.
    #[schema(nullable = false)]
    least: Option<u32>,
    /// Of a number the greatest, of a text the longest in characters.
    #[schema(nullable = false)]
    most: Option<u32>,
    /// Of a number: whether `null`, which says that there is none, is one, too.
    #[schema(nullable = false)]
    optional: Option<bool>,
    /// Of a text: whether it may have several lines.
    #[schema(nullable = false)]
    lines: Option<bool>,
    /// Who changed it last.
    #[schema(required)]
    updated_by: Option<String>,
    #[schema(required)]
    updated_at: Option<DateTime<Utc>>,
}

/// What a setting may be.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "the document is made of it")]
pub(crate) enum SettingKind {
    Toggle,
    Number,
    Text,
    TimeZone,
    Rules,
}

/// What is to be changed; absent: stays. What each may be says `GET /admin/settings`.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct SettingsChange {
    /// The version that was read; absent: whatever it is by now.
    #[schema(nullable = false)]
    version: Option<i64>,
    /// What the site is called; `null`: as the deployment says.
    site_name: Option<String>,
    /// IANA name: whose days it is where nothing says more exactly.
    #[schema(nullable = false)]
    time_zone: Option<String>,
    /// Only administrators get in.
    #[schema(nullable = false)]
    maintenance_mode: Option<bool>,
    /// What members are told meanwhile.
    maintenance_message: Option<String>,
    /// Whether accounts can be made.
    #[schema(nullable = false)]
    sign_up: Option<bool>,
    /// Whether studies can be founded.
    #[schema(nullable = false)]
    study_creation: Option<bool>,
    /// Whether anything can be said in chats.
    #[schema(nullable = false)]
    chat: Option<bool>,
    /// The shortest password, in characters.
    #[schema(nullable = false)]
    password_min_length: Option<u32>,
    /// The longest life of a session.
    #[schema(rename = "session.absoluteHours", nullable = false)]
    session_hours: Option<u32>,
    /// `{minutes, address, account, device, requests}`: how often somebody may try to sign in, and the like.
    #[schema(nullable = false)]
    rate_limits: Option<Value>,
    /// The seats of a study whose founder says nothing of them.
    #[schema(rename = "study.defaultCapacity", nullable = false)]
    default_capacity: Option<u32>,
    /// The most seats.
    #[schema(rename = "study.maxCapacity", nullable = false)]
    max_capacity: Option<u32>,
    /// How long a sanction can be appealed.
    #[schema(nullable = false)]
    appeal_days: Option<u32>,
    /// After how long a sanction does not count on the ladder any more; `null`: it always does.
    strike_lapse_days: Option<u32>,
    /// `[{warnings?, suspensions?, measure}]` from the mildest to the hardest; the first needs no strikes.
    #[schema(nullable = false)]
    ladder: Option<Value>,
    /// `{priorities, windowHours, raisedFrom, urgentFrom}`.
    #[schema(nullable = false)]
    classification: Option<Value>,
}
