//! What is stored of a sanction, and the measures that there are (specification, moderation § Sanctions).

use std::fmt;

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    env::Timestamp,
    error::Invalid,
    id::{ReportId, SanctionId, UserId},
    policy::SanctionType,
};

/// A sanction. Rows are never deleted: lifting one notes who, why and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanction {
    /// Which.
    pub id: SanctionId,
    /// Of whom.
    pub user_id: UserId,
    /// By whom; absent for the host in its own name.
    pub admin_id: Option<UserId>,
    /// What it takes.
    pub kind: SanctionType,
    /// For how long it was imposed, where its type has a length.
    pub days: Option<Days>,
    /// Why, as the person is told.
    pub reason: String,
    /// The report that it answers, the first of its case.
    pub report_id: Option<ReportId>,
    /// The instant at which it stops working, without any job having run; absent: never, and for a warning.
    pub expires_at: Option<Timestamp>,
    /// False once it was lifted, or its end was noted.
    pub is_active: bool,
    /// Who lifted it.
    pub lifted_by: Option<UserId>,
    /// Why.
    pub lift_reason: Option<String>,
    /// When.
    pub lifted_at: Option<Timestamp>,
    /// Lifted because it was a mistake: it does not count on the ladder.
    pub mistaken: bool,
    /// When it was imposed.
    pub created_at: Timestamp,
    /// Grows with each save.
    pub version: i64,
}

/// As much of an active sanction as a decision needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveSanction {
    /// What it takes.
    pub kind: SanctionType,
    /// May have passed: the decision looks.
    pub expires_at: Option<Timestamp>,
}

/// How long a sanction lasts: 1 to 30 days of 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days(u8);

impl Days {
    /// The longest.
    pub const MOST: Self = Self(30);

    /// A number of days.
    ///
    /// # Errors
    /// A number that is not 1 to 30, as a fault of the field.
    pub fn new(field: &str, days: i64) -> Result<Self, Invalid> {
        match u8::try_from(days) {
            Ok(days @ 1..=30) => Ok(Self(days)),
            _ if days < 1 => Err(Invalid::bound(field, "too_small", 1)),
            _ => Err(Invalid::bound(field, "too_great", 30)),
        }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The same as a span of time.
    pub fn span(self) -> TimeDelta {
        TimeDelta::days(self.0.into())
    }
}

/// A length as the specification writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Length {
    /// `"1d"` to `"30d"`.
    Days(Days),
    /// `"permanent"`.
    Permanent,
}

impl Length {
    /// Reads a length typed into the field named `field`.
    ///
    /// # Errors
    /// What is neither `1d` to `30d` nor `permanent`.
    ///
    /// ```
    /// use coup_core::sanction::model::Length;
    ///
    /// assert_eq!(Length::parse("duration", "7d").unwrap().to_string(), "7d");
    /// assert_eq!(Length::parse("duration", "permanent"), Ok(Length::Permanent));
    /// assert!(["0d", "31d", "07d", "7", "d", ""].iter().all(|text| Length::parse("duration", text).is_err()));
    /// ```
    pub fn parse(field: &str, text: &str) -> Result<Self, Invalid> {
        if text == "permanent" {
            return Ok(Self::Permanent);
        }
        let days = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok());
        let length = days.map(|days| Days::new(field, days)).transpose()?.map(Self::Days);
        // One spelling each: neither `+7d` nor `07d`.
        length.filter(|length| length.to_string() == text).ok_or_else(|| Invalid::field(field, "not_a_duration"))
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(f, "{}d", days.0),
            Self::Permanent => f.write_str("permanent"),
        }
    }
}

impl Serialize for Length {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse("duration", &text).map_err(de::Error::custom)
    }
}

/// What can be imposed: a type with the length that goes with it. A warning has none, a permanent ban has no end, and all
/// others last 1 to 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Measure {
    kind: SanctionType,
    days: Option<Days>,
}

impl Measure {
    /// Words only.
    pub const WARNING: Self = Self { kind: SanctionType::Warning, days: None };
    /// For ever.
    pub const PERMANENT_BAN: Self = Self { kind: SanctionType::PermanentBan, days: None };

    /// A type with its length.
    ///
    /// # Errors
    /// A length that the type does not have, or that it lacks, as a fault of the field `duration`.
    pub fn new(kind: SanctionType, length: Option<Length>) -> Result<Self, Invalid> {
        let days = match (kind, length) {
            (SanctionType::Warning, None) | (SanctionType::PermanentBan, None | Some(Length::Permanent)) => None,
            (SanctionType::Warning | SanctionType::PermanentBan, Some(_)) | (_, Some(Length::Permanent)) => {
                return Err(Invalid::field("duration", "not_with_type"));
            }
            (_, None) => return Err(Invalid::field("duration", "required")),
            (_, Some(Length::Days(days))) => Some(days),
        };
        Ok(Self { kind, days })
    }

    /// Of the type: so many days where it has a length.
    pub(crate) const fn of(kind: SanctionType, days: Days) -> Self {
        let has_length = !matches!(kind, SanctionType::Warning | SanctionType::PermanentBan);
        Self { kind, days: if has_length { Some(days) } else { None } }
    }

    /// A suspension.
    pub const fn suspension(days: Days) -> Self {
        Self { kind: SanctionType::Suspension, days: Some(days) }
    }

    /// Its type.
    pub const fn kind(self) -> SanctionType {
        self.kind
    }

    /// How many days, where it has an end.
    pub const fn days(self) -> Option<Days> {
        self.days
    }

    /// As it is written; a warning has no length.
    pub fn length(self) -> Option<Length> {
        match self.kind {
            SanctionType::Warning => None,
            SanctionType::PermanentBan => Some(Length::Permanent),
            _ => self.days.map(Length::Days),
        }
    }

    /// When it ends if it begins at the instant.
    pub fn ends(self, from: Timestamp) -> Option<Timestamp> {
        self.days.map(|days| from + days.span())
    }

    /// How hard it is, to compare: first the type, then the length.
    pub fn severity(self) -> (u8, u8) {
        let kind = match self.kind {
            SanctionType::Warning => 0,
            SanctionType::FileUploadBan => 1,
            SanctionType::StudyCreateBan => 2,
            SanctionType::ChatBan => 3,
            SanctionType::Restriction => 4,
            SanctionType::Suspension => 5,
            SanctionType::PermanentBan => 6,
        };
        (kind, self.days.map_or(0, Days::get))
    }
}

/// A measure on the wire: `{"type": "SUSPENSION", "duration": "7d"}`.
#[derive(Serialize, Deserialize)]
struct Spelt {
    #[serde(rename = "type")]
    kind: SanctionType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration: Option<Length>,
}

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Spelt { kind: self.kind, duration: self.length() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spelt { kind, duration } = Spelt::deserialize(deserializer)?;
        Self::new(kind, duration).map_err(de::Error::custom)
    }
}

impl Sanction {
    /// Whether it takes rights away at the instant: at its end it does not any more, and a warning never does.
    pub fn works_at(&self, now: Timestamp) -> bool {
        self.is_active && self.kind != SanctionType::Warning && self.expires_at.is_none_or(|end| now < end)
    }

    /// What was imposed, as it is written; a warning has no length.
    pub fn length(&self) -> Option<Length> {
        match self.kind {
            SanctionType::Warning => None,
            SanctionType::PermanentBan => Some(Length::Permanent),
            _ => self.days.map(Length::Days),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_has_its_length() {
        let week = Some(Length::Days(Days::new("duration", 7).unwrap()));
        for kind in SanctionType::ALL {
            let (none, days, ever) = match kind {
                SanctionType::Warning => (true, false, false),
                SanctionType::PermanentBan => (true, false, true),
                _ => (false, true, false),
            };
            assert_eq!(Measure::new(kind, None).is_ok(), none, "{kind}");
            assert_eq!(Measure::new(kind, week).is_ok(), days, "{kind}");
            assert_eq!(Measure::new(kind, Some(Length::Permanent)).is_ok(), ever, "{kind}");
        }
    }

    #[test]
    fn a_measure_is_written_as_the_specification_words_it() {
        let measure = Measure::suspension(Days(7));
        let text = serde_json::to_string(&measure).unwrap();
        assert_eq!(text, r#"{"type":"SUSPENSION","duration":"7d"}"#);
        assert_eq!(serde_json::from_str::<Measure>(&text).unwrap(), measure);
        assert_eq!(serde_json::to_string(&Measure::WARNING).unwrap(), r#"{"type":"WARNING"}"#);
        assert_eq!(
            serde_json::to_string(&Measure::PERMANENT_BAN).unwrap(),
            r#"{"type":"PERMANENT_BAN","duration":"permanent"}"#
        );
        for wrong in [
            r#"{"type":"WARNING","duration":"1d"}"#,
            r#"{"type":"SUSPENSION"}"#,
            r#"{"type":"CHAT_BAN","duration":"31d"}"#,
        ] {
            assert!(serde_json::from_str::<Measure>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_length_is_one_to_thirty_days() {
        for days in 1..=30 {
            let text = format!("{days}d");
            assert_eq!(Length::parse("duration", &text).unwrap().to_string(), text);
        }
        for text in ["0d", "31d", "-1d", "+7d", "07d", "7", "d", "1.5d", "7D", "Permanent", "999999999999999999999d"] {
            let fault = Length::parse("duration", text).unwrap_err();
            assert_eq!(fault.errors()[0].field, "duration", "{text}");
        }
    }
}
