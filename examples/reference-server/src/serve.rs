//! `serve`: opens the store, mounts the routers, answers until told to stop.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::Router;
use coup_axum::{
    api::{ApiOptions, api},
    identity::{SessionCaller, SessionCookie, identity},
    listen::{self, Limits, RequestLimit},
    pages::{Accounts, Mount, PagesOptions, pages},
    socket::{SocketOptions, socket_io},
};
use coup_core::coup::Coup;
use coup_realtime::live::{self, Live};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::{
    admin,
    cli::{LogFormat, ServeOptions},
    config::Settings,
    demo,
    failure::Failure,
    health, shell,
    signals::Signals,
    store,
};

/// Under what the API is.
const API: &str = "/api";
/// How often background work looks for something to do.
const TICK: Duration = Duration::from_secs(1);
/// How long background work may take to end when the server ends.
const WORK_END: Duration = Duration::from_secs(10);

/// `serve`.
pub(crate) async fn run(options: ServeOptions) -> Result<(), Failure> {
    let settings = Settings::for_serving(options)?;
    start_log(&settings)?;
    // Before anything is written: a second start on the same port must not touch the data.
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| Failure::unavailable(format!("cannot listen on {}: {error}", settings.listen)))?;
    let address = listener.local_addr().map_err(Failure::system)?;
    let end = end_of_service()?;
    #[cfg(feature = "redis")]
    let node = crate::node::Node::of(&settings)?;
    let store = store::open(&settings).await?;
    let builder = store.builder()?.blobs(Arc::new(store::files(&settings)?));
    #[cfg(feature = "redis")]
    let builder = node.tells(builder);
    let here = format!("http://{address}");
    let public = settings.public_url.as_ref().map_or(here.as_str(), |url| url.as_str());
    let builder = match settings.mail.clone() {
        Some(mailer) => builder.mailer(Arc::new(mailer.pages_at(public))),
        None => builder,
    };
    #[cfg(feature = "oauth")]
    let builder = settings.oauth.lets_in(builder, public, API)?;
    let coup = builder.build();
    coup.load_settings().await?;
    if settings.demo {
        demo::before_serving(&store, &coup, address).await?;
    }
    admin::first(&coup, public).await?;

    tracing::info!(%address, public, database = settings.database.shown(), "serving");
    welcome(public);
    let background = tokio::spawn({
        let (coup, end) = (coup.clone(), end.clone());
        async move { coup.run_background(TICK, end.cancelled_owned()).await }
    });
    let live = Live::new(coup.clone(), live::Limits::default());
    let telling = tokio::spawn({
        let (live, end) = (live.clone(), end.clone());
        async move { live.run(end.cancelled_owned()).await }
    });
    #[cfg(feature = "redis")]
    let news = node.run();
    let limits = Limits {
        connections: settings.max_connections,
        per_address: settings.max_connections_per_address,
        ..Limits::default()
    };
    listen::serve(
        listener,
        settings.proxies.around(routes(coup, live, public, settings.max_requests_per_address)),
        limits,
        end.cancelled_owned(),
    )
    .await;
    end_background(telling).await;
    end_background(background).await;
    // Last: whatever was done until now, the other nodes hear of.
    #[cfg(feature = "redis")]
    news.abort();
    store.close().await;
    tracing::info!("ended");
    Ok(())
}

/// Lets the work that was begun end, before the store is closed.
async fn end_background(mut background: JoinHandle<()>) {
    if tokio::time::timeout(WORK_END, &mut background).await.is_err() {
        // Its jobs are free again when their leases run out.
        background.abort();
        tracing::warn!("background work took too long to end and was broken off");
    }
}

/// Everything under its address.
fn routes(coup: Coup, live: Live, public: &str, requests: Option<NonZeroU32>) -> Router {
    let cookie = SessionCookie::for_address(public);
    let mount = Mount { base: String::new(), api: API.into() };
    let options = ApiOptions::default().pages(mount.clone());
    let (accounts, document) = identity::<SessionCookie, SessionCaller>(coup.clone(), cookie, &options);
    let (api, _) = api::<SessionCookie, SessionCaller>(coup.clone(), options.document(document).live(live.clone()));
    let seen = PagesOptions { live: true, ..PagesOptions::new(mount, public, Accounts::Own(cookie)) };
    let routes = Router::new()
        .nest(API, api.merge(accounts))
        .merge(socket_io::<SessionCookie, SessionCaller>(live, SocketOptions::default().origin(public)))
        .merge(pages::<SessionCookie, SessionCaller>(coup.clone(), seen))
        .with_state(cookie);
    let routes = match requests {
        Some(requests) => RequestLimit::a_minute(requests).around(routes),
        None => routes,
    };
    // They always answer.
    let routes = routes.merge(health::routes(coup));
    shell::around(routes, public.starts_with("https://"))
}

#[expect(clippy::print_stdout, reason = "tells the person at the terminal where to go")]
fn welcome(public: &str) {
    println!("  {public}  —  API: {public}/api/docs");
}

/// Cancelled when somebody asks the program to end; a second time ends it at once.
fn end_of_service() -> Result<CancellationToken, Failure> {
    let end = CancellationToken::new();
    let mut signals = Signals::new().map_err(Failure::system)?;
    let told = end.clone();
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("ending: running requests may finish");
        told.cancel();
        signals.next().await;
        std::process::exit(130);
    });
    Ok(end)
}

fn start_log(settings: &Settings) -> Result<(), Failure> {
    let filter = EnvFilter::builder().parse(&settings.log).map_err(|error| {
        Failure::config(format!("log is {:?}: {error}; expected such as info or coup_axum=debug", settings.log))
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A line that cannot be written, as on a full disk, is lost. To complain of it would panic, and with it the request.
    let log = log.log_internal_errors(false);
    match settings.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}
