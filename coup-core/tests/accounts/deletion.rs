//! Deleting an account: what goes, what stays, and what stands in the way.

use chrono::TimeDelta;
use coup_core::{
    admin::service::{CreateAdmin, GrantAdmin},
    audit::model::{AdminAction, AuditFilter},
    chat::{model::Stretch, service::SendMessage},
    coup::Ctx,
    error::{Error, StateError},
    id::{StudyId, UserId},
    mail::model::LetterKind,
    member::{
        model::MemberStatus,
        service::{Approve, Join, Request, SetRole},
    },
    notification::model::NotificationFilter,
    page::Limit,
    policy::{AdminRole, StudyRole},
    sanction::{model::Measure, service::Impose},
    store::{
        AccountReads as _, AuditReads as _, ChatReads as _, JobReads as _, MemberReads as _, NotificationReads as _,
        PersonalReads as _, Store as _, StudyReads as _, UserReads as _,
    },
    study::service::{CloseStudy, ReopenStudy, StudyFields},
    text::{MessageText, PersonName, Words},
    user::{
        deletion::{DeleteAccount, DeleteUser},
        directory::HostUser,
        model::{AdminPermissions, UserStatus},
        reset::RequestReset,
        service::{AdoptUser, SignedIn, UpdateProfile},
    },
};

use crate::house::{EMAIL, House, PASSWORD, address, with};

const OTHER: &str = "seoyeon@school.kr";

fn fields(auto_approve: bool) -> StudyFields {
    StudyFields {
        name: Some("아침 수학".into()),
        description: Some("매일 한 문제".into()),
        category: Some("수학".into()),
        auto_approve: Some(auto_approve),
        ..StudyFields::default()
    }
}

impl House {
    async fn study(&self, owner: &SignedIn, auto_approve: bool) -> StudyId {
        let command = fields(auto_approve).create().unwrap();
        self.coup.run(&with(owner), command).await.unwrap().study.id
    }

    async fn joins(&self, who: &SignedIn, study: StudyId) {
        let request = Request::parse(Some("저는 김민준이에요"), Some("수학이 좋아요"), Some("중급")).unwrap();
        self.coup.run(&with(who), Join { study, request }).await.unwrap();
    }

    async fn deletes(&self, who: &SignedIn) -> Result<(), Error> {
        self.coup.run(&with(who), DeleteAccount).await.map(drop)
    }

    async fn says(&self, who: &SignedIn, study: StudyId, text: &str) {
        let message = SendMessage::parse(study, text, None, None).unwrap();
        self.coup.run(&with(who), message).await.unwrap();
    }

    /// The SUPER_ADMIN of an address.
    async fn root(&self, email: &str) -> SignedIn {
        let account = Self::sign_up(email, PASSWORD);
        self.coup.as_host("test").run(CreateAdmin { account, role: AdminRole::SuperAdmin }).await.unwrap();
        self.sign_in(&Ctx::default(), email, PASSWORD).await.unwrap()
    }
}

#[tokio::test]
async fn what_is_personal_goes_and_what_was_said_stays() {
    let house = House::with_letters();
    let (owner, minjun) = (house.person(OTHER).await, house.person(EMAIL).await);
    let study = house.study(&owner, true).await;
    house.joins(&minjun, study).await;
    house.says(&minjun, study, "안녕하세요").await;
    let bio = UpdateProfile {
        bio: Some(coup_core::text::Bio::parse("bio", "수학 선생님").unwrap()),
        ..UpdateProfile::default()
    };
    house.coup.run(&with(&minjun), bio).await.unwrap();
    let asked = RequestReset { email: address(EMAIL), language: coup_core::policy::Language::Ko };
    house.coup.run(&Ctx::default(), asked).await.unwrap();
    house.letters().await;
    let id = minjun.user.id.clone();

    house.deletes(&minjun).await.unwrap();
    let user = house.store.user(&id).await.unwrap().unwrap();
    assert_eq!(user.status, UserStatus::Deleted);
    let left = (user.email, user.password, user.name, user.avatar, user.bio, user.locale);
    assert_eq!(left, (None, None, None, None, None, None));
    assert_eq!((user.age_band, user.guardian_consent_at, user.suspend_reason), (None, None, None));
    assert_eq!(house.store.sessions_of(&id, Limit::MAX).await.unwrap(), []);
    for kind in coup_core::user::model::VerificationKind::ALL {
        assert_eq!(house.store.verification(*kind, &address(EMAIL)).await.unwrap(), None);
    }
    let own = house.store.memberships(&id, None, Limit::MAX).await.unwrap();
    assert_eq!((own[0].member.status, own[0].read_to), (MemberStatus::Left, None));
    assert_eq!((&own[0].member.introduction, &own[0].member.level), (&None, &None));
    assert_eq!(house.store.study(study).await.unwrap().unwrap().member_count, 1);
    assert!(matches!(house.coup.me(&with(&minjun)).await, Err(Error::NotSignedIn)));
    assert!(matches!(house.coup.me(&Ctx::user(id.clone())).await, Err(Error::NotSignedIn)));
    assert!(matches!(house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await, Err(Error::WrongCredentials)));

    let said = house.store.messages(study, Stretch::Latest, Limit::MAX).await.unwrap();
    assert_eq!(
        (said[0].content.as_deref(), &said[0].author.id, &said[0].author.name),
        (Some("안녕하세요"), &id, &None)
    );
    house.letters().await;
    let anew = house.person(EMAIL).await;
    assert_ne!(anew.user.id, id, "the address is free for somebody new");
}

#[tokio::test]
async fn a_last_letter_says_so_and_its_address_is_forgotten() {
    let house = House::with_letters();
    let minjun = house.person(EMAIL).await;
    house.letters().await;
    house.deletes(&minjun).await.unwrap();
    let letters = house.letters().await;
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!((letter.kind, letter.to.as_str()), (LetterKind::AccountDeleted, EMAIL));
    assert!(letter.text.contains("탈퇴한 사용자") && letter.text.contains("되돌릴 수는 없어요"), "{}", letter.text);
    assert!(!letter.text.contains("김민준"), "{}", letter.text);
    let job = house.store.job(letter.id).await.unwrap().unwrap();
    assert_eq!((job.payload, job.failed), (serde_json::Value::Null, false));
}

#[tokio::test]
async fn a_letter_that_is_never_taken_forgets_its_address_too() {
    let house = House::with_letters();
    let minjun = house.person(EMAIL).await;
    house.letters().await;
    house.postbox.answers.lock().unwrap().push(coup_core::mail::model::MailError::Never("no such box".into()));
    house.deletes(&minjun).await.unwrap();
    let letters = house.letters().await;
    let job = house.store.job(letters[0].id).await.unwrap().unwrap();
    assert_eq!((job.payload, job.failed), (serde_json::Value::Null, true));
}

#[tokio::test]
async fn names_that_others_were_told_go_from_events_and_notifications() {
    let house = House::new();
    let (owner, minjun) = (house.person(OTHER).await, house.person(EMAIL).await);
    let name = PersonName::parse("name", "남궁민준").unwrap();
    house.coup.run(&with(&minjun), UpdateProfile { name: Some(name), ..UpdateProfile::default() }).await.unwrap();
    let study = house.study(&owner, false).await;
    house.joins(&minjun, study).await;
    house.coup.run(&with(&owner), Approve { study, user: minjun.user.id.clone() }).await.unwrap();
    house.says(&minjun, study, "안녕하세요").await;
    let told = async || {
        let events = house.store.events(&coup_core::changes::Scope::Study(study), 0, Limit::MAX).await.unwrap();
        let own = coup_core::changes::Scope::User(owner.user.id.clone());
        let own = house.store.events(&own, 0, Limit::MAX).await.unwrap();
        let filter = NotificationFilter::default();
        let notifications = house.store.notifications(&owner.user.id, filter, None, Limit::MAX).await.unwrap();
        (events.len() + own.len() + notifications.len(), format!("{events:?} {own:?} {notifications:?}"))
    };
    let (before, text) = told().await;
    assert!(text.contains("남궁민준") && text.contains("수학이 좋아요"), "{text}");
    house.deletes(&minjun).await.unwrap();
    house.work().await;
    let (after, text) = told().await;
    assert_eq!(after, before + 1, "nothing is missing; that they left was told");
    for gone in ["남궁민준", "수학이 좋아요", "저는 김민준이에요"] {
        assert!(!text.contains(gone), "{gone}: {text}");
    }
    assert!(text.contains("안녕하세요"), "{text}");
}

#[tokio::test]
async fn a_request_is_taken_back() {
    let house = House::new();
    let (owner, minjun) = (house.person(OTHER).await, house.person(EMAIL).await);
    let study = house.study(&owner, false).await;
    house.joins(&minjun, study).await;
    house.deletes(&minjun).await.unwrap();
    assert_eq!(house.store.member(study, &minjun.user.id).await.unwrap(), None);
    assert_eq!(house.store.study(study).await.unwrap().unwrap().member_count, 1);
}

#[tokio::test]
async fn the_owner_of_an_open_study_hands_over_or_closes_first() {
    let house = House::new();
    let (owner, other) = (house.person(OTHER).await, house.person(EMAIL).await);
    let (handed, closed) = (house.study(&owner, true).await, house.study(&owner, true).await);
    house.joins(&other, handed).await;
    house.store.take();
    let refused = house.deletes(&owner).await.unwrap_err();
    assert_eq!(refused.code(), "owns_studies");
    let Error::OwnsStudies(studies) = refused else { panic!("{refused}") };
    assert_eq!(studies.iter().map(|study| study.id).collect::<Vec<_>>(), [handed, closed]);
    assert!(house.store.take().is_empty(), "a refusal writes nothing");

    let hand_over = SetRole { study: handed, user: other.user.id.clone(), role: StudyRole::Owner };
    house.coup.run(&with(&owner), hand_over).await.unwrap();
    assert!(matches!(house.deletes(&owner).await, Err(Error::OwnsStudies(studies)) if studies.len() == 1));
    house.coup.run(&with(&owner), CloseStudy(closed)).await.unwrap();
    house.deletes(&owner).await.unwrap();
    let stays = house.store.member(closed, &owner.user.id).await.unwrap().unwrap();
    assert_eq!(
        (stays.member.role, stays.member.status, stays.user.name),
        (StudyRole::Owner, MemberStatus::Active, None)
    );
    let left = house.store.member(handed, &owner.user.id).await.unwrap().unwrap();
    assert_eq!(left.member.status, MemberStatus::Left);
}

#[tokio::test]
async fn who_opens_a_study_again_while_deleting_does_not_leave_it_without_an_owner() {
    let house = House::new();
    let owner = house.person(EMAIL).await;
    let study = house.study(&owner, true).await;
    house.coup.run(&with(&owner), CloseStudy(study)).await.unwrap();
    let ctx = with(&owner);
    let deleting = house.coup.prepare(&ctx, &DeleteAccount).await.unwrap();
    house.coup.run(&with(&owner), ReopenStudy(study)).await.unwrap();
    let lost = house.store.commit(deleting.changes.unwrap()).await;
    assert!(matches!(lost, Err(coup_core::store::StoreError::Conflict)), "{lost:?}");
    assert!(matches!(house.deletes(&owner).await, Err(Error::OwnsStudies(_))));
}

#[tokio::test]
async fn the_last_super_admin_stays_and_another_ones_role_ends_with_an_audit_row() {
    let house = House::new();
    let root = house.root(EMAIL).await;
    assert!(matches!(house.deletes(&root).await, Err(Error::State(StateError::LastSuperAdmin))));
    let second = house.root(OTHER).await;
    let before = house.store.audit_head().await.unwrap().seq;
    let ctx = Ctx { ip: Some("203.0.113.9".into()), user_agent: Some("Otter/3".into()), ..with(&root) };
    let viewer = house.person("hana@school.kr").await.user.id;
    let permissions = AdminPermissions::default();
    let grant = GrantAdmin { user: viewer, role: AdminRole::Viewer, expires_at: None, permissions };
    house.coup.run(&ctx, grant).await.unwrap();
    house.coup.run(&ctx, DeleteAccount).await.unwrap();
    assert_eq!(house.store.person_and_grant(&root.user.id).await.unwrap().unwrap().1, None);
    let rows = house.store.audit_rows(&AuditFilter::default(), before, Limit::MAX).await.unwrap();
    let last = rows.last().unwrap();
    assert_eq!(last.action, AdminAction::AdminRevoke.as_str());
    assert_eq!(
        (last.admin.as_deref(), last.target_id.as_deref()),
        (Some(root.user.id.as_str()), Some(root.user.id.as_str()))
    );
    let personal: Vec<_> = rows.iter().flat_map(|row| &row.personal).map(|field| field.value.as_str()).collect();
    assert!(!personal.iter().any(|value| value.contains("203.0.113.9") || value.contains("Otter")), "{personal:?}");
    house.coup.verify_audit(&with(&second), None).await.unwrap().unwrap();
    assert!(matches!(house.deletes(&second).await, Err(Error::State(StateError::LastSuperAdmin))));
}

#[tokio::test]
async fn it_is_asked_again_who_it_is_and_a_refusal_writes_nothing() {
    let house = House::new();
    let minjun = house.person(EMAIL).await;
    house.clock.advance(TimeDelta::minutes(15));
    house.store.take();
    assert!(matches!(house.deletes(&minjun).await, Err(Error::ConfirmationRequired)));
    assert!(house.store.take().is_empty());
    assert!(house.account(EMAIL).await.is_some());
}

#[tokio::test]
async fn who_is_banned_takes_their_data_along_and_is_not_rid_of_the_ban() {
    let house = House::new();
    let root = house.root(OTHER).await;
    let minjun = house.person(EMAIL).await;
    let reason = Words::parse("reason", "규칙을 어겼어요").unwrap();
    let ban = Impose { user: minjun.user.id.clone(), measure: Measure::PERMANENT_BAN, reason, notify: false };
    house.coup.run(&with(&root), ban).await.unwrap();
    let minjun = house.sign_in(&Ctx::default(), EMAIL, PASSWORD).await.unwrap();
    house.coup.export_account(&with(&minjun)).await.unwrap();
    assert_eq!(house.coup.before_deletion(&with(&minjun)).await.unwrap().1, None);
    assert!(matches!(house.deletes(&minjun).await, Err(Error::Denied(_))));
    // The host says so in its own name, and what was done about the account stays.
    let gone = DeleteUser { user: minjun.user.id.clone(), close_studies: false };
    house.coup.as_host("test").run(gone).await.unwrap();
    let detail = house.coup.user_detail(&with(&root), &minjun.user.id).await.unwrap();
    assert_eq!((detail.status, detail.name, detail.email), (UserStatus::Deleted, None, None));
    assert_eq!(detail.history.sanctions.len(), 1);
}

#[tokio::test]
async fn a_host_says_that_a_user_is_gone_and_it_stays_so() {
    let house = House::new();
    let school = house.coup.as_host("pupils' register");
    let id: UserId = "pupil-17".parse().unwrap();
    let user = HostUser::named(PersonName::parse("name", "김하늘").unwrap());
    school.run(AdoptUser { id: id.clone(), user: user.clone() }).await.unwrap();
    let ctx = Ctx::user(id.clone());
    let study = house.coup.run(&ctx, fields(true).create().unwrap()).await.unwrap().study.id;
    let gone = |close_studies| DeleteUser { user: id.clone(), close_studies };
    assert!(matches!(school.run(gone(false)).await, Err(Error::OwnsStudies(_))));
    school.run(gone(true)).await.unwrap();
    assert!(house.store.study(study).await.unwrap().unwrap().closed_at.is_some());
    school.run(gone(true)).await.unwrap();
    school.run(DeleteUser { user: "nobody".parse().unwrap(), close_studies: false }).await.unwrap();
    assert!(matches!(school.run(AdoptUser { id: id.clone(), user }).await, Err(Error::NotFound)));
    assert!(matches!(house.coup.me(&ctx).await, Err(Error::NotSignedIn)));
    assert_eq!(house.store.user(&id).await.unwrap().unwrap().name, None);
    let rows = house.store.audit_rows(&AuditFilter::default(), 0, Limit::MAX).await.unwrap();
    assert_eq!(rows.iter().filter(|row| row.action == AdminAction::UserDelete.as_str()).count(), 1);
    // Nobody else may say so.
    let other = house.person(OTHER).await;
    assert!(matches!(house.coup.run(&with(&other), gone(true)).await, Err(Error::NotSignedIn)));
}

#[tokio::test]
async fn what_somebody_wrote_into_a_message_of_theirs_is_their_word_and_stays() {
    let house = House::new();
    let (owner, minjun) = (house.person(OTHER).await, house.person(EMAIL).await);
    let study = house.study(&owner, true).await;
    house.joins(&minjun, study).await;
    house.says(&owner, study, "@김민준 어서 와요").await;
    house.deletes(&minjun).await.unwrap();
    let said = house.store.messages(study, Stretch::Latest, Limit::MAX).await.unwrap();
    assert_eq!(said[0].content.as_deref(), Some(MessageText::parse("content", "@김민준 어서 와요").unwrap().as_str()));
}
