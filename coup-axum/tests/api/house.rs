//! A deployment in memory, people who sign in to it, and requests whose every answer is held against the document.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test's own tools")]

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderMap, Method},
};
use axum_test::TestServer;
use coup_axum::{
    api::{ApiOptions, api},
    identity::{Argon2Passwords, SessionCaller, SessionCookie, identity},
};
use coup_core::{
    changes::{Changes, Row, SystemPermit},
    coup::{Coup, Settings},
    id::StudyId,
    identity::model::{OAuthIdentity, Provider},
    store::{Store, StudyReads as _},
    study::model::Study,
    testing::{FixedClock, MemoryBlobs, MemoryStore, SeededIds, StandIn, fixtures},
};
use coup_realtime::live::{Limits, Live};
use serde_json::{Value, json};

pub(crate) const NO_ID: &str = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57";
pub(crate) const PASSWORD: &str = "파란 하늘 아래 두 사람";

/// A deployment at `http://…/api`.
pub(crate) struct House {
    pub(crate) server: TestServer,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: FixedClock,
    pub(crate) document: Value,
}

/// Somebody signed in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) cookie: String,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// `null` if there was no body, or none in JSON.
    pub(crate) json: Value,
    pub(crate) text: String,
}

impl Reply {
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// A problem of this status and code.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.json["code"].as_str()), (status, Some(code)), "{}", self.text);
        self
    }

    /// A 422 that names this field, among others perhaps.
    #[track_caller]
    pub(crate) fn names(self, field: &str, code: &str) -> Self {
        let reply = self.problem(422, "invalid_input");
        let errors = reply.json["errors"].as_array().unwrap();
        assert!(errors.iter().any(|error| error["field"] == field && error["code"] == code), "{}", reply.text);
        reply
    }

    pub(crate) fn id(&self) -> String {
        self.json["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn items(&self) -> &[Value] {
        self.json["items"].as_array().unwrap()
    }
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with("http://127.0.0.1:3000", ApiOptions::default())
    }

    pub(crate) fn with(address: &str, options: ApiOptions) -> Self {
        // What administrators are asked beside has tests of its own.
        let settings = Settings { require_admin_second_factor: false, ..Settings::default() };
        Self::with_settings(address, options, settings)
    }

    pub(crate) fn with_settings(address: &str, options: ApiOptions, settings: Settings) -> Self {
        let store = Arc::new(MemoryStore::new());
        let shared: Arc<dyn Store> = store.clone();
        let clock = FixedClock::at(fixtures::START);
        let coup = Coup::builder(shared)
            .clock(Arc::new(clock.clone()))
            .ids(Arc::new(SeededIds::new(1)))
            // Cheap: these tests are not about guessing passwords.
            .passwords(Arc::new(Argon2Passwords::with_cost(8, 1, 1).unwrap()))
            .settings(settings)
            .identity_provider(Arc::new(StandIn(Provider::Google)))
            .identity_provider(Arc::new(StandIn(Provider::Github)))
            .blobs(Arc::new(MemoryBlobs::default()))
            .build();
        let cookie = SessionCookie::for_address(address);
        let options = options.live(Live::new(coup.clone(), Limits::default()));
        let (accounts, document) = identity::<SessionCookie, SessionCaller>(coup.clone(), cookie, &options);
        let (routes, document) = api::<SessionCookie, SessionCaller>(coup, options.document(document));
        let app: Router = Router::new().nest("/api", routes.merge(accounts)).with_state(cookie);
        let document = serde_json::to_value(&document).unwrap();
        Self { server: TestServer::new(app), store, clock, document }
    }

    pub(crate) async fn person(&self, name: &str) -> Person {
        let local: Vec<String> = name.bytes().map(|b| b.to_string()).collect();
        let email = format!("{}@school.kr", local.join("-"));
        let body = json!({ "email": email, "password": PASSWORD, "name": name });
        let reply = self.post(None, "/auth/sign-up", body).await.is(201);
        let cookie = reply.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        Person { id: reply.id(), email, cookie }
    }

    /// A public study that takes everybody in at once, with `more` of its fields.
    pub(crate) async fn study(&self, owner: &Person, more: Value) -> String {
        let mut body =
            json!({ "name": "알고리즘 스터디", "description": "매주 화요일에 풀어요.", "category": "프로그래밍" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post(Some(owner), "/studies", body).await.is(201).id()
    }

    pub(crate) async fn join(&self, person: &Person, study: &str) {
        self.send(Some(person), "POST", &format!("/studies/{study}/join"), None).await.is(201);
    }

    /// As if they had come back from there.
    pub(crate) async fn link(&self, person: &Person, provider: Provider) {
        let identity = OAuthIdentity {
            issuer: "https://provider.example".into(),
            subject: person.id.clone(),
            user: person.id.parse().unwrap(),
            provider,
            email: None,
            linked_at: fixtures::START,
        };
        let changes = Changes::system(SystemPermit::Operator).insert(Row::Identity(Box::new(identity)));
        self.store.commit(changes).await.unwrap();
    }

    /// As a moderator will: the study is hidden.
    pub(crate) async fn hide(&self, study: &str) {
        let id: StudyId = study.parse().unwrap();
        let found = self.store.study(id).await.unwrap().unwrap();
        let hidden = Study { hidden_at: Some(fixtures::START), ..found };
        let changes = Changes::system(SystemPermit::Operator).save(Row::Study(Box::new(hidden)));
        self.store.commit(changes).await.unwrap();
    }

    pub(crate) async fn get(&self, who: Option<&Person>, path: &str) -> Reply {
        self.send(who, "GET", path, None).await
    }

    pub(crate) async fn post(&self, who: Option<&Person>, path: &str, body: Value) -> Reply {
        self.send(who, "POST", path, Some(body)).await
    }

    pub(crate) async fn send(&self, who: Option<&Person>, method: &str, path: &str, body: Option<Value>) -> Reply {
        let content_type = body.as_ref().map(|_| ("content-type", "application/json"));
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let headers: Vec<(&str, &str)> = content_type.into_iter().collect();
        self.raw(who, method, path, &headers, bytes).await
    }

    pub(crate) async fn raw(
        &self,
        who: Option<&Person>,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        bytes: Vec<u8>,
    ) -> Reply {
        let verb = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.server.method(verb, &format!("/api{path}")).bytes(bytes.into());
        for (name, value) in headers {
            request = request.add_header(*name, *value);
        }
        if let Some(person) = who {
            request = request.add_header("cookie", person.cookie.as_str());
        }
        let response = request.await;
        let text = String::from_utf8_lossy(response.as_bytes()).into_owned();
        let reply = Reply {
            status: response.status_code().as_u16(),
            headers: response.headers().clone(),
            json: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
        };
        self.hold(method, path, &reply);
        reply
    }

    /// Every operation of the document.
    pub(crate) fn operations(&self) -> Vec<(String, String, Value)> {
        let paths = self.document["paths"].as_object().unwrap();
        paths
            .iter()
            .flat_map(|(path, item)| {
                let operations = item.as_object().unwrap().iter();
                operations.map(move |(method, operation)| (method.to_uppercase(), path.clone(), operation.clone()))
            })
            .collect()
    }

    /// Holds an answer against the document: a documented status, and a body of the documented shape.
    fn hold(&self, method: &str, path: &str, reply: &Reply) {
        let what = format!("{method} {path}: {} {}", reply.status, reply.text);
        assert_eq!(reply.headers["x-content-type-options"], "nosniff", "{what}");
        assert!(reply.headers.contains_key("cache-control"), "{what}");
        let path = path.split('?').next().unwrap();
        // A path without parameters is the better match, as in the router.
        let mut known: Vec<_> =
            self.operations().into_iter().filter(|(known, at, _)| known == method && fits(at, path)).collect();
        known.sort_by_key(|(_, at, _)| at.matches('{').count());
        let problem = json!({ "$ref": "#/components/schemas/Problem" });
        if reply.status >= 400 {
            assert_eq!(reply.headers["content-type"], "application/problem+json", "{what}");
            self.matches(&problem, &reply.json, &what);
            assert_eq!(reply.json["status"], reply.status, "{what}");
            return;
        }
        let Some((_, _, operation)) = known.first() else { panic!("undocumented: {what}") };
        let documented = operation["responses"].get(reply.status.to_string());
        let documented = documented.unwrap_or_else(|| panic!("undocumented status: {what}"));
        if let Some(schema) = documented.pointer("/content/application~1json/schema") {
            self.matches(schema, &reply.json, &what);
        }
    }

    /// As much of JSON Schema as the document uses. Objects have no properties but the documented ones.
    fn matches(&self, schema: &Value, value: &Value, what: &str) {
        if let Some(reference) = schema["$ref"].as_str() {
            let schema = self.document.pointer(reference.trim_start_matches('#')).unwrap();
            return self.matches(schema, value, what);
        }
        for list in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[list].as_array() {
                let choice = choices.iter().find(|choice| (choice["type"] == "null") == value.is_null());
                return self.matches(
                    choice.unwrap_or_else(|| panic!("{value} is none of {schema}: {what}")),
                    value,
                    what,
                );
            }
        }
        if schema.get("allOf").is_some() || (schema["type"] == "object" && schema.get("properties").is_some()) {
            let object = value.as_object().unwrap_or_else(|| panic!("{value} is no object: {what}"));
            let (mut properties, mut required) = (Vec::new(), Vec::new());
            self.gather(schema, &mut properties, &mut required);
            for name in required {
                assert!(object.contains_key(&name), "{name} is missing: {what}");
            }
            for (name, value) in object {
                let property = properties.iter().find(|(known, _)| known == name);
                let (_, schema) = property.unwrap_or_else(|| panic!("{name} is not documented: {what}"));
                self.matches(schema, value, what);
            }
            return;
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one.as_str()],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        let right = types.iter().any(|known| match *known {
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            "array" => value.is_array(),
            _ => value.is_object(),
        });
        assert!(right, "{value} is not of {schema}: {what}");
        if let (Some(words), false) = (schema["enum"].as_array(), value.is_null()) {
            assert!(words.contains(value), "{value} is none of {words:?}: {what}");
        }
        if let (Some(item), Some(values)) = (schema.get("items"), value.as_array()) {
            for value in values {
                self.matches(item, value, what);
            }
        }
    }

    fn gather(&self, schema: &Value, properties: &mut Vec<(String, Value)>, required: &mut Vec<String>) {
        if let Some(reference) = schema["$ref"].as_str() {
            let schema = self.document.pointer(reference.trim_start_matches('#')).unwrap();
            return self.gather(schema, properties, required);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.gather(part, properties, required);
        }
        properties.extend(
            schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| (name.clone(), schema.clone())),
        );
        required
            .extend(schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()));
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(known, part)| known.starts_with('{') || known == part)
}
