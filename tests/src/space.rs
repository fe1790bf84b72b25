//! A data folder that can be full.
//!
//! At best it is a disk of 16 MB in memory: mounted in a namespace of its own, so that nothing else sees it and it goes with its
//! processes. The system's administrator may mount it, and everybody who may make a user namespace. Where neither is permitted,
//! or that is what is tested, the server's files may not grow beyond a size (`RLIMIT_FSIZE`), which needs no permission at all.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// What a full data folder is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fullness {
    /// A small disk without room (`ENOSPC`); where the system permits no mount, and says so, as [`Limit`](Self::Limit).
    SmallDisk,
    /// Files that may not grow (`EFBIG`).
    Limit,
}

#[derive(Debug)]
pub(crate) enum Space {
    Disk(Disk),
    Limit { log: PathBuf, full: Option<u64> },
}

impl Space {
    /// The folder must exist; the server writes to the log.
    pub(crate) fn new(fullness: Fullness, folder: &Path, log: &Path) -> Self {
        let limit = || Self::Limit { log: log.to_owned(), full: None };
        match fullness {
            Fullness::Limit => limit(),
            Fullness::SmallDisk => match Disk::mount(folder) {
                Ok(disk) => Self::Disk(disk),
                Err(refusal) => {
                    #[expect(clippy::print_stderr, reason = "nothing is left out silently")]
                    {
                        eprintln!("no small disk here, RLIMIT_FSIZE instead: {refusal}");
                    }
                    limit()
                }
            },
        }
    }

    /// What the server's command line begins with.
    pub(crate) fn wrapper(&self) -> Vec<String> {
        match self {
            Self::Disk(disk) => disk.within(),
            Self::Limit { full, .. } => {
                // Beyond the limit the system would end the process, unless it does not care for that signal.
                let mut words =
                    vec!["sh".to_owned(), "-c".to_owned(), "trap '' XFSZ; exec \"$@\"".to_owned(), "sh".to_owned()];
                if let Some(bytes) = full {
                    words.extend(["prlimit".to_owned(), format!("--fsize={bytes}:unlimited")]);
                }
                words
            }
        }
    }

    /// Takes all that is left; `server` is the process, if it runs.
    pub(crate) fn fill(&mut self, server: Option<u32>) {
        match self {
            Self::Disk(disk) => disk.fill(),
            Self::Limit { log, full } => {
                // The log cannot grow either: it often is on the same disk.
                let bytes = fs::metadata(log).expect("the server's log").len();
                *full = Some(bytes);
                set_limit(server, &bytes.to_string());
            }
        }
    }

    /// Gives it back.
    pub(crate) fn free(&mut self, server: Option<u32>) {
        match self {
            Self::Disk(disk) => disk.free(),
            Self::Limit { full, .. } => {
                *full = None;
                set_limit(server, "unlimited");
            }
        }
    }

    /// What a file holds.
    pub(crate) fn read(&self, file: &Path) -> Vec<u8> {
        match self {
            Self::Disk(disk) => disk.run("cat \"$1\"", file).stdout,
            Self::Limit { .. } => fs::read(file).expect("a file of the data folder"),
        }
    }
}

fn set_limit(process: Option<u32>, bytes: &str) {
    let Some(process) = process else { return };
    // Only the soft limit, which everybody may raise again.
    let set =
        Command::new("prlimit").args(["--pid", &process.to_string(), &format!("--fsize={bytes}:unlimited")]).output();
    let set = set.expect("prlimit must start");
    assert!(set.status.success(), "prlimit failed: {}", String::from_utf8_lossy(&set.stderr));
}

/// A disk in memory. It lives as long as the process that holds its namespace.
#[derive(Debug)]
pub(crate) struct Disk {
    holder: Child,
    own_user: bool,
    folder: PathBuf,
}

impl Disk {
    /// The disk, or why the system refused.
    fn mount(folder: &Path) -> Result<Self, String> {
        Self::mounted(folder, false)
            .or_else(|first| Self::mounted(folder, true).map_err(|second| format!("{first}; {second}")))
    }

    fn mounted(folder: &Path, own_user: bool) -> Result<Self, String> {
        let script = "mount -t tmpfs -o size=16m,mode=700 tmpfs \"$1\" && echo mounted && exec cat";
        let mut holder = Command::new("unshare")
            .args(if own_user { &["--user", "--map-root-user", "--mount"][..] } else { &["--mount"] })
            .args(["sh", "-c", script, "sh"])
            .arg(folder)
            .env("LC_ALL", "C")
            // It ends with this process, which holds the other end.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("unshare does not start: {error}"))?;
        let mut said = String::new();
        let told = holder.stdout.as_mut().map(|out| BufReader::new(out).read_line(&mut said));
        if told.is_some_and(|told| told.is_ok()) && said == "mounted\n" {
            return Ok(Self { holder, own_user, folder: folder.to_owned() });
        }
        let mut refusal = String::new();
        if let Some(mut err) = holder.stderr.take() {
            let _ = err.read_to_string(&mut refusal);
        }
        let _ = holder.wait();
        Err(refusal.trim().to_owned())
    }

    /// What a command line begins with that sees the disk.
    fn within(&self) -> Vec<String> {
        let mut words = vec!["nsenter".to_owned(), format!("--target={}", self.holder.id()), "--mount".to_owned()];
        if self.own_user {
            words.extend(["--user".to_owned(), "--preserve-credentials".to_owned()]);
        }
        words.push("--".to_owned());
        words
    }

    fn fill(&self) {
        let filled = self.run("cat /dev/zero > \"$1\"", &self.folder.join("filler"));
        let said = String::from_utf8_lossy(&filled.stderr);
        assert!(said.contains("No space left on device"), "the small disk was not filled: {said:?}");
    }

    fn free(&self) {
        let freed = self.run("rm \"$1\"", &self.folder.join("filler"));
        assert!(freed.status.success(), "the small disk was not freed: {}", String::from_utf8_lossy(&freed.stderr));
    }

    /// Runs a script that sees the disk; `$1` is the file.
    fn run(&self, script: &str, file: &Path) -> Output {
        let words = self.within();
        let (program, arguments) = words.split_first().expect("nsenter");
        let mut command = Command::new(program);
        command.args(arguments).args(["sh", "-c", script, "sh"]).arg(file).env("LC_ALL", "C");
        command.output().expect("nsenter must start")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Both fail only if it has ended, which is what is wanted.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
