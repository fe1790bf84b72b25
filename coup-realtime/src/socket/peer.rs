//! One client: signed in, then its events one after the other.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use coup_core::{changes::Scope, id::StudyId, live::model::CutCode};
use futures_channel::mpsc;
use futures_util::StreamExt as _;
use socketioxide::{extract::SocketRef, handler::MessageHandler, socket::Socket};
use socketioxide_core::Value;
use tokio::time::Instant;

use super::{
    NotJoined, Protocol,
    ask::Ask,
    fan::Fan,
    pace::{Pace, Rate, Verdict},
    sink::SocketSink,
};
use crate::{
    frame::Cut,
    line::Line,
    live::{Live, Since},
};

/// Events that may wait for their turn.
const WAITING: usize = 64;
/// How long a client may take to make room for an answer; as long as for what it missed.
const ROOM: Duration = Duration::from_secs(8);

/// One client, for the protocol that answers its events.
pub struct Peer<G> {
    live: Live,
    line: Arc<Line>,
    guest: G,
    studies: usize,
    joined: Mutex<BTreeSet<StudyId>>,
}

impl<G> Peer<G> {
    /// A connection that may hear so many studies.
    pub fn new(live: Live, line: Arc<Line>, guest: G, studies: usize) -> Self {
        Self { live, line, guest, studies, joined: Mutex::default() }
    }

    /// What is live.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// The connection.
    pub fn line(&self) -> &Arc<Line> {
        &self.line
    }

    /// What the protocol keeps of it.
    pub fn guest(&self) -> &G {
        &self.guest
    }

    /// Hears a study from now on; answers the place up to which it has been told.
    ///
    /// # Errors
    /// As [`Live::join`]; [`NotJoined::TooMany`] beyond the bound of one connection.
    pub async fn join(&self, study: StudyId, since: Since) -> Result<i64, NotJoined> {
        {
            let mut joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
            joined.retain(|study| self.line.hears(&Scope::Study(*study)));
            if joined.len() >= self.studies && !joined.contains(&study) {
                return Err(NotJoined::TooMany);
            }
            joined.insert(study);
        }
        self.live.join(&self.line, study, since).await.map_err(NotJoined::Because)
    }

    /// Hears it no more.
    pub fn leave(&self, study: StudyId) {
        self.live.leave(&self.line, study);
    }
}

impl<G> fmt::Debug for Peer<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("line", &self.line).finish_non_exhaustive()
    }
}

/// A peer's connection as long as somebody holds this.
pub(super) struct Held<G>(Arc<Peer<G>>);

impl<G> Drop for Held<G> {
    fn drop(&mut self) {
        self.0.live.close(&self.0.line);
    }
}

/// Takes a client's events in the order in which they come.
pub(super) struct Inbox<P: Protocol> {
    protocol: Arc<P>,
    peer: Arc<Peer<P::Guest>>,
    sink: Arc<SocketSink>,
    pace: Mutex<Pace>,
    /// Unlike tokio's, it takes no room while nothing waits: every idle connection has one.
    orders: Mutex<mpsc::Sender<Ask>>,
    flooded: AtomicBool,
}

/// The other end of an [`Inbox`].
pub(super) struct Desk<P: Protocol> {
    protocol: Arc<P>,
    held: Held<P::Guest>,
    sink: Arc<SocketSink>,
    orders: mpsc::Receiver<Ask>,
}

/// Bounds of one connection.
pub(super) struct Terms {
    pub(super) rate: Rate,
    pub(super) studies: usize,
}

/// A client that has just signed in.
pub(super) fn welcome<P: Protocol>(
    protocol: Arc<P>,
    live: Live,
    line: Arc<Line>,
    guest: P::Guest,
    sink: Arc<SocketSink>,
    Terms { rate, studies }: Terms,
) -> (Inbox<P>, Desk<P>) {
    let peer = Arc::new(Peer::new(live, line, guest, studies));
    let (sender, receiver) = mpsc::channel(WAITING);
    let inbox = Inbox {
        protocol: protocol.clone(),
        peer: peer.clone(),
        sink: sink.clone(),
        pace: Mutex::new(Pace::new(rate, Instant::now())),
        orders: Mutex::new(sender),
        flooded: AtomicBool::new(false),
    };
    (inbox, Desk { protocol, held: Held(peer), sink, orders: receiver })
}

impl<P: Protocol> Inbox<P> {
    fn take(&self, mut ask: Ask) {
        let verdict = self.pace.lock().unwrap_or_else(PoisonError::into_inner).event(Instant::now());
        let wait = match verdict {
            Verdict::Taken => match self.orders.lock().unwrap_or_else(PoisonError::into_inner).try_send(ask) {
                Ok(()) => return,
                // What is asked is asked faster than it can be answered.
                Err(error) => {
                    ask = error.into_inner();
                    Duration::from_secs(1)
                }
            },
            Verdict::Refused(wait) => wait,
            Verdict::Cut => {
                if !self.flooded.swap(true, Ordering::AcqRel) {
                    self.peer.live.0.cut(&self.peer.line, &Cut::because(CutCode::RateLimited));
                }
                return;
            }
        };
        if ask.wants_answer() {
            let refusal = self.protocol.too_fast(&self.peer.guest, wait);
            // Without room, the client finds out by itself.
            let _ = self.sink.try_answer(&mut ask, &refusal);
        }
    }
}

/// Called while a packet is read, so that the order is that of the packets; a function would be one task an event.
impl<P: Protocol> MessageHandler<Fan, Self> for Inbox<P> {
    fn call(&self, socket: Arc<Socket<Fan>>, value: Value, ack: Option<i64>) {
        self.take(Ask::new(socket, value, ack));
    }
}

impl<P: Protocol> Desk<P> {
    /// Answers events, one after the other, until the connection has ended.
    pub(super) async fn work(mut self, socket: SocketRef<Fan>) {
        // Only the sink holds it, which lets go of it when it is gone.
        self.sink.open(socket);
        let peer = self.held.0.clone();
        while let Some(ask) = self.orders.next().await {
            if peer.line.ended().is_some() {
                return;
            }
            let answer = match ask.read() {
                // On the heap while it lasts: what any event may need would stay with every idle connection otherwise.
                Some((name, body)) => Box::pin(self.protocol.answer(&peer, &name, body)).await,
                None => self.protocol.unreadable(&peer.guest),
            };
            if ask.wants_answer() && self.sink.answer(ask, &answer, ROOM).await.is_err() {
                peer.live.0.cut(&peer.line, &Cut::because(CutCode::TooSlow));
            }
        }
    }
}
