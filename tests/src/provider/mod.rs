//! A provider of identities on loopback that behaves as a test says: an OpenID provider that signs its tokens with EdDSA, and under
//! the same address what GitHub has. Both ask nobody: whoever comes is the person that the test has put there.

mod github;
mod openid;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use tokio::{net::TcpListener, task::JoinHandle};

/// The client that is registered, and its secret.
pub const CLIENT: (&str, &str) = ("coup", "a secret of the client");

/// One way in which it misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bend {
    /// The token has another nonce.
    Nonce,
    /// The token has none.
    NoNonce,
    /// The token is for another client.
    Audience,
    /// The token is for this client, and for another one.
    TwoAudiences,
    /// The token is another issuer's.
    Issuer,
    /// The token has expired.
    Expired,
    /// The token is from tomorrow.
    Tomorrow,
    /// The token says something else than what was signed.
    Tampered,
    /// The token is signed with a key that is not the provider's.
    Key,
    /// The token is not signed.
    Unsigned,
    /// The token is signed with the client's secret.
    Secret,
    /// The token is of another access token.
    AccessToken,
    /// There is no token.
    NoToken,
    /// The code's answer is not JSON.
    NotJson,
    /// The code's answer is of another shape.
    OtherShape,
    /// The code's answer is a failure (500).
    Failure,
    /// The code's answer leads elsewhere.
    Redirect,
    /// The code's answer is larger than anybody needs.
    Huge,
    /// The code's answer does not come.
    Slow,
    /// The connection of the code's answer ends.
    HangsUp,
    /// The person does not want to.
    Denied,
    /// The provider calls itself by another name when it sends the browser back.
    OtherName,
    /// Who the person is cannot be read; GitHub's only.
    NoPerson,
}

/// Whom the provider knows.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its own name for them.
    pub subject: u64,
    /// Their name.
    pub name: Option<String>,
    /// Their address, and whether they have verified it.
    pub email: Option<(String, bool)>,
}

impl Known {
    /// Somebody with a verified address.
    pub fn new(subject: u64, name: &str, email: &str) -> Self {
        Self { subject, name: Some(name.to_owned()), email: Some((email.to_owned(), true)) }
    }

    /// The same with an address that they have not verified.
    #[must_use]
    pub fn unverified(mut self) -> Self {
        self.email = self.email.map(|(email, _)| (email, false));
        self
    }
}

/// A provider of one test's own.
#[derive(Debug)]
pub struct Provider {
    /// Its address, which is its issuer.
    pub address: String,
    house: House,
    task: JoinHandle<()>,
}

type House = Arc<Mutex<Rooms>>;

#[derive(Debug)]
struct Rooms {
    address: String,
    person: Known,
    bend: Option<Bend>,
    now: DateTime<Utc>,
    /// What was asked for each code that was not exchanged yet.
    codes: BTreeMap<String, Asked>,
    /// What was asked at all, the newest last: method, path and headers that matter.
    heard: Vec<String>,
    /// Which key signs: they may rotate.
    key: u8,
    next: u64,
    /// Whether claims of a person stand in the token; else only where the access token opens them.
    tells_in_token: bool,
}

#[derive(Debug, Clone, Default)]
struct Asked {
    challenge: String,
    nonce: Option<String>,
    redirect: String,
}

impl Provider {
    /// Starts one that knows a person, at an instant.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start(person: Known, now: DateTime<Utc>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let rooms = Rooms {
            address: address.clone(),
            person,
            bend: None,
            now,
            codes: BTreeMap::new(),
            heard: Vec::new(),
            key: 1,
            next: 0,
            tells_in_token: true,
        };
        let house: House = Arc::new(Mutex::new(rooms));
        let routes = Router::new()
            .merge(openid::routes())
            .merge(github::routes())
            .layer(middleware::from_fn_with_state(house.clone(), hear))
            .with_state(house.clone());
        let task = tokio::spawn(async move {
            // Ends with the test.
            let _ = axum::serve(listener, routes).await;
        });
        Self { address, house, task }
    }

    /// Somebody else comes.
    pub fn is_asked_by(&self, person: Known) {
        self.rooms().person = person;
    }

    /// It misbehaves from now on.
    pub fn bends(&self, bend: impl Into<Option<Bend>>) {
        self.rooms().bend = bend.into();
    }

    /// It signs with another key from now on.
    pub fn rotates_its_key(&self) {
        self.rooms().key += 1;
    }

    /// It tells of a person only where the access token opens it, as the protocol has it.
    pub fn tells_elsewhere(&self) {
        self.rooms().tells_in_token = false;
    }

    /// What it was asked since it was last asked this.
    pub fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.rooms().heard)
    }

    /// It is gone.
    pub async fn ends(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        open(&self.house)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn open(house: &House) -> MutexGuard<'_, Rooms> {
    house.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn hear(State(house): State<House>, request: Request, next: Next) -> Response {
    let program = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("-");
    let line = format!("{} {} by {program}", request.method(), request.uri().path());
    open(&house).heard.push(line);
    next.run(request).await
}

impl Rooms {
    /// The browser goes back with a code, or with what went wrong.
    fn back(&mut self, query: &BTreeMap<String, String>, named: bool) -> Response {
        let word = |name: &str| query.get(name).cloned().unwrap_or_default();
        if word("code_challenge_method") != "S256" || word("code_challenge").len() != 43 {
            return (StatusCode::BAD_REQUEST, "expected PKCE with S256").into_response();
        }
        if word("client_id") != CLIENT.0 || word("state").len() < 40 || word("response_type") != "code" {
            return (StatusCode::BAD_REQUEST, "expected the client, a state and response_type code").into_response();
        }
        let mut answer = form_urlencoded::Serializer::new(String::new());
        answer.append_pair("state", &word("state"));
        if self.bend == Some(Bend::Denied) {
            answer.append_pair("error", "access_denied").append_pair("error_description", "<b>no</b>");
        } else {
            self.next += 1;
            let code = format!("code-{}", self.next);
            answer.append_pair("code", &code);
            let nonce = query.get("nonce").cloned();
            let asked = Asked { challenge: word("code_challenge"), nonce, redirect: word("redirect_uri") };
            self.codes.insert(code, asked);
        }
        if named {
            let other = self.bend == Some(Bend::OtherName);
            answer.append_pair("iss", if other { "https://another.example" } else { &self.address });
        }
        let address = format!("{}?{}", word("redirect_uri"), answer.finish());
        (StatusCode::FOUND, [(header::LOCATION, address)]).into_response()
    }

    /// Exchanges a code: once, for whom it was given to, and for the verifier of its challenge.
    fn exchange(&mut self, form: &BTreeMap<String, String>, basic: Option<&str>) -> Result<Asked, &'static str> {
        let word = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let expected: String = {
            let part = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            BASE64_STANDARD.encode(format!("{}:{}", part(CLIENT.0), part(CLIENT.1)))
        };
        let by_header = basic == Some(&format!("Basic {expected}"));
        let by_body = (word("client_id"), word("client_secret")) == CLIENT;
        if !by_header && !by_body {
            return Err("invalid_client");
        }
        let asked = self.codes.remove(word("code")).ok_or("invalid_grant")?;
        let challenge = openid::challenge(word("code_verifier"));
        if word("redirect_uri") != asked.redirect || challenge != asked.challenge {
            return Err("invalid_grant");
        }
        Ok(asked)
    }
}

/// What a bend makes of any answer to a code, be it right or wrong.
async fn bent(bend: Option<Bend>) -> Option<Response> {
    let json = [(header::CONTENT_TYPE, "application/json")];
    match bend? {
        Bend::NotJson => Some((json, "<html>secret-looking text</html>").into_response()),
        Bend::OtherShape => Some((json, "{\"access_token\": 17}").into_response()),
        Bend::Failure => Some((StatusCode::INTERNAL_SERVER_ERROR, json, "{}").into_response()),
        Bend::Redirect => Some((StatusCode::FOUND, [(header::LOCATION, "/user")]).into_response()),
        Bend::Huge => Some((json, " ".repeat(2 * 1024 * 1024)).into_response()),
        Bend::Slow => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            None
        }
        Bend::HangsUp => {
            let broken = futures_util::stream::once(async { Err::<String, _>(std::io::Error::other("gone")) });
            Some((json, Body::from_stream(broken)).into_response())
        }
        _ => None,
    }
}
