//! Revocations, tickets, heads of many scopes, and who stands where.

use futures_util::future::{join, join_all};
use serde_json::json;

use super::scene::{Scene, after, begin, is_conflict, limit, member_row, user_row};
use crate::{
    changes::{Change, Changes, EventKind, Key, Row, Scope},
    env::Timestamp,
    id::{SanctionId, SessionId, StudyId, UserId},
    live::model::{CutCode, Revocation, Revoked, Ticket},
    member::model::{MemberStatus, StudyMember},
    policy::{AdminRole, SanctionType, StudyRole},
    sanction::model::{ActiveSanction, Sanction},
    store::{Credential, Store, StoreError, Unique},
    study::model::Study,
    user::model::User,
};

/// With the revocations that follow from the changes.
fn revoking(mut changes: Changes, at: Timestamp) -> Changes {
    changes.revoke(at);
    changes
}

/// A commit that ends a session that there never was, and so writes a revocation and nothing else.
fn sign_out(scene: &Scene<'_>) -> (SessionId, Changes) {
    let session = scene.make.id(SessionId::from_uuid);
    (session, revoking(begin().change(Change::Remove(Key::Session(session))), scene.make.later()))
}

async fn revocations(store: &dyn Store) -> Vec<Revocation> {
    let (mut found, mut last): (Vec<Revocation>, i64) = (Vec::new(), 0);
    loop {
        let page = store.revocations(last, limit(100)).await.expect("an answer");
        assert!(found.len() < 1000, "the list has no end: its pages repeat");
        let Some(newest) = page.last() else { return found };
        last = newest.seq;
        found.extend(page);
    }
}

/// Whose, why, when, and until when; several of one commit stand one after the other.
pub async fn revocations_come_back_with_all_they_say(store: &dyn Store) {
    let scene = Scene::of(store);
    assert_eq!(store.revocation_head().await.expect("an answer"), 0);
    assert_eq!(revocations(store).await, []);
    let (owner, study) = scene.owned().await;
    let kim = User { id: "학생-17, role:admin *".parse().expect("a person's identifier"), ..scene.make.user("김") };
    scene.commit(begin().insert(user_row(&kim))).await;
    let member = scene.join(study.id, &kim).await;
    let session = scene.make.session(&kim.id);
    let at = scene.make.later();
    let sanction = |kind, expires_at| {
        let id = scene.make.id(SanctionId::from_uuid);
        Row::Sanction(Box::new(Sanction {
            id,
            user_id: kim.id.clone(),
            admin_id: None,
            kind,
            reason: "도배".into(),
            days: None,
            report_id: None,
            expires_at,
            is_active: true,
            lifted_by: None,
            lift_reason: None,
            lifted_at: None,
            mistaken: false,
            created_at: at,
            version: 0,
        }))
    };
    let until = Some(after(at, 60));
    let changes = begin()
        .insert(sanction(SanctionType::Suspension, until))
        .insert(sanction(SanctionType::Warning, None))
        .insert(sanction(SanctionType::PermanentBan, None))
        .save(member_row(&StudyMember { status: MemberStatus::Kicked, ..member }))
        .change(Change::Remove(Key::Session(session.id)))
        .save(Row::Study(Box::new(Study { closed_at: Some(at), ..scene.stored_study(study.id).await })))
        .insert(Row::AdminGrant(Box::new(scene.make.grant(&owner.id, AdminRole::Viewer))));
    let committed = scene.commit(revoking(changes, at)).await;
    let found = revocations(store).await;
    assert_eq!(committed.revoked, Some(6));
    assert_eq!(store.revocation_head().await.expect("an answer"), 6);
    assert_eq!(found.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert!(found.iter().all(|row| row.at == at));
    let mut said: Vec<_> = found.into_iter().map(|row| (row.revoked, row.code, row.until)).collect();
    said.sort();
    let mut expected = [
        (Revoked::User(kim.id.clone()), CutCode::Sanctioned, until),
        (Revoked::User(kim.id.clone()), CutCode::Sanctioned, None),
        (Revoked::Member(study.id, kim.id), CutCode::Kicked, None),
        (Revoked::Session(session.id), CutCode::SignedOut, None),
        (Revoked::Study(study.id), CutCode::StudyClosed, None),
        (Revoked::User(owner.id), CutCode::RoleChanged, None),
    ];
    expected.sort();
    assert_eq!(said, expected);
}

/// They outlive the study, the membership and the session.
pub async fn a_revocation_outlives_what_it_speaks_of(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let at = scene.make.later();
    scene.commit(revoking(begin().change(Change::Remove(Key::Study(study.id))), at)).await;
    assert_eq!(store.study(study.id).await.expect("an answer"), None);
    let expected =
        Revocation { seq: 1, at, revoked: Revoked::Study(study.id), code: CutCode::StudyDeleted, until: None };
    assert_eq!(revocations(store).await, [expected]);
}

/// Whatever else a commit does; one that is refused uses no place up, and tells nothing.
pub async fn revocations_have_places_in_the_order_of_commits(store: &dyn Store) {
    let scene = Scene::of(store);
    let mut expected = Vec::new();
    for place in 1..=5 {
        let (_, refused) = sign_out(&scene);
        let error = scene.refused(refused.change(Change::UseTicket([7; 32]))).await;
        assert!(is_conflict(&error), "{error:?}");
        assert_eq!(scene.commit(begin()).await.revoked, None);
        let (session, changes) = sign_out(&scene);
        assert_eq!(scene.commit(changes).await.revoked, Some(place));
        assert_eq!(store.revocation_head().await.expect("an answer"), place);
        expected.push((place, Revoked::Session(session)));
    }
    assert_eq!(revocations(store).await.into_iter().map(|row| (row.seq, row.revoked)).collect::<Vec<_>>(), expected);
}

/// Twenty at once, three of which have two each: no place is missing or given twice, and who reads while they come never sees
/// a place before the ones before it.
pub async fn racing_revocations_have_places_without_gaps(store: &dyn Store) {
    let scene = Scene::of(store);
    let mut expected = Vec::new();
    let racing = (0..20).map(|n| {
        let (one, changes) = sign_out(&scene);
        expected.push(one);
        if n % 7 != 6 && n != 0 {
            return changes;
        }
        let two = scene.make.id(SessionId::from_uuid);
        expected.push(two);
        revoking(changes.change(Change::Remove(Key::Session(two))), scene.make.later())
    });
    let racing: Vec<Changes> = racing.collect();
    let reading = async {
        let mut seen = 0;
        for _ in 0..20 {
            let found = revocations(store).await;
            let places = found.iter().map(|row| row.seq);
            assert!(places.eq(1..=i64::try_from(found.len()).expect("a few")), "a place came before one before it");
            assert!(found.len() >= seen, "a revocation went away");
            seen = found.len();
        }
    };
    let (committed, ()) = join(join_all(racing.into_iter().map(|changes| store.commit(changes))), reading).await;
    let mut last: Vec<i64> =
        committed.into_iter().map(|one| one.expect("a commit").revoked.expect("the newest place")).collect();
    last.sort_unstable();
    let found = revocations(store).await;
    assert!(found.iter().map(|row| row.seq).eq(1..=23), "{found:?}");
    assert!(found.iter().all(|row| row.code == CutCode::SignedOut));
    let mut told: Vec<SessionId> = found
        .iter()
        .filter_map(|row| match &row.revoked {
            Revoked::Session(session) => Some(*session),
            _ => None,
        })
        .collect();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    // Each was told its own newest place.
    assert_eq!(last.len(), 20);
    last.dedup();
    assert_eq!((last.len(), last.last()), (20, Some(&23)));
}

/// After a place, oldest first, so many at most.
pub async fn revocations_page_by_place(store: &dyn Store) {
    let scene = Scene::of(store);
    for _ in 0..5 {
        scene.commit(sign_out(&scene).1).await;
    }
    let page = async |after, most| -> Vec<i64> {
        let found = store.revocations(after, limit(most)).await.expect("an answer");
        found.into_iter().map(|row| row.seq).collect()
    };
    assert_eq!(page(0, 2).await, [1, 2]);
    assert_eq!(page(2, 2).await, [3, 4]);
    assert_eq!(page(4, 2).await, [5]);
    assert_eq!(page(5, 2).await, Vec::<i64>::new());
    assert_eq!(page(-1, 9).await, [1, 2, 3, 4, 5]);
    assert_eq!(page(i64::MAX, 9).await, Vec::<i64>::new());
}

/// Studies and people in one question, in any order; of a scope that is not there, nothing.
pub async fn heads_of_many_scopes_are_answered_at_once(store: &dyn Store) {
    let scene = Scene::of(store);
    assert_eq!(store.heads(&[]).await.expect("an answer"), []);
    let (owner, study) = scene.owned().await;
    let (other, quiet) = (scene.study(&owner).await, scene.study(&owner).await);
    let kim = User { id: "학생-17 \"'{}[],\\".parse().expect("a person's identifier"), ..scene.make.user("김") };
    let lee = scene.user("이서연").await;
    scene.commit(begin().insert(user_row(&kim))).await;
    let tell = async |scope: &Scope, times: usize| {
        for _ in 0..times {
            let at = scene.make.later();
            scene.commit(begin().event(scope.clone(), EventKind::StudyUpdated, at, json!({}))).await;
        }
    };
    let (study, other, quiet) = (Scope::Study(study.id), Scope::Study(other.id), Scope::Study(quiet.id));
    let (kim, lee) = (Scope::User(kim.id), Scope::User(lee.id));
    for (scope, times) in [(&study, 3), (&other, 1), (&kim, 2)] {
        tell(scope, times).await;
    }
    let nobody = Scope::User("nobody".parse().expect("a person's identifier"));
    let nothing = Scope::Study(scene.make.id(StudyId::from_uuid));
    let asked = [&kim, &study, &nobody, &lee, &quiet, &nothing].map(Clone::clone);
    let mut found = store.heads(&asked).await.expect("an answer");
    // Whoever was never told anything may be absent.
    found.retain(|(_, seq)| *seq != 0);
    found.sort();
    let mut expected = vec![(study.clone(), 3), (kim.clone(), 2)];
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(store.heads(std::slice::from_ref(&kim)).await.expect("an answer"), [(kim.clone(), 2)]);
    assert_eq!(store.heads(std::slice::from_ref(&other)).await.expect("an answer"), [(other.clone(), 1)]);
    // As many as a node may have.
    let strangers = (0..3000).map(|_| Scope::Study(scene.make.id(StudyId::from_uuid)));
    let people = (0..3000).map(|_| Scope::User(scene.make.id(UserId::from)));
    let many: Vec<Scope> = strangers.chain(people).chain([other.clone(), kim.clone()]).collect();
    let mut found = store.heads(&many).await.expect("an answer");
    found.sort();
    let mut expected = vec![(other, 1), (kim, 2)];
    expected.sort();
    assert_eq!(found, expected);
}

fn ticket(scene: &Scene<'_>, number: u8, credential: Credential) -> Ticket {
    Ticket { hash: [number; 32], credential, expires_at: after(scene.make.later(), 60) }
}

fn ticket_row(ticket: &Ticket) -> Row {
    Row::Ticket(Box::new(ticket.clone()))
}

/// A person's and a session's; a used one is gone, and one that there never was is none.
pub async fn a_ticket_comes_back_with_all_its_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = User { id: "학생-17, role:admin *".parse().expect("a person's identifier"), ..scene.make.user("김") };
    scene.commit(begin().insert(user_row(&kim))).await;
    let session = scene.make.session(&kim.id);
    scene.commit(begin().insert(Row::Session(Box::new(session.clone())))).await;
    let of_person = ticket(&scene, 1, Credential::User(kim.id));
    let of_session = ticket(&scene, 2, Credential::Session(session.token_hash));
    let read = async |hash| store.ticket(&hash).await.expect("an answer");
    for made in [&of_person, &of_session] {
        assert_eq!(read(made.hash).await, None);
        scene.commit(begin().insert(ticket_row(made))).await;
    }
    for made in [&of_person, &of_session] {
        assert_eq!(read(made.hash).await.as_ref(), Some(made));
    }
    let second = Ticket { credential: of_session.credential.clone(), ..of_person.clone() };
    let error = scene.refused(begin().insert(ticket_row(&second))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Id)), "{error:?}");
    let error = scene.refused(begin().save(ticket_row(&of_person))).await;
    assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
    // It opens nothing where its holder is known no more; that is for who uses it to find.
    scene.commit(begin().change(Change::Remove(Key::Session(session.id)))).await;
    assert_eq!(read(of_session.hash).await.as_ref(), Some(&of_session));
    scene.commit(begin().change(Change::UseTicket(of_person.hash))).await;
    assert_eq!((read(of_person.hash).await, read(of_session.hash).await), (None, Some(of_session)));
}

/// Twenty bring the same one: one finds it, and what the others would have written is not there.
pub async fn of_twenty_who_bring_one_ticket_one_uses_it(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let made = ticket(&scene, 1, Credential::User(kim.id.clone()));
    scene.commit(begin().insert(ticket_row(&made))).await;
    let scope = Scope::User(kim.id.clone());
    let at = scene.make.later();
    let racing = (0..20).map(|_| {
        let changes = begin().event(scope.clone(), EventKind::StudyUpdated, at, json!({}));
        store.commit(changes.change(Change::UseTicket(made.hash)))
    });
    let answers = join_all(racing.collect::<Vec<_>>()).await;
    let lost: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert_eq!(lost.len(), 19, "{answers:?}");
    assert!(lost.iter().all(|error| is_conflict(error)), "{lost:?}");
    assert_eq!(store.ticket(&made.hash).await.expect("an answer"), None);
    assert_eq!(store.head(&scope).await.expect("an answer").event_seq, 1);
}

/// By person and by session: the same standing as anywhere, and the studies by identifier, closed and hidden ones too.
pub async fn a_standing_everywhere_has_the_active_memberships(store: &dyn Store) {
    let scene = Scene::of(store);
    let owner = scene.user("김민준").await;
    let lee = scene.user("이서연").await;
    let session = scene.make.session(&lee.id);
    let at = scene.make.later();
    scene
        .commit(
            begin()
                .insert(Row::Session(Box::new(session.clone())))
                .insert(Row::AdminGrant(Box::new(scene.make.grant(&lee.id, AdminRole::Moderator)))),
        )
        .await;
    let callers = [Credential::User(lee.id.clone()), Credential::Session(session.token_hash)];
    for caller in &callers {
        let (standing, studies) = store.standing_everywhere(caller).await.expect("an answer").expect("a person");
        assert_eq!(Some(standing), store.standing(caller, None).await.expect("an answer"));
        assert_eq!(studies, []);
    }
    let mut expected = Vec::new();
    let changes: [fn(&mut Study, Timestamp); 4] = [
        |_, _| (),
        |study, at| study.hidden_at = Some(at),
        |study, at| study.closed_at = Some(at),
        |study, _| study.is_public = false,
    ];
    for change in changes {
        let study = scene.study_as(&owner, |study| change(study, at)).await;
        let member = scene.member_as(study.id, &lee, |member| member.role = StudyRole::Admin).await;
        expected.push((scene.stored_study(study.id).await, member));
    }
    let own = scene.study(&lee).await;
    expected.push((scene.stored_study(own.id).await, scene.stored_member(own.id, &lee.id).await));
    for status in [MemberStatus::Pending, MemberStatus::Kicked, MemberStatus::Left] {
        let study = scene.study(&owner).await;
        scene.member_as(study.id, &lee, |member| member.status = status).await;
    }
    scene.study(&owner).await;
    let chat_ban = Sanction {
        id: scene.make.id(SanctionId::from_uuid),
        user_id: lee.id.clone(),
        admin_id: None,
        kind: SanctionType::ChatBan,
        reason: "도배".into(),
        days: None,
        report_id: None,
        expires_at: Some(at),
        is_active: true,
        lifted_by: None,
        lift_reason: None,
        lifted_at: None,
        mistaken: false,
        created_at: at,
        version: 0,
    };
    scene.commit(begin().insert(Row::Sanction(Box::new(chat_ban)))).await;
    expected.sort_by_key(|(study, _)| study.id);
    for caller in &callers {
        let (standing, studies) = store.standing_everywhere(caller).await.expect("an answer").expect("a person");
        assert_eq!(standing.sanctions, [ActiveSanction { kind: SanctionType::ChatBan, expires_at: Some(at) }]);
        assert_eq!(Some(standing), store.standing(caller, None).await.expect("an answer"));
        assert_eq!(studies, expected);
    }
}

/// As anywhere.
pub async fn who_is_not_there_stands_nowhere(store: &dyn Store) {
    let nobody: UserId = "nobody".parse().expect("a person's identifier");
    for caller in [Credential::User(nobody), Credential::Session([0; 32])] {
        assert_eq!(store.standing_everywhere(&caller).await.expect("an answer"), None);
    }
}
