//! Opening the catalog, a few shards at a time, so that other calls go on meanwhile.

use core::ops::Deref;

use crate::{
    custody::{Holdings, Kind, Range, Row, Sequence, Slot, Step},
    vocabulary::Result,
};

use super::{Unlocked, Vault};

/// Shards that are opened in one go: with 100,000 keys about 10 ms.
const SHARDS: u32 = 16;

/// How a flow goes on with its vault.
pub(super) type Onwards<'a, V, T> = Box<dyn FnOnce(V) -> Result<Step<'a, T>> + 'a>;

/// Since when pages are taken in, and what was the last.
#[derive(Clone)]
struct Place {
    epoch: u64,
    after: Option<Slot>,
}

impl<O, E> Vault<Unlocked, O, E> {
    /// Takes the catalog into the index, and goes on. Shards that are there already are not opened; what
    /// another tab writes meanwhile leaves the index in need of them again.
    pub(super) fn index<'a, V, T: 'a>(vault: V, then: Onwards<'a, V, T>) -> Step<'a, T>
    where
        V: Deref<Target = Self> + 'a,
    {
        let epoch = vault.state.holdings.borrow().index_epoch();
        Self::index_from(vault, Place { epoch, after: None }, then)
    }

    fn index_from<'a, V, T: 'a>(vault: V, place: Place, then: Onwards<'a, V, T>) -> Step<'a, T>
    where
        V: Deref<Target = Self> + 'a,
    {
        let name = vault.name.clone();
        let page = Range::of(Kind::Catalog).page(place.after.clone(), SHARDS);
        let read = move |(sequence, rows): (Sequence, Vec<Row>)| {
            let held = vault.state.holdings.borrow().sequence();
            if sequence <= held {
                return Self::indexed(vault, place, &rows, sequence == held, then);
            }
            // What another tab wrote may be under another vault key, which its core tells.
            let name = vault.name.clone();
            let caught_up = move |(sequence, core)| {
                vault.take_in(sequence, core)?;
                Self::indexed(vault, place, &rows, true, then)
            };
            Ok(Step::Read(name, Holdings::core(), Box::new(caught_up)))
        };
        Step::Read(name, vec![page], Box::new(read))
    }

    /// Goes on behind a page, which is taken in if it is of now.
    fn indexed<'a, V, T: 'a>(
        vault: V,
        place: Place,
        rows: &[Row],
        of_now: bool,
        then: Onwards<'a, V, T>,
    ) -> Result<Step<'a, T>>
    where
        V: Deref<Target = Self> + 'a,
    {
        let mut epoch = place.epoch;
        if of_now {
            vault.state.holdings.borrow().index_shards(rows)?;
        } else {
            // A page is missing now: that is no whole.
            epoch = u64::MAX;
        }
        match rows.last() {
            Some(last) if rows.len() as u32 == SHARDS => {
                let after = Some(last.slot.clone());
                Ok(Self::index_from(vault, Place { epoch, after }, then))
            }
            _ => {
                vault.state.holdings.borrow().index_whole(epoch);
                then(vault)
            }
        }
    }
}
