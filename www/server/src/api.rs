//! The JSON API of the page. It never sees an object's bytes.

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::list::{Lister, Listing};
use crate::presign::{Action, Presigned, Signer};

/// The longest request is an action with a key and an upload's name.
const MAX_REQUEST: usize = 8 * 1024;

/// Where the objects are, for people to read.
#[derive(Serialize)]
struct Store {
    origin: String,
    bucket: String,
}

#[derive(Deserialize)]
struct After {
    after: Option<String>,
}

/// `GET /api/store`, `GET /api/objects` and `POST /api/presign`. Errors are `{ "error": sentence }`.
pub fn router(signer: Signer, lister: Lister) -> Router {
    Router::new()
        .route("/api/objects", get(objects).with_state(lister))
        .route("/api/store", get(store).with_state(signer.clone()))
        .route("/api/presign", post(presign).with_state(signer))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
}

async fn store(State(signer): State<Signer>) -> Json<Store> {
    Json(Store {
        origin: signer.origin(),
        bucket: signer.bucket().to_owned(),
    })
}

async fn objects(
    State(lister): State<Lister>,
    Query(page): Query<After>,
) -> Result<Json<Listing>, Failure> {
    let listed = tokio::task::spawn_blocking(move || lister.list(page.after.as_deref())).await;
    match listed {
        Ok(Ok(listing)) => Ok(Json(listing)),
        Ok(Err(error)) => Err(Failure(StatusCode::BAD_GATEWAY, format!("{error:#}"))),
        Err(_) => Err(Failure(
            StatusCode::INTERNAL_SERVER_ERROR,
            "listing ended early".into(),
        )),
    }
}

async fn presign(
    State(signer): State<Signer>,
    action: Result<Json<Action>, JsonRejection>,
) -> Result<Json<Presigned>, Failure> {
    let Json(action) = action.map_err(|error| Failure(error.status(), error.body_text()))?;
    match signer.presign(&action) {
        Ok(presigned) => Ok(Json(presigned)),
        Err(refusal) => Err(Failure(
            StatusCode::UNPROCESSABLE_ENTITY,
            refusal.to_string(),
        )),
    }
}

/// An answer with a status and a sentence.
struct Failure(StatusCode, String);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}
