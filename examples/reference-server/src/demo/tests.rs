//! The demo shows every state that there is: a new one that nothing shows fails here.

use std::collections::BTreeSet;

use coup_core::{
    appeal::{model::AppealStatus, service::AppealView},
    audit::model::AuditFilter,
    coup::{Coup, Ctx},
    env::{Clock as _, SystemClock},
    id::UserId,
    moderation::{
        model::{CaseEntryType, CaseFilter, CaseStatus, Priority, ReportTargetType, ReportType, Snapshot},
        view::{Card, ReportDetail},
    },
    page::Limit,
    policy::{AdminRole, SanctionType},
    sanction::view::SanctionView,
    store::{Credential, Store},
    text::Email,
    user::service::{SessionToken, SignIn},
};
use coup_storage_sqlite::SqliteStore;
use tempfile::TempDir;

use super::{
    ADMIN, PASSWORD, fill,
    people::{PEOPLE, STAFF},
    story::STORY,
};
use crate::store::Opened;

/// A filled demo.
struct Demo {
    coup: Coup,
    store: std::sync::Arc<dyn Store>,
    _folder: TempDir,
}

impl Demo {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = SqliteStore::open(&folder.path().join("coup.db")).await.unwrap();
        store.migrate().await.unwrap();
        let opened = Opened::Sqlite(Box::new(store));
        fill::fill(&opened).await.unwrap();
        Self { coup: opened.coup().unwrap(), store: opened.store(), _folder: folder }
    }

    async fn id(&self, email: &str) -> UserId {
        let email = Email::parse("email", email).unwrap();
        self.store.user_by_email(&email).await.unwrap().unwrap().id
    }

    async fn user(&self, key: &str) -> Ctx {
        Ctx::user(self.id(&format!("{key}@hanbit.example")).await)
    }

    async fn admin(&self) -> Ctx {
        Ctx::user(self.id(ADMIN).await)
    }

    async fn cases(&self) -> Vec<Card> {
        let all = self.coup.reports(&self.admin().await, &CaseFilter::default(), None, Limit::MAX).await.unwrap();
        assert!(all.next_cursor.is_none());
        all.items
    }

    async fn details(&self) -> Vec<ReportDetail> {
        let mut details = Vec::new();
        for card in self.cases().await {
            details.push(self.coup.report(&self.admin().await, card.id).await.unwrap());
        }
        details
    }

    async fn sanctions(&self) -> Vec<SanctionView> {
        let mut all = Vec::new();
        for person in PEOPLE {
            let id = self.id(&person.email()).await;
            all.extend(self.coup.sanction_history(&self.admin().await, &id).await.unwrap().sanctions);
        }
        all
    }

    async fn appeals(&self, of: &Ctx) -> Vec<AppealView> {
        self.coup.appeals(of, None, None, Limit::MAX).await.unwrap().items
    }
}

/// That everything of a list is there.
#[track_caller]
fn all_of<T: Ord + Copy + std::fmt::Debug>(list: &[T], there: impl IntoIterator<Item = T>) {
    let there: BTreeSet<T> = there.into_iter().collect();
    let missing: Vec<&T> = list.iter().filter(|one| !there.contains(one)).collect();
    assert!(missing.is_empty(), "the demo shows no {missing:?}");
}

#[test]
fn the_story_goes_forward_and_ends_before_now() {
    assert!(STORY.is_sorted_by(|earlier, later| earlier.ago >= later.ago));
    assert!(STORY.iter().all(|event| event.ago > 0));
}

#[tokio::test]
async fn the_queue_shows_cases_of_every_kind() {
    let demo = Demo::new().await;
    let cases = demo.cases().await;
    let of = |status| cases.iter().map(|card| &card.case).filter(move |case| case.status == status);
    all_of(CaseStatus::ALL, cases.iter().map(|card| card.case.status));
    all_of(Priority::ALL, of(CaseStatus::Pending).map(|case| case.priority));
    all_of(ReportTargetType::ALL, cases.iter().map(|card| card.case.target_type));
    all_of(ReportType::ALL, cases.iter().map(|card| card.case.kind));
    assert!(of(CaseStatus::Pending).any(|case| case.kind == ReportType::Safety && case.priority == Priority::Urgent));
    let raised = |case: &&coup_core::moderation::view::CaseView| case.reports >= 3 && case.priority > Priority::Low;
    assert!(of(CaseStatus::Pending).filter(|case| case.kind == ReportType::Spam).any(|case| raised(&case)));
    let now = SystemClock.now();
    assert!(of(CaseStatus::InProgress).any(|case| case.held_until.is_none() && case.lease_until > Some(now)));
    assert!(of(CaseStatus::InProgress).any(|case| case.held_until > Some(now + chrono::Duration::days(1))));
    assert!(of(CaseStatus::Pending).any(|case| case.escalated_to == Some(AdminRole::Admin)));

    let details = demo.details().await;
    all_of(CaseEntryType::ALL, details.iter().flat_map(|detail| &detail.entries).map(|entry| entry.kind));
    let sanctioned = |detail: &ReportDetail| {
        let reports: Vec<_> = detail.reports.iter().map(|report| report.id).collect();
        let sanctions = detail.history.iter().flat_map(|history| &history.sanctions);
        sanctions.filter_map(|sanction| sanction.related_report_id).any(|report| reports.contains(&report))
    };
    let is = |status: CaseStatus| details.iter().filter(move |detail| detail.case.status == status);
    assert!(is(CaseStatus::Resolved).any(sanctioned));
    assert!(!is(CaseStatus::Rejected).any(sanctioned));
}

#[tokio::test]
async fn a_message_deleted_since_it_was_reported_is_still_to_be_read() {
    let demo = Demo::new().await;
    let mut deleted = 0;
    for detail in demo.details().await {
        let Some(Snapshot::Message { content, deleted_at: None, .. }) = &detail.reports[0].snapshot else { continue };
        let id = detail.case.target_id.parse().unwrap();
        let message = demo.store.message_anywhere(id).await.unwrap().unwrap().message;
        if message.deleted_at.is_some() && detail.case.status == CaseStatus::Pending {
            deleted += 1;
            assert!(!content.is_empty());
        }
    }
    assert!(deleted > 0);
}

#[tokio::test]
async fn sanctions_and_appeals_are_in_every_state() {
    let demo = Demo::new().await;
    let sanctions = demo.sanctions().await;
    all_of(&SanctionType::ALL, sanctions.iter().map(|sanction| sanction.own.kind));
    let now = SystemClock.now();
    let any = |is: &dyn Fn(&SanctionView) -> bool| sanctions.iter().any(is);
    assert!(any(&|it| it.own.is_active && it.own.kind == SanctionType::Suspension), "active");
    assert!(any(&|it| it.own.lifted_at.is_none() && it.own.expires_at.is_some_and(|end| end < now)), "expired");
    assert!(any(&|it| it.own.lifted_at.is_some() && !it.mistaken), "lifted");
    assert!(any(&|it| it.mistaken && it.own.appeal.is_none()), "lifted as a mistake");

    let appeals = demo.appeals(&demo.admin().await).await;
    all_of(AppealStatus::ALL, appeals.iter().map(|appeal| appeal.own.status));
    // Who waits can be heard by two, and not by who imposed it.
    let waiting = appeals.iter().find(|appeal| appeal.own.status == AppealStatus::Pending).unwrap();
    for (key, sees) in [("guidance", true), ("deputy", true)] {
        let seen = demo.appeals(&demo.user(key).await).await;
        assert_eq!(seen.iter().any(|appeal| appeal.own.id == waiting.own.id), sees, "{key}");
    }
    assert_eq!(waiting.sanction.admin_id, Some(demo.id("moderator@hanbit.example").await));
}

#[tokio::test]
async fn the_suspended_sign_in_and_may_appeal() {
    let demo = Demo::new().await;
    let words = SignIn { email: "seungmin@hanbit.example".into(), password: PASSWORD.into(), code: None };
    let signed_in = demo.coup.run(&Ctx::default(), words).await.unwrap().signed_in().unwrap();
    let credential = Credential::Session(SessionToken::hash(signed_in.token.expose()));
    let ctx = Ctx { credential: Some(credential), ..Ctx::default() };
    let own = demo.coup.own_sanctions(&ctx).await.unwrap();
    assert_eq!(own.iter().map(|one| one.kind).collect::<Vec<_>>(), [SanctionType::Suspension, SanctionType::Warning]);
    assert!(own[0].is_active && own[0].appealable_until.is_some() && own[0].appeal.is_none());
    assert_eq!(own[0].duration.unwrap().to_string(), "3d", "what the ladder recommends after a warning");
}

#[tokio::test]
async fn every_role_of_administrators_is_there_and_the_log_tells_what_they_did() {
    let demo = Demo::new().await;
    let page = demo.coup.administrators(&demo.admin().await, None, Limit::MAX).await.unwrap();
    all_of(AdminRole::ALL, page.items.iter().map(|admin| admin.role));
    assert_eq!(page.items.len(), STAFF.len() + 1);
    let log = demo.coup.audit_log(&demo.admin().await, &AuditFilter::default(), None, Limit::MAX).await.unwrap();
    assert!(log.items.len() > 40, "{}", log.items.len());
    assert!(log.items.iter().any(|row| row.created_at < SystemClock.now() - chrono::Duration::days(6)));
}
