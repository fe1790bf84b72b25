//! What describes the API.

use super::{Case, door, site};

pub(super) fn cases() -> Vec<Case> {
    vec![
        site("exportMe", &["system:account.export"]),
        door("getDocument"),
        door("getDocs").gives(303),
        door("getDocsPage"),
        door("getDocsFile").with("file", |_, _| "swagger-ui.css".into()),
    ]
}
