//! How the program ends when it cannot do what it was asked: one line, and a status after `sysexits.h`.

use std::{fmt, process::ExitCode};

use coup_axum::problem::{Language, Problem};
use coup_core::{error::Error, store::StoreError};

/// One line for the person at the terminal, and the exit status.
#[derive(Debug)]
pub(crate) struct Failure {
    status: u8,
    words: String,
}

impl Failure {
    /// The command line was wrong.
    pub(crate) const USAGE: u8 = 64;
    const DATA: u8 = 65;
    const UNAVAILABLE: u8 = 69;
    const SOFTWARE: u8 = 70;
    const OS: u8 = 71;
    const CANNOT_CREATE: u8 = 73;
    const CONFIG: u8 = 78;

    fn new(status: u8, words: impl fmt::Display) -> Self {
        // Drivers' and libraries' errors run over several lines at times.
        let words = words.to_string();
        let lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
        Self { status, words: lines.collect::<Vec<_>>().join("; ") }
    }

    /// A setting is wrong.
    pub(crate) fn config(words: impl fmt::Display) -> Self {
        Self::new(Self::CONFIG, words)
    }

    /// What was typed is wrong.
    pub(crate) fn usage(words: impl fmt::Display) -> Self {
        Self::new(Self::USAGE, words)
    }

    /// The data that is there does not allow it.
    pub(crate) fn data(words: impl fmt::Display) -> Self {
        Self::new(Self::DATA, words)
    }

    /// The database cannot be reached, or the port is taken.
    pub(crate) fn unavailable(words: impl fmt::Display) -> Self {
        Self::new(Self::UNAVAILABLE, words)
    }

    /// The system refuses.
    pub(crate) fn system(words: impl fmt::Display) -> Self {
        Self::new(Self::OS, words)
    }

    /// A file or folder cannot be made.
    pub(crate) fn cannot_create(words: impl fmt::Display) -> Self {
        Self::new(Self::CANNOT_CREATE, words)
    }

    /// Says it, and gives the status to end with.
    #[expect(clippy::print_stderr, reason = "the program's last words")]
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("reference-server: {}", self.words);
        ExitCode::from(self.status)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let status = match error {
            StoreError::Unavailable(_) | StoreError::Busy => Self::UNAVAILABLE,
            _ => Self::SOFTWARE,
        };
        Self::new(status, error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(error) => error.into(),
            Error::Invalid(_) => Self::usage(Problem::from(error).in_words(Language::En)),
            Error::State(_) => Self::data(error),
            _ => Self::new(Self::SOFTWARE, error),
        }
    }
}
