//! argon2id for [`Passwords`].

use std::{num::NonZeroUsize, sync::Arc, thread};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc},
};
use async_trait::async_trait;
use coup_core::{
    error::Error,
    user::{model::PasswordHash, passwords::Passwords},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// argon2id with OWASP's parameters (19 MiB, two passes, one lane), off the event loop, as many at once as there are cores.
#[derive(Debug, Clone)]
pub struct Argon2Passwords {
    params: Params,
    cores: Arc<Semaphore>,
    /// Verified where there is no hash, so that the answer takes as long.
    dummy: PasswordHash,
}

impl Argon2Passwords {
    /// With OWASP's parameters. Hashes once, for the dummy.
    ///
    /// # Errors
    /// argon2 refuses to hash, for want of memory.
    pub fn new() -> Result<Self, Error> {
        Self::with_cost(19_456, 2, 1)
    }

    /// With other parameters: memory in KiB, passes, lanes. Hashes of before are verified with theirs.
    ///
    /// # Errors
    /// Parameters that argon2 does not know.
    pub fn with_cost(memory: u32, passes: u32, lanes: u32) -> Result<Self, Error> {
        let params = Params::new(memory, passes, lanes, None).map_err(internal)?;
        let dummy = hash(&params, b"nobody's password", b"nobody's salt...")?;
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Ok(Self { params, cores: Arc::new(Semaphore::new(cores)), dummy })
    }

    /// Runs off the event loop once a core is free.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let core = self.cores.clone().acquire_owned().await.map_err(internal)?;
        // The permit goes with the work: a caller that gives up does not free the core before it is free.
        spawn_blocking(move || (work(), core).0).await.map_err(internal)
    }
}

#[async_trait]
impl Passwords for Argon2Passwords {
    async fn hash(&self, password: &SecretString, salt: [u8; 16]) -> Result<PasswordHash, Error> {
        let (params, password) = (self.params.clone(), password.clone());
        self.work(move || hash(&params, password.expose_secret().as_bytes(), &salt)).await?
    }

    async fn verify(&self, password: &SecretString, stored: Option<&PasswordHash>) -> Result<bool, Error> {
        let known = stored.is_some();
        let (stored, password) = (stored.unwrap_or(&self.dummy).clone(), password.clone());
        let right = self.work(move || verify(password.expose_secret().as_bytes(), &stored)).await??;
        Ok(known && right)
    }
}

fn hash(params: &Params, password: &[u8], salt: &[u8]) -> Result<PasswordHash, Error> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let hash: phc::PasswordHash = argon2.hash_password_with_salt(password, salt).map_err(internal)?;
    Ok(PasswordHash::new(hash.to_string()))
}

fn verify(password: &[u8], stored: &PasswordHash) -> Result<bool, Error> {
    let stored = phc::PasswordHash::new(stored.expose()).map_err(internal)?;
    // The parameters are those of the stored hash.
    match Argon2::default().verify_password(password, &stored) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(internal(error)),
    }
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("password hashing: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_its_own_hash_only() {
        let passwords = Argon2Passwords::new().unwrap();
        let right = SecretString::from("파란 하늘 아래 두 사람");
        let hash = passwords.hash(&right, [7; 16]).await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose());
        assert!(passwords.verify(&right, Some(&hash)).await.unwrap());
        assert!(!passwords.verify(&SecretString::from("nobody's password"), Some(&hash)).await.unwrap());
        assert_ne!(passwords.hash(&right, [8; 16]).await.unwrap(), hash, "the salt is in it");
    }

    #[tokio::test]
    async fn without_a_hash_even_the_dummys_password_is_wrong() {
        let passwords = Argon2Passwords::with_cost(8, 1, 1).unwrap();
        assert!(!passwords.verify(&SecretString::from("nobody's password"), None).await.unwrap());
        assert!(!passwords.verify(&SecretString::from("another"), None).await.unwrap());
    }

    #[tokio::test]
    async fn what_is_no_hash_is_a_fault_and_not_a_wrong_password() {
        let passwords = Argon2Passwords::with_cost(8, 1, 1).unwrap();
        let broken = PasswordHash::new("plain text".into());
        assert!(passwords.verify(&SecretString::from("plain text"), Some(&broken)).await.is_err());
    }
}
