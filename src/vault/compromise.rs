//! A factor that somebody else has, perhaps with an older copy of the vault.
//!
//! Who has both has the vault key of that copy, and by it everything that the copy holds: the versions of all keys, the key
//! of the set digest, and the identity that signs. So all of that is made anew, in the one commit that also
//! rotates the vault key.

use crate::{
    base::{Error, Kid, Map, Result, Secret, Thumbprint, sort_by},
    factors::{Factor, FactorNote, FactorPort, Opened, Present, recipient_id},
    inventory::Tombstones,
    jose::{Jwk, SigningKey},
    keys::{AliasHashKey, KeyListing, KeyRecord, catalog},
    object::body::Buffers,
    records::{MacKey, Succession},
    store::{RecordId, RecordType, Row, Store},
};

use super::{
    FactorInfo, Unlocked, Vault,
    gate::Request,
    keyring::Keyring,
    transaction::{LogChange, Record, Transaction},
    vault_key_rotation::{NextFactors, Renewal},
    watch::Watch,
};

/// The operation's name, as the versions' histories keep it.
const NAME: &str = "revokeFactor";

/// What was done about a factor that somebody else has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompromisedFactor {
    /// The thumbprint of the identity that signs for the vault from now on.
    pub identity: Thumbprint,
    /// Which vault key it is, counted from 1.
    pub generation: u64,
    /// How many keys have a new primary version.
    pub keys: u64,
    /// How many versions are compromised that were not.
    pub versions: u64,
    /// How many records were written.
    pub records: u64,
    /// The factors that pin the identity that signed before, and are to be presented once.
    pub remaining: Vec<FactorInfo>,
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Takes a factor away that somebody else may have, with a copy of the vault: rotates the vault key, marks every
    /// version as compromised, gives every key that protects a new primary version, and draws another identity and other
    /// keys to prove records with, in one commit. `present`, another factor, remembers the new identity at once.
    /// Keys of the session stay: they are in no copy. `watch` counts the records that are written.
    ///
    /// # Errors
    /// [`Error::WrongFactor`] of the one that is asked for; [`Error::Argument`] when it is the one that is to go, and when a
    /// recovery kit, or a set of shares, would stay for which no new one is given; [`Error::NoFactor`], also of those that are to stay;
    /// [`Error::LastFactor`]; [`Error::Integrity`] when another vault took this one's place in the store; what `watch`
    /// stops it with.
    pub async fn revoke_compromised_factor(
        &self,
        id: &str,
        present: &dyn Present,
        others: Others<'_>,
        watch: Watch<'_>,
    ) -> Result<CompromisedFactor> {
        self.has_factor(id).await?;
        let asked = Request::of(NAME).of_factor(id).on_latest();
        self.admit(asked.without_factors(), async |_| Ok(()))
            .await?;
        let present = self.reauthenticate(NAME, present).await?;
        self.admit(asked, async |_| Ok(())).await?;
        let kit = match others.kit {
            Some(kit) => Some((self.new_factor(kit, None).await?, self.note_of(None))),
            None => None,
        };
        let request = asked.watched(watch).without_factors();
        let renewing = Renewing {
            id,
            present: &present,
            keep: others.keep,
            kit: kit.as_ref().map(|(kit, note)| (&**kit, note)),
        };
        let port = self.platform.factor.as_ref();
        self.change(request, async |tx| tx.renew_without(port, &renewing).await)
            .await
    }
}

/// What becomes of the factors that are neither revoked nor presented.
#[derive(Clone, Copy, Default)]
pub struct Others<'a> {
    /// The ids of those that stay; all of them unless it is given.
    pub keep: Option<&'a [String]>,
    /// The recovery kit, or the set of shares, in whose place those of the vault go.
    pub kit: Option<&'a dyn Present>,
}

struct Renewing<'a> {
    id: &'a str,
    present: &'a Opened,
    keep: Option<&'a [String]>,
    kit: Option<(&'a Factor, &'a FactorNote)>,
}

/// What a key's records become, and how much that is.
#[derive(Default)]
pub(super) struct Renewed {
    pub(super) records: Vec<(RecordId, u64, Record)>,
    shards: Map<Vec<KeyListing>>,
    keys: u64,
    versions: u64,
}

impl Renewed {
    /// A key of a core record in the place of the one that the vault has.
    fn put(&mut self, record_id: RecordId, keyring: &Keyring, jwk: Jwk) {
        let revision = keyring.next_revision(&record_id);
        self.records.push((record_id, revision, jwk.into()));
    }
}

impl Transaction<'_> {
    async fn renew_without(
        &mut self,
        port: &dyn FactorPort,
        renewing: &Renewing<'_>,
    ) -> Result<CompromisedFactor> {
        let present = renewing.present;
        let (remaining, left) = self.keyring()?.divided(renewing)?;
        let rows = self.all_rows().await?;
        let identity = SigningKey::generate(self.rng())?;
        let thumbprint = identity.thumbprint();
        let mac = MacKey::jwk(Secret::generate(self.rng())?);
        let (renewed, renewal) = {
            let keyring = self.keyring()?;
            let (cause, rng) = (self.cause(NAME)?, self.rng());
            let index = AliasHashKey::jwk(Secret::generate(rng)?);
            let hash = AliasHashKey::from_jwk(&index)?;
            let mut renewed = keyring.renew_keys(&rows, &hash, |key| key.compromise(cause, rng))?;
            renewed.put(keyring.singleton(RecordType::Index), &keyring, index);
            let mut gone = keyring.outlived(&rows, &renewed.shards)?;
            gone.extend(keyring.move_tombstones(&rows, &MacKey::from_jwk(&mac)?, &mut renewed)?);
            keyring.renew_core(&mut renewed, (&identity, &mac), &remaining, present)?;
            let renewal = Renewal {
                records: core::mem::take(&mut renewed.records),
                gone,
                core: Some((identity, mac)),
                present: present.all(),
            };
            (renewed, renewal)
        };
        let without: Vec<_> = left.iter().map(|factor| factor.id.as_str()).collect();
        // It is called what the one was called whose place it takes.
        let mut papers = left.iter().filter(|factor| factor.is_on_paper());
        let name = papers.next().and_then(|paper| paper.name.clone());
        let kit = renewing
            .kit
            .map(|(kit, note)| (kit, note.clone().named(name)));
        let factors = NextFactors {
            without: &without,
            with: kit.as_ref().map(|(kit, note)| (*kit, note)),
            ..NextFactors::default()
        };
        let rotated = self
            .rotate_rows(port, &rows, factors, Some(renewal))
            .await?;
        // Others may have the keys of the audit log too.
        self.change_log(LogChange::Renew);
        Ok(CompromisedFactor {
            identity: thumbprint,
            generation: rotated.generation,
            keys: renewed.keys,
            versions: renewed.versions,
            records: rotated.records,
            remaining,
        })
    }
}

impl Keyring {
    /// The factors that are to be presented once, and those that leave.
    fn divided(&self, renewing: &Renewing<'_>) -> Result<(Vec<FactorInfo>, Vec<FactorInfo>)> {
        let Renewing { id, present, .. } = *renewing;
        self.factor(id)?;
        if present.has(id) {
            self.check_revoked(id)?;
            return Err(Error::Argument(
                "factor (a compromised factor is revoked with another one)",
            ));
        }
        let keeps = |keep: &[String], kid: &str| keep.iter().any(|kept| kept == kid);
        if let Some(keep) = renewing.keep {
            if keeps(keep, id) {
                return Err(Error::Argument("keep (the factor that is revoked goes)"));
            }
            let unknown = |kept: &String| self.statement.factor(kept).is_none();
            if keep.iter().any(unknown) {
                return Err(Error::NoFactor);
            }
        }
        if let Some((kit, _)) = renewing.kit {
            if !kit.kind().is_on_paper() {
                return Err(Error::Argument(
                    "kit (a recovery kit or recovery shares are needed)",
                ));
            }
            self.check_enrolled(kit)?;
        }
        let (mut remaining, mut left) = (Vec::new(), Vec::new());
        for mut factor in self.factors()? {
            if present.has(factor.id.as_str()) {
                continue;
            }
            let (kid, on_paper) = (factor.id.as_str(), factor.is_on_paper());
            let kept = renewing.keep.is_none_or(|keep| keeps(keep, kid));
            if kid == id || !kept || (on_paper && renewing.kit.is_some()) {
                left.push(factor);
            } else if on_paper {
                return Err(Error::Argument(
                    "kit (the vault's recovery kit, or its shares, is replaced in the same step: give a new one, or leave the old one out of `keep`)",
                ));
            } else {
                // One that is enrolled anew remembers who signs from then on.
                if !factor.gate.as_ref().is_some_and(|gate| gate.renews) {
                    factor.pinned = false;
                    remaining.push(factor);
                }
            }
        }
        let leaves = |kid: &Kid| left.iter().any(|factor| factor.id == *kid);
        let kit = renewing.kit.map(|(kit, _)| kit.kind().into());
        self.check_left(|kid| !leaves(kid), kit)?;
        Ok((remaining, left))
    }
}

impl Keyring {
    /// Changes all keys, and lists them by what finds their shards from then on. `change` says how many versions of a key it
    /// has changed, and gives the material of a new primary.
    pub(super) fn renew_keys(
        &self,
        rows: &[Row],
        hash: &AliasHashKey,
        change: impl Fn(&mut KeyRecord) -> Result<(u64, Option<Jwk>)>,
    ) -> Result<Renewed> {
        let mut renewed = Renewed::default();
        for row in rows
            .iter()
            .filter(|row| row.record_id.kind == RecordType::Key)
        {
            let mut key = KeyRecord::read(self.cipher().decrypt_json(row)?)?;
            if key.record_id() != row.record_id {
                return Err(Error::Integrity("a key in another one's place"));
            }
            let (versions, generated) = change(&mut key)?;
            if let Some(jwk) = generated {
                let record_id = key.version_record_id(&key.primary);
                renewed.records.push((record_id, 1, jwk.into()));
                renewed.keys += 1;
            }
            if versions > 0 {
                let record = (
                    row.record_id.clone(),
                    row.revision + 1,
                    key.to_json().into(),
                );
                renewed.records.push(record);
                renewed.versions += versions;
            }
            let listing = KeyListing::of(&key);
            let shard = hash.shard(listing.name());
            renewed.shards.of(&shard.id).push(listing);
        }
        let mut stored = Map::<u64>::default();
        for row in rows
            .iter()
            .filter(|row| row.record_id.kind == RecordType::Catalog)
        {
            *stored.of(&row.record_id.id) = row.revision;
        }
        for (id, listings) in renewed.shards.iter() {
            let revision = stored.get(id).copied().unwrap_or_default() + 1;
            let record_id = RecordId::new(RecordType::Catalog, id);
            let record = (record_id, revision, catalog::shard(listings).into());
            renewed.records.push(record);
        }
        Ok(renewed)
    }

    /// Moves the tombstones to the shards that a new key finds them in; the shards that have none any more.
    fn move_tombstones(
        &self,
        rows: &[Row],
        mac: &MacKey,
        renewed: &mut Renewed,
    ) -> Result<Vec<RecordId>> {
        let (mut all, mut stored) = (Vec::new(), Map::<u64>::default());
        for row in rows
            .iter()
            .filter(|row| row.record_id.kind == RecordType::Tombstone)
        {
            *stored.of(&row.record_id.id) = row.revision;
            all.extend(Tombstones::read(Some(row), &self.cipher())?);
        }
        for (id, tombstones) in Tombstones::by_shard(all, mac) {
            let revision = stored.get(&id).copied().unwrap_or_default() + 1;
            let tombstones: Tombstones = tombstones.into_iter().collect();
            let record_id = RecordId::new(RecordType::Tombstone, &*id);
            let record = (record_id, revision, tombstones.to_json().into());
            renewed.records.push(record);
            stored.retain(|stored, _| *stored != id);
        }
        let gone = stored.names().iter();
        let gone = gone.map(|id| RecordId::new(RecordType::Tombstone, id));
        Ok(gone.collect())
    }

    /// The other records of which every vault has one or a few.
    fn renew_core(
        &self,
        renewed: &mut Renewed,
        (identity, mac): (&SigningKey, &Jwk),
        remaining: &[FactorInfo],
        present: &Opened,
    ) -> Result<()> {
        renewed.put(
            self.singleton(RecordType::Identity),
            self,
            identity.to_jwk(),
        );
        renewed.put(self.singleton(RecordType::Mac), self, mac.clone());
        for factor in remaining {
            let record = self.noted(&factor.id, true)?;
            renewed.records.push(record);
        }
        self.note_pinned(&mut renewed.records, &present.all())
    }

    /// Notes of factors that were presented that they remember who signs.
    pub(super) fn note_pinned(
        &self,
        records: &mut Vec<(RecordId, u64, Record)>,
        present: &[&Factor],
    ) -> Result<()> {
        for factor in present {
            records.push(self.noted(factor.kid(), false)?);
        }
        Ok(())
    }

    fn noted(&self, kid: &Kid, superseded: bool) -> Result<(RecordId, u64, Record)> {
        let jwk = self.factor_jwk(kid)?;
        let note = FactorNote {
            superseded,
            ..FactorNote::of(&jwk)?
        };
        let record_id = recipient_id(kid);
        let revision = self.next_revision(&record_id);
        Ok((record_id, revision, note.beside(jwk).into()))
    }

    fn next_revision(&self, record_id: &RecordId) -> u64 {
        self.core_record(record_id).map_or(0, |row| row.revision) + 1
    }

    /// Shards in which nothing is listed any more, and the successions that are too many.
    fn outlived(&self, rows: &[Row], shards: &Map<Vec<KeyListing>>) -> Result<Vec<RecordId>> {
        let (mut gone, mut successions) = (Vec::new(), Vec::new());
        for row in rows {
            match row.record_id.kind {
                RecordType::Catalog if shards.get(&row.record_id.id).is_none() => {
                    gone.push(row.record_id.clone());
                }
                RecordType::Succession => {
                    // One that says nothing goes first.
                    let generation = Succession::read(row).map_or(0, |read| read.generation);
                    successions.push((generation, &row.record_id));
                }
                _ => {}
            }
        }
        sort_by(&mut successions, Ord::cmp);
        let most = Succession::MOST - 1;
        let surplus = successions.len().saturating_sub(most);
        gone.extend(successions[..surplus].iter().map(|(_, id)| (*id).clone()));
        Ok(gone)
    }
}
