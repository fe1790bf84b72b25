//! Every kind of caller, as a table. A new kind of actor is a line in [`all`].

use std::fmt;

use coup_core::policy::AdminRole;

/// How somebody comes to the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comes {
    /// Without signing in.
    Anonymously,
    /// With a session whose time is over.
    WithAnEndedSession,
    /// With a session of an account that is deleted.
    AsADeletedAccount,
    SignedIn,
}

/// How somebody stands to each study of the scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Outsider,
    Pending,
    Member,
    Admin,
    Owner,
    Kicked,
    Left,
}

/// What somebody is to the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Administrator {
    pub(crate) role: AdminRole,
    pub(crate) expired: bool,
    /// Permissions beyond the role's, of the tier `admin`.
    pub(crate) granted: &'static [&'static str],
    /// Permissions that the person has not, whatever role and grants say.
    pub(crate) denied: &'static [&'static str],
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Actor {
    pub(crate) comes: Comes,
    pub(crate) standing: Standing,
    /// A sanction, or what stands in the tables as sanctions do.
    pub(crate) under: Option<&'static str>,
    /// Whether they were under every sanction once, each of which has ended or was lifted.
    pub(crate) atoned: bool,
    pub(crate) administrator: Option<Administrator>,
}

/// Everything that somebody can be under; each is met as an outsider, as a MEMBER, as an OWNER and as a SUPER_ADMIN.
const UNDER: &[&str] = &[
    "WARNING",
    "CHAT_BAN",
    "FILE_UPLOAD_BAN",
    "STUDY_CREATE_BAN",
    "RESTRICTION",
    "SUSPENSION",
    "PERMANENT_BAN",
    "CONSENT_MISSING",
];
/// The one that holds in one study, for its members.
const PAUSE: &str = "POSTING_PAUSE";

/// All of them, in the order of the matrix.
pub(crate) fn all() -> Vec<Actor> {
    use Standing::{Admin, Kicked, Left, Member, Outsider, Owner, Pending};
    let mut actors = vec![
        Actor { comes: Comes::Anonymously, ..Actor::standing(Outsider) },
        Actor { comes: Comes::WithAnEndedSession, ..Actor::standing(Owner) },
        Actor { comes: Comes::AsADeletedAccount, ..Actor::standing(Member) },
    ];
    actors.extend([Outsider, Pending, Member, Admin, Owner, Kicked, Left].map(Actor::standing));
    actors.extend(AdminRole::ALL.iter().map(|role| Actor::administrator(*role)));
    let (viewer, highest) = (Administrator::new(AdminRole::Viewer), Administrator::new(AdminRole::SuperAdmin));
    actors.extend(
        [
            Administrator { expired: true, ..highest },
            Administrator { granted: &["admin.grant", "admin.revoke"], ..Administrator::new(AdminRole::Admin) },
            Administrator { granted: &["audit.export", "admin.list"], ..viewer },
            Administrator { denied: &["audit.export", "admin.grant", "admin.revoke"], ..highest },
        ]
        .map(Actor::with),
    );
    actors.push(Actor { atoned: true, ..Actor::standing(Owner) });
    for standing in [Outsider, Member, Owner] {
        actors.extend(UNDER.iter().map(|under| Actor::standing(standing).under(under)));
    }
    actors.extend([Member, Owner].map(|standing| Actor::standing(standing).under(PAUSE)));
    actors.extend(UNDER.iter().map(|under| Actor::with(highest).under(under)));
    actors
}

impl Actor {
    pub(crate) fn standing(standing: Standing) -> Self {
        Self { comes: Comes::SignedIn, standing, under: None, atoned: false, administrator: None }
    }

    fn administrator(role: AdminRole) -> Self {
        Self::with(Administrator::new(role))
    }

    fn with(administrator: Administrator) -> Self {
        Self { administrator: Some(administrator), ..Self::standing(Standing::Outsider) }
    }

    fn under(self, under: &'static str) -> Self {
        Self { under: Some(under), ..self }
    }

    /// The role in a study, of who is ACTIVE in it.
    pub(crate) fn study_role(&self) -> Option<&'static str> {
        match self.standing {
            Standing::Member => Some("MEMBER"),
            Standing::Admin => Some("ADMIN"),
            Standing::Owner => Some("OWNER"),
            Standing::Outsider | Standing::Pending | Standing::Kicked | Standing::Left => None,
        }
    }

    /// The administrator role, while it lasts.
    pub(crate) fn administrator_role(&self) -> Option<Administrator> {
        self.administrator.filter(|administrator| !administrator.expired)
    }

    /// VIEWER < MODERATOR < ADMIN < SUPER_ADMIN, from 1; 0 is nobody in the administration.
    pub(crate) fn rank(&self) -> u8 {
        match self.administrator_role().map(|administrator| administrator.name()) {
            None => 0,
            Some("VIEWER") => 1,
            Some("MODERATOR") => 2,
            Some("ADMIN") => 3,
            Some(_) => 4,
        }
    }

    /// `ADMIN` is derived: exactly while there is an unexpired administrator role.
    pub(crate) fn system_role(&self) -> &'static str {
        if self.administrator_role().is_some() { "ADMIN" } else { "USER" }
    }
}

impl Administrator {
    fn new(role: AdminRole) -> Self {
        Self { role, expired: false, granted: &[], denied: &[] }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self.role {
            AdminRole::Viewer => "VIEWER",
            AdminRole::Moderator => "MODERATOR",
            AdminRole::Admin => "ADMIN",
            AdminRole::SuperAdmin => "SUPER_ADMIN",
        }
    }
}

/// The row's name in the matrix.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.comes {
            Comes::Anonymously => return f.write_str("anonymous"),
            Comes::WithAnEndedSession => f.write_str("with an ended session, ")?,
            Comes::AsADeletedAccount => f.write_str("deleted account, ")?,
            Comes::SignedIn => {}
        }
        if let Some(administrator) = self.administrator {
            write!(f, "administrator {}", administrator.name())?;
            if administrator.expired {
                f.write_str(", expired")?;
            }
            for permission in administrator.granted {
                write!(f, " +{permission}")?;
            }
            for permission in administrator.denied {
                write!(f, " -{permission}")?;
            }
        } else {
            f.write_str(match self.standing {
                Standing::Outsider => "outsider",
                Standing::Pending => "PENDING",
                Standing::Member => "MEMBER",
                Standing::Admin => "ADMIN",
                Standing::Owner => "OWNER",
                Standing::Kicked => "KICKED",
                Standing::Left => "LEFT",
            })?;
        }
        if self.atoned {
            f.write_str(", every sanction over")?;
        }
        self.under.map_or(Ok(()), |under| write!(f, " under {under}"))
    }
}
