//! The first administrator, and further ones at the command line.

use std::io::Read as _;

use clap::Args;
use coup_core::{
    admin::service::CreateAdmin,
    coup::Coup,
    env::{Ids, SystemIds},
    error::{Error, StateError},
    policy::AdminRole,
    user::service::SignUp,
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{cli::StoreOptions, config::Settings, failure::Failure, store};

/// The address of the administrator that a fresh deployment gets. The ending exists nowhere: no mail goes astray.
const FIRST_EMAIL: &str = "admin@coup.localhost";
const FIRST_NAME: &str = "관리자";

#[derive(Debug, Args)]
pub(crate) struct CreateAdminArgs {
    /// The address to sign in with
    #[arg(long)]
    email: String,
    /// The name that others see
    #[arg(long)]
    name: String,
    /// Read the password from standard input; otherwise one is made and printed
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    store: StoreOptions,
}

/// `create-admin`.
pub(crate) async fn create(arguments: CreateAdminArgs) -> Result<(), Failure> {
    let CreateAdminArgs { email, name, password_stdin, store } = arguments;
    let settings = Settings::for_store(store)?;
    let typed = if password_stdin { Some(password_from_stdin()?) } else { None };
    let store = store::open(&settings).await?;
    let coup = store.coup()?;
    let made = typed.is_none();
    let password = typed.unwrap_or_else(|| fresh_password(&SystemIds::default()));
    let account = SignUp::parse(&email, password.clone(), &name).map_err(Failure::usage)?;
    let result = coup.as_host("create-admin").run(CreateAdmin { account, role: AdminRole::SuperAdmin }).await;
    store.close().await;
    result?;
    announce(&email, made.then_some(&password));
    Ok(())
}

/// Gives a deployment without one its first administrator.
pub(crate) async fn first(coup: &Coup) -> Result<(), Failure> {
    if coup.has_super_admin().await? {
        return Ok(());
    }
    let password = fresh_password(&SystemIds::default());
    let account = SignUp::parse(FIRST_EMAIL, password.clone(), FIRST_NAME).map_err(Failure::usage)?;
    match coup.as_host("first-admin").run(CreateAdmin { account, role: AdminRole::SuperAdmin }).await {
        Ok(_) => {
            announce(FIRST_EMAIL, Some(&password));
            Ok(())
        }
        // Another node of this deployment started at the same moment, and was first.
        Err(Error::State(StateError::EmailTaken)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[expect(clippy::print_stdout, reason = "the one place where the password is shown")]
fn announce(email: &str, password: Option<&SecretString>) {
    println!("\n  관리자 계정이 만들어졌어요. / An administrator account was made.");
    println!("    {email}");
    if let Some(password) = password {
        println!("    {}", password.expose_secret());
        println!("  비밀번호는 지금 한 번만 보여요. / The password is shown only this once.");
    }
    println!();
}

/// Four groups of five characters that are not mistaken for each other: 100 bits.
fn fresh_password(ids: &dyn Ids) -> SecretString {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 20];
    ids.fill(&mut bytes);
    let mut text = String::with_capacity(23);
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 5 == 0 {
            text.push('-');
        }
        // 32 divides 256: every character is as likely.
        text.extend(ALPHABET.get(usize::from(byte % 32)).copied().map(char::from));
    }
    text.into()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_password_is_long_and_another_each_time() {
        let ids = SystemIds::default();
        let (one, two) = (fresh_password(&ids), fresh_password(&ids));
        assert_ne!(one.expose_secret(), two.expose_secret());
        assert_eq!(one.expose_secret().split('-').map(str::len).collect::<Vec<_>>(), [5, 5, 5, 5]);
    }
}
