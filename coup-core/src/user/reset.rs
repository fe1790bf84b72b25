//! A new password for who has forgotten theirs.

use secrecy::SecretString;

use crate::{
    audit::model::{AdminAction, AuditTarget},
    changes::{Changes, Row},
    coup::{Command, Prepared, Room},
    error::Error,
    id::{JobId, UserId},
    idempotency::Answer,
    limit::{
        model::Way,
        service::{Attempt, Guess},
    },
    policy::{AdminPermission, Language},
    text::Email,
    user::{
        model::{User, UserStatus, Verification, VerificationKind},
        password::changed,
        passwords,
        verification::{Judged, Tried, ask, code, code_hash, judge, tried_in_vain, used, wrong},
    },
};

/// Asks for a letter with a code. Answers and does alike whether or not there is an account; only the letter is not sent.
#[derive(Debug, Clone)]
pub struct RequestReset {
    /// Whose password it is.
    pub email: Email,
    /// Of the letter, to who chose none.
    pub language: Language,
}

impl Command for RequestReset {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        // Its place is kept: each one may send a letter.
        let _kept = Attempt::from_address(room, Way::Reset, None).await?;
        let changes = ask(room, VerificationKind::Reset, &self.email, None, self.language).await?;
        Ok(changes.map_or_else(|| Prepared::done(()), |changes| Prepared::new(changes, ())))
    }
}

/// Sets the new password. All sessions end, open connections too; a letter tells the owner.
#[derive(Debug, Clone)]
pub struct ConfirmReset {
    /// Whose password it is.
    pub email: Email,
    /// As typed.
    pub code: String,
    /// The new one.
    pub password: SecretString,
}

impl Command for ConfirmReset {
    type Output = Tried<()>;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Tried<()>>, Error> {
        let min = room.settings().password_min_length;
        passwords::check("password", &self.password, min, Some(&self.email), None)?;
        let attempt = Attempt::from_address(room, Way::Verify, None).await?;
        let judged = self.judge(room).await;
        let (row, user) = match attempt.judged(room, judged).await? {
            Guess::Right(found) => found,
            Guess::Wrong(counted) => return Ok(tried_in_vain(counted)),
        };
        // Their name is asked now that it is they who ask.
        passwords::check("password", &self.password, min, Some(&self.email), user.name.as_ref())?;
        let password = room.passwords()?.hash(&self.password, room.env.secret()).await?;
        let (_, changes) = changed(room, used(&row), user, password);
        Ok(Prepared::new(changes, Tried::Right(())))
    }
}

impl ConfirmReset {
    /// Whose password waits for this code, or that it was tried in vain.
    async fn judge(&self, room: &Room<'_>) -> Result<Guess<(Box<Verification>, User), Option<Changes>>, Error> {
        let row = room.store().verification(VerificationKind::Reset, &self.email).await?;
        let row = match judge(row, &self.code, room.env.now()) {
            Judged::Nothing => return Ok(Guess::Wrong(None)),
            Judged::Wrong(row) => return Ok(Guess::Wrong(Some(wrong(*row)))),
            Judged::Right(row) => row,
        };
        let user = room.store().user_by_email(&self.email).await?;
        Ok(match user.filter(|user| user.status != UserStatus::Deleted) {
            Some(user) => Guess::Right((row, user)),
            None => Guess::Wrong(Some(wrong(*row))),
        })
    }
}

/// Makes a code for a new password that goes out by no letter, for who cannot get one: the first administrator, or somebody whom a
/// school knows again by other means. The host's own act. What was sent by letter before counts no more; the password stays until
/// the code is used.
///
/// ```
/// # use std::sync::Arc;
/// # use coup_core::{coup::Coup, error::Error, testing::MemoryStore, text::Email, user::reset::IssueResetCode};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let coup = Coup::builder(Arc::new(MemoryStore::new())).build();
/// let email = Email::parse("email", "kim@school.kr").unwrap();
/// let issued = coup.as_host("forgotten password").run(IssueResetCode { email }).await;
/// assert!(matches!(issued, Err(Error::NotFound)), "nobody has that address");
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct IssueResetCode {
    /// Whose password it is.
    pub email: Email,
}

/// A code that was issued, told once.
#[derive(Debug)]
pub struct IssuedCode {
    /// Whose password it is for.
    pub user: UserId,
    /// To be typed with the address; taken for an hour.
    pub code: SecretString,
}

impl Answer for IssuedCode {}

impl Command for IssueResetCode {
    type Output = IssuedCode;

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::UserUpdate);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<IssuedCode>, Error> {
        let purpose = room.ctx.host.ok_or(Error::NotSignedIn)?;
        let user = room.store().user_by_email(&self.email).await?.filter(|user| user.status != UserStatus::Deleted);
        let user = user.ok_or(Error::NotFound)?;
        let kind = VerificationKind::Reset;
        let before = room.store().verification(kind, &self.email).await?;
        let (now, code) = (room.env.now(), code(room.env.secret()));
        let row = Row::Verification(Box::new(Verification {
            kind,
            email: self.email.clone(),
            // No job's: a letter that still waits is not sent.
            job: JobId::from_uuid(room.env.uuid()),
            name: None,
            password: None,
            code_hash: Some(code_hash(kind, &self.email, &code)),
            tries: 0,
            asked: before.as_ref().map_or(0, |row| row.asked),
            asked_since: before.as_ref().map_or(now, |row| row.asked_since),
            expires_at: now + kind.lasts(),
            version: before.as_ref().map_or(0, |row| row.version),
        }));
        let changes = Changes::host(purpose, AdminAction::UserUpdate, Some(AuditTarget::user(&user.id)))
            .audited(|draft| draft.after("password", "RESET_CODE"));
        let changes = if before.is_none() { changes.insert(row) } else { changes.save(row) };
        Ok(Prepared::new(changes, IssuedCode { user: user.id, code: code.into() }))
    }
}
