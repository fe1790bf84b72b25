//! Dates and times in words, in the language of the reader and the time zone of the page.

use chrono::{DateTime, Datelike as _, SecondsFormat, TimeDelta, Timelike as _, Utc};
use chrono_tz::Tz;
use fluent_templates::fluent_bundle::FluentValue;

use super::text::{Key, Locale, message};

/// An instant with what it takes to say it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) locale: Locale,
    pub(super) zone: Tz,
    pub(super) at: DateTime<Utc>,
}

impl Moment {
    /// `2026년 11월 20일`, `Nov 20, 2026`.
    pub(super) fn date(self) -> String {
        self.day_of_calendar("date")
    }

    /// The date with its weekday.
    pub(super) fn day(self) -> String {
        self.day_of_calendar("date-with-weekday")
    }

    /// `오후 3:05`, `3:05 PM`; what belongs together is not parted at the end of a line.
    pub(super) fn time(self) -> String {
        let local = self.at.with_timezone(&self.zone);
        let (afternoon, hour) = local.hour12();
        let half = if afternoon { "pm" } else { "am" };
        let arguments = [
            ("half", FluentValue::from(half)),
            ("hour", FluentValue::from(hour)),
            ("minute", FluentValue::from(format!("{:02}", local.minute()))),
        ];
        message(self.locale, "time", &arguments)
    }

    /// The date and the time.
    pub(super) fn date_time(self) -> String {
        let arguments = [("date", FluentValue::from(self.date())), ("time", FluentValue::from(self.time()))];
        message(self.locale, "date-and-time", &arguments)
    }

    /// How long ago, for what happened within a week; the date for what is older.
    pub(super) fn ago(self, now: DateTime<Utc>) -> String {
        let passed = now.signed_duration_since(self.at);
        let (key, count) = if passed < TimeDelta::minutes(1) {
            return message(self.locale, "ago-now", &[]);
        } else if passed < TimeDelta::hours(1) {
            (Key("ago-minutes"), passed.num_minutes())
        } else if passed < TimeDelta::days(1) {
            (Key("ago-hours"), passed.num_hours())
        } else if passed < TimeDelta::days(7) {
            (Key("ago-days"), passed.num_days())
        } else {
            return self.date();
        };
        message(self.locale, key, &[("count", FluentValue::from(count))])
    }

    /// How long it is until then.
    pub(super) fn left(self, now: DateTime<Utc>) -> String {
        let left = self.at.signed_duration_since(now);
        let (key, count) = if left < TimeDelta::minutes(1) {
            return message(self.locale, "left-now", &[]);
        } else if left < TimeDelta::hours(1) {
            (Key("left-minutes"), left.num_minutes())
        } else if left < TimeDelta::days(1) {
            (Key("left-hours"), left.num_hours())
        } else {
            (Key("left-days"), left.num_days())
        };
        message(self.locale, key, &[("count", FluentValue::from(count))])
    }

    /// The instant for machines, as `<time datetime>` wants it.
    pub(super) fn machine(self) -> String {
        self.at.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// The day in the zone for machines, `2026-11-20`.
    pub(super) fn day_code(self) -> String {
        self.at.with_timezone(&self.zone).format("%Y-%m-%d").to_string()
    }

    fn day_of_calendar(self, key: &'static str) -> String {
        let local = self.at.with_timezone(&self.zone);
        let arguments = [
            ("year", FluentValue::from(local.year().to_string())),
            ("month", FluentValue::from(local.month())),
            ("day", FluentValue::from(local.day())),
            ("weekday", FluentValue::from(local.weekday().number_from_monday())),
        ];
        message(self.locale, key, &arguments)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn moment(locale: Locale) -> Moment {
        let at = Utc.with_ymd_and_hms(2026, 11, 20, 15, 5, 0).single().unwrap();
        Moment { locale, zone: chrono_tz::Asia::Seoul, at }
    }

    #[test]
    fn a_date_is_said_in_the_zone_and_the_language() {
        assert_eq!(moment(Locale::Ko).day(), "2026년 11월 21일 토요일");
        assert_eq!(moment(Locale::En).day(), "Saturday, November\u{a0}21, 2026");
        assert_eq!(moment(Locale::Ko).date_time(), "2026년 11월 21일 오전\u{a0}12:05");
        assert_eq!(moment(Locale::En).date_time(), "Nov\u{a0}21, 2026, 12:05\u{a0}AM");
        assert_eq!(moment(Locale::Ko).day_code(), "2026-11-21");
        assert_eq!(moment(Locale::Ko).machine(), "2026-11-20T15:05:00Z");
    }

    #[test]
    fn what_happened_lately_is_said_by_its_distance() {
        let english = moment(Locale::En);
        let after = |seconds: i64| english.ago(english.at + TimeDelta::seconds(seconds));
        assert_eq!(after(20), "just now");
        assert_eq!(after(60), "1 minute ago");
        assert_eq!(after(3 * 3600), "3 hours ago");
        assert_eq!(after(2 * 86_400), "2 days ago");
        assert_eq!(after(8 * 86_400), "Nov\u{a0}21, 2026");
        assert_eq!(after(-30), "just now");
    }

    #[test]
    fn what_is_to_come_is_said_by_how_long_it_is_until_then() {
        let korean = moment(Locale::Ko);
        let before = |seconds: i64| korean.left(korean.at - TimeDelta::seconds(seconds));
        assert_eq!(before(29 * 60 + 59), "29분 남음");
        assert_eq!(before(24 * 3600), "1일 남음");
        assert_eq!(before(24 * 3600 - 1), "23시간 남음");
        assert_eq!(before(59), "곧 끝남");
        assert_eq!(before(-3600), "곧 끝남");
        assert_eq!(moment(Locale::En).left(korean.at - TimeDelta::minutes(1)), "1 minute left");
    }
}
