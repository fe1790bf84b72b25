//! The other suites believe what they are given; this one looks whether it is so.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what helps a test may fail as the test does")]

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Html;
use axum::routing::get;
use coup_tests::{Browser, BrowserOptions, Screen, Template, TestDatabase};
use fantoccini::Locator;
use sqlx::{Connection, PgConnection, Row};

static MIGRATIONS: AtomicUsize = AtomicUsize::new(0);

async fn template() -> Template {
    Template::migrated("create table seat", async |url| {
        MIGRATIONS.fetch_add(1, Ordering::SeqCst);
        let mut database = PgConnection::connect(&url).await?;
        sqlx::query("create table seat (number integer primary key)").execute(&mut database).await?;
        Ok::<_, sqlx::Error>(())
    })
    .await
}

async fn seats(database: &TestDatabase) -> Result<i64, sqlx::Error> {
    let mut database = PgConnection::connect(database.url()).await?;
    Ok(sqlx::query("select count(*) from seat").fetch_one(&mut database).await?.get(0))
}

#[tokio::test]
async fn a_template_is_migrated_at_most_once_by_many_who_ask() {
    futures_util::future::join_all((0..8).map(|_| template())).await;
    assert!(MIGRATIONS.load(Ordering::SeqCst) <= 1);
    assert_eq!(seats(&template().await.database().await).await.unwrap(), 0);
}

#[tokio::test]
async fn a_database_sees_nothing_of_another_and_goes_when_dropped() {
    let template = template().await;
    let (one, other) = (template.database().await, template.database().await);
    let mut connection = PgConnection::connect(one.url()).await.unwrap();
    sqlx::query("insert into seat values (1)").execute(&mut connection).await.unwrap();
    assert_eq!((seats(&one).await.unwrap(), seats(&other).await.unwrap()), (1, 0));

    let url = one.url().to_owned();
    drop(one);
    assert!(PgConnection::connect(&url).await.is_err());
}

#[tokio::test]
async fn a_migration_that_fails_leaves_no_template() {
    let broken = tokio::spawn(Template::migrated("a failing one", async |_| Err::<(), _>("no"))).await;
    assert!(broken.is_err());
    let mut asked = false;
    Template::migrated("a failing one", async |_| {
        asked = true;
        Ok::<_, Infallible>(())
    })
    .await;
    // Cloned from by nobody else, so it must be this call that made it.
    assert!(asked);
}

#[tokio::test]
async fn a_database_goes_away_and_comes_back() {
    let database = template().await.database().await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    database.go_away().await;
    assert!(sqlx::query("select 1").execute(&mut connection).await.is_err());
    assert!(seats(&database).await.is_err());
    database.come_back().await;
    assert_eq!(seats(&database).await.unwrap(), 0);
}

/// A page that says what it was asked with and whether its script ran.
async fn page() -> String {
    let page = async |headers: HeaderMap| {
        let language = headers["accept-language"].to_str().unwrap().to_owned();
        Html(format!(
            "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'><title>스터디</title>\
             <h1>함께 공부해요</h1><p id=language>{language}</p><p id=script>quiet</p>\
             <div style='height:2000px'></div><p>끝</p>\
             <script>document.getElementById('script').textContent = 'ran'</script>"
        ))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(page))).await });
    format!("http://{address}/")
}

async fn text(browser: &Browser, id: &str) -> String {
    browser.client().find(Locator::Id(id)).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_browser_shows_a_phones_width_and_the_readers_language() {
    let options = BrowserOptions { screen: Screen::Phone, languages: "en-US,en", scripts: true };
    let browser = Browser::open(options).await;
    browser.client().goto(&page().await).await.unwrap();
    assert_eq!(browser.client().execute("return innerWidth", vec![]).await.unwrap(), 390);
    assert!(text(&browser, "language").await.starts_with("en-US"));
    assert_eq!(text(&browser, "script").await, "ran");
    let picture = std::fs::read(browser.screenshot("fixtures-phone").await).unwrap();
    // The height stands in a PNG's bytes 20 to 23: two dots a point, and all of the page.
    assert!(u32::from_be_bytes(picture[20..24].try_into().unwrap()) > 2 * 2000);
}

#[tokio::test]
async fn a_browser_without_scripts_runs_none() {
    let browser = Browser::open(BrowserOptions { scripts: false, ..BrowserOptions::default() }).await;
    browser.client().goto(&page().await).await.unwrap();
    assert_eq!(browser.client().title().await.unwrap(), "스터디");
    assert!(text(&browser, "language").await.starts_with("ko-KR"));
    assert_eq!(text(&browser, "script").await, "quiet");
}
