//! The page of settings, and what it changes for those who read other pages.

use coup_core::{coup::Settings, policy::AdminRole, settings::key::SettingKey};
use serde_json::Value;

use crate::browser::{Browser, House};

/// The form as it stands on the page, with some fields changed; a box that is not ticked is not sent.
async fn saves(admin: &mut Browser<'_>, version: &str, changed: &[(&str, &str)]) -> crate::browser::Page {
    let defaults = Settings { require_admin_second_factor: false, ..Settings::default() };
    let shown = |key: &SettingKey| match key.value(&defaults) {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    };
    let all: Vec<(String, String)> = SettingKey::ALL.iter().map(|key| (key.to_string(), shown(key))).collect();
    let value = |name: &str| changed.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let mut fields = vec![("version", version)];
    fields.extend(all.iter().map(|(name, own)| (name.as_str(), value(name).unwrap_or(own))));
    fields.retain(|(_, value)| *value != "false");
    admin.post("/admin/settings", &fields).await
}

#[tokio::test]
async fn settings_are_read_changed_and_refused_at_their_fields() {
    let house = House::new();
    let mut root = house.administrator("하은", AdminRole::SuperAdmin).await;
    let page = root.get("/admin/settings").await.is(200);
    page.has("점검 모드").has("name=\"session.absoluteHours\"").has("value=\"Asia/Seoul\"").has("/coup/admin/settings");
    let changed = [("siteName", "햇빛 학교"), ("appealDays", "14")];
    drop(saves(&mut root, "0", &changed).await.is(303));
    root.get("/admin/settings").await.is(200).has("저장했어요").has("햇빛 학교").has("value=\"14\"");

    let wrong = [("siteName", "kept"), ("appealDays", "0"), ("ladder", "{"), ("session.absoluteHours", "")];
    let refused = saves(&mut root, "1", &wrong).await.is(422);
    let refused = refused.error_at("ladder", "JSON이 아니에요").error_at("session.absoluteHours", "꼭 입력해야 해요");
    drop(refused.has("value=\"kept\""));
    let wrong = [("siteName", "kept"), ("appealDays", "0")];
    drop(saves(&mut root, "1", &wrong).await.is(422).error_at("appealDays", "1 이상이어야 해요"));
    saves(&mut root, "0", &[("chat", "false")]).await.is(409).has("다른 관리자가 설정을 바꿨어요");
    root.get("/admin/settings").await.is(200).has("value=\"14\"").has("햇빛 학교");
}

#[tokio::test]
async fn only_a_super_admin_is_led_to_settings() {
    let house = House::new();
    let mut admin = house.administrator("하은", AdminRole::Admin).await;
    admin.get("/admin/reports").await.is(200).lacks("/admin/settings\"");
    admin.get("/admin/settings").await.is(403);
    let mut person = house.person("서연").await;
    person.get("/admin/settings").await.is(403);
}

#[tokio::test]
async fn who_cannot_sign_up_reads_so() {
    let house = House::new();
    let mut root = house.administrator("하은", AdminRole::SuperAdmin).await;
    saves(&mut root, "0", &[("signUp", "false")]).await.is(303);
    let mut nobody = house.browser();
    nobody.get("/sign-up").await.is(200).has("지금은 새 계정을 받지 않아요").lacks("name=\"password\"");
    let account = [("name", "서연"), ("email", "new@school.kr"), ("password", "correct horse battery")];
    nobody.post("/sign-up", &account).await.is(403).has("지금은 새 계정을 받지 않아요");
}

#[tokio::test]
async fn during_maintenance_pages_say_so_and_administrators_sign_in() {
    let house = House::new();
    let mut root = house.administrator("하은", AdminRole::SuperAdmin).await;
    let mut member = house.person("서연").await;
    let on = [("maintenanceMode", "true"), ("maintenanceMessage", "아홉 시까지 <b>점검</b>해요")];
    saves(&mut root, "0", &on).await.is(303);
    member.get("/studies").await.is(503).has("아홉 시까지").lacks("<b>점검</b>");
    member.get("/my-studies").await.is(503);
    // Whoever is signed in as a member finds the form all the same, and so does somebody new.
    member.get("/sign-in").await.is(200).has("name=\"password\"");
    house.browser().get("/sign-in").await.is(200).has("name=\"password\"");
    root.get("/studies").await.is(200);
    saves(&mut root, "1", &[("maintenanceMode", "false")]).await.is(303);
    member.get("/studies").await.is(200);
}
