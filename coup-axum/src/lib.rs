//! coup-axum
