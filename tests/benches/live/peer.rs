//! npm's socket.io as a process.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// npm's server; it ends when this is dropped.
pub(crate) struct Peer {
    process: Child,
    told: ChildStdin,
    said: BufReader<ChildStdout>,
    address: String,
}

impl Peer {
    /// Starts it, from where `tests/bench/run` has installed it.
    pub(crate) fn start() -> Self {
        let folder =
            PathBuf::from(std::env::var_os("COUP_BENCH_FOLDER").expect("tests/bench/run sets COUP_BENCH_FOLDER"));
        let mut process = Command::new("node")
            .args(["--expose-gc", "server.js"])
            .current_dir(folder)
            .env("NODE_ENV", "production")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node must start");
        let told = process.stdin.take().unwrap();
        let said = BufReader::new(process.stdout.take().unwrap());
        let mut peer = Self { process, told, said, address: String::new() };
        peer.address = format!("127.0.0.1:{}", peer.line());
        peer
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Lets its collector run, so that only what is in use is counted.
    pub(crate) fn collect(&mut self) {
        for _ in 0..2 {
            self.told.write_all(b"collect\n").unwrap();
            assert_eq!(self.line(), "collected");
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Both fail only if it has ended, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
