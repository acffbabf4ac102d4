//! The factors of an unlocked vault.
//!
//! A person who can add a factor has the vault for good, so adding, replacing and revoking ask for a factor that is there
//! once more, and hold what it opens against the vault in memory. Adding leaves the vault key as it is. Replacing and
//! revoking rotate it: the old factor, and an older copy of its record, open no later vault key.

use crate::{
    base::{Error, Kid, Result, Thumbprint, Timestamp},
    factors::{Factor, FactorName, FactorNote, FactorRecord, Opened, Present, recipient_id},
    jose::{AgreementPublicKey, Jwk},
    object::body::Buffers,
    records::{
        Address, Credential, DeviceKey, Enrolment, EscrowedKek, FactorEntry, FactorKind, KitId,
        OfflineGrace, Pin, ShareSet, Way,
    },
    store::{RecordId, RecordType, Row, Store},
};

use super::{
    Unlocked, Vault, VaultKeyRotation, gate::Request, keyring::Keyring, transaction::Transaction,
    vault_key_envelope::VaultKeyEnvelope, vault_key_rotation::NextFactors, watch::Watch,
};

/// The most factors of a vault: a passphrase that opens none costs one Argon2id for each.
pub(super) const MOST: usize = 32;
pub(super) const TOO_MANY: Error = Error::TooLarge("factors (32)");
const UNOPENED: Error = Error::Integrity("a fresh record does not open");

/// What is known of a factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorInfo {
    /// The thumbprint of its public key.
    pub id: Kid,
    /// As [`FactorKind::as_str`] says, or what a later release called it.
    pub kind: String,
    /// What people call it.
    pub name: Option<FactorName>,
    /// When it was added; nothing for those that a vault of an earlier release was made with.
    pub added: Option<Timestamp>,
    /// Whether this release can open it.
    pub known: bool,
    /// Whether its own record names the identity that signs for the vault now: not since a factor was revoked as
    /// compromised, until this one was asked for.
    pub pinned: bool,
    /// Of a passkey: which credential it is.
    pub credential: Option<Credential>,
    /// Of recovery shares: which set it is, and how many it takes.
    pub shares: Option<ShareSet>,
    /// Of a device: which of its keys it is, and how long.
    pub device: Option<DeviceKey>,
    /// Of an escrow and of a gate: the key that opens it.
    pub key: Option<HeldKey>,
    /// Of a gate: what else is said of it.
    pub gate: Option<GateInfo>,
    /// When it was last [rehearsed](Vault::rehearse).
    pub rehearsed: Option<Timestamp>,
}

/// A key that somebody else holds, and that opens a factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldKey {
    /// Its thumbprint.
    pub thumbprint: Thumbprint,
    /// What it called itself when it was enrolled.
    pub kid: Option<Kid>,
}

/// What is known of a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateInfo {
    /// Whether each new vault key enrols it anew, so that no answer of before opens a later one. Not of gates whose records have no public key.
    pub renews: bool,
    /// For how long a device may do without its answer, where it may.
    pub offline_grace: Option<OfflineGrace>,
}

impl From<&EscrowedKek> for HeldKey {
    fn from(kek: &EscrowedKek) -> Self {
        Self {
            thumbprint: kek.recipient().clone(),
            kid: kek.kid().cloned(),
        }
    }
}

impl From<&EscrowedKek> for GateInfo {
    fn from(kek: &EscrowedKek) -> Self {
        Self {
            renews: kek.public_key().is_some(),
            offline_grace: kek.offline_grace().cloned(),
        }
    }
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// All factors, in the order of the statement.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub async fn factors(&self) -> Result<Vec<FactorInfo>> {
        let request = Request::of("listFactors").on_latest();
        self.read(request, async |tx| tx.keyring()?.factors()).await
    }

    /// Adds a factor. The vault key stays: other tabs are not disturbed.
    ///
    /// # Errors
    /// [`Error::WrongFactor`] of the one that is asked for; [`Error::TooLarge`] for more than 32;
    /// [`Error::Integrity`] when another vault took this one's place in the store; what `watch` stops it with.
    pub async fn add_factor(
        &self,
        present: &dyn Present,
        new: &dyn Present,
        name: Option<FactorName>,
        watch: Watch<'_>,
    ) -> Result<FactorInfo> {
        const NAME: &str = "addFactor";
        check_new(name.as_ref())?;
        self.state.open()?.keyring.check_kind(new.kind())?;
        let asked = Request::of(NAME).on_latest();
        self.admit(asked.without_factors(), async |_| Ok(()))
            .await?;
        let present = self.reauthenticate(NAME, present).await?;
        self.admit(asked, async |_| Ok(())).await?;
        let added = self.new_factor(new, None).await?;
        let note = self.note_of(name);
        let named = Request::of(NAME).of_factor(added.kid().as_str());
        let request = named.on_latest().watched(watch).without_factors();
        self.change(request, async |tx| {
            tx.add_factor(&present, &added, &note)?;
            Ok(FactorInfo::of(&added, note.clone()))
        })
        .await
    }

    /// Names a factor, or takes its name away.
    ///
    /// # Errors
    /// [`Error::NoFactor`].
    pub async fn rename_factor(&self, id: &str, name: Option<FactorName>) -> Result<FactorInfo> {
        check_new(name.as_ref())?;
        let request = Request::of("renameFactor").of_factor(id).on_latest();
        self.change(request, async |tx| tx.rename_factor(id, name.clone()))
            .await
    }

    /// Puts a factor in the place of another, and rotates the vault key. It keeps the name unless another is
    /// given. `watch` counts the records that are written.
    ///
    /// # Errors
    /// Those of [`add_factor`](Self::add_factor); [`Error::NoFactor`]; [`Error::NoneStandsAlone`]; what `watch` stops it with.
    pub async fn replace_factor(
        &self,
        id: &str,
        present: &dyn Present,
        new: &dyn Present,
        name: Option<FactorName>,
        watch: Watch<'_>,
    ) -> Result<FactorInfo> {
        const NAME: &str = "replaceFactor";
        check_new(name.as_ref())?;
        self.has_factor(id).await?;
        self.state.open()?.keyring.check_replaced(id, new.way())?;
        let asked = Request::of(NAME).of_factor(id).on_latest();
        self.admit(asked.without_factors(), async |_| Ok(()))
            .await?;
        let opened = self.reauthenticate(NAME, present).await?;
        self.admit(asked, async |_| Ok(())).await?;
        let (added, given) = (self.new_factor(new, Some(id)).await?, self.note_of(name));
        let request = asked.watched(watch).without_factors();
        let port = self.platform.factor.as_ref();
        self.change(request, async |tx| {
            // Of every attempt: another tab may have named it since.
            let replaced = tx.keyring()?.factor(id)?;
            tx.keyring()?.check_enrolled_for(&added, Some(id))?;
            tx.keyring()?.check_replaced(id, added.enrolment().way())?;
            let note = given.clone().named(replaced.name);
            let factors = NextFactors {
                without: &[id],
                with: Some((&added, &note)),
                ..NextFactors::default()
            };
            tx.rotate_vault_key_with(port, factors, &opened).await?;
            Ok(FactorInfo::of(&added, note))
        })
        .await
    }

    /// Takes a factor away, and rotates the vault key. The factor that is presented remembers that. `watch` counts the
    /// records that are written. Who has the factor that left and an older copy of the vault still opens that copy, and
    /// can forge what was under its keys and, for those who open what they store, a later state of the vault.
    ///
    /// # Errors
    /// [`Error::WrongFactor`] of the one that is asked for; [`Error::NoFactor`]; [`Error::LastFactor`];
    /// [`Error::NoneStandsAlone`]; [`Error::Integrity`] when another vault took this one's place in the store; what `watch` stops it with.
    pub async fn revoke_factor(
        &self,
        id: &str,
        present: &dyn Present,
        watch: Watch<'_>,
    ) -> Result<VaultKeyRotation> {
        const NAME: &str = "revokeFactor";
        self.has_factor(id).await?;
        let asked = Request::of(NAME).of_factor(id).on_latest();
        self.admit(asked.without_factors(), async |_| Ok(()))
            .await?;
        let opened = self.reauthenticate(NAME, present).await?;
        let request = asked.watched(watch);
        let port = self.platform.factor.as_ref();
        self.change(request, async |tx| {
            tx.keyring()?.check_revoked(id)?;
            let factors = NextFactors {
                without: &[id],
                ..NextFactors::default()
            };
            tx.rotate_vault_key_with(port, factors, &opened).await
        })
        .await
    }

    /// Before a person is asked for a factor in vain.
    pub(super) async fn has_factor(&self, id: &str) -> Result<()> {
        let request = Request::of("listFactors").on_latest();
        self.read(request, async |tx| tx.keyring()?.factor(id).map(|_| ()))
            .await
    }

    /// Enrols a factor, perhaps in the place of another.
    pub(super) async fn new_factor(
        &self,
        new: &dyn Present,
        without: Option<&str>,
    ) -> Result<Box<Factor>> {
        let (port, rng) = (self.platform.factor.as_ref(), self.platform.rng.as_ref());
        let other = |kid: &Kid| Some(kid.as_str()) != without;
        let others = self.state.open()?.keyring.enrolments(other)?;
        let least = self.state.open()?.keyring.least_cost()?;
        let (enrolment, kek) = new.enrol(port, &others, least.as_ref(), rng).await?;
        let pin = self.state.open()?.keyring.pin();
        Factor::generate(pin, enrolment, kek, rng)
    }

    pub(super) fn note_of(&self, name: Option<FactorName>) -> FactorNote {
        let added = Some(self.platform.clock.now());
        FactorNote {
            name,
            added,
            superseded: false,
            rehearsed: None,
        }
    }
}

/// Refuses what would leave a vault without a factor, or with such alone as are easily lost.
fn check_kinds(mut kinds: impl Iterator<Item = FactorKind>) -> Result<()> {
    match kinds.next() {
        None => Err(Error::LastFactor),
        Some(first) if first.stands_alone() || kinds.any(FactorKind::stands_alone) => Ok(()),
        Some(_) => Err(Error::NoneStandsAlone),
    }
}

fn check_new(name: Option<&FactorName>) -> Result<()> {
    name.map_or(Ok(()), FactorName::check_new)
}

impl FactorInfo {
    pub(super) fn is_on_paper(&self) -> bool {
        FactorKind::parse(&self.kind).is_some_and(FactorKind::is_on_paper)
    }

    fn new(id: &Kid, kind: &str, note: FactorNote) -> Self {
        Self {
            id: id.clone(),
            kind: kind.to_owned(),
            name: note.name,
            added: note.added,
            known: FactorKind::parse(kind).is_some(),
            pinned: !note.superseded,
            credential: None,
            shares: None,
            key: None,
            gate: None,
            device: None,
            rehearsed: note.rehearsed,
        }
    }

    pub(super) fn of(added: &Factor, note: FactorNote) -> Self {
        Self::new(added.kid(), added.kind().as_str(), note).asking(added.enrolment())
    }

    fn asking(self, enrolment: &Enrolment) -> Self {
        let (mut credential, mut device, mut shares, mut gate) = (None, None, None, None);
        match enrolment {
            Enrolment::Passkey(asked) => credential = Some(asked.clone()),
            Enrolment::ThisDevice(key) => device = Some(key.clone()),
            Enrolment::RecoveryShares(set) => shares = Some(set.clone()),
            Enrolment::Kms(kek) => gate = Some(kek.into()),
            Enrolment::Passphrase(_) | Enrolment::RecoveryKit(_) | Enrolment::Escrow(_) => {}
        }
        Self {
            credential,
            device,
            shares,
            gate,
            key: enrolment.held().map(HeldKey::from),
            ..self
        }
    }
}

impl Transaction<'_> {
    fn add_factor(&mut self, present: &Opened, added: &Factor, note: &FactorNote) -> Result<()> {
        // Nobody else has its key: the store has committed an attempt before, and said that it had not.
        if self.keyring()?.statement.names(added.kid()) {
            return Ok(());
        }
        let record = {
            let keyring = self.keyring()?;
            keyring.check_enrolled(added)?;
            // Of every attempt: the vault may take two factors since.
            keyring.check_kind(added.kind())?;
            added.seal(&keyring.pin(), 1, self.rng())?
        };
        let public = note.beside(added.public_jwk());
        let envelope = self.admit(present, added.entry(&record), record, public)?;
        envelope.opens_to(added).then_some(()).ok_or(UNOPENED)
    }

    /// Wraps the vault key, which factors that are there open, to one more; its envelope.
    fn admit(
        &mut self,
        present: &Opened,
        entry: FactorEntry,
        record: Row,
        public: Jwk,
    ) -> Result<VaultKeyEnvelope> {
        let record_id = recipient_id(&entry.kid);
        let (envelope, rows, statement) = {
            let (keyring, rng) = (self.keyring()?, self.rng());
            let mut statement = keyring.statement.clone();
            if statement.factors.len() >= MOST {
                return Err(TOO_MANY);
            }
            let mut recipients = keyring.recipients(&statement.factors)?;
            recipients.push(AgreementPublicKey::from_jwk(&public)?.into());
            statement.factors.push(entry);

            let old = keyring.core_row(RecordType::VaultKey)?;
            let (_, jwk) = keyring.opened_vault_key(present)?;
            let (at, revision) = (old.record_id.clone(), old.revision + 1);
            let address = Address::new(keyring.vault(), &at, revision, keyring.generation());
            let (entries, pair) = (&statement.factors, statement.pair());
            let envelope = VaultKeyEnvelope::seal(&address, &jwk, entries, &recipients, pair, rng)?;
            let opens = present.all().iter().all(|factor| envelope.opens_to(factor));
            if !keyring.vault_key.is_in(envelope.envelope()) || !opens {
                return Err(UNOPENED);
            }
            let vault_key = Row::of(at, revision, envelope.envelope());
            envelope.state_in(&mut statement);
            let signed = keyring.signed(&statement, &keyring.identity()?, rng)?;
            (envelope, [record, vault_key, signed], statement)
        };
        for row in rows {
            self.put_row(row);
        }
        self.insert(record_id, public);
        self.restate(statement);
        Ok(envelope)
    }

    fn rename_factor(&mut self, id: &str, name: Option<FactorName>) -> Result<FactorInfo> {
        let (jwk, info) = {
            let keyring = self.keyring()?;
            let old = keyring.factor(id)?;
            let jwk = keyring.factor_jwk(&old.id)?;
            let note = FactorNote {
                name,
                ..FactorNote::of(&jwk)?
            };
            let jwk = note.beside(jwk);
            let name = note.name;
            (jwk, FactorInfo { name, ..old })
        };
        self.put(recipient_id(&info.id), jwk);
        Ok(info)
    }
}

impl Keyring {
    /// What a new factor is to remember of the vault.
    pub(super) fn pin(&self) -> Pin {
        Pin {
            vault: self.vault().clone(),
            identity: self.statement.identity.clone(),
            generation: self.generation(),
        }
    }

    /// Refuses a factor that the vault has already.
    pub(super) fn check_enrolled(&self, added: &Factor) -> Result<()> {
        self.check_enrolled_for(added, None)
    }

    /// As [`check_enrolled`](Self::check_enrolled), of one that takes another one's place: an escrow may take that of one to the same
    /// key, since its record is another one. Not that of one of another use.
    fn check_enrolled_for(&self, added: &Factor, replaced: Option<&str>) -> Result<()> {
        let goes = |kid: &Kid| {
            let same = Some(kid.as_str()) == replaced && added.enrolment().held().is_some();
            let entry = self.statement.factor(kid.as_str()).filter(|_| same);
            entry.is_some_and(|entry| entry.kind == added.kind().as_str())
        };
        let enrolments = self.enrolments(|kid| !goes(kid))?;
        added.enrolment().check_new(enrolments.iter())?;
        self.check_cost(added.enrolment())
    }

    /// What each factor that this release knows is asked, by their ids.
    pub(super) fn enrolled(&self) -> Result<Vec<(Kid, Enrolment)>> {
        let entries = self.statement.factors.iter();
        let known = entries.filter(|entry| entry.is_known());
        let named = known.map(|entry| Ok((entry.kid.clone(), self.enrolment(entry)?)));
        named.collect()
    }

    /// The recovery kits and the sets of shares among some factors.
    pub(super) fn papers(&self, among: impl Fn(&Kid) -> bool) -> Result<Vec<KitId>> {
        let enrolments = self.enrolments(among)?;
        let ids = enrolments.iter().filter_map(Enrolment::paper_id);
        Ok(ids.cloned().collect())
    }

    /// What some factors are asked, of those that this release knows.
    fn enrolments(&self, among: impl Fn(&Kid) -> bool) -> Result<Vec<Enrolment>> {
        let entries = self.statement.factors.iter();
        let known = entries.filter(|entry| entry.is_known() && among(&entry.kid));
        known.map(|entry| self.enrolment(entry)).collect()
    }

    fn enrolment(&self, entry: &FactorEntry) -> Result<Enrolment> {
        let record_id = RecordId::new(RecordType::Factor, entry.kid.as_str());
        let row = self.core_record(&record_id);
        let row = row.ok_or(Error::Integrity("a record is missing"))?;
        Ok(FactorRecord::parse(self.vault(), row)?.enrolment().clone())
    }

    pub(super) fn factors(&self) -> Result<Vec<FactorInfo>> {
        let entries = self.statement.factors.iter();
        entries.map(|entry| self.described(entry)).collect()
    }

    pub(super) fn factor(&self, id: &str) -> Result<FactorInfo> {
        self.described(self.statement.factor(id).ok_or(Error::NoFactor)?)
    }

    fn described(&self, entry: &FactorEntry) -> Result<FactorInfo> {
        let note = FactorNote::of(&self.factor_jwk(&entry.kid)?)?;
        let info = FactorInfo::new(&entry.kid, &entry.kind, note);
        match FactorKind::parse(&entry.kind) {
            Some(
                FactorKind::Passkey
                | FactorKind::ThisDevice
                | FactorKind::RecoveryShares
                | FactorKind::Escrow
                | FactorKind::Kms,
            ) => Ok(info.asking(&self.enrolment(entry)?)),
            _ => Ok(info),
        }
    }

    /// Whether something that this release can open, and that stands alone, stays when a factor goes.
    pub(super) fn check_revoked(&self, id: &str) -> Result<()> {
        self.factor(id)?;
        self.check_left(|kid| kid.as_str() != id, None)
    }

    /// The kinds of the vault's factors that prove a person, each once.
    pub(super) fn person_kinds(&self) -> Box<[&'static str]> {
        let mut kinds = Vec::new();
        for entry in &self.statement.factors {
            let kind = FactorKind::parse(&entry.kind).filter(|kind| kind.proves_person());
            let kind = kind.map(FactorKind::as_str);
            kinds.extend(kind.filter(|kind| !kinds.contains(kind)));
        }
        kinds.into()
    }

    /// As [`check_revoked`](Self::check_revoked), where another one comes in its place.
    fn check_replaced(&self, id: &str, with: Way) -> Result<()> {
        self.check_left(|kid| kid.as_str() != id, Some(with))
    }

    /// Whether the factors that stay suffice, with another one beside them.
    pub(super) fn check_left(&self, stays: impl Fn(&Kid) -> bool, with: Option<Way>) -> Result<()> {
        let ways = self
            .ways(stays)?
            .into_iter()
            .chain(with)
            .collect::<Vec<_>>();
        let kinds: Vec<_> = ways.iter().map(|way| way.kind).collect();
        check_kinds(kinds.iter().copied())?;
        self.check_required_left(&ways)?;
        match self.statement.pair() {
            Some(pair) => pair.check_kinds(&kinds),
            None => Ok(()),
        }
    }

    /// What opens the vault, of the factors that this release knows and of these alone.
    pub(super) fn ways(&self, among: impl Fn(&Kid) -> bool) -> Result<Vec<Way>> {
        let enrolled = self.enrolments(among)?;
        Ok(enrolled.iter().map(Enrolment::way).collect())
    }

    /// Refuses a kind that a vault which takes two factors at once has no use for.
    fn check_kind(&self, kind: FactorKind) -> Result<()> {
        match self.statement.pair() {
            Some(pair) => pair.check_kind(kind),
            None => Ok(()),
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::rc::Rc;

    use pollster::block_on;

    use super::*;
    use crate::{
        base::{Clock, SystemEntropy, VaultId},
        factors::{InlineFactor, Passphrase},
        jose::{AgreementKey, Envelope},
        object::body::RustEngine,
        records::digest,
        store::MemoryStore,
        vault::{Backup, ExpectedVault, Locked, Platform, offline_grace::Asking, watch::unwatched},
    };

    struct Noon;

    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(1_790_000_000_000)
        }
    }

    type Shut = Vault<Locked, MemoryStore, RustEngine>;
    type Open = Vault<Unlocked, MemoryStore, RustEngine>;

    fn phrase() -> Passphrase {
        Passphrase::new(b"correct horse".to_vec()).expect("not empty")
    }

    /// A vault to which a later release has added a factor of its own kind, whose record this one cannot read.
    fn with_a_later_factor() -> (Shut, Kid) {
        let platform = Rc::new(Platform {
            store: MemoryStore::default(),
            factor: Box::new(InlineFactor),
            engine: Rc::new(RustEngine),
            clock: Rc::new(Noon),
            rng: Box::new(SystemEntropy),
            listener: Box::new(|_| {}),
        });
        let name = "acme".parse().expect("a name");
        let vault = block_on(Shut::create(platform, name, &[&phrase()])).expect("a vault");
        let (_, opened) =
            block_on(vault.open_with(&phrase(), None, Asking::Anew)).expect("a factor");
        let key = AgreementKey::generate(&SystemEntropy).expect("a key");
        let record = Row {
            record_id: RecordId::new(RecordType::Factor, key.kid().as_str()),
            revision: 1,
            bytes: br#"{"sundial":"noon"}"#.to_vec(),
        };
        let added = vault.change_unasked("a later release", async |tx| {
            let entry = FactorEntry {
                kid: key.kid().clone(),
                kind: "sundial".to_owned(),
                record: digest(&record),
            };
            let public = key.to_jwk().public().expect("its public half");
            tx.admit(&opened, entry, record.clone(), public).map(|_| ())
        });
        block_on(added).expect("a change");
        (vault.lock(), key.kid().clone())
    }

    #[test]
    fn a_kind_that_is_not_known_is_kept_and_the_others_open() {
        let (vault, id) = with_a_later_factor();
        let vault = block_on(vault.unlock(&phrase(), None)).expect("the passphrase");
        let later = |vault: &Open| {
            let factors = block_on(vault.factors()).expect("a list");
            factors.into_iter().find(|factor| factor.id == id)
        };
        let found = later(&vault).expect("it is listed");
        assert_eq!((found.kind.as_str(), found.known), ("sundial", false));

        let record = |vault: &Open| {
            let open = vault.state.open().expect("unlocked");
            let record_id = RecordId::new(RecordType::Factor, id.as_str());
            open.keyring.core_record(&record_id).cloned()
        };
        let before = record(&vault);
        block_on(vault.rotate_vault_key()).expect("a rotation");
        assert_eq!(record(&vault), before);
        let envelope = {
            let open = vault.state.open().expect("unlocked");
            let row = open.keyring.core_row(RecordType::VaultKey).cloned();
            Envelope::parse(&row.expect("a vault key").bytes).expect("an envelope")
        };
        assert!(
            envelope.find(&id).is_some(),
            "its own release opens it still"
        );

        // It is not counted on.
        let known = block_on(vault.factors()).expect("a list").remove(0);
        let last = block_on(vault.revoke_factor(known.id.as_str(), &phrase(), &unwatched));
        assert_eq!(last, Err(Error::LastFactor));
        block_on(vault.revoke_factor(id.as_str(), &phrase(), &unwatched)).expect("revoked");
        let vault = block_on(vault.lock().unlock(&phrase(), None)).expect("the passphrase");
        assert_eq!(later(&vault), None);
    }

    #[test]
    fn what_was_proved_is_forgotten_with_the_vault_key() {
        let (vault, _) = with_a_later_factor();
        let vault = block_on(vault.unlock(&phrase(), None)).expect("the passphrase");
        let proven = || vault.state.proofs().proven(Noon.moment(), |_| true).len();
        assert_eq!(proven(), 1);
        let (_, opened) =
            block_on(vault.open_with(&phrase(), None, Asking::Anew)).expect("a factor");
        vault.forget();
        assert_eq!(proven(), 0);
        // A person who was asked meanwhile.
        vault.state.proved(&opened, Noon.moment());
        assert_eq!(proven(), 0);
    }

    /// Whoever made a file has a public key in it all the same; nothing in the file says whose vault it is, then.
    #[test]
    fn a_backup_whose_factors_remember_nothing_needs_the_identity_that_is_expected() {
        let (vault, _) = with_a_later_factor();
        let vault = block_on(vault.unlock(&phrase(), None)).expect("the passphrase");
        let known = block_on(vault.factors()).expect("a list").remove(0);
        let read = |vault: &Open| {
            let file = block_on(vault.backup()).expect("a backup");
            Backup::read(&file).expect("a backup of ours")
        };
        let anybodys = ExpectedVault::default();
        assert_eq!(read(&vault).check(&anybodys), Ok(()));

        let without = block_on(vault.change_unasked("a later release", async |tx| {
            let factors = NextFactors {
                without: &[known.id.as_str()],
                ..NextFactors::default()
            };
            tx.rotate_vault_key(&InlineFactor, factors)
                .await
                .map(|_| ())
        }));
        without.expect("a change");
        let backup = read(&vault);
        let refused = backup.check(&anybodys);
        assert!(matches!(refused, Err(Error::Argument(_))), "{refused:?}");
        let expected = ExpectedVault {
            identity: Some(vault.identity().expect("unlocked")),
            ..anybodys
        };
        assert_eq!(backup.check(&expected), Ok(()));
    }

    #[test]
    fn a_vault_of_factors_that_are_not_known_says_so() {
        let id = VaultId::generate(&SystemEntropy).expect("an id");
        let identity = crate::jose::SigningKey::generate(&SystemEntropy).expect("a key");
        let statement = crate::records::Statement {
            vault: id.clone(),
            generation: 1,
            identity: identity.thumbprint(),
            envelope: "e".to_owned(),
            factors: vec![FactorEntry {
                kid: AgreementKey::generate(&SystemEntropy)
                    .expect("a key")
                    .kid()
                    .clone(),
                kind: "sundial".to_owned(),
                record: "r".to_owned(),
            }],
            requires: 1,
            openers: Vec::new(),
            envelopes: Vec::new(),
            replaced_kits: Vec::new(),
        };
        let row = statement.sign(&id, 1, &identity, &SystemEntropy);
        let rows = vec![row.expect("a statement")];
        let locked = crate::vault::LockedRecords::new(Default::default(), rows).expect("a vault");
        let asked = locked.factors(FactorKind::Passphrase, None);
        assert!(matches!(asked, Err(Error::Unsupported(_))));
    }
}
