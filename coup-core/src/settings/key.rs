//! The keys of settings: what each is called, what it may be, and where it stands among the settings in force.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::model::Settings;
use crate::{
    error::Invalid,
    limit::model::RateLimits,
    moderation::classification::Classification,
    sanction::ladder::{Ladder, Rung},
    study::model::MAX_CAPACITY,
    text::{Announcement, SiteName},
};

words! {
    /// A setting that administrators change.
    SettingKey {
        /// What the site is called; empty: CoUp.
        SiteName = "siteName",
        /// Whose days it is.
        TimeZone = "timeZone",
        /// Only administrators get in.
        MaintenanceMode = "maintenanceMode",
        /// What members are told meanwhile.
        MaintenanceMessage = "maintenanceMessage",
        /// Whether accounts can be made.
        SignUp = "signUp",
        /// Whether people sign in with Google.
        GoogleSignIn = "googleSignIn",
        /// Whether people sign in with GitHub.
        GithubSignIn = "githubSignIn",
        /// Whether studies can be founded.
        StudyCreation = "studyCreation",
        /// Whether anything can be said.
        Chat = "chat",
        /// The shortest password.
        PasswordMinLength = "passwordMinLength",
        /// The longest life of a session.
        SessionHours = "session.absoluteHours",
        /// How long a session lasts while nobody uses it, in minutes.
        SessionIdleMinutes = "session.idleMinutes",
        /// Whether an address is verified by a letter before it has an account.
        RequireEmailVerification = "requireEmailVerification",
        /// How often somebody may try to sign in, and the like.
        RateLimits = "rateLimits",
        /// Whether administrators need a second factor.
        RequireAdminSecondFactor = "requireAdminSecondFactor",
        /// The seats of a study whose founder says nothing of them.
        DefaultCapacity = "study.defaultCapacity",
        /// The most seats.
        MaxCapacity = "study.maxCapacity",
        /// How long a sanction can be appealed.
        AppealDays = "appealDays",
        /// After how long a sanction does not count any more.
        StrikeLapseDays = "strikeLapseDays",
        /// What is recommended after what.
        Ladder = "ladder",
        /// How urgent reports are.
        Classification = "classification",
    }
}

/// What a setting is about, as they are shown together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Name and days.
    Site,
    /// Maintenance.
    Maintenance,
    /// What can be used.
    Toggles,
    /// Accounts and sessions.
    Identity,
    /// Studies.
    Studies,
    /// Moderation.
    Moderation,
}

impl Group {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 6] =
        [Self::Site, Self::Maintenance, Self::Toggles, Self::Identity, Self::Studies, Self::Moderation];
}

/// What a setting may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Kind {
    /// `true` or `false`.
    Toggle,
    /// A whole number.
    Number {
        /// The least.
        least: u32,
        /// The greatest.
        most: u32,
        /// Whether `null`, which says that there is none, is one, too.
        optional: bool,
    },
    /// A text; empty, or `null`, is none.
    Text {
        /// The longest, in characters.
        most: u32,
        /// Whether it may have several lines.
        lines: bool,
    },
    /// The IANA name of a time zone.
    TimeZone,
    /// Rules as JSON.
    Rules,
}

/// Rungs of a ladder at most.
const MOST_RUNGS: usize = 20;

impl SettingKey {
    /// What it is about.
    pub const fn group(self) -> Group {
        match self {
            Self::SiteName | Self::TimeZone => Group::Site,
            Self::MaintenanceMode | Self::MaintenanceMessage => Group::Maintenance,
            Self::SignUp | Self::GoogleSignIn | Self::GithubSignIn | Self::StudyCreation | Self::Chat => Group::Toggles,
            Self::PasswordMinLength
            | Self::SessionHours
            | Self::SessionIdleMinutes
            | Self::RequireEmailVerification
            | Self::RequireAdminSecondFactor
            | Self::RateLimits => Group::Identity,
            Self::DefaultCapacity | Self::MaxCapacity => Group::Studies,
            Self::AppealDays | Self::StrikeLapseDays | Self::Ladder | Self::Classification => Group::Moderation,
        }
    }

    /// What it may be.
    pub const fn kind(self) -> Kind {
        const fn number(least: u32, most: u32) -> Kind {
            Kind::Number { least, most, optional: false }
        }
        match self {
            Self::SiteName => Kind::Text { most: 60, lines: false },
            Self::TimeZone => Kind::TimeZone,
            Self::MaintenanceMessage => Kind::Text { most: 500, lines: true },
            Self::MaintenanceMode
            | Self::SignUp
            | Self::GoogleSignIn
            | Self::GithubSignIn
            | Self::StudyCreation
            | Self::Chat
            | Self::RequireEmailVerification
            | Self::RequireAdminSecondFactor => Kind::Toggle,
            // What is shorter is guessed in a day; what is longer is more than anybody remembers.
            Self::PasswordMinLength => number(8, 64),
            Self::SessionHours => number(1, 24 * 365),
            // Shorter, it would end while somebody reads.
            Self::SessionIdleMinutes => number(5, 60 * 24 * 365),
            Self::DefaultCapacity | Self::MaxCapacity => number(2, MAX_CAPACITY),
            Self::AppealDays => number(1, 365),
            Self::StrikeLapseDays => Kind::Number { least: 1, most: 3650, optional: true },
            Self::RateLimits | Self::Ladder | Self::Classification => Kind::Rules,
        }
    }

    /// The value in force, as JSON.
    pub fn value(self, settings: &Settings) -> Value {
        match self {
            Self::SiteName => json!(settings.site_name),
            Self::TimeZone => json!(settings.time_zone.name()),
            Self::MaintenanceMode => json!(settings.maintenance),
            Self::MaintenanceMessage => json!(settings.maintenance_message),
            Self::SignUp => json!(settings.sign_up),
            Self::GoogleSignIn => json!(settings.google_sign_in),
            Self::GithubSignIn => json!(settings.github_sign_in),
            Self::StudyCreation => json!(settings.study_creation),
            Self::Chat => json!(settings.chat),
            Self::PasswordMinLength => json!(settings.password_min_length),
            Self::SessionHours => json!(settings.session_hours),
            Self::SessionIdleMinutes => json!(settings.session_idle_minutes),
            Self::RequireEmailVerification => json!(settings.require_email_verification.unwrap_or_default()),
            Self::RateLimits => json!(settings.rate_limits),
            Self::RequireAdminSecondFactor => json!(settings.require_admin_second_factor),
            Self::DefaultCapacity => json!(settings.default_capacity),
            Self::MaxCapacity => json!(settings.max_capacity),
            Self::AppealDays => json!(settings.appeal_days),
            Self::StrikeLapseDays => json!(settings.strike_lapse_days),
            Self::Ladder => json!(settings.ladder),
            Self::Classification => json!(settings.classification),
        }
    }

    /// Puts a value in its place.
    ///
    /// # Errors
    /// What is wrong with it, at the key's word.
    pub fn put(self, settings: &mut Settings, value: &Value) -> Result<(), Invalid> {
        let field = self.as_str();
        match self {
            Self::SiteName => {
                settings.site_name = text(field, value)?.map(|text| SiteName::parse(field, text)).transpose()?;
            }
            Self::TimeZone => {
                let name = value.as_str().ok_or_else(|| Invalid::field(field, "wrong_type"))?;
                settings.time_zone = name.parse::<Tz>().map_err(|_| Invalid::field(field, "not_a_time_zone"))?;
            }
            Self::MaintenanceMode => settings.maintenance = toggle(field, value)?,
            Self::MaintenanceMessage => {
                settings.maintenance_message =
                    text(field, value)?.map(|text| Announcement::parse(field, text)).transpose()?;
            }
            Self::SignUp => settings.sign_up = toggle(field, value)?,
            Self::GoogleSignIn => settings.google_sign_in = toggle(field, value)?,
            Self::GithubSignIn => settings.github_sign_in = toggle(field, value)?,
            Self::StudyCreation => settings.study_creation = toggle(field, value)?,
            Self::Chat => settings.chat = toggle(field, value)?,
            Self::PasswordMinLength => settings.password_min_length = self.number(value)? as usize,
            Self::SessionHours => settings.session_hours = self.number(value)?,
            Self::SessionIdleMinutes => settings.session_idle_minutes = self.number(value)?,
            Self::RequireEmailVerification => settings.require_email_verification = Some(toggle(field, value)?),
            Self::RateLimits => settings.rate_limits = rate_limits(field, value)?,
            Self::RequireAdminSecondFactor => settings.require_admin_second_factor = toggle(field, value)?,
            Self::DefaultCapacity => settings.default_capacity = self.number(value)?,
            Self::MaxCapacity => settings.max_capacity = self.number(value)?,
            Self::AppealDays => settings.appeal_days = self.number(value)?,
            Self::StrikeLapseDays => {
                settings.strike_lapse_days = if value.is_null() { None } else { Some(self.number(value)?) };
            }
            Self::Ladder => {
                let rungs: Vec<Rung> = rules(field, value)?;
                if rungs.len() > MOST_RUNGS {
                    return Err(Invalid::bound(field, "too_many", 20));
                }
                settings.ladder = Ladder::new(rungs).map_err(|_| Invalid::field(field, "not_a_ladder"))?;
            }
            Self::Classification => settings.classification = classification(field, value)?,
        }
        Ok(())
    }

    fn number(self, value: &Value) -> Result<u32, Invalid> {
        let field = self.as_str();
        let Kind::Number { least, most, .. } = self.kind() else {
            return Err(Invalid::field(field, "wrong_type"));
        };
        let Some(number) = value.as_i64() else {
            // A number that is not whole, or beyond all bounds, is one of the wrong type, too.
            return Err(Invalid::field(field, "wrong_type"));
        };
        match u32::try_from(number) {
            Ok(number) if number > most => Err(Invalid::bound(field, "too_great", most.into())),
            Ok(number) if number >= least => Ok(number),
            Err(_) if number > 0 => Err(Invalid::bound(field, "too_great", most.into())),
            _ => Err(Invalid::bound(field, "too_small", least.into())),
        }
    }
}

fn toggle(field: &str, value: &Value) -> Result<bool, Invalid> {
    value.as_bool().ok_or_else(|| Invalid::field(field, "wrong_type"))
}

/// A text, or none.
fn text<'a>(field: &str, value: &'a Value) -> Result<Option<&'a str>, Invalid> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.as_str()).filter(|text| !text.trim().is_empty())),
        _ => Err(Invalid::field(field, "wrong_type")),
    }
}

fn rules<T: DeserializeOwned>(field: &str, value: &Value) -> Result<T, Invalid> {
    T::deserialize(value).map_err(|_| Invalid::field(field, "not_rules"))
}

fn rate_limits(field: &str, value: &Value) -> Result<RateLimits, Invalid> {
    let limits: RateLimits = rules(field, value)?;
    if limits.is_sound() { Ok(limits) } else { Err(Invalid::field(field, "out_of_range")) }
}

fn classification(field: &str, value: &Value) -> Result<Classification, Invalid> {
    let rules: Classification = rules(field, value)?;
    let bounds = 1..=720;
    if !bounds.contains(&rules.window_hours) {
        return Err(Invalid::field(field, "out_of_range"));
    }
    if rules.raised_from == 0 || rules.raised_from > rules.urgent_from {
        return Err(Invalid::field(field, "not_rising"));
    }
    // What is not said is MEDIUM: it is said, so that what is stored says all.
    let priorities = crate::moderation::model::ReportType::ALL.iter().map(|kind| (*kind, rules.priority(*kind)));
    Ok(Classification { priorities: priorities.collect(), ..rules })
}
