//! Reads events and revocations, and tells who is connected here. News make it look at once; without any it looks by itself:
//! at heads each second, at revocations twice a second.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use coup_core::{
    changes::Scope,
    live::model::{CutCode, Revocation, Revoked},
    page::Limit,
    store::StoreError,
};
use tokio::{
    sync::{Notify, Semaphore, mpsc, watch},
    time::{Instant, MissedTickBehavior, interval, timeout},
};

use crate::{
    channel::Channel,
    frame::Frame,
    live::{Live, Node},
};

/// How often heads are read.
const HEADS: Duration = Duration::from_secs(1);
/// How often revocations are read.
const REVOCATIONS: Duration = Duration::from_millis(500);
/// How often time is looked at: sessions that end, a policy that was loaded anew.
const TIME: Duration = Duration::from_millis(300);
/// How long one look may take: a store that does not answer must not keep the relay from noticing it.
const LOOK: Duration = Duration::from_secs(2);
/// How long a cut waits for what it is for to be told.
const REASON: Duration = Duration::from_millis(200);
/// Scopes that are read at once.
const AT_ONCE: usize = 8;
/// Scopes whose heads one read asks for.
const SCOPES: usize = 1_000;

/// What the relay of a node is told to do.
pub(crate) struct Relay {
    due: mpsc::UnboundedSender<Arc<Channel>>,
    dues: Mutex<Option<mpsc::UnboundedReceiver<Arc<Channel>>>>,
    revoked: Notify,
    /// When rights could last be asked; `None` before the first time, and when they could not for too long.
    seen: watch::Sender<Option<Instant>>,
}

impl Relay {
    pub(crate) fn new() -> Self {
        let (due, dues) = mpsc::unbounded_channel();
        Self { due, dues: Mutex::new(Some(dues)), revoked: Notify::new(), seen: watch::Sender::new(None) }
    }

    /// The channel has news. Told often, it is looked at once: as many wait as there are channels at most.
    pub(crate) fn is_due(&self, channel: Arc<Channel>) {
        if channel.is_due() {
            // Whoever would read them has ended.
            let _ = self.due.send(channel);
        }
    }

    /// Rights have changed.
    pub(crate) fn look_at_revocations(&self) {
        self.revoked.notify_one();
    }

    /// Waits until rights can be asked.
    pub(crate) async fn awake(&self, most: Duration) -> Result<(), StoreError> {
        let mut seen = self.seen.subscribe();
        let awake = timeout(most, seen.wait_for(Option::is_some)).await;
        match awake {
            Ok(Ok(_)) => Ok(()),
            _ => Err(StoreError::Unavailable("revocations cannot be read, or nobody runs Live::run".into())),
        }
    }

    fn saw(&self) {
        self.seen.send_replace(Some(Instant::now()));
    }
}

impl Live {
    /// Tells those who are connected, until `end` is over; then ends all connections.
    ///
    /// A node runs it once. Without it nobody can connect.
    pub async fn run(&self, end: impl Future<Output = ()>) {
        let node = &self.0;
        let dues = node.relay.dues.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(dues) = dues else {
            tracing::error!("Live::run runs already");
            return;
        };
        tokio::select! {
            () = end => {}
            () = node.watch_revocations() => {}
            () = node.watch_heads() => {}
            () = node.watch_time() => {}
            () = node.clone().bring_up_to_date(dues) => {}
        }
        node.relay.seen.send_replace(None);
        node.cut_all(CutCode::Unavailable);
    }
}

impl Node {
    /// Reads what was revoked, and applies it.
    async fn watch_revocations(self: &Arc<Self>) {
        let mut tick = interval(REVOCATIONS);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut begun = false;
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = self.relay.revoked.notified() => {}
            }
            let looked =
                if begun { timeout(LOOK, self.read_revocations()).await } else { timeout(LOOK, self.begin()).await };
            match looked {
                Ok(Ok(())) => {
                    begun = true;
                    self.relay.saw();
                }
                Ok(Err(error)) => tracing::warn!(%error, "revocations cannot be read"),
                Err(_) => tracing::warn!("revocations cannot be read in time"),
            }
        }
    }

    /// Begins with what is new from now on. Settings are read after the place is: what changes them later is found behind it.
    async fn begin(&self) -> Result<(), StoreError> {
        let head = self.coup.revocation_head().await?;
        self.coup.load_settings().await?;
        self.begin_at(head);
        Ok(())
    }

    async fn read_revocations(self: &Arc<Self>) -> Result<(), StoreError> {
        loop {
            let rows = self.coup.revocations_after(self.applied(), Limit::MAX).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                if row.revoked == Revoked::Site {
                    self.coup.load_settings().await?;
                }
                self.tell_why(&row).await;
                self.apply(&row);
            }
        }
    }

    /// Who is sanctioned hears of it, and why, before they are cut; where that takes too long, they are cut without.
    async fn tell_why(self: &Arc<Self>, revocation: &Revocation) {
        if let (Revoked::User(user), CutCode::Sanctioned) = (&revocation.revoked, revocation.code)
            && let Some(channel) = self.channel_of(&Scope::User(user.clone()))
            && !matches!(timeout(REASON, self.tell(&channel)).await, Ok(Ok(())))
        {
            tracing::warn!("somebody is cut before they were told why");
        }
    }

    /// Reads how far the scopes are that somebody here hears.
    async fn watch_heads(self: &Arc<Self>) {
        let mut tick = interval(HEADS);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.forget_silent();
            let scopes: Vec<_> = self.all_channels().iter().map(|channel| channel.scope.clone()).collect();
            for scopes in scopes.chunks(SCOPES) {
                match timeout(LOOK, self.coup.heads(scopes)).await {
                    Ok(Ok(heads)) => {
                        for (scope, head) in heads {
                            if let Some(channel) = self.channel_of(&scope)
                                && channel.told().is_some_and(|told| told < head)
                            {
                                self.relay.is_due(channel);
                            }
                        }
                    }
                    Ok(Err(error)) => tracing::warn!(%error, "heads cannot be read"),
                    Err(_) => tracing::warn!("heads cannot be read in time"),
                }
            }
        }
    }

    /// Ends what must not go on: sessions at their end, and everything when rights cannot be asked for too long.
    async fn watch_time(self: &Arc<Self>) {
        let mut tick = interval(TIME);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut policies = [self.coup.policy().current(), self.coup.policy().current()];
        loop {
            tick.tick().await;
            let policy = self.coup.policy().current();
            // Twice: what was allowed by the old one may have begun to hear only now.
            if policies.iter().any(|old| !old.is_same(&policy)) {
                self.cut_all(CutCode::RoleChanged);
            }
            policies.rotate_left(1);
            if let Some(last) = policies.last_mut() {
                *last = policy;
            }
            self.cut_expired(self.coup.now());
            self.presence.tick(self);
            let blind = self.relay.seen.borrow().is_some_and(|seen| seen.elapsed() > self.limits.blind);
            if blind {
                tracing::error!("rights cannot be asked: all connections end");
                self.relay.seen.send_replace(None);
                self.cut_all(CutCode::Unavailable);
            }
        }
    }

    /// Reads the channels that have news, some at once.
    async fn bring_up_to_date(self: Arc<Self>, mut dues: mpsc::UnboundedReceiver<Arc<Channel>>) {
        let room = Arc::new(Semaphore::new(AT_ONCE));
        let mut telling = tokio::task::JoinSet::new();
        while let Some(channel) = dues.recv().await {
            while telling.try_join_next().is_some() {}
            let Ok(permit) = room.clone().acquire_owned().await else { return };
            let node = self.clone();
            telling.spawn(async move {
                channel.begins_telling();
                if let Err(error) = node.tell(&channel).await {
                    // The next look at the heads finds it behind, still.
                    tracing::warn!(%error, "events cannot be read");
                }
                drop(permit);
            });
        }
    }

    /// Tells all that is new in a channel, in order.
    async fn tell(self: &Arc<Self>, channel: &Arc<Channel>) -> Result<(), StoreError> {
        let _one = channel.telling.lock().await;
        while let Some(told) = channel.told() {
            let events = self.coup.events_after(&channel.scope, told, Limit::MAX).await?;
            let Some(first) = events.first() else { return Ok(()) };
            if first.seq != told + 1 {
                // Pruned before it was told: whoever hears it reads afresh.
                if let Some(frame) = Frame::resync(&channel.scope) {
                    self.fell_behind(channel, channel.tell(&frame));
                }
            }
            for event in events {
                match Frame::event(&channel.scope, &event) {
                    Some(frame) => self.fell_behind(channel, channel.tell(&frame)),
                    None => channel.skip_to(event.seq),
                }
            }
        }
        Ok(())
    }
}
