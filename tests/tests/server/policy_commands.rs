//! `reference-server policy …` as a person or a script uses it.

use std::{fmt::Write as _, fs, path::Path, process::Output};

use coup_tests::Server;

fn policy(arguments: &[&str]) -> Output {
    Server::command().arg("policy").args(arguments).output().expect("the program must start")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn fixture(name: &str) -> String {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../coup-core/tests/fixtures");
    fs::read_to_string(core.join(name)).unwrap()
}

/// The built-in rules, with one text replaced.
fn rules(find: &str, replace: &str) -> tempfile::NamedTempFile {
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../coup-core/policy/policy.csv");
    let text = fs::read_to_string(built_in).unwrap();
    assert!(text.contains(find), "{find}");
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    fs::write(file.path(), text.replacen(find, replace, 1)).unwrap();
    file
}

#[test]
fn the_matrix_is_the_specifications_table_to_the_byte() {
    let mut expected = String::new();
    for line in fixture("permissions.csv").lines() {
        let cells: Vec<&str> = line.split(',').collect();
        writeln!(expected, "{},{},{},{}", cells[0], cells[1], cells[3], cells[4]).unwrap();
    }
    let output = policy(&["matrix", "--format", "csv"]);
    assert!(output.status.success());
    assert_eq!(said(&output), expected);
    assert!(expected.starts_with("tier,permission,role,decision\n") && expected.lines().count() > 400);
}

#[test]
fn what_sanctions_take_is_the_specifications_table_to_the_byte() {
    let output = policy(&["matrix", "--sanctions", "--format", "csv"]);
    assert!(output.status.success());
    assert_eq!(said(&output), fixture("sanctions.csv"));
}

#[test]
fn the_matrix_is_also_a_table_and_a_list_of_objects() {
    let text = said(&policy(&["matrix"]));
    let leave = text.lines().find(|line| line.starts_with("study.leave")).unwrap();
    assert!(leave.split_whitespace().skip(1).take(3).eq(["deny", "allow", "allow"]), "{leave}");
    let list: serde_json::Value = serde_json::from_str(&said(&policy(&["matrix", "--format", "json"]))).unwrap();
    assert_eq!(
        list[0],
        serde_json::json!({ "tier": "system", "permission": "study.browse", "role": "USER", "decision": "allow" })
    );
    assert_eq!(list.as_array().unwrap().len(), fixture("permissions.csv").lines().count() - 1);
}

#[test]
fn a_check_refuses_what_would_go_wrong_unseen_with_line_and_reason() {
    for (find, replace, reason) in [
        ("p, SUSPENSION, barred, deny", "p, SUSPENSION, barred, denied", "denied"),
        (
            "p, study:MEMBER, study:message.send, allow",
            "p, study:MEMBER, study:message.sned, allow",
            "study:message.sned",
        ),
        ("g2, study:message.send, restricted", "# g2, study:message.send, restricted", "study:message.send"),
    ] {
        let file = rules(find, replace);
        let output = policy(&["check", file.path().to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1), "{find}");
        let text = said(&output);
        let name = file.path().to_str().unwrap();
        let places = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':')?.split_once(": "));
        let named: Vec<_> =
            places.filter(|(line, words)| line.parse::<u32>().is_ok() && words.contains(reason)).collect();
        assert!(!named.is_empty(), "{find}: {text}");
    }
}

#[test]
fn a_check_passes_the_built_in_files_and_names_a_missing_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../coup-core/policy");
    let (model, rules) = (folder.join("model.conf"), folder.join("policy.csv"));
    let output = policy(&["check", model.to_str().unwrap(), rules.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    let output = policy(&["check", "/nowhere/policy.csv"]);
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("/nowhere/policy.csv"));
}

#[test]
fn an_explanation_names_the_rule_or_the_sanction() {
    let text = said(&policy(&["explain", "study:study.leave"]));
    assert!(text.contains("study:MEMBER → study:study.leave (leave the study): allow"), "{text}");
    assert!(text.contains("p, study:OWNER, study:study.leave, deny"), "{text}");
    let banned =
        ["explain", "study:message.send", "--role", "study:OWNER", "--sanction", "CHAT_BAN", "--language", "ko"];
    let text = said(&policy(&banned));
    assert!(text.contains("(메시지 전송): 거부") && text.contains("p, CHAT_BAN, study:message.send, deny"), "{text}");
    let output = policy(&["explain", "study:message.sned"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8(output.stderr).unwrap().contains("study:message.send"));
}

#[test]
fn a_difference_says_who_gains_and_who_loses_what() {
    let old = rules("p, study:MEMBER, study:study.read, allow", "p, study:MEMBER, study:study.read, allow");
    let less = rules("p, study:MEMBER, study:message.send, allow", "p, study:ADMIN, study:message.send, allow");
    let (old, less) = (old.path().to_str().unwrap(), less.path().to_str().unwrap());
    let text = said(&policy(&["diff", old, less]));
    assert!(text.contains("study:MEMBER") && text.contains("study:message.send") && text.contains("loses"), "{text}");
    let text = said(&policy(&["diff", less, old]));
    assert!(text.contains("study:MEMBER") && text.contains("study:message.send") && text.contains("gains"), "{text}");
    let same = said(&policy(&["diff", old, old]));
    assert!(!same.contains("study:MEMBER"), "{same}");
}
