//! Notifications (알림): what somebody is told beside what they see.

pub mod model;
pub mod service;
