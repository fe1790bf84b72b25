//! Whom a host knows: asked when somebody comes for whom the host vouches, and CoUp has not met them yet.

use async_trait::async_trait;

use super::age::Age;
use crate::{error::Error, id::UserId, text::PersonName};

/// A host's users. Without one, a host makes them known by [`AdoptUser`](super::service::AdoptUser) before they come.
#[async_trait]
pub trait UserDirectory: Send + Sync + 'static {
    /// What others see of a user; `None` if there is no such user, who is then not signed in.
    ///
    /// # Errors
    /// Why it cannot be asked; the call is refused then (503).
    async fn user(&self, id: &UserId) -> Result<Option<HostUser>, DirectoryError>;
}

/// A host's user: what others see of them, and what the host says of their age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostUser {
    /// Shown to others.
    pub name: PersonName,
    /// Address of a picture.
    pub avatar: Option<String>,
    /// How old they are, if the host says so. Absent: what is known stays.
    pub age: Option<Age>,
}

impl HostUser {
    /// Nothing but a name.
    pub fn named(name: PersonName) -> Self {
        Self { name, avatar: None, age: None }
    }
}

/// Why a directory cannot be asked.
#[derive(Debug, thiserror::Error)]
#[error("the host's directory cannot be asked: {0}")]
pub struct DirectoryError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl DirectoryError {
    /// With its cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl From<DirectoryError> for Error {
    fn from(error: DirectoryError) -> Self {
        Self::Store(crate::store::StoreError::Unavailable(error.to_string()))
    }
}
