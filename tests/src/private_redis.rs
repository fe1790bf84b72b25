//! A Redis of one test's own, which may be killed, stopped and started again.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::sleep;

use crate::environment::{free_port, free_port_from};

/// A Redis with a port of its own that keeps nothing; it ends when this is dropped.
#[derive(Debug)]
pub struct PrivateRedis {
    port: u16,
    /// Where it speaks TLS, if it does.
    tls: Option<u16>,
    process: Option<Child>,
    folder: TempDir,
}

impl PrivateRedis {
    /// Makes one and waits until it answers.
    ///
    /// # Panics
    /// When it does not; with what it said.
    pub async fn start() -> Self {
        Self::new(None).await
    }

    /// The same; on a further port it speaks TLS, with a certificate that only its own [`certificate`](Self::certificate) vouches
    /// for.
    ///
    /// # Panics
    /// When it does not; with what it said.
    pub async fn start_with_tls() -> Self {
        Self::new(Some(free_port())).await
    }

    async fn new(tls: Option<u16>) -> Self {
        let port = free_port_from(tls.map_or(0, |tls| tls + 1));
        let folder = TempDir::new().expect("a temporary folder");
        let mut redis = Self { port, tls, process: None, folder };
        if tls.is_some() {
            redis.make_certificate();
        }
        redis.start_again().await;
        redis
    }

    fn make_certificate(&self) {
        let settings = self.folder.path().join("openssl.cnf");
        let words = "[req]\ndistinguished_name = dn\nx509_extensions = ext\nprompt = no\n[dn]\nCN = a test\n\
                     [ext]\nsubjectAltName = IP:127.0.0.1\nbasicConstraints = critical, CA:FALSE\n";
        fs::write(&settings, words).expect("a file of settings");
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
            .arg("-config")
            .arg(settings)
            .arg("-keyout")
            .arg(self.key_file())
            .arg("-out")
            .arg(self.certificate())
            .output()
            .expect("openssl must start; tests/run installs it");
        assert!(made.status.success(), "openssl made no certificate: {}", String::from_utf8_lossy(&made.stderr));
    }

    /// The file of its certificate.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    fn key_file(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// Its address over TLS.
    ///
    /// # Panics
    /// When it speaks none.
    pub fn tls_url(&self) -> String {
        format!("rediss://127.0.0.1:{}/0", self.tls.expect("a Redis with TLS"))
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// Kills it as `kill -9` does.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("a running Redis");
        process.kill().expect("killing a child");
        process.wait().expect("a child's end");
    }

    /// Stops it where it is: it takes connections and answers nobody.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Starts it again, empty, on the same port, and waits until it answers.
    ///
    /// # Panics
    /// When it does not; with what it said.
    pub async fn start_again(&mut self) {
        assert!(self.process.is_none(), "Redis still runs");
        let log = File::options().create(true).append(true).open(self.log_file()).expect("a log file");
        // Should this test be killed, it ends too. One program is all of Redis' and looks at its name; Debian's redis-tools
        // brings it, without the service of redis-server.
        let script = "exec -a redis-server \"$(command -v redis-server || command -v redis-check-rdb)\" \"$@\"";
        let process = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "bash", "-c", script, "bash"])
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--port", &self.port.to_string(), "--dir"])
            .arg(self.folder.path())
            .args(self.tls_arguments())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .spawn()
            .expect("setpriv must start");
        self.process = Some(process);
        let begin = Instant::now();
        while self.ask::<()>(redis::cmd("PING")).await.is_err() {
            assert!(
                begin.elapsed() < PATIENCE,
                "the test's own Redis did not start; tests/run installs it. It said:\n{}",
                self.log()
            );
            sleep(PAUSE).await;
        }
    }

    fn tls_arguments(&self) -> Vec<String> {
        let Some(port) = self.tls else { return Vec::new() };
        let [certificate, key] = [self.certificate(), self.key_file()].map(|file| file.display().to_string());
        let flags = [
            ("--tls-port", port.to_string()),
            ("--tls-cert-file", certificate.clone()),
            ("--tls-key-file", key),
            ("--tls-ca-cert-file", certificate),
            ("--tls-auth-clients", "no".to_owned()),
        ];
        flags.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]).collect()
    }

    /// How often something was published.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn published(&self) -> u64 {
        let mut command = redis::cmd("INFO");
        command.arg("commandstats");
        let stats: String = self.ask(command).await.expect("an answer of Redis");
        let calls = stats.lines().find_map(|line| line.strip_prefix("cmdstat_publish:calls="));
        let calls = calls.and_then(|rest| rest.split(',').next());
        calls.map_or(0, |calls| calls.parse().expect("a number"))
    }

    /// Ends the connections that hear something; answers how many there were.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn end_listeners(&self) -> i64 {
        let mut command = redis::cmd("CLIENT");
        command.arg("KILL").arg("TYPE").arg("pubsub");
        self.ask(command).await.expect("an answer of Redis")
    }

    /// How many connections hear a channel that every node hears.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn listeners(&self, prefix: &str) -> i64 {
        let mut command = redis::cmd("PUBSUB");
        command.arg("NUMSUB").arg(format!("{prefix}:all"));
        let (_, count): (String, i64) = self.ask(command).await.expect("an answer of Redis");
        count
    }

    /// Waits until so many nodes hear each other.
    ///
    /// # Panics
    /// When that takes too long.
    pub async fn until_heard_by(&self, nodes: i64, prefix: &str) {
        let begin = Instant::now();
        while self.listeners(prefix).await != nodes {
            assert!(begin.elapsed() < PATIENCE, "{nodes} nodes do not all listen; Redis said:\n{}", self.log());
            sleep(PAUSE).await;
        }
    }

    /// Waits until so many scopes are followed by somebody.
    ///
    /// # Panics
    /// When that takes too long.
    pub async fn until_followed(&self, scopes: usize, prefix: &str) {
        let begin = Instant::now();
        let mut command = redis::cmd("PUBSUB");
        command.arg("CHANNELS").arg(format!("{prefix}:study:*"));
        loop {
            let followed: Vec<String> = self.ask(command.clone()).await.expect("an answer of Redis");
            if followed.len() == scopes {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "{} of {scopes} scopes are followed", followed.len());
            sleep(PAUSE).await;
        }
    }

    async fn ask<T: redis::FromRedisValue>(&self, command: redis::Cmd) -> redis::RedisResult<T> {
        let mut connection = redis::Client::open(self.url())?.get_multiplexed_async_connection().await?;
        command.query_async(&mut connection).await
    }

    fn signal(&self, name: &str) {
        let process = self.process.as_ref().expect("a running Redis");
        let sent = Command::new("sh").args(["-c", &format!("kill -s {name} {}", process.id())]).status();
        assert!(sent.expect("a shell").success(), "Redis ended before it was told to; it said:\n{}", self.log());
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("redis.log")
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.log_file()).unwrap_or_default()).into_owned()
    }
}

impl Drop for PrivateRedis {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // Also when it is stopped.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);
