//! What there is of a study: as a member reads it, and as it stands in the tables.

use std::path::PathBuf;

use coup_tests::Person;
use serde_json::Value;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions,
};

use crate::{
    client::Study,
    ledger::{Event, Found, Message, Told},
};

/// The tables themselves.
#[derive(Debug)]
pub(crate) enum Rows {
    Sqlite(PathBuf),
    Postgres(String),
}

/// Reads a study, as somebody who is a member of it.
pub(crate) async fn found(reader: &Person, study: &Study, rows: Option<&Rows>) -> Found {
    let messages = pages(reader, &format!("/my-studies/{}/messages?after=0", study.id)).await;
    let members = pages(reader, &format!("/studies/{}/members?status=ACTIVE", study.id)).await;
    let shown = reader.get(&format!("/studies/{}", study.id)).await.is(200);
    assert_eq!(shown.body["maxMembers"], study.capacity);
    Found {
        messages: messages.iter().map(message).collect(),
        members: members.iter().map(|member| text(member, "userId")).collect(),
        member_count: usize::try_from(shown.body["memberCount"].as_u64().unwrap()).unwrap(),
        told: match rows {
            Some(rows) => Some(rows.told(&study.id).await),
            None => None,
        },
    }
}

/// All items of a list.
async fn pages(reader: &Person, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = reader.get(&format!("{path}&limit=100{cursor}")).await.is(200);
        items.extend_from_slice(page.list());
        match page.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}")).to_owned()
}

fn message(value: &Value) -> Message {
    Message {
        id: text(value, "id"),
        seq: value["seq"].as_i64().unwrap(),
        user: text(value, "userId"),
        client_id: text(value, "clientId"),
        content: text(value, "content"),
    }
}

impl Rows {
    /// A study's events and head.
    async fn told(&self, study: &str) -> Told {
        let (events, heads) = match self {
            Self::Sqlite(_) => {
                let study = study.replace('-', "");
                (
                    format!("select seq, kind, data from study_events where study_id = x'{study}' order by seq"),
                    format!("select event_seq, message_seq from study_heads where study_id = x'{study}'"),
                )
            }
            Self::Postgres(_) => (
                format!("select seq, kind, data from coup.study_events where study_id = '{study}' order by seq"),
                format!("select event_seq, message_seq from coup.study_heads where study_id = '{study}'"),
            ),
        };
        let (events, heads) = (AssertSqlSafe(events), AssertSqlSafe(heads));
        // One after the other: at rest nothing comes between.
        let (events, (last_event, last_message)) = match self {
            Self::Sqlite(_) => {
                let mut file = self.file().await;
                let events = sqlx::query_as(events).fetch_all(&mut file).await.unwrap();
                (events, sqlx::query_as::<_, (i64, i64)>(heads).fetch_one(&mut file).await.unwrap())
            }
            Self::Postgres(url) => {
                let mut server = PgConnection::connect(url).await.unwrap();
                let events = sqlx::query_as(events).fetch_all(&mut server).await.unwrap();
                (events, sqlx::query_as(heads).fetch_one(&mut server).await.unwrap())
            }
        };
        let event = |(seq, kind, data): (i64, String, String)| {
            let data: Value = serde_json::from_str(&data).unwrap();
            let message = kind.starts_with("message.").then(|| (text(&data, "id"), data["seq"].as_i64().unwrap()));
            Event { seq, kind, message }
        };
        Told { events: events.into_iter().map(event).collect(), last_event, last_message }
    }

    /// Asks the database whether it is whole.
    pub(crate) async fn are_sound(&self) {
        if let Self::Sqlite(_) = self {
            let mut file = self.file().await;
            for check in ["pragma integrity_check", "select count(*) || '' from pragma_foreign_key_check"] {
                let (said,): (String,) = sqlx::query_as(check).fetch_one(&mut file).await.unwrap();
                assert!(said == "ok" || said == "0", "{check}: {said}");
            }
        }
    }

    async fn file(&self) -> SqliteConnection {
        let Self::Sqlite(path) = self else { panic!("not a file: {self:?}") };
        SqliteConnectOptions::new().filename(path).read_only(true).connect().await.unwrap()
    }
}
