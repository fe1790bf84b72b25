//! The first administrator, further ones at the command line, and the way back for who lost theirs.

use std::io::Read as _;

use clap::Args;
use coup_core::{
    admin::service::CreateAdmin,
    coup::Coup,
    env::{Ids, SystemIds},
    error::{Error, StateError},
    policy::AdminRole,
    second_factor::host::RemoveSecondFactor,
    text::Email,
    user::{
        reset::{IssueResetCode, IssuedCode},
        service::SignUp,
    },
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{cli::StoreOptions, config::Settings, failure::Failure, store};

/// The address of the administrator that a fresh deployment gets. The ending exists nowhere: no mail goes astray.
const FIRST_EMAIL: &str = "admin@coup.localhost";
const FIRST_NAME: &str = "관리자";
const MADE: &str = "관리자 계정이 만들어졌어요. / An administrator account was made.";

#[derive(Debug, Args)]
pub(crate) struct CreateAdminArgs {
    /// The address to sign in with
    #[arg(long)]
    email: String,
    /// The name that others see
    #[arg(long)]
    name: String,
    /// Read the password from standard input; otherwise a code is printed by which they choose one
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    store: StoreOptions,
}

#[derive(Debug, Args)]
pub(crate) struct RecoverArgs {
    /// The address that they sign in with
    #[arg(long)]
    email: String,
    /// Take their two-step sign-in away, too; they have lost phone and recovery codes
    #[arg(long)]
    second_factor: bool,
    #[command(flatten)]
    store: StoreOptions,
}

/// `create-admin`.
pub(crate) async fn create(arguments: CreateAdminArgs) -> Result<(), Failure> {
    let CreateAdminArgs { email, name, password_stdin, store } = arguments;
    let settings = Settings::for_store(store)?;
    let typed = if password_stdin { Some(password_from_stdin()?) } else { None };
    let store = store::open(&settings).await?;
    let made = make(&store.coup()?, &email, &name, typed).await;
    store.close().await;
    announce(MADE, "", &email, made?.as_ref());
    Ok(())
}

/// `recover`.
pub(crate) async fn recover(arguments: RecoverArgs) -> Result<(), Failure> {
    let RecoverArgs { email, second_factor, store } = arguments;
    let settings = Settings::for_store(store)?;
    let address = Email::parse("email", &email).map_err(Error::from)?;
    let store = store::open(&settings).await?;
    let issued = open_again(&store.coup()?, address, second_factor).await;
    store.close().await;
    announce("새 비밀번호를 정할 수 있어요. / A new password can be chosen.", "", &email, Some(&issued?));
    Ok(())
}

/// Gives a deployment without one its first administrator; they choose their password at the address that people type.
pub(crate) async fn first(coup: &Coup, public: &str) -> Result<(), Failure> {
    if coup.has_super_admin().await? {
        return Ok(());
    }
    match make(coup, FIRST_EMAIL, FIRST_NAME, None).await {
        Ok(issued) => {
            announce(MADE, public, FIRST_EMAIL, issued.as_ref());
            Ok(())
        }
        // Another node of this deployment started at the same moment, and was first.
        Err(Error::State(StateError::EmailTaken)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Makes an administrator; one without a password chooses it by a code.
async fn make(coup: &Coup, email: &str, name: &str, typed: Option<SecretString>) -> Result<Option<IssuedCode>, Error> {
    let chooses = typed.is_none();
    let account = SignUp::parse(email, typed.unwrap_or_else(|| nobodys(&SystemIds::default())), name)?;
    let email = Email::parse("email", email)?;
    let host = coup.as_host("create-admin");
    host.run(CreateAdmin { account, role: AdminRole::SuperAdmin }).await?;
    if chooses { Ok(Some(host.run(IssueResetCode { email }).await?)) } else { Ok(None) }
}

/// Takes the second factor away if that is asked, and lets a new password be chosen.
async fn open_again(coup: &Coup, email: Email, second_factor: bool) -> Result<IssuedCode, Failure> {
    let host = coup.as_host("recover");
    let issued = match host.run(IssueResetCode { email }).await {
        Err(Error::NotFound) => return Err(Failure::usage("nobody has an account with this address (--email)")),
        issued => issued?,
    };
    if second_factor {
        match host.run(RemoveSecondFactor { user: issued.user.clone() }).await {
            // It is as it should be.
            Ok(()) | Err(Error::State(StateError::NoSecondFactor)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(issued)
}

#[expect(clippy::print_stdout, reason = "the one place where the code is shown")]
fn announce(what: &str, public: &str, email: &str, issued: Option<&IssuedCode>) {
    println!("\n  {what}");
    println!("    {email}");
    if let Some(issued) = issued {
        println!("    {}", issued.code.expose_secret());
        let page = format!("{}/reset/confirm", public.trim_end_matches('/'));
        println!("  {page} 에서 한 시간 안에 이 코드로 비밀번호를 정하세요. 지나면 recover 명령이 새 코드를 만들어요.");
        println!(
            "  Choose a password with this code at {page} within an hour; the command `recover` makes another one."
        );
    }
    println!();
}

/// A password of 128 bits that nobody is told.
fn nobodys(ids: &dyn Ids) -> SecretString {
    let mut bytes = [0; 16];
    ids.fill(&mut bytes);
    format!("{:032x}", u128::from_ne_bytes(bytes)).into()
}

fn password_from_stdin() -> Result<SecretString, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(format!("cannot read the password from standard input: {error}")))?;
    let password = text.strip_suffix('\n').unwrap_or(&text);
    Ok(password.strip_suffix('\r').unwrap_or(password).into())
}
