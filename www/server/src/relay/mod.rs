//! The reference relay to Azure Key Vault, which does not answer pages of other origins.
//!
//! A request counts if its method, path and query are what a configured key makes of them. The caller's token and a bounded body
//! go to that key; status, body and `Retry-After` come back. Neither is logged. The relay sees what is unwrapped, so it must not
//! be who stores vaults or backups.

mod targets;

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use ureq::Agent;
use ureq::config::AutoHeaderValue;
use ureq::http::Request;

use targets::Targets;

/// A key of 4,096 bits is asked with some 700 bytes.
const MAX_REQUEST: usize = 4 * 1024;
/// A public key of 4,096 bits has a thousand.
const MAX_ANSWER: u64 = 64 * 1024;
/// How long the service may take.
const PATIENCE: Duration = Duration::from_secs(15);
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// `POST /kms/keys/NAME/VERSION/unwrapkey`, `GET /kms/keys/NAME/VERSION` and `GET /kms/keys/NAME` of each key. Without a key there is none.
pub fn router(keys: &[String]) -> Result<Router> {
    let targets = Targets::of(keys)?;
    if targets.is_empty() {
        return Ok(Router::new());
    }
    Ok(Router::new()
        .route("/kms/{*target}", any(relay))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(Arc::new(targets)))
}

async fn relay(
    State(targets): State<Arc<Targets>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    let Some(url) = targets.find(&method, target).map(str::to_owned) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut tokens = headers.get_all(header::AUTHORIZATION).iter().cloned();
    let (Some(token), None) = (tokens.next(), tokens.next()) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    match tokio::task::spawn_blocking(move || forward(method, &url, token, &body)).await {
        Ok(Ok(answer)) => answer,
        _ => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// Blocks.
fn forward(method: Method, url: &str, token: HeaderValue, body: &[u8]) -> Result<Response> {
    let config = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        .accept_encoding(AutoHeaderValue::None)
        .proxy(None);
    let agent = config.build().new_agent();
    let request = Request::builder().method(&method).uri(url);
    let request = request.header(header::AUTHORIZATION, token);
    let answer = if method == Method::POST {
        agent.run(request.header(header::CONTENT_TYPE, JSON).body(body)?)?
    } else {
        agent.run(request.body(())?)?
    };
    let status = answer.status();
    ensure!(!status.is_redirection(), "a redirect");
    let wait = answer.headers().get(header::RETRY_AFTER).cloned();
    let mut bytes = Vec::new();
    let body = answer.into_body().into_reader();
    body.take(MAX_ANSWER + 1).read_to_end(&mut bytes)?;
    ensure!(bytes.len() as u64 <= MAX_ANSWER, "a longer answer");
    let mut told = (status, bytes).into_response();
    told.headers_mut().insert(header::CONTENT_TYPE, JSON);
    let store = HeaderValue::from_static("no-store");
    told.headers_mut().insert(header::CACHE_CONTROL, store);
    told.headers_mut()
        .extend(wait.map(|wait| (header::RETRY_AFTER, wait)));
    Ok(told)
}
