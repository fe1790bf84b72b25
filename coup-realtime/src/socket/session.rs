//! What is known of an engine.io session, from its first request on, and how it ends for good.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

/// How long a client has to take what was said last, before its connection is closed.
const GRACE: Duration = Duration::from_secs(2);

/// One engine.io session. The library's own session holds it, by the parts of the request that opened it; it is gone with it.
#[derive(Debug, Default)]
pub(super) struct Session {
    over: CancellationToken,
    /// Where it is known, and by what.
    known: OnceLock<(Weak<Sessions>, String)>,
}

impl Session {
    /// Cancelled when its connections are to be closed.
    pub(super) fn over(&self) -> &CancellationToken {
        &self.over
    }

    /// Closes its connections, at once.
    pub(super) fn end(&self) {
        self.over.cancel();
    }

    /// Closes its connections once the client had time to close them.
    pub(super) fn end_soon(self: &Arc<Self>) {
        let over = self.over.clone();
        tokio::spawn(async move {
            tokio::time::sleep(GRACE).await;
            over.cancel();
        });
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some((sessions, id)) = self.known.get()
            && let Some(sessions) = sessions.upgrade()
        {
            sessions.by_id.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        }
    }
}

/// Sessions that were opened by polling; those of a WebSocket from the beginning take no further request.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    by_id: Mutex<HashMap<String, Weak<Session>>>,
}

impl Sessions {
    /// Knows a session by its identifier from now on.
    pub(super) fn keep(self: &Arc<Self>, id: String, session: &Arc<Session>) {
        if session.known.set((Arc::downgrade(self), id.clone())).is_ok() {
            self.by_id.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::downgrade(session));
        }
    }

    /// The session, unless it is over.
    pub(super) fn get(&self, id: &str) -> Option<Arc<Session>> {
        let session = self.by_id.lock().unwrap_or_else(PoisonError::into_inner).get(id).and_then(Weak::upgrade);
        session.filter(|session| !session.over.is_cancelled())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_known_until_it_is_over_and_forgotten_when_it_is_gone() {
        let sessions = Arc::new(Sessions::default());
        let session = Arc::new(Session::default());
        sessions.keep("a".into(), &session);
        assert!(sessions.get("a").is_some() && sessions.get("b").is_none());
        session.end();
        assert!(sessions.get("a").is_none());
        drop(session);
        assert!(sessions.by_id.lock().unwrap().is_empty());
    }
}
