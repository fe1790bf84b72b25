//! Who may do what, and why not.
//!
//! casbin's rules are the one source of truth: `policy/model.conf` and `policy/policy.csv`, plain files that any casbin
//! in any language loads and decides alike. They are checked strictly and compiled into a table, so that a decision is
//! a few bit operations on a snapshot of the person, without allocation and without waiting; a test holds the table
//! against casbin's own `enforce` for every input.
//!
//! [`Policy::permit`] is the one question; its [`Permit`] is the proof that writing demands. A permission that depends
//! on a fact is several permissions, and [`select`] chooses between them. What no rule allows is refused.

mod actor;
mod bits;
mod builder;
mod decide;
mod diff;
mod explain;
mod groups;
mod handle;
mod host;
mod language;
mod name;
mod parse;
mod permission;
mod permit;
mod problem;
mod report;
mod restraint;
mod role;
mod rules;
pub mod select;
mod soundness;
mod table;
mod target;
#[cfg(feature = "testing")]
pub mod testing;

pub use actor::{Actor, AdminStanding, GroupStanding, PermissionSet, StudyStanding};
pub use builder::{PolicyBuilder, check};
pub use decide::{Case, Policy};
pub use diff::{Affected, PolicyChange, PolicyDiff};
pub use explain::{Explanation, MetRule};
pub use handle::PolicyHandle;
pub use host::{HostPermission, HostPermissionDef};
pub use language::Language;
pub use name::UnknownName;
pub use permission::{AdminPermission, GroupPermission, Permission, StudyPermission, SystemPermission, Tier};
pub use permit::{Denied, DeniedReason, Permit};
pub use problem::{Place, PolicyErrors, PolicyFile, Problem, ProblemKind};
pub use report::{Matrix, MatrixRow, SanctionMatrix, SanctionRow};
pub use restraint::{Restraint, Restraints, SanctionType};
pub use role::{AdminRole, Role, StudyRole, SystemRole};
pub use select::PeopleRule;
pub use table::Extra;
pub use target::Target;
