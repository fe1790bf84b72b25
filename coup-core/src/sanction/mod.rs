//! Sanctions (제재): what takes rights away for a while.

pub mod model;
