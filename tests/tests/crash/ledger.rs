//! What clients were told, held against what there is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A message whose sender was told that it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) seq: i64,
    pub(crate) user: String,
    pub(crate) client_id: String,
    /// What it says since the last edit that was acknowledged.
    pub(crate) content: String,
    /// The edits that were acknowledged.
    pub(crate) edits: usize,
}

/// What is expected of a study once nothing is in doubt.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    /// Of each client, in the order of sending.
    pub(crate) sent: Vec<Vec<Sent>>,
    pub(crate) members: BTreeSet<String>,
    /// How often somebody came in.
    pub(crate) joined: usize,
    /// How often somebody went.
    pub(crate) left: usize,
    pub(crate) capacity: usize,
}

/// What is found of a study.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// As members read them, oldest first.
    pub(crate) messages: Vec<Message>,
    pub(crate) members: Vec<String>,
    pub(crate) member_count: usize,
    /// As they stand in the tables; absent where those cannot be looked into.
    pub(crate) told: Option<Told>,
}

/// A message as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) seq: i64,
    pub(crate) user: String,
    pub(crate) client_id: String,
    pub(crate) content: String,
}

/// A study's events and its head.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    pub(crate) events: Vec<Event>,
    pub(crate) last_event: i64,
    pub(crate) last_message: i64,
}

/// An event; of a message, which, and the place it tells.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) seq: i64,
    pub(crate) kind: String,
    pub(crate) message: Option<(String, i64)>,
}

impl Ledger {
    /// All that is not as it was acknowledged, in words.
    pub(crate) fn faults(&self, found: &Found) -> Vec<String> {
        let mut faults = Vec::new();
        faults.extend(without_gaps("message", found.messages.iter().map(|message| message.seq)));
        self.messages(&found.messages, &mut faults);
        self.people(found, &mut faults);
        if let Some(told) = &found.told {
            self.events(told, &found.messages, &mut faults);
        }
        faults
    }

    fn messages(&self, found: &[Message], faults: &mut Vec<String>) {
        let mut names = HashSet::new();
        for Message { user, client_id, seq, .. } in found {
            if !names.insert((user, client_id)) {
                faults.push(format!("doubled: {client_id}, again at {seq}"));
            }
        }
        let mut by_id: HashMap<&str, &Message> = found.iter().map(|message| (message.id.as_str(), message)).collect();
        for client in &self.sent {
            let mut last = 0;
            for sent in client {
                if sent.seq <= last {
                    faults.push(format!("out of order: {} at {}, after {last}", sent.client_id, sent.seq));
                }
                last = sent.seq;
                let Some(message) = by_id.remove(sent.id.as_str()) else {
                    faults.push(format!("lost: {} at {}", sent.client_id, sent.seq));
                    continue;
                };
                let expected = Message {
                    id: sent.id.clone(),
                    seq: sent.seq,
                    user: sent.user.clone(),
                    client_id: sent.client_id.clone(),
                    content: sent.content.clone(),
                };
                if *message != expected {
                    faults.push(format!("changed: {message:?}, acknowledged as {expected:?}"));
                }
            }
        }
        faults.extend(by_id.into_values().map(|message| format!("from nowhere: {message:?}")));
    }

    fn people(&self, found: &Found, faults: &mut Vec<String>) {
        let members: BTreeSet<String> = found.members.iter().cloned().collect();
        if members != self.members || members.len() != found.members.len() {
            faults.push(format!("members are {:?}, acknowledged {:?}", found.members, self.members));
        }
        if found.member_count != found.members.len() {
            faults.push(format!("memberCount {} of {} members", found.member_count, found.members.len()));
        }
        if found.members.len() > self.capacity {
            faults.push(format!("{} members on {} seats", found.members.len(), self.capacity));
        }
    }

    fn events(&self, told: &Told, messages: &[Message], faults: &mut Vec<String>) {
        faults.extend(without_gaps("event", told.events.iter().map(|event| event.seq)));
        let last = (told.events.last().map_or(0, |event| event.seq), messages.last().map_or(0, |message| message.seq));
        if (told.last_event, told.last_message) != last {
            faults.push(format!("the head is at {:?}, the rows at {last:?}", (told.last_event, told.last_message)));
        }
        let of = |kind: &'static str| told.events.iter().filter(move |event| event.kind == kind);
        let created: Vec<_> = of("message.created").map(|event| event.message.clone()).collect();
        let expected: Vec<_> = messages.iter().map(|message| Some((message.id.clone(), message.seq))).collect();
        if created != expected {
            let at = created.iter().zip(&expected).position(|(one, other)| one != other);
            faults.push(format!(
                "{} message.created of {} messages, first apart at {at:?}",
                created.len(),
                expected.len()
            ));
        }
        let mut edits: BTreeMap<&str, usize> = BTreeMap::new();
        for (id, _) in of("message.edited").filter_map(|event| event.message.as_ref()) {
            *edits.entry(id).or_default() += 1;
        }
        for sent in self.sent.iter().flatten() {
            let told = edits.get(sent.id.as_str()).copied().unwrap_or_default();
            if told != sent.edits {
                faults.push(format!("{} edits of {} told, {} acknowledged", told, sent.client_id, sent.edits));
            }
        }
        for (kind, expected) in [("member.joined", self.joined), ("member.left", self.left)] {
            let told = of(kind).count();
            if told != expected {
                faults.push(format!("{told} {kind}, acknowledged {expected}"));
            }
        }
    }
}

/// Places count from 1.
fn without_gaps(what: &str, places: impl Iterator<Item = i64>) -> Option<String> {
    let (place, found) = (1..).zip(places).find(|(place, found)| place != found)?;
    Some(format!("{what} {found} where {place} must be"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(client_id: &str, seq: i64) -> Sent {
        let text = |prefix: &str| format!("{prefix}{client_id}");
        Sent {
            id: text("id of "),
            seq,
            user: "kim".to_owned(),
            client_id: client_id.to_owned(),
            content: text("says "),
            edits: 0,
        }
    }

    /// Two clients sent 1, 3 and 2; the third message was edited; one joined and left.
    fn as_acknowledged() -> (Ledger, Found) {
        let mut edited = sent("b-1", 2);
        edited.edits = 1;
        let ledger = Ledger {
            sent: vec![vec![sent("a-1", 1), sent("a-2", 3)], vec![edited]],
            members: ["kim".to_owned()].into(),
            joined: 1,
            left: 1,
            capacity: 1,
        };
        let messages: Vec<_> = [sent("a-1", 1), sent("b-1", 2), sent("a-2", 3)]
            .into_iter()
            .map(|Sent { id, seq, user, client_id, content, .. }| Message { id, seq, user, client_id, content })
            .collect();
        let of = |at: usize| Some((messages[at].id.clone(), messages[at].seq));
        let events = [
            ("member.joined", None),
            ("message.created", of(0)),
            ("message.created", of(1)),
            ("message.edited", of(1)),
            ("message.created", of(2)),
            ("member.left", None),
        ];
        let events = (1..).zip(events);
        let events = events.map(|(seq, (kind, message))| Event { seq, kind: kind.to_owned(), message }).collect();
        let told = Some(Told { events, last_event: 6, last_message: 3 });
        (ledger, Found { messages, members: vec!["kim".to_owned()], member_count: 1, told })
    }

    #[track_caller]
    fn finds(word: &str, change: impl FnOnce(&mut Ledger, &mut Found)) {
        let (mut ledger, mut found) = as_acknowledged();
        change(&mut ledger, &mut found);
        let faults = ledger.faults(&found);
        assert!(faults.iter().any(|fault| fault.contains(word)), "{word}: {faults:?}");
    }

    #[test]
    fn nothing_is_found_where_all_is_as_acknowledged() {
        let (ledger, found) = as_acknowledged();
        assert_eq!(ledger.faults(&found), Vec::<String>::new());
    }

    #[test]
    fn whatever_is_not_as_acknowledged_is_found() {
        finds("lost: a-2", |_, found| drop(found.messages.pop()));
        finds("message 2 where 1 must be", |_, found| drop(found.messages.remove(0)));
        finds("doubled: b-1", |_, found| found.messages.push(Message { seq: 4, ..found.messages[1].clone() }));
        finds("changed", |_, found| found.messages[1].content.push('!'));
        finds("changed", |_, found| found.messages[0].user = "lee".to_owned());
        finds("message 3 where 1 must be", |_, found| found.messages.swap(0, 2));
        finds("changed", |ledger, _| ledger.sent[0][0].seq = 2);
        finds("out of order: a-1", |ledger, _| ledger.sent[0].swap(0, 1));
        finds("from nowhere", |ledger, _| drop(ledger.sent[1].pop()));
        finds("members are", |_, found| found.members.push("lee".to_owned()));
        finds("memberCount 2", |_, found| found.member_count = 2);
        finds("1 members on 0 seats", |ledger, _| ledger.capacity = 0);
        finds("0 member.left", |_, found| drop(told(found).events.pop()));
        finds("2 message.created of 3", |_, found| drop(told(found).events.remove(1)));
        finds("first apart at Some(0)", |_, found| told(found).events.swap(1, 2));
        finds("event 7 where 6", |_, found| told(found).events[5].seq = 7);
        finds("0 edits of b-1", |_, found| drop(told(found).events.remove(3)));
        finds("the head", |_, found| told(found).last_message = 4);
    }

    fn told(found: &mut Found) -> &mut Told {
        found.told.as_mut().unwrap()
    }
}
