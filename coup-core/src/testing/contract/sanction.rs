//! Sanctions and appeals: what is kept of them, and who is shown what.

use super::scene::{Scene, after, begin, is_conflict, limit, paged, place};
use crate::{
    appeal::model::{Appeal, AppealStatus},
    changes::Row,
    id::{AppealId, MessageId, SanctionId, UserId},
    moderation::model::{Case, ReportTarget},
    page::Key,
    policy::{AdminRole, SanctionType},
    sanction::model::{Days, Sanction},
    store::{Store, StoreError, Unique},
    text::AppealText,
    user::model::User,
};

fn row(sanction: &Sanction) -> Row {
    Row::Sanction(Box::new(sanction.clone()))
}

fn appeal_row(appeal: &Appeal) -> Row {
    Row::Appeal(Box::new(appeal.clone()))
}

async fn imposed(scene: &Scene<'_>, user: &User, kind: SanctionType, admin: Option<&User>) -> Sanction {
    let sanction = Sanction { admin_id: admin.map(|admin| admin.id.clone()), ..scene.make.sanction(&user.id, kind) };
    scene.commit(begin().insert(row(&sanction))).await;
    sanction
}

/// Every type with its length, the report that it answers, and its lifting.
pub async fn a_sanction_comes_back_with_all_its_fields_and_its_appeal(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee, admin) = (scene.user("김민준").await, scene.user("이서연").await, scene.user("관리자").await);
    let case = scene.make.case(ReportTarget::User(kim.id.clone()), &kim.id);
    let report = scene.make.report(&case, &lee.id);
    scene.commit(begin().insert(Row::Case(Box::new(case.clone()))).insert(Row::Report(Box::new(report.clone())))).await;
    for kind in SanctionType::ALL {
        let full = Sanction {
            admin_id: Some(admin.id.clone()),
            reason: "욕설 \"반복\" 'drop'".into(),
            report_id: Some(report.id),
            is_active: false,
            lifted_by: Some(admin.id.clone()),
            lift_reason: Some("실수 👋".into()),
            lifted_at: Some(scene.make.later()),
            mistaken: true,
            ..scene.make.sanction(&kim.id, kind)
        };
        scene.commit(begin().insert(row(&full))).await;
        assert_eq!(store.sanction(full.id).await.expect("an answer"), Some((full.clone(), None)));
        let bare = imposed(&scene, &kim, kind, None).await;
        let appeal = Appeal {
            text: AppealText::from_stored("억울해요 \"정말\"\n둘째 줄".into()),
            status: AppealStatus::Reduced,
            decided_by: Some(admin.id.clone()),
            decided_role: Some(AdminRole::SuperAdmin),
            decided_at: Some(scene.make.later()),
            words: Some("조금 줄였어요".into()),
            ..scene.make.appeal(&bare)
        };
        scene.commit(begin().insert(appeal_row(&appeal))).await;
        assert_eq!(store.sanction(bare.id).await.expect("an answer"), Some((bare.clone(), Some(appeal.clone()))));
        assert_eq!(store.appeal(appeal.id).await.expect("an answer"), Some((appeal, bare)));
    }
    assert_eq!(store.sanction(scene.make.id(SanctionId::from_uuid)).await.expect("an answer"), None);
    assert_eq!(store.appeal(scene.make.id(AppealId::from_uuid)).await.expect("an answer"), None);
    let unknown = Sanction {
        report_id: Some(scene.make.report(&case, &lee.id).id),
        ..scene.make.sanction(&kim.id, SanctionType::Warning)
    };
    scene.refused(begin().insert(row(&unknown))).await;
}

/// Lifted and ended ones too; nobody else's.
pub async fn all_sanctions_of_a_person_come_back_the_newest_first(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let first = imposed(&scene, &kim, SanctionType::Warning, None).await;
    imposed(&scene, &lee, SanctionType::Suspension, None).await;
    let second = imposed(&scene, &kim, SanctionType::Suspension, None).await;
    let third = imposed(&scene, &kim, SanctionType::ChatBan, None).await;
    let lifted = Sanction { is_active: false, lifted_at: Some(scene.make.later()), ..second.clone() };
    scene.commit(begin().save(row(&lifted))).await;
    let appeal = scene.make.appeal(&first);
    scene.commit(begin().insert(appeal_row(&appeal))).await;
    let lifted = Sanction { version: 1, ..lifted };
    let all = store.sanctions_of(&kim.id).await.expect("an answer");
    assert_eq!(all, [(third, None), (lifted, None), (first, Some(appeal))]);
    assert_eq!(store.sanctions_of(&scene.make.user("아무도").id).await.expect("an answer"), []);
}

/// A second one is refused, and so is one of a sanction that is not there.
pub async fn a_sanction_has_one_appeal(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let sanction = imposed(&scene, &kim, SanctionType::Suspension, None).await;
    scene.commit(begin().insert(appeal_row(&scene.make.appeal(&sanction)))).await;
    let error = scene.refused(begin().insert(appeal_row(&scene.make.appeal(&sanction)))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Appeal)), "{error:?}");
    let nothing = scene.make.sanction(&kim.id, SanctionType::Warning);
    scene.refused(begin().insert(appeal_row(&scene.make.appeal(&nothing)))).await;
}

/// Of two decisions on one version the second conflicts.
pub async fn a_saved_appeal_has_a_new_version_and_the_old_one_conflicts(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, admin) = (scene.user("김민준").await, scene.user("관리자").await);
    let sanction = imposed(&scene, &kim, SanctionType::Suspension, Some(&admin)).await;
    let appeal = scene.make.appeal(&sanction);
    scene.commit(begin().insert(appeal_row(&appeal))).await;
    let decided = Appeal {
        // What was said stays as it was.
        text: AppealText::from_stored("다른 말".into()),
        status: AppealStatus::Upheld,
        decided_by: Some(admin.id.clone()),
        decided_role: Some(AdminRole::Admin),
        decided_at: Some(scene.make.later()),
        words: Some("그대로예요".into()),
        ..appeal.clone()
    };
    scene.commit(begin().save(appeal_row(&decided))).await;
    let stored = Appeal { text: appeal.text.clone(), version: 1, ..decided.clone() };
    assert_eq!(store.appeal(appeal.id).await.expect("an answer"), Some((stored, sanction)));
    assert!(is_conflict(&scene.refused(begin().save(appeal_row(&decided))).await));
}

/// Its type, length and end; by whom, when and why it was imposed stays.
pub async fn a_reduced_sanction_is_saved_and_what_was_said_of_it_stays(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let sanction = imposed(&scene, &kim, SanctionType::Suspension, None).await;
    let reduced = Sanction {
        kind: SanctionType::ChatBan,
        days: Some(Days::MOST),
        expires_at: Some(after(sanction.created_at, 60)),
        ..sanction.clone()
    };
    scene.commit(begin().save(row(&reduced))).await;
    let stored = Sanction { version: 1, ..reduced.clone() };
    assert_eq!(store.sanction(sanction.id).await.expect("an answer"), Some((stored, None)));
    assert!(is_conflict(&scene.refused(begin().save(row(&reduced))).await));
}

/// The oldest first; not to who imposed the sanction, to whom it is of, nor to who has a part in the case that it answers.
pub async fn appeals_page_by_time_and_leave_out_who_has_a_part_in_them(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, one, two) = (scene.user("김민준").await, scene.user("하나").await, scene.user("둘").await);
    let mut all = Vec::new();
    for (number, admin) in [Some(&one), Some(&two), None, Some(&one), Some(&two)].into_iter().enumerate() {
        let sanction = imposed(&scene, &kim, SanctionType::Suspension, admin).await;
        let status = if number == 0 { AppealStatus::Upheld } else { AppealStatus::Pending };
        let appeal = Appeal { status, ..scene.make.appeal(&sanction) };
        scene.commit(begin().insert(appeal_row(&appeal))).await;
        all.push((appeal, sanction));
    }
    let shown = async |viewer: Option<&UserId>, status| {
        let found = store.appeals(viewer, status, None, limit(9)).await.expect("an answer");
        found.into_iter().map(|(appeal, _)| appeal.id).collect::<Vec<_>>()
    };
    let expected = |places: &[usize]| places.iter().map(|place| all[*place].0.id).collect::<Vec<_>>();
    assert_eq!(shown(None, None).await, expected(&[0, 1, 2, 3, 4]));
    assert_eq!(shown(None, Some(AppealStatus::Pending)).await, expected(&[1, 2, 3, 4]));
    assert_eq!(shown(None, Some(AppealStatus::Overturned)).await, expected(&[]));
    assert_eq!(shown(Some(&one.id), None).await, expected(&[1, 2, 4]));
    assert_eq!(shown(Some(&two.id), Some(AppealStatus::Pending)).await, expected(&[2, 3]));
    assert_eq!(shown(Some(&kim.id), None).await, expected(&[]));
    for size in [1, 2, 5] {
        let found = paged(
            size,
            |(appeal, _): &(Appeal, Sanction)| place(Key::time(appeal.created_at), &appeal.id),
            async |after, limit| store.appeals(None, None, after, limit).await,
        )
        .await;
        assert_eq!(found, all);
    }

    let (owner, study) = scene.owned().await;
    let reporter = scene.user("신고자").await;
    let message = ReportTarget::Message(scene.make.id(MessageId::from_uuid));
    let case = Case { study_id: Some(study.id), ..scene.make.case(message, &kim.id) };
    let report = scene.make.report(&case, &reporter.id);
    let sanction = Sanction { report_id: Some(report.id), ..scene.make.sanction(&kim.id, SanctionType::Suspension) };
    let appeal = Appeal { status: AppealStatus::Reduced, ..scene.make.appeal(&sanction) };
    scene.commit(begin().insert(Row::Case(Box::new(case))).insert(Row::Report(Box::new(report)))).await;
    scene.commit(begin().insert(row(&sanction)).insert(appeal_row(&appeal))).await;
    for (viewer, is_shown) in [(&owner, false), (&reporter, false), (&one, true)] {
        let expected = if is_shown { vec![appeal.id] } else { Vec::new() };
        assert_eq!(shown(Some(&viewer.id), Some(AppealStatus::Reduced)).await, expected, "{viewer:?}");
    }
}
