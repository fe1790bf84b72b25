//! The database is gone: at the start one clear line and a status, while running 503 and recovery by itself.

use std::{
    fs,
    net::TcpListener,
    process::Output,
    time::{Duration, Instant},
};

use coup_tests::{Answer, Person, PrivatePostgres, Server};
use serde_json::json;
use tempfile::TempDir;

/// After `sysexits.h`: a service is unavailable.
const UNAVAILABLE: Option<i32> = Some(69);
/// After `sysexits.h`: something was found in an unconfigured or misconfigured state.
const CONFIG: Option<i32> = Some(78);

fn start(arguments: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    Server::command().arg("--data-dir").arg(data).args(arguments).current_dir(folder.path()).output().unwrap()
}

/// The one line that the program ended with.
fn last_words(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 1, "{text}");
    lines[0].to_owned()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn an_unreachable_database_is_one_clear_line_and_a_status() {
    let url = format!("postgres://coup:hunter2@127.0.0.1:{}/coup", free_port());
    let output = start(&["--listen", "127.0.0.1:0", "--database-url", &url]);
    assert_eq!(output.status.code(), UNAVAILABLE);
    let line = last_words(&output);
    assert!(line.contains("PostgreSQL at 127.0.0.1:") && line.contains("cannot be reached"), "{line}");
    assert!(line.contains("refused"), "it must say why: {line}");
    assert!(!line.contains("hunter2"), "{line}");
}

#[test]
fn a_taken_port_is_one_clear_line_and_nothing_is_written() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let output = Server::command().arg("--data-dir").arg(&data).args(["--listen", &address]).output().unwrap();
    assert_eq!(output.status.code(), UNAVAILABLE);
    assert!(last_words(&output).contains(&format!("cannot listen on {address}")));
    assert!(!data.exists());
}

#[test]
fn a_wrong_setting_is_one_clear_line_that_names_it() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("settings.toml");
    for (text, named) in
        [("listne = \"127.0.0.1:1\"", "listne"), ("listen = \"here\"", "listen"), ("listen =", "settings.toml")]
    {
        fs::write(&file, text).unwrap();
        let output = start(&["--config", file.to_str().unwrap()]);
        assert_eq!(output.status.code(), CONFIG, "{text}");
        assert!(last_words(&output).contains(named), "{text}");
    }
    let output = start(&["--database-url", "mysql://root:hunter2@db/coup"]);
    assert_eq!(output.status.code(), CONFIG);
    assert!(!last_words(&output).contains("hunter2"));
}

#[tokio::test]
async fn while_the_database_is_gone_answers_are_503_and_it_recovers_by_itself() {
    let mut postgres = PrivatePostgres::start().await;
    let server = Server::on_postgres(&postgres.url()).await;
    let person = Person::new(&server, "유미경").await;
    let study = person.founds("끊겨도 이어져요", json!({})).await;
    person.says(&study, "전").await;

    postgres.shut_down_at_once();
    let plain = coup_tests::web::client().build().unwrap();
    assert_eq!(plain.get(server.url("/health")).send().await.unwrap().status(), 200);
    let ready = Answer::of(plain.get(server.url("/ready"))).await;
    ready.refuses(503, "unavailable");
    let messages = format!("/my-studies/{study}/messages");
    let read = person.get(&messages).await;
    assert!(read.headers.contains_key("retry-after"), "{read:?}");
    let (read, written) = (read, person.post(&messages, json!({ "content": "사이" })).await);
    let words = format!("{}{}", read.body, written.body);
    read.refuses(503, "unavailable");
    written.refuses(503, "unavailable");
    // The cause is for the log, not for the answer.
    assert!(!words.contains("pool") && !words.contains("127.0.0.1"), "{words}");

    postgres.start_again().await;
    let begin = Instant::now();
    while plain.get(server.url("/ready")).send().await.unwrap().status() != 200 {
        assert!(begin.elapsed() < Duration::from_secs(20), "it did not recover: {}", server.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    person.says(&study, "후").await;
    assert_eq!(person.get(&messages).await.is(200).items("/content"), ["후", "전"]);
}
