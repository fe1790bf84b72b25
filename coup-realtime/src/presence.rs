//! Who is there: over all of a person's devices, and over all nodes.
//!
//! Each node says who is connected to it; what others say of themselves is believed for a while. Changes are told in pieces, so
//! that a school that comes in at once is not told of each pupil to each pupil.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use coup_core::{
    changes::Scope,
    id::UserId,
    live::{
        bus::News,
        model::{Ephemeral, EphemeralKind},
    },
};
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use crate::{channel::Channel, frame::Frame, line::Line, live::Node};

/// Whoever comes back within this time was never away: a page that is loaded anew, a train in a tunnel.
const GRACE: Duration = Duration::from_secs(3);
/// How often a node repeats who is there.
const REPEAT: Duration = Duration::from_secs(15);
/// How long others are believed.
const BELIEVED: Duration = Duration::from_secs(40);
/// People that are named at once: a connection keeps room for the longest that it was ever sent.
const PIECE: usize = 50;
/// The pause between the pieces of who is there, in which the one before can leave.
const PAUSE: Duration = Duration::from_millis(20);

/// Who is present in the studies that this node follows.
pub(crate) struct Presence {
    /// This process among the nodes.
    node: String,
    rooms: Mutex<HashMap<Scope, Attendance>>,
}

/// Who is present in one study.
#[derive(Default)]
struct Attendance {
    /// Who is connected here; who went is here still, with the time when they did.
    here: BTreeMap<UserId, Option<Instant>>,
    /// What other nodes said, and when.
    there: HashMap<String, (BTreeSet<UserId>, Instant)>,
    /// What those who are connected here were told.
    told: BTreeSet<UserId>,
    /// What the other nodes were told, and when.
    said: Option<(BTreeSet<UserId>, Instant)>,
}

impl Attendance {
    fn present(&self) -> BTreeSet<UserId> {
        self.there.values().flat_map(|(people, _)| people).chain(self.here.keys()).cloned().collect()
    }

    /// Somebody's connection hears the study, unless it has ended by now: who went before they were noted is not here for ever.
    fn note(&mut self, channel: &Channel, user: &UserId) {
        if channel.is_heard_by(user) {
            self.here.insert(user.clone(), None);
        }
    }

    /// The first of those who are present, in order, after somebody.
    fn after(&self, user: Option<UserId>, most: usize) -> Vec<UserId> {
        let range = (user.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
        let here = self.here.range(range.clone()).map(|(user, _)| user).take(most);
        let there = self.there.values().flat_map(|(people, _)| people.range(range.clone()).take(most));
        let people: BTreeSet<&UserId> = here.chain(there).collect();
        people.into_iter().take(most).cloned().collect()
    }
}

impl Presence {
    /// Of a process that is known by this among the nodes.
    pub(crate) fn new(node: Uuid) -> Self {
        Self { node: node.to_string(), rooms: Mutex::default() }
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<Scope, Attendance>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection hears a study: it is told who is there; the others are told with the next tick.
    pub(crate) fn came(&self, node: &Arc<Node>, channel: &Arc<Channel>, line: &Arc<Line>) {
        let Scope::Study(_) = channel.scope else { return };
        let is_first = {
            let mut rooms = self.rooms();
            let is_first = !rooms.contains_key(&channel.scope);
            rooms.entry(channel.scope.clone()).or_default().note(channel, &line.attendee.user);
            is_first
        };
        let told = self.tell_piece(&channel.scope, line, None);
        if let Some(mut last) = told {
            let (node, channel, line) = (node.clone(), channel.clone(), line.clone());
            tokio::spawn(async move {
                while line.hears(&channel.scope) {
                    tokio::time::sleep(PAUSE).await;
                    match node.presence.tell_piece(&channel.scope, &line, Some(last)) {
                        Some(next) => last = next,
                        None => return,
                    }
                }
            });
        }
        if is_first {
            node.coup.bus().tell(News::WhoIsPresent(channel.scope.clone()));
        }
    }

    /// Tells a connection who is there, after somebody; answers the last who was named, if there are more.
    fn tell_piece(&self, scope: &Scope, line: &Line, after: Option<UserId>) -> Option<UserId> {
        // Held while sending: what changes is told after this, or is in it.
        let rooms = self.rooms();
        let is_begin = after.is_none();
        let mut people = rooms.get(scope)?.after(after, PIECE + 1);
        let more = people.len() > PIECE;
        people.truncate(PIECE);
        let last = people.last().cloned();
        // The first names who is there, further ones who is there besides.
        let data = if is_begin { json!({ "here": people }) } else { json!({ "online": people, "offline": [] }) };
        if let Some(frame) = Frame::ephemeral(&presence(scope, &data)) {
            // Without room it is told by the changes that follow.
            let _ = line.send(&frame);
        }
        if more { last } else { None }
    }

    /// A connection that fell behind hears the study again: its person was there all the time.
    pub(crate) fn stayed(&self, channel: &Channel, user: &UserId) {
        if let Some(room) = self.rooms().get_mut(&channel.scope) {
            room.note(channel, user);
        }
    }

    /// A connection hears a study no more.
    pub(crate) fn went(&self, channel: &Channel) {
        if let Some(room) = self.rooms().get_mut(&channel.scope) {
            let people = channel.people();
            for (_, went) in room.here.iter_mut().filter(|(user, _)| !people.contains_key(*user)) {
                went.get_or_insert_with(Instant::now);
            }
        }
    }

    /// Another node says who is connected to it.
    pub(crate) fn heard(&self, node: &str, scope: &Scope, people: &[UserId]) {
        if node == self.node {
            return;
        }
        if let Some(room) = self.rooms().get_mut(scope) {
            room.there.insert(node.to_owned(), (people.iter().cloned().collect(), Instant::now()));
        }
    }

    /// Another node asks: the next tick says.
    pub(crate) fn asked(&self, scope: &Scope) {
        if let Some(room) = self.rooms().get_mut(scope) {
            room.said = None;
        }
    }

    /// Nobody here hears the study.
    pub(crate) fn forget(&self, scope: &Scope) {
        self.rooms().remove(scope);
    }

    /// Tells what has changed since the last time.
    pub(crate) fn tick(&self, node: &Node) {
        let now = Instant::now();
        let (mut changes, mut news) = (Vec::new(), Vec::new());
        for (scope, room) in &mut *self.rooms() {
            room.here.retain(|_, went| went.is_none_or(|went| now - went < GRACE));
            room.there.retain(|_, (_, at)| now - *at < BELIEVED);
            let present = room.present();
            if present != room.told {
                // Of a school that comes at once, more are told with the next tick.
                let online: Vec<_> = present.difference(&room.told).take(PIECE).cloned().collect();
                let offline: Vec<_> = room.told.difference(&present).take(PIECE).cloned().collect();
                // Who came alone knows it already, by what they were told as they came.
                let own = if let ([one], []) = (&*online, &*offline) { Some(one.clone()) } else { None };
                changes.push((presence(scope, &json!({ "online": online, "offline": offline })), own));
                room.told.extend(online);
                room.told.retain(|user| !offline.contains(user));
            }
            let is_old =
                |(people, at): &(BTreeSet<UserId>, Instant)| now - *at > REPEAT || !people.iter().eq(room.here.keys());
            if room.said.as_ref().is_none_or(is_old) {
                let people: BTreeSet<UserId> = room.here.keys().cloned().collect();
                news.push(News::Present {
                    node: self.node.clone(),
                    scope: scope.clone(),
                    people: people.iter().cloned().collect(),
                });
                room.said = Some((people, now));
            }
        }
        for (change, own) in changes {
            if let (Some(channel), Some(frame)) = (node.channel_of(&change.scope), Frame::ephemeral(&change)) {
                channel.whisper(&frame, change.kind, own.as_ref());
            }
        }
        for news in news {
            node.coup.bus().tell(news);
        }
    }
}

fn presence(scope: &Scope, data: &serde_json::Value) -> Ephemeral {
    Ephemeral { scope: scope.clone(), kind: EphemeralKind::Presence, from: None, data: data.clone() }
}
