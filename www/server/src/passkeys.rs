//! What browsers and password managers are told of this site's passkeys, before a person deletes one (W3C, "A Well-Known URL
//! for Passkey Endpoints", and its `prfUsageDetails`).

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tower_http::set_header::SetResponseHeaderLayer;

const DETAILS: &str = "/about-passkeys";

const PAGE: &str = r#"<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <title>What your passkeys encrypt</title>
  <h1>What your passkeys encrypt</h1>
  <p>A passkey of this site does not sign you in. It opens a vault of keys in your browser, and with it your files.</p>
  <p>Before you delete one, make sure that the vault opens by your passphrase or your recovery kit. A deleted passkey cannot be
  made again, and nobody can open the vault for you.</p>
</html>
"#;

/// `GET /.well-known/passkey-endpoints`, and the page that it names.
pub fn router() -> Router {
    let policy = HeaderValue::from_static("default-src 'none'");
    Router::new()
        .route("/.well-known/passkey-endpoints", get(endpoints))
        .route(DETAILS, get(async || Html(PAGE)))
        .layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            policy,
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
}

/// Addresses of the host that was asked, which is one of this server's.
async fn endpoints(headers: HeaderMap) -> Response {
    let Some(Ok(host)) = headers.get(header::HOST).map(HeaderValue::to_str) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let home = format!("http://{host}/");
    let details = format!("http://{host}{DETAILS}");
    Json(json!({ "enroll": home, "manage": home, "prfUsageDetails": details })).into_response()
}
