//! A PostgreSQL server of one test's own, which may be killed and started again.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::sleep;

use crate::environment::free_port;

/// A PostgreSQL server with a port and data of its own; it ends when this is dropped.
#[derive(Debug)]
pub struct PrivatePostgres {
    programs: PathBuf,
    port: u16,
    process: Option<Child>,
    // Last, so that it goes after the processes that write to it.
    folder: TempDir,
}

impl PrivatePostgres {
    /// Makes one and waits until it answers.
    ///
    /// # Panics
    /// When it does not; with what it said.
    pub async fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        if is_root() {
            // Its user must get in.
            fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).expect("permissions");
        }
        let mut server = Self { programs: programs(), port: free_port(), process: None, folder };
        let made = server
            .program("initdb")
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
            .arg("--pgdata")
            .arg(server.data())
            .output()
            .expect("initdb must start");
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        server.start_again().await;
        server
    }

    /// The superuser's address of its database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Ends it at once, as a service manager does that does not wait: everybody is cut off, nothing is written in order.
    ///
    /// # Panics
    /// When it does not run, or does not obey.
    pub fn shut_down_at_once(&mut self) {
        let mut process = self.process.take().expect("a running PostgreSQL");
        let asked = Command::new("sh").args(["-c", &format!("kill -s QUIT {}", process.id())]).status();
        assert!(asked.expect("a shell").success(), "PostgreSQL ended before it was told to; it said:\n{}", self.log());
        process.wait().expect("a child's end");
    }

    /// Kills its first process as `kill -9` does. The others end when they notice.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("a running PostgreSQL");
        process.kill().expect("killing a child");
        process.wait().expect("a child's end");
    }

    /// Starts it again, with the same port and data, and waits until it has recovered and answers.
    ///
    /// # Panics
    /// When it does not; with what it said.
    pub async fn start_again(&mut self) {
        assert!(self.process.is_none(), "PostgreSQL still runs");
        let begin = Instant::now();
        let mut process = self.launch();
        loop {
            let mut asked = self.program("pg_isready");
            asked.args(["--quiet", "--host=127.0.0.1", "--port", &self.port.to_string()]);
            let ready = asked.status().expect("pg_isready must start").success();
            if process.try_wait().expect("a child's state").is_some() {
                // After a kill, as long as the others have not noticed.
                process = self.launch();
            } else if ready {
                self.process = Some(process);
                return;
            }
            if begin.elapsed() > PATIENCE {
                self.process = Some(process);
                panic!("the test's own PostgreSQL did not start; it said:\n{}", self.log());
            }
            sleep(PAUSE).await;
        }
    }

    fn launch(&self) -> Child {
        let log = File::options().create(true).append(true).open(self.log_file()).expect("a log file");
        self.program("postgres")
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            // Only a crash of the whole machine tells these from the safe setting; a killed process leaves what it wrote in
            // the system's cache. synchronous_commit stays on: it is what a killed server is tested for.
            .args(["-c", "fsync=off", "-c", "full_page_writes=off"])
            .args(["-p", &self.port.to_string(), "-D"])
            .arg(self.data())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .spawn()
            .expect("PostgreSQL must start")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new("setpriv");
        // Should this test be killed, it ends too.
        command.args(["--pdeathsig", "QUIT"]);
        if is_root() {
            // It refuses to run as root, and its package brought a user for it.
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
        }
        command.arg(self.programs.join(name)).current_dir("/").stdin(Stdio::null());
        // A caller's PGDATA or PGHOST must not lead anywhere else.
        for (variable, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(variable);
        }
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("cluster")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("postgres.log")
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.log_file()).unwrap_or_default()).into_owned()
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            let _ = Command::new("sh").args(["-c", &format!("kill -s QUIT {}", process.id())]).status();
            let _ = { process }.wait();
        }
        if std::thread::panicking() {
            #[expect(clippy::print_stderr, reason = "the test runner shows it with the failed test")]
            {
                eprintln!("PostgreSQL said:\n{}", self.log());
            }
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(30);

/// The folder of the newest installed version's programs.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path());
    let newest = versions.filter(|version| version.join("bin/initdb").is_file()).max_by_key(|version| {
        version.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok())
    });
    let searched = std::env::var_os("PATH").unwrap_or_default();
    newest
        .map(|version| version.join("bin"))
        .or_else(|| std::env::split_paths(&searched).find(|folder| folder.join("initdb").is_file()))
        .expect("PostgreSQL is not installed; tests/run installs it")
}

fn is_root() -> bool {
    fs::metadata(Path::new("/proc/self")).expect("/proc").uid() == 0
}
