//! A policy that can be loaded anew while decisions are made.

use std::fmt;

use arc_swap::ArcSwap;

use super::{
    builder::PolicyBuilder,
    decide::{Compiled, Policy},
    diff::PolicyDiff,
    problem::PolicyErrors,
};

/// Holds the policy in force. Shared by all; a decision takes one [`Policy`] and keeps to it.
///
/// ```
/// use coup_core::policy::{Policy, PolicyHandle};
///
/// let handle = PolicyHandle::new(Policy::built_in());
/// let model = handle.current().model_text().to_owned();
/// let misspelt = handle.current().policy_text().replace("barred, deny", "barred, denied");
/// assert!(handle.reload(&model, &misspelt).is_err()); // and the old one stays
/// ```
pub struct PolicyHandle(ArcSwap<Compiled>);

impl PolicyHandle {
    /// Begins with a policy.
    pub fn new(policy: Policy) -> Self {
        Self(ArcSwap::new(policy.into_shared()))
    }

    /// The policy in force.
    pub fn current(&self) -> Policy {
        Policy::from_shared(self.0.load_full())
    }

    /// Puts files in force, at once for whoever asks next, and says what changes.
    ///
    /// The host's permissions, lines and narrowing stay as the program laid them over the files.
    ///
    /// # Errors
    /// What is wrong with the files; the policy in force stays.
    pub fn reload(&self, model: &str, policy: &str) -> Result<PolicyDiff, PolicyErrors> {
        let old = self.current();
        let new = PolicyBuilder::over(old.inner().overlay.clone()).files(model, policy).build()?;
        let changes = PolicyDiff::between(&old, &new);
        self.replace(new);
        Ok(changes)
    }

    /// Puts a policy in force.
    pub fn replace(&self, policy: Policy) {
        self.0.store(policy.into_shared());
    }
}

impl Default for PolicyHandle {
    fn default() -> Self {
        Self::new(Policy::built_in())
    }
}

impl fmt::Debug for PolicyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PolicyHandle").field(&self.current()).finish()
    }
}
