//! Starts the school's service.

use std::net::SocketAddr;

use clap::Parser;
use embed_in_school::{School, StartError, service};

/// A school's own service, with CoUp mounted in it twice.
#[derive(Parser)]
struct Options {
    /// The school's database, such as `postgres://user:password@127.0.0.1/school`.
    database: String,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:3100")]
    listen: SocketAddr,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "tells the person at the terminal how to come in")]
async fn main() -> Result<(), StartError> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let options = Options::parse();
    let address = format!("http://{}", options.listen);
    let school = School::open(&options.database).await?;
    for (name, card) in school.print_cards().await? {
        println!("  {name}: {card}");
    }
    let (routes, background) = service(school, &address).await?;
    let listener = tokio::net::TcpListener::bind(options.listen).await?;
    println!("  {address}");
    axum::serve(listener, routes)
        .with_graceful_shutdown(async {
            if let Err(why) = tokio::signal::ctrl_c().await {
                tracing::warn!(%why, "cannot be asked to end");
            }
        })
        .await?;
    background.end().await;
    Ok(())
}
