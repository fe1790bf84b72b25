//! coup-storage-sqlite
