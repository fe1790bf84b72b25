//! Why storage did not do it: what has changed, what is unique, what is limited, and failures.

/// Why storage did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something that the decision read has changed since. Decide again on fresh state.
    #[error("changed meanwhile")]
    Conflict,
    /// A row of this key exists.
    #[error("exists already: {0:?}")]
    AlreadyExists(Unique),
    /// A limit is reached. Trying again does not help.
    #[error("limit reached: {0:?}")]
    Exhausted(Limit),
    /// Too much at once; may be tried again.
    #[error("storage is busy")]
    Busy,
    /// Storage cannot be reached, or cannot write (a full disk).
    #[error("storage is unavailable: {0}")]
    Unavailable(String),
    /// What was read cannot be what was written.
    #[error("stored data is corrupt: {0}")]
    Corrupt(String),
    /// Any other failure of the backend.
    #[error("storage failed: {0}")]
    Backend(String),
}

/// Keys that are unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unique {
    /// One account an address.
    UserEmail,
    /// One account an issuer and subject.
    Identity,
    /// One identity an account and provider.
    IdentityProvider,
    /// One study or invite a code.
    InviteCode,
    /// One membership a person and study.
    Member,
    /// One OWNER a study.
    Owner,
    /// One message an author and client id.
    ClientId,
    /// One open case a target.
    OpenCase,
    /// One report a reporter and case.
    Report,
    /// One appeal a sanction.
    Appeal,
    /// One answer a person and key.
    IdempotencyKey,
    /// Any other primary key.
    Id,
}

/// Limits that a commit holds by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The seats of a study.
    Seats,
    /// The uses or the time of an invite.
    InviteUses,
    /// One SUPER_ADMIN without an end at least, once there is one.
    LastSuperAdmin,
    /// The places of attempts.
    Attempts,
}
