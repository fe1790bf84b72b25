//! `/me/avatar`, `/avatars/{fileId}`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use serde_json::Value;

use crate::house::{House, NO_ID, Person, Reply};

/// One transparent pixel.
pub(crate) const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 31, 21, 196,
    137, 0, 0, 0, 11, 73, 68, 65, 84, 120, 156, 99, 96, 0, 2, 0, 0, 5, 0, 1, 122, 94, 171, 63, 0, 0, 0, 0, 73, 69, 78,
    68, 174, 66, 96, 130,
];

impl House {
    async fn sets(&self, person: &Person, kind: &str, bytes: &[u8]) -> Reply {
        self.raw(Some(person), "PUT", "/me/avatar", &[("content-type", kind)], bytes.to_vec()).await
    }
}

/// The path below the API of a picture's address.
fn path(reply: &Reply) -> String {
    let address = reply.json["avatar"].as_str().unwrap();
    let path = address.strip_prefix("/api").unwrap();
    assert!(path.starts_with("/avatars/"), "{address}");
    path.to_owned()
}

#[tokio::test]
async fn a_picture_is_shown_as_nothing_but_a_picture() {
    let house = House::new();
    let (person, other) = (house.person("김민준").await, house.person("이서연").await);
    let set = house.sets(&person, "image/png", PNG).await.is(200);
    assert_eq!(house.get(Some(&person), "/me").await.json["avatar"], set.json["avatar"]);
    let shown = house.get(Some(&other), &path(&set)).await.is(200);
    for (header, value) in [
        ("content-type", "image/jpeg"),
        ("content-disposition", "attachment; filename=\"avatar.jpg\""),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, max-age=3600"),
    ] {
        assert_eq!(shown.headers[header], value, "{header}");
    }
    assert!(shown.text.contains("JFIF"), "made anew, as a JPEG");
    let tag = shown.headers["etag"].to_str().unwrap();
    let again = house.raw(Some(&other), "GET", &path(&set), &[("if-none-match", tag)], Vec::new()).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    house.get(None, &path(&set)).await.problem(401, "not_signed_in");
    house.get(Some(&other), &format!("/avatars/{NO_ID}")).await.problem(404, "not_found");
    house.get(Some(&other), "/avatars/x").await.names("fileId", "malformed_id");

    let removed = house.send(Some(&person), "DELETE", "/me/avatar", None).await.is(200);
    assert_eq!(removed.json["avatar"], Value::Null);
    house.get(Some(&other), &path(&set)).await.problem(404, "not_found");
}

#[tokio::test]
async fn what_is_no_picture_is_refused_whatever_it_is_called_and_changes_nothing() {
    let house = House::new();
    let person = house.person("김민준").await;
    let before = house.sets(&person, "text/plain", PNG).await.is(200).json["avatar"].clone();
    for bytes in [&b"hello"[..], b"<svg xmlns='http://www.w3.org/2000/svg'/>", &PNG[..40]] {
        house.sets(&person, "image/png", bytes).await.names("picture", "not_a_picture");
    }
    house.sets(&person, "image/png", b"").await.names("picture", "required");
    house.sets(&person, "image/png", &vec![0; 10 * 1024 * 1024 + 1]).await.problem(413, "too_large");
    assert_eq!(house.get(Some(&person), "/me").await.json["avatar"], before);
}
