//! What describes the API.

use super::{Case, door};

pub(super) fn cases() -> Vec<Case> {
    vec![
        door("getDocument"),
        door("getDocs").gives(303),
        door("getDocsPage"),
        door("getDocsFile").with("file", |_, _| "swagger-ui.css".into()),
    ]
}
