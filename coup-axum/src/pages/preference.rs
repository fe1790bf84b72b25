//! The language and theme that a reader chose: two cookies, set by a form, so that they need no script and no account.

use std::convert::Infallible;

use axum::Form;
use axum::extract::{FromRequestParts, State};
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;

use super::frame::Mount;
use super::text::{Key, Locale};

const THEME_COOKIE: &str = "coup_theme";
const LOCALE_COOKIE: &str = "coup_locale";

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the reader's system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order in which it is offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in the cookie, in the form and on the root element.
    pub fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The icon.
    pub fn glyph(self) -> &'static str {
        match self {
            Self::System => "screen",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }

    /// The words.
    pub fn label(self) -> Key {
        match self {
            Self::System => Key("theme-system"),
            Self::Light => Key("theme-light"),
            Self::Dark => Key("theme-dark"),
        }
    }

    fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.code() == code)
    }
}

/// What the reader chose, or what their browser says, or what the house does by default. Extracting never fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Preferences {
    /// The language.
    pub locale: Locale,
    /// The theme.
    pub theme: Theme,
}

impl<S: Sync> FromRequestParts<S> for Preferences {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let jar = CookieJar::from_headers(&parts.headers);
        let accepted = || parts.headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
        let locale = jar
            .get(LOCALE_COOKIE)
            .and_then(|cookie| Locale::of_tag(cookie.value()))
            .unwrap_or_else(|| Locale::of_accept_language(accepted().unwrap_or_default()));
        let theme = jar.get(THEME_COOKIE).and_then(|cookie| Theme::of_code(cookie.value())).unwrap_or_default();
        Ok(Self { locale, theme })
    }
}

/// The body of `POST /preferences`: what changes, and the address to go back to.
#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    theme: Option<String>,
    locale: Option<String>,
    back: Option<String>,
}

/// Keeps the choice in cookies and leads back to the page it was made on.
pub(super) async fn choose(State(mount): State<Mount>, jar: CookieJar, Form(choice): Form<Choice>) -> Response {
    let mut jar = jar;
    if let Some(theme) = choice.theme.as_deref().and_then(Theme::of_code) {
        jar = jar.add(cookie(&mount, THEME_COOKIE, theme.code()));
    }
    if let Some(locale) = choice.locale.as_deref().and_then(Locale::of_tag) {
        jar = jar.add(cookie(&mount, LOCALE_COOKIE, locale.tag()));
    }
    let back = choice.back.filter(|back| is_local(back)).unwrap_or_else(|| format!("{}/studies", mount.base));
    (jar, Redirect::to(&back)).into_response()
}

pub use coup_core::identity::rules::is_local;

fn cookie(mount: &Mount, name: &'static str, value: &'static str) -> Cookie<'static> {
    let path = if mount.base.is_empty() { "/".to_owned() } else { mount.base.clone() };
    let mut cookie = Cookie::new(name, value);
    cookie.set_path(path);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    // As long as the browser allows.
    cookie.make_permanent();
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_on_this_site_is_led_back_to() {
        assert!(is_local("/studies?query=%EA%B0%80"));
        for hostile in ["https://elsewhere", "//elsewhere", "/\\elsewhere", "studies", "/a\r\nset-cookie: b", ""] {
            assert!(!is_local(hostile), "{hostile:?}");
        }
    }
}
