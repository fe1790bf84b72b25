//! What is found among the public studies, in which order, and page by page.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::scene::{Scene, after, begin, limit, paged, place};
use crate::{
    changes::Change,
    id::StudyId,
    member::model::MemberStatus,
    page::{Key, Keyset, Limit},
    store::Store,
    study::model::{Browse, SortOrder, Study, StudySort},
    text::{Category, Description, Query, StudyName, Tag},
};

async fn found(store: &dyn Store, browse: &Browse) -> Vec<StudyId> {
    studies(store, browse, None, limit(100)).await.iter().map(|study| study.id).collect()
}

/// A page as somebody sees it who belongs nowhere.
async fn studies(store: &dyn Store, browse: &Browse, after: Option<&Keyset>, limit: Limit) -> Vec<Study> {
    let browsed =
        store.browse(&"nobody".parse().expect("a person's identifier"), browse, after, limit).await.expect("an answer");
    browsed.into_iter().map(|browsed| browsed.study).collect()
}

fn query(text: &str) -> Browse {
    Browse { query: Some(Query::from_stored(text.into())), ..Browse::default() }
}

/// Not even by an exact filter.
pub async fn private_and_hidden_studies_are_never_browsed(store: &dyn Store) {
    let scene = Scene::of(store);
    let owner = scene.user("김민준").await;
    scene.study_as(&owner, |study| study.is_public = false).await;
    scene.study_as(&owner, |study| study.hidden_at = Some(study.created_at)).await;
    let closed = scene.study_as(&owner, |study| study.closed_at = Some(study.created_at)).await;
    for browse in [
        Browse::default(),
        query("알고리즘"),
        Browse { category: Some("프로그래밍".into()), ..Browse::default() },
        Browse { tag: Some("초보 환영".into()), ..Browse::default() },
        Browse { min_members: Some(1), order: Some(SortOrder::Asc), ..Browse::default() },
    ] {
        assert_eq!(found(store, &browse).await, [closed.id], "{browse:?}");
    }
}

/// In whole, as `study` answers it.
pub async fn browsed_studies_come_with_all_their_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    scene.commit(begin().change(Change::TakeSeat(study.id))).await;
    let study = scene.stored_study(study.id).await;
    assert_eq!(studies(store, &Browse::default(), None, limit(9)).await, [study]);
}

/// Whatever the status; of others nothing shows.
pub async fn browsed_studies_say_how_the_reader_stands_to_them(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, reader) = (scene.user("김민준").await, scene.user("이서연").await);
    let mut expected = vec![(scene.study(&owner).await.id, None)];
    for status in MemberStatus::ALL {
        let study = scene.study(&owner).await;
        scene.member_as(study.id, &reader, |member| member.status = *status).await;
        scene.member_as(study.id, &scene.user("박지호").await, |_| ()).await;
        expected.push((study.id, Some(*status)));
    }
    expected.reverse();
    let browsed = store.browse(&reader.id, &Browse::default(), None, limit(9)).await.expect("an answer");
    let stands: Vec<_> = browsed.into_iter().map(|browsed| (browsed.study.id, browsed.membership)).collect();
    assert_eq!(stands, expected);
}

/// Name or description, two syllables, whatever the case; `%` and `_` mean themselves.
pub async fn studies_are_found_by_name_or_description(store: &dyn Store) {
    let scene = Scene::of(store);
    let owner = scene.user("김민준").await;
    let mut of = Vec::new();
    for (name, description) in [
        ("수학 정복", "기초부터 함께"),
        ("영어 회화", "매주 수학여행 이야기"),
        ("RUST 100%", "snake_case"),
        ("가", "%"),
    ] {
        let study = scene.study_as(&owner, |study| {
            study.name = StudyName::from_stored(name.into());
            study.description = Description::from_stored(description.into());
        });
        of.push(study.await.id);
    }
    let [math, english, rust, single] = of.as_slice() else { panic!("four studies") };
    let cases: &[(&str, &[&StudyId])] = &[
        ("수학", &[math, english]),
        ("수학 정", &[math]),
        ("정복기초", &[]),
        ("rust", &[rust]),
        ("RuSt 1", &[rust]),
        ("SNAKE_C", &[rust]),
        ("e_c", &[rust]),
        ("k_c", &[]),
        ("0%", &[rust]),
        ("%", &[rust, single]),
        ("_", &[rust]),
        ("가", &[single]),
        ("\\", &[]),
        ("'", &[]),
        ("학정", &[]),
    ];
    for (text, expected) in cases {
        let found: BTreeSet<StudyId> = found(store, &query(text)).await.into_iter().collect();
        assert_eq!(found, expected.iter().map(|id| **id).collect(), "{text:?}");
    }
}

/// A new name is found and the old one is not.
pub async fn an_edited_study_is_found_by_its_new_words(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let renamed = Study { name: StudyName::from_stored("물리 교실".into()), ..study.clone() };
    scene.commit(begin().save(super::scene::study_row(&renamed))).await;
    assert_eq!(found(store, &query("물리")).await, [study.id]);
    assert_eq!(found(store, &query("알고리즘")).await, []);
}

/// Each filter by itself and several at once.
pub async fn each_filter_keeps_what_it_says(store: &dyn Store) {
    let scene = Scene::of(store);
    let owner = scene.user("김민준").await;
    let one = scene
        .study_as(&owner, |study| {
            study.category = Category::from_stored("언어".into());
            study.sub_category = Some(Category::from_stored("영어".into()));
            study.tags = ["회화", "아침 반"].map(|tag| Tag::from_stored(tag.into())).into();
            study.rating = 4.5;
            study.review_count = 2;
        })
        .await
        .id;
    let two = scene.study_as(&owner, |study| study.is_recruiting = false).await.id;
    let three = scene
        .study_as(&owner, |study| {
            study.closed_at = Some(study.created_at);
            study.rating = 3.0;
            study.review_count = 1;
        })
        .await
        .id;
    for study in [two, three, three] {
        scene.commit(begin().change(Change::TakeSeat(study))).await;
    }
    let any = Browse::default;
    let cases: Vec<(Browse, Vec<StudyId>)> = vec![
        (any(), vec![one, two, three]),
        (Browse { category: Some("언어".into()), ..any() }, vec![one]),
        (Browse { category: Some("언".into()), ..any() }, vec![]),
        (Browse { sub_category: Some("영어".into()), ..any() }, vec![one]),
        (Browse { sub_category: Some(String::new()), ..any() }, vec![]),
        (Browse { tag: Some("아침 반".into()), ..any() }, vec![one]),
        (Browse { tag: Some("아침".into()), ..any() }, vec![]),
        (Browse { tag: Some("%".into()), ..any() }, vec![]),
        (Browse { tag: Some("초보 환영".into()), ..any() }, vec![two, three]),
        (Browse { is_recruiting: Some(true), ..any() }, vec![one]),
        (Browse { is_recruiting: Some(false), ..any() }, vec![two, three]),
        (Browse { min_members: Some(2), ..any() }, vec![two, three]),
        (Browse { max_members: Some(2), ..any() }, vec![one, two]),
        (Browse { min_members: Some(2), max_members: Some(2), ..any() }, vec![two]),
        (Browse { min_rating: Some(3.0), ..any() }, vec![one, three]),
        (Browse { min_rating: Some(4.51), ..any() }, vec![]),
        (Browse { min_rating: Some(3.0), is_recruiting: Some(false), ..query("스터디") }, vec![three]),
        (Browse { tag: Some("회화".into()), min_members: Some(2), ..any() }, vec![]),
    ];
    for (browse, expected) in cases {
        let found: BTreeSet<StudyId> = found(store, &browse).await.into_iter().collect();
        assert_eq!(found, expected.into_iter().collect(), "{browse:?}");
    }
}

/// Seven studies in which every sort key occurs several times.
async fn tied(scene: &Scene<'_>) -> Vec<Study> {
    let owner = scene.user("김민준").await;
    let start = scene.make.later();
    let mut studies = Vec::new();
    for n in 0..7_i32 {
        let study = scene.study_as(&owner, |study| {
            study.created_at = after(start, i64::from(n / 3)) + TimeDelta::microseconds(i64::from(n / 5));
            study.rating = f64::from(n % 3) / 2.0 + 0.1;
        });
        let id = study.await.id;
        for _ in 0..(n % 4) / 2 {
            scene.commit(begin().change(Change::TakeSeat(id))).await;
        }
        studies.push(scene.stored_study(id).await);
    }
    studies
}

fn key(sort: StudySort, study: &Study) -> Key {
    match sort {
        StudySort::CreatedAt => Key::time(study.created_at),
        StudySort::MemberCount => Key::Integer(study.member_count.into()),
        StudySort::Rating => Key::Real(study.rating),
    }
}

/// Every sort, both ways; what is equal stands by its identifier, the same way.
pub async fn every_sort_goes_both_ways(store: &dyn Store) {
    let scene = Scene::of(store);
    let studies = tied(&scene).await;
    for sort in StudySort::ALL {
        let mut expected = studies.clone();
        expected
            .sort_by(|a, b| key(*sort, a).as_real().total_cmp(&key(*sort, b).as_real()).then_with(|| a.id.cmp(&b.id)));
        for order in SortOrder::ALL {
            let browse = Browse { sort: Some(*sort), order: Some(*order), ..Browse::default() };
            let found = self::studies(store, &browse, None, limit(100)).await;
            if *order == SortOrder::Desc {
                expected.reverse();
            }
            assert_eq!(found, expected, "{sort} {order}");
            if *order == SortOrder::Desc {
                expected.reverse();
            }
        }
    }
    let newest_first = Browse { sort: Some(StudySort::CreatedAt), order: Some(SortOrder::Desc), ..Browse::default() };
    assert_eq!(found(store, &Browse::default()).await, found(store, &newest_first).await, "the default");
}

/// For every sort, both ways and page sizes of 1 to 8: put together, the pages are the whole list.
pub async fn pages_of_studies_leave_no_gap_and_repeat_nothing(store: &dyn Store) {
    let scene = Scene::of(store);
    tied(&scene).await;
    for sort in StudySort::ALL {
        for order in SortOrder::ALL {
            let browse = Browse { sort: Some(*sort), order: Some(*order), ..Browse::default() };
            let whole = found(store, &browse).await;
            assert_eq!(whole.len(), 7);
            for size in [1, 2, 3, 7, 8] {
                let row = |study: &Study| place(key(*sort, study), &study.id);
                let read = async |after: Option<&Keyset>, limit| Ok(studies(store, &browse, after, limit).await);
                let found: Vec<StudyId> = paged(size, row, read).await.iter().map(|study| study.id).collect();
                assert_eq!(found, whole, "{sort} {order} by {size}");
            }
        }
    }
}

/// What is new stands before the page, what went is left out; nothing is shown twice or skipped.
pub async fn a_page_goes_on_where_the_last_one_ended_whatever_came_or_went(store: &dyn Store) {
    let scene = Scene::of(store);
    let owner = scene.user("김민준").await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(scene.study(&owner).await.id);
    }
    ids.reverse();
    let first = studies(store, &Browse::default(), None, limit(2)).await;
    assert_eq!(first.iter().map(|study| study.id).collect::<Vec<_>>(), ids[..2]);
    let last = first.last().map(|study| place(Key::time(study.created_at), &study.id));
    scene.study(&owner).await;
    scene.commit(begin().change(Change::Remove(crate::changes::Key::Study(ids[1])))).await;
    let second = studies(store, &Browse::default(), last.as_ref(), limit(2)).await;
    assert_eq!(second.iter().map(|study| study.id).collect::<Vec<_>>(), ids[2..]);
}
