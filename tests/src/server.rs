//! The reference server as a process, as its users start it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::sleep;

use crate::space::{Fullness, Space};

/// A reference server on a port and a data folder of its own; it is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    address: String,
    space: Option<Space>,
    folder: TempDir,
}

impl Server {
    /// Starts one on SQLite and waits until it is ready.
    ///
    /// # Panics
    /// When it does not become ready; with what it said.
    pub async fn on_sqlite() -> Self {
        Self::with::<&str>(&[]).await
    }

    /// Starts one on a PostgreSQL database and waits until it is ready.
    ///
    /// # Panics
    /// As [`on_sqlite`](Self::on_sqlite).
    pub async fn on_postgres(url: &str) -> Self {
        Self::with(&["--database-url", url]).await
    }

    /// Starts one with more arguments than the port and the folder, and waits until it is ready.
    ///
    /// # Panics
    /// As [`on_sqlite`](Self::on_sqlite).
    pub async fn with<T: AsRef<str>>(arguments: &[T]) -> Self {
        Self::with_environment(arguments, &[]).await
    }

    /// The same with these variables beside what it inherits.
    ///
    /// # Panics
    /// As [`on_sqlite`](Self::on_sqlite).
    pub async fn with_environment<T: AsRef<str>>(arguments: &[T], environment: &[(&str, &str)]) -> Self {
        let arguments = arguments.iter().map(|argument| argument.as_ref().to_owned()).collect();
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self::new(TempDir::new().expect("a temporary folder"), arguments, environment, None).await
    }

    /// Starts one on SQLite whose data folder can be made full, and waits until it is ready.
    ///
    /// # Panics
    /// As [`on_sqlite`](Self::on_sqlite).
    pub async fn with_little_space(fullness: Fullness) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let data = data_dir(folder.path());
        fs::create_dir(&data).expect("a data folder");
        let space = Space::new(fullness, &data, &log_file(folder.path()));
        Self::new(folder, Vec::new(), Vec::new(), Some(space)).await
    }

    async fn new(
        folder: TempDir,
        arguments: Vec<String>,
        environment: Vec<(String, String)>,
        space: Option<Space>,
    ) -> Self {
        let address = free_address();
        let process = launch(&address, folder.path(), &arguments, &environment, space.as_ref());
        let mut server = Self { process, arguments, environment, address, space, folder };
        server.until_ready().await;
        server
    }

    /// The program itself, for sub-commands and for starts that must fail. It sees no `COUP_…` of the caller.
    ///
    /// # Panics
    /// When it was not built.
    pub fn command() -> Command {
        apart(program())
    }

    /// The full address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The process' identifier.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Where it keeps its data.
    pub fn data_dir(&self) -> PathBuf {
        data_dir(self.folder.path())
    }

    /// Makes the data folder full, of a server [`with_little_space`](Self::with_little_space).
    ///
    /// # Panics
    /// When it cannot be made full.
    pub fn fill_space(&mut self) {
        let running = self.running();
        self.space.as_mut().expect("little space").fill(running);
    }

    /// Ends what [`fill_space`](Self::fill_space) began.
    ///
    /// # Panics
    /// When that fails.
    pub fn free_space(&mut self) {
        let running = self.running();
        self.space.as_mut().expect("little space").free(running);
    }

    /// What a file of the data folder holds.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn data_file(&self, name: &str) -> Vec<u8> {
        let path = self.data_dir().join(name);
        match &self.space {
            Some(space) => space.read(&path),
            None => fs::read(path).expect("a file of the data folder"),
        }
    }

    /// All that it has written to its output so far.
    ///
    /// # Panics
    /// When that cannot be read.
    pub fn log(&self) -> String {
        let bytes = fs::read(log_file(self.folder.path())).expect("the server's log");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// How much memory it has resident, in KiB; on Linux.
    ///
    /// # Panics
    /// When the system does not say.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("a process's status");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its resident memory");
        resident.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// How many files and sockets it has open; on Linux.
    ///
    /// # Panics
    /// When the system does not say.
    pub fn open_files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.process.id())).expect("a process's files").count()
    }

    /// Kills it as `kill -9` does.
    ///
    /// # Panics
    /// When it has ended already.
    pub fn kill(&mut self) {
        assert!(self.ended().is_none(), "the server ended before it was killed; it said:\n{}", self.log());
        self.process.kill().expect("killing a child");
        self.process.wait().expect("a child's end");
    }

    /// Asks it to end as a service manager does, by SIGTERM, and says how it ended.
    ///
    /// # Panics
    /// When it has not ended after 30 s.
    pub async fn stop(&mut self) -> ExitStatus {
        let asked = Command::new("sh").args(["-c", &format!("kill -s TERM {}", self.process.id())]).status();
        assert!(asked.expect("a shell").success(), "the server ended before it was asked to");
        let begin = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(begin.elapsed() < PATIENCE, "the server did not end after SIGTERM; it said:\n{}", self.log());
            sleep(PAUSE).await;
        }
    }

    /// Starts it again, after [`kill`](Self::kill) or [`stop`](Self::stop), with the same port, data and arguments.
    ///
    /// # Panics
    /// As [`on_sqlite`](Self::on_sqlite).
    pub async fn start_again(&mut self) {
        self.launch_again();
        self.until_ready().await;
    }

    /// As [`start_again`](Self::start_again), without waiting.
    ///
    /// # Panics
    /// When it still runs.
    pub fn launch_again(&mut self) {
        assert!(self.ended().is_some(), "the server still runs");
        self.process =
            launch(&self.address, self.folder.path(), &self.arguments, &self.environment, self.space.as_ref());
    }

    /// Waits until it is ready, also when it was and is not.
    ///
    /// # Panics
    /// When it does not become ready; with what it said.
    pub async fn until_ready(&mut self) {
        let client = crate::web::client().timeout(Duration::from_secs(5)).build().expect("a client");
        let begin = Instant::now();
        loop {
            let answer = client.get(self.url("/ready")).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            if let Some(status) = self.ended() {
                panic!("the server ended with {status} before it was ready; it said:\n{}", self.log());
            }
            assert!(begin.elapsed() < PATIENCE, "the server did not become ready; it said:\n{}", self.log());
            sleep(PAUSE).await;
        }
    }

    fn running(&mut self) -> Option<u32> {
        self.ended().is_none().then(|| self.process.id())
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().expect("a child's state")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if it has ended, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            // Beside the test's own words: why, seen from the server.
            #[expect(clippy::print_stderr, reason = "the test runner shows it with the failed test")]
            {
                eprintln!("the server said:\n{}", self.log());
            }
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);

fn launch(
    address: &str,
    folder: &Path,
    arguments: &[String],
    environment: &[(String, String)],
    space: Option<&Space>,
) -> Child {
    let log = File::options().create(true).append(true).open(log_file(folder)).expect("a log file");
    let wrapper = space.map(Space::wrapper).unwrap_or_default();
    let command = match wrapper.split_first() {
        None => Server::command(),
        Some((first, others)) => {
            let mut command = apart(first);
            command.args(others).arg(program());
            command
        }
    };
    { command }
        .args(["--listen", address, "--data-dir"])
        .arg(data_dir(folder))
        .args(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdout(log.try_clone().expect("a second handle"))
        .stderr(log)
        .spawn()
        .expect("the server must start")
}

/// A command that sees no `COUP_…` of the caller.
fn apart(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("COUP_") {
            command.env_remove(variable);
        }
    }
    command.stdin(Stdio::null());
    command
}

fn data_dir(folder: &Path) -> PathBuf {
    folder.join("data")
}

fn log_file(folder: &Path) -> PathBuf {
    folder.join("server.log")
}

/// Beside this test's own program, in the folder of the same profile.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("this program's path");
    let profile = test.ancestors().nth(2).expect("cargo's folders");
    let program = profile.join("reference-server");
    assert!(
        program.is_file(),
        "{} is missing; tests/run builds it, as does cargo build -p reference-server",
        program.display()
    );
    program
}

/// Free when asked for. The system hands out such ports in turn, so that another test gets another one.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}
