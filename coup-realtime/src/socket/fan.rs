//! How one frame goes to many sockets: encoded once, where the library's own `emit` encodes for each of them.

use std::{
    convert::Infallible,
    fmt,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use socketioxide::{SocketError, adapter::Emitter, socket::Sid};
use socketioxide_core::{
    Str, Value,
    adapter::{BroadcastOptions, CoreAdapter, CoreLocalAdapter, DefinedAdapter, SocketEmitter},
    packet::Packet,
};

use crate::{
    frame::{Frame, What},
    line::Full,
};

/// The library's adapter in memory, which we can reach.
pub(super) struct Fan {
    local: CoreLocalAdapter<Emitter>,
    slot: Slot,
}

/// Where the adapter of our one namespace is found.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot(Arc<OnceLock<Weak<Fan>>>);

impl Slot {
    /// The adapter, while its namespace is there.
    pub(super) fn get(&self) -> Option<Arc<Fan>> {
        self.0.get()?.upgrade()
    }
}

impl fmt::Debug for Fan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fan").finish_non_exhaustive()
    }
}

impl Fan {
    /// Sends to one socket what is encoded already.
    pub(super) fn send(&self, socket: Sid, event: Str) -> Result<(), Full> {
        let packet = Packet::event("/", Value::Str(event, None));
        match self.local.broadcast(packet, BroadcastOptions::new(socket)) {
            Err(errors) if errors.iter().any(|error| matches!(error, SocketError::InternalChannelFull)) => Err(Full),
            // A client that is gone misses nothing.
            _ => Ok(()),
        }
    }
}

/// A frame as the event of Socket.IO that it is. `None`: clients are not told of it.
pub(super) fn event(frame: &Frame) -> Option<Str> {
    let name = match frame.what {
        What::Event(..) => "event",
        What::Ephemeral(_) => "ephemeral",
        What::Resync => "resync",
        What::Begun(_) => return None,
    };
    let encode = || format!("[\"{name}\",{}]", frame.json.get()).into();
    Some(frame.packet.get_or_init(encode).clone())
}

impl CoreAdapter<Emitter> for Fan {
    type Error = Infallible;
    type State = Slot;
    type AckStream = <Emitter as SocketEmitter>::AckStream;
    type InitRes = ();

    fn new(slot: &Slot, local: CoreLocalAdapter<Emitter>) -> Self {
        Self { local, slot: slot.clone() }
    }

    fn init(self: Arc<Self>, on_success: impl FnOnce() + Send + 'static) {
        // There is one namespace, and it is made once.
        let _ = self.slot.0.set(Arc::downgrade(&self));
        on_success();
    }

    async fn broadcast_with_ack(
        &self,
        packet: Packet,
        options: BroadcastOptions,
        timeout: Option<Duration>,
    ) -> Result<Self::AckStream, Infallible> {
        Ok(self.local.broadcast_with_ack(packet, options, timeout).0)
    }

    fn get_local(&self) -> &CoreLocalAdapter<Emitter> {
        &self.local
    }
}

impl DefinedAdapter for Fan {}

#[cfg(test)]
mod tests {
    use coup_core::{changes::Scope, id::StudyId};

    use super::*;

    #[test]
    fn an_event_is_encoded_once_for_all_sockets() {
        let scope = Scope::Study(StudyId::from_uuid(uuid::Uuid::nil()));
        let frame = Frame::resync(&scope).unwrap();
        let (one, other) = (event(&frame).unwrap(), event(&frame).unwrap());
        assert_eq!(one.as_str(), format!("[\"resync\",{}]", frame.json.get()));
        assert_eq!(one.as_str().as_ptr(), other.as_str().as_ptr(), "the same bytes, not a copy");
        assert_eq!(event(&Frame::begun(&scope, 1).unwrap()), None, "clients are not told");
    }
}
