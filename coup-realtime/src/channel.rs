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
    line::{Full, Line},
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
pub(crate) struct Ear {
    pub(crate) line: Arc<Line>,
    pub(crate) kinds: Kinds,
    /// What it has already.
    pub(crate) has: i64,
}

impl Ear {
    fn tell(&mut self, frame: &Arc<Frame>) -> Result<(), Full> {
        match frame.what {
            What::Event(seq, _) if seq <= self.has => Ok(()),
            What::Event(seq, kind) => {
                if self.kinds.contains(kind) {
                    self.line.send(frame)?;
                }
                self.has = seq;
                Ok(())
            }
            What::Ephemeral(_) | What::Resync | What::Begun(_) => self.line.send(frame),
        }
    }
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

    /// Tells all. Those who have no room are let go, to catch up from the rows: answers who, and what they have.
    pub(crate) fn tell(&self, frame: &Arc<Frame>) -> Vec<Ear> {
        let mut state = self.state();
        let behind = state.ears.extract_if(.., |ear| ear.tell(frame).is_err()).collect();
        if let What::Event(seq, _) = frame.what {
            state.told = Some(seq);
        }
        behind
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
        let mut state = self.state();
        state.told = Some(seq);
        state.ears.iter_mut().for_each(|ear| ear.has = seq.max(ear.has));
    }

    /// Who is connected here, and by how many connections each.
    pub(crate) fn people(&self) -> BTreeMap<UserId, usize> {
        let mut people = BTreeMap::new();
        for ear in &self.state().ears {
            *people.entry(ear.line.attendee.user.clone()).or_default() += 1;
        }
        people
    }

    /// Whether a connection of that person hears it.
    pub(crate) fn is_heard_by(&self, user: &UserId) -> bool {
        self.state().ears.iter().any(|ear| ear.line.attendee.user == *user)
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

#[cfg(test)]
mod tests {
    use coup_core::{
        changes::EventKind, coup::Ctx, env::Timestamp, id::StudyId, live::model::Attendee, store::StoredEvent,
    };

    use super::*;
    use crate::{frame::Cut, line::Sink};

    #[derive(Default)]
    struct Places(Mutex<Vec<i64>>);

    impl Sink for Places {
        fn send(&self, frame: &Arc<Frame>) -> Result<(), Full> {
            if let What::Event(seq, _) = frame.what {
                self.0.lock().unwrap().push(seq);
            }
            Ok(())
        }

        fn cut(&self, _: &Cut) {}
    }

    #[test]
    fn who_has_caught_up_further_than_the_others_is_told_nothing_twice() {
        let scope = Scope::Study(StudyId::from_uuid(uuid::Uuid::nil()));
        let channel = Channel::new(scope.clone());
        channel.begin(3);
        let user: UserId = "noah".parse().unwrap();
        let attendee = Attendee { user: user.clone(), session: None, expires_at: None, administers: false };
        let places = Arc::new(Places::default());
        let line = Arc::new(Line::new(1, attendee, Ctx::user(user), places.clone()));
        let all = Kinds::of(|_| true);
        assert!(!channel.admit(&line, all, 2), "the others were told more");
        assert!(channel.admit(&line, all, 5), "read from the store before the others were told");
        let at: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
        for seq in 4..=7 {
            let kind = EventKind::MessageCreated.as_str().to_owned();
            let event = StoredEvent { seq, kind, at, data: serde_json::Value::Null };
            assert!(channel.tell(&Frame::event(&scope, &event).unwrap()).is_empty());
        }
        assert_eq!(*places.0.lock().unwrap(), [6, 7]);
    }
}
