//! A provider of identities that proves whatever a test says, and asks nobody.

use async_trait::async_trait;
use secrecy::ExposeSecret as _;

use crate::{
    env::Timestamp,
    identity::{
        model::{ProvedIdentity, Provider},
        port::{FlowSecrets, IdentityProvider, Proof, ProviderError, ProviderFault},
    },
    text::Email,
};

/// Stands in for a provider: a browser that comes back with the code `17` is the person 17 there, with the verified address
/// `17@provider.example`. A code that is no number proves nothing.
#[derive(Debug, Clone, Copy)]
pub struct StandIn(pub Provider);

#[async_trait]
impl IdentityProvider for StandIn {
    fn provider(&self) -> Provider {
        self.0
    }

    fn issuer(&self) -> &str {
        match self.0 {
            Provider::Google => "https://google.provider.example",
            Provider::Github => "https://github.provider.example",
        }
    }

    async fn authorise(&self, secrets: &FlowSecrets, _: Timestamp) -> Result<String, ProviderError> {
        Ok(format!("{}/?state={}", self.issuer(), secrets.state.expose()))
    }

    async fn prove(&self, proof: &Proof, _: Timestamp) -> Result<ProvedIdentity, ProviderError> {
        let code = proof.code.expose_secret();
        let unproved = |why: &dyn std::fmt::Display| ProviderError::new(ProviderFault::Unproved, why);
        let subject: u32 = code.parse().map_err(|why| unproved(&why))?;
        let email = Email::parse("email", &format!("{subject}@provider.example")).map_err(|why| unproved(&why))?;
        Ok(ProvedIdentity {
            issuer: self.issuer().to_owned(),
            subject: subject.to_string(),
            email: Some((email, true)),
            names: vec![format!("사람 {subject}")],
        })
    }
}
