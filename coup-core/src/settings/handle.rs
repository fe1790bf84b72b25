//! Settings that change while decisions are made.

use std::{fmt, sync::Arc};

use arc_swap::ArcSwap;

use super::{
    model::{Settings, StoredSettings},
    rules,
};

/// Holds the settings in force on this node. A decision takes them once and keeps to them.
pub struct SettingsHandle {
    defaults: Arc<Settings>,
    current: ArcSwap<Current>,
}

/// The settings in force, and what they were made of.
struct Current {
    version: i64,
    settings: Arc<Settings>,
}

impl SettingsHandle {
    /// Begins with the deployment's own; nothing that is stored is known yet.
    pub fn new(defaults: Settings) -> Self {
        let defaults = Arc::new(defaults);
        let current = Current { version: -1, settings: defaults.clone() };
        Self { defaults, current: ArcSwap::from_pointee(current) }
    }

    /// What the deployment begins with.
    pub fn defaults(&self) -> &Settings {
        &self.defaults
    }

    /// The settings in force.
    pub fn current(&self) -> Arc<Settings> {
        self.current.load().settings.clone()
    }

    /// Puts what is stored in force, unless something newer is.
    pub fn take(&self, stored: &StoredSettings) {
        if self.current.load().version >= stored.version {
            return;
        }
        let (settings, odd) = rules::in_force(&self.defaults, stored);
        for (key, why) in odd {
            let why = why.map_or_else(|| "no such setting".to_owned(), |why| why.to_string());
            tracing::error!(key, why, "a stored setting cannot be read: the deployment's own stands");
        }
        let next = Arc::new(Current { version: stored.version, settings: Arc::new(settings) });
        self.current.rcu(|current| if current.version < next.version { next.clone() } else { current.clone() });
    }
}

impl fmt::Debug for SettingsHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SettingsHandle").field(&self.current()).finish()
    }
}
