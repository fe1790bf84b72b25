//! What GitHub has: the authorisation that asks nobody, the exchange, which says what is wrong with a status of success, and the
//! two reads of its API.

use std::collections::BTreeMap;

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde_json::json;

use super::{Bend, House, bent, open};

const TOKEN: &str = "gho_an-access-token";

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/login/oauth/authorize", get(authorize))
        .route("/login/oauth/access_token", post(token))
        .route("/user", get(user))
        .route("/user/emails", get(emails))
}

async fn authorize(State(house): State<House>, Query(query): Query<BTreeMap<String, String>>) -> Response {
    open(&house).back(&query, false)
}

async fn token(State(house): State<House>, headers: HeaderMap, Form(form): Form<BTreeMap<String, String>>) -> Response {
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bend = open(&house).bend;
    if let Some(answer) = bent(bend).await {
        return answer;
    }
    let exchanged = open(&house).exchange(&form, basic);
    match exchanged {
        Ok(_) => Json(json!({ "access_token": TOKEN, "token_type": "bearer", "scope": "read:user,user:email" })),
        Err("invalid_grant") => Json(json!({ "error": "bad_verification_code", "error_description": "expired" })),
        Err(_) => Json(json!({ "error": "incorrect_client_credentials" })),
    }
    .into_response()
}

/// GitHub refuses who does not say what program they are, and who does not bring the token.
fn is_let_in(headers: &HeaderMap) -> bool {
    let is = |name, value: &str| headers.get(name).is_some_and(|said| said == value);
    headers.contains_key(header::USER_AGENT) && is(header::AUTHORIZATION, &format!("Bearer {TOKEN}"))
}

async fn user(State(house): State<House>, headers: HeaderMap) -> Response {
    let rooms = open(&house);
    if !is_let_in(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if rooms.bend == Some(Bend::NoPerson) {
        return Json(json!({ "message": "no id here" })).into_response();
    }
    let person = &rooms.person;
    Json(json!({ "id": person.subject, "login": format!("user-{}", person.subject), "name": person.name }))
        .into_response()
}

async fn emails(State(house): State<House>, headers: HeaderMap) -> Response {
    let rooms = open(&house);
    if !is_let_in(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let other = json!({ "email": "another@users.noreply.example", "primary": false, "verified": true });
    let own = rooms.person.email.iter().map(
        |(email, verified)| json!({ "email": email, "primary": true, "verified": verified, "visibility": "private" }),
    );
    Json([other].into_iter().chain(own).collect::<Vec<_>>()).into_response()
}
