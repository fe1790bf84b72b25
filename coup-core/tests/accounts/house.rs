//! A deployment in memory whose letters can be read.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use coup_core::{
    coup::{Builder, Coup, Ctx, Settings},
    error::{Error, Invalid, StateError},
    mail::model::{LetterKind, Mail, MailError, Mailer},
    store::{Credential, UserReads as _},
    testing::{Counting, FixedClock, MemoryStore, SeededIds, fixtures::START},
    text::Email,
    user::{
        model::{PasswordHash, User},
        passwords::Passwords,
        service::{SessionToken, SignIn, SignUp, SignedIn},
        sign_up::Verify,
    },
};
use secrecy::{ExposeSecret as _, SecretString};

pub(crate) const PASSWORD: &str = "zanzibar-otter-3";
pub(crate) const OTHER: &str = "another-otter-44";
pub(crate) const EMAIL: &str = "minjun@school.kr";

/// Keeps letters, or says what it is told to say.
#[derive(Default)]
pub(crate) struct Postbox {
    sent: Mutex<Vec<Mail>>,
    pub(crate) answers: Mutex<Vec<MailError>>,
}

#[async_trait]
impl Mailer for Postbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.sent.lock().unwrap().push(mail.clone());
        match self.answers.lock().unwrap().pop() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn site(&self) -> Option<&str> {
        Some("https://study.school.kr")
    }
}

/// Passwords as they are, counted.
#[derive(Default)]
pub(crate) struct Plain(pub(crate) AtomicUsize);

#[async_trait]
impl Passwords for Plain {
    async fn hash(&self, password: &SecretString, _: [u8; 16]) -> Result<PasswordHash, Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(PasswordHash::new(format!("plain:{}", password.expose_secret())))
    }

    async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<bool, Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        // Hashing takes a while, in which others come.
        tokio::task::yield_now().await;
        Ok(hash.is_some_and(|hash| hash.expose() == format!("plain:{}", password.expose_secret())))
    }
}

/// A machine that has no memory left to hash with.
pub(crate) struct Broken;

#[async_trait]
impl Passwords for Broken {
    async fn hash(&self, _: &SecretString, _: [u8; 16]) -> Result<PasswordHash, Error> {
        Err(Error::Internal("no memory".into()))
    }

    async fn verify(&self, _: &SecretString, _: Option<&PasswordHash>) -> Result<bool, Error> {
        Err(Error::Internal("no memory".into()))
    }
}

pub(crate) struct House {
    pub(crate) coup: Coup,
    pub(crate) store: Arc<Counting<MemoryStore>>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) postbox: Arc<Postbox>,
}

impl House {
    pub(crate) fn with(change: impl FnOnce(Builder, Arc<Postbox>) -> Builder) -> Self {
        let store = Arc::new(Counting::new(MemoryStore::new()));
        let clock = Arc::new(FixedClock::at(START));
        let postbox = Arc::new(Postbox::default());
        let builder = Coup::builder(store.clone())
            .clock(clock.clone())
            .ids(Arc::new(SeededIds::new(3)))
            .passwords(Arc::new(Plain::default()));
        Self { coup: change(builder, postbox.clone()).build(), store, clock, postbox }
    }

    /// Without a mailer: accounts are made at once.
    pub(crate) fn new() -> Self {
        // What administrators are asked beside has tests of its own.
        let settings = Settings { require_admin_second_factor: false, ..Settings::default() };
        Self::with(|builder, _| builder.settings(settings))
    }

    /// With letters, where addresses are not verified, and the library's own settings else.
    pub(crate) fn guarded() -> Self {
        let settings = Settings { require_email_verification: Some(false), ..Settings::default() };
        Self::with(|builder, postbox| builder.settings(settings).mailer(postbox))
    }

    /// With one: addresses are verified.
    pub(crate) fn with_letters() -> Self {
        Self::with(|builder, postbox| builder.mailer(postbox))
    }

    pub(crate) fn sign_up(email: &str, password: &str) -> SignUp {
        SignUp::parse(email, password.into(), "김민준").unwrap()
    }

    /// Somebody with an account, signed in.
    pub(crate) async fn person(&self, email: &str) -> SignedIn {
        let signed_up = self.coup.run(&Ctx::default(), Self::sign_up(email, PASSWORD)).await.unwrap();
        if let Some(signed_in) = signed_up.signed_in() {
            return signed_in;
        }
        let code = self.code().await;
        self.verify(email, &code, PASSWORD).await.unwrap()
    }

    pub(crate) async fn sign_in(&self, ctx: &Ctx, email: &str, password: &str) -> Result<SignedIn, Error> {
        self.coup.run(ctx, SignIn { email: email.into(), password: password.into(), code: None }).await?.signed_in()
    }

    pub(crate) async fn verify(&self, email: &str, code: &str, password: &str) -> Result<SignedIn, Error> {
        let command = Verify { email: address(email), code: code.into(), password: password.into() };
        self.coup.run(&Ctx::default(), command).await?.right()
    }

    pub(crate) async fn account(&self, email: &str) -> Option<User> {
        self.store.user_by_email(&address(email)).await.unwrap()
    }

    /// All that is due is done.
    pub(crate) async fn work(&self) {
        while self.coup.tick().await.unwrap().more {}
    }

    /// Letters that came since they were last read.
    pub(crate) async fn letters(&self) -> Vec<Mail> {
        self.work().await;
        std::mem::take(&mut *self.postbox.sent.lock().unwrap())
    }

    /// The code of the one letter that came.
    pub(crate) async fn code(&self) -> String {
        let letters = self.letters().await;
        let [letter] = letters.as_slice() else { panic!("{letters:?}") };
        assert!(matches!(letter.kind, LetterKind::SignUpCode | LetterKind::ResetCode), "{letter:?}");
        letter.code.clone().unwrap()
    }
}

pub(crate) fn address(email: &str) -> Email {
    Email::parse("email", email).unwrap()
}

/// Comes with a session.
pub(crate) fn with(signed_in: &SignedIn) -> Ctx {
    let credential = Credential::Session(SessionToken::hash(signed_in.token.expose()));
    Ctx { credential: Some(credential), ..Ctx::default() }
}

pub(crate) fn is_wrong<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::State(StateError::CodeWrong)))
}

pub(crate) fn is_out<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::NotSignedIn))
}

/// The code of the one field that is wrong.
pub(crate) fn field<T>(answer: Result<T, Error>) -> (String, &'static str) {
    let Err(Error::Invalid(invalid)) = answer else { panic!("no field was wrong") };
    let invalid: Invalid = invalid;
    (invalid.errors()[0].field.clone(), invalid.errors()[0].code)
}
