//! Requests for approvals, and approvals.

use js_sys::{JsString, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    api::{self, RequestTexts},
    approvals::ApprovalRequest,
};

use super::{
    WasmVault,
    convert::{js, text},
    crossing::{members, plain},
};

#[wasm_bindgen]
impl WasmVault {
    /// Asks for an approval: the request's text.
    #[wasm_bindgen(js_name = requestApproval, unchecked_return_type = "Promise<string>")]
    pub fn request_approval(&self, proposal: JsValue, reason: Option<JsString>) -> Promise {
        self.run_because(reason, async move |vault| {
            let (proposal, open_for) = api::proposal(members(proposal)?)?;
            let request = vault.request_approval(&proposal, open_for).await?;
            Ok(js(&request.text()).into())
        })
    }

    /// The requests that are open.
    #[wasm_bindgen(js_name = listApprovals, unchecked_return_type = "Promise<object>")]
    pub fn list_approvals(&self) -> Promise {
        self.run(async |vault| {
            let requests = vault.approval_requests().await?;
            Ok(plain(&RequestTexts::from(requests)))
        })
    }

    /// Takes a request back.
    #[wasm_bindgen(js_name = cancelApproval, unchecked_return_type = "Promise<void>")]
    pub fn cancel_approval(&self, id: JsString, reason: Option<JsString>) -> Promise {
        self.run_because(reason, async move |vault| {
            vault.cancel_approval(&text(&id).parse()?).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Reads another vault's request, which is refused where it is none.
    #[wasm_bindgen(js_name = readApproval, unchecked_return_type = "Promise<string>")]
    pub fn read_approval(&self, request: JsString) -> Promise {
        self.run(async move |_| {
            let request = ApprovalRequest::parse(&text(&request))?;
            Ok(js(&request.text()).into())
        })
    }

    /// What a policy names the owner of a key that signs by.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn approver(&self, key: JsString) -> Promise {
        self.run(async move |vault| {
            let thumbprint = vault.approver(&text(&key)).await?;
            Ok(js(thumbprint.as_str()).into())
        })
    }

    /// Approves another vault's request: a compact JWS.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn approve(&self, request: JsString, key: JsString, reason: Option<JsString>) -> Promise {
        self.run_because(reason, async move |vault| {
            let request = ApprovalRequest::parse(&text(&request))?;
            let approval = vault.approve(&request, &text(&key)).await?;
            Ok(js(&approval).into())
        })
    }
}
