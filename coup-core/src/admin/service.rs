//! Use cases of administrators' roles.

use crate::{
    admin::{
        model::AdministratorView,
        rules::{self, By, Target as Whom, Wanted},
    },
    audit::model::{AdminAction, AuditDraft, AuditTarget},
    changes::{Change, Changes, Key, Row},
    coup::{Administration, Command, Coup, Ctx, Prepared, Room},
    env::Timestamp,
    error::Error,
    id::UserId,
    page::{Key as SortKey, Keyset, Limit, Page, Places},
    policy::{AdminPermission, AdminRole, Target},
    store::Administrator,
    user::{
        model::{AdminGrant, AdminPermissions, Person, User, UserStatus},
        service::SignUp,
    },
};

/// Makes somebody an administrator, or gives them another role in place of the one they have.
#[derive(Debug, Clone)]
pub struct GrantAdmin {
    /// Whom.
    pub user: UserId,
    /// Which role.
    pub role: AdminRole,
    /// Until when; absent: without end.
    pub expires_at: Option<Timestamp>,
    /// Extra grants and denials.
    pub permissions: AdminPermissions,
}

impl Command for GrantAdmin {
    type Output = AdministratorView;

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::AdminGrant);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<AdministratorView>, Error> {
        let who = room.administration().await?;
        let changes = who.changes(AdminPermission::AdminGrant, Target::User(self.user.clone()))?;
        who.fresh(room)?;
        let now = room.env.now();
        let file = File::of(room, &self.user).await?;
        let wanted = Wanted { role: self.role, permissions: self.permissions, expires_at: self.expires_at };
        let by = by(room, &who)?;
        rules::grant(by, file.whom(), &wanted, now)?;
        let grant = AdminGrant {
            user: self.user.clone(),
            role: self.role,
            permissions: self.permissions,
            granted_by: match by {
                By::Host => None,
                By::Person { user, .. } => Some(user.clone()),
            },
            granted_at: now,
            expires_at: self.expires_at,
        };
        let changed = file.whom().rank(now).is_some();
        let changes = changes.audited(|draft| {
            let draft = if changed { draft.action(AdminAction::UserRoleChange) } else { draft };
            let draft = before(draft, file.grant.as_ref());
            named(after(draft, &grant), &file.user, AuditDraft::personal_after)
        });
        let row = Row::AdminGrant(Box::new(grant.clone()));
        let changes = if file.grant.is_some() { changes.save(row) } else { changes.insert(row) };
        let person = Person::from(&file.user);
        let changes = changes.save(file.authorised_anew());
        Ok(Prepared::new(changes, AdministratorView::at(now, Administrator { grant, person })))
    }
}

/// Ends somebody's administrator role.
#[derive(Debug, Clone)]
pub struct RevokeAdmin {
    /// Whose.
    pub user: UserId,
}

impl Command for RevokeAdmin {
    type Output = ();

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::AdminRevoke);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let who = room.administration().await?;
        let changes = who.changes(AdminPermission::AdminRevoke, Target::User(self.user.clone()))?;
        who.fresh(room)?;
        let file = File::of(room, &self.user).await?;
        rules::revoke(by(room, &who)?, file.whom(), room.env.now())?;
        let changes = changes
            .audited(|draft| named(before(draft, file.grant.as_ref()), &file.user, AuditDraft::personal_before))
            .change(Change::Remove(Key::AdminGrant(self.user.clone())))
            .save(file.authorised_anew());
        Ok(Prepared::new(changes, ()))
    }
}

/// Makes an account that is an administrator: the host's own act, such as the operator's at the command line.
#[derive(Debug, Clone)]
pub struct CreateAdmin {
    /// The account to make.
    pub account: SignUp,
    /// The role.
    pub role: AdminRole,
}

impl Command for CreateAdmin {
    type Output = UserId;

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::AdminGrant);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<UserId>, Error> {
        let purpose = room.ctx.host.ok_or(Error::NotSignedIn)?;
        let user = self.account.account(room).await?;
        let id = user.id.clone();
        let grant = AdminGrant {
            user: id.clone(),
            role: self.role,
            permissions: AdminPermissions::default(),
            granted_by: None,
            granted_at: room.env.now(),
            expires_at: None,
        };
        let changes = Changes::host(purpose, AdminAction::AdminGrant, Some(AuditTarget::user(&id)))
            .audited(|draft| named(after(draft, &grant), &user, AuditDraft::personal_after))
            .insert(Row::User(Box::new(user)))
            .insert(Row::AdminGrant(Box::new(grant)));
        Ok(Prepared::new(changes, id))
    }
}

impl Coup {
    /// The administrators by person, those whose role has expired too; the audit log tells of it (`admin.list`).
    pub async fn administrators(
        &self,
        ctx: &Ctx,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<AdministratorView>, Error> {
        const LIST: &str = "administrators";
        let after = cursor.map(|cursor| Keyset::decode(cursor, LIST, Places::User)).transpose()?;
        let word = |draft: AuditDraft| draft.after("list", LIST);
        self.audited(ctx, AdminPermission::AdminList, Target::Site, word, async |room: &Room<'_>| {
            let rows = room.store().administrators(after.as_ref(), limit.and_one()).await?;
            let place = |row: &Administrator| Keyset {
                list: LIST.into(),
                key: SortKey::Integer(0),
                id: row.grant.user.to_string(),
            };
            Ok(Page::cut(rows, limit, place).map(|row| AdministratorView::at(room.env.now(), row)))
        })
        .await
    }
}

/// What a decision about somebody's role begins with.
struct File {
    user: User,
    grant: Option<AdminGrant>,
    lasting_super_admins: u32,
}

impl File {
    async fn of(room: &Room<'_>, user: &UserId) -> Result<Self, Error> {
        let found = room.store().person_and_grant(user).await?;
        let (user, grant) = found.filter(|(user, _)| user.status != UserStatus::Deleted).ok_or(Error::NotFound)?;
        // Nobody else's role can be the last one.
        let lasting_super_admins = match &grant {
            Some(grant) if grant.is_lasting_super_admin() => room.store().lasting_super_admins().await?,
            _ => 0,
        };
        Ok(Self { user, grant, lasting_super_admins })
    }

    fn whom(&self) -> Whom<'_> {
        Whom { user: &self.user.id, grant: self.grant.as_ref(), lasting_super_admins: self.lasting_super_admins }
    }

    /// The person with a new authorisation version: whatever they are deciding right now is decided again.
    fn authorised_anew(self) -> Row {
        let auth_version = self.user.auth_version + 1;
        Row::User(Box::new(User { auth_version, ..self.user }))
    }
}

/// In whose name it is decided.
fn by<'a>(room: &'a Room<'_>, who: &'a Administration) -> Result<By<'a>, Error> {
    match who {
        Administration::Host(_) => Ok(By::Host),
        Administration::Person(caller) => {
            let own = caller.actor.admin.as_ref().ok_or_else(|| {
                Error::Internal("the policy permitted an administrator's act to somebody without a role".into())
            })?;
            Ok(By::Person { policy: &room.policy, user: &caller.user.id, own })
        }
    }
}

fn before(draft: AuditDraft, grant: Option<&AdminGrant>) -> AuditDraft {
    let Some(grant) = grant else { return draft };
    told(grant).into_iter().fold(draft, |draft, (field, value)| draft.before(field, value))
}

fn after(draft: AuditDraft, grant: &AdminGrant) -> AuditDraft {
    told(grant).into_iter().fold(draft, |draft, (field, value)| draft.after(field, value))
}

fn told(grant: &AdminGrant) -> [(&'static str, serde_json::Value); 3] {
    use crate::changes::to_value;
    [
        ("role", to_value(&grant.role)),
        ("expiresAt", to_value(&grant.expires_at)),
        ("permissions", to_value(&grant.permissions)),
    ]
}

/// The person's name, if they have one, erasable.
fn named(
    draft: AuditDraft,
    user: &User,
    put: impl FnOnce(AuditDraft, &'static str, String) -> AuditDraft,
) -> AuditDraft {
    match &user.name {
        Some(name) => put(draft, "name", name.to_string()),
        None => draft,
    }
}
