//! Signing in, signing up, and one's own profile.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use super::form::Form;
use super::frame::{Frame, Person};
use super::identity::{Way, WayIn};

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
}

impl SignUpPage {
    fn next_query(&self) -> String {
        next_query(&self.next)
    }
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
    /// By what the account is signed in to elsewhere.
    pub ways_in: Vec<WayIn>,
    /// What went wrong with those.
    pub trouble: Option<String>,
}

fn next_query(next: &str) -> String {
    if next.is_empty() {
        return String::new();
    }
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("?{query}")
}
