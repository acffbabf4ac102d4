//! A new vault key: every record under it, no factor touched.

use crate::{
    base::{Entropy, Error, Kid, Pool, Result, Timestamp, VaultId, sort_by},
    factors::{Factor, FactorNote, FactorPort, Opened, recipient_id},
    jose::{AgreementPublicKey, Jwk, Recipient, SigningKey},
    records::{
        Address, FactorEntry, FactorPair, Head, MacKey, Manifest, Pin, RecordCipher, SetDigest,
        Statement, Succession, VaultKey, digest,
    },
    store::{Range, RecordId, RecordType, Row},
};

use super::{
    VaultKeyRotation,
    gates_anew::GateAnew,
    keyring::Keyring,
    manifest::{ManifestCache, ManifestDraft, Sealed, Sealer},
    row_cache::RowSlice,
    transaction::{Record, Transaction},
    vault_key_envelope::VaultKeyEnvelope,
};

/// Records that are given out at a time: about 20 ms of work.
const PART: usize = 256;
/// Pages of the manifest that are given out at a time: about 20 ms in a browser.
const PAGES: usize = 64;
/// Records that are sealed together, for their keys to be wrapped side by side, and whose plaintexts are in
/// memory together: with 32 and with 256 it took as long.
const TOGETHER: usize = 16;
/// The first revision of a record.
const NEW: u64 = 1;

/// Which factors the next vault key is for, beside those that stay.
#[derive(Clone, Copy, Default)]
pub(crate) struct NextFactors<'a> {
    /// The kids of those that it is not for.
    pub(crate) without: &'a [&'a str],
    /// One that is new.
    pub(crate) with: Option<(&'a Factor, &'a FactorNote)>,
    /// Whether it takes two of them from now on, where that changes.
    pub(crate) requires: Option<Option<FactorPair>>,
    /// The gates that stay, enrolled anew.
    pub(super) gates: &'a [GateAnew],
}

/// What is made anew beside the vault key, where somebody presented a factor: it may be asked for because somebody else
/// has what the vault holds, or opens an older copy of it.
pub(crate) struct Renewal<'a> {
    /// The identity that signs from then on, and the key of the set digest, as its JWK: where somebody else may have both.
    pub(crate) core: Option<(SigningKey, Jwk)>,
    /// The factors that were presented and stay: they remember the new vault key, and who signs.
    pub(crate) present: Vec<&'a Factor>,
    /// Records with their revisions, in the place of those that stand there.
    pub(crate) records: Vec<(RecordId, u64, Record)>,
    /// Records that go.
    pub(crate) gone: Vec<RecordId>,
}

impl Renewal<'_> {
    /// Whether the catalog says something else afterwards.
    fn relists(&self) -> bool {
        let mut fresh = self.records.iter().map(|(record_id, ..)| record_id);
        let lists = |record_id: &RecordId| record_id.kind == RecordType::Catalog;
        fresh.any(lists) || self.gone.iter().any(lists)
    }
}

/// The records of a vault on their way under its next vault key.
pub(crate) struct Rotation {
    vault: VaultId,
    from: (VaultKey, u64),
    pub(crate) to: VaultKey,
    pub(crate) statement: Statement,
    /// Those that are still to be sealed for the first time, with their revisions.
    fresh: std::vec::IntoIter<(RecordId, u64, Record)>,
    /// Those that are still under the old key.
    rows: std::vec::IntoIter<Row>,
    mac: MacKey,
    digest: SetDigest,
    /// Of the core.
    core_digest: SetDigest,
    /// The manifest of what was given out, and what stands in its place now.
    manifest: Option<(ManifestDraft, ManifestCache)>,
    /// The head; its digest is the old one until all records were given out.
    pub(crate) head: (u64, Head),
    finished: bool,
    /// Whether the catalog says something else afterwards.
    pub(crate) relists: bool,
    /// What was given out of those that an unlocked vault keeps.
    pub(crate) core: Vec<Row>,
}

impl Rotation {
    /// Takes in another record, which is new, before any was given out.
    pub(crate) fn add(&mut self, record_id: RecordId, record: Record) {
        let before = core::mem::take(&mut self.fresh);
        let added = core::iter::once((record_id, NEW, record));
        self.fresh = before.chain(added).collect::<Vec<_>>().into_iter();
        let (_, head) = &mut self.head;
        head.records = head.records.map(|records| records + 1);
    }

    /// How many records are still to be given out, the head among them.
    pub(crate) fn left(&self) -> u64 {
        let manifest = self.manifest.as_ref().map(|(draft, _)| draft.left());
        let records = (self.fresh.len() + self.rows.len()) as u64;
        records + manifest.unwrap_or_default() + u64::from(!self.finished)
    }

    /// The next records under the new key; nothing once all were given out, the head last.
    ///
    /// Each was opened under the new key and compared.
    ///
    /// # Errors
    /// [`Error::Integrity`] when a record does not open.
    pub(crate) fn next(&mut self, entropy: &dyn Entropy) -> Result<Option<Vec<Row>>> {
        if self.finished {
            return Ok(None);
        }
        let entropy = &Pool::of(entropy, usize::MAX);
        let fresh: Vec<_> = self.fresh.by_ref().take(PART).collect();
        let old: Vec<_> = self.rows.by_ref().take(PART - fresh.len()).collect();
        let cipher = |key, generation| RecordCipher {
            vault: &self.vault,
            generation,
            key,
        };
        let from = cipher(&self.from.0, self.from.1);
        let to = cipher(&self.to, self.statement.generation);
        let mut puts = Vec::new();
        for (record_id, revision, record) in fresh {
            puts.push(record.sealed(record_id, revision, &to, entropy)?);
        }
        for rows in old.chunks(TOGETHER) {
            puts.extend(from.reseal(rows, &to, entropy)?);
        }
        for row in &puts {
            let mac = self.mac.of_row(row);
            self.digest.add(mac);
            if Keyring::CORE.contains(&row.record_id.kind) {
                self.core_digest.add(mac);
            }
            if let Some((draft, _)) = &mut self.manifest {
                draft.add(&row.record_id, &mac, &self.mac, &ManifestCache::default())?;
            }
        }
        if puts.len() < PART {
            puts.extend(self.seal_rest(entropy)?);
        }
        let core = |row: &&Row| Keyring::CORE.contains(&row.record_id.kind);
        self.core.extend(puts.iter().filter(core).cloned());
        Ok(Some(puts))
    }

    /// The next pages of the manifest; once there are none, its directories and the head.
    fn seal_rest(&mut self, entropy: &dyn Entropy) -> Result<Vec<Row>> {
        let cipher = &RecordCipher {
            vault: &self.vault,
            generation: self.statement.generation,
            key: &self.to,
        };
        let mut sealed = Sealed::default();
        let mut root = None;
        if let Some((draft, old)) = &mut self.manifest {
            let sealer = Sealer {
                old,
                key: &self.mac,
                cipher,
                entropy,
            };
            root = draft.seal_part(PAGES, &sealer, &mut sealed)?;
        }
        for mac in sealed.macs {
            self.digest.add(mac);
        }
        let mut rows = sealed.rows;
        if root.is_some() || self.manifest.is_none() {
            let (revision, head) = &mut self.head;
            (head.digest, head.core) = (self.digest, Some(self.core_digest));
            head.manifest = root;
            let record_id = RecordId::new(RecordType::Head, self.vault.as_str());
            rows.push(cipher.put_json(record_id, *revision, &head.to_json(), entropy)?);
            self.finished = true;
        }
        Ok(rows)
    }
}

impl Transaction<'_> {
    /// Draws a new vault key, wraps it to the factors' public halves and seals every record under it:
    /// one commit, so that a vault is wholly under one key or the other. The next statement carries the
    /// next generation, so that the old vault key's envelope is refused from then on. Gates are enrolled anew, to the same public
    /// keys: `port` encrypts to those.
    ///
    /// All records were held against the head when this returns. They are sealed part by part, while the
    /// store writes the parts before; what fails then fails the commit, and nothing was changed. The
    /// vault key's own envelope opens by a factor's secret alone, which is not here: of it is checked that
    /// it commits to the new key and names every factor.
    ///
    /// # Errors
    /// [`Error::Integrity`] when a record does not open.
    pub(super) async fn rotate_vault_key(
        &mut self,
        port: &dyn FactorPort,
        factors: NextFactors<'_>,
    ) -> Result<VaultKeyRotation> {
        let rows = self.all_rows().await?;
        self.rotate_rows(port, &rows, factors, None).await
    }

    /// As [`rotate_vault_key`](Self::rotate_vault_key), with factors that were presented: those that stay remember the
    /// next vault key, so that no store opens the copy of before to them, with the factor that leaves.
    ///
    /// # Errors
    /// Those.
    pub(super) async fn rotate_vault_key_with(
        &mut self,
        port: &dyn FactorPort,
        factors: NextFactors<'_>,
        opened: &Opened,
    ) -> Result<VaultKeyRotation> {
        let rows = self.all_rows().await?;
        let mut present = Vec::new();
        for factor in opened.all() {
            // Another tab may have revoked or sealed it again meanwhile.
            if !factors.leaves(factor.kid()) && self.is_stored(factor)? {
                present.push(factor);
            }
        }
        let mut records = Vec::new();
        self.keyring()?.note_pinned(&mut records, &present)?;
        let renewal = Renewal {
            core: None,
            present,
            records,
            gone: Vec::new(),
        };
        self.rotate_rows(port, &rows, factors, Some(renewal)).await
    }

    /// All rows, held against the head.
    pub(super) async fn all_rows(&self) -> Result<RowSlice> {
        let rows = self.range(Range::all()).await?;
        self.keyring()?.check(&rows)?;
        Ok(rows)
    }

    /// As [`rotate_vault_key`](Self::rotate_vault_key), of all rows, some of which others take the place of.
    pub(super) async fn rotate_rows(
        &mut self,
        port: &dyn FactorPort,
        rows: &[Row],
        factors: NextFactors<'_>,
        mut renewal: Option<Renewal<'_>>,
    ) -> Result<VaultKeyRotation> {
        let gates = &self.gates_anew(port, factors).await?;
        let factors = NextFactors { gates, ..factors };
        let mut gone = factors.gone();
        if let Some(renewal) = &mut renewal {
            // Of a gate that was presented: another one takes its place.
            renewal.present.retain(|one| !factors.leaves(one.kid()));
            renewal.records.retain(|(id, ..)| !gone.contains(id));
            gone.extend(renewal.gone.iter().cloned());
        }
        let rotating = self.keyring()?;
        let (puts, mut rotation) =
            rotating.next_vault_key(rows, factors, &gone, renewal, self.now(), self.rng())?;
        drop(rotating);
        rotation.head.1.device = Some(self.device()?.clone());
        let rotated = VaultKeyRotation {
            generation: rotation.statement.generation,
            records: puts.len() as u64 + rotation.left(),
        };
        self.rotate(puts, gone, Box::new(rotation));
        Ok(rotated)
    }

    /// Seals factors' records again, so that they remember the current identity and generation: the statement of an
    /// older one is refused from then on. Nothing to do where they do already.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(super) async fn repin(&mut self, factors: &[&Factor]) -> Result<()> {
        let mut behind = Vec::new();
        for factor in factors {
            if *factor.pin() != self.keyring()?.pin() && self.is_stored(factor)? {
                behind.push(*factor);
            }
        }
        if behind.is_empty() {
            return Ok(());
        }
        self.reseal(&behind).await
    }

    /// Seals a factor's record as it is enrolled now, if what is stored is what opened the vault, and says whether it did:
    /// it may have been revoked or sealed again meanwhile.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(super) async fn enrol_again(&mut self, was: &Factor, now: &Factor) -> Result<bool> {
        if self.is_stored(was)? {
            self.reseal(&[now]).await?;
            return Ok(true);
        }
        self.is_stored(now)
    }

    /// Whether the record that is stored of a factor opens as it did.
    fn is_stored(&self, factor: &Factor) -> Result<bool> {
        let keyring = self.keyring()?;
        let row = keyring.core_record(&factor.record_id());
        Ok(row.is_some_and(|row| factor.check_record(keyring.vault(), row).is_ok()))
    }

    /// Seals factors' records again, with what they are to remember of the vault as it is now.
    async fn reseal(&mut self, factors: &[&Factor]) -> Result<()> {
        let mut statement = self.keyring()?.statement.clone();
        for factor in factors {
            let record_id = factor.record_id();
            let old = self.row(&record_id).await?;
            let revision = old.map_or(1, |row| row.revision + 1);
            let (row, jwk) = {
                let keyring = self.keyring()?;
                let row = factor.seal(&keyring.pin(), revision, self.rng())?;
                (row, keyring.factor_jwk(factor.kid())?)
            };
            for entry in &mut statement.factors {
                if entry.kid.as_str() == record_id.id {
                    entry.record = digest(&row);
                }
            }
            let note = FactorNote::of(&jwk)?;
            if note.superseded {
                let note = FactorNote {
                    superseded: false,
                    ..note
                };
                self.put(recipient_id(factor.kid()), note.beside(jwk));
            }
            self.put_row(row);
        }
        let signed = {
            let keyring = self.keyring()?;
            keyring.signed(&statement, &keyring.identity()?, self.rng())?
        };
        self.put_row(signed);
        self.restate(statement);
        Ok(())
    }
}

impl<'a> NextFactors<'a> {
    /// The records of the factors that leave.
    fn gone(&self) -> Vec<RecordId> {
        let gates = self.gates.iter().map(|gate| gate.was.as_str());
        let ids = self.without.iter().copied().chain(gates).map(|kid| {
            [RecordType::Factor, RecordType::Recipient].map(|kind| RecordId::new(kind, kid))
        });
        ids.flatten().collect()
    }

    pub(super) fn leaves(&self, kid: &Kid) -> bool {
        let mut gates = self.gates.iter();
        self.without.contains(&kid.as_str()) || gates.any(|gate| gate.was == *kid)
    }

    /// Those that are new.
    fn fresh(&self) -> impl Iterator<Item = (&'a Factor, &'a FactorNote)> {
        let gates = self.gates.iter().map(|gate| (&*gate.factor, &gate.note));
        self.with.into_iter().chain(gates)
    }
}

impl Keyring {
    /// The next vault key's own records, and what is to be done with all others.
    fn next_vault_key(
        &self,
        rows: &[Row],
        factors: NextFactors<'_>,
        gone: &[RecordId],
        renewal: Option<Renewal<'_>>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(Vec<Row>, Rotation)> {
        let (vault_key, jwk) = VaultKey::generate(entropy)?;
        let generation = self.generation() + 1;
        let successor = renewal.as_ref().and_then(|renewal| renewal.core.as_ref());
        let identity = match successor {
            Some((identity, _)) => identity.clone(),
            None => self.identity()?,
        };
        let pin = Pin {
            vault: self.vault().clone(),
            identity: identity.thumbprint(),
            generation,
        };
        let old = self.core_row(RecordType::VaultKey)?;
        let (record_id, revision) = (old.record_id.clone(), old.revision + 1);
        let address = Address::new(self.vault(), &record_id, revision, generation);
        let mut entries = self.statement.factors.clone();
        entries.retain(|entry| !factors.leaves(&entry.kid));
        let (mut recipients, mut puts) = (self.recipients(&entries)?, Vec::new());
        for (factor, note) in factors.fresh() {
            let cipher = RecordCipher {
                vault: self.vault(),
                generation,
                key: &vault_key,
            };
            let public = note.beside(factor.public_jwk());
            let row = factor.seal(&pin, NEW, entropy)?;
            recipients.push(factor.public().into());
            entries.push(factor.entry(&row));
            puts.push(row);
            puts.push(cipher.put_key(recipient_id(factor.kid()), NEW, &public, entropy)?);
        }
        let present = renewal.as_ref().map(|renewal| renewal.present.as_slice());
        let present = present.unwrap_or_default();
        for factor in present {
            let old = self.core_record(&factor.record_id());
            let revision = old.map_or(NEW, |row| row.revision + 1);
            let row = factor.seal(&pin, revision, entropy)?;
            for entry in &mut entries {
                if entry.kid == *factor.kid() {
                    entry.record = digest(&row);
                }
            }
            puts.push(row);
        }
        let pair = factors.requires.unwrap_or(self.statement.pair());
        let sealed = VaultKeyEnvelope::seal(&address, &jwk, &entries, &recipients, pair, entropy)?;
        let fresh = factors.fresh().map(|(factor, _)| factor);
        let committed = sealed.envelope().jkt() == Some(&jwk.thumbprint());
        let mut seen = present.iter().copied().chain(fresh);
        if !committed || !seen.all(|factor| sealed.opens_to(factor)) {
            return Err(Error::Integrity("a fresh record does not open"));
        }
        let row = Row::of(record_id, revision, sealed.envelope());
        let mut statement = Statement {
            generation,
            identity: pin.identity,
            factors: entries,
            ..self.statement.clone()
        };
        sealed.state_in(&mut statement);
        statement.list_replaced(self.papers(|kid| factors.leaves(kid))?, now);
        if successor.is_some() {
            let succession = Succession {
                vault: self.vault().clone(),
                from: self.statement.identity.clone(),
                to: statement.identity.clone(),
                generation,
            };
            puts.push(succession.sign(&self.identity()?, entropy)?);
        }
        puts.extend([row, self.signed(&statement, &identity, entropy)?]);
        let rotation = self.rotation(rows, gone, vault_key, statement, &puts, renewal)?;
        Ok((puts, rotation))
    }

    /// What is to be done once the new vault key's own records were made, and some are gone.
    fn rotation(
        &self,
        rows: &[Row],
        gone: &[RecordId],
        to: VaultKey,
        statement: Statement,
        puts: &[Row],
        renewal: Option<Renewal<'_>>,
    ) -> Result<Rotation> {
        use RecordType::{Directory, Factor, Head as HeadRow, Page, Succession, VaultKey};
        let mac = match &renewal {
            Some(Renewal {
                core: Some((_, mac)),
                ..
            }) => MacKey::from_jwk(mac)?,
            _ => self.mac()?,
        };
        let relists = renewal.as_ref().is_some_and(Renewal::relists);
        let fresh = renewal.map_or(Vec::new(), |renewal| renewal.records);
        let mut others: Vec<&RecordId> = gone.iter().collect();
        others.extend(puts.iter().map(|row| &row.record_id));
        others.extend(fresh.iter().map(|(record_id, ..)| record_id));
        sort_by(&mut others, Ord::cmp);
        let stays = |row: &&Row| others.binary_search(&&row.record_id).is_err();
        // What is under no vault key.
        let kept: Vec<_> = rows
            .iter()
            .filter(|row| matches!(row.record_id.kind, Factor | Succession))
            .filter(stays)
            .collect();
        let resealed = |row: &&Row| {
            let kind = row.record_id.kind;
            !matches!(
                kind,
                VaultKey | RecordType::Statement | Factor | Succession | Page | Directory | HeadRow
            )
        };
        let resealed: Vec<_> = rows
            .iter()
            .filter(resealed)
            .filter(stays)
            .cloned()
            .collect();
        let digest = SetDigest::of(&mac, puts.iter().chain(kept.iter().copied()));
        let mut records = (puts.len() + kept.len() + fresh.len() + resealed.len()) as u64;
        let manifest = self.manifest().map(|root| {
            let old = ManifestCache::of_rows(rows, &mac);
            let pages = root.pages.max(Manifest::enough(records));
            (ManifestDraft::empty(pages), old)
        });
        records += manifest.as_ref().map_or(0, |(draft, _)| draft.left());
        let (revision, head) = &self.head;
        let head = Head {
            generation: statement.generation,
            records: head.records.map(|_| records),
            ..head.clone()
        };
        Ok(Rotation {
            vault: self.vault().clone(),
            from: (self.vault_key.clone(), self.generation()),
            to,
            statement,
            fresh: fresh.into_iter(),
            rows: resealed.into_iter(),
            mac,
            digest,
            core_digest: digest,
            manifest,
            head: (revision + 1, head),
            finished: false,
            relists,
            core: puts.to_vec(),
        })
    }

    /// The public halves of some factors.
    pub(super) fn recipients(&self, factors: &[FactorEntry]) -> Result<Vec<Recipient>> {
        let mut recipients = Vec::new();
        for factor in factors {
            let jwk = self.factor_jwk(&factor.kid)?;
            recipients.push(Recipient::from(AgreementPublicKey::from_jwk(&jwk)?));
        }
        Ok(recipients)
    }

    /// A factor's public half, with what is noted of it.
    pub(super) fn factor_jwk(&self, kid: &Kid) -> Result<Jwk> {
        let row = self.core_record(&recipient_id(kid));
        self.cipher()
            .decrypt_key(row.ok_or(Error::Integrity("a record is missing"))?)
    }

    /// A statement's row, signed by the vault's identity or by its next one.
    pub(super) fn signed(
        &self,
        statement: &Statement,
        identity: &SigningKey,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        let revision = self.core_row(RecordType::Statement)?.revision + 1;
        statement.sign(self.vault(), revision, identity, entropy)
    }
}
