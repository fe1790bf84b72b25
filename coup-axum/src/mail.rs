//! Letters by SMTP, for [`Mailer`].

use std::{fmt, time::Duration};

use async_trait::async_trait;
use coup_core::mail::model::{Mail, MailError, Mailer};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{self, response::Category},
};
use secrecy::{ExposeSecret as _, SecretString};

/// How long the server may take for one step; below [`Settings::work_seconds`](coup_core::coup::Settings).
const PATIENCE: Duration = Duration::from_secs(20);

/// Hands letters to an SMTP server.
///
/// ```
/// use coup_axum::mail::SmtpMailer;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let url = "smtps://coup:password@smtp.school.kr".into();
/// let mailer = SmtpMailer::new(&url, "CoUp <no-reply@school.kr>").unwrap();
/// let mailer = mailer.pages_at("https://study.school.kr");
/// # drop(mailer);
/// # })
/// ```
#[derive(Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    site: Option<String>,
}

/// What is wrong with a mail server's settings. Never repeats its address, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// The server's address.
    #[error(
        "the address of the mail server cannot be read: expected smtps://user:password@host, or smtp://…?tls=required"
    )]
    Url,
    /// It would send letters and password as they are over the network.
    #[error(
        "the mail server's address has no TLS: expected smtps://… or smtp://…?tls=required; without only on localhost"
    )]
    Plain,
    /// The sender.
    #[error("the sender of mail cannot be read: expected such as CoUp <no-reply@school.kr>")]
    From,
}

impl SmtpMailer {
    /// With a server, as `smtps://user:password@host:465` or `smtp://user:password@host:587?tls=required`, and a sender. TLS
    /// may be absent only on this machine. Nothing is sent yet.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(url: &SecretString, from: &str) -> Result<Self, SmtpError> {
        let url = url.expose_secret();
        if is_plain(url) && !is_here(url) {
            return Err(SmtpError::Plain);
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| SmtpError::Url)?;
        let from = from.parse().map_err(|_| SmtpError::From)?;
        Ok(Self { transport: transport.timeout(Some(PATIENCE)).build(), from, site: None })
    }

    /// The address of CoUp's pages, to which letters lead.
    #[must_use]
    pub fn pages_at(self, site: impl Into<String>) -> Self {
        let site: String = site.into();
        Self { site: Some(site.trim_end_matches('/').to_owned()), ..self }
    }

    fn message(&self, mail: &Mail) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
        let to = Mailbox::new(None, mail.to.as_str().parse()?);
        // The same one when it is sent again, so that the receiver's program shows it once.
        let id = format!("<{}@{}>", mail.id, self.from.email.domain());
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&mail.subject)
            .message_id(Some(id))
            // Nobody's absence is answered to a machine (RFC 3834).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())?;
        Ok(message)
    }
}

/// Whether nothing asks for TLS.
fn is_plain(url: &str) -> bool {
    let asks = url.split_once('?').is_some_and(|(_, query)| query.split('&').any(|pair| pair == "tls=required"));
    url.to_ascii_lowercase().starts_with("smtp:") && !asks
}

/// Whether the server is on this machine.
fn is_here(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|here| host.strip_prefix(here).is_some_and(|port| port.is_empty() || port.starts_with(':')))
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.message(mail).map_err(|error| MailError::Never(error.to_string()))?;
        self.transport.send(message).await.map(drop).map_err(|error| failure(&error))
    }

    fn site(&self) -> Option<&str> {
        self.site.as_deref()
    }
}

/// What is wrong with a letter or its receiver (55x) stays wrong; what is wrong with the server or its settings may be put right.
fn failure(error: &smtp::Error) -> MailError {
    let of_letter = error.is_permanent() && error.status().is_some_and(|code| code.category == Category::MailSystem);
    if of_letter || error.is_client() {
        MailError::Never(error.to_string())
    } else {
        MailError::Later(error.to_string())
    }
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer").field("from", &self.from).finish_non_exhaustive()
    }
}
