//! Reading, exporting, verifying and erasing.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use coup_core::{
    audit::{
        chain::{Verifier, hex, link, unhex},
        entry::LogEntry,
        export::ExportFormat,
        model::{AdminAction, AuditFilter, AuditHead, AuditTargetType},
        service::verify,
    },
    changes::{Change, Changes, SystemPermit},
    coup::Ctx,
    env::Clock as _,
    error::Error,
    hooks::{Veto, Vetoed},
    page::{Limit, Page},
    policy::AdminRole,
    store::{AuditReads as _, Store as _},
    text::PersonName,
    user::service::UpdateProfile,
};
use serde_json::{Value, json};

use crate::house::{House, grant, id};

#[tokio::test]
async fn the_log_is_read_newest_first_by_filters_and_each_reading_stands_in_it() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let viewer = house.administrator("viewer", AdminRole::Viewer).await;
    for name in ["a", "b", "c"] {
        house.person(name).await;
        house.clock.advance(TimeDelta::minutes(1));
        house.coup.run(&root, grant(name, AdminRole::Viewer)).await.unwrap();
    }
    let at = house.clock.now();
    let seqs = |page: &Page<LogEntry>| page.items.iter().map(|entry| entry.seq).collect::<Vec<_>>();
    let log = async |filter: AuditFilter| {
        let page = house.coup.audit_log(&viewer, &filter, None, Limit::DEFAULT).await.unwrap();
        page.items.into_iter().filter(|entry| entry.action != "AUDIT_VIEW").map(|entry| entry.seq).collect::<Vec<_>>()
    };
    assert_eq!(log(AuditFilter::default()).await, [5, 4, 3, 2, 1]);
    assert_eq!(log(AuditFilter { admin: Some(id("root")), ..AuditFilter::default() }).await, [5, 4, 3]);
    assert_eq!(log(AuditFilter { action: Some(AdminAction::AdminGrant), ..AuditFilter::default() }).await.len(), 5);
    let target =
        AuditFilter { target_type: Some(AuditTargetType::User), target_id: Some("b".into()), ..AuditFilter::default() };
    assert_eq!(log(target).await, [4]);
    let minute = TimeDelta::minutes(1);
    assert_eq!(log(AuditFilter { from: Some(at - minute), to: Some(at), ..AuditFilter::default() }).await, [4]);
    assert_eq!(log(AuditFilter { admin: Some(id("b")), ..AuditFilter::default() }).await, [] as [i64; 0]);

    // By pages, over what is added meanwhile (each reading adds one).
    let limit = Limit::parse(Some(3), Limit::DEFAULT).unwrap();
    let first = house.coup.audit_log(&viewer, &AuditFilter::default(), None, limit).await.unwrap();
    let cursor = first.next_cursor.clone().unwrap();
    let second = house.coup.audit_log(&viewer, &AuditFilter::default(), Some(&cursor), limit).await.unwrap();
    let newest = seqs(&first)[0];
    assert_eq!([seqs(&first), seqs(&second)].concat(), (newest - 5..=newest).rev().collect::<Vec<_>>());
    assert_eq!(first.items[0].action, "AUDIT_VIEW");
    assert_eq!(first.items[0].admin.as_ref().unwrap().name.as_deref(), Some("viewer"));
    let filtered = house
        .entries()
        .await
        .into_iter()
        .find(|entry| entry.after.get("filter").is_some_and(|it| it["admin"] == "root"))
        .unwrap();
    assert_eq!(filtered.admin_id.as_deref(), Some("viewer"));
    let refused = house.coup.audit_log(&Ctx::user(id("nobody")), &AuditFilter::default(), None, limit).await;
    assert!(matches!(refused, Err(Error::NotSignedIn)));
}

#[tokio::test]
async fn what_cannot_be_written_to_the_log_is_not_read() {
    struct No;
    #[async_trait]
    impl Veto for No {
        async fn before(&self, changes: &Changes) -> Result<(), Vetoed> {
            // Reads of the administration change nothing but the log.
            if changes.writes().is_empty() { Err(Vetoed::because("오늘은 안 돼요")) } else { Ok(()) }
        }
    }
    let house = House::with(|builder| builder.veto(Arc::new(No)));
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let refused = house.coup.audit_log(&root, &AuditFilter::default(), None, Limit::DEFAULT).await;
    assert!(matches!(refused, Err(Error::Vetoed(words)) if words.words == "오늘은 안 돼요"));
    assert_eq!((house.entries().await.len(), house.events().await.len()), (1, 0));
}

async fn exported(house: &House, who: &Ctx, filter: &AuditFilter, format: ExportFormat) -> (AuditHead, String) {
    let mut export = house.coup.export_audit(who, filter, format).await.unwrap();
    let mut text = String::new();
    while let Some(part) = export.next().await.unwrap() {
        text += &part;
    }
    (export.head(), text)
}

#[tokio::test]
async fn an_export_as_json_lines_can_be_verified_elsewhere() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    // More than one batch.
    for n in 0..620 {
        house
            .coup
            .audit_log(&root, &AuditFilter::default(), None, Limit::parse(Some(1), Limit::MAX).unwrap())
            .await
            .unwrap();
        if n % 200 == 0 {
            house.person(&format!("person-{n}")).await;
            house.coup.run(&root, grant(&format!("person-{n}"), AdminRole::Viewer)).await.unwrap();
        }
    }
    let (head, text) = exported(&house, &root, &AuditFilter::default(), ExportFormat::JsonLines).await;
    // What is written after the export began is not in it.
    house.coup.audit_log(&root, &AuditFilter::default(), None, Limit::DEFAULT).await.unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, entries) = lines.split_last().unwrap();
    assert_eq!(last["head"], json!({ "seq": head.seq, "hash": hex(&head.hash) }));
    assert_eq!(entries.len(), 626);
    let mut hash = [0; 32];
    for (place, entry) in entries.iter().enumerate() {
        let seq = i64::try_from(place).unwrap() + 1;
        assert_eq!(entry["seq"], seq);
        hash = link(&hash, seq, entry["bytes"].as_str().unwrap());
        assert_eq!(unhex(entry["hash"].as_str().unwrap()), Some(hash));
    }
    assert_eq!((hash, head.seq), (head.hash, 626));
    assert_eq!(entries.last().unwrap()["action"], "AUDIT_EXPORT");
    let named = entries.iter().find(|entry| entry["targetId"] == "person-0").unwrap();
    assert_eq!(
        (&named["after"]["name"], named["salts"]["after.name"].as_str().unwrap().len()),
        (&json!("person-0"), 32)
    );
    // And against that head the log verifies later.
    assert!(house.coup.verify_audit(&root, Some(head)).await.unwrap().is_ok());
}

#[tokio::test]
async fn an_export_as_csv_is_filtered_and_neutralised() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    house.person("=cmd|' /C calc'!A0").await;
    let formula = Ctx { user_agent: Some("@SUM(1,2)".into()), ip: Some("-1".into()), ..root.clone() };
    house.coup.run(&formula, grant("=cmd|' /C calc'!A0", AdminRole::Viewer)).await.unwrap();
    let filter =
        AuditFilter { admin: Some(id("root")), action: Some(AdminAction::AdminGrant), ..AuditFilter::default() };
    let (_, text) = exported(&house, &root, &filter, ExportFormat::Csv).await;
    let lines: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with("seq,createdAt,adminId,"), "{}", lines[0]);
    assert!(lines[1].contains(",USER,'=cmd|' /C calc'!A0,"), "{}", lines[1]);
    assert!(lines[1].contains(",'-1,\"'@SUM(1,2)\","), "{}", lines[1]);
}

#[tokio::test]
async fn erasing_a_person_keeps_the_chain_valid_and_takes_what_tells_of_them() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let second = house.administrator("second", AdminRole::SuperAdmin).await;
    house.person("minjun").await;
    house.coup.run(&root, grant("minjun", AdminRole::Viewer)).await.unwrap();
    house.coup.audit_log(&second, &AuditFilter::default(), None, Limit::DEFAULT).await.unwrap();
    let head = house.store.audit_head().await.unwrap();
    let whole = verify(&*house.store, Some(head)).await.unwrap().unwrap();
    assert_eq!((whole.head, whole.erased), (head, 0));
    let erase = |who: &str| Changes::system(SystemPermit::Operator).change(Change::EraseAuditPersonal(id(who)));
    house.store.commit(erase("minjun")).await.unwrap();
    house.store.commit(erase("second")).await.unwrap();
    let entries = house.entries().await;
    let erased: Vec<_> = entries.iter().map(|entry| entry.erased.join(" ")).collect();
    // Of who did it from where, only that of the second one is gone.
    assert_eq!(erased, ["", "after.name", "after.name", "ipAddress"]);
    assert_eq!((entries[2].after.get("name"), entries[2].ip_address.as_deref()), (None, Some("192.0.2.7")));
    assert_eq!(entries[3].ip_address, None);
    let verified = verify(&*house.store, Some(head)).await.unwrap().unwrap();
    assert_eq!((verified.head, verified.erased), (head, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_verifies_while_it_is_written_to() {
    let house = Arc::new(House::new());
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let writer = {
        let (house, root) = (house.clone(), root.clone());
        tokio::spawn(async move {
            for _ in 0..300 {
                house.coup.administrators(&root, None, Limit::DEFAULT).await.unwrap();
            }
        })
    };
    let mut anchor = None;
    while !writer.is_finished() {
        let verified = verify(&*house.store, anchor).await.unwrap().unwrap();
        anchor = Some(verified.head);
    }
    writer.await.unwrap();
    assert_eq!(verify(&*house.store, anchor).await.unwrap().unwrap().head.seq, 301);
}

#[tokio::test]
async fn members_acts_write_no_entry() {
    let house = House::new();
    let minjun = house.person("minjun").await;
    let name = Some(PersonName::parse("name", "민준").unwrap());
    house.coup.run(&minjun, UpdateProfile { name, ..UpdateProfile::default() }).await.unwrap();
    assert_eq!(house.store.audit_head().await.unwrap(), AuditHead::default());
    assert!(Verifier::new(None).finish(AuditHead::default()).is_ok());
}
