//! Settings (specification, moderation § Settings): what a deployment begins with, and what administrators changed since.

pub mod handle;
pub mod key;
pub mod model;
pub mod rules;
pub mod service;
