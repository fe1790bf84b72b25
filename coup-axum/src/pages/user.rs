//! Signing in, signing up, and one's own profile.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use super::form::Form;
use super::frame::{Frame, Person};
use super::identity::Way;

/// `GET /sign-in`; its form posts `email`, `password`, `next` to `/sign-in`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/sign_in.html")]
pub struct SignInPage {
    /// What is around it.
    pub frame: Frame,
    /// The fields.
    pub form: Form,
    /// The address to go on to; empty for none.
    pub next: String,
    /// Whether letters are sent, so that a forgotten password can be replaced.
    pub letters: bool,
    /// Whether a code from a letter may be waiting.
    pub verifies: bool,
    /// The providers that one can sign in with instead.
    pub ways: Vec<Way>,
}

impl SignInPage {
    fn next_query(&self) -> String {
        next_query(&self.next)
    }
}

/// `GET /sign-up`; its form posts `name`, `email`, `password`, `next` to `/sign-up`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/sign_up.html")]
pub struct SignUpPage {
    /// What is around it.
    pub frame: Frame,
    /// The fields.
    pub form: Form,
    /// The address to go on to; empty for none.
    pub next: String,
    /// The providers that one can sign in with instead.
    pub ways: Vec<Way>,
    /// The shortest password that is taken.
    pub min_password: u32,
    /// Whether anybody may.
    pub is_open: bool,
}

impl SignUpPage {
    fn next_query(&self) -> String {
        next_query(&self.next)
    }
}

/// `GET /verify`; its form posts `email`, `code`, `password`, `next` to `/verify`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/verify.html")]
pub struct VerifyPage {
    /// What is around it.
    pub frame: Frame,
    /// The fields.
    pub form: Form,
    /// The address to go on to; empty for none.
    pub next: String,
    /// Whether a letter was asked for just now.
    pub sent: bool,
}

/// `GET /reset`; its form posts `email` to `/reset`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/reset.html")]
pub struct ResetPage {
    /// What is around it.
    pub frame: Frame,
    /// The fields.
    pub form: Form,
}

/// `GET /reset/confirm`; its form posts `email`, `code`, `password` to `/reset/confirm`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/reset_confirm.html")]
pub struct ResetConfirmPage {
    /// What is around it.
    pub frame: Frame,
    /// The fields.
    pub form: Form,
    /// Whether a letter was asked for just now.
    pub sent: bool,
    /// The shortest password that is taken.
    pub min_password: u32,
}

/// `GET /confirm`; its form posts `password`, or the `code` of the second factor, and `next` to `/confirm`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/confirm.html")]
pub struct ProofPage {
    /// What is around it.
    pub frame: Frame,
    /// The fields.
    pub form: Form,
    /// The address to go back to; empty for none.
    pub next: String,
    /// Whether a code is asked for.
    pub by_code: bool,
}

/// A session of the reader's.
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// Which.
    pub id: String,
    /// Whether it is this one.
    pub is_current: bool,
    /// With what they signed in.
    pub program: Option<String>,
    /// From where they signed in.
    pub ip: Option<String>,
    /// When they signed in.
    pub since: DateTime<Utc>,
    /// When it was last used.
    pub seen: DateTime<Utc>,
}

/// How the reader signs in, where accounts are CoUp's own.
#[derive(Debug, Clone)]
pub struct SignInSettings {
    /// The fields `current` and `new` of the form that posts to `/me/password`.
    pub form: Form,
    /// The shortest password that is taken.
    pub min_password: u32,
    /// Where they are signed in. Each has a button that posts to `/me/sessions/{id}/end`; one below posts to `/sign-out-everywhere`.
    pub sessions: Vec<SessionLine>,
    /// Whether signing in asks for a code; a link leads to `/me/second-factor`.
    pub has_second_factor: bool,
    /// Whether one may sign in with other services; then a link leads to `/me/identities`.
    pub elsewhere: bool,
    /// Whether one can upload a picture.
    pub pictures: bool,
}

/// `GET /me`; its form posts `name`, `bio` to `/me`, its button posts to `/sign-out`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/me.html")]
pub struct MePage {
    /// What is around it.
    pub frame: Frame,
    /// The fields.
    pub form: Form,
    /// The reader.
    pub person: Person,
    /// The reader's address; hosts' users have none here.
    pub email: Option<String>,
    /// When the account was made.
    pub since: DateTime<Utc>,
    /// Absent for hosts' users.
    pub sign_in: Option<SignInSettings>,
}

fn next_query(next: &str) -> String {
    if next.is_empty() {
        return String::new();
    }
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("?{query}")
}
