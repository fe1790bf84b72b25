//! Second factors, and sign-ins that wait for their code.

use super::{
    Rows,
    commit::{Done, fresh},
};
use crate::{
    id::UserId,
    second_factor::model::{HalfSignIn, SecondFactor},
    store::Unique,
};

impl Rows {
    pub(super) fn insert_second_factor(&mut self, row: SecondFactor) -> Done {
        fresh(self.second_factors.contains_key(&row.user), Unique::Id)?;
        self.known_user(&row.user)?;
        self.second_factors.insert(row.user.clone(), row);
        Ok(())
    }

    pub(super) fn save_second_factor(&mut self, row: SecondFactor) {
        self.second_factors.insert(row.user.clone(), SecondFactor { version: row.version + 1, ..row });
    }

    pub(super) fn insert_half_sign_in(&mut self, row: HalfSignIn) -> Done {
        fresh(self.half_sign_ins.contains_key(&row.hash), Unique::Id)?;
        self.known_user(&row.user)?;
        self.half_sign_ins.insert(row.hash, row);
        Ok(())
    }

    pub(super) fn has_second_factor(&self, user: &UserId) -> bool {
        self.second_factors.get(user).is_some_and(SecondFactor::is_on)
    }
}
