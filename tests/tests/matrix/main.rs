//! Every operation × every kind of actor × own and others' × every kind of study: the answers are those of the specification,
//! and nothing is written on a refusal.
//!
//! A new operation is an entry in `operations/`, a new kind of actor a line in `actors.rs`, a new kind of study one in
//! `places.rs`. Then `UPDATE=1 cargo test -p coup-tests --test matrix` writes `matrix.txt`, whose diff is the review.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what helps a test may fail as the test does"
)]

mod actors;
mod document;
mod house;
mod operations;
mod oracle;
mod places;
mod report;
mod tables;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

use crate::{
    actors::{Actor, Standing},
    document::Operation,
    house::{Answer, Asked, House},
    operations::{At, Case},
    oracle::Cell,
    places::{Place, Scene},
    report::Block,
    tables::Tables,
};

/// What was found wrong is told up to here; the rest is counted.
const TOLD: usize = 60;

fn asked(case: &Case, operation: &Operation, scene: &Scene, place: &Place) -> Asked {
    Asked {
        method: operation.method.clone(),
        path: case.path(&operation.path, scene, place),
        body: case.json(scene, place),
    }
}

/// The answer as a cell.
fn cell(answer: &Answer) -> Cell {
    let json = answer.json();
    let code = (answer.status >= 400).then(|| json["code"].as_str().unwrap_or("without a code").to_owned());
    // A refusal that a sanction makes names it.
    let sanction = json["sanction"].as_str().map(str::to_owned).filter(|_| code.as_deref() == Some("forbidden"));
    Cell { status: answer.status, code: sanction.or(code) }
}

/// What is wrong with what was written, if anything.
fn wrongly_written(operation: &Operation, answer: &Answer) -> Option<String> {
    let commits = answer.written.len();
    if answer.status >= 400 && commits > 0 {
        return Some(format!("refused with {}, and wrote {:?}", answer.status, answer.written));
    }
    if operation.method == "GET" && commits > 0 {
        return Some(format!("a read, and wrote {:?}", answer.written));
    }
    let acknowledged = answer.status < 300 && operation.method != "GET";
    (acknowledged && commits != 1).then(|| format!("answered {}, and wrote {commits} times", answer.status))
}

/// Nothing, if there is no fault.
fn told(what: &str, faults: &[String]) -> String {
    if faults.is_empty() {
        return String::new();
    }
    let shown = faults.iter().take(TOLD).cloned().collect::<Vec<_>>().join("\n  ");
    format!("\n{what} ({} of {}):\n  {shown}\n", faults.len().min(TOLD), faults.len())
}

#[tokio::test]
async fn everybody_is_answered_as_the_specification_says_and_a_refusal_writes_nothing() {
    let (house, tables) = (House::new(), Tables::read());
    let operations = document::operations(&house.document);
    let mut scenes = Vec::new();
    for actor in actors::all() {
        scenes.push(Scene::of(actor).await);
    }
    let (mut blocks, mut answered, mut written) = (Vec::new(), Vec::new(), Vec::new());
    for case in operations::all() {
        let Some(operation) = operations.iter().find(|operation| operation.id == case.operation) else { continue };
        let columns = case.columns();
        let mut rows = Vec::new();
        for scene in &scenes {
            let mut cells = Vec::new();
            for (column, kind) in &columns {
                let answer = house.ask(scene, &asked(&case, operation, scene, scene.place(*kind))).await;
                let (is, expected) = (cell(&answer), oracle::expected(&tables, &scene.actor, &case, *kind));
                let place = format!("{}, {}, {column}", case.name(), scene.actor);
                if is != expected {
                    answered.push(format!("{place}: is {is}, the specification says {expected}"));
                }
                written.extend(wrongly_written(operation, &answer).map(|wrong| format!("{place}: {wrong}")));
                cells.push(is.to_string());
            }
            rows.push((scene.actor.to_string(), cells));
        }
        let about = [format!("{} {}: {}", operation.method, operation.path, case.asks_in_words())];
        if rows.iter().all(|(_, cells)| *cells == rows[0].1) {
            rows = vec![("everybody".to_owned(), rows.swap_remove(0).1)];
        }
        let columns = columns.iter().map(|(name, _)| *name).collect();
        blocks.push(Block {
            name: case.name(),
            about: about.into_iter().chain(case.rules_in_words()).collect(),
            columns,
            rows,
        });
    }
    let reached: BTreeSet<&str> =
        operations.iter().flat_map(|operation| operation.permissions.iter().map(String::as_str)).collect();
    let unreached: Vec<&str> = tables.permissions().filter(|permission| !reached.contains(permission)).collect();
    let text = report::render(&blocks, &unreached);
    #[expect(clippy::disallowed_methods, reason = "the switch of this test's own command")]
    if std::env::var("UPDATE").is_ok() {
        fs::write(report::path(), &text).unwrap();
    }
    let changed = report::changes(&report::committed(), &text);
    let faults = [
        told("answers that are not the specification's", &answered),
        told("writes that must not be, or are missing", &written),
        told("matrix.txt is not what is answered; if it should be: UPDATE=1, and read the diff", &changed),
    ];
    assert!(faults.iter().all(String::is_empty), "{}", faults.concat());
}

#[test]
fn every_operation_of_the_document_has_an_entry_and_every_entry_an_operation() {
    let operations = document::operations(&House::new().document);
    let known: BTreeSet<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    let cases = operations::all();
    let entries: BTreeSet<&str> = cases.iter().map(|case| case.operation).collect();
    let missing: Vec<&&str> = known.difference(&entries).collect();
    assert!(
        missing.is_empty(),
        "no entry for {missing:?}: add one to the area's file in tests/tests/matrix/operations (how to make a request that \
         succeeds for somebody entitled, and what it asks of permissions.csv), then UPDATE=1 and read the diff"
    );
    let without: Vec<&&str> = entries.difference(&known).collect();
    assert!(
        without.is_empty(),
        "entries of no operation of the API document: {without:?}; remove them from operations/"
    );
    for case in &cases {
        let operation = operations.iter().find(|operation| operation.id == case.operation).unwrap();
        let says = case.at == At::Door || case.at == At::Site || case.writes || case.although.is_some();
        assert!(
            operation.method == "GET" || says || case.is_refused(),
            "{}: say `.writes()`, or `.although(…)` why a closed or hidden study does not forbid it",
            case.name()
        );
    }
    let names: BTreeSet<String> = cases.iter().map(Case::name).collect();
    assert_eq!(names.len(), cases.len(), "two entries of one name: say with `.of(…)` how they differ");
}

#[test]
fn every_permission_of_the_document_is_in_the_tables_and_is_what_its_operation_asks() {
    let tables = Tables::read();
    let mut asked: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let cases = operations::all();
    for case in &cases {
        for permission in case.permissions() {
            assert!(tables.has(permission), "{}: {permission} is not in permissions.csv", case.name());
        }
        if let Some(seen_by) = case.seen_by {
            assert!(tables.has(seen_by), "{}: {seen_by} is not in permissions.csv", case.name());
            for asked in case.permissions() {
                assert!(tables.includes(asked, seen_by), "{}: who has {asked} may lack {seen_by}", case.name());
            }
        }
        // Where nobody succeeds, less is asked before it is refused.
        if !case.is_refused() {
            asked.entry(case.operation).or_default().extend(case.permissions());
        }
    }
    for operation in document::operations(&House::new().document) {
        let what = format!("{} ({} {})", operation.id, operation.method, operation.path);
        for permission in &operation.permissions {
            assert!(tables.has(permission), "{what}: {permission} is not in permissions.csv");
            let fits = match tables::tier(permission) {
                "study" => operation.is_below(&["/studies/{id}", "/my-studies/{id}"]),
                "group" => operation.is_below(&["/groups/{id}"]),
                "admin" => operation.is_below(&["/admin"]),
                _ => operation.is_below(&["/admin"]) == permission.starts_with("system:admin."),
            };
            assert!(fits, "{what}: {permission} is of another tier than its path");
        }
        assert!(operation.signed_in || operation.permissions.is_empty(), "{what}: asks nobody in particular");
        let documented: BTreeSet<&str> = operation.permissions.iter().map(String::as_str).collect();
        if let Some(asked) = asked.get(operation.id.as_str()) {
            assert_eq!(&documented, asked, "{what}: x-permission (left) is not what its entries ask (right)");
        }
    }
}

#[test]
fn every_sanction_and_every_role_of_the_tables_has_an_actor() {
    let (tables, actors) = (Tables::read(), actors::all());
    let names: BTreeSet<String> = actors.iter().map(Actor::to_string).collect();
    assert_eq!(names.len(), actors.len(), "two actors of one name");
    let under: BTreeSet<&str> = actors.iter().filter_map(|actor| actor.under).collect();
    let met: BTreeSet<&str> = under.iter().copied().chain(actors::NOT_STORED_YET.iter().copied()).collect();
    assert_eq!(met, tables.sanctions(), "an actor is under each of these");
    let study: BTreeSet<&str> = actors.iter().filter_map(Actor::study_role).collect();
    assert_eq!(study, tables.roles("study"));
    let system: BTreeSet<&str> = actors.iter().map(Actor::system_role).collect();
    assert_eq!(system, tables.roles("system"));
    let lasting = actors.iter().filter_map(Actor::administrator_role);
    assert_eq!(lasting.map(|administrator| administrator.name()).collect::<BTreeSet<_>>(), tables.roles("admin"));
}

#[tokio::test]
async fn the_routes_are_those_of_the_document() {
    let house = House::new();
    let operations = document::operations(&house.document);
    let documented: BTreeSet<String> = operations.iter().map(|operation| operation.path.clone()).collect();
    assert!(documented.len() > 20, "{documented:?}");
    let mut routes = house.routes();
    // The prefix itself is routed to what answers every other path.
    for nowhere in ["", "/"] {
        routes.remove(nowhere);
        let asked = Asked { method: "GET".into(), path: nowhere.into(), body: None };
        assert_eq!(house.send(None, &asked).await.status, 404, "{nowhere:?}");
    }
    assert_eq!(routes, documented, "the router's paths (left) are not the document's (right)");
    for path in documented {
        // What no operation is has an answer that names those that are.
        let concrete = document::without_parameters(&path);
        let answer = house.send(None, &Asked { method: "TRACE".into(), path: concrete, body: None }).await;
        assert_eq!(answer.status, 405, "TRACE {path}");
        let allowed = answer.allow.unwrap_or_default();
        // GET answers HEAD too.
        let methods: BTreeSet<&str> = allowed.split(',').map(str::trim).filter(|method| *method != "HEAD").collect();
        let here = operations.iter().filter(|operation| operation.path == path);
        let documented: BTreeSet<&str> = here.map(|operation| operation.method.as_str()).collect();
        assert_eq!(methods, documented, "{path}: the router's methods (left) are not the document's (right)");
    }
}

#[tokio::test]
async fn a_study_that_one_may_not_see_answers_as_one_that_is_not_there() {
    let (house, tables) = (House::new(), Tables::read());
    let operations = document::operations(&house.document);
    let mut compared = 0;
    for standing in [Standing::Outsider, Standing::Pending, Standing::Kicked, Standing::Left] {
        let scene = Scene::of(Actor::standing(standing)).await;
        for case in operations::all().iter().filter(|case| case.at == At::Study) {
            let operation = operations.iter().find(|operation| operation.id == case.operation).unwrap();
            for (column, kind) in case.columns() {
                if oracle::expected(&tables, &scene.actor, case, kind) != Cell::refused(404, "not_found") {
                    continue;
                }
                let there = asked(case, operation, &scene, scene.place(kind));
                let study = scene.place(kind).study.to_string();
                let nowhere = Asked { path: there.path.replace(&study, document::NO_ID), ..there.clone() };
                let (is, not) = (house.ask(&scene, &there).await, house.ask(&scene, &nowhere).await);
                let place = format!("{}, {}, {column}", case.name(), scene.actor);
                assert_eq!((is.status, is.json()), (not.status, not.json()), "{place}");
                assert_ne!(is.json(), Value::Null, "{place}");
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared}");
}
