//! Files.

use serde::{Deserialize, Serialize};

use crate::{
    env::Timestamp,
    id::{FileId, StudyId, UserId},
};

words! {
    /// What a file is for.
    FilePurpose {
        /// A file of a study.
        Study = "STUDY",
        /// An attachment of a notice.
        Notice = "NOTICE",
        /// Evidence of a report.
        Evidence = "EVIDENCE",
        /// Somebody's picture.
        Avatar = "AVATAR",
        /// A group's picture.
        GroupImage = "GROUP_IMAGE",
    }
}

words! {
    /// How far a file is.
    FileState {
        /// There is room for it; its content may not be there yet.
        Reserved = "RESERVED",
        /// It can be read.
        Ready = "READY",
        /// It is kept and not given out.
        Quarantined = "QUARANTINED",
    }
}

/// Where content is kept: a name without meaning, of small letters, digits and one `/`. It is never made from what people send.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlobKey(String);

impl BlobKey {
    /// That of a file. The folder before it is one of 256, so that none grows too large.
    pub fn of(id: FileId) -> Self {
        let name = id.as_uuid().simple().to_string();
        let folder = name.get(30..).unwrap_or_default();
        Self(format!("{folder}/{name}"))
    }

    /// As storage has it.
    pub fn from_stored(key: String) -> Self {
        Self(key)
    }

    /// As storage writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A file (specification, model § File).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// Which.
    pub id: FileId,
    /// In which study, if in one.
    pub study_id: Option<StudyId>,
    /// What for.
    pub purpose: FilePurpose,
    /// Who uploaded it.
    pub uploader_id: UserId,
    /// As people call it.
    pub name: String,
    /// As it was found to be, such as `image/jpeg`; never as it was said to be.
    pub content_type: String,
    /// In bytes.
    pub size: i64,
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
    /// Where the content is.
    pub blob: BlobKey,
    /// How far it is.
    pub state: FileState,
    /// Until when the content is waited for, while it is reserved.
    pub reserved_until: Option<Timestamp>,
    /// When it was reserved.
    pub created_at: Timestamp,
    /// When it was deleted; content and row go soon after.
    pub deleted_at: Option<Timestamp>,
    /// Grows with each save.
    pub version: i64,
}

impl File {
    /// Whether it can be read.
    pub fn is_there(&self) -> bool {
        self.state == FileState::Ready && self.deleted_at.is_none()
    }
}
