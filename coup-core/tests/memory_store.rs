//! The store in memory keeps the contract of storage.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use coup_core::{store::Store, testing::MemoryStore};

coup_core::store_contract!(async { Arc::new(MemoryStore::new()) as Arc<dyn Store> });

/// A sentence that is written and not listed would never be held against any store.
#[test]
fn every_sentence_of_the_contract_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/testing/contract");
    let mut written = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let area = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        // The two that hold no sentences: the list itself and the scenes.
        if area == "mod" || area == "scene" {
            continue;
        }
        let lines = text.lines().filter_map(|line| line.strip_prefix("pub async fn "));
        let names = lines.filter_map(|line| line.split_once('(')).map(|(name, _)| name.to_owned());
        written.extend(names.map(|name| (area.clone(), name)));
    }
    let listed: BTreeSet<(String, String)> =
        coup_core::store_contract!(names).into_iter().map(|(area, name)| (area.to_owned(), name.to_owned())).collect();
    assert_eq!(written, listed);
}
