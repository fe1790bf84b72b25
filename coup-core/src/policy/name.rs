//! Names that nobody knows, and the known one they may have meant.

use std::fmt;

/// A text that names nothing, with the nearest known name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    kind: &'static str,
    found: Box<str>,
    nearest: Option<Box<str>>,
}

impl UnknownName {
    pub(super) fn new<'a>(kind: &'static str, found: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let nearest = nearest(found, known).map(Into::into);
        Self { kind, found: found.chars().take(LONGEST).collect(), nearest }
    }

    /// The text, cut at 64 characters.
    pub fn found(&self) -> &str {
        &self.found
    }

    /// The known name that is nearest, when one is near enough to be meant.
    pub fn nearest(&self) -> Option<&str> {
        self.nearest.as_deref()
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown {} {:?}", self.kind, self.found)?;
        match &self.nearest {
            Some(nearest) => write!(f, ": did you mean {nearest}?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownName {}

/// Longer texts are cut in messages and compared with nothing.
const LONGEST: usize = 64;

/// The known name that needs the fewest edits, if these are at most a third of its letters.
fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if found.chars().nth(LONGEST).is_some() {
        return None;
    }
    let scored = known.into_iter().map(|name| (edits(found, name), name));
    let (distance, name) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance <= (name.len() / 3).max(1)).then_some(name)
}

/// How many letters must be put in, taken out or replaced to turn one text into the other; case costs nothing.
fn edits(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().map(|c| c.to_ascii_lowercase()).collect();
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (above, wanted) in to.chars().map(|c| c.to_ascii_lowercase()).enumerate() {
        let mut diagonal = above;
        let mut left = above + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, have) in row.iter_mut().skip(1).zip(&from) {
            let up = *cell;
            left = (diagonal + usize::from(*have != wanted)).min(up + 1).min(left + 1);
            diagonal = up;
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        let known = ["study:message.send", "study:message.read", "restricted"];
        assert_eq!(nearest("study:mesage.send", known), Some("study:message.send"));
        assert_eq!(nearest("Restricted", known), Some("restricted"));
        assert_eq!(nearest("restrictd", known), Some("restricted"));
        assert_eq!(nearest("something else", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"x".repeat(100_000), known), None);
    }

    #[test]
    fn edits_are_counted() {
        for (from, to, count) in [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abd", 1), ("abc", "xabc", 1)] {
            assert_eq!(edits(from, to), count, "{from} {to}");
        }
    }
}
