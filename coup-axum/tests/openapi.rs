//! The committed document. After a change of the API: `UPDATE=1 cargo test -p coup-axum --test openapi`, and read the diff.

#[path = "api/house.rs"]
#[expect(dead_code, reason = "the tests of the API use the rest")]
mod house;

use std::{fs, path::Path};

use coup_core::policy::Permission;
use house::House;
use serde_json::Value;

#[tokio::test]
async fn the_committed_document_is_the_served_one() {
    let house = House::new();
    let served = house.get(None, "/openapi.json").await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&served.json).unwrap());
    #[expect(clippy::disallowed_methods, reason = "the switch of this test's own command")]
    if std::env::var("UPDATE").is_ok() {
        fs::write(&path, &text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert!(
        committed == text,
        "openapi.json is not what is served; run `UPDATE=1 cargo test -p coup-axum --test openapi` and read the diff"
    );
}

#[tokio::test]
async fn every_operation_says_its_permission_its_summary_and_its_problems() {
    let house = House::new();
    let mut ids = std::collections::BTreeSet::new();
    let operations = house.operations();
    assert!(operations.len() > 35, "{}", operations.len());
    for (method, path, operation) in operations {
        let what = format!("{method} {path}");
        let permissions = match &operation["x-permission"] {
            Value::String(one) => vec![one.clone()],
            Value::Array(several) => several.iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
            other => panic!("{what}: x-permission is {other}"),
        };
        for permission in &permissions {
            assert!(permission == "none" || permission.parse::<Permission>().is_ok(), "{what}: {permission}");
        }
        let signed_in = operation.get("security").is_some();
        assert!(signed_in || permissions == ["none"], "{what}");
        assert_eq!(operation["responses"].get("401").is_some(), signed_in || path == "/auth/sign-in", "{what}");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{what}");
        assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{what}");
        let schema = &operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(schema, "#/components/schemas/Problem", "{what}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{what}: the operationId is taken");
    }
    assert_eq!(house.document["openapi"], "3.1.0");
}

#[tokio::test]
async fn every_documented_operation_is_routed_and_no_other_method_is() {
    let house = House::new();
    let operations = house.operations();
    for (method, path, operation) in &operations {
        let concrete = path
            .replace("{id}", house::NO_ID)
            .replace("{msgId}", house::NO_ID)
            .replace("{userId}", "nobody")
            .replace("{code}", "no-code")
            .replace("{provider}", "google")
            .replace("{fileId}", house::NO_ID)
            .replace("{file}", "swagger-ui.css");
        let reply = house.send(None, method, &concrete, None).await;
        let code = reply.json["code"].as_str().unwrap_or_default();
        assert!(!["no_such_path", "method_not_allowed"].contains(&code), "{method} {path}: {}", reply.json);
        // Whoever is not signed in gets nowhere that is not public; what must be in a body is asked for first.
        if operation.get("security").is_some() {
            assert!(
                reply.status == 401 || (reply.status == 415 && operation.get("requestBody").is_some()),
                "{method} {path}: {}",
                reply.status
            );
        }
        for other in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if !operations.iter().any(|(known, at, _)| at == path && known == other) {
                let reply = house.send(None, other, &concrete, None).await;
                assert_eq!(
                    (reply.status, reply.json["code"].as_str()),
                    (405, Some("method_not_allowed")),
                    "{other} {path}"
                );
                assert!(reply.headers.contains_key("allow"), "{other} {path}");
            }
        }
    }
}

#[tokio::test]
async fn every_reference_in_the_document_leads_somewhere() {
    let house = House::new();
    let text = house.document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(house.document.pointer(reference).is_some(), "{reference}");
    }
}

/// Of two types with one name, one would stand in the document for both.
#[test]
fn two_schemas_never_have_one_name() {
    fn gather(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                // What is derived, up to the type's name.
                for rest in text.split("ToSchema)]").skip(1) {
                    let declared =
                        rest.lines().find(|line| line.contains("struct ") || line.contains("enum ")).unwrap();
                    let name = declared.split("struct ").last().unwrap().split("enum ").last().unwrap();
                    found.push(name.chars().take_while(|c| c.is_alphanumeric()).collect());
                }
            }
        }
    }
    let mut names = Vec::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut names);
    // The macro of lists declares by a variable.
    names.retain(|name| !name.is_empty());
    assert!(names.len() > 30, "{names:?}");
    names.sort();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
