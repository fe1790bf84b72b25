//! Settings: what may be set, by whom, and what follows.

use coup_core::{
    audit::entry::LogEntry,
    changes::Scope,
    chat::service::SendMessage,
    coup::{Coup, Ctx, Settings},
    error::{Error, Feature, StateError},
    live::service::OpenTicket,
    policy::{AdminRole, Denied},
    settings::{
        key::{Kind, SettingKey},
        model::{SettingsView, StoredSetting, StoredSettings},
        rules::{self, Patch},
        service::UpdateSettings,
    },
    study::service::{StudyFields, StudyView},
    user::service::SignOut,
};
use futures_util::FutureExt as _;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use crate::house::{House, state};

fn change(patch: &[(SettingKey, Value)]) -> UpdateSettings {
    UpdateSettings { patch: patch.iter().cloned().collect(), version: None }
}

fn found(seats: Option<i64>) -> StudyFields {
    StudyFields {
        name: Some("알고리즘".into()),
        description: Some("함께 풀어요".into()),
        category: Some("프로그래밍".into()),
        max_members: seats,
        ..StudyFields::default()
    }
}

async fn founds(coup: &Coup, ctx: &Ctx, seats: Option<i64>) -> Result<StudyView, Error> {
    coup.run(ctx, found(seats).create().unwrap()).await
}

fn fields(answer: Result<SettingsView, Error>) -> Vec<(String, &'static str, Option<i64>)> {
    match answer {
        Err(Error::Invalid(invalid)) => {
            invalid.errors().iter().map(|error| (error.field.clone(), error.code, error.bound)).collect()
        }
        other => panic!("expected wrong values, got {other:?}"),
    }
}

#[tokio::test]
async fn a_super_admin_changes_settings_and_the_log_tells_what_changed_from_what() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let before = house.coup.all_settings(&root).await.unwrap();
    assert_eq!(before.version, 0);
    let keys: Vec<_> = before.items.iter().map(|item| item.key).collect();
    assert_eq!(keys, SettingKey::ALL, "all of them, in their order");
    assert!(before.items.iter().all(|item| item.value == item.default && item.updated_at.is_none()));

    let patch = change(&[(SettingKey::AppealDays, json!(14)), (SettingKey::SignUp, json!(true))]);
    let after = house.coup.run(&root, patch).await.unwrap();
    assert_eq!(after.version, 1);
    let days = after.items.iter().find(|item| item.key == SettingKey::AppealDays).unwrap();
    assert_eq!((&days.value, &days.default), (&json!(14), &json!(30)));
    assert_eq!(days.kind, Kind::Number { least: 1, most: 365, optional: false });
    assert!(days.updated_by.as_ref().is_some_and(|by| by.as_str() == "root") && days.updated_at.is_some());
    assert_eq!(house.coup.all_settings(&root).await.unwrap(), after, "what was answered is what is read");
    assert_eq!(house.coup.settings().appeal_days, 14, "in force at once");

    let entries = house.entries().await;
    let told: Vec<_> = entries.iter().filter(|entry| entry.action.starts_with("SETTINGS")).collect();
    let actions: Vec<_> = told.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["SETTINGS_VIEW", "SETTINGS_UPDATE", "SETTINGS_VIEW"]);
    let update: &LogEntry = told[1];
    assert_eq!(serde_json::to_value(&update.before).unwrap(), json!({ "appealDays": 30 }), "only what changed");
    assert_eq!(serde_json::to_value(&update.after).unwrap(), json!({ "appealDays": 14 }));
}

#[tokio::test]
async fn nobody_below_a_super_admin_reads_or_changes_settings() {
    let house = House::new();
    for (name, role) in [("v", AdminRole::Viewer), ("m", AdminRole::Moderator), ("a", AdminRole::Admin)] {
        let admin = house.administrator(name, role).await;
        let denied = |error: Error| matches!(error, Error::Denied(Denied { .. }));
        assert!(denied(house.coup.all_settings(&admin).await.unwrap_err()), "{role}");
        let patch = change(&[(SettingKey::Chat, json!(false))]);
        assert!(denied(house.coup.run(&admin, patch).await.unwrap_err()), "{role}");
    }
    assert!(house.coup.settings().chat);
    assert_eq!(house.events().await.len(), 3, "each of them is kept as a security event");
}

#[tokio::test]
async fn a_change_is_whole_or_not_at_all_and_each_wrong_value_is_told() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let before = house.coup.settings();
    let wrong = change(&[
        (SettingKey::Chat, json!(false)),
        (SettingKey::SignUp, json!("off")),
        (SettingKey::PasswordMinLength, json!(7)),
        (SettingKey::SessionHours, json!(1e300)),
        (SettingKey::AppealDays, json!(366)),
        (SettingKey::TimeZone, json!("Seoul")),
        (SettingKey::Ladder, json!([])),
        (SettingKey::SiteName, json!("가".repeat(61))),
    ]);
    let mut told = fields(house.coup.run(&root, wrong).await);
    told.sort();
    let expected = [
        ("appealDays", "too_great", Some(365)),
        ("ladder", "not_a_ladder", None),
        ("passwordMinLength", "too_small", Some(8)),
        ("session.absoluteHours", "wrong_type", None),
        ("signUp", "wrong_type", None),
        ("siteName", "too_long", Some(60)),
        ("timeZone", "not_a_time_zone", None),
    ];
    assert_eq!(told, expected.map(|(field, code, bound)| (field.to_owned(), code, bound)));
    assert_eq!(*house.coup.settings(), *before, "nothing of it");

    // Each right by itself, and wrong together.
    let together = change(&[(SettingKey::MaxCapacity, json!(10))]);
    let told = fields(house.coup.run(&root, together).await);
    assert_eq!(told, [("study.maxCapacity".to_owned(), "too_small", Some(20))]);
    let both = change(&[(SettingKey::MaxCapacity, json!(10)), (SettingKey::DefaultCapacity, json!(11))]);
    let told = fields(house.coup.run(&root, both).await);
    assert_eq!(told, [("study.defaultCapacity".to_owned(), "too_great", Some(10))]);
    let well = change(&[(SettingKey::MaxCapacity, json!(10)), (SettingKey::DefaultCapacity, json!(10))]);
    house.coup.run(&root, well).await.unwrap();
}

#[tokio::test]
async fn a_change_of_what_somebody_else_changed_meanwhile_is_refused() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let at = |version| UpdateSettings { version: Some(version), ..change(&[(SettingKey::AppealDays, json!(7))]) };
    assert_eq!(state(house.coup.run(&root, at(1)).await), StateError::SettingsChanged);
    house.coup.run(&root, change(&[(SettingKey::Chat, json!(false))])).await.unwrap();
    assert_eq!(state(house.coup.run(&root, at(0)).await), StateError::SettingsChanged);
    assert_eq!(house.coup.settings().appeal_days, 30);
    house.coup.run(&root, at(1)).await.unwrap();
    assert_eq!(house.coup.settings().appeal_days, 7);
}

#[tokio::test]
async fn what_is_switched_off_is_refused_and_the_rest_goes_on() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let kim = house.person("kim").await;
    let study = founds(&house.coup, &kim, None).await.unwrap().study;
    let off = change(&[(SettingKey::StudyCreation, json!(false)), (SettingKey::Chat, json!(false))]);
    house.coup.run(&root, off).await.unwrap();
    let closed = founds(&house.coup, &kim, None).await;
    assert!(matches!(closed, Err(Error::SwitchedOff(Feature::StudyCreation))));
    let say = || SendMessage::parse(study.id, "안녕하세요", None, None).unwrap();
    assert!(matches!(house.coup.run(&kim, say()).await, Err(Error::SwitchedOff(Feature::Chat))));
    assert!(matches!(house.coup.typing(&kim, study.id, true).await, Err(Error::SwitchedOff(Feature::Chat))));
    house.coup.hear(&kim, study.id).await.unwrap();
    let on = change(&[(SettingKey::Chat, json!(true))]);
    house.coup.run(&root, on).await.unwrap();
    house.coup.run(&kim, say()).await.unwrap();
}

#[tokio::test]
async fn a_study_has_the_seats_that_the_settings_say_and_no_more_than_they_allow() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let kim = house.person("kim").await;
    let large = founds(&house.coup, &kim, Some(100)).await.unwrap().study;
    let set = change(&[(SettingKey::DefaultCapacity, json!(8)), (SettingKey::MaxCapacity, json!(50))]);
    house.coup.run(&root, set).await.unwrap();
    assert_eq!(founds(&house.coup, &kim, None).await.unwrap().study.max_members, 8);
    let many = founds(&house.coup, &kim, Some(51)).await;
    assert!(matches!(&many, Err(Error::Invalid(invalid)) if invalid.errors()[0].bound == Some(50)), "{many:?}");
    // What a study has already stays; what it gets anew is held to it.
    let seats = |seats| StudyFields { max_members: Some(seats), ..StudyFields::default() }.edit(large.id).unwrap();
    house.coup.run(&kim, seats(90)).await.unwrap();
    assert!(matches!(house.coup.run(&kim, seats(91)).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn during_maintenance_administrators_get_in_and_members_are_told() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let viewer = house.administrator("viewer", AdminRole::Viewer).await;
    let kim = house.person("kim").await;
    let study = founds(&house.coup, &kim, None).await.unwrap().study;
    let words = "  토요일 아홉 시까지 점검해요 ";
    let on = [(SettingKey::MaintenanceMode, json!(true)), (SettingKey::MaintenanceMessage, json!(words))];
    house.coup.run(&root, change(&on)).await.unwrap();

    let told = house.coup.me(&kim).await.unwrap_err();
    assert!(matches!(&told, Error::Maintenance(Some(text)) if text.as_str() == words.trim()), "{told:?}");
    let shut = |error: Error| matches!(error, Error::Maintenance(_));
    assert!(shut(house.coup.run(&kim, OpenTicket).await.unwrap_err()));
    assert!(shut(house.coup.attend(&kim).await.unwrap_err()));
    assert!(shut(house.coup.hear(&kim, study.id).await.unwrap_err()));
    assert!(shut(house.coup.hear_all(&kim).await.unwrap_err()));
    assert!(shut(house.coup.run(&kim, SignOut).await.unwrap_err()));
    assert!(matches!(house.coup.me(&Ctx::default()).await, Err(Error::NotSignedIn)), "nobody is told who is not known");
    house.coup.me(&viewer).await.unwrap();
    let (attendee, own) = house.coup.attend(&viewer).await.unwrap();
    assert!(attendee.administers && matches!(own.scope, Scope::User(_)));
    // The host is not concerned.
    house.person("이서연").await;

    house.coup.run(&root, change(&[(SettingKey::MaintenanceMode, json!(false))])).await.unwrap();
    house.coup.me(&kim).await.unwrap();
}

#[tokio::test]
async fn another_node_takes_settings_from_the_store_and_an_older_state_never_comes_back() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let there = Coup::builder(house.store.clone()).clock(house.clock.clone()).build();
    house.coup.run(&root, change(&[(SettingKey::Chat, json!(false))])).await.unwrap();
    assert!(there.settings().chat);
    there.load_settings().await.unwrap();
    assert!(!there.settings().chat);
}

#[test]
fn a_stored_value_that_cannot_be_read_leaves_the_deployments_own() {
    let at = "2026-03-02T00:00:00Z".parse().unwrap();
    let row = |value| StoredSetting { value, version: 1, updated_by: None, updated_at: at };
    let values = [("appealDays", json!(0)), ("of a later version", json!(1)), ("chat", json!(false))];
    let values = values.map(|(key, value)| (key.to_owned(), row(value))).into();
    let (settings, odd) = rules::in_force(&Settings::default(), &StoredSettings { version: 1, values });
    assert_eq!(settings, Settings { chat: false, ..Settings::default() });
    let odd: Vec<_> = odd.into_iter().map(|(key, why)| (key, why.is_some())).collect();
    assert_eq!(odd, [("appealDays".to_owned(), true), ("of a later version".to_owned(), false)]);
}

/// Any JSON of some depth, and often what one of the keys takes.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-5_i64..2_000).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(vec!["Asia/Seoul", "UTC", "Mars/Olympus", "", " ", "한빛 학교", "한\u{202e}빛", "e\u{301}"])
            .prop_map(Value::from),
        "\\PC{0,70}".prop_map(Value::from),
        rules_like(),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| proptest::collection::vec(inner, 0..3).prop_map(Value::from))
}

fn rules_like() -> impl Strategy<Value = Value> {
    let days = prop_oneof![(0_i64..33).prop_map(|days| json!(format!("{days}d"))), Just(Value::Null)];
    let kind = select(vec!["WARNING", "CHAT_BAN", "SUSPENSION", "PERMANENT_BAN", "NONE"]);
    let rung = (0_u8..3, 0_u8..3, kind, days).prop_map(|(warnings, suspensions, kind, length)| {
        json!({ "warnings": warnings, "suspensions": suspensions, "measure": { "type": kind, "duration": length } })
    });
    let ladder = proptest::collection::vec(rung, 0..24).prop_map(Value::from);
    let classes = (any::<u16>(), 0_u32..6_000, 0_u32..6_000, select(vec!["SPAM", "SAFETY", "NONE"])).prop_map(
        |(hours, raised, urgent, kind)| {
            json!({ "priorities": { kind: "HIGH" }, "windowHours": hours, "raisedFrom": raised, "urgentFrom": urgent })
        },
    );
    prop_oneof![ladder, classes]
}

fn key() -> impl Strategy<Value = SettingKey> {
    select(SettingKey::ALL.to_vec())
}

proptest! {
    #[test]
    fn what_is_accepted_reads_back_as_itself_and_keeps_its_bounds(key in key(), value in value()) {
        let defaults = Settings::default();
        let mut settings = defaults.clone();
        if key.put(&mut settings, &value).is_ok() {
            let shown = key.value(&settings);
            let mut again = defaults.clone();
            key.put(&mut again, &shown).unwrap();
            prop_assert_eq!(&again, &settings, "parse ∘ show is the identity");
            prop_assert_eq!(key.value(&again), shown.clone());
            match key.kind() {
                Kind::Toggle => prop_assert!(shown.is_boolean()),
                Kind::Number { least, most, optional } => {
                    let bounds = u64::from(least)..=u64::from(most);
                    let keeps = shown.as_u64().map_or(optional && shown.is_null(), |number| bounds.contains(&number));
                    prop_assert!(keeps, "{} {}", key, shown);
                }
                Kind::Text { most, lines } => {
                    let length = 1..=most as usize;
                    let fits = |text: &str| length.contains(&text.chars().count()) && (lines || !text.contains('\n'));
                    prop_assert!(shown.as_str().is_none_or(fits), "{} {}", key, shown);
                }
                Kind::TimeZone => prop_assert!(shown.as_str().unwrap().parse::<chrono_tz::Tz>().is_ok()),
                Kind::Rules => prop_assert!(!settings.ladder.rungs().is_empty() && settings.ladder.rungs().len() <= 20),
            }
        } else {
            // Another key's place is never touched, whatever was wrong.
            prop_assert_eq!(settings, defaults);
        }
    }

    #[test]
    fn a_patch_is_whole_or_nothing(patch in proptest::collection::btree_map(key(), value(), 0..6)) {
        let (defaults, stored) = (Settings::default(), StoredSettings::default());
        let now = "2026-03-02T00:00:00Z".parse().unwrap();
        let patch: Patch = patch;
        match rules::patch(&defaults, &stored, &patch, None, now) {
            Ok((changed, settings)) => {
                prop_assert_eq!(&rules::in_force(&defaults, &changed), &(settings, Vec::new()));
                prop_assert!(changed.values.keys().all(|word| SettingKey::from_word(word).is_some_and(|key| patch.contains_key(&key))));
                prop_assert!(changed.values.values().all(|row| row.version == 1));
            }
            Err(invalid) => {
                prop_assert!(invalid.errors().iter().all(|error| SettingKey::from_word(&error.field).is_some()));
                let alone = |key: &SettingKey| key.put(&mut defaults.clone(), &patch[key]).is_err();
                let told = |key: &&SettingKey| invalid.errors().iter().any(|error| error.field == key.as_str());
                let all = patch.keys().filter(|key| alone(key)).all(|key| told(&key));
                prop_assert!(all, "each wrong value is told");
            }
        }
    }

    #[test]
    fn whoever_administers_gets_in_and_nobody_else_during_maintenance(on: bool, administers: bool) {
        let settings = Settings { maintenance: on, ..Settings::default() };
        prop_assert_eq!(rules::admitted(&settings, administers).is_ok(), !on || administers);
    }
}

#[test]
fn a_fresh_node_serves_with_the_deployments_own_settings() {
    let settings = Settings { appeal_days: 3, ..Settings::default() };
    let house = House::with(|builder| builder.settings(settings));
    house.coup.load_settings().now_or_never().unwrap().unwrap();
    assert_eq!(house.coup.settings().appeal_days, 3);
}
