//! The scene of an actor: one study of every kind, all with the same cast and with the actor standing to each in the same way.

use chrono::TimeDelta;
use coup_core::{
    changes::{Change, Changes, Row, SystemPermit},
    env::Timestamp,
    file::model::{BlobKey, File, FilePurpose, FileState},
    id::{AppealId, FileId, MessageId, NotificationId, ReportId, SanctionId, SessionId, StudyId, UserId},
    identity::model::{OAuthIdentity, Provider},
    member::model::{MemberStatus, StudyMember},
    moderation::model::{Case, CaseStatus, ReportTarget},
    policy::{AdminRole, SanctionType, StudyRole},
    sanction::model::Sanction,
    store::Store as _,
    study::model::Study,
    testing::{
        MemoryStore,
        fixtures::{Fixtures, START},
    },
    user::{
        model::{AdminGrant, AdminPermissions, AgeBand, PasswordHash, Person, Session, User, UserStatus},
        service::SessionToken,
    },
};
use serde_json::json;

use crate::actors::{Actor, Administrator, Comes, Standing};

/// When every request is made. The rows of a scene are older, its messages by a minute.
pub(crate) fn now() -> Timestamp {
    START + TimeDelta::days(7)
}

/// The cookie's value of the actor's session.
pub(crate) const TOKEN: &str = "the-actors-own-session";
/// Everybody's password, to the password hashing of [`crate::house`].
pub(crate) const PASSWORD: &str = "파란 하늘 아래 두 사람";

/// How the name of every study of a scene begins.
pub(crate) const NAMED: &str = "알고리즘 스터디: ";

/// Kinds of studies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Public,
    Private,
    /// By a moderator; public else.
    Hidden,
    /// By its OWNER; public else.
    Closed,
    /// Closed, and not by its OWNER.
    ClosedByAdministrator,
    /// Public, where joins are requests.
    ByApproval,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Public, Self::Private, Self::Hidden, Self::Closed, Self::ClosedByAdministrator, Self::ByApproval];

    /// The column's name in the matrix.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Hidden => "hidden",
            Self::Closed => "closed",
            Self::ClosedByAdministrator => "closed by administrator",
            Self::ByApproval => "by approval",
        }
    }

    /// Whether outsiders know that it exists.
    pub(crate) const fn is_seen_by_all(self) -> bool {
        !matches!(self, Self::Private | Self::Hidden)
    }

    /// The state that forbids writing.
    pub(crate) const fn stands_still(self) -> Option<&'static str> {
        match self {
            Self::Hidden => Some("study_hidden"),
            Self::Closed | Self::ClosedByAdministrator => Some("study_closed"),
            Self::Public | Self::Private | Self::ByApproval => None,
        }
    }
}

/// People beside the actor, the same in every study.
#[derive(Debug, Clone)]
pub(crate) struct Cast {
    /// The OWNER of every study, where it is not the actor.
    pub(crate) owner: UserId,
    pub(crate) admin: UserId,
    pub(crate) member: UserId,
    pub(crate) pending: UserId,
    pub(crate) kicked: UserId,
    /// Somebody with an account, and nothing else.
    pub(crate) stranger: UserId,
    pub(crate) stranger_email: String,
    /// Somebody reported, under a sanction of each type, each appealed.
    pub(crate) offender: UserId,
    /// Administrators of the site.
    pub(crate) viewer: UserId,
    pub(crate) site_admin: UserId,
    pub(crate) super_admin: UserId,
}

/// What there is to moderate.
#[derive(Debug, Clone)]
pub(crate) struct Moderated {
    /// Of the offender; nobody has its case.
    pub(crate) report: ReportId,
    /// Of the offender's other case, that the VIEWER has.
    pub(crate) taken_report: ReportId,
    /// Of the offender, with their appeals.
    appealed: Vec<(SanctionType, SanctionId, AppealId)>,
    /// A warning of the actor's, not appealed.
    pub(crate) own_sanction: SanctionId,
    pub(crate) own_notification: NotificationId,
    pub(crate) others_notification: NotificationId,
}

impl Moderated {
    pub(crate) fn sanction(&self, kind: &str) -> SanctionId {
        self.appealed.iter().find(|(known, ..)| known.name() == kind).unwrap().1
    }

    pub(crate) fn appeal(&self, kind: &str) -> AppealId {
        self.appealed.iter().find(|(known, ..)| known.name() == kind).unwrap().2
    }
}

/// A study of the scene.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(crate) study: StudyId,
    /// No other study has it.
    pub(crate) name: String,
    /// Of the study itself.
    pub(crate) standing_code: String,
    /// A further one.
    pub(crate) invite: String,
    /// The actor's own, whatever became of them since.
    pub(crate) own_message: MessageId,
    /// Of the cast's MEMBER.
    pub(crate) others_message: MessageId,
}

/// All that a request meets.
pub(crate) struct Scene {
    pub(crate) actor: Actor,
    pub(crate) store: MemoryStore,
    /// The actor's account; also the anonymous have one, which they do not come with.
    pub(crate) me: UserId,
    pub(crate) email: String,
    /// The one that the actor comes with, and somebody else's.
    pub(crate) own_session: SessionId,
    pub(crate) others_session: SessionId,
    pub(crate) cast: Cast,
    pub(crate) moderated: Moderated,
    places: Vec<Place>,
}

impl Scene {
    pub(crate) async fn of(actor: Actor) -> Self {
        let make = Fixtures::new(1);
        let person = |name: &str| User { password: Some(hash()), ..make.user(name) };
        let people =
            ["방장", "부방장", "회원", "신청자", "강퇴자", "손님", "열람자", "관리자", "최고 관리자", "가해자"]
                .map(person);
        let me = account(actor, person("나"));
        let [owner, admin, member, pending, kicked, stranger, viewer, site_admin, super_admin, offender] = &people;
        let cast = Cast {
            owner: if actor.standing == Standing::Owner { me.id.clone() } else { owner.id.clone() },
            admin: admin.id.clone(),
            member: member.id.clone(),
            pending: pending.id.clone(),
            kicked: kicked.id.clone(),
            stranger: stranger.id.clone(),
            viewer: viewer.id.clone(),
            site_admin: site_admin.id.clone(),
            super_admin: super_admin.id.clone(),
            offender: offender.id.clone(),
            stranger_email: stranger.email.as_ref().unwrap().as_str().to_owned(),
        };
        let mut changes = Changes::system(SystemPermit::Operator);
        for user in people.iter().chain([&me]) {
            changes = changes.insert(Row::User(Box::new(user.clone())));
        }
        let own = session(&make, actor, &me.id);
        let others = make.session(&cast.stranger);
        let (own_session, others_session) = (own.id, others.id);
        for session in [own, others] {
            changes = changes.insert(Row::Session(Box::new(session)));
        }
        changes = changes.insert(Row::Identity(Box::new(identity(&me.id))));
        changes = changes.insert(Row::File(Box::new(file(&cast.stranger))));
        let of_site = [
            (&cast.viewer, AdminRole::Viewer),
            (&cast.site_admin, AdminRole::Admin),
            (&cast.super_admin, AdminRole::SuperAdmin),
        ];
        for (user, role) in of_site {
            changes = changes.insert(Row::AdminGrant(Box::new(make.grant(user, role))));
        }
        for sanction in sanctions(&make, actor, &me.id) {
            changes = changes.insert(Row::Sanction(Box::new(sanction)));
        }
        if let Some(administrator) = actor.administrator {
            changes = changes.insert(Row::AdminGrant(Box::new(grant(&make, &me.id, administrator))));
        }
        let mut places = Vec::new();
        for kind in Kind::ALL {
            let (place, with_study) = study(&make, actor, &me, member, &cast, kind, changes);
            places.push(place);
            changes = with_study;
        }
        let reported = places.iter().find(|place| place.kind == Kind::Public).unwrap();
        let (moderated, changes) = moderated(&make, &me.id, &cast, reported, changes);
        let store = MemoryStore::new();
        store.commit(changes).await.unwrap();
        let email = me.email.as_ref().unwrap().as_str().to_owned();
        Self { actor, store, me: me.id, email, own_session, others_session, cast, moderated, places }
    }

    pub(crate) fn place(&self, kind: Kind) -> &Place {
        self.places.iter().find(|place| place.kind == kind).unwrap()
    }

    /// A study beside the one that is asked for, of which the caller knows all the better.
    pub(crate) fn elsewhere(&self, place: &Place) -> &Place {
        self.place(if place.kind == Kind::ByApproval { Kind::Public } else { Kind::ByApproval })
    }
}

fn hash() -> PasswordHash {
    PasswordHash::new(format!("plain:{PASSWORD}"))
}

fn account(actor: Actor, me: User) -> User {
    User {
        status: if actor.comes == Comes::AsADeletedAccount { UserStatus::Deleted } else { me.status },
        avatar: Some("https://school.kr/me.png".into()),
        age_band: (actor.under == Some("CONSENT_MISSING")).then_some(AgeBand::Under14),
        ..me
    }
}

fn session(make: &Fixtures, actor: Actor, me: &UserId) -> Session {
    let ends = if actor.comes == Comes::WithAnEndedSession { now() } else { now() + TimeDelta::hours(1) };
    Session {
        token_hash: SessionToken::hash(TOKEN),
        expires_at: ends,
        last_seen_at: now(),
        confirmed_at: now(),
        ..make.session(me)
    }
}

fn grant(make: &Fixtures, me: &UserId, administrator: Administrator) -> AdminGrant {
    let permissions = json!({ "grant": administrator.granted, "deny": administrator.denied });
    AdminGrant {
        permissions: serde_json::from_value::<AdminPermissions>(permissions).unwrap(),
        expires_at: administrator.expired.then_some(now()),
        ..make.grant(me, administrator.role)
    }
}

/// What the person is under, or was.
fn sanctions(make: &Fixtures, actor: Actor, me: &UserId) -> Vec<Sanction> {
    let active = |kind: SanctionType| Sanction {
        id: make.id(SanctionId::from_uuid),
        user_id: me.clone(),
        admin_id: None,
        kind,
        reason: "도배".into(),
        days: None,
        report_id: None,
        expires_at: None,
        is_active: true,
        lifted_by: None,
        lift_reason: None,
        lifted_at: None,
        mistaken: false,
        created_at: START,
        version: 0,
    };
    if actor.atoned {
        let ended = |kind| Sanction { expires_at: Some(now()), ..active(kind) };
        let lifted = |kind| Sanction { is_active: false, lifted_at: Some(START), ..active(kind) };
        return SanctionType::ALL.iter().flat_map(|kind| [ended(*kind), lifted(*kind)]).collect();
    }
    // What else somebody can be under stands in their account and in their membership.
    let kind = SanctionType::ALL.iter().find(|kind| Some(kind.name()) == actor.under);
    kind.map(|kind| active(*kind)).into_iter().collect()
}

/// Reports, sanctions, appeals and notifications of the cast, and a warning and a notification of the actor's.
fn moderated(make: &Fixtures, me: &UserId, cast: &Cast, place: &Place, mut changes: Changes) -> (Moderated, Changes) {
    let mut reported = |target: ReportTarget, held_by: Option<&UserId>, study: Option<StudyId>| {
        let offender = if study.is_some() { &cast.member } else { &cast.offender };
        let case = Case { study_id: study, ..make.case(target, offender) };
        let case = match held_by {
            Some(holder) => Case {
                status: CaseStatus::InProgress,
                assigned_to: Some(holder.clone()),
                lease_until: Some(now() + TimeDelta::hours(1)),
                ..case
            },
            None => case,
        };
        let report = make.report(&case, &cast.stranger);
        let (id, case) = (report.id, Row::Case(Box::new(case)));
        changes = std::mem::replace(&mut changes, Changes::system(SystemPermit::Operator))
            .insert(case)
            .insert(Row::Report(Box::new(report)));
        id
    };
    let report = reported(ReportTarget::User(cast.offender.clone()), None, None);
    let taken_report = reported(ReportTarget::Study(make.id(StudyId::from_uuid)), Some(&cast.viewer), None);
    reported(ReportTarget::Message(place.others_message), None, Some(place.study));
    let lasting = |user: &UserId, kind| Sanction { expires_at: None, ..make.sanction(user, kind) };
    let mut appealed = Vec::new();
    for kind in SanctionType::ALL {
        let sanction = lasting(&cast.offender, kind);
        let appeal = make.appeal(&sanction);
        appealed.push((kind, sanction.id, appeal.id));
        changes = changes.insert(Row::Sanction(Box::new(sanction))).insert(Row::Appeal(Box::new(appeal)));
    }
    let own_sanction = lasting(me, SanctionType::Warning);
    let [own, others] = [me, &cast.stranger].map(|user| make.notification(user));
    let all = Moderated {
        report,
        taken_report,
        appealed,
        own_sanction: own_sanction.id,
        own_notification: own.id,
        others_notification: others.id,
    };
    let changes = changes
        .insert(Row::Sanction(Box::new(own_sanction)))
        .insert(Row::Notification(Box::new(own)))
        .insert(Row::Notification(Box::new(others)));
    (all, changes)
}

/// Somebody's picture.
pub(crate) fn picture() -> FileId {
    FileId::from_uuid(uuid::Uuid::from_u128(0x0199_e5c8_7d1c_7f3a_9d6e_2f4b_8c1a_0e57))
}

/// One transparent pixel.
pub(crate) const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 31, 21, 196,
    137, 0, 0, 0, 11, 73, 68, 65, 84, 120, 156, 99, 96, 0, 2, 0, 0, 5, 0, 1, 122, 94, 171, 63, 0, 0, 0, 0, 73, 69, 78,
    68, 174, 66, 96, 130,
];

fn file(of: &UserId) -> File {
    File {
        id: picture(),
        study_id: None,
        purpose: FilePurpose::Avatar,
        uploader_id: of.clone(),
        name: "avatar".into(),
        content_type: "image/jpeg".into(),
        size: 3,
        sha256: [7; 32],
        blob: BlobKey::of(picture()),
        state: FileState::Ready,
        reserved_until: None,
        created_at: now(),
        deleted_at: None,
        version: 0,
    }
}

/// Beside the password.
fn identity(user: &UserId) -> OAuthIdentity {
    OAuthIdentity {
        issuer: "https://google.provider.example".into(),
        subject: "1".into(),
        user: user.clone(),
        provider: Provider::Google,
        email: None,
        linked_at: now(),
    }
}

/// A study with its cast, its invite and its messages.
fn study(
    make: &Fixtures,
    actor: Actor,
    me: &User,
    member: &User,
    cast: &Cast,
    kind: Kind,
    changes: Changes,
) -> (Place, Changes) {
    let closed = matches!(kind, Kind::Closed | Kind::ClosedByAdministrator);
    let by = if kind == Kind::Closed { &cast.owner } else { &cast.stranger };
    let study = make.study(&cast.owner, &format!("{NAMED}{}", kind.name()));
    let study = Study {
        is_public: kind != Kind::Private,
        auto_approve: kind != Kind::ByApproval,
        hidden_at: (kind == Kind::Hidden).then_some(START),
        closed_at: closed.then_some(START),
        closed_by: closed.then(|| by.clone()),
        ..study
    };
    let invite = make.invite(&study);
    let until = (actor.under == Some("POSTING_PAUSE")).then(|| now() + TimeDelta::days(1));
    let owner = StudyMember { posting_paused_until: until.filter(|_| study.owner_id == me.id), ..make.owner(&study) };
    let mut changes = changes
        .insert(Row::Study(Box::new(study.clone())))
        .insert(Row::Member(Box::new(owner)))
        .insert(Row::Invite(Box::new(invite.clone())));
    let of_cast = [
        (&cast.admin, Standing::Admin),
        (&cast.member, Standing::Member),
        (&cast.pending, Standing::Pending),
        (&cast.kicked, Standing::Kicked),
    ];
    for (user, standing) in of_cast.into_iter().chain([(&me.id, actor.standing)]) {
        let Some((role, status)) = row(standing) else { continue };
        let posting_paused_until = until.filter(|_| *user == me.id);
        let member = StudyMember { role, status, posting_paused_until, ..make.member(study.id, user) };
        changes = changes.insert(Row::Member(Box::new(member)));
        if status == MemberStatus::Active {
            changes = changes.change(Change::TakeSeat(study.id));
        }
    }
    let mut messages = Vec::new();
    for author in [me, member] {
        let message = make.message(study.id, &author.id, "안녕하세요");
        messages.push(message.id);
        let a_minute_ago = now() - TimeDelta::minutes(1);
        let message = coup_core::chat::model::Message { created_at: a_minute_ago, ..message };
        changes = changes.post(message, Person::from(author));
    }
    let place = Place {
        kind,
        study: study.id,
        name: study.name.to_string(),
        standing_code: study.invite_code,
        invite: invite.code,
        own_message: messages[0],
        others_message: messages[1],
    };
    (place, changes)
}

/// The membership's row; outsiders have none, and the OWNER's is the study's own.
fn row(standing: Standing) -> Option<(StudyRole, MemberStatus)> {
    match standing {
        Standing::Outsider | Standing::Owner => None,
        Standing::Pending => Some((StudyRole::Member, MemberStatus::Pending)),
        Standing::Member => Some((StudyRole::Member, MemberStatus::Active)),
        Standing::Admin => Some((StudyRole::Admin, MemberStatus::Active)),
        Standing::Kicked => Some((StudyRole::Member, MemberStatus::Kicked)),
        Standing::Left => Some((StudyRole::Member, MemberStatus::Left)),
    }
}
