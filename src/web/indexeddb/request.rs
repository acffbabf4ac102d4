//! Requests as futures. A promise's own `resolve` and `reject` are the handlers, so no closure of Rust's has to be
//! kept alive until an event comes.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::IdbRequest;

use crate::{
    store::Error,
    web::thrown::{Failure, Thrown},
};

/// A request that was made. Its failure is observed from the beginning, whether or not it is awaited.
pub(super) struct Pending {
    request: IdbRequest,
    settled: JsFuture,
}

impl From<IdbRequest> for Pending {
    fn from(request: IdbRequest) -> Self {
        let settled = Promise::new(&mut |resolve, reject| {
            request.set_onsuccess(Some(&resolve));
            request.set_onerror(Some(&reject));
        });
        Self {
            request,
            settled: settled.into(),
        }
    }
}

impl Pending {
    /// What the request gave.
    pub(super) async fn outcome(self) -> Result<JsValue, Failure> {
        let Self { request, settled } = self;
        match settled.await {
            Ok(_) => Ok(request.result()?),
            Err(_) => Err(JsValue::from(request.error()?).into()),
        }
    }
}

/// What a request gave whose transaction has ended well.
pub(super) fn result(request: &Option<IdbRequest>) -> Result<JsValue, Error> {
    let result = request.as_ref().map(IdbRequest::result);
    let result = result.unwrap_or(Ok(JsValue::UNDEFINED));
    result.map_err(|thrown| Thrown(thrown).into())
}
