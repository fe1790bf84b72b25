//! Reads the scripts of what was said.
//!
//! `@ 3 21:05` begins a conversation three days ago in Seoul, `@ now-95` one 95 minutes ago. `minjun: …` is a message, and
//! `minjun^2: …` answers the second one before it; lines without a name go on with the message. `edit: …` rewords the message
//! before, `delete` takes it back.

use chrono::{Days, Duration, FixedOffset, NaiveTime};
use coup_core::env::Timestamp;

/// Something that happens in the chat.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Somebody says something; `answers` counts messages from the study's first.
    Says { who: &'static str, text: String, answers: Option<usize> },
    /// The last message is reworded.
    Edits(String),
    /// The last message is taken back.
    Deletes,
}

/// What is wrong with a script.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ScriptError {
    line: usize,
    reason: &'static str,
}

impl std::fmt::Display for ScriptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// Korea has no summer time.
const SEOUL_SECONDS: i32 = 9 * 3600;

/// The lines with their times, which grow and stay before `now`.
pub(super) fn read(
    script: &str,
    people: impl Fn(&str) -> Option<&'static str>,
    now: Timestamp,
) -> Result<Vec<(Timestamp, Line)>, ScriptError> {
    let mut lines: Vec<(Timestamp, Line)> = Vec::new();
    let mut at = None;
    let mut said = 0;
    for (number, text) in (1..).zip(script.lines()) {
        let wrong = |reason| ScriptError { line: number, reason };
        if text.starts_with("# ") {
            continue;
        }
        if let Some(begin) = text.strip_prefix("@ ") {
            let begin = instant(begin, now).ok_or_else(|| wrong("expected @ DAYS HH:MM or @ now-MINUTES"))?;
            // Conversations keep their order, whatever the time of day now.
            at = Some(at.map_or(begin, |last: Timestamp| begin.max(last + Duration::seconds(60))));
            continue;
        }
        let time = at.ok_or_else(|| wrong("expected a line such as @ 3 21:05 first"))?;
        let line = if let Some(reworded) = text.strip_prefix("edit: ") {
            Line::Edits(reworded.to_owned())
        } else if text == "delete" {
            Line::Deletes
        } else if let Some((who, back, words)) = message(text, &people) {
            said += 1;
            let answers = match back {
                Some(back) => {
                    Some((said - 1_usize).checked_sub(back).ok_or_else(|| wrong("answers before the first"))?)
                }
                None => None,
            };
            Line::Says { who, text: words.to_owned(), answers }
        } else if let Some((_, Line::Says { text: words, .. })) = lines.last_mut() {
            words.push('\n');
            words.push_str(text);
            continue;
        } else {
            return Err(wrong("expected a message such as minjun: …"));
        };
        lines.push((time, line));
        at = Some(time + Duration::seconds(pause(number, text)));
    }
    Ok(lines)
}

/// `who: words` or `who^2: words`.
fn message(text: &str, people: impl Fn(&str) -> Option<&'static str>) -> Option<(&'static str, Option<usize>, &str)> {
    let (name, words) = text.split_once(':')?;
    let (name, back) = match name.split_once('^') {
        Some((name, back)) => (name, Some(back.parse().ok()?)),
        None => (name, None),
    };
    Some((people(name)?, back, words.trim_start()))
}

fn instant(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Some(minutes) = text.strip_prefix("now-") {
        return Some(now - Duration::minutes(minutes.parse().ok()?));
    }
    let (days, time) = text.split_once(' ')?;
    let seoul = FixedOffset::east_opt(SEOUL_SECONDS)?;
    let day = now.with_timezone(&seoul).date_naive().checked_sub_days(Days::new(days.parse().ok()?))?;
    let time = NaiveTime::parse_from_str(time, "%H:%M").ok()?;
    Some(day.and_time(time).and_local_timezone(seoul).single()?.to_utc())
}

/// How long it took to write: 15 seconds to two minutes, uneven but the same each time.
fn pause(number: usize, text: &str) -> i64 {
    let spread = text.bytes().fold(number, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 100;
    15 + i64::try_from(spread).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-20T03:00:00Z".parse().unwrap()
    }

    fn known(name: &str) -> Option<&'static str> {
        ["minjun", "liam"].into_iter().find(|known| *known == name)
    }

    #[test]
    fn a_script_becomes_lines_in_time() {
        let script = "# title\n@ 1 21:00\nminjun: one: two\nliam: code\n  if x:\nliam^1: yes\nedit: no\ndelete\n@ now-5\nliam: hi";
        let lines = read(script, known, now()).unwrap();
        let said: Vec<&Line> = lines.iter().map(|(_, line)| line).collect();
        assert_eq!(lines[0].0.to_rfc3339(), "2026-11-19T12:00:00+00:00");
        assert_eq!(*said[0], Line::Says { who: "minjun", text: "one: two".into(), answers: None });
        assert_eq!(*said[1], Line::Says { who: "liam", text: "code\n  if x:".into(), answers: None });
        assert_eq!(*said[2], Line::Says { who: "liam", text: "yes".into(), answers: Some(1) });
        assert_eq!(*said[3], Line::Edits("no".into()));
        assert_eq!(*said[4], Line::Deletes);
        assert_eq!(lines[5].0.to_rfc3339(), "2026-11-20T02:55:00+00:00");
        assert!(lines.is_sorted_by_key(|(at, _)| *at));
    }

    #[test]
    fn a_fault_in_a_script_has_its_line() {
        for (script, line) in [
            ("minjun: too early", 1),
            ("@ soon\n", 1),
            ("@ 1 21:00\nminjun^3: to nobody", 2),
            ("@ 1 21:00\n\nwho: ?", 2),
        ] {
            assert_eq!(read(script, known, now()).unwrap_err().line, line, "{script}");
        }
    }

    #[test]
    fn every_script_is_told_by_people_of_its_study_before_now() {
        use super::super::{people::PEOPLE, studies::STUDIES};
        // Just past midnight in Seoul, when "yesterday evening" is closest.
        let now: Timestamp = "2026-11-19T15:01:00Z".parse().unwrap();
        let mut messages = 0;
        for study in STUDIES {
            let someone = |name: &str| PEOPLE.iter().map(|person| person.key).find(|key| *key == name);
            let lines = read(study.talk, someone, now).unwrap_or_else(|error| panic!("{}: {error}", study.name));
            assert!(lines.is_sorted_by_key(|(at, _)| *at) && lines.last().unwrap().0 < now, "{}", study.name);
            for (_, line) in lines {
                let Line::Says { who, .. } = line else { continue };
                messages += 1;
                assert!(
                    study.owner == who || study.admins.contains(&who) || study.members.contains(&who),
                    "{who} in {}",
                    study.name
                );
            }
        }
        assert!(messages > 280, "{messages}");
    }
}
