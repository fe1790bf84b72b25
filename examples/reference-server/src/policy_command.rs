//! `policy check | explain | matrix | diff`: what the policy files say, without a database.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand, ValueEnum};
use coup_core::policy::{Case, Extra, Language, Policy, PolicyDiff, PolicyFile, Restraint, Role, UnknownName, check};
use serde_json::json;

use crate::failure::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Finds what is wrong with policy files, each fault with its line; the status is 1 if there is one
    Check {
        /// Rules (policy.csv) and, if its name ends in .conf, the model that they are checked with
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Says who has a permission, and by which rules
    Explain {
        /// Such as study:message.send
        permission: String,
        /// Only for this role, such as study:MEMBER
        #[arg(long, value_name = "ROLE")]
        role: Option<Role>,
        /// While this holds, such as CHAT_BAN; may be repeated
        #[arg(long = "sanction", value_name = "SANCTION")]
        sanctions: Vec<Restraint>,
        #[command(flatten)]
        view: View,
    },
    /// Prints every decision
    Matrix {
        #[arg(long, default_value = "text")]
        format: Format,
        /// What each sanction takes, instead of what each role has
        #[arg(long)]
        sanctions: bool,
        /// Rules other than the built-in ones
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
    },
    /// Says who gains and who loses what from one file of rules to another
    Diff {
        /// Rules as they are
        old: PathBuf,
        /// Rules as they shall be
        new: PathBuf,
        #[arg(long, default_value = "en")]
        language: Words,
    },
}

#[derive(Debug, Args)]
pub(crate) struct View {
    /// Rules other than the built-in ones
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    #[arg(long, default_value = "en")]
    language: Words,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Words {
    /// 한국어
    Ko,
    /// English
    En,
}

impl From<Words> for Language {
    fn from(words: Words) -> Self {
        match words {
            Words::Ko => Self::Ko,
            Words::En => Self::En,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// A table for people
    Text,
    /// Comma-separated, with a line of names
    Csv,
    /// A list of objects
    Json,
}

/// Does it; the status is that of the whole program.
pub(crate) fn run(command: PolicyCommand) -> Result<ExitCode, Failure> {
    let text = match command {
        PolicyCommand::Check { files } => return checked(&files),
        PolicyCommand::Explain { permission, role, sanctions, view } => explained(
            &loaded_or_built_in(view.policy.as_deref())?,
            &permission,
            role,
            &sanctions,
            view.language.into(),
        )?,
        PolicyCommand::Matrix { format, sanctions, policy } => {
            let policy = loaded_or_built_in(policy.as_deref())?;
            if sanctions { takings(&policy, format)? } else { decisions(&policy, format)? }
        }
        PolicyCommand::Diff { old, new, language } => {
            PolicyDiff::between(&loaded(&old)?, &loaded(&new)?).in_words(language.into())
        }
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// A reader that has seen enough, such as `head`, is no fault.
fn print(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{}", text.trim_end()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::system(error)),
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::data(format!("cannot read {}: {error}", path.display())))
}

fn loaded_or_built_in(path: Option<&Path>) -> Result<Policy, Failure> {
    path.map_or_else(|| Ok(Policy::built_in()), loaded)
}

fn loaded(path: &Path) -> Result<Policy, Failure> {
    Policy::load(Policy::built_in().model_text(), &read(path)?, &[])
        .map_err(|errors| Failure::data(format!("{} cannot be used: {errors}", path.display())))
}

fn checked(files: &[PathBuf]) -> Result<ExitCode, Failure> {
    let built_in = Policy::built_in();
    let (models, rules): (Vec<_>, Vec<_>) =
        files.iter().partition(|path| path.extension().is_some_and(|it| it == "conf"));
    let model = match models.as_slice() {
        [] => ("model.conf".to_owned(), built_in.model_text().to_owned()),
        [path] => (path.display().to_string(), read(path)?),
        _ => return Err(Failure::usage("more than one model: expected at most one file that ends in .conf")),
    };
    let mut texts = Vec::new();
    for path in rules {
        texts.push((path.display().to_string(), read(path)?));
    }
    if texts.is_empty() {
        texts.push(("policy.csv".to_owned(), built_in.policy_text().to_owned()));
    }
    let mut faults: Vec<String> = Vec::new();
    for (name, text) in &texts {
        for problem in check(&model.1, text, &[]) {
            let file = if problem.place.file == PolicyFile::Model { &model.0 } else { name };
            let fault = format!("{file}:{}: {}", problem.place.line, problem.kind);
            // A fault of the model is found with each file of rules.
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    }
    if faults.is_empty() {
        let names: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
        print(&format!("{}: nothing is wrong", names.join(", ")))?;
        return Ok(ExitCode::SUCCESS);
    }
    print(&faults.join("\n"))?;
    Ok(ExitCode::FAILURE)
}

fn decisions(policy: &Policy, format: Format) -> Result<String, Failure> {
    let matrix = policy.matrix();
    let object = |row: &coup_core::policy::MatrixRow| {
        json!({
            "tier": row.permission.tier().name(),
            "permission": row.permission.name(),
            "role": row.role.name(),
            "decision": row.decision(),
        })
    };
    match format {
        Format::Text => Ok(matrix.to_string()),
        Format::Csv => Ok(matrix.to_csv()),
        Format::Json => listed(matrix.rows().iter().map(object)),
    }
}

fn takings(policy: &Policy, format: Format) -> Result<String, Failure> {
    let matrix = policy.sanction_matrix();
    let object = |row: &coup_core::policy::SanctionRow| {
        json!({
            "sanction": row.restraint.name(),
            "tier": row.permission.tier().name(),
            "permission": row.permission.name(),
        })
    };
    match format {
        Format::Text => Ok(matrix.to_string()),
        Format::Csv => Ok(matrix.to_csv()),
        Format::Json => listed(matrix.rows().iter().map(object)),
    }
}

fn listed(rows: impl Iterator<Item = serde_json::Value>) -> Result<String, Failure> {
    serde_json::to_string_pretty(&rows.collect::<Vec<_>>()).map_err(Failure::system)
}

fn explained(
    policy: &Policy,
    permission: &str,
    role: Option<Role>,
    sanctions: &[Restraint],
    language: Language,
) -> Result<String, Failure> {
    let permission = policy.parse_permission(permission).map_err(|error: UnknownName| Failure::usage(error))?;
    let tier = permission.tier();
    let roles = match role {
        Some(role) if role.tier() != tier => {
            return Err(Failure::usage(format!(
                "{role} does not decide about {permission}: expected a role of the tier {tier}"
            )));
        }
        Some(role) => vec![role],
        None => Role::of(tier).collect(),
    };
    let explain = |role| policy.explain(&Case { role, extra: Extra::None, restraints: sanctions, permission });
    Ok(roles.into_iter().map(|role| explain(role).in_words(language)).collect())
}
