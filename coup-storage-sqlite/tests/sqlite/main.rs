//! CoUp's store on SQLite: the contract of storage, and what only this database has.

#[cfg(test)]
mod fresh;
#[cfg(test)]
mod host;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod races;
#[cfg(test)]
mod sequences;
#[cfg(test)]
mod storage;
#[cfg(test)]
mod tamper;

#[cfg(test)]
mod contract {
    use super::fresh::FreshStore;

    coup_core::store_contract!(FreshStore::new());
}
