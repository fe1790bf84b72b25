//! OpenID Connect: Google, or another provider in its place.

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use chrono::TimeDelta;
use coup_core::{
    env::Timestamp,
    identity::{
        model::{ProvedIdentity, Provider},
        port::{FlowSecrets, IdentityProvider, Proof, ProviderError},
    },
    text::Email,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, CsrfToken,
    DiscoveryError, EmptyAdditionalClaims, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, LocalizedClaim,
    Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, Scope, SignatureVerificationError,
    SubjectIdentifier, TokenResponse as _, UserInfoClaims, UserInfoError,
    core::{
        CoreClient, CoreErrorResponseType, CoreGenderClaim, CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
    },
};
use secrecy::ExposeSecret as _;

use super::{
    Client, SetupError,
    web::{Web, WebError, in_time, not_exchanged, unintelligible, unproved},
};

type Configured =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// How long what a provider says of itself is believed.
const BELIEVED: TimeDelta = TimeDelta::hours(1);

/// How often a provider is asked at most for keys that it did not tell before.
const KEYS_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// How far a provider's clock may be ahead.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

/// Those that a public key verifies. One that the client's secret would verify (HS256) is none of them.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 5] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// An OpenID provider: its own word for itself (discovery) and its keys are asked when they are needed, and believed for an hour.
#[derive(Debug)]
pub struct OpenId {
    provider: Provider,
    issuer: IssuerUrl,
    client: Client,
    web: Web,
    known: RwLock<Option<Arc<Known>>>,
}

/// What a provider says of itself.
#[derive(Debug)]
struct Known {
    metadata: CoreProviderMetadata,
    at: Timestamp,
}

impl OpenId {
    /// Google by its issuer, `https://accounts.google.com`, or whichever other provider shall stand in its place.
    ///
    /// # Errors
    /// An address that is none; connections that cannot be made.
    pub fn google(issuer: &str, client: Client) -> Result<Self, SetupError> {
        let address = IssuerUrl::new(issuer.to_owned());
        let issuer = address.map_err(|why| SetupError::Address(issuer.to_owned(), why.to_string()))?;
        Ok(Self { provider: Provider::Google, issuer, client, web: Web::new()?, known: RwLock::new(None) })
    }

    /// What the provider says of itself, asked again when it is older than that.
    async fn known(&self, now: Timestamp, age: TimeDelta) -> Result<Arc<Known>, ProviderError> {
        let fresh = |known: &&Arc<Known>| known.at <= now && now - known.at < age;
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).as_ref().filter(fresh) {
            return Ok(known.clone());
        }
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.web.client()).await;
        let known = Arc::new(Known { metadata: found.map_err(not_discovered)?, at: now });
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }

    fn configured(&self, known: &Known) -> Configured {
        let (id, secret) = (self.client.id.clone(), self.client.secret.clone());
        CoreClient::from_provider_metadata(known.metadata.clone(), id, Some(secret))
            .set_redirect_uri(self.client.redirect.clone())
    }

    fn verifier(&self, known: &Known, now: Timestamp) -> CoreIdTokenVerifier<'static> {
        let keys = known.metadata.jwks().clone();
        CoreIdTokenVerifier::new_public_client(self.client.id.clone(), self.issuer.clone(), keys)
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || now)
            .set_issue_time_verifier_fn(move |issued| {
                if issued <= now + AHEAD { Ok(()) } else { Err("issued in the future".to_owned()) }
            })
    }

    /// Verifies a token by the keys that are known; by fresh ones, if it is signed with one that is not.
    async fn verified<'t>(
        &self,
        token: &'t CoreIdToken,
        access: &AccessToken,
        nonce: &Nonce,
        now: Timestamp,
    ) -> Result<&'t CoreIdTokenClaims, ProviderError> {
        use ClaimsVerificationError::SignatureVerification;
        use SignatureVerificationError::NoMatchingKey;
        let known = self.known(now, BELIEVED).await?;
        let mut verifier = self.verifier(&known, now);
        let mut claims = token.claims(&verifier, nonce);
        if matches!(claims, Err(SignatureVerification(NoMatchingKey))) {
            verifier = self.verifier(&*self.known(now, KEYS_AGAIN).await?, now);
            claims = token.claims(&verifier, nonce);
        }
        let claims = claims.map_err(why_unproved)?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(unproved)?;
            let key = token.signing_key(&verifier).map_err(unproved)?;
            if AccessTokenHash::from_token(access, algorithm, key).map_err(unproved)? != *expected {
                return Err(unproved("the ID token is not of this access token"));
            }
        }
        Ok(claims)
    }
}

#[async_trait]
impl IdentityProvider for OpenId {
    fn provider(&self) -> Provider {
        self.provider
    }

    fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    async fn authorise(&self, secrets: &FlowSecrets, now: Timestamp) -> Result<String, ProviderError> {
        let known = in_time(self.known(now, BELIEVED)).await?;
        let verifier = PkceCodeVerifier::new(secrets.verifier.expose().to_owned());
        let (state, nonce) = (secrets.state.expose().to_owned(), secrets.nonce.expose().to_owned());
        let (address, ..) = self
            .configured(&known)
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(address.into())
    }

    async fn prove(&self, proof: &Proof, now: Timestamp) -> Result<ProvedIdentity, ProviderError> {
        in_time(async {
            let known = self.known(now, BELIEVED).await?;
            let client = self.configured(&known);
            let web = self.web.client();
            let answer = client
                .exchange_code(AuthorizationCode::new(proof.code.expose_secret().to_owned()))
                .map_err(unintelligible)?
                .set_pkce_verifier(PkceCodeVerifier::new(proof.verifier.expose().to_owned()))
                .request_async(&web)
                .await
                .map_err(|error| not_exchanged(error, |answer| basic(answer.error())))?;
            let token = answer.id_token().ok_or_else(|| unintelligible("no ID token"))?;
            let nonce = Nonce::new(proof.nonce.expose().to_owned());
            let claims = self.verified(token, answer.access_token(), &nonce, now).await?;
            let subject = claims.subject();
            let mut told = Told::of_token(claims);
            if told.email.is_none() && known.metadata.userinfo_endpoint().is_some() {
                // By the protocol what an access token opens may be told there alone.
                let asked = client.user_info(answer.access_token().clone(), Some(subject.clone()));
                let more: UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim> =
                    asked.map_err(unintelligible)?.request_async(&web).await.map_err(not_told)?;
                told = told.or(&more);
            }
            Ok(told.proved(self.issuer.as_str(), subject))
        })
        .await
    }
}

/// What a provider tells of somebody.
struct Told {
    email: Option<(Email, bool)>,
    names: Vec<String>,
}

impl Told {
    fn of_token(claims: &CoreIdTokenClaims) -> Self {
        let address = claims.email().map(|email| email.as_str());
        let further = [claims.nickname().and_then(first), claims.preferred_username().map(|name| name.to_string())];
        Self {
            email: address.and_then(|text| told(text, claims.email_verified())),
            names: claims.name().and_then(first).into_iter().chain(further.into_iter().flatten()).collect(),
        }
    }

    fn or(mut self, more: &UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim>) -> Self {
        let address = more.email().map(|email| email.as_str());
        self.email = self.email.or_else(|| address.and_then(|text| told(text, more.email_verified())));
        self.names.extend(more.name().and_then(first));
        self.names.extend(more.preferred_username().map(|name| name.to_string()));
        self
    }

    fn proved(self, issuer: &str, subject: &SubjectIdentifier) -> ProvedIdentity {
        let (issuer, subject) = (issuer.to_owned(), subject.to_string());
        ProvedIdentity { issuer, subject, email: self.email, names: self.names }
    }
}

/// An address is verified only if the provider says so.
fn told(email: &str, verified: Option<bool>) -> Option<(Email, bool)> {
    Some((Email::parse("email", email).ok()?, verified == Some(true)))
}

fn first<T: std::ops::Deref<Target = String>>(claim: &LocalizedClaim<T>) -> Option<String> {
    let mut said = claim.get(None).into_iter().chain(claim.iter().map(|(_, name)| name));
    said.next().map(|name| name.to_string())
}

fn basic(word: &CoreErrorResponseType) -> oauth2::basic::BasicErrorResponseType {
    oauth2::basic::BasicErrorResponseType::Extension(word.to_string())
}

fn why_unproved(error: ClaimsVerificationError) -> ProviderError {
    match error {
        ClaimsVerificationError::SignatureVerification(why) => unproved(format!("the signature: {why}")),
        error => unproved(error),
    }
}

fn not_discovered(error: DiscoveryError<WebError>) -> ProviderError {
    match error {
        DiscoveryError::Request(error) => error.into(),
        // Not with what it answered.
        DiscoveryError::Response(status, ..) => unintelligible(format!("discovery answered {status}")),
        error => unintelligible(format!("discovery: {error}")),
    }
}

fn not_told(error: UserInfoError<WebError>) -> ProviderError {
    match error {
        UserInfoError::Request(error) => error.into(),
        UserInfoError::ClaimsVerification(error) => why_unproved(error),
        UserInfoError::Response(status, ..) => unintelligible(format!("user info answered {status}")),
        error => unintelligible(format!("user info: {error}")),
    }
}
