//! The reference collector of audit logs: takes batches that `vault.audit.ship` sends, and shows which vaults it knows.
//!
//! It has no key, and sees no name: ids, operations and hashes are all that a batch has. What it holds each batch to is in
//! [`batch`], what it remembers in [`book`].

mod alerts;
mod batch;
mod book;
#[cfg(test)]
mod book_tests;
mod told;
mod view;
mod witness;
#[cfg(test)]
mod witness_tests;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::Result;
use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use tower_http::set_header::SetResponseHeaderLayer;

use batch::{Batch, Refusal};
use book::Book;
use strongroom::base::WitnessFault;
use witness::Declined;

/// A batch has up to 1,000 entries of some 60 KiB at the most; `ship` halves what is larger than 1 MiB.
const MAX_BATCH: usize = 8 * 1024 * 1024;

/// `POST /collector`, and `GET /collector`: the page of what it has. `POST /add-checkpoint`: a witness. The book is a database of SQLite in that file, or in
/// memory.
pub fn router(file: Option<&Path>) -> Result<Router> {
    let book = Arc::new(Mutex::new(Book::open(file)?));
    let headers = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let mut router = Router::new()
        .route("/collector", get(show).post(take))
        .layer(DefaultBodyLimit::max(MAX_BATCH))
        .route(
            "/add-checkpoint",
            post(cosign).layer(DefaultBodyLimit::max(witness::MAX_REQUEST)),
        )
        .with_state(book);
    for (name, value) in headers {
        let value = HeaderValue::from_static(value);
        router = router.layer(SetResponseHeaderLayer::overriding(name, value));
    }
    Ok(router)
}

type Shared = State<Arc<Mutex<Book>>>;

async fn take(State(book): Shared, batch: Result<Json<Batch>, JsonRejection>) -> Response {
    let Json(batch) = match batch {
        Ok(batch) => batch,
        Err(error) => {
            let status = match error.status() {
                StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
                other => other,
            };
            return (status, error.body_text()).into_response();
        }
    };
    // Signatures take some milliseconds: who sends batches that are not signed keeps nobody from the book.
    let opened = tokio::task::spawn_blocking(move || {
        let opened = batch.open();
        (batch, opened)
    });
    let Ok((batch, opened)) = opened.await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let taken = in_book(book, move |book| book.take(&batch, opened)).await;
    match taken {
        Ok(Ok(size)) => Json(json!({ "size": size })).into_response(),
        Ok(Err(refusal)) => refused(&refusal),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refused(refusal: &Refusal) -> Response {
    let error = refusal.to_string();
    match refusal {
        Refusal::Elsewhere { size, .. } => {
            let told = Json(json!({ "error": error, "size": size }));
            (StatusCode::CONFLICT, told).into_response()
        }
        Refusal::Identity => {
            (StatusCode::FORBIDDEN, Json(json!({ "error": error }))).into_response()
        }
        Refusal::Malformed(_) => {
            (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
        }
        Refusal::Unsigned(_) => {
            let told = Json(json!({ "error": error }));
            (StatusCode::UNPROCESSABLE_ENTITY, told).into_response()
        }
    }
}

async fn cosign(State(book): Shared, request: Bytes) -> Response {
    let answered = tokio::task::spawn_blocking(move || witness::answer(&book, &request)).await;
    match answered {
        Ok(Ok(Ok(line))) => line.into_response(),
        Ok(Ok(Err(declined))) => declined_by(&declined),
        Ok(Err(_)) | Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// As C2SP's `tlog-witness` has it.
fn declined_by(declined: &Declined) -> Response {
    let status = match declined {
        Declined::Malformed | Declined::Fault(WitnessFault::Smaller(_)) => StatusCode::BAD_REQUEST,
        Declined::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Declined::UnknownOrigin => StatusCode::NOT_FOUND,
        Declined::Fault(WitnessFault::Size(size)) => {
            let kind = [(header::CONTENT_TYPE, "text/x.tlog.size")];
            return (StatusCode::CONFLICT, kind, format!("{size}\n")).into_response();
        }
        Declined::Fault(WitnessFault::Forked(_)) => StatusCode::CONFLICT,
        Declined::Fault(WitnessFault::Proof(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        Declined::Fault(WitnessFault::UnknownLog | WitnessFault::Future) => StatusCode::FORBIDDEN,
    };
    let why = match declined {
        Declined::Fault(fault) => fault.to_string(),
        Declined::UnknownOrigin => "no batch of this log was taken".into(),
        Declined::Malformed | Declined::TooLarge => "no add-checkpoint request".into(),
    };
    (status, why).into_response()
}

async fn show(State(book): Shared) -> Response {
    match in_book(book, |book| book.overview()).await {
        Ok(overview) => Html(view::page(&overview)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// SQLite waits for its disk: not on the threads that answer.
async fn in_book<T: Send + 'static>(
    book: Arc<Mutex<Book>>,
    ask: impl FnOnce(&mut Book) -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(move || ask(&mut locked(&book))).await?
}

fn locked(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    // A transaction that ended early has changed nothing.
    book.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
