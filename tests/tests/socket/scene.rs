//! A reference server, people with accounts, and their clients.

use coup_core::user::service::SessionToken;
use coup_tests::{Client, Clients, Person, Server, Way};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

/// A server and clients.
pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) clients: Clients,
}

/// Somebody with an account.
pub(crate) struct Known {
    pub(crate) person: Person,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self { server: Server::on_sqlite().await, clients: Clients::start() }
    }

    /// Somebody new.
    pub(crate) async fn person(&self, name: &str) -> Known {
        Known { person: Person::new(&self.server, name).await }
    }

    /// Somebody with a study, and others who are in it.
    pub(crate) async fn study(&self, owner: &Known, others: &[&Known]) -> String {
        let study = owner.person.founds("알고리즘", json!({})).await;
        for other in others {
            other.person.act(&format!("/studies/{study}/join")).await.is(201);
        }
        study
    }

    /// A member is removed.
    pub(crate) async fn removes(&self, owner: &Known, study: &str, member: &Known) {
        owner.person.delete(&format!("/studies/{study}/members/{}", member.person.id)).await.is(204);
    }

    /// A client that begins to connect, as a page of the server would.
    pub(crate) fn opens(&self, who: &Known, way: Way) -> Client {
        self.opens_from(who, way, &self.server.url(""))
    }

    /// The same as a page of another origin would.
    pub(crate) fn opens_from(&self, who: &Known, way: Way, origin: &str) -> Client {
        let headers = json!({ "cookie": who.cookie(), "origin": origin, "accept-language": "en" });
        self.clients.open(&self.server.url(""), way, &headers, &json!({}))
    }

    /// A client that brings nothing but this.
    pub(crate) fn opens_with(&self, way: Way, headers: &Value, auth: &Value) -> Client {
        self.clients.open(&self.server.url(""), way, headers, auth)
    }

    /// A client that is connected.
    pub(crate) async fn connects(&self, who: &Known, way: Way) -> Client {
        let client = self.opens(who, way);
        client.hears("connect").await;
        client
    }

    /// Changes the server's database by hand.
    pub(crate) async fn database(&self) -> SqliteConnection {
        let path = self.server.data_dir().join("coup.db");
        SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap()
    }

    /// A ticket for whoever has this session, worth something for as many seconds.
    pub(crate) async fn ticket(&self, who: &Known, seconds: i64) -> String {
        let secret = format!("ticket-of-{}-{}", who.person.id, seconds);
        let (hash, session) = (SessionToken::hash(&secret), SessionToken::hash(who.token()));
        sqlx::query(
            "insert into tickets (token_hash, session_hash, expires_at)
             values ($1, $2, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', $3 || ' seconds'))",
        )
        .bind(hash.to_vec())
        .bind(session.to_vec())
        .bind(seconds)
        .execute(&mut self.database().await)
        .await
        .unwrap();
        secret
    }
}

impl Known {
    /// The value of their cookie.
    pub(crate) fn token(&self) -> &str {
        self.person.cookie.split_once('=').unwrap().1
    }

    pub(crate) fn cookie(&self) -> &str {
        &self.person.cookie
    }
}
