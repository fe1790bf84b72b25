//! The two languages that reports are worded in.

/// A language of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Korean.
    #[default]
    Ko,
    /// English.
    En,
}
