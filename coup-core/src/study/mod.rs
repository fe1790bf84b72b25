//! Studies (스터디).

pub mod model;
pub mod outlook;
pub mod quality;
pub mod rules;
pub mod service;
