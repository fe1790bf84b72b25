//! Letters by SMTP, against a server on this machine.
#![expect(clippy::unwrap_used, reason = "a test's own tools")]

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use coup_axum::mail::{SmtpError, SmtpMailer};
use coup_core::{
    changes::{Changes, Row, SystemPermit},
    coup::Coup,
    id::JobId,
    mail::model::{LetterKind, Mail, MailError, Mailer as _},
    policy::Language,
    sanction::{
        model::Measure,
        service::{Impose, LiftSanction},
    },
    store::Store,
    testing::{FixedClock, MemoryStore, SeededIds, fixtures::Fixtures},
    text::{Email, Words},
    user::model::User,
};
use coup_tests::Sink;
use secrecy::SecretString;

const FROM: &str = "CoUp <no-reply@school.kr>";

fn letter(to: &str) -> Mail {
    Mail {
        id: JobId::from_uuid("0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57".parse().unwrap()),
        to: Email::parse("to", to).unwrap(),
        kind: LetterKind::SanctionImposed,
        code: None,
        language: Language::Ko,
        subject: "[CoUp] 계정에 제재가 적용되었어요".into(),
        text: "민준님, 안녕하세요.\n\n.점으로 시작하는 줄\n이유: 도배\n".into(),
    }
}

/// The header's value, decoded.
fn header(text: &str, name: &str) -> String {
    let unfolded = text.replace("\r\n ", " ");
    let line = unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap();
    let decoded = |word: &str| match word.strip_prefix("=?utf-8?b?").and_then(|rest| rest.strip_suffix("?=")) {
        Some(encoded) => String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap(),
        None => word.to_owned(),
    };
    let mut value = String::new();
    let mut was_encoded = true;
    for word in line.split(' ') {
        let is_encoded = word.starts_with("=?utf-8?b?");
        // The space between two encoded words is none.
        let is_one = was_encoded && is_encoded;
        if !value.is_empty() && !is_one {
            value.push(' ');
        }
        was_encoded = is_encoded;
        value += &decoded(word);
    }
    value
}

/// The body, decoded.
fn body(text: &str) -> String {
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert_eq!(header(text, "Content-Transfer-Encoding"), "base64", "{head}");
    let bytes = STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap();
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written() {
    let sink = Sink::open();
    let mailer = SmtpMailer::new(&sink.url(), FROM).unwrap();
    mailer.send(&letter("minjun@school.kr")).await.unwrap();
    let taken = sink.taken();
    assert_eq!(taken.len(), 1);
    let (one, text) = (&taken[0], taken[0].text());
    assert_eq!((one.from.as_str(), &*one.to), ("no-reply@school.kr", &["minjun@school.kr".to_owned()][..]));
    assert_eq!(header(&text, "Subject"), "[CoUp] 계정에 제재가 적용되었어요");
    assert_eq!(header(&text, "To"), "minjun@school.kr");
    assert_eq!(header(&text, "Message-ID"), "<0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57@school.kr>");
    assert_eq!(header(&text, "Auto-Submitted"), "auto-generated");
    assert_eq!(body(&text), letter("minjun@school.kr").text);
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_given_up_and_a_server_that_is_busy_or_away_tried_again() {
    let sink = Sink::open();
    let mailer = SmtpMailer::new(&sink.url(), FROM).unwrap();
    let nobody = mailer.send(&letter("nobody@school.kr")).await;
    assert!(matches!(nobody, Err(MailError::Never(_))), "{nobody:?}");
    let busy = mailer.send(&letter("busy@school.kr")).await;
    assert!(matches!(busy, Err(MailError::Later(_))), "{busy:?}");
    assert!(sink.taken().is_empty());
    // Nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let away = SmtpMailer::new(&format!("smtp://127.0.0.1:{port}").into(), FROM).unwrap();
    let away = away.send(&letter("minjun@school.kr")).await;
    assert!(matches!(away, Err(MailError::Later(_))), "{away:?}");
}

#[tokio::test]
async fn a_sanction_is_mailed_to_the_sanctioned_by_the_job_of_its_commit() {
    let sink = Sink::open();
    let mailer = SmtpMailer::new(&sink.url(), FROM).unwrap().pages_at("https://study.school.kr");
    let make = Fixtures::new(1);
    let store = Arc::new(MemoryStore::new());
    let user = User { email: Some(Email::parse("email", "minjun@school.kr").unwrap()), ..make.user("김민준") };
    store.commit(Changes::system(SystemPermit::Operator).insert(Row::User(Box::new(user.clone())))).await.unwrap();
    let shared: Arc<dyn Store> = store;
    let coup = Coup::builder(shared)
        .clock(Arc::new(FixedClock::at(make.later())))
        .ids(Arc::new(SeededIds::new(2)))
        .mailer(Arc::new(mailer))
        .build();
    let reason = Words::parse("reason", "다른 사람을 놀렸어요").unwrap();
    let command = Impose { user: user.id, measure: Measure::WARNING, reason, notify: true };
    let imposed = coup.as_host("test").run(command).await.unwrap();
    assert_eq!(coup.tick().await.unwrap().done, 1);
    let taken = sink.taken();
    assert_eq!(taken.len(), 1);
    let text = taken[0].text();
    assert_eq!(header(&text, "Subject"), "[CoUp] 계정에 제재가 적용되었어요: 경고");
    let body = body(&text);
    assert!(body.starts_with("김민준님, 안녕하세요."), "{body}");
    assert!(body.contains("이유:\n다른 사람을 놀렸어요\n"), "{body}");
    assert!(body.contains("\nhttps://study.school.kr/me/sanctions\n"), "{body}");

    let reason = Words::parse("reason", "다시 살펴봤어요").unwrap();
    let lift = LiftSanction { sanction: imposed.own.id, reason, mistaken: false };
    coup.as_host("test").run(lift).await.unwrap();
    assert_eq!(coup.tick().await.unwrap().done, 1);
    let text = sink.taken()[1].text();
    assert_eq!(header(&text, "Subject"), "[CoUp] 제재가 해제되었어요: 경고");
    assert!(self::body(&text).contains("이유:\n다시 살펴봤어요\n"));
}

#[tokio::test]
async fn letters_and_password_leave_this_machine_only_with_tls_and_are_not_repeated() {
    let new = |url: &str, from: &str| SmtpMailer::new(&SecretString::from(url), from);
    for right in [
        "smtps://coup:hunter2@smtp.school.kr",
        "smtp://coup:hunter2@smtp.school.kr:587?tls=required",
        "smtp://127.0.0.1:2525",
        "smtp://localhost",
        "smtp://coup:hunter2@[::1]:25",
    ] {
        let mailer = new(right, FROM).unwrap();
        assert!(!format!("{mailer:?}").contains("hunter2"));
    }
    for (wrong, why) in [
        ("smtp://coup:hunter2@smtp.school.kr", SmtpError::Plain),
        ("SMTP://smtp.school.kr", SmtpError::Plain),
        ("smtp://coup:hunter2@smtp.school.kr?tls=opportunistic", SmtpError::Plain),
        ("smtp://localhost.school.kr", SmtpError::Plain),
        ("smtp://localhost@smtp.school.kr", SmtpError::Plain),
        ("smtp://smtp.school.kr/?x=localhost", SmtpError::Plain),
        ("smtp.school.kr", SmtpError::Url),
        ("http://coup:hunter2@smtp.school.kr", SmtpError::Url),
    ] {
        let error = new(wrong, FROM).unwrap_err();
        assert_eq!(error, why, "{wrong}");
        assert!(!error.to_string().contains("hunter2"));
    }
    assert_eq!(new("smtps://smtp.school.kr", "nobody").unwrap_err(), SmtpError::From);
}
