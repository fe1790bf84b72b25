//! Appeals (이의 제기): what the sanctioned say against a sanction, decided by somebody else.

pub mod model;
pub mod rules;
pub mod service;
