//! Notifications: whose they are, and in which order.

use serde_json::json;

use super::scene::{Scene, begin, paged, place};
use crate::{
    changes::Row,
    id::{StudyId, UserId},
    notification::model::{Notification, NotificationType},
    page::{Key, Limit},
    store::{Store, StoreError, Unique},
};

fn row(notification: &Notification) -> Row {
    Row::Notification(Box::new(notification.clone()))
}

async fn all(store: &dyn Store, user: &UserId) -> Vec<Notification> {
    store.notifications(user, None, Limit::MAX).await.expect("an answer")
}

/// Every type, with and without a study; the study need not be there any more.
pub async fn a_notification_comes_back_with_all_its_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    for kind in NotificationType::ALL {
        let full = Notification {
            kind: *kind,
            study_id: Some(scene.make.id(StudyId::from_uuid)),
            message: "말 \"따옴표\" 'drop' \n 👋".into(),
            data: json!({ "ㄱ": ["한글 \\ \u{0}", 1, -2.5, null, true] }),
            is_read: true,
            ..scene.make.notification(&kim.id)
        };
        scene.commit(begin().insert(row(&full))).await;
        assert_eq!(all(store, &kim.id).await[0], full);
    }
    let bare = scene.make.notification(&kim.id);
    scene.commit(begin().insert(row(&bare))).await;
    assert_eq!(all(store, &kim.id).await[0], bare);
    let error = scene.refused(begin().insert(row(&bare))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Id)), "{error:?}");
    let nobodys = scene.make.notification(&scene.make.user("아무도").id);
    scene.refused(begin().insert(row(&nobodys))).await;
}

/// The newest first; nobody else's.
pub async fn ones_own_notifications_page_by_time(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let mut own = Vec::new();
    let at = scene.make.later();
    for number in 0..7 {
        // Some at one instant: then the identifier decides.
        let notification = Notification { created_at: at, ..scene.make.notification(&kim.id) };
        let notification = if number < 3 { scene.make.notification(&kim.id) } else { notification };
        scene.commit(begin().insert(row(&notification)).insert(row(&scene.make.notification(&lee.id)))).await;
        own.push(notification);
    }
    own.sort_by_key(|one| std::cmp::Reverse((one.created_at, one.id)));
    for size in [1, 3, 7, 8] {
        let found = paged(
            size,
            |one: &Notification| place(Key::time(one.created_at), &one.id),
            async |after, limit| store.notifications(&kim.id, after, limit).await,
        )
        .await;
        assert_eq!(found, own);
    }
}

/// By its identifier, whosever it is; and how many somebody has not read.
pub async fn a_notification_is_found_and_the_unread_are_counted(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let unread = async |user: &UserId| store.unread_notifications(user).await.expect("an answer");
    assert_eq!(unread(&kim.id).await, 0);
    let [one, two] = [(); 2].map(|()| scene.make.notification(&kim.id));
    let theirs = scene.make.notification(&lee.id);
    assert_eq!(store.notification(one.id).await.expect("an answer"), None);
    scene.commit(begin().insert(row(&one)).insert(row(&two)).insert(row(&theirs))).await;
    assert_eq!(store.notification(one.id).await.expect("an answer").as_ref(), Some(&one));
    assert_eq!(store.notification(theirs.id).await.expect("an answer").as_ref(), Some(&theirs));
    assert_eq!((unread(&kim.id).await, unread(&lee.id).await), (2, 1));
    scene.commit(begin().save(row(&Notification { is_read: true, ..one }))).await;
    assert_eq!((unread(&kim.id).await, unread(&lee.id).await), (1, 1));
}

/// What it tells stays as it was; saving one that is not there conflicts.
pub async fn only_whether_it_was_read_changes(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let told = scene.make.notification(&kim.id);
    scene.commit(begin().insert(row(&told))).await;
    let other = Notification { message: "다른 말".into(), is_read: true, ..told.clone() };
    scene.commit(begin().save(row(&other))).await;
    assert_eq!(all(store, &kim.id).await, [Notification { is_read: true, ..told }]);
    let error = scene.refused(begin().save(row(&scene.make.notification(&kim.id)))).await;
    assert!(matches!(error, StoreError::Conflict), "{error:?}");
}
