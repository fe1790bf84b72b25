//! People with their devices in three studies, at work until they are asked to rest.

use std::{
    collections::BTreeSet,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use coup_tests::{Person, Server};
use futures_util::future::join_all;
use serde_json::json;
use tokio::{task::JoinHandle, time::sleep};

use crate::{
    chance::Chance,
    client::{Client, Notes, PATIENCE, Study, Tally},
    ledger::Ledger,
    record::{Rows, found},
};

/// They are members of all studies, and write with two devices each. Each of the first three founds a study.
const SETTLED: [&str; 4] = ["김민준", "이서연", "최하은", "Liam O'Brien"];
/// They come and go.
const WALKERS: [&str; 4] = ["윤지우", "정도윤", "한시우", "Emma Clarke"];
/// Room for everybody, for all but two, and for one more than the settled ones.
const CAPACITIES: [usize; 3] = [20, 6, 5];

/// Signs everybody up, once for all schools on a server: hashing passwords takes its time.
pub(crate) async fn people(server: &Server) -> Vec<Person> {
    join_all(SETTLED.iter().chain(&WALKERS).map(|name| Person::new(server, name))).await
}

/// Three studies and all clients, at rest: nothing is in doubt.
#[derive(Debug)]
pub(crate) struct School {
    pub(crate) people: Vec<Person>,
    pub(crate) studies: Arc<Vec<Study>>,
    pub(crate) tally: Arc<Tally>,
    clients: Vec<Client>,
}

/// The same, writing.
#[derive(Debug)]
pub(crate) struct AtWork {
    pub(crate) people: Vec<Person>,
    pub(crate) studies: Arc<Vec<Study>>,
    pub(crate) tally: Arc<Tally>,
    tasks: Vec<JoinHandle<Client>>,
    over: Arc<AtomicBool>,
}

impl School {
    /// Founds the studies; the settled ones join. `term` tells its messages from another school's.
    pub(crate) async fn founded(people: &[Person], term: usize, chance: &mut Chance) -> Self {
        let settled = &people[..SETTLED.len()];
        let mut studies = Vec::new();
        for (founder, capacity) in people.iter().zip(CAPACITIES) {
            let id = founder.founds("죽었다 살아나는 반", json!({ "maxMembers": capacity })).await;
            for person in settled.iter().filter(|person| person.id != founder.id) {
                person.post(&format!("/studies/{id}/join"), json!({})).await.is(201);
            }
            studies.push(Study { id, capacity });
        }
        let (studies, tally) = (Arc::new(studies), Arc::new(Tally::default()));
        let devices = people.iter().enumerate().flat_map(|(number, person)| {
            let walks = number >= SETTLED.len();
            let devices = if walks { 1 } else { 2 };
            (0..devices).map(move |device| (format!("{term}-{number}-{device}"), person, walks))
        });
        let clients = devices.map(|(name, person, walks)| Client {
            name,
            person: person.clone(),
            walks,
            studies: studies.clone(),
            notes: vec![Notes { is_member: !walks, ..Notes::default() }; studies.len()],
            chance: chance.fork(),
            tally: tally.clone(),
            acts: 0,
        });
        let clients = clients.collect();
        Self { people: people.to_owned(), studies, tally, clients }
    }

    /// Everybody writes from now on.
    pub(crate) fn at_work(self) -> AtWork {
        let over = Arc::new(AtomicBool::new(false));
        let tasks = self.clients.into_iter().map(|mut client| {
            let over = over.clone();
            tokio::spawn(async move {
                while !over.load(Relaxed) {
                    client.act().await;
                }
                client
            })
        });
        let tasks = tasks.collect();
        AtWork { people: self.people, studies: self.studies, tally: self.tally, tasks, over }
    }

    /// Reads everything and holds it against what was acknowledged.
    pub(crate) async fn check(&self, rows: Option<&Rows>) {
        for (number, study) in self.studies.iter().enumerate() {
            let found = found(&self.people[0], study, rows).await;
            let faults = self.ledger(number).faults(&found);
            let first = faults.iter().take(10).cloned().collect::<Vec<_>>().join("\n  ");
            assert!(faults.is_empty(), "study {number}: {} faults among {:?}:\n  {first}", faults.len(), self.tally);
        }
        if let Some(rows) = rows {
            rows.are_sound().await;
        }
    }

    fn ledger(&self, study: usize) -> Ledger {
        let notes = || self.clients.iter().map(|client| (&client.person.id, &client.notes[study]));
        let members = notes().filter(|(_, notes)| notes.is_member).map(|(id, _)| id.clone());
        Ledger {
            sent: notes().map(|(_, notes)| notes.sent.clone()).collect(),
            members: members.collect::<BTreeSet<_>>(),
            // At the beginning, all of the settled ones but the founder.
            joined: SETTLED.len() - 1 + notes().map(|(_, notes)| notes.joined).sum::<usize>(),
            left: notes().map(|(_, notes)| notes.left).sum(),
            capacity: self.studies[study].capacity,
        }
    }
}

impl AtWork {
    /// A random moment, counted in acknowledged writes, so that on every machine enough goes on before it.
    pub(crate) async fn goes_on(&self, writes: Range<usize>, chance: &mut Chance) {
        self.tally.grows_by(chance.among(writes), PATIENCE).await;
        // Else at once: what was answered too early is not done yet.
        if chance.percent(50) {
            sleep(chance.millis(0..15)).await;
        }
    }

    /// Everybody finishes what they are about: what is in doubt is sent again until it is not.
    pub(crate) async fn rest(self) -> School {
        self.over.store(true, Relaxed);
        let mut clients = Vec::new();
        for task in self.tasks {
            match task.await {
                Ok(client) => clients.push(client),
                Err(failed) => std::panic::resume_unwind(failed.into_panic()),
            }
        }
        School { people: self.people, studies: self.studies, tally: self.tally, clients }
    }
}
