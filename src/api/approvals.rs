//! What a page says and is told of approvals.

use serde::Serialize;

use crate::{
    approvals::ApprovalRequest,
    base::{Error, InputError, Json, Object, Result},
    keys::{Period, Policy},
    vault::Proposal,
};

use super::key_options;

/// What an approval is asked for, and for how many milliseconds the request is open: `ApprovalProposal`.
///
/// # Errors
/// [`Error::Argument`].
pub fn proposal(given: Object) -> Result<(Proposal, u64)> {
    const KEY: Error = Error::Argument("key (which one the operation is on)");
    const TEXT: InputError = InputError::Argument("operation, key and openFor are texts");
    let mut members = given;
    let operation = members.string("operation", TEXT)?;
    let key = members.optional_string("key", TEXT)?;
    let open_for = members.optional_string("openFor", TEXT)?;
    let open_for = open_for.as_deref().map(Period::parse).transpose()?;
    let open_for = open_for.map_or(ApprovalRequest::LONGEST, |period| period.millis());
    let proposal = match (&*operation, key) {
        ("setVaultPolicy", None) => {
            let policy = key_options::new_policy(members)?;
            policy.as_deref().map_or(Ok(()), Policy::check_vault)?;
            Proposal::VaultPolicy(policy)
        }
        ("export", Some(key)) => Proposal::Export(key, key_options::version(members)?),
        ("destroy" | "scheduleDestroy" | "setPolicy", Some(key)) => {
            Proposal::Key(key, key_options::action(&operation, members)?)
        }
        ("export" | "destroy" | "scheduleDestroy" | "setPolicy", None) => return Err(KEY),
        _ => {
            return Err(Error::Argument(
                "operation (export, destroy, scheduleDestroy or setPolicy of a key, or setVaultPolicy)",
            ));
        }
    };
    Ok((proposal, open_for))
}

/// The approvals that a page gives, each a compact JWS.
///
/// # Errors
/// [`Error::Argument`].
pub(super) fn approvals(members: &mut Object) -> Result<Vec<String>> {
    const TEXTS: InputError =
        InputError::Argument("approval (what an approver signed, or a list of such)");
    match members.remove("approvals") {
        None => Ok(Vec::new()),
        Some(Json::Array(items)) => items
            .into_iter()
            .map(|item| match item {
                Json::String(text) => Ok(text),
                _ => Err(TEXTS.into()),
            })
            .collect(),
        Some(_) => Err(TEXTS.into()),
    }
}

/// Requests, each as the text that it is.
#[derive(Serialize)]
pub struct RequestTexts {
    requests: Vec<String>,
}

impl From<Vec<ApprovalRequest>> for RequestTexts {
    fn from(requests: Vec<ApprovalRequest>) -> Self {
        Self {
            requests: requests.iter().map(ApprovalRequest::text).collect(),
        }
    }
}
