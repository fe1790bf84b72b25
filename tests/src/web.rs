//! The client with which the suites ask over HTTP.

/// A client of nobody's proxy. It trusts no certificates, for all that is asked is on this machine and without TLS; loading the
/// machine's would take long, and there may be none.
///
/// # Panics
/// Never.
pub fn client() -> reqwest::ClientBuilder {
    // The choice is a program's; the features of all programs of the workspace together let reqwest ask for it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tls_certs_only([])
}
