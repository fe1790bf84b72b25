//! coup-storage-sql
