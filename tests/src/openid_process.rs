//! An OpenID provider as a process of its own: the maintained `oidc-provider`, with its own pages of signing in.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::json;

use crate::environment::from_tests_run;

/// The process; it ends with this.
#[derive(Debug)]
pub struct OpenIdProcess {
    /// Its address, which is its issuer.
    pub issuer: String,
    process: Child,
    says: BufReader<ChildStdout>,
}

impl OpenIdProcess {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Self {
        let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("openid/driver.mjs");
        let mut process = Command::new("node")
            .arg(driver)
            .env("COUP_TEST_OPENID_PATH", from_tests_run("COUP_TEST_OPENID_PATH"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node must start");
        let mut says = BufReader::new(process.stdout.take().expect("its output"));
        let issuer = line(&mut says);
        assert!(issuer.starts_with("http://127.0.0.1:"), "the provider said {issuer:?}");
        Self { issuer, process, says }
    }

    /// Registers the client, and the one address that browsers come back to.
    ///
    /// # Panics
    /// When it refuses.
    pub fn registers(&mut self, (id, secret): (&str, &str), redirect: &str) {
        let told = json!({ "id": id, "secret": secret, "redirect": redirect });
        let orders = self.process.stdin.as_mut().expect("its input");
        writeln!(orders, "{told}").expect("the provider must run");
        assert_eq!(line(&mut self.says), "ready");
    }
}

fn line(says: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    says.read_line(&mut line).expect("a line");
    line.trim_end().to_owned()
}

impl Drop for OpenIdProcess {
    fn drop(&mut self) {
        // One that has ended cannot be killed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
