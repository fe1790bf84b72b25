//! The static files: one style sheet of several parts, icons, and small modules, embedded in the binary.
//!
//! The version of all of them stands in their address, so that they are kept for ever and replaced at once, and so that
//! a module's relative import stays within its version.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY as CSP, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use rust_embed::RustEmbed;

/// What a page may load and do: only what comes from here. Pictures may come from a host's own place over https.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' https:; object-src 'none'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What a worker may do.
const WORKER_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'";

/// The parts of the one style sheet, in their order: a page asks once.
const STYLES: [&str; 9] = [
    "css/tokens.css",
    "css/base.css",
    "css/layout.css",
    "css/components.css",
    "css/arrangements.css",
    "css/chat.css",
    "css/moderation.css",
    "css/notification.css",
    "css/print.css",
];

/// The name of the style sheet that they are together.
const STYLE_SHEET: &str = "coup.css";

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// What is served under a name: its content, what changes with it, and its kind.
fn file(name: &str) -> Option<(Cow<'static, [u8]>, String, String)> {
    if name == STYLE_SHEET {
        static SHEET: LazyLock<Vec<u8>> = LazyLock::new(|| {
            STYLES.iter().filter_map(|part| Files::get(part)).flat_map(|part| part.data.into_owned()).collect()
        });
        return Some((Cow::Borrowed(SHEET.as_slice()), version().to_owned(), content_type("text/css")));
    }
    let file = Files::get(name)?;
    let kind = content_type(file.metadata.mimetype());
    Some((file.data, hexadecimal(&file.metadata.sha256_hash()), kind))
}

/// The version of the static files together: it changes when a file, a name or their number does.
pub(super) fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let mut together = DefaultHasher::new();
        for name in Files::iter() {
            name.hash(&mut together);
            Files::get(&name).map(|file| file.metadata.sha256_hash()).hash(&mut together);
        }
        format!("{:016x}", together.finish())
    });
    &VERSION
}

/// `GET /assets/{version}/{*file}`.
pub(super) async fn serve(Path((asked, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some((content, tag, kind)) = file(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let tag = format!("\"{tag}\"");
    // A page that was made by another version gets what there is, but may not keep it under that name.
    let caching = if asked == version() { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut answer = HeaderMap::new();
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    answer.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A worker is under the policy of its own file: it imports what is beside it, and hears the API.
    let policy = if name.ends_with("-worker.js") { WORKER_POLICY } else { "default-src 'none'" };
    answer.insert(CSP, HeaderValue::from_static(policy));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(ETAG, tag);
    }
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, answer).into_response();
    }
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        answer.insert(CONTENT_TYPE, kind);
    }
    (answer, content.into_owned()).into_response()
}

fn content_type(kind: &str) -> String {
    if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_part_of_the_style_sheet_is_in_it() {
        let there: BTreeSet<String> =
            Files::iter().map(std::borrow::Cow::into_owned).filter(|name| name.starts_with("css/")).collect();
        assert_eq!(there, STYLES.map(str::to_owned).into());
        let (sheet, ..) = file(STYLE_SHEET).unwrap();
        assert!(sheet.starts_with(b"/* CoUp's one style sheet"));
        let whole: usize = STYLES.iter().map(|part| Files::get(part).unwrap().data.len()).sum();
        assert_eq!(sheet.len(), whole);
    }
}
