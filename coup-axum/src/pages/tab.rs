//! A link to one part of a subject.

/// One tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// The words.
    pub label: String,
    /// The address.
    pub href: String,
    /// How much is behind it.
    pub count: Option<u64>,
    /// Whether the count waits for somebody to act.
    pub loud: bool,
    /// Whether this part is shown.
    pub current: bool,
}
