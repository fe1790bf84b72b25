//! Signing in with Google, and linking GitHub, in a browser: a real OpenID provider as a process, and what GitHub has, on loopback.

use coup_tests::{
    OpenIdProcess, Server,
    provider::{CLIENT, Known, Provider},
};
use fantoccini::Locator;

use crate::visitor::Visitor;

struct School {
    server: Server,
    _google: OpenIdProcess,
    _github: Provider,
}

impl School {
    async fn new() -> Self {
        let mut google = OpenIdProcess::start();
        let github =
            Provider::start(Known::new(4711, "박서연", "seoyeon@users.example"), chrono::DateTime::UNIX_EPOCH).await;
        let said = [
            "--google-client-id",
            CLIENT.0,
            "--google-issuer",
            &google.issuer,
            "--github-client-id",
            CLIENT.0,
            "--github-base",
            &github.address,
            "--github-api",
            &github.address,
        ];
        let secrets = [("COUP_GOOGLE_CLIENT_SECRET", CLIENT.1), ("COUP_GITHUB_CLIENT_SECRET", CLIENT.1)];
        let server = Server::with_environment(&said, &secrets).await;
        google.registers(CLIENT, &server.url("/api/auth/google/callback"));
        Self { server, _google: google, _github: github }
    }
}

impl Visitor {
    /// Follows a link of the page by its words.
    async fn follows(&self, words: &str) {
        let link = format!("//a[contains(., '{words}')]");
        let found = self.page().find(Locator::XPath(&link)).await.unwrap_or_else(|error| panic!("{link}: {error}"));
        found.click().await.unwrap();
    }

    /// Signs in at the provider, on its own pages, and consents there.
    async fn signs_in_at_the_provider(&self, name: &str) {
        self.writes("input[name='login']", name).await;
        self.writes("input[name='password']", "whatever").await;
        let before = self.path().await;
        self.clicks("button[type='submit']").await;
        self.until(|path| path.starts_with("/interaction/") && path != before).await;
        self.clicks("button[type='submit']").await;
    }
}

#[tokio::test]
async fn somebody_signs_up_with_google_out_and_in_again_and_links_and_unlinks_github() {
    for scripts in [true, false] {
        let school = School::new().await;
        let visitor = Visitor::new(&school.server, scripts).await;
        visitor.goes("/sign-in?next=%2Fme").await;
        visitor.until_it_says("Google로 계속하기").await;
        visitor.is_pictured(&format!("elsewhere-sign-in-{scripts}")).await;
        visitor.follows("Google로 계속하기").await;
        visitor.signs_in_at_the_provider("minjun").await;
        visitor.until(|path| path == "/me").await;
        visitor.until_it_says("minjun@school.kr").await;

        visitor.clicks("main form[action='/sign-out'] button").await;
        visitor.until_it_says("로그아웃했어요").await;
        visitor.follows("Google로 계속하기").await;
        // The provider knows them still.
        visitor.until(|path| path == "/studies").await;

        visitor.goes("/me/identities").await;
        visitor.sends("/me/identities/github/link").await;
        visitor.until_it_says("seoyeon@users.example").await;
        visitor.until(|path| path == "/me/identities").await;
        visitor.is_pictured(&format!("elsewhere-linked-{scripts}")).await;

        visitor.clicks("a[href='/me/identities/github/unlink']").await;
        visitor.until_it_says("GitHub 연결을 끊을까요?").await;
        visitor.sends("/me/identities/github/unlink").await;
        visitor.until_it_says("연결을 끊었어요").await;
        // Google is the last way in now.
        visitor.clicks("a[href='/me/identities/google/unlink']").await;
        visitor.until_it_says("Google 연결을 끊을까요?").await;
        visitor.sends("/me/identities/google/unlink").await;
        visitor.until_it_says("로그인할 방법이 없어져요").await;
    }
}
