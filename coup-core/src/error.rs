//! What a use case answers when it does not do what was asked.

use chrono::TimeDelta;

use crate::{
    hooks::Vetoed,
    id::ReportId,
    identity::port::ProviderError,
    policy::{Denied, PeopleRule},
    store::StoreError,
    text::Announcement,
    user::deletion::OwnedStudy,
};

/// Why a use case did nothing. Every variant has a stable [`code`](Error::code); transports word it for people.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the session has ended (401).
    #[error("not signed in")]
    NotSignedIn,
    /// The address and password do not go together (401). Says nothing of which was wrong.
    #[error("wrong e-mail address or password")]
    WrongCredentials,
    /// It was tried too often (429).
    #[error("too many attempts: try again in {} s", .retry_after.num_seconds())]
    TooManyAttempts {
        /// How long to wait.
        retry_after: TimeDelta,
    },
    /// The password was right; the code of the second factor is asked for (401).
    #[error("the code of the second factor is needed, too")]
    CodeRequired,
    /// Too many wrong codes of a second factor; in so many seconds they are looked at again (429).
    #[error("too many wrong codes; try again in {0} s, or use a recovery code")]
    TooManyCodes(u16),
    /// What an administrator does needs a second factor, which they have not set up (403).
    #[error("administrators need a second factor: set it up first")]
    SecondFactorRequired,
    /// Who asks has to show again who they are, and then ask again (403).
    #[error("confirm that it is you, and try again")]
    ConfirmationRequired,
    /// This deployment does not have it (404).
    #[error("not configured in this deployment")]
    NotConfigured,
    /// A provider did not prove who somebody is (403 to 504, by [`ProviderFault`](crate::identity::port::ProviderFault)).
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The thing does not exist, or the caller may not know that it does (404).
    #[error("not found")]
    NotFound,
    /// The policy refused (403).
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A rule about two people forbids it, whatever the policy says (403).
    #[error(transparent)]
    People(#[from] PeopleRule),
    /// The host did not want it (403), in its words.
    #[error("refused by the host: {0}")]
    Vetoed(#[from] Vetoed),
    /// One's own report on this waits for a decision already (409); it is this one.
    #[error("reported already: {0} waits for a decision")]
    Reported(ReportId),
    /// An account cannot be deleted as long as open studies have it as their OWNER (409); it is these. Hand them over or close them.
    #[error("the owner of open studies stays: hand over or close {}", .0.iter().map(|study| study.id.to_string()).collect::<Vec<_>>().join(", "))]
    OwnsStudies(Vec<OwnedStudy>),
    /// The state of things does not allow it now (409).
    #[error("{0}")]
    State(#[from] StateError),
    /// The input was wrong (422).
    #[error("invalid input: {0}")]
    Invalid(#[from] Invalid),
    /// The site is in maintenance, and only administrators get in (503), with what members are told.
    #[error("the site is in maintenance: only administrators get in")]
    Maintenance(Option<Announcement>),
    /// An administrator switched it off (403).
    #[error("{0} is switched off in the settings")]
    SwitchedOff(Feature),
    /// Storage failed, or could not be asked (409 after lost races, 503, 500).
    #[error("storage: {0}")]
    Store(#[from] StoreError),
    /// A fault of the program or its surroundings (500).
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// The stable code of this error, as problem details carry it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "not_signed_in",
            Self::WrongCredentials => "wrong_credentials",
            Self::TooManyAttempts { .. } => "too_many_attempts",
            Self::CodeRequired => "code_required",
            Self::TooManyCodes(_) => "too_many_codes",
            Self::SecondFactorRequired => "second_factor_required",
            Self::ConfirmationRequired => "confirmation_required",
            Self::NotConfigured => "not_configured",
            Self::Provider(error) => error.fault.code(),
            Self::NotFound => "not_found",
            Self::Denied(_) => "forbidden",
            Self::People(rule) => people_code(*rule),
            Self::Vetoed(_) => "vetoed",
            Self::Reported(_) => "already_reported",
            Self::OwnsStudies(_) => "owns_studies",
            Self::State(state) => state.code(),
            Self::Invalid(_) => "invalid_input",
            Self::Maintenance(_) => "maintenance",
            Self::SwitchedOff(feature) => feature.code(),
            Self::Store(StoreError::Conflict | StoreError::AlreadyExists(_) | StoreError::Exhausted(_)) => "conflict",
            Self::Store(StoreError::Busy | StoreError::Unavailable(_)) => "unavailable",
            Self::Store(StoreError::Corrupt(_) | StoreError::Backend(_)) | Self::Internal(_) => "internal",
        }
    }
}

words! {
    /// What can be switched off in the settings.
    Feature {
        /// Making an account.
        SignUp = "signUp",
        /// Founding a study.
        StudyCreation = "studyCreation",
        /// Saying something in a chat.
        Chat = "chat",
    }
}

impl Feature {
    /// The stable code of a refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up_closed",
            Self::StudyCreation => "study_creation_closed",
            Self::Chat => "chat_closed",
        }
    }
}

/// The stable code of a rule about two people.
pub fn people_code(rule: PeopleRule) -> &'static str {
    match rule {
        PeopleRule::Oneself => "not_on_oneself",
        PeopleRule::Owner => "owner_stays",
        PeopleRule::NotLower { .. } => "not_lower",
        PeopleRule::RoleAbove { .. } | PeopleRule::PermissionsAbove(_) => "above_own",
        PeopleRule::NotAuthor => "not_yours",
    }
}

macro_rules! states {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $words:literal;)+) => {
        /// A state that stands in the way (409).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
        pub enum StateError {$(
            $(#[$doc])*
            #[error($words)]
            $name,
        )+}

        impl StateError {
            /// All of them, so that transports can be held to have words for each.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self {$(Self::$name => $code,)+}
            }
        }
    };
}

states! {
    /// Sign-up with an address that has an account.
    EmailTaken = "email_taken", "this e-mail address already has an account";
    /// A code that is not the one, or not any more. The same for addresses without an account.
    CodeWrong = "code_wrong", "the code is wrong, used up or too old";
    /// Asking for the password of an account that signs in without one.
    NoPassword = "no_password", "this account signs in without a password";
    /// Setting up a second factor where there is one.
    SecondFactorOn = "second_factor_on", "there is a second factor already; turn it off first";
    /// Doing something with a second factor where there is none.
    NoSecondFactor = "no_second_factor", "there is no second factor; set one up first";
    /// Turning off a second factor that an administrator needs.
    SecondFactorStays = "second_factor_stays", "administrators keep their second factor";
    /// Signing in elsewhere took too long, was done already, or began in another browser.
    SignInExpired = "sign_in_expired", "this sign-in has expired, was used already, or began in another browser";
    /// Signing in elsewhere with the proved address of an account that is not linked to it.
    SignInToLink = "sign_in_to_link", "an account has this e-mail address: sign in to it, and link the identity there";
    /// Linking an identity that is linked to another account.
    IdentityTaken = "identity_taken", "this identity is linked to another account";
    /// Linking a second identity of one provider.
    ProviderLinked = "provider_linked", "another identity of this provider is linked; unlink it first";
    /// Unlinking what nothing else lets in beside.
    LastWayIn = "last_way_in", "the last way to sign in stays; set a password or link another identity first";
    /// No seat is left.
    StudyFull = "study_full", "the study is full";
    /// The study takes nobody in at the moment.
    NotRecruiting = "not_recruiting", "the study is not recruiting";
    /// The study was closed: readable, not writable.
    StudyClosed = "study_closed", "the study is closed";
    /// A moderator hid the study: readable by its members, not writable.
    StudyHidden = "study_hidden", "the study is hidden";
    /// An administrator closed it, and only administrators reopen it.
    ClosedByAdministrator = "closed_by_administrator", "the study was closed by an administrator";
    /// Reopening what is open.
    StudyOpen = "study_open", "the study is open already";
    /// Joining where one is a member already.
    AlreadyMember = "already_member", "already a member of this study";
    /// A second request while one is pending.
    AlreadyRequested = "already_requested", "a join request is pending already";
    /// Asking again within 24 hours of a rejection.
    RejectedRecently = "rejected_recently", "a rejected request can be made again after 24 hours";
    /// Kicked people do not come back until reinstated.
    Kicked = "kicked", "removed from this study; its owner or an administrator may reinstate";
    /// Withdrawing or deciding a request that is not there any more.
    NotPending = "not_pending", "there is no pending request";
    /// Acting on somebody who is no active member.
    NotAMember = "not_a_member", "not an active member of this study";
    /// Reinstating somebody who was not kicked.
    NotKicked = "not_kicked", "was not removed from this study";
    /// The role is already that.
    SameRole = "same_role", "the member has this role already";
    /// The invite was used up, ran out, was revoked or rotated.
    InviteSpent = "invite_spent", "this invite is used up, expired or revoked";
    /// Capacity below the members there are.
    CapacityTooSmall = "capacity_too_small", "the capacity is smaller than the number of members";
    /// Own messages can be edited for 15 minutes.
    EditTooLate = "edit_too_late", "a message can be edited for 15 minutes";
    /// The message was deleted.
    MessageDeleted = "message_deleted", "the message was deleted";
    /// The same client id with other content.
    ClientIdReused = "client_id_reused", "this clientId was used for another message";
    /// The same idempotency key with another request.
    IdempotencyKeyReused = "idempotency_key_reused", "this Idempotency-Key was used for another request";
    /// One SUPER_ADMIN without an end stays.
    LastSuperAdmin = "last_super_admin", "the last SUPER_ADMIN without an end stays; appoint another one first";
    /// The same was reported and decided within 7 days.
    ReportedBefore = "reported_before", "this was reported and decided; it can be reported again when it has changed, as another type, or after 7 days";
    /// Three reports a day for who is mostly wrong.
    ReportLimit = "report_limit", "most of the earlier reports were dismissed: three a day can be made";
    /// The case was decided, for good.
    CaseDecided = "case_decided", "the case was decided already";
    /// Somebody else has the case.
    CaseTaken = "case_taken", "somebody else works on this case";
    /// Releasing a case that waits in the queue.
    CaseNotTaken = "case_not_taken", "nobody works on this case";
    /// Handing a case up from the top.
    NobodyAbove = "nobody_above", "there is no higher role to hand the case up to";
    /// Lifting or appealing what was lifted or has ended.
    SanctionEnded = "sanction_ended", "the sanction was lifted or has ended";
    /// One appeal a sanction.
    AlreadyAppealed = "already_appealed", "this sanction was appealed already";
    /// Appeals are made within a number of days.
    AppealTooLate = "appeal_too_late", "the time to appeal this sanction has passed";
    /// The appeal was decided, for good.
    AppealDecided = "appeal_decided", "the appeal was decided already";
    /// Somebody else changed settings since they were read.
    SettingsChanged = "settings_changed", "the settings were changed meanwhile; read them again";
    /// Ending the role of somebody who has none.
    NotAnAdministrator = "not_an_administrator", "not an administrator";
}

/// One wrong field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's path as the client wrote it, such as `maxMembers` or `tags[2]`.
    pub field: String,
    /// A stable code, such as `too_long`.
    pub code: &'static str,
    /// A bound the words need: the shortest, longest, least or greatest allowed.
    pub bound: Option<i64>,
}

/// One or more wrong fields; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(|e| format!("{} ({})", e.field, e.code)).collect::<Vec<_>>().join(", "))]
pub struct Invalid(Vec<FieldError>);

impl Invalid {
    /// A single wrong field.
    pub fn field(field: impl Into<String>, code: &'static str) -> Self {
        Self(vec![FieldError { field: field.into(), code, bound: None }])
    }

    /// A single wrong field with the bound that it missed.
    pub fn bound(field: impl Into<String>, code: &'static str, bound: i64) -> Self {
        Self(vec![FieldError { field: field.into(), code, bound: Some(bound) }])
    }

    /// The wrong fields.
    pub fn errors(&self) -> &[FieldError] {
        &self.0
    }
}

/// Collects the faults of several fields, so that a person sees all of them at once.
///
/// ```
/// use coup_core::{error::Check, text::StudyName};
///
/// let mut check = Check::default();
/// let name = check.take(StudyName::parse("name", ""));
/// assert!(name.is_none());
/// assert_eq!(check.finish().unwrap_err().errors()[0].field, "name");
/// ```
#[derive(Debug, Default)]
pub struct Check(Vec<FieldError>);

impl Check {
    /// The value, or `None` with its faults noted.
    pub fn take<T>(&mut self, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.0.extend(invalid.0)).ok()
    }

    /// All faults, if there were any.
    pub fn finish(self) -> Result<(), Invalid> {
        if self.0.is_empty() { Ok(()) } else { Err(Invalid(self.0)) }
    }
}
