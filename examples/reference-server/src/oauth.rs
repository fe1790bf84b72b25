//! Signing in with Google and GitHub: what is said of it, and the providers that are made of that.

use std::sync::Arc;

use coup_axum::identity::oauth::{Client, GitHub, OpenId, SetupError};
use coup_core::{
    coup::Builder,
    identity::{model::Provider, port::IdentityProvider},
};
use secrecy::SecretString;

use crate::{cli::OAuthArgs, failure::Failure};

const GOOGLE: &str = "https://accounts.google.com";
const GITHUB: &str = "https://github.com";
const GITHUB_API: &str = "https://api.github.com";

/// The providers that people can sign in with.
#[derive(Debug, Clone, Default)]
pub(crate) struct OAuth {
    google: Option<Google>,
    github: Option<Github>,
}

#[derive(Debug, Clone)]
struct Registered {
    id: String,
    secret: SecretString,
}

#[derive(Debug, Clone)]
struct Google {
    client: Registered,
    issuer: String,
}

#[derive(Debug, Clone)]
struct Github {
    client: Registered,
    base: String,
    api: String,
}

impl OAuth {
    /// As flags, environment and file say it; a client without its secret, or an address without a client, is refused.
    pub(crate) fn of(said: OAuthArgs) -> Result<Self, Failure> {
        let OAuthArgs {
            google_client_id,
            google_client_secret,
            google_issuer,
            github_client_id,
            github_client_secret,
            github_base,
            github_api,
        } = said;
        let google = registered("google", google_client_id, google_client_secret)?;
        let github = registered("github", github_client_id, github_client_secret)?;
        needless("google", google.as_ref(), &[("google-issuer", &google_issuer)])?;
        needless("github", github.as_ref(), &[("github-base", &github_base), ("github-api", &github_api)])?;
        let google = match google {
            Some(client) => Some(Google { client, issuer: address("google-issuer", google_issuer, GOOGLE)? }),
            None => None,
        };
        if github_base.is_some() != github_api.is_some() {
            return Err(Failure::config(
                "github-base and github-api belong together: expected both, such as https://github.school.kr and \
                 https://github.school.kr/api/v3, or neither",
            ));
        }
        let github = match github {
            Some(client) => Some(Github {
                client,
                base: address("github-base", github_base, GITHUB)?,
                api: address("github-api", github_api, GITHUB_API)?,
            }),
            None => None,
        };
        Ok(Self { google, github })
    }

    /// What is built lets people sign in with them; browsers come back under the public address.
    pub(crate) fn lets_in(&self, mut builder: Builder, public: &str, prefix: &str) -> Result<Builder, Failure> {
        if self.google.is_some() || self.github.is_some() {
            // Choosing cryptography is the program's, not a library's. Somebody who chose before keeps their choice.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        if let Some(Google { client, issuer }) = &self.google {
            let provider =
                client.at(public, prefix, Provider::Google).and_then(|client| OpenId::google(issuer, client));
            builder = builder.identity_provider(made("google", provider)?);
        }
        if let Some(Github { client, base, api }) = &self.github {
            let provider =
                client.at(public, prefix, Provider::Github).and_then(|client| GitHub::new(base, api, client));
            builder = builder.identity_provider(made("github", provider)?);
        }
        Ok(builder)
    }
}

impl Registered {
    fn at(&self, public: &str, prefix: &str, provider: Provider) -> Result<Client, SetupError> {
        let client = Client::new(&self.id, self.secret.clone(), public, prefix, provider)?;
        tracing::info!(
            provider = provider.slug(),
            redirect = client.redirect_address(),
            "people can sign in with it; this address has to be registered there"
        );
        Ok(client)
    }
}

fn made<P: IdentityProvider>(
    name: &str,
    provider: Result<P, SetupError>,
) -> Result<Arc<dyn IdentityProvider>, Failure> {
    match provider {
        Ok(provider) => Ok(Arc::new(provider)),
        Err(error) => Err(Failure::config(format!("{name}: {error}"))),
    }
}

fn registered(name: &str, id: Option<String>, secret: Option<String>) -> Result<Option<Registered>, Failure> {
    // Empty in the environment is not said.
    let said = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    match (said(id), said(secret)) {
        (None, None) => Ok(None),
        (Some(id), Some(secret)) => Ok(Some(Registered { id, secret: secret.into() })),
        (Some(_), None) => Err(Failure::config(format!(
            "{name}-client-secret is missing: expected with {name}-client-id the secret that belongs to it"
        ))),
        (None, Some(_)) => Err(Failure::config(format!(
            "{name}-client-id is missing: expected with {name}-client-secret the identifier that belongs to it"
        ))),
    }
}

fn needless(name: &str, client: Option<&Registered>, said: &[(&str, &Option<String>)]) -> Result<(), Failure> {
    match said.iter().find(|(_, address)| address.is_some()) {
        Some((setting, _)) if client.is_none() => Err(Failure::config(format!(
            "{setting} is said without a client: expected with it {name}-client-id and {name}-client-secret"
        ))),
        _ => Ok(()),
    }
}

fn address(setting: &str, said: Option<String>, default: &str) -> Result<String, Failure> {
    let address = said.unwrap_or_else(|| default.to_owned());
    // Without TLS whoever stands between can say who everybody is; on this machine nobody does.
    let here =
        ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].iter().any(|start| address.starts_with(start));
    if address.starts_with("https://") || here {
        Ok(address)
    } else {
        Err(Failure::config(format!("{setting} is {address:?}: expected an address such as {default}, with https://")))
    }
}
