//! Reads the two files into statements, strictly: what casbin would pass over in silence is a problem here.

use super::problem::{Place, PolicyFile, Problem, ProblemKind};

/// The model that decisions are compiled by.
pub(super) const MODEL: &str = include_str!("../../policy/model.conf");

/// The built-in rules.
pub(super) const POLICY: &str = include_str!("../../policy/policy.csv");

/// Files larger than this are not read.
const LARGEST: usize = 1 << 20;

/// A line of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) place: Place,
    pub(super) statement: Statement<'a>,
}

/// What a line of rules says; names are not looked up yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Statement<'a> {
    /// `p, subject, object, effect`
    Rule { subject: &'a str, object: &'a str, effect: &'a str },
    /// `g, role, inherits`
    Inherits { role: &'a str, inherits: &'a str },
    /// `g2, item, group`
    In { item: &'a str, group: &'a str },
}

/// A text from a file, short enough for a message.
pub(super) fn quoted(text: &str) -> String {
    text.chars().take(64).collect()
}

/// The statements of a file of rules.
pub(super) fn statements<'a>(file: PolicyFile, text: &'a str, problems: &mut Vec<Problem>) -> Vec<Line<'a>> {
    if text.len() > LARGEST {
        problems.push(Problem { place: Place { file, line: 1 }, kind: ProblemKind::TooLarge });
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut empty = true;
    for (number, line) in (1..).zip(text.split('\n')) {
        let place = Place { file, line: number };
        match statement(line) {
            Ok(Some(statement)) => lines.push(Line { place, statement }),
            Ok(None) => continue,
            Err(kind) => problems.push(Problem { place, kind }),
        }
        empty = false;
    }
    if empty && file == PolicyFile::Policy {
        problems.push(Problem { place: Place { file, line: 1 }, kind: ProblemKind::Empty });
    }
    lines
}

/// How many lines a text has, at least one.
pub(super) fn last_line(text: &str) -> u32 {
    (1..).zip(text.lines()).last().map_or(1, |(number, _)| number)
}

fn statement(line: &str) -> Result<Option<Statement<'_>>, ProblemKind> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let mut fields = line.split(',').map(str::trim);
    let directive = fields.next().unwrap_or_default();
    let count = fields.clone().count();
    let expect = |directive, expected| {
        if count == expected { Ok(()) } else { Err(ProblemKind::Fields { directive, found: count, expected }) }
    };
    let mut next = || fields.next().unwrap_or_default();
    match directive {
        "p" => {
            expect("p", 3)?;
            let statement = Statement::Rule { subject: next(), object: next(), effect: next() };
            Ok(Some(statement))
        }
        "g" => {
            expect("g", 2)?;
            Ok(Some(Statement::Inherits { role: next(), inherits: next() }))
        }
        "g2" => {
            expect("g2", 2)?;
            Ok(Some(Statement::In { item: next(), group: next() }))
        }
        other => Err(ProblemKind::Directive { found: quoted(other) }),
    }
}

/// Holds a model against the one that decisions are compiled by: the same lines, comments apart.
pub(super) fn check_model(text: &str, problems: &mut Vec<Problem>) {
    let file = PolicyFile::Model;
    if text.len() > LARGEST {
        problems.push(Problem { place: Place { file, line: 1 }, kind: ProblemKind::TooLarge });
        return;
    }
    let mut found = model_lines(text).peekable();
    if found.peek().is_none() {
        problems.push(Problem { place: Place { file, line: 1 }, kind: ProblemKind::Empty });
        return;
    }
    let mut expected = model_lines(MODEL);
    loop {
        let kind_and_line = match (found.next(), expected.next()) {
            (None, None) => return,
            (Some((_, line)), Some((_, wanted))) if line == wanted => continue,
            (Some((number, line)), Some((_, wanted))) => (
                number,
                ProblemKind::ModelDiffers { found: line.chars().take(200).collect(), expected: wanted.to_owned() },
            ),
            (Some((number, line)), None) => {
                (number, ProblemKind::ModelDiffers { found: line.chars().take(200).collect(), expected: String::new() })
            }
            (None, Some((_, wanted))) => (last_line(text), ProblemKind::ModelMissing { expected: wanted.to_owned() }),
        };
        // One slip shifts all that follows: the first difference says what to mend.
        let (line, kind) = kind_and_line;
        problems.push(Problem { place: Place { file, line }, kind });
        return;
    }
}

fn model_lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let lines = (1..).zip(text.split('\n').map(str::trim));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#') && !line.starts_with(';'))
}
