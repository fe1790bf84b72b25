//! CoUp as one program. See `reference-server --help`.

mod admin;
mod audit_command;
mod cli;
mod config;
mod demo;
mod failure;
mod health;
#[cfg(feature = "redis")]
mod node;
#[cfg(feature = "oauth")]
mod oauth;
mod policy_command;
mod serve;
mod shell;
mod signals;
mod store;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    cli::{Cli, Command},
    failure::Failure,
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let asked = !error.use_stderr();
            // Nothing is left to tell somebody whose terminal is gone.
            drop(error.print());
            return if asked { ExitCode::SUCCESS } else { ExitCode::from(Failure::USAGE) };
        }
    };
    run(cli).unwrap_or_else(|failure| failure.report())
}

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let command = cli.command.unwrap_or(Command::Serve(Box::new(cli.serve)));
    if let Command::Policy(command) = command {
        return policy_command::run(command);
    }
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::system)?;
    runtime.block_on(async {
        match command {
            Command::Serve(options) => serve::run(*options).await?,
            Command::Migrate(options) => store::migrate(options).await?,
            Command::CreateAdmin(arguments) => admin::create(arguments).await?,
            Command::Recover(arguments) => admin::recover(arguments).await?,
            Command::VerifyAudit(arguments) => return audit_command::run(arguments).await,
            Command::Demo(options) => demo::run(options).await?,
            Command::Policy(_) => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}
