//! What takes permissions away from a person for a while.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::name::UnknownName;
use crate::env::Timestamp;

/// What takes permissions away: six sanctions, and two that stand in the policy as sanctions do but are none.
///
/// A `WARNING` takes nothing, so it is not here; [`SanctionType`] has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Restraint {
    /// No writing or speaking in chats and calls.
    ChatBan,
    /// No uploads.
    FileUploadBan,
    /// No founding of studies and groups.
    StudyCreateBan,
    /// Reading, and one's own affairs only.
    Restriction,
    /// Nothing but one's sanctions, appeal and data export, for a while.
    Suspension,
    /// The same for ever.
    PermanentBan,
    /// No posting in one study, imposed by its owner or an administrator of it.
    PostingPause,
    /// An account under 14 without a guardian's recorded consent.
    ConsentMissing,
}

impl Restraint {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ChatBan,
        Self::FileUploadBan,
        Self::StudyCreateBan,
        Self::Restriction,
        Self::Suspension,
        Self::PermanentBan,
        Self::PostingPause,
        Self::ConsentMissing,
    ];

    /// The name in the specification's words, such as `CHAT_BAN`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChatBan => "CHAT_BAN",
            Self::FileUploadBan => "FILE_UPLOAD_BAN",
            Self::StudyCreateBan => "STUDY_CREATE_BAN",
            Self::Restriction => "RESTRICTION",
            Self::Suspension => "SUSPENSION",
            Self::PermanentBan => "PERMANENT_BAN",
            Self::PostingPause => "POSTING_PAUSE",
            Self::ConsentMissing => "CONSENT_MISSING",
        }
    }

    /// The name in Korean.
    pub const fn label_ko(self) -> &'static str {
        match self {
            Self::ChatBan => "채팅 금지",
            Self::FileUploadBan => "파일 업로드 금지",
            Self::StudyCreateBan => "스터디 생성 금지",
            Self::Restriction => "활동 제한",
            Self::Suspension => "정지",
            Self::PermanentBan => "영구 정지",
            Self::PostingPause => "작성 일시 중지",
            Self::ConsentMissing => "보호자 동의 없음",
        }
    }

    /// Its bit in a set and in the compiled table.
    pub(super) const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Restraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Restraint {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|known| known.name() == text);
        found.ok_or_else(|| UnknownName::new("sanction", text, Self::ALL.map(Self::name)))
    }
}

/// The restraints that hold for a person at the instant of a decision, each with its end.
///
/// Whoever builds it puts in only what is active then: a sanction stops working the instant it expires. No allocation.
///
/// ```
/// use coup_core::policy::{Restraint, Restraints};
///
/// let mut restraints = Restraints::none();
/// restraints.insert(Restraint::ChatBan, None);
/// assert!(restraints.contains(Restraint::ChatBan));
/// assert_eq!(restraints.until(Restraint::ChatBan), None); // for ever
/// assert_eq!(restraints.iter().count(), 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Restraints {
    active: u8,
    until: [Option<Timestamp>; Restraint::ALL.len()],
}

impl Restraints {
    /// Nothing holds.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds one that holds until the given instant, or for ever. Of several of a kind the latest end counts.
    pub fn insert(&mut self, restraint: Restraint, until: Option<Timestamp>) {
        let already = self.contains(restraint);
        self.active |= restraint.bit();
        if let Some(end) = self.until.get_mut(restraint as usize) {
            *end = if already { end.zip(until).map(|(old, new)| old.max(new)) } else { until };
        }
    }

    /// Whether one of this kind holds.
    pub fn contains(&self, restraint: Restraint) -> bool {
        self.active & restraint.bit() != 0
    }

    /// When it ends; `None` if it holds for ever, and if it does not hold at all.
    pub fn until(&self, restraint: Restraint) -> Option<Timestamp> {
        self.until.get(restraint as usize).copied().flatten()
    }

    /// Those that hold, with their ends (`None`: for ever).
    pub fn iter(&self) -> impl Iterator<Item = (Restraint, Option<Timestamp>)> + '_ {
        let held = Restraint::ALL.into_iter().filter(|restraint| self.contains(*restraint));
        held.map(|restraint| (restraint, self.until(restraint)))
    }

    /// Whether nothing holds.
    pub fn is_empty(&self) -> bool {
        self.active == 0
    }

    pub(super) fn bits(&self) -> u8 {
        self.active
    }
}

impl FromIterator<(Restraint, Option<Timestamp>)> for Restraints {
    fn from_iter<I: IntoIterator<Item = (Restraint, Option<Timestamp>)>>(items: I) -> Self {
        let mut all = Self::none();
        for (restraint, until) in items {
            all.insert(restraint, until);
        }
        all
    }
}

/// The sanctions that an administrator can impose (specification, moderation § Sanctions).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SanctionType {
    /// Words only; counts on the strike ladder.
    Warning,
    /// [`Restraint::ChatBan`].
    ChatBan,
    /// [`Restraint::FileUploadBan`].
    FileUploadBan,
    /// [`Restraint::StudyCreateBan`].
    StudyCreateBan,
    /// [`Restraint::Restriction`].
    Restriction,
    /// [`Restraint::Suspension`].
    Suspension,
    /// [`Restraint::PermanentBan`].
    PermanentBan,
}

impl SanctionType {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Warning,
        Self::ChatBan,
        Self::FileUploadBan,
        Self::StudyCreateBan,
        Self::Restriction,
        Self::Suspension,
        Self::PermanentBan,
    ];

    /// What it takes away while it is active; a warning nothing.
    pub const fn restraint(self) -> Option<Restraint> {
        match self {
            Self::Warning => None,
            Self::ChatBan => Some(Restraint::ChatBan),
            Self::FileUploadBan => Some(Restraint::FileUploadBan),
            Self::StudyCreateBan => Some(Restraint::StudyCreateBan),
            Self::Restriction => Some(Restraint::Restriction),
            Self::Suspension => Some(Restraint::Suspension),
            Self::PermanentBan => Some(Restraint::PermanentBan),
        }
    }

    /// The name in the specification's words, such as `WARNING`.
    pub const fn name(self) -> &'static str {
        match self.restraint() {
            Some(restraint) => restraint.name(),
            None => "WARNING",
        }
    }
}

impl fmt::Display for SanctionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for SanctionType {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|known| known.name() == text);
        found.ok_or_else(|| UnknownName::new("sanction", text, Self::ALL.map(Self::name)))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn at(second: i64) -> Option<Timestamp> {
        DateTime::from_timestamp(second, 0)
    }

    #[test]
    fn of_several_of_a_kind_the_latest_end_counts() {
        for (first, second, end) in
            [(at(1), at(2), at(2)), (at(2), at(1), at(2)), (at(1), None, None), (None, at(1), None)]
        {
            let both: Restraints = [(Restraint::ChatBan, first), (Restraint::ChatBan, second)].into_iter().collect();
            assert_eq!(both.iter().collect::<Vec<_>>(), [(Restraint::ChatBan, end)]);
        }
    }

    #[test]
    fn each_is_written_as_the_specification_words_it() {
        for restraint in Restraint::ALL {
            assert_eq!(serde_json::to_value(restraint).unwrap(), restraint.name());
            assert_eq!(restraint.name().parse(), Ok(restraint));
        }
        for sanction in SanctionType::ALL {
            assert_eq!(serde_json::to_value(sanction).unwrap(), sanction.name());
            assert_eq!(sanction.name().parse(), Ok(sanction));
        }
        assert_eq!("CHAT_BANN".parse::<Restraint>().unwrap_err().nearest(), Some("CHAT_BAN"));
    }

    #[test]
    fn the_set_needs_no_place_on_the_heap() {
        assert!(std::mem::size_of::<Restraints>() <= 136, "{}", std::mem::size_of::<Restraints>());
    }
}
