//! `policy check | explain | matrix | diff`: what the policy files say, without a database.

use std::{
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand, ValueEnum};
use coup_core::policy::{
    Actor, AdminStanding, Case, Extra, GroupStanding, Permission, Policy, PolicyDiff, PolicyFile, Restraint, Role,
    StudyStanding, SystemRole, AdminRole, Target, Tier, check,
};
use serde::Serialize;
use uuid::Uuid;

use crate::failure::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Finds what is wrong with policy files, each fault with its line; the status is 1 if there is one
    Check {
        /// Rules (policy.csv) and, if its name ends in .conf, the model that they are checked with
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Says who has a permission, what takes it, and why somebody has it not
    Explain {
        /// Such as study:message.send
        permission: String,
        /// Only for this role, such as study:MEMBER
        #[arg(long, value_name = "ROLE")]
        role: Option<Role>,
        /// While this holds, such as CHAT_BAN; may be repeated
        #[arg(long = "sanction", value_name = "SANCTION", value_parser = restraint)]
        sanctions: Vec<Restraint>,
        #[command(flatten)]
        files: Files,
    },
    /// Prints every decision
    Matrix {
        #[arg(long, default_value = "text")]
        format: Format,
        /// What each sanction takes, instead of what each role has
        #[arg(long)]
        sanctions: bool,
        #[command(flatten)]
        files: Files,
    },
    /// Says who gains and who loses what from one file of rules to another
    Diff {
        /// Rules as they are
        #[arg(value_name = "OLD")]
        old: PathBuf,
        /// Rules as they shall be
        #[arg(value_name = "NEW")]
        new: PathBuf,
    },
}

/// Files that replace the built-in ones.
#[derive(Debug, Default, Args)]
pub(crate) struct Files {
    /// Rules other than the built-in ones
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// A table for people.
    Text,
    /// Comma-separated, with a line of names.
    Csv,
    /// A list of objects.
    Json,
}

fn restraint(text: &str) -> Result<Restraint, String> {
    text.parse().map_err(|error: coup_core::policy::UnknownName| error.to_string())
}

/// Does it; the status is that of the whole program.
pub(crate) fn run(command: PolicyCommand) -> Result<ExitCode, Failure> {
    let (text, status) = match command {
        PolicyCommand::Check { files } => checked(&files)?,
        PolicyCommand::Explain { permission, role, sanctions, files } => {
            (explained(&files.policy()?, &permission, role, &sanctions)?, ExitCode::SUCCESS)
        }
        PolicyCommand::Matrix { format, sanctions: false, files } => {
            (written(&decisions(&files.policy()?), format)?, ExitCode::SUCCESS)
        }
        PolicyCommand::Matrix { format, sanctions: true, files } => {
            (written(&takings(&files.policy()?), format)?, ExitCode::SUCCESS)
        }
        PolicyCommand::Diff { old, new } => {
            (PolicyDiff::between(&loaded(&old)?, &loaded(&new)?).to_string(), ExitCode::SUCCESS)
        }
    };
    print(&text)?;
    Ok(status)
}

/// A reader that has seen enough, such as `head`, is no fault.
fn print(text: &str) -> Result<(), Failure> {
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    match write!(std::io::stdout(), "{text}{end}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::system(error)),
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::data(format!("cannot read {}: {error}", path.display())))
}

impl Files {
    fn policy(&self) -> Result<Policy, Failure> {
        self.policy.as_deref().map_or_else(|| Ok(Policy::built_in()), loaded)
    }
}

fn loaded(path: &Path) -> Result<Policy, Failure> {
    let built_in = Policy::built_in();
    Policy::load(built_in.model_text(), &read(path)?, &[])
        .map_err(|errors| Failure::data(format!("{} cannot be used; see policy check\n{errors}", path.display())))
}

fn checked(files: &[PathBuf]) -> Result<(String, ExitCode), Failure> {
    let built_in = Policy::built_in();
    let (models, rules): (Vec<_>, Vec<_>) = files.iter().partition(|path| path.extension().is_some_and(|it| it == "conf"));
    let [] | [_] = models.as_slice() else {
        return Err(Failure::usage("more than one model: expected at most one file that ends in .conf"));
    };
    let model = models.first().map(|path| Ok((path.display().to_string(), read(path)?))).transpose()?;
    let model = model.unwrap_or_else(|| ("model.conf".into(), built_in.model_text().to_owned()));
    let mut checks = Vec::new();
    for path in rules {
        checks.push((path.display().to_string(), read(path)?));
    }
    if checks.is_empty() {
        checks.push(("policy.csv".into(), built_in.policy_text().to_owned()));
    }
    let mut faults = String::new();
    for (name, text) in &checks {
        for problem in check(&model.1, text, &[]) {
            let file = if problem.place.file == PolicyFile::Model { &model.0 } else { name };
            let line = format!("{file}:{}: {}\n", problem.place.line, problem.kind);
            // A fault of the model would be told once with each file of rules.
            if !faults.contains(&line) {
                faults.push_str(&line);
            }
        }
    }
    if faults.is_empty() {
        let names: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
        Ok((format!("{}: nothing is wrong", names.join(", ")), ExitCode::SUCCESS))
    } else {
        Ok((faults, ExitCode::FAILURE))
    }
}

/// Roles in the order of the specification's table.
fn roles(tier: Tier) -> Vec<Role> {
    let lowest_first = Role::of(tier);
    match tier {
        Tier::System | Tier::Admin => lowest_first.collect(),
        Tier::Study | Tier::Group => lowest_first.rev().collect(),
    }
}

fn has(policy: &Policy, role: Role, permission: Permission, restraints: &[Restraint]) -> bool {
    policy.answers(&Case { role, extra: Extra::None, restraints, permission })
}

/// Whether this sanction takes the permission from somebody who would have it. A person's own grant counts too, since no
/// role may have the permission in a policy that somebody narrowed.
fn takes(policy: &Policy, restraint: Restraint, permission: Permission) -> bool {
    Role::of(permission.tier()).any(|role| {
        let with = |restraints| policy.answers(&Case { role, extra: Extra::None, restraints, permission });
        with(&[]) && !with(&[restraint])
    })
}

#[derive(Serialize)]
struct Decision {
    tier: &'static str,
    permission: &'static str,
    role: &'static str,
    decision: &'static str,
}

#[derive(Serialize)]
struct Taking {
    sanction: &'static str,
    tier: &'static str,
    permission: &'static str,
}

trait Cells: Serialize {
    const NAMES: &'static [&'static str];
    fn cells(&self) -> Vec<&'static str>;
}

impl Cells for Decision {
    const NAMES: &'static [&'static str] = &["tier", "permission", "role", "decision"];
    fn cells(&self) -> Vec<&'static str> {
        vec![self.tier, self.permission, self.role, self.decision]
    }
}

impl Cells for Taking {
    const NAMES: &'static [&'static str] = &["sanction", "tier", "permission"];
    fn cells(&self) -> Vec<&'static str> {
        vec![self.sanction, self.tier, self.permission]
    }
}

fn decisions(policy: &Policy) -> Vec<Decision> {
    let mut all = Vec::new();
    for permission in Permission::all() {
        for role in roles(permission.tier()) {
            all.push(Decision {
                tier: permission.tier().name(),
                permission: permission.name(),
                role: role.name(),
                decision: if has(policy, role, permission, &[]) { "allow" } else { "deny" },
            });
        }
    }
    all
}

fn takings(policy: &Policy) -> Vec<Taking> {
    let mut all = Vec::new();
    for restraint in Restraint::ALL {
        for permission in Permission::all().filter(|permission| takes(policy, restraint, *permission)) {
            all.push(Taking {
                sanction: restraint.name(),
                tier: permission.tier().name(),
                permission: permission.name(),
            });
        }
    }
    all.sort_by_key(|row| (row.sanction, row.tier, row.permission));
    all
}

fn written<T: Cells>(rows: &[T], format: Format) -> Result<String, Failure> {
    let mut text = String::new();
    match format {
        Format::Csv => {
            for cells in std::iter::once(T::NAMES.to_vec()).chain(rows.iter().map(Cells::cells)) {
                text.push_str(&cells.join(","));
                text.push('\n');
            }
        }
        Format::Json => text = serde_json::to_string_pretty(rows).map_err(Failure::system)?,
        Format::Text => {
            let lines: Vec<_> = std::iter::once(T::NAMES.to_vec()).chain(rows.iter().map(Cells::cells)).collect();
            let width = |column: usize| lines.iter().filter_map(|cells| cells.get(column)).map(|cell| cell.len()).max();
            let widths: Vec<usize> = (0..T::NAMES.len()).filter_map(width).collect();
            for cells in &lines {
                let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
                text.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
                text.push('\n');
            }
        }
    }
    Ok(text)
}

fn explained(policy: &Policy, permission: &str, role: Option<Role>, sanctions: &[Restraint]) -> Result<String, Failure> {
    let permission = policy.parse_permission(permission).map_err(Failure::usage)?;
    let mut text = format!("{permission}: {} / {}\n", permission.label_ko(), permission.label_en());
    let asked = match role {
        Some(role) if role.tier() == permission.tier() => vec![role],
        Some(role) => {
            return Err(Failure::usage(format!(
                "{role} does not decide about {permission}: expected a role of the tier {}",
                permission.tier()
            )));
        }
        None => roles(permission.tier()),
    };
    for role in asked {
        let (actor, target) = somebody(role, sanctions)?;
        let words = match policy.permit(&actor, permission, target) {
            Ok(_) => format!("allow: {role} has it"),
            Err(denied) => format!("deny: {}", denied.explain()),
        };
        _ = writeln!(text, "  {words}");
    }
    if role.is_none() && sanctions.is_empty() {
        let taken: Vec<_> = Restraint::ALL.into_iter().filter(|it| takes(policy, *it, permission)).map(Restraint::name).collect();
        let taken = if taken.is_empty() { "nothing".into() } else { taken.join(", ") };
        _ = writeln!(text, "  taken by: {taken}");
    }
    Ok(text)
}

/// Somebody of that role under those sanctions, and something for them to act on.
fn somebody(role: Role, sanctions: &[Restraint]) -> Result<(Actor, Target), Failure> {
    let mut actor = Actor::new("somebody".parse().map_err(Failure::system)?, 0);
    for restraint in sanctions {
        actor.restraints.insert(*restraint, None);
    }
    let target = match role {
        Role::System(role) => {
            actor.admin = (role == SystemRole::Admin).then(|| AdminStanding::new(AdminRole::Viewer));
            Target::Site
        }
        Role::Admin(role) => {
            actor.admin = Some(AdminStanding::new(role));
            Target::Site
        }
        Role::Study(role) => {
            let study = coup_core::id::StudyId::from_uuid(Uuid::nil());
            actor.study = Some(StudyStanding { study, role, paused_until: None });
            Target::Study(study)
        }
        Role::Group(role) => {
            let group = coup_core::id::GroupId::from_uuid(Uuid::nil());
            actor.group = Some(GroupStanding { group, role });
            Target::Group(group)
        }
    };
    Ok((actor, target))
}
