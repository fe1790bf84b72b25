//! Somebody who listens, and notes what they are told; they come back with what they have when a connection ends.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use coup_tests::Person;
use serde_json::Value;
use tokio::{task::JoinHandle, time::sleep};

use crate::{
    stream::{Stream, Told},
    talker::Talker,
};

const PAUSE: Duration = Duration::from_millis(50);

/// An event that came.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) study: String,
    pub(crate) seq: i64,
    pub(crate) kind: String,
    /// Of what was created.
    pub(crate) id: String,
    /// Over which node.
    pub(crate) node: usize,
    pub(crate) at: Instant,
    /// Whether it came on a connection that was just being caught up.
    pub(crate) is_late: bool,
}

/// What somebody noted.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) heard: Vec<Heard>,
    pub(crate) cuts: Vec<(String, Instant)>,
    pub(crate) resyncs: usize,
    pub(crate) connections: usize,
    /// Scopes that began to be heard.
    pub(crate) begun: usize,
    /// With what status the latest attempt was refused.
    pub(crate) refused: Option<u16>,
}

/// Listens until it is dropped.
pub(crate) struct Listener {
    pub(crate) name: String,
    notes: Arc<Mutex<Notes>>,
    task: JoinHandle<()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Listener {
    /// Listens over the first of these nodes, and over the next when one is gone. Answers once it is connected.
    pub(crate) async fn start(name: &str, at: Vec<(usize, Person)>, comes_back: bool) -> Self {
        let notes = Arc::new(Mutex::new(Notes::default()));
        let task = tokio::spawn(listen(at, notes.clone(), comes_back));
        Self { name: name.to_owned(), notes, task }.connected().await
    }

    /// The same over a socket.
    pub(crate) async fn over(talker: &Arc<Talker>, name: &str, comes_back: bool) -> Self {
        let notes = Arc::new(Mutex::new(Notes::default()));
        let task = tokio::spawn(talker.clone().listen(notes.clone(), comes_back));
        Self { name: name.to_owned(), notes, task }.connected().await
    }

    async fn connected(self) -> Self {
        let begin = Instant::now();
        while self.notes().connections == 0 {
            let (name, refused) = (&self.name, self.notes().refused);
            assert!(begin.elapsed() < Duration::from_secs(20), "{name} cannot listen: {refused:?}");
            sleep(PAUSE).await;
        }
        self
    }

    pub(crate) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap()
    }

    /// How many messages of a study came.
    pub(crate) fn created(&self, study: &str) -> Vec<Heard> {
        let notes = self.notes();
        let created = notes.heard.iter().filter(|heard| heard.study == study && heard.kind == "message.created");
        created.cloned().collect()
    }

    /// Waits for the first cut.
    pub(crate) async fn until_cut(&self, most: Duration) -> (String, Instant) {
        let begin = Instant::now();
        loop {
            if let Some(cut) = self.notes().cuts.first() {
                return cut.clone();
            }
            assert!(begin.elapsed() < most, "{} is not cut off after {most:?}", self.name);
            sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn listen(at: Vec<(usize, Person)>, notes: Arc<Mutex<Notes>>, comes_back: bool) {
    let mut last: Option<String> = None;
    let mut which = 0;
    for turn in 0.. {
        if turn > 0 {
            sleep(PAUSE).await;
        }
        // Where it was before, as long as that is there.
        let order = (0..at.len()).cycle().skip(which).take(at.len()).map(|place| (place, &at[place]));
        let mut opened = None;
        for (place, (node, person)) in order {
            match Stream::open(person, last.as_deref()).await {
                Ok(Ok(stream)) => {
                    which = place;
                    opened = Some((*node, stream));
                    break;
                }
                Ok(Err(status)) => {
                    notes.lock().unwrap().refused = Some(status.as_u16());
                    break;
                }
                Err(_) => {}
            }
        }
        let Some((node, mut stream)) = opened else { continue };
        notes.lock().unwrap().connections += 1;
        let began = Instant::now();
        while let Some(told) = stream.next().await {
            note(&mut notes.lock().unwrap(), told, &mut last, node, began, turn > 0);
        }
        if !comes_back {
            return;
        }
    }
}

fn note(notes: &mut Notes, told: Told, last: &mut Option<String>, node: usize, began: Instant, again: bool) {
    let at = Instant::now();
    let Told { event, id, data } = told;
    match event.as_str() {
        "cut" => notes.cut(&data, at),
        "resync" => notes.resyncs += 1,
        _ => {
            notes.begun += usize::from(data.is_null());
            notes.event(&data, Event { node, at, began, again });
        }
    }
    if let Some(id) = id {
        *last = Some(id);
    }
}

/// How an event came.
pub(crate) struct Event {
    pub(crate) node: usize,
    pub(crate) at: Instant,
    /// When the connection began.
    pub(crate) began: Instant,
    /// Whether there was one before.
    pub(crate) again: bool,
}

impl Notes {
    pub(crate) fn cut(&mut self, data: &Value, at: Instant) {
        self.cuts.push((text(data, "/code"), at));
    }

    /// Notes what is durable.
    pub(crate) fn event(&mut self, data: &Value, Event { node, at, began, again }: Event) {
        let Some(seq) = data.get("seq").and_then(Value::as_i64) else { return };
        self.heard.push(Heard {
            study: text(data, "/scope/study"),
            seq,
            kind: text(data, "/type"),
            id: text(data, "/data/id"),
            node,
            at,
            is_late: again && at - began < Duration::from_millis(500),
        });
    }
}

fn text(data: &Value, pointer: &str) -> String {
    data.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}
