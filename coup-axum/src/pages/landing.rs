//! Where a browser lands that comes back from signing in elsewhere, and what it is told there.

use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use coup_core::{
    error::{Error, StateError},
    identity::port::{ProviderError, ProviderFault},
};

use super::{
    flash::Flash,
    frame::Mount,
    visit::{FLASH_COOKIE, TROUBLE_COOKIE, encoded, short_cookie},
};
use crate::problem::Problem;

/// On to where they wanted to go; else to a page.
pub(crate) fn on(mount: &Mount, next: Option<String>, page: &str) -> Response {
    Redirect::to(&next.unwrap_or_else(|| format!("{}{page}", mount.base))).into_response()
}

/// The same for an identity that was linked, which is said.
pub(crate) fn linked(mount: &Mount, next: Option<String>) -> Response {
    let cookie = short_cookie(mount, FLASH_COOKIE, Flash::IdentityLinked.code());
    (CookieJar::new().add(cookie), on(mount, next, "/me/identities")).into_response()
}

/// To the page that asks for the code of the second factor.
pub(crate) fn to_code(mount: &Mount, next: Option<String>) -> Response {
    let query = next.map(|next| format!("?next={}", encoded(&next))).unwrap_or_default();
    Redirect::to(&format!("{}/sign-in/code{query}", mount.base)).into_response()
}

/// To a page that says why it was not done: who was linking back to their profile, others to signing in.
pub(crate) fn refused(mount: &Mount, code: &'static str, next: Option<String>, linking: bool) -> Response {
    let query = next.filter(|_| !linking).map(|next| format!("?next={}", encoded(&next))).unwrap_or_default();
    let page = if linking { "/me/identities" } else { "/sign-in" };
    let cookie = short_cookie(mount, TROUBLE_COOKIE, code);
    (CookieJar::new().add(cookie), Redirect::to(&format!("{}{page}{query}", mount.base))).into_response()
}

/// The problem of a code that a browser was led away with; one without words of its own is a fault.
pub(in crate::pages) fn trouble(code: &str) -> Problem {
    let state = StateError::ALL.iter().find(|state| state.code() == code).map(|state| Error::from(*state));
    let fault = || ProviderFault::ALL.iter().find(|fault| fault.code() == code).copied();
    let provider = |fault| Error::from(ProviderError::new(fault, "told after a redirect"));
    let error = state.or_else(|| fault().map(provider)).or_else(|| match code {
        // There is no password to have been wrong.
        "wrong_credentials" => Some(provider(ProviderFault::Unproved)),
        "not_configured" => Some(Error::NotConfigured),
        _ => None,
    });
    error.map_or_else(Problem::internal, Problem::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_in_which_it_goes_wrong_is_said_after_the_redirect() {
        for fault in ProviderFault::ALL {
            assert_eq!(trouble(fault.code()).code(), fault.code());
        }
        for code in ["sign_in_expired", "sign_in_to_link", "identity_taken", "provider_linked", "not_configured"] {
            assert_eq!(trouble(code).code(), code);
        }
        assert_eq!(trouble("wrong_credentials").code(), "identity_unproved");
        assert_eq!(trouble("<script>").code(), "internal");
    }
}
