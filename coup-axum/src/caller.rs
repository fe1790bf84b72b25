//! Who calls, as the host's extractor says it.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, header, request::Parts},
};
use coup_core::{coup::Ctx, id::UserId, limit::service::device_hash, store::Credential, user::service::SessionToken};

/// Who calls, and from where. What a host's extractor turns into.
#[derive(Debug, Clone, Default)]
pub struct Caller(Ctx);

impl Caller {
    /// Nobody in particular. Public routes answer, all others say 401.
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// Somebody for whom the host vouches.
    pub fn user(id: UserId) -> Self {
        Self(Ctx::user(id))
    }

    /// Whoever a session of CoUp's own belongs to, by the value of its cookie. Whether it still lasts is asked at each
    /// decision.
    pub fn session(token: &str) -> Self {
        Self(Ctx { credential: Some(Credential::Session(SessionToken::hash(token))), ..Ctx::default() })
    }

    /// The peer's address, kept with sessions that they open.
    #[must_use]
    pub fn from_ip(mut self, ip: IpAddr) -> Self {
        self.0.ip = Some(ip.to_string());
        self
    }

    /// The peer's program, kept with sessions that they open.
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.0.user_agent = Some(user_agent.into());
        self
    }

    /// The value of the cookie by which the peer's browser is known to accounts ([`coup_core::limit`]). What cannot be one is left
    /// aside.
    #[must_use]
    pub fn on_device(mut self, value: &str) -> Self {
        self.0.device = device_hash(value);
        self
    }

    /// Fills address and program from a request: the connection's peer (behind `into_make_service_with_connect_info`) and
    /// the `User-Agent`. Headers of proxies are not believed; a host that has a proxy says [`Caller::from_ip`].
    #[must_use]
    pub fn seen_in(mut self, parts: &Parts) -> Self {
        if let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() {
            self = self.from_ip(peer.ip());
        }
        match user_agent(&parts.headers) {
            Some(agent) => self.with_user_agent(agent),
            None => self,
        }
    }

    /// What use cases take.
    pub fn into_ctx(self) -> Ctx {
        self.0
    }
}

impl From<Ctx> for Caller {
    fn from(ctx: Ctx) -> Self {
        Self(ctx)
    }
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(agent.chars().take(300).collect())
}
