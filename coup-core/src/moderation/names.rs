//! Names beside the identifiers that the administration answers, as far as who asks may know them.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Case, Report};
use crate::{
    appeal::model::Appeal,
    coup::{Administration, Room},
    error::Error,
    id::UserId,
    policy::AdminPermission,
    sanction::model::Sanction,
    user::model::Person,
};

/// Whose names are wanted: of people, and of administrators for what they did as such.
#[derive(Default)]
pub(crate) struct Wanted<'a> {
    users: BTreeSet<&'a UserId>,
    administrators: BTreeSet<&'a UserId>,
}

impl<'a> Wanted<'a> {
    /// Of whom a case is, of who has it, and of who decided it.
    pub(crate) fn case(mut self, case: &'a Case) -> Self {
        self.users.insert(&case.offender_id);
        self.administrators.extend(case.assigned_to.iter().chain(&case.processed_by));
        self
    }

    /// Of who reported.
    pub(crate) fn reports(mut self, reports: impl IntoIterator<Item = &'a Report>) -> Self {
        self.users.extend(reports.into_iter().map(|report| &report.reporter_id));
        self
    }

    /// Of who imposed a sanction, and of who lifted it.
    pub(crate) fn sanction(mut self, sanction: &'a Sanction) -> Self {
        self.administrators.extend(sanction.admin_id.iter().chain(&sanction.lifted_by));
        self
    }

    /// Of who appealed, and of who decided that.
    pub(crate) fn appeal(mut self, appeal: &'a Appeal) -> Self {
        self.users.insert(&appeal.user_id);
        self.administrators.extend(&appeal.decided_by);
        self
    }

    /// Reads them at once, if there is anybody to read of.
    pub(crate) async fn read(self, room: &Room<'_>, who: &Administration) -> Result<Names, Error> {
        let mut names = Names {
            users: who.may(AdminPermission::UserRead),
            administrators: who.may(AdminPermission::AdminList),
            me: who.person(),
            people: BTreeMap::new(),
        };
        let users = self.users.into_iter().filter(|_| names.users);
        let all: BTreeSet<&UserId> =
            users.chain(self.administrators.into_iter().filter(|_| names.administrators)).collect();
        let unknown: Vec<UserId> = all.into_iter().filter(|id| who.user() != Some(*id)).cloned().collect();
        if !unknown.is_empty() {
            let people = room.store().people(&unknown).await?;
            names.people = people.into_iter().map(|person| (person.id.clone(), person)).collect();
        }
        Ok(names)
    }
}

/// The names that were read.
pub(crate) struct Names {
    users: bool,
    administrators: bool,
    /// Everybody knows themselves.
    me: Option<Person>,
    people: BTreeMap<UserId, Person>,
}

impl Names {
    /// Somebody as a person: for who may read people (`user.read`), and for themselves.
    pub(crate) fn user(&self, id: &UserId) -> Option<Person> {
        self.known(self.users, id)
    }

    /// Somebody as an administrator: for who may list administrators (`admin.list`), and for themselves.
    pub(crate) fn administrator(&self, id: Option<&UserId>) -> Option<Person> {
        id.and_then(|id| self.known(self.administrators, id))
    }

    fn known(&self, may: bool, id: &UserId) -> Option<Person> {
        let me = self.me.as_ref().filter(|me| me.id == *id);
        me.or_else(|| self.people.get(id).filter(|_| may)).cloned()
    }
}
