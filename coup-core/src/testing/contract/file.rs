//! Files: what is known of them.

use chrono::TimeDelta;

use super::scene::{Scene, begin, is_conflict};
use crate::{
    changes::{Change, Key, Row},
    file::model::{BlobKey, File, FilePurpose, FileState},
    id::{FileId, UserId},
    store::{Store, StoreError, Unique},
};

fn reserved(scene: &Scene<'_>, uploader: &UserId) -> File {
    let (id, at) = (scene.make.id(FileId::from_uuid), scene.make.later());
    File {
        id,
        study_id: None,
        purpose: FilePurpose::Avatar,
        uploader_id: uploader.clone(),
        name: "사진 'ㄱ' \"1\".png".to_owned(),
        content_type: "image/jpeg".to_owned(),
        size: 20_480,
        sha256: [7; 32],
        blob: BlobKey::of(id),
        state: FileState::Reserved,
        reserved_until: Some(at + TimeDelta::hours(1)),
        created_at: at,
        deleted_at: None,
        version: 0,
    }
}

fn row(file: &File) -> Row {
    Row::File(Box::new(file.clone()))
}

fn ready(file: &File) -> File {
    File { state: FileState::Ready, reserved_until: None, ..file.clone() }
}

async fn found(store: &dyn Store, id: FileId) -> Option<File> {
    store.file(id).await.expect("an answer")
}

/// All fields come back; a file of nobody is none, nor is a second of one id.
pub async fn a_file_is_found_as_it_was_reserved(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let file = reserved(&scene, &kim.id);
    assert_eq!(found(store, file.id).await, None);
    scene.commit(begin().insert(row(&file))).await;
    assert_eq!(found(store, file.id).await, Some(file.clone()));
    let error = scene.refused(begin().insert(row(&file))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Id)), "{error:?}");
    let nobodys = reserved(&scene, &"nobody".parse().expect("an id"));
    scene.refused(begin().insert(row(&nobodys))).await;
    assert_eq!(found(store, nobodys.id).await, None);
}

/// Whoever saves what was read before another save is refused, and so is saving what is gone.
pub async fn a_file_is_saved_by_its_version(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let file = reserved(&scene, &kim.id);
    scene.commit(begin().insert(row(&file))).await;
    scene.commit(begin().save(row(&ready(&file)))).await;
    let there = found(store, file.id).await.expect("the file");
    assert_eq!(there, File { version: there.version, ..ready(&file) });
    assert!(there.version > file.version);
    let deleted = File { deleted_at: Some(scene.make.later()), ..file.clone() };
    assert!(is_conflict(&scene.refused(begin().save(row(&deleted))).await));
    assert_eq!(found(store, file.id).await, Some(there.clone()));
    scene.commit(begin().change(Change::Remove(Key::File(file.id)))).await;
    assert_eq!(found(store, file.id).await, None);
    assert!(is_conflict(&scene.refused(begin().save(row(&there))).await));
}

/// Not one that is waited for, nor one that was deleted, nor somebody else's, nor what is no picture.
pub async fn somebodys_picture_is_the_one_that_is_there(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let awaited = reserved(&scene, &kim.id);
    let deleted = File { deleted_at: Some(scene.make.later()), ..ready(&reserved(&scene, &kim.id)) };
    let evidence = File { purpose: FilePurpose::Evidence, ..ready(&reserved(&scene, &kim.id)) };
    let lees = ready(&reserved(&scene, &lee.id));
    for file in [&awaited, &deleted, &evidence, &lees] {
        scene.commit(begin().insert(row(file))).await;
    }
    assert_eq!(store.avatar_of(&kim.id).await.expect("an answer"), None);
    assert_eq!(store.avatar_of(&lee.id).await.expect("an answer"), Some(lees));
    scene.commit(begin().save(row(&ready(&awaited)))).await;
    let shown = store.avatar_of(&kim.id).await.expect("an answer").expect("a picture");
    assert_eq!(shown.id, awaited.id);
}
