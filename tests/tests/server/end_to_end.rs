//! The whole way over HTTP against the real server: accounts, studies, members, invites, chat; on both databases.

use coup_tests::{Answer, PASSWORD, Person, Server, TestDatabase, email};
use serde_json::json;

macro_rules! on_both_databases {
    ($($name:ident)+) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&coup_tests::Server::on_sqlite().await).await;
            })+
        }

        mod on_postgres {
            $(#[tokio::test]
            async fn $name() {
                let database = coup_tests::TestDatabase::empty().await;
                super::$name(&coup_tests::Server::on_postgres(database.url()).await).await;
            })+
        }
    };
}

on_both_databases! {
    people_sign_up_in_and_out
    a_study_is_found_asked_for_and_entered
    two_people_talk
    who_is_removed_is_out_until_reinstated
    codes_let_people_in
    a_study_is_handed_over_closed_and_opened
    a_private_study_is_not_there_for_others
    the_server_wears_its_headers
}

async fn people_sign_up_in_and_out(server: &Server) {
    let minjun = Person::new(server, "김민준").await;
    assert_eq!(minjun.get("/me").await.is(200).text("/name"), "김민준");

    let again = json!({ "email": email("김민준"), "password": PASSWORD, "name": "다른 민준" });
    Person::stranger(server).post("/auth/sign-up", again).await.refuses(409, "email_taken");

    minjun.act("/auth/sign-out").await.is(204);
    minjun.get("/me").await.refuses(401, "not_signed_in");

    let wrong = json!({ "email": email("김민준"), "password": "not the right one" });
    let unknown = json!({ "email": "nobody@school.example", "password": "not the right one" });
    let (one, other) = (minjun.post("/auth/sign-in", wrong).await, minjun.post("/auth/sign-in", unknown).await);
    assert_eq!(one.body, other.body, "whether the account exists must not show");
    one.refuses(401, "wrong_credentials");

    minjun.post("/auth/sign-in", json!({ "email": email("김민준"), "password": PASSWORD })).await.is(200);
    let changed = minjun.patch("/me", json!({ "bio": "아침형 인간" })).await.is(200);
    assert_eq!(changed.text("/bio"), "아침형 인간");
    assert_eq!(minjun.get("/me").await.text("/bio"), "아침형 인간");
}

async fn a_study_is_found_asked_for_and_entered(server: &Server) {
    let owner = Person::new(server, "이서연").await;
    let asker = Person::new(server, "최하은").await;
    let other = Person::new(server, "Emma Clarke").await;
    let study = owner.founds("알고리즘 아침반", json!({ "autoApprove": false, "maxMembers": 2 })).await;

    let found = asker.get("/studies?query=아침반&category=프로그래밍&isRecruiting=true").await.is(200);
    assert_eq!(found.items("/id"), [study.as_str()]);
    let nothing = asker.get("/studies?query=저녁반").await.is(200);
    assert!(nothing.items("/id").is_empty());

    let request = json!({ "introduction": "2학년이에요", "motivation": "같이 풀고 싶어요", "level": "초급" });
    let asked = asker.post(&format!("/studies/{study}/join"), request).await.is(202);
    assert_eq!(asked.text("/status"), "PENDING");
    asker.post(&format!("/studies/{study}/join"), json!({})).await.refuses(409, "already_requested");
    // Who only asked reads nothing yet, and sees nobody's requests.
    asker.get(&format!("/my-studies/{study}/messages")).await.refuses(403, "forbidden");
    asker.get(&format!("/studies/{study}/requests")).await.refuses(403, "forbidden");

    other.post(&format!("/studies/{study}/join"), json!({})).await.is(202);

    let requests = owner.get(&format!("/studies/{study}/requests")).await.is(200);
    assert_eq!(requests.items("/userId"), [asker.id.as_str(), other.id.as_str()]);
    assert_eq!(requests.items("/introduction"), ["2학년이에요", ""]);
    asker.post(&format!("/studies/{study}/members"), json!({ "userId": asker.id })).await.refuses(403, "forbidden");
    let approved = owner.post(&format!("/studies/{study}/members"), json!({ "userId": asker.id })).await.is(201);
    assert_eq!(approved.text("/status"), "ACTIVE");
    asker.get(&format!("/my-studies/{study}/messages")).await.is(200);

    // Both seats are taken: the other's approval is one too many.
    owner.post(&format!("/studies/{study}/members"), json!({ "userId": other.id })).await.refuses(409, "study_full");
    other.delete(&format!("/studies/{study}/join")).await.is(204);
    assert!(owner.get(&format!("/studies/{study}/requests")).await.items("/userId").is_empty());
    let seen = other.get(&format!("/studies/{study}")).await.is(200);
    assert_eq!((&seen.body["memberCount"], &seen.body["inviteCode"]), (&json!(2), &json!(null)));
}

async fn two_people_talk(server: &Server) {
    let jiwoo = Person::new(server, "윤지우").await;
    let liam = Person::new(server, "Liam O'Brien").await;
    let study = jiwoo.founds("English Conversation", json!({ "category": "어학" })).await;
    liam.post(&format!("/studies/{study}/join"), json!({})).await.is(201);
    let messages = format!("/my-studies/{study}/messages");

    let first = jiwoo.says(&study, "오늘은 수학 말고 영어예요").await;
    jiwoo.says(&study, "어디서 만날까요?").await;
    assert_eq!((liam.unread(&study).await, jiwoo.unread(&study).await), (2, 0));

    let body = json!({ "content": "The library!", "clientId": "liam-1", "replyToId": first });
    let sent = liam.post(&messages, body.clone()).await.is(201);
    assert_eq!((&sent.body["seq"], &sent.body["author"]["name"]), (&json!(3), &json!("Liam O'Brien")));
    // A phone that lost the answer sends again: there is still one message.
    assert_eq!(liam.post(&messages, body).await.text("/id"), sent.text("/id"));
    let reused = json!({ "content": "Something else", "clientId": "liam-1" });
    liam.post(&messages, reused).await.refuses(409, "client_id_reused");

    liam.post(&format!("{messages}/read"), json!({ "seq": 2 })).await.is(204);
    assert_eq!(liam.unread(&study).await, 0);
    // A mark does not go back.
    liam.post(&format!("{messages}/read"), json!({ "seq": 1 })).await.is(204);
    assert_eq!((liam.unread(&study).await, jiwoo.unread(&study).await), (0, 1));

    let newest = jiwoo.get(&format!("{messages}?limit=2")).await.is(200);
    assert_eq!(newest.items("/content"), ["The library!", "어디서 만날까요?"]);
    let older = jiwoo.get(&format!("{messages}?limit=2&before={}", newest.text("/nextCursor"))).await.is(200);
    assert_eq!(older.items("/content"), ["오늘은 수학 말고 영어예요"]);
    assert_eq!(older.body["nextCursor"], json!(null));
    let after = jiwoo.get(&format!("{messages}?after=1")).await.is(200);
    assert_eq!(after.items("/content"), ["어디서 만날까요?", "The library!"]);

    let edited =
        jiwoo.patch(&format!("{messages}/{first}"), json!({ "content": "오늘은 과학 말고 영어예요" })).await.is(200);
    assert!(edited.body["editedAt"].is_string());
    liam.patch(&format!("{messages}/{first}"), json!({ "content": "mine now" })).await.refuses(403, "not_yours");
    // Words of two syllables are found, and what was reworded is found no more.
    assert_eq!(liam.get(&format!("{messages}?query=과학")).await.is(200).items("/id"), [first.as_str()]);
    assert!(liam.get(&format!("{messages}?query=수학")).await.is(200).items("/id").is_empty());

    liam.delete(&format!("{messages}/{first}")).await.refuses(403, "forbidden");
    jiwoo.delete(&format!("{messages}/{}", sent.text("/id"))).await.is(204);
    let gone = liam.get(&format!("{messages}?limit=1")).await.is(200);
    assert_eq!(gone.body["items"][0]["content"], json!(null));
    assert!(liam.get(&format!("{messages}?query=library")).await.is(200).items("/id").is_empty());
    assert_eq!(jiwoo.unread(&study).await, 0);
}

async fn who_is_removed_is_out_until_reinstated(server: &Server) {
    let owner = Person::new(server, "정도윤").await;
    let member = Person::new(server, "한시우").await;
    let study = owner.founds("수능 수학", json!({})).await;
    member.post(&format!("/studies/{study}/join"), json!({})).await.is(201);
    let message = member.says(&study, "안녕하세요").await;

    member.delete(&format!("/studies/{study}/members/{}", owner.id)).await.refuses(403, "forbidden");
    owner.delete(&format!("/studies/{study}/members/{}", member.id)).await.is(204);

    // An outsider now: the public page, nothing within, and no way back.
    member.get(&format!("/studies/{study}")).await.is(200);
    for path in [format!("/my-studies/{study}/messages"), format!("/studies/{study}/members")] {
        member.get(&path).await.refuses(403, "forbidden");
    }
    member.post(&format!("/my-studies/{study}/messages"), json!({ "content": "?" })).await.refuses(403, "forbidden");
    let edit = json!({ "content": "?" });
    member.patch(&format!("/my-studies/{study}/messages/{message}"), edit).await.refuses(403, "forbidden");
    assert!(!member.get("/my-studies").await.body.to_string().contains(&study));
    member.post(&format!("/studies/{study}/join"), json!({})).await.refuses(409, "kicked");
    let code = owner.get(&format!("/studies/{study}")).await.text("/inviteCode");
    member.act(&format!("/invites/{code}")).await.refuses(409, "kicked");

    owner.act(&format!("/studies/{study}/members/{}/reinstate", member.id)).await.is(200);
    member.post(&format!("/studies/{study}/join"), json!({})).await.is(201);
    assert_eq!(member.get(&format!("/my-studies/{study}/messages")).await.is(200).items("/content"), ["안녕하세요"]);
}

async fn codes_let_people_in(server: &Server) {
    let owner = Person::new(server, "강수아").await;
    let (one, two) = (Person::new(server, "조예준").await, Person::new(server, "신나리").await);
    let study = owner.founds("비밀 독서회", json!({ "isPublic": false, "autoApprove": false })).await;
    let code = owner.get(&format!("/studies/{study}")).await.text("/inviteCode");

    one.get(&format!("/studies/{study}")).await.refuses(404, "not_found");
    assert_eq!(one.get(&format!("/invites/{code}")).await.is(200).text("/study/name"), "비밀 독서회");
    assert_eq!(one.act(&format!("/invites/{code}")).await.is(201).text("/status"), "ACTIVE");
    // A member may not invite, and is not told the code.
    assert_eq!(one.get(&format!("/studies/{study}")).await.is(200).body["inviteCode"], json!(null));
    one.post(&format!("/studies/{study}/invites"), json!({})).await.refuses(403, "forbidden");

    let rotated = owner.act(&format!("/studies/{study}/invite-code/rotate")).await.is(200);
    assert_ne!(rotated.text("/inviteCode"), code);
    two.act(&format!("/invites/{code}")).await.refuses(404, "not_found");

    let once = owner.post(&format!("/studies/{study}/invites"), json!({ "maxUses": 1 })).await.is(201).text("/code");
    two.act(&format!("/invites/{once}")).await.is(201);
    let three = Person::new(server, "권준서").await;
    three.act(&format!("/invites/{once}")).await.refuses(409, "invite_spent");
    let taken_back = owner.post(&format!("/studies/{study}/invites"), json!({})).await.is(201).text("/code");
    owner.delete(&format!("/studies/{study}/invites/{taken_back}")).await.is(204);
    three.act(&format!("/invites/{taken_back}")).await.refuses(404, "not_found");
    assert_eq!(owner.get(&format!("/studies/{study}/invites")).await.is(200).items("/code"), [once]);
}

async fn a_study_is_handed_over_closed_and_opened(server: &Server) {
    let founder = Person::new(server, "송유나").await;
    let heir = Person::new(server, "황다인").await;
    let study = founder.founds("축제 포스터", json!({})).await;
    heir.post(&format!("/studies/{study}/join"), json!({})).await.is(201);

    founder.act(&format!("/studies/{study}/leave")).await.refuses(403, "owner_stays");
    heir.act(&format!("/studies/{study}/close")).await.refuses(403, "forbidden");
    founder.patch(&format!("/studies/{study}/members/{}", heir.id), json!({ "role": "ADMIN" })).await.is(200);
    founder.post(&format!("/studies/{study}/transfer"), json!({ "userId": heir.id })).await.is(200);
    assert_eq!(heir.get(&format!("/studies/{study}")).await.text("/ownerId"), heir.id);
    founder.delete(&format!("/studies/{study}")).await.refuses(403, "forbidden");

    founder.says(&study, "이제 다인님이 방장이에요").await;
    heir.act(&format!("/studies/{study}/close")).await.is(200);
    let messages = format!("/my-studies/{study}/messages");
    founder.post(&messages, json!({ "content": "한마디 더" })).await.refuses(409, "study_closed");
    founder.get(&messages).await.is(200);
    let late = Person::new(server, "박지호").await;
    late.post(&format!("/studies/{study}/join"), json!({})).await.refuses(409, "study_closed");
    heir.act(&format!("/studies/{study}/reopen")).await.is(200);
    founder.says(&study, "다시 열렸네요").await;

    founder.act(&format!("/studies/{study}/leave")).await.is(204);
    founder.get(&messages).await.refuses(403, "forbidden");
    assert_eq!(heir.get(&format!("/studies/{study}/members")).await.is(200).items("/userId"), [heir.id.as_str()]);
    heir.delete(&format!("/studies/{study}")).await.is(204);
    heir.get(&format!("/studies/{study}")).await.refuses(404, "not_found");
}

async fn a_private_study_is_not_there_for_others(server: &Server) {
    let owner = Person::new(server, "안원재").await;
    let outsider = Person::new(server, "오은서").await;
    let private = owner.founds("우리끼리", json!({ "isPublic": false })).await;
    let public = outsider.founds("누구나", json!({})).await;
    let message = owner.says(&private, "비밀 이야기").await;

    for path in [
        format!("/studies/{private}"),
        format!("/studies/{private}/members"),
        format!("/my-studies/{private}/messages"),
    ] {
        outsider.get(&path).await.refuses(404, "not_found");
    }
    outsider.post(&format!("/studies/{private}/join"), json!({})).await.refuses(404, "not_found");
    assert!(outsider.get("/studies?query=우리끼리").await.is(200).items("/id").is_empty());
    // Another study's message under one's own is not there either.
    let nested = format!("/my-studies/{public}/messages/{message}");
    outsider.patch(&nested, json!({ "content": "?" })).await.refuses(404, "not_found");
    outsider.delete(&nested).await.refuses(404, "not_found");
    assert_eq!(owner.get(&format!("/my-studies/{private}/messages")).await.items("/content"), ["비밀 이야기"]);
}

async fn the_server_wears_its_headers(server: &Server) {
    let person = Person::new(server, "서태양").await;
    let outside = Answer::of(coup_tests::web::client().build().expect("a client").get(server.url("/health"))).await;
    for answer in [person.get("/me").await.is(200), person.get("/nothing-here").await.is(404), outside.is(200)] {
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin")]
        {
            assert_eq!(answer.headers[name], value, "{name}");
        }
        let policy = answer.headers["content-security-policy"].to_str().expect("plain text");
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers["x-request-id"].len(), 36);
    }
    let known = person.raw(reqwest::Method::GET, "/me").header("x-request-id", "from-the-proxy-17");
    assert_eq!(Answer::of(known).await.headers["x-request-id"], "from-the-proxy-17");
    // Neither the words of a message nor a password reach the log; the request does.
    let study = person.founds("기록", json!({})).await;
    person.says(&study, "아무도 못 볼 말").await;
    let log = server.log();
    assert!(log.contains("/api/my-studies/{id}/messages"), "{log}");
    assert!(!log.contains("아무도 못 볼 말") && !log.contains(PASSWORD) && !log.contains(&study), "{log}");
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_and_a_stop() {
    let database = TestDatabase::empty().await;
    for mut server in [Server::on_sqlite().await, Server::on_postgres(database.url()).await] {
        let person = Person::new(&server, "임채원").await;
        let study = person.founds("기억", json!({})).await;
        for n in 0..20 {
            person.says(&study, &format!("{n}번째 말")).await;
        }
        server.kill();
        server.start_again().await;
        person.says(&study, "죽었다 살아난 뒤").await;
        assert!(server.stop().await.success(), "{}", server.log());
        server.start_again().await;
        let messages = person.get(&format!("/my-studies/{study}/messages?limit=100")).await.is(200);
        assert_eq!(messages.items("/content").len(), 21);
        assert_eq!(messages.items("/content")[0], "죽었다 살아난 뒤");
    }
}
