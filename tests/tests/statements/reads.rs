//! Every read of the API and every page, with three rows to show and with sixty.

use std::{collections::BTreeMap, sync::Arc};

use coup_axum::pages::page_paths;
use coup_core::store::Store;
use coup_storage_postgres::PostgresStore;
use coup_storage_sqlite::SqliteStore;
use coup_tests::TestDatabase;
use serde_json::Value;

use crate::{
    counted::Counting,
    house::{House, picture},
};

/// The caller's standing, and what is shown.
const MOST: usize = 2;
/// A page besides: how many notifications wait, in its bar.
const PAGE: usize = MOST + 1;
/// Locks, row and head of the log besides; an export ends with a look whether there is more.
const AUDITED: usize = 12;
/// A report besides: the case with its reports, what was added, what was received, the offender, their sanctions, and names.
const REPORT: usize = AUDITED + 3;
/// Somebody besides: what is about them, what they reported, what was received, their sanctions, how much they take part, and
/// names.
const PERSON: usize = AUDITED + 4;
/// A page of the administration, and of one's own reports and sanctions: what surrounds it asks once more who reads, and how many
/// notifications wait.
const FRAMED: usize = 2;
/// A queue of the only administrator at the top: who else there is, and what they have a part in.
const ALONE: usize = AUDITED + 2;
/// A stream is asked for and then opened, and its rights are asked anew each time; where it begins is one question more for
/// oneself, and one for all studies together.
const OPENED: usize = 7;
/// All of one's own: the caller, and each list.
const EXPORT: usize = 8;
/// A way to a provider: the commit that keeps it, and the bar's.
const WAY: usize = 6;
const FEW: usize = 3;
const MANY: usize = 60;

/// Reads of the administration, which the audit log tells of before they are answered: as many statements however much is shown.
fn is_audited(path: &str) -> bool {
    path.starts_with("/api/admin/")
}

fn is_stream(path: &str) -> bool {
    path.contains("/stream")
}

/// How a path is asked: the queries, and whether its answer grows with what there is.
struct Asked {
    queries: &'static [&'static str],
    grows: bool,
}

const fn once() -> Asked {
    Asked { queries: &[""], grows: false }
}

const fn list(queries: &'static [&'static str]) -> Asked {
    Asked { queries, grows: true }
}

/// How each read of the API is asked.
fn of_the_api(path: &str) -> Option<Asked> {
    Some(match path {
        // That it begins with every study is waited for.
        "/stream" => Asked { queries: &["", "?study={id}"], grows: false },
        "/reports" | "/admin/appeals" => list(&["?limit=100"]),
        "/notifications" => list(&["?limit=100", "?limit=100&isRead=false&type=REPORT"]),
        "/admin/reports" => list(&["?limit=100", "?limit=100&status=PENDING&targetType=USER"]),
        "/docs"
        | "/auth/totp"
        | "/avatars/{fileId}"
        // One a provider.
        | "/me/identities"
        // A GET that writes the way back.
        | "/auth/google"
        | "/auth/github"
        // One's own sanctions and appeals are few, and not paged.
        | "/me/sanctions"
        | "/appeals"
        | "/notifications/unread-count"
        | "/admin/reports/statistics"
        | "/admin/reports/{id}"
        | "/admin/appeals/{id}"
        | "/admin/users/{id}"
        | "/admin/users/{id}/sanctions"
        | "/admin/moderation/messages/{id}/context"
        | "/notifications/stream"
        | "/docs/"
        | "/docs/{file}"
        | "/openapi.json"
        | "/me"
        // In pieces of five hundred.
        | "/me/export"
        // The newest hundred at most.
        | "/me/sessions"
        | "/invites/{code}"
        | "/studies/{id}"
        | "/admin/settings"
        | "/admin/settings/admins"
        | "/admin/settings/logs"
        | "/admin/settings/logs/verify" => once(),
        // Comes back from a provider, once.
        "/auth/google/callback" | "/auth/github/callback" => Asked { queries: &[], grows: false },
        "/studies" => list(&[
            "?limit=100",
            "?limit=100&sortBy=memberCount",
            "?limit=100&sortBy=rating&sortOrder=asc&query=수학&category=프로그래밍&tag=초보%20환영&isRecruiting=true",
        ]),
        "/my-studies" | "/my-studies/{id}/messages/read" | "/studies/{id}/invites" | "/studies/{id}/requests" => {
            list(&["?limit=100"])
        }
        "/admin/settings/logs/export" => Asked { queries: &["?format=csv", "?format=jsonl"], grows: false },
        "/studies/{id}/members" => list(&["?limit=100", "?limit=100&status=KICKED"]),
        "/my-studies/{id}/messages" => {
            list(&["?limit=100", "?limit=100&query=수학", "?limit=100&after=0", "?limit=100&before=9999"])
        }
        _ => return None,
    })
}

/// How each page is asked; without queries: it has none, only forms are posted there.
fn of_the_pages(path: &str) -> Option<Asked> {
    Some(match path {
        "/studies" => list(&["", "?sortBy=memberCount", "?query=수학&category=프로그래밍"]),
        "/notifications" => list(&["", "?show=unread"]),
        "/my-studies"
        | "/my-studies/{id}"
        | "/my-studies/{id}/members"
        | "/my-studies/{id}/requests"
        | "/my-studies/{id}/kicked"
        | "/my-studies/{id}/invites" => list(&[""]),
        "/my-studies/{id}/chat" => list(&[
            "",
            "?before=9999",
            "?after=0",
            "?part=lines&after=0",
            "?part=room",
            "?at=3",
            "?edit={msgId}",
            "?reply={msgId}",
            "?query=수학",
        ]),
        "/my-studies/{id}/chat/search" => list(&["?query=수학", "?query=학"]),
        "/"
        | "/sign-in"
        | "/sign-up"
        | "/verify"
        | "/reset"
        | "/reset/confirm"
        | "/confirm"
        | "/sign-out-everywhere"
        | "/me"
        | "/me/avatar"
        | "/me/avatar/remove"
        | "/avatars/{fileId}"
        | "/me/account"
        | "/me/account/export"
        | "/me/account/delete"
        | "/me/password"
        | "/sign-in/code"
        | "/me/second-factor"
        | "/me/second-factor/set-up"
        | "/me/second-factor/confirm"
        | "/me/second-factor/codes"
        | "/me/second-factor/off"
        | "/me/sessions/{id}/end"
        | "/sign-in/{provider}"
        | "/me/identities"
        | "/me/identities/{provider}/link"
        | "/me/identities/{provider}/unlink"
        | "/studies/new"
        | "/studies/{id}"
        | "/studies/{id}/join"
        | "/studies/{id}/withdraw"
        | "/invites/{code}"
        | "/my-studies/{id}/leave"
        | "/my-studies/{id}/settings"
        | "/my-studies/{id}/close"
        | "/my-studies/{id}/delete"
        | "/my-studies/{id}/members/{userId}/reject"
        | "/my-studies/{id}/members/{userId}/appoint"
        | "/my-studies/{id}/members/{userId}/dismiss"
        | "/my-studies/{id}/members/{userId}/transfer"
        | "/my-studies/{id}/members/{userId}/kick"
        | "/my-studies/{id}/invites/{code}/revoke"
        | "/my-studies/{id}/invite-code/rotate"
        | "/my-studies/{id}/chat/{msgId}/delete"
        | "/notifications/{id}/delete"
        | "/my-studies/{id}/members/{userId}/pause"
        | "/me/sanctions"
        | "/me/sanctions/{id}/appeal"
        | "/reports"
        | "/admin"
        | "/admin/reports/{id}"
        | "/admin/reports/{id}/assign"
        | "/admin/reports/{id}/release"
        | "/admin/reports/{id}/hand-up"
        | "/admin/reports/{id}/evidence"
        | "/admin/reports/{id}/notes"
        | "/admin/reports/{id}/hold"
        | "/admin/reports/{id}/approve"
        | "/admin/reports/{id}/reject"
        | "/admin/users/{id}"
        | "/admin/users/{id}/sanction"
        | "/admin/users/{id}/unsuspend"
        | "/admin/appeals/{id}"
        | "/admin/appeals/{id}/decide"
        | "/admin/moderation/messages/{id}"
        | "/admin/moderation/messages/{id}/delete"
        | "/admin/settings"
        | "/admin/settings/logs"
        | "/admin/settings/logs/verify"
        // Lists that are on pages of twenty.
        | "/admin/appeals"
        | "/admin/moderation/messages"
        | "/me/reports" => once(),
        "/admin/reports" => Asked { queries: &["", "?status=PENDING&targetType=USER"], grows: false },
        "/admin/sanctions/{id}/lift" => Asked { queries: &["?user={user}"], grows: false },
        "/admin/permissions/explain" => {
            Asked { queries: &["", "?permission=study:message.send&role=study:MEMBER&userId={user}"], grows: false }
        }
        "/reports/new" => Asked { queries: &["?targetType=STUDY&targetId={study}"], grows: false },
        "/sign-out"
        | "/my-studies/{id}/settings/recruiting"
        | "/my-studies/{id}/settings/visibility"
        | "/my-studies/{id}/reopen"
        | "/my-studies/{id}/members/{userId}/approve"
        | "/my-studies/{id}/members/{userId}/reinstate"
        | "/my-studies/{id}/chat/read"
        | "/my-studies/{id}/chat/{msgId}/edit"
        | "/notifications/read-all"
        | "/notifications/{id}/read" => Asked { queries: &[], grows: false },
        _ => return None,
    })
}

/// The page that answers a refusal, since the reader is the OWNER: as few statements stand behind that.
const REFUSED: &str = "/leave";

impl House {
    /// The path with what there is in the place of its parameters.
    fn filled_in(&self, path: &str) -> String {
        let study = if path.contains("/withdraw") {
            self.asked.id
        } else if path.starts_with("/coup/studies/") {
            self.other.id
        } else {
            self.study.id
        };
        let moderated = self.moderated.as_ref();
        let ids = [
            ("/notifications/", self.told.map(|told| told.to_string())),
            ("/admin/reports/", moderated.map(|all| all.report.to_string())),
            ("/admin/appeals/", moderated.map(|all| all.appeal.to_string())),
            ("/admin/users/", moderated.map(|all| all.offender.to_string())),
            ("/admin/sanctions/", moderated.map(|all| all.sanction.to_string())),
            ("/me/sanctions/", moderated.map(|all| all.sanction.to_string())),
            ("/admin/moderation/", moderated.map(|all| all.message.to_string())),
        ];
        let below = ["/api", "/coup"].iter().find_map(|mount| path.strip_prefix(mount)).unwrap_or(path);
        let id = ids.into_iter().find(|(begin, _)| below.starts_with(begin)).and_then(|(_, id)| id);
        let id = id.unwrap_or_else(|| study.to_string());
        let person = if path.contains("/reject") { &self.asker } else { &self.member };
        // The door is the mount itself.
        let path = if path == "/coup/" { "/coup" } else { path };
        let message = self.own_message.unwrap().to_string();
        path.replace("{id}", &id)
            .replace("{study}", &study.to_string())
            .replace("{user}", &moderated.map(|all| all.offender.to_string()).unwrap_or_default())
            .replace("{code}", &self.code)
            .replace("{userId}", person.as_ref().unwrap().id.as_str())
            .replace("{msgId}", &message)
            .replace("{provider}", "google")
            .replace("{fileId}", &picture().to_string())
            .replace("{file}", "index.html")
    }

    fn reads(&self) -> Vec<(String, bool)> {
        let mut reads = Vec::new();
        let paths = self.document["paths"].as_object().unwrap();
        for (path, _) in paths.iter().filter(|(_, item)| item.get("get").is_some()) {
            let asked = of_the_api(path).unwrap_or_else(|| panic!("a read of the API that is not counted: {path}"));
            reads.extend(asked.queries.iter().map(|query| (format!("/api{path}{query}"), asked.grows)));
        }
        for path in page_paths() {
            let asked = of_the_pages(path).unwrap_or_else(|| panic!("a page that is not counted: {path}"));
            reads.extend(asked.queries.iter().map(|query| (format!("/coup{path}{query}"), asked.grows)));
        }
        reads
    }
}

/// A read: its statements, and how much it answered.
struct Read {
    statements: Vec<String>,
    rows: usize,
}

async fn measured(house: &House, counting: &Counting) -> BTreeMap<String, Read> {
    // The newest is read, so that no page writes; that is counted apart.
    house.get(&house.filled_in("/coup/my-studies/{id}/chat")).await;
    assert_eq!(house.unread().await, 0);
    let mut all = BTreeMap::new();
    for (path, _) in house.reads() {
        let address = house.filled_in(&path).replace(' ', "%20");
        let address: String = form_encoded(&address);
        let (reply, statements) = counting.during(house.get(&address)).await;
        let refused = path.starts_with("/coup/") && path.ends_with(REFUSED);
        let right = if refused { reply.status == 403 } else { reply.status == 200 || reply.status == 303 };
        assert!(right, "{path}: {} {}", reply.status, reply.text);
        let items = serde_json::from_str::<Value>(&reply.text).ok();
        let items = items.and_then(|body| body["items"].as_array().map(Vec::len));
        all.insert(path, Read { statements, rows: items.unwrap_or(reply.text.len()) });
    }
    all
}

/// What stands in a query as people type it.
fn form_encoded(address: &str) -> String {
    let escaped = |byte: u8| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    address.bytes().map(escaped).collect()
}

async fn every_read_takes_at_most_two_statements(store: Arc<dyn Store>) {
    let counting = Counting::begin().await;
    let mut house = House::new(store).await;
    house.awake().await;
    house.fill(FEW).await;
    let (_, first_visit) = counting.during(house.get(&house.filled_in("/coup/my-studies/{id}/chat"))).await;
    let few = measured(&house, &counting).await;
    house.fill(MANY).await;
    let (_, later_visit) = counting.during(house.get(&house.filled_in("/coup/my-studies/{id}/chat"))).await;
    let many = measured(&house, &counting).await;

    assert_eq!(first_visit.len(), later_visit.len(), "what marks as read: {first_visit:#?} {later_visit:#?}");
    let mut wrong = Vec::new();
    let mut counted = 0;
    for (path, grows) in house.reads() {
        let (few, many) = (&few[&path], &many[&path]);
        counted += many.statements.len();
        let most = match &path {
            path if path == "/api/admin/reports/{id}" => REPORT,
            path if path == "/api/admin/users/{id}" => PERSON,
            path if path.starts_with("/coup/admin/reports/{id}") => REPORT + FRAMED,
            path if path.starts_with("/coup/admin/users/{id}") || path.starts_with("/coup/admin/sanctions/") => {
                PERSON + FRAMED
            }
            path if ["/api/admin/reports", "/api/admin/appeals"]
                .iter()
                .any(|queue| path.split_once('?').map_or(path.as_str(), |(path, _)| path) == *queue) =>
            {
                ALONE
            }
            path if path.starts_with("/coup/admin/") => ALONE + FRAMED,
            path if is_audited(path) => AUDITED,
            path if path == "/api/me/export" => EXPORT,
            path if path == "/coup/me/account/export" => EXPORT + 1,
            path if path.starts_with("/coup/me/") => MOST + FRAMED,
            path if is_stream(path) => OPENED,
            path if path.starts_with("/api/auth/") || path.starts_with("/coup/sign-in/") => WAY,
            path if path.starts_with("/coup/") => PAGE,
            _ => MOST,
        };
        if many.statements.len() > most || few.statements.len() != many.statements.len() {
            wrong.push(format!(
                "{path}: {} with {FEW} rows, {} with {MANY}: {:#?}",
                few.statements.len(),
                many.statements.len(),
                many.statements
            ));
        }
        assert!(!grows || many.rows > few.rows, "{path} shows nothing more: {} and {}", few.rows, many.rows);
        if grows && path.starts_with("/api/") {
            assert!(many.rows >= MANY, "{path} shows {} rows", many.rows);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(counted > 80, "{counted} statements were seen in all: the driver is not listened to");
}

#[tokio::test]
async fn every_read_takes_at_most_two_statements_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("coup.db")).await.unwrap();
    store.migrate().await.unwrap();
    every_read_takes_at_most_two_statements(Arc::new(store)).await;
}

#[tokio::test]
async fn every_read_takes_at_most_two_statements_on_postgres() {
    let database = TestDatabase::empty().await;
    let store = PostgresStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    every_read_takes_at_most_two_statements(Arc::new(store)).await;
}

#[tokio::test]
async fn a_path_without_a_page_answers_no_get() {
    // Others that count must not hear this one.
    let _counting = Counting::begin().await;
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("coup.db")).await.unwrap();
    store.migrate().await.unwrap();
    let mut house = House::new(Arc::new(store)).await;
    house.fill(1).await;
    for path in page_paths() {
        if of_the_pages(path).unwrap().queries.is_empty() {
            let reply = house.get(&house.filled_in(&format!("/coup{path}"))).await;
            assert_eq!(reply.status, 405, "{path} has a page, which must be counted");
        }
    }
}
