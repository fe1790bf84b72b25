//! coup-core
