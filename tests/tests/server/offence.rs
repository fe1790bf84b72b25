//! What somebody says in a chat is reported, decided and appealed, through the pages of everybody who has a part in it.

use coup_tests::{Person, Server};
use fantoccini::Locator;
use serde_json::json;

use crate::visitor::Visitor;

const PASSWORD: &str = "hanbit lantern 2026";
const SAID: &str = "다들 발음이 엉망이니까 그냥 조용히 듣기만 해요";
const REASON: &str = "모임에서 여러 사람을 무시하는 말을 해요";
const TOLD: &str = "경고를 받은 뒤에도 다른 사람을 무시하는 말을 다시 했어요";
const OBJECTION: &str = "그 말은 연극 대본의 한 줄이었어요. 앞뒤를 봐 주세요";
const RULING: &str = "앞뒤를 읽어 보니 대본이 맞아요. 정지를 취소합니다";

/// The demo's school, with somebody in it who was warned before.
struct School {
    server: Server,
    chat: String,
}

impl School {
    async fn new() -> Self {
        let server = Server::with(&["--demo"]).await;
        let moderator = Self::asks(&server, "moderator").await;
        let yejun = Self::asks(&server, "yejun").await;
        let own = yejun.get("/my-studies").await.is(200);
        let club = own.list().iter().find(|study| study["name"] == "English Conversation Club").unwrap();
        let chat = format!("/my-studies/{}/chat", club["id"].as_str().unwrap());
        let me = yejun.get("/me").await.is(200).text("/id");
        let warning = json!({ "reason": "지난주에도 다른 사람을 놀렸어요." });
        moderator.post(&format!("/admin/users/{me}/warn"), warning).await.is(201);
        Self { server, chat }
    }

    async fn asks(server: &Server, key: &str) -> Person {
        let person = Person::stranger(server);
        let words = json!({ "email": format!("{key}@hanbit.example"), "password": PASSWORD });
        person.post("/auth/sign-in", words).await.is(200);
        person
    }

    async fn browses(&self, key: &str, scripts: bool) -> Visitor {
        let visitor = Visitor::new(&self.server, scripts).await;
        visitor.goes("/sign-in").await;
        visitor.signs_in(key).await;
        visitor.until(|path| path != "/sign-in").await;
        visitor
    }
}

impl Visitor {
    async fn signs_in(&self, key: &str) {
        let email = format!("{key}@hanbit.example");
        self.fills("/sign-in", &[("email", &email), ("password", PASSWORD)]).await;
    }

    /// Where a link of the page leads.
    async fn link(&self, path: &str) -> String {
        let found = self.page().find(Locator::XPath(path)).await;
        let found = found.unwrap_or_else(|error| panic!("{path}: {error}"));
        let address = found.prop("href").await.unwrap().unwrap();
        address.split_once("//").and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned())).unwrap()
    }

    /// Chooses one of several in a form.
    async fn chooses(&self, name: &str, value: &str) {
        self.clicks(&format!("input[type='radio'][name='{name}'][value='{value}']")).await;
    }
}

/// The link of the card that says something.
fn card(words: &str) -> String {
    format!("//li[contains(@class, 'report-card')][contains(., '{words}')]//h2/a")
}

/// A member reports what somebody said.
async fn reports(school: &School, reporter: &Visitor) {
    reporter.goes(&school.chat).await;
    reporter.until_it_says(SAID).await;
    let item = format!("//li[contains(., '{SAID}')]//a[contains(@href, 'targetType=MESSAGE')]");
    let form = reporter.link(&item).await;
    reporter.goes(&form).await;
    reporter.chooses("type", "HARASSMENT").await;
    reporter.writes("#f-reason", REASON).await;
    reporter.clicks("form:not(.card--danger)[action='/reports'] button:not([type='button'])").await;
    reporter.until(|path| path != "/reports/new" && path != "/reports").await;
}

/// A moderator finds it in the queue and takes it; the address of its page.
async fn claims(school: &School, scripts: bool) -> String {
    let moderator = school.browses("moderator", scripts).await;
    moderator.goes("/admin/reports").await;
    moderator.until_it_says(REASON).await;
    let report = moderator.link(&card(REASON)).await;
    moderator.goes(&report).await;
    moderator.until_it_says(SAID).await;
    moderator.sends(&format!("{report}/assign")).await;
    moderator.until_it_says("내가 맡음").await;
    // What is recommended after a warning is beyond a moderator's right.
    moderator.until_it_says("권장 조치는 내 권한 밖이에요").await;
    report
}

async fn an_offence_is_decided_and_appealed(scripts: bool) {
    let school = School::new().await;
    let offender = school.browses("yejun", true).await;
    let reporter = school.browses("nari", true).await;
    offender.goes(&school.chat).await;
    offender.says(SAID).await;
    offender.until_it_says(SAID).await;
    reports(&school, &reporter).await;
    let report = claims(&school, scripts).await;

    // An administrator takes it over, and approves with what is recommended.
    let imposer = school.browses("guidance", scripts).await;
    imposer.goes(&report).await;
    imposer.sends(&format!("{report}/assign")).await;
    imposer.until_it_says("내가 맡음").await;
    imposer.clicks(&format!("a[href='{report}/approve']")).await;
    imposer.writes(&format!("form[action='{report}/approve'] [name='resolution']"), TOLD).await;
    let chosen = "input[name='sanction'][value='SUSPENSION']:checked";
    assert!(imposer.page().find(Locator::Css(chosen)).await.is_ok(), "{}", imposer.reads().await);
    imposer.clicks(&format!("form[action='{report}/approve'] button[type='submit']")).await;
    imposer.until_it_says(TOLD).await;

    // The offender's open window is cut off, and says why, until when, and where to go.
    offender.until_it_says("이용이 제한되었어요").await;
    offender.until_it_says("규칙을 어겨 운영진이 이용을 제한했어요").await;
    offender.until_it_says(TOLD).await;
    assert!(offender.page().find(Locator::Css(".composer")).await.is_err(), "{}", offender.reads().await);
    let left = "(new Date(document.querySelector('.cut time').dateTime) - new Date()) / 3600000";
    let hours = offender.finds(left).await.as_f64().unwrap();
    assert!((71.0..72.0).contains(&hours), "three days, not {hours} hours");
    assert!(offender.finds("document.querySelector('.cut time').textContent").await.as_str().unwrap().contains("일"));
    offender.clicks(".cut a[href='/me/sanctions']").await;

    // Signing in again leads only to one's sanctions.
    offender.until(|path| path == "/sign-in").await;
    offender.signs_in("yejun").await;
    offender.until(|path| path == "/me/sanctions").await;
    offender.until_it_says(TOLD).await;
    offender.goes(&school.chat).await;
    assert!(offender.page().find(Locator::Css(".composer")).await.is_err(), "{}", offender.reads().await);
    offender.goes("/me/sanctions").await;
    offender.clicks("article:first-of-type details.disclosure summary").await;
    offender.writes("article:first-of-type form textarea[name='text']", OBJECTION).await;
    offender.clicks("article:first-of-type form[action$='/appeal'] button:not([type='button'])").await;
    offender.until_it_says(OBJECTION).await;
    assert!(offender.page().find(Locator::Css("article:first-of-type form")).await.is_err(), "one appeal a sanction");

    // Somebody else hears the appeal; who imposed it does not see that there is one.
    let judge = school.browses("deputy", scripts).await;
    judge.goes("/admin/appeals").await;
    judge.until_it_says(OBJECTION).await;
    let appeal = judge.link(&card(OBJECTION)).await;
    imposer.goes("/admin/appeals").await;
    assert!(!imposer.reads().await.contains(OBJECTION));
    imposer.goes(&appeal).await;
    imposer.until_it_says("찾을 수 없").await;
    assert!(!imposer.reads().await.contains(OBJECTION));

    judge.goes(&appeal).await;
    judge.chooses("decision", "OVERTURN").await;
    judge.writes("form [name='words']", RULING).await;
    judge.sends(&format!("{appeal}/decide")).await;
    judge.until_it_says(RULING).await;

    // The offender reads it, and says something again.
    offender.goes("/me/sanctions").await;
    offender.until_it_says(RULING).await;
    offender.goes(&school.chat).await;
    offender.says("대본이라고 먼저 말할걸 그랬네요. 미안해요!").await;
    offender.until_it_says("미안해요!").await;
    reporter.goes(&school.chat).await;
    reporter.until_it_says("미안해요!").await;
    // Who reported it was told what became of the report, and not what became of the appeal.
    reporter.goes("/me/reports").await;
    reporter.until_it_says(TOLD).await;
    assert!(!reporter.reads().await.contains(RULING));
}

#[tokio::test]
async fn an_offence_is_decided_and_appealed_with_scripts() {
    an_offence_is_decided_and_appealed(true).await;
}

/// Administrators' forms work without scripts, too.
#[tokio::test]
async fn an_offence_is_decided_and_appealed_where_administrators_run_no_scripts() {
    an_offence_is_decided_and_appealed(false).await;
}
