//! One connection of one person, whatever the transport.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use coup_core::{
    changes::Scope,
    coup::Ctx,
    id::StudyId,
    live::model::{Attendee, CutCode},
};

use crate::frame::{Cut, Frame};

/// Where a connection's frames go.
pub trait Sink: Send + Sync + 'static {
    /// Takes a frame, or says that there is no room. Never waits.
    fn send(&self, frame: &Arc<Frame>) -> Result<(), Full>;

    /// Tells the client why, then ends the connection. Never waits; nothing is sent after it.
    fn cut(&self, cut: &Cut);

    /// The person came into a study that the connection does not hear: a stream of all takes it up.
    fn joined(&self, study: StudyId) {
        let _ = study;
    }
}

/// There is no room for a frame: the client takes what it is sent too slowly, or is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// One connection of one person.
pub struct Line {
    pub(crate) id: u64,
    /// Whose.
    pub attendee: Attendee,
    /// By what they are known, for each further decision.
    pub ctx: Ctx,
    sink: Arc<dyn Sink>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What it hears, or is about to hear: a revocation that comes between the decision and the first event must find it.
    /// Each time that it begins to has a number of its own: what belongs to an earlier time is over.
    hears: BTreeMap<Scope, u64>,
    begun: u64,
    /// It has ended: nothing is sent any more.
    ended: Option<CutCode>,
}

impl Line {
    pub(crate) fn new(id: u64, attendee: Attendee, ctx: Ctx, sink: Arc<dyn Sink>) -> Self {
        Self { id, attendee, ctx, sink, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends, unless it has ended.
    pub(crate) fn send(&self, frame: &Arc<Frame>) -> Result<(), Full> {
        // Held while sending, so that nothing follows a cut.
        let state = self.state();
        if state.ended.is_some() { Ok(()) } else { self.sink.send(frame) }
    }

    /// Whether and why it has ended.
    pub fn ended(&self) -> Option<CutCode> {
        self.state().ended
    }

    /// It is about to hear a scope, if it does not yet: answers which time that is. `None`: it has ended.
    pub(crate) fn begin(&self, scope: &Scope) -> Option<u64> {
        let mut state = self.state();
        if state.ended.is_some() {
            return None;
        }
        state.begun += 1;
        let time = state.begun;
        Some(*state.hears.entry(scope.clone()).or_insert(time))
    }

    /// Whether it is still the time at which it began to hear the scope.
    pub(crate) fn is_in(&self, time: u64, scope: &Scope) -> bool {
        self.state().hears.get(scope) == Some(&time)
    }

    /// It does not hear it (any more). Whether it did.
    pub(crate) fn forget(&self, scope: &Scope) -> bool {
        self.state().hears.remove(scope).is_some()
    }

    /// Whether it hears it, or is about to.
    pub fn hears(&self, scope: &Scope) -> bool {
        self.state().hears.contains_key(scope)
    }

    /// Ends it; answers what it heard, or `None` if it had ended before.
    pub(crate) fn end(&self, cut: &Cut) -> Option<Vec<Scope>> {
        let mut state = self.state();
        if state.ended.is_some() {
            return None;
        }
        state.ended = Some(cut.code);
        self.sink.cut(cut);
        Some(std::mem::take(&mut state.hears).into_keys().collect())
    }

    /// The transport has ended by itself: nobody is there to be told.
    pub(crate) fn hung_up(&self) -> Option<Vec<Scope>> {
        let mut state = self.state();
        if state.ended.is_some() {
            return None;
        }
        state.ended = Some(CutCode::SignedOut);
        Some(std::mem::take(&mut state.hears).into_keys().collect())
    }

    pub(crate) fn joined(&self, study: StudyId) {
        self.sink.joined(study);
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("id", &self.id).field("user", &self.attendee.user).finish_non_exhaustive()
    }
}
