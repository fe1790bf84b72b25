//! Moderation: what members report (신고), and the cases in which administrators decide.

pub mod classification;
pub mod content;
pub mod decide;
pub mod escalation;
pub(crate) mod file;
pub mod model;
pub(crate) mod names;
pub mod report;
pub mod rules;
pub mod service;
pub mod statistics;
pub mod view;
