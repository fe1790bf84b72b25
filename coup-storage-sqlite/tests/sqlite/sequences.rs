//! Random commits and random use cases, answered as the memory store answers them.

use std::{collections::BTreeMap, sync::Arc};

use coup_core::{
    store::Store,
    testing::{MemoryStore, commands, lifecycle, sequences},
};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

use crate::fresh::FreshStore;

#[tokio::test]
async fn random_commits_are_answered_as_the_memory_store_answers_them() {
    let mut runner = TestRunner::deterministic();
    let mut committed = 0;
    for number in 0..20 {
        let sequence = sequences::commits(60).new_tree(&mut runner).unwrap().current();
        let fresh = FreshStore::new().await;
        match sequences::hold(&MemoryStore::new(), &*fresh, &sequence).await {
            Ok(answers) => committed += answers.iter().filter(|answer| answer.is_ok()).count(),
            Err(difference) => panic!("sequence {number}: {difference}"),
        }
    }
    assert!(committed > 100, "{committed} commits were let through: too few to say anything");
}

fn how_many() -> u16 {
    if std::env::var_os("COUP_LONG").is_some() { 10_000 } else { 200 }
}

#[tokio::test]
async fn random_use_cases_are_answered_as_through_the_memory_store() {
    let mut runner = TestRunner::deterministic();
    let fresh = FreshStore::new().await;
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..how_many() {
        let sequence = commands::sequences(30).new_tree(&mut runner).unwrap().current();
        let (reference, other): (Arc<dyn Store>, Arc<dyn Store>) =
            (Arc::new(MemoryStore::new()), Arc::new(fresh.store.clone()));
        match commands::hold(reference, other, number, &sequence).await {
            Ok(answers) => {
                for answer in answers {
                    *met.entry(answer.map_or_else(str::to_owned, |_| "done".into())).or_default() += 1;
                }
            }
            Err(difference) => panic!("sequence {number}: {difference}"),
        }
    }
    assert!(met["done"] > 1000 && met["forbidden"] > 50 && met["study_full"] > 5, "too few to say anything: {met:?}");
}

#[tokio::test]
async fn every_life_of_a_case_goes_as_the_model_says() {
    let mut runner = TestRunner::deterministic();
    let fresh = FreshStore::new().await;
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for number in 0..how_many() {
        let sequence = lifecycle::sequences(40).new_tree(&mut runner).unwrap().current();
        match lifecycle::hold(Arc::new(fresh.store.clone()), number, &sequence).await {
            Ok(answers) => {
                for answer in answers {
                    *met.entry(answer.err().unwrap_or("done")).or_default() += 1;
                }
            }
            Err(difference) => panic!("life {number}: {difference}"),
        }
    }
    assert!(
        met["done"] > 1000 && met["case_decided"] > 50 && met["report_limit"] > 5,
        "too few to say anything: {met:?}"
    );
}
