//! A study's chat.

pub mod model;
pub mod rules;
pub mod service;
