//! The catalog: what is listed of each key, in shards that its alias is found by.
//!
//! Aliases are encrypted at rest, so a store cannot search them. A keyed hash of the alias names one of
//! 1,024 shards: finding a key by its alias opens one record, listing all keys opens 1,024 at most,
//! however many keys there are, and a new key writes one shard anew.

use std::{collections::BTreeMap, rc::Rc};

use crate::{
    hazmat::hash::hmac_sha256,
    jose::Jwk,
    vocabulary::{Error, Object, Result, Secret, Timestamp, VersionState, json},
};

use super::{KeyRecord, Kind, Labels, Purpose, Row, Slot, record::Scribe};

/// What a malformed shard is called.
const MALFORMED: &Error = &Error::Malformed("the catalog");
/// With 100,000 keys a shard has about a hundred.
const SHARDS: u16 = 1024;

/// What is listed of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) alias: String,
    pub(crate) purpose: Purpose,
    /// Of the primary version.
    pub(crate) state: VersionState,
    /// When the primary version is to be rotated.
    pub(crate) due: Option<Timestamp>,
    /// When the first version will be destroyed.
    pub(crate) destroy_at: Option<Timestamp>,
    pub(crate) labels: Labels,
}

impl Entry {
    pub(crate) fn of(key: &KeyRecord) -> Self {
        Self {
            id: key.id.clone(),
            alias: key.alias.clone(),
            purpose: key.purpose,
            state: key.primary_version().state,
            due: key.due(),
            destroy_at: key.destroy_at(),
            labels: key.labels.clone(),
        }
    }

    fn parse(mut members: Object) -> Result<Self> {
        let labels = members.optional_object("labels", MALFORMED)?;
        let entry = Self {
            id: members.string("id", MALFORMED)?,
            alias: members.string("alias", MALFORMED)?,
            purpose: Purpose::parse(&members.string("purpose", MALFORMED)?)?,
            state: VersionState::parse(&members.string("state", MALFORMED)?)?,
            due: members.optional_number("due", MALFORMED)?,
            destroy_at: members.optional_number("destroyAt", MALFORMED)?,
            labels: Labels::new(labels.unwrap_or_default())?,
        };
        members.end(MALFORMED).map(|()| entry)
    }

    fn to_json(&self) -> Object {
        Object::new()
            .with("id", self.id.as_str())
            .with("alias", self.alias.as_str())
            .with("purpose", self.purpose.as_str())
            .with("state", self.state.as_str())
            .with_some("due", self.due)
            .with_some("destroyAt", self.destroy_at)
            .with_some("labels", self.labels.some())
    }
}

/// The key that aliases are hashed with: an HMAC key of its own.
pub(crate) struct IndexKey(Secret<32>);

impl IndexKey {
    /// A new one, as its JWK.
    pub(crate) fn jwk(secret: Secret<32>) -> Jwk {
        Jwk::oct(secret).with("alg", "HS256")
    }

    pub(crate) fn from_jwk(jwk: &Jwk) -> Result<Self> {
        let secret = jwk.secret().cloned();
        secret.map(Self).ok_or(&Error::Malformed("the index's key"))
    }

    /// The slot of the shard that an alias is found in.
    pub(crate) fn shard(&self, alias: &str) -> Slot {
        let hash = hmac_sha256(&self.0, alias.as_bytes());
        let shard = u16::from_be_bytes([hash[0], hash[1]]) % SHARDS;
        Slot::new(Kind::Catalog, json::decimal(shard.into()))
    }
}

/// The keys of one shard.
pub(crate) fn read(row: Option<&Row>, scribe: &Scribe) -> Result<Vec<Entry>> {
    let Some(row) = row else {
        return Ok(Vec::new());
    };
    let mut members = scribe.open_json(row)?;
    let entries = members.list("keys", MALFORMED, Entry::parse)?;
    members.end(MALFORMED).map(|()| entries)
}

/// A shard's record.
pub(crate) fn shard(entries: &[Entry]) -> Object {
    Object::new().with_list("keys", entries, Entry::to_json)
}

/// Everything that is listed, kept between two lists: only shards that were written since are opened.
#[derive(Default)]
pub(crate) struct Index {
    /// By their ids: the revision that was opened, and what was in it.
    shards: BTreeMap<String, (u64, Vec<Rc<Entry>>)>,
    /// By alias; nothing while a shard is newer.
    sorted: Option<Rc<Vec<Rc<Entry>>>>,
}

impl Index {
    /// Takes in some shards.
    pub(crate) fn add(&mut self, rows: &[Row], scribe: &Scribe) -> Result<()> {
        for row in rows {
            let known = self.shards.get(&row.slot.id);
            if known.is_some_and(|(revision, _)| *revision == row.revision) {
                continue;
            }
            let entries = read(Some(row), scribe)?.into_iter().map(Rc::new).collect();
            let shard = (row.revision, entries);
            self.shards.insert(row.slot.id.clone(), shard);
            self.sorted = None;
        }
        Ok(())
    }

    /// Everything, by alias.
    pub(crate) fn sorted(&mut self) -> Rc<Vec<Rc<Entry>>> {
        let shards = &self.shards;
        let sort = || {
            let mut all: Vec<_> = Vec::new();
            for (_, entries) in shards.values() {
                all.extend(entries.iter().cloned());
            }
            all.sort_unstable_by(|a, b| a.alias.cmp(&b.alias));
            Rc::new(all)
        };
        self.sorted.get_or_insert_with(sort).clone()
    }
}
