//! Letters: who gets one, in which language, and what becomes of those that cannot be sent.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use coup_core::{
    appeal::{
        rules::Ruling,
        service::{CreateAppeal, DecideAppeal},
    },
    changes::{Changes, Row, SystemPermit},
    id::{AppealId, SanctionId},
    mail::{
        letter::MAIL,
        model::{LetterKind, Mail, MailError, Mailer},
    },
    policy::{AdminRole, Language, SanctionType},
    sanction::service::{Impose, LiftSanction, Unsuspend},
    store::{JobReads as _, Store as _, UserReads as _},
    text::{AppealText, Email},
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

    fn site(&self) -> Option<&str> {
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
    let postbox = Arc::new(Postbox { page: Some("https://study.school.kr"), ..Postbox::default() });
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
    let sent = Some(json!({ "sent": true }));
    assert_eq!(
        house.letters().await,
        [because("the account has no e-mail address"), because("the sanction was lifted meanwhile"), sent]
    );
    let events: Vec<_> = postbox.sent.lock().unwrap().iter().map(|mail| mail.kind).collect();
    assert_eq!(events, [LetterKind::SanctionLifted]);
}

#[tokio::test]
async fn who_is_free_again_is_told_by_mail_why() {
    let postbox = Arc::new(Postbox { page: Some("https://study.school.kr"), ..Postbox::default() });
    let house = house(&postbox).await;
    house.reachable("minjun", "minjun@school.kr", None).await;
    house.reachable("seoyeon", "seoyeon@school.kr", Some("en")).await;
    let (first, second) = (house.suspend("minjun", false).await, house.suspend("seoyeon", false).await);
    let lift = |sanction, mistaken| LiftSanction { sanction, reason: words("다시 살펴봤어요"), mistaken };
    house.done("admin", lift(first.own.id, true)).await;
    house.done("admin", lift(second.own.id, false)).await;
    house.work().await;
    let sent = std::mem::take(&mut *postbox.sent.lock().unwrap());
    let [korean, english] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(korean.subject, "[CoUp] 제재가 해제되었어요: 정지");
    assert_eq!(
        korean.text,
        "minjun님, 안녕하세요.\n\n회원님의 계정에 적용되었던 다음 제재가 해제되었어요.\n\n제재: 정지\n\n이유:\n다시 살펴봤어요\n\n\
         잘못 적용된 제재여서 기록에서 세지 않아요.\n\n나의 제재는 여기에서 볼 수 있어요:\nhttps://study.school.kr/me/sanctions\n"
    );
    assert_eq!(english.subject, "[CoUp] A sanction of your account was lifted: a suspension");
    assert!(
        english.text.contains("Reason:\n다시 살펴봤어요\n") && !english.text.contains("mistake"),
        "{}",
        english.text
    );

    // Two that shut out: a letter of each.
    house.suspend("minjun", false).await;
    house.suspend("minjun", false).await;
    house.done("admin", Unsuspend { user: id("minjun"), reason: words("이제 괜찮아요") }).await;
    house.work().await;
    assert_eq!(postbox.sent.lock().unwrap().len(), 2);
}

impl House {
    /// A suspension of minjun's by `admin`, appealed.
    async fn appealed(&self) -> (SanctionId, AppealId) {
        let sanction = self.suspend("minjun", false).await.own.id;
        let text = AppealText::parse("text", "억울해요").unwrap();
        (sanction, self.done("minjun", CreateAppeal { sanction, text }).await.id)
    }
}

#[tokio::test]
async fn a_decided_appeal_is_mailed_to_the_appellant_with_its_words_a_role_and_no_name() {
    let postbox = Arc::new(Postbox::default());
    let house = house(&postbox).await;
    house.person("admin2").await;
    house.grant("admin2", AdminRole::Admin).await;
    for name in ["minjun", "admin", "admin2"] {
        house.reachable(name, &format!("{name}@school.kr"), (name != "minjun").then_some("en")).await;
    }
    let one_day = measure(SanctionType::Suspension, 1);
    for (ruling, result, stands) in [
        (Ruling::Uphold, "제재를 그대로 두어요", Some("3월 5일")),
        (Ruling::Reduce(one_day), "제재를 줄였어요", Some("3월 3일")),
        (Ruling::Overturn, "제재를 취소했어요", None),
    ] {
        let (_, appeal) = house.appealed().await;
        house.done("admin2", DecideAppeal { appeal, ruling, words: words("다시 살펴봤어요") }).await;
        house.work().await;
        let sent = std::mem::take(&mut *postbox.sent.lock().unwrap());
        let [mail] = sent.as_slice() else { panic!("one letter, to the appellant: {sent:?}") };
        assert_eq!((mail.to.as_str(), mail.kind), ("minjun@school.kr", LetterKind::AppealDecided));
        assert_eq!(mail.subject, format!("[CoUp] 이의 제기 결과: {result}"));
        assert!(mail.text.contains("결정한 사람: 운영자\n\n설명:\n다시 살펴봤어요\n"), "{}", mail.text);
        assert!(!mail.text.contains("admin"), "a role, not a name: {}", mail.text);
        assert_eq!(mail.text.contains("지금 적용되는 제재예요."), stands.is_some(), "{}", mail.text);
        assert!(stands.is_none_or(|until| mail.text.contains(until)), "{}", mail.text);
    }
}

#[tokio::test]
async fn what_an_appeal_was_decided_to_is_not_mailed_once_the_sanction_is_lifted() {
    let postbox = Arc::new(Postbox::default());
    let house = house(&postbox).await;
    house.person("admin2").await;
    house.grant("admin2", AdminRole::Admin).await;
    house.reachable("minjun", "minjun@school.kr", None).await;
    let (sanction, appeal) = house.appealed().await;
    house.done("admin2", DecideAppeal { appeal, ruling: Ruling::Uphold, words: words("그대로예요") }).await;
    house.pass(chrono::TimeDelta::minutes(1));
    house.done("admin2", LiftSanction { sanction, reason: words("이제 괜찮아요"), mistaken: false }).await;
    house.work().await;
    let because = Some(json!({ "sent": false, "because": "the sanction was lifted meanwhile" }));
    assert_eq!(house.letters().await, [because, Some(json!({ "sent": true }))]);
    let events: Vec<_> = postbox.sent.lock().unwrap().iter().map(|mail| mail.kind).collect();
    assert_eq!(events, [LetterKind::SanctionLifted]);
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
