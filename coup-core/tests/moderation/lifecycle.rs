//! Random lives, held against the model.

use std::{collections::BTreeMap, sync::Arc};

use coup_core::testing::{MemoryStore, lifecycle};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

fn how_many() -> u32 {
    if std::env::var_os("COUP_LONG").is_some() { 10_000 } else { 300 }
}

/// What stands in the way of every kind is met, and most is done: a life in which nothing happens would hold nothing.
#[tokio::test]
async fn every_life_goes_as_the_model_says() {
    let mut runner = TestRunner::deterministic();
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for number in 0..how_many() {
        let sequence = lifecycle::sequences(60).new_tree(&mut runner).unwrap().current();
        match lifecycle::hold(Arc::new(MemoryStore::new()), 1, &sequence).await {
            Ok(answers) => {
                for answer in answers {
                    *met.entry(answer.err().unwrap_or("done")).or_default() += 1;
                }
            }
            Err(difference) => panic!("life {number}: {difference}"),
        }
    }
    println!("{met:?}");
    for code in [
        "done",
        "not_found",
        "not_on_oneself",
        "forbidden",
        "already_reported",
        "reported_before",
        "report_limit",
        "case_decided",
        "case_taken",
        "case_not_taken",
        "sanction_ended",
        "already_appealed",
        "appeal_too_late",
        "appeal_decided",
        "invalid_input",
    ] {
        assert!(met.contains_key(code), "{code} was never met: {met:?}");
    }
    let all: usize = met.values().sum();
    assert!(met["done"] * 4 > all, "a quarter should be done: {met:?}");
}
