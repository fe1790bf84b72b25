//! The committed matrix: how it is written, and what of it changed, in words.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

/// The answers to one entry.
pub(crate) struct Block {
    pub(crate) name: String,
    /// Method, path and what is asked; then a line for each rule.
    pub(crate) about: Vec<String>,
    pub(crate) columns: Vec<&'static str>,
    /// Actors, and their answers by column.
    pub(crate) rows: Vec<(String, Vec<String>)>,
}

const HEAD: &str = "\
Generated: `UPDATE=1 cargo test -p coup-tests --test matrix`, then read the diff. A test holds each cell against the
specification's tables, and against this file.
";

/// What changed against the committed text, a sentence each; with `UPDATE` it is what is answered now.
pub(crate) fn changes_of(file: &str, text: &str) -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/matrix").join(file);
    #[expect(clippy::disallowed_methods, reason = "the switch of these tests' own command")]
    if std::env::var("UPDATE").is_ok() {
        fs::write(&path, text).unwrap();
    }
    changes(&fs::read_to_string(&path).unwrap_or_default(), text)
}

/// The whole file.
pub(crate) fn render(about: &str, blocks: &[Block]) -> String {
    let mut text = format!("{about}\n{HEAD}");
    for block in blocks {
        write!(text, "\n## {}\n{}\n\n", block.name, block.about.join("\n")).unwrap();
        let first = block.rows.iter().map(|(actor, _)| actor.chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..block.columns.len())
            .map(|at| {
                let cells = block.rows.iter().filter_map(|(_, cells)| cells.get(at)).map(|cell| cell.chars().count());
                cells.chain([block.columns[at].chars().count()]).max().unwrap_or_default()
            })
            .collect();
        line(&mut text, "", first, block.columns.iter().copied(), &widths);
        for (actor, cells) in &block.rows {
            line(&mut text, actor, first, cells.iter().map(String::as_str), &widths);
        }
    }
    text
}

/// The end of the file: permissions that nothing asks for yet.
pub(crate) fn unreached(permissions: &[&str]) -> String {
    let head = format!("\n# Not reached yet\nPermissions that no operation asks for: {}.\n\n", permissions.len());
    permissions.iter().fold(head, |text, permission| text + *permission + "\n")
}

fn line<'a>(text: &mut String, name: &str, first: usize, cells: impl Iterator<Item = &'a str>, widths: &[usize]) {
    let mut line = format!("{name:first$}");
    for (cell, width) in cells.zip(widths) {
        write!(line, "  {cell:width$}").unwrap();
    }
    writeln!(text, "{}", line.trim_end()).unwrap();
}

/// What changed from one text to the other, a sentence each.
fn changes(old: &str, new: &str) -> Vec<String> {
    let (before, after) = (cells(old), cells(new));
    let mut changes = Vec::new();
    for (place, now) in &after {
        match before.get(place) {
            None => changes.push(format!("{place}: is {now}, and is not in the file")),
            Some(was) if was != now => changes.push(format!("{place}: was {was}, is {now}")),
            Some(_) => {}
        }
    }
    let gone = before.iter().filter(|(place, _)| !after.contains_key(*place));
    changes.extend(gone.map(|(place, was)| format!("{place}: was {was}, and is asked no more")));
    if changes.is_empty() && old != new {
        changes.push("the answers are the same, what is said about them is not".into());
    }
    changes
}

/// The cells of a text by "block, actor, column"; the list at the end too.
fn cells(text: &str) -> BTreeMap<String, String> {
    let mut cells = BTreeMap::new();
    let (mut block, mut columns): (&str, Vec<&str>) = ("", Vec::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ").or_else(|| line.strip_prefix("# ")) {
            (block, columns) = (name, Vec::new());
        } else if line.starts_with("  ") {
            columns = fields(line);
        } else if block == "Not reached yet" && line.contains(':') && !line.contains(' ') {
            cells.insert(format!("{block}, {line}"), "listed".to_owned());
        } else if let [actor, answers @ ..] = &fields(line)[..]
            && !columns.is_empty()
        {
            for (column, answer) in columns.iter().zip(answers) {
                cells.insert(format!("{block}, {actor}, {column}"), (*answer).to_owned());
            }
        }
    }
    cells
}

/// Fields are two spaces apart or more, and have none such within.
fn fields(line: &str) -> Vec<&str> {
    line.split("  ").map(str::trim).filter(|field| !field.is_empty()).collect()
}

#[test]
fn a_changed_cell_is_told_in_words() {
    let block = |answer: &str| Block {
        name: "closeStudy".into(),
        about: vec!["POST /studies/{id}/close".into()],
        columns: vec!["public", "closed by administrator"],
        rows: vec![("outsider".into(), vec!["403 forbidden".into(), answer.into()])],
    };
    let was = render("", &[block("404")]) + &unreached(&["group:group.read", "study:study.leave"]);
    let is = render("", &[block("200")]) + &unreached(&["group:group.read"]);
    assert_eq!(changes(&was, &was), Vec::<String>::new());
    assert_eq!(
        changes(&was, &is),
        [
            "closeStudy, outsider, closed by administrator: was 404, is 200",
            "Not reached yet, study:study.leave: was listed, and is asked no more",
        ]
    );
}
