//! Administrators: who has which role, from whom and until when.

pub mod model;
pub mod rules;
pub mod service;
