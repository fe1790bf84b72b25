//! API and pages over a store, in this process, and a study in which there is more or less to show.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::TimeDelta;
use coup_axum::{
    api::{ApiOptions, api},
    identity::{SessionCaller, SessionCookie, identity},
    pages::{Accounts, Mount, PagesOptions, pages},
};
use coup_core::{
    changes::{Change, Changes, Row, SystemPermit},
    coup::Coup,
    file::model::{BlobKey, File, FilePurpose, FileState},
    id::{AppealId, FileId, MessageId, NotificationId, ReportId, SanctionId, UserId},
    identity::model::{OAuthIdentity, Provider},
    member::model::{MemberStatus, MembershipChange, StudyMember},
    moderation::model::{Case, ReportTarget},
    policy::{AdminRole, SanctionType},
    store::{Credential, Store},
    study::model::Study,
    testing::{MemoryBlobs, SeededIds, StandIn, fixtures::Fixtures},
    user::model::{Person, Session, User},
    user::service::SessionToken,
};
use coup_realtime::live::{Limits, Live};
use futures_util::StreamExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// The value of the reader's session cookie.
const TOKEN: &str = "of-the-reader";

/// A deployment whose reader is the OWNER of one study, MEMBER of others, and outsider of the rest.
pub(crate) struct House {
    app: Router,
    pub(crate) live: Live,
    pub(crate) store: Arc<dyn Store>,
    make: Fixtures,
    pub(crate) reader: User,
    pub(crate) owner: User,
    pub(crate) study: Study,
    /// One that the reader asked to join.
    pub(crate) asked: Study,
    /// One that the reader has nothing to do with.
    pub(crate) other: Study,
    /// The document, with the paths of accounts.
    pub(crate) document: Value,
    /// Somebody ACTIVE, somebody who asks, and an invite's code.
    pub(crate) member: Option<User>,
    pub(crate) asker: Option<User>,
    pub(crate) code: String,
    pub(crate) own_message: Option<MessageId>,
    /// A notification of the reader's.
    pub(crate) told: Option<NotificationId>,
    /// The last of those that were filled in.
    pub(crate) moderated: Option<Moderated>,
    shown: usize,
}

/// What there is to moderate.
pub(crate) struct Moderated {
    pub(crate) report: ReportId,
    pub(crate) appeal: AppealId,
    pub(crate) sanction: SanctionId,
    pub(crate) offender: UserId,
    pub(crate) message: MessageId,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
}

fn begin() -> Changes {
    Changes::system(SystemPermit::Operator)
}

/// The owner's picture.
pub(crate) fn picture() -> FileId {
    FileId::from_uuid(uuid::Uuid::from_u128(0x0199_e5c8_7d1c_7f3a_9d6e_2f4b_8c1a_0e57))
}

fn row(user: &User) -> Row {
    Row::User(Box::new(user.clone()))
}

impl House {
    pub(crate) async fn new(store: Arc<dyn Store>) -> Self {
        let make = Fixtures::new(1);
        let blobs = MemoryBlobs::default();
        blobs.keep(BlobKey::of(picture()), vec![0xff, 0xd8, 0xff]);
        let coup = Coup::builder(store.clone())
            .clock(Arc::new(make.clock.clone()))
            .ids(Arc::new(SeededIds::new(2)))
            // What administrators are asked beside has tests of its own.
            .settings(coup_core::coup::Settings {
                require_admin_second_factor: false,
                ..coup_core::coup::Settings::default()
            })
            .identity_provider(Arc::new(StandIn(Provider::Google)))
            .identity_provider(Arc::new(StandIn(Provider::Github)))
            .blobs(Arc::new(blobs))
            .build();
        let cookie = SessionCookie::for_address("http://127.0.0.1:3000");
        let live = Live::new(coup.clone(), Limits::default());
        let options = ApiOptions::default().live(live.clone());
        let (accounts, document) = identity::<SessionCookie, SessionCaller>(coup.clone(), cookie, &options);
        let (routes, document) = api::<SessionCookie, SessionCaller>(coup.clone(), options.document(document));
        let mount = Mount { base: "/coup".to_owned(), api: "/api".to_owned() };
        let shown = PagesOptions::new(mount, "http://127.0.0.1:3000", Accounts::Own(cookie));
        let app = Router::new()
            .nest("/api", routes.merge(accounts))
            .nest("/coup", pages::<SessionCookie, SessionCaller>(coup, shown))
            .with_state(cookie);

        let (reader, owner) = (make.user("이서연"), make.user("김민준"));
        let session = make.session(&reader.id);
        let session = Session {
            token_hash: SessionToken::hash(TOKEN),
            expires_at: session.created_at + TimeDelta::days(30),
            // However long it takes to fill the study.
            last_seen_at: session.created_at + TimeDelta::days(29),
            confirmed_at: session.created_at + TimeDelta::days(29),
            ..session
        };
        let study =
            Study { max_members: 1000, auto_approve: false, ..make.study(&reader.id, "알고리즘 스터디") };
        let asked = Study { auto_approve: false, ..make.study(&owner.id, "대기 중인 스터디") };
        let other = Study { auto_approve: false, ..make.study(&owner.id, "남의 스터디") };
        let mut changes = begin().insert(row(&reader)).insert(row(&owner)).insert(Row::Session(Box::new(session)));
        changes = changes.insert(Row::File(Box::new(File {
            id: picture(),
            study_id: None,
            purpose: FilePurpose::Avatar,
            uploader_id: owner.id.clone(),
            name: "avatar".into(),
            content_type: "image/jpeg".into(),
            size: 3,
            sha256: [7; 32],
            blob: BlobKey::of(picture()),
            state: FileState::Ready,
            reserved_until: None,
            created_at: make.later(),
            deleted_at: None,
            version: 0,
        })));
        changes = changes.insert(Row::Identity(Box::new(OAuthIdentity {
            issuer: "https://google.provider.example".into(),
            subject: "1".into(),
            user: reader.id.clone(),
            provider: Provider::Google,
            email: None,
            linked_at: make.later(),
        })));
        let grant = make.grant(&reader.id, AdminRole::SuperAdmin);
        changes = changes.insert(Row::AdminGrant(Box::new(grant)));
        for study in [&study, &asked, &other] {
            changes =
                changes.insert(Row::Study(Box::new(study.clone()))).insert(Row::Member(Box::new(make.owner(study))));
        }
        let asks = StudyMember { status: MemberStatus::Pending, ..make.member(asked.id, &reader.id) };
        changes = changes.insert(Row::Member(Box::new(asks))).insert(Row::MembershipEvent(Box::new(make.history(
            other.id,
            &reader.id,
            MembershipChange::Rejected,
        ))));
        store.commit(changes).await.unwrap();
        Self {
            app,
            live,
            store,
            make,
            reader,
            owner,
            study,
            asked,
            other,
            document: serde_json::to_value(&document).unwrap(),
            member: None,
            asker: None,
            code: String::new(),
            own_message: None,
            told: None,
            moderated: None,
            shown: 0,
        }
    }

    /// At least so many of everything that a list can show.
    pub(crate) async fn fill(&mut self, rows: usize) {
        let id = self.study.id;
        for n in self.shown..rows {
            let make = &self.make;
            let [active, pending, kicked] =
                ["최하은", "박지호", "윤지우"].map(|name| make.user(&format!("{name} {n}")));
            let member =
                |user: &User, status| Row::Member(Box::new(StudyMember { status, ..make.member(id, &user.id) }));
            let study = make.study(&self.owner.id, &format!("수학 {n}"));
            let invite = make.invite(&self.study);
            // Made by many: whose names a list shows.
            let invite = coup_core::member::model::StudyInvite { created_by: active.id.clone(), ..invite };
            let own = make.message(id, &self.reader.id, &format!("내 수학 {n}"));
            let theirs = make.message(id, &active.id, &format!("남의 수학 {n}"));
            let mine = make.member(study.id, &self.reader.id);
            let changes = begin()
                .insert(row(&active))
                .insert(row(&pending))
                .insert(row(&kicked))
                .insert(member(&active, MemberStatus::Active))
                .insert(member(&pending, MemberStatus::Pending))
                .insert(member(&kicked, MemberStatus::Kicked))
                .insert(Row::Study(Box::new(study.clone())))
                .insert(Row::Member(Box::new(make.owner(&study))))
                .insert(Row::Member(Box::new(mine)))
                .insert(Row::Invite(Box::new(invite.clone())))
                .change(Change::TakeSeat(id))
                .post(own.clone(), Person::from(&self.reader))
                .post(theirs, Person::from(&active))
                .change(Change::MoveReadMark(id, active.id.clone(), i64::MAX));
            self.store.commit(changes).await.unwrap();
            let (active_id, kicked_id) = (active.id.clone(), kicked.id.clone());
            self.moderate(&active_id, &kicked_id).await;
            self.code = invite.code;
            self.own_message = Some(own.id);
            (self.member, self.asker) = (Some(active), Some(pending));
        }
        self.shown = rows;
    }

    /// A case of others, with an appeal; a report and a notification of the reader's own.
    async fn moderate(&mut self, reporter: &UserId, offender: &UserId) {
        let make = &self.make;
        let case = make.case(ReportTarget::User(offender.clone()), offender);
        let report = make.report(&case, reporter);
        let own_case = make.case(ReportTarget::User(reporter.clone()), reporter);
        let own_report = make.report(&own_case, &self.reader.id);
        let sanction = make.sanction(offender, SanctionType::Warning);
        let appeal = make.appeal(&sanction);
        // Of others and in another study: the reader has no part in it.
        let message = make.message(self.other.id, &self.owner.id, "나쁜 말");
        let about =
            Case { study_id: Some(self.other.id), ..make.case(ReportTarget::Message(message.id), &self.owner.id) };
        let about_it = make.report(&about, reporter);
        let told = make.notification(&self.reader.id);
        self.told = Some(told.id);
        self.moderated = Some(Moderated {
            report: report.id,
            appeal: appeal.id,
            sanction: sanction.id,
            offender: offender.clone(),
            message: message.id,
        });
        let changes = begin()
            .insert(Row::Case(Box::new(case)))
            .insert(Row::Report(Box::new(report)))
            .insert(Row::Case(Box::new(own_case)))
            .insert(Row::Report(Box::new(own_report)))
            .insert(Row::Sanction(Box::new(sanction)))
            .insert(Row::Appeal(Box::new(appeal)))
            .insert(Row::Notification(Box::new(told)))
            .insert(Row::Case(Box::new(about)))
            .insert(Row::Report(Box::new(about_it)))
            .post(message, Person::from(&self.owner));
        self.store.commit(changes).await.unwrap();
    }

    /// As the reader asks it.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        let request = Request::get(path)
            .header(header::COOKIE, format!("coup_session={TOKEN}"))
            .header(header::ACCEPT_LANGUAGE, "ko")
            .body(Body::empty())
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream") {
            return Reply { status, text: self.opened(path, response.into_body()).await };
        }
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Reply { status, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// As many scopes as a stream is of, one's own among them.
    pub(crate) fn scopes_of(&self, path: &str) -> usize {
        match path.split_once("/stream") {
            Some(("/api", "")) => 2 + self.shown,
            Some(("/api", _)) => 2,
            _ => 1,
        }
    }

    /// What a stream says until it is all there: each scope's place is told once.
    async fn opened(&self, path: &str, body: Body) -> String {
        let mut frames = body.into_data_stream();
        let mut text = String::new();
        while text.matches("id: ").count() < self.scopes_of(path) {
            let frame = tokio::time::timeout(Duration::from_secs(20), frames.next()).await;
            let frame = frame.unwrap_or_else(|_| panic!("{path} was not opened: {text}"));
            text += &String::from_utf8_lossy(&frame.unwrap().unwrap());
        }
        text
    }

    /// Lets the node look at the store once, so that it may be asked; from then on it does not look by itself, which is not
    /// the request's doing.
    pub(crate) async fn awake(&self) {
        let live = self.live.clone();
        let running = tokio::spawn(async move { live.run(std::future::pending()).await });
        let reply = self.get("/api/notifications/stream").await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        running.abort();
        assert!(running.await.is_err_and(|ended| ended.is_cancelled()));
        while self.live.connections() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// How many messages wait for the reader.
    pub(crate) async fn unread(&self) -> u32 {
        let caller = Credential::User(self.reader.id.clone());
        self.store.standing_inside(&caller, self.study.id).await.unwrap().unwrap().1.unread
    }
}
