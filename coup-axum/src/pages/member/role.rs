//! The words and looks of a study role.

use crate::pages::text::Key;

/// A role in a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// 방장.
    Owner,
    /// 관리자.
    Admin,
    /// 멤버.
    Member,
}

impl Role {
    /// The words.
    pub fn label(self) -> Key {
        match self {
            Self::Owner => Key("role-owner"),
            Self::Admin => Key("role-admin"),
            Self::Member => Key("role-member"),
        }
    }

    /// The badge's tone.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Owner | Self::Admin => "accent",
            Self::Member => "plain",
        }
    }

    /// The badge's icon; empty for none.
    pub fn glyph(self) -> &'static str {
        match self {
            Self::Owner => "crown",
            Self::Admin => "star",
            Self::Member => "",
        }
    }
}
