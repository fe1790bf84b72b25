//! Made-up content for every page, in the reader's language; also what the snapshots of the pages are taken of.

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use coup_axum::pages::identity::{IdentitiesPage, Linked, Way, WayIn};
use coup_axum::pages::member::Role;
use coup_axum::pages::personal::{AccountPage, Deletion, OwnedStudyLine};
use coup_axum::pages::study::{
    AskedStudy, BrowsePage, Filters, HomePage, InvitePage, LatestMessage, MyStudiesPage, MyStudy, NewStudyPage,
    Standing, Study, StudyCard, StudyNav, StudyPage, StudySettingsPage, StudyState, StudyTab, categories, zones,
};
use coup_axum::pages::user::{MePage, SessionLine, SignInPage, SignInSettings, SignUpPage};
use coup_axum::pages::{
    Confirm, ConfirmPage, Flash, Form, Frame, Locale, Mount, Person, Place, Preferences, ProblemPage,
};

// Said here because the tests of the pages name this file by its path, too.
#[path = "sample_chat.rs"]
mod sample_chat;
#[path = "sample_members.rs"]
mod sample_members;
#[path = "sample_moderation.rs"]
mod sample_moderation;
#[path = "sample_notification.rs"]
mod sample_notification;
#[path = "sample_reports.rs"]
mod sample_reports;
#[path = "sample_second_factor.rs"]
mod sample_second_factor;

use coup_axum::pages::moderation::Verification;
use coup_core::{appeal::model::AppealStatus, moderation::model::CaseStatus};
use sample_chat::{Room, chat, chat_search, line};
use sample_members::{invites, kicked, members, requests};
use sample_moderation as moderation;
use sample_notification::{self as notification, Told};

/// A page at its address.
pub(crate) struct Sample {
    /// Its path below the mount.
    pub(crate) path: &'static str,
    /// How it is rendered.
    pub(crate) render: fn(Frame) -> askama::Result<String>,
}

macro_rules! samples {
    ($($path:literal => |$frame:ident| $page:expr;)*) => {
        /// Every page, some of them in several states.
        pub(crate) const SAMPLES: &[Sample] = &[$(Sample { path: $path, render: |$frame| $page.render() },)*];
    };
}

samples! {
    "/sign-in" => |frame| sign_in(frame, Form::default());
    "/sign-in/wrong" => |frame| { let form = wrong_sign_in(&frame); sign_in(frame, form) };
    "/sign-up" => |frame| sign_up(frame);
    "/me" => |frame| me(frame);
    "/sign-in/code" => |frame| sample_second_factor::code(frame, false);
    "/sign-in/code/wrong" => |frame| sample_second_factor::code(frame, true);
    "/confirm/code" => |frame| sample_second_factor::proof(frame);
    "/me/second-factor" => |frame| sample_second_factor::state(frame, true);
    "/me/second-factor/missing" => |frame| sample_second_factor::state(frame, false);
    "/me/second-factor/set-up" => |frame| sample_second_factor::set_up(frame);
    "/me/second-factor/codes" => |frame| sample_second_factor::codes(frame);
    "/me/second-factor/off" => |frame| sample_second_factor::off(frame);
    "/me/account" => |frame| account(frame, Form::default(), &[]);
    "/me/account/wrong" => |frame| { let form = not_sure(&frame); account(frame, form, &[]) };
    "/me/account/owner" => |frame| {
        let owned = [
            say(&frame, "러스트로 배우는 알고리즘과 자료 구조", "Algorithms and data structures, learned in Rust"),
            say(&frame, "아침 영어 회화", "English before breakfast"),
        ];
        account(frame, Form::default(), &owned)
    };
    "/me/identities" => |frame| IdentitiesPage { frame: signed_in(frame), ways_in: ways_in(), trouble: None };
    "/me/identities/none" => |frame| IdentitiesPage { frame: signed_in(frame), ways_in: Vec::new(), trouble: None };
    "/studies" => |frame| browse(signed_in(frame), "", 9);
    "/studies/filtered" => |frame| browse(signed_in(frame), "query=rust&category=programming&minMembers=2&sortBy=rating&cursor=x", 2);
    "/studies/none" => |frame| browse(signed_in(frame), "query=zzz", 0);
    "/studies/empty" => |frame| browse(signed_in(frame), "", 0);
    "/studies/new" => |frame| new_study(frame, false);
    "/studies/new/wrong" => |frame| new_study(frame, true);
    "/studies/1" => |frame| public(frame, Standing::MayAsk);
    "/studies/1/at-once" => |frame| public(frame, Standing::MayJoin);
    "/studies/1/pending" => |frame| public(frame, Standing::Pending { asked: days_ago(2) });
    "/studies/1/member" => |frame| public(frame, Standing::Member);
    "/studies/1/full" => |frame| public(frame, Standing::Full);
    "/studies/1/not-recruiting" => |frame| public(frame, Standing::NotRecruiting);
    "/studies/1/closed" => |frame| public(frame, Standing::Closed);
    "/studies/1/kicked" => |frame| public(frame, Standing::Kicked);
    "/studies/1/rejected" => |frame| public(frame, Standing::Rejected { until: days_ago(-1) });
    "/invites/kite-7412" => |frame| invite(frame, true);
    "/invites/old" => |frame| invite(frame, false);
    "/my-studies" => |frame| mine(frame, true);
    "/my-studies/none" => |frame| mine(frame, false);
    "/my-studies/1" => |frame| home(frame, StudyState::Recruiting);
    "/my-studies/1/closed" => |frame| home(frame, StudyState::Closed);
    "/my-studies/1/members" => |frame| members(frame, true);
    "/my-studies/1/members/plain" => |frame| members(frame, false);
    "/my-studies/1/requests" => |frame| requests(frame, true);
    "/my-studies/1/requests/none" => |frame| requests(frame, false);
    "/my-studies/1/invites" => |frame| invites(frame);
    "/my-studies/1/kicked" => |frame| kicked(frame);
    "/my-studies/1/settings" => |frame| settings(frame, StudyState::Recruiting);
    "/my-studies/1/settings/closed" => |frame| settings(frame, StudyState::Closed);
    "/my-studies/1/chat" => |frame| chat(frame, Room::Talk);
    "/my-studies/1/chat/empty" => |frame| chat(frame, Room::Empty);
    "/my-studies/1/chat/editing" => |frame| chat(frame, Room::Editing);
    "/my-studies/1/chat/replying" => |frame| chat(frame, Room::Replying);
    "/my-studies/1/chat/past" => |frame| chat(frame, Room::Past);
    "/my-studies/1/chat/closed" => |frame| chat(frame, Room::Closed);
    "/my-studies/1/chat/search" => |frame| chat_search(frame, true);
    "/my-studies/1/chat/search/none" => |frame| chat_search(frame, false);
    "/my-studies/1/members/u3/kick" => |frame| confirm(frame, |frame| Confirm::kick(frame, "1", &person(frame, 2)));
    "/my-studies/1/members/u3/appoint" => |frame| confirm(frame, |frame| Confirm::appoint(frame, "1", &person(frame, 2)));
    "/my-studies/1/members/u2/dismiss" => |frame| confirm(frame, |frame| Confirm::dismiss(frame, "1", &person(frame, 1)));
    "/my-studies/1/members/u2/transfer" => |frame| confirm(frame, |frame| Confirm::transfer(frame, "1", &person(frame, 1)));
    "/my-studies/1/members/u7/reject" => |frame| confirm(frame, |frame| Confirm::reject(frame, "1", &person(frame, 6)));
    "/my-studies/1/invite-code/rotate" => |frame| confirm(frame, |frame| Confirm::rotate(frame, "1"));
    "/my-studies/1/invites/maple-2291/revoke" => |frame| confirm(frame, |frame| Confirm::revoke(frame, "1", "maple-2291"));
    "/my-studies/1/leave" => |frame| confirm(frame, |frame| Confirm::leave(frame, "1", &study_name(frame)));
    "/my-studies/1/close" => |frame| confirm(frame, |frame| Confirm::close(frame, "1", &study_name(frame)));
    "/my-studies/1/delete" => |frame| confirm(frame, |frame| Confirm::delete(frame, "1", &study_name(frame)));
    "/my-studies/1/chat/m1207/delete" => |frame| confirm(frame, |frame| Confirm::delete_message(frame, "1", &line(frame, 0, 1207, 3, "")));
    "/studies/1/withdraw" => |frame| confirm(frame, |frame| Confirm::withdraw(frame, "1", &study_name(frame)));
    "/my-studies/1/members/u4/pause" => |frame| moderation::pause(frame, false);
    "/my-studies/1/members/u4/pause/paused" => |frame| moderation::pause(frame, true);
    "/me/sanctions" => |frame| moderation::own_sanctions(frame, true, false);
    "/me/sanctions/wrong" => |frame| moderation::own_sanctions(frame, true, true);
    "/me/sanctions/none" => |frame| moderation::own_sanctions(frame, false, false);
    "/me/reports" => |frame| moderation::own_reports(frame, true);
    "/me/reports/none" => |frame| moderation::own_reports(frame, false);
    "/notifications" => |frame| notification::list(frame, Told::All);
    "/notifications/unread/none" => |frame| notification::list(frame, Told::NoneUnread);
    "/notifications/none" => |frame| notification::list(frame, Told::Nothing);
    "/notifications/n1/delete" => |frame| notification::delete(frame);
    "/reports/new" => |frame| moderation::reporting(frame, false);
    "/reports/new/wrong" => |frame| moderation::reporting(frame, true);
    "/admin/reports" => |frame| sample_reports::queue(frame, false, 5, "");
    "/admin/reports/filtered" => |frame| sample_reports::queue(frame, false, 0, "status=PENDING&assignedTo=u2&dateFrom=2026-11-01");
    "/admin/reports/none" => |frame| sample_reports::queue(frame, false, 0, "");
    "/admin/reports/r1" => |frame| sample_reports::report(frame, CaseStatus::Pending);
    "/admin/reports/r1/mine" => |frame| sample_reports::report(frame, CaseStatus::InProgress);
    "/admin/reports/r1/decided" => |frame| sample_reports::report(frame, CaseStatus::Resolved);
    "/admin/reports/r1/assign" => |frame| sample_reports::give(frame);
    "/admin/reports/r1/approve" => |frame| sample_reports::decision(frame, true, false);
    "/admin/reports/r1/approve/wrong" => |frame| sample_reports::decision(frame, true, true);
    "/admin/reports/r1/reject" => |frame| sample_reports::decision(frame, false, false);
    "/admin/users/u6" => |frame| moderation::user(frame, true);
    "/admin/users/u6/new" => |frame| moderation::user(frame, false);
    "/admin/users/u6/sanction" => |frame| moderation::sanction(frame);
    "/admin/users/u6/unsuspend" => |frame| moderation::unsuspend(frame);
    "/admin/sanctions/s3/lift" => |frame| moderation::lift(frame);
    "/admin/appeals" => |frame| moderation::appeals(frame, true);
    "/admin/appeals/none" => |frame| moderation::appeals(frame, false);
    "/admin/appeals/a1" => |frame| moderation::appeal(frame, AppealStatus::Pending);
    "/admin/appeals/a1/decided" => |frame| moderation::appeal(frame, AppealStatus::Reduced);
    "/admin/moderation/messages" => |frame| sample_reports::queue(frame, true, 3, "");
    "/admin/moderation/messages/m1207" => |frame| moderation::context(frame);
    "/admin/settings/logs" => |frame| moderation::log(frame, None, true);
    "/admin/settings/logs/verified" => |frame| moderation::log(frame, Some(Verification::Sound { entries: 43, erased: 1 }), true);
    "/admin/settings/logs/broken" => |frame| moderation::log(frame, Some(Verification::Broken("entry 40 cannot be read".to_owned())), true);
    "/admin/settings/logs/none" => |frame| moderation::log(frame, None, false);
    "/admin/permissions/explain" => |frame| moderation::explain(frame, false);
    "/admin/permissions/explain/answered" => |frame| moderation::explain(frame, true);
    "/problems/401" => |frame| problem(frame, 401);
    "/problems/403" => |frame| problem(frame, 403);
    "/problems/404" => |frame| problem(frame, 404);
    "/problems/409" => |frame| problem(frame, 409);
    "/problems/422" => |frame| problem(frame, 422);
    "/problems/429" => |frame| problem(frame, 429);
    "/problems/500" => |frame| problem(frame, 500);
    "/problems/503" => |frame| problem(frame, 503);
}

/// 20 November 2026, half past noon in Seoul.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_145_400, 0).unwrap_or_default()
}

fn days_ago(days: i64) -> DateTime<Utc> {
    now() - TimeDelta::days(days)
}

/// The frame of a page for nobody.
pub(crate) fn frame(mount: &Mount, preferences: Preferences, path: &str) -> Frame {
    Frame::new(mount, preferences, path, Tz::Asia__Seoul, now())
}

fn say(frame: &Frame, korean: &str, english: &str) -> String {
    if frame.locale == Locale::Ko { korean } else { english }.to_owned()
}

fn person(frame: &Frame, number: usize) -> Person {
    let names = [
        ("김민준", "Emma Clarke"),
        ("이서연", "Noah Bennett"),
        ("박지후", "Olivia Hughes"),
        ("최하은", "Liam Foster"),
        ("정도윤", "Ava Morgan"),
        ("남궁 알렉산드리아 마리 프란체스카", "Maximiliana Alexandra Featherstonehaugh-Cholmondeley"),
        ("강수아", "Ethan Price"),
        ("조은우", "Mia Cooper"),
        ("윤지아", "Lucas Reed"),
    ];
    let name = names.get(number).map(|(korean, english)| say(frame, korean, english));
    Person { id: format!("u{}", number + 1), name, avatar: None }
}

fn signed_in(mut frame: Frame) -> Frame {
    frame.person = Some(person(&frame, 0));
    frame
}

fn study_name(frame: &Frame) -> String {
    say(frame, "월요일 저녁 러스트 읽기", "Rust on Monday evenings")
}

fn inside(frame: Frame, tab: StudyTab) -> Frame {
    let mut frame = signed_in(frame);
    frame.study = Some(StudyNav {
        id: "1".to_owned(),
        name: study_name(&frame),
        emoji: "🦀".to_owned(),
        tab,
        unread: 4,
        requests: Some(2),
        may_manage: true,
    });
    frame
}

fn study(frame: &Frame, state: StudyState) -> Study {
    Study {
        id: "1".to_owned(),
        name: study_name(frame),
        emoji: "🦀".to_owned(),
        description: say(
            frame,
            "매주 월요일 저녁 7시에 도서관 3층에서 만나 『러스트 프로그래밍』을 한 장씩 읽어요.\n\n처음이어도 괜찮아요. 모르는 것은 채팅에서 언제든 물어보고, 그 주에 읽은 내용으로 작은 프로그램을 하나씩 만들어 봐요.\n\n준비물: 노트북, 궁금한 마음",
            "We meet on Mondays at seven on the library’s third floor and read one chapter of the Rust book at a time.\n\nBeginners are welcome. Ask anything in the chat, and build one small program a week from what we read.\n\nBring: a laptop and curiosity",
        ),
        category: "programming".to_owned(),
        sub_category: Some("Rust".to_owned()),
        tags: tags(frame),
        members: 12,
        capacity: 20,
        rating: Some(4.6),
        reviews: 14,
        state,
        is_public: true,
        is_recruiting: true,
        auto_approve: false,
        owner: Some(person(frame, 0)),
        created: days_ago(80),
    }
}

fn tags(frame: &Frame) -> Vec<String> {
    vec![say(frame, "러스트", "rust"), say(frame, "초보 환영", "beginners"), say(frame, "오프라인", "in person")]
}

/// Emoji, name in Korean and English, category, members, rating, state.
type MadeUp = (&'static str, &'static str, &'static str, &'static str, u32, Option<f64>, StudyState);

fn cards(frame: &Frame, count: usize) -> Vec<StudyCard> {
    let studies = [
        (
            "🦀",
            "월요일 저녁 러스트 읽기",
            "Rust on Monday evenings",
            "programming",
            12,
            Some(4.6),
            StudyState::Recruiting,
        ),
        ("🇬🇧", "토익 900 함께 넘기", "TOEIC 900 together", "language", 20, Some(4.2), StudyState::Full),
        ("📖", "한 달에 한 권, 고전 읽기", "One classic a month", "reading", 7, None, StudyState::Recruiting),
        ("🧮", "수능 수학 오답 같이 풀기", "Maths exam mistakes, together", "exam", 1, None, StudyState::Recruiting),
        (
            "🎹",
            "아무도 듣지 않아도 괜찮은 피아노 모임",
            "Piano for nobody’s ears",
            "arts",
            5,
            Some(5.0),
            StudyState::NotRecruiting,
        ),
        (
            "🧪",
            "동아리 과학 실험 기록을 영어로 정리해서 발표까지 준비하는 아주 긴 이름의 스터디",
            "A study with a very long name that writes up the science club’s experiments and prepares to present them",
            "science",
            1204,
            Some(3.9),
            StudyState::Recruiting,
        ),
        ("💼", "첫 이력서 쓰기", "Writing a first CV", "career", 9, Some(4.0), StudyState::Recruiting),
        ("📜", "정보처리기사 실기", "Data engineer certificate", "certificate", 16, None, StudyState::Closed),
        ("🌱", "텃밭 가꾸기", "Growing vegetables", "정원 가꾸기", 3, None, StudyState::Recruiting),
    ];
    let card = |(place, made_up): (usize, MadeUp)| {
        let (emoji, korean, english, category, members, rating, state) = made_up;
        StudyCard {
            id: (place + 1).to_string(),
            name: say(frame, korean, english),
            emoji: emoji.to_owned(),
            description: if place == 3 {
                say(frame, "틀린 문제만 모아서 풀어요.", "Only what we got wrong.")
            } else {
                say(
                    frame,
                    "매주 한 번 만나 함께 읽고 서로 가르쳐 줘요. 처음이어도 괜찮고, 모르는 것은 채팅에서 언제든 물어볼 수 있어요.",
                    "We meet once a week, read together and teach each other. Beginners are welcome, and the chat is open for questions at any time.",
                )
            },
            category: category.to_owned(),
            sub_category: (place == 0).then(|| "Rust".to_owned()),
            tags: if place % 3 == 0 { tags(frame) } else { Vec::new() },
            members,
            capacity: members.max(20),
            rating,
            reviews: 14,
            state,
            mine: place == 0,
        }
    };
    studies.into_iter().enumerate().map(card).take(count).collect()
}

fn sign_in(frame: Frame, form: Form) -> SignInPage {
    SignInPage { frame, form, next: "/coup/my-studies".to_owned(), letters: true, verifies: true, ways: ways() }
}

fn ways() -> Vec<Way> {
    [("google", "Google"), ("github", "GitHub")]
        .map(|(slug, name)| Way { slug: slug.to_owned(), name: name.to_owned() })
        .into()
}

fn ways_in() -> Vec<WayIn> {
    let linked = Linked { email: Some("minjun@example.org".to_owned()), since: days_ago(30) };
    let mut linked = Some(linked);
    ways().into_iter().map(|way| WayIn { way, linked: linked.take(), configured: true }).collect()
}

fn wrong_sign_in(frame: &Frame) -> Form {
    Form::of([("email", "minjun@example.org")]).with_problem(say(
        frame,
        "이메일이나 비밀번호가 맞지 않아요",
        "The email or the password is not right",
    ))
}

fn sign_up(frame: Frame) -> SignUpPage {
    let form = Form::of([("name", person(&frame, 0).name.unwrap_or_default().as_str()), ("email", "minjun@")])
        .with_error(
            "email",
            say(
                &frame,
                "이메일 주소를 끝까지 적어 주세요. 예: name@school.kr",
                "Enter a whole address, such as name@school.org",
            ),
        )
        .with_error("password", say(&frame, "비밀번호를 12자 이상 적어 주세요", "Enter at least 12 characters"));
    SignUpPage { frame, form, next: String::new(), ways: ways(), min_password: 12, is_open: true }
}

fn not_sure(frame: &Frame) -> Form {
    Form::default().with_error("sure", say(frame, "꼭 입력해 주세요", "Please fill this in"))
}

fn account(frame: Frame, form: Form, owned: &[String]) -> AccountPage {
    let mut frame = signed_in(frame);
    frame.place = Place::Me;
    let line = |(number, name): (usize, &String)| OwnedStudyLine { id: number.to_string(), name: name.clone() };
    let owned = owned.iter().enumerate().map(line).collect();
    AccountPage { frame, deletion: Some(Deletion { form, owned, barred: false }) }
}

fn me(frame: Frame) -> MePage {
    let mut frame = signed_in(frame);
    frame.place = Place::Me;
    frame.flash = Some(Flash::Saved);
    let person = person(&frame, 0);
    let bio = say(&frame, "러스트와 피아노를 좋아해요", "I like Rust and the piano");
    let form = Form::of([("name", person.name.clone().unwrap_or_default()), ("bio", bio)]);
    let session = |number: u32, is_current, program: Option<&str>| SessionLine {
        id: format!("0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e{number}"),
        is_current,
        program: program.map(str::to_owned),
        ip: Some(format!("203.0.113.{number}")),
        since: days_ago(number.into()),
        seen: days_ago(0),
    };
    let sessions =
        vec![session(10, true, Some("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")), session(11, false, None)];
    let sign_in = Some(SignInSettings {
        form: Form::default(),
        min_password: 12,
        sessions,
        has_second_factor: true,
        elsewhere: true,
        pictures: true,
    });
    MePage { frame, form, person, email: Some("minjun@example.org".to_owned()), since: days_ago(300), sign_in }
}

fn browse(frame: Frame, query: &str, count: usize) -> BrowsePage {
    let studies = cards(&frame, count);
    BrowsePage::new(frame, Filters::parse(query), studies, (count > 5).then_some("next"))
}

fn new_study(frame: Frame, wrong: bool) -> NewStudyPage {
    let frame = signed_in(frame);
    let mut form = Form::of([
        ("emoji", "📚"),
        ("maxMembers", "20"),
        ("timeZone", "Asia/Seoul"),
        ("category", "programming"),
        ("isRecruiting", "true"),
        ("isPublic", "true"),
    ]);
    if wrong {
        form = form
            .with("maxMembers", "1")
            .with_error("name", say(&frame, "스터디 이름을 적어 주세요", "Enter a name for the study"))
            .with_error("maxMembers", say(&frame, "정원은 2명 이상이어야 해요", "At least 2 seats"));
    }
    NewStudyPage { categories: categories(&frame), zones: zones("Asia/Seoul"), frame, form }
}

fn public(frame: Frame, standing: Standing) -> StudyPage {
    let mut frame = signed_in(frame);
    frame.place = Place::Studies;
    let state = match standing {
        Standing::Full => StudyState::Full,
        Standing::NotRecruiting => StudyState::NotRecruiting,
        Standing::Closed => StudyState::Closed,
        _ => StudyState::Recruiting,
    };
    let mut study = study(&frame, state);
    study.auto_approve = standing == Standing::MayJoin;
    if state == StudyState::Full {
        study.members = 20;
    }
    StudyPage { study, standing, form: Form::default(), levels: StudyPage::levels(&frame), frame }
}

fn invite(frame: Frame, valid: bool) -> InvitePage {
    let frame = signed_in(frame);
    InvitePage {
        code: "kite-7412".to_owned(),
        study: valid.then(|| Study { is_public: false, ..study(&frame, StudyState::Recruiting) }),
        inviter: Some(person(&frame, 1)),
        expires: Some(days_ago(-5)),
        standing: Standing::MayJoin,
        form: Form::default(),
        levels: Vec::new(),
        frame,
    }
}

fn mine(frame: Frame, any: bool) -> MyStudiesPage {
    let mut frame = signed_in(frame);
    frame.place = Place::MyStudies;
    let roles = [Role::Owner, Role::Admin, Role::Member];
    let study = |(place, card): (usize, StudyCard)| MyStudy {
        id: card.id,
        name: card.name,
        emoji: card.emoji,
        role: roles.get(place % 3).copied().unwrap_or(Role::Member),
        members: card.members,
        unread: [4, 0, 0, 1, 0, 1200, 0, 0].get(place).copied().unwrap_or_default(),
        active: now() - TimeDelta::minutes(7 << (place * 2)),
        closed: card.state == StudyState::Closed,
    };
    let studies = if any { cards(&frame, 8).into_iter().enumerate().map(study).collect() } else { Vec::new() };
    let asked = cards(&frame, 9).pop().filter(|_| any);
    let asked = asked.map(|card| AskedStudy { id: card.id, name: card.name, emoji: card.emoji, asked: days_ago(2) });
    MyStudiesPage { frame, studies, asked: asked.into_iter().collect(), first: None, next: None }
}

fn home(frame: Frame, state: StudyState) -> HomePage {
    let mut frame = inside(frame, StudyTab::Home);
    frame.flash = (state == StudyState::Recruiting).then_some(Flash::Joined);
    let line = |seq: u64, number: usize, minutes: i64, korean: &str, english: &str| LatestMessage {
        seq,
        author: person(&frame, number),
        content: say(&frame, korean, english),
        at: now() - TimeDelta::minutes(minutes),
    };
    let latest = vec![
        line(1212, 1, 31, "그럼 4장은 제가 발표할게요!", "Then I present chapter 4!"),
        line(
            1213,
            5,
            12,
            "소유권 부분이 어려워서 예제를 더 찾아봤는데 같이 보면 좋을 것 같아요. 월요일에 가져갈게요.",
            "Ownership was hard, so I looked for more examples. I bring them on Monday.",
        ),
        line(1214, 3, 2, "월요일에 봐요", "See you on Monday"),
    ];
    HomePage {
        study: study(&frame, state),
        unread: 4,
        requests: if state == StudyState::Closed { 0 } else { 2 },
        latest: if state == StudyState::Closed { Vec::new() } else { latest },
        people: (0..10).map(|number| person(&frame, number)).collect(),
        may_leave: true,
        frame,
    }
}

fn settings(frame: Frame, state: StudyState) -> StudySettingsPage {
    let frame = inside(frame, StudyTab::Settings);
    let study = study(&frame, state);
    let form = Form::of([
        ("emoji", study.emoji.as_str()),
        ("name", &study.name),
        ("description", &study.description),
        ("category", &study.category),
        ("subCategory", "Rust"),
        ("tags", &study.tags.join(", ")),
        ("maxMembers", "20"),
        ("timeZone", "Asia/Seoul"),
    ]);
    StudySettingsPage {
        study,
        form,
        categories: categories(&frame),
        zones: zones("Asia/Seoul"),
        may_set_visibility: true,
        may_close: state != StudyState::Closed,
        may_reopen: state == StudyState::Closed,
        may_delete: true,
        frame,
    }
}

fn confirm(frame: Frame, ask: fn(&Frame) -> Confirm) -> ConfirmPage {
    let frame = inside(frame, StudyTab::Members);
    ConfirmPage { confirm: ask(&frame), frame }
}

fn problem(frame: Frame, status: u16) -> ProblemPage {
    let frame = if status == 401 { frame } else { signed_in(frame) };
    let request_id = (status == 500).then(|| "01jd3r8x7q".to_owned());
    ProblemPage { frame, status, detail: None, until: None, sanctioned: false, request_id }
}

/// A page with what somebody hostile might write in every place of it.
#[cfg(test)]
pub(crate) fn hostile(mount: &Mount) -> String {
    use coup_axum::pages::chat::{ChatMessage, ChatPage, Quote, timeline};

    let evil = "\" onmouseover=\"alert(1)\"><script>alert(1)</script>";
    let mut frame = inside(frame(mount, Preferences::default(), evil), StudyTab::Home);
    frame.query = evil.to_owned();
    let person = Person { id: evil.to_owned(), name: Some(evil.to_owned()), avatar: Some(evil.to_owned()) };
    let mut study = study(&frame, StudyState::Recruiting);
    for text in [&mut study.id, &mut study.name, &mut study.emoji, &mut study.description, &mut study.category] {
        evil.clone_into(text);
    }
    study.tags = vec![evil.to_owned()];
    study.owner = Some(person.clone());
    let latest = vec![LatestMessage { seq: 1, author: person.clone(), content: evil.to_owned(), at: now() }];
    let home = HomePage {
        study,
        unread: 1,
        requests: 1,
        latest,
        people: vec![person.clone()],
        may_leave: true,
        frame: frame.clone(),
    };
    let mut message = line(&frame, 0, 1, 1, evil);
    message.author = person.clone();
    message.editing = true;
    let quote = Quote { id: evil.to_owned(), seq: 1, author: person, content: evil.to_owned(), deleted: false };
    message.quote = Some(quote.clone());
    let form = Form::of([("content", evil)]).with_error(evil, evil).with_problem(evil);
    let room = ChatPage {
        items: timeline(vec![message.clone(), ChatMessage { editing: false, ..message }], frame.zone, None),
        study_name: evil.to_owned(),
        client_id: evil.to_owned(),
        reply: Some(quote),
        form: form.clone(),
        edit: form,
        ..chat(frame, Room::Empty)
    };
    format!("{}{}", home.render().unwrap_or_default(), room.render().unwrap_or_default())
}
