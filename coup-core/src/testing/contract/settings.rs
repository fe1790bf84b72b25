//! Settings that administrators changed.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::scene::{Scene, begin, is_conflict, limit};
use crate::{
    changes::{Changes, Row},
    env::Timestamp,
    id::UserId,
    live::model::{CutCode, Revoked},
    settings::model::{StoredSetting, StoredSettings},
    store::{Store, StoreError},
};

/// The settings with one more that is changed.
fn with(settings: &StoredSettings, key: &str, value: Value, by: Option<&UserId>, at: Timestamp) -> StoredSettings {
    let mut settings = settings.clone();
    let row = StoredSetting { value, version: settings.version + 1, updated_by: by.cloned(), updated_at: at };
    settings.values.insert(key.to_owned(), row);
    settings
}

fn save(settings: &StoredSettings) -> Changes {
    begin().save(Row::Settings(Box::new(settings.clone())))
}

async fn stored(store: &dyn Store) -> StoredSettings {
    store.settings().await.expect("an answer")
}

/// Nothing was changed yet.
pub async fn settings_begin_with_nothing(store: &dyn Store) {
    assert_eq!(stored(store).await, StoredSettings::default());
}

/// Any JSON, by somebody and by nobody; what is not named stays with what it came with.
pub async fn changed_settings_come_back_with_all_their_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let at = scene.make.later();
    let mut expected = StoredSettings::default();
    let rules = json!([{ "warnings": 1, "measure": { "글": "\"따옴표\" 'drop' \\ \n 👋", "none": null } }]);
    expected = with(&expected, "ladder", rules, Some(&kim.id), at);
    expected = with(&expected, "signUp", json!(false), None, at);
    scene.commit(save(&expected)).await;
    expected.version += 1;
    assert_eq!(stored(store).await, expected);
    let later = scene.make.later();
    expected = with(&expected, "signUp", json!(true), Some(&kim.id), later);
    expected = with(&expected, "한글 키", Value::Null, None, later);
    scene.commit(save(&expected)).await;
    expected.version += 1;
    assert_eq!(stored(store).await, expected);
    assert_eq!(expected.values["ladder"].version, 1, "what is not named stays with what it came with");
}

/// And leaves nothing.
pub async fn settings_saved_over_an_older_state_conflict(store: &dyn Store) {
    let scene = Scene::of(store);
    let at = scene.make.later();
    let first = with(&StoredSettings::default(), "chat", json!(false), None, at);
    scene.commit(save(&first)).await;
    let found = stored(store).await;
    assert!(is_conflict(&scene.refused(save(&first)).await));
    let ahead = StoredSettings { version: 7, ..found.clone() };
    assert!(is_conflict(&scene.refused(save(&ahead)).await));
    assert!(matches!(
        scene.refused(begin().insert(Row::Settings(Box::new(found.clone())))).await,
        StoreError::Backend(_)
    ));
    assert_eq!(stored(store).await, found);
}

/// Twenty at once over one state.
pub async fn of_racing_changes_of_settings_one_is_written(store: &dyn Store) {
    let scene = Scene::of(store);
    let at = scene.make.later();
    let changes = (0..20).map(|number| {
        let settings = with(&StoredSettings::default(), "appealDays", json!(number), None, at);
        store.commit(save(&settings))
    });
    let answers = join_all(changes).await;
    let written: Vec<_> =
        (0..20).zip(&answers).filter(|(_, answer)| answer.is_ok()).map(|(number, _)| number).collect();
    assert_eq!(written.len(), 1, "{answers:?}");
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(is_conflict));
    let found = stored(store).await;
    assert_eq!((found.version, &found.values["appealDays"].value), (1, &json!(written[0])));
}

/// Every node reads of it beside the changes of rights.
pub async fn a_change_of_settings_is_told_to_the_whole_site(store: &dyn Store) {
    let scene = Scene::of(store);
    let at = scene.make.later();
    let mut changes = save(&with(&StoredSettings::default(), "maintenanceMode", json!(true), None, at));
    changes.revoke(at);
    let committed = scene.commit(changes).await;
    assert_eq!(committed.revoked, Some(1));
    let told = store.revocations(0, limit(10)).await.expect("an answer");
    let told: Vec<_> = told.into_iter().map(|row| (row.seq, row.revoked, row.code, row.until)).collect();
    assert_eq!(told, [(1, Revoked::Site, CutCode::Maintenance, None)]);
}
