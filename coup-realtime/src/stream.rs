//! A stream of all that somebody hears, for server-sent events: transport-neutral, with a cursor over all its scopes.

mod cursor;

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use coup_core::{changes::Scope, coup::Ctx, error::Error, id::StudyId, live::model::CutCode};
use futures_util::Stream;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::mpsc::{self, error::TrySendError};

pub use self::cursor::Cursor;
use crate::{
    frame::{Cut, Frame, What},
    line::{Full, Line, Sink},
    live::{Live, Since},
};

/// Frames that wait for a client; one that takes them more slowly comes back with what it has.
const QUEUE: usize = 256;

/// What a stream is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// All that one may hear: one's own scope and every study of which one is a member, those to come too.
    All,
    /// One's own scope and one study.
    Study(StudyId),
    /// One's own scope.
    Own,
}

/// One thing of a stream.
#[derive(Debug, Clone)]
pub enum Item {
    /// Nothing to show: from here on the client has what the cursor says.
    Begun(Cursor),
    /// A durable event, and what the client has with it.
    Event(Cursor, Arc<RawValue>),
    /// Something that passes.
    Ephemeral(Arc<RawValue>),
    /// Read a scope afresh.
    Resync(Arc<RawValue>),
    /// The end, and why.
    Cut(Arc<RawValue>),
}

impl Live {
    /// Opens a stream. What the cursor lacks comes at once; scopes that it does not know are to be read afresh. Without a
    /// cursor it begins now. Whoever brings one that cannot be read takes the default, which knows nothing.
    ///
    /// # Errors
    /// 401, 403 and 404 as for a request; unavailable while rights cannot be asked.
    pub async fn stream(&self, ctx: Ctx, wants: Wants, has: Option<Cursor>) -> Result<EventStream, Error> {
        // Asked here for the answer's sake; what counts is asked when the connection is known.
        match wants {
            Wants::Study(study) => drop(self.coup().hear(&ctx, study).await?),
            Wants::All | Wants::Own => drop(self.coup().attend(&ctx).await?),
        }
        self.awake().await?;
        let (frames, waiting) = mpsc::channel(QUEUE);
        let (joined, joining) = mpsc::unbounded_channel();
        let end = Arc::new(End::default());
        let sink = Arc::new(Queue { frames: frames.clone(), joined, end: end.clone() });
        // What is not begun yet stays where the client has it: one that is gone before has lost nothing.
        let at = has.clone().unwrap_or_default();
        let keeper = Keeper { live: self.clone(), wants, has, frames };
        tokio::spawn(keeper.run(ctx, sink, joining));
        Ok(EventStream { waiting, end, at, ended: false })
    }
}

/// What is heard, as it comes. Dropping it ends the connection.
#[derive(Debug)]
pub struct EventStream {
    waiting: mpsc::Receiver<Arc<Frame>>,
    end: Arc<End>,
    at: Cursor,
    ended: bool,
}

/// Why a stream ends, once it does.
#[derive(Debug, Default)]
struct End {
    state: Mutex<(Option<Cut>, Option<std::task::Waker>)>,
}

impl End {
    fn come(&self, cut: &Cut) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0.get_or_insert_with(|| cut.clone());
        if let Some(waker) = state.1.take() {
            waker.wake();
        }
    }

    fn poll(&self, context: &Context<'_>) -> Option<Cut> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 = Some(context.waker().clone());
        state.0.clone()
    }
}

/// Where a stream's frames wait.
struct Queue {
    frames: mpsc::Sender<Arc<Frame>>,
    joined: mpsc::UnboundedSender<StudyId>,
    end: Arc<End>,
}

impl Sink for Queue {
    fn send(&self, frame: &Arc<Frame>) -> Result<(), Full> {
        match self.frames.try_send(frame.clone()) {
            // Nobody streams any more; there is no room to wait for.
            Ok(()) | Err(TrySendError::Closed(_)) => Ok(()),
            Err(TrySendError::Full(_)) => Err(Full),
        }
    }

    fn cut(&self, cut: &Cut) {
        self.end.come(cut);
    }

    fn joined(&self, study: StudyId) {
        // Gone: nobody streams any more.
        let _ = self.joined.send(study);
    }
}

/// Keeps a stream's connection: opens it, catches it up beside the client's reading, takes up new studies, and closes it.
struct Keeper {
    live: Live,
    wants: Wants,
    has: Option<Cursor>,
    frames: mpsc::Sender<Arc<Frame>>,
}

impl Keeper {
    async fn run(self, ctx: Ctx, sink: Arc<Queue>, mut joined: mpsc::UnboundedReceiver<StudyId>) {
        let end = sink.end.clone();
        let own = self.has.as_ref().map_or(Since::Now, Cursor::own);
        let line = match self.live.open(ctx, sink, own).await {
            Ok(line) => line,
            Err(error) => return end.come(&Cut::because(why(&error))),
        };
        if let Err(error) = self.join(&line).await {
            self.live.cut(&line, why(&error));
        }
        loop {
            tokio::select! {
                () = self.frames.closed() => break,
                study = joined.recv(), if self.wants == Wants::All => {
                    let Some(study) = study else { break };
                    // Learned late: it was heard already when the stream opened, and nothing of it is missing.
                    if line.hears(&Scope::Study(study)) {
                        continue;
                    }
                    // Refused: the right went again before it was taken up.
                    if let Err(error) = self.live.join(&line, study, Since::Afresh).await {
                        tracing::debug!(%error, %study, "a study was not taken up by a stream");
                    }
                }
            }
        }
        self.live.close(&line);
    }

    async fn join(&self, line: &Arc<Line>) -> Result<(), Error> {
        match self.wants {
            Wants::All => self.live.join_all(line, |scope| self.since(scope)).await,
            Wants::Study(study) => self.live.join(line, study, self.since(&Scope::Study(study))).await.map(drop),
            Wants::Own => Ok(()),
        }
    }

    fn since(&self, scope: &Scope) -> Since {
        self.has.as_ref().map_or(Since::Now, |has| has.since(scope))
    }
}

/// What a client is told of an error that comes when the answer has begun.
fn why(error: &Error) -> CutCode {
    match error {
        Error::NotSignedIn => CutCode::SignedOut,
        Error::Denied(_) | Error::NotFound => CutCode::RoleChanged,
        _ => CutCode::Unavailable,
    }
}

impl EventStream {
    fn item(&mut self, frame: &Frame) -> Item {
        match frame.what {
            What::Begun(seq) => {
                self.at.set(&frame.scope, seq);
                Item::Begun(self.at.clone())
            }
            What::Event(seq, _) => {
                self.at.set(&frame.scope, seq);
                Item::Event(self.at.clone(), frame.json.clone())
            }
            What::Ephemeral(_) => Item::Ephemeral(frame.json.clone()),
            What::Resync => Item::Resync(frame.json.clone()),
        }
    }
}

impl Stream for EventStream {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        // The end first: what still waits may not be heard any more.
        if let Some(cut) = self.end.poll(context) {
            // But why they are cut, which was told before: it is their own, and waits among the rest.
            while let (CutCode::Sanctioned, Ok(frame)) = (cut.code, self.waiting.try_recv()) {
                if matches!(frame.scope, Scope::User(_)) {
                    return Poll::Ready(Some(self.item(&frame)));
                }
            }
            self.ended = true;
            self.waiting.close();
            // A code and two identifiers: this cannot fail.
            return Poll::Ready(to_raw_value(&cut).ok().map(|json| Item::Cut(json.into())));
        }
        match self.waiting.poll_recv(context) {
            Poll::Ready(Some(frame)) => Poll::Ready(Some(self.item(&frame))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}
