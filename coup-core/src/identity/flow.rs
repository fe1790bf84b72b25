//! The way to a provider and back: what is kept between, and what it takes to come back.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    model::{FlowSecret, Linking, OAuthFlow, Provider},
    port::{FlowSecrets, IdentityProvider, Proof, ProviderError, ProviderFault},
    rules::{self, is_local},
    service::{LinkIdentity, SignInWith, may_change_ways_in},
};
use crate::{
    changes::{Change, Changes, Row, SystemPermit},
    coup::{Command, Coup, Ctx, Prepared, Room},
    env::Timestamp,
    error::{Error, StateError},
    idempotency::Answer,
    limit::{model::Way, service::Attempt},
    second_factor::{entry::Entered, model::Halfway},
    user::service::{SessionToken, SignedIn},
};

/// A sign-in elsewhere that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// For a cookie of this browser: without it nobody comes back.
    pub cookie: FlowSecret,
    /// The address at the provider to go to.
    pub address: String,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

/// What a browser brings back from a provider.
#[derive(Debug, Clone, Default)]
pub struct Returned {
    /// The cookie's value.
    pub cookie: Option<SecretString>,
    /// The state in the address.
    pub state: Option<SecretString>,
    /// The provider's code.
    pub code: Option<SecretString>,
    /// The provider's word for what went wrong.
    pub error: Option<String>,
    /// Who the provider says it is ([RFC 9207]).
    ///
    /// [RFC 9207]: https://www.rfc-editor.org/rfc/rfc9207
    pub issuer: Option<String>,
}

/// Somebody came back from a provider.
#[derive(Debug)]
pub struct Arrival {
    /// Where they wanted to go on to; a path of ours.
    pub next: Option<String>,
    /// Whether they were linking, and not signing in.
    pub linking: bool,
    /// What became of it.
    pub outcome: Result<Arrived, Error>,
}

/// What became of somebody who came back.
#[derive(Debug, Clone)]
pub enum Arrived {
    /// They are signed in, with a new session; the one that they came with has ended.
    SignedIn(Box<SignedIn>),
    /// They have a second factor, whose code [`CompleteSignIn`](crate::second_factor::entry::CompleteSignIn) asks for.
    CodeRequired(Halfway),
    /// The identity is linked to their account.
    Linked,
}

impl Coup {
    /// The providers that people can sign in with here, by their words.
    pub fn sign_in_providers(&self) -> impl Iterator<Item = Provider> {
        let settings = self.settings();
        self.providers.keys().copied().filter(move |provider| settings.signs_in_with(*provider))
    }

    /// Begins signing in with a provider. A `next` that is no path of ours is left aside.
    ///
    /// # Errors
    /// [`Error::NotConfigured`]; [`Error::Provider`] if it has to be asked and cannot be.
    pub async fn begin_sign_in(&self, ctx: &Ctx, provider: Provider, next: Option<&str>) -> Result<Begun, Error> {
        self.begin(ctx, provider, next, None).await
    }

    /// Begins linking an identity to the caller's account.
    ///
    /// # Errors
    /// Those of [`begin_sign_in`](Self::begin_sign_in), and what forbids changing the ways in.
    pub async fn begin_link(&self, ctx: &Ctx, provider: Provider, next: Option<&str>) -> Result<Begun, Error> {
        self.identity_provider(provider)?;
        let room = self.room(ctx);
        let caller = room.caller().await?;
        let _ = may_change_ways_in(&caller)?;
        caller.fresh(&room)?;
        let session = caller.session.as_ref().map(|session| session.id);
        self.begin(ctx, provider, next, Some(Linking { user: caller.user.id, session })).await
    }

    async fn begin(
        &self,
        ctx: &Ctx,
        provider: Provider,
        next: Option<&str>,
        linking: Option<Linking>,
    ) -> Result<Begun, Error> {
        let asked = self.identity_provider(provider)?;
        let room = self.room(ctx);
        // Its place is kept: each one writes something, and may ask the provider.
        let _kept = Attempt::from_address(&room, Way::Begin, None).await?;
        let secret = || FlowSecret::new(URL_SAFE_NO_PAD.encode(room.env.secret::<32>()));
        let secrets = FlowSecrets { state: secret(), nonce: secret(), verifier: secret() };
        let cookie = secret();
        let address = asked.authorise(&secrets, room.env.now()).await?;
        let expires_at = room.env.now() + Duration::minutes(rules::FLOW_MINUTES);
        let flow = OAuthFlow {
            hash: SessionToken::hash(cookie.expose()),
            state_hash: SessionToken::hash(secrets.state.expose()),
            provider,
            nonce: secrets.nonce.expose().to_owned(),
            verifier: secrets.verifier.expose().to_owned(),
            next: next.filter(|next| is_local(next) && next.len() <= rules::NEXT_LENGTH).map(str::to_owned),
            linking,
            expires_at,
        };
        self.run(ctx, OpenFlow(flow, Begun { cookie, address, expires_at })).await
    }

    /// Ends the way that [`begin_sign_in`](Self::begin_sign_in) or [`begin_link`](Self::begin_link) began: once, in the browser that
    /// it began in, and in time.
    pub async fn arrive(&self, ctx: &Ctx, provider: Provider, returned: Returned) -> Arrival {
        let taken = match self.identity_provider(provider) {
            Ok(asked) => self.run(ctx, TakeFlow::new(provider, &returned)).await.map(|flow| (asked, flow)),
            Err(error) => Err(error),
        };
        let (asked, flow) = match taken {
            Ok(taken) => taken,
            Err(error) => return Arrival { next: None, linking: false, outcome: Err(error) },
        };
        let (next, linking) = (flow.next.clone(), flow.linking.is_some());
        Arrival { next, linking, outcome: self.arrived(ctx, asked, flow, returned).await }
    }

    async fn arrived(
        &self,
        ctx: &Ctx,
        asked: &dyn IdentityProvider,
        flow: OAuthFlow,
        returned: Returned,
    ) -> Result<Arrived, Error> {
        if returned.issuer.as_ref().is_some_and(|issuer| issuer != asked.issuer()) {
            return Err(ProviderError::new(ProviderFault::Unproved, "the answer names another issuer").into());
        }
        if let Some(word) = returned.error {
            let word: String = word.chars().filter(char::is_ascii_graphic).take(100).collect();
            let cancelled = ["access_denied", "login_required", "consent_required"].contains(&word.as_str());
            let fault = if cancelled { ProviderFault::Cancelled } else { ProviderFault::Failed };
            return Err(ProviderError::new(fault, word).into());
        }
        let code = returned
            .code
            .filter(|code| !code.expose_secret().is_empty())
            .ok_or_else(|| ProviderError::new(ProviderFault::Unintelligible, "neither code nor error came back"))?;
        let proof = Proof { code, nonce: FlowSecret::new(flow.nonce), verifier: FlowSecret::new(flow.verifier) };
        let proved = asked.prove(&proof, self.now()).await?;
        let provider = flow.provider;
        match flow.linking {
            None => match self.run(ctx, SignInWith { provider, proved }).await? {
                Entered::SignedIn(signed_in) => Ok(Arrived::SignedIn(signed_in)),
                Entered::CodeRequired(halfway) => Ok(Arrived::CodeRequired(halfway)),
                Entered::CodeWrong => Err(StateError::CodeWrong.into()),
            },
            Some(linking) => {
                self.run(ctx, LinkIdentity { provider, proved, linking }).await?;
                Ok(Arrived::Linked)
            }
        }
    }

    /// The one place that says which providers people can sign in with.
    fn identity_provider(&self, provider: Provider) -> Result<&dyn IdentityProvider, Error> {
        let asked = self.providers.get(&provider).filter(|_| self.settings().signs_in_with(provider));
        asked.map(|asked| &**asked).ok_or(Error::NotConfigured)
    }
}

/// Keeps a flow until its browser comes back.
struct OpenFlow(OAuthFlow, Begun);

impl Command for OpenFlow {
    type Output = Begun;

    async fn prepare(&self, _: &Room<'_>) -> Result<Prepared<Begun>, Error> {
        let changes = Changes::system(SystemPermit::Identity).insert(Row::Flow(Box::new(self.0.clone())));
        Ok(Prepared::new(changes, self.1.clone()))
    }
}

/// A flow's secrets are told once.
impl Answer for Begun {}

/// Takes a flow that comes back: whatever becomes of it, it does not come back again.
struct TakeFlow {
    provider: Provider,
    cookie: Option<SecretString>,
    state: Option<SecretString>,
}

impl TakeFlow {
    fn new(provider: Provider, returned: &Returned) -> Self {
        Self { provider, cookie: returned.cookie.clone(), state: returned.state.clone() }
    }
}

impl Command for TakeFlow {
    type Output = OAuthFlow;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<OAuthFlow>, Error> {
        let hash = |secret: &SecretString| SessionToken::hash(secret.expose_secret());
        let (Some(cookie), Some(state)) = (self.cookie.as_ref().map(hash), self.state.as_ref().map(hash)) else {
            return Err(StateError::SignInExpired.into());
        };
        let flow = room.store().flow(&cookie).await?;
        // One of another state stays: who sends this browser to us with a state of theirs cannot end what it has begun.
        let comes_back = |flow: &OAuthFlow| {
            flow.provider == self.provider && flow.state_hash == state && room.env.now() < flow.expires_at
        };
        let flow = flow.filter(comes_back).ok_or(StateError::SignInExpired)?;
        let changes = Changes::system(SystemPermit::Identity).change(Change::UseFlow(flow.hash));
        Ok(Prepared::new(changes, flow))
    }
}

/// So are these.
impl Answer for OAuthFlow {}
