//! `/auth/totp`, the code at `/auth/sign-in`, and what administrators are asked (requirements § 20).
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use coup_axum::api::ApiOptions;
use coup_core::{coup::Settings, env::Clock as _, policy::AdminRole, testing::Authenticator};
use serde_json::{Value, json};

use crate::house::{House, PASSWORD, Person, Reply};

fn cookies(reply: &Reply) -> Vec<String> {
    let all = reply.headers.get_all("set-cookie").iter();
    all.map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
}

fn cookie(reply: &Reply, name: &str) -> String {
    cookies(reply).into_iter().find(|cookie| cookie.starts_with(name)).unwrap()
}

impl House {
    /// Turns it on; they go on with the session that they are given.
    pub(crate) async fn guard(&self, person: &Person) -> (Person, Authenticator, Vec<String>) {
        let setup = self.send(Some(person), "POST", "/auth/totp", None).await.is(201);
        let app = Authenticator::new(setup.json["secret"].as_str().unwrap());
        assert!(setup.json["address"].as_str().unwrap().starts_with("otpauth://totp/CoUp:"), "{}", setup.text);
        let code = json!({ "code": app.code(self.clock.now()) });
        let on = self.post(Some(person), "/auth/totp/confirm", code).await.is(200);
        let codes = on.json["recoveryCodes"].as_array().unwrap();
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        self.clock.advance(chrono::TimeDelta::seconds(30));
        (Person { cookie: cookie(&on, "coup_session="), ..person.clone() }, app, codes)
    }

    async fn enter(&self, person: &Person, code: Option<&str>) -> Reply {
        let mut body = json!({ "email": person.email, "password": PASSWORD });
        if let Some(code) = code {
            body["code"] = code.into();
        }
        self.post(None, "/auth/sign-in", body).await
    }
}

#[tokio::test]
async fn one_sets_it_up_is_asked_for_it_and_turns_it_off() {
    let house = House::new();
    let person = house.person("김민준").await;
    let state = house.get(Some(&person), "/auth/totp").await.is(200);
    assert_eq!(state.json, json!({ "onSince": null, "recoveryCodesLeft": 0, "isRequired": false }));
    house.post(Some(&person), "/auth/totp/confirm", json!({ "code": "000000" })).await.problem(409, "no_second_factor");
    let (person, app, codes) = house.guard(&person).await;
    assert_eq!(codes.len(), 10);
    assert_eq!(house.get(Some(&person), "/me").await.is(200).json["hasSecondFactor"], true);
    let state = house.get(Some(&person), "/auth/totp").await.is(200);
    assert_eq!((&state.json["recoveryCodesLeft"], state.json["onSince"].is_string()), (&10.into(), true));
    house.send(Some(&person), "POST", "/auth/totp", None).await.problem(409, "second_factor_on");

    let refused = house.enter(&person, None).await.problem(401, "code_required");
    assert!(cookies(&refused).iter().all(|cookie| !cookie.starts_with("coup_session")), "no session yet");
    house.enter(&person, Some(&app.wrong(house.clock.now()))).await.problem(409, "code_wrong");
    let code = app.code(house.clock.now());
    house.enter(&person, Some(&code)).await.is(200);
    house.enter(&person, Some(&code)).await.problem(409, "code_wrong");
    house.enter(&person, Some(&codes[0])).await.is(200);
    house.enter(&person, Some(&codes[0])).await.problem(409, "code_wrong");

    let fresh = house.send(Some(&person), "POST", "/auth/totp/recovery-codes", None).await.is(201);
    assert_ne!(fresh.json["recoveryCodes"][0], Value::from(codes[0].clone()));
    house.send(Some(&person), "DELETE", "/auth/totp", None).await.is(204);
    house.send(Some(&person), "DELETE", "/auth/totp", None).await.problem(409, "no_second_factor");
    house.enter(&person, None).await.is(200);
}

#[tokio::test]
async fn the_second_step_is_done_in_the_browser_of_the_first() {
    let house = House::new();
    let person = house.person("김민준").await;
    let (person, app, _) = house.guard(&person).await;
    let refused = house.enter(&person, None).await.problem(401, "code_required");
    let half = cookie(&refused, "coup_code=");
    let step = |cookie: Option<String>, code: String| {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        headers.extend(cookie.map(|cookie| ("cookie".to_owned(), cookie)));
        let house = &house;
        async move {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, it)| (name.as_str(), it.as_str())).collect();
            let body = json!({ "code": code }).to_string().into_bytes();
            house.raw(None, "POST", "/auth/sign-in/code", &headers, body).await
        }
    };
    let code = app.code(house.clock.now());
    step(None, code.clone()).await.problem(409, "sign_in_expired");
    step(Some("coup_code=guess".into()), code.clone()).await.problem(409, "sign_in_expired");
    step(Some(half.clone()), app.wrong(house.clock.now())).await.problem(409, "code_wrong");
    let done = step(Some(half.clone()), code).await.is(200);
    assert_eq!(done.id(), person.id);
    assert_eq!(cookie(&done, "coup_code="), "coup_code=");
    let anew = Person { cookie: cookie(&done, "coup_session="), ..person.clone() };
    house.get(Some(&anew), "/me").await.is(200);
    step(Some(half), "000000".into()).await.problem(409, "sign_in_expired");
}

#[tokio::test]
async fn after_five_wrong_codes_one_is_told_when_to_come_back() {
    let house = House::new();
    let person = house.person("김민준").await;
    let (person, app, codes) = house.guard(&person).await;
    for _ in 0..5 {
        house.enter(&person, Some(&app.wrong(house.clock.now()))).await.problem(409, "code_wrong");
    }
    let shut = house.enter(&person, Some(&app.code(house.clock.now()))).await.problem(429, "too_many_codes");
    let seconds: i64 = shut.headers["retry-after"].to_str().unwrap().parse().unwrap();
    house.enter(&person, Some(&codes[0])).await.is(200);
    for _ in 0..5 {
        house.enter(&person, Some(&app.wrong(house.clock.now()))).await.problem(409, "code_wrong");
    }
    house.clock.advance(chrono::TimeDelta::seconds(seconds));
    house.enter(&person, Some(&app.code(house.clock.now()))).await.is(200);
}

#[tokio::test]
async fn who_has_one_confirms_by_a_code() {
    let house = House::new();
    let person = house.person("김민준").await;
    let confirm = |person: Person, body: Value| {
        let house = &house;
        async move { house.post(Some(&person), "/auth/confirm", body).await }
    };
    confirm(person.clone(), json!({})).await.names("password", "required");
    confirm(person.clone(), json!({ "code": "000000" })).await.problem(409, "no_second_factor");
    let (person, app, _) = house.guard(&person).await;
    house.clock.advance(chrono::TimeDelta::minutes(15));
    house.send(Some(&person), "DELETE", "/auth/totp", None).await.problem(403, "confirmation_required");
    confirm(person.clone(), json!({ "password": PASSWORD })).await.names("code", "required");
    confirm(person.clone(), json!({ "code": app.wrong(house.clock.now()) })).await.problem(409, "code_wrong");
    confirm(person.clone(), json!({ "code": app.code(house.clock.now()) })).await.is(204);
    house.send(Some(&person), "DELETE", "/auth/totp", None).await.is(204);
}

#[tokio::test]
async fn an_administrator_without_one_is_told_where_to_set_it_up() {
    let house = House::with_settings("http://127.0.0.1:3000", ApiOptions::default(), Settings::default());
    let root = house.administrator("김민준", AdminRole::SuperAdmin).await;
    let refused = house.get(Some(&root), "/admin/settings").await.problem(403, "second_factor_required");
    assert!(refused.json["detail"].as_str().unwrap().contains("내 정보"), "{}", refused.text);
    let me = house.get(Some(&root), "/me").await.is(200);
    assert_eq!((&me.json["adminRole"], &me.json["secondFactorRequired"]), (&Value::Null, &Value::from(true)));
    let (root, _, _) = house.guard(&root).await;
    let settings = house.get(Some(&root), "/admin/settings").await.is(200);
    assert!(settings.text.contains("requireAdminSecondFactor"), "{}", settings.text);
    house.send(Some(&root), "DELETE", "/auth/totp", None).await.problem(409, "second_factor_stays");
}
