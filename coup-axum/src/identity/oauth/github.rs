//! GitHub: OAuth 2 with PKCE, and who somebody is by its API.

use async_trait::async_trait;
use axum::http::{Request, StatusCode, header};
use coup_core::{
    env::Timestamp,
    identity::{
        model::{ProvedIdentity, Provider},
        port::{FlowSecrets, IdentityProvider, Proof, ProviderError},
    },
    text::Email,
};
use oauth2::{
    AccessToken, AuthUrl, AuthorizationCode, CsrfToken, EndpointNotSet, EndpointSet, PkceCodeChallenge,
    PkceCodeVerifier, Scope, TokenResponse as _, TokenUrl, basic::BasicClient,
};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    Client, SetupError,
    web::{Web, in_time, not_exchanged, unintelligible},
};

type Configured = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// GitHub, or a GitHub Enterprise server. The access token is used for two questions, and not kept.
#[derive(Debug)]
pub struct GitHub {
    issuer: String,
    api: String,
    client: Configured,
    web: Web,
}

impl GitHub {
    /// With the address of the site (`https://github.com`), which is the issuer of its identities, and that of its API
    /// (`https://api.github.com`).
    ///
    /// # Errors
    /// Addresses that are none; connections that cannot be made.
    pub fn new(base: &str, api: &str, client: Client) -> Result<Self, SetupError> {
        let (base, api) = (base.trim_end_matches('/'), api.trim_end_matches('/'));
        let bad = |address: &str| {
            let address = address.to_owned();
            move |why: oauth2::url::ParseError| SetupError::Address(address, why.to_string())
        };
        let authorise = AuthUrl::new(format!("{base}/login/oauth/authorize")).map_err(bad(base))?;
        let token = TokenUrl::new(format!("{base}/login/oauth/access_token")).map_err(bad(base))?;
        oauth2::url::Url::parse(api).map_err(bad(api))?;
        let Client { id, secret, redirect } = client;
        let client = BasicClient::new(id)
            .set_client_secret(secret)
            .set_redirect_uri(redirect)
            .set_auth_uri(authorise)
            .set_token_uri(token);
        Ok(Self { issuer: base.to_owned(), api: api.to_owned(), client, web: Web::new()? })
    }

    async fn read<T: DeserializeOwned>(&self, path: &str, token: &AccessToken) -> Result<Option<T>, ProviderError> {
        let request = Request::get(format!("{}{path}", self.api))
            .header(header::ACCEPT, "application/vnd.github+json")
            .header(header::AUTHORIZATION, format!("Bearer {}", token.secret()))
            .header("x-github-api-version", "2022-11-28")
            .body(Vec::new())
            .map_err(unintelligible)?;
        let answer = self.web.ask(request).await?;
        match answer.status() {
            StatusCode::OK => {}
            // The account's owner withholds it from this application.
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => return Ok(None),
            status => return Err(unintelligible(format!("{path} answered {status}"))),
        }
        // Without what it held.
        serde_json::from_slice(answer.body())
            .map(Some)
            .map_err(|why| unintelligible(format!("{path}, line {} column {}", why.line(), why.column())))
    }
}

#[derive(Deserialize)]
struct Account {
    id: u64,
    login: String,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

#[async_trait]
impl IdentityProvider for GitHub {
    fn provider(&self) -> Provider {
        Provider::Github
    }

    fn issuer(&self) -> &str {
        &self.issuer
    }

    async fn authorise(&self, secrets: &FlowSecrets, _: Timestamp) -> Result<String, ProviderError> {
        let verifier = PkceCodeVerifier::new(secrets.verifier.expose().to_owned());
        let state = secrets.state.expose().to_owned();
        let (address, _) = self
            .client
            .authorize_url(|| CsrfToken::new(state))
            .add_scopes(["read:user", "user:email"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(address.into())
    }

    async fn prove(&self, proof: &Proof, _: Timestamp) -> Result<ProvedIdentity, ProviderError> {
        in_time(async {
            let token = self
                .client
                .exchange_code(AuthorizationCode::new(proof.code.expose_secret().to_owned()))
                .set_pkce_verifier(PkceCodeVerifier::new(proof.verifier.expose().to_owned()))
                .request_async(&self.web.client())
                .await
                .map_err(|error| not_exchanged(error, |answer| answer.error().clone()))?;
            let token = token.access_token();
            let account: Account = self.read("/user", token).await?.ok_or_else(|| unintelligible("no account"))?;
            let addresses: Vec<Address> = self.read("/user/emails", token).await?.unwrap_or_default();
            let address = addresses.into_iter().find(|address| address.primary);
            let email = address.and_then(|one| Some((Email::parse("email", &one.email).ok()?, one.verified)));
            Ok(ProvedIdentity {
                issuer: self.issuer.clone(),
                subject: account.id.to_string(),
                email,
                names: account.name.into_iter().chain([account.login]).collect(),
            })
        })
        .await
    }
}
