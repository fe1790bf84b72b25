//! The store in memory keeps the contract of storage.

use std::{collections::BTreeSet, sync::Arc};

use coup_core::{store::Store, testing::MemoryStore};

coup_core::store_contract!(async { Arc::new(MemoryStore::new()) as Arc<dyn Store> });

/// A sentence that is written and not listed would never be held against any store.
#[test]
fn every_sentence_of_the_contract_is_listed() {
    let files = [
        ("answers", include_str!("../src/testing/contract/answers.rs")),
        ("audit", include_str!("../src/testing/contract/audit.rs")),
        ("browse", include_str!("../src/testing/contract/browse.rs")),
        ("chat", include_str!("../src/testing/contract/chat.rs")),
        ("commit", include_str!("../src/testing/contract/commit.rs")),
        ("jobs", include_str!("../src/testing/contract/jobs.rs")),
        ("live", include_str!("../src/testing/contract/live.rs")),
        ("member", include_str!("../src/testing/contract/member.rs")),
        ("prune", include_str!("../src/testing/contract/prune.rs")),
        ("search", include_str!("../src/testing/contract/search.rs")),
        ("study", include_str!("../src/testing/contract/study.rs")),
        ("user", include_str!("../src/testing/contract/user.rs")),
    ];
    let written: BTreeSet<(&str, &str)> = files
        .iter()
        .flat_map(|(area, text)| {
            let lines = text.lines().filter_map(|line| line.strip_prefix("pub async fn "));
            lines.filter_map(|line| line.split_once('(')).map(|(name, _)| (*area, name))
        })
        .collect();
    let listed: BTreeSet<(&str, &str)> = coup_core::store_contract!(names).into_iter().collect();
    assert_eq!(written, listed);
}
