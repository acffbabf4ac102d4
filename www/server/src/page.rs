//! The built page's files, with headers that leave a script little to abuse.

use std::convert::Infallible;
use std::path::Path;

use anyhow::{Result, ensure};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use tower::Service;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use url::Url;

/// Fails with a sentence when the page was not built.
pub fn check(folder: &Path) -> Result<()> {
    ensure!(
        folder.join("index.html").is_file(),
        "no page in {}: build it with `npm ci && npm run build` in www/, or name its folder with --page",
        folder.display()
    );
    Ok(())
}

/// Serves the files of `folder`; `store` and `services` are the only other origins the page may talk to.
pub fn service(
    folder: &Path,
    store: &str,
    services: &[String],
) -> Result<
    impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + use<>,
> {
    for service in services {
        let origin = Url::parse(service)?.origin().ascii_serialization();
        ensure!(origin == *service, "{service} is not an origin");
    }
    let origins = [&[store.to_owned()], services].concat().join(" ");
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_str(&policy(&origins))?,
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        // Not `no-referrer`: that would blank the `Origin` of some requests the guard looks at.
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ),
        // Revalidate always: a rebuilt page is seen on the next reload.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
    ];
    let mut router = Router::new().fallback_service(ServeDir::new(folder));
    for (name, value) in headers {
        router = router.layer(SetResponseHeaderLayer::overriding(name, value));
    }
    Ok(router)
}

/// Nothing inline, nothing from elsewhere; wasm may be compiled, and the page shows what it
/// decrypted through blob URLs, which are images only, and through its service worker.
fn policy(origins: &str) -> String {
    [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self'",
        "frame-src 'self'",
        &format!("connect-src 'self' {origins}"),
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        // The package's policy for its Workers, and the page's own for its service worker and for what it prints.
        "require-trusted-types-for 'script'",
        "trusted-types strongroom strongroom-demo strongroom-demo-print",
    ]
    .join("; ")
}
