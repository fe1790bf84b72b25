//! The cookie of a session, and the extractor that reads it.

use std::convert::Infallible;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderName, header, request::Parts},
    response::AppendHeaders,
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, Expiration, SameSite},
};
use cookie::time::OffsetDateTime;
use coup_core::{
    env::Timestamp,
    identity::{flow::Begun, rules},
    limit::rules::DEVICE_DAYS,
    second_factor::{model::Halfway, rules::HALF_MINUTES},
    user::service::{SessionToken, SignedIn},
};
use secrecy::SecretString;

use crate::caller::Caller;

/// How the session's cookie is called and marked: HttpOnly, SameSite=Lax, Path=/, and where the public address is https
/// Secure with the prefix `__Host-` ([RFC 6265bis §4.1.3.2]), which no other host can plant.
///
/// [RFC 6265bis §4.1.3.2]: https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3.2
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionCookie {
    https: bool,
}

impl SessionCookie {
    /// For the address under which browsers see the deployment, such as `https://coup.school.kr`.
    pub fn for_address(public_address: &str) -> Self {
        let scheme = public_address.get(..8).unwrap_or_default();
        Self { https: scheme.eq_ignore_ascii_case("https://") }
    }

    /// The cookie's name. Only this one is read, so that a plain cookie counts nowhere on https.
    pub const fn name(&self) -> &'static str {
        if self.https { "__Host-coup_session" } else { "coup_session" }
    }

    /// The cookie that signs in.
    pub fn set(&self, token: &SessionToken, expires_at: Timestamp) -> Cookie<'static> {
        let mut cookie = self.blank(token.expose().to_owned());
        if let Ok(at) = OffsetDateTime::from_unix_timestamp(expires_at.timestamp()) {
            cookie.set_expires(Expiration::DateTime(at));
        }
        cookie
    }

    /// All cookies of who has just signed in: the session's, then the browser's.
    pub fn signed_in(&self, signed_in: &SignedIn) -> SetCookies {
        let mut device = self.named(self.device_name(), signed_in.device.expose().to_owned());
        device.set_max_age(cookie::time::Duration::days(DEVICE_DAYS));
        let session = self.set(&signed_in.token, signed_in.expires_at);
        AppendHeaders([session, device].map(|cookie| (header::SET_COOKIE, cookie.to_string())))
    }

    /// The cookie that signs out.
    pub fn clear(&self) -> Cookie<'static> {
        let mut cookie = self.blank(String::new());
        cookie.make_removal();
        cookie
    }

    /// The token that a request carries.
    pub fn read<'a>(&self, jar: &'a CookieJar) -> Option<&'a str> {
        jar.get(self.name()).map(Cookie::value)
    }

    /// The name of the cookie by which accounts know a browser that has signed in to them: who guesses elsewhere does not shut it out.
    const fn device_name(self) -> &'static str {
        if self.https { "__Host-coup_device" } else { "coup_device" }
    }

    /// The name of the cookie that binds a sign-in elsewhere to this browser.
    pub(crate) const fn flow_name(self) -> &'static str {
        if self.https { "__Host-coup_sign_in" } else { "coup_sign_in" }
    }

    /// The cookie of a sign-in elsewhere that has begun: Lax, so that it comes along when the provider sends the browser back.
    pub(crate) fn set_flow(self, begun: &Begun) -> Cookie<'static> {
        let mut cookie = self.named(self.flow_name(), begun.cookie.expose().to_owned());
        cookie.set_max_age(cookie::time::Duration::minutes(rules::FLOW_MINUTES));
        cookie
    }

    /// The cookie that takes it away.
    pub(crate) fn clear_flow(self) -> Cookie<'static> {
        let mut cookie = self.named(self.flow_name(), String::new());
        cookie.make_removal();
        cookie
    }

    /// The name of the cookie that binds the second step of signing in to the browser of the first.
    pub(crate) const fn half_name(self) -> &'static str {
        if self.https { "__Host-coup_code" } else { "coup_code" }
    }

    /// The cookie of who has done the first step and is asked for a code.
    pub(crate) fn set_half(self, halfway: &Halfway) -> Cookie<'static> {
        let mut cookie = self.named(self.half_name(), halfway.expose().to_owned());
        cookie.set_max_age(cookie::time::Duration::minutes(HALF_MINUTES));
        cookie
    }

    /// What it holds.
    pub(crate) fn half(self, jar: &CookieJar) -> Option<SecretString> {
        jar.get(self.half_name()).map(|cookie| cookie.value().into())
    }

    /// The cookie that takes it away.
    pub(crate) fn clear_half(self) -> Cookie<'static> {
        let mut cookie = self.named(self.half_name(), String::new());
        cookie.make_removal();
        cookie
    }

    fn blank(self, value: String) -> Cookie<'static> {
        self.named(self.name(), value)
    }

    fn named(self, name: &'static str, value: String) -> Cookie<'static> {
        Cookie::build((name, value)).http_only(true).same_site(SameSite::Lax).path("/").secure(self.https).build()
    }
}

/// Cookies to be set, in their order.
pub type SetCookies = AppendHeaders<[(HeaderName, String); 2]>;

/// Who calls by the session's cookie: the extractor `C` of a deployment with CoUp's own accounts. The host's state knows
/// the [`SessionCookie`].
#[derive(Debug, Clone)]
pub struct SessionCaller(Caller);

impl SessionCaller {
    /// Who calls.
    pub fn into_inner(self) -> Caller {
        self.0
    }
}

impl<S> FromRequestParts<S> for SessionCaller
where
    SessionCookie: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let jar = CookieJar::from_headers(&parts.headers);
        let cookie = SessionCookie::from_ref(state);
        let caller = cookie.read(&jar).map_or_else(Caller::anonymous, Caller::session).seen_in(parts);
        Ok(Self(match jar.get(cookie.device_name()) {
            Some(device) => caller.on_device(device.value()),
            None => caller,
        }))
    }
}

impl From<SessionCaller> for Caller {
    fn from(caller: SessionCaller) -> Self {
        caller.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_https_no_other_host_can_plant_the_cookie() {
        for address in ["https://coup.school.kr", "HTTPS://coup.school.kr/"] {
            let cookie = SessionCookie::for_address(address).clear();
            assert_eq!(cookie.name(), "__Host-coup_session");
            assert_eq!((cookie.secure(), cookie.path(), cookie.domain()), (Some(true), Some("/"), None));
            let flow = SessionCookie::for_address(address).clear_flow();
            assert_eq!(flow.name(), "__Host-coup_sign_in");
            assert_eq!((flow.secure(), flow.path(), flow.domain()), (Some(true), Some("/"), None));
            assert_eq!(SessionCookie::for_address(address).device_name(), "__Host-coup_device");
            let half = SessionCookie::for_address(address).clear_half();
            assert_eq!(half.name(), "__Host-coup_code");
            assert_eq!((half.secure(), half.path(), half.domain()), (Some(true), Some("/"), None));
        }
        for address in ["http://127.0.0.1:3000", "", "https", "httpss://x"] {
            let cookie = SessionCookie::for_address(address).clear();
            assert_eq!((cookie.name(), cookie.secure()), ("coup_session", Some(false)), "{address}");
            assert_eq!((cookie.http_only(), cookie.same_site()), (Some(true), Some(SameSite::Lax)));
        }
    }
}
