//! How the core gets by without waiting: what takes a store or a key derivation is cut into steps, and
//! each says what it needs and how it goes on from there.
//!
//! Whoever owns the store and runs Argon2id takes the steps: [`take`] does, over the ports, and
//! `js/engine/flow.ts` in a page.

use std::rc::Rc;

use crate::vocabulary::{Error, Result, Secret};

use super::{Batch, Kdf, Passphrase, Range, Row, Sequence, Store, Stretch, VaultName};

/// How a flow goes on, once it has what it needs.
pub type Then<'a, Given, T> = Box<dyn FnOnce(Given) -> Result<Step<'a, T>> + 'a>;

/// What a flow has come to. A step is taken once: going on spends it.
#[must_use]
pub enum Step<'a, T> {
    /// The end.
    Done(T),
    /// It needs some of a vault's rows, and the sequence that they were read at.
    Read(VaultName, Vec<Range>, Then<'a, (Sequence, Vec<Row>), T>),
    /// It needs a batch to be applied, if the vault's sequence still is this one; and whether it was.
    Commit(VaultName, Sequence, Rc<Batch>, Then<'a, bool, T>),
    /// It needs what these parameters derive from one of the caller's passphrases, by its place.
    Stretch(usize, Kdf, Then<'a, Secret<32>, T>),
}

impl<'a, T: 'a> Step<'a, T> {
    /// The same flow, with what becomes of its end.
    pub fn map<U: 'a>(self, done: impl FnOnce(T) -> U + 'a) -> Step<'a, U> {
        match self {
            Self::Done(value) => Step::Done(done(value)),
            Self::Read(name, ranges, then) => {
                let then = move |given| Ok(then(given)?.map(done));
                Step::Read(name, ranges, Box::new(then))
            }
            Self::Commit(name, expect, batch, then) => {
                let then = move |given| Ok(then(given)?.map(done));
                Step::Commit(name, expect, batch, Box::new(then))
            }
            Self::Stretch(at, kdf, then) => {
                let then = move |given| Ok(then(given)?.map(done));
                Step::Stretch(at, kdf, Box::new(then))
            }
        }
    }
}

/// Takes every step there is, to the end.
///
/// # Errors
/// The flow's, and what the store and the derivation report.
pub async fn take<T>(
    store: &impl Store,
    stretch: &dyn Stretch,
    passphrases: &[Passphrase],
    mut step: Step<'_, T>,
) -> Result<T> {
    loop {
        step = match step {
            Step::Done(done) => return Ok(done),
            Step::Read(name, ranges, then) => then(store.read(&name, &ranges).await?)?,
            Step::Commit(name, expect, batch, then) => {
                let committed = match store.commit(&name, expect, &batch).await {
                    Ok(_) => true,
                    Err(Error::Conflict) => false,
                    Err(error) => return Err(error),
                };
                then(committed)?
            }
            Step::Stretch(at, kdf, then) => {
                const NONE: &Error = &Error::Argument("a passphrase is needed");
                let passphrase = passphrases.get(at).ok_or(NONE)?;
                then(stretch.stretch(passphrase, &kdf).await?)?
            }
        }
    }
}
