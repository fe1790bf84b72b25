//! Reporting, deciding, sanctions and appeals, by forms alone.

use coup_core::policy::AdminRole;

use crate::{
    browser::{Browser, House},
    studies::found,
};

const OPEN: &[(&str, &str)] = &[("isPublic", "true"), ("autoApprove", "true")];
/// The way from a refusal to why, and to an appeal.
const APPEALS: &str = "이유 보기와 이의 제기";
const WORDS: &str = "확인하고 조치했어요";

/// An owner and a member who said something; the study's path, and the message's identifier.
async fn talked(house: &House) -> (Browser<'_>, Browser<'_>, String, String) {
    let (mut owner, mut guest) = (house.person("민준").await, house.person("서연").await);
    let id = found(&mut owner, OPEN).await;
    guest.post(&format!("/studies/{id}/join"), &[]).await.is(303);
    let study = format!("/my-studies/{id}");
    guest.submit(&format!("{study}/chat"), &[("content", "그냥 나가세요")]).await.is(200);
    let message = owner.get(&format!("{study}/chat")).await.between("targetType=MESSAGE&amp;targetId=", "&amp;");
    (owner, guest, study, message)
}

/// The owner's report of the message, as the queue addresses it.
async fn reported(owner: &mut Browser<'_>, admin: &mut Browser<'_>, message: &str) -> String {
    let about = [("targetType", "MESSAGE"), ("targetId", message)];
    let page = owner.submit("/reports", &[&about[..], &[("type", "SAFETY")]].concat()).await;
    drop(page.is(200).has("신고했어요").has("안전 위협"));
    admin.get("/admin/reports").await.is(200).between("href=\"/coup/admin/reports/", "\"")
}

#[tokio::test]
async fn danger_is_reported_in_one_tap_and_anything_else_with_words() {
    let house = House::new();
    let (mut owner, mut guest, study, message) = talked(&house).await;
    let about = [("targetType", "MESSAGE"), ("targetId", message.as_str())];
    let form = format!("/reports/new?targetType=MESSAGE&targetId={message}");
    owner.get(&form).await.is(200).has("name=\"type\" value=\"SAFETY\"").has(&message);
    owner.get("/reports/new?targetType=MESSAGE&targetId=none").await.is(404);
    let page = owner.post("/reports", &[&about[..], &[("type", "SPAM")]].concat()).await.is(422);
    page.error_at("reason", "꼭 입력해야 해요").has("value=\"SPAM\" required checked");
    owner.submit("/reports", &[&about[..], &[("type", "SAFETY")]].concat()).await.is(200).has("신고했어요");
    let again = [&about[..], &[("type", "SPAM"), ("reason", "광고예요")]].concat();
    owner.post("/reports", &again).await.is(409).has("광고예요");
    // Nobody is offered to report themselves.
    guest.get(&format!("{study}/chat")).await.is(200).lacks("/reports/new");
    guest.get(&format!("{study}/members")).await.is(200).has("/reports/new?targetType=USER");
    let mut stranger = house.person("지호").await;
    stranger.post("/reports", &[&about[..], &[("type", "SAFETY")]].concat()).await.is(404);
}

#[tokio::test]
async fn the_administration_is_not_there_for_others() {
    let house = House::new();
    let mut person = house.person("민준").await;
    for path in ["/admin/reports", "/admin/appeals", "/admin/settings/logs", "/admin/moderation/messages"] {
        person.get(path).await.is(403);
    }
    person.get("/admin").await.is(404);
    person.get("/admin/permissions/explain").await.is(404);
    person.get("/studies").await.is(200).lacks("/admin/reports");
    house.browser().get("/admin/reports").await.leads_to("/coup/sign-in?next=%2Fcoup%2Fadmin%2Freports");
}

#[tokio::test]
async fn a_report_is_taken_approved_appealed_and_overturned_by_somebody_else() {
    let house = House::new();
    let (mut owner, mut guest, _, message) = talked(&house).await;
    let mut admin = house.administrator("하은", AdminRole::Admin).await;
    let mut second = house.administrator("도윤", AdminRole::SuperAdmin).await;
    let id = reported(&mut owner, &mut admin, &message).await;
    let at = |act: &str| format!("/admin/reports/{id}{act}");
    admin.get(&at("")).await.is(200).has("그냥 나가세요").has("긴급").has("경고");
    admin.submit(&at("/assign"), &[]).await.is(200).has("신고를 맡았어요").has("내가 맡음");
    second.get(&at("")).await.is(200).lacks("/approve\"");
    second.post(&at("/hold"), &[]).await.is(303);
    admin.submit(&at("/notes"), &[("text", "방장과 이야기했어요")]).await.is(200).has("방장과 이야기했어요");
    admin.get("/admin/moderation/messages").await.is(200).has(&format!("/admin/moderation/messages/{message}"));
    let context = format!("/admin/moderation/messages/{message}");
    admin.get(&context).await.is(200).has("그냥 나가세요").has("/delete\"");
    admin.post(&format!("{context}/delete"), &[]).await.is(422).error_at("reason", "꼭 입력해야 해요");
    admin.submit(&format!("{context}/delete"), &[("reason", WORDS)]).await.is(200).has("삭제됨").lacks("/delete\"");

    // Whoever holds it decides it.
    let asked = second.get(&at("/approve")).await.is(200).has("value=\"WARNING\" required checked");
    drop(asked.has("name=\"notify\" type=\"checkbox\" value=\"true\" checked"));
    second.post(&at("/approve"), &[("sanction", "WARNING")]).await.is(422).error_at("resolution", "꼭 입력해야 해요");
    let measure = [("sanction", "SUSPENSION"), ("duration", "3d"), ("resolution", WORDS)];
    second.submit(&at("/approve"), &measure).await.is(200).has("신고를 승인했어요").lacks("/approve\"");
    second.post(&at("/reject"), &[("resolution", WORDS)]).await.is(409);
    owner.get("/me/reports").await.is(200).has(WORDS).has("승인됨");

    // The suspended sees nothing but why, until when, and how to appeal.
    let words = [("email", &*house.address("서연")), ("password", crate::browser::PASSWORD), ("next", "/my-studies")];
    guest.post("/sign-in", &words).await.leads_to("/coup/me/sanctions");
    guest.get("/studies").await.is(403).has(APPEALS);
    let own = guest.get("/me/sanctions").await.is(200).has("이용 정지 3일").has(WORDS);
    let sanction = own.between("/coup/me/sanctions/", "/appeal");
    let appeal = format!("/me/sanctions/{sanction}/appeal");
    guest.post(&appeal, &[("text", " ")]).await.is(422).has("꼭 입력해야 해요");
    guest.submit(&appeal, &[("text", "동생이 썼어요")]).await.is(200).has("검토 중").lacks("/appeal\"");

    // Who imposed it does not see the appeal; somebody else decides it.
    second.get("/admin/appeals").await.is(200).lacks("동생이 썼어요");
    let one = admin.get("/admin/appeals").await.is(200).has("동생이 썼어요");
    let one = format!("/admin/appeals/{}", one.between("/coup/admin/appeals/", "\""));
    second.get(&one).await.is(404);
    admin.post(&format!("{one}/decide"), &[("words", "설명을 들었어요")]).await.is(422).has("href=\"#f-decision\"");
    let ruling = [("decision", "OVERTURN"), ("words", "설명을 들었어요")];
    admin.submit(&format!("{one}/decide"), &ruling).await.is(200).has("제재 취소");
    guest.get("/me/sanctions").await.is(200).has("설명을 들었어요").has("운영자의 결정").lacks("도윤");
    guest.get("/studies").await.is(200);
    second
        .get("/admin/settings/logs")
        .await
        .is(200)
        .has("strong\">APPEAL_DECIDE</span>")
        .has("strong\">REPORT_RESOLVE</span>");
    second.post("/admin/settings/logs/verify", &[]).await.is(200).has("모두 온전해요");
}

#[tokio::test]
async fn somebody_is_sanctioned_and_released_from_their_page() {
    let house = House::new();
    let (mut owner, mut guest, study, message) = talked(&house).await;
    let mut admin = house.administrator("하은", AdminRole::Admin).await;
    let id = reported(&mut owner, &mut admin, &message).await;
    let page = admin.get(&format!("/admin/reports/{id}")).await.is(200);
    let user = format!("/admin/users/{}", page.between("person__name\"><a href=\"/coup/admin/users/", "\""));
    let page = admin.get(&user).await.is(200).has("제재를 받은 적이 없어요").has("sanction=SUSPENSION");
    drop(page.lacks("영구"));
    let dialog = format!("{user}/sanction");
    let asked = admin.get(&format!("{dialog}?sanction=CHAT_BAN&duration=7d")).await.is(200);
    drop(asked.has("value=\"CHAT_BAN\" required checked").has("<option value=\"7d\" selected>"));
    admin.post(&dialog, &[("sanction", "CHAT_BAN"), ("duration", "7d")]).await.is(422).error_at("reason", "꼭 입력");
    let wrong = [("sanction", "CHAT_BAN"), ("duration", "permanent"), ("reason", WORDS)];
    admin.post(&dialog, &wrong).await.is(422).has(WORDS).has("id=\"e-duration\"");
    // For ever is beyond an ADMIN's right.
    let ever = [("sanction", "SUSPENSION"), ("duration", "permanent"), ("reason", WORDS)];
    admin.post(&dialog, &ever).await.is(403);
    let week = [("sanction", "CHAT_BAN"), ("duration", "7d"), ("reason", WORDS)];
    let page = admin.submit(&dialog, &week).await.is(200).has("채팅 금지 7일").has("적용 중");
    guest.post(&format!("{study}/chat"), &[("content", "또 왔어요")]).await.is(403).has(APPEALS);
    let lift = page.between("href=\"/coup/admin/sanctions/", "\"");
    let lift = format!("/admin/sanctions/{lift}");
    admin.get(&lift).await.is(200).has("해제할까요");
    let lift = lift.split('?').next().unwrap_or_default().to_owned();
    admin
        .submit(&lift, &[("reason", "지난 일이에요"), ("mistaken", "true")])
        .await
        .is(200)
        .has("잘못된 제재")
        .lacks("/lift");
    guest.post(&format!("{study}/chat"), &[("content", "고마워요")]).await.is(303);
}

/// The key that a form on the page carries for an act.
fn key_of(page: &crate::browser::Page, act: &str) -> String {
    format!("{act}-{}", page.between(&format!("name=\"key\" value=\"{act}-"), "\""))
}

#[tokio::test]
async fn the_same_form_sent_twice_imposes_once() {
    let house = House::new();
    let (mut owner, _, _, message) = talked(&house).await;
    let mut admin = house.administrator("하은", AdminRole::Admin).await;
    let id = reported(&mut owner, &mut admin, &message).await;
    let page = admin.get(&format!("/admin/reports/{id}")).await.is(200);
    let user = format!("/admin/users/{}", page.between("person__name\"><a href=\"/coup/admin/users/", "\""));
    let dialog = format!("{user}/sanction");
    let key = key_of(&admin.get(&dialog).await.is(200), "sanction");
    let ban = |key| [("key", key), ("sanction", "CHAT_BAN"), ("duration", "7d"), ("reason", WORDS)];
    let count = |page: crate::browser::Page| page.text.matches("/lift?user=").count();
    for _ in 0..3 {
        admin.post(&dialog, &ban(&key)).await.is(303);
    }
    assert_eq!(count(admin.get(&user).await.is(200)), 1);
    // With other words it is another request, which is said; what was typed stays.
    let other = [("key", key.as_str()), ("sanction", "WARNING"), ("reason", "다른 이유")];
    let page = admin.post(&dialog, &other).await.is(409).has("다른 이유").has("이미 보냈고");
    let fresh = key_of(&page, "sanction");
    assert_ne!(fresh, key);
    admin.post(&dialog, &ban(&fresh)).await.is(303);
    assert_eq!(count(admin.get(&user).await.is(200)), 2, "a form opened again is another sanction");

    // Lifting, deciding and unsuspending are told their first outcome, too.
    let lift = admin.get(&user).await.between("href=\"/coup/admin/sanctions/", "\"").replace("&amp;", "&");
    let asked = admin.get(&format!("/admin/sanctions/{lift}")).await.is(200);
    let (lift, person) = lift.split_once("?user=").unwrap_or_default();
    let key = key_of(&asked, "lift");
    for _ in 0..2 {
        let form = [("key", key.as_str()), ("user", person), ("reason", WORDS)];
        admin.post(&format!("/admin/sanctions/{lift}"), &form).await.leads_to(&format!("/coup{user}"));
    }
    let approve = format!("/admin/reports/{id}/approve");
    let key = key_of(&admin.get(&approve).await.is(200), "approve");
    let form = [("key", key.as_str()), ("sanction", "SUSPENSION"), ("duration", "3d"), ("resolution", WORDS)];
    for _ in 0..2 {
        admin.post(&approve, &form).await.leads_to(&format!("/coup/admin/reports/{id}"));
    }
    let unsuspend = format!("{user}/unsuspend");
    let key = key_of(&admin.get(&unsuspend).await.is(200), "unsuspend");
    for _ in 0..2 {
        let form = [("key", key.as_str()), ("reason", WORDS)];
        admin.post(&unsuspend, &form).await.leads_to(&format!("/coup{user}"));
    }
    admin.post(&unsuspend, &[("reason", WORDS)]).await.is(409);
}

#[tokio::test]
async fn who_is_suspended_is_let_in_again_from_their_page_by_who_may() {
    let house = House::new();
    let (mut owner, mut guest, _, message) = talked(&house).await;
    let mut admin = house.administrator("하은", AdminRole::Admin).await;
    let mut moderator = house.administrator("지호", AdminRole::Moderator).await;
    let mut root = house.administrator("도윤", AdminRole::SuperAdmin).await;
    let id = reported(&mut owner, &mut admin, &message).await;
    let page = admin.get(&format!("/admin/reports/{id}")).await.is(200);
    let user = format!("/admin/users/{}", page.between("person__name\"><a href=\"/coup/admin/users/", "\""));
    let (dialog, unsuspend) = (format!("{user}/sanction"), format!("{user}/unsuspend"));
    admin.get(&user).await.is(200).has("이용 중").lacks("/unsuspend\"").has("permissions/explain?userId=");
    admin.get(&unsuspend).await.leads_to(&format!("/coup{user}"));
    let suspension = [("sanction", "SUSPENSION"), ("duration", "3d"), ("reason", WORDS)];
    admin.submit(&dialog, &suspension).await.is(200).has("이용 정지 3일").has("/unsuspend\"").has("3일 남음");
    guest.get("/studies").await.leads_to("/coup/sign-in?next=%2Fcoup%2Fstudies");
    // A moderator sees it, and may not end it.
    moderator.get(&user).await.is(200).has("이용 정지 3일").lacks("/unsuspend\"").lacks("/lift?");
    moderator.post(&unsuspend, &[("reason", WORDS)]).await.is(403);
    // What is for ever is beyond an ADMIN's right, and so is ending all of it.
    let ever = [("sanction", "SUSPENSION"), ("duration", "permanent"), ("reason", WORDS)];
    root.submit(&dialog, &ever).await.is(200).has("영구 이용 정지").has("/unsuspend\"");
    admin.get(&user).await.is(200).lacks("/unsuspend\"");
    admin.post(&unsuspend, &[("reason", WORDS)]).await.is(403);
    root.get(&unsuspend).await.is(200).has("이용 정지 3일").has("영구 이용 정지").has("서연");
    root.post(&unsuspend, &[]).await.is(422).error_at("reason", "꼭 입력해야 해요");
    root.submit(&unsuspend, &[("reason", WORDS)]).await.is(200).has("이용 정지를 풀었어요").has("이용 중");
}

#[tokio::test]
async fn names_stand_where_the_reader_may_know_them_and_nowhere_else() {
    let house = House::new();
    let (mut owner, mut guest, _, message) = talked(&house).await;
    let mut admin = house.administrator("하은", AdminRole::Admin).await;
    let mut moderator = house.administrator("지호", AdminRole::Moderator).await;
    let mut root = house.administrator("도윤", AdminRole::SuperAdmin).await;
    let id = reported(&mut owner, &mut admin, &message).await;
    let report = format!("/admin/reports/{id}");
    let page = admin.get(&report).await.is(200).has("신고한 사람").has("<bdi>민준</bdi>").has("<bdi>서연</bdi>");
    let user = format!("/admin/users/{}", page.between("person__name\"><a href=\"/coup/admin/users/", "\""));
    admin.submit(&format!("{report}/assign"), &[]).await.is(200).has("내가 맡음");
    root.get(&report).await.is(200).has("하은 님이 맡음");
    root.get("/admin/reports").await.is(200).lacks("하은 님이 맡음");
    root.get("/admin/reports?status=").await.is(200).has("하은 님이 맡음");
    // Who may not list administrators is not told which one it is.
    moderator.get(&report).await.is(200).has("<bdi>민준</bdi>").has("다른 운영자가 맡음").lacks("하은");
    let measure = [("sanction", "CHAT_BAN"), ("duration", "3d"), ("resolution", WORDS)];
    admin.submit(&format!("{report}/approve"), &measure).await.is(200).has("신고를 승인했어요");
    root.get(&report).await.is(200).has("<bdi>하은</bdi>");
    root.get(&user).await.is(200).has("<bdi>하은</bdi>").has(&report).has("<h1><bdi>서연</bdi></h1>");
    moderator.get(&user).await.is(200).lacks("하은").lacks("@");
    admin.get(&user).await.is(200).has(&house.address("서연"));
    // The sanctioned learns neither who reported nor who decided.
    guest.get("/me/sanctions").await.is(200).has(WORDS).lacks("민준").lacks("하은");
}

#[tokio::test]
async fn a_deleted_message_is_reported_by_who_was_there_and_cancelling_leads_back() {
    let house = House::new();
    let (mut owner, mut guest, study, message) = talked(&house).await;
    let chat = format!("{study}/chat");
    guest.submit(&format!("{chat}/{message}/delete"), &[]).await.is(200);
    let page = owner.get(&chat).await.is(200).lacks("그냥 나가세요").has(&format!("targetId={message}"));
    let link = page.between("href=\"/coup/reports/new", "\"").replace("&amp;", "&");
    let form = owner.get(&format!("/reports/new{link}")).await.is(200);
    let back = form.between("class=\"button button--quiet\" href=\"", "\"");
    assert!(back.starts_with(&format!("/coup{chat}?at=")), "{back}");
    owner.get(back.strip_prefix("/coup").unwrap_or_default()).await.is(200);
    // What leads elsewhere is not followed.
    let about = format!("/reports/new?targetType=MESSAGE&targetId={message}");
    for wrong in ["https://example.com", "//example.com", "/\\example.com", "javascript:alert(1)"] {
        let form = owner.get(&format!("{about}&from={}", wrong.replace(':', "%3A"))).await.is(200);
        assert_eq!(form.between("class=\"button button--quiet\" href=\"", "\""), "/coup/my-studies", "{wrong}");
    }
    // Who came in later never saw it.
    house.clock.advance(chrono::TimeDelta::seconds(1));
    let mut late = house.person("지호").await;
    late.post(&format!("{}/join", study.replace("/my-studies/", "/studies/")), &[]).await.is(303);
    late.get(&chat).await.is(200).lacks("/reports/new");
    let links = [("targetType", "MESSAGE"), ("targetId", message.as_str()), ("type", "SPAM"), ("reason", "광고")];
    let wrong = [&links[..], &[("links", "not a link"), ("from", chat.as_str())]].concat();
    owner.post("/reports", &wrong).await.is(422).error_at("links", "").has(&format!("href=\"/coup{chat}\""));
    owner.submit("/reports", &links).await.is(200).has("신고했어요");
}

#[tokio::test]
async fn an_owner_pauses_a_members_posting_and_ends_that() {
    let house = House::new();
    let (mut owner, mut guest, study, _) = talked(&house).await;
    let list = format!("{study}/members");
    let who = owner.get(&list).await.is(200).between(&format!("/coup{list}/"), "/appoint");
    let pause = format!("{list}/{who}/pause");
    owner.get(&pause).await.is(200).has("서연").lacks("name=\"end\"");
    guest.get(&pause).await.is(403);
    owner.post(&pause, &[("days", "8")]).await.is(422).error_at("days", "7");
    owner.submit(&pause, &[("days", "3")]).await.is(200).has("글쓰기를 멈췄어요").has("글쓰기 멈춤");
    guest.get(&list).await.is(200).has("글쓰기 멈춤");
    guest.post(&format!("{study}/chat"), &[("content", "안녕")]).await.is(403).lacks(APPEALS);
    owner.get(&pause).await.is(200).has("name=\"end\"");
    owner.submit(&pause, &[("end", "true"), ("days", "1")]).await.is(200).has("다시 글을 쓸 수 있어요");
    guest.post(&format!("{study}/chat"), &[("content", "안녕")]).await.is(303);
}

#[tokio::test]
async fn the_policy_is_asked_who_may_do_what() {
    let house = House::new();
    let mut admin = house.administrator("하은", AdminRole::Admin).await;
    admin.get("/admin/permissions/explain").await.is(200).has("value=\"study:message.send\"");
    let ask = |role: &str| format!("/admin/permissions/explain?permission=study:study.delete&role={role}");
    admin.get(&ask("study:OWNER")).await.is(200).has("할 수 있어요").has("허용하는 규칙");
    admin.get(&ask("study:MEMBER")).await.is(200).has("할 수 없어요").has("역할: study:OWNER");
    admin.get(&ask("nobody")).await.is(422).error_at("role", "");
}
