//! Settings from flags, environment, file and defaults, in this order.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use config::{Config, File, FileFormat};
use coup_axum::{
    listen::Limits,
    mail::SmtpMailer,
    proxy::{ForwardedIn, TrustedProxies},
};
use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

#[cfg(feature = "oauth")]
use crate::{cli::OAuthArgs, oauth::OAuth};
use crate::{
    cli::{LogFormat, ProxyHeader, ServeOptions, StoreOptions},
    failure::Failure,
};

/// Five hundred a second: a whole school may come from one address.
const REQUESTS: u32 = 30_000;
const DEFAULT_FILE: &str = "coup.toml";

/// All settings, complete.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<PublicUrl>,
    pub(crate) demo: bool,
    pub(crate) max_connections: u32,
    /// `None`: not bounded.
    pub(crate) max_connections_per_address: Option<u32>,
    /// In a minute. `None`: not bounded.
    pub(crate) max_requests_per_address: Option<NonZeroU32>,
    pub(crate) proxies: TrustedProxies,
    pub(crate) data_dir: PathBuf,
    pub(crate) database: Database,
    pub(crate) mail: Option<SmtpMailer>,
    #[cfg(feature = "oauth")]
    pub(crate) oauth: OAuth,
    #[cfg(feature = "redis")]
    pub(crate) redis: Option<Redis>,
    pub(crate) log_format: LogFormat,
    pub(crate) log: String,
}

/// Where rows are kept.
#[derive(Debug, Clone)]
pub(crate) enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A server; its address may hold a password.
    Postgres(SecretString),
}

/// Over what nodes tell each other.
#[cfg(feature = "redis")]
#[derive(Debug, Clone)]
pub(crate) struct Redis {
    /// May hold a password.
    pub(crate) url: SecretString,
    pub(crate) prefix: String,
}

/// The address that people type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicUrl(String);

impl PublicUrl {
    fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = || {
            Failure::config(format!(
                "public-url is {text:?}: expected an address without a path such as https://study.school.kr"
            ))
        };
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or_else(wrong)?;
        let host = rest.strip_suffix('/').unwrap_or(rest);
        let odd = |c: char| c.is_whitespace() || c.is_control() || "/?#@\\\"<>".contains(c);
        if host.is_empty() || host.contains(odd) {
            return Err(wrong());
        }
        Ok(Self(text.strip_suffix('/').unwrap_or(text).to_owned()))
    }

    /// The address, without a slash at its end.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A file of settings; its keys are the flags' names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FileSettings {
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    demo: Option<bool>,
    max_connections: Option<NonZeroU32>,
    max_connections_per_address: Option<u32>,
    max_requests_per_address: Option<u32>,
    trusted_proxies: Option<Vec<String>>,
    trusted_proxy_header: Option<ProxyHeader>,
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    smtp: Option<String>,
    smtp_from: Option<String>,
    #[cfg(feature = "oauth")]
    google_client_id: Option<String>,
    #[cfg(feature = "oauth")]
    google_client_secret: Option<String>,
    #[cfg(feature = "oauth")]
    google_issuer: Option<String>,
    #[cfg(feature = "oauth")]
    github_client_id: Option<String>,
    #[cfg(feature = "oauth")]
    github_client_secret: Option<String>,
    #[cfg(feature = "oauth")]
    github_base: Option<String>,
    #[cfg(feature = "oauth")]
    github_api: Option<String>,
    #[cfg(feature = "redis")]
    redis: Option<String>,
    #[cfg(feature = "redis")]
    redis_prefix: Option<String>,
    log_format: Option<LogFormat>,
    log: Option<String>,
}

impl FileSettings {
    /// The named file, which must be there, else the default one, if it is.
    fn find(named: Option<&Path>, folder: &Path) -> Result<Self, Failure> {
        let path = match named {
            Some(path) => path.to_owned(),
            None if folder.join(DEFAULT_FILE).exists() => folder.join(DEFAULT_FILE),
            None => return Ok(Self::default()),
        };
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Failure::config(format!("cannot read the settings in {}: {error}", path.display())))?;
        Self::read(&text).map_err(|error| Failure::config(format!("{}: {error}", path.display())))
    }

    fn read(text: &str) -> Result<Self, config::ConfigError> {
        Config::builder().add_source(File::from_str(text, FileFormat::Toml)).build()?.try_deserialize()
    }
}

impl Settings {
    /// For serving.
    pub(crate) fn for_serving(options: ServeOptions) -> Result<Self, Failure> {
        Self::merge(options, Path::new("."))
    }

    /// For commands that only need the store; what is said of serving in the file is left aside, but checked.
    pub(crate) fn for_store(store: StoreOptions) -> Result<Self, Failure> {
        Self::for_serving(ServeOptions { store, ..ServeOptions::default() })
    }

    fn merge(options: ServeOptions, folder: &Path) -> Result<Self, Failure> {
        let ServeOptions {
            listen,
            public_url,
            demo,
            max_connections,
            max_connections_per_address,
            max_requests_per_address,
            trusted_proxies,
            trusted_proxy_header,
            smtp,
            #[cfg(feature = "oauth")]
            oauth,
            #[cfg(feature = "redis")]
            redis,
            store,
        } = options;
        let file = FileSettings::find(store.config.as_deref(), folder)?;
        let data_dir = store.data_dir.or(file.data_dir).unwrap_or_else(|| "coup-data".into());
        let database = match store.database_url.or(file.database_url) {
            Some(url) => Database::parse(&url)?,
            None => Database::Sqlite(data_dir.join("coup.db")),
        };
        let mail = mailer(smtp.smtp.or(file.smtp), smtp.smtp_from.or(file.smtp_from))?;
        #[cfg(feature = "oauth")]
        let oauth = OAuth::of(oauth.or(OAuthArgs {
            google_client_id: file.google_client_id,
            google_client_secret: file.google_client_secret,
            google_issuer: file.google_issuer,
            github_client_id: file.github_client_id,
            github_client_secret: file.github_client_secret,
            github_base: file.github_base,
            github_api: file.github_api,
        }))?;
        #[cfg(feature = "redis")]
        let redis = Redis::of(redis.redis.or(file.redis), redis.redis_prefix.or(file.redis_prefix), &database)?;
        Ok(Self {
            listen: listen.or(file.listen).unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 3000).into()),
            public_url: public_url.or(file.public_url).map(|url| PublicUrl::parse(&url)).transpose()?,
            demo: demo.or(file.demo).unwrap_or_default(),
            max_connections: max_connections
                .or(file.max_connections)
                .map_or(Limits::default().connections, NonZeroU32::get),
            max_connections_per_address: match max_connections_per_address.or(file.max_connections_per_address) {
                Some(most) => Some(most).filter(|most| *most > 0),
                None => Limits::default().per_address,
            },
            max_requests_per_address: NonZeroU32::new(
                max_requests_per_address.or(file.max_requests_per_address).unwrap_or(REQUESTS),
            ),
            proxies: proxies(
                &trusted_proxies.or(file.trusted_proxies).unwrap_or_default(),
                trusted_proxy_header.or(file.trusted_proxy_header).unwrap_or_default(),
            )?,
            data_dir,
            database,
            mail,
            #[cfg(feature = "oauth")]
            oauth,
            #[cfg(feature = "redis")]
            redis,
            log_format: store.log_format.or(file.log_format).unwrap_or_default(),
            log: store.log.or(file.log).unwrap_or_else(|| "info".into()),
        })
    }
}

/// The proxies that are believed.
fn proxies(networks: &[String], header: ProxyHeader) -> Result<TrustedProxies, Failure> {
    let parsed = networks.iter().map(|text| {
        let text = text.trim();
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map_err(|_| {
            Failure::config(format!(
                "trusted-proxies has {text:?}: expected networks or addresses such as 10.0.0.0/8 or 192.0.2.7"
            ))
        })
    });
    let forwarded_in = match header {
        ProxyHeader::XForwardedFor => ForwardedIn::XForwardedFor,
        ProxyHeader::Forwarded => ForwardedIn::Forwarded,
    };
    Ok(TrustedProxies::new(parsed.collect::<Result<_, _>>()?).forwarded_in(forwarded_in))
}

/// The mail server, if there is one.
fn mailer(url: Option<String>, from: Option<String>) -> Result<Option<SmtpMailer>, Failure> {
    match (url, from) {
        (None, None) => Ok(None),
        (Some(url), Some(from)) => {
            SmtpMailer::new(&url.into(), &from).map(Some).map_err(|error| Failure::config(format!("smtp: {error}")))
        }
        (Some(_), None) => {
            Err(Failure::config("smtp-from is missing: expected with smtp a sender such as CoUp <no-reply@school.kr>"))
        }
        (None, Some(_)) => Err(Failure::config("smtp is missing: expected with smtp-from a server such as smtps://…")),
    }
}

#[cfg(feature = "redis")]
impl Redis {
    fn of(url: Option<String>, prefix: Option<String>, database: &Database) -> Result<Option<Self>, Failure> {
        let prefix = prefix.unwrap_or_else(|| "coup".into());
        if prefix.is_empty() || prefix.contains(char::is_whitespace) {
            return Err(Failure::config(format!("redis-prefix is {prefix:?}: expected a word such as coup")));
        }
        // Whoever asks for it wants several servers, and would find one of them with the data.
        if url.is_some() && matches!(database, Database::Sqlite(_)) {
            return Err(Failure::config(
                "redis is for several servers on one PostgreSQL, and SQLite is one server's own: expected database-url \
                 postgres://…, or no redis",
            ));
        }
        Ok(url.map(|url| Self { url: url.into(), prefix }))
    }
}

impl Database {
    fn parse(url: &str) -> Result<Self, Failure> {
        if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
            // A database in memory would be another one on each connection.
            if path.is_empty() || path.contains(['?', '#']) || path.contains(":memory:") {
                return Err(Failure::config("database-url names no file: expected sqlite://path/to/coup.db"));
            }
            return Ok(Self::Sqlite(path.into()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.into()));
        }
        // The address itself is not repeated: it may hold a password.
        Err(Failure::config("database-url is of an unknown kind: expected postgres://… or sqlite://…"))
    }

    /// For messages: without the password.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("SQLite in {}", path.display()),
            Self::Postgres(url) => {
                let url = url.expose_secret();
                let rest =
                    url.rsplit_once('@').map_or_else(|| url.split("://").nth(1).unwrap_or_default(), |(_, rest)| rest);
                format!("PostgreSQL at {}", rest.split('?').next().unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    fn merged(arguments: &[&str], file: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(DEFAULT_FILE), file).unwrap();
        let cli = Cli::try_parse_from(std::iter::once(&"reference-server").chain(arguments)).unwrap();
        Settings::merge(cli.serve, folder.path()).map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn defaults_hold_where_nothing_is_said() {
        let settings = merged(&[], "").unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(settings.data_dir, Path::new("coup-data"));
        assert!(matches!(settings.database, Database::Sqlite(path) if path == Path::new("coup-data/coup.db")));
        assert_eq!((settings.max_connections, settings.max_connections_per_address), (4096, Some(1024)));
        assert_eq!(settings.max_requests_per_address.map(NonZeroU32::get), Some(30_000));
        assert_eq!((settings.public_url, settings.demo, settings.log_format), (None, false, LogFormat::Text));
    }

    #[test]
    fn a_flag_beats_the_file_and_the_file_beats_the_default() {
        let file = "listen = \"0.0.0.0:80\"\ndata-dir = \"/srv/coup\"\ndemo = true\nmax-connections = 100\nlog-format = \"json\"";
        let settings = merged(&["--listen", "127.0.0.1:8080", "--demo=false"], file).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert!(!settings.demo);
        assert_eq!(settings.max_connections, 100);
        assert_eq!(merged(&["--max-connections", "7"], file).unwrap().max_connections, 7);
        let file_per_address = "max-connections-per-address = 20";
        assert_eq!(merged(&[], file_per_address).unwrap().max_connections_per_address, Some(20));
        let off = merged(&["--max-connections-per-address", "0"], file_per_address).unwrap();
        assert_eq!(off.max_connections_per_address, None, "0 switches the bound off");
        let requests =
            |flags: &[&str]| merged(flags, "max-requests-per-address = 600").unwrap().max_requests_per_address;
        assert_eq!(requests(&[]).map(NonZeroU32::get), Some(600));
        assert_eq!(requests(&["--max-requests-per-address", "0"]), None, "so does this one");
        assert_eq!(settings.log_format, LogFormat::Json);
        assert!(matches!(settings.database, Database::Sqlite(path) if path == Path::new("/srv/coup/coup.db")));
        assert!(merged(&["--demo"], "demo = false").unwrap().demo);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let error = merged(&[], "listne = \"127.0.0.1:80\"").unwrap_err();
        assert!(error.contains("listne") && error.contains("listen") && error.contains("coup.toml"), "{error}");
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_an_error_that_names_the_key() {
        for (file, key) in [
            ("listen = \"three thousand\"", "listen"),
            ("demo = \"maybe\"", "demo"),
            ("max-connections = 0", "max-connections"),
            ("log-format = \"xml\"", "log-format"),
        ] {
            let error = merged(&[], file).unwrap_err();
            assert!(error.contains(key), "{file}: {error}");
        }
    }

    #[test]
    fn a_named_file_must_be_there() {
        let error = merged(&["--config", "/nowhere/coup.toml"], "").unwrap_err();
        assert!(error.contains("/nowhere/coup.toml"), "{error}");
    }

    #[test]
    fn a_wrong_database_is_refused_without_repeating_its_password() {
        for url in ["mysql://root:hunter2@db/coup", "sqlite://", "sqlite://:memory:", "coup.db"] {
            let error = merged(&["--database-url", url], "").unwrap_err();
            assert!(error.contains("database-url") && !error.contains("hunter2"), "{error}");
        }
        let settings =
            merged(&["--database-url", "postgres://coup:hun@ter2@db:5432/coup?sslmode=disable"], "").unwrap();
        assert_eq!(settings.database.shown(), "PostgreSQL at db:5432/coup");
        assert!(!format!("{settings:?}").contains("ter2"));
    }

    #[tokio::test]
    async fn a_mail_server_is_named_with_its_sender_and_its_password_is_not_shown() {
        assert!(merged(&[], "").unwrap().mail.is_none());
        let file = "smtp = \"smtps://coup:hunter2@smtp.school.kr\"\nsmtp-from = \"CoUp <no-reply@school.kr>\"";
        let settings = merged(&[], file).unwrap();
        assert!(settings.mail.is_some() && !format!("{settings:?}").contains("hunter2"));
        assert!(merged(&["--smtp", "smtp://localhost:2525"], file).unwrap().mail.is_some());
        for (arguments, named) in [
            (&["--smtp", "smtps://coup:hunter2@smtp.school.kr"][..], "smtp-from"),
            (&["--smtp-from", "no-reply@school.kr"], "smtp is missing"),
            (&["--smtp", "smtp://coup:hunter2@smtp.school.kr", "--smtp-from", "no-reply@school.kr"], "TLS"),
            (&["--smtp", "smtps://smtp.school.kr", "--smtp-from", "nobody"], "sender"),
        ] {
            let error = merged(arguments, "").unwrap_err();
            assert!(error.contains(named) && !error.contains("hunter2"), "{error}");
        }
    }

    #[cfg(feature = "oauth")]
    #[test]
    fn a_provider_is_named_with_its_client_and_its_secret_is_not_shown() {
        let file = "google-client-id = \"id\"\ngoogle-client-secret = \"hunter2\"\ngithub-client-id = \"hub\"\n\
                    github-client-secret = \"hunter2\"";
        let settings = format!("{:?}", merged(&[], file).unwrap());
        assert!(!settings.contains("hunter2") && settings.contains("https://accounts.google.com"), "{settings}");
        assert!(settings.contains("https://github.com") && settings.contains("https://api.github.com"), "{settings}");
        let other = merged(&["--google-issuer", "https://id.school.kr"], file).unwrap();
        assert!(format!("{other:?}").contains("https://id.school.kr"));
        let here = merged(&["--google-issuer", "http://127.0.0.1:9000"], file).unwrap();
        assert!(format!("{here:?}").contains("http://127.0.0.1:9000"));
        let none = merged(&["--google-client-id", "", "--google-client-secret", " "], "").unwrap();
        assert!(format!("{:?}", none.oauth).contains("google: None"));
    }

    #[cfg(feature = "oauth")]
    #[test]
    fn half_a_provider_is_refused_and_what_would_be_right_is_named() {
        const GITHUB: &str = "github-client-id = \"hub\"\ngithub-client-secret = \"hunter2\"";
        for (arguments, file, named) in [
            (&["--google-client-id", "id"][..], "", "google-client-secret is missing"),
            (&["--google-client-secret", "hunter2"], "", "google-client-id is missing"),
            (&["--github-client-id", "id"], "", "github-client-secret is missing"),
            (&["--github-client-secret", "hunter2"], "", "github-client-id is missing"),
            (&["--google-issuer", "https://id.school.kr"], "", "google-client-id and google-client-secret"),
            (&["--github-api", "https://hub.school.kr"], "", "github-client-id and github-client-secret"),
            (&["--github-base", "https://hub.school.kr"], GITHUB, "belong together"),
            (&["--github-base", "http://hub.school.kr", "--github-api", "https://hub.school.kr"], GITHUB, "https://"),
        ] {
            let error = merged(arguments, file).unwrap_err();
            assert!(error.contains(named) && !error.contains("hunter2"), "{error}");
        }
    }

    #[cfg(feature = "redis")]
    #[test]
    fn redis_is_named_by_flag_or_file_and_its_password_is_not_shown() {
        const POSTGRES: &str = "database-url = \"postgres://db/coup\"\n";
        assert!(merged(&[], "").unwrap().redis.is_none());
        let file = format!("{POSTGRES}redis = \"redis://:hunter2@cache\"\nredis-prefix = \"school\"");
        let settings = merged(&[], &file).unwrap();
        assert!(!format!("{settings:?}").contains("hunter2"));
        let redis = settings.redis.unwrap();
        assert_eq!((redis.url.expose_secret(), &*redis.prefix), ("redis://:hunter2@cache", "school"));
        let redis = merged(&["--redis", "redis://other"], &file).unwrap().redis.unwrap();
        assert_eq!((redis.url.expose_secret(), &*redis.prefix), ("redis://other", "school"));
        assert!(merged(&["--redis-prefix", "two words"], POSTGRES).unwrap_err().contains("redis-prefix"));
    }

    #[cfg(feature = "redis")]
    #[test]
    fn redis_beside_sqlite_is_refused_and_what_would_be_right_is_named() {
        for arguments in [
            &["--redis", "redis://:hunter2@cache"][..],
            &["--redis", "redis://:hunter2@cache", "--database-url", "sqlite://coup.db"],
        ] {
            let error = merged(arguments, "").unwrap_err();
            assert!(error.contains("SQLite") && error.contains("postgres://") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn proxies_are_named_by_flag_or_file_and_what_is_no_network_is_refused() {
        let trusts = |settings: &Settings, address: &str| settings.proxies.trusts(address.parse().unwrap());
        assert_eq!(merged(&[], "").unwrap().proxies, TrustedProxies::default(), "nobody is believed");
        let file = "trusted-proxies = [\"10.0.0.0/8\", \"192.0.2.7\"]\ntrusted-proxy-header = \"forwarded\"";
        let settings = merged(&[], file).unwrap();
        assert!(trusts(&settings, "10.9.9.9") && trusts(&settings, "192.0.2.7") && !trusts(&settings, "192.0.2.8"));
        assert_eq!(settings.proxies, settings.proxies.clone().forwarded_in(ForwardedIn::Forwarded));
        let settings = merged(&["--trusted-proxies", "2001:db8::/32, 127.0.0.1"], file).unwrap();
        assert!(trusts(&settings, "2001:db8::1") && trusts(&settings, "127.0.0.1") && !trusts(&settings, "10.9.9.9"));
        for wrong in ["10.0.0.0/33", "proxy.school.kr", "*", "10.0.0.0/8,,"] {
            let error = merged(&["--trusted-proxies", wrong], "").unwrap_err();
            assert!(error.contains("trusted-proxies") && error.contains("10.0.0.0/8"), "{wrong}: {error}");
        }
        assert!(merged(&[], "trusted-proxy-header = \"x-real-ip\"").unwrap_err().contains("x-real-ip"));
    }

    #[test]
    fn a_public_address_is_a_scheme_and_a_host() {
        assert_eq!(PublicUrl::parse("https://study.school.kr/").unwrap().as_str(), "https://study.school.kr");
        assert_eq!(PublicUrl::parse("http://localhost:3000").unwrap().as_str(), "http://localhost:3000");
        for text in ["study.school.kr", "ftp://school.kr", "https://", "https://school.kr/coup", "https://a b"] {
            assert!(PublicUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
