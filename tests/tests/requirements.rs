//! The lists of what must hold, `tests/requirements.md` and `tests/asvs.md`, against the sources: every part of every requirement has a
//! test that is there, or says why not.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// As many as the specification has.
const REQUIREMENTS: usize = 23;

/// The requirements of level 1 of OWASP's ASVS 5.0.
const LEVEL_1: &str = "1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 3.5.1 \
    3.5.2 3.5.3 4.1.1 4.4.1 5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 \
    7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2 8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5 11.3.1 \
    11.3.2 11.4.1 12.1.1 12.2.1 12.2.2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1";

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
            shown_by(what, shown, &["not yet: "], &source).into_iter().for_each(wrong);
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

/// What is wrong with a part's tests, or with the reason in their place.
fn shown_by(what: &str, shown: &str, reasons: &[&str], source: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let reason = reasons.iter().find_map(|reason| shown.strip_prefix(reason)).map(str::trim);
    if let Some(why) = reason {
        let silent = why.is_empty().then(|| format!("{what:?} does not say why"));
        return silent.into_iter().collect();
    }
    let tests: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
    if tests.is_empty() {
        return vec![format!(
            "{what:?} has neither a test nor a reason: expected `file::function`, or one of {reasons:?}"
        )];
    }
    tests.into_iter().filter_map(|test| is_there(test, &source).err()).collect()
}

/// What is wrong with the list of the ASVS, which has a line for each requirement, in order.
fn asvs_faults(list: &str, source: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut listed = Vec::new();
    for part in list.lines().filter_map(|line| line.strip_prefix("- ")) {
        let (id, rest) = part.split_once(' ').unwrap_or((part, ""));
        listed.push(id);
        match rest.split_once(": ") {
            Some((what, shown)) => {
                let reasons = ["not yet: ", "by design: ", "the operator: "];
                faults
                    .extend(shown_by(what, shown, &reasons, &source).into_iter().map(|fault| format!("{id}: {fault}")));
            }
            None => faults.push(format!("{id}: expected what it is, a colon, and its tests or a reason")),
        }
    }
    let all: Vec<&str> = LEVEL_1.split_whitespace().collect();
    if listed != all {
        let missing: Vec<_> = all.iter().filter(|id| !listed.contains(id)).collect();
        let strange: Vec<_> = listed.iter().filter(|id| !all.contains(id)).collect();
        faults.push(format!("missing {missing:?}, strange {strange:?}, or not in order"));
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
fn every_requirement_of_the_asvs_has_its_tests_or_says_why_not() {
    let list = fs::read_to_string(workspace().join("tests/asvs.md")).unwrap();
    let faults = asvs_faults(&list, |file| fs::read_to_string(workspace().join(file)).ok());
    assert!(faults.is_empty(), "tests/asvs.md:\n{}", faults.join("\n"));
}

#[test]
fn what_is_missing_is_found_in_the_asvs() {
    let source = |file: &str| (file == "a.rs").then(|| "#[test]\nfn it_holds() {}\n".to_owned());
    let each = LEVEL_1.split_whitespace().map(|id| format!("- {id} it: `a.rs::it_holds`\n"));
    let whole = each.collect::<Vec<_>>().concat();
    assert_eq!(asvs_faults(&whole, source), Vec::<String>::new());
    for (broken, told) in [
        (whole.replacen("- 1.2.1 it: `a.rs::it_holds`\n", "", 1), "missing [\"1.2.1\"]"),
        (whole.replacen("- 1.2.1 ", "- 1.2.99 ", 1), "strange [\"1.2.99\"]"),
        (whole.replacen("`a.rs::it_holds`", "somehow", 1), "1.2.1: \"it\" has neither a test nor a reason"),
        (whole.replacen("`a.rs::it_holds`", "by design: ", 1), "1.2.1: \"it\" does not say why"),
        (whole.replacen("a.rs::it_holds", "a.rs::it_held", 1), "a.rs has no test it_held"),
    ] {
        let found = asvs_faults(&broken, source).join("\n");
        assert!(found.contains(told), "{told:?} not in {found:?}");
    }
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
