//! The job that writes and sends letters.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{
    account::AccountLetter,
    letter::{Letter, MAIL},
    model::{LetterKind, Mail, MailError, Mailer},
    words::{SanctionLetter, Tells},
};
use crate::{
    changes::{Changes, Row, SystemPermit},
    coup::{Coup, Ctx, Room},
    error::Error,
    id::{SanctionId, UserId},
    job::{
        model::Job,
        worker::{WorkError, Worked, Worker},
    },
    policy::Language,
    sanction::view::OwnSanction,
    text::{Email, PersonName},
    user::{
        model::{User, UserStatus, Verification, VerificationKind},
        verification::{code, code_hash},
    },
};

/// Sends what the jobs of kind [`MAIL`] ask for. Who has no address, and what is no longer so, is left aside: the job's result says
/// what became of it.
pub(crate) struct SendMail(Option<Arc<dyn Mailer>>);

impl SendMail {
    /// With the host's mailer, or none.
    pub(crate) fn new(mailer: Option<Arc<dyn Mailer>>) -> Self {
        Self(mailer)
    }
}

/// A letter that is ready, and what is written once it was sent.
struct Ready {
    mail: Mail,
    changes: Option<Changes>,
}

/// A letter, or why there is none.
type Written = Result<Result<Ready, &'static str>, WorkError>;

#[async_trait]
impl Worker for SendMail {
    fn kind(&self) -> &str {
        MAIL
    }

    /// Addresses stand in it.
    fn forgets(&self) -> bool {
        true
    }

    async fn work(&self, coup: &Coup, job: &Job) -> Result<Worked, WorkError> {
        let asked: Letter = serde_json::from_value(job.payload.clone()).map_err(WorkError::never)?;
        let Some(mailer) = &self.0 else { return Ok(not_sent("no mailer is configured")) };
        let ctx = Ctx::default();
        let room = coup.room(&ctx);
        let desk = Desk { room: &room, job, site: mailer.site() };
        let written = match asked {
            Letter::SanctionImposed { user_id, sanction_id } => {
                desk.sanction(LetterKind::SanctionImposed, &user_id, sanction_id).await?
            }
            Letter::SanctionLifted { user_id, sanction_id } => {
                desk.sanction(LetterKind::SanctionLifted, &user_id, sanction_id).await?
            }
            Letter::AppealDecided { user_id, sanction_id } => {
                desk.sanction(LetterKind::AppealDecided, &user_id, sanction_id).await?
            }
            Letter::Code { kind, email, language } => desk.code(kind, email, language).await?,
            Letter::AccountDeleted { email, language, at } => {
                Ok(desk.account(&AccountLetter::Deleted { at }, None, email, language))
            }
            Letter::PasswordChanged { user_id, at } => {
                desk.told(&user_id, &AccountLetter::PasswordChanged { at }).await?
            }
            Letter::SecondFactorOn { user_id, at } => {
                desk.told(&user_id, &AccountLetter::SecondFactorOn { at }).await?
            }
            Letter::SecondFactorOff { user_id, at } => {
                desk.told(&user_id, &AccountLetter::SecondFactorOff { at }).await?
            }
        };
        let Ready { mail, changes } = match written {
            Ok(ready) => ready,
            Err(why) => return Ok(not_sent(why)),
        };
        match mailer.send(&mail).await {
            Ok(()) => Ok(Worked::Done { changes, result: Some(json!({ "sent": true })) }),
            Err(error @ MailError::Later(_)) => Err(WorkError::later(error)),
            Err(error @ MailError::Never(_)) => Err(WorkError::never(error)),
        }
    }
}

/// What letters are written with.
struct Desk<'a> {
    room: &'a Room<'a>,
    job: &'a Job,
    site: Option<&'a str>,
}

impl Desk<'_> {
    /// Somebody and their address, or why no letter reaches them.
    async fn reachable(&self, user: &UserId) -> Result<Result<(User, Email), &'static str>, WorkError> {
        let user = self.room.store().user(user).await.map_err(Error::from)?;
        let Some(user) = user.filter(|user| user.status != UserStatus::Deleted) else {
            return Ok(Err("the account is deleted"));
        };
        Ok(match user.email.clone() {
            Some(to) => Ok((user, to)),
            None => Err("the account has no e-mail address"),
        })
    }

    async fn sanction(&self, kind: LetterKind, user: &UserId, sanction: SanctionId) -> Written {
        let (user, to) = match self.reachable(user).await? {
            Ok(found) => found,
            Err(why) => return Ok(Err(why)),
        };
        let found = self.room.store().sanction(sanction).await.map_err(Error::from)?;
        let (sanction, appeal) = found.ok_or_else(|| WorkError::never("the sanction is not there"))?;
        let (now, days) = (self.room.env.now(), self.room.settings().appeal_days);
        let own = OwnSanction::at(now, days, &sanction, appeal.clone());
        let tells = match kind {
            LetterKind::SanctionImposed if sanction.lifted_at.is_some() => {
                return Ok(Err("the sanction was lifted meanwhile"));
            }
            LetterKind::SanctionImposed => Tells::Imposed { appealable_until: own.appealable_until },
            LetterKind::SanctionLifted if sanction.lifted_at.is_none() => return Ok(Err("the sanction is not lifted")),
            LetterKind::SanctionLifted => Tells::Lifted,
            LetterKind::AppealDecided => match appeal.as_ref().filter(|appeal| appeal.decided_at.is_some()) {
                None => return Ok(Err("the appeal is not decided")),
                // What stands by the decision does not stand any more; the lifting has its own letter.
                Some(appeal) if sanction.lifted_at > appeal.decided_at => {
                    return Ok(Err("the sanction was lifted meanwhile"));
                }
                Some(appeal) => Tells::Decided { appeal, stands: own.is_active },
            },
            other => return Err(WorkError::never(format!("{other} tells of no sanction"))),
        };
        let language = language_of(&user);
        let page = self.site.map(|site| format!("{site}/me/sanctions"));
        let letter = SanctionLetter { name: name_of(&user), sanction: &sanction, tells, page: page.as_deref() };
        let (subject, text) = (letter.subject(language), letter.text(language));
        let mail = Mail { id: self.job.id, to, kind, code: None, language, subject, text };
        Ok(Ok(Ready { mail, changes: None }))
    }

    /// Makes the code. Its hash is written when the letter was sent: what is sent again after a crash brings another one.
    async fn code(&self, kind: VerificationKind, email: Email, asked_in: Language) -> Written {
        let now = self.room.env.now();
        let row = self.room.store().verification(kind, &email).await.map_err(Error::from)?;
        let Some(row) = row.filter(|row| row.job == self.job.id) else {
            return Ok(Err("another letter was asked for, or the code was used"));
        };
        if row.expires_at <= now {
            return Ok(Err("it was asked for too long ago"));
        }
        let user = self.room.store().user_by_email(&email).await.map_err(Error::from)?;
        let user = user.filter(|user| user.status != UserStatus::Deleted);
        let language = user.as_ref().map_or(asked_in, |user| spoken(user).unwrap_or(asked_in));
        let letter = match (kind, &user) {
            (VerificationKind::SignUp, Some(_)) => {
                return Ok(Ok(self.account(&AccountLetter::Exists, user.as_ref(), email, language)));
            }
            (VerificationKind::Reset, None) => return Ok(Err("there is no such account")),
            (VerificationKind::SignUp, None) => AccountLetter::SignUp,
            (VerificationKind::Reset, Some(_)) => AccountLetter::Reset,
        };
        let code = code(self.room.env.secret());
        let row = Verification {
            code_hash: Some(code_hash(kind, &email, &code)),
            tries: 0,
            expires_at: now + kind.lasts(),
            ..row
        };
        let name =
            user.as_ref().and_then(name_of).or_else(|| row.name.as_ref().map(PersonName::as_str)).map(str::to_owned);
        let mail = self.mail(&letter, name.as_deref(), email, language, Some(code));
        let changes = Changes::system(SystemPermit::Jobs).save(Row::Verification(Box::new(row)));
        Ok(Ok(Ready { mail, changes: Some(changes) }))
    }

    /// Tells somebody what became of their account.
    async fn told(&self, user: &UserId, letter: &AccountLetter) -> Written {
        Ok(match self.reachable(user).await? {
            Ok((user, to)) => Ok(self.account(letter, Some(&user), to, language_of(&user))),
            Err(why) => Err(why),
        })
    }

    /// A letter about an account, without a code.
    fn account(&self, letter: &AccountLetter, user: Option<&User>, to: Email, language: Language) -> Ready {
        Ready { mail: self.mail(letter, user.and_then(name_of), to, language, None), changes: None }
    }

    fn mail(
        &self,
        letter: &AccountLetter,
        name: Option<&str>,
        to: Email,
        language: Language,
        code: Option<String>,
    ) -> Mail {
        let text = letter.text(language, name, code.as_deref(), self.site);
        let subject = letter.subject(language).to_owned();
        Mail { id: self.job.id, to, kind: letter.kind(), code, language, subject, text }
    }
}

fn name_of(user: &User) -> Option<&str> {
    user.name.as_ref().map(PersonName::as_str)
}

/// The language that somebody chose.
fn spoken(user: &User) -> Option<Language> {
    user.locale.as_deref().map(|locale| if locale == "en" { Language::En } else { Language::Ko })
}

fn language_of(user: &User) -> Language {
    spoken(user).unwrap_or_default()
}

fn not_sent(why: &str) -> Worked {
    let result: Value = json!({ "sent": false, "because": why });
    Worked::Done { changes: None, result: Some(result) }
}
