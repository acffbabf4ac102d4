//! Tombstones: which objects were taken out of the inventory, so that no other copy of the vault brings them back.
//!
//! They stay for ever, and stand in 256 shards by a keyed hash of the object's id: however many there are, a vault has
//! no more records of them, each is written with one shard, and no row shows which objects there were. An object and its
//! tombstone are told apart by their incarnation, which counts how often the object was entered anew: a tombstone takes
//! away that incarnation and those before it.

use serde::{Deserialize, Serialize};

use crate::{
    base::{InputError, InputResult, Map, Object, ObjectId, Result, Timestamp, json, sort_by},
    records::{MacKey, RecordCipher},
    store::{RecordId, RecordType, Row},
};

use super::TrackedObject;

const MALFORMED: InputError = InputError::Malformed("the tombstones");

/// How an object left the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename = "a tombstone", rename_all = "kebab-case")]
pub(crate) enum Removal {
    /// It was untracked.
    Forgotten,
    /// The only copy of its header was destroyed.
    Shredded,
}

/// That an object was taken out of the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tombstone {
    pub(crate) id: ObjectId,
    pub(crate) kind: Removal,
    /// When, in milliseconds since 1970.
    pub(crate) at: Timestamp,
    /// The last incarnation of the object that it takes away.
    #[serde(default, skip_serializing_if = "is_none")]
    pub(crate) incarnation: u64,
}

/// Some of them, by their objects' ids: each object once.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Tombstones(Vec<Tombstone>);

/// The tombstones of one shard, as its record holds them.
#[derive(Serialize, Deserialize)]
struct Shard<T> {
    objects: T,
}

/// Whether a count is left out where it is written.
pub(super) fn is_none<T: Default + PartialEq>(count: &T) -> bool {
    *count == T::default()
}

/// Refuses a count after which there would soon be no next one that JSON can hold.
pub(super) fn check_count(count: u64, malformed: InputError) -> InputResult<()> {
    const MOST: u64 = 1 << 52;
    if count < MOST { Ok(()) } else { Err(malformed) }
}

impl Tombstone {
    /// Of an object that is in the inventory.
    pub(crate) fn of(object: &TrackedObject, kind: Removal, at: Timestamp) -> Self {
        Self {
            id: object.id.clone(),
            kind,
            at,
            incarnation: object.incarnation,
        }
    }

    /// Where the shard stands that it is in.
    pub(crate) fn record_id(id: &ObjectId, key: &MacKey) -> RecordId {
        let [shard, ..] = key.of_address(&RecordId::new(RecordType::Tombstone, id.as_str()));
        RecordId::new(RecordType::Tombstone, json::decimal(shard.into()))
    }

    /// The one that takes away more; of two that take away the same, the shredding, or else the earlier one.
    fn stronger(self, other: Self) -> Self {
        let place = |it: &Self| (it.incarnation, it.kind, core::cmp::Reverse(it.at));
        if place(&self) >= place(&other) {
            self
        } else {
            other
        }
    }
}

impl Tombstones {
    /// Those of one shard; none where there is no record of it.
    pub(crate) fn read(row: Option<&Row>, cipher: &RecordCipher<'_>) -> Result<Self> {
        let Some(row) = row else {
            return Ok(Self::default());
        };
        let Shard { objects }: Shard<Vec<Tombstone>> =
            cipher.decrypt_json(row)?.decode(MALFORMED)?;
        for tombstone in &objects {
            check_count(tombstone.incarnation, MALFORMED)?;
        }
        if objects.is_sorted_by(|a, b| a.id < b.id) {
            Ok(Self(objects))
        } else {
            Err(MALFORMED.into())
        }
    }

    /// Some of them by the ids of the shards that a key finds them in.
    pub(crate) fn by_shard(
        all: impl IntoIterator<Item = Tombstone>,
        key: &MacKey,
    ) -> Map<Vec<Tombstone>> {
        let mut shards = Map::<Vec<_>>::default();
        for tombstone in all {
            let shard = Tombstone::record_id(&tombstone.id, key);
            shards.of(&shard.id).push(tombstone);
        }
        shards
    }

    /// What a shard's record holds.
    pub(crate) fn to_json(&self) -> Object {
        Object::encode(&Shard { objects: &self.0 })
    }

    /// That of an object, if there is one.
    pub(crate) fn find(&self, id: &str) -> Option<&Tombstone> {
        let at = self.0.binary_search_by(|known| known.id.as_str().cmp(id));
        at.ok().map(|at| &self.0[at])
    }

    /// Whether an object was taken out as it is.
    pub(crate) fn take_away(&self, object: &TrackedObject) -> bool {
        let found = self.find(object.id.as_str());
        found.is_some_and(|tombstone| object.incarnation <= tombstone.incarnation)
    }

    /// Whether the only copy of an object's header was destroyed, unless it was entered anew since.
    pub(crate) fn has_shredded(&self, id: &str) -> bool {
        let found = self.find(id);
        found.is_some_and(|tombstone| tombstone.kind == Removal::Shredded)
    }

    /// The incarnation of an object that is entered now.
    pub(crate) fn next_incarnation(&self, id: &ObjectId) -> u64 {
        let found = self.find(id.as_str());
        found.map_or(0, |tombstone| tombstone.incarnation + 1)
    }

    /// Unites them with others.
    pub(crate) fn unite(&mut self, others: impl IntoIterator<Item = Tombstone>) {
        let mut all = core::mem::take(&mut self.0);
        all.extend(others);
        sort_by(&mut all, |a: &Tombstone, b| a.id.cmp(&b.id));
        for tombstone in all {
            match self.0.pop_if(|last| last.id == tombstone.id) {
                Some(last) => self.0.push(last.stronger(tombstone)),
                None => self.0.push(tombstone),
            }
        }
    }
}

impl FromIterator<Tombstone> for Tombstones {
    fn from_iter<T: IntoIterator<Item = Tombstone>>(all: T) -> Self {
        let mut united = Self::default();
        united.unite(all);
        united
    }
}

impl IntoIterator for Tombstones {
    type Item = Tombstone;
    type IntoIter = std::vec::IntoIter<Tombstone>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::json::strict::is_strict;

    fn id(of: u8) -> ObjectId {
        let text = char::from(b'a' + of).to_string().repeat(42) + "A";
        text.parse().expect("an object's id")
    }

    prop_compose! {
        fn some()(parts in proptest::collection::vec((0..4_u8, any::<bool>(), 0..3_u64, 0..3_u64), 0..8)) -> Tombstones {
            let some = parts.into_iter().map(|(of, shredded, at, incarnation)| Tombstone {
                id: id(of),
                kind: if shredded { Removal::Shredded } else { Removal::Forgotten },
                at: Timestamp::from_millis(at),
                incarnation,
            });
            some.collect()
        }
    }

    fn united(a: &Tombstones, b: &Tombstones) -> Tombstones {
        let mut all = a.clone();
        all.unite(b.clone());
        all
    }

    proptest! {
        #[test]
        fn a_union_commutes_associates_and_repeats(a in some(), b in some(), c in some()) {
            prop_assert_eq!(united(&a, &b), united(&b, &a));
            prop_assert_eq!(united(&united(&a, &b), &c), united(&a, &united(&b, &c)));
            prop_assert_eq!(united(&united(&a, &b), &b), united(&a, &b));
            for tombstone in a.clone() {
                let kept = united(&a, &b);
                let kept = kept.find(tombstone.id.as_str()).expect("none is lost");
                prop_assert!(kept.incarnation >= tombstone.incarnation);
            }
        }
    }

    #[test]
    fn what_serde_would_accept_is_refused() {
        let id = id(0);
        for kind in ["forgotten", "shredded"] {
            let text = format!(r#"{{"id":"{id}","kind":"{kind}","at":1}}"#);
            is_strict::<Tombstone>(&text, &[]);
        }
        let text = format!(r#"{{"id":"{id}","kind":"shredded","at":1,"incarnation":2}}"#);
        is_strict::<Tombstone>(&text, &[]);
    }
}
