//! What is stored of an appeal.

use crate::{
    env::Timestamp,
    id::{AppealId, SanctionId, UserId},
    policy::{AdminRole, SanctionType},
    sanction::model::Days,
    text::AppealText,
};

words! {
    /// What became of an appeal.
    AppealStatus {
        /// Waits.
        Pending = "PENDING",
        /// The sanction stays as it is.
        Upheld = "UPHELD",
        /// The sanction is shorter or milder now.
        Reduced = "REDUCED",
        /// The sanction was lifted, and no longer counts.
        Overturned = "OVERTURNED",
    }
}

/// An appeal; one a sanction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// Which.
    pub id: AppealId,
    /// Against which sanction.
    pub sanction_id: SanctionId,
    /// By whom: the sanctioned.
    pub user_id: UserId,
    /// In their words.
    pub text: AppealText,
    /// What it was against: a reduced sanction is another one afterwards.
    pub kind: SanctionType,
    /// For how long that was.
    pub days: Option<Days>,
    /// What became of it.
    pub status: AppealStatus,
    /// Who decided; absent for the host in its own name.
    pub decided_by: Option<UserId>,
    /// In which role then: all that the appellant is shown.
    pub decided_role: Option<AdminRole>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// What both sides were told.
    pub words: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Grows with each save.
    pub version: i64,
}
