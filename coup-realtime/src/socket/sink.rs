//! Where a socket's frames go.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Serialize;
use socketioxide::{SendError, SocketError, extract::SocketRef};
use tokio::time::Instant;

use super::{
    ask::Ask,
    fan::{Fan, event},
    session::Session,
};
use crate::{
    frame::{Cut, Frame, What},
    line::{Full, Sink},
};

/// Frames that may wait until the client is told that it is connected.
const EARLY: usize = 128;
/// How often a client that has no room is tried again.
const AGAIN: Duration = Duration::from_millis(5);
/// How long a client may take to make room for the last words.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The sink of one socket.
pub(super) struct SocketSink {
    state: Mutex<State>,
    session: Arc<Session>,
    fan: Arc<Fan>,
}

enum State {
    /// The client is not told yet that it is connected: nothing may come before.
    Early(Vec<Arc<Frame>>),
    /// It ended before that.
    EndedEarly(Cut),
    Open(SocketRef<Fan>),
    Ended,
}

impl SocketSink {
    pub(super) fn new(session: Arc<Session>, fan: Arc<Fan>) -> Self {
        Self { state: Mutex::new(State::Early(Vec::new())), session, fan }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client was told that it is connected: what waited goes out.
    pub(super) fn open(&self, socket: SocketRef<Fan>) {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Ended) {
            State::Early(frames) => {
                for frame in frames {
                    // As many wait at most as there is room for.
                    let _ = self.emit(&socket, &frame);
                }
                *state = State::Open(socket);
            }
            State::EndedEarly(cut) => self.part(LastWords { socket, cut, said: false }),
            State::Open(_) | State::Ended => {}
        }
    }

    /// The socket is gone: nothing more is sent, and it is not held any longer.
    pub(super) fn close(&self) {
        *self.state() = State::Ended;
        self.session.end_soon();
    }

    /// Answers an event, unless the connection has ended. Waits for room up to `most`.
    pub(super) async fn answer(
        &self,
        mut ask: Ask,
        answer: &(impl Serialize + Sync),
        most: Duration,
    ) -> Result<(), Full> {
        let end = Instant::now() + most;
        while self.try_answer(&mut ask, answer).is_err() {
            if Instant::now() > end {
                return Err(Full);
            }
            tokio::time::sleep(AGAIN).await;
        }
        Ok(())
    }

    /// The same without waiting.
    pub(super) fn try_answer(&self, ask: &mut Ask, answer: &impl Serialize) -> Result<(), Full> {
        // Held while sending, so that nothing follows a cut.
        let state = self.state();
        if matches!(*state, State::Open(_)) { said(ask.sender().send(answer)) } else { Ok(()) }
    }

    fn emit(&self, socket: &SocketRef<Fan>, frame: &Frame) -> Result<(), Full> {
        event(frame).map_or(Ok(()), |event| self.fan.send(socket.id, event))
    }

    /// Says why, then ends the connection; a client without room gets a moment to make some.
    fn part(&self, mut words: LastWords) {
        if words.say().is_ok() {
            self.session.end_soon();
            return;
        }
        let session = self.session.clone();
        tokio::spawn(async move {
            let end = Instant::now() + LAST_WORDS;
            while words.say().is_err() {
                if Instant::now() > end {
                    session.end();
                    return;
                }
                tokio::time::sleep(AGAIN).await;
            }
            session.end_soon();
        });
    }
}

impl Sink for SocketSink {
    fn send(&self, frame: &Arc<Frame>) -> Result<(), Full> {
        if matches!(frame.what, What::Begun(_)) {
            return Ok(());
        }
        match &mut *self.state() {
            State::Open(socket) => self.emit(socket, frame),
            State::Early(frames) if frames.len() < EARLY => {
                frames.push(frame.clone());
                Ok(())
            }
            State::Early(_) => Err(Full),
            State::EndedEarly(_) | State::Ended => Ok(()),
        }
    }

    fn cut(&self, cut: &Cut) {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Ended) {
            State::Open(socket) => self.part(LastWords { socket, cut: cut.clone(), said: false }),
            State::Early(_) => *state = State::EndedEarly(cut.clone()),
            ended @ State::EndedEarly(_) => *state = ended,
            State::Ended => {}
        }
    }
}

/// `cut`, then the disconnection.
struct LastWords {
    socket: SocketRef<Fan>,
    cut: Cut,
    said: bool,
}

impl LastWords {
    fn say(&mut self) -> Result<(), Full> {
        if !self.said {
            said(self.socket.emit("cut", &self.cut))?;
            self.said = true;
        }
        match self.socket.clone().disconnect() {
            Err(SocketError::InternalChannelFull) => Err(Full),
            _ => Ok(()),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what the library answers, as it answers it")]
fn said(sent: Result<(), SendError>) -> Result<(), Full> {
    match sent {
        Err(SendError::Socket(SocketError::InternalChannelFull)) => Err(Full),
        // A client that is gone misses nothing.
        _ => Ok(()),
    }
}
