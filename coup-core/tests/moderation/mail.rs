//! Letters: who gets one, in which language, and what becomes of those that cannot be sent.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use coup_core::{
    changes::{Changes, Row, SystemPermit},
    mail::model::{Mail, MailError, Mailer},
    policy::{Language, SanctionType},
    sanction::service::{Impose, LiftSanction, MAIL},
    store::{JobReads as _, Store as _, UserReads as _},
    text::Email,
    user::model::User,
};
use serde_json::{Value, json};

use crate::house::{House, id, measure, words};

/// Keeps what it is given, or says what it is told to say.
#[derive(Default)]
struct Postbox {
    sent: Mutex<Vec<Mail>>,
    answers: Mutex<Vec<MailError>>,
    page: Option<&'static str>,
}

#[async_trait]
impl Mailer for Postbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        if let Some(error) = self.answers.lock().unwrap().pop() {
            return Err(error);
        }
        self.sent.lock().unwrap().push(mail.clone());
        Ok(())
    }

    fn sanctions_page(&self) -> Option<&str> {
        self.page
    }
}

impl House {
    /// Somebody's address and language.
    async fn reachable(&self, name: &str, email: &str, locale: Option<&str>) {
        let user = self.store.user(&id(name)).await.unwrap().unwrap();
        let email = Some(Email::parse("email", email).unwrap());
        let user = User { email, locale: locale.map(str::to_owned), ..user };
        let changes = Changes::system(SystemPermit::Operator).save(Row::User(Box::new(user)));
        self.store.commit(changes).await.unwrap();
    }

    /// Suspends somebody for three days.
    async fn suspend(&self, name: &str, notify: bool) -> coup_core::sanction::view::SanctionView {
        let (measure, reason) = (measure(SanctionType::Suspension, 3), words("도배를 했어요"));
        self.run("admin", Impose { user: id(name), measure, reason, notify }).await.unwrap()
    }

    /// What became of the jobs that ask for letters.
    async fn letters(&self) -> Vec<Option<Value>> {
        let mut letters = Vec::new();
        for job in self.store.written().iter().flat_map(|parts| &parts.jobs).filter(|job| job.kind == MAIL) {
            letters.push(self.store.job(job.id).await.unwrap().unwrap().result);
        }
        letters
    }
}

async fn house(postbox: &Arc<Postbox>) -> House {
    let mailer = postbox.clone();
    House::with(|builder| builder.mailer(mailer)).await
}

#[tokio::test]
async fn the_sanctioned_is_told_by_mail_in_their_language_why_until_when_and_how_to_appeal() {
    let postbox = Arc::new(Postbox { page: Some("https://study.school.kr/me/sanctions"), ..Postbox::default() });
    let house = house(&postbox).await;
    house.reachable("minjun", "minjun@school.kr", None).await;
    house.reachable("seoyeon", "seoyeon@school.kr", Some("en")).await;
    house.suspend("minjun", true).await;
    house.suspend("seoyeon", true).await;
    house.work().await;
    let sent = postbox.sent.lock().unwrap();
    let [korean, english] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!((korean.to.as_str(), korean.language), ("minjun@school.kr", Language::Ko));
    assert_eq!(korean.subject, "[CoUp] 계정에 제재가 적용되었어요: 정지");
    assert_eq!(
        korean.text,
        "minjun님, 안녕하세요.\n\n회원님의 계정에 다음 제재가 적용되었어요.\n\n제재: 정지\n\
         기간: 2026년 3월 5일 09:00 (한국 시각)까지\n\n이유:\n도배를 했어요\n\n\
         결정이 잘못되었다고 생각하면 2026년 4월 1일 09:00 (한국 시각)까지 한 번 이의를 제기할 수 있어요:\n\
         https://study.school.kr/me/sanctions\n"
    );
    assert_eq!((english.to.as_str(), english.language), ("seoyeon@school.kr", Language::En));
    assert_eq!(english.subject, "[CoUp] Your account was sanctioned: a suspension");
    assert!(english.text.contains("Lasts: until 2026-03-05 09:00 (Korean time)\n"), "{}", english.text);
    assert!(english.text.contains("you can appeal it once, until 2026-04-01 09:00"), "{}", english.text);
    // Who imposed it, and who reported, no letter says.
    assert!(sent.iter().all(|mail| !mail.text.contains("admin")));
}

#[tokio::test]
async fn without_a_mailer_the_notification_remains_and_nothing_waits() {
    let house = House::new().await;
    house.reachable("minjun", "minjun@school.kr", None).await;
    house.suspend("minjun", true).await;
    house.work().await;
    assert_eq!(house.letters().await, [Some(json!({ "sent": false, "because": "no mailer is configured" }))]);
    assert_eq!(house.told("minjun").await.len(), 1);
}

#[tokio::test]
async fn no_letter_goes_to_who_shall_not_be_mailed_has_no_address_or_is_sanctioned_no_more() {
    let postbox = Arc::new(Postbox::default());
    let house = house(&postbox).await;
    house.reachable("minjun", "minjun@school.kr", None).await;
    house.suspend("minjun", false).await;
    house.work().await;
    assert!(house.letters().await.is_empty(), "it was not asked for");
    house.suspend("seoyeon", true).await;
    let lifted = house.suspend("minjun", true).await;
    let lift = LiftSanction { sanction: lifted.own.id, reason: words("실수였어요"), mistaken: true };
    house.run("admin", lift).await.unwrap();
    house.work().await;
    let because = |why: &str| Some(json!({ "sent": false, "because": why }));
    assert_eq!(
        house.letters().await,
        [because("the account has no e-mail address"), because("the sanction was lifted meanwhile")]
    );
    assert!(postbox.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_letter_that_the_server_does_not_take_now_is_sent_later_and_a_refused_one_is_given_up() {
    let postbox = Arc::new(Postbox::default());
    let house = house(&postbox).await;
    house.reachable("minjun", "minjun@school.kr", None).await;
    postbox.answers.lock().unwrap().push(MailError::Later("421 busy".into()));
    house.suspend("minjun", true).await;
    assert_eq!(house.coup.tick().await.unwrap().failed, 1);
    assert!(postbox.sent.lock().unwrap().is_empty());
    house.clock.advance(chrono::TimeDelta::hours(1));
    house.work().await;
    assert_eq!(postbox.sent.lock().unwrap().len(), 1);

    postbox.answers.lock().unwrap().push(MailError::Never("550 nobody".into()));
    house.suspend("minjun", true).await;
    assert_eq!(house.coup.tick().await.unwrap().failed, 1);
    house.clock.advance(chrono::TimeDelta::hours(1));
    house.work().await;
    assert_eq!(postbox.sent.lock().unwrap().len(), 1, "it is not tried again");
}
