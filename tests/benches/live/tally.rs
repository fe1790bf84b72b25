//! What all clients of one server have got.

use std::{
    cell::{Cell, RefCell},
    time::{Duration, Instant},
};

use tokio::{sync::Notify, time::timeout};

/// Before the number of a message, in its content.
pub(crate) const MARK: &str = "#~";
const DIGITS: usize = 6;
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(2);

/// Counts; all clients live in one thread.
#[derive(Default)]
pub(crate) struct Tally {
    delivered: Cell<usize>,
    acknowledged: Cell<usize>,
    bytes: Cell<usize>,
    /// When each message of the round was sent.
    sent: RefCell<Vec<Instant>>,
    latencies: RefCell<Vec<f64>>,
    /// What no server may do here, such as closing a connection.
    troubles: RefCell<Vec<String>>,
    /// Told whenever a multiple of this has been delivered.
    step: Cell<usize>,
    stepped: Notify,
}

impl Tally {
    /// Begins anew; whoever waits is told at each `step` deliveries.
    pub(crate) fn begin(&self, step: usize) {
        self.delivered.set(0);
        self.acknowledged.set(0);
        self.bytes.set(0);
        self.step.set(step);
        self.sent.borrow_mut().clear();
        self.latencies.borrow_mut().clear();
    }

    /// The next message is sent now; its content.
    pub(crate) fn content(&self) -> String {
        let mut sent = self.sent.borrow_mut();
        sent.push(Instant::now());
        format!("오늘 저녁 여덟 시에 3장 연습 문제를 함께 풀어요 {MARK}{:0DIGITS$}", sent.len() - 1)
    }

    /// An event came; its time counts if `is_timed`.
    pub(crate) fn delivered(&self, event: &[u8], is_timed: bool) {
        self.bytes.set(self.bytes.get() + event.len());
        self.delivered.set(self.delivered.get() + 1);
        if is_timed {
            let sent = number(event).and_then(|number| self.sent.borrow().get(number).copied());
            match sent {
                Some(sent) => self.latencies.borrow_mut().push(sent.elapsed().as_secs_f64() * 1e3),
                None => self.trouble(format!("an event of no message: {}", String::from_utf8_lossy(event))),
            }
        }
        let step = self.step.get();
        if step > 0 && self.delivered.get().is_multiple_of(step) {
            self.stepped.notify_one();
        }
    }

    /// A message was acknowledged.
    pub(crate) fn acknowledged(&self) {
        self.acknowledged.set(self.acknowledged.get() + 1);
    }

    /// Something went wrong.
    pub(crate) fn trouble(&self, words: String) {
        self.troubles.borrow_mut().push(words);
        self.stepped.notify_one();
    }

    /// Waits until so many have been delivered.
    pub(crate) async fn until_delivered(&self, count: usize) {
        while self.delivered.get() < count {
            let stepped = timeout(PATIENCE, self.stepped.notified()).await;
            self.is_well();
            assert!(stepped.is_ok(), "{} of {count} deliveries came", self.delivered.get());
        }
    }

    /// Waits until so many have been acknowledged.
    pub(crate) async fn until_acknowledged(&self, count: usize) {
        let begin = Instant::now();
        while self.acknowledged.get() < count {
            self.is_well();
            assert!(begin.elapsed() < PATIENCE, "{} of {count} acknowledgements came", self.acknowledged.get());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Nothing has gone wrong, and nothing came twice.
    pub(crate) fn is_well(&self) {
        let troubles = self.troubles.borrow();
        assert!(troubles.is_empty(), "{} troubles, first {:?}", troubles.len(), troubles.first());
    }

    pub(crate) fn count(&self) -> usize {
        self.delivered.get()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.get()
    }

    /// Milliseconds from sending to hearing, of the clients that are timed.
    pub(crate) fn latencies(&self) -> Vec<f64> {
        self.latencies.take()
    }
}

/// The number of the message that an event tells of.
pub(crate) fn number(event: &[u8]) -> Option<usize> {
    let at = find(event, MARK.as_bytes())? + MARK.len();
    std::str::from_utf8(event.get(at..at + DIGITS)?).ok()?.parse().ok()
}

/// Where a text begins in bytes.
pub(crate) fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}
