//! Keeps other sites away from the server on this machine.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// The names under which a browser on this machine may reach the page.
#[derive(Clone)]
pub struct Origins(Arc<[String; 2]>);

impl Origins {
    /// The origins of the page on this port.
    pub fn of(port: u16) -> Self {
        Self(Arc::new([
            format!("http://127.0.0.1:{port}"),
            format!("http://localhost:{port}"),
        ]))
    }

    /// The origins as header values, for the store's CORS rules.
    pub fn values(&self) -> Vec<HeaderValue> {
        self.0
            .iter()
            .filter_map(|origin| HeaderValue::from_str(origin).ok())
            .collect()
    }

    fn admits_origin(&self, origin: &str) -> bool {
        self.0.iter().any(|ours| ours == origin)
    }

    fn admits_host(&self, host: &str) -> bool {
        self.admits_origin(&format!("http://{host}"))
    }
}

/// Refuses a foreign `Host` (a name rebound to 127.0.0.1) and a foreign or missing `Origin` on
/// anything that is not a plain read (a form or a fetch sent by another site). Browsers send
/// `Origin` with every POST, so a missing one is not the page.
pub async fn check(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if admits(&origins, request.headers(), reads) {
        next.run(request).await
    } else {
        (
            StatusCode::FORBIDDEN,
            "this server answers only its own page\n",
        )
            .into_response()
    }
}

fn admits(origins: &Origins, headers: &HeaderMap, reads: bool) -> bool {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let host = headers.get(header::HOST).map(text);
    let origin = headers.get(header::ORIGIN).map(text);
    host.is_some_and(|host| origins.admits_host(&host))
        && origin.map_or(reads, |origin| origins.admits_origin(&origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_loopback_names_with_the_right_port_are_admitted() {
        let origins = Origins::of(8080);
        assert!(origins.admits_host("127.0.0.1:8080"));
        assert!(origins.admits_host("localhost:8080"));
        for foreign in [
            "127.0.0.1",
            "127.0.0.1:8081",
            "[::1]:8080",
            "rebound.example:8080",
            "",
        ] {
            assert!(!origins.admits_host(foreign), "{foreign}");
        }
        assert!(!origins.admits_origin("https://localhost:8080"));
        assert!(!origins.admits_origin("null"));
    }
}
