//! What can be said at the command line.

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    admin::{CreateAdminArgs, RecoverArgs},
    audit_command::VerifyAuditArgs,
    policy_command::PolicyCommand,
};

/// CoUp as one program: study groups (스터디) with HTTP API and pages, on SQLite or PostgreSQL.
///
/// Without a sub-command it serves. Settings come from flags, else from the environment (COUP_…), else from a TOML file
/// whose keys are the flags' names, else from the defaults.
#[derive(Debug, Parser)]
#[command(name = "reference-server", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: ServeOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves the HTTP API and the pages (what happens without a sub-command)
    Serve(Box<ServeOptions>),
    /// Brings the database to this version's tables, then ends
    Migrate(StoreOptions),
    /// Makes an account that is SUPER_ADMIN
    CreateAdmin(CreateAdminArgs),
    /// Lets somebody who cannot get a letter choose a new password, by a code that it prints
    Recover(RecoverArgs),
    /// Verifies the audit log without writing to the database; the status is 1 if it is not as it was written
    VerifyAudit(VerifyAuditArgs),
    /// Fills an empty database with a believable Korean and English school, then ends
    Demo(StoreOptions),
    /// Checks, explains, prints and compares policy files; needs no database
    #[command(subcommand)]
    Policy(PolicyCommand),
}

/// Where data is, and how the program speaks.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct StoreOptions {
    /// TOML file with settings [default: ./coup.toml, if there is one]
    #[arg(long, env = "COUP_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of everything that is kept in files, made when it is missing [default: ./coup-data]
    #[arg(long, env = "COUP_DATA_DIR", value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,
    /// postgres://user:password@host/database or sqlite://path [default: SQLite in the data folder]
    #[arg(long, env = "COUP_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// How log lines look [default: text]
    #[arg(long, env = "COUP_LOG_FORMAT", value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormat>,
    /// What is logged, such as info or coup_axum=debug [default: info]
    #[arg(long, env = "COUP_LOG", value_name = "FILTER")]
    pub(crate) log: Option<String>,
}

/// How to serve.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ServeOptions {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:3000]
    #[arg(long, env = "COUP_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// The address that people type; with https:// cookies are Secure [default: http://LISTEN]
    #[arg(long, env = "COUP_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Fill an empty database with a believable school first, and print who can sign in
    #[arg(long, env = "COUP_DEMO", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) demo: Option<bool>,
    /// Connections at once; more wait until one is free. Each is an open file (ulimit -n) [default: 4096]
    #[arg(long, env = "COUP_MAX_CONNECTIONS", value_name = "NUMBER")]
    pub(crate) max_connections: Option<NonZeroU32>,
    /// Connections at once from one address, further ones are answered 429; 0: no such bound, as behind a proxy, where all
    /// come from its address [default: 1024]
    #[arg(long, env = "COUP_MAX_CONNECTIONS_PER_ADDRESS", value_name = "NUMBER")]
    pub(crate) max_connections_per_address: Option<u32>,
    /// Requests of one address in a minute, further ones are answered 429, but /health and /ready; 0: no such bound
    /// [default: 30000]
    #[arg(long, env = "COUP_MAX_REQUESTS_PER_ADDRESS", value_name = "NUMBER")]
    pub(crate) max_requests_per_address: Option<u32>,
    /// Networks of proxies, comma-separated, such as 10.0.0.0/8: of a request that comes from there, the address in
    /// --trusted-proxy-header is believed, as far back as these wrote it [default: none; the peer's address stands]
    #[arg(long, env = "COUP_TRUSTED_PROXIES", value_name = "NETWORKS", value_delimiter = ',')]
    pub(crate) trusted_proxies: Option<Vec<String>>,
    /// The header in which those proxies say it; a client writes the other as it likes [default: x-forwarded-for]
    #[arg(long, env = "COUP_TRUSTED_PROXY_HEADER", value_name = "HEADER")]
    pub(crate) trusted_proxy_header: Option<ProxyHeader>,
    #[command(flatten)]
    pub(crate) smtp: SmtpArgs,
    #[cfg(feature = "oauth")]
    #[command(flatten)]
    pub(crate) oauth: OAuthArgs,
    #[cfg(feature = "redis")]
    #[command(flatten)]
    pub(crate) redis: RedisArgs,
    #[command(flatten)]
    pub(crate) store: StoreOptions,
}

/// By what mail is sent.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SmtpArgs {
    /// smtps://user:password@host, or smtp://user:password@host?tls=required: who is sanctioned is told by e-mail, too
    /// [default: none; people are told in the app]
    #[arg(long, env = "COUP_SMTP", value_name = "URL", hide_env_values = true)]
    pub(crate) smtp: Option<String>,
    /// The sender, such as CoUp <no-reply@school.kr>; needed with --smtp
    #[arg(long, env = "COUP_SMTP_FROM", value_name = "ADDRESS")]
    pub(crate) smtp_from: Option<String>,
}

/// With what people sign in beside a password.
#[cfg(feature = "oauth")]
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct OAuthArgs {
    /// The client that Google gave out: people can sign in with Google. There the address PUBLIC_URL/api/auth/google/callback
    /// has to be registered [default: none]
    #[arg(long, env = "COUP_GOOGLE_CLIENT_ID", value_name = "ID")]
    pub(crate) google_client_id: Option<String>,
    /// Its secret; needed with --google-client-id. Better in the environment or the file: others on this machine see flags
    #[arg(long, env = "COUP_GOOGLE_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub(crate) google_client_secret: Option<String>,
    /// Another OpenID provider in Google's place, such as a school's own [default: Google]
    #[arg(long, env = "COUP_GOOGLE_ISSUER", value_name = "URL")]
    pub(crate) google_issuer: Option<String>,
    /// The OAuth app that GitHub gave out: people can sign in with GitHub. There the address
    /// PUBLIC_URL/api/auth/github/callback has to be registered [default: none]
    #[arg(long, env = "COUP_GITHUB_CLIENT_ID", value_name = "ID")]
    pub(crate) github_client_id: Option<String>,
    /// Its secret; needed with --github-client-id. Better in the environment or the file: others on this machine see flags
    #[arg(long, env = "COUP_GITHUB_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub(crate) github_client_secret: Option<String>,
    /// A GitHub Enterprise server, with --github-api [default: GitHub]
    #[arg(long, env = "COUP_GITHUB_BASE", value_name = "URL")]
    pub(crate) github_base: Option<String>,
    /// Its API [default: that of GitHub]
    #[arg(long, env = "COUP_GITHUB_API", value_name = "URL")]
    pub(crate) github_api: Option<String>,
}

#[cfg(feature = "oauth")]
impl OAuthArgs {
    /// What is said here, else what is said there, each setting by itself.
    pub(crate) fn or(self, file: Self) -> Self {
        Self {
            google_client_id: self.google_client_id.or(file.google_client_id),
            google_client_secret: self.google_client_secret.or(file.google_client_secret),
            google_issuer: self.google_issuer.or(file.google_issuer),
            github_client_id: self.github_client_id.or(file.github_client_id),
            github_client_secret: self.github_client_secret.or(file.github_client_secret),
            github_base: self.github_base.or(file.github_base),
            github_api: self.github_api.or(file.github_api),
        }
    }
}

/// Over what several servers of one database tell each other what is new.
#[cfg(feature = "redis")]
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RedisArgs {
    /// redis://:password@host:6379/0, or rediss://… with TLS: servers on one PostgreSQL tell each other at once what is new
    /// [default: none; each looks every second]
    #[arg(long, env = "COUP_REDIS", value_name = "URL", hide_env_values = true)]
    pub(crate) redis: Option<String>,
    /// What its channels' names begin with; deployments that share a Redis need different ones [default: coup]
    #[arg(long, env = "COUP_REDIS_PREFIX", value_name = "TEXT")]
    pub(crate) redis_prefix: Option<String>,
}

/// Where proxies say from where a request comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProxyHeader {
    /// Addresses, each proxy adding its peer's at the end.
    #[default]
    XForwardedFor,
    /// As RFC 7239 says.
    Forwarded,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}
