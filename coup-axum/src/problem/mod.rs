//! Problem details ([RFC 9457]): every refusal of the API, worded in Korean or English.
//!
//! [RFC 9457]: https://www.rfc-editor.org/rfc/rfc9457

mod language;
#[cfg(feature = "pages")]
mod page;
mod words;

use std::num::NonZeroU32;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use coup_core::{
    env::Timestamp,
    error::{Error, FieldError, Invalid},
    id::ReportId,
    identity::port::ProviderFault,
    policy::{DeniedReason, Permission, Restraint},
    store::StoreError,
    user::deletion::OwnedStudy,
};
use serde::Serialize;

pub use self::{
    language::{Language, accepted},
    words::Wording,
};

/// The media type of problem details.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A refusal. It says nothing of what went on inside; the cause is logged where the answer is made.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    errors: Box<[FieldError]>,
    permission: Option<Permission>,
    sanction: Option<(Restraint, Option<Timestamp>)>,
    /// What of one's own stands in the way.
    own: Option<Box<Own>>,
    /// In seconds.
    retry_after: Option<NonZeroU32>,
    /// The host's own words for this refusal, as it said them.
    words: Option<Box<str>>,
    cause: Option<Box<str>>,
}

/// What of one's own stands in the way.
#[derive(Debug, Clone)]
enum Own {
    /// A report that waits for a decision.
    Report(ReportId),
    /// Studies that need an OWNER.
    Studies(Vec<OwnedStudy>),
}

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $status:ident $code:literal;)+) => {
        impl Problem {
            /// The codes of what HTTP itself refuses, beside those of [`coup_core::error`].
            pub const FAULTS: &[&str] = &[$($code),+];

            $($(#[$doc])* pub(crate) fn $name() -> Self {
                Self::new(StatusCode::$status, $code)
            })+
        }
    };
}

faults! {
    /// No such address.
    no_such_path = NOT_FOUND "no_such_path";
    /// The address knows other methods; `Allow` says which.
    method_not_allowed = METHOD_NOT_ALLOWED "method_not_allowed";
    /// The body is not JSON.
    malformed_json = BAD_REQUEST "malformed_json";
    /// The body is nested too deeply.
    too_deep = BAD_REQUEST "too_deep";
    /// The body did not arrive.
    broken_body = BAD_REQUEST "broken_body";
    /// The body is larger than the limit.
    too_large = PAYLOAD_TOO_LARGE "too_large";
    /// The body is of another type than JSON.
    unsupported_media_type = UNSUPPORTED_MEDIA_TYPE "unsupported_media_type";
    /// A browser sends this from another site.
    cross_site = FORBIDDEN "cross_site";
    /// It took too long.
    timeout = SERVICE_UNAVAILABLE "timeout";
    /// Requests of an address, or events of a socket, come too fast.
    #[cfg(any(feature = "live", feature = "listen"))]
    rate_limited = TOO_MANY_REQUESTS "rate_limited";
    /// No such event of a socket.
    #[cfg(feature = "live")]
    unknown_event = NOT_FOUND "unknown_event";
    /// One socket hears as many studies as it may.
    #[cfg(feature = "live")]
    too_many_joined = CONFLICT "too_many_joined";
    /// A fault of the program.
    internal = INTERNAL_SERVER_ERROR "internal";
}

impl Problem {
    fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            status,
            code,
            errors: Box::default(),
            permission: None,
            sanction: None,
            own: None,
            retry_after: None,
            words: None,
            cause: None,
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What is wrong, in words without a page or an API around them: each field by its name, or what stands in the way.
    ///
    /// ```
    /// use coup_axum::problem::{Language, Problem};
    /// use coup_core::{error::Error, text::Email};
    ///
    /// let problem = Problem::from(Error::from(Email::parse("email", "kim").unwrap_err()));
    /// assert_eq!(problem.in_words(Language::En), "email: This is not an e-mail address.");
    /// ```
    pub fn in_words(&self, language: Language) -> String {
        let said = words::Said { language, wording: None };
        if self.errors.is_empty() {
            return said.detail(self);
        }
        let fields = self.errors.iter().map(|error| format!("{}: {}", error.field, said.field(error)));
        fields.collect::<Vec<_>>().join("; ")
    }

    /// What is logged, and never answered.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// One's own studies that stand in the way.
    pub(crate) fn studies(&self) -> &[OwnedStudy] {
        match self.own.as_deref() {
            Some(Own::Studies(studies)) => studies,
            _ => &[],
        }
    }

    pub(crate) fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into().into());
        self
    }

    pub(crate) fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = NonZeroU32::new(seconds);
        self
    }

    /// The answer in a language, in the host's words where it has its own.
    pub fn render(&self, language: Language, wording: Option<&dyn Wording>) -> Response {
        let bytes = serde_json::to_vec(&self.body(language, wording)).unwrap_or_default();
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
            (header::CONTENT_LANGUAGE, HeaderValue::from_static(language::tag(language))),
            (header::VARY, HeaderValue::from_static("accept-language")),
        ];
        let mut response = (self.status, headers, bytes).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.get().into());
        }
        if self.status == StatusCode::PAYLOAD_TOO_LARGE {
            // The rest is not read (RFC 9110 § 15.5.14): who heard nothing of it would send the next request into a closing connection.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// The same for who reads it in a browser, where nothing may be asked for a page of ours: no more than a heading and a line.
    #[cfg(feature = "listen")]
    pub(crate) fn as_document(&self, language: Language) -> Response {
        let said = words::Said { language, wording: None };
        // Our own words: nothing in them is anybody's.
        let document = format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{title}</title></head><body><h1>{title}</h1><p>{}</p></body></html>\n",
            language::tag(language),
            said.detail(self),
            title = said.title(self),
        );
        let mut response = self.render(language, None);
        *response.body_mut() = document.into();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'"));
        headers.insert(header::VARY, HeaderValue::from_static("accept, accept-language"));
        response
    }

    /// The same where there are no headers: when to come back stands in the body.
    #[cfg(feature = "live")]
    pub(crate) fn to_json(&self, language: Language, wording: Option<&dyn Wording>) -> serde_json::Value {
        let mut body = serde_json::to_value(self.body(language, wording)).unwrap_or_default();
        if let (Some(body), Some(seconds)) = (body.as_object_mut(), self.retry_after) {
            body.insert("retryAfter".into(), seconds.get().into());
        }
        body
    }

    fn body(&self, language: Language, wording: Option<&dyn Wording>) -> Body<'_> {
        let said = words::Said { language, wording };
        Body {
            r#type: format!("urn:coup:problem:{}", self.code),
            title: said.title(self),
            status: self.status.as_u16(),
            detail: said.detail(self),
            code: self.code,
            errors: self
                .errors
                .iter()
                .map(|error| FieldBody { field: &error.field, code: error.code, message: said.field(error) })
                .collect(),
            permission: self.permission.map(|permission| permission.full_name()),
            sanction: self.sanction.map(|(restraint, _)| restraint.name()),
            until: self.sanction.and_then(|(_, until)| until),
            report_id: match self.own.as_deref() {
                Some(Own::Report(report)) => Some(*report),
                _ => None,
            },
            studies: self.studies(),
        }
    }
}

/// The body of an answer.
#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: String,
    status: u16,
    detail: String,
    code: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permission: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sanction: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    #[serde(rename = "reportId", skip_serializing_if = "Option::is_none")]
    report_id: Option<ReportId>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    studies: &'a [OwnedStudy],
}

#[derive(Serialize)]
struct FieldBody<'a> {
    field: &'a str,
    code: &'a str,
    message: String,
}

/// Korean; the layer around all routes words it again in the language that was asked for.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.render(Language::Ko, None);
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let code = error.code();
        let plain = |status| Self::new(status, code);
        match error {
            Error::NotSignedIn | Error::WrongCredentials | Error::CodeRequired => plain(StatusCode::UNAUTHORIZED),
            Error::TooManyAttempts { retry_after } => {
                plain(StatusCode::TOO_MANY_REQUESTS).retry_after(whole_seconds(retry_after))
            }
            Error::NotFound | Error::NotConfigured => plain(StatusCode::NOT_FOUND),
            Error::Provider(error) => match error.fault {
                ProviderFault::Cancelled | ProviderFault::Unproved => plain(StatusCode::FORBIDDEN),
                ProviderFault::Unreachable => plain(StatusCode::SERVICE_UNAVAILABLE).retry_after(5),
                ProviderFault::Slow => plain(StatusCode::GATEWAY_TIMEOUT).retry_after(5),
                ProviderFault::Failed | ProviderFault::Unintelligible => plain(StatusCode::BAD_GATEWAY),
            }
            .because(error.to_string()),
            Error::Denied(denied) => Self {
                permission: Some(denied.permission()),
                sanction: match denied.reason() {
                    DeniedReason::Restraint { restraint, until } => Some((restraint, until)),
                    _ => None,
                },
                cause: Some(denied.explain().into()),
                ..plain(StatusCode::FORBIDDEN)
            },
            Error::TooManyCodes(seconds) => plain(StatusCode::TOO_MANY_REQUESTS).retry_after(seconds.into()),
            Error::ConfirmationRequired | Error::SecondFactorRequired | Error::People(_) | Error::SwitchedOff(_) => {
                plain(StatusCode::FORBIDDEN)
            }
            Error::Vetoed(vetoed) => Self { words: Some(vetoed.words.into()), ..plain(StatusCode::FORBIDDEN) },
            Error::State(_) => plain(StatusCode::CONFLICT),
            Error::Reported(report) => Self { own: Some(Box::new(Own::Report(report))), ..plain(StatusCode::CONFLICT) },
            Error::OwnsStudies(studies) => {
                Self { own: Some(Box::new(Own::Studies(studies))), ..plain(StatusCode::CONFLICT) }
            }
            Error::Invalid(invalid) => {
                Self { errors: invalid.errors().into(), ..plain(StatusCode::UNPROCESSABLE_ENTITY) }
            }
            Error::Maintenance(message) => Self {
                words: message.map(|message| message.as_str().into()),
                ..plain(StatusCode::SERVICE_UNAVAILABLE).retry_after(60)
            },
            Error::Store(error) => match error {
                StoreError::Conflict | StoreError::AlreadyExists(_) | StoreError::Exhausted(_) => {
                    plain(StatusCode::CONFLICT)
                }
                StoreError::Busy => plain(StatusCode::SERVICE_UNAVAILABLE).retry_after(1),
                StoreError::Unavailable(_) => plain(StatusCode::SERVICE_UNAVAILABLE).retry_after(5),
                StoreError::Corrupt(_) | StoreError::Backend(_) => plain(StatusCode::INTERNAL_SERVER_ERROR),
            }
            .because(error.to_string()),
            Error::Internal(cause) => plain(StatusCode::INTERNAL_SERVER_ERROR).because(cause),
        }
    }
}

/// Never too few: who comes back then is not sent away again.
fn whole_seconds(wait: TimeDelta) -> u32 {
    let seconds = (wait + TimeDelta::seconds(1) - TimeDelta::nanoseconds(1)).num_seconds();
    u32::try_from(seconds).unwrap_or(if seconds < 0 { 1 } else { u32::MAX })
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Error::from(invalid).into()
    }
}

#[cfg(test)]
mod tests {
    use coup_core::policy::{Actor, Policy, StudyPermission, Target};

    use super::*;

    fn status(error: impl Into<Error>) -> (u16, Option<u32>) {
        let problem = Problem::from(error.into());
        (problem.status.as_u16(), problem.retry_after.map(NonZeroU32::get))
    }

    #[test]
    fn failing_storage_fails_closed_and_says_when_to_come_back() {
        assert_eq!(status(StoreError::Busy), (503, Some(1)));
        assert_eq!(status(StoreError::Unavailable("disk full at /var".into())), (503, Some(5)));
        assert_eq!(status(StoreError::Conflict), (409, None));
        assert_eq!(status(StoreError::Corrupt("row 7".into())), (500, None));
        assert_eq!(status(StoreError::Backend("password of the database".into())), (500, None));
    }

    #[test]
    fn who_tried_too_often_is_told_when_to_come_back_and_never_too_early() {
        let wait = |millis| status(Error::TooManyAttempts { retry_after: TimeDelta::milliseconds(millis) });
        assert_eq!(wait(1_000), (429, Some(1)));
        assert_eq!(wait(1_001), (429, Some(2)));
        assert_eq!(wait(24 * 60 * 60 * 1_000), (429, Some(86_400)));
        let words = |seconds, language| {
            let retry_after = TimeDelta::seconds(seconds);
            let problem = Problem::from(Error::TooManyAttempts { retry_after });
            words::Said { language, wording: None }.detail(&problem)
        };
        for (seconds, ko, en) in [
            (1, "1초", "1 second."),
            (40, "40초", "40 seconds."),
            (60, "1분", "1 minute."),
            (61, "2분", "2 minutes."),
            (7_200, "2시간", "2 hours."),
        ] {
            let (said_ko, said_en) = (words(seconds, Language::Ko), words(seconds, Language::En));
            assert!(said_ko.contains(&format!("{ko} 뒤에")), "{said_ko}");
            assert!(said_en.ends_with(en), "{said_en}");
        }
    }

    #[tokio::test]
    async fn a_cause_is_kept_for_the_log_and_not_answered() {
        let problem = Problem::from(Error::from(StoreError::Backend("the inside".into())));
        assert_eq!(problem.cause(), Some("storage failed: the inside"));
        for language in [Language::Ko, Language::En] {
            let body = problem.render(language, None).into_body();
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains("inside"));
        }
    }

    #[tokio::test]
    async fn a_host_says_in_its_own_words_why_it_does_not_want_it() {
        let problem =
            Problem::from(Error::from(coup_core::hooks::Vetoed::because("방학에는 스터디를 만들 수 없어요.")));
        assert_eq!((problem.status(), problem.code()), (StatusCode::FORBIDDEN, "vetoed"));
        for language in [Language::Ko, Language::En] {
            let body = problem.render(language, None).into_body();
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let body: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(body["detail"], "방학에는 스터디를 만들 수 없어요.");
        }
    }

    #[tokio::test]
    async fn a_refusal_by_a_sanction_says_which_and_until_when() {
        let study = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57".parse().unwrap();
        let mut actor = Actor::new("kim".parse().unwrap(), 0);
        actor.study = Some(coup_core::policy::StudyStanding {
            study,
            role: coup_core::policy::StudyRole::Member,
            paused_until: None,
        });
        let end = chrono::DateTime::from_timestamp(1_772_409_600, 0);
        actor.restraints.insert(Restraint::ChatBan, end);
        let denied = Policy::built_in().permit(&actor, StudyPermission::MessageSend, Target::Study(study)).unwrap_err();
        let problem = Problem::from(Error::from(denied));
        let body = problem.render(Language::En, None).into_body();
        let body: serde_json::Value =
            serde_json::from_slice(&axum::body::to_bytes(body, usize::MAX).await.unwrap()).unwrap();
        assert_eq!(body["status"], 403);
        assert_eq!((&body["permission"], &body["sanction"]), (&"study:message.send".into(), &"CHAT_BAN".into()));
        assert_eq!(body["until"], "2026-03-02T00:00:00Z");
        assert_eq!(body["detail"], "You cannot send messages until 2026-03-02T00:00:00Z, because of a chat ban.");
    }
}
