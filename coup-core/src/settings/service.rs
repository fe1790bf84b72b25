//! Use cases of settings.

use serde_json::Value;

use super::{
    key::SettingKey,
    model::{Settings, SettingsView, StoredSettings},
    rules::{self, Patch},
};
use crate::{
    audit::model::AuditDraft,
    changes::Row,
    coup::{Command, Coup, Ctx, Prepared, Room},
    error::{Error, Invalid, StateError},
    policy::{AdminPermission, Target},
    store::StoreError,
};

/// Changes settings, all that are named or none. In force on every node within a second.
#[derive(Debug, Clone, Default)]
pub struct UpdateSettings {
    /// What changes.
    pub patch: Patch,
    /// The version that was read; 409 if it is another one by now. Absent: whatever it is.
    pub version: Option<i64>,
}

impl Command for UpdateSettings {
    type Output = SettingsView;

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::SettingsUpdate);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<SettingsView>, Error> {
        let who = room.administration().await?;
        let changes = who.changes(AdminPermission::SettingsUpdate, Target::Site)?;
        let stored = room.store().settings().await?;
        if self.version.is_some_and(|version| version != stored.version) {
            return Err(StateError::SettingsChanged.into());
        }
        let defaults = room.coup().settings_handle().defaults();
        let verifies = SettingKey::RequireEmailVerification;
        if !room.coup().sends_letters() && self.patch.get(&verifies) == Some(&Value::Bool(true)) {
            // Nobody could sign up any more.
            return Err(Invalid::field(verifies.as_str(), "needs_mail").into());
        }
        let (mut changed, settings) = rules::patch(defaults, &stored, &self.patch, who.user(), room.env.now())?;
        let (before, _) = rules::in_force(defaults, &stored);
        if changed == stored {
            return Ok(Prepared::done(rules::view(defaults, &stored)));
        }
        let changes = changes.save(Row::Settings(Box::new(changed.clone())));
        let changes = changes.audited(|draft| self.word(draft, &before, &settings));
        changed.version += 1;
        Ok(Prepared::new(changes, rules::view(defaults, &changed)))
    }
}

impl UpdateSettings {
    /// What changed, before and after.
    fn word(&self, draft: AuditDraft, before: &Settings, after: &Settings) -> AuditDraft {
        self.patch.keys().fold(draft, |draft, key| {
            let (old, new): (Value, Value) = (key.value(before), key.value(after));
            if old == new { draft } else { draft.before(key.as_str(), old).after(key.as_str(), new) }
        })
    }
}

impl Coup {
    /// All settings with what they may be and who changed them (`settings.read`).
    pub async fn all_settings(&self, ctx: &Ctx) -> Result<SettingsView, Error> {
        let word = |draft: AuditDraft| draft;
        self.audited(ctx, AdminPermission::SettingsRead, Target::Site, word, async |room: &Room<'_>| {
            let stored: StoredSettings = room.store().settings().await?;
            Ok(rules::view(room.coup().settings_handle().defaults(), &stored))
        })
        .await
    }

    /// Puts what administrators changed in force on this node. A node does so before it serves; from then on
    /// `Live::run` of `coup-realtime` and [`run_background`](Self::run_background) do it when something changes.
    pub async fn load_settings(&self) -> Result<(), StoreError> {
        let stored = self.store().settings().await?;
        self.settings_handle().take(&stored);
        Ok(())
    }
}
