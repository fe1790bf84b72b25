//! The status that the specification expects, from its tables and from § Flow of a check; never from the policy's code.

use std::fmt;

use crate::{
    actors::{Actor, Comes, Standing},
    operations::{Asks, At, Case},
    places::Kind,
    tables::{Tables, tier},
};

/// A cell of the matrix: a status and, of a refusal, its code; of a refusal by a sanction, the sanction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) status: u16,
    pub(crate) code: Option<String>,
}

impl Cell {
    pub(crate) fn refused(status: u16, code: &str) -> Self {
        Self { status, code: Some(code.to_owned()) }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.status, self.code.as_deref()) {
            (status, None) => write!(f, "{status}"),
            // Said by the status alone.
            (401, Some("not_signed_in")) => f.write_str("401"),
            (404, Some("not_found")) => f.write_str("404"),
            (status, Some(code)) => write!(f, "{status} {code}"),
        }
    }
}

/// What the actor is answered.
pub(crate) fn expected(tables: &Tables, actor: &Actor, case: &Case, kind: Kind) -> Cell {
    if case.at != At::Door && actor.comes != Comes::SignedIn {
        return Cell::refused(401, "not_signed_in");
    }
    if !sees(actor, case.at, kind) {
        return Cell::refused(404, "not_found");
    }
    let ruled = |first: bool| case.rules.iter().find(|rule| rule.first == first && rule.holds(actor, kind));
    if let Some(rule) = ruled(true) {
        return Cell::refused(rule.status, rule.code);
    }
    let asks = match case.asks {
        Asks::All(all) => all,
        Asks::ByMembership { member, .. } if actor.study_role().is_some() => member,
        Asks::ByMembership { outsider, .. } => outsider,
    };
    for permission in case.gate.iter().chain(&case.seen_by).chain(asks) {
        // A missing right is named before a sanction.
        if !has(tables, actor, permission) {
            return Cell::refused(403, "forbidden");
        }
        if let Some(sanction) = actor.under.filter(|under| tables.takes(under, permission)) {
            return Cell::refused(403, sanction);
        }
    }
    if let Some(rule) = ruled(false) {
        return Cell::refused(rule.status, rule.code);
    }
    match kind.stands_still() {
        Some(code) if case.writes => Cell::refused(409, code),
        _ => Cell { status: case.gives, code: None },
    }
}

/// The security event that a refused administration call is kept as (permissions § Flow of a check); 404 and 409 are none.
pub(crate) fn security_event(tables: &Tables, actor: &Actor, case: &Case, answered: &Cell) -> Option<&'static str> {
    if case.at != At::Administration || !matches!(answered.status, 401 | 403) {
        return None;
    }
    let only_super_admin = |permission: &&str| {
        tables.roles("admin").into_iter().all(|role| tables.allows(role, permission) == (role == "SUPER_ADMIN"))
    };
    // Of several it is the first that is refused; nobody in particular is refused the first of all.
    let asked = case.permissions();
    let lacks = |permission: &&&str| {
        !has(tables, actor, permission) || actor.under.is_some_and(|under| tables.takes(under, permission))
    };
    let refused = if actor.comes == Comes::SignedIn { asked.iter().find(lacks) } else { None };
    let highest = refused.or(asked.first()).is_some_and(only_super_admin);
    Some(if highest { "UNAUTHORIZED_SYSTEM_ADMIN_ACCESS" } else { "UNAUTHORIZED_ACCESS_ATTEMPT" })
}

/// § Flow of a check, the table of memberships: who may know that it exists.
pub(crate) fn sees(actor: &Actor, at: At, kind: Kind) -> bool {
    let active = actor.study_role().is_some();
    match at {
        At::Door | At::Site | At::Administration => true,
        At::Study => active || kind.is_seen_by_all(),
        // "A private one only through an invite"; a hidden one is for everybody else 404.
        At::Invite => active || kind != Kind::Hidden,
        // "PENDING: as outsider; withdraw the request".
        At::Request => active || kind.is_seen_by_all() || actor.standing == Standing::Pending,
    }
}

/// The cell of the permissions' table, sanctions apart.
fn has(tables: &Tables, actor: &Actor, permission: &str) -> bool {
    let (of, name) = (tier(permission), permission.split_once(':').map_or("", |(_, name)| name));
    match of {
        "system" => tables.allows(actor.system_role(), permission),
        "study" => actor.study_role().is_some_and(|role| tables.allows(role, permission)),
        "admin" => actor.administrator_role().is_some_and(|administrator| {
            // "A denial beats a grant."
            !administrator.denied.contains(&name)
                && (administrator.granted.contains(&name) || tables.allows(administrator.name(), permission))
        }),
        // No actor stands to a group yet; the area that brings groups brings them.
        other => panic!("{permission}: no actor has a role of the tier {other}: add it to actors.rs and here"),
    }
}
