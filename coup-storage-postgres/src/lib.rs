//! coup-storage-postgres
