//! Somebody's picture.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use coup_core::{
    changes::{Change, Row},
    coup::{Coup, Ctx},
    error::Error,
    file::{
        avatar::{Picture, RemoveAvatar},
        model::{BlobKey, File, FileState},
        port::{BlobError, Blobs},
    },
    id::FileId,
    policy::{SanctionType, SystemPermission},
    sanction::{
        model::{Days, Length, Measure},
        service::Impose,
    },
    store::FileReads as _,
    testing::{FixedClock, MemoryBlobs, fixtures::START},
    text::Words,
    user::service::Me,
};

use crate::house::{EMAIL, House, PASSWORD, with};

struct Gallery {
    house: House,
    blobs: Arc<MemoryBlobs>,
    kim: Ctx,
}

impl Gallery {
    async fn new() -> Self {
        let blobs = Arc::new(MemoryBlobs::default());
        let house = House::with(|builder, _| builder.blobs(blobs.clone()));
        let kim = house.person(EMAIL).await;
        Self { kim: with(&kim), house, blobs }
    }

    fn coup(&self) -> &Coup {
        &self.house.coup
    }

    async fn shows(&self, ctx: &Ctx, content: &str) -> Result<Me, Error> {
        let picture = Picture { content: content.as_bytes().to_vec(), content_type: "image/jpeg" };
        self.coup().set_avatar(ctx, async { Ok(picture) }, |id| format!("/api/avatars/{id}")).await
    }

    async fn looks(&self, ctx: &Ctx, address: &str) -> Result<Vec<u8>, Error> {
        let id: FileId = address.strip_prefix("/api/avatars/").unwrap().parse().unwrap();
        let file: File = self.coup().avatar(ctx, id).await?;
        assert_eq!((file.content_type.as_str(), file.sha256.len()), ("image/jpeg", 32));
        self.coup().content(&file).await
    }

    /// The row of the file that was reserved last.
    async fn reserved(&self) -> Option<File> {
        let written = self.house.store.written();
        let mut id = written.iter().flat_map(|parts| &parts.writes).filter_map(|change| match change {
            Change::Insert(Row::File(file)) => Some(file.id),
            _ => None,
        });
        self.house.store.file(id.next_back().unwrap()).await.unwrap()
    }

    async fn imposes(&self, on: &Ctx, kind: SanctionType) {
        let imposed = Impose {
            user: self.coup().me(on).await.unwrap().id,
            measure: Measure::new(kind, Some(Length::Days(Days::new("duration", 3).unwrap()))).unwrap(),
            reason: Words::parse("reason", "광고 사진").unwrap(),
            notify: false,
        };
        self.coup().as_host("test").run(imposed).await.unwrap();
    }

    fn kept(&self) -> Vec<String> {
        self.blobs.kept().into_values().map(|content| String::from_utf8(content).unwrap()).collect()
    }
}

#[tokio::test]
async fn a_picture_is_shown_and_the_one_before_is_erased() {
    let gallery = Gallery::new().await;
    let first = gallery.shows(&gallery.kim, "first").await.unwrap().avatar.unwrap();
    assert_eq!(gallery.looks(&gallery.kim, &first).await.unwrap(), b"first");
    let second = gallery.shows(&gallery.kim, "second").await.unwrap().avatar.unwrap();
    assert_ne!(first, second);
    assert!(matches!(gallery.looks(&gallery.kim, &first).await, Err(Error::NotFound)), "at once");
    assert_eq!(gallery.kept(), ["first", "second"]);
    gallery.house.work().await;
    assert_eq!(gallery.kept(), ["second"]);

    let lee = with(&gallery.house.person("seoyeon@school.kr").await);
    assert_eq!(gallery.looks(&lee, &second).await.unwrap(), b"second");
    assert!(matches!(gallery.looks(&Ctx::default(), &second).await, Err(Error::NotSignedIn)));

    let me = gallery.coup().run(&gallery.kim, RemoveAvatar).await.unwrap();
    assert_eq!(me.avatar, None);
    assert!(matches!(gallery.looks(&lee, &second).await, Err(Error::NotFound)));
    gallery.house.work().await;
    assert_eq!(gallery.kept(), [""; 0]);
    assert_eq!(gallery.coup().run(&gallery.kim, RemoveAvatar).await.unwrap().avatar, None, "again is well");
}

#[tokio::test]
async fn a_picture_that_never_came_is_forgotten_after_an_hour() {
    let gallery = Gallery::new().await;
    let first = gallery.shows(&gallery.kim, "first").await.unwrap().avatar.unwrap();
    gallery.blobs.fails(true);
    assert!(matches!(gallery.shows(&gallery.kim, "second").await, Err(Error::Store(_))));
    gallery.blobs.fails(false);
    assert_eq!(gallery.coup().me(&gallery.kim).await.unwrap().avatar.as_ref(), Some(&first), "nothing half done");
    let awaited = gallery.reserved().await.unwrap();
    assert_eq!(awaited.state, FileState::Reserved);
    gallery.house.clock.advance(TimeDelta::minutes(61));
    gallery.house.work().await;
    assert_eq!(gallery.reserved().await, None);
    let kim = with(&gallery.house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.unwrap());
    assert_eq!(gallery.looks(&kim, &first).await.unwrap(), b"first");
}

#[tokio::test]
async fn what_could_not_be_erased_is_erased_later() {
    let gallery = Gallery::new().await;
    gallery.shows(&gallery.kim, "first").await.unwrap();
    gallery.coup().run(&gallery.kim, RemoveAvatar).await.unwrap();
    gallery.blobs.fails(true);
    gallery.house.work().await;
    assert_eq!(gallery.kept(), ["first"]);
    gallery.blobs.fails(false);
    gallery.house.clock.advance(TimeDelta::minutes(5));
    gallery.house.work().await;
    assert_eq!(gallery.kept(), [""; 0]);
}

#[tokio::test]
async fn who_may_not_upload_makes_no_picture_and_is_still_looked_at() {
    let gallery = Gallery::new().await;
    let first = gallery.shows(&gallery.kim, "first").await.unwrap().avatar.unwrap();
    gallery.imposes(&gallery.kim, SanctionType::FileUploadBan).await;
    let made = gallery.coup().set_avatar(&gallery.kim, async { panic!("nothing is made") }, |_| String::new()).await;
    let Err(Error::Denied(denied)) = made else { panic!("{made:?}") };
    assert_eq!(denied.permission(), SystemPermission::ProfileAvatar.into());
    assert!(gallery.coup().run(&gallery.kim, RemoveAvatar).await.is_err());
    assert_eq!(gallery.looks(&gallery.kim, &first).await.unwrap(), b"first");
}

#[tokio::test]
async fn who_may_not_browse_sees_nobodys_picture_but_their_own() {
    let gallery = Gallery::new().await;
    let kims = gallery.shows(&gallery.kim, "kim").await.unwrap().avatar.unwrap();
    let lee = gallery.house.person("seoyeon@school.kr").await;
    let lees = gallery.shows(&with(&lee), "lee").await.unwrap().avatar.unwrap();
    gallery.imposes(&with(&lee), SanctionType::Suspension).await;
    let lee = with(&gallery.house.sign_in(&Ctx::default(), "seoyeon@school.kr", PASSWORD).await.unwrap());
    let refused = gallery.looks(&lee, &kims).await;
    let Err(Error::Denied(denied)) = refused else { panic!("{refused:?}") };
    assert_eq!(denied.permission(), SystemPermission::StudyBrowse.into());
    let nobodys = format!("/api/avatars/{}", FileId::from_uuid(uuid::Uuid::nil()));
    assert!(matches!(gallery.looks(&lee, &nobodys).await, Err(Error::Denied(_))), "nor whether there is one");
    assert_eq!(gallery.looks(&lee, &lees).await.unwrap(), b"lee");
}

/// A place for content that takes longer than a picture is waited for.
struct Slow(MemoryBlobs, Arc<FixedClock>);

#[async_trait]
impl Blobs for Slow {
    async fn put(&self, key: &BlobKey, content: Vec<u8>) -> Result<(), BlobError> {
        self.1.advance(TimeDelta::minutes(60));
        self.0.put(key, content).await
    }

    async fn get(&self, key: &BlobKey) -> Result<Option<Vec<u8>>, BlobError> {
        self.0.get(key).await
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        self.0.delete(key).await
    }
}

#[tokio::test]
async fn a_picture_that_comes_too_late_is_not_shown_and_leaves_nothing() {
    let clock = Arc::new(FixedClock::at(START));
    let slow = Arc::new(Slow(MemoryBlobs::default(), clock.clone()));
    let house = House::with(|builder, _| builder.clock(clock).blobs(slow.clone()));
    let kim = with(&house.person(EMAIL).await);
    let picture = Picture { content: b"late".to_vec(), content_type: "image/jpeg" };
    let late = house.coup.set_avatar(&kim, async { Ok(picture) }, |id| format!("/api/avatars/{id}")).await;
    assert!(matches!(late, Err(Error::NotFound)), "{late:?}");
    assert_eq!(house.coup.me(&kim).await.unwrap().avatar, None);
    assert_eq!(slow.0.kept().len(), 1);
    house.work().await;
    assert!(slow.0.kept().is_empty(), "it will never be shown");
}

#[tokio::test]
async fn without_a_place_for_content_nothing_is_uploaded() {
    let house = House::new();
    let kim = with(&house.person(EMAIL).await);
    assert!(!house.coup.keeps_files());
    let made = house.coup.set_avatar(&kim, async { panic!("nothing is made") }, |_| String::new()).await;
    assert!(matches!(made, Err(Error::NotConfigured)));
    assert!(house.store.avatar_of(&house.coup.me(&kim).await.unwrap().id).await.unwrap().is_none());
}
