//! Notifications: whose they are, and in which order.

use super::scene::{Scene, begin, paged, place};
use crate::{
    appeal::model::AppealStatus,
    changes::{Change, Key as RowKey, Row},
    id::{AppealId, MessageId, ReportId, SanctionId, StudyId, UserId},
    moderation::model::{Priority, ReportTargetType},
    notification::model::{Notification, NotificationData, NotificationEvent, NotificationFilter, NotificationType},
    page::{Key, Limit},
    policy::{AdminRole, SanctionType, StudyRole},
    sanction::model::Length,
    store::{Credential, Store, StoreError, Unique},
};

const ALL: NotificationFilter = NotificationFilter { kind: None, is_read: None, study: None };

fn row(notification: &Notification) -> Row {
    Row::Notification(Box::new(notification.clone()))
}

async fn all(store: &dyn Store, user: &UserId) -> Vec<Notification> {
    store.notifications(user, ALL, None, Limit::MAX).await.expect("an answer")
}

/// Every event, with all that it may need and with nothing; the study need not be there any more.
pub async fn a_notification_comes_back_with_all_its_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    for event in NotificationEvent::ALL {
        let data = NotificationData {
            user_id: Some(kim.id.clone()),
            user_name: Some("김 \"민준\" 'drop' \\ \n 👋".into()),
            role: Some(StudyRole::Admin),
            until: Some(scene.make.later()),
            message_id: Some(scene.make.id(MessageId::from_uuid)),
            report_id: Some(scene.make.id(ReportId::from_uuid)),
            target_type: Some(ReportTargetType::Message),
            target_id: Some("0".into()),
            target_name: Some(String::new()),
            priority: Some(Priority::Urgent),
            escalated_to: Some(AdminRole::SuperAdmin),
            sanction_id: Some(scene.make.id(SanctionId::from_uuid)),
            sanction_type: Some(SanctionType::PermanentBan),
            duration: Some(Length::Permanent),
            expires_at: Some(scene.make.later()),
            appeal_id: Some(scene.make.id(AppealId::from_uuid)),
            ruling: Some(AppealStatus::Reduced),
            decided_role: Some(AdminRole::Admin),
        };
        let full = Notification {
            event: *event,
            study_id: Some(scene.make.id(StudyId::from_uuid)),
            study_name: Some("알고리즘 'x' \"y\"".into()),
            study_emoji: Some("👩‍💻".into()),
            message: "말 \"따옴표\" 'drop' \n 👋".into(),
            data,
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
            async |after, limit| store.notifications(&kim.id, ALL, after, limit).await,
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

/// By type, by study, by whether it was read, and by all of it at once; pages hold.
pub async fn ones_own_notifications_are_filtered(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let (one, other) = (scene.make.id(StudyId::from_uuid), scene.make.id(StudyId::from_uuid));
    let events = [NotificationEvent::Kicked, NotificationEvent::RoleChanged, NotificationEvent::PostingPaused];
    let mut own = Vec::new();
    for study_id in [None, Some(one), Some(other)] {
        for is_read in [true, false] {
            for event in events {
                let told = Notification { event, study_id, is_read, ..scene.make.notification(&kim.id) };
                let theirs =
                    Notification { id: scene.make.notification(&lee.id).id, user_id: lee.id.clone(), ..told.clone() };
                scene.commit(begin().insert(row(&told)).insert(row(&theirs))).await;
                own.push(told);
            }
        }
    }
    own.reverse();
    let kinds = [None, Some(NotificationType::Kick), Some(NotificationType::Member), Some(NotificationType::Report)];
    for kind in kinds {
        for is_read in [None, Some(true), Some(false)] {
            for study in [None, Some(one), Some(other), Some(scene.make.id(StudyId::from_uuid))] {
                let filter = NotificationFilter { kind, is_read, study };
                let expected: Vec<_> = own.iter().filter(|one| filter.takes(one)).cloned().collect();
                let found = paged(
                    2,
                    |one: &Notification| place(Key::time(one.created_at), &one.id),
                    async |after, limit| store.notifications(&kim.id, filter, after, limit).await,
                )
                .await;
                assert_eq!(found, expected, "{filter:?}");
            }
        }
    }
}

/// As far as the limit and no further; a session is looked up, and nobody has nothing.
pub async fn the_unread_are_counted_up_to_a_limit_for_who_comes_with_a_credential(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let session = scene.make.session(&kim.id);
    scene.commit(begin().insert(Row::Session(Box::new(session.clone())))).await;
    for number in 0..5 {
        let told = Notification { is_read: number == 0, ..scene.make.notification(&kim.id) };
        scene.commit(begin().insert(row(&told)).insert(row(&scene.make.notification(&lee.id)))).await;
    }
    let count = async |credential: Credential, limit| {
        let limit = Limit::parse(Some(limit), Limit::DEFAULT).expect("a limit");
        store.unread_at_most(&credential, limit).await.expect("an answer")
    };
    for credential in [Credential::User(kim.id.clone()), Credential::Session(session.token_hash)] {
        assert_eq!(count(credential.clone(), 100).await, 4);
        assert_eq!(count(credential, 3).await, 3);
    }
    let nobodys = scene.make.session(&lee.id).token_hash;
    assert_eq!(count(Credential::Session(nobodys), 100).await, 0);
    assert_eq!(count(Credential::User(scene.make.user("아무도").id), 100).await, 0);
}

/// The newest of those that were there at the instant, at most so many, and nobody else's.
pub async fn all_of_ones_own_are_marked_read_at_once(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let mut own = Vec::new();
    for _ in 0..6 {
        let told = scene.make.notification(&kim.id);
        scene.commit(begin().insert(row(&told)).insert(row(&scene.make.notification(&lee.id)))).await;
        own.push(told);
    }
    let until = own[4].created_at;
    let mark =
        async |most| scene.commit(begin().change(Change::ReadNotifications(kim.id.clone(), until, most))).await.read;
    let unread = async || {
        let found = all(store, &kim.id).await;
        (0..6).filter(|place| found.iter().any(|one| one.id == own[*place].id && !one.is_read)).collect::<Vec<_>>()
    };
    assert_eq!(mark(2).await, [2]);
    assert_eq!(unread().await, [0, 1, 2, 5], "the newest that were there then");
    assert_eq!(mark(10).await, [3]);
    assert_eq!(mark(10).await, [0]);
    assert_eq!(unread().await, [5]);
    assert_eq!(store.unread_notifications(&lee.id).await.expect("an answer"), 6);
}

/// Only with whose it is; one that is gone may go again.
pub async fn a_notification_goes_with_whose_it_is(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let [one, other] = [(); 2].map(|()| scene.make.notification(&kim.id));
    scene.commit(begin().insert(row(&one)).insert(row(&other))).await;
    scene.commit(begin().change(Change::Remove(RowKey::Notification(lee.id, one.id)))).await;
    assert_eq!(all(store, &kim.id).await.len(), 2);
    for _ in 0..2 {
        scene.commit(begin().change(Change::Remove(RowKey::Notification(kim.id.clone(), one.id)))).await;
        assert_eq!(all(store, &kim.id).await, std::slice::from_ref(&other));
    }
}
