//! How to make a request of each operation that would succeed for somebody entitled. One file an area; a new operation is one
//! entry there, or several where it matters whose thing it is or what is asked.

mod administration;
mod document;
mod identity;
mod invites;
mod live;
mod members;
mod messages;
mod moderation;
mod studies;

use serde_json::Value;

use crate::{
    actors::{Actor, Standing},
    places::{Kind, Place, Scene},
};

/// Every entry, in the order of the matrix.
pub(crate) fn all() -> Vec<Case> {
    let areas = [
        document::cases(),
        identity::cases(),
        studies::cases(),
        members::cases(),
        invites::cases(),
        messages::cases(),
        live::cases(),
        moderation::cases(),
        administration::cases(),
    ];
    areas.into_iter().flatten().collect()
}

/// Where an operation is, which is: who may know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// Nobody has to sign in.
    Door,
    /// Everybody who is signed in knows of it.
    Site,
    /// In the administration: everybody knows of it, and a refused call is kept as a security event.
    Administration,
    /// In a study, which not everybody sees.
    Study,
    /// Behind a code, which opens private studies too.
    Invite,
    /// One's own request to a study, which may have become private since.
    Request,
}

/// What an operation asks of the tables: all of these.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asks {
    All(&'static [&'static str]),
    /// Something else of members than of those who see the study from outside.
    ByMembership {
        member: &'static [&'static str],
        outsider: &'static [&'static str],
    },
}

type Find = fn(&Scene, &Place) -> String;

/// One operation, of one kind of thing.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// The `operationId`.
    pub(crate) operation: &'static str,
    /// What is asked, and whose it is; empty where that makes no difference.
    pub(crate) of: &'static str,
    pub(crate) at: At,
    /// The gate to its area of the administration.
    pub(crate) gate: Option<&'static str>,
    /// What is asked first, to see the thing at all. Whoever has the rest has this, so that the document names only the rest.
    pub(crate) seen_by: Option<&'static str>,
    pub(crate) asks: Asks,
    /// The kinds of studies that make a difference; the first one stands for all where none does.
    pub(crate) kinds: Vec<Kind>,
    /// Whether a closed or hidden study forbids it.
    pub(crate) writes: bool,
    /// Why it does not, though something is written.
    pub(crate) although: Option<&'static str>,
    pub(crate) rules: Vec<Rule>,
    /// What success writes, where it is not what its method says.
    pub(crate) keeps: Option<Keeps>,
    /// Whether it lists one's own studies and requests.
    pub(crate) lists_own: bool,
    /// The status of success.
    pub(crate) gives: u16,
    query: &'static str,
    params: Vec<(&'static str, Find)>,
    body: Option<fn(&Scene, &Place) -> Value>,
}

/// What a request that succeeds writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// One commit, as a write does.
    One,
    /// Nothing, as a read does.
    Nothing,
    /// Two commits: two reads that the audit log tells of, or a file's row and what it is for.
    Two,
}

/// What follows not from the tables but from a sentence of the specification.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// Absent: for everybody, everywhere.
    pub(crate) when: Option<fn(&Actor, Kind) -> bool>,
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    /// The sentence, and where it stands.
    pub(crate) because: &'static str,
    /// Whether it holds before permissions are asked.
    pub(crate) first: bool,
}

impl Rule {
    pub(crate) fn holds(&self, actor: &Actor, kind: Kind) -> bool {
        self.when.is_none_or(|when| when(actor, kind))
    }
}

impl Case {
    fn new(operation: &'static str, at: At, asks: &'static [&'static str]) -> Self {
        let in_study = !matches!(at, At::Door | At::Site | At::Administration);
        let kinds = vec![Kind::Public, Kind::Private, Kind::Hidden, Kind::Closed];
        Self {
            operation,
            of: "",
            at,
            gate: None,
            seen_by: None,
            asks: Asks::All(asks),
            kinds: if in_study { kinds } else { vec![Kind::Public] },
            writes: false,
            although: None,
            rules: Vec::new(),
            keeps: None,
            lists_own: false,
            gives: 200,
            query: "",
            params: if in_study { vec![("id", |_, place| place.study.to_string())] } else { Vec::new() },
            body: None,
        }
    }

    pub(crate) fn of(self, of: &'static str) -> Self {
        Self { of, ..self }
    }

    pub(crate) fn seen_by(self, permission: &'static str) -> Self {
        Self { seen_by: Some(permission), ..self }
    }

    pub(crate) fn gives(self, gives: u16) -> Self {
        Self { gives, ..self }
    }

    /// It writes in the study: 409 in a closed or hidden one (permissions § Flow of a check).
    pub(crate) fn writes(self) -> Self {
        Self { writes: true, ..self }
    }

    /// It writes, and a closed or hidden study does not forbid it.
    pub(crate) fn although(self, because: &'static str) -> Self {
        Self { although: Some(because), ..self }
    }

    /// What success writes, where it is not what its method says.
    pub(crate) fn keeps(self, keeps: Keeps) -> Self {
        Self { keeps: Some(keeps), ..self }
    }

    /// It asks something else of members than of those who see the study from outside.
    pub(crate) fn by_membership(self, member: &'static [&'static str], outsider: &'static [&'static str]) -> Self {
        Self { asks: Asks::ByMembership { member, outsider }, ..self }
    }

    /// It lists one's own studies and requests.
    pub(crate) fn lists_own(self) -> Self {
        Self { lists_own: true, ..self }
    }

    /// Only these kinds of studies make a difference.
    pub(crate) fn only_in(self, kinds: &[Kind]) -> Self {
        Self { kinds: kinds.to_vec(), ..self }
    }

    /// One more kind of study makes a difference.
    pub(crate) fn also(mut self, kind: Kind) -> Self {
        self.kinds.push(kind);
        self
    }

    /// Refused to some, though the permission is theirs; comes before what a closed or hidden study says.
    pub(crate) fn rule(
        mut self,
        when: fn(&Actor, Kind) -> bool,
        (status, code): (u16, &'static str),
        because: &'static str,
    ) -> Self {
        self.rules.push(Rule { when: Some(when), status, code, because, first: false });
        self
    }

    /// Refused to everybody, though the permission is theirs.
    pub(crate) fn refuses(mut self, (status, code): (u16, &'static str), because: &'static str) -> Self {
        self.rules.push(Rule { when: None, status, code, because, first: false });
        self
    }

    /// Refused to some before the permission is asked.
    pub(crate) fn rule_first(
        mut self,
        when: fn(&Actor, Kind) -> bool,
        (status, code): (u16, &'static str),
        because: &'static str,
    ) -> Self {
        self.rules.push(Rule { when: Some(when), status, code, because, first: true });
        self
    }

    pub(crate) fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    /// A parameter of the path. `id` is the study unless it is said otherwise.
    pub(crate) fn with(mut self, name: &'static str, find: Find) -> Self {
        self.params.retain(|(known, _)| *known != name);
        self.params.push((name, find));
        self
    }

    pub(crate) fn body(self, body: fn(&Scene, &Place) -> Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// The name of its block in the matrix.
    pub(crate) fn name(&self) -> String {
        if self.of.is_empty() { self.operation.to_owned() } else { format!("{}, {}", self.operation, self.of) }
    }

    /// Whether it is refused to everybody, whatever permissions they have.
    pub(crate) fn is_refused(&self) -> bool {
        self.rules.iter().any(|rule| rule.when.is_none())
    }

    /// Everything it asks of anybody.
    pub(crate) fn permissions(&self) -> Vec<&'static str> {
        match self.asks {
            Asks::All(all) => all.to_vec(),
            Asks::ByMembership { member, outsider } => [member, outsider].concat(),
        }
    }

    /// What it asks, as the matrix says it.
    pub(crate) fn asks_in_words(&self) -> String {
        let asks = match self.asks {
            Asks::All([]) if self.at == At::Door => "asks nothing, not even to sign in".into(),
            Asks::All([]) => "asks to be signed in".into(),
            Asks::All(all) => format!("asks {}", all.join(", ")),
            Asks::ByMembership { member, outsider } => {
                format!("asks {} of members, {} of others", member.join(", "), outsider.join(", "))
            }
        };
        let asks = self.gate.map_or_else(|| asks.clone(), |gate| format!("{asks}, and {gate} before that"));
        match (self.seen_by, self.asks) {
            (None, _) => asks,
            (Some(first), Asks::All([])) => format!("asks {first}"),
            (Some(first), _) => format!("{asks}, and {first} before that"),
        }
    }

    /// What follows from sentences of the specification, as the matrix says it.
    pub(crate) fn rules_in_words(&self) -> Vec<String> {
        let rules = self.rules.iter().map(|rule| format!("- {} {}: {}", rule.status, rule.code, rule.because));
        let although = self.although.map(|because| format!("- also in a closed or hidden study: {because}"));
        let lists =
            self.lists_own.then(|| "- names also studies that one only asked to join, so as to withdraw".into());
        rules.chain(although).chain(lists).collect()
    }

    /// The names of the columns in the matrix.
    pub(crate) fn columns(&self) -> Vec<(&'static str, Kind)> {
        match self.at {
            At::Door | At::Site | At::Administration => vec![("anywhere", Kind::Public)],
            _ => self.kinds.iter().map(|kind| (kind.name(), *kind)).collect(),
        }
    }

    /// The path that the document's template and this entry make, with the query.
    pub(crate) fn path(&self, template: &str, scene: &Scene, place: &Place) -> String {
        let asked = if self.query.is_empty() { template.to_owned() } else { format!("{template}?{}", self.query) };
        let filled = self
            .params
            .iter()
            .fold(asked, |path, (name, find)| path.replace(&format!("{{{name}}}"), &find(scene, place)));
        assert!(
            !filled.contains('{'),
            "{}: the entry says nothing of a parameter of {template}: add `.with(…)`",
            self.name()
        );
        filled
    }

    pub(crate) fn json(&self, scene: &Scene, place: &Place) -> Option<Value> {
        self.body.map(|body| body(scene, place))
    }
}

/// Nobody has to sign in.
pub(crate) fn door(operation: &'static str) -> Case {
    Case::new(operation, At::Door, &[])
}

/// Everybody who is signed in knows of it.
pub(crate) fn site(operation: &'static str, asks: &'static [&'static str]) -> Case {
    Case::new(operation, At::Site, asks)
}

/// In an area of the administration: its gate, then the permission. What is read is audited too.
pub(crate) fn administration(gate: &'static str, operation: &'static str, asks: &'static [&'static str]) -> Case {
    Case { gate: Some(gate), keeps: Some(Keeps::One), ..Case::new(operation, At::Administration, asks) }
}

/// In a study.
pub(crate) fn study(operation: &'static str, asks: &'static [&'static str]) -> Case {
    Case::new(operation, At::Study, asks)
}

/// One's own request to a study.
pub(crate) fn request(operation: &'static str, asks: &'static [&'static str]) -> Case {
    Case::new(operation, At::Request, asks)
}

/// Behind a code.
pub(crate) fn invite(operation: &'static str, asks: &'static [&'static str]) -> Case {
    Case::new(operation, At::Invite, asks)
}

fn is_active(actor: &Actor, _: Kind) -> bool {
    actor.study_role().is_some()
}

pub(crate) fn is_owner(actor: &Actor, _: Kind) -> bool {
    actor.standing == Standing::Owner
}

pub(crate) fn is_below_super_admin(actor: &Actor, _: Kind) -> bool {
    actor.rank() < 4
}

fn is_pending(actor: &Actor, _: Kind) -> bool {
    actor.standing == Standing::Pending
}

fn is_kicked(actor: &Actor, _: Kind) -> bool {
    actor.standing == Standing::Kicked
}
