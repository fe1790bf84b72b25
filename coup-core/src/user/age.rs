//! How old somebody is, and whether a guardian has consented: the host's word (specification, beyond § School safety).
//!
//! CoUp asks nobody's age. A host that knows says it when somebody first comes (by [`HostUser::age`](super::directory::HostUser)), or
//! later by the commands of this file, in its own name. Under 14 without a recorded consent an account may do nothing that
//! `CONSENT_MISSING` takes (the policy's `restricted` and `barred` groups), at once and on every node.
//!
//! ```
//! use std::sync::Arc;
//!
//! use coup_core::{
//!     coup::{Coup, Ctx},
//!     error::Error,
//!     study::service::StudyFields,
//!     testing::MemoryStore,
//!     text::PersonName,
//!     user::{
//!         age::{RecordConsent, SetAgeBand},
//!         directory::HostUser,
//!         model::AgeBand,
//!         service::AdoptUser,
//!     },
//! };
//!
//! # futures_util::FutureExt::now_or_never(async {
//! let coup = Coup::builder(Arc::new(MemoryStore::new())).build();
//! let (id, school) = ("pupil-17".parse().unwrap(), coup.as_host("pupils' register"));
//! let user = HostUser::named(PersonName::parse("name", "김하늘").unwrap());
//! school.run(AdoptUser { id, user }).await.unwrap();
//!
//! let pupil = "pupil-17".parse().unwrap();
//! school.run(SetAgeBand { user: pupil, band: Some(AgeBand::Under14) }).await.unwrap();
//! let fields = || StudyFields {
//!     name: Some("독서 모임".into()),
//!     description: Some("한 달에 한 권".into()),
//!     category: Some("독서".into()),
//!     ..StudyFields::default()
//! };
//! let ctx = Ctx::user("pupil-17".parse().unwrap());
//! let refused = coup.run(&ctx, fields().create().unwrap()).await.unwrap_err();
//! assert!(matches!(refused, Error::Denied(_)));
//!
//! school.run(RecordConsent { user: "pupil-17".parse().unwrap(), given: true }).await.unwrap();
//! coup.run(&ctx, fields().create().unwrap()).await.unwrap();
//! # }).unwrap();
//! ```

use crate::{
    audit::model::{AdminAction, AuditTarget},
    changes::{Changes, Row},
    coup::{Command, Prepared, Room},
    env::Timestamp,
    error::Error,
    id::UserId,
    policy::AdminPermission,
    user::model::{AgeBand, User, UserStatus},
};

/// What a host says of somebody's age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// How old.
    pub band: AgeBand,
    /// Whether a guardian has consented; of no matter from 14 on.
    pub guardian_consent: bool,
}

impl Age {
    /// The account with this said of it. A consent that was recorded keeps its instant.
    pub(super) fn said_of(self, user: User, now: Timestamp) -> User {
        consenting(User { age_band: Some(self.band), ..user }, self.guardian_consent, now)
    }
}

fn consenting(user: User, given: bool, now: Timestamp) -> User {
    let guardian_consent_at = given.then(|| user.guardian_consent_at.unwrap_or(now));
    User { guardian_consent_at, ..user }
}

/// Says how old somebody is; the host's own act.
#[derive(Debug, Clone)]
pub struct SetAgeBand {
    /// Who.
    pub user: UserId,
    /// How old; absent: nobody says.
    pub band: Option<AgeBand>,
}

impl Command for SetAgeBand {
    type Output = ();

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::UserUpdate);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        said(room, &self.user, |user, _| User { age_band: self.band, ..user }).await
    }
}

/// Records that a guardian has consented to somebody's account, or has withdrawn it; the host's own act.
#[derive(Debug, Clone)]
pub struct RecordConsent {
    /// To whose account.
    pub user: UserId,
    /// False: withdrawn.
    pub given: bool,
}

impl Command for RecordConsent {
    type Output = ();

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::UserUpdate);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        said(room, &self.user, |user, now| consenting(user, self.given, now)).await
    }
}

/// Writes what the host says, authorised anew; nothing where it is known already.
async fn said(room: &Room<'_>, id: &UserId, say: impl Fn(User, Timestamp) -> User) -> Result<Prepared<()>, Error> {
    let purpose = room.ctx.host.ok_or(Error::NotSignedIn)?;
    let found = room.store().user(id).await?.filter(|user| user.status != UserStatus::Deleted);
    let before = found.ok_or(Error::NotFound)?;
    let now = room.env.now();
    let after = say(before.clone(), now);
    if after == before {
        return Ok(Prepared::done(()));
    }
    let changes = Changes::host(purpose, AdminAction::UserUpdate, Some(AuditTarget::user(id)))
        .audited(|draft| {
            let draft = told(&before).into_iter().fold(draft, |draft, (field, it)| draft.personal_before(field, it));
            told(&after).into_iter().fold(draft, |draft, (field, it)| draft.personal_after(field, it))
        })
        .save(Row::User(Box::new(User { auth_version: after.auth_version + 1, updated_at: now, ..after })));
    Ok(Prepared::new(changes, ()))
}

/// What the audit log tells of it, erasable.
fn told(user: &User) -> Vec<(&'static str, String)> {
    let band = user.age_band.map(|band| ("ageBand", band.to_string()));
    let consent = user.guardian_consent_at.map(|at| ("guardianConsentAt", at.to_rfc3339()));
    band.into_iter().chain(consent).collect()
}
