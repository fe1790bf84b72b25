//! One's own notifications over HTTP.

use coup_core::policy::AdminRole;
use serde_json::{Value, json};

use crate::house::{House, Person};

fn events(items: &[Value]) -> Vec<&str> {
    items.iter().map(|one| one["event"].as_str().unwrap_or_default()).collect()
}

/// Somebody who was let into a study and kicked there, with a reason, and warned.
async fn told(house: &House) -> (Person, Person, String) {
    let (owner, guest) = (house.person("방장").await, house.person("김민준").await);
    let study = house.study(&owner, json!({ "autoApprove": false })).await;
    house.post(Some(&guest), &format!("/studies/{study}/join"), json!({})).await.is(202);
    let members = format!("/studies/{study}/members");
    house.post(Some(&owner), &members, json!({ "userId": guest.id })).await;
    let reason = json!({ "reason": "자꾸 빠져요" });
    house.send(Some(&owner), "DELETE", &format!("{members}/{}", guest.id), Some(reason)).await.is(204);
    let moderator = house.administrator("중재자", AdminRole::Moderator).await;
    let reason = json!({ "reason": "도배를 했어요" });
    house.post(Some(&moderator), &format!("/admin/users/{}/warn", guest.id), reason).await;
    (owner, guest, study)
}

#[tokio::test]
async fn a_notification_has_its_type_what_it_tells_exactly_and_the_study_as_it_was() {
    let house = House::new();
    let (owner, guest, study) = told(&house).await;
    let list = house.get(Some(&guest), "/notifications").await.is(200);
    assert_eq!(events(list.items()), ["SANCTION_IMPOSED", "KICKED", "JOIN_APPROVED"]);
    let kick = &list.items()[1];
    assert_eq!(
        (&kick["type"], &kick["studyId"], &kick["message"], &kick["data"], &kick["isRead"]),
        (&json!("KICK"), &json!(study), &json!("자꾸 빠져요"), &json!({}), &json!(false))
    );
    assert!(kick["studyName"].is_string() && kick["studyEmoji"].is_string(), "{kick}");
    let sanction = &list.items()[0];
    assert_eq!((&sanction["type"], &sanction["studyId"]), (&json!("SANCTION"), &Value::Null));
    assert_eq!(sanction["data"]["sanctionType"], "WARNING");
    let asked = house.get(Some(&owner), "/notifications").await.is(200);
    assert_eq!(events(asked.items()), ["JOIN_REQUESTED"]);
    assert_eq!(asked.items()[0]["data"], json!({ "userId": guest.id, "userName": "김민준" }));
}

#[tokio::test]
async fn the_list_is_filtered_by_type_by_study_and_by_what_was_read() {
    let house = House::new();
    let (_, guest, study) = told(&house).await;
    let found = async |query: &str| {
        let list = house.get(Some(&guest), &format!("/notifications?{query}")).await.is(200);
        events(list.items()).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(found("type=KICK").await, ["KICKED"]);
    assert_eq!(found(&format!("studyId={study}")).await, ["KICKED", "JOIN_APPROVED"]);
    assert_eq!(found(&format!("studyId={study}&type=SANCTION")).await, [""; 0]);
    let list = house.get(Some(&guest), "/notifications").await.is(200);
    let first = list.items()[0]["id"].as_str().unwrap().to_owned();
    house.send(Some(&guest), "POST", &format!("/notifications/{first}/read"), None).await.is(204);
    assert_eq!(found("isRead=true").await, ["SANCTION_IMPOSED"]);
    assert_eq!(found("isRead=false&limit=1").await, ["KICKED"]);
    let page = house.get(Some(&guest), "/notifications?isRead=false&limit=1").await.is(200);
    let next = page.json["nextCursor"].as_str().unwrap().to_owned();
    assert_eq!(found(&format!("isRead=false&limit=1&cursor={next}")).await, ["JOIN_APPROVED"]);
    for (query, field) in [("type=KICKED", "type"), ("isRead=maybe", "isRead"), ("studyId=1", "studyId")] {
        house.get(Some(&guest), &format!("/notifications?{query}")).await.is(422);
        let problem = house.get(Some(&guest), &format!("/notifications?{query}")).await;
        assert_eq!(problem.json["errors"][0]["field"], json!(field), "{query}");
    }
}

#[tokio::test]
async fn all_are_marked_read_and_one_is_deleted_and_both_only_by_whose_they_are() {
    let house = House::new();
    let (owner, guest, _) = told(&house).await;
    let count = async |who: &Person| {
        house.get(Some(who), "/notifications/unread-count").await.is(200).json["count"].as_u64().unwrap()
    };
    let first = house.get(Some(&guest), "/notifications").await.is(200).items()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/notifications/{first}");
    house.send(Some(&owner), "DELETE", &path, None).await.problem(404, "not_found");
    assert_eq!((count(&owner).await, count(&guest).await), (1, 3));
    house.send(Some(&guest), "DELETE", &path, None).await.is(204);
    house.send(Some(&guest), "DELETE", &path, None).await.problem(404, "not_found");
    assert_eq!(count(&guest).await, 2);
    let all = house.send(Some(&guest), "POST", "/notifications/read-all", None).await.is(200);
    assert_eq!(all.json, json!({ "count": 2 }));
    let again = house.send(Some(&guest), "POST", "/notifications/read-all", None).await.is(200);
    assert_eq!(again.json, json!({ "count": 0 }));
    assert_eq!((count(&owner).await, count(&guest).await), (1, 0));
}
