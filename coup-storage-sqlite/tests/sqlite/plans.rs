//! The plan of every statement, in a file with 100,000 rows of everything that grows.

use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::fresh::FreshStore;

/// Lists that are sorted after they are read, and why that is little.
fn is_sorted(name: &str) -> bool {
    match name {
        // One's own studies, by the activity of each; the owners and administrators of one study; two index ranges put together.
        "own_studies" | "staff" | "talk" | "glance" | "context"
        // All sanctions of one person; the reports of one case.
        | "sanctions_of" | "case_of" | "case" | "newest_case" | "last_report" => true,
        // The rarer filter is taken first, or another table has the order: then what it leaves is sorted.
        _ => name.starts_with("browse_") && (name.contains("_tag") || name.contains("_category")),
    }
}

async fn plan(conn: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let steps = sqlx::query(AssertSqlSafe(format!("explain query plan {sql}"))).fetch_all(conn).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}

fn faults(name: &str, plan: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    for step in plan {
        if let Some(scanned) = step.strip_prefix("SCAN ") {
            // Rows that are given, and the rows of a step before.
            let is_no_table = scanned.ends_with("CONSTANT ROW")
                || scanned.ends_with("ROW VALUES CLAUSE")
                || ["older", "newer", "marks", "place", "mine", "x", "m", "c"].contains(&scanned);
            // The search index, asked for words or for one row.
            let in_words = scanned.starts_with("g VIRTUAL TABLE INDEX") && name == "search"
                || scanned.starts_with("message_grams VIRTUAL TABLE INDEX 0:=");
            // What is browsed is walked in its order until a page is full.
            let in_order = scanned.contains(" USING ") && name.starts_with("browse_");
            // What was asked for.
            let is_given =
                scanned.starts_with("g VIRTUAL TABLE INDEX") && ["study_heads", "user_heads", "people"].contains(&name);
            // There are as many as a site has administrators, and as there are settings.
            let is_small = scanned == "admin_roles" || name == "settings";
            if !(is_no_table || in_words || is_given || in_order || is_small) {
                faults.push(format!("reads all of {scanned}"));
            }
        }
        // The tags of one study are sorted; a study has ten.
        if step.starts_with("USE TEMP B-TREE FOR") && step.ends_with("ORDER BY") && !is_sorted(name) {
            faults.push(step.clone());
        }
        // An index made for the one statement, each time anew.
        if step.contains("AUTOMATIC") {
            faults.push(step.clone());
        }
    }
    faults
}

#[tokio::test]
async fn every_statements_plan_uses_its_index_at_100000_rows() {
    let fresh = FreshStore::new().await;
    let mut conn = SqliteConnectOptions::new().filename(fresh.folder.path().join("coup.db")).connect().await.unwrap();
    sqlx::raw_sql(include_str!("many_rows.sql")).execute(&mut conn).await.unwrap();
    let count: i64 = sqlx::query("select count(*) from messages").fetch_one(&mut conn).await.unwrap().get(0);
    assert_eq!(count, 100_000);
    let statements = fresh.store.statements().statements();
    let mut wrong = Vec::new();
    // The store never lets the database count its rows (`analyze`): plans are the same for every number of rows.
    for (name, text) in &statements {
        let plan = plan(&mut conn, text).await;
        let faults = faults(name, &plan);
        if !faults.is_empty() {
            wrong.push(format!("{name}: {}\n{text}\n{plan:#?}", faults.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn what_goes_with_a_study_is_found_by_an_index() {
    let fresh = FreshStore::new().await;
    // The first column of each reference to what can be deleted, and whether an index of its table begins with it.
    let bare = sqlx::query(
        "select t.name || '.' || f.\"from\" \
         from sqlite_schema t join pragma_foreign_key_list(t.name) f \
         where t.type = 'table' and f.seq = 0 and f.\"table\" in ('studies', 'study_invites', 'messages', 'sessions') \
         and not exists (select 1 from pragma_index_list(t.name) i join pragma_index_info(i.name) c \
          where c.seqno = 0 and c.name = f.\"from\")",
    );
    let bare: Vec<String> = bare.fetch_all(fresh.store.pool()).await.unwrap().iter().map(|row| row.get(0)).collect();
    // A table without rowid has its key as an index; it is listed like the others.
    assert!(bare.is_empty(), "deleting reads all of {bare:?}");
}
