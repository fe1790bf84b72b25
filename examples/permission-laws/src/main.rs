//! Holds a school's own policy file, or the built-in rules, against the laws.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use coup_core::policy::Policy;
use permission_laws::{Verdict, laws};

/// Says of each law whether a policy keeps it; the status is 1 if one is broken
#[derive(Debug, Parser)]
struct Arguments {
    /// Rules other than the built-in ones (policy.csv)
    policy: Option<PathBuf>,
    /// A model.conf of its own; else the built-in one
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// How many cases to try for each law
    #[arg(long, default_value_t = 10_000, value_name = "NUMBER")]
    cases: u32,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match loaded(&arguments).map(|policy| judge(&policy, arguments.cases)) {
        Ok(Ok(0)) => ExitCode::SUCCESS,
        Ok(Ok(_)) => ExitCode::FAILURE,
        Ok(Err(error)) => failed(&error.to_string()),
        Err(words) => failed(&words),
    }
}

/// Prints the verdicts, and answers how many laws are broken.
fn judge(policy: &Policy, cases: u32) -> io::Result<usize> {
    let mut out = io::stdout().lock();
    let laws = laws();
    let mut broken = 0;
    for law in &laws {
        match law.try_on(policy, cases) {
            Verdict::Holds => writeln!(out, "✓ {} · {}", law.ko, law.en)?,
            Verdict::Broken(smallest) => {
                broken += 1;
                writeln!(out, "✗ {} · {}", law.ko, law.en)?;
                writeln!(out, "  가장 작은 반례 · smallest counter-example: {smallest}")?;
            }
        }
    }
    writeln!(out, "법칙 {}개 중 {broken}개 위반 · {broken} of {} laws broken", laws.len(), laws.len())?;
    Ok(broken)
}

fn loaded(arguments: &Arguments) -> Result<Policy, String> {
    let Some(file) = &arguments.policy else { return Ok(Policy::built_in()) };
    let model = match &arguments.model {
        Some(model) => text(model)?,
        None => Policy::built_in().model_text().to_owned(),
    };
    let rules = text(file)?;
    let built = Policy::builder().files(model, rules).build();
    built.map_err(|problems| {
        format!("{}: 읽을 수 없는 정책입니다 · no policy can be made of it\n{problems}", file.display())
    })
}

fn text(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn failed(words: &str) -> ExitCode {
    // Nowhere is left to say that even this cannot be said.
    _ = writeln!(io::stderr(), "permission-laws: {words}");
    ExitCode::FAILURE
}
