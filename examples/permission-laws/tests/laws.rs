//! The built-in rules keep every law, and changed rules are caught, with the smallest case that shows it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{collections::BTreeMap, fs, process::Command};

use coup_core::policy::Policy;
use permission_laws::{Verdict, laws};

/// The built-in rules without one line and with another.
fn changed(without: &str, with: &str) -> String {
    let built_in = Policy::built_in();
    let rules = || built_in.policy_text().lines().filter(|line| !line.is_empty());
    let kept: Vec<&str> = rules().filter(|line| *line != without).collect();
    assert_eq!(kept.len() + usize::from(!without.is_empty()), rules().count(), "no rule is written {without}");
    format!("{}\n{with}\n", kept.join("\n"))
}

/// The laws that a policy of these rules breaks, each with the smallest case.
fn broken(rules: &str) -> BTreeMap<&'static str, String> {
    let policy = Policy::builder().files(Policy::built_in().model_text(), rules).build().unwrap();
    let tried = laws().into_iter().map(|law| (law.en, law.try_on(&policy, 4_000)));
    tried
        .filter_map(|(law, verdict)| match verdict {
            Verdict::Holds => None,
            Verdict::Broken(smallest) => Some((law, smallest)),
        })
        .collect()
}

fn one(law: &'static str, smallest: &str) -> BTreeMap<&'static str, String> {
    [(law, smallest.to_owned())].into()
}

#[test]
fn the_built_in_rules_keep_every_law() {
    assert_eq!(broken(Policy::built_in().policy_text()), BTreeMap::new());
}

#[test]
fn members_who_may_delete_what_others_wrote_are_found() {
    let rules = changed("", "p, study:MEMBER, study:message.delete_others, allow");
    let smallest = r#""one", study:MEMBER there, asks for study:message.delete_others of the study"#;
    assert_eq!(broken(&rules), one("a member does nothing to others, nor to what others made", smallest));
}

#[test]
fn a_chat_ban_that_forgot_the_attachments_is_found() {
    let rules = changed("p, CHAT_BAN, study:message.attach, deny", "");
    let smallest = r#""one", study:MEMBER there, asks for study:message.attach of the study"#;
    assert_eq!(broken(&rules), one("nobody writes or speaks under a CHAT_BAN", smallest));
}

#[test]
fn a_right_that_only_the_lower_role_has_is_found() {
    let rules = changed("", "p, study:OWNER, study:notice.pin, deny");
    let smallest = r#"("one", study:MEMBER there, asks for study:notice.pin of the study, Admin, Owner)"#;
    assert_eq!(broken(&rules), one("a higher role has all that a lower one has but leaving and reviewing", smallest));
}

#[test]
fn an_owner_who_may_leave_is_found() {
    let rules = changed("p, study:OWNER, study:study.leave, deny", "");
    let smallest = r#""one", study:MEMBER there, asks for study:study.leave of the study"#;
    assert_eq!(broken(&rules), one("an owner does not leave", smallest));
}

#[test]
fn an_administrator_who_may_appoint_their_equals_is_found() {
    let rules = changed("", "p, admin:ADMIN, admin:admin.grant, allow");
    let smallest = r#"("one", an outsider, asks for admin:admin.grant, Admin)"#;
    assert_eq!(broken(&rules), one("only a SUPER_ADMIN appoints and dismisses administrators", smallest));
}

#[test]
fn members_who_may_kick_are_refused_before_any_law_is_tried() {
    let rules = changed("", "p, study:MEMBER, study:member.kick_member, allow");
    let refused = Policy::builder().files(Policy::built_in().model_text(), &rules).build().unwrap_err();
    let line = rules.lines().count();
    let words = refused.to_string();
    assert!(words.starts_with(&format!("policy.csv:{line}: ")) && words.contains("study:MEMBER"), "{words}");
}

#[test]
fn the_tool_says_of_each_law_whether_a_file_keeps_it() {
    let run = |arguments: &[&str]| {
        let ended = Command::new(env!("CARGO_BIN_EXE_permission-laws")).args(arguments).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (ended.status.code(), text(&ended.stdout), text(&ended.stderr))
    };
    let (status, said, _) = run(&["--cases", "200"]);
    assert_eq!((status, said.matches('✓').count(), said.matches('✗').count()), (Some(0), laws().len(), 0), "{said}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("school.csv");
    let path = file.to_str().unwrap();
    fs::write(&file, changed("", "p, study:MEMBER, study:message.delete_others, allow")).unwrap();
    let (status, said, _) = run(&[path]);
    assert_eq!((status, said.matches('✗').count()), (Some(1), 1), "{said}");
    assert!(said.contains("✗ 멤버는 다른 사람이나 그가 쓴 것에 손대지 못한다"), "{said}");
    assert!(said.contains("asks for study:message.delete_others"), "{said}");

    fs::write(&file, "p, study:MEMBR, study:message.read, allow\n").unwrap();
    let (status, _, said) = run(&[path]);
    assert_eq!(status, Some(1));
    assert!(said.contains("policy.csv:1: ") && said.contains("study:MEMBER"), "{said}");
}
