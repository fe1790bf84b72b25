//! What goes to connections: serialised once, whatever the number of those who hear it.

use std::sync::{Arc, OnceLock};

use coup_core::{
    changes::{EventKind, Scope},
    env::Timestamp,
    live::model::{CutCode, Ephemeral, EphemeralKind},
    store::StoredEvent,
};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use socketioxide_core::Str;

/// One thing to tell, as JSON, with what transports need to know of it.
#[derive(Debug, Clone)]
pub struct Frame {
    /// To whom.
    pub scope: Scope,
    /// What it is.
    pub what: What,
    /// The object that clients get.
    pub json: Arc<RawValue>,
    /// The same as an event of Socket.IO, once a socket has asked for it.
    pub(crate) packet: OnceLock<Str>,
}

/// What a [`Frame`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A durable event, with its place in its scope.
    Event(i64, EventKind),
    /// Something that passes.
    Ephemeral(EphemeralKind),
    /// What the connection has of the scope is too old: read afresh.
    Resync,
    /// From here on the connection hears the scope, up to this place it has it. Not told to clients.
    Begun(i64),
}

/// A durable event on the wire (specification, real time § Events).
#[derive(Serialize)]
struct EventView<'a> {
    seq: i64,
    scope: &'a Scope,
    #[serde(rename = "type")]
    kind: EventKind,
    at: Timestamp,
    data: &'a serde_json::Value,
}

#[derive(Serialize)]
struct ScopeView<'a> {
    scope: &'a Scope,
}

impl Frame {
    /// A durable event. `None` for a kind that this version does not know: an older one of several nodes leaves it out.
    pub fn event(scope: &Scope, event: &StoredEvent) -> Option<Arc<Self>> {
        let kind = EventKind::from_word(&event.kind)?;
        let view = EventView { seq: event.seq, scope, kind, at: event.at, data: &event.data };
        Self::new(scope, What::Event(event.seq, kind), &view)
    }

    /// Something that passes.
    pub fn ephemeral(ephemeral: &Ephemeral) -> Option<Arc<Self>> {
        Self::new(&ephemeral.scope, What::Ephemeral(ephemeral.kind), ephemeral)
    }

    /// Read the scope afresh.
    pub fn resync(scope: &Scope) -> Option<Arc<Self>> {
        Self::new(scope, What::Resync, &ScopeView { scope })
    }

    /// The connection hears the scope from here on.
    pub(crate) fn begun(scope: &Scope, seq: i64) -> Option<Arc<Self>> {
        Self::new(scope, What::Begun(seq), &ScopeView { scope })
    }

    fn new(scope: &Scope, what: What, view: &impl Serialize) -> Option<Arc<Self>> {
        // Our views have string keys and finite numbers, so that this cannot fail.
        let json = to_raw_value(view).ok()?;
        Some(Arc::new(Self { scope: scope.clone(), what, json: json.into(), packet: OnceLock::new() }))
    }
}

/// Why a connection ends, for its client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// Why.
    pub code: CutCode,
    /// The study that it is about, if it is about one.
    #[serde(rename = "studyId", skip_serializing_if = "Option::is_none")]
    pub study: Option<coup_core::id::StudyId>,
    /// Until when, where it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Cut {
    /// For this reason.
    pub fn because(code: CutCode) -> Self {
        Self { code, study: None, until: None }
    }
}
