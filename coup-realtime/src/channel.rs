//! One scope on this node: who hears it, and up to which place they were told.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use coup_core::{
    changes::Scope,
    id::UserId,
    live::model::{EphemeralKind, Kinds},
};

use crate::{
    frame::{Frame, What},
    line::Line,
};

/// One scope on this node.
pub(crate) struct Channel {
    pub(crate) scope: Scope,
    state: Mutex<State>,
    /// Whether it waits to be brought up to date.
    due: AtomicBool,
    /// Held while events are read and told, so that they are told in order.
    pub(crate) telling: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    /// Up to which place all were told; `None` until somebody has asked for the scope's head.
    told: Option<i64>,
    ears: Vec<Ear>,
}

/// A connection that hears it.
struct Ear {
    line: Arc<Line>,
    kinds: Kinds,
    /// What it has already.
    has: i64,
}

impl Channel {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope, state: Mutex::default(), due: AtomicBool::new(false), telling: tokio::sync::Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Up to which place all were told.
    pub(crate) fn told(&self) -> Option<i64> {
        self.state().told
    }

    /// Begins at this place, if it has not begun.
    pub(crate) fn begin(&self, head: i64) {
        self.state().told.get_or_insert(head);
    }

    /// Takes a connection in that has all up to `has`; `false` if others were told more by now.
    pub(crate) fn admit(&self, line: &Arc<Line>, kinds: Kinds, has: i64) -> bool {
        let mut state = self.state();
        if state.told.is_some_and(|told| told > has) {
            return false;
        }
        state.ears.push(Ear { line: line.clone(), kinds, has });
        true
    }

    /// The connection hears it no more. Whether anybody still does.
    pub(crate) fn dismiss(&self, line: &Line) -> bool {
        let mut state = self.state();
        state.ears.retain(|ear| ear.line.id != line.id);
        !state.ears.is_empty()
    }

    /// Tells all; answers those who had no room.
    pub(crate) fn tell(&self, frame: &Arc<Frame>) -> Vec<Arc<Line>> {
        let mut state = self.state();
        let mut slow = Vec::new();
        for ear in &state.ears {
            let hears = match frame.what {
                What::Event(seq, kind) => seq > ear.has && ear.kinds.contains(kind),
                What::Ephemeral(_) | What::Resync | What::Begun(_) => true,
            };
            if hears && ear.line.send(frame).is_err() {
                slow.push(ear.line.clone());
            }
        }
        if let What::Event(seq, _) = frame.what {
            state.told = Some(seq);
        }
        slow
    }

    /// Tells what may be lost, to all but the one whose doing it is: who has no room misses it.
    pub(crate) fn whisper(&self, frame: &Arc<Frame>, kind: EphemeralKind, from: Option<&UserId>) {
        // One's read mark moves on one's other devices, too.
        let but = from.filter(|_| kind != EphemeralKind::MessageRead);
        for ear in self.state().ears.iter().filter(|ear| Some(&ear.line.attendee.user) != but) {
            let _ = ear.line.send(frame);
        }
    }

    /// Goes to this place without telling what is before it.
    pub(crate) fn skip_to(&self, seq: i64) {
        self.state().told = Some(seq);
    }

    /// Who is connected here, and by how many connections each.
    pub(crate) fn people(&self) -> BTreeMap<UserId, usize> {
        let mut people = BTreeMap::new();
        for ear in &self.state().ears {
            *people.entry(ear.line.attendee.user.clone()).or_default() += 1;
        }
        people
    }

    /// Whether nobody hears it.
    pub(crate) fn is_empty(&self) -> bool {
        self.state().ears.is_empty()
    }

    /// Notes that it waits to be brought up to date. `false`: it does already.
    pub(crate) fn is_due(&self) -> bool {
        !self.due.swap(true, Ordering::AcqRel)
    }

    /// From here on news make it due again.
    pub(crate) fn begins_telling(&self) {
        self.due.store(false, Ordering::Release);
    }
}
