//! What is wrong with a policy's files is refused, with file, line and reason; nothing makes the check panic.

#![expect(clippy::panic, reason = "a failure in a test's own parts fails the test")]

use std::fmt::Write as _;

use coup_core::policy::{HostPermissionDef, Policy, PolicyFile, ProblemKind, Tier, check};
use proptest::prelude::*;
use rstest::rstest;

fn model() -> String {
    Policy::built_in().model_text().to_owned()
}

fn rules() -> String {
    Policy::built_in().policy_text().to_owned()
}

/// The line of the built-in rules that reads so, from 1.
fn line_of(rule: &str) -> usize {
    rules().lines().position(|line| line == rule).unwrap_or_else(|| panic!("no line {rule}")) + 1
}

/// What the check says, one string a problem.
fn problems(model: &str, rules: &str) -> Vec<String> {
    check(model, rules, &[]).iter().map(ToString::to_string).collect()
}

/// What the check says when one line of the built-in rules is replaced.
fn replaced(line: &str, by: &str) -> Vec<String> {
    let text: Vec<String> = rules().lines().map(|it| if it == line { by.to_owned() } else { it.to_owned() }).collect();
    assert_ne!(text.join("\n") + "\n", rules());
    problems(&model(), &text.join("\n"))
}

/// What the check says when a line is added at the end, without its place, which is the line after the last.
fn added(line: &str) -> Vec<String> {
    let place = format!("policy.csv:{}: ", rules().lines().count() + 1);
    let found = problems(&model(), &format!("{}{line}\n", rules()));
    found.into_iter().map(|problem| problem.strip_prefix(&place).map_or(problem.clone(), str::to_owned)).collect()
}

#[test]
fn the_built_in_files_are_sound() {
    assert_eq!(problems(&model(), &rules()), [""; 0]);
    assert_eq!(problems(&model(), &rules().replace('\n', "\r\n")), [""; 0]);
}

#[rstest]
#[case::a_misspelt_effect("p, SUSPENSION, barred, deny", "p, SUSPENSION, barred, denied",
    &[r#"unknown effect "denied": expected allow or deny"#])]
#[case::an_effect_in_capitals("p, SUSPENSION, barred, deny", "p, SUSPENSION, barred, DENY",
    &[r#"unknown effect "DENY": expected allow or deny"#])]
#[case::a_comment_after_an_effect("p, SUSPENSION, barred, deny", "p, SUSPENSION, barred, deny # all of it",
    &[r#"unknown effect "deny # all of it": expected allow or deny"#])]
#[case::a_misspelt_sanction("p, SUSPENSION, barred, deny", "p, SUSPENSON, barred, deny",
    &[r#"unknown subject "SUSPENSON": did you mean SUSPENSION?"#])]
#[case::a_warning("p, SUSPENSION, barred, deny", "p, WARNING, barred, deny",
    &[r#"unknown subject "WARNING": expected a role such as study:OWNER, a sanction, granted or withheld"#])]
#[case::a_misspelt_group("p, SUSPENSION, barred, deny", "p, SUSPENSION, bared, deny",
    &[r#"unknown permission or group "bared": did you mean barred?"#])]
#[case::a_misspelt_role("p, study:MEMBER, study:message.send, allow", "p, study:MEMBERS, study:message.send, allow",
    &[r#"unknown subject "study:MEMBERS": did you mean study:MEMBER?"#])]
#[case::a_misspelt_permission("p, study:MEMBER, study:message.send, allow", "p, study:MEMBER, study:mesage.send, allow",
    &[r#"unknown permission or group "study:mesage.send": did you mean study:message.send?"#])]
#[case::a_misspelt_group_in_a_group("g2, study:message.send, restricted", "g2, study:message.send, restrictd",
    &[r#"unknown group "restrictd": did you mean restricted?"#])]
#[case::a_permission_as_a_group("g2, study:message.send, restricted", "g2, study:message.send, study:message.read",
    &[r#"no group can be called "study:message.read": expected small letters, digits and _"#])]
#[case::a_misspelt_role_that_inherits("g, study:OWNER, study:ADMIN", "g, study:OWNR, study:ADMIN",
    &[r#"unknown role "study:OWNR": did you mean study:OWNER?"#])]
#[case::a_misspelt_inherited_role("g, study:OWNER, study:ADMIN", "g, study:OWNER, study:admin",
    &[r#"unknown role "study:admin": did you mean study:ADMIN?"#])]
#[case::too_few_fields("p, SUSPENSION, barred, deny", "p, SUSPENSION, barred", &["2 fields after p: expected 3"])]
#[case::too_many_fields("g, study:OWNER, study:ADMIN", "g, study:OWNER, study:ADMIN,", &["3 fields after g: expected 2"])]
#[case::a_misspelt_directive("p, SUSPENSION, barred, deny", "P, SUSPENSION, barred, deny",
    &[r#"unknown directive "P": expected p, g or g2"#])]
#[case::a_byte_order_mark("p, SUSPENSION, barred, deny", "\u{feff}p, SUSPENSION, barred, deny",
    &["unknown directive \"\\u{feff}p\": expected p, g or g2"])]
#[case::a_role_above("g, study:OWNER, study:ADMIN", "g, study:ADMIN, study:OWNER",
    &["study:ADMIN would inherit study:OWNER: expected a lower role of the same tier"])]
#[case::a_role_of_another_tier("g, study:OWNER, study:ADMIN", "g, study:OWNER, group:ADMIN",
    &["study:OWNER would inherit group:ADMIN: expected a lower role of the same tier"])]
#[case::a_sanction_that_allows("p, SUSPENSION, barred, deny", "p, SUSPENSION, barred, allow", &["SUSPENSION can only deny"])]
#[case::a_denial_that_allows("p, withheld, admin, deny", "p, withheld, admin, allow", &["withheld can only deny"])]
#[case::a_grant_that_denies("p, granted, admin, allow", "p, granted, admin, deny", &["granted can only allow"])]
#[case::a_sanction_that_takes_less_than_its_group("p, SUSPENSION, barred, deny", "p, SUSPENSION, restricted, deny",
    &["SUSPENSION leaves 25 permissions that it must take, system:study.browse first"])]
#[case::equal_rank("p, study:OWNER, study:member.kick_admin, allow", "p, study:ADMIN, study:member.kick_admin, allow",
    &["study:ADMIN would have study:member.kick_admin, which acts on people who are not lower: nobody acts on equal rank"])]
fn a_bad_line_is_refused_with_its_line_and_reason(#[case] line: &str, #[case] by: &str, #[case] expected: &[&str]) {
    let expected: Vec<String> =
        expected.iter().map(|reason| format!("policy.csv:{}: {reason}", line_of(line))).collect();
    assert_eq!(replaced(line, by), expected);
}

#[rstest]
#[case::twice(
    "p, SUSPENSION, barred, deny",
    "already said at policy.csv:{p, SUSPENSION, barred, deny}: expected each thing once"
)]
#[case::both_effects(
    "p, study:MEMBER, study:message.send, deny",
    "already said at policy.csv:{p, study:MEMBER, study:message.send, allow}: expected each thing once"
)]
#[case::twice_in_a_group(
    "g2, study:message.send, restricted",
    "already said at policy.csv:{g2, study:message.send, restricted}: expected each thing once"
)]
#[case::two_classes(
    "g2, study:message.send, kept",
    "study:message.send is in more than one of restricted, barred and kept: expected exactly one"
)]
#[case::a_cycle_of_roles(
    "g, study:MEMBER, study:OWNER",
    "a cycle of roles: study:MEMBER would inherit study:OWNER, which inherits study:MEMBER"
)]
#[case::a_role_of_itself(
    "g, study:MEMBER, study:MEMBER",
    "a cycle of roles: study:MEMBER would inherit study:MEMBER, which inherits study:MEMBER"
)]
#[case::a_group_in_itself("g2, restricted, restricted", "a cycle of groups: restricted would be in itself")]
#[case::barred_in_restricted(
    "g2, barred, restricted",
    "barred in restricted: of restricted, barred and kept only restricted may stand in barred"
)]
#[case::kept_in_barred(
    "g2, kept, barred",
    "kept in barred: of restricted, barred and kept only restricted may stand in barred"
)]
#[case::kept_is_taken(
    "p, CHAT_BAN, kept, deny",
    "CHAT_BAN takes system:account.export, which is kept: nothing may take it"
)]
#[case::one_kept_is_taken(
    "p, CHAT_BAN, system:appeal.create, deny",
    "CHAT_BAN takes system:appeal.create, which is kept: nothing may take it"
)]
#[case::a_permission_of_another_tier(
    "p, study:OWNER, admin:user.read, allow",
    "study:OWNER decides in the tier study, not about admin:user.read"
)]
#[case::everything_restricted(
    "p, study:OWNER, restricted, allow",
    "study:OWNER decides in the tier study, not about system:study.join"
)]
#[case::a_grant_beyond_administration(
    "p, granted, study:message.send, allow",
    "granted decides in the tier admin, not about study:message.send"
)]
#[case::the_subject_of_every_request(
    "p, none, barred, allow",
    r#"unknown subject "none": expected a role such as study:OWNER, a sanction, granted or withheld"#
)]
#[case::everybody(
    "p, *, study:message.send, allow",
    r#"unknown subject "*": expected a role such as study:OWNER, a sanction, granted or withheld"#
)]
fn a_bad_line_more_is_refused(#[case] line: &str, #[case] expected: &str) {
    let expected = match expected.split_once('{') {
        None => expected.to_owned(),
        Some((before, rest)) => {
            let (rule, after) = rest.split_once('}').unwrap();
            format!("{before}{}{after}", line_of(rule))
        }
    };
    assert_eq!(added(line), [expected]);
}

#[rstest]
#[case::in_no_group(
    "g2, study:message.send, restricted",
    "study:message.send is in none of restricted, barred and kept: expected a line such as g2, study:message.send, restricted",
    Some("p, study:MEMBER, study:message.send, allow")
)]
#[case::a_sanction_without_a_line(
    "p, SUSPENSION, barred, deny",
    "SUSPENSION leaves 138 permissions that it must take, system:study.browse first",
    None
)]
#[case::restricted_out_of_barred(
    "g2, restricted, barred",
    "SUSPENSION leaves 113 permissions that it must take, system:study.join first",
    Some("p, SUSPENSION, barred, deny")
)]
#[case::a_denial_without_a_line(
    "p, withheld, admin, deny",
    "a person's denial would not deny 46 permissions, admin:stats.read first: expected p, withheld, admin, deny and each of them in admin",
    None
)]
#[case::an_administrator_permission_beyond_denials(
    "g2, admin:user.read, admin",
    "a person's denial would not deny 1 permissions, admin:user.read first: expected p, withheld, admin, deny and each of them in admin",
    None
)]
fn a_missing_line_is_refused(#[case] line: &str, #[case] expected: &str, #[case] at: Option<&str>) {
    // The line becomes empty, so that all others keep their numbers; what no line is at fault for stands at the end.
    let place = at.map_or_else(|| rules().lines().count(), line_of);
    let found = replaced(line, "");
    assert!(found.contains(&format!("policy.csv:{place}: {expected}")), "{found:#?}");
}

#[rstest]
#[case::misspelt("study:message.sent")]
#[case::quoted("\"study:message.send\"")]
fn a_permission_misnamed_in_a_group_is_told_and_so_is_the_one_that_it_leaves_in_none(#[case] name: &str) {
    let line = "g2, study:message.send, restricted";
    let none = "study:message.send is in none of restricted, barred and kept: expected a line such as";
    let expected = [
        format!("policy.csv:{}: {none} {line}", line_of("p, study:MEMBER, study:message.send, allow")),
        format!("policy.csv:{}: unknown permission or group {name:?}: did you mean study:message.send?", line_of(line)),
    ];
    assert_eq!(replaced(line, &format!("g2, {name}, restricted")), expected);
}

#[test]
fn a_sanction_that_takes_nothing_is_refused() {
    let rules = rules();
    let without: Vec<&str> = rules.lines().filter(|line| !line.starts_with("p, CHAT_BAN")).collect();
    let end = without.len();
    let expected =
        format!("policy.csv:{end}: CHAT_BAN leaves 141 permissions that it must take, system:study.browse first");
    assert_eq!(problems(&model(), &without.join("\n")), [expected]);
}

#[test]
fn every_problem_is_told_not_only_the_first() {
    let text = rules().replace("barred, deny", "barred, denied").replace("g, study:OWNER", "g, study:OWNRE");
    let found = problems(&model(), &text);
    assert_eq!(found.len(), 4, "{found:#?}");
    assert!(found[0].contains("unknown role"), "in the order of the lines: {found:#?}");
}

#[test]
fn an_empty_file_is_no_policy() {
    for empty in ["", "\n\n", "# nothing but words\n"] {
        assert!(
            problems(&model(), empty)
                .contains(&"policy.csv:1: nothing in it: expected the statements of a policy".to_owned())
        );
        assert_eq!(problems(empty, &rules()), ["model.conf:1: nothing in it: expected the statements of a policy"]);
    }
}

#[test]
fn a_file_too_large_is_not_read() {
    let large = "# \n".repeat(400_000);
    assert!(problems(&model(), &large).contains(&"policy.csv:1: larger than 1 MiB".to_owned()));
    assert_eq!(problems(&large, &rules()), ["model.conf:1: larger than 1 MiB"]);
}

#[rstest]
#[case::allows_unless_denied(
    "some(where (p.eft == allow)) && !some(where (p.eft == deny))",
    "!some(where (p.eft == deny))",
    "e ="
)]
#[case::ignores_sanctions(" || p.sub == r.sanction", "", "m =")]
#[case::everybody("m = ", "m = true || ", "m =")]
#[case::other_fields("r = role, extra, sanction, act", "r = role, sanction, extra, act", "r =")]
#[case::a_section_renamed("[policy_effect]", "[policy_effects]", "[policy_effect]")]
fn another_model_is_refused(#[case] part: &str, #[case] by: &str, #[case] line: &str) {
    let expected_line = model().lines().position(|it| it.starts_with(line)).unwrap() + 1;
    let found = problems(&model().replace(part, by), &rules());
    assert_eq!(found.len(), 1, "{found:#?}");
    let start = format!("model.conf:{expected_line}: not the model that decisions are compiled by: found ");
    assert!(found[0].starts_with(&start), "{found:#?}");
}

#[test]
fn a_model_cut_off_is_refused() {
    let model = model();
    let cut = model.split("[matchers]").next().unwrap();
    let kinds: Vec<ProblemKind> = check(cut, &rules(), &[]).into_iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [ProblemKind::ModelMissing { expected: "[matchers]".to_owned() }]);
}

#[test]
fn a_permission_two_groups_up_is_in_the_class_above() {
    let nested = rules()
        .replace("g2, study:message.send, restricted", "g2, study:message.send, speech\ng2, speech, restricted")
        + "p, study:OWNER, speech, deny\n";
    assert_eq!(problems(&model(), &nested), [""; 0]);
    let policy = Policy::load(&model(), &nested, &[]).unwrap();
    let changes = coup_core::policy::PolicyDiff::between(&Policy::built_in(), &policy);
    assert_eq!(changes.to_string(), "study:OWNER loses study:message.send (send messages)\n");
}

#[test]
fn groups_stand_eight_deep_at_most() {
    let chain = |depth: usize| {
        let mut text = rules().replace("g2, study:message.send, restricted", "g2, study:message.send, g_1");
        for level in 1..depth {
            _ = writeln!(text, "g2, g_{level}, g_{}", level + 1);
        }
        text + &format!("g2, g_{depth}, restricted\n")
    };
    assert_eq!(problems(&model(), &chain(6)), [""; 0]);
    let found = problems(&model(), &chain(9));
    assert!(found.iter().any(|problem| problem.contains("stands more than eight groups deep")), "{found:#?}");
    assert!(!problems(&model(), &chain(2000)).is_empty(), "and a long chain is no danger to the check");
}

#[test]
fn a_cycle_of_groups_is_refused() {
    let text = rules() + "g2, a, b\ng2, b, c\ng2, c, a\ng2, study:message.read, a\n";
    let end = rules().lines().count();
    let found = problems(&model(), &text);
    assert_eq!(found, [format!("policy.csv:{}: a cycle of groups: c would be in itself", end + 3)]);
}

#[test]
fn a_declared_permission_must_have_a_name_of_its_own() {
    const fn def(name: &'static str) -> HostPermissionDef {
        HostPermissionDef { name, tier: Tier::Study, label_ko: "성적", label_en: "grades" }
    }
    static BAD: [HostPermissionDef; 7] = [
        def("school:grade.enter"),
        def("school:grade.enter"),
        def("study:grade.enter"),
        def("grade"),
        def("school:"),
        def("school:Grade"),
        def("school:a,b"),
    ];
    let found = check(&model(), &(rules() + "g2, school:grade.enter, restricted\n"), &BAD);
    let names: Vec<u32> = found
        .iter()
        .filter(|problem| matches!(problem.kind, ProblemKind::HostName { .. }))
        .map(|problem| {
            assert_eq!(problem.place.file, PolicyFile::HostPermissions);
            problem.place.line
        })
        .collect();
    assert_eq!(names, [2, 3, 4, 5, 6, 7]);
}

#[test]
fn a_declared_permission_must_be_placed() {
    static SCHOOL: [HostPermissionDef; 1] =
        [HostPermissionDef { name: "school:grade.enter", tier: Tier::Study, label_ko: "성적", label_en: "grades" }];
    let found: Vec<String> = check(&model(), &rules(), &SCHOOL).iter().map(ToString::to_string).collect();
    let end = rules().lines().count();
    let reason = "school:grade.enter is in none of restricted, barred and kept: expected a line such as g2, school:grade.enter, restricted";
    assert_eq!(found, [format!("policy.csv:{end}: {reason}")]);
}

/// Lines of the built-in rules with something done to them, and lines of nothing in particular.
fn lines() -> impl Strategy<Value = String> {
    let known: Vec<String> = rules().lines().map(str::to_owned).collect();
    let words = prop::sample::select(vec![
        "p",
        "g",
        "g2",
        "allow",
        "deny",
        "denied",
        "restricted",
        "barred",
        "kept",
        "admin",
        "study:OWNER",
        "study:MEMBER",
        "study:message.send",
        "CHAT_BAN",
        "granted",
        "none",
        "x",
        "y",
        "",
        " ",
        "\"",
        "#",
        "\u{feff}",
        "*",
    ]);
    let made = prop::collection::vec(words, 0..6).prop_map(|words| words.join(","));
    prop_oneof![4 => prop::sample::select(known), 2 => made, 1 => any::<String>()]
}

proptest! {
    #[test]
    fn any_bytes_are_checked_without_a_panic(model in prop::collection::vec(any::<u8>(), 0..300),
            rules in prop::collection::vec(any::<u8>(), 0..2000)) {
        let (model, rules) = (String::from_utf8_lossy(&model), String::from_utf8_lossy(&rules));
        prop_assert!(!check(&model, &rules, &[]).is_empty());
    }

    #[test]
    fn any_lines_are_checked_without_a_panic_and_each_problem_has_a_line(lines in prop::collection::vec(lines(), 0..60)) {
        let text = lines.join("\n");
        let found = check(&model(), &text, &[]);
        prop_assert!(!found.is_empty(), "a handful of lines is no policy");
        let last = text.split('\n').count();
        for problem in found {
            prop_assert!((1..=last).contains(&(problem.place.line as usize)), "{problem}");
            prop_assert!(!problem.kind.to_string().is_empty());
        }
    }

    #[test]
    fn a_letter_changed_anywhere_in_a_rule_is_noticed_or_changes_nothing(at in 0..9_000_usize, by in "[a-zA-Z_.:,]") {
        let rules = rules();
        let at = at % rules.len();
        prop_assume!(rules.is_char_boundary(at) && rules.is_char_boundary(at + 1));
        let line = rules[..at].rsplit('\n').next().unwrap_or("").to_owned() + rules[at..].split('\n').next().unwrap_or("");
        prop_assume!(!line.starts_with('#') && &rules[at..=at] != "\n");
        let changed = format!("{}{by}{}", &rules[..at], &rules[at + 1..]);
        if let Ok(policy) = Policy::load(&model(), &changed, &[]) {
            prop_assert!(coup_core::policy::PolicyDiff::between(&Policy::built_in(), &policy).is_empty(), "{line} {by}");
        }
    }
}
