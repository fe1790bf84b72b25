//! Nothing of a deleted account is left in any text of either database, but what is kept as evidence.
#![expect(clippy::unwrap_used, reason = "what helps a test may fail as the test does")]

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use chrono::TimeDelta;
use coup_core::{
    admin::service::{CreateAdmin, GrantAdmin, RevokeAdmin},
    changes::EventKind,
    chat::service::SendMessage,
    coup::{Coup, Ctx, Settings},
    env::Clock as _,
    error::Error,
    file::avatar::Picture,
    hooks::{Listener, ListenerError, Told},
    id::{JobId, UserId},
    identity::{
        model::{Linking, ProvedIdentity, Provider},
        service::LinkIdentity,
    },
    mail::model::{LetterKind, Mail, MailError, Mailer},
    member::service::{Approve, Join, Request},
    moderation::{
        model::{ReportTarget, ReportType},
        report::CreateReport,
    },
    policy::{AdminRole, Language},
    second_factor::{
        entry::Entered,
        service::{BeginSecondFactor, ConfirmSecondFactor},
    },
    store::{Credential, Store},
    study::service::StudyFields,
    testing::{Authenticator, FixedClock, MemoryBlobs, SeededIds, fixtures::START},
    text::{Bio, Email, PersonName},
    user::{
        deletion::DeleteAccount,
        model::{AdminPermissions, PasswordHash},
        passwords::Passwords,
        reset::RequestReset,
        service::{SessionToken, SignIn, SignUp, SignedIn, UpdateProfile},
        sign_up::Verify,
    },
};
use coup_storage_postgres::PostgresStore;
use coup_storage_sqlite::SqliteStore;
use coup_tests::TestDatabase;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row as _};

const PASSWORD: &str = "zanzibar-otter-3";
const ROOTS: &str = "another-root-44-words";
const EMAIL: &str = "byeolha.otter@school.kr";
const NAME: &str = "남궁별하";
const BIO: &str = "하늘다람쥐를 연구해요";
const SAID: &str = "다람쥐 이야기를 나누고 싶어요";
const ELSEWHERE: &str = "byeolha.elsewhere@mail.example";
const ADDRESS: &str = "203.0.113.77";
const PROGRAM: &str = "OtterBrowser/7";
/// All that nobody may find any more.
const PERSONAL: [&str; 8] = [EMAIL, NAME, BIO, SAID, ELSEWHERE, ADDRESS, PROGRAM, PASSWORD];

struct Plain;

#[async_trait]
impl Passwords for Plain {
    async fn hash(&self, password: &SecretString, _: [u8; 16]) -> Result<PasswordHash, Error> {
        Ok(PasswordHash::new(format!("plain:{}", password.expose_secret())))
    }

    async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<bool, Error> {
        Ok(hash.is_some_and(|hash| hash.expose() == format!("plain:{}", password.expose_secret())))
    }
}

#[derive(Default)]
struct Postbox(std::sync::Mutex<Vec<Mail>>);

#[async_trait]
impl Mailer for Postbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.0.lock().unwrap().push(mail.clone());
        Ok(())
    }
}

/// Hears everything, and keeps its jobs.
struct Heard;

#[async_trait]
impl Listener for Heard {
    fn name(&self) -> &'static str {
        "heard"
    }

    fn wants(&self, _: EventKind) -> bool {
        true
    }

    async fn heard(&self, _: JobId, _: &Told) -> Result<(), ListenerError> {
        Ok(())
    }
}

struct House {
    coup: Coup,
    clock: FixedClock,
    postbox: Arc<Postbox>,
    blobs: Arc<MemoryBlobs>,
}

fn ctx(signed_in: &SignedIn) -> Ctx {
    let credential = Credential::Session(SessionToken::hash(signed_in.token.expose()));
    let (ip, user_agent) = (Some(ADDRESS.to_owned()), Some(PROGRAM.to_owned()));
    Ctx { credential: Some(credential), ip, user_agent, ..Ctx::default() }
}

fn anonymous() -> Ctx {
    Ctx { ip: Some(ADDRESS.into()), user_agent: Some(PROGRAM.into()), ..Ctx::default() }
}

impl House {
    fn new(store: Arc<dyn Store>) -> Self {
        let (clock, postbox) = (FixedClock::at(START), Arc::new(Postbox::default()));
        let blobs = Arc::new(MemoryBlobs::default());
        let coup = Coup::builder(store)
            .clock(Arc::new(clock.clone()))
            .ids(Arc::new(SeededIds::new(5)))
            .passwords(Arc::new(Plain))
            .mailer(postbox.clone())
            .listener(Arc::new(Heard))
            .blobs(blobs.clone())
            .settings(Settings { require_admin_second_factor: false, ..Settings::default() })
            .build();
        Self { coup, clock, postbox, blobs }
    }

    async fn work(&self) {
        while self.coup.tick().await.unwrap().more {}
    }

    async fn root(&self) -> SignedIn {
        let account = SignUp::parse("root@school.kr", ROOTS.into(), "최고 운영자").unwrap();
        self.coup.as_host("test").run(CreateAdmin { account, role: AdminRole::SuperAdmin }).await.unwrap();
        let sign_in = SignIn { email: "root@school.kr".into(), password: ROOTS.into(), code: None };
        self.coup.run(&Ctx::default(), sign_in).await.unwrap().signed_in().unwrap()
    }

    /// Somebody who signed up by a letter, and did all that leaves traces.
    async fn person(&self) -> SignedIn {
        let sign_up = SignUp::parse(EMAIL, PASSWORD.into(), NAME).unwrap();
        self.coup.run(&anonymous(), sign_up).await.unwrap();
        self.work().await;
        let code = self.postbox.0.lock().unwrap().pop().and_then(|letter| letter.code).unwrap();
        let verify = Verify { email: Email::parse("email", EMAIL).unwrap(), code, password: PASSWORD.into() };
        let signed_in = self.coup.run(&anonymous(), verify).await.unwrap().right().unwrap();
        let bio = Some(Bio::parse("bio", BIO).unwrap());
        let name = Some(PersonName::parse("name", NAME).unwrap());
        let profile = UpdateProfile { name, bio, ..UpdateProfile::default() };
        self.coup.run(&ctx(&signed_in), profile).await.unwrap();
        let proved = ProvedIdentity {
            issuer: "https://accounts.google.com".into(),
            subject: "1".into(),
            email: Some((Email::parse("email", ELSEWHERE).unwrap(), true)),
            names: vec![NAME.into()],
        };
        let session = self.coup.own_sessions(&ctx(&signed_in)).await.unwrap().first().map(|session| session.id);
        let linking = Linking { user: signed_in.user.id.clone(), session };
        let link = LinkIdentity { provider: Provider::Google, proved, linking };
        self.coup.run(&ctx(&signed_in), link).await.unwrap();
        let reset = RequestReset { email: Email::parse("email", EMAIL).unwrap(), language: Language::Ko };
        self.coup.run(&anonymous(), reset).await.unwrap();
        let picture = Picture { content: b"a picture".to_vec(), content_type: "image/jpeg" };
        let shown = async { Ok(picture) };
        self.coup.set_avatar(&ctx(&signed_in), shown, |id| format!("/avatars/{id}")).await.unwrap();
        let setup = self.coup.run(&ctx(&signed_in), BeginSecondFactor).await.unwrap();
        let code = Authenticator::new(setup.secret()).code(self.clock.now());
        let on = self.coup.run(&ctx(&signed_in), ConfirmSecondFactor { code }).await.unwrap();
        // Half-way: the code is asked for, and not told.
        let sign_in = SignIn { email: EMAIL.into(), password: PASSWORD.into(), code: None };
        assert!(matches!(self.coup.run(&anonymous(), sign_in).await.unwrap(), Entered::CodeRequired(_)));
        on.signed_in
    }

    /// They ask to join, come in, say something, are answered, reported, made an administrator and dismissed.
    async fn lives(&self, root: &SignedIn, person: &SignedIn) {
        let (root, own, id) = (ctx(root), ctx(person), person.user.id.clone());
        let root = Ctx { ip: None, user_agent: None, ..root };
        let fields = StudyFields {
            name: Some("숲속 산책".into()),
            description: Some("일요일마다 걸어요".into()),
            category: Some("자연".into()),
            auto_approve: Some(false),
            ..StudyFields::default()
        };
        let study = self.coup.run(&root, fields.create().unwrap()).await.unwrap().study.id;
        let request = Request::parse(Some(SAID), Some(SAID), None).unwrap();
        self.coup.run(&own, Join { study, request }).await.unwrap();
        self.coup.run(&root, Approve { study, user: id.clone() }).await.unwrap();
        let said = SendMessage::parse(study, "안녕하세요", None, None).unwrap();
        let said = self.coup.run(&own, said).await.unwrap();
        let answer = SendMessage::parse(study, "어서 와요", None, Some(said.id)).unwrap();
        self.coup.run(&root, answer).await.unwrap();
        for target in [ReportTarget::User(id.clone()), ReportTarget::Message(said.id)] {
            let report = CreateReport::parse(target, ReportType::Other, "한번 봐 주세요", &[]).unwrap();
            self.coup.run(&root, report).await.unwrap();
        }
        let permissions = AdminPermissions::default();
        let grant = GrantAdmin { user: id.clone(), role: AdminRole::Viewer, expires_at: None, permissions };
        self.coup.run(&root, grant).await.unwrap();
        // Read in the administration, so that the log tells from where.
        self.coup.user_detail(&own, &id).await.unwrap();
        self.coup.run(&root, RevokeAdmin { user: id }).await.unwrap();
        self.work().await;
    }
}

/// In which columns it is said whose a row is.
fn owned(rows: &[(String, Value)], id: &UserId) -> BTreeSet<String> {
    let columns = rows.iter().flat_map(|(table, row)| row.as_object().unwrap().iter().map(move |cell| (table, cell)));
    let own = columns.filter(|(_, (_, value))| value.as_str() == Some(id.as_str()));
    own.map(|(table, (column, _))| format!("{table}.{column}")).collect()
}

/// What is only theirs, and of no use to anybody else.
const OWN: [&str; 10] = [
    "sessions.user_id",
    "devices.user_id",
    "totp_secrets.user_id",
    "half_sign_ins.user_id",
    "oauth_identities.user_id",
    "files.uploader_id",
    "notifications.user_id",
    "user_events.user_id",
    "read_marks.user_id",
    "idempotency_keys.user_id",
];

/// In which columns something personal stands.
fn found(rows: &[(String, Value)]) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    for (table, row) in rows {
        for (column, value) in row.as_object().unwrap() {
            let text = value.to_string();
            if PERSONAL.iter().any(|secret| text.contains(secret)) {
                places.insert(format!("{table}.{column}"));
            }
        }
    }
    places
}

async fn nothing_is_left(store: Arc<dyn Store>, read: impl AsyncFn() -> Vec<(String, Value)>) {
    let house = House::new(store);
    let (root, person) = (house.root().await, house.person().await);
    house.lives(&root, &person).await;
    let before = found(&read().await);
    for place in [
        "users.email",
        "users.name",
        "users.bio",
        "users.password",
        "sessions.ip",
        "sessions.user_agent",
        "oauth_identities.email",
        "verifications.email",
        "study_members.introduction",
        "study_events.data",
        "user_events.data",
        "notifications.data",
        "jobs.payload",
        "admin_log_personal.value",
    ] {
        assert!(before.contains(place), "{place} is not tried: {before:?}");
    }
    let theirs = owned(&read().await, &person.user.id);
    for place in &OWN[..8] {
        assert!(theirs.contains(*place), "{place} is not tried: {theirs:?}");
    }
    assert_eq!(house.blobs.kept().len(), 1);
    house.coup.run(&ctx(&person), DeleteAccount).await.unwrap();
    house.work().await;
    let last = house.postbox.0.lock().unwrap().pop().unwrap();
    assert_eq!((last.kind, last.to.as_str()), (LetterKind::AccountDeleted, EMAIL));
    // What was reported stays as it was: it is evidence.
    let evidence = BTreeSet::from(["report_cases.target_name".to_owned(), "reports.snapshot".to_owned()]);
    let left = read().await;
    assert_eq!(found(&left), evidence);
    let theirs = owned(&left, &person.user.id);
    assert!(OWN.iter().all(|place| !theirs.contains(*place)), "{theirs:?}");
    assert!(house.blobs.kept().is_empty(), "nor their picture");
    house.coup.verify_audit(&ctx(&root), None).await.unwrap().unwrap();
    house.clock.advance(TimeDelta::minutes(1));
    house.work().await;
}

#[tokio::test]
async fn nothing_of_a_deleted_account_is_left_in_any_text_of_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("coup.db")).await.unwrap();
    store.migrate().await.unwrap();
    let pool = store.pool().clone();
    let read = async || {
        let tables = "select name from sqlite_master where type = 'table' and name not like 'message_grams%'";
        let mut rows = Vec::new();
        for table in sqlx::query(tables).fetch_all(&pool).await.unwrap() {
            let table: String = table.get(0);
            let columns = format!("select name from pragma_table_info('{table}')");
            let columns = sqlx::query(AssertSqlSafe(columns)).fetch_all(&pool).await.unwrap();
            let texts: Vec<String> = columns
                .iter()
                .map(|column| column.get::<String, _>(0))
                .map(|name| format!("'{name}', case when typeof({name}) = 'text' then {name} end"))
                .collect();
            let all = format!("select json_object({}) from {table}", texts.join(", "));
            for row in sqlx::query(AssertSqlSafe(all)).fetch_all(&pool).await.unwrap() {
                rows.push((table.clone(), serde_json::from_str(&row.get::<String, _>(0)).unwrap()));
            }
        }
        rows
    };
    nothing_is_left(Arc::new(store), read).await;
}

#[tokio::test]
async fn nothing_of_a_deleted_account_is_left_in_any_text_of_postgres() {
    let database = TestDatabase::empty().await;
    let store = PostgresStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    let pool = store.pool().clone();
    let read = async || {
        let tables = "select table_schema || '.' || table_name, table_name::text from information_schema.tables \
                      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')";
        let mut rows = Vec::new();
        for table in sqlx::query(tables).fetch_all(&pool).await.unwrap() {
            let (path, table): (String, String) = (table.get(0), table.get(1));
            let all = format!("select to_jsonb(t)::text from {path} t");
            for row in sqlx::query(AssertSqlSafe(all)).fetch_all(&pool).await.unwrap() {
                rows.push((table.clone(), serde_json::from_str(&row.get::<String, _>(0)).unwrap()));
            }
        }
        rows
    };
    nothing_is_left(Arc::new(store), read).await;
}
