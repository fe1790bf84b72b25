//! Random commits, answered as the memory store answers them.

use coup_core::testing::{MemoryStore, sequences};
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
