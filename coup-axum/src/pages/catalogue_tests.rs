//! The catalogues of words: the same keys in both languages, none missing, none left over, all of them well formed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|known| known == extension) {
            found.push(path);
        }
    }
    found
}

/// The keys of a language with the variables of each.
fn catalogue(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for file in files(&Path::new(ROOT).join("locales").join(language), "ftl") {
        let text = fs::read_to_string(&file).unwrap();
        let mut key = String::new();
        for line in text.lines() {
            if let Some((name, _)) = line.split_once(" =")
                && !name.starts_with([' ', '#'])
            {
                name.clone_into(&mut key);
                assert!(keys.insert(key.clone(), BTreeSet::new()).is_none(), "{key} stands twice in {language}");
            }
            let variables = line
                .split('$')
                .skip(1)
                .map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>());
            keys.entry(key.clone()).or_default().extend(variables);
        }
        keys.remove("");
    }
    keys
}

/// Every string literal of a file.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2).chain(text.split('"').skip(2).step_by(2))
}

/// The keys that templates and code ask for by name.
fn asked(text: &str) -> impl Iterator<Item = &str> {
    [".t(\"", ".tn(\"", ".tn2(\"", ".ts(\"", "Key(\"", "message(self.locale, \""]
        .into_iter()
        .flat_map(|opening| text.split(opening).skip(1))
        .filter_map(|rest| rest.split('"').next())
}

fn sources() -> String {
    let root = Path::new(ROOT);
    let templates = files(&root.join("templates"), "html");
    let code = files(&root.join("src/pages"), "rs");
    let own = Path::new(file!()).file_name().unwrap();
    let read = templates.into_iter().chain(code).filter(|file| file.file_name() != Some(own));
    read.map(|file| fs::read_to_string(file).unwrap()).collect::<Vec<_>>().join("\n")
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_variables() {
    let (korean, english) = (catalogue("ko"), catalogue("en"));
    assert!(korean.len() > 200, "only {} keys were found", korean.len());
    let difference: Vec<_> = korean.keys().filter(|key| !english.contains_key(*key)).collect();
    assert!(difference.is_empty(), "missing in English: {difference:?}");
    let difference: Vec<_> = english.keys().filter(|key| !korean.contains_key(*key)).collect();
    assert!(difference.is_empty(), "missing in Korean: {difference:?}");
    for (key, variables) in &korean {
        let needed: BTreeSet<_> = variables.iter().filter(|name| *name != "weekday" && *name != "month").collect();
        let other: BTreeSet<_> = english[key].iter().filter(|name| *name != "weekday" && *name != "month").collect();
        assert_eq!(needed, other, "{key}");
    }
}

#[test]
fn every_key_that_is_asked_for_exists_and_every_key_is_asked_for() {
    let sources = sources();
    let korean = catalogue("ko");
    let asked: BTreeSet<&str> = asked(&sources).collect();
    let missing: Vec<_> = asked.iter().filter(|key| !korean.contains_key(**key)).collect();
    assert!(missing.is_empty(), "asked for, but not in the catalogue: {missing:?}");
    let literals: BTreeSet<&str> = literals(&sources).collect();
    let left: Vec<_> = korean.keys().filter(|key| !literals.contains(key.as_str())).collect();
    assert!(left.is_empty(), "in the catalogue, but never asked for: {left:?}");
}

#[test]
fn templates_hold_no_text_of_their_own_and_no_inline_script_or_style() {
    for file in files(&Path::new(ROOT).join("templates"), "html") {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.display();
        for forbidden in [" style=", "<style", " onclick=", " onsubmit=", "javascript:", "http://", "https://", "|safe"]
        {
            assert!(!text.contains(forbidden), "{name} has {forbidden}");
        }
        let modules = text.matches("<script").count();
        assert_eq!(modules, text.matches("<script type=\"module\" src=\"{{ frame.asset(").count(), "{name}");
        // This macro writes attributes within a tag, where no text is.
        for line in text.lines().filter(|line| !line.starts_with("{% macro field_link(")) {
            let is_hangul = |letter: char| ('\u{ac00}'..='\u{d7a3}').contains(&letter);
            assert!(!line.contains(is_hangul), "{name} says something by itself: {line}");
            let shown = bare(line);
            assert!(!shown.contains(char::is_alphabetic), "{name} says something by itself: {shown:?}");
        }
    }
}

/// What is left of a line of a template without comments, tags, expressions and entities: nothing but punctuation.
fn bare(line: &str) -> String {
    let mut left = line.to_owned();
    for (opening, closing) in [("{#", "#}"), ("{{", "}}"), ("{%", "%}"), ("<", ">"), ("&", ";")] {
        while let Some(start) = left.find(opening) {
            let end = left[start..].find(closing).map_or(left.len(), |end| start + end + closing.len());
            left.replace_range(start..end, "");
        }
    }
    left
}

#[test]
fn every_message_is_formed_in_both_languages() {
    use super::text::{Locale, message};
    use fluent_templates::fluent_bundle::FluentValue;
    for locale in Locale::ALL {
        for (key, variables) in catalogue(locale.tag()) {
            let key: &'static str = Box::leak(key.into_boxed_str());
            for number in [0_u64, 1, 5] {
                let arguments: Vec<(&'static str, FluentValue<'_>)> = variables
                    .iter()
                    .map(|name| (&*Box::leak(name.clone().into_boxed_str()), FluentValue::from(number)))
                    .collect();
                let text = message(locale, key, &arguments);
                assert_ne!(text, key, "{key} in {}", locale.tag());
                assert!(!text.is_empty() && !text.contains(['{', '$']), "{key}: {text}");
            }
        }
    }
}
