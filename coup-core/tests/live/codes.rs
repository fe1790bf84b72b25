//! What each use case says to the connections that it concerns.

use coup_core::{
    admin::service::{GrantAdmin, RevokeAdmin},
    changes::{Change, Changes, Row, SystemPermit},
    chat::service::SendMessage,
    coup::{Command, Prepared, Room},
    error::Error,
    live::model::{CutCode, Revoked},
    member::{
        invite::{CreateInvite, JoinByCode},
        model::MemberStatus,
        service::{Approve, Join, Leave, Reinstate, RemoveMember, Request, SetRole, Withdraw},
    },
    policy::{AdminRole, SanctionType, StudyRole},
    study::service::{CloseStudy, DeleteStudy, ReopenStudy, RotateInviteCode, StudyFields},
    user::{
        model::AdminPermissions,
        service::{SignOut, UpdateProfile},
    },
};

use crate::house::{House, by_request, open, user};

fn join(study: coup_core::id::StudyId) -> Join {
    Join { study, request: Request::default() }
}

#[tokio::test]
async fn who_is_removed_is_told_kicked_and_who_leaves_left() {
    let house = House::new();
    let (owner, kim, lee) = (house.person("owner").await, house.person("kim").await, house.person("lee").await);
    let study = house.study(&owner, open()).await;
    let of = |who: &str, code| [(Revoked::Member(study, user(who)), code, None)];
    assert_eq!(house.cuts(&kim, join(study)).await, of("kim", CutCode::Joined));
    assert_eq!(house.cuts(&lee, join(study)).await, of("lee", CutCode::Joined));
    assert_eq!(
        house.cuts(&owner, RemoveMember { study, user: user("kim"), reason: None }).await,
        of("kim", CutCode::Kicked)
    );
    assert_eq!(house.cuts(&lee, Leave(study)).await, of("lee", CutCode::Left));
    // Whoever comes back has joined, too: their old membership is saved, not made anew.
    assert_eq!(house.cuts(&lee, join(study)).await, of("lee", CutCode::Joined));
    house.cuts(&owner, Reinstate { study, user: user("kim") }).await;
    let invite = house.coup.run(&owner, CreateInvite { study, expires_at: None, max_uses: None }).await.unwrap();
    assert_eq!(house.cuts(&kim, JoinByCode(invite.code)).await, of("kim", CutCode::Joined));
}

#[tokio::test]
async fn who_is_approved_is_told_joined_and_who_only_asked_nothing() {
    let house = House::new();
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    let study = house.study(&owner, by_request()).await;
    assert_eq!(house.cuts(&kim, join(study)).await, []);
    house.cuts(&kim, Withdraw(study)).await;
    assert_eq!(house.join(&kim, study).await, MemberStatus::Pending);
    let approved = house.cuts(&owner, Approve { study, user: user("kim") }).await;
    assert_eq!(approved, [(Revoked::Member(study, user("kim")), CutCode::Joined, None)]);
}

#[tokio::test]
async fn another_role_is_told_to_whose_it_is_and_a_hand_over_to_both() {
    let house = House::new();
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    let study = house.study(&owner, open()).await;
    house.join(&kim, study).await;
    let changed = |who: &str| (Revoked::Member(study, user(who)), CutCode::RoleChanged, None);
    for role in [StudyRole::Admin, StudyRole::Member] {
        assert_eq!(house.cuts(&owner, SetRole { study, user: user("kim"), role }).await, [changed("kim")]);
    }
    let both = house.cuts(&owner, SetRole { study, user: user("kim"), role: StudyRole::Owner }).await;
    assert_eq!(both, [changed("kim"), changed("owner")]);
}

#[tokio::test]
async fn a_closed_study_and_a_deleted_one_cut_everybody_off_and_one_that_opens_again_nobody() {
    let house = House::new();
    let owner = house.person("owner").await;
    let study = house.study(&owner, open()).await;
    let all = |code| [(Revoked::Study(study), code, None)];
    assert_eq!(house.cuts(&owner, CloseStudy(study)).await, all(CutCode::StudyClosed));
    assert_eq!(house.cuts(&owner, ReopenStudy(study)).await, []);
    assert_eq!(house.cuts(&owner, DeleteStudy(study)).await, all(CutCode::StudyDeleted));
}

#[tokio::test]
async fn signing_out_ends_the_session_and_no_other() {
    let house = House::new();
    house.person("kim").await;
    let ((session, ctx), (_, other)) = (house.session("kim").await, house.session("kim").await);
    assert_eq!(house.cuts(&ctx, SignOut).await, [(Revoked::Session(session), CutCode::SignedOut, None)]);
    assert!(matches!(house.coup.attend(&ctx).await, Err(Error::NotSignedIn)));
    house.coup.attend(&other).await.unwrap();
}

#[tokio::test]
async fn an_administrators_role_is_told_when_it_comes_changes_and_goes() {
    let house = House::new();
    house.person("kim").await;
    let host = house.coup.as_host("test");
    let expected = [(Revoked::User(user("kim")), CutCode::RoleChanged, None)];
    for role in [AdminRole::Viewer, AdminRole::Moderator] {
        let permissions = AdminPermissions::default();
        let grant = GrantAdmin { user: user("kim"), role, expires_at: None, permissions };
        assert_eq!(house.cuts(host.ctx(), grant).await, expected);
    }
    assert_eq!(house.cuts(host.ctx(), RevokeAdmin { user: user("kim") }).await, expected);
}

/// A row that is put, as whoever imposes sanctions will.
struct Put(Row);

impl Command for Put {
    type Output = ();

    async fn prepare(&self, _: &Room<'_>) -> Result<Prepared<()>, Error> {
        Ok(Prepared::new(Changes::system(SystemPermit::Operator).change(Change::Insert(self.0.clone())), ()))
    }
}

#[tokio::test]
async fn every_sanction_but_a_warning_is_told_until_when() {
    let house = House::new();
    house.person("kim").await;
    let until = Some(house.now() + chrono::TimeDelta::days(3));
    for kind in SanctionType::ALL {
        for until in [until, None] {
            let cuts = house.cuts(&coup_core::coup::Ctx::default(), Put(house.sanction("kim", kind, until))).await;
            let expected = (Revoked::User(user("kim")), CutCode::Sanctioned, until);
            let expected = if kind == SanctionType::Warning { vec![] } else { vec![expected] };
            assert_eq!(cuts, expected, "{kind}");
        }
    }
}

#[tokio::test]
async fn what_changes_nobodys_rights_cuts_nobody_off() {
    let house = House::new();
    let (owner, kim) = (house.person("owner").await, house.person("kim").await);
    let study = house.study(&owner, open()).await;
    house.join(&kim, study).await;
    let edit = StudyFields { is_public: Some(false), max_members: Some(9), ..open() };
    assert_eq!(house.cuts(&owner, edit.edit(study).unwrap()).await, []);
    assert_eq!(house.cuts(&owner, RotateInviteCode(study)).await, []);
    assert_eq!(house.cuts(&kim, SendMessage::parse(study, "안녕", None, None).unwrap()).await, []);
    assert_eq!(house.cuts(&kim, UpdateProfile { locale: None, name: None, bio: None }).await, []);
    house.refused(&kim, RemoveMember { study, user: user("owner"), reason: None }).await;
    house.refused(&owner, Leave(study)).await;
}
