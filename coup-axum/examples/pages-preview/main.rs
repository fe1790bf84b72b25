//! Every page with made-up content, to be looked at: `cargo run -p coup-axum --example pages-preview [-- ADDRESS]`.
//!
//! The list of pages is at `/`. The chat's room talks to a small API that keeps its messages in memory.
#![expect(clippy::print_stdout, reason = "an example says where to look")]

mod sample;
mod talk;

use std::error::Error;
use std::fmt::Write as _;

use axum::extract::{OriginalUri, State};
use axum::http::header::CONTENT_SECURITY_POLICY as CSP;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{MethodRouter, get};
use axum::{Router, middleware};
use coup_axum::pages::{CONTENT_SECURITY_POLICY, Mount, Preferences, assets};
use sample::SAMPLES;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3999".to_owned());
    // Not at the root, so that an address that forgets where the pages are mounted leads nowhere.
    let mount = Mount { base: "/coup".to_owned(), api: "/api".to_owned() };
    let show: MethodRouter<Mount> = get(page).post(back);
    let pages = Router::new().fallback_service(show.with_state(mount.clone())).merge(assets(mount));
    let app = Router::new()
        .route("/", get(index))
        .nest("/coup", pages)
        .nest("/api", talk::api())
        .layer(middleware::map_response(guarded));
    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

async fn index() -> Html<String> {
    let list = SAMPLES.iter().fold(String::new(), |mut list, sample| {
        let _ = writeln!(list, "<li><a href=\"/coup{0}\">{0}</a></li>", sample.path);
        list
    });
    Html(format!(
        "<!doctype html><title>pages</title><ul><li><a href=\"/coup/components\">/components</a></li>{list}</ul>"
    ))
}

async fn page(State(mount): State<Mount>, preferences: Preferences, OriginalUri(uri): OriginalUri) -> Response {
    let path = uri.path().strip_prefix(&mount.base).unwrap_or_default();
    let asked = SAMPLES.iter().find(|sample| sample.path == path);
    let Some(sample) = asked.or_else(|| SAMPLES.iter().find(|sample| sample.path == "/problems/404")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match (sample.render)(sample::frame(&mount, preferences, sample.path)) {
        Ok(page) => Html(page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Nothing is changed here: every form leads to the page at its address, or to the list of studies.
async fn back(State(mount): State<Mount>, OriginalUri(uri): OriginalUri) -> Redirect {
    let path = uri.path().strip_prefix(&mount.base).unwrap_or_default();
    let known = SAMPLES.iter().any(|sample| sample.path == path);
    Redirect::to(if known { uri.path() } else { "/coup/studies" })
}

async fn guarded(mut response: Response) -> Response {
    response.headers_mut().entry(CSP).or_insert(HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    response
}
