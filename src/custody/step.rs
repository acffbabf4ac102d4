//! How the core gets by without waiting: what takes a store or a key derivation is cut into steps, and
//! each says what it needs and how it goes on from there.
//!
//! Whoever owns the store and runs Argon2id takes the steps: [`take`] does, over the ports, and
//! `js/src/engine/wasm/run-flow.ts` in a page.

use std::rc::Rc;

use crate::vocabulary::{Error, Result, Secret};

use super::{
    Batch, Kdf, Passphrase, Range, Row, Sequence, Store, Stretch, VaultName, store::check_answer,
};

/// How a flow goes on, once it has what it needs.
pub type Then<'a, Given, T> = Box<dyn FnOnce(Given) -> Result<Step<'a, T>> + 'a>;

/// More rows of a batch, until there are no more. They are computed when they are asked for, so that a
/// store can write some while the next are made: in one transaction still.
pub type Rest<'a> = Box<dyn FnMut() -> Result<Option<Vec<Row>>> + 'a>;

/// What a flow has come to. A step is taken once: going on spends it.
#[must_use]
pub enum Step<'a, T> {
    /// The end.
    Done(T),
    /// It needs some of a vault's rows, and the sequence that they were read at.
    Read(VaultName, Vec<Range>, Then<'a, (Sequence, Vec<Row>), T>),
    /// It needs a batch to be applied, if the vault's sequence still is the first of these, which makes it the
    /// second; and whether it was, or why the store could not: nothing is changed then.
    Commit(
        VaultName,
        [Sequence; 2],
        Rc<Batch>,
        Option<Rest<'a>>,
        Then<'a, Result<bool>, T>,
    ),
    /// It needs what these parameters derive from one of the caller's passphrases, by its place.
    Stretch(usize, Kdf, Then<'a, Secret<32>, T>),
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
            Step::Read(name, ranges, then) => {
                let (sequence, rows) = store.read(&name, &ranges).await?;
                check_answer(&ranges, &rows)?;
                then((sequence, rows))?
            }
            Step::Commit(name, [expect, next], batch, rest, then) => {
                let batch = whole(batch, rest)?;
                let committed = match store.commit(&name, expect, next, &batch).await {
                    Ok(()) => Ok(true),
                    Err(Error::Conflict) => Ok(false),
                    Err(error) => Err(error),
                };
                then(committed)?
            }
            Step::Stretch(at, kdf, then) => {
                const NONE: Error = Error::Argument("a passphrase is needed");
                let passphrase = passphrases.get(at).ok_or(NONE)?;
                then(stretch.stretch(passphrase, &kdf).await?)?
            }
        }
    }
}

fn whole(batch: Rc<Batch>, rest: Option<Rest>) -> Result<Rc<Batch>> {
    let Some(mut rest) = rest else {
        return Ok(batch);
    };
    let mut batch = Batch::clone(&batch);
    while let Some(rows) = rest()? {
        batch.puts.extend(rows);
    }
    Ok(Rc::new(batch))
}
