//! A client without a transport: what its events are answered, for tests of what is behind the wire.

use std::{fmt, sync::Arc, time::Duration};

use coup_core::{changes::Scope, coup::Ctx, id::StudyId};
use coup_realtime::{
    frame::{Cut, Frame},
    line::{Full, Sink},
    live::{Live, Since},
    socket::{Bounds, Peer, Protocol as _},
};
use serde_json::Value;

use super::{Speech, Visitor, events, origin::Origins};
use crate::problem::{Language, Problem};

/// A client whose events go straight to what answers them. It hears nothing of what it is told. Dropping it ends it.
#[doc(hidden)]
pub struct Direct {
    speech: Speech,
    peer: Peer<Visitor>,
}

impl Direct {
    /// Connects.
    ///
    /// # Errors
    /// The problem whose code a client is told.
    pub async fn open(live: Live, ctx: Ctx) -> Result<Self, Value> {
        let visitor = Visitor { language: Language::Ko };
        let line = live.open(ctx, Arc::new(Deaf), Since::Now).await;
        let line = line.map_err(|error| Problem::from(error).to_json(visitor.language, None))?;
        let speech =
            Speech { live: live.clone(), origins: Origins::new(&[]), timeout: Duration::from_secs(30), wording: None };
        Ok(Self { speech, peer: Peer::new(live, line, visitor, Bounds::default().studies) })
    }

    /// The acknowledgement of an event.
    pub async fn answer(&self, event: &str, body: &Value) -> Value {
        self.speech.answer(&self.peer, event, &body.to_string()).await
    }

    /// Whether it hears a study.
    pub fn hears(&self, study: StudyId) -> bool {
        self.peer.line().hears(&Scope::Study(study))
    }

    /// The names of all events.
    pub fn events() -> impl Iterator<Item = &'static str> {
        events::EVENTS.iter().map(|(name, _)| *name)
    }
}

impl Drop for Direct {
    fn drop(&mut self) {
        self.peer.live().close(self.peer.line());
    }
}

impl fmt::Debug for Direct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Direct").field("peer", &self.peer).finish_non_exhaustive()
    }
}

struct Deaf;

impl Sink for Deaf {
    fn send(&self, _: &Arc<Frame>) -> Result<(), Full> {
        Ok(())
    }

    fn cut(&self, _: &Cut) {}
}
