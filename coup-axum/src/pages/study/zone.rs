//! The time zones that the pages offer; the API takes any of the time zone database.

use crate::pages::form::Choice;

const ZONES: [&str; 12] = [
    "Asia/Seoul",
    "Asia/Tokyo",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Kolkata",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "UTC",
];

/// The choices of `timeZone`, with the one that is set among them.
pub fn zones(current: &str) -> Vec<Choice> {
    let unlisted = (!current.is_empty() && !ZONES.contains(&current)).then_some(current);
    ZONES.into_iter().chain(unlisted).map(|zone| Choice::new(zone, zone.replace('_', " "))).collect()
}
