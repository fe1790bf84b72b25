//! Putting a [`Coup`] together: what a host gives, and what stands in where it gives nothing.

use std::{collections::BTreeMap, sync::Arc};

use super::{Coup, Settings};
use crate::{
    env::{Clock, Ids, SystemClock, SystemIds},
    file::{EraseFile, port::Blobs},
    hooks::{Listener, Veto},
    identity::port::IdentityProvider,
    job::worker::{Teller, Worker},
    live::bus::{Bus, LocalBus},
    mail::{model::Mailer, worker::SendMail},
    moderation::escalation::Escalate,
    policy::{Policy, PolicyHandle},
    sanction::expiry::EndSanction,
    settings::handle::SettingsHandle,
    store::Store,
    user::{directory::UserDirectory, passwords::Passwords, trace::Forget},
};

/// Puts a [`Coup`] together.
pub struct Builder(Coup);

impl Builder {
    /// Another clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.0.clock = clock;
        self
    }

    /// Another source of identifiers and secrets.
    #[must_use]
    pub fn ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.0.ids = ids;
        self
    }

    /// Another policy than the built-in one.
    #[must_use]
    pub fn policy(mut self, policy: Arc<PolicyHandle>) -> Self {
        self.0.policy = policy;
        self
    }

    /// Password hashing, for CoUp's own accounts. Without it nobody signs up or in.
    #[must_use]
    pub fn passwords(mut self, passwords: Arc<dyn Passwords>) -> Self {
        self.0.passwords = Some(passwords);
        self
    }

    /// Lets people sign in with a provider. Takes the place of another one of the same
    /// [`Provider`](crate::identity::model::Provider).
    #[must_use]
    pub fn identity_provider(mut self, provider: Arc<dyn IdentityProvider>) -> Self {
        self.0.providers.insert(provider.provider(), provider);
        self
    }

    /// The host's users: those whom CoUp has not met yet are asked of it.
    #[must_use]
    pub fn directory(mut self, directory: Arc<dyn UserDirectory>) -> Self {
        self.0.directory = Some(directory);
        self
    }

    /// Sends letters. Every node of a deployment has one, or none has: without it letters are left aside, and what people are
    /// told in the app remains. With it addresses are verified, unless
    /// [`require_email_verification`](Settings::require_email_verification) says otherwise.
    #[must_use]
    pub fn mailer(mut self, mailer: Arc<dyn Mailer>) -> Self {
        self.0.has_mailer = true;
        self.worker(Arc::new(SendMail::new(Some(mailer))))
    }

    /// Where the content of files is kept. Every node of a deployment sees the same. Without it nothing can be uploaded.
    #[must_use]
    pub fn blobs(mut self, blobs: Arc<dyn Blobs>) -> Self {
        self.0.blobs = Some(blobs.clone());
        self.worker(Arc::new(EraseFile(blobs)))
    }

    /// Brings news to other nodes. Without it they find out by themselves, within a second.
    #[must_use]
    pub fn bus(mut self, bus: Arc<dyn Bus>) -> Self {
        self.0.bus = bus;
        self
    }

    /// Asks the host before every write.
    #[must_use]
    pub fn veto(mut self, veto: Arc<dyn Veto>) -> Self {
        self.0.vetoes.push(veto);
        self
    }

    /// Tells the host of events. Every node of a deployment has the same listeners. Takes the place of one of the same name.
    #[must_use]
    pub fn listener(mut self, listener: Arc<dyn Listener>) -> Self {
        self.0.listeners.retain(|other| other.name() != listener.name());
        self.0.listeners.push(listener.clone());
        self.worker(Arc::new(Teller::new(listener)))
    }

    /// Does the jobs of a kind. Takes the place of another for the same kind; CoUp's own have a dot in their names
    /// (`mail.send`). Jobs of a kind that no node has a worker for wait.
    #[must_use]
    pub fn worker(mut self, worker: Arc<dyn Worker>) -> Self {
        self.0.workers.insert(worker.kind().to_owned(), worker);
        self
    }

    /// Other settings to begin with; what administrators change takes the place of them.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.0.settings = Arc::new(SettingsHandle::new(settings));
        self
    }

    /// Done.
    pub fn build(mut self) -> Coup {
        let said = self.0.settings.defaults();
        if said.require_email_verification.is_none() {
            let settings = Settings { require_email_verification: Some(self.0.has_mailer), ..said.clone() };
            self.0.settings = Arc::new(SettingsHandle::new(settings));
        }
        self.0
    }
}

impl Coup {
    /// Begins with a store and the defaults: the system's clock and randomness, the built-in policy.
    pub fn builder(store: Arc<dyn Store>) -> Builder {
        Builder(Self {
            store,
            policy: Arc::new(PolicyHandle::new(Policy::built_in())),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds::default()),
            passwords: None,
            directory: None,
            blobs: None,
            providers: BTreeMap::new(),
            bus: Arc::new(LocalBus::new()),
            settings: Arc::new(SettingsHandle::new(Settings::default())),
            vetoes: Vec::new(),
            listeners: Vec::new(),
            workers: BTreeMap::new(),
            sweep_at: Arc::default(),
            seen: Arc::default(),
            has_mailer: false,
        })
        .worker(Arc::new(EndSanction))
        .worker(Arc::new(Escalate))
        .worker(Arc::new(Forget))
        .worker(Arc::new(SendMail::new(None)))
    }
}
