//! The demo's server: the built page, a JSON API that lists objects and mints presigned URLs, and
//! an S3-compatible store over a folder.
//!
//! Object bytes never pass through the API: the page talks to the store with presigned URLs, as it
//! would to a cloud provider. With `--s3-endpoint` the same page and the same API use another S3
//! instead of the embedded one. Everything listens on this machine only: the page on 127.0.0.1 and ::1, which are both
//! `localhost`, the store on 127.0.0.1.

mod api;
mod args;
mod collector;
mod guard;
mod list;
mod listen;
mod page;
mod parts;
mod passkeys;
mod presign;
mod relay;
mod store;

use std::future::IntoFuture as _;
use std::io::Write as _;
use std::time::Duration;

use anyhow::Result;
use axum::{Router, middleware};
use clap::Parser as _;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::args::Args;
use crate::guard::Origins;
use crate::list::Lister;
use crate::presign::Signer;

/// How long requests in flight may take to end after a signal.
const GRACE: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    page::check(&args.page)?;
    let (port, pages) = listen::on_localhost(args.port).await?;
    let origins = Origins::of(port);

    let (signer, store) = match args.external()? {
        Some(signer) => (signer, None),
        None => {
            let (signer, listener, router) = embedded(&args, &origins).await?;
            (signer, Some((listener, router)))
        }
    };
    let lister = Lister::new(signer.clone(), store.is_some());
    let app = api::router(signer.clone(), lister)
        .merge(passkeys::router())
        .merge(collector::router(args.collector.as_deref())?)
        .merge(relay::router(&args.azure_key)?)
        .fallback_service(page::service(
            &args.page,
            &signer.origin(),
            &args.kms_endpoint,
        )?)
        .layer(middleware::from_fn_with_state(origins, guard::check));

    // Who reads the announcement may end it at once.
    let signal = signal()?;
    announce(port, &signer)?;
    let (stop, stopped) = watch::channel(false);
    let mut servers = Vec::new();
    for page in pages {
        servers.push(tokio::spawn(serve(page, app.clone(), stopped.clone())));
    }
    if let Some((listener, router)) = store {
        servers.push(tokio::spawn(serve(listener, router, stopped)));
    }
    signal.await?;
    stop.send_replace(true);
    for server in servers {
        server.await??;
    }
    Ok(())
}

/// Starts the embedded store on a listener of its own: another origin than the page's, as a cloud
/// provider would be.
async fn embedded(args: &Args, origins: &Origins) -> Result<(Signer, TcpListener, Router)> {
    let listener = listen::on_ipv4(args.store_port).await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let credentials = args.store_credentials()?;
    let readers = [origins.values(), args.allow_origin.clone()].concat();
    let router = store::router(&args.data, &args.bucket, &credentials, readers)?;
    let signer = Signer::new(&endpoint, &args.bucket, store::REGION, credentials)?;
    Ok((signer, listener, router))
}

/// Two lines that people and tests read: where the page is, and where its objects go. The page is told by its name,
/// since an address can have no passkeys.
fn announce(port: u16, signer: &Signer) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening on http://localhost:{port}")?;
    writeln!(out, "store on {}", signer.origin())?;
    Ok(out.flush()?)
}

/// Serves until told to stop; connections that do not end within [`GRACE`] are dropped.
async fn serve(listener: TcpListener, app: Router, stopped: watch::Receiver<bool>) -> Result<()> {
    let server = axum::serve(listener, app).with_graceful_shutdown(wait(stopped.clone()));
    tokio::select! {
        ended = server.into_future() => Ok(ended?),
        () = async { wait(stopped).await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

async fn wait(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a reason to stop as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Resolves on Ctrl-C, and on SIGTERM where there is one: from when it is called, not from when it is awaited.
#[cfg(unix)]
fn signal() -> Result<impl Future<Output = Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(())
    })
}

/// Resolves on Ctrl-C.
#[cfg(not(unix))]
fn signal() -> Result<impl Future<Output = Result<()>>> {
    Ok(async { Ok(tokio::signal::ctrl_c().await?) })
}
