//! The `Idempotency-Key` header: the same request again is answered the same and done once, whatever it writes.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test's own tools")]

use coup_axum::api::ApiOptions;
use coup_core::{env::Clock as _, identity::model::Provider, policy::AdminRole};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::house::{House, Person, Reply};

/// A request that succeeds.
struct Call {
    who: Person,
    method: &'static str,
    path: String,
    body: Option<Value>,
}

impl Call {
    async fn with_key(&self, house: &House, key: &str) -> Reply {
        self.at(house, &self.path, key).await
    }

    async fn at(&self, house: &House, path: &str, key: &str) -> Reply {
        let bytes = self.body.as_ref().map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let mut headers = vec![("idempotency-key", key)];
        headers.extend(self.body.as_ref().map(|_| ("content-type", "application/json")));
        house.raw(Some(&self.who), self.method, path, &headers, bytes).await
    }
}

/// Somebody who may, and what makes it possible.
async fn call(house: &House, operation: &str) -> Call {
    let (owner, guest) = (house.person("김민준").await, house.person("이서연").await);
    let open = house.study(&owner, json!({})).await;
    let asked = house.study(&owner, json!({ "autoApprove": false })).await;
    let (study, member) = (format!("/studies/{open}"), format!("/studies/{open}/members/{}", guest.id));
    let request = format!("/studies/{asked}/join");
    let whole = json!({ "name": "저녁 수학", "description": "매일 한 문제", "category": "수학" });
    let call = |who: &Person, method, path: &str, body| Call { who: who.clone(), method, path: path.to_owned(), body };
    let message = async || {
        let sent =
            house.post(Some(&owner), &format!("/my-studies/{open}/messages"), json!({ "content": "안녕" })).await;
        format!("/my-studies/{open}/messages/{}", sent.is(201).id())
    };
    let invite = async || {
        let made = house.send(Some(&owner), "POST", &format!("{study}/invites"), None).await.is(201).json;
        made["code"].as_str().unwrap().to_owned()
    };
    match operation {
        "createStudy" => call(&owner, "POST", "/studies", Some(whole)),
        "replaceStudy" => call(&owner, "PUT", &study, Some(whole)),
        "editStudy" => call(&owner, "PATCH", &study, Some(json!({ "maxMembers": 7 }))),
        "deleteStudy" => call(&owner, "DELETE", &study, None),
        "closeStudy" => call(&owner, "POST", &format!("{study}/close"), None),
        "reopenStudy" => {
            house.send(Some(&owner), "POST", &format!("{study}/close"), None).await.is(200);
            call(&owner, "POST", &format!("{study}/reopen"), None)
        }
        "joinStudy" => call(&guest, "POST", &format!("{study}/join"), Some(json!({ "level": "초보" }))),
        "withdrawRequest" => {
            house.send(Some(&guest), "POST", &request, None).await.is(202);
            call(&guest, "DELETE", &request, None)
        }
        "approveRequest" => {
            house.send(Some(&guest), "POST", &request, None).await.is(202);
            call(&owner, "POST", &format!("/studies/{asked}/members"), Some(json!({ "userId": guest.id })))
        }
        "leaveStudy" => {
            house.join(&guest, &open).await;
            call(&guest, "POST", &format!("{study}/leave"), None)
        }
        "setRole" => {
            house.join(&guest, &open).await;
            call(&owner, "PATCH", &member, Some(json!({ "role": "ADMIN" })))
        }
        "removeMember" => {
            house.join(&guest, &open).await;
            call(&owner, "DELETE", &member, None)
        }
        "reinstateMember" => {
            house.join(&guest, &open).await;
            house.send(Some(&owner), "DELETE", &member, None).await.is(204);
            call(&owner, "POST", &format!("{member}/reinstate"), None)
        }
        "transferStudy" => {
            house.join(&guest, &open).await;
            call(&owner, "POST", &format!("{study}/transfer"), Some(json!({ "userId": guest.id })))
        }
        "createInvite" => call(&owner, "POST", &format!("{study}/invites"), Some(json!({ "maxUses": 3 }))),
        "revokeInvite" => call(&owner, "DELETE", &format!("{study}/invites/{}", invite().await), None),
        "rotateInviteCode" => call(&owner, "POST", &format!("{study}/invite-code/rotate"), None),
        "joinByInvite" => call(&guest, "POST", &format!("/invites/{}", invite().await), None),
        "sendMessage" => {
            call(&owner, "POST", &format!("/my-studies/{open}/messages"), Some(json!({ "content": "숙제 다 했어요?" })))
        }
        "editMessage" => call(&owner, "PATCH", &message().await, Some(json!({ "content": "고쳤어요" }))),
        "deleteMessage" => call(&owner, "DELETE", &message().await, None),
        "markRead" => {
            message().await;
            call(&owner, "POST", &format!("/my-studies/{open}/messages/read"), Some(json!({ "seq": 1 })))
        }
        "grantAdministrator" | "revokeAdministrator" | "setUserRole" => {
            let root = house.administrator("박지호", AdminRole::SuperAdmin).await;
            let grant = json!({ "userId": guest.id, "role": "VIEWER" });
            let (admins, admin) = ("/admin/settings/admins", format!("/admin/settings/admins/{}", guest.id));
            match operation {
                "grantAdministrator" => call(&root, "POST", admins, Some(grant)),
                "setUserRole" => {
                    let role = Some(json!({ "role": "ADMIN", "adminRole": "MODERATOR" }));
                    call(&root, "PATCH", &format!("/admin/users/{}/role", guest.id), role)
                }
                _ => {
                    house.post(Some(&root), admins, grant).await.is(201);
                    call(&root, "DELETE", &admin, None)
                }
            }
        }
        "updateSettings" => {
            let root = house.administrator("박지호", AdminRole::SuperAdmin).await;
            call(&root, "PATCH", "/admin/settings", Some(json!({ "appealDays": 14 })))
        }
        "pauseMember" => {
            house.join(&guest, &open).await;
            let until = (house.clock.now() + chrono::TimeDelta::days(1)).to_rfc3339();
            call(&owner, "POST", &format!("{member}/pause"), Some(json!({ "until": until })))
        }
        "removeAvatar" => {
            let picture = crate::avatars::PNG.to_vec();
            house.raw(Some(&owner), "PUT", "/me/avatar", &[("content-type", "image/png")], picture).await.is(200);
            call(&owner, "DELETE", "/me/avatar", None)
        }
        "unlinkIdentity" => {
            house.link(&owner, Provider::Google).await;
            call(&owner, "DELETE", "/me/identities/google", None)
        }
        "turnOffSecondFactor" => {
            let (owner, _, _) = house.guard(&owner).await;
            call(&owner, "DELETE", "/auth/totp", None)
        }
        "editMe" => call(&owner, "PATCH", "/me", Some(json!({ "name": "김민준2" }))),
        _ => moderating(house, operation, &owner, &guest, &open).await,
    }
}

/// The same of moderation: the guest is reported and sanctioned.
async fn moderating(house: &House, operation: &str, owner: &Person, guest: &Person, study: &str) -> Call {
    let call = |who: &Person, method, path: &str, body| Call { who: who.clone(), method, path: path.to_owned(), body };
    let root = house.administrator("박지호", AdminRole::SuperAdmin).await;
    house.join(guest, study).await;
    let user = format!("/admin/users/{}", guest.id);
    let report = json!({ "targetType": "USER", "targetId": guest.id, "type": "SPAM", "reason": "도배" });
    let reported = async || {
        let made = house.post(Some(owner), "/reports", report.clone()).await;
        format!("/admin/reports/{}", made.is(201).id())
    };
    let suspended = async || {
        let body = json!({ "reason": "도배", "duration": "3d" });
        house.post(Some(&root), &format!("{user}/suspend"), body).await.is(201).id()
    };
    let warned =
        async || house.post(Some(&root), &format!("{user}/warn"), json!({ "reason": "도배" })).await.is(201).id();
    let appeal = async || json!({ "sanctionId": warned().await, "text": "억울해요" });
    let said = async || {
        let path = format!("/my-studies/{study}/messages");
        let sent = house.post(Some(guest), &path, json!({ "content": "나쁜 말" })).await;
        format!("/admin/moderation/messages/{}", sent.is(201).id())
    };
    let reason = || Some(json!({ "reason": "도배" }));
    let reject = || Some(json!({ "decision": "REJECT", "resolution": "문제가 없어요" }));
    match operation {
        "createReport" => call(owner, "POST", "/reports", Some(report.clone())),
        "assignReport" => call(&root, "POST", &format!("{}/assign", reported().await), None),
        "releaseReport" => {
            let case = reported().await;
            house.send(Some(&root), "POST", &format!("{case}/assign"), None).await.is(200);
            call(&root, "POST", &format!("{case}/release"), None)
        }
        "handUpReport" => {
            let lower = house.administrator("정다은", AdminRole::Moderator).await;
            call(&lower, "POST", &format!("{}/hand-up", reported().await), Some(json!({ "note": "큰 일이에요" })))
        }
        "addEvidence" => {
            call(&root, "POST", &format!("{}/evidence", reported().await), Some(json!({ "text": "여기도 있어요" })))
        }
        "addNote" => call(&root, "POST", &format!("{}/notes", reported().await), Some(json!({ "text": "살펴봐요" }))),
        "processReport" => {
            let body = json!({ "decision": "APPROVE", "resolution": "도배가 맞아요" });
            call(&root, "POST", &format!("{}/process", reported().await), Some(body))
        }
        "resolveReport" => call(&root, "POST", &format!("{}/resolve", reported().await), reject()),
        "warnUser" => call(&root, "POST", &format!("{user}/warn"), reason()),
        "suspendUser" => {
            call(&root, "POST", &format!("{user}/suspend"), Some(json!({ "reason": "도배", "duration": "permanent" })))
        }
        "unsuspendUser" => {
            suspended().await;
            call(&root, "POST", &format!("{user}/unsuspend"), reason())
        }
        "restrictUser" => {
            let body = json!({ "type": "CHAT_BAN", "reason": "도배", "duration": "3d" });
            call(&root, "POST", &format!("{user}/restrict"), Some(body))
        }
        "liftSanction" => call(&root, "POST", &format!("/admin/sanctions/{}/lift", suspended().await), reason()),
        "createAppeal" => call(guest, "POST", "/appeals", Some(appeal().await)),
        "decideAppeal" => {
            let made = house.post(Some(guest), "/appeals", appeal().await).await.is(201).id();
            let other = house.administrator("정다은", AdminRole::Admin).await;
            let body = json!({ "decision": "OVERTURN", "words": "실수였어요" });
            call(&other, "POST", &format!("/admin/appeals/{made}/decide"), Some(body))
        }
        "removeMessage" => call(&root, "DELETE", &said().await, reason()),
        "removeMessageByPost" => call(&root, "POST", &format!("{}/delete", said().await), reason()),
        "readNotification" => {
            warned().await;
            let told = house.get(Some(guest), "/notifications").await.is(200);
            let id = told.items()[0]["id"].as_str().unwrap().to_owned();
            call(guest, "POST", &format!("/notifications/{id}/read"), None)
        }
        "readAllNotifications" => {
            warned().await;
            call(guest, "POST", "/notifications/read-all", None)
        }
        "deleteNotification" => {
            warned().await;
            let told = house.get(Some(guest), "/notifications").await.is(200);
            let id = told.items()[0]["id"].as_str().unwrap().to_owned();
            call(guest, "DELETE", &format!("/notifications/{id}"), None)
        }
        unknown => panic!("{unknown} writes, and no request of it is known here: add one that succeeds"),
    }
}

/// The operations that document the header.
fn keyed(house: &House) -> Vec<String> {
    let has_key = |operation: &Value| {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        parameters.into_iter().any(|parameter| parameter["name"] == "Idempotency-Key" && parameter["in"] == "header")
    };
    let operations = house.operations().into_iter().filter(|(_, _, operation)| has_key(operation));
    operations.map(|(_, _, operation)| operation["operationId"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_operation_that_writes_for_a_person_documents_the_header_and_no_reading_one_does() {
    let house = House::new();
    let keyed = keyed(&house);
    for (method, path, operation) in house.operations() {
        let writes = method != "GET" && operation.get("security").is_some();
        let id = operation["operationId"].as_str().unwrap();
        // The end of a session: whose key it was nobody knows afterwards. Tickets, secrets and codes are told once, typing is not written down.
        let expected = writes
            && ![
                "signOut",
                "signOutEverywhere",
                "endSession",
                "changePassword",
                "confirm",
                "openTicket",
                "typing",
                "linkIdentity",
                "beginSecondFactor",
                "confirmSecondFactor",
                "newRecoveryCodes",
                "deleteMe",
                "setAvatar",
            ]
            .contains(&id);
        assert_eq!(keyed.iter().any(|known| known == id), expected, "{method} {path}");
        if expected {
            assert!(operation["responses"].get("422").is_some(), "{method} {path}");
        }
    }
}

/// One effect: the second time the store is as it was, down to the last row.
#[tokio::test]
async fn the_same_request_again_is_answered_the_same_and_done_once() {
    let operations = keyed(&House::new());
    assert!(operations.len() >= 26, "{operations:?}");
    for operation in operations {
        let house = House::new();
        let call = call(&house, &operation).await;
        let first = call.with_key(&house, "a1b2").await;
        assert!(first.status < 300, "{operation}: {} {}", first.status, first.text);
        let stored = format!("{:?}", house.store);
        house.clock.advance(chrono::TimeDelta::minutes(1));
        let second = call.with_key(&house, "a1b2").await;
        assert_eq!((second.status, &second.text), (first.status, &first.text), "{operation}");
        assert_eq!(second.headers.get("content-type"), first.headers.get("content-type"), "{operation}");
        assert_eq!(format!("{:?}", house.store), stored, "{operation}");

        let other = call.at(&house, &format!("{}?another=request", call.path), "a1b2").await;
        other.problem(409, "idempotency_key_reused");
        assert_eq!(format!("{:?}", house.store), stored, "{operation}");
    }
}

#[tokio::test]
async fn of_a_racing_pair_one_is_done_and_both_are_answered_the_same() {
    for operation in ["createStudy", "joinStudy", "sendMessage", "removeMember", "createInvite", "deleteStudy"] {
        let house = House::new();
        let call = call(&house, operation).await;
        let replies = join_all((0..6).map(|_| call.with_key(&house, "race"))).await;
        for reply in &replies {
            assert!(reply.status < 300, "{operation}: {}", reply.text);
            assert_eq!(reply.text, replies[0].text, "{operation}");
        }
    }
}

#[tokio::test]
async fn another_body_method_or_path_is_another_request() {
    let house = House::new();
    let sent = call(&house, "sendMessage").await;
    sent.with_key(&house, "k").await.is(201);
    let body = Call { body: Some(json!({ "content": "숙제 다 했어요!" })), who: sent.who.clone(), ..sent };
    body.with_key(&house, "k").await.problem(409, "idempotency_key_reused");
    let other = Call { method: "PATCH", path: "/me".into(), body: Some(json!({ "name": "민준" })), who: body.who };
    other.with_key(&house, "k").await.problem(409, "idempotency_key_reused");
    other.with_key(&house, "k2").await.is(200);
    let empty = Call { body: Some(json!({})), ..other };
    empty.with_key(&house, "k3").await.is(200);
    // Also where the first request changed nothing.
    let other = Call { body: Some(json!({ "name": "민준 김" })), ..empty };
    other.with_key(&house, "k3").await.problem(409, "idempotency_key_reused");
}

#[tokio::test]
async fn a_malformed_key_is_named_and_nothing_is_done() {
    let house = House::new();
    let call = call(&house, "createStudy").await;
    let stored = format!("{:?}", house.store);
    for (key, code) in [("", "required"), ("two words", "forbidden_character"), (&"k".repeat(256), "too_long")] {
        call.with_key(&house, key).await.names("Idempotency-Key", code);
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "b"), ("content-type", "application/json")];
    let bytes = call.body.as_ref().unwrap().to_string().into_bytes();
    house.raw(Some(&call.who), "POST", "/studies", &twice, bytes).await.names("Idempotency-Key", "forbidden_character");
    assert_eq!(format!("{:?}", house.store), stored);
    call.with_key(&house, &"k".repeat(255)).await.is(201);
}

#[tokio::test]
async fn a_key_is_a_persons_own_and_anonymous_calls_have_none() {
    let house = House::new();
    let mut sent = call(&house, "editMe").await;
    sent.with_key(&house, "k").await.is(200);
    sent.who = house.person("박지호").await;
    sent.with_key(&house, "k").await.is(200);
    let body = json!({ "email": "new@school.kr", "password": crate::house::PASSWORD, "name": "최유나" });
    let headers = [("idempotency-key", "not a key"), ("content-type", "application/json")];
    house.raw(None, "POST", "/auth/sign-up", &headers, body.to_string().into_bytes()).await.is(201);
    let leave = format!("/studies/{}/leave", crate::house::NO_ID);
    house.raw(None, "POST", &leave, &headers[..1], Vec::new()).await.problem(401, "not_signed_in");
}

/// As documented: a ticket that is kept could be told twice.
#[tokio::test]
async fn what_takes_no_key_is_done_anew_and_keeps_nothing_of_one() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let study = house.study(&owner, json!({})).await;
    let call = |path: &str, body| Call { who: owner.clone(), method: "POST", path: path.to_owned(), body };
    let ticket = call("/realtime/ticket", None);
    let first = ticket.with_key(&house, "k").await.is(201);
    assert_ne!(ticket.with_key(&house, "k").await.is(201).json["ticket"], first.json["ticket"]);
    let link = call("/me/identities/google", None);
    let first = link.with_key(&house, "k").await.is(201);
    assert_ne!(link.with_key(&house, "k").await.is(201).json["address"], first.json["address"]);
    let stored = format!("{:?}", house.store);
    let typing = call(&format!("/my-studies/{study}/typing"), Some(json!({ "on": true })));
    typing.with_key(&house, "k").await.is(204);
    typing.with_key(&house, "k").await.is(204);
    assert_eq!(format!("{:?}", house.store), stored);
    // The key is free.
    call(&format!("/studies/{study}/close"), None).with_key(&house, "k").await.is(200);
}

/// Reading writes nothing: whatever the header says.
#[tokio::test]
async fn a_reading_request_has_no_key() {
    let house = House::new();
    let owner = house.person("김민준").await;
    for _ in 0..2 {
        house.raw(Some(&owner), "GET", "/me", &[("idempotency-key", "not a key")], Vec::new()).await.is(200);
    }
}

/// A refusal is no answer to keep, and a body is bounded before it is hashed.
#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    let options = ApiOptions { body_limit: 1000, ..ApiOptions::default() };
    let house = House::with("http://127.0.0.1:3000", options);
    let mut sent = call(&house, "sendMessage").await;
    let right = sent.body.replace(json!({ "content": "" }));
    sent.with_key(&house, "k").await.problem(422, "invalid_input");
    sent.body = Some(json!({ "content": "가".repeat(1000) }));
    sent.with_key(&house, "k").await.problem(413, "too_large");
    sent.body = right;
    sent.with_key(&house, "k").await.is(201);
}
