//! Static files, and the choice of language and theme.

use axum::Router;
use axum::http::StatusCode;
use axum_test::TestServer;
use coup_axum::pages::{Frame, Mount, Preferences, assets};

use super::{mount, sample};

fn server() -> TestServer {
    TestServer::new(Router::new().nest("/coup", assets(mount())))
}

fn frame() -> Frame {
    sample::frame(&mount(), Preferences::default(), "/studies")
}

#[tokio::test]
async fn a_file_has_its_type_and_is_kept_for_ever_under_its_version() {
    for (file, kind) in [
        ("coup.css", "text/css; charset=utf-8"),
        ("js/chat.js", "text/javascript; charset=utf-8"),
        ("icons.svg", "image/svg+xml"),
    ] {
        let answer = server().get(&frame().asset(file)).await;
        answer.assert_status_ok();
        assert_eq!(answer.header("content-type"), kind);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    }
}

#[tokio::test]
async fn a_worker_may_import_and_hear_and_other_files_may_nothing() {
    let policy = async |file: &str| {
        let answer = server().get(&frame().asset(file)).await;
        answer.header("content-security-policy").to_str().unwrap().to_owned()
    };
    let worker = policy("js/live-worker.js").await;
    assert!(worker.contains("script-src 'self'") && worker.contains("connect-src 'self'"), "{worker}");
    assert_eq!(policy("js/live.js").await, "default-src 'none'");
}

#[tokio::test]
async fn a_file_of_another_version_is_served_but_not_kept_and_not_sent_twice() {
    let answer = server().get("/coup/assets/0000000000000000/coup.css").await;
    answer.assert_status_ok();
    assert_eq!(answer.header("cache-control"), "no-cache");
    let tag = answer.header("etag");
    let again = server().get("/coup/assets/0000000000000000/coup.css").add_header("if-none-match", tag).await;
    again.assert_status(StatusCode::NOT_MODIFIED);
    assert!(again.as_bytes().is_empty());
}

#[tokio::test]
async fn nothing_but_the_static_files_is_served() {
    for path in ["js/none.js", "../Cargo.toml", "..%2FCargo.toml", "js/", ""] {
        let answer = server().get(&format!("/coup/assets/0/{path}")).await;
        assert_eq!(answer.status_code(), StatusCode::NOT_FOUND, "{path:?}");
    }
}

#[tokio::test]
async fn what_the_pages_name_is_there() {
    let html = super::page("/my-studies/1/chat", coup_axum::pages::Locale::Ko);
    let folder = frame().asset("");
    let files: Vec<&str> = html.split(&folder).skip(1).filter_map(|rest| rest.split(['"', '#']).next()).collect();
    assert!(files.contains(&"coup.css") && files.contains(&"js/chat.js"), "{files:?}");
    for file in files {
        server().get(&frame().asset(file)).await.assert_status_ok();
    }
    let icons = server().get(&frame().asset("icons.svg")).await.text();
    for (name, html) in super::every_page() {
        for icon in html.split("icons.svg#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(icons.contains(&format!("<symbol id=\"{icon}\"")), "{name}: {icon}");
        }
    }
}

#[tokio::test]
async fn a_chosen_theme_and_language_are_kept_and_lead_back() {
    let answer = server()
        .post("/coup/preferences")
        .form(&[("theme", "dark"), ("locale", "en"), ("back", "/coup/studies?query=a")])
        .await;
    answer.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/coup/studies?query=a");
    let theme = answer.cookie("coup_theme");
    assert_eq!((theme.value(), theme.path(), theme.http_only()), ("dark", Some("/coup"), Some(true)));
    let page = server().get("/coup/components").add_cookies(answer.cookies()).await.text();
    assert!(page.contains("<html lang=\"en\" data-theme=\"dark\">"), "{}", &page[..200]);
}

#[tokio::test]
async fn a_choice_that_does_not_exist_changes_nothing_and_a_foreign_address_is_not_led_to() {
    let answer = server()
        .post("/coup/preferences")
        .form(&[("theme", "neon"), ("locale", "xx"), ("back", "//elsewhere.example")])
        .await;
    answer.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/coup/studies");
    assert!(answer.cookies().iter().next().is_none());
}

#[tokio::test]
async fn without_a_choice_the_browser_says_which_language() {
    let html = |header: &'static str| async move {
        server().get("/coup/components").add_header("accept-language", header).await.text()
    };
    assert!(html("en-US,en;q=0.9").await.contains("<html lang=\"en\" data-theme=\"system\">"));
    assert!(html("ko-KR").await.contains("<html lang=\"ko\""));
    assert!(html("fr").await.contains("<html lang=\"ko\""));
}

#[tokio::test]
async fn two_mounts_in_one_process_stay_apart() {
    let other = Mount { base: "/other".to_owned(), api: "/other/api".to_owned() };
    let app = Router::new().nest("/coup", assets(mount())).nest("/other", assets(other));
    let server = TestServer::new(app);
    for base in ["/coup", "/other"] {
        let html = server.get(&format!("{base}/components")).await.text();
        assert!(html.contains(&format!("href=\"{base}/studies\"")));
        let cookie = server.post(&format!("{base}/preferences")).form(&[("theme", "dark")]).await.cookie("coup_theme");
        assert_eq!(cookie.path(), Some(base));
    }
}
