//! The keys and versions that an operation can use: those of the vault, and those of the session.

use std::rc::Rc;

use crate::{
    base::{Context, Error, KeyId, Kid, Result, Sidecar, Thumbprint, VersionId, VersionState},
    jose::{self, AgreementKey, Envelope, Identity, Jwk, Kek, SharedKek},
    keys::{KeyRecord, Operation, Purpose, VersionRecord, catalog},
    object::SignedHeader,
    store::{RecordId, RecordType, Row},
};

use super::{open_versions::OpenVersion, transaction::Transaction};

/// A version that was found for some use, and its material.
#[derive(Clone)]
pub(crate) struct UsableVersion {
    pub(crate) key: Rc<KeyRecord>,
    /// The version's id.
    pub(crate) version: VersionId,
    pub(crate) state: VersionState,
    material: Rc<OpenVersion>,
}

impl UsableVersion {
    /// Its material.
    pub(crate) fn jwk(&self) -> &Jwk {
        self.material.jwk()
    }

    /// Its name.
    pub(crate) fn kid(&self) -> Kid {
        Kid::of_version(&self.key.id, &self.version)
    }

    /// Whether that is its name.
    pub(crate) fn version_is(&self, kid: &Kid) -> bool {
        self.kid() == *kid
    }

    /// Whether what it opens proves nothing of who wrote that: others may have it, or it comes from a backup that proves
    /// nothing itself.
    pub(crate) fn proves_nothing(&self) -> bool {
        let version = self.key.version(&self.version);
        version.is_ok_and(VersionRecord::proves_nothing)
    }

    /// As what wraps and unwraps.
    pub(crate) fn kek(&self) -> Result<Kek> {
        self.key.check_purpose(Purpose::Encrypt)?;
        self.material.kek().cloned()
    }

    /// As what wraps and unwraps CEKs of headers that are for others too.
    pub(crate) fn shared_kek(&self) -> Result<SharedKek> {
        self.key.check_purpose(Purpose::Encrypt)?;
        Ok(SharedKek::from_jwk(self.jwk())?)
    }

    /// With what opens a header for others too that the vault signed, and nothing else.
    pub(crate) fn opens_shared(self) -> Result<(Self, Identity)> {
        let identity = Identity::Shared(self.shared_kek()?);
        Ok((self, identity))
    }

    /// As what opens an envelope whose writer nothing says: one that is for it alone by the version's key itself, and one for
    /// others too also by what a vault derives of that.
    fn opens(&self, envelope: &Envelope) -> Result<Vec<Identity>> {
        match self.key.purpose {
            Purpose::Encrypt => {
                let mut opens = vec![Identity::Kek(self.kek()?)];
                if !envelope.has_sole_recipient() {
                    opens.push(Identity::Shared(self.shared_kek()?));
                }
                Ok(opens)
            }
            Purpose::Share => {
                let pair = AgreementKey::from_jwk(self.jwk())?;
                Ok(vec![Identity::Agreement(pair)])
            }
            Purpose::Sign | Purpose::Mac | Purpose::Verify => Err(Error::Purpose),
        }
    }
}

/// What a header depends on, and what it says.
pub(crate) struct Dependency {
    /// The key, by its id.
    pub(crate) key: KeyId,
    /// The version, by its id.
    pub(crate) version: VersionId,
    /// Whether it opens without proof of who wrote the header.
    pub(crate) unproven: bool,
    /// Whether another recipient can have written it.
    pub(crate) by_others: bool,
    /// What its object is a sidecar of, if its writer is proven.
    pub(crate) sidecar: Option<Sidecar>,
    /// Who opens it besides the vault, as its signature says: in ascending order.
    pub(crate) others: Vec<Thumbprint>,
}

/// What a version is asked for. There is no other way to a version's material, so that each use passes the key's policy.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) operation: Operation,
    /// The encryption contexts of what it is used on: all of them are to be admitted.
    pub(crate) contexts: &'a [&'a Context],
    /// How often the key will have been used then. Without it that is told when the use is counted.
    pub(crate) uses: Option<u64>,
    /// Who approved it.
    pub(crate) approved: &'a [Thumbprint],
}

impl<'a> Asked<'a> {
    /// A use without an encryption context.
    pub(crate) fn to(operation: Operation) -> Self {
        Self {
            operation,
            contexts: &[],
            uses: None,
            approved: &[],
        }
    }

    /// One that these have approved.
    pub(crate) fn approved_by(self, approved: &'a [Thumbprint]) -> Self {
        Self { approved, ..self }
    }

    /// A use in these encryption contexts.
    pub(crate) fn within(self, contexts: &'a [&'a Context]) -> Self {
        Self { contexts, ..self }
    }
}

/// What a version is looked for to do.
#[derive(Clone, Copy)]
enum Use<'a> {
    /// To open what was protected.
    Open(Asked<'a>),
    /// Whatever its state and policy, to tell what depends on it; of the vault's own keys alone. Nothing of what it opens
    /// is given out.
    Tell,
}

impl Transaction<'_> {
    /// A key by its id or alias. What a session's key encrypts is lost with it, so the vault's own key of
    /// an alias comes first.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub(crate) async fn key(&self, alias_or_id: &str) -> Result<Rc<KeyRecord>> {
        let found = self.found_key(alias_or_id).await?;
        self.check_seen(&found.id)?;
        self.note_asked(&found.id);
        Ok(found)
    }

    async fn found_key(&self, alias_or_id: &str) -> Result<Rc<KeyRecord>> {
        if let Some(session) = self.session(|key| key.id.as_str() == alias_or_id) {
            return Ok(session.key.clone());
        }
        let found = self.own_key(alias_or_id).await;
        if found != Err(Error::NoKey) {
            return found;
        }
        let session = self.session(|key| key.alias.as_str() == alias_or_id);
        session.map_or(found, |session| Ok(session.key.clone()))
    }

    /// A key of the vault by its id or alias, opened once for however many uses until something is changed.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub(crate) async fn own_key(&self, alias_or_id: &str) -> Result<Rc<KeyRecord>> {
        if let Some(key) = self.open()?.known_key(alias_or_id) {
            return Ok(key);
        }
        let id = if let Ok(id) = alias_or_id.parse() {
            id
        } else {
            let shard = self.row(&self.shard_id(alias_or_id)?).await?;
            self.id_in(shard.as_ref(), alias_or_id)?
        };
        self.load_rows(&[RecordId::new(RecordType::Key, id.as_str())])
            .await?;
        let key = Rc::new(self.key_record(&id)?);
        if key.id.as_str() != alias_or_id {
            if key.alias.as_str() != alias_or_id {
                return Err(Error::Integrity("a key that is listed as another"));
            }
            // Its alias is nobody's, whatever the catalog says.
            if key.is_destroyed() {
                return Err(Error::NoKey);
            }
        }
        self.remember(alias_or_id, &key)?;
        Ok(key)
    }

    /// The id of the key that a shard lists under an alias.
    fn id_in(&self, shard: Option<&Row>, alias: &str) -> Result<KeyId> {
        let listings = catalog::read(shard, &self.keyring()?.cipher())?;
        let mut listings = listings.into_iter();
        let listing = listings.find(|listing| listing.name() == alias);
        Ok(listing.ok_or(Error::NoKey)?.id)
    }

    /// A key's record that was loaded, by its id.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub(crate) fn key_record(&self, id: &KeyId) -> Result<KeyRecord> {
        let row = self.known_row(&RecordId::new(RecordType::Key, id.as_str()))?;
        let row = row.ok_or(Error::NoKey)?;
        let key = KeyRecord::read(self.open_json(&row)?)?;
        if key.record_id() == row.record_id {
            Ok(*key)
        } else {
            Err(Error::Integrity("a key in another one's place"))
        }
    }

    /// The primary version of a key, if it protects, for an operation that counts as its use.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`], [`Error::Policy`], [`Error::Purpose`].
    pub(crate) async fn protecting(
        &self,
        alias_or_id: &str,
        purpose: Purpose,
        asked: Asked<'_>,
    ) -> Result<UsableVersion> {
        let found = self.primary(alias_or_id, asked).await?;
        found.key.check_purpose(purpose)?;
        self.note_use(&found);
        Ok(found)
    }

    /// The primary version of a key, if it protects.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`], [`Error::Policy`].
    pub(crate) async fn primary(
        &self,
        alias_or_id: &str,
        asked: Asked<'_>,
    ) -> Result<UsableVersion> {
        self.note_contexts(asked.contexts)?;
        let key = self.key(alias_or_id).await?;
        key.primary_version().state.check_protects()?;
        let primary = key.primary.clone();
        self.usable(key, &primary, asked).await
    }

    /// The version that a `kid` names, if it opens.
    ///
    /// # Errors
    /// [`Error::NoKey`] when it names none of ours, [`Error::NoVersion`], [`Error::State`], [`Error::Policy`].
    pub(crate) async fn opening(&self, kid: &Kid, asked: Asked<'_>) -> Result<UsableVersion> {
        self.load_kids(core::iter::once(kid)).await?;
        self.named(kid, Use::Open(asked))
    }

    /// As [`opening`](Self::opening), of a version that was loaded.
    pub(crate) fn opening_loaded(&self, kid: &Kid, asked: Asked<'_>) -> Result<UsableVersion> {
        self.named(kid, Use::Open(asked))
    }

    /// The keys of ours among an envelope's recipients, to open it with.
    ///
    /// # Errors
    /// [`Error::NoKey`] when none is; otherwise why those that are do not open.
    pub(crate) async fn identities_of(
        &self,
        envelope: &Envelope,
        asked: Asked<'_>,
    ) -> Result<Vec<(UsableVersion, Identity)>> {
        self.load_kids(envelope.entries().map(|entry| entry.kid()))
            .await?;
        self.identities(envelope, Use::Open(asked))
    }

    /// The version that a header depends on, whatever its state. The header is opened, since whoever
    /// stores it can have put another object's id on it. `signed`: what its signature says that was verified, and whether that proves who
    /// wrote it.
    ///
    /// # Errors
    /// [`Error::NoKey`] when it is for none of the vault's own keys; [`Error::NoVersion`] when that one
    /// was erased; [`Error::Decrypt`].
    pub(crate) async fn dependency(
        &self,
        header: &Envelope,
        signed: Option<&(SignedHeader, bool)>,
    ) -> Result<Dependency> {
        self.load_kids(header.entries().map(|entry| entry.kid()))
            .await?;
        let proven = signed.map(|(_, proven)| *proven);
        let ours = match signed {
            None => self.identities(header, Use::Tell)?,
            Some((signed, _)) => vec![self.named(signed.own()?, Use::Tell)?.opens_shared()?],
        };
        let (ours, identities): (Vec<_>, Vec<_>) = ours.into_iter().unzip();
        let opened = jose::unwrap_unbound(header, &identities)?;
        let by = ours
            .into_iter()
            .find(|found| found.version_is(&opened.by))
            .ok_or(Error::Decrypt)?;
        let said = opened.jwk.member(Sidecar::MEMBER);
        let by_others = !proven.unwrap_or_else(|| header.has_sole_recipient());
        Ok(Dependency {
            key: by.key.id.clone(),
            unproven: by_others || (proven.is_none() && by.proves_nothing()),
            by_others,
            others: signed.map_or_else(Vec::new, |(signed, _)| signed.others()),
            version: by.version,
            sidecar: Sidecar::of_member(
                said.filter(|_| proven.unwrap_or(opened.proves_writer))
                    .cloned(),
            )?,
        })
    }

    /// A version, and its material.
    ///
    /// # Errors
    /// [`Error::Policy`]; [`Error::NoVersion`] when it was erased.
    pub(crate) async fn usable(
        &self,
        key: Rc<KeyRecord>,
        version: &VersionId,
        asked: Asked<'_>,
    ) -> Result<UsableVersion> {
        if self.session(|session| session.id == key.id).is_none() {
            self.load_rows(&[key.version_record_id(version)]).await?;
        }
        self.usable_loaded(key, version, Use::Open(asked))
    }

    /// The one place that gives material out.
    fn usable_loaded(
        &self,
        key: Rc<KeyRecord>,
        version: &VersionId,
        to: Use<'_>,
    ) -> Result<UsableVersion> {
        self.check_seen(&key.id)?;
        if let Use::Open(asked) = to {
            self.note_asked(&key.id);
            self.allow(&key, asked, version)?;
        }
        let state = key.version(version)?.state;
        let session = self.session(|session| session.id == key.id);
        let material = match session {
            Some(session) => Rc::new(OpenVersion::new(session.jwk.clone())),
            None => self.material(&key.version_record_id(version))?,
        };
        Ok(UsableVersion {
            key,
            version: version.clone(),
            state,
            material,
        })
    }

    /// The material in a version's row, which was loaded: opened now, or less than a second ago.
    fn material(&self, record_id: &RecordId) -> Result<Rc<OpenVersion>> {
        if !self.knows_row(record_id)? {
            return Err(Error::NoVersion);
        }
        if let Some(open) = self.open_versions().find(record_id) {
            return Ok(open);
        }
        let row = self.known_row(record_id)?.ok_or(Error::NoVersion)?;
        let jwk = self.open_key(&row)?;
        let named = Kid::of_version(&record_id.id.parse()?, &record_id.version.parse()?);
        if jwk.kid() != named {
            return Err(Error::Integrity("a version in another one's place"));
        }
        let opened = Rc::new(OpenVersion::new(jwk));
        self.open_versions().keep(record_id.clone(), &opened);
        Ok(opened)
    }

    /// Reads the records of the keys and versions that some `kid`s name, all at once.
    pub(crate) async fn load_kids<'k>(&self, kids: impl Iterator<Item = &'k Kid>) -> Result<()> {
        let mut record_ids = Vec::new();
        for (key, version) in kids.filter_map(Kid::version) {
            if self.session(|session| session.id == key).is_some() {
                continue;
            }
            if self.open()?.known_key(key.as_str()).is_none() {
                record_ids.push(RecordId::new(RecordType::Key, key.as_str()));
            }
            record_ids.push(RecordId::of_version(&key, &version));
        }
        self.load_rows(&record_ids).await
    }

    fn identities(
        &self,
        envelope: &Envelope,
        to: Use<'_>,
    ) -> Result<Vec<(UsableVersion, Identity)>> {
        let (mut ours, mut why) = (Vec::new(), Error::NoKey);
        for entry in envelope.entries() {
            let found = self.named(entry.kid(), to);
            match found.and_then(|found| Ok((found.opens(envelope)?, found))) {
                Ok((opens, found)) => {
                    ours.extend(opens.into_iter().map(|identity| (found.clone(), identity)));
                }
                Err(Error::NoKey) => {}
                Err(error) => why = error,
            }
        }
        if ours.is_empty() { Err(why) } else { Ok(ours) }
    }

    /// The version that a `kid` names, which was loaded.
    fn named(&self, kid: &Kid, to: Use<'_>) -> Result<UsableVersion> {
        if let Use::Open(asked) = to {
            self.note_contexts(asked.contexts)?;
        }
        let (id, version) = kid.version().ok_or(Error::NoKey)?;
        let session = self.session(|key| key.id == id);
        let key = match (session, to) {
            (Some(session), Use::Open(_)) => session.key.clone(),
            (Some(_), Use::Tell) => return Err(Error::NoKey),
            (None, _) => self.known_key(&id)?,
        };
        // Before anything is told of it: whoever stores a header may have written anything into it.
        self.check_seen(&key.id)?;
        if matches!(to, Use::Open(_)) {
            key.version(&version)?.state.check_opens()?;
        }
        self.usable_loaded(key, &version, to)
    }

    /// Whether a `kid`, whose records were loaded, is a version's of a key of the vault or of the session.
    pub(crate) fn is_own(&self, kid: &Kid) -> Result<bool> {
        let Some((id, _)) = kid.version() else {
            return Ok(false);
        };
        if self.session(|key| key.id == id).is_some() {
            return Ok(true);
        }
        match self.known_key(&id) {
            Ok(_) => Ok(true),
            Err(Error::NoKey) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn known_key(&self, id: &KeyId) -> Result<Rc<KeyRecord>> {
        let known = self.open()?.known_key(id.as_str());
        if let Some(key) = known {
            return Ok(key);
        }
        let key = Rc::new(self.key_record(id)?);
        self.remember(id.as_str(), &key)?;
        Ok(key)
    }
}
