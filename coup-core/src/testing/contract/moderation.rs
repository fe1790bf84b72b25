//! Reports and cases: what is kept, who is shown what, and that of two decisions one is written.

use chrono::TimeDelta;
use futures_util::future::join_all;

use super::scene::{Scene, after, begin, is_conflict, limit, paged, place};
use crate::{
    changes::{Changes, Row},
    id::{CaseEntryId, CaseId, MessageId, ReportId, StudyId},
    member::model::MemberStatus,
    moderation::model::{
        Case, CaseCard, CaseEntry, CaseEntryType, CaseFilter, CaseStatus, CaseTimes, Priority, Received, Record,
        Report, ReportTarget, ReportTargetType, ReportType, Reporting, Snapshot, Weight,
    },
    notification::model::NotificationFilter,
    page::Key,
    policy::{AdminRole, StudyRole},
    store::{Store, StoreError, Unique},
    text::{Link, Note, ReportReason},
    user::model::{Person, User},
};

fn row(case: &Case) -> Row {
    Row::Case(Box::new(case.clone()))
}

fn report_row(report: &Report) -> Row {
    Row::Report(Box::new(report.clone()))
}

fn of(user: &User) -> ReportTarget {
    ReportTarget::User(user.id.clone())
}

/// A case as the test wants it, with one report of somebody's.
async fn reported(
    scene: &Scene<'_>,
    target: ReportTarget,
    offender: &User,
    reporter: &User,
    change: impl FnOnce(&mut Case),
) -> (Case, Report) {
    let mut case = scene.make.case(target, &offender.id);
    change(&mut case);
    let report = scene.make.report(&case, &reporter.id);
    scene.commit(begin().insert(row(&case)).insert(report_row(&report))).await;
    (case, report)
}

fn closed(case: &Case, status: CaseStatus, admin: Option<&User>) -> Case {
    Case {
        status,
        processed_by: admin.map(|admin| admin.id.clone()),
        processed_at: Some(after(case.created_at, 90)),
        resolution: Some("처리했어요".into()),
        lease_until: None,
        held_until: None,
        ..case.clone()
    }
}

/// All fields, each kind of target and snapshot, every type, priority and status.
pub async fn a_case_comes_back_with_all_its_fields_and_reports(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee, admin) = (scene.user("김민준").await, scene.user("이서연").await, scene.user("관리자").await);
    let study = scene.make.id(StudyId::from_uuid);
    let snapshots = [
        Snapshot::User {
            name: Some("김 'O''민준'".into()), avatar: None, bio: Some("\"소개\"\n둘째 줄".into())
        },
        Snapshot::Study {
            name: "알고리즘".into(),
            emoji: "📚".into(),
            description: "설명".into(),
            category: "프로그래밍".into(),
            tags: vec!["초보 환영".into()],
            owner_id: kim.id.clone(),
        },
        Snapshot::Message {
            content: "욕설 \\ \u{1F600}".into(),
            author: Person::from(&kim),
            study_id: study,
            study_name: "알고리즘".into(),
            seq: 7,
            created_at: scene.make.later(),
            edited_at: Some(scene.make.later()),
            deleted_at: Some(scene.make.later()),
        },
    ];
    let targets = [of(&kim), ReportTarget::Study(study), ReportTarget::Message(scene.make.id(MessageId::from_uuid))];
    for (place, (target, snapshot)) in targets.into_iter().zip(snapshots).enumerate() {
        let full = Case {
            study_id: Some(study),
            status: CaseStatus::ALL[place],
            kind: ReportType::ALL[place],
            priority: Priority::ALL[place],
            reports: 2,
            assigned_to: Some(admin.id.clone()),
            lease_until: Some(scene.make.later() + TimeDelta::microseconds(7)),
            held_until: Some(scene.make.later()),
            escalated_to: Some(AdminRole::SuperAdmin),
            first_response_at: Some(scene.make.later()),
            processed_by: Some(admin.id.clone()),
            processed_at: Some(scene.make.later()),
            resolution: Some("말 \"따옴표\"".into()),
            ..scene.make.case(target.clone(), &kim.id)
        };
        let first = Report {
            kind: ReportType::ALL[place + 3],
            reason: ReportReason::from_stored(String::new()),
            snapshot,
            links: vec![Link::from_stored("https://example.com/?a='1'".into()), Link::from_stored("http://x".into())],
            weight: Weight::thousandths(333),
            ..scene.make.report(&full, &lee.id)
        };
        let second = scene.make.report(&full, &admin.id);
        let changes = begin().insert(row(&full)).insert(report_row(&first)).insert(report_row(&second));
        scene.commit(changes).await;
        let expected = Some((full.clone(), vec![first.clone(), second.clone()]));
        assert_eq!(store.case(full.id).await.expect("an answer"), expected);
    }
    let bare = Case { target_name: None, priority: Priority::Urgent, ..scene.make.case(of(&lee), &lee.id) };
    let report = scene.make.report(&bare, &kim.id);
    scene.commit(begin().insert(row(&bare)).insert(report_row(&report))).await;
    assert_eq!(store.case(bare.id).await.expect("an answer"), Some((bare, vec![report])));
    let nothing = scene.make.id(CaseId::from_uuid);
    assert_eq!(store.case(nothing).await.expect("an answer"), None);
}

/// By any of its reports; on a target the newest, decided ones too.
pub async fn a_case_is_found_by_each_of_its_reports_and_by_its_target(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee, park) = (scene.user("김민준").await, scene.user("이서연").await, scene.user("박지호").await);
    let (old, _) = reported(&scene, of(&kim), &kim, &lee, |case| case.status = CaseStatus::Rejected).await;
    let (case, first) = reported(&scene, of(&kim), &kim, &lee, |_| ()).await;
    let second = scene.make.report(&case, &park.id);
    scene.commit(begin().insert(report_row(&second))).await;
    let expected = Some((case.clone(), vec![first.clone(), second.clone()]));
    for report in [first.id, second.id] {
        assert_eq!(store.case_of(report).await.expect("an answer"), expected);
    }
    assert_eq!(store.newest_case(&of(&kim)).await.expect("an answer"), expected);
    assert_eq!(store.newest_case(&of(&lee)).await.expect("an answer"), None);
    assert_eq!(store.case_of(scene.make.id(ReportId::from_uuid)).await.expect("an answer"), None);
    scene.commit(begin().save(row(&closed(&case, CaseStatus::Resolved, None)))).await;
    let (newest, _) = store.newest_case(&of(&kim)).await.expect("an answer").expect("the case");
    assert_eq!((newest.id, newest.status), (case.id, CaseStatus::Resolved));
    assert_ne!(newest.id, old.id);
}

/// A second open one is refused, new or reopened; once it is decided, another may be opened.
pub async fn a_target_has_one_open_case(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let (case, _) = reported(&scene, of(&kim), &kim, &lee, |case| case.status = CaseStatus::InProgress).await;
    let second = scene.make.case(of(&kim), &kim.id);
    let error = scene.refused(begin().insert(row(&second))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::OpenCase)), "{error:?}");
    reported(&scene, of(&lee), &lee, &kim, |_| ()).await;

    scene.commit(begin().save(row(&closed(&case, CaseStatus::Rejected, None)))).await;
    scene.commit(begin().insert(row(&second)).insert(report_row(&scene.make.report(&second, &lee.id)))).await;
    let reopened = Case { version: 1, ..case };
    let error = scene.refused(begin().save(row(&reopened))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::OpenCase)), "{error:?}");
}

/// Ten people report at once what nobody reported before.
pub async fn of_racing_first_reports_one_opens_the_case(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let mut racing = Vec::new();
    for number in 0..10 {
        let reporter = scene.user(&format!("신고자 {number}")).await;
        let case = scene.make.case(of(&kim), &kim.id);
        let report = scene.make.report(&case, &reporter.id);
        racing.push(begin().insert(row(&case)).insert(report_row(&report)));
    }
    let answers = join_all(racing.into_iter().map(|changes| store.commit(changes))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    for error in answers.into_iter().filter_map(Result::err) {
        assert!(matches!(error, StoreError::AlreadyExists(Unique::OpenCase)), "{error:?}");
    }
    let (_, reports) = store.newest_case(&of(&kim)).await.expect("an answer").expect("the case");
    assert_eq!(reports.len(), 1);
}

/// A second report of one person in one case is refused; in another case it is not.
pub async fn a_reporter_has_one_report_in_a_case(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let (case, _) = reported(&scene, of(&kim), &kim, &lee, |_| ()).await;
    let error = scene.refused(begin().insert(report_row(&scene.make.report(&case, &lee.id)))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Report)), "{error:?}");
    let nowhere = scene.make.case(of(&lee), &lee.id);
    scene.refused(begin().insert(report_row(&scene.make.report(&nowhere, &kim.id)))).await;
    let nobody = scene.make.user("아무도");
    scene.refused(begin().insert(report_row(&scene.make.report(&case, &nobody.id)))).await;
    reported(&scene, of(&lee), &lee, &lee, |_| ()).await;
}

/// A save on a version that has passed conflicts.
pub async fn a_saved_case_has_a_new_version_and_the_old_one_conflicts(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee, admin) = (scene.user("김민준").await, scene.user("이서연").await, scene.user("관리자").await);
    let (case, report) = reported(&scene, of(&kim), &kim, &lee, |_| ()).await;
    let saved = Case {
        status: CaseStatus::InProgress,
        kind: ReportType::Safety,
        priority: Priority::Urgent,
        reports: 5,
        assigned_to: Some(admin.id.clone()),
        lease_until: Some(scene.make.later()),
        held_until: Some(scene.make.later()),
        escalated_to: Some(AdminRole::Admin),
        touched_at: scene.make.later(),
        first_response_at: Some(scene.make.later()),
        ..case.clone()
    };
    scene.commit(begin().save(row(&saved))).await;
    let stored = Case { version: 1, ..saved.clone() };
    assert_eq!(store.case(case.id).await.expect("an answer"), Some((stored, vec![report])));
    assert!(is_conflict(&scene.refused(begin().save(row(&saved))).await));
    let nothing = scene.make.case(of(&lee), &lee.id);
    assert!(is_conflict(&scene.refused(begin().save(row(&nothing))).await));
}

/// Twenty decide one case at once, each with a sanction: one sanction is there.
pub async fn of_racing_decisions_one_is_written(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let (case, _) = reported(&scene, of(&kim), &kim, &lee, |_| ()).await;
    let decide = || -> Changes {
        let sanction = scene.make.sanction(&kim.id, crate::policy::SanctionType::Warning);
        begin()
            .insert(Row::Sanction(Box::new(sanction)))
            .insert(Row::Notification(Box::new(scene.make.notification(&lee.id))))
            .save(row(&closed(&case, CaseStatus::Resolved, None)))
    };
    let racing: Vec<Changes> = (0..20).map(|_| decide()).collect();
    let answers = join_all(racing.into_iter().map(|changes| store.commit(changes))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    for error in answers.into_iter().filter_map(Result::err) {
        assert!(is_conflict(&error), "{error:?}");
    }
    assert_eq!(store.sanctions_of(&kim.id).await.expect("an answer").len(), 1);
    assert_eq!(
        store.notifications(&lee.id, NotificationFilter::default(), None, limit(9)).await.expect("an answer").len(),
        1
    );
}

/// Reports and entries are added, and never changed.
pub async fn what_was_reported_and_added_stays_as_it_is(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let (case, report) = reported(&scene, of(&kim), &kim, &lee, |_| ()).await;
    let entry = entry(&scene, &case, CaseEntryType::Note, Some(&kim));
    scene.commit(begin().insert(Row::CaseEntry(Box::new(entry.clone())))).await;
    for change in [report_row(&report), Row::CaseEntry(Box::new(entry))] {
        let error = scene.refused(begin().save(change)).await;
        assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
    }
}

/// Decided, approved, recent; and their newest report on a target.
pub async fn a_reporter_is_known_by_what_became_of_their_reports(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee, park) = (scene.user("김민준").await, scene.user("이서연").await, scene.user("박지호").await);
    let since = scene.make.later();
    let ask = async |reporter: &User, target: &User, since| {
        store.reporting(&reporter.id, &of(target), since).await.expect("an answer")
    };
    assert_eq!(ask(&lee, &kim, since).await, Reporting::default());
    for status in [CaseStatus::Resolved, CaseStatus::Rejected, CaseStatus::Resolved] {
        reported(&scene, of(&kim), &kim, &lee, |case| case.status = status).await;
    }
    reported(&scene, of(&park), &park, &lee, |_| ()).await;
    let (case, newest) = reported(&scene, of(&kim), &kim, &lee, |_| ()).await;
    scene.commit(begin().insert(report_row(&scene.make.report(&case, &park.id)))).await;
    let found = ask(&lee, &kim, since).await;
    assert_eq!(found.record, Record { decided: 3, upheld: 2 });
    assert_eq!((found.recent, found.last), (5, Some((newest.clone(), case))));
    assert_eq!(ask(&lee, &kim, newest.created_at).await.recent, 1, "from the instant on");
    assert_eq!(ask(&lee, &kim, newest.created_at + TimeDelta::microseconds(1)).await.recent, 0);
    assert_eq!(ask(&lee, &lee, since).await.last, None);
}

/// All reports of all cases that are their doing.
pub async fn what_was_reported_of_somebody_is_counted(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee, park) = (scene.user("김민준").await, scene.user("이서연").await, scene.user("박지호").await);
    let received = async |user: &User| store.received(&user.id).await.expect("an answer");
    assert_eq!(received(&kim).await, Received::default());
    let (case, _) = reported(&scene, of(&kim), &kim, &lee, |case| case.status = CaseStatus::Resolved).await;
    scene.commit(begin().insert(report_row(&scene.make.report(&case, &park.id)))).await;
    let message = ReportTarget::Message(scene.make.id(MessageId::from_uuid));
    reported(&scene, message, &kim, &lee, |case| case.status = CaseStatus::Rejected).await;
    reported(&scene, of(&kim), &kim, &park, |_| ()).await;
    assert_eq!(received(&kim).await, Received { reports: 4, upheld: 2 });
    assert_eq!(received(&lee).await, Received::default());
}

/// Whatever became of it since; who only asked to come in has not.
pub async fn people_have_met_who_were_in_one_study(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.user("이서연").await;
    let elsewhere = scene.study(&other).await;
    let mut met = Vec::new();
    for status in MemberStatus::ALL {
        let user = scene.user("누구").await;
        scene.member_as(study.id, &user, |member| member.status = *status).await;
        met.push((user, *status != MemberStatus::Pending));
    }
    for (user, expected) in &met {
        for (one, two) in [(&owner, user), (user, &owner)] {
            assert_eq!(store.have_met(&one.id, &two.id).await.expect("an answer"), *expected, "{user:?}");
        }
        assert!(!store.have_met(&other.id, &user.id).await.expect("an answer"), "{}", elsewhere.id);
    }
}

async fn queue(store: &dyn Store, filter: &CaseFilter, now: crate::env::Timestamp) -> Vec<CaseId> {
    let cards = store.cases(None, filter, now, None, limit(50)).await.expect("an answer");
    cards.into_iter().map(|card| card.case.id).collect()
}

/// Page by page, each with its first report.
pub async fn the_queue_shows_the_most_urgent_and_of_those_the_oldest(store: &dyn Store) {
    let scene = Scene::of(store);
    let reporter = scene.user("신고자").await;
    let mut cards = Vec::new();
    for priority in [Priority::Low, Priority::Urgent, Priority::Medium, Priority::Urgent, Priority::High, Priority::Low]
    {
        let kim = scene.user("김민준").await;
        let (case, first) = reported(&scene, of(&kim), &kim, &reporter, |case| case.priority = priority).await;
        let second = Report { reason: ReportReason::from_stored("나중".into()), ..scene.make.report(&case, &kim.id) };
        scene.commit(begin().insert(report_row(&second))).await;
        cards.push(CaseCard { case, first: first.id, reason: first.reason });
    }
    cards.sort_by_key(|card| (card.case.priority.place(), card.case.id));
    let now = scene.make.later();
    for size in [1, 2, 6, 7] {
        let found = paged(
            size,
            |card: &CaseCard| place(Key::Integer(card.case.priority.place()), &card.case.id),
            async |after, limit| store.cases(None, &CaseFilter::default(), now, after, limit).await,
        )
        .await;
        assert_eq!(found, cards);
    }
}

/// At the instant, without any job having run; and nobody has it then.
pub async fn a_lapsed_lease_gives_a_case_back_to_the_queue(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee, admin) = (scene.user("김민준").await, scene.user("이서연").await, scene.user("관리자").await);
    let end = after(scene.make.later(), 1800);
    let (case, _) = reported(&scene, of(&kim), &kim, &lee, |case| {
        case.status = CaseStatus::InProgress;
        case.assigned_to = Some(admin.id.clone());
        case.lease_until = Some(end);
    })
    .await;
    let (stray, _) = reported(&scene, of(&lee), &lee, &kim, |case| case.status = CaseStatus::InProgress).await;
    let stands = |status| CaseFilter { status: Some(status), ..CaseFilter::default() };
    let hers = CaseFilter { assigned_to: Some(admin.id.clone()), ..CaseFilter::default() };
    let before = end - TimeDelta::microseconds(1);
    assert_eq!(queue(store, &stands(CaseStatus::InProgress), before).await, [case.id]);
    assert_eq!(queue(store, &stands(CaseStatus::Pending), before).await, [stray.id], "nobody has it");
    assert_eq!(queue(store, &hers, before).await, [case.id]);
    assert_eq!(queue(store, &stands(CaseStatus::InProgress), end).await, []);
    assert_eq!(queue(store, &stands(CaseStatus::Pending), end).await, [case.id, stray.id]);
    assert_eq!(queue(store, &hers, end).await, []);
}

/// Alone and together.
pub async fn each_filter_keeps_the_cases_it_says(store: &dyn Store) {
    let scene = Scene::of(store);
    let (reporter, admin) = (scene.user("신고자").await, scene.user("관리자").await);
    let later = after(scene.make.later(), 1_000_000);
    let mut cases = Vec::new();
    for number in 0..12_usize {
        let kim = scene.user("김민준").await;
        let target = match number % 3 {
            0 => of(&kim),
            1 => ReportTarget::Study(scene.make.id(StudyId::from_uuid)),
            _ => ReportTarget::Message(scene.make.id(MessageId::from_uuid)),
        };
        let (case, _) = reported(&scene, target, &kim, &reporter, |case| {
            case.status = CaseStatus::ALL[number % 4];
            case.kind = ReportType::ALL[number % 6];
            case.priority = Priority::ALL[number / 3];
            if case.status == CaseStatus::InProgress {
                case.assigned_to = Some(if number < 6 { admin.id.clone() } else { reporter.id.clone() });
                case.lease_until = Some(later);
            }
        })
        .await;
        cases.push(case);
    }
    cases.sort_by_key(|case| (case.priority.place(), case.id));
    let now = scene.make.later();
    let any = CaseFilter::default;
    let mut filters = vec![any()];
    filters.extend(CaseStatus::ALL.iter().map(|status| CaseFilter { status: Some(*status), ..any() }));
    filters.extend(Priority::ALL.iter().map(|priority| CaseFilter { priority: Some(*priority), ..any() }));
    filters.extend(ReportType::ALL.iter().map(|kind| CaseFilter { kind: Some(*kind), ..any() }));
    filters.extend(ReportTargetType::ALL.iter().map(|kind| CaseFilter { target_type: Some(*kind), ..any() }));
    let mut times: Vec<_> = cases.iter().map(|case| case.created_at).collect();
    times.sort();
    filters.extend([
        CaseFilter { assigned_to: Some(admin.id.clone()), ..any() },
        CaseFilter { date_from: Some(times[4]), ..any() },
        CaseFilter { date_to: Some(times[4]), ..any() },
        CaseFilter { date_from: Some(times[2]), date_to: Some(times[9]), status: Some(CaseStatus::Pending), ..any() },
        CaseFilter { kind: Some(ReportType::Spam), target_type: Some(ReportTargetType::User), ..any() },
        CaseFilter { priority: Some(Priority::Low), status: Some(CaseStatus::InProgress), ..any() },
        CaseFilter {
            priority: Some(Priority::Low),
            status: Some(CaseStatus::InProgress),
            assigned_to: Some(admin.id.clone()),
            ..any()
        },
    ]);
    for filter in filters {
        let fits = |case: &&Case| {
            filter.status.is_none_or(|status| case.status_at(now) == status)
                && filter.priority.is_none_or(|priority| case.priority == priority)
                && filter.kind.is_none_or(|kind| case.kind == kind)
                && filter.target_type.is_none_or(|kind| case.target.kind() == kind)
                && filter.assigned_to.as_ref().is_none_or(|user| case.holder_at(now) == Some(user))
                && filter.date_from.is_none_or(|from| case.created_at >= from)
                && filter.date_to.is_none_or(|to| case.created_at < to)
        };
        let expected: Vec<_> = cases.iter().filter(fits).map(|case| case.id).collect();
        assert_eq!(queue(store, &filter, now).await, expected, "{filter:?}");
    }
}

/// Who reported it, whose doing it is, and the OWNER and ACTIVE ADMINs of its study.
pub async fn who_has_a_part_in_a_case_is_not_shown_it(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let (kim, reporter, second) = (scene.user("김민준").await, scene.user("신고자").await, scene.user("둘째").await);
    let message = ReportTarget::Message(scene.make.id(MessageId::from_uuid));
    let (case, _) = reported(&scene, message, &kim, &reporter, |case| case.study_id = Some(study.id)).await;
    scene.commit(begin().insert(report_row(&scene.make.report(&case, &second.id)))).await;
    let mut viewers = vec![(owner, false), (kim, false), (reporter, false), (second, false)];
    for (role, status, shown) in [
        (StudyRole::Admin, MemberStatus::Active, false),
        (StudyRole::Member, MemberStatus::Active, true),
        (StudyRole::Admin, MemberStatus::Left, true),
    ] {
        let user = scene.user("누구").await;
        scene
            .member_as(study.id, &user, |member| {
                member.role = role;
                member.status = status;
            })
            .await;
        viewers.push((user, shown));
    }
    viewers.push((scene.user("관리자").await, true));
    let now = scene.make.later();
    for (viewer, shown) in viewers {
        for status in [None, Some(CaseStatus::Pending)] {
            let filter = CaseFilter { status, ..CaseFilter::default() };
            let cards = store.cases(Some(&viewer.id), &filter, now, None, limit(9)).await.expect("an answer");
            assert_eq!(!cards.is_empty(), shown, "{viewer:?}");
        }
    }
}

/// The newest first, with their cases as they are.
pub async fn ones_own_reports_page_by_time(store: &dyn Store) {
    let scene = Scene::of(store);
    let (lee, park) = (scene.user("이서연").await, scene.user("박지호").await);
    let mut own = Vec::new();
    for status in CaseStatus::ALL {
        let kim = scene.user("김민준").await;
        let (case, report) = reported(&scene, of(&kim), &kim, &lee, |case| case.status = *status).await;
        scene.commit(begin().insert(report_row(&scene.make.report(&case, &park.id)))).await;
        own.push((report, case));
    }
    own.reverse();
    for size in [1, 3, 4] {
        let found = paged(
            size,
            |(report, _): &(Report, Case)| place(Key::time(report.created_at), &report.id),
            async |after, limit| store.own_reports(&lee.id, after, limit).await,
        )
        .await;
        assert_eq!(found, own);
    }
}

fn entry(scene: &Scene<'_>, case: &Case, kind: CaseEntryType, author: Option<&User>) -> CaseEntry {
    let created_at = scene.make.later();
    CaseEntry {
        id: scene.make.id(CaseEntryId::from_uuid),
        case_id: case.id,
        kind,
        author_id: author.map(|author| author.id.clone()),
        text: Note::from_stored("메모 \"하나\"\n둘".into()),
        links: if kind == CaseEntryType::Evidence {
            vec![Link::from_stored("https://x.kr/1".into())]
        } else {
            Vec::new()
        },
        created_at,
    }
}

/// With who added them, as they are now; the host's have nobody.
pub async fn entries_of_a_case_come_in_their_order(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee, admin) = (scene.user("김민준").await, scene.user("이서연").await, scene.user("관리자").await);
    let (case, _) = reported(&scene, of(&kim), &kim, &lee, |_| ()).await;
    let (other, _) = reported(&scene, of(&lee), &lee, &kim, |_| ()).await;
    let entries = [
        (entry(&scene, &case, CaseEntryType::Note, Some(&admin)), Some(Person::from(&admin))),
        (entry(&scene, &case, CaseEntryType::Evidence, None), None),
        (entry(&scene, &case, CaseEntryType::Evidence, Some(&kim)), Some(Person::from(&kim))),
    ];
    let elsewhere = entry(&scene, &other, CaseEntryType::Note, Some(&admin));
    for entry in entries.iter().map(|(entry, _)| entry).chain([&elsewhere]) {
        scene.commit(begin().insert(Row::CaseEntry(Box::new(entry.clone())))).await;
    }
    assert_eq!(store.case_entries(case.id, limit(9)).await.expect("an answer"), entries);
    assert_eq!(store.case_entries(case.id, limit(2)).await.expect("an answer"), entries[..2]);
    let nowhere = entry(&scene, &scene.make.case(of(&kim), &kim.id), CaseEntryType::Note, None);
    scene.refused(begin().insert(Row::CaseEntry(Box::new(nowhere)))).await;
}

/// From the first instant on, before the last, after a case.
pub async fn times_of_cases_are_read_within_their_bounds(store: &dyn Store) {
    let scene = Scene::of(store);
    let (reporter, admin) = (scene.user("신고자").await, scene.user("관리자").await);
    let mut times = Vec::new();
    for number in 0..5_usize {
        let kim = scene.user("김민준").await;
        let (case, _) = reported(&scene, of(&kim), &kim, &reporter, |case| {
            if number % 2 == 0 {
                *case = closed(case, CaseStatus::Resolved, Some(&admin));
                case.first_response_at = Some(after(case.created_at, 30));
            }
        })
        .await;
        times.push(CaseTimes {
            id: case.id,
            status: case.status,
            kind: case.kind,
            priority: case.priority,
            created_at: case.created_at,
            first_response_at: case.first_response_at,
            processed_at: case.processed_at,
            processed_by: case.processed_by,
        });
    }
    // The last two at one instant: then the identifier decides.
    let at = times[3].created_at;
    let kim = scene.user("김민준").await;
    let (twin, _) = reported(&scene, of(&kim), &kim, &reporter, |case| case.created_at = at).await;
    let mut all = times.clone();
    all.insert(4, CaseTimes { id: twin.id, ..times[3].clone() });
    let read = async |from, to, last: Option<CaseId>, most| {
        store.case_times(from, to, last, limit(most)).await.expect("an answer")
    };
    let (first, second, last) = (all[0].created_at, all[1].created_at, all[5].created_at);
    assert_eq!(read(second, last, None, 9).await, all[1..5]);
    assert_eq!(read(first, last, None, 2).await, all[..2]);
    assert_eq!(read(second, last, Some(all[1].id), 9).await, all[2..5]);
    assert_eq!(read(at, last, Some(all[3].id), 9).await, all[4..5]);
    assert_eq!(read(second, second, None, 2).await, []);
}
