//! The plan of every statement, in a database with 100,000 rows of everything that grows.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use crate::fresh::FreshStore;

/// A table with more rows than this is never read from end to end.
const SMALL: u64 = 1_000;
/// What one statement may touch of the 100,000 rows of a table: all members of the largest study, and some.
const TOUCHED: f64 = 6_500.0;

/// Of the statement's arguments what is not [`typical`]: by name, then by number.
fn arguments(name: &str) -> BTreeMap<usize, &'static str> {
    BTreeMap::from_iter(match name {
        "user_by_email" => vec![(1, "'user-77@school.kr'")],
        "verification" => vec![(1, "'RESET'"), (2, "'user-77@school.kr'")],
        "members" => vec![(2, "'ACTIVE'"), (3, "'2026-03-02T10:00:00Z'"), (4, "'user-600'")],
        "invites" | "own_studies" | "security_events" | "own_reports" => {
            vec![(2, "'9999-01-01T00:00:00Z'")]
        }
        "notifications" => vec![(2, "'9999-01-01T00:00:00Z'"), (5, "null"), (6, "null")],
        "notifications_by_read" => {
            vec![(2, "'9999-01-01T00:00:00Z'"), (5, "'REPORT'"), (6, "null"), (7, "false")]
        }
        "staff" => vec![(2, "'ADMIN'")],
        "study_by_code" => vec![(1, "'invite-77'")],
        "messages_before" => vec![(2, "15000")],
        // What is found nowhere is looked for in every message: one character has no pair, and so no index.
        "search_character" => vec![(2, "15000"), (3, "'학'")],
        "messages_after" | "study_events" | "user_events" => vec![(2, "19000")],
        "search" => {
            vec![(2, "20001"), (3, "array['희귀', '귀한', '00000000000070008000000000000001']"), (4, "'희귀한'")]
        }
        "talk" => vec![(3, "15000"), (4, "null")],
        "newest_case" => vec![(1, "'USER'"), (2, "'user-77'")],
        "last_report" => vec![(1, "'user-540'"), (2, "'USER'"), (3, "'user-77'")],
        "record" => vec![(1, "'user-540'")],
        "have_met" => vec![(2, "'user-99999'")],
        "case_times" => vec![(3, "'9999-01-01T00:00:00Z'")],
        "appeals" | "appeals_in" => vec![(1, "'2026-04-02T00:00:00Z'"), (4, "'user-2'"), (5, "'PENDING'")],
        _ if name.starts_with("cases_") => vec![
            (1, "2"),
            (4, "'2026-04-02T00:00:00Z'"),
            (5, "'user-2'"),
            (6, "null"),
            (7, "null"),
            (8, "null"),
            (9, "null"),
            (11, "'9999-01-01T00:00:00Z'"),
        ],
        "revocations" => vec![(1, "50000")],
        "claim" => vec![(4, "'kind-1'")],
        _ if name.starts_with("audit_log_") => vec![(1, "50000"), (4, "'9999-01-01T00:00:00Z'")],
        "read_marks" => vec![(2, "'user-1500'")],
        "message_by_client_id" => vec![(1, "'user-78'"), (2, "'c77'")],
        "last_rejection" => vec![(2, "'user-78'")],
        _ if name.starts_with("browse_") => {
            let mut all = vec![(3, "null"), (4, "null"), (5, "null"), (6, "null"), (7, "null"), (8, "null")];
            all.push((
                1,
                match (name.contains("createdAt"), name.contains("memberCount")) {
                    (true, _) => "'2026-04-02T00:00:00Z'",
                    (_, true) => "20",
                    _ => "2.5",
                },
            ));
            match (name.contains("_category"), name.contains("_tag")) {
                (true, true) => all.extend([(11, "'수학'"), (12, "'초보 환영'")]),
                (true, false) => all.push((11, "'수학'")),
                (false, true) => all.push((11, "'초보 환영'")),
                _ => {}
            }
            all
        }
        _ => vec![],
    })
}

/// Filters of browsing that may stand beside every sort.
const FILTERS: [(&str, usize, &str); 6] = [
    ("query", 3, "'화요일'"),
    ("sub-category", 4, "'중급'"),
    ("recruiting", 5, "true"),
    ("least members", 6, "5"),
    ("most members", 7, "30"),
    ("least rating", 8, "1"),
];

/// An argument as it mostly is: the busy study, the person who is everywhere, a place in the middle.
fn typical(sql: &str, number: usize, kind: &str) -> String {
    let argument = match kind {
        "bigint" if sql.contains(&format!("limit ${number}")) => "21",
        "bigint" => "10",
        "uuid" => "'00000000-0000-7000-8000-000000000001'",
        "text" => "'user-1'",
        "timestamp with time zone" => "'2026-03-02T00:00:00Z'",
        "boolean" => "true",
        "double precision" => "1.5",
        "bytea" => r"'\x000000000000000000000000000000000000000000000000000000000000004d'",
        "text[]" => "array['수학', 'user-1', 'user-77']",
        "uuid[]" => "array['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-00000000004d']::uuid[]",
        other => panic!("no typical {other}"),
    };
    argument.to_owned()
}

/// Lists that are sorted after they are read, and why that is little.
fn is_sorted(name: &str) -> bool {
    match name {
        // One's own studies, by the activity of each; the owners and administrators of one study; two index ranges put together.
        // Found words are as many as there are.
        "own_studies" | "staff" | "talk" | "glance" | "context" | "search"
        // All sanctions of one person; the reports of one case.
        // The browsers that are known to one person.
        | "trim_devices"
        | "sanctions_of" | "case_of" | "case" | "newest_case" | "last_report" => true,
        // The rarer filter is taken first, or another table has the order: then what it leaves is sorted.
        _ => name.starts_with("browse_") && (name.contains("_tag") || name.contains("_category")),
    }
}

/// The statement's plan with these arguments; a read is run, too.
async fn plan(conn: &mut PgConnection, sql: &str, given: &BTreeMap<usize, &'static str>) -> Value {
    sqlx::raw_sql(AssertSqlSafe(format!("prepare looked_at as {sql}"))).execute(&mut *conn).await.unwrap();
    let kinds: Vec<String> =
        sqlx::query("select unnest(parameter_types)::text from pg_prepared_statements where name = 'looked_at'")
            .fetch_all(&mut *conn)
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
    let arguments: Vec<String> = kinds
        .iter()
        .zip(1..)
        .map(|(kind, number)| {
            given.get(&number).map_or_else(|| typical(sql, number, kind), |given| (*given).to_owned())
        })
        .collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    let is_read = (sql.starts_with("select") || sql.starts_with("with")) && !sql.contains(" for ");
    let how = if is_read { "analyze, timing off, format json" } else { "format json" };
    let explained = sqlx::raw_sql(AssertSqlSafe(format!("explain ({how}) execute looked_at{arguments}")))
        .fetch_one(&mut *conn)
        .await;
    let explained = explained.unwrap_or_else(|error| panic!("{sql} with {arguments}: {error}"));
    sqlx::raw_sql("deallocate looked_at").execute(&mut *conn).await.unwrap();
    explained.get::<Value, _>(0)[0]["Plan"].clone()
}

/// Every step of a plan, those within it too.
fn steps<'a>(plan: &'a Value, all: &mut Vec<&'a Value>) {
    all.push(plan);
    for step in plan["Plans"].as_array().into_iter().flatten() {
        steps(step, all);
    }
}

/// What a job reads once after an account is deleted: all of a kind, each piece behind the one before.
fn goes_through_all(name: &str) -> bool {
    name.ends_with("_traces")
}

fn faults(name: &str, plan: &Value, sizes: &BTreeMap<String, u64>) -> Vec<String> {
    let mut all = Vec::new();
    steps(plan, &mut all);
    let mut faults = Vec::new();
    for step in all {
        let kind = step["Node Type"].as_str().unwrap();
        let table = step["Relation Name"].as_str().unwrap_or_default();
        if kind == "Seq Scan" && sizes[table] > SMALL {
            faults.push(format!("{table} is read from end to end"));
        }
        let by_order = kind.starts_with("Index") && step.get("Index Cond").is_none();
        if by_order && !name.starts_with("browse_") {
            faults.push(format!("all of an index of {table} is walked"));
        }
        // The ten tags of a study are sorted.
        let few = step["Plan Rows"].as_f64().unwrap() <= 20.0 || step["Parent Relationship"] == "SubPlan";
        if kind.contains("Sort") && !few && !is_sorted(name) {
            faults.push(format!("it is sorted by {}", step["Sort Key"]));
        }
        if let Some(rows) = step["Actual Rows"].as_f64() {
            let count = |key: &str| step[key].as_f64().unwrap_or_default();
            let touched =
                (rows + count("Rows Removed by Filter") + count("Rows Removed by Join Filter")) * count("Actual Loops");
            if touched > TOUCHED && !goes_through_all(name) {
                faults.push(format!("{kind} {table} touches {touched} rows"));
            }
        }
    }
    faults
}

#[tokio::test]
async fn every_statements_plan_uses_its_index_at_100000_rows() {
    let fresh = FreshStore::new().await;
    let mut conn = fresh.store.pool().acquire().await.unwrap();
    sqlx::raw_sql(include_str!("many_rows.sql")).execute(&mut *conn).await.unwrap();
    let sizes = sqlx::query(
        "select relname::text, reltuples::bigint from pg_class \
         where relkind = 'r' and relnamespace = current_schema()::regnamespace",
    );
    let sizes: BTreeMap<String, u64> = sizes
        .fetch_all(&mut *conn)
        .await
        .unwrap()
        .iter()
        .map(|row| (row.get(0), row.get::<i64, _>(1).try_into().unwrap_or_default()))
        .collect();
    assert!(sizes.values().filter(|size| **size >= 100_000).count() >= 14, "{sizes:?}");
    // As a statement is planned for its arguments; one plan for all arguments is taken by the server only where it costs no more.
    sqlx::raw_sql("set plan_cache_mode = force_custom_plan; set jit = off").execute(&mut *conn).await.unwrap();
    let mut wrong = Vec::new();
    let statements = fresh.store.statements().statements();
    for (name, text) in &statements {
        let given = arguments(name);
        let mut cases = vec![(name.clone(), given.clone())];
        if name.starts_with("browse_") {
            cases.extend(FILTERS.map(|(filter, number, value)| {
                let mut given = given.clone();
                given.insert(number, value);
                (format!("{name} by {filter}"), given)
            }));
        }
        for (case, given) in cases {
            let plan = plan(&mut conn, text, &given).await;
            let faults = faults(name, &plan, &sizes);
            if !faults.is_empty() {
                wrong.push(format!("{case}: {}\n{text}\n{plan:#}", faults.join("; ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), statements.len(), wrong.join("\n"));
}

#[tokio::test]
async fn what_goes_with_a_study_is_found_by_an_index() {
    let fresh = FreshStore::new().await;
    // The columns of each reference to what can be deleted, and whether an index of its table begins with them.
    let bare = sqlx::query(
        "select c.conrelid::regclass::text || '.' || c.conname \
         from pg_constraint c \
         where c.contype = 'f' and c.connamespace = current_schema()::regnamespace \
         and c.confrelid in ('studies'::regclass, 'study_invites'::regclass, 'messages'::regclass, 'sessions'::regclass) \
         and not exists (select 1 from pg_index i where i.indrelid = c.conrelid \
          and (string_to_array(i.indkey::text, ' ')::smallint[])[1:cardinality(c.conkey)] @> c.conkey)",
    );
    let bare: Vec<String> = bare.fetch_all(fresh.store.pool()).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert!(bare.is_empty(), "deleting reads all of {bare:?}");
}
