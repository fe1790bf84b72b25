//! Who is connected to this node, and what they hear.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use coup_core::{
    changes::Scope,
    coup::{Coup, Ctx},
    env::Timestamp,
    error::Error,
    id::{StudyId, UserId},
    live::{
        bus::{self, News},
        model::{CutCode, Hearing, Revocation, Revoked},
    },
    page::Limit,
    store::StoreError,
};
use tokio::time::Instant;

use crate::{
    channel::{Channel, Ear},
    frame::{Cut, Frame, What},
    line::{Full, Line, Sink},
    presence::Presence,
    relay::Relay,
    typing::Typing,
};

/// Bounds of what is live on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections of one person; a further one takes the place of the oldest.
    pub connections_per_person: usize,
    /// Events that a connection that comes back is told at once; who missed more reads afresh.
    pub replay: usize,
    /// How long a connection that comes back may take to take them.
    pub replay_time: Duration,
    /// How long the store may not answer before all connections end: nobody is told what they might not hear any more.
    pub blind: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_per_person: 20,
            replay: 2_000,
            replay_time: Duration::from_secs(8),
            blind: Duration::from_secs(5),
        }
    }
}

/// Revocations that a connection which is just opening may have missed; more come in no opening.
const RECENT: usize = 10_000;

/// From where a connection hears a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// What comes from now on.
    Now,
    /// What comes after this place, at once if it has come already.
    After(i64),
    /// What comes from now on; the client is told to read afresh what was before.
    Afresh,
}

impl From<Option<i64>> for Since {
    fn from(since: Option<i64>) -> Self {
        since.map_or(Self::Now, Self::After)
    }
}

/// What is live on this node. Cheap to clone. It listens to the [`Coup`]'s bus; [`Live::run`] must run as long as it is used.
#[derive(Clone)]
pub struct Live(pub(crate) Arc<Node>);

/// The inside of a [`Live`].
pub(crate) struct Node {
    pub(crate) coup: Coup,
    pub(crate) limits: Limits,
    lines: Mutex<Lines>,
    channels: Mutex<HashMap<Scope, Arc<Channel>>>,
    next_line: AtomicU64,
    pub(crate) relay: Relay,
    pub(crate) presence: Presence,
    typing: Typing,
}

/// A scope's channel, and where the scope was at some time after somebody's right to hear it was asked.
struct Begun {
    channel: Arc<Channel>,
    head: i64,
}

#[derive(Default)]
struct Lines {
    by_id: HashMap<u64, Arc<Line>>,
    /// Each person's, the oldest first.
    by_user: HashMap<UserId, Vec<Arc<Line>>>,
    /// What was revoked lately: a connection that was being opened meanwhile is held against it.
    recent: VecDeque<Revocation>,
    /// The newest revocation's place that was applied here.
    applied: i64,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("limits", &self.0.limits).finish_non_exhaustive()
    }
}

impl Live {
    /// Listens to the bus of `coup`.
    pub fn new(coup: Coup, limits: Limits) -> Self {
        let bus = coup.bus().clone();
        let node = Arc::new(Node {
            limits,
            lines: Mutex::default(),
            channels: Mutex::default(),
            next_line: AtomicU64::new(1),
            relay: Relay::new(),
            presence: Presence::new(coup.fresh_id()),
            typing: Typing::default(),
            coup,
        });
        let weak: Weak<Node> = Arc::downgrade(&node);
        bus.attach(weak);
        Self(node)
    }

    /// What it is live of.
    pub fn coup(&self) -> &Coup {
        &self.0.coup
    }

    /// Opens a connection. It hears its person's own scope, from `since` on; further ones by [`join`](Self::join).
    ///
    /// # Errors
    /// 401 and 403 as for a request; [`StoreError::Unavailable`] while rights cannot be asked.
    pub async fn open(&self, ctx: Ctx, sink: Arc<dyn Sink>, since: Since) -> Result<Arc<Line>, Error> {
        let node = &self.0;
        node.relay.awake(node.limits.blind).await?;
        // What is revoked from here on is applied to the connection, whenever it comes to be known.
        let before = node.lines().applied;
        let (attendee, own) = node.coup.attend(&ctx).await?;
        let line = Arc::new(Line::new(node.next_line.fetch_add(1, Ordering::Relaxed), attendee, ctx, sink));
        node.admit(&line, before)?;
        let mut opening = Opening { node, line: &line, stays: false };
        node.follow_now(&line, own, since).await?;
        opening.stays = true;
        drop(opening);
        Ok(line)
    }

    /// The connection hears a study from now on, and what came after `since` at once. Answers the place up to which it has it.
    ///
    /// # Errors
    /// 404 and 403 as for a request.
    pub async fn join(&self, line: &Arc<Line>, study: StudyId, since: Since) -> Result<i64, Error> {
        let scope = Scope::Study(study);
        if line.hears(&scope) {
            self.leave(line, study);
        }
        // Known before rights are asked: a revocation that comes in between finds it.
        if line.begin(&scope).is_none() {
            return Err(Error::NotSignedIn);
        }
        let joined = match self.0.coup.hear(&line.ctx, study).await {
            Ok(hearing) => self.0.follow_now(line, hearing, since).await,
            Err(error) => Err(error),
        };
        if joined.is_err() {
            line.forget(&scope);
        }
        joined
    }

    /// The connection hears all its person's studies from now on, each from the place that `since` says.
    pub async fn join_all(&self, line: &Arc<Line>, since: impl Fn(&Scope) -> Since) -> Result<(), Error> {
        let node = &self.0;
        // Known before rights are asked for good: a revocation that comes in between finds them.
        let (_, hearings) = node.coup.hear_all(&line.ctx).await?;
        for hearing in &hearings {
            line.begin(&hearing.scope);
        }
        let (_, still) = node.coup.hear_all(&line.ctx).await?;
        for hearing in hearings.iter().filter(|hearing| !still.contains(hearing)) {
            line.forget(&hearing.scope);
        }
        let own = Scope::User(line.attendee.user.clone());
        let studies = still.into_iter().filter(|hearing| hearing.scope != own && hearings.contains(hearing));
        let studies: Vec<Hearing> = studies.collect();
        for (hearing, begun) in node.channels_of(studies).await? {
            let since = since(&hearing.scope);
            node.follow(line, hearing, since, begun).await?;
        }
        Ok(())
    }

    /// The connection hears a study no more.
    pub fn leave(&self, line: &Arc<Line>, study: StudyId) {
        let scope = Scope::Study(study);
        if line.forget(&scope) {
            self.0.dismiss(line, &scope);
        }
    }

    /// Waits until rights can be asked.
    pub(crate) async fn awake(&self) -> Result<(), Error> {
        Ok(self.0.relay.awake(self.0.limits.blind).await?)
    }

    /// Ends a connection and says why.
    pub fn cut(&self, line: &Arc<Line>, code: CutCode) {
        self.0.cut(line, &Cut::because(code));
    }

    /// The transport has ended.
    pub fn close(&self, line: &Arc<Line>) {
        self.0.hang_up(line);
    }

    /// Tells a study's members that the caller writes, or has stopped: at most once a second.
    pub async fn typing(&self, ctx: &Ctx, study: StudyId, on: bool) -> Result<(), Error> {
        let ephemeral = self.0.coup.typing(ctx, study, on).await?;
        if ephemeral.from.as_ref().is_some_and(|user| self.0.typing.passes(study, user)) {
            self.0.coup.bus().tell(News::Ephemeral(ephemeral));
        }
        Ok(())
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.0.lines().by_id.len()
    }
}

/// A connection that is being opened: nobody closes it but this, should its client go meanwhile.
struct Opening<'a> {
    node: &'a Arc<Node>,
    line: &'a Arc<Line>,
    stays: bool,
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        if !self.stays {
            self.node.hang_up(self.line);
        }
    }
}

impl Node {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a connection in that was allowed at a time when revocations were applied up to `before`.
    fn admit(self: &Arc<Self>, line: &Arc<Line>, before: i64) -> Result<(), Error> {
        let mut lines = self.lines();
        // What was applied since is in the answer already if it was committed before the question, and if not, it counts.
        let is_open = !self.coup.settings().maintenance;
        let meanwhile = lines.recent.iter().rev().take_while(|row| row.seq > before);
        let meanwhile = meanwhile.filter(|row| row.revoked != Revoked::Site || !is_open);
        if meanwhile.into_iter().any(|row| concerns(&row.revoked, line) && row.code != CutCode::Joined) {
            return Err(Error::NotSignedIn);
        }
        lines.by_id.insert(line.id, line.clone());
        let own = lines.by_user.entry(line.attendee.user.clone()).or_default();
        own.push(line.clone());
        let oldest = (own.len() > self.limits.connections_per_person).then(|| own.first().cloned()).flatten();
        drop(lines);
        if let Some(oldest) = oldest {
            self.cut(&oldest, &Cut::because(CutCode::Replaced));
        }
        Ok(())
    }

    /// Catches the connection up from wherever the scope is now, then lets it hear.
    async fn follow_now(self: &Arc<Self>, line: &Arc<Line>, hearing: Hearing, since: Since) -> Result<i64, Error> {
        let channel = self.channel(&hearing.scope);
        let head = self.head(&hearing.scope).await?;
        channel.begin(head);
        self.follow(line, hearing, since, Begun { channel, head }).await
    }

    /// The channels of many scopes, all begun; their heads are asked for at once, however many they are.
    async fn channels_of(&self, hearings: Vec<Hearing>) -> Result<Vec<(Hearing, Begun)>, StoreError> {
        // First, so that the news of what comes after the heads find them.
        let channels: Vec<_> = hearings.iter().map(|hearing| self.channel(&hearing.scope)).collect();
        let scopes: Vec<_> = hearings.iter().map(|hearing| hearing.scope.clone()).collect();
        let heads: HashMap<Scope, i64> = self.coup.heads(&scopes).await?.into_iter().collect();
        let begun = hearings.into_iter().zip(channels).map(|(hearing, channel)| {
            let head = heads.get(&hearing.scope).copied().unwrap_or_default();
            channel.begin(head);
            (hearing, Begun { channel, head })
        });
        Ok(begun.collect())
    }

    /// Catches the connection up, then lets it hear.
    async fn follow(
        self: &Arc<Self>,
        line: &Arc<Line>,
        Hearing { scope, kinds }: Hearing,
        since: Since,
        Begun { channel, head }: Begun,
    ) -> Result<i64, Error> {
        let time = line.begin(&scope).ok_or(Error::NotSignedIn)?;
        let has = match since {
            Since::After(since @ 0..) if since <= head => self.begun(line, &scope, since).await?,
            Since::Now => self.begun(line, &scope, head).await?,
            // Of another history than ours, such as before a restored backup.
            Since::After(_) | Since::Afresh => self.afresh(line, &scope, head).await?,
        };
        let has = self.catch_up(&channel, time, Ear { line: line.clone(), kinds, has }).await?;
        self.presence.came(self, &channel, line);
        Ok(has)
    }

    /// Tells the connection what it lacks, from the rows, until it has all that the others have; then lets it hear. Answers
    /// the place up to which it has it.
    async fn catch_up(self: &Arc<Self>, channel: &Channel, time: u64, ear: Ear) -> Result<i64, Error> {
        let Ear { line, kinds, mut has } = ear;
        let scope = &channel.scope;
        let mut told = 0;
        while !channel.admit(&line, kinds, has) {
            if !line.is_in(time, scope) {
                return Err(Error::NotSignedIn);
            }
            let events = self.coup.events_after(scope, has, Limit::MAX).await?;
            let is_whole = events.first().is_some_and(|event| event.seq == has + 1);
            if !is_whole || told > self.limits.replay {
                // Pruned, or too much: whatever was between is read afresh.
                let head = self.head(scope).await?.max(channel.told().unwrap_or_default());
                has = self.afresh(&line, scope, head).await?;
                continue;
            }
            told += events.len();
            for event in events {
                has = event.seq;
                let Some(frame) = Frame::event(scope, &event) else { continue };
                let What::Event(_, kind) = frame.what else { continue };
                if kinds.contains(kind) && self.coup.may_be_told(&line.ctx, kind, &event.data).await? {
                    self.hand(&line, &frame).await?;
                }
            }
        }
        if !line.is_in(time, scope) {
            channel.dismiss(&line);
            return Err(Error::NotSignedIn);
        }
        Ok(has)
    }

    /// Connections that had no room for what all were told: they get it from the rows, as they make room. Who makes none in
    /// time is ended; nobody waits for it meanwhile.
    pub(crate) fn fell_behind(self: &Arc<Self>, channel: &Arc<Channel>, behind: Vec<Ear>) {
        for ear in behind {
            let Some(time) = ear.line.begin(&channel.scope) else { continue };
            let (node, channel, line) = (self.clone(), channel.clone(), ear.line.clone());
            tokio::spawn(async move {
                match node.catch_up(&channel, time, ear).await {
                    Ok(_) => node.presence.stayed(&channel, &line.attendee.user),
                    Err(Error::NotSignedIn) => {}
                    Err(error) => {
                        tracing::warn!(%error, "a connection that fell behind cannot be told what it lacks");
                        node.cut(&line, &Cut::because(CutCode::Unavailable));
                    }
                }
            });
        }
    }

    /// Tells the connection to read afresh; answers the place from where it goes on.
    async fn afresh(self: &Arc<Self>, line: &Arc<Line>, scope: &Scope, head: i64) -> Result<i64, Error> {
        if let Some(frame) = Frame::resync(scope) {
            self.hand(line, &frame).await?;
        }
        self.begun(line, scope, head).await
    }

    /// Tells the transport from where the connection goes on.
    async fn begun(self: &Arc<Self>, line: &Arc<Line>, scope: &Scope, has: i64) -> Result<i64, Error> {
        if let Some(frame) = Frame::begun(scope, has) {
            self.hand(line, &frame).await?;
        }
        Ok(has)
    }

    /// Sends to a connection that catches up: waits for room, but not for ever.
    async fn hand(self: &Arc<Self>, line: &Arc<Line>, frame: &Arc<Frame>) -> Result<(), Error> {
        let end = Instant::now() + self.limits.replay_time;
        while line.send(frame) == Err(Full) {
            if Instant::now() > end {
                self.cut(line, &Cut::because(CutCode::TooSlow));
                return Err(Error::NotSignedIn);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    async fn head(&self, scope: &Scope) -> Result<i64, StoreError> {
        let heads = self.coup.heads(std::slice::from_ref(scope)).await?;
        Ok(heads.first().map_or(0, |(_, head)| *head))
    }

    fn channels(&self) -> MutexGuard<'_, HashMap<Scope, Arc<Channel>>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The channel of a scope; the bus brings its news from now on.
    fn channel(&self, scope: &Scope) -> Arc<Channel> {
        let mut channels = self.channels();
        if let Some(channel) = channels.get(scope) {
            return channel.clone();
        }
        let channel = Arc::new(Channel::new(scope.clone()));
        channels.insert(scope.clone(), channel.clone());
        drop(channels);
        self.coup.bus().follow(scope);
        channel
    }

    /// The channel of a scope that somebody here hears.
    pub(crate) fn channel_of(&self, scope: &Scope) -> Option<Arc<Channel>> {
        self.channels().get(scope).cloned()
    }

    /// All channels.
    pub(crate) fn all_channels(&self) -> Vec<Arc<Channel>> {
        self.channels().values().cloned().collect()
    }

    /// Takes channels away that nobody hears.
    pub(crate) fn forget_silent(&self) {
        let mut silent = Vec::new();
        self.channels().retain(|scope, channel| {
            // Whoever is about to be admitted holds it.
            let stays = !channel.is_empty() || Arc::strong_count(channel) > 1;
            if !stays {
                silent.push(scope.clone());
            }
            stays
        });
        for scope in silent {
            self.coup.bus().unfollow(&scope);
            self.presence.forget(&scope);
        }
    }

    fn dismiss(self: &Arc<Self>, line: &Arc<Line>, scope: &Scope) {
        if let Some(channel) = self.channel_of(scope) {
            channel.dismiss(line);
            self.presence.went(&channel);
        }
    }

    /// Ends a connection and says why.
    pub(crate) fn cut(self: &Arc<Self>, line: &Arc<Line>, cut: &Cut) {
        if let Some(heard) = line.end(cut) {
            self.gone(line, heard);
        }
    }

    fn hang_up(self: &Arc<Self>, line: &Arc<Line>) {
        if let Some(heard) = line.hung_up() {
            self.gone(line, heard);
        }
    }

    fn gone(self: &Arc<Self>, line: &Arc<Line>, heard: impl IntoIterator<Item = Scope>) {
        let mut lines = self.lines();
        lines.by_id.remove(&line.id);
        if let Some(own) = lines.by_user.get_mut(&line.attendee.user) {
            own.retain(|other| other.id != line.id);
            if own.is_empty() {
                lines.by_user.remove(&line.attendee.user);
            }
        }
        drop(lines);
        for scope in heard {
            self.dismiss(line, &scope);
        }
    }

    /// Ends all connections.
    pub(crate) fn cut_all(self: &Arc<Self>, code: CutCode) {
        let all: Vec<_> = self.lines().by_id.values().cloned().collect();
        for line in all {
            self.cut(&line, &Cut::because(code));
        }
    }

    /// Ends connections whose session has come to its end.
    pub(crate) fn cut_expired(self: &Arc<Self>, now: Timestamp) {
        let over = |line: &&Arc<Line>| line.attendee.expires_at.is_some_and(|end| end <= now);
        let over: Vec<_> = self.lines().by_id.values().filter(over).cloned().collect();
        for line in over {
            self.cut(&line, &Cut::because(CutCode::SessionExpired));
        }
    }

    /// Up to which place revocations were applied.
    pub(crate) fn applied(&self) -> i64 {
        self.lines().applied
    }

    /// Begins at this place: what is before it concerns nobody here.
    pub(crate) fn begin_at(&self, seq: i64) {
        self.lines().applied = seq;
    }

    /// Ends whatever a revocation ends.
    pub(crate) fn apply(self: &Arc<Self>, revocation: &Revocation) {
        let is_open = !self.coup.settings().maintenance;
        let (study, user) = match &revocation.revoked {
            Revoked::User(user) => (None, Some(user)),
            Revoked::Member(study, user) => (Some(*study), Some(user)),
            Revoked::Study(study) => (Some(*study), None),
            Revoked::Session(_) | Revoked::Site => (None, None),
        };
        let mut lines = self.lines();
        let near: Vec<_> = match user {
            Some(user) => lines.by_user.get(user).cloned().unwrap_or_default(),
            // Settings that let everybody in end nothing.
            None if revocation.revoked == Revoked::Site && is_open => Vec::new(),
            None => lines.by_id.values().filter(|line| concerns(&revocation.revoked, line)).cloned().collect(),
        };
        lines.applied = revocation.seq;
        lines.recent.push_back(revocation.clone());
        if lines.recent.len() > RECENT {
            lines.recent.pop_front();
        }
        drop(lines);
        let cut = Cut { code: revocation.code, study, until: revocation.until };
        for line in near {
            if concerns(&revocation.revoked, &line) {
                if revocation.code != CutCode::Joined {
                    self.cut(&line, &cut);
                }
            } else if let (Some(study), CutCode::Joined | CutCode::RoleChanged) = (study, revocation.code) {
                line.joined(study);
            }
        }
    }
}

/// Whether a change of rights is about this connection. Of a study only one that hears it, or is about to.
fn concerns(revoked: &Revoked, line: &Line) -> bool {
    match revoked {
        Revoked::User(user) => line.attendee.user == *user,
        Revoked::Session(session) => line.attendee.session == Some(*session),
        Revoked::Member(study, user) => line.attendee.user == *user && line.hears(&Scope::Study(*study)),
        Revoked::Study(study) => line.hears(&Scope::Study(*study)),
        Revoked::Site => !line.attendee.administers,
    }
}

impl bus::Ear for Node {
    fn hear(&self, news: &News) {
        match news {
            News::Head(scope, _) => {
                if let Some(channel) = self.channel_of(scope) {
                    self.relay.is_due(channel);
                }
            }
            News::Revoked(_) => self.relay.look_at_revocations(),
            News::Ephemeral(ephemeral) => {
                if let (Some(channel), Some(frame)) = (self.channel_of(&ephemeral.scope), Frame::ephemeral(ephemeral)) {
                    channel.whisper(&frame, ephemeral.kind, ephemeral.from.as_ref());
                }
            }
            News::Present { node, scope, people } => self.presence.heard(node, scope, people),
            News::WhoIsPresent(scope) => self.presence.asked(scope),
        }
    }
}
