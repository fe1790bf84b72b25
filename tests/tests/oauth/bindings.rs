//! What binds the way back to the browser that went: state, cookie, time, one use; and what is sent to the provider.

use chrono::TimeDelta;

use crate::house::{Browser, House};

/// The parameters of an address.
fn query(address: &str) -> std::collections::BTreeMap<String, String> {
    let query = address.split_once('?').unwrap().1;
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// A callback that was refused, and signed nobody in.
async fn expired(house: &House, browser: &mut Browser, back: &str) {
    browser.get(back).await.leads_to("/sign-in");
    assert!(browser.me().await.is_none());
    let page = browser.get("/sign-in").await.is(200);
    assert!(page.text.contains("다른 브라우저에서 시작한 로그인"), "{}", page.text);
    assert!(house.linked(1).await.is_none());
}

#[tokio::test]
async fn a_browser_is_sent_with_state_nonce_and_a_challenge_and_the_exact_address_to_come_back_to() {
    let house = House::seen_at(Some("https://coup.school.kr")).await;
    for way in ["google", "github"] {
        let mut browser = house.browser();
        let away = browser.get(&format!("/api/auth/{way}")).await.is(303);
        let port = house.provider.address.rsplit_once(':').unwrap().1;
        assert!(away.location.split('/').nth(2).unwrap().ends_with(port), "{}", away.location);
        let asked = query(&away.location);
        assert_eq!(asked["redirect_uri"], format!("https://coup.school.kr/api/auth/{way}/callback"));
        assert_eq!((&*asked["code_challenge_method"], &*asked["response_type"]), ("S256", "code"));
        assert_eq!((asked["code_challenge"].len(), asked["state"].len()), (43, 43));
        assert_eq!(asked.contains_key("nonce"), way == "google");
        assert!(asked.values().all(|value| !value.contains("a secret of the client")));
        let again = query(&browser.get(&format!("/api/auth/{way}")).await.location);
        for fresh in ["state", "code_challenge"] {
            assert_ne!(again[fresh], asked[fresh], "{fresh}");
        }
        let cookie = away.cookies.iter().find(|cookie| cookie.contains("coup_sign_in")).unwrap();
        assert!(cookie.starts_with("__Host-coup_sign_in="), "{cookie}");
        for mark in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=600"] {
            assert!(cookie.contains(mark), "{mark}: {cookie}");
        }
        assert!(!away.location.contains(&browser.cookies["__Host-coup_sign_in"]), "the cookie is not in the address");
    }
}

#[tokio::test]
async fn the_address_to_come_back_to_never_follows_the_host_header() {
    let house = House::new().await;
    let client = coup_tests::web::client().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let request = client.get(format!("{}/api/auth/google", house.address));
    let request = request.header("host", "evil.example").header("x-forwarded-host", "evil.example");
    let answer = request.header("forwarded", "host=evil.example").send().await.unwrap();
    let away = answer.headers()["location"].to_str().unwrap();
    assert_eq!(query(away)["redirect_uri"], format!("{}/api/auth/google/callback", house.address));
}

#[tokio::test]
async fn a_callback_address_is_worth_nothing_in_another_browser() {
    let house = House::new().await;
    for way in ["google", "github"] {
        let mut owner = house.browser();
        let back = owner.goes(&format!("/api/auth/{way}")).await;
        // Stolen from the address bar, into a browser with none or with a way of its own.
        expired(&house, &mut house.browser(), &back).await;
        let mut thief = house.browser();
        drop(thief.goes(&format!("/api/auth/{way}")).await);
        expired(&house, &mut thief, &back).await;
        // With the state as the cookie: they are two secrets.
        let mut clever = house.browser();
        clever.cookies.insert("coup_sign_in".into(), query(&back)["state"].clone());
        expired(&house, &mut clever, &back).await;
    }
}

/// Login CSRF: somebody lures another one's browser into an account of their own.
#[tokio::test]
async fn nobody_is_signed_in_to_an_account_by_an_address_that_they_are_sent() {
    let house = House::new().await;
    let mut attacker = house.browser();
    let lure = attacker.goes("/api/auth/google").await;
    let mut victim = house.member("victim@school.kr").await;
    let before = victim.me().await.unwrap()["id"].clone();
    victim.get(&lure).await.leads_to("/sign-in");
    assert_eq!(victim.me().await.unwrap()["id"], before);
    // Not even while the victim is on a way of their own, which goes on after that.
    let own = victim.goes("/api/auth/google").await;
    victim.get(&lure).await.leads_to("/sign-in");
    assert_eq!(victim.me().await.unwrap()["id"], before);
    victim.get(&own).await.leads_to("/studies");
}

#[tokio::test]
async fn a_way_back_is_gone_once_and_no_more() {
    let house = House::new().await;
    let mut browser = house.browser();
    let back = browser.goes("/api/auth/google").await;
    let cookie = browser.cookies["coup_sign_in"].clone();
    let reply = browser.get(&back).await.leads_to("/studies");
    assert!(!browser.cookies.contains_key("coup_sign_in"), "{:?}", reply.cookies);
    // Replayed with all that was there.
    let mut replay = house.browser().plainly();
    replay.cookies.insert("coup_sign_in".into(), cookie);
    replay.get(&back).await.problem(409, "sign_in_expired");
    assert!(replay.me().await.is_none());
}

#[tokio::test]
async fn a_code_is_exchanged_for_the_verifier_of_its_own_challenge_only() {
    let house = House::new().await;
    for way in ["google", "github"] {
        let (mut victim, mut thief) = (house.browser(), house.browser());
        let stolen = query(&victim.goes(&format!("/api/auth/{way}")).await)["code"].clone();
        let own = thief.goes(&format!("/api/auth/{way}")).await;
        let forged = own.replace(&query(&own)["code"], &stolen);
        assert_ne!(forged, own);
        thief = thief.plainly();
        thief.get(&forged).await.problem(403, "identity_unproved");
        assert!(thief.me().await.is_none());
    }
    assert!(house.linked(1).await.is_none());
}

#[tokio::test]
async fn a_way_back_ends_after_ten_minutes() {
    let house = House::new().await;
    let mut browser = house.browser();
    let back = browser.goes("/api/auth/google").await;
    house.clock.advance(TimeDelta::minutes(10));
    expired(&house, &mut browser, &back).await;
    let mut browser = house.browser();
    let back = browser.goes("/api/auth/github").await;
    house.clock.advance(TimeDelta::minutes(10) - TimeDelta::microseconds(1));
    browser.get(&back).await.leads_to("/studies");
}

#[tokio::test]
async fn a_way_back_leads_from_the_provider_that_it_led_to() {
    let house = House::new().await;
    let mut browser = house.browser();
    let back = browser.goes("/api/auth/google").await;
    expired(&house, &mut browser, &back.replace("/google/", "/github/")).await;
    let back = browser.goes("/api/auth/google").await;
    for wrong in ["state=&of=", "state=another&of=", "x="] {
        expired(&house, &mut browser, &back.replace("state=", wrong)).await;
    }
    browser.get(&back).await.leads_to("/studies");
}

#[tokio::test]
async fn providers_are_asked_under_our_name_and_nothing_of_the_token_is_kept() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.signs_in("github").await.leads_to("/studies");
    let heard = house.provider.heard();
    for path in ["POST /login/oauth/access_token", "GET /user", "GET /user/emails"] {
        let line = heard.iter().find(|line| line.starts_with(&format!("{path} by CoUp/")));
        assert!(line.is_some(), "{path}: {heard:?}");
    }
    assert!(!format!("{:?}", house.store).contains("gho_"), "the access token is not kept");
}
