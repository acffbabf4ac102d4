//! A vault's audit log.

use js_sys::{JsString, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    api::{
        self, AuditCheckpoint, AuditCutting, AuditLogState, AuditPage, AuditProof, AuditSlice,
        AuditVerification, AuditWitnessRequest, AuditWitnessing, ProvenSlice,
    },
    audit::{CosignatureVerifier, NoteVerifier},
    base::{Duration, Error, LogId, Result},
};

use super::{
    WasmVault,
    convert::{count, text},
    crossing::{members, plain},
};

/// What an entry's number must be.
const SEQUENCE: Error = Error::Argument("sequence (the number of an entry)");

/// Which log is meant.
fn named(log: Option<JsString>) -> Result<Option<LogId>> {
    let parsed = log.map(|log| text(&log).parse()).transpose();
    parsed.map_err(|_| Error::Argument("log (the id of a log)"))
}

#[wasm_bindgen]
impl WasmVault {
    /// Begins to write a log, or goes on with it.
    #[wasm_bindgen(js_name = startAudit, unchecked_return_type = "Promise<void>")]
    pub fn start_audit(
        &self,
        fail_closed: Option<bool>,
        retain: Option<JsString>,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let retain = retain.map(|retain| Duration::parse(&text(&retain)));
            vault.start_audit(fail_closed, retain.transpose()?).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Writes no log any more.
    #[wasm_bindgen(js_name = stopAudit, unchecked_return_type = "Promise<void>")]
    pub fn stop_audit(&self, reason: Option<JsString>) -> Promise {
        self.run_because(reason, async move |vault| {
            vault.stop_audit().await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Takes the first entries of the log away.
    #[wasm_bindgen(js_name = cutAudit, unchecked_return_type = "Promise<object>")]
    pub fn cut_audit(&self, options: JsValue, reason: Option<JsString>) -> Promise {
        self.run_because(reason, async move |vault| {
            let (before, shipped) = api::cut_options(members(options)?)?;
            let done = vault.cut_audit(before, &shipped).await?;
            Ok(plain(&AuditCutting::from(done)))
        })
    }

    /// Writes the entries that wait.
    #[wasm_bindgen(js_name = flushAudit, unchecked_return_type = "Promise<void>")]
    pub fn flush_audit(&self) -> Promise {
        self.run(async move |vault| {
            vault.write_log().await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Notes attempts to unlock the vault that failed, and how often they asked a key management service, as the page has counted them.
    #[wasm_bindgen(js_name = noteFailedUnlocks, unchecked_return_type = "Promise<void>")]
    pub fn note_failed_unlocks(&self, failed: f64, asked: f64) -> Promise {
        self.run(async move |vault| {
            if asked > 0.0 {
                vault.log_vain_kms_calls(count(asked).unwrap_or(u64::MAX))?;
            }
            if failed > 0.0 {
                vault.log_failed_unlocks(count(failed).unwrap_or(u64::MAX))?;
            }
            Ok(JsValue::UNDEFINED)
        })
    }

    /// How the log stands, if there is one.
    #[wasm_bindgen(js_name = auditState, unchecked_return_type = "Promise<object>")]
    pub fn audit_state(&self) -> Promise {
        self.run(async move |vault| {
            let state = vault.audit_state().await?;
            Ok(plain(&AuditLogState::from(state)))
        })
    }

    /// Some entries.
    #[wasm_bindgen(js_name = queryAudit, unchecked_return_type = "Promise<object>")]
    pub fn query_audit(&self, query: JsValue) -> Promise {
        self.run(async move |vault| {
            let query = api::entry_query(members(query)?)?;
            Ok(plain(&AuditPage::from(vault.query_audit(&query).await?)))
        })
    }

    /// Some entries, the earliest first.
    #[wasm_bindgen(js_name = readAudit, unchecked_return_type = "Promise<object>")]
    pub fn read_audit(&self, query: JsValue, first: f64) -> Promise {
        self.run(async move |vault| {
            let query = api::entry_query(members(query)?)?;
            let first = count(first).ok_or(SEQUENCE)?;
            Ok(plain(&AuditSlice::from(
                vault.read_log(&query, first).await?,
            )))
        })
    }

    /// All of them, with what proves to a receiver that they are in the log.
    #[wasm_bindgen(js_name = auditBatch, unchecked_return_type = "Promise<object>")]
    pub fn audit_batch(&self, first: f64, limit: u32, log: Option<JsString>) -> Promise {
        self.run(async move |vault| {
            let first = count(first).ok_or(SEQUENCE)?;
            let batch = vault
                .log_batch(first, Some(limit), named(log)?.as_ref())
                .await?;
            Ok(plain(&ProvenSlice::from(batch)))
        })
    }

    /// Whether the log is what the head says, and continues a checkpoint.
    #[wasm_bindgen(js_name = verifyAudit, unchecked_return_type = "Promise<object>")]
    pub fn verify_audit(
        &self,
        last_checkpoint: Option<JsString>,
        log: Option<JsString>,
        witnesses: Vec<JsString>,
    ) -> Promise {
        self.run(async move |vault| {
            let last = last_checkpoint.as_ref().map(text);
            let witnesses: Vec<_> = witnesses.iter().map(text).collect();
            let witnesses = api::witnesses(&witnesses)?;
            let verified = vault
                .verify_audit(last.as_deref(), named(log)?.as_ref(), &witnesses)
                .await?;
            Ok(plain(&AuditVerification::from(verified)))
        })
    }

    /// A signed checkpoint.
    #[wasm_bindgen(js_name = auditCheckpoint, unchecked_return_type = "Promise<object>")]
    pub fn audit_checkpoint(&self) -> Promise {
        self.run(async move |vault| {
            let signed = vault.audit_checkpoint().await?;
            let cosigned = vault.cosigned_checkpoints(Some(&signed.log)).await?;
            Ok(plain(&AuditCheckpoint::from(signed).beside(cosigned)))
        })
    }

    /// What a witness is sent.
    #[wasm_bindgen(js_name = witnessRequest, unchecked_return_type = "Promise<object>")]
    pub fn witness_request(&self, since: f64, log: Option<JsString>) -> Promise {
        const SINCE: Error = Error::Argument("since (how many entries the witness has)");
        self.run(async move |vault| {
            let since = count(since).ok_or(SINCE)?;
            let asked = vault.witness_request(since, named(log)?.as_ref()).await?;
            Ok(plain(&AuditWitnessRequest::from(asked)))
        })
    }

    /// Keeps what it answered.
    #[wasm_bindgen(js_name = addCosignature, unchecked_return_type = "Promise<void>")]
    pub fn add_cosignature(&self, note: JsString, answer: JsString, witness: JsString) -> Promise {
        self.run(async move |vault| {
            let witness = CosignatureVerifier::parse(&text(&witness))?;
            vault
                .add_cosignature(&text(&note), &text(&answer), &witness)
                .await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// The key by which the vault is a witness.
    #[wasm_bindgen(js_name = witnessKey, unchecked_return_type = "Promise<string>")]
    pub fn witness_key(&self) -> Promise {
        self.run(async move |vault| Ok(vault.witness_key().await?.into()))
    }

    /// Cosigns a checkpoint of another log.
    #[wasm_bindgen(js_name = witnessLog, unchecked_return_type = "Promise<object>")]
    pub fn witness_log(&self, request: JsString, verifier: JsString) -> Promise {
        self.run(async move |vault| {
            let log = NoteVerifier::parse(&text(&verifier))?;
            let answer = vault.witness_log(text(&request).as_bytes(), &log).await?;
            Ok(plain(&AuditWitnessing::from(answer)))
        })
    }

    /// An entry with its proof.
    #[wasm_bindgen(js_name = proveEntry, unchecked_return_type = "Promise<object>")]
    pub fn prove_entry(&self, sequence: f64, log: Option<JsString>) -> Promise {
        self.run(async move |vault| {
            let sequence = count(sequence).ok_or(SEQUENCE)?;
            let proven = vault.prove_entry(sequence, named(log)?.as_ref()).await?;
            Ok(plain(&AuditProof::from(proven)))
        })
    }
}
