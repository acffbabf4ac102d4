//! What an unlocked vault holds, in memory.

use crate::{
    jose::{Envelope, Identity, Kek, SigningKey},
    vocabulary::{Entropy, Error, KeyId, Kid, Result, Timestamp, VaultId},
};

use super::{
    Alias, Batch, KeyRecord, Kind, Row, Seen, Sequence, Slot,
    head::{Head, MacKey, SetDigest},
    key::version_kek,
    record::{Scribe, single, sort},
    statement::Statement,
    vault_key::VaultKey,
};

/// The vault key, the rows as they are stored, and what is known of the named keys.
///
/// The vault key is the only secret that stays here. Everything else is opened from its row when an
/// operation needs it and dropped with the operation.
pub struct Holdings {
    vault: VaultId,
    vault_key: VaultKey,
    statement: Statement,
    sequence: Sequence,
    /// Sorted by slot, each slot once.
    rows: Vec<Row>,
    keys: Vec<KeyRecord>,
    head: (u64, Head),
}

/// A change that was prepared: what to commit, and what holds once it was.
pub struct Change {
    /// For the store, at the sequence of the holdings that made it.
    pub batch: Batch,
    /// The holdings after the commit.
    pub next: Holdings,
}

impl Holdings {
    /// Checks everything the vault key can check: the identity, the head's digest over all rows, and
    /// the keys' records.
    pub(crate) fn open(
        vault: VaultId,
        sequence: Sequence,
        mut rows: Vec<Row>,
        vault_key: VaultKey,
        statement: Statement,
    ) -> Result<Self> {
        let generation = statement.generation;
        let scribe = Scribe {
            vault: &vault,
            generation,
            key: &vault_key,
        };

        let identity = SigningKey::from_jwk(&scribe.open_key(single(&rows, Kind::Identity)?)?)?;
        if identity.thumbprint().as_str() != statement.identity {
            return Err(&Error::Integrity("another signing identity"));
        }
        for factor in &statement.factors {
            let slot = Slot::new(Kind::Recipient, factor.kid.as_str());
            let row = rows
                .iter()
                .find(|row| row.slot == slot)
                .ok_or(&Error::Integrity("a record is missing"))?;
            if scribe.open_key(row)?.thumbprint().as_str() != factor.kid {
                return Err(&Error::Integrity("another factor's public key"));
            }
        }
        let head_row = single(&rows, Kind::Head)?;
        let head = Head::parse(scribe.open_json(head_row)?)?;
        let mac = MacKey::from_jwk(&scribe.open_key(single(&rows, Kind::Mac)?)?)?;
        if head.generation != generation || SetDigest::of(&mac, &rows).encode() != head.digest {
            return Err(&Error::Integrity(
                "records that the head does not account for",
            ));
        }
        let head = (head_row.revision, head);

        let mut keys = Vec::new();
        for row in rows.iter().filter(|row| row.slot.kind == Kind::Key) {
            let key = KeyRecord::parse(scribe.open_json(row)?)?;
            if key.slot() != row.slot {
                return Err(&Error::Integrity("a key in another one's place"));
            }
            keys.push(key);
        }
        sort(&mut rows)?;
        Ok(Self {
            vault,
            vault_key,
            statement,
            sequence,
            rows,
            keys,
            head,
        })
    }

    /// The same vault after somebody else changed it, checked anew.
    ///
    /// # Errors
    /// [`Error::NoVault`] when another vault (or none) stands there now; [`Error::Conflict`] when
    /// its vault key or factors changed, which only an unlock can follow; [`Error::Integrity`].
    pub fn refreshed(&self, sequence: Sequence, rows: Vec<Row>) -> Result<Self> {
        let statement = rows
            .iter()
            .find(|row| row.slot == self.singleton(Kind::Statement))
            .ok_or(&Error::NoVault)?;
        if self.row(&statement.slot) != Ok(statement) {
            return Err(&Error::Conflict);
        }
        self.statement.check_rows(&rows)?;
        let fresh = self.reopened(sequence, rows)?;
        self.seen().check(&fresh.seen())?;
        Ok(fresh)
    }

    /// The vault's id.
    #[must_use]
    pub fn vault(&self) -> &VaultId {
        &self.vault
    }

    /// Which vault key this is, counted from 1.
    pub(crate) fn generation(&self) -> u64 {
        self.statement.generation
    }

    /// The sequence these rows were read at.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// The head, as a caller may keep it elsewhere.
    #[must_use]
    pub fn seen(&self) -> Seen {
        Seen::new(self.head.0, &self.head.1)
    }

    /// All rows, in the order of their slots.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    /// The named keys.
    pub fn keys(&self) -> impl Iterator<Item = &KeyRecord> {
        self.keys.iter()
    }

    /// A key by its id or alias.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub fn key(&self, alias_or_id: &str) -> Result<&KeyRecord> {
        let named = |key: &&KeyRecord| key.id == alias_or_id || key.alias == alias_or_id;
        self.keys.iter().find(named).ok_or(&Error::NoKey)
    }

    /// The KEK that protects new data under a key.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::NoVersion`], [`Error::Integrity`].
    pub fn primary_kek(&self, alias_or_id: &str) -> Result<Kek> {
        let key = self.key(alias_or_id)?;
        self.version(key, &key.primary)
    }

    /// The KEK that a `kid` names, for opening.
    ///
    /// # Errors
    /// [`Error::NoKey`] when it names none of this vault, [`Error::NoVersion`],
    /// [`Error::Integrity`].
    pub fn kek(&self, kid: &Kid) -> Result<Kek> {
        let (key, version): (KeyId, _) = kid.version().ok_or(&Error::NoKey)?;
        let key = self
            .keys
            .iter()
            .find(|known| known.id == key.as_str())
            .ok_or(&Error::NoKey)?;
        self.version(key, version.as_str())
    }

    /// The keys of this vault among an envelope's recipients, to open it with.
    ///
    /// # Errors
    /// [`Error::NoKey`] when none is.
    pub fn identities_of(&self, envelope: &Envelope) -> Result<Vec<Identity>> {
        let mut ours = Vec::new();
        for entry in envelope.entries() {
            if let Ok(kek) = self.kek(entry.kid()) {
                ours.push(Identity::Kek(kek));
            }
        }
        if ours.is_empty() {
            Err(&Error::NoKey)
        } else {
            Ok(ours)
        }
    }

    fn version(&self, key: &KeyRecord, version: &str) -> Result<Kek> {
        let slot = key.version_slot(version)?;
        version_kek(&slot, &self.scribe().open_key(self.row(&slot)?)?)
    }

    /// A new key with one version.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when the alias is taken.
    pub fn create_key(
        &self,
        alias: &Alias,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(KeyRecord, Change)> {
        if self.keys.iter().any(|key| key.alias == alias.as_str()) {
            return Err(&Error::KeyExists);
        }
        let (key, jwk) = KeyRecord::generate(alias, now, entropy)?;
        let scribe = self.scribe();
        let version = scribe.seal_key(key.version_slot(&key.primary)?, 1, &jwk, entropy)?;
        // A wrap is opened once and compared before it is relied on.
        if scribe.open_key(&version)?.thumbprint() != jwk.thumbprint() {
            return Err(&Error::Integrity("a fresh record does not open"));
        }
        let record = scribe.seal_json(key.slot(), 1, &key.to_json(), entropy)?;
        let change = self.change(vec![record, version], entropy)?;
        Ok((key, change))
    }

    /// The signing identity, for as long as something is signed.
    pub(crate) fn identity(&self) -> Result<SigningKey> {
        let row = self.row(&self.singleton(Kind::Identity))?;
        SigningKey::from_jwk(&self.scribe().open_key(row)?)
    }

    /// `puts`, and the head that accounts for them, in one batch; and what stands afterwards, opened
    /// from those rows.
    fn change(&self, mut puts: Vec<Row>, entropy: &dyn Entropy) -> Result<Change> {
        let scribe = self.scribe();
        let mac = MacKey::from_jwk(&scribe.open_key(self.row(&self.singleton(Kind::Mac))?)?)?;
        let (revision, head) = &self.head;
        let mut digest = SetDigest::parse(&head.digest)?;
        for row in &puts {
            if let Ok(old) = self.row(&row.slot) {
                digest.remove(&mac, old);
            }
            digest.add(&mac, row);
        }
        let head = Head {
            generation: self.generation(),
            digest: digest.encode(),
        };
        puts.push(scribe.seal_json(
            self.singleton(Kind::Head),
            revision + 1,
            &head.to_json(),
            entropy,
        )?);

        let mut rows = puts.clone();
        let kept = self
            .rows
            .iter()
            .filter(|old| puts.iter().all(|new| new.slot != old.slot));
        rows.extend(kept.cloned());
        let next = self.reopened(self.sequence.next(), rows)?;
        Ok(Change {
            batch: Batch {
                puts,
                deletes: Vec::new(),
            },
            next,
        })
    }

    fn reopened(&self, sequence: Sequence, rows: Vec<Row>) -> Result<Self> {
        Self::open(
            self.vault.clone(),
            sequence,
            rows,
            self.vault_key.clone(),
            self.statement.clone(),
        )
    }

    fn row(&self, slot: &Slot) -> Result<&Row> {
        let at = self.rows.binary_search_by(|row| row.slot.cmp(slot));
        at.map(|at| &self.rows[at])
            .map_err(|_| &Error::Integrity("a record is missing"))
    }

    fn singleton(&self, kind: Kind) -> Slot {
        Slot::new(kind, self.vault.as_str())
    }

    fn scribe(&self) -> Scribe<'_> {
        Scribe {
            vault: &self.vault,
            generation: self.generation(),
            key: &self.vault_key,
        }
    }
}
