//! Ten thousand guesses, and what headers say of where they come from.

use coup_tests::{PASSWORD, Person, Server, email};
use futures_util::{StreamExt as _, stream};
use reqwest::{Method, StatusCode};
use serde_json::json;

const TIMES: usize = 10_000;

/// How many requests are under way at once.
const AT_ONCE: usize = 32;

/// What became of guesses.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    /// Told that it was wrong.
    judged: usize,
    /// Told to wait, and how long.
    refused: usize,
}

/// The headers that a client may write to seem to be somebody else, another one for each number.
fn spoofed(number: usize, real: Option<&str>) -> [(&'static str, String); 3] {
    let ip = |net: usize| format!("{net}.{}.{}.{}", number % 251, number / 251 % 251, 1 + number % 7);
    // What a proxy adds stands last.
    let chain = real.map_or_else(|| ip(198), |real| format!("{}, {real}", ip(198)));
    let forwarded = format!("for={}, for=\"[2001:db8::{number:x}]\"", ip(203));
    [("x-forwarded-for", chain), ("forwarded", forwarded), ("x-real-ip", ip(100))]
}

/// Wrong passwords for the account, and in turn for accounts that are not there, each with headers of its own.
async fn flood(server: &Server, account: &str, times: usize, real: Option<&str>) -> Outcome {
    let stranger = Person::stranger(server);
    let answers = stream::iter(0..times).map(|number| {
        let typed = if number % 2 == 0 { account.to_owned() } else { email(&format!("nobody-{number}")) };
        let request = stranger.raw(Method::POST, "/auth/sign-in").json(&json!({ "email": typed, "password": "guess" }));
        let request =
            spoofed(number, real).into_iter().fold(request, |request, (name, value)| request.header(name, value));
        async move { request.send().await.expect("an answer") }
    });
    let mut outcome = Outcome::default();
    let mut answers = answers.buffer_unordered(AT_ONCE);
    while let Some(answer) = answers.next().await {
        match answer.status() {
            StatusCode::UNAUTHORIZED => outcome.judged += 1,
            StatusCode::TOO_MANY_REQUESTS => {
                let wait = answer.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap();
                assert!((1..=900).contains(&wait), "{wait}");
                outcome.refused += 1;
            }
            other => panic!("{other}: {:?}", answer.text().await),
        }
    }
    outcome
}

async fn signs_in(who: &Person, name: &str, from: Option<&str>) -> StatusCode {
    let request = who.raw(Method::POST, "/auth/sign-in").json(&json!({ "email": email(name), "password": PASSWORD }));
    let request = match from {
        Some(from) => request.header("x-forwarded-for", from),
        None => request,
    };
    request.send().await.expect("an answer").status()
}

#[tokio::test]
async fn of_ten_thousand_sign_ins_thirty_are_judged_whatever_address_their_headers_claim() {
    let server = Server::on_sqlite().await;
    let owner = Person::new(&server, "민준").await;
    let owners = async {
        // On their own device, from the same address, while it goes on.
        let mut statuses = Vec::new();
        for _ in 0..5 {
            statuses.push(signs_in(&owner, "민준", None).await);
        }
        statuses
    };
    let account = email("민준");
    let (outcome, statuses) = tokio::join!(flood(&server, &account, TIMES, None), owners);
    assert_eq!(outcome, Outcome { judged: 30, refused: TIMES - 30 });
    assert!(statuses.iter().all(StatusCode::is_success), "{statuses:?}");
    let stranger = Person::stranger(&server);
    assert_eq!(signs_in(&stranger, "민준", Some("192.0.2.1")).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(signs_in(&owner, "민준", None).await, StatusCode::OK);
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_client_is_limited_and_another_one_is_not() {
    let server = Server::with(&["--trusted-proxies", "127.0.0.1"]).await;
    Person::new(&server, "민준").await;
    Person::new(&server, "서연").await;
    let outcome = flood(&server, &email("민준"), 500, Some("203.0.113.7")).await;
    assert_eq!(outcome, Outcome { judged: 30, refused: 470 });
    let stranger = Person::stranger(&server);
    let refused = signs_in(&stranger, "서연", Some("198.51.100.3, 203.0.113.7")).await;
    assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(signs_in(&stranger, "서연", Some("203.0.113.7, 203.0.113.8")).await, StatusCode::OK);
}
