//! What an operation works on: an unlocked vault as it is at one instant. Nothing here waits.

use core::cell::RefCell;
use std::rc::Rc;

use zeroize::Zeroizing;

use super::{
    Resumption,
    backup::Backup,
    holdings::{Change, Holdings},
    keyring::{Keyring, UsableVersion},
};
use crate::{
    base::{Context, Entropy, Error, Kid, Map, ObjectId, Pool, Result, Timestamp, VersionState},
    inventory::{ObjectFilter, Rewrapped, TrackedObject, Upload},
    jose::{self, Envelope, Jwk, Named, SigningKey, Value},
    keys::{
        KeyAction, KeyOptions, KeyPage, KeyQuery, KeyRecord, MaintenanceReport, Purpose, Session,
        Usage,
    },
    object::{
        Decryption, Encryption, FileMetadata, Opened, Origin, attached,
        body::{Buffers, ResumedEncryptor},
        encrypt_object, open_header,
    },
    store::VaultName,
};

use super::{DecryptOptions, KeyInfo, ManagedKey, Platform, Verified};

/// How many of the objects that depend on a revoked version are named.
const SAMPLE: usize = 100;

/// The operations of an unlocked vault, each over what the vault held when it began.
///
/// One that changes something gives a [`Change`], which takes effect once it was committed. One may be run
/// several times, until all rows that it needs were read.
pub(crate) struct Snapshot<'a, S, E> {
    pub(crate) platform: &'a Platform<S, E>,
    pub(crate) name: &'a VaultName,
    pub(crate) holdings: &'a Holdings,
    pub(crate) sessions: &'a [Session],
    pub(crate) uses: &'a Map<Usage>,
    pub(crate) now: Timestamp,
    /// The versions that were used: key and version by their ids.
    pub(crate) used: RefCell<Vec<(String, String)>>,
    /// The session's key that was made, to be kept if the operation counts.
    pub(crate) made: RefCell<Option<Session>>,
}

impl<S, E: Buffers> Snapshot<'_, S, E> {
    /// What the vault holds.
    #[must_use]
    pub fn holdings(&self) -> &Holdings {
        self.holdings
    }

    fn ring(&self) -> Keyring<'_> {
        Keyring {
            holdings: self.holdings,
            sessions: self.sessions,
            now: self.now,
        }
    }

    /// Remembers that a version is used, for its count and the operation's event.
    fn uses(&self, found: &UsableVersion) {
        let used = (found.key.id.clone(), found.version.clone());
        self.used.borrow_mut().push(used);
    }

    fn protecting(&self, key: &str, purpose: Purpose) -> Result<UsableVersion> {
        let found = self.ring().protecting(key)?;
        found.key.check_purpose(purpose)?;
        self.uses(&found);
        Ok(found)
    }

    /// A new key with one active version: generated, or the caller's own.
    ///
    /// # Errors
    /// [`Error::KeyExists`], [`Error::Argument`].
    pub fn create_key(
        &self,
        options: &KeyOptions,
        material: Option<&Jwk>,
    ) -> Result<(Box<KeyRecord>, Change)> {
        self.check_sessions(options.alias.as_str())?;
        let entropy = self.platform.rng.as_ref();
        self.holdings
            .create_key(options, material, self.now, entropy)
    }

    /// A key that lives in memory alone, for so many milliseconds.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when the alias is taken: what is encrypted under a session's key must never
    /// be thought to be under a key that stays.
    pub fn create_session(&self, options: &KeyOptions, ttl: u64) -> Result<KeyInfo> {
        match self.key(options.alias.as_str()) {
            Err(Error::NoKey) => {}
            found => return Err(found.err().unwrap_or(Error::KeyExists)),
        }
        let entropy = self.platform.rng.as_ref();
        let session = Session::generate(options, ttl, self.now, entropy)?;
        let info = KeyInfo {
            key: session.key.clone(),
            usage: Usage::default(),
            expires: Some(session.expires),
        };
        self.made.replace(Some(session));
        Ok(info)
    }

    /// Refuses the alias of a session's key.
    fn check_sessions(&self, alias: &str) -> Result<()> {
        match self.ring().session(&|key| key.alias == alias) {
            Some(_) => Err(Error::KeyExists),
            None => Ok(()),
        }
    }

    /// Does something with a key.
    ///
    /// # Errors
    /// As [`Holdings::manage`]; [`Error::Argument`] for a session's key.
    pub fn manage(&self, key: &str, request: &KeyAction) -> Result<(ManagedKey, Change)> {
        let of_session =
            |found: Rc<KeyRecord>| self.ring().session(&|key| key.id == found.id).is_some();
        if self.key(key).is_ok_and(of_session) {
            return Err(Error::Argument("a key of the session, which only ends"));
        }
        if let KeyAction::Update {
            alias: Some(alias), ..
        } = request
        {
            self.check_sessions(alias.as_str())?;
        }
        let entropy = self.platform.rng.as_ref();
        let (managed, change) = self.holdings.manage(key, request, self.now, entropy)?;
        let revoked = match (&managed.consequences, request) {
            (Some(consequences), KeyAction::Revoke { .. }) => {
                let versions: Vec<_> = consequences.versions.iter().map(String::as_str).collect();
                let filter = ObjectFilter {
                    versions: Some(&versions),
                    ..ObjectFilter::default()
                };
                Some(self.holdings.objects(filter, None, SAMPLE)?)
            }
            _ => None,
        };
        let managed = ManagedKey {
            info: self.describe(Rc::from(managed.key))?,
            consequences: managed.consequences,
            revoked,
        };
        Ok((managed, change))
    }

    /// A page of the vault's keys.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn list(&self, query: &KeyQuery) -> Result<KeyPage> {
        self.holdings.list(query)
    }

    /// A key by its alias or id.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub fn key(&self, alias_or_id: &str) -> Result<Rc<KeyRecord>> {
        self.ring().key(alias_or_id)
    }

    /// What is known of a key: its record, how often it was used, when it ends.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn describe(&self, key: Rc<KeyRecord>) -> Result<KeyInfo> {
        let session = self
            .sessions
            .iter()
            .find(|session| session.key.id == key.id);
        let mut usage = match session {
            Some(_) => Usage::default(),
            None => self.holdings.usage(&key.id)?,
        };
        if let Some(since) = self.uses.get(&key.id) {
            usage.add(since);
        }
        let expires = session.map(|session| session.expires);
        Ok(KeyInfo {
            key,
            usage,
            expires,
        })
    }

    /// Starts an object under a key's primary version. The body is encrypted as it is pushed.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`], [`Error::Purpose`].
    pub fn encrypt(
        &self,
        key: &str,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<Encryption<E>> {
        let under = self.protecting(key, Purpose::Encrypt)?;
        self.encrypt_under(&under, context, file)
    }

    fn encrypt_under(
        &self,
        under: &UsableVersion,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<Encryption<E>> {
        let (engine, entropy) = (self.platform.engine.clone(), self.platform.rng.as_ref());
        encrypt_object(engine, entropy, &[under.kek()?.into()], context, file)
    }

    /// As [`encrypt`](Self::encrypt); the vault keeps the only copy of the header.
    ///
    /// # Errors
    /// As [`encrypt`](Self::encrypt); [`Error::NoKey`] for a session's key, which is not kept;
    /// [`Error::Argument`] for a sidecar of a sidecar.
    pub fn encrypt_kept(
        &self,
        key: &str,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<(Encryption<E>, Change)> {
        let under = self.protecting(key, Purpose::Encrypt)?;
        let encryption = self.encrypt_under(&under, context, file)?;
        let (header, size) = (&encryption.header, encryption.encryptor.body_size());
        let entropy = self.platform.rng.as_ref();
        let change = self.holdings.keep(
            header,
            &under.kid()?,
            context.sidecar(),
            size,
            self.now,
            entropy,
        )?;
        Ok((encryption, change))
    }

    /// Opens an object's header. The body is decrypted as it is pushed.
    ///
    /// # Errors
    /// [`Error::NoKey`] when no recipient is a key of this vault, [`Error::State`], [`Error::Context`],
    /// [`Error::Unsigned`], [`Error::Decrypt`], [`Error::Malformed`].
    pub fn decrypt(
        &self,
        header: &Envelope,
        context: &Context,
        options: &DecryptOptions,
    ) -> Result<Decryption<E>> {
        let (opened, state) = self.opened(header, context, options.expect.as_ref())?;
        if opened.origin == Origin::Unsigned && !options.allow_unsigned {
            return Err(Error::Unsigned);
        }
        let decryption = opened.decryption(self.platform.engine.clone(), context);
        Ok(Decryption {
            state,
            ..decryption
        })
    }

    fn opened(
        &self,
        header: &Envelope,
        context: &Context,
        expect: Option<&ObjectId>,
    ) -> Result<(Opened, Option<VersionState>)> {
        let (found, identities): (Vec<_>, Vec<_>) =
            self.ring().identities_of(header)?.into_iter().unzip();
        let opened = open_header(header, &identities, context, expect)?;
        let by = found.iter().find(|found| found.version_is(&opened.by));
        by.into_iter().for_each(|by| self.uses(by));
        Ok((opened, by.map(|by| by.state)))
    }

    /// Takes an object into the uploads that may go on. Its body was not begun, and now is only by
    /// [`resume`](Self::resume).
    ///
    /// # Errors
    /// [`Error::NoKey`] for an object whose header none of the vault's own keys opens.
    pub fn pin(&self, upload: &Upload) -> Result<Change> {
        let header = self.header_of(upload)?;
        self.ring().dependency(&header)?;
        let started = self.now;
        let upload = Upload {
            started,
            ..upload.clone()
        };
        self.holdings
            .put_upload(&upload, self.platform.rng.as_ref())
    }

    /// An object whose upload goes on, from a byte of what is stored. Its plaintext is held to what it was.
    ///
    /// # Errors
    /// [`Error::NoUpload`]; [`Error::State`] for a version that must open nothing, or was compromised;
    /// [`Error::Context`]; [`Error::Argument`] for a place outside the object.
    pub fn resume(&self, id: &str, context: &Context, from: u64) -> Result<Resumption<E>> {
        let upload = self.holdings.upload(id)?;
        let header = self.header_of(&upload)?;
        let (opened, state) = self.opened(&header, context, Some(&id.parse()?))?;
        if let Some(state @ VersionState::Compromised) = state {
            return Err(state.forbids());
        }
        let before = if upload.attached {
            attached::prefix(&header).len() as u64
        } else {
            0
        };
        let (encryptor, start) = ResumedEncryptor::new(
            self.platform.engine.clone(),
            &opened.dek,
            context,
            upload.pins.clone(),
            from.saturating_sub(before),
        )?;
        Ok(Resumption {
            upload,
            header,
            encryptor,
            start,
        })
    }

    fn header_of(&self, upload: &Upload) -> Result<Envelope> {
        match &upload.header {
            Some(header) => Envelope::parse(header.as_bytes()),
            None => self.holdings.object(&upload.id)?.kept_header(),
        }
    }

    /// Encrypts JSON texts as values, each with its context: a compact JWE for each.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`], [`Error::Purpose`], [`Error::TooLarge`].
    pub fn encrypt_values(&self, key: &str, values: &[(&[u8], &Context)]) -> Result<Vec<String>> {
        let found = self.ring().protecting(key)?;
        let entropy = Pool::of(self.platform.rng.as_ref());
        let tokens = jose::encrypt_values(&found.kek()?, values, &entropy)?;
        values.iter().for_each(|_| self.uses(&found));
        Ok(tokens)
    }

    /// The JSON texts in values, each with the context that it was encrypted under.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`], [`Error::Context`], [`Error::Decrypt`], [`Error::Malformed`].
    pub fn decrypt_values(&self, values: &[(&str, &Context)]) -> Result<Vec<Zeroizing<Vec<u8>>>> {
        let mut parsed = Vec::new();
        for (token, _) in values {
            parsed.push(Value::parse(token)?);
        }
        let pairs: Vec<_> = parsed
            .iter()
            .zip(values)
            .map(|(value, (_, context))| (value, *context))
            .collect();
        let mut texts = Vec::new();
        for run in pairs.chunk_by(|(a, _), (b, _)| a.kid() == b.kid()) {
            let found = self.ring().opening(run[0].0.kid())?;
            run.iter().for_each(|_| self.uses(&found));
            texts.extend(Value::open_all(run, &found.kek()?)?);
        }
        Ok(texts)
    }

    /// Signs a payload: compact JWS, `ES256`, the version named by its `kid`.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`], [`Error::Purpose`]; [`Error::Argument`] for a `typ` of the
    /// vault's own.
    pub fn sign(&self, key: &str, typ: Option<&str>, payload: &[u8]) -> Result<String> {
        let found = self.protecting(key, Purpose::Sign)?;
        let signing = SigningKey::from_jwk(found.jwk())?;
        jose::sign_named(&found.kid()?, typ, payload, &signing)
    }

    /// Who signed a JWS, if one of the vault's keys did: the one that is expected, if there is one.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`] for a version that is suspended or destroyed, [`Error::Purpose`],
    /// [`Error::Decrypt`] when it is forged or by another key, [`Error::Malformed`].
    pub fn verify(&self, token: &str, key: Option<&str>) -> Result<Verified> {
        let signed = Named::parse(token)?;
        let found = self.ring().opening(signed.kid())?;
        found.key.check_purpose(Purpose::Sign)?;
        if let Some(expected) = key
            && self.key(expected)?.id != found.key.id
        {
            return Err(Error::Decrypt);
        }
        let public = found.jwk().public().ok_or(Error::Purpose)?;
        signed.verify(&public)?;
        self.uses(&found);
        Ok(Verified {
            key: found.key.id.clone(),
            version: found.version.clone(),
            state: found.state,
            typ: signed.typ().map(str::to_owned),
        })
    }

    /// A version's JWK, secret included: the primary's unless another is named. Whoever asks has shown
    /// a factor again.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::NoVersion`].
    pub fn export(&self, key: &str, version: Option<&str>) -> Result<Jwk> {
        let key = self.key(key)?;
        let version = version.unwrap_or(&key.primary).to_owned();
        let kid = Kid::of_version(&key.id.parse()?, &version.parse()?);
        let found = self.ring().exporting(&kid)?;
        self.uses(&found);
        Ok(found.into_jwk())
    }

    /// Takes an object into the inventory.
    ///
    /// # Errors
    /// [`Error::NoKey`] when its header is for none of the vault's keys; [`Error::Decrypt`] when it was
    /// changed; [`Error::Argument`] for a sidecar of a sidecar.
    pub fn track(
        &self,
        header: &Envelope,
        location: Option<&str>,
        size: Option<u64>,
    ) -> Result<(TrackedObject, Change)> {
        let said = TrackedObject {
            id: String::new(),
            key: String::new(),
            version: String::new(),
            tracked: self.now,
            since: 0,
            size,
            location: location.map(str::to_owned),
            header: None,
            sidecar: None,
        };
        let entropy = self.platform.rng.as_ref();
        self.ring().track(header, said, entropy)
    }

    /// Tells the inventory that a header under another version was stored where the old one was. An
    /// object that is not in the inventory is fine, and so is one whose header the vault keeps itself.
    ///
    /// # Errors
    /// As [`track`](Self::track).
    pub fn stored(&self, header: &Envelope) -> Result<Option<Change>> {
        self.ring().stored(header, self.platform.rng.as_ref())
    }

    /// A header under the primary version of its own key, or of another: same DEK, same body. The new one
    /// was opened and compared.
    ///
    /// # Errors
    /// [`Error::Unsigned`] for one that others can have written: under a key of ours it would pass for ours.
    /// [`Error::NoKey`], [`Error::State`], [`Error::Purpose`], [`Error::Decrypt`]; [`Error::Unsupported`]
    /// for a header with other recipients.
    pub fn rewrap(&self, header: &Envelope, to: Option<&str>) -> Result<Rewrapped> {
        let entropy = self.platform.rng.as_ref();
        self.ring().rewrap(header, to, entropy)
    }

    /// As [`rewrap`](Self::rewrap), of a header that the vault keeps, which is written.
    ///
    /// # Errors
    /// As [`rewrap`](Self::rewrap); [`Error::NoObject`].
    pub fn rewrap_kept(&self, id: &str, to: Option<&str>) -> Result<(Rewrapped, Option<Change>)> {
        let entropy = self.platform.rng.as_ref();
        self.ring().rewrap_kept(id, to, entropy)
    }

    /// Does what is due, and writes the use counts.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn tick(&self) -> Result<(MaintenanceReport, Option<Change>)> {
        let mut uses = self.uses.clone();
        // A session's uses are nowhere to be written.
        uses.retain(|key, _| self.sessions.iter().all(|session| session.key.id != key));
        let entropy = self.platform.rng.as_ref();
        self.holdings.tick(uses, self.now, entropy)
    }

    /// Where random bytes come from.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        self.platform.rng.as_ref()
    }

    /// Everything the vault holds, for [`Vault::restore`](super::Vault::restore), a record among it that
    /// it was given out.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn backup(&self) -> Result<(Vec<u8>, Change)> {
        let entropy = self.platform.rng.as_ref();
        let noted = self.holdings.note_backup(self.now, entropy)?;
        let backup = Backup::write(self.holdings, &noted, self.name, self.now)?;
        Ok((backup, noted))
    }
}
