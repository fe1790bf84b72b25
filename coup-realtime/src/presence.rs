//! Who is there: over all of a person's devices, and over all nodes.
//!
//! Each node says who is connected to it; what others say of themselves is believed for a while. Changes are told in pieces, so
//! that a school that comes in at once is not told of each pupil to each pupil.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
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
    pub(crate) fn came(&self, node: &Node, channel: &Channel, line: &Arc<Line>) {
        let Scope::Study(_) = channel.scope else { return };
        let mut rooms = self.rooms();
        let is_first = !rooms.contains_key(&channel.scope);
        let room = rooms.entry(channel.scope.clone()).or_default();
        room.here.insert(line.attendee.user.clone(), None);
        let here = room.present();
        drop(rooms);
        let snapshot = presence(&channel.scope, &json!({ "here": here }));
        if let Some(frame) = Frame::ephemeral(&snapshot) {
            // Without room it is told by the changes that follow.
            let _ = line.send(&frame);
        }
        if is_first {
            node.coup.bus().tell(News::WhoIsPresent(channel.scope.clone()));
        }
    }

    /// A connection that fell behind hears the study again: its person was there all the time.
    pub(crate) fn stayed(&self, channel: &Channel, user: &UserId) {
        if let Some(room) = self.rooms().get_mut(&channel.scope) {
            room.here.insert(user.clone(), None);
        }
    }

    /// A connection hears a study no more.
    pub(crate) fn went(&self, channel: &Channel) {
        let people = channel.people();
        if let Some(room) = self.rooms().get_mut(&channel.scope) {
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
                let online: Vec<_> = present.difference(&room.told).cloned().collect();
                let offline: Vec<_> = room.told.difference(&present).cloned().collect();
                // Who came alone knows it already, by what they were told as they came.
                let own = if let ([one], []) = (&*online, &*offline) { Some(one.clone()) } else { None };
                changes.push((presence(scope, &json!({ "online": online, "offline": offline })), own));
                room.told = present;
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
