//! The fuzz targets as plain tests: the committed corpus, and random changes of it.
//!
//! An input that a fuzzer or one of these finds goes into `fuzz/corpus`, and stays.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{fs, panic, path::Path};

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, TestRunner},
};

#[path = "../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "a library for the fuzz targets")]
mod targets;

type Target = fn(&[u8]);

/// What a change puts in: what readers stumble over.
const TOKENS: [&str; 40] = [
    "\0",
    "\r\n",
    "\n",
    "\t",
    ",",
    ", ",
    "p, ",
    "g2, ",
    "#",
    "\"",
    "\\u0000",
    "\\ud800",
    "\u{202E}",
    "\u{200B}",
    "\u{200D}",
    "\u{FEFF}",
    "\u{0301}",
    "\u{0331}",
    "İ",
    "ẞ",
    "ﬁ",
    "한",
    "\u{1112}\u{1161}\u{11AB}",
    "😀",
    "e9999",
    "-0",
    "1e400",
    "9223372036854775808",
    "null",
    "{",
    "}",
    "[",
    "]",
    "{\"a\":",
    "*",
    "allow",
    "deny",
    "study:OWNER",
    "=",
    "AAAA",
];

fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let files = fs::read_dir(folder).expect("the target's folder of inputs");
    let mut inputs: Vec<_> = files
        .map(|file| file.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    inputs.sort();
    assert!(inputs.len() >= 24, "only {} inputs for {target}", inputs.len());
    inputs
}

/// Every file of the corpus is tried, and each that fails is named.
fn committed(target: &str, run: Target) {
    let failed: Vec<String> = corpus(target)
        .into_iter()
        .filter(|(_, input)| panic::catch_unwind(|| run(input)).is_err())
        .map(|(name, _)| name)
        .collect();
    assert!(failed.is_empty(), "failing inputs of fuzz/corpus/{target}: {failed:?}");
}

/// Inputs of the corpus, cut, spliced, and with things put in.
fn changed(target: &str, run: Target, cases: u32) {
    let inputs: Vec<Vec<u8>> = corpus(target).into_iter().map(|(_, input)| input).collect();
    let long = std::env::var_os("COUP_LONG").is_some();
    let cases = if long { cases * 50 } else { cases };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let edit = (0..4_u8, any::<Index>(), any::<Index>(), select(TOKENS.to_vec()), any::<u8>());
    let strategy = (select(inputs.clone()), select(inputs), vec(edit, 0..6)).prop_map(|(mut input, other, edits)| {
        for (what, at, length, token, byte) in edits {
            let at = at.index(input.len() + 1);
            let length = length.index(64);
            let end = (at + length).min(input.len());
            match what {
                0 => drop(input.splice(at..end, [])),
                1 => drop(input.splice(at..at, token.bytes())),
                2 => drop(input.splice(at..end, other.iter().skip(at).take(length).copied())),
                _ => drop(input.splice(at..(at + 1).min(end), [byte])),
            }
        }
        Input(input)
    });
    let ended = TestRunner::new(config).run(&strategy, |Input(input)| {
        run(&input);
        Ok(())
    });
    if let Err(error) = ended {
        panic!("{target}: {error}");
    }
}

/// Shown as text, to be put into a file of the corpus.
struct Input(Vec<u8>);

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

#[test]
fn policy_files_of_the_corpus_are_compiled_or_refused_by_line() {
    committed("policy", targets::policy);
}

#[test]
fn changed_policy_files_are_compiled_or_refused_by_line() {
    changed("policy", targets::policy, 300);
}

#[test]
fn cursors_of_the_corpus_go_around_or_are_refused() {
    committed("cursors", targets::cursors);
}

#[test]
fn changed_cursors_go_around_or_are_refused() {
    changed("cursors", targets::cursors, 2000);
}

#[test]
fn texts_of_the_corpus_are_read_as_they_are_written() {
    committed("texts", targets::texts);
}

#[test]
fn changed_texts_are_read_as_they_are_written() {
    changed("texts", targets::texts, 2000);
}

#[test]
fn any_text_is_read_as_it_is_written() {
    let mut runner = TestRunner::new(Config { cases: 500, failure_persistence: None, ..Config::default() });
    let ended = runner.run(&"\\PC{0,60}", |text| {
        targets::texts(text.as_bytes());
        Ok(())
    });
    ended.unwrap();
}

#[test]
fn bodies_of_the_corpus_get_an_answer_or_a_worded_problem() {
    committed("bodies", targets::bodies);
}

#[test]
fn changed_bodies_get_an_answer_or_a_worded_problem() {
    changed("bodies", targets::bodies, 200);
}
