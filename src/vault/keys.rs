//! An unlocked vault's named keys.

use std::rc::Rc;

use crate::{
    base::{Error, KeyId, Object, Result, Timestamp, VersionId},
    factors::Passphrase,
    inventory::ObjectPage,
    jose::Jwk,
    keys::{Alias, Impact, KeyAction, KeyOptions, KeyQuery, KeyRecord, Provenance, Session, Usage},
    object::body::Buffers,
    store::{RecordId, RecordType, Store},
};

use super::{
    Unlocked, Vault, gate::Request, inventory::ObjectFilter, key_description::KeyDescription,
    transaction::Transaction,
};

/// How many of the objects that depend on a revoked version are named.
const SAMPLE: usize = 100;

/// What is known of a key.
#[derive(Debug)]
pub struct KeyInfo {
    /// Its record.
    pub key: Rc<KeyRecord>,
    /// How often it was used.
    pub usage: Usage,
    /// When it ends, in milliseconds since 1970, if it is a key of the session.
    pub expires: Option<Timestamp>,
}

impl KeyInfo {
    /// As a page is told.
    #[must_use]
    pub fn to_json(&self) -> Object {
        Object::encode(&KeyDescription::of(&self.key, self.expires, &self.usage))
    }
}

/// Some keys.
#[derive(Debug)]
pub struct KeyInfoPage {
    /// By alias.
    pub keys: Vec<KeyInfo>,
    /// The last one's alias, if more follow.
    pub next: Option<Alias>,
}

/// What was done with a key, and what it means.
#[derive(Debug)]
pub struct ManagedKey {
    /// The key as it is now.
    pub info: KeyInfo,
    /// Of a revocation or a destruction.
    pub consequences: Option<Impact>,
    /// Of a revocation: some of the objects that depend on the version.
    pub revoked: Option<ObjectPage>,
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// A new key that encrypts, with one active version.
    ///
    /// # Errors
    /// As for [`add_key`](Self::add_key).
    pub async fn create_key(&self, alias: &Alias) -> Result<KeyInfo> {
        self.add_key(&KeyOptions::named(alias.clone()), None).await
    }

    /// A new key with one active version: generated, or the caller's own.
    ///
    /// # Errors
    /// [`Error::KeyExists`], [`Error::Argument`].
    pub async fn add_key(&self, options: &KeyOptions, material: Option<&Jwk>) -> Result<KeyInfo> {
        let name = if material.is_some() {
            "importKey"
        } else {
            "createKey"
        };
        let request = Request::of(name).about(options.alias.as_str());
        self.change(request, async |tx| tx.create_key(options, material).await)
            .await
    }

    /// A key that lives in memory alone, for so many milliseconds.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when the alias is taken: what is encrypted under a
    /// session's key must never be thought to be under a key that stays.
    pub async fn create_session(&self, options: &KeyOptions, ttl: u64) -> Result<KeyInfo> {
        let request = Request::of("createSession").about(options.alias.as_str());
        self.change(request, async |tx| tx.create_session(options, ttl).await)
            .await
    }

    /// Does something with a key.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::NoVersion`];
    /// [`Error::Transition`] and [`Error::State`] where a
    /// version's state forbids it; [`Error::InUse`];
    /// [`Error::KeyExists`]; [`Error::Argument`], also for
    /// a session's key.
    pub async fn manage(&self, key: &str, request: &KeyAction) -> Result<ManagedKey> {
        let named = Request::of(request.name()).about(key).on_latest();
        self.change(named, async |tx| tx.manage(key, request).await)
            .await
    }

    /// The first thousand keys, by alias.
    ///
    /// # Errors
    /// As for [`list_keys`](Self::list_keys).
    pub async fn keys(&self) -> Result<Vec<KeyInfo>> {
        Ok(self.list_keys(&KeyQuery::default()).await?.keys)
    }

    /// A page of keys.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub async fn list_keys(&self, query: &KeyQuery) -> Result<KeyInfoPage> {
        let request = Request::of("listKeys").on_latest();
        self.read(request, async |tx| tx.list_keys(query).await)
            .await
    }

    /// A key by its alias or id, as it is now.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub async fn find_key(&self, alias_or_id: &str) -> Result<KeyInfo> {
        let request = Request::of("findKey").about(alias_or_id).on_latest();
        self.read(request, async |tx| {
            tx.describe(tx.key(alias_or_id).await?).await
        })
        .await
    }

    /// A key by its alias or id, as it was when the vault was read last.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub async fn key(&self, alias_or_id: &str) -> Result<Rc<KeyRecord>> {
        let request = Request::of("findKey").about(alias_or_id);
        self.read(request, async |tx| tx.key(alias_or_id).await)
            .await
    }

    /// What was counted of a key and written, by its id.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub async fn written_usage(&self, key: &KeyId) -> Result<Usage> {
        let request = Request::of("findKey").about(key.as_str()).on_latest();
        self.read(request, async |tx| {
            tx.load_rows(&[Usage::record_id(key)]).await?;
            tx.loaded_usage(key)
        })
        .await
    }

    /// A version's JWK, secret included, for whoever has a factor of the vault: the primary's unless
    /// another is named.
    ///
    /// # Errors
    /// [`Error::WrongFactor`], [`Error::NoKey`],
    /// [`Error::NoVersion`].
    pub async fn dangerously_export(
        &self,
        key: &str,
        version: Option<&str>,
        passphrase: &Passphrase,
    ) -> Result<Jwk> {
        self.reauthenticate("exportKey", passphrase).await?;
        let request = Request::of("exportKey").about(key);
        self.read(request, async |tx| tx.export(key, version).await)
            .await
    }
}

impl Transaction<'_> {
    async fn create_key(
        &mut self,
        options: &KeyOptions,
        material: Option<&Jwk>,
    ) -> Result<KeyInfo> {
        self.refuse_alias_of_session(&options.alias)?;
        let by = if material.is_some() {
            "import"
        } else {
            "create"
        };
        let (key, jwk) = KeyRecord::generate(options, material, self.cause(by)?, self.rng())?;
        self.insert_key(&key);
        self.insert(key.version_record_id(&key.primary), jwk);
        Ok(KeyInfo {
            key: Rc::from(key),
            usage: Usage::default(),
            expires: None,
        })
    }

    async fn create_session(&mut self, options: &KeyOptions, ttl: u64) -> Result<KeyInfo> {
        match self.key(options.alias.as_str()).await {
            Err(Error::NoKey) => {}
            found => return Err(found.err().unwrap_or(Error::KeyExists)),
        }
        let session = Session::generate(options, ttl, self.now(), self.rng())?;
        let info = KeyInfo {
            key: session.key.clone(),
            usage: Usage::default(),
            expires: Some(session.expires),
        };
        self.keep_session(session);
        Ok(info)
    }

    fn refuse_alias_of_session(&self, alias: &Alias) -> Result<()> {
        match self.session(|key| key.alias == *alias) {
            Some(_) => Err(Error::KeyExists),
            None => Ok(()),
        }
    }

    async fn manage(&mut self, alias_or_id: &str, request: &KeyAction) -> Result<ManagedKey> {
        let found = self.key(alias_or_id).await;
        if found.is_ok_and(|found| self.session(|key| key.id == found.id).is_some()) {
            return Err(Error::Argument("a key of the session, which only ends"));
        }
        if let KeyAction::Update {
            alias: Some(alias), ..
        } = request
        {
            self.refuse_alias_of_session(alias)?;
        }
        let mut key = KeyRecord::clone(&*self.own_key(alias_or_id).await?);
        let before = key.alias.clone();
        let applied = request.apply(&mut key, self.cause(request.name())?, self.rng())?;
        if let Some(jwk) = applied.generated {
            self.insert_newest(&key, jwk);
        }
        self.erase(&key, &applied.erased, applied.force).await?;
        let consequences = match applied.affected {
            Some(versions) => Some(self.impact(&key, versions).await?),
            None => None,
        };
        self.put_key(&key, &before);
        let revoked = match (&consequences, request) {
            (Some(impact), KeyAction::Revoke { .. }) => Some(self.sample(impact).await?),
            _ => None,
        };
        Ok(ManagedKey {
            info: self.describe(Rc::new(key)).await?,
            consequences,
            revoked,
        })
    }

    /// A new version, and its material.
    pub(super) fn rotate_key(&mut self, key: &mut KeyRecord, cause: Provenance) -> Result<()> {
        let jwk = key.rotate(false, cause, self.rng())?;
        self.insert_newest(key, jwk);
        Ok(())
    }

    fn insert_newest(&mut self, key: &KeyRecord, jwk: Jwk) {
        let newest = &key.versions[key.versions.len() - 1];
        self.insert(key.version_record_id(&newest.id), jwk);
    }

    /// Erases versions' material. What objects of the inventory still need stays, unless it is forced.
    pub(super) async fn erase(
        &mut self,
        key: &KeyRecord,
        versions: &[VersionId],
        force: bool,
    ) -> Result<()> {
        if !force && !versions.is_empty() && !self.dependents(versions).await?.is_empty() {
            return Err(Error::InUse);
        }
        for id in versions {
            self.delete(key.version_record_id(id));
        }
        Ok(())
    }

    async fn impact(&self, key: &KeyRecord, versions: Vec<VersionId>) -> Result<Impact> {
        let mut since = u64::MAX;
        for id in &versions {
            since = since.min(key.version(id)?.since);
        }
        Ok(Impact {
            objects: self.dependents(&versions).await?.len() as u64,
            backups: self.backups_since(since).await?,
            versions,
        })
    }

    async fn sample(&self, impact: &Impact) -> Result<ObjectPage> {
        let versions: Vec<_> = impact.versions.iter().map(VersionId::as_str).collect();
        let filter = ObjectFilter {
            parent: None,
            versions: Some(&versions),
        };
        self.objects(filter, None, SAMPLE).await
    }

    async fn list_keys(&self, query: &KeyQuery) -> Result<KeyInfoPage> {
        let page = query.select(&self.listed().await?);
        let mut record_ids = Vec::new();
        for id in &page.ids {
            record_ids.push(RecordId::new(RecordType::Key, id.as_str()));
            record_ids.push(Usage::record_id(id));
        }
        self.load_rows(&record_ids).await?;
        let mut keys = Vec::new();
        for id in &page.ids {
            let key = Rc::new(self.key_record(id)?);
            keys.push(self.describe_loaded(key)?);
        }
        Ok(KeyInfoPage {
            keys,
            next: page.next,
        })
    }

    /// What is known of a key: its record, how often it was used, when it ends.
    async fn describe(&self, key: Rc<KeyRecord>) -> Result<KeyInfo> {
        if !self.is_of_session(&key.id) {
            self.load_rows(&[Usage::record_id(&key.id)]).await?;
        }
        self.describe_loaded(key)
    }

    fn describe_loaded(&self, key: Rc<KeyRecord>) -> Result<KeyInfo> {
        let expires = self.session_expires(&key.id);
        let mut usage = match expires {
            Some(_) => Usage::default(),
            None => self.loaded_usage(&key.id)?,
        };
        if let Some(since) = self.unwritten_uses().get(&key.id) {
            usage.add(since);
        }
        Ok(KeyInfo {
            key,
            usage,
            expires,
        })
    }

    /// What was counted of a key and written, in a row that was loaded.
    pub(super) fn loaded_usage(&self, key: &KeyId) -> Result<Usage> {
        match self.known_row(&Usage::record_id(key))? {
            Some(row) => Ok(Usage::read(self.open_json(&row)?)?),
            None => Ok(Usage::default()),
        }
    }

    async fn export(&self, key: &str, version: Option<&str>) -> Result<Jwk> {
        let key = self.key(key).await?;
        let version = match version {
            Some(named) => named.parse()?,
            None => key.primary.clone(),
        };
        let found = self.usable(key, &version).await?;
        self.note_use(&found.key.id, &found.version);
        Ok(found.jwk().clone())
    }
}
