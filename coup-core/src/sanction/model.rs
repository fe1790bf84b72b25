//! What is stored of a sanction (specification, moderation § Sanctions).

use crate::{
    env::Timestamp,
    id::{SanctionId, UserId},
    policy::SanctionType,
};

/// A sanction. Rows are never deleted: lifting one notes who, why and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanction {
    /// Which.
    pub id: SanctionId,
    /// Of whom.
    pub user_id: UserId,
    /// By whom; absent for the host in its own name.
    pub admin_id: Option<UserId>,
    /// What it takes.
    pub kind: SanctionType,
    /// Why, as the person is told.
    pub reason: String,
    /// The instant at which it stops working, without any job having run; absent: never, and for a warning.
    pub expires_at: Option<Timestamp>,
    /// False once it was lifted, or its end was noted.
    pub is_active: bool,
    /// Who lifted it.
    pub lifted_by: Option<UserId>,
    /// Why.
    pub lift_reason: Option<String>,
    /// When.
    pub lifted_at: Option<Timestamp>,
    /// Lifted because it was a mistake: it does not count on the ladder.
    pub mistaken: bool,
    /// When it was imposed.
    pub created_at: Timestamp,
    /// Grows with each save.
    pub version: i64,
}

/// As much of an active sanction as a decision needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveSanction {
    /// What it takes.
    pub kind: SanctionType,
    /// May have passed: the decision looks.
    pub expires_at: Option<Timestamp>,
}
