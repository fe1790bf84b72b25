//! One client: writes, notes what it was told, and sends again what it was not told of.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use coup_tests::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use crate::{chance::Chance, ledger::Sent};

/// No answer for so long, and no way to the server for so long, is a failure.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Where clients meet.
#[derive(Debug)]
pub(crate) struct Study {
    pub(crate) id: String,
    pub(crate) capacity: usize,
}

/// What all clients of a school met so far.
#[derive(Default)]
pub(crate) struct Tally {
    /// Writes that were acknowledged.
    pub(crate) acknowledged: AtomicUsize,
    /// Answers that came too late for an impatient client.
    pub(crate) abandoned: AtomicUsize,
    /// Requests whose connection broke before the answer.
    pub(crate) cut: AtomicUsize,
    /// Answers 503.
    pub(crate) unavailable: AtomicUsize,
    /// Tells of each acknowledged write.
    news: Notify,
}

/// What a client notes of one study.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    pub(crate) sent: Vec<Sent>,
    pub(crate) is_member: bool,
    pub(crate) joined: usize,
    pub(crate) left: usize,
}

/// One person's device. One act follows the other, each until it is known how it went.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) person: Person,
    /// Whether it joins and leaves.
    pub(crate) walks: bool,
    pub(crate) studies: Arc<Vec<Study>>,
    /// One for each study.
    pub(crate) notes: Vec<Notes>,
    pub(crate) chance: Chance,
    pub(crate) tally: Arc<Tally>,
    pub(crate) acts: usize,
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, abandoned, cut, unavailable, news: _ } = self;
        write!(f, "{acknowledged:?} acknowledged, {abandoned:?} abandoned, {cut:?} cut, {unavailable:?} times 503")
    }
}

impl Tally {
    /// Waits for so many more acknowledged writes.
    pub(crate) async fn grows_by(&self, writes: usize, patience: Duration) {
        let enough = self.acknowledged.load(Relaxed) + writes;
        let grown = async {
            while self.acknowledged.load(Relaxed) < enough {
                self.news.notified().await;
            }
        };
        assert!(timeout(patience, grown).await.is_ok(), "too little is written: {self:?}, not {enough}");
    }

    fn acknowledge(&self) {
        self.acknowledged.fetch_add(1, Relaxed);
        // Kept until it is heard, should nobody listen right now.
        self.news.notify_one();
    }
}

impl Client {
    /// Does something in some study.
    pub(crate) async fn act(&mut self) {
        self.acts += 1;
        let study = self.chance.among(0..self.studies.len());
        if self.walks && (!self.notes[study].is_member || self.chance.percent(25)) {
            self.walk(study).await;
        } else if self.chance.percent(15) && !self.notes[study].sent.is_empty() {
            self.edit(study).await;
        } else {
            self.send(study).await;
        }
        self.tally.acknowledge();
        sleep(self.chance.millis(0..8)).await;
    }

    async fn send(&mut self, study: usize) {
        let client_id = format!("{}-{}", self.name, self.acts);
        let content = format!("{client_id}번째 말: 내일 몇 시에 볼까요?");
        let path = format!("/my-studies/{}/messages", self.studies[study].id);
        let body = json!({ "content": content, "clientId": client_id });
        // Somebody who waits too long sends the same again, while the first may still be on its way.
        let hurry = self.chance.percent(5).then(|| self.chance.millis(0..15));
        let (answer, _) = self.insist(Method::POST, &path, Some(&body), hurry).await;
        let answer = answer.is(201);
        let seq = answer.body["seq"].as_i64().unwrap();
        let sent = Sent { id: answer.text("/id"), seq, user: self.person.id.clone(), client_id, content, edits: 0 };
        self.notes[study].sent.push(sent);
    }

    async fn edit(&mut self, study: usize) {
        let sent = self.notes[study].sent.len();
        // One of the latest: the edit must come within 15 minutes.
        let which = self.chance.among(sent.saturating_sub(20)..sent);
        let content = format!("{}번 고친 말: 도서관 앞에서 봐요", self.acts);
        let path = format!("/my-studies/{}/messages/{}", self.studies[study].id, self.notes[study].sent[which].id);
        let (answer, _) = self.insist(Method::PATCH, &path, Some(&json!({ "content": content })), None).await;
        answer.is(200);
        let sent = &mut self.notes[study].sent[which];
        sent.content = content;
        sent.edits += 1;
    }

    async fn walk(&mut self, study: usize) {
        let id = self.studies[study].id.clone();
        let verb = if self.notes[study].is_member { "leave" } else { "join" };
        let (answer, doubted) = self.insist(Method::POST, &format!("/studies/{id}/{verb}"), None, None).await;
        let notes = &mut self.notes[study];
        // In doubt, it may have happened before the answer was lost.
        let happened = match (verb, answer.status.as_u16(), answer.body["code"].as_str()) {
            ("leave", 204, _) | ("join", 201, _) => true,
            ("leave", 403, Some("forbidden")) | ("join", 409, Some("already_member")) => doubted,
            ("join", 409, Some("study_full")) => return,
            _ => false,
        };
        assert!(happened, "{} wants to {verb}: {answer:?}", self.name);
        notes.is_member = !notes.is_member;
        if notes.is_member { notes.joined += 1 } else { notes.left += 1 }
    }

    /// Asks until it is known how it went; says also whether it was in doubt meanwhile. The first time it waits no longer than `hurry`.
    async fn insist(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        mut hurry: Option<Duration>,
    ) -> (Answer, bool) {
        let begin = Instant::now();
        let mut doubted = false;
        loop {
            assert!(begin.elapsed() < PATIENCE, "{} still does not know how {method} {path} went", self.name);
            let asked = self.person.tries(method.clone(), path, body);
            match (timeout(hurry.unwrap_or(PATIENCE), asked).await, hurry.take()) {
                (Err(_), Some(_)) => {
                    doubted = true;
                    self.tally.abandoned.fetch_add(1, Relaxed);
                    continue;
                }
                (Err(_), None) => panic!("{}: no answer to {method} {path}", self.name),
                // It did not even get there.
                (Ok(Err(error)), _) if error.is_connect() => {}
                (Ok(Err(_)), _) => {
                    doubted = true;
                    self.tally.cut.fetch_add(1, Relaxed);
                }
                (Ok(Ok(answer)), _) if answer.status == 503 => {
                    assert!(answer.headers.contains_key("retry-after"), "{answer:?}");
                    doubted = true;
                    self.tally.unavailable.fetch_add(1, Relaxed);
                }
                (Ok(Ok(answer)), _) => return (answer, doubted),
            }
            sleep(self.chance.millis(5..40)).await;
        }
    }
}
