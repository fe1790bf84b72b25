//! Who belongs to a study: joining, requests, invites, roles.

pub mod invite;
pub mod model;
pub mod pause;
pub mod rules;
pub mod service;
