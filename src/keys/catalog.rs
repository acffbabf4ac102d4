//! The catalog: what is listed of each key, in shards that its alias is found by. A key that is destroyed has no alias any
//! more: it is listed in its id's shard, so that those that had the same alias one after the other do not fill one.
//!
//! Aliases are encrypted at rest, so a store cannot search them. A keyed hash of the alias names one of
//! 1,024 shards: finding a key by its alias opens one record, listing all keys opens 1,024 at most,
//! however many keys there are, and a new key writes one shard anew.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        Error, InputError, KeyId, Map, Object, Result, Secret, Timestamp, VersionState, json,
        sort_by,
    },
    hazmat::hash::hmac_sha256,
    jose::Jwk,
    records::{Mac, MacKey, RecordCipher},
    store::{RecordId, RecordType, Row, Sequence},
};

use super::{Alias, KeyRecord, Labels, Purpose};

/// What a malformed shard is called.
const MALFORMED: InputError = InputError::Malformed("the catalog");
/// With 100,000 keys a shard has about a hundred.
const SHARDS: u16 = 1024;

/// What is listed of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyListing {
    pub(crate) id: KeyId,
    pub(crate) alias: Alias,
    pub(crate) purpose: Purpose,
    /// Of the primary version.
    pub(crate) state: VersionState,
    /// When the primary version is to be rotated.
    pub(crate) due: Option<Timestamp>,
    /// When the first version will be destroyed.
    pub(crate) destroy_at: Option<Timestamp>,
    /// When the first of its policies is to be reviewed.
    pub(crate) review_due: Option<Timestamp>,
    /// Whether all its versions are: then the alias is only what it was called.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) destroyed: bool,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub(crate) labels: Labels,
}

impl KeyListing {
    pub(crate) fn of(key: &KeyRecord) -> Self {
        Self {
            id: key.id.clone(),
            alias: key.alias.clone(),
            purpose: key.purpose,
            state: key.primary_version().state,
            due: key.due(),
            destroy_at: key.destroy_at(),
            review_due: key.review_due(),
            destroyed: key.is_destroyed(),
            labels: key.labels.clone(),
        }
    }

    /// What its shard is found by: its alias, or its id once it has none.
    pub(crate) fn name(&self) -> &str {
        if self.destroyed {
            self.id.as_str()
        } else {
            self.alias.as_str()
        }
    }

    /// What it is found by in the list of all.
    fn place(&self) -> (&Alias, &KeyId) {
        (&self.alias, &self.id)
    }
}

/// The keys of one shard, as its record holds them.
#[derive(Serialize, Deserialize)]
struct Shard<T> {
    keys: T,
}

/// The key that aliases are hashed with: an HMAC key of its own.
pub(crate) struct AliasHashKey(Secret<32>);

impl AliasHashKey {
    /// A new one, as its JWK.
    pub(crate) fn jwk(secret: Secret<32>) -> Jwk {
        Jwk::oct(secret).with("alg", "HS256")
    }

    pub(crate) fn from_jwk(jwk: &Jwk) -> Result<Self> {
        jwk.mac_secret()
            .map(Self)
            .ok_or(Error::Malformed("the index's key"))
    }

    /// The record_id of the shard that an alias is found in, or the id of a key that is destroyed.
    pub(crate) fn shard(&self, name: &str) -> RecordId {
        let hash = hmac_sha256(&self.0, name.as_bytes());
        let shard = u16::from_be_bytes([hash[0], hash[1]]) % SHARDS;
        RecordId::new(RecordType::Catalog, json::decimal(shard.into()))
    }
}

/// The keys of one shard.
pub(crate) fn read(row: Option<&Row>, cipher: &RecordCipher) -> Result<Vec<KeyListing>> {
    let Some(row) = row else {
        return Ok(Vec::new());
    };
    let Shard { keys }: Shard<Vec<KeyListing>> = cipher.decrypt_json(row)?.decode(MALFORMED)?;
    let repeated = |(at, key): (usize, &KeyListing)| {
        keys[..at]
            .iter()
            .any(|other| other.name() == key.name() || other.id == key.id)
    };
    if keys.iter().enumerate().any(repeated) {
        return Err(MALFORMED.into());
    }
    Ok(keys)
}

/// A shard's record.
pub(crate) fn shard(entries: &[KeyListing]) -> Object {
    Object::encode(&Shard { keys: entries })
}

/// Everything that is listed, kept between two lists: only shards that were written since are opened.
#[derive(Default, Clone)]
pub(crate) struct CatalogCache {
    /// By their ids: the MAC of the row that was opened, and what was in it. A revision does not tell a row: a store may
    /// have kept one of a commit that failed.
    shards: Map<(Mac, Vec<Rc<KeyListing>>)>,
    /// The ids of those that were taken in since it [began](Self::begin).
    met: Vec<String>,
    /// By alias, and by id where several had one.
    sorted: Rc<Vec<Rc<KeyListing>>>,
    /// Up to when nothing of all there is was missing.
    whole_at: Option<Sequence>,
}

impl CatalogCache {
    /// Begins to take in all shards.
    pub(crate) fn begin(&mut self) {
        self.met.clear();
    }

    /// Takes in some shards. Those that are here already are not opened.
    pub(crate) fn add<'a>(
        &mut self,
        rows: impl IntoIterator<Item = &'a Row>,
        key: &MacKey,
        cipher: &RecordCipher,
    ) -> Result<()> {
        let (mut gone, mut new) = (Vec::new(), Vec::new());
        for row in rows {
            self.met.push(row.record_id.id.clone());
            let (mac, known) = (key.of_row(row), self.shards.get(&row.record_id.id));
            if known.is_some_and(|(known, _)| *known == mac) {
                continue;
            }
            let entries: Vec<_> = read(Some(row), cipher)?.into_iter().map(Rc::new).collect();
            new.extend(entries.iter().cloned());
            let shard = (mac, entries);
            let (_, old) = core::mem::replace(self.shards.of(&row.record_id.id), shard);
            gone.extend(old);
        }
        if !gone.is_empty() || !new.is_empty() {
            replace(Rc::make_mut(&mut self.sorted), &gone, new);
        }
        Ok(())
    }

    /// Everything, by alias, if nothing of what there is then is missing.
    pub(crate) fn sorted(&self, at: Sequence) -> Option<Rc<Vec<Rc<KeyListing>>>> {
        (self.whole_at == Some(at)).then(|| self.sorted.clone())
    }

    /// All shards that there are were taken in since it began, each as it was then.
    pub(crate) fn whole(&mut self, at: Sequence) {
        let met = core::mem::take(&mut self.met);
        // Otherwise each that is here was met.
        if self.shards.names().len() > met.len() {
            let mut gone = Vec::new();
            for (_, (_, entries)) in self.shards.iter().filter(|(id, _)| !met.contains(id)) {
                gone.extend(entries.iter().cloned());
            }
            self.shards.retain(|id, _| met.contains(id));
            replace(Rc::make_mut(&mut self.sorted), &gone, Vec::new());
        }
        self.whole_at = Some(at);
    }

    /// Nothing of it was changed between two sequences.
    pub(crate) fn unchanged(&mut self, from: Sequence, to: Sequence) {
        if self.whole_at == Some(from) {
            self.whole_at = Some(to);
        }
    }

    /// Takes in what was committed between two sequences.
    pub(crate) fn apply(
        &mut self,
        from: Sequence,
        puts: &[Row],
        key: &MacKey,
        cipher: &RecordCipher,
    ) {
        let shards = puts
            .iter()
            .filter(|row| row.record_id.kind == RecordType::Catalog);
        let taken = self.add(shards, key, cipher);
        // Nothing is being taken in here: that is done in a copy.
        self.met.clear();
        // What does not open tells its reason to whoever lists it.
        if taken.is_ok() && self.whole_at == Some(from) {
            self.whole_at = Some(from.next());
        }
    }

    /// Every shard was written anew, as it was.
    pub(crate) fn rewritten(&mut self, from: Sequence) {
        if self.whole_at == Some(from) {
            self.whole_at = Some(from.next());
        }
    }
}

/// Takes some entries out of a sorted list and puts others in: a list of 100,000 is sorted anew in a second,
/// copied in a moment.
fn replace(
    sorted: &mut Vec<Rc<KeyListing>>,
    gone: &[Rc<KeyListing>],
    mut new: Vec<Rc<KeyListing>>,
) {
    let in_order = |a: &Rc<KeyListing>, b: &Rc<KeyListing>| a.place().cmp(&b.place());
    let mut places = Vec::new();
    for entry in gone {
        places.extend(sorted.binary_search_by(|other| in_order(other, entry)));
    }
    sort_by(&mut places, Ord::cmp);
    sort_by(&mut new, in_order);

    let (mut places, mut at) = (places.into_iter().peekable(), 0);
    sorted.retain(|_| {
        at += 1;
        places.next_if_eq(&(at - 1)).is_none()
    });
    let mut merged = Vec::with_capacity(sorted.len() + new.len());
    let mut old = core::mem::take(sorted).into_iter();
    for entry in new {
        let before = old
            .as_slice()
            .partition_point(|other| other.place() < entry.place());
        merged.extend(old.by_ref().take(before));
        merged.push(entry);
    }
    merged.extend(old);
    *sorted = merged;
}

#[cfg(test)]
mod tests {
    use core::ops::Add;

    use super::*;

    fn entries(aliases: &str) -> Vec<Rc<KeyListing>> {
        let entry = |alias: char| KeyListing {
            id: alias
                .to_string()
                .repeat(21)
                .add("A")
                .parse()
                .expect("an id"),
            alias: alias.to_string().parse().expect("an alias"),
            purpose: Purpose::Encrypt,
            state: VersionState::Active,
            due: None,
            destroy_at: None,
            review_due: None,
            destroyed: false,
            labels: Labels::default(),
        };
        aliases.chars().map(entry).map(Rc::new).collect()
    }

    #[test]
    fn a_list_stays_sorted_whatever_comes_and_goes() {
        for (old, gone, new, expected) in [
            ("", "", "cab", "abc"),
            ("bdf", "", "geca", "abcdefg"),
            ("bdf", "fb", "", "d"),
            ("bdf", "dbf", "fbd", "bdf"),
            ("bdf", "d", "ze", "befz"),
            ("bdf", "x", "", "bdf"),
        ] {
            let mut list = entries(old);
            replace(&mut list, &entries(gone), entries(new));
            let aliases: String = list.iter().map(|entry| entry.alias.as_str()).collect();
            assert_eq!(aliases, expected, "{old} without {gone} and with {new}");
        }
    }
}
