//! Redis over TLS.

use std::time::{Duration, Instant};

use coup_tests::{Person, PrivateRedis, Server, TestDatabase};
use serde_json::json;
use tokio::time::sleep;

use crate::school::until;

#[tokio::test]
async fn nodes_hear_each_other_over_tls_and_tell_nothing_to_whom_nobody_vouches_for() {
    let (database, redis) = (TestDatabase::empty().await, PrivateRedis::start_with_tls().await);
    let address = redis.tls_url().replace("rediss://", "rediss://:hunter2@");
    let certificate = redis.certificate().display().to_string();
    // A Redis that asks for no password complains of one; here is none.
    let arguments = ["--database-url", database.url(), "--redis", &redis.tls_url()];
    let trusting = [("SSL_CERT_FILE", certificate.as_str())];
    let one = Server::with_environment(&arguments, &trusting).await;
    let _other = Server::with_environment(&arguments, &trusting).await;
    redis.until_heard_by(2, "coup").await;
    let kim = Person::new(&one, "김하늘").await;
    let study = kim.founds("스터디", json!({})).await;
    kim.says(&study, "들리나요?").await;
    let begin = Instant::now();
    while redis.published().await == 0 {
        assert!(begin.elapsed() < Duration::from_secs(10), "nothing is published");
        sleep(Duration::from_millis(20)).await;
    }

    // Who does not trust the certificate serves by itself, and says why it is alone.
    let arguments = ["--database-url", database.url(), "--redis", &address];
    let alone = Server::with(&arguments).await;
    until("it says why", || alone.log().contains("certificate")).await;
    assert_eq!(redis.listeners("coup").await, 2);
    kim.at(&alone).says(&study, "여기는 들려요").await;
    assert!(!alone.log().contains("hunter2"));
}
