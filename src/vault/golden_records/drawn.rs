//! What was drawn for an envelope, given to a writer again.

use core::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::{
    base::{Entropy, InputError, InputResult, Result, base64},
    jose::Kek,
};

/// What was drawn for some bytes, each value as it was drawn.
#[derive(Clone, Default)]
pub(crate) struct Drawn(Vec<Vec<u8>>);

impl Drawn {
    pub(crate) fn new(values: &[&[u8]]) -> Self {
        Self(values.iter().map(|value| value.to_vec()).collect())
    }

    /// The CEK and the IV of an envelope in general form or of a compact token, whose first recipient a KEK is.
    pub(crate) fn of(text: &[u8], kek: &Kek) -> Self {
        let text = core::str::from_utf8(text).expect("text");
        let (wrapped, iv) = match serde_json::from_str::<Json>(text) {
            Ok(envelope) => {
                let part = |json: &Json| json.as_str().expect("text").to_owned();
                let wrapped = part(&envelope["recipients"][0]["encrypted_key"]);
                (wrapped, part(&envelope["iv"]))
            }
            Err(_) => {
                let parts: Vec<_> = text.split('.').collect();
                (parts[1].to_owned(), parts[2].to_owned())
            }
        };
        const MALFORMED: InputError = InputError::Malformed("an envelope");
        let wrapped = base64::decode_array(&wrapped, MALFORMED).expect("40 bytes");
        let cek = kek.unwrap_cek(&wrapped).expect("the KEK's own");
        let iv = base64::decode(&iv, MALFORMED).expect("an IV");
        // EXPOSE: the writer is given the CEK again.
        Self(vec![cek.secret().expose().to_vec(), iv])
    }

    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.0.extend(other.0.iter().cloned());
        self
    }

    /// What a writer writes that draws just these, in this order of each length.
    pub(crate) fn give(
        &self,
        write: impl FnOnce(&dyn Entropy) -> Result<Vec<u8>>,
    ) -> Result<Vec<u8>> {
        let script = Script(RefCell::new(self.0.clone()));
        let written = write(&script)?;
        assert!(script.0.borrow().is_empty(), "all of it was drawn");
        Ok(written)
    }

    /// Whether a writer writes these bytes with what was drawn, in whatever order it draws that.
    pub(crate) fn gives(
        &self,
        expected: &[u8],
        write: impl Fn(&dyn Entropy) -> Result<Vec<u8>>,
    ) -> bool {
        let mut orders = BTreeSet::new();
        permute(&mut self.0.clone(), 0, &mut orders);
        let mut orders = orders.into_iter().map(Self);
        orders.any(|order| order.give(&write).is_ok_and(|bytes| bytes == expected))
    }
}

/// Every order that differs in what is drawn of one length.
fn permute(values: &mut Vec<Vec<u8>>, from: usize, orders: &mut BTreeSet<Vec<Vec<u8>>>) {
    if from + 1 >= values.len() {
        let mut order = values.clone();
        order.sort_by_key(Vec::len);
        orders.insert(order);
        return;
    }
    for at in from..values.len() {
        values.swap(from, at);
        permute(values, from + 1, orders);
        values.swap(from, at);
    }
}

/// Answers each draw with the first value left of its length.
struct Script(RefCell<Vec<Vec<u8>>>);

impl Entropy for Script {
    fn fill(&self, bytes: &mut [u8]) -> InputResult<()> {
        let mut left = self.0.borrow_mut();
        let at = left.iter().position(|value| value.len() == bytes.len());
        let value =
            left.remove(at.ok_or(InputError::Unsupported("a draw that is not in the script"))?);
        bytes.copy_from_slice(&value);
        Ok(())
    }
}
