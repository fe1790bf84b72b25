//! What streams tell, and how they go on where they were.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use coup_realtime::live::Limits;
use reqwest::Method;

use crate::house::House;

#[tokio::test]
async fn a_stream_begins_at_once_and_is_kept_by_nobody_on_the_way() {
    let house = House::new().await;
    let owner = house.person("noah").await;
    let mut stream = house.stream(&owner, "/stream", None).await;
    let headers = stream.response.headers().clone();
    assert_eq!(headers["content-type"], "text/event-stream");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-accel-buffering"], "no");
    assert!(!headers.contains_key("content-encoding"), "{headers:?}");
    let first = stream.block().await.unwrap();
    assert!(first.comment && first.retry.as_deref() == Some("1000"), "{first:?}");
    let begun = stream.block().await.unwrap();
    assert!(begun.event.is_empty() && !stream.last.is_empty(), "{begun:?}");
    let begin = Instant::now();
    let head = house.ask(&owner, Method::HEAD, "/stream", None).await;
    assert_eq!(head.status(), 200);
    assert!(head.bytes().await.unwrap().is_empty());
    house.connections_are(|all| all == 1).await;
    drop(stream);
    house.connections_are(|all| all == 0).await;
    // Sooner than whoever takes nothing in is given up.
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn an_event_arrives_as_the_specification_says_and_only_of_what_was_asked_for() {
    let house = House::new().await;
    let owner = house.person("noah").await;
    let (study, other) = (house.study(&owner, true).await, house.study(&owner, true).await);
    let mut stream = house.stream(&owner, &format!("/stream?study={study}"), None).await;
    // Who is there is told when the study is heard.
    assert_eq!(stream.next("ephemeral").await["type"], "presence");
    house.say(&owner, &other, "elsewhere").await;
    house.say(&owner, &study, "안녕\n\n하세요").await;
    let before = stream.last.clone();
    let event = stream.next("event").await;
    assert_eq!(event["scope"]["study"], study.as_str());
    assert_eq!(event["type"], "message.created");
    assert_eq!(event["data"]["content"], "안녕\n\n하세요");
    assert!(event["seq"].as_i64().unwrap() > 0 && event["at"].as_str().unwrap().ends_with('Z'), "{event}");
    assert_eq!(event.as_object().unwrap().len(), 5, "{event}");
    assert_ne!(stream.last, before);
}

#[tokio::test]
async fn who_comes_back_gets_exactly_what_was_missed_in_every_study_while_others_write() {
    const ROUNDS: usize = 40;
    let house = House::new().await;
    let (owner, guest) = (house.person("noah").await, house.person("mina").await);
    let mut studies = Vec::new();
    for _ in 0..3 {
        let study = house.study(&owner, true).await;
        house.join(&guest, &study).await;
        studies.push(study);
    }
    let mut stream = house.stream(&guest, "/stream", None).await;
    for _ in &studies {
        stream.next("ephemeral").await;
    }
    let writing = async {
        for round in 0..ROUNDS {
            for study in &studies {
                house.say(&owner, study, &format!("{round}")).await;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let reading = async {
        let mut heard: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut last = String::new();
        for got in 0..ROUNDS * studies.len() {
            // Away after every seventh.
            if got % 7 == 6 {
                stream = house.stream(&guest, "/stream", Some(&last)).await;
            }
            let (study, content) = stream.message().await;
            last.clone_from(&stream.last);
            heard.entry(study).or_default().push(content);
        }
        heard
    };
    let ((), heard) = tokio::join!(writing, reading);
    let all: Vec<String> = (0..ROUNDS).map(|round| round.to_string()).collect();
    for study in &studies {
        assert_eq!(heard[study], all, "{study}");
    }
}

#[tokio::test]
async fn who_goes_again_in_the_middle_of_what_was_missed_loses_nothing() {
    let house = House::new().await;
    let owner = house.person("noah").await;
    let studies = [house.study(&owner, true).await, house.study(&owner, true).await, house.study(&owner, true).await];
    let mut stream = house.stream(&owner, "/stream", None).await;
    for _ in &studies {
        stream.next("ephemeral").await;
    }
    let mut last = stream.last.clone();
    drop(stream);
    for study in &studies {
        for n in 0..3 {
            house.say(&owner, study, &format!("{n}")).await;
        }
    }
    let mut heard: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for _ in 0..3 * studies.len() {
        // One message each time.
        let mut stream = house.stream(&owner, "/stream", Some(&last)).await;
        let (study, content) = stream.message().await;
        last.clone_from(&stream.last);
        heard.entry(study).or_default().push(content);
    }
    for study in &studies {
        assert_eq!(heard[study], ["0", "1", "2"]);
    }
}

#[tokio::test]
async fn whose_cursor_is_too_old_is_told_to_read_afresh_and_goes_on() {
    let house = House::with(Limits { replay: 3, ..Limits::default() }).await;
    let owner = house.person("noah").await;
    let study = house.study(&owner, true).await;
    let mut stream = house.stream(&owner, "/stream", None).await;
    stream.next("ephemeral").await;
    let last = stream.last.clone();
    drop(stream);
    for n in 0..250 {
        house.say(&owner, &study, &format!("{n}")).await;
    }
    let mut stream = house.stream(&owner, "/stream", Some(&last)).await;
    assert_eq!(stream.next("resync").await["scope"]["study"], study.as_str());
    house.say(&owner, &study, "new").await;
    assert_eq!(stream.message().await.1, "new");
}

#[tokio::test]
async fn a_cursor_that_cannot_be_read_is_one_that_knows_nothing() {
    let house = House::new().await;
    let owner = house.person("noah").await;
    let study = house.study(&owner, true).await;
    house.say(&owner, &study, "before").await;
    // Of an earlier version: its first byte, and places of eight bytes.
    let earlier = "AQAAAAAAAAAH";
    let long = "A".repeat(14 * 1024);
    for garbled in ["0", "nonsense!", "AQ", "\u{d55c}", earlier, &long] {
        let mut stream = house.stream(&owner, "/stream", Some(garbled)).await;
        assert_eq!(stream.next("resync").await["scope"]["user"], owner.id.as_str(), "{garbled:.20}");
        assert_eq!(stream.next("resync").await["scope"]["study"], study.as_str(), "{garbled:.20}");
        house.say(&owner, &study, "from here on").await;
        assert_eq!(stream.message().await, (study.clone(), "from here on".to_owned()));
        // What it says now is a cursor again.
        let last = stream.last.clone();
        drop(stream);
        house.say(&owner, &study, "meanwhile").await;
        let mut back = house.stream(&owner, "/stream", Some(&last)).await;
        assert_eq!(back.message().await, (study.clone(), "meanwhile".to_owned()));
    }
}

#[tokio::test]
async fn a_quiet_stream_says_something_every_fifteen_seconds() {
    let house = House::new().await;
    let owner = house.person("noah").await;
    let mut stream = house.stream(&owner, "/notifications/stream", None).await;
    let first = stream.block().await.unwrap();
    assert!(first.comment && first.retry.is_some(), "{first:?}");
    stream.block().await.unwrap();
    let begin = Instant::now();
    let quiet = stream.block_within(Duration::from_secs(17)).await;
    assert!(quiet.comment && quiet.event.is_empty() && quiet.data.is_null(), "{quiet:?}");
    assert!(begin.elapsed() > Duration::from_secs(13), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_study_that_is_joined_meanwhile_is_heard_on_the_same_stream() {
    let house = House::new().await;
    let (owner, guest) = (house.person("noah").await, house.person("mina").await);
    let study = house.study(&owner, true).await;
    let mut stream = house.stream(&guest, "/stream", None).await;
    stream.block().await.unwrap();
    stream.block().await.unwrap();
    house.join(&guest, &study).await;
    assert_eq!(stream.next("resync").await["scope"]["study"], study.as_str());
    house.say(&owner, &study, "welcome").await;
    assert_eq!(stream.message().await, (study, "welcome".to_owned()));
}
