//! A chat in memory, with the shape of the API, for the room's module to talk to.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

type Talk = Arc<Mutex<Vec<Value>>>;

/// The last message of the made-up room.
const LAST_SEQ: usize = 1214;

/// The routes below `/my-studies/{id}/messages`.
pub(crate) fn api() -> Router {
    Router::new()
        .route("/my-studies/{id}/messages", get(list).post(send))
        .route("/my-studies/{id}/messages/read", post(async || Json(json!({}))))
        .with_state(Talk::default())
}

#[derive(Deserialize)]
struct After {
    after: Option<u64>,
}

async fn list(State(talk): State<Talk>, Query(After { after }): Query<After>) -> Json<Value> {
    let talk = talk.lock().unwrap_or_else(PoisonError::into_inner);
    let newer = |message: &&Value| message.get("seq").and_then(Value::as_u64) > after;
    Json(json!({ "items": talk.iter().filter(newer).collect::<Vec<_>>(), "nextCursor": null }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Draft {
    content: String,
    client_id: Option<String>,
}

async fn send(State(talk): State<Talk>, Json(draft): Json<Draft>) -> Json<Value> {
    let mut talk = talk.lock().unwrap_or_else(PoisonError::into_inner);
    let known =
        talk.iter().find(|message| message.get("clientId").and_then(Value::as_str) == draft.client_id.as_deref());
    if let Some(message) = known {
        return Json(message.clone());
    }
    let seq = LAST_SEQ + 1 + talk.len();
    let message = json!({
        "id": format!("m{seq}"), "seq": seq, "userId": "u1", "clientId": draft.client_id, "content": draft.content,
        "createdAt": "2026-11-20T03:30:00Z", "editedAt": null, "deletedAt": null,
        "author": { "id": "u1", "name": "김민준", "avatar": null },
    });
    talk.push(message.clone());
    Json(message)
}
