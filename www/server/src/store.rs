//! The embedded S3-compatible store: `s3s` with its file-system backend.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rusty_s3::Credentials;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tower_http::cors::CorsLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::parts;

/// The region the embedded store is signed for; it has only one.
pub const REGION: &str = "us-east-1";

/// Draws an access key that lives as long as the process: presigned URLs end with it.
pub fn generate_credentials() -> Result<Credentials> {
    Ok(Credentials::new(random_hex::<10>()?, random_hex::<32>()?))
}

/// The store's routes over `folder`, which is made when it is missing.
///
/// Every request must be signed with `credentials`; only pages of `origins` may read the answers.
pub fn router(
    folder: &Path,
    bucket: &str,
    credentials: &Credentials,
    origins: Vec<HeaderValue>,
) -> Result<Router> {
    std::fs::create_dir_all(folder.join(bucket))
        .with_context(|| format!("cannot make the store's folder {}", folder.display()))?;
    remove_unfinished_uploads(folder)?;
    let files = FileSystem::new(folder).map_err(|error| {
        anyhow!(
            "cannot open the store's folder {}: {error:?}",
            folder.display()
        )
    })?;
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(
        credentials.key(),
        credentials.secret(),
    ));
    Ok(Router::new()
        .fallback(answer)
        .with_state((builder.build(), Arc::from(folder)))
        .layer(cors(origins))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        )))
}

async fn answer(
    State((store, folder)): State<(S3Service, Arc<Path>)>,
    request: Request,
) -> Response {
    let parts = parts::Asked::of(&request);
    match (
        store.call(request.map(s3s::Body::http_body_unsync)).await,
        parts,
    ) {
        // It was signed.
        (Ok(response), Some(parts)) if response.status().is_success() => {
            // Up to a thousand parts are read and hashed: on a thread that may wait.
            let read = tokio::task::spawn_blocking(move || parts.answer(&folder)).await;
            match read {
                Ok(Ok(answer)) => answer,
                _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
        (Ok(response), _) => response.map(Body::new),
        // What S3 has an answer for is `Ok`; this is a request that HTTP itself cannot answer.
        (Err(_), _) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What requests send that are signed in their URL.
const PRESIGNED: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::RANGE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
];

/// What the AWS SDK for JavaScript sends besides, which signs in the page and in headers.
const AWS_SDK: [&str; 11] = [
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "authorization",
    "x-amz-checksum-crc32",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-security-token",
    "x-amz-trailer",
    "x-amz-user-agent",
];

/// The rules a bucket needs for uploads and downloads from a page; the README repeats them for a
/// cloud provider.
fn cors(origins: Vec<HeaderValue>) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::PUT,
            Method::POST,
            Method::DELETE,
        ])
        .allow_headers(
            PRESIGNED
                .into_iter()
                .chain(AWS_SDK.map(HeaderName::from_static))
                .collect::<Vec<_>>(),
        )
        .expose_headers([
            header::ETAG,
            header::ACCEPT_RANGES,
            header::CONTENT_RANGE,
            header::CONTENT_LENGTH,
            HeaderName::from_static("x-amz-request-id"),
        ])
        .max_age(Duration::from_secs(600))
}

/// Parts of uploads that an earlier process left behind. They belong to its access key, which is
/// gone, so nobody could complete or abort them.
fn remove_unfinished_uploads(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let upload = name.starts_with(".upload_id-") || name.starts_with(".upload-");
        let unfinished = upload || (name.starts_with(".bucket-") && name.contains(".upload-"));
        if unfinished && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn random_hex<const BYTES: usize>() -> Result<String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no randomness: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
