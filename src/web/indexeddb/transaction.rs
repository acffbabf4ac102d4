//! A transaction over both object stores: everything that it writes, durably, or nothing.

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbTransaction};

use crate::{
    store::Error,
    web::thrown::{Failure, Thrown},
};

use super::schema::{ROWS, VAULTS};

#[wasm_bindgen]
extern "C" {
    /// `IdbDatabase` with the options of `transaction`, which web-sys has behind its unstable flag.
    type WithOptions;

    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &WithOptions,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;
}

/// Rolled back when it is dropped before its end.
pub(super) struct Transaction {
    inner: IdbTransaction,
    ended: JsFuture,
}

impl Transaction {
    /// `mode` is `readonly` or `readwrite`.
    pub(super) fn begin(database: &IdbDatabase, mode: &str) -> Result<Self, JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let stores = Array::of2(&VAULTS.into(), &ROWS.into());
        let inner = database
            .unchecked_ref::<WithOptions>()
            .transaction(&stores, mode, &options)?;
        let ended = Promise::new(&mut |resolve, reject| {
            inner.set_oncomplete(Some(&resolve));
            inner.set_onabort(Some(&reject));
        });
        Ok(Self {
            inner,
            ended: ended.into(),
        })
    }

    /// The object store of sequences.
    pub(super) fn vaults(&self) -> Result<IdbObjectStore, JsValue> {
        self.inner.object_store(VAULTS)
    }

    /// The object store of rows.
    pub(super) fn rows(&self) -> Result<IdbObjectStore, JsValue> {
        self.inner.object_store(ROWS)
    }

    /// Waits for the end: the commit of what succeeded, the rollback of what failed.
    ///
    /// Reading waits for it too. A Worker may be ended once it has answered, and WebKit keeps the connection of one
    /// that ends in the middle of a transaction: the database could not be upgraded or deleted until the browser is
    /// closed.
    pub(super) async fn end(mut self, outcome: Result<(), Failure>) -> Result<(), Error> {
        if outcome.is_err() {
            self.abort();
        }
        let ended = (&mut self.ended).await;
        match (outcome, ended) {
            (Ok(()), Ok(_)) => Ok(()),
            (Err(Failure::Core(error)), _) => Err(error),
            // The requests behind one that failed report that they were aborted; the transaction has the reason.
            (Err(Failure::Thrown(thrown)), _) => Err(self.reason().unwrap_or(thrown).into()),
            (Ok(()), Err(_)) => Err(self.reason().unwrap_or_else(closed).into()),
        }
    }

    /// Why the browser has aborted it.
    fn reason(&self) -> Option<Thrown> {
        Some(Thrown(self.inner.error()?.into()))
    }

    fn abort(&self) {
        // It fails only where the transaction has ended already.
        drop(self.inner.abort());
    }
}

/// An abort without a reason: the browser has closed the connection.
fn closed() -> Thrown {
    Thrown(js_sys::Error::new("the transaction was aborted").into())
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.abort();
    }
}
