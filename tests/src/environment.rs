//! What `tests/run` tells the suites.

/// The value of a variable that `tests/run` sets.
///
/// # Panics
/// When it is not set: the test must fail, not pass unseen.
#[expect(clippy::disallowed_methods, reason = "the suites are a host: tests/run passes the settings this way")]
pub fn from_tests_run(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set; start this test by tests/run, or by tests/run --only NAME"))
}

/// Whether tests shall go the whole way, as `tests/run --long` asks by `COUP_LONG`.
pub fn is_long() -> bool {
    std::env::var_os("COUP_LONG").is_some()
}

/// Below the range that the system gives to outgoing connections: while the server is down, nobody else gets it.
pub(crate) fn free_port() -> u16 {
    free_port_from(0)
}

/// The same, this one or a later one: where a process needs several.
pub(crate) fn free_port_from(least: u16) -> u16 {
    let start = 20_000 + u16::try_from(std::process::id() % 6_000).unwrap_or_default();
    let start = start.max(least);
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (start..32_000).find(free).expect("a free port")
}

/// Runs a future to its end from a `drop`, where the test's own runtime cannot be waited for.
pub(crate) fn finish<F>(last_work: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(last_work);
    });
    // What fails here leaves something behind that ends with tests/run; a panic in a drop would hide the test's own.
    let _ = thread.join();
}
