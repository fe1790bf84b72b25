//! What somebody does who runs the server: make an administrator, fill the demo, migrate; and what a silent client meets.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    process::Stdio,
    time::{Duration, Instant},
};

use coup_core::{
    changes::{Changes, Row, SystemPermit},
    store::{Credential, Store as _, UserReads as _},
    testing::fixtures::Fixtures,
};
use coup_storage_sqlite::SqliteStore;
use coup_tests::{FIRST_ADMINISTRATOR, PASSWORD, Person, Server};
use serde_json::json;

#[tokio::test]
async fn an_administrator_made_at_the_command_line_signs_in() {
    let mut server = Server::on_sqlite().await;
    server.stop().await;
    let make = |password: &str| {
        let mut command = Server::command();
        command.arg("create-admin").arg("--data-dir").arg(server.data_dir());
        command.args(["--email", "ops@school.example", "--name", "운영자", "--password-stdin"]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        process.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
        process.wait_with_output().unwrap()
    };
    let refused = make("password1234");
    assert_eq!(refused.status.code(), Some(64));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.starts_with("reference-server: password: ") && said.contains("too easy to guess"), "{said}");
    let made = make(PASSWORD);
    assert!(made.status.success(), "{made:?}");
    assert!(!String::from_utf8(made.stdout).unwrap().contains(PASSWORD), "a password that was given is not shown");
    assert_eq!(make(PASSWORD).status.code(), Some(65), "the address has an account");

    server.start_again().await;
    let mut person = Person::stranger(&server);
    let words = json!({ "email": "ops@school.example", "password": PASSWORD });
    person.post("/auth/sign-in", words).await.is(200);
    assert_eq!(person.get("/me").await.is(200).body["secondFactorRequired"], true);
    person.sets_up_second_factor().await;
    assert_eq!(person.get("/me").await.is(200).text("/adminRole"), "SUPER_ADMIN");
}

#[tokio::test]
async fn the_first_administrator_chooses_a_password_by_the_code_that_was_printed_once() {
    let mut server = Server::on_sqlite().await;
    let root = Person::first_administrator(&server).await;
    assert_eq!(root.get("/me").await.text("/adminRole"), "SUPER_ADMIN");
    assert!(server.log().contains(&server.url("/reset/confirm")), "it says where: {}", server.log());
    server.stop().await;
    server.start_again().await;
    assert_eq!(server.log().matches(FIRST_ADMINISTRATOR).count(), 1);
}

/// Who lost everything comes in again, by who runs the server.
#[tokio::test]
async fn a_lost_password_and_phone_are_replaced_at_the_command_line() {
    let mut server = Server::on_sqlite().await;
    let before = Person::first_administrator(&server).await;
    server.stop().await;
    let data = server.data_dir().clone();
    let recover =
        |rest: &[&str]| Server::command().arg("recover").arg("--data-dir").arg(&data).args(rest).output().unwrap();
    let unknown = recover(&["--email", "nobody@school.example"]);
    assert_eq!(unknown.status.code(), Some(64), "{unknown:?}");
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("nobody has an account"));
    let issued = recover(&["--email", FIRST_ADMINISTRATOR, "--second-factor"]);
    assert!(issued.status.success(), "{issued:?}");
    let said = String::from_utf8(issued.stdout).unwrap();
    let code = said.lines().map(str::trim).skip_while(|line| *line != FIRST_ADMINISTRATOR).nth(1).unwrap();
    // Nothing left to take away is no mistake.
    assert!(recover(&["--email", FIRST_ADMINISTRATOR, "--second-factor"]).status.success());

    server.start_again().await;
    let mut root = Person::stranger(&server);
    let words = json!({ "email": FIRST_ADMINISTRATOR, "code": code, "password": PASSWORD });
    root.post("/auth/reset/confirm", words).await.refuses(409, "code_wrong");
    let issued = recover(&["--email", FIRST_ADMINISTRATOR]);
    let said = String::from_utf8(issued.stdout).unwrap();
    let code = said.lines().map(str::trim).skip_while(|line| *line != FIRST_ADMINISTRATOR).nth(1).unwrap();
    root.chooses_password(FIRST_ADMINISTRATOR, code).await;
    before.at(&server).get("/me").await.refuses(401, "not_signed_in");
    assert_eq!(root.get("/me").await.is(200).body["secondFactorRequired"], true);
}

#[tokio::test]
async fn a_demo_is_filled_once_and_is_a_school_with_talk() {
    let mut server = Server::with(&["--demo"]).await;
    server.stop().await;
    let again = Server::command().arg("demo").arg("--data-dir").arg(server.data_dir()).output().unwrap();
    assert_eq!(again.status.code(), Some(65));
    server.start_again().await;
    assert_eq!(server.log().matches("hanbit lantern 2026").count(), 2, "it says again who can sign in");

    let minjun = Person::stranger(&server);
    let words = json!({ "email": "minjun@hanbit.example", "password": "hanbit lantern 2026" });
    minjun.post("/auth/sign-in", words).await.is(200);
    let studies = minjun.get("/studies").await.is(200);
    assert_eq!(studies.items("/id").len(), 9, "ten, and one of them private");
    let own = minjun.get("/my-studies").await.is(200);
    assert!(own.body["items"].as_array().unwrap().iter().any(|own| own["unreadCount"].as_i64() > Some(0)));
    let study = own.body["items"].as_array().unwrap().iter().find(|own| own["name"] == "알고리즘 아침반").unwrap();
    let study = study["id"].as_str().unwrap();
    assert_eq!(
        minjun.get(&format!("/studies/{study}/requests")).await.is(200).items("/user/name"),
        ["강수아", "권준서"]
    );
    let messages = minjun.get(&format!("/my-studies/{study}/messages?limit=100")).await.is(200);
    assert!(messages.items("/id").len() > 30);
    let times = messages.items("/createdAt");
    assert!(times.is_sorted_by(|later, earlier| later >= earlier), "{times:?}");
}

/// An old session in the file: it goes without anybody asking, and the server ends in order.
#[tokio::test]
async fn what_has_passed_its_time_goes_by_itself() {
    let mut server = Server::on_sqlite().await;
    server.stop().await;
    let file = server.data_dir().join("coup.db");
    let make = Fixtures::new(1);
    let user = make.user("김민준");
    // Of last March.
    let session = make.session(&user.id);
    let credential = Credential::Session(session.token_hash);
    let store = SqliteStore::open(&file).await.unwrap();
    let changes = Changes::system(SystemPermit::Operator).insert(Row::User(Box::new(user)));
    store.commit(changes.insert(Row::Session(Box::new(session)))).await.unwrap();
    assert!(store.standing(&credential, None).await.unwrap().is_some());
    store.close().await;

    server.start_again().await;
    let store = SqliteStore::open(&file).await.unwrap();
    let begin = Instant::now();
    while store.standing(&credential, None).await.unwrap().is_some() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{}", server.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    store.close().await;
    assert!(server.stop().await.success(), "{}", server.log());
    assert!(!server.log().contains("broken off"), "{}", server.log());
}

#[test]
fn migrating_twice_is_well() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let done = Server::command().arg("migrate").arg("--data-dir").arg(folder.path()).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    }
}

#[tokio::test]
async fn who_sends_half_a_header_is_cut_off_and_who_is_served_at_the_end_finishes() {
    let mut server = Server::on_sqlite().await;
    let address = server.url("").replace("http://", "");
    let mut silent = TcpStream::connect(address).unwrap();
    silent.write_all(b"GET /health HTTP/1.1\r\nHost: here\r\n").unwrap();
    silent.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let begin = Instant::now();
    let mut answer = Vec::new();
    silent.read_to_end(&mut answer).unwrap();
    assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));

    // Hashing a password takes a while: asked to end meanwhile, the server answers first.
    let asked = tokio::spawn({
        let server = Person::stranger(&server);
        async move {
            let body = json!({ "email": "late@school.example", "password": PASSWORD, "name": "늦은 사람" });
            server.post("/auth/sign-up", body).await.is(201)
        }
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(server.stop().await.success(), "{}", server.log());
    asked.await.unwrap();
}

#[tokio::test]
async fn redis_beside_sqlite_is_refused_in_one_line_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut command = Server::command();
    command.args(["--listen", "127.0.0.1:0", "--redis", "redis://:hunter2@127.0.0.1:1"]).arg("--data-dir").arg(&data);
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let begin = Instant::now();
    while process.try_wait().unwrap().is_none() {
        if begin.elapsed() > Duration::from_secs(10) {
            process.kill().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let refused = process.wait_with_output().unwrap();
    assert_eq!(refused.status.code(), Some(78), "{refused:?}");
    let words = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(words.trim_end().lines().count(), 1, "{words}");
    assert!(words.contains("SQLite") && words.contains("postgres://") && !words.contains("hunter2"), "{words}");
    assert!(!data.exists(), "nothing was made");
}
