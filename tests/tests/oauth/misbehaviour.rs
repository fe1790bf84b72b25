//! Providers that prove nothing, fail, or say no: nobody comes in, nothing is half done, and each is said in words of its own.

use coup_tests::provider::Bend;

use crate::house::{Browser, House};

/// Each way of misbehaving with the code that is answered.
const OPENID: &[(Bend, u16, &str)] = &[
    (Bend::Nonce, 403, "identity_unproved"),
    (Bend::NoNonce, 403, "identity_unproved"),
    (Bend::Audience, 403, "identity_unproved"),
    (Bend::TwoAudiences, 403, "identity_unproved"),
    (Bend::Issuer, 403, "identity_unproved"),
    (Bend::Expired, 403, "identity_unproved"),
    (Bend::Tomorrow, 403, "identity_unproved"),
    (Bend::Tampered, 403, "identity_unproved"),
    (Bend::Key, 403, "identity_unproved"),
    (Bend::Unsigned, 403, "identity_unproved"),
    (Bend::Secret, 403, "identity_unproved"),
    (Bend::AccessToken, 403, "identity_unproved"),
    (Bend::OtherName, 403, "identity_unproved"),
    (Bend::NoToken, 502, "provider_unintelligible"),
];

const BOTH: &[(Bend, u16, &str)] = &[
    (Bend::NotJson, 502, "provider_unintelligible"),
    (Bend::OtherShape, 502, "provider_unintelligible"),
    (Bend::Huge, 502, "provider_unintelligible"),
    (Bend::Failure, 502, "provider_failed"),
    (Bend::Redirect, 502, "provider_failed"),
    (Bend::HangsUp, 503, "provider_unreachable"),
    (Bend::Denied, 403, "sign_in_cancelled"),
];

async fn nothing_was_done(house: &House, browser: &mut Browser) {
    assert!(browser.me().await.is_none());
    assert!(house.linked(1).await.is_none() && house.linked(1_000_001).await.is_none());
    assert!(house.user("minjun@school.kr").await.is_none());
}

async fn refuses(house: &House, way: &str, (bend, status, code): (Bend, u16, &str)) {
    house.provider.bends(bend);
    let mut browser = house.browser().plainly();
    let reply = browser.signs_in(way).await;
    assert_eq!((reply.status, reply.json()["code"].as_str()), (status, Some(code)), "{way} {bend:?}: {reply:?}");
    assert!(!reply.text.contains("secret-looking"), "what a provider says is not passed on");
    nothing_was_done(house, &mut browser).await;
    house.provider.bends(None);
    // The next one is as if nothing had been.
    let mut honest = house.browser();
    let back = honest.goes(&format!("/api/auth/{way}")).await;
    assert!(back.contains("code="), "{back}");
}

#[tokio::test]
async fn a_token_that_does_not_prove_who_it_is_lets_nobody_in() {
    let house = House::new().await;
    for case in OPENID {
        refuses(&house, "google", *case).await;
    }
    // What was refused was the misbehaviour.
    house.browser().signs_in("google").await.leads_to("/studies");
}

#[tokio::test]
async fn an_answer_that_is_none_is_said_as_what_it_is() {
    let house = House::new().await;
    for way in ["google", "github"] {
        for case in BOTH {
            refuses(&house, way, *case).await;
        }
    }
    refuses(&house, "github", (Bend::NoPerson, 502, "provider_unintelligible")).await;
}

#[tokio::test]
async fn each_failure_has_words_of_its_own_on_the_page_in_both_languages() {
    let house = House::new().await;
    let mut said = std::collections::BTreeSet::new();
    for (bend, ko, en) in [
        (Bend::Denied, "로그인이 끝나기 전에 취소됐어요", "cancelled before it was finished"),
        (Bend::HangsUp, "지금은 그 서비스에 연결할 수 없어요", "cannot be reached right now"),
        (Bend::Failure, "그 서비스에서 문제가 생겼어요", "Something went wrong at that service"),
        (Bend::NotJson, "예상과 다른 답을 보냈어요", "an answer we cannot read"),
        (Bend::Nonce, "누구인지 확인할 수 없었어요", "does not confirm who you are"),
    ] {
        house.provider.bends(bend);
        for (language, words) in [("ko", ko), ("en", en)] {
            let mut browser = house.browser();
            browser.cookies.insert("coup_locale".into(), language.into());
            let back = browser.goes("/api/auth/google?next=%2Fme").await;
            browser.get(&back).await.leads_to("/sign-in?next=%2Fme");
            let page = browser.get("/sign-in?next=%2Fme").await.is(200);
            assert!(page.text.contains(words), "{bend:?} {language}: {}", page.text);
            assert!(!page.text.contains("<b>no</b>"), "the provider's own words are not shown");
            said.insert(words);
        }
    }
    assert_eq!(said.len(), 10);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_given_up_after_ten_seconds() {
    let house = House::new().await;
    house.provider.bends(Bend::Slow);
    for way in ["google", "github"] {
        let mut browser = house.browser().plainly();
        let begun = std::time::Instant::now();
        browser.signs_in(way).await.problem(504, "provider_slow");
        let took = begun.elapsed().as_secs();
        assert!((9..15).contains(&took), "{took} s");
        nothing_was_done(&house, &mut browser).await;
    }
}

#[tokio::test]
async fn a_provider_that_is_gone_is_said_at_the_button() {
    let mut house = House::new().await;
    let back = house.browser().goes("/api/auth/github").await;
    assert!(back.contains("code="));
    let mut there = house.browser();
    let back = there.goes("/api/auth/github").await;
    house.provider.ends().await;
    let mut plain = house.browser().plainly();
    plain.get("/api/auth/google").await.problem(503, "provider_unreachable");
    let page = house.browser().get("/sign-in/google?next=%2Fme").await.is(503);
    assert!(page.text.contains("지금은 그 서비스에 연결할 수 없어요"), "{}", page.text);
    assert!(page.text.contains("name=\"next\" value=\"/me\""), "{}", page.text);
    there.get(&back).await.leads_to("/sign-in");
    nothing_was_done(&house, &mut there).await;
}

#[tokio::test]
async fn keys_may_change_and_are_asked_again() {
    let house = House::new().await;
    house.browser().signs_in("google").await.leads_to("/studies");
    house.provider.rotates_its_key();
    // Not more than once a minute: whoever forges tokens shall not have us ask.
    house.browser().plainly().signs_in("google").await.problem(403, "identity_unproved");
    house.clock.advance(chrono::TimeDelta::seconds(61));
    house.browser().signs_in("google").await.leads_to("/studies");
}
