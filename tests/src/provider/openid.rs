//! An OpenID provider: discovery, keys, the authorisation that asks nobody, the exchange, and what an access token opens.

use std::collections::BTreeMap;

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use chrono::TimeDelta;
use openidconnect::{
    AccessToken, AccessTokenHash, JsonWebKeyId, PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey,
    core::{CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};

use super::{Asked, Bend, CLIENT, House, Rooms, bent, open};

/// What the access token is called.
const TOKEN: &str = "an access token";

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(keys))
        .route("/authorize", get(authorize))
        .route("/token", post(token))
        .route("/userinfo", get(user_info))
}

/// PKCE's challenge of a verifier; of none that could be one, nobody's.
pub(super) fn challenge(verifier: &str) -> String {
    if (43..=128).contains(&verifier.len()) {
        PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.to_owned())).as_str().to_owned()
    } else {
        "none".to_owned()
    }
}

async fn discovery(State(house): State<House>) -> Json<Value> {
    let at = open(&house).address.clone();
    Json(json!({
        "issuer": at,
        "authorization_endpoint": format!("{at}/authorize"),
        "token_endpoint": format!("{at}/token"),
        "userinfo_endpoint": format!("{at}/userinfo"),
        "jwks_uri": format!("{at}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    }))
}

async fn keys(State(house): State<House>) -> Json<Value> {
    let key = signing_key(open(&house).key);
    Json(json!({ "keys": [key.as_verification_key()] }))
}

async fn authorize(State(house): State<House>, Query(query): Query<BTreeMap<String, String>>) -> Response {
    if query.get("nonce").is_none_or(|nonce| nonce.len() < 40) {
        return (StatusCode::BAD_REQUEST, "expected a nonce").into_response();
    }
    open(&house).back(&query, true)
}

async fn token(State(house): State<House>, headers: HeaderMap, Form(form): Form<BTreeMap<String, String>>) -> Response {
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bend = open(&house).bend;
    if let Some(answer) = bent(bend).await {
        return answer;
    }
    let mut rooms = open(&house);
    let asked = match rooms.exchange(&form, basic) {
        Ok(asked) => asked,
        Err(word) => return (StatusCode::BAD_REQUEST, Json(json!({ "error": word }))).into_response(),
    };
    let mut answer = json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": 300 });
    if bend != Some(Bend::NoToken) {
        answer["id_token"] = rooms.id_token(&asked).into();
    }
    Json(answer).into_response()
}

async fn user_info(State(house): State<House>, headers: HeaderMap) -> Response {
    if headers.get(header::AUTHORIZATION).is_none_or(|value| value != &format!("Bearer {TOKEN}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let rooms = open(&house);
    let mut claims = json!({ "sub": rooms.person.subject.to_string() });
    rooms.tell(&mut claims);
    Json(claims).into_response()
}

/// A key that follows from a number, so that none stands in the sources: PKCS #8 of RFC 8410, and 32 bytes.
fn signing_key(number: u8) -> CoreEdDsaPrivateSigningKey {
    let der = [&[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20][..], &[number; 32]].concat();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64_STANDARD.encode(der));
    let id = Some(JsonWebKeyId::new(format!("key-{number}")));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, id).expect("a key")
}

impl Rooms {
    fn tell(&self, claims: &mut Value) {
        if let Some(name) = &self.person.name {
            claims["name"] = name.as_str().into();
        }
        if let Some((email, verified)) = &self.person.email {
            claims["email"] = email.as_str().into();
            claims["email_verified"] = (*verified).into();
        }
    }

    fn id_token(&self, asked: &Asked) -> String {
        let bend = self.bend;
        let issued = if bend == Some(Bend::Tomorrow) { self.now + TimeDelta::days(1) } else { self.now };
        let lasts = TimeDelta::minutes(if bend == Some(Bend::Expired) { -1 } else { 5 });
        let mut claims = json!({
            "iss": if bend == Some(Bend::Issuer) { "https://another.example" } else { &self.address },
            "sub": self.person.subject.to_string(),
            "aud": match bend {
                Some(Bend::Audience) => json!("another client"),
                Some(Bend::TwoAudiences) => json!([CLIENT.0, "another client"]),
                _ => json!(CLIENT.0),
            },
            "iat": issued.timestamp(),
            "exp": (issued + lasts).timestamp(),
            "nonce": asked.nonce,
        });
        match bend {
            Some(Bend::Nonce) => claims["nonce"] = "another nonce".into(),
            Some(Bend::NoNonce) => drop(claims.as_object_mut().expect("an object").remove("nonce")),
            _ => {}
        }
        if self.tells_in_token {
            self.tell(&mut claims);
        }
        let key = signing_key(if bend == Some(Bend::Key) { 99 } else { self.key });
        let of = AccessToken::new(if bend == Some(Bend::AccessToken) { "another" } else { TOKEN }.to_owned());
        let hash = AccessTokenHash::from_token(&of, &CoreJwsSigningAlgorithm::EdDsa, &key.as_verification_key());
        claims["at_hash"] = hash.expect("a hash").as_str().into();

        let algorithm = match bend {
            Some(Bend::Unsigned) => "none",
            Some(Bend::Secret) => "HS256",
            _ => "EdDSA",
        };
        // A forger names the provider's own key.
        let header = json!({ "alg": algorithm, "typ": "JWT", "kid": format!("key-{}", self.key) });
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = match bend {
            Some(Bend::Unsigned) => Vec::new(),
            Some(Bend::Secret) => {
                let key = CoreHmacKey::new(CLIENT.1);
                key.sign(&CoreJwsSigningAlgorithm::HmacSha256, signed.as_bytes()).expect("a signature")
            }
            _ => key.sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes()).expect("a signature"),
        };
        let said = if bend == Some(Bend::Tampered) {
            claims["sub"] = "1000001".into();
            format!("{}.{}", part(&header), part(&claims))
        } else {
            signed
        };
        format!("{said}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}
