//! What comes in, and of which scopes.

use std::{collections::HashSet, sync::atomic::Ordering};

use coup_core::{changes::Scope, live::bus::Bus as _};
use futures_util::StreamExt as _;
use redis::{
    RedisError,
    aio::{PubSub, PubSubSink, PubSubStream},
};
use tokio::time::{Instant, sleep, timeout};

use super::{Attempts, PATIENCE, PING, Shared, wire::Read};

/// Scopes that one command follows at most.
const AT_ONCE: usize = 1_000;

impl Shared {
    /// Hears what others tell of the scopes that are followed, for ever.
    pub(super) async fn listen(&self) {
        let mut attempts = Attempts::new((self.wire.node(), "listen"));
        let mut was_told = false;
        loop {
            let ended = match timeout(PATIENCE, self.client.get_async_pubsub()).await {
                Ok(Ok(connection)) => {
                    let ended = self.listen_to(connection, &mut attempts, &mut was_told).await;
                    self.listens.store(false, Ordering::Release);
                    ended
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => "it does not answer".to_owned(),
            };
            if !was_told {
                self.outages.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(
                    reason = ended,
                    "other nodes cannot be heard over Redis: what is new is found a second later"
                );
                was_told = true;
            }
            sleep(attempts.pause(Instant::now())).await;
        }
    }

    /// Hears until the connection is lost; answers why.
    async fn listen_to(&self, connection: PubSub, attempts: &mut Attempts, was_told: &mut bool) -> String {
        let (sink, stream) = connection.split();
        let keeps_up = self.keep_up(sink, || {
            attempts.succeeded(Instant::now());
            self.listens.store(true, Ordering::Release);
            if std::mem::take(was_told) {
                tracing::info!("other nodes are heard over Redis again");
            }
        });
        tokio::select! {
            () = self.hear(stream) => "the connection was closed".to_owned(),
            ended = keeps_up => ended,
        }
    }

    async fn hear(&self, mut stream: PubSubStream) {
        while let Some(message) = stream.next().await {
            match self.wire.read(message.get_payload_bytes()) {
                Read::News(news) => {
                    self.heard.fetch_add(1, Ordering::Relaxed);
                    self.local.tell(news);
                }
                Read::Own => {}
                Read::Strange => {
                    self.strange.fetch_add(1, Ordering::Relaxed);
                    tracing::debug!(channel = message.get_channel_name(), "what came over Redis cannot be understood");
                }
            }
        }
    }

    /// Follows on this connection what is followed here, and asks whether it lives; answers why it does not.
    async fn keep_up(&self, mut sink: PubSubSink, begun: impl FnOnce()) -> String {
        let mut following = HashSet::new();
        // A new connection follows nothing yet.
        self.follow_all_again();
        if let Err(ended) = in_time(sink.subscribe(self.wire.channel_of_all())).await {
            return ended;
        }
        if let Err(ended) = self.follow_changes(&mut sink, &mut following).await {
            return ended;
        }
        begun();
        loop {
            let asked = tokio::select! {
                () = self.changed.notified() => self.follow_changes(&mut sink, &mut following).await,
                () = sleep(PING) => in_time(sink.ping::<redis::Value>()).await.map(drop),
            };
            if let Err(ended) = asked {
                return ended;
            }
        }
    }

    fn follow_all_again(&self) {
        let mut follows = self.follows();
        follows.changed = follows.wanted.keys().cloned().collect();
    }

    async fn follow_changes(&self, sink: &mut PubSubSink, following: &mut HashSet<Scope>) -> Result<(), String> {
        let (mut come, mut gone) = (Vec::new(), Vec::new());
        {
            let mut follows = self.follows();
            for scope in std::mem::take(&mut follows.changed) {
                if follows.wanted.contains_key(&scope) {
                    if following.insert(scope.clone()) {
                        come.push(self.wire.channel(&scope));
                    }
                } else if following.remove(&scope) {
                    gone.push(self.wire.channel(&scope));
                }
            }
        }
        for channels in come.chunks(AT_ONCE) {
            in_time(sink.subscribe(channels)).await?;
        }
        for channels in gone.chunks(AT_ONCE) {
            in_time(sink.unsubscribe(channels)).await?;
        }
        Ok(())
    }
}

/// The answer, or why there is none.
async fn in_time<T>(asked: impl Future<Output = Result<T, RedisError>>) -> Result<T, String> {
    match timeout(PATIENCE, asked).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err("it does not answer".to_owned()),
    }
}
