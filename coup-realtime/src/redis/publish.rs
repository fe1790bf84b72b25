//! What goes out.

use std::sync::atomic::Ordering;

use coup_core::live::bus::News;
use redis::{AsyncConnectionConfig, RedisError, aio::MultiplexedConnection};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout},
};

use super::{Attempts, PATIENCE, PING, Shared};

/// News that one round trip takes at most.
const AT_ONCE: usize = 512;

impl Shared {
    /// Publishes what is queued, for ever.
    pub(super) async fn publish(&self, mut queued: mpsc::Receiver<News>) {
        let mut attempts = Attempts::new((self.wire.node(), "publish"));
        let mut was_told = false;
        loop {
            let connected = timeout(PATIENCE, self.connection_to_publish()).await;
            let ended = match connected {
                Ok(Ok(connection)) => {
                    attempts.succeeded(Instant::now());
                    self.publishes.store(true, Ordering::Release);
                    if was_told {
                        tracing::info!(
                            dropped = self.dropped.load(Ordering::Relaxed),
                            "Redis is back: other nodes are told at once again"
                        );
                        was_told = false;
                    }
                    self.publish_over(connection, &mut queued).await
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => "it does not answer".to_owned(),
            };
            self.publishes.store(false, Ordering::Release);
            if !was_told {
                self.outages.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(
                    reason = ended,
                    "Redis is away: other nodes find what is new by themselves, a second later"
                );
                was_told = true;
            }
            // What waits is old by the time it could be told.
            while queued.try_recv().is_ok() {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
            sleep(attempts.pause(Instant::now())).await;
        }
    }

    async fn connection_to_publish(&self) -> Result<MultiplexedConnection, RedisError> {
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
        self.client.get_multiplexed_async_connection_with_config(&config).await
    }

    /// Publishes until the connection is lost; answers why.
    async fn publish_over(&self, mut connection: MultiplexedConnection, queued: &mut mpsc::Receiver<News>) -> String {
        let mut batch = Vec::with_capacity(AT_ONCE);
        loop {
            let mut pipe = redis::pipe();
            if timeout(PING, queued.recv_many(&mut batch, AT_ONCE)).await.is_err() {
                pipe.cmd("PING").ignore();
            }
            for news in &batch {
                if let Some(bytes) = self.wire.write(news) {
                    pipe.cmd("PUBLISH").arg(self.wire.channel_for(news)).arg(bytes).ignore();
                }
            }
            let told = u64::try_from(batch.len()).unwrap_or_default();
            batch.clear();
            if let Err(error) = pipe.query_async::<()>(&mut connection).await {
                self.dropped.fetch_add(told, Ordering::Relaxed);
                return error.to_string();
            }
            self.published.fetch_add(told, Ordering::Relaxed);
        }
    }
}
