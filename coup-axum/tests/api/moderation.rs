//! Reports, cases, sanctions, appeals, content and notifications over HTTP.

use chrono::TimeDelta;
use coup_core::{env::Clock as _, policy::AdminRole};
use serde_json::{Value, json};

use crate::house::{House, Person};

/// A study with its OWNER and two members, and administrators.
struct School {
    house: House,
    study: String,
    owner: Person,
    minjun: Person,
    seoyeon: Person,
    moderator: Person,
    admin: Person,
    root: Person,
}

impl School {
    async fn new() -> Self {
        let house = House::new();
        let (owner, minjun, seoyeon) =
            (house.person("방장").await, house.person("김민준").await, house.person("이서연").await);
        let study = house.study(&owner, json!({})).await;
        house.join(&minjun, &study).await;
        house.join(&seoyeon, &study).await;
        let moderator = house.administrator("중재자", AdminRole::Moderator).await;
        let admin = house.administrator("관리자", AdminRole::Admin).await;
        let root = house.administrator("최고", AdminRole::SuperAdmin).await;
        Self { house, study, owner, minjun, seoyeon, moderator, admin, root }
    }

    async fn post(&self, who: &Person, path: &str, body: Value) -> crate::house::Reply {
        self.house.post(Some(who), path, body).await
    }

    async fn get(&self, who: &Person, path: &str) -> crate::house::Reply {
        self.house.get(Some(who), path).await
    }

    /// A message of minjun's.
    async fn said(&self, text: &str) -> String {
        let path = format!("/my-studies/{}/messages", self.study);
        self.post(&self.minjun, &path, json!({ "content": text })).await.is(201).id()
    }

    async fn reported(&self, message: &str) -> String {
        self.post(&self.seoyeon, "/reports", about(message)).await.is(201).id()
    }
}

fn about(message: &str) -> Value {
    json!({
        "targetType": "MESSAGE", "targetId": message, "type": "HARASSMENT", "reason": "계속 놀려요",
        "evidence": { "links": ["https://example.com/1.png"] }
    })
}

#[tokio::test]
async fn a_reported_message_is_decided_and_everybody_concerned_is_told() {
    let school = School::new().await;
    let message = school.said("나쁜 말").await;
    let report = school.reported(&message).await;
    let own = school.get(&school.seoyeon, "/reports").await.is(200);
    assert_eq!((&own.items()[0]["id"], &own.items()[0]["status"]), (&json!(report), &json!("PENDING")));

    let queue =
        school.get(&school.moderator, "/admin/reports?status=PENDING&type=HARASSMENT&priority=HIGH").await.is(200);
    assert_eq!((queue.items().len(), &queue.items()[0]["id"]), (1, &json!(report)));
    assert_eq!(school.get(&school.moderator, "/admin/reports?targetType=USER").await.is(200).items().len(), 0);
    let case = format!("/admin/reports/{report}");
    let taken = school.house.send(Some(&school.moderator), "POST", &format!("{case}/assign"), None).await.is(200).json;
    assert_eq!((&taken["status"], &taken["assignedTo"]), (&json!("IN_PROGRESS"), &json!(school.moderator.id)));
    let text = json!({ "text": "다른 방에도 있어요", "links": ["https://example.com/2.png"] });
    school.post(&school.moderator, &format!("{case}/evidence"), text).await.is(200);
    school.post(&school.moderator, &format!("{case}/notes"), json!({ "text": "살펴봐요" })).await.is(200);
    let detail = school.get(&school.moderator, &case).await.is(200).json;
    assert_eq!(detail["reports"][0]["snapshot"]["content"], "나쁜 말");
    assert_eq!(detail["entries"].as_array().unwrap().len(), 2);
    assert_eq!(detail["history"]["recommendation"]["measure"], json!({ "type": "WARNING" }));
    let viewer = school.house.administrator("열람자", AdminRole::Viewer).await;
    let seen = school.get(&viewer, &case).await.is(200).json;
    assert_eq!((&seen["reports"][0]["snapshot"], seen["entries"].as_array().unwrap().len()), (&Value::Null, 1));

    let around = school.get(&school.moderator, &format!("/admin/moderation/messages/{message}/context")).await.is(200);
    assert_eq!((&around.items()[0]["isReported"], around.items().len()), (&json!(true), 1));
    let other = school.said("다른 말").await;
    let unreported = format!("/admin/moderation/messages/{other}/context");
    school.get(&school.moderator, &unreported).await.problem(404, "not_found");
    let removed = format!("/admin/moderation/messages/{message}");
    let reason = json!({ "reason": "욕설이에요" });
    school.house.send(Some(&school.moderator), "DELETE", &removed, Some(reason.clone())).await.is(204);
    school.post(&school.moderator, &format!("{removed}/delete"), reason).await.problem(409, "message_deleted");

    let decision = json!({ "decision": "APPROVE", "resolution": "욕설이 맞아요", "note": "처음이에요" });
    let decided = school.post(&school.moderator, &format!("{case}/process"), decision.clone()).await.is(200).json;
    assert_eq!((&decided["status"], &decided["processedBy"]), (&json!("RESOLVED"), &json!(school.moderator.id)));
    school.post(&school.admin, &format!("{case}/process"), decision).await.problem(409, "case_decided");
    let own = school.get(&school.seoyeon, "/reports").await.is(200);
    assert_eq!(
        (&own.items()[0]["status"], &own.items()[0]["resolution"]),
        (&json!("RESOLVED"), &json!("욕설이 맞아요"))
    );
    let kinds = async |who: &Person| {
        let told = school.get(who, "/notifications").await.is(200);
        told.items().iter().map(|one| one["event"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&school.seoyeon).await, ["REPORT_RESOLVED"]);
    assert_eq!(kinds(&school.minjun).await, ["SANCTION_IMPOSED", "MESSAGE_REMOVED"]);
    let history = school.get(&viewer, &format!("/admin/users/{}/sanctions", school.minjun.id)).await.is(200).json;
    assert_eq!(history["sanctions"][0]["relatedReportId"], json!(report));
    assert_eq!(history["recommendation"]["measure"], json!({ "type": "SUSPENSION", "duration": "3d" }));
}

#[tokio::test]
async fn a_second_report_names_the_first_one_and_what_is_wrong_with_a_report_is_named() {
    let school = School::new().await;
    let message = school.said("나쁜 말").await;
    let first = school.reported(&message).await;
    let again = school.post(&school.seoyeon, "/reports", about(&message)).await.problem(409, "already_reported");
    assert_eq!(again.json["reportId"], json!(first));
    let with = |change: Value| {
        let mut body = about(&message);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    for (body, field, code) in [
        (with(json!({ "type": "BORING" })), "type", "unknown_value"),
        (with(json!({ "targetId": "17" })), "targetId", "malformed_id"),
        (with(json!({ "reason": " " })), "reason", "required"),
        (with(json!({ "evidence": { "links": ["javascript:alert(1)"] } })), "evidence.links[0]", "not_a_link"),
        (with(json!({ "evidence": { "fileIds": [] } })), "evidence.fileIds", "unknown_field"),
    ] {
        school.post(&school.seoyeon, "/reports", body).await.names(field, code);
    }
    // Who is in danger says nothing more.
    let danger = json!({ "targetType": "USER", "targetId": school.minjun.id, "type": "SAFETY" });
    school.post(&school.seoyeon, "/reports", danger).await.is(201);
    school.house.post(None, "/reports", about(&message)).await.problem(401, "not_signed_in");
    let stranger = school.house.person("낯선 사람").await;
    school.post(&stranger, "/reports", about(&message)).await.problem(404, "not_found");
}

#[tokio::test]
async fn what_is_wrong_with_a_decision_is_named() {
    let school = School::new().await;
    let case = format!("/admin/reports/{}/process", school.reported(&school.said("나쁜 말").await).await);
    let approve = |more: Value| {
        let mut body = json!({ "decision": "APPROVE", "resolution": "맞아요" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (body, field, code) in [
        (json!({ "decision": "APPROVE" }), "resolution", "required"),
        (json!({ "decision": "REJECT", "resolution": "" }), "resolution", "required"),
        (
            json!({ "decision": "REJECT", "resolution": "아니에요", "sanction": { "type": "WARNING" } }),
            "sanction",
            "not_with_decision",
        ),
        (json!({ "decision": "REJECT", "resolution": "아니에요", "notify": true }), "notify", "not_with_decision"),
        (approve(json!({ "until": "2030-01-01T00:00:00Z" })), "until", "not_with_decision"),
        (approve(json!({ "sanction": { "type": "SUSPENSION" } })), "sanction.duration", "required"),
        (approve(json!({ "sanction": { "type": "SUSPENSION", "duration": "31d" } })), "sanction.duration", "too_great"),
        (approve(json!({ "sanction": { "type": "WARNING", "duration": "1d" } })), "sanction.duration", "not_with_type"),
        (json!({ "decision": "HOLD", "until": "2001-01-01T00:00:00Z" }), "until", "in_the_past"),
        (json!({ "decision": "MAYBE", "resolution": "글쎄요" }), "decision", "unknown_value"),
    ] {
        school.post(&school.admin, &case, body).await.names(field, code);
    }
    let resolve = case.replace("process", "resolve");
    school.post(&school.admin, &resolve, json!({ "decision": "HOLD" })).await.names("decision", "unknown_value");
    // Nobody is told of a hold: what is said of it is a note.
    let hold = json!({ "decision": "HOLD", "resolution": "더 알아봐요", "note": "부모님께 여쭤요" });
    let held = school.post(&school.admin, &case, hold).await.is(200).json;
    let until = school.house.clock.now() + TimeDelta::days(3);
    assert_eq!(held["heldUntil"], json!(until));
    let detail = school.get(&school.admin, case.trim_end_matches("/process")).await.is(200).json;
    assert_eq!(detail["entries"][0]["text"], "더 알아봐요\n부모님께 여쭤요");
    assert_eq!(school.get(&school.seoyeon, "/notifications/unread-count").await.is(200).json, json!({ "count": 0 }));
    // Somebody of the same role has it; a higher one may take it.
    let other = school.house.administrator("다른 관리자", AdminRole::Admin).await;
    let reject = json!({ "decision": "REJECT", "resolution": "문제가 없어요" });
    school.post(&other, &resolve, reject.clone()).await.problem(409, "case_taken");
    school.post(&school.root, &resolve, reject).await.is(200);
}

#[tokio::test]
async fn a_moderator_hands_up_what_is_beyond_their_right() {
    let school = School::new().await;
    let report = school.reported(&school.said("나쁜 말").await).await;
    let case = format!("/admin/reports/{report}");
    let suspend = json!({
        "decision": "APPROVE", "resolution": "맞아요", "sanction": { "type": "SUSPENSION", "duration": "3d" }
    });
    let refused = school.post(&school.moderator, &format!("{case}/process"), suspend.clone()).await;
    assert_eq!(refused.problem(403, "forbidden").json["permission"], "admin:sanction.suspension");
    let up = school.post(&school.moderator, &format!("{case}/hand-up"), json!({ "note": "제 권한 밖이에요" })).await;
    assert_eq!(up.is(200).json["escalatedTo"], "ADMIN");
    school
        .house
        .send(Some(&school.moderator), "POST", &format!("{case}/release"), None)
        .await
        .problem(409, "case_not_taken");
    school.post(&school.admin, &format!("{case}/process"), suspend).await.is(200);
    school.house.clock.advance(TimeDelta::minutes(1));
    let figures = school.get(&school.moderator, "/admin/reports/statistics").await.is(200).json;
    assert_eq!((&figures["cases"], &figures["byStatus"]["RESOLVED"]), (&json!(1), &json!(1)));
    school.get(&school.moderator, "/admin/reports/statistics?timeZone=Moon").await.names("timeZone", "not_a_time_zone");
}

#[tokio::test]
async fn the_suspended_see_why_and_until_when_appeal_and_are_free_when_it_is_overturned() {
    let school = School::new().await;
    let user = format!("/admin/users/{}", school.minjun.id);
    let body = json!({ "reason": "도배를 했어요", "duration": "7d", "notify": false });
    school.post(&school.moderator, &format!("{user}/suspend"), body.clone()).await.problem(403, "forbidden");
    let imposed = school.post(&school.admin, &format!("{user}/suspend"), body).await.is(201).json;
    assert_eq!(
        (&imposed["type"], &imposed["duration"], &imposed["isActive"]),
        (&json!("SUSPENSION"), &json!("7d"), &json!(true))
    );
    // The session has ended; signing in again leads to one's sanctions and appeal.
    school.get(&school.minjun, "/me/sanctions").await.problem(401, "not_signed_in");
    let credentials = json!({ "email": school.minjun.email, "password": crate::house::PASSWORD });
    let reply = school.house.post(None, "/auth/sign-in", credentials).await.is(200);
    let cookie = reply.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let minjun = Person { cookie, ..school.minjun.clone() };
    let own = school.get(&minjun, "/me/sanctions").await.is(200);
    assert_eq!(
        (&own.items()[0]["reason"], &own.items()[0]["expiresAt"]),
        (&json!("도배를 했어요"), &imposed["expiresAt"])
    );
    assert!(!own.text.contains(&school.admin.id), "who imposed it is not told: {}", own.text);
    let refused = school.get(&minjun, "/studies").await.problem(403, "forbidden").json;
    assert_eq!((&refused["sanction"], &refused["until"]), (&json!("SUSPENSION"), &imposed["expiresAt"]));

    let appeal = json!({ "sanctionId": imposed["id"], "text": "제가 쓴 글이 아니에요" });
    let made = school.post(&minjun, "/appeals", appeal.clone()).await.is(201).id();
    school.post(&minjun, "/appeals", appeal.clone()).await.problem(409, "already_appealed");
    school.post(&school.seoyeon, "/appeals", appeal).await.problem(404, "not_found");
    let text = json!({ "sanctionId": "17", "text": "억울해요" });
    school.post(&minjun, "/appeals", text).await.names("sanctionId", "malformed_id");
    let path = format!("/admin/appeals/{made}");
    school.get(&school.admin, &path).await.problem(404, "not_found");
    assert_eq!(school.get(&school.admin, "/admin/appeals").await.is(200).items().len(), 0, "who imposed it");
    let waiting = school.get(&school.root, "/admin/appeals?status=PENDING").await.is(200);
    assert_eq!(waiting.items()[0]["id"], json!(made));
    school.get(&school.root, &path).await.is(200);
    let decide = format!("{path}/decide");
    for (body, field, code) in [
        (json!({ "decision": "REDUCE", "words": "줄여요" }), "sanction", "required"),
        (
            json!({ "decision": "UPHOLD", "words": "그대로", "sanction": { "type": "WARNING" } }),
            "sanction",
            "not_with_decision",
        ),
        (
            json!({ "decision": "REDUCE", "words": "늘려요", "sanction": { "type": "SUSPENSION", "duration": "9d" } }),
            "sanction",
            "not_milder",
        ),
    ] {
        school.post(&school.root, &decide, body).await.names(field, code);
    }
    let overturn = json!({ "decision": "OVERTURN", "words": "실수였어요" });
    assert_eq!(
        school.post(&school.root, &decide, overturn.clone()).await.is(200).json["sanction"]["mistaken"],
        json!(true)
    );
    school.post(&school.root, &decide, overturn).await.problem(409, "appeal_decided");
    let own = school.get(&minjun, "/appeals").await.is(200);
    assert_eq!(
        (&own.items()[0]["status"], &own.items()[0]["decidedRole"]),
        (&json!("OVERTURNED"), &json!("SUPER_ADMIN"))
    );
    assert!(!own.text.contains(&school.root.id), "a role, not a name: {}", own.text);
    school.get(&minjun, "/studies").await.is(200);
}

#[tokio::test]
async fn somebody_is_warned_restricted_suspended_and_free_again() {
    let school = School::new().await;
    let user = format!("/admin/users/{}", school.minjun.id);
    let at = |what: &str| format!("{user}/{what}");
    school.post(&school.moderator, &at("warn"), json!({ "reason": "조심해 주세요" })).await.is(201);
    let ban = json!({ "type": "CHAT_BAN", "reason": "도배", "duration": "3d" });
    let banned = school.post(&school.moderator, &at("restrict"), ban).await.is(201);
    let send = format!("/my-studies/{}/messages", school.study);
    let refused = school.post(&school.minjun, &send, json!({ "content": "안녕" })).await.problem(403, "forbidden");
    assert_eq!(refused.json["sanction"], "CHAT_BAN");
    for (what, body, field, code) in [
        ("warn", json!({ "reason": "" }), "reason", "required"),
        ("restrict", json!({ "type": "SUSPENSION", "reason": "도배", "duration": "1d" }), "type", "unknown_value"),
        (
            "restrict",
            json!({ "type": "CHAT_BAN", "reason": "도배", "duration": "permanent" }),
            "duration",
            "not_with_type",
        ),
        ("suspend", json!({ "reason": "도배", "duration": "0d" }), "duration", "too_small"),
        ("suspend", json!({ "reason": "도배" }), "duration", "required"),
    ] {
        school.post(&school.admin, &at(what), body).await.names(field, code);
    }
    school
        .post(&school.admin, &at("suspend"), json!({ "reason": "도배", "duration": "permanent" }))
        .await
        .problem(403, "forbidden");
    school.post(&school.admin, &at("suspend"), json!({ "reason": "도배", "duration": "30d" })).await.is(201);
    let lifted = school.post(&school.admin, &at("unsuspend"), json!({ "reason": "다시 살펴봤어요" })).await.is(200);
    assert_eq!((lifted.items().len(), &lifted.items()[0]["type"]), (1, &json!("SUSPENSION")));
    school.post(&school.admin, &at("unsuspend"), json!({ "reason": "또" })).await.problem(409, "sanction_ended");
    let lift = format!("/admin/sanctions/{}/lift", banned.id());
    let body = json!({ "reason": "실수였어요", "mistaken": true });
    school.post(&school.moderator, &lift, body.clone()).await.problem(403, "forbidden");
    assert_eq!(school.post(&school.admin, &lift, body).await.is(200).json["isActive"], json!(false));
    let above = format!("/admin/users/{}/warn", school.root.id);
    school.post(&school.admin, &above, json!({ "reason": "왜요" })).await.problem(403, "not_lower");
}

#[tokio::test]
async fn an_owner_pauses_a_members_posting_and_the_member_reads_that_they_were_told() {
    let school = School::new().await;
    let pause = format!("/studies/{}/members/{}/pause", school.study, school.minjun.id);
    let in_days = |days| json!({ "until": (school.house.clock.now() + TimeDelta::days(days)).to_rfc3339() });
    school.post(&school.seoyeon, &pause, in_days(1)).await.problem(403, "forbidden");
    school.post(&school.owner, &pause, in_days(8)).await.names("until", "too_far");
    school.post(&school.owner, &pause, json!({})).await.names("until", "required");
    let paused = school.post(&school.owner, &pause, in_days(7)).await.is(200).json;
    assert!(paused["postingPausedUntil"].is_string(), "{paused}");
    let send = format!("/my-studies/{}/messages", school.study);
    let refused = school.post(&school.minjun, &send, json!({ "content": "안녕" })).await.problem(403, "forbidden");
    assert_eq!(refused.json["sanction"], "POSTING_PAUSE");
    let goes_on = school.post(&school.owner, &pause, json!({ "until": null })).await.is(200).json;
    assert_eq!(goes_on["postingPausedUntil"], Value::Null);
    school.said("다시 안녕").await;

    let told = school.get(&school.minjun, "/notifications?limit=1").await.is(200);
    assert_eq!((&told.items()[0]["event"], told.json["nextCursor"].is_string()), (&json!("POSTING_PAUSED"), true));
    let count = async || school.get(&school.minjun, "/notifications/unread-count").await.is(200).json["count"].clone();
    assert_eq!(count().await, 2);
    let read = format!("/notifications/{}/read", told.items()[0]["id"].as_str().unwrap());
    school.house.send(Some(&school.seoyeon), "POST", &read, None).await.problem(404, "not_found");
    school.house.send(Some(&school.minjun), "POST", &read, None).await.is(204);
    assert_eq!(count().await, 1);
}
