//! Pure decisions about settings.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    key::SettingKey,
    model::{SettingView, Settings, SettingsView, StoredSetting, StoredSettings},
};
use crate::{
    env::Timestamp,
    error::{Check, Error, Feature, Invalid},
    id::UserId,
};

/// Settings to be changed: the new value by key.
pub type Patch = BTreeMap<SettingKey, Value>;

/// What is in force: what the deployment begins with, with what was changed since. A stored value that this program does not
/// understand, as after a step back to an older one, is told and left aside.
pub fn in_force(defaults: &Settings, stored: &StoredSettings) -> (Settings, Vec<(String, Option<Invalid>)>) {
    let (mut settings, mut odd) = (defaults.clone(), Vec::new());
    for (word, row) in &stored.values {
        match SettingKey::from_word(word).map(|key| key.put(&mut settings, &row.value)) {
            Some(Ok(())) => {}
            Some(Err(invalid)) => odd.push((word.clone(), Some(invalid))),
            None => odd.push((word.clone(), None)),
        }
    }
    (settings, odd)
}

/// What a change makes of the stored settings, and of those in force: all of it, or nothing with each wrong value's fault.
///
/// # Errors
/// Each value that is wrong in itself, or beside the others.
pub fn patch(
    defaults: &Settings,
    stored: &StoredSettings,
    patch: &Patch,
    by: Option<&UserId>,
    now: Timestamp,
) -> Result<(StoredSettings, Settings), Invalid> {
    let (mut settings, _) = in_force(defaults, stored);
    let mut check = Check::default();
    for (key, value) in patch {
        check.take(key.put(&mut settings, value));
    }
    // Both are right by themselves; of the two the one that was changed is told, and the smaller where both were.
    if settings.default_capacity > settings.max_capacity {
        let wrong = if patch.contains_key(&SettingKey::DefaultCapacity) {
            Invalid::bound(SettingKey::DefaultCapacity.as_str(), "too_great", settings.max_capacity.into())
        } else {
            Invalid::bound(SettingKey::MaxCapacity.as_str(), "too_small", settings.default_capacity.into())
        };
        check.take::<()>(Err(wrong));
    }
    check.finish()?;
    let mut changed = stored.clone();
    let version = stored.version + 1;
    for key in patch.keys() {
        // As it is read, not as it was written: trimmed, composed, complete.
        let value = key.value(&settings);
        let stays = changed.values.get(key.as_str()).is_some_and(|row| row.value == value);
        if !stays {
            let row = StoredSetting { value, version, updated_by: by.cloned(), updated_at: now };
            changed.values.insert(key.as_str().to_owned(), row);
        }
    }
    Ok((changed, settings))
}

/// All settings as administrators see them.
pub fn view(defaults: &Settings, stored: &StoredSettings) -> SettingsView {
    let (settings, _) = in_force(defaults, stored);
    let items = SettingKey::ALL.iter().map(|key| {
        let row = stored.values.get(key.as_str());
        SettingView {
            key: *key,
            value: key.value(&settings),
            default: key.value(defaults),
            kind: key.kind(),
            updated_by: row.and_then(|row| row.updated_by.clone()),
            updated_at: row.map(|row| row.updated_at),
        }
    });
    SettingsView { version: stored.version, items: items.collect() }
}

/// Whether something can be used now.
///
/// # Errors
/// [`Error::SwitchedOff`].
pub fn available(settings: &Settings, feature: Feature) -> Result<(), Error> {
    let on = match feature {
        Feature::SignUp => settings.sign_up,
        Feature::StudyCreation => settings.study_creation,
        Feature::Chat => settings.chat,
    };
    if on { Ok(()) } else { Err(Error::SwitchedOff(feature)) }
}

/// Whether somebody gets in: during maintenance administrators only.
///
/// # Errors
/// [`Error::Maintenance`], with what members are told.
pub fn admitted(settings: &Settings, administers: bool) -> Result<(), Error> {
    if settings.maintenance && !administers {
        return Err(Error::Maintenance(settings.maintenance_message.clone()));
    }
    Ok(())
}
