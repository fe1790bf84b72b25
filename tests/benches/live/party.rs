//! Many who hear one study, and what a server does to tell them.

use std::{rc::Rc, time::Instant};

use futures_util::{StreamExt as _, stream};

use crate::{
    socket::{Door, Socket},
    tally::Tally,
    usage,
};

/// Connections that are opened at once.
const AT_ONCE: usize = 16;
/// Each so many clients measure how long events take.
const TIMED: usize = 10;

/// Clients of one server.
pub(crate) struct Party {
    pub(crate) tally: Rc<Tally>,
    pub(crate) sockets: Vec<Socket>,
}

/// One round of messages.
#[derive(Debug, Default)]
pub(crate) struct Round {
    pub(crate) deliveries: f64,
    pub(crate) seconds: f64,
    /// Of the server, in seconds.
    pub(crate) cpu: f64,
    /// Of this program.
    pub(crate) own_cpu: f64,
    pub(crate) bytes: f64,
    /// Milliseconds.
    pub(crate) latencies: Vec<f64>,
}

impl Party {
    /// Everybody comes in, and hears the study if one is given.
    pub(crate) async fn gather(doors: &[Door], study: Option<&str>) -> Self {
        let tally = Rc::new(Tally::default());
        let come = |(n, door): (usize, &Door)| {
            let (tally, door) = (tally.clone(), door.clone());
            async move {
                let socket = Socket::open(&door, tally, n.is_multiple_of(TIMED)).await;
                if let Some(study) = study {
                    socket.join(study).await;
                }
                socket
            }
        };
        let comers: Vec<_> = doors.iter().enumerate().map(come).collect();
        let sockets = stream::iter(comers).buffered(AT_ONCE).collect().await;
        tally.is_well();
        Self { tally, sockets }
    }

    /// Everybody in turn sends to all; at most `window` messages are under way. Whoever sends hears, too.
    pub(crate) async fn round(&self, server: u32, study: &str, messages: usize, window: usize) -> Round {
        let hearers = self.sockets.len();
        round(&self.tally, &self.sockets, hearers, server, study, messages, window).await
    }
}

/// The senders take turns with messages, each of which `hearers` get.
pub(crate) async fn round(
    tally: &Tally,
    senders: &[Socket],
    hearers: usize,
    server: u32,
    study: &str,
    messages: usize,
    window: usize,
) -> Round {
    tally.begin(hearers);
    let (cpu, own_cpu) = (usage::cpu(server), usage::cpu(std::process::id()));
    let begin = Instant::now();
    for (sent, sender) in (0..messages).zip(senders.iter().cycle()) {
        tally.until_delivered((sent + 1).saturating_sub(window) * hearers).await;
        sender.send(study).await;
    }
    tally.until_delivered(messages * hearers).await;
    let seconds = begin.elapsed().as_secs_f64();
    tally.until_acknowledged(messages).await;
    let (cpu, own_cpu) = (usage::cpu(server) - cpu, usage::cpu(std::process::id()) - own_cpu);
    tally.is_well();
    assert_eq!(tally.count(), messages * hearers, "everybody gets every message once");
    Round {
        deliveries: figure(messages * hearers),
        seconds,
        cpu,
        own_cpu,
        bytes: figure(tally.bytes()),
        latencies: tally.latencies(),
    }
}

/// A count, to reckon with.
pub(crate) fn figure(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}
