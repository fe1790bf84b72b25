//! Mocks of the ports, to test what crosses them: how often a port is asked, with what, and what follows when it fails.
//! Where only the answers matter, [`MemoryStore`](super::MemoryStore) is the better stand-in.
//!
//! ```
//! use coup_core::{coup::{Coup, Ctx}, error::Error, store::StoreError, testing::mocks::MockStore};
//! use std::sync::Arc;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let coup = Coup::builder(Arc::new(MockStore::unavailable())).build();
//! let asked = coup.me(&Ctx::user("학생-17".parse().unwrap())).await;
//! assert!(matches!(asked, Err(Error::Store(StoreError::Unavailable(_)))));
//! # });
//! ```

use async_trait::async_trait;
use mockall::mock;
use secrecy::SecretString;
use uuid::Uuid;

use crate::{
    appeal::model::{Appeal, AppealStatus},
    audit::model::{AuditFilter, AuditHead, AuditRow, SecurityEvent},
    changes::{Changes, Committed, Scope},
    chat::model::{Message, MessageView, Place, ReadMark, Said, Stretch, Written},
    env::{Clock, Ids, Timestamp},
    error::Error,
    file::model::File,
    id::{
        AppealId, CaseId, FileId, JobId, MessageId, NotificationId, ReportId, SanctionId, SessionId, StudyId, UserId,
    },
    idempotency::{IdempotencyKey, KeptAnswer},
    identity::model::{OAuthFlow, OAuthIdentity},
    job::model::Job,
    limit::model::{Attempts, Counted, Device},
    live::model::{Revocation, Ticket},
    member::model::{Member, MemberStatus, StudyInvite, StudyMember},
    moderation::model::{Case, CaseCard, CaseEntry, CaseFilter, CaseTimes, Received, Report, ReportTarget, Reporting},
    notification::model::{Notification, NotificationFilter},
    page::{Keyset, Limit},
    policy::StudyRole,
    sanction::model::Sanction,
    second_factor::model::{HalfSignIn, SecondFactor},
    settings::model::StoredSettings,
    store::{
        AccountReads, Administrator, AuditReads, Browsed, ChatReads, Credential, FileReads, Glance, Head,
        IdentityReads, JobReads, LimitReads, LiveReads, MemberReads, Membership, ModerationReads, NotificationReads,
        OwnStudy, PersonalReads, SanctionReads, SettingReads, Standing, Store, StoreError, StoredEvent, StudyReads,
        UserReads, Waiting,
    },
    study::model::{Browse, Study},
    text::{ClientId, Email, Query},
    user::{
        model::{Activity, AdminGrant, PasswordHash, Person, Session, TokenHash, User, Verification, VerificationKind},
        passwords::Passwords,
        trace::{Trace, TracePlace},
    },
};

/// What a mock is told of an argument: the same without a lifetime, so that a test can keep it.
macro_rules! own {
    ($arg:ident: & $ty:ty) => {
        $arg.to_owned()
    };
    ($arg:ident: Option<& $ty:ty>) => {
        $arg.cloned()
    };
    ($arg:ident: $ty:ty) => {
        $arg
    };
}

/// A line a method of the reading traits, each argument as the trait has it and as the test gets it: makes the mock, and the one that cannot be reached.
macro_rules! store {
    ($($part:ident { $($name:ident $expect:ident($($arg:ident: [$($ty:tt)+] = [$($own:tt)+]),*) -> [$($answer:tt)+];)+ })+) => {
        mock! {
            /// A store that answers what a test expects of it, and fails the test when it is asked for anything else.
            #[derive(Debug)]
            pub Store {$($(
                #[doc = concat!("[`", stringify!($part), "::", stringify!($name), "`], as the test said.")]
                pub fn $name(&self, $($arg: $($own)+),*) -> Result<$($answer)+, StoreError>;
            )+)+}

            #[async_trait]
            impl Store for Store {
                async fn commit(&self, changes: Changes) -> Result<Committed, StoreError>;
                async fn ping(&self) -> Result<(), StoreError>;
            }
        }

        $(#[async_trait]
        impl $part for MockStore {
            $(async fn $name(&self, $($arg: $($ty)+),*) -> Result<$($answer)+, StoreError> {
                Self::$name(self, $(own!($arg: $($ty)+)),*)
            })+
        })+

        impl MockStore {
            /// A store that cannot be reached: every read fails. Whoever commits all the same fails the test, unless it says
            /// what a commit answers.
            pub fn unavailable() -> Self {
                let mut store = Self::new();
                let gone = || StoreError::Unavailable("nobody there".into());
                $($(store.$expect().returning(move |$(_: $($own)+),*| Err(gone()));)+)+
                store.expect_ping().returning(move || Err(gone()));
                store
            }
        }
    };
}

store! {
    UserReads {
        standing expect_standing(caller: [&Credential] = [Credential], study: [Option<StudyId>] = [Option<StudyId>]) -> [Option<Standing>];
        standing_inside expect_standing_inside(caller: [&Credential] = [Credential], study: [StudyId] = [StudyId]) -> [Option<(Standing, Waiting)>];
        user expect_user(id: [&UserId] = [UserId]) -> [Option<User>];
        user_by_email expect_user_by_email(email: [&Email] = [Email]) -> [Option<User>];
        lasting_super_admins expect_lasting_super_admins() -> [u32];
        person_and_grant expect_person_and_grant(id: [&UserId] = [UserId]) -> [Option<(User, Option<AdminGrant>)>];
        administrators expect_administrators(after: [Option<&Keyset>] = [Option<Keyset>], limit: [Limit] = [Limit]) -> [Vec<Administrator>];
        people expect_people(ids: [&[UserId]] = [Vec<UserId>]) -> [Vec<Person>];
        activity expect_activity(user: [&UserId] = [UserId]) -> [Activity];
        kept_answer expect_kept_answer(user: [&UserId] = [UserId], key: [&IdempotencyKey] = [IdempotencyKey]) -> [Option<KeptAnswer>];
    }
    AccountReads {
        sessions_of expect_sessions_of(user: [&UserId] = [UserId], limit: [Limit] = [Limit]) -> [Vec<Session>];
        session expect_session(id: [SessionId] = [SessionId]) -> [Option<Session>];
        verification expect_verification(kind: [VerificationKind] = [VerificationKind], email: [&Email] = [Email]) -> [Option<Verification>];
        second_factor expect_second_factor(user: [&UserId] = [UserId]) -> [Option<SecondFactor>];
        half_sign_in expect_half_sign_in(hash: [&TokenHash] = [TokenHash]) -> [Option<HalfSignIn>];
    }
    StudyReads {
        study expect_study(id: [StudyId] = [StudyId]) -> [Option<Study>];
        browse expect_browse(reader: [&UserId] = [UserId], browse: [&Browse] = [Browse], after: [Option<&Keyset>] = [Option<Keyset>], limit: [Limit] = [Limit]) -> [Vec<Browsed>];
        glance expect_glance(study: [StudyId] = [StudyId], said: [Limit] = [Limit], people: [Limit] = [Limit]) -> [Glance];
        study_by_code expect_study_by_code(code: [&str] = [String]) -> [Option<(Study, Option<StudyInvite>)>];
        own_studies expect_own_studies(user: [&UserId] = [UserId], after: [Option<&Keyset>] = [Option<Keyset>], limit: [Limit] = [Limit]) -> [Vec<OwnStudy>];
    }
    MemberReads {
        member expect_member(study: [StudyId] = [StudyId], user: [&UserId] = [UserId]) -> [Option<Member>];
        members expect_members(study: [StudyId] = [StudyId], status: [MemberStatus] = [MemberStatus], after: [Option<&Keyset>] = [Option<Keyset>], limit: [Limit] = [Limit]) -> [Vec<Member>];
        staff expect_staff(study: [StudyId] = [StudyId], least: [StudyRole] = [StudyRole]) -> [Vec<UserId>];
        last_rejection expect_last_rejection(study: [StudyId] = [StudyId], user: [&UserId] = [UserId]) -> [Option<Timestamp>];
        invites expect_invites(study: [StudyId] = [StudyId], after: [Option<&Keyset>] = [Option<Keyset>], limit: [Limit] = [Limit]) -> [Vec<(StudyInvite, Person)>];
    }
    LimitReads {
        attempts expect_attempts(counted: [&Counted] = [Counted]) -> [Option<Attempts>];
        device expect_device(hash: [&TokenHash] = [TokenHash], email: [&Email] = [Email]) -> [Option<Device>];
    }
    PersonalReads {
        memberships expect_memberships(user: [&UserId] = [UserId], after: [Option<StudyId>] = [Option<StudyId>], limit: [Limit] = [Limit]) -> [Vec<Membership>];
        messages_by expect_messages_by(user: [&UserId] = [UserId], after: [Option<MessageId>] = [Option<MessageId>], limit: [Limit] = [Limit]) -> [Vec<Message>];
        traces expect_traces(user: [&UserId] = [UserId], after: [&TracePlace] = [TracePlace], limit: [Limit] = [Limit]) -> [Vec<Trace>];
    }
    IdentityReads {
        identity expect_identity(issuer: [&str] = [String], subject: [&str] = [String]) -> [Option<OAuthIdentity>];
        identities expect_identities(user: [&UserId] = [UserId]) -> [Vec<OAuthIdentity>];
        flow expect_flow(hash: [&TokenHash] = [TokenHash]) -> [Option<OAuthFlow>];
    }
    FileReads {
        file expect_file(id: [FileId] = [FileId]) -> [Option<File>];
        avatar_of expect_avatar_of(user: [&UserId] = [UserId]) -> [Option<File>];
    }
    AuditReads {
        audit_head expect_audit_head() -> [AuditHead];
        audit_rows expect_audit_rows(filter: [&AuditFilter] = [AuditFilter], after: [i64] = [i64], limit: [Limit] = [Limit]) -> [Vec<AuditRow>];
        audit_log expect_audit_log(filter: [&AuditFilter] = [AuditFilter], before: [Option<i64>] = [Option<i64>], limit: [Limit] = [Limit]) -> [Vec<(AuditRow, Option<Person>)>];
        security_events expect_security_events(limit: [Limit] = [Limit]) -> [Vec<SecurityEvent>];
    }
    JobReads {
        job expect_job(id: [JobId] = [JobId]) -> [Option<Job>];
    }
    ChatReads {
        messages expect_messages(study: [StudyId] = [StudyId], stretch: [Stretch] = [Stretch], limit: [Limit] = [Limit]) -> [Vec<MessageView>];
        talk expect_talk(study: [StudyId] = [StudyId], reader: [&UserId] = [UserId], around: [Place] = [Place], before: [Limit] = [Limit], after: [Limit] = [Limit]) -> [Vec<Said>];
        message_anywhere expect_message_anywhere(id: [MessageId] = [MessageId]) -> [Option<Written>];
        context expect_context(id: [MessageId] = [MessageId], before: [Limit] = [Limit], after: [Limit] = [Limit]) -> [Vec<Written>];
        message expect_message(study: [StudyId] = [StudyId], id: [MessageId] = [MessageId]) -> [Option<Written>];
        message_by_client_id expect_message_by_client_id(user: [&UserId] = [UserId], client_id: [&ClientId] = [ClientId]) -> [Option<Written>];
        members_called expect_members_called(study: [StudyId] = [StudyId], texts: [&[String]] = [Vec<String>]) -> [Vec<Person>];
        search_messages expect_search_messages(study: [StudyId] = [StudyId], query: [&Query] = [Query], before: [Option<i64>] = [Option<i64>], limit: [Limit] = [Limit]) -> [Vec<MessageView>];
        read_marks expect_read_marks(study: [StudyId] = [StudyId], after: [Option<&Keyset>] = [Option<Keyset>], limit: [Limit] = [Limit]) -> [Vec<ReadMark>];
        head expect_head(scope: [&Scope] = [Scope]) -> [Head];
        events expect_events(scope: [&Scope] = [Scope], after: [i64] = [i64], limit: [Limit] = [Limit]) -> [Vec<StoredEvent>];
    }
    ModerationReads {
        case_of expect_case_of(report: [ReportId] = [ReportId]) -> [Option<(Case, Vec<Report>)>];
        case expect_case(id: [CaseId] = [CaseId]) -> [Option<(Case, Vec<Report>)>];
        newest_case expect_newest_case(target: [&ReportTarget] = [ReportTarget]) -> [Option<(Case, Vec<Report>)>];
        reporting expect_reporting(reporter: [&UserId] = [UserId], target: [&ReportTarget] = [ReportTarget], since: [Timestamp] = [Timestamp]) -> [Reporting];
        received expect_received(user: [&UserId] = [UserId]) -> [Received];
        have_met expect_have_met(one: [&UserId] = [UserId], other: [&UserId] = [UserId]) -> [bool];
        cases expect_cases(viewer: [Option<&UserId>] = [Option<UserId>], filter: [&CaseFilter] = [CaseFilter], now: [Timestamp] = [Timestamp], after: [Option<&Keyset>] = [Option<Keyset>], limit: [Limit] = [Limit]) -> [Vec<CaseCard>];
        own_reports expect_own_reports(reporter: [&UserId] = [UserId], after: [Option<&Keyset>] = [Option<Keyset>], limit: [Limit] = [Limit]) -> [Vec<(Report, Case)>];
        cases_about expect_cases_about(offender: [&UserId] = [UserId], viewer: [Option<&UserId>] = [Option<UserId>], limit: [Limit] = [Limit]) -> [Vec<CaseCard>];
        reports_by expect_reports_by(reporter: [&UserId] = [UserId], viewer: [Option<&UserId>] = [Option<UserId>], limit: [Limit] = [Limit]) -> [Vec<(Report, Case)>];
        case_entries expect_case_entries(case: [CaseId] = [CaseId], limit: [Limit] = [Limit]) -> [Vec<(CaseEntry, Option<Person>)>];
        case_times expect_case_times(from: [Timestamp] = [Timestamp], to: [Timestamp] = [Timestamp], after: [Option<CaseId>] = [Option<CaseId>], limit: [Limit] = [Limit]) -> [Vec<CaseTimes>];
    }
    SanctionReads {
        sanction expect_sanction(id: [SanctionId] = [SanctionId]) -> [Option<(Sanction, Option<Appeal>)>];
        sanctions_of expect_sanctions_of(user: [&UserId] = [UserId]) -> [Vec<(Sanction, Option<Appeal>)>];
        appeal expect_appeal(id: [AppealId] = [AppealId]) -> [Option<(Appeal, Sanction)>];
        appeals expect_appeals(viewer: [Option<&UserId>] = [Option<UserId>], status: [Option<AppealStatus>] = [Option<AppealStatus>], after: [Option<&Keyset>] = [Option<Keyset>], limit: [Limit] = [Limit]) -> [Vec<(Appeal, Sanction)>];
    }
    NotificationReads {
        notification expect_notification(id: [NotificationId] = [NotificationId]) -> [Option<Notification>];
        unread_notifications expect_unread_notifications(user: [&UserId] = [UserId]) -> [u32];
        unread_at_most expect_unread_at_most(credential: [&Credential] = [Credential], limit: [Limit] = [Limit]) -> [u32];
        notifications expect_notifications(user: [&UserId] = [UserId], filter: [NotificationFilter] = [NotificationFilter], after: [Option<&Keyset>] = [Option<Keyset>], limit: [Limit] = [Limit]) -> [Vec<Notification>];
    }
    SettingReads {
        settings expect_settings() -> [StoredSettings];
    }
    LiveReads {
        heads expect_heads(scopes: [&[Scope]] = [Vec<Scope>]) -> [Vec<(Scope, i64)>];
        revocation_head expect_revocation_head() -> [i64];
        revocations expect_revocations(after: [i64] = [i64], limit: [Limit] = [Limit]) -> [Vec<Revocation>];
        ticket expect_ticket(hash: [&TokenHash] = [TokenHash]) -> [Option<Ticket>];
        standing_everywhere expect_standing_everywhere(caller: [&Credential] = [Credential]) -> [Option<(Standing, Vec<(Study, StudyMember)>)>];
    }
}

mock! {
    /// A clock that counts how often it is read.
    #[derive(Debug)]
    pub Clock {}

    impl Clock for Clock {
        fn now(&self) -> Timestamp;
    }
}

mock! {
    /// Identifiers and secrets that a test expects to be drawn.
    #[derive(Debug)]
    pub Ids {}

    impl Ids for Ids {
        fn uuid(&self, now: Timestamp) -> Uuid;
        fn fill(&self, bytes: &mut [u8]);
    }
}

mock! {
    /// Password hashing that a test expects.
    #[derive(Debug)]
    pub Passwords {
        /// [`Passwords::hash`], as the test said.
        pub fn hash(&self, password: SecretString, salt: [u8; 16]) -> Result<PasswordHash, Error>;
        /// [`Passwords::verify`], as the test said.
        pub fn verify(&self, password: SecretString, hash: Option<PasswordHash>) -> Result<bool, Error>;
    }
}

#[async_trait]
impl Passwords for MockPasswords {
    async fn hash(&self, password: &SecretString, salt: [u8; 16]) -> Result<PasswordHash, Error> {
        Self::hash(self, password.clone(), salt)
    }

    async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<bool, Error> {
        Self::verify(self, password.clone(), hash.cloned())
    }
}
