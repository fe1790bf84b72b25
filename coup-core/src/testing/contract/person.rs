//! What administrators are shown of a person: names, how much they take part, and the reports that are theirs.

use super::scene::{Scene, begin, limit};
use crate::{
    changes::Row,
    id::{CaseId, MessageId, ReportId, StudyId, UserId},
    member::model::MemberStatus,
    moderation::model::{Case, CaseStatus, Report, ReportTarget},
    policy::StudyRole,
    store::Store,
    user::model::{Activity, Person, User, UserStatus},
};

/// Whatever is asked for twice, or is not there.
pub async fn people_are_found_by_their_identifiers_each_once(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    scene.user("박지호").await;
    let deleted = User { name: None, avatar: None, status: UserStatus::Deleted, ..lee.clone() };
    scene.commit(begin().save(Row::User(Box::new(deleted)))).await;
    let nobody: UserId = "nobody's \"id\"".parse().expect("an identifier");
    let mut found = store.people(&[lee.id.clone(), nobody, kim.id.clone(), lee.id.clone()]).await.expect("an answer");
    found.sort_by_key(|person| person.name.is_none());
    assert_eq!(found, [Person::from(&kim), Person { id: lee.id, name: None, avatar: None }]);
    assert_eq!(store.people(&[]).await.expect("an answer"), []);
}

/// Studies of which they are an ACTIVE member; messages wherever they stand, deleted ones too.
pub async fn how_much_somebody_takes_part_is_counted(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let kim = scene.user("김민준").await;
    assert_eq!(store.activity(&kim.id).await.expect("an answer"), Activity::default());
    for status in MemberStatus::ALL {
        let elsewhere = scene.study(&owner).await;
        scene.member_as(elsewhere.id, &kim, |member| member.status = *status).await;
    }
    scene.join(study.id, &kim).await;
    scene.post(study.id, &kim, "하나").await;
    let gone = scene.post(study.id, &kim, "둘").await;
    scene.delete_message(&gone).await;
    scene.post(study.id, &owner, "셋").await;
    assert_eq!(store.activity(&kim.id).await.expect("an answer"), Activity { studies: 2, messages: 2 });
}

/// A case of somebody's doing, with a report of each reporter.
async fn reported(
    scene: &Scene<'_>,
    offender: &User,
    study: Option<StudyId>,
    reporters: &[&User],
) -> (Case, Vec<Report>) {
    let target = ReportTarget::Message(scene.make.id(MessageId::from_uuid));
    let case = Case { study_id: study, ..scene.make.case(target, &offender.id) };
    let reports: Vec<Report> = reporters.iter().map(|reporter| scene.make.report(&case, &reporter.id)).collect();
    let begin = begin().insert(Row::Case(Box::new(case.clone())));
    let changes = reports.iter().fold(begin, |changes, report| changes.insert(Row::Report(Box::new(report.clone()))));
    scene.commit(changes).await;
    (case, reports)
}

async fn about(store: &dyn Store, offender: &User, viewer: Option<&User>) -> Vec<(CaseId, ReportId)> {
    let cards = store.cases_about(&offender.id, viewer.map(|viewer| &viewer.id), limit(50)).await.expect("an answer");
    cards.into_iter().map(|card| (card.case.id, card.first)).collect()
}

async fn made(store: &dyn Store, reporter: &User, viewer: Option<&User>) -> Vec<ReportId> {
    let reports = store.reports_by(&reporter.id, viewer.map(|viewer| &viewer.id), limit(50)).await.expect("an answer");
    reports.into_iter().map(|(report, _)| report.id).collect()
}

/// The offender, who reported, and the study's OWNER and ADMINs have a part; others, and nobody, see all.
pub async fn what_was_reported_of_and_by_somebody_is_listed_without_what_the_viewer_has_a_part_in(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let [kim, lee, park, choi, staff, gone] = [
        scene.user("김민준").await,
        scene.user("이서연").await,
        scene.user("박지호").await,
        scene.user("최하은").await,
        scene.user("정도윤").await,
        scene.user("윤지우").await,
    ];
    scene.member_as(study.id, &staff, |member| member.role = StudyRole::Admin).await;
    scene
        .member_as(study.id, &gone, |member| {
            member.role = StudyRole::Admin;
            member.status = MemberStatus::Left;
        })
        .await;
    let (old, old_reports) = reported(&scene, &kim, None, &[&lee, &park]).await;
    let (inside, inside_reports) = reported(&scene, &kim, Some(study.id), &[&lee]).await;
    let (of_lee, of_lee_reports) = reported(&scene, &lee, None, &[&kim]).await;
    let closed = Case { status: CaseStatus::Resolved, ..old.clone() };
    scene.commit(begin().save(Row::Case(Box::new(closed)))).await;

    let first = |case: &Case, reports: &[Report]| (case.id, reports[0].id);
    let both = [first(&inside, &inside_reports), first(&old, &old_reports)];
    for viewer in [None, Some(&choi), Some(&gone)] {
        assert_eq!(about(store, &kim, viewer).await, both, "{viewer:?}");
        assert_eq!(made(store, &lee, viewer).await, [inside_reports[0].id, old_reports[0].id], "{viewer:?}");
    }
    for viewer in [&owner, &staff] {
        assert_eq!(about(store, &kim, Some(viewer)).await, both[1..], "{viewer:?}");
        assert_eq!(made(store, &lee, Some(viewer)).await, [old_reports[0].id], "{viewer:?}");
    }
    assert_eq!(about(store, &kim, Some(&park)).await, both[..1], "who reported has a part");
    for part in [&kim, &lee] {
        assert_eq!(about(store, &kim, Some(part)).await, [], "{part:?}");
        assert_eq!(made(store, &lee, Some(part)).await, [], "{part:?}");
    }
    assert_eq!(about(store, &lee, Some(&choi)).await, [first(&of_lee, &of_lee_reports)]);
    assert_eq!(made(store, &kim, Some(&lee)).await, [], "the target never learns of the reporter");
    assert_eq!(made(store, &choi, None).await, []);
    let one = store.cases_about(&kim.id, None, limit(1)).await.expect("an answer");
    assert_eq!((one.len(), one[0].case.id), (1, inside.id));
    let one = store.reports_by(&lee.id, None, limit(1)).await.expect("an answer");
    assert_eq!((one.len(), &one[0]), (1, &(inside_reports[0].clone(), inside)));
}
