//! From where a request comes, when a proxy stands before the server and when none does.

use coup_tests::{Person, Server};
use reqwest::Method;

/// Headers that say where a request came from, as anybody can write them.
const SPOOFED: [(&str, &str); 3] = [
    ("x-forwarded-for", "198.51.100.9, 203.0.113.7"),
    ("forwarded", "for=198.51.100.10"),
    ("x-real-ip", "198.51.100.11"),
];

/// The address that the audit log keeps of an administrator who writes these headers.
async fn address(server: &Server) -> String {
    let root = Person::first_administrator(server).await;
    let request = root.raw(Method::GET, "/admin/settings");
    let request = SPOOFED.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    assert!(request.send().await.unwrap().status().is_success());
    let entries = root.get("/admin/settings/logs?action=SETTINGS_VIEW").await.is(200);
    entries.text("/items/0/ipAddress")
}

#[tokio::test]
async fn without_a_trusted_proxy_no_header_says_where_a_request_comes_from() {
    assert_eq!(address(&Server::on_sqlite().await).await, "127.0.0.1");
}

#[tokio::test]
async fn a_trusted_proxy_says_it_and_what_a_client_wrote_before_is_left_aside() {
    let server = Server::with(&["--trusted-proxies", "127.0.0.0/8"]).await;
    assert_eq!(address(&server).await, "203.0.113.7");
    let server = Server::with(&["--trusted-proxies", "127.0.0.1,203.0.113.0/24"]).await;
    assert_eq!(address(&server).await, "198.51.100.9", "one proxy behind another");
    let server = Server::with(&["--trusted-proxies", "127.0.0.1", "--trusted-proxy-header", "forwarded"]).await;
    assert_eq!(address(&server).await, "198.51.100.10");
}

#[tokio::test]
async fn a_proxy_of_another_network_is_not_believed() {
    let server = Server::with(&["--trusted-proxies", "10.0.0.0/8"]).await;
    assert_eq!(address(&server).await, "127.0.0.1");
}
