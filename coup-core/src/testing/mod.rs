//! What testers and storage authors need.
