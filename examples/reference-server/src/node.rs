//! This process among those that serve the same database.

use std::sync::Arc;

use coup_core::{
    coup::Builder,
    env::{Clock as _, Ids as _, SystemClock, SystemIds},
};
use coup_realtime::redis::{RedisBus, RedisOptions};
use tokio::task::JoinHandle;

use crate::{config::Settings, failure::Failure};

/// How it tells the others what is new, if they are to be told.
pub(crate) struct Node {
    bus: Option<Arc<RedisBus>>,
}

impl Node {
    /// As the settings say. That Redis cannot be reached keeps nothing from starting.
    pub(crate) fn of(settings: &Settings) -> Result<Self, Failure> {
        let Some(redis) = &settings.redis else { return Ok(Self { bus: None }) };
        // Choosing cryptography is the program's, not a library's. Somebody who chose before keeps their choice.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let node = SystemIds::default().uuid(SystemClock.now());
        let options = RedisOptions { url: redis.url.clone(), prefix: redis.prefix.clone(), node };
        let bus = RedisBus::new(&options).map_err(|error| Failure::config(format!("redis: {error}")))?;
        Ok(Self { bus: Some(bus.into()) })
    }

    /// What is built tells the others.
    pub(crate) fn tells(&self, builder: Builder) -> Builder {
        match &self.bus {
            Some(bus) => builder.bus(bus.clone()),
            None => builder,
        }
    }

    /// Brings news out and in until it is aborted.
    pub(crate) fn run(&self) -> JoinHandle<()> {
        let bus = self.bus.clone();
        tokio::spawn(async move {
            if let Some(bus) = bus {
                bus.run(std::future::pending()).await;
            }
        })
    }
}
