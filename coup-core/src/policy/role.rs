//! The three tiers of roles, lower ones smaller.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{name::UnknownName, permission::Tier};

macro_rules! roles {
    ($($(#[$doc:meta])* $enum:ident {
        $($(#[$vdoc:meta])* $variant:ident $name:literal $ko:literal,)+
    })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $enum {
            $($(#[$vdoc])* #[serde(rename = $name)] $variant,)+
        }

        impl $enum {
            /// All of them, the lowest first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in the specification's words.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The name in Korean.
            pub const fn label_ko(self) -> &'static str {
                match self { $(Self::$variant => $ko,)+ }
            }
        }

        impl fmt::Display for $enum {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $enum {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(UnknownName::new("role", text, Self::ALL.iter().map(|known| known.name()))),
                }
            }
        }
    )+};
}

roles! {
    /// The role that everybody has; [`Actor::system_role`](super::Actor::system_role) derives it.
    SystemRole {
        /// Everyone.
        User "USER" "사용자",
        /// Whoever has an unexpired administrator role.
        Admin "ADMIN" "관리자",
    }
    /// The role in a study, and just so in a group.
    StudyRole {
        /// On approval.
        Member "MEMBER" "멤버",
        /// Appointed by the owner.
        Admin "ADMIN" "관리자",
        /// Who founded it, or was handed it; exactly one.
        Owner "OWNER" "방장",
    }
    /// The role of an administrator.
    AdminRole {
        /// Reads.
        Viewer "VIEWER" "조회자",
        /// Decides on content and reports.
        Moderator "MODERATOR" "모더레이터",
        /// Decides on users, studies, sanctions.
        Admin "ADMIN" "관리자",
        /// Everything, settings and administrators too.
        SuperAdmin "SUPER_ADMIN" "최고 관리자",
    }
}

/// A role of any tier, written `tier:ROLE` as in the policy file.
///
/// ```
/// use coup_core::policy::{Role, StudyRole};
///
/// assert_eq!("study:OWNER".parse(), Ok(Role::Study(StudyRole::Owner)));
/// assert!(StudyRole::Owner > StudyRole::Admin);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// In the system.
    System(SystemRole),
    /// In a study.
    Study(StudyRole),
    /// In a group.
    Group(StudyRole),
    /// Of an administrator.
    Admin(AdminRole),
}

impl Role {
    /// Every role, by tier and then the lowest first.
    pub const ALL: [Self; 12] = [
        Self::System(SystemRole::User),
        Self::System(SystemRole::Admin),
        Self::Study(StudyRole::Member),
        Self::Study(StudyRole::Admin),
        Self::Study(StudyRole::Owner),
        Self::Group(StudyRole::Member),
        Self::Group(StudyRole::Admin),
        Self::Group(StudyRole::Owner),
        Self::Admin(AdminRole::Viewer),
        Self::Admin(AdminRole::Moderator),
        Self::Admin(AdminRole::Admin),
        Self::Admin(AdminRole::SuperAdmin),
    ];

    /// All roles of a tier, the lowest first.
    pub fn of(tier: Tier) -> impl DoubleEndedIterator<Item = Self> + Clone {
        Self::ALL.into_iter().filter(move |role| role.tier() == tier)
    }

    /// The tier it belongs to.
    pub const fn tier(self) -> Tier {
        match self {
            Self::System(_) => Tier::System,
            Self::Study(_) => Tier::Study,
            Self::Group(_) => Tier::Group,
            Self::Admin(_) => Tier::Admin,
        }
    }

    /// The name within its tier, such as `OWNER`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System(role) => role.name(),
            Self::Study(role) | Self::Group(role) => role.name(),
            Self::Admin(role) => role.name(),
        }
    }

    /// The name in Korean.
    pub const fn label_ko(self) -> &'static str {
        match self {
            Self::System(role) => role.label_ko(),
            Self::Group(StudyRole::Owner) => "대표",
            Self::Study(role) | Self::Group(role) => role.label_ko(),
            Self::Admin(role) => role.label_ko(),
        }
    }

    /// Its place in [`Role::ALL`] and its bit in the compiled table.
    pub(super) const fn index(self) -> usize {
        match self {
            Self::System(role) => role as usize,
            Self::Study(role) => 2 + role as usize,
            Self::Group(role) => 5 + role as usize,
            Self::Admin(role) => 8 + role as usize,
        }
    }

    pub(super) const fn bit(self) -> u16 {
        1 << self.index()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.tier(), self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = text.split_once(':').and_then(|(tier, name)| match tier {
            "system" => name.parse().ok().map(Self::System),
            "study" => name.parse().ok().map(Self::Study),
            "group" => name.parse().ok().map(Self::Group),
            "admin" => name.parse().ok().map(Self::Admin),
            _ => None,
        });
        found.ok_or_else(|| {
            let known: Vec<String> = Self::ALL.iter().map(Self::to_string).collect();
            UnknownName::new("role", text, known.iter().map(String::as_str))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_one_place_and_one_spelling() {
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role.index(), place);
            assert_eq!(role.to_string().parse(), Ok(role));
        }
        assert_eq!("study:owner".parse::<Role>().unwrap_err().nearest(), Some("study:OWNER"));
        assert!("OWNER".parse::<Role>().is_err());
    }

    #[test]
    fn a_role_is_written_as_the_specification_words_it() {
        assert_eq!(serde_json::to_string(&AdminRole::SuperAdmin).unwrap(), "\"SUPER_ADMIN\"");
        assert_eq!(serde_json::from_str::<StudyRole>("\"OWNER\"").unwrap(), StudyRole::Owner);
        assert!(serde_json::from_str::<StudyRole>("\"owner\"").is_err());
    }
}
