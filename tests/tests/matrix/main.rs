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
mod cross;
mod document;
mod house;
mod operations;
mod oracle;
mod pages;
mod places;
mod report;
mod sockets;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use coup_axum::socket::Direct;

use crate::{
    actors::{Actor, Comes, Standing},
    cross::{Crossed, Front, Route, cross},
    document::Operation,
    house::{Asked, House},
    operations::{At, Case},
    oracle::Cell,
    places::Scene,
    tables::Tables,
};

/// What was found wrong is told up to here; the rest is counted.
const TOLD: usize = 60;

/// Nothing, if there is no fault.
fn told(what: &str, faults: &[String]) -> String {
    if faults.is_empty() {
        return String::new();
    }
    let shown = faults.iter().take(TOLD).cloned().collect::<Vec<_>>().join("\n  ");
    format!("\n{what} ({} of {}):\n  {shown}\n", faults.len().min(TOLD), faults.len())
}

const API: &str = "\
Who is answered what: every operation of the API document, asked by every kind of actor, in every kind of study.
401 is not_signed_in and 404 not_found where nothing else is said; a 403 names the sanction that takes the permission, if
one does.";
const PAGES: &str = "\
Who sees what: every page and every form, asked by every kind of actor, in every kind of study. 401 is the way to the page
of signing in.";

const SOCKETS: &str = "\
Who is acknowledged what over Socket.IO: connecting, then every event of the table, by every kind of actor, in every kind of
study. 200 is ok. The connection was opened by the same person as a MEMBER under nothing: what is allowed is asked at the event.";

async fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for actor in actors::all() {
        scenes.push(Scene::of(actor).await);
    }
    scenes
}

/// The entries of the API with what the document says of their operations; a test of its own tells of those without.
fn api(operations: &[Operation]) -> Vec<Route> {
    let of = |case: &Case| operations.iter().find(|operation| operation.id == case.operation);
    let route = |case: Case| of(&case).map(|it| Route { method: it.method.clone(), path: it.path.clone(), case });
    operations::all().into_iter().filter_map(route).collect()
}

fn pages() -> Vec<Route> {
    let route = |case: Case| {
        let (method, path) = case.operation.split_once(' ').unwrap();
        Route { method: method.to_owned(), path: path.to_owned(), case }
    };
    pages::all().into_iter().map(route).collect()
}

fn judge(file: &str, crossed: &Crossed, text: &str) {
    let changed = report::changes_of(file, text);
    let faults = [
        told("answers that are not the specification's", &crossed.answered),
        told("writes that must not be, or are missing", &crossed.written),
        told("studies shown to who may not know of them", &crossed.shown),
        told(&format!("{file} is not what is answered; if it should be: UPDATE=1, and read the diff"), &changed),
    ];
    assert!(faults.iter().all(String::is_empty), "{}", faults.concat());
}

#[tokio::test]
async fn everybody_is_answered_as_the_specification_says_and_a_refusal_writes_nothing() {
    let (house, tables) = (House::new(), Tables::read());
    let operations = document::operations(&house.document);
    let crossed = cross(Front::Api, &house, &scenes().await, &api(&operations)).await;
    let asked = operations.iter().flat_map(|operation| operation.permissions.iter().map(String::as_str));
    let reached: BTreeSet<&str> = asked.chain(operations::all().iter().filter_map(|case| case.gate)).collect();
    let unreached: Vec<&str> = tables.permissions().filter(|permission| !reached.contains(permission)).collect();
    judge("matrix.txt", &crossed, &(report::render(API, &crossed.blocks) + &report::unreached(&unreached)));
}

#[tokio::test]
async fn everybody_sees_the_pages_that_the_specification_says_and_a_refusal_writes_nothing() {
    let house = House::new();
    let crossed = cross(Front::Pages, &house, &scenes().await, &pages()).await;
    judge("pages.txt", &crossed, &report::render(PAGES, &crossed.blocks));
}

#[tokio::test]
async fn every_event_is_acknowledged_as_the_specification_says_and_a_refusal_writes_nothing() {
    let calm = Scene::of(Actor::standing(Standing::Member)).await;
    let house = House::new().opening_in(calm);
    let route = |case: Case| Route { method: case.operation.to_owned(), path: String::new(), case };
    let routes: Vec<Route> = sockets::all().into_iter().map(route).collect();
    let crossed = cross(Front::Sockets, &house, &scenes().await, &routes).await;
    judge("sockets.txt", &crossed, &report::render(SOCKETS, &crossed.blocks));
}

#[test]
fn every_event_has_an_entry_and_every_entry_an_event() {
    let events: BTreeSet<&str> = Direct::events().collect();
    let cases = sockets::all();
    let entries: BTreeSet<&str> =
        cases.iter().map(|case| case.operation).filter(|it| *it != sockets::CONNECT).collect();
    assert_eq!(events, entries, "events (left) are the entries of tests/tests/matrix/sockets.rs (right)");
    let tables = Tables::read();
    for case in &cases {
        let known = case.permissions().into_iter().chain(case.seen_by).all(|permission| tables.has(permission));
        assert!(known, "{}: not in permissions.csv", case.name());
    }
    let names: BTreeSet<String> = cases.iter().map(Case::name).collect();
    assert_eq!(names.len(), cases.len(), "two entries of one name: say with `.of(…)` how they differ");
}

#[tokio::test]
async fn every_page_and_form_has_an_entry_and_every_entry_a_page() {
    let routes = House::new().routes(Front::Pages).await;
    let cases = pages::all();
    let entries: BTreeSet<String> = cases.iter().map(|case| case.operation.to_owned()).collect();
    assert!(routes.len() > 40, "{routes:?}");
    let missing: Vec<&String> = routes.difference(&entries).collect();
    assert!(missing.is_empty(), "no entry for {missing:?}: add one to tests/tests/matrix/pages.rs, then UPDATE=1");
    let without: Vec<&String> = entries.difference(&routes).collect();
    assert!(without.is_empty(), "entries of no page: {without:?}; remove them from pages.rs");
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
        let in_study = !matches!(case.at, At::Door | At::Site | At::Administration);
        let says = !in_study || case.writes || case.although.is_some();
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
                // A stream's query names the study, if it names one.
                "study" => operation.is_below(&["/studies/{id}", "/my-studies/{id}"]) || operation.id == "stream",
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
    assert!(tables.sanctions().is_subset(&under), "an actor is under each of {:?}", tables.sanctions());
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
    let documented: BTreeSet<String> =
        operations.iter().map(|operation| format!("{} {}", operation.method, operation.path)).collect();
    assert!(documented.len() > 35, "{documented:?}");
    let routes = house.routes(Front::Api).await;
    let (more, fewer): (Vec<_>, Vec<_>) =
        (routes.difference(&documented).collect(), documented.difference(&routes).collect());
    assert!(more.is_empty() && fewer.is_empty(), "routed and not documented: {more:?}; not routed: {fewer:?}");
}

#[tokio::test]
async fn a_study_that_one_may_not_see_answers_as_one_that_is_not_there() {
    let (house, tables) = (House::new(), Tables::read());
    let operations = document::operations(&house.document);
    let mut compared = 0;
    for actor in actors::all().into_iter().filter(|actor| actor.comes == Comes::SignedIn) {
        let scene = Scene::of(actor).await;
        for route in api(&operations).iter().filter(|route| route.case.at == At::Study) {
            for (column, kind) in route.case.columns() {
                if oracle::expected(&tables, &actor, &route.case, kind) != Cell::refused(404, "not_found") {
                    continue;
                }
                let there = route.asked(&scene, scene.place(kind));
                let study = scene.place(kind).study.to_string();
                let nowhere = Asked { path: there.path.replace(&study, document::NO_ID), ..there.clone() };
                let is = house.ask(Front::Api, &scene, &there).await;
                let not = house.ask(Front::Api, &scene, &nowhere).await;
                assert_eq!(is.body, not.body, "{}, {actor}, {column}", route.case.name());
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared}");
}
