//! The store port: named vaults, each a set of rows under one compare-and-swap.

use serde::{Deserialize, Serialize};

use crate::vocabulary::{Entropy, Error, Result};

use super::VaultName;

/// What a row holds. The text of each kind is part of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename = "a record of an unknown type", rename_all = "kebab-case")]
pub enum Kind {
    /// The vault key, wrapped to every factor. One row, its id the vault's.
    VaultKey,
    /// The signed vault statement. One row, its id the vault's.
    Statement,
    /// A factor's private key; its id is the factor's thumbprint.
    Factor,
    /// A factor's public key, under the vault key: what the next vault key will be wrapped to.
    Recipient,
    /// The vault's signing identity, under the vault key. One row.
    Identity,
    /// The key of the set digest, under the vault key. One row.
    Mac,
    /// The head, under the vault key. One row.
    Head,
    /// A named key's description, under the vault key; its id is the key's.
    Key,
    /// One version of a named key, under the vault key; id and version as in its `kid`.
    Version,
    /// The key of the keyed hash that aliases are found by, under the vault key. One row.
    Index,
    /// One shard of the catalog: what is listed of the keys whose aliases hash to it.
    Catalog,
    /// How often a key was used; its id is the key's.
    Usage,
    /// One object of the inventory; its id is the object's, its version the one it depends on.
    Object,
    /// That an object of the inventory is a sidecar; its id is the parent's, its version the sidecar's.
    Sidecar,
    /// That a backup was made; its id is random.
    Backup,
    /// An upload that may go on; its id is the object's.
    Upload,
}

impl Kind {
    const NAMES: [(Self, &'static str); 16] = [
        (Self::VaultKey, "vault-key"),
        (Self::Statement, "statement"),
        (Self::Factor, "factor"),
        (Self::Recipient, "recipient"),
        (Self::Identity, "identity"),
        (Self::Mac, "mac"),
        (Self::Head, "head"),
        (Self::Key, "key"),
        (Self::Version, "version"),
        (Self::Index, "index"),
        (Self::Catalog, "catalog"),
        (Self::Usage, "usage"),
        (Self::Object, "object"),
        (Self::Sidecar, "sidecar"),
        (Self::Backup, "backup"),
        (Self::Upload, "upload"),
    ];

    /// The kind's text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES[self as usize].1
    }

    /// The kind of that text.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a kind of a later version.
    pub fn parse(text: &str) -> Result<Self> {
        let named = Self::NAMES.iter().find(|(_, name)| *name == text);
        named
            .map(|(kind, _)| *kind)
            .ok_or(Error::Unsupported("a record of an unknown type"))
    }
}

/// Where a row stands in its vault. `version` is empty where the kind has no versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// What the row holds.
    pub kind: Kind,
    /// Which one.
    pub id: String,
    /// Which version of it.
    pub version: String,
}

impl Slot {
    /// A slot of a kind that has no versions.
    #[must_use]
    pub fn new(kind: Kind, id: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
            version: String::new(),
        }
    }

    /// Its parts as texts, by which a store sorts.
    #[must_use]
    pub fn parts(&self) -> [&str; 3] {
        [self.kind.as_str(), &self.id, &self.version]
    }
}

/// One record as a store sees it: where it stands, how often it was written, opaque bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub slot: Slot,
    /// 1 when first written, one more each time it is written again.
    pub revision: u64,
    /// The envelope (or JWS) as it was written, never serialised again.
    pub bytes: Vec<u8>,
}

impl Row {
    /// Only where it stands.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self::none(&self.slot)
    }

    /// That nothing stands there.
    pub(crate) fn none(slot: &Slot) -> Self {
        Self {
            slot: slot.clone(),
            revision: 0,
            bytes: Vec::new(),
        }
    }
}

/// Rows that are read together: those whose type, id and version begin with a prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// Up to three parts; none stands for all rows.
    pub prefix: Vec<String>,
    /// Only rows that a store has behind this slot.
    pub after: Option<Slot>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Only where the rows stand: they come with revision 0 and without bytes.
    pub bare: bool,
}

impl Range {
    /// All rows.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// All rows of a kind.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        Self::under(&[kind.as_str()])
    }

    /// All rows of a kind and an id.
    #[must_use]
    pub fn of_id(kind: Kind, id: &str) -> Self {
        Self::under(&[kind.as_str(), id])
    }

    /// One row, or none.
    #[must_use]
    pub fn slot(slot: &Slot) -> Self {
        Self::under(&slot.parts())
    }

    fn under(prefix: &[&str]) -> Self {
        let mut parts = Vec::new();
        for part in prefix {
            parts.push((*part).to_owned());
        }
        Self {
            prefix: parts,
            ..Self::default()
        }
    }

    /// Only where the rows stand.
    #[must_use]
    pub fn bare(self) -> Self {
        Self { bare: true, ..self }
    }

    /// At most so many, behind a slot.
    #[must_use]
    pub fn page(self, after: Option<Slot>, limit: u32) -> Self {
        Self {
            after,
            limit: Some(limit),
            ..self
        }
    }

    /// Whether all rows of another range are among these, this one being whole.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        other.prefix.starts_with(&self.prefix)
    }

    /// The slot that it is all of, if it is one row.
    pub(crate) fn only_slot(&self) -> Option<Slot> {
        let [kind, id, version] = self.prefix.as_slice() else {
            return None;
        };
        let slot = Slot {
            kind: Kind::parse(kind).ok()?,
            id: id.clone(),
            version: version.clone(),
        };
        self.is_whole().then_some(slot)
    }

    /// Whether it is all of what begins with the prefix, as it is stored.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.after.is_none() && self.limit.is_none() && !self.bare
    }

    /// Whether a row that stands there is one of these, the limit aside.
    #[must_use]
    pub fn has(&self, slot: &Slot) -> bool {
        let parts = slot.parts();
        let begins = self.prefix.iter().zip(parts).all(|(a, b)| a == b);
        begins
            && self
                .after
                .as_ref()
                .is_none_or(|after| parts > after.parts())
    }
}

/// What changes with each commit to a vault, and is compared before the next: one more each time; 0 where there
/// is no vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Sequence(pub u64);

impl Sequence {
    /// Where the sequences of new vaults begin.
    const FIRST: core::ops::Range<u64> = 1 << 32..1 << 52;

    /// The one of a new vault: random, so that whoever holds an earlier vault of the same name can commit nothing
    /// into this one. Counting up from there never comes near 2^53, which JavaScript's numbers end at.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn first(entropy: &dyn Entropy) -> Result<Self> {
        loop {
            let mut drawn = [0; 8];
            entropy.fill(&mut drawn)?;
            let sequence = u64::from_le_bytes(drawn) % Self::FIRST.end;
            if Self::FIRST.contains(&sequence) {
                return Ok(Self(sequence));
            }
        }
    }

    /// The one after the next commit to a vault that is there.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// Refuses an answer of a store that is not one: rows that were not asked for, too many of them, out of their order.
///
/// # Errors
/// [`Error::Integrity`].
pub(crate) fn check_answer(ranges: &[Range], rows: &[Row]) -> Result<()> {
    let mut rest = rows.iter().peekable();
    for range in ranges {
        let (mut last, mut left) = (None, range.limit.unwrap_or(u32::MAX));
        // A range's rows end where the next one's begin: a row that could belong to both is the former's.
        while let Some(row) = rest.next_if(|row| {
            left > 0 && range.has(&row.slot) && last.is_none_or(|last| last < row.slot.parts())
        }) {
            last = Some(row.slot.parts());
            left -= 1;
        }
    }
    match rest.next() {
        None => Ok(()),
        Some(_) => Err(Error::Integrity("rows that were not asked for")),
    }
}

/// What one commit does: all of it, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Rows to write, replacing what stands in their slots.
    pub puts: Vec<Row>,
    /// Slots to empty.
    pub deletes: Vec<Slot>,
}

/// Where vaults are kept. All cryptography is done before a store is asked.
///
/// Every store passes one conformance suite (`tests/conformance/`).
#[expect(
    async_fn_in_trait,
    reason = "a page is one thread: these futures are never Send"
)]
pub trait Store {
    /// The vaults there are, by name.
    ///
    /// # Errors
    /// [`Error::Storage`].
    async fn vaults(&self) -> Result<Vec<VaultName>>;

    /// A vault's sequence and those rows of it, each range sorted by [`Slot::parts`], read in one
    /// transaction; no rows and 0 where there is none. Where a row stands is what the store found it under,
    /// whatever else is stored with it.
    ///
    /// # Errors
    /// [`Error::Storage`]; [`Error::Integrity`] for a row that says it stands elsewhere.
    async fn read(&self, vault: &VaultName, ranges: &[Range]) -> Result<(Sequence, Vec<Row>)>;

    /// Applies the batch in one durable transaction if the vault's sequence still is `expect`; it is `next`
    /// then.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is not, [`Error::Storage`]; nothing was changed then.
    async fn commit(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        batch: &Batch,
    ) -> Result<()>;

    /// Removes a vault and all its rows. Removing what is not there is fine.
    ///
    /// # Errors
    /// [`Error::Storage`].
    async fn remove(&self, vault: &VaultName) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Object;

    #[derive(Serialize)]
    struct Record {
        kind: Kind,
    }

    #[test]
    fn every_kind_is_found_by_its_name() {
        for (kind, name) in Kind::NAMES {
            assert_eq!((kind.as_str(), Kind::parse(name)), (name, Ok(kind)));
            let stored = Object::encode(&Record { kind });
            assert_eq!(stored.get("kind"), Some(&name.into()));
        }
        assert!(Kind::parse("Factor").is_err());
    }

    fn key(id: &str) -> Row {
        Row {
            slot: Slot::new(Kind::Key, id),
            revision: 1,
            bytes: Vec::new(),
        }
    }

    fn is_answer(ranges: &[Range], ids: &[&str]) -> bool {
        let rows: Vec<_> = ids.iter().map(|id| key(id)).collect();
        check_answer(ranges, &rows).is_ok()
    }

    #[test]
    fn rows_that_were_not_asked_for_are_no_answer() {
        let (all, one) = (Range::of(Kind::Key), Range::slot(&key("b").slot));
        assert!(is_answer(core::slice::from_ref(&all), &["a", "b", "c"]));
        assert!(is_answer(&[one.clone(), all.clone()], &["b", "a", "b"]));
        assert!(is_answer(
            &[all.clone(), one.clone(), one.clone()],
            &["a", "b", "b", "b"]
        ));
        assert!(is_answer(&[one.clone(), Range::of(Kind::Head)], &[]));
        assert!(!is_answer(&[], &["a"]));
        assert!(!is_answer(&[Range::of(Kind::Head)], &["a"]));
        assert!(!is_answer(core::slice::from_ref(&one), &["a"]));
        assert!(!is_answer(core::slice::from_ref(&one), &["b", "b"]));
        for disordered in [["b", "a", "c"], ["a", "a", "b"], ["a", "c", "b"]] {
            assert!(!is_answer(core::slice::from_ref(&all), &disordered));
        }
        let page = all.page(Some(key("a").slot), 2);
        assert!(is_answer(core::slice::from_ref(&page), &["b", "c"]));
        assert!(!is_answer(core::slice::from_ref(&page), &["a", "b"]));
        assert!(!is_answer(&[page], &["b", "c", "d"]));
    }

    #[test]
    fn a_new_vaults_sequence_is_random_within_its_bounds() {
        let entropy = crate::vocabulary::SystemEntropy;
        let mut seen = Vec::new();
        for _ in 0..100 {
            let Sequence(sequence) = Sequence::first(&entropy).expect("entropy");
            assert!((1 << 32..1 << 52).contains(&sequence));
            seen.push(sequence);
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 100);
    }
}
