//! The list of what must hold, `tests/requirements.md`, against the sources: every part of every requirement has a test that is
//! there, or says why not yet.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// As many as the specification has.
const REQUIREMENTS: usize = 23;

/// What is wrong with the list; `source` reads a file of the workspace.
fn faults(list: &str, source: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut of: BTreeMap<usize, (bool, usize)> = BTreeMap::new();
    let mut at = 0;
    for (line, number) in list.lines().zip(1..) {
        let mut wrong = |what: String| faults.push(format!("line {number}: {what}"));
        if let Some(heading) = line.strip_prefix("### ") {
            match heading.parse::<usize>() {
                Ok(next) if next == at + 1 => at = next,
                _ => wrong(format!("requirement {heading:?} follows {at}: expected {}", at + 1)),
            }
            of.insert(at, (false, 0));
        } else if line.starts_with("> ") {
            of.entry(at).or_default().0 = true;
        } else if let Some(part) = line.strip_prefix("- ") {
            of.entry(at).or_default().1 += 1;
            let Some((what, shown)) = part.split_once(": ") else {
                wrong(format!("{part:?}: expected what it is, a colon, and its tests or not yet and why"));
                continue;
            };
            let tests: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
            let why_not = shown.strip_prefix("not yet: ").map(str::trim).is_some_and(|why| !why.is_empty());
            if tests.is_empty() && !why_not {
                wrong(format!("{what:?} has neither a test nor a reason: expected `file::function`, or not yet: why"));
            }
            for test in tests {
                if let Err(why) = is_there(test, &source) {
                    wrong(why);
                }
            }
        }
    }
    for requirement in 1..=REQUIREMENTS {
        match of.get(&requirement) {
            Some((true, parts)) if *parts > 0 => {}
            Some((false, _)) => faults.push(format!("requirement {requirement} is not quoted")),
            _ => faults.push(format!("requirement {requirement} is left out")),
        }
    }
    if at > REQUIREMENTS {
        faults.push(format!("there are {at} requirements: expected {REQUIREMENTS}"));
    }
    faults
}

/// Whether a function of that name is in that file, and the file is one of tests.
fn is_there(test: &str, source: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let (file, function) =
        test.split_once("::").ok_or_else(|| format!("{test:?} names no test: expected `file::function`"))?;
    let text = source(file).ok_or_else(|| format!("there is no file {file}"))?;
    let declared = format!("fn {function}(");
    let place = text.find(&declared).ok_or_else(|| format!("{file} has no test {function}"))?;
    let is_sentence = file.contains("/testing/contract/");
    let marks = ["#[test]", "#[tokio::test", "#[rstest]", "proptest! {"];
    let before = text.get(..place).unwrap_or_default();
    if is_sentence || marks.iter().any(|mark| before.contains(mark)) {
        Ok(())
    } else {
        Err(format!("{function} in {file} is not a test"))
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

#[test]
fn every_requirement_has_its_tests_or_says_why_not_yet() {
    let list = fs::read_to_string(workspace().join("tests/requirements.md")).unwrap();
    let faults = faults(&list, |file| fs::read_to_string(workspace().join(file)).ok());
    assert!(faults.is_empty(), "tests/requirements.md:\n{}", faults.join("\n"));
}

#[test]
fn what_is_missing_is_found() {
    let source = |file: &str| {
        let text = "#[test]\nfn it_holds() {}\n";
        (file == "a.rs").then(|| text.to_owned()).or_else(|| (file == "b.rs").then(|| "fn it_holds() {}".to_owned()))
    };
    let each = (1..=REQUIREMENTS).map(|n| format!("### {n}\n> It holds.\n\n- it: `a.rs::it_holds`\n"));
    let whole = each.collect::<Vec<_>>().join("\n");
    assert_eq!(faults(&whole, source), Vec::<String>::new());
    assert_eq!(faults(&whole.replacen("`a.rs::it_holds`", "not yet: later", 1), source), Vec::<String>::new());
    for (broken, told) in [
        (whole.replacen("`a.rs::it_holds`", "not yet", 1), "neither a test nor a reason"),
        (whole.replacen("a.rs::it_holds", "a.rs::it_held", 1), "a.rs has no test it_held"),
        (whole.replacen("a.rs::it_holds", "c.rs::it_holds", 1), "there is no file c.rs"),
        (whole.replacen("a.rs::it_holds", "b.rs::it_holds", 1), "is not a test"),
        (whole.replacen("### 4\n", "", 1), "expected 4"),
        (whole.replacen("> It holds.\n", "", 1), "requirement 1 is not quoted"),
        (whole.replacen("- it: `a.rs::it_holds`\n", "", 1), "requirement 1 is left out"),
    ] {
        let found = faults(&broken, source).join("\n");
        assert!(found.contains(told), "{told:?} not in {found:?}");
    }
}
