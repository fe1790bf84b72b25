//! The school before CoUp: people, the cards they sign in with, sessions.

use askama::Template;
use axum::{
    Form, Router,
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts, Query, State},
    http::{StatusCode, request::Parts},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::Rng as _;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use sqlx::{PgPool, postgres::PgPoolOptions};

use crate::{House, StartError};

const COOKIE: &str = "school_session";

/// The school's database.
#[derive(Debug, Clone)]
pub struct School {
    /// Its connections.
    pub pool: PgPool,
}

/// Who is known: an identifier that the school chose long ago, a name, whether they teach, and whether they are under 14.
const PEOPLE: [(&str, &str, bool, bool); 6] = [
    ("교사/1", "박선생", true, false),
    ("학생/17,*", "김민준", false, false),
    ("role:admin", "이서연", false, false),
    ("'; drop table users; --", "Robert Tables", false, false),
    ("%2F..%00", "정하은", false, false),
    ("학생/3", "한별", false, true),
];

impl School {
    /// Opens the school's database, with its tables.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn open(url: &str) -> Result<Self, StartError> {
        let pool = PgPoolOptions::new().max_connections(5).connect(url).await?;
        sqlx::raw_sql(
            "create table if not exists people (id text primary key, name text not null, teaches boolean not null, card bytea unique, \
                 under_14 boolean not null, consented boolean not null default false); \
             create table if not exists sessions (token bytea primary key, person text not null references people); \
             create table if not exists lessons (name text primary key, study text not null); \
             create table if not exists board (job text primary key, said text not null)",
        )
        .execute(&pool)
        .await?;
        for (id, name, teaches, under_14) in PEOPLE {
            sqlx::query(
                "insert into people (id, name, teaches, under_14) values ($1, $2, $3, $4) on conflict do nothing",
            )
            .bind(id)
            .bind(name)
            .bind(teaches)
            .bind(under_14)
            .execute(&pool)
            .await?;
        }
        Ok(Self { pool })
    }

    /// Prints everybody a new card; the old ones are of no use any more. Answers names and cards.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn print_cards(&self) -> Result<Vec<(String, String)>, sqlx::Error> {
        let people: Vec<(String, String)> =
            sqlx::query_as("select id, name from people order by id").fetch_all(&self.pool).await?;
        let mut cards = Vec::with_capacity(people.len());
        for (id, name) in people {
            let card = secret();
            sqlx::query("update people set card = $1 where id = $2")
                .bind(hash(&card))
                .bind(id)
                .execute(&self.pool)
                .await?;
            cards.push((name, card));
        }
        Ok(cards)
    }

    /// Those who teach.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn teachers(&self) -> Result<Vec<(String, String)>, sqlx::Error> {
        sqlx::query_as("select id, name from people where teaches").fetch_all(&self.pool).await
    }

    /// Notes a guardian's consent, or that it was withdrawn.
    ///
    /// # Errors
    /// When the database cannot be asked, or there is nobody of this identifier.
    pub(crate) async fn consents(&self, person: &str, given: bool) -> Result<(), Fault> {
        let noted = sqlx::query("update people set consented = $2 where id = $1")
            .bind(person)
            .bind(given)
            .execute(&self.pool)
            .await?;
        if noted.rows_affected() == 0 { Err(Fault(StatusCode::NOT_FOUND, "No such person.".into())) } else { Ok(()) }
    }

    async fn session(&self, token: &str) -> Result<Option<Person>, sqlx::Error> {
        let found: Option<(String, String, bool)> = sqlx::query_as(
            "select p.id, p.name, p.teaches from sessions s join people p on p.id = s.person where s.token = $1",
        )
        .bind(hash(token))
        .fetch_optional(&self.pool)
        .await?;
        Ok(found.map(|(id, name, teaches)| Person { id, name, teaches }))
    }
}

impl FromRef<House> for School {
    fn from_ref(house: &House) -> Self {
        house.school.clone()
    }
}

#[expect(clippy::disallowed_methods, reason = "the school's own randomness, not CoUp's")]
fn secret() -> String {
    let mut bytes = [0; 24];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Somebody who is signed in to the school.
#[derive(Debug, Clone)]
pub struct Person {
    /// As the school calls them.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Whether they teach.
    pub teaches: bool,
}

/// What went wrong in the school's own part.
#[derive(Debug)]
pub struct Fault(pub StatusCode, pub String);

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "the school's database");
        Self(StatusCode::SERVICE_UNAVAILABLE, "The school's database does not answer.".into())
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Person
where
    School: FromRef<S>,
{
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Fault> {
        let jar = CookieJar::from_headers(&parts.headers);
        match jar.get(COOKIE) {
            Some(cookie) => Ok(School::from_ref(state).session(cookie.value()).await?),
            None => Ok(None),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Person
where
    School: FromRef<S>,
{
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let person = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        person.ok_or_else(|| Fault(StatusCode::UNAUTHORIZED, "Sign in with your card first.".into()))
    }
}

/// The school's own pages.
pub fn routes() -> Router<House> {
    Router::new()
        .route("/", get(home))
        .route("/sign-in", get(card_form).post(sign_in))
        .route("/sign-out", get(sign_out))
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="ko"><meta charset="utf-8"><title>학교</title><h1>학교</h1>
{% if let Some(person) = person %}<p>{{ person.name }} · <a href="/sign-out">로그아웃</a></p>
<ul><li><a href="/classes/my-studies">수업</a></li><li><a href="/clubs/studies">동아리</a></li></ul>
{% if person.teaches %}<form method="post" action="/lessons"><label>수업 이름 <input name="name" required></label> <button>만들기</button></form>{% endif %}
{% else %}<p><a href="/sign-in">카드로 로그인</a></p>{% endif %}
<ul>{% for lesson in lessons %}<li>{{ lesson }}</li>{% endfor %}</ul></html>"#
)]
struct Home {
    person: Option<Person>,
    lessons: Vec<String>,
}

async fn home(State(school): State<School>, person: Option<Person>) -> Result<Response, Fault> {
    let lessons = sqlx::query_scalar("select name from lessons order by name").fetch_all(&school.pool).await?;
    Ok(page(&Home { person, lessons }))
}

fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        Err(why) => Fault(StatusCode::INTERNAL_SERVER_ERROR, why.to_string()).into_response(),
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="ko"><meta charset="utf-8"><title>로그인</title><h1>로그인</h1>
<form method="post"><input type="hidden" name="next" value="{{ next }}"><label>카드 <input name="card" required></label> <button>로그인</button></form></html>"#
)]
struct CardForm {
    next: String,
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn card_form(Query(Next { next }): Query<Next>) -> Response {
    page(&CardForm { next })
}

#[derive(Deserialize)]
struct Card {
    card: String,
    #[serde(default)]
    next: String,
}

async fn sign_in(State(school): State<School>, jar: CookieJar, Form(typed): Form<Card>) -> Result<Response, Fault> {
    let person: Option<String> = sqlx::query_scalar("select id from people where card = $1")
        .bind(hash(typed.card.trim()))
        .fetch_optional(&school.pool)
        .await?;
    let person = person.ok_or_else(|| Fault(StatusCode::UNAUTHORIZED, "No such card.".into()))?;
    let token = secret();
    sqlx::query("insert into sessions (token, person) values ($1, $2)")
        .bind(hash(&token))
        .bind(person)
        .execute(&school.pool)
        .await?;
    let cookie = Cookie::build((COOKIE, token)).path("/").http_only(true).same_site(SameSite::Lax);
    let next = if coup_axum::pages::is_local(&typed.next) { typed.next } else { "/".to_owned() };
    Ok((jar.add(cookie), Redirect::to(&next)).into_response())
}

async fn sign_out(State(school): State<School>, jar: CookieJar) -> Result<Response, Fault> {
    if let Some(cookie) = jar.get(COOKIE) {
        sqlx::query("delete from sessions where token = $1").bind(hash(cookie.value())).execute(&school.pool).await?;
    }
    Ok((jar.remove(Cookie::build(COOKIE).path("/")), Redirect::to("/")).into_response())
}
