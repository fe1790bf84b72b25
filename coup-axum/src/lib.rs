//! coup-axum

#[cfg(feature = "pages")]
pub mod pages;
