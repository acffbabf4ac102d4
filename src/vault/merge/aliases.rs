//! Who keeps which alias: it is unique among the keys that live.

use crate::{
    base::{Error, Result, sort_by},
    keys::{Alias, KeyRecord},
};

use super::{MergeReport, RenamedKey, keys::MergedKey, keys::MergedKeys};

/// The most bytes of an alias.
const MAX_BYTES: usize = 256;

/// Gives every key that lives an alias of its own. Of several, the one that was made first keeps it; of a backup that proves
/// nothing, none takes one of the vault's.
pub(super) fn settle(merged: &mut MergedKeys, report: &mut MergeReport) -> Result<()> {
    let proven = report.proven;
    let mut living: Vec<&mut MergedKey> = Vec::new();
    for known in merged.iter_mut() {
        if !known.key.is_destroyed() {
            living.push(known);
        }
    }
    let place = |known: &MergedKey| {
        let comes_later = !proven && !known.is_own();
        let key = &known.key;
        (key.alias.clone(), comes_later, key.created, key.id.clone())
    };
    sort_by(&mut living, |a, b| place(a).cmp(&place(b)));
    let mut taken: Vec<Alias> = living.iter().map(|known| known.key.alias.clone()).collect();
    for at in 1..living.len() {
        if taken[at - 1] != taken[at] {
            continue;
        }
        let key = &mut living[at].key;
        key.alias = free_alias(key, &taken)?;
        key.count_description();
    }
    taken.clear();
    for known in merged.iter_mut() {
        if known.called != known.key.alias {
            report.renamed.push(RenamedKey {
                key: known.key.id.clone(),
                from: known.called.clone(),
                to: known.key.alias.clone(),
            });
        }
    }
    Ok(())
}

/// An alias that none of these is: the key's own, and as much of its id as that takes.
fn free_alias(key: &KeyRecord, taken: &[Alias]) -> Result<Alias> {
    let (alias, id) = (key.alias.as_str(), key.id.as_str());
    for mark in [&id[..8], id] {
        let mark = [" (", mark, ")"].concat();
        let mut end = alias.len().min(MAX_BYTES - mark.len());
        while !alias.is_char_boundary(end) {
            end -= 1;
        }
        let named: Alias = [&alias[..end], &mark].concat().parse()?;
        if taken.binary_search(&named).is_err() {
            return Ok(named);
        }
    }
    Err(Error::KeyExists)
}
