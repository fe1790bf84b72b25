//! Content in a folder.

use coup_core::{
    file::{model::BlobKey, port::Blobs as _},
    id::FileId,
};
use coup_storage_objects::ObjectBlobs;
use uuid::Uuid;

#[tokio::test]
async fn content_is_kept_found_replaced_and_erased() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("files/of/coup");
    let blobs = ObjectBlobs::folder(&place).unwrap();
    let key = |number| BlobKey::of(FileId::from_uuid(Uuid::from_u128(number)));
    let (one, other) = (key(1), key(2));
    assert_eq!(blobs.get(&one).await.unwrap(), None);
    blobs.delete(&one).await.unwrap();

    blobs.put(&one, b"first".to_vec()).await.unwrap();
    blobs.put(&other, Vec::new()).await.unwrap();
    blobs.put(&one, b"second".to_vec()).await.unwrap();
    // Another node, or the next start.
    let again = ObjectBlobs::folder(&place).unwrap();
    assert_eq!(again.get(&one).await.unwrap().as_deref(), Some(&b"second"[..]));
    assert_eq!(again.get(&other).await.unwrap().as_deref(), Some(&b""[..]));

    again.delete(&one).await.unwrap();
    again.delete(&one).await.unwrap();
    assert_eq!(blobs.get(&one).await.unwrap(), None);
    assert_eq!(blobs.get(&other).await.unwrap().as_deref(), Some(&b""[..]));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_said_and_not_taken_for_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("taken");
    std::fs::write(&place, "a file").unwrap();
    assert!(ObjectBlobs::folder(&place).is_err());
}
