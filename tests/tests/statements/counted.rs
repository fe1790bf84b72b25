//! Every statement that this process sends to a database, as the driver tells it.

use std::{
    fmt,
    sync::{Mutex, Once, PoisonError},
};

use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, filter::Targets, layer::Context, layer::SubscriberExt as _};

static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());
static LISTENING: Once = Once::new();
/// Tests of one process take turns: the driver does not tell for whom it sends.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The turn of one test to count.
pub(crate) struct Counting {
    _turn: tokio::sync::MutexGuard<'static, ()>,
}

impl Counting {
    pub(crate) async fn begin() -> Self {
        let turn = TURN.lock().await;
        LISTENING.call_once(|| {
            let filter = Targets::new().with_target("sqlx::query", Level::DEBUG);
            let listening = tracing_subscriber::registry().with(Listener.with_filter(filter));
            tracing::subscriber::set_global_default(listening).unwrap();
        });
        Self { _turn: turn }
    }

    /// What is sent while `work` runs.
    pub(crate) async fn during<T>(&self, work: impl Future<Output = T>) -> (T, Vec<String>) {
        sent().clear();
        let done = work.await;
        let mut statements = std::mem::take(&mut *sent());
        // A connection more, which serves many requests after this one.
        statements.retain(|statement| !statement.starts_with("PRAGMA"));
        (done, statements)
    }
}

fn sent() -> std::sync::MutexGuard<'static, Vec<String>> {
    SENT.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Listener;

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text::default();
        event.record(&mut text);
        sent().push(if text.statement.is_empty() { text.summary } else { text.statement });
    }
}

/// The driver's words: the whole statement, unless its first words are all of it.
#[derive(Default)]
struct Text {
    summary: String,
    statement: String,
}

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.trim().clone_into(&mut self.statement),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
