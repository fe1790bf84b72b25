//! Asking a provider over HTTP: no redirects, bounded in time and size.

use std::{error::Error as _, fmt};

use axum::http::{Response, StatusCode};
use coup_core::identity::port::{ProviderError, ProviderFault};
use oauth2::{HttpRequest, HttpResponse, RequestTokenError, basic::BasicErrorResponseType};

use super::{PATIENCE, SetupError};

/// The largest answer that is read, in bytes.
const MOST: usize = 512 * 1024;

/// Asks providers.
#[derive(Debug, Clone)]
pub(super) struct Web(reqwest::Client);

impl Web {
    /// # Errors
    /// No provider of cryptography, or no certificates on this machine.
    pub(super) fn new() -> Result<Self, SetupError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(SetupError::NoCryptography);
        }
        let client = reqwest::Client::builder()
            .user_agent(concat!("CoUp/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .no_proxy()
            .build();
        client.map(Self).map_err(SetupError::Connections)
    }

    /// One request. What a server says with a status of failure (5xx), with a redirect or because of too many requests is a failure
    /// here; all else is the protocol's to judge.
    pub(super) async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, WebError> {
        let request = reqwest::Request::try_from(request).map_err(WebError::of)?;
        let place = request.url().host_str().unwrap_or_default().to_owned();
        let mut response = self.0.execute(request).await.map_err(WebError::of)?;
        let status = response.status();
        if status.is_server_error() || status.is_redirection() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(WebError { fault: ProviderFault::Failed, cause: format!("{place} answered {status}") });
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(WebError::of)? {
            if body.len() + piece.len() > MOST {
                let cause = format!("{place} answered more than {MOST} bytes");
                return Err(WebError { fault: ProviderFault::Unintelligible, cause });
            }
            body.extend_from_slice(&piece);
        }
        let mut answer = Response::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }

    /// What the libraries call.
    pub(super) fn client(
        &self,
    ) -> impl Fn(HttpRequest) -> futures_util::future::BoxFuture<'static, Result<HttpResponse, WebError>> + Send + Sync + use<>
    {
        let web = self.clone();
        move |request| {
            let web = web.clone();
            Box::pin(async move { web.ask(request).await })
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct WebError {
    fault: ProviderFault,
    cause: String,
}

impl WebError {
    /// Without the address, which may hold a code.
    fn of(error: reqwest::Error) -> Self {
        let fault = if error.is_timeout() { ProviderFault::Slow } else { ProviderFault::Unreachable };
        let error = error.without_url();
        let mut cause = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            cause = format!("{cause}: {inner}");
            source = inner.source();
        }
        Self { fault, cause }
    }
}

impl fmt::Display for WebError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for WebError {}

impl From<WebError> for ProviderError {
    fn from(error: WebError) -> Self {
        Self::new(error.fault, error.cause)
    }
}

/// An answer that is not one of the protocol.
pub(super) fn unintelligible(cause: impl fmt::Display) -> ProviderError {
    ProviderError::new(ProviderFault::Unintelligible, cause)
}

/// Something that proves nothing.
pub(super) fn unproved(cause: impl fmt::Display) -> ProviderError {
    ProviderError::new(ProviderFault::Unproved, cause)
}

/// Why a code was not exchanged.
pub(super) fn not_exchanged<T>(
    error: RequestTokenError<WebError, T>,
    word: impl Fn(&T) -> BasicErrorResponseType,
) -> ProviderError
where
    T: oauth2::ErrorResponse + 'static,
{
    match error {
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::ServerResponse(answer) => refused(&word(&answer)),
        RequestTokenError::Parse(why, body) => match serde_json::from_slice::<oauth2::basic::BasicErrorResponse>(&body)
        {
            // GitHub says what is wrong with a status of success.
            Ok(answer) => refused(answer.error()),
            // Where the answer went wrong, and not what it held.
            Err(_) => unintelligible(format!("the answer to the code, at {}", why.path())),
        },
        RequestTokenError::Other(why) => unintelligible(why),
    }
}

/// A code that is worth nothing proves nothing; all else is a failure between the provider and this deployment.
fn refused(word: &BasicErrorResponseType) -> ProviderError {
    let said = word.as_ref();
    let fault = match said {
        "invalid_grant" | "bad_verification_code" => ProviderFault::Unproved,
        _ => ProviderFault::Failed,
    };
    let word: String = said.chars().filter(char::is_ascii_graphic).take(100).collect();
    ProviderError::new(fault, format!("the code was not exchanged: {word}"))
}

/// At most as long as a person waits.
pub(super) async fn in_time<T>(work: impl Future<Output = Result<T, ProviderError>>) -> Result<T, ProviderError> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(_) => Err(ProviderError::new(ProviderFault::Slow, "all its answers together took too long")),
    }
}
