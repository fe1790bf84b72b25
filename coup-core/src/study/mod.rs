//! Studies (스터디).

pub mod model;
pub mod outlook;
pub mod rules;
pub mod service;
