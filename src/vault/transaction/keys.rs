//! What a transaction does with keys.

use std::rc::Rc;

use crate::{
    approvals::ApprovalSubject,
    base::{Error, KeyId, Result, VersionId, VersionState},
    inventory::ObjectPage,
    jose::Jwk,
    keys::{
        Alias, Impact, KeyAction, KeyListing, KeyOptions, KeyQuery, KeyRecord, Operation, Policy,
        Provenance, Session, Usage, UsageRecord, VersionAction,
    },
    store::{RecordId, RecordType},
    vault::{
        inventory::ObjectFilter,
        keys::{KeyInfo, KeyInfoPage, ManagedKey},
        usable_version::Asked,
    },
};

use super::Transaction;

/// How many of the objects that depend on a revoked version are named.
const SAMPLE: usize = 100;

impl Transaction<'_> {
    pub(in crate::vault) async fn create_key(
        &mut self,
        options: &KeyOptions,
        material: Option<&Jwk>,
    ) -> Result<KeyInfo> {
        self.refuse_alias_of_session(&options.alias)?;
        let policy = options.policy.as_ref();
        self.refuse_own(policy.map_or(&[], Policy::approvers))
            .await?;
        let by = if material.is_some() {
            "import"
        } else {
            "create"
        };
        let options = &KeyOptions {
            rotate_every: self.cryptoperiod(options.purpose, options.rotate_every.as_ref())?,
            ..options.clone()
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

    pub(in crate::vault) async fn create_session(
        &mut self,
        options: &KeyOptions,
        ttl: u64,
    ) -> Result<KeyInfo> {
        match self.key(options.alias.as_str()).await {
            Err(Error::NoKey) => {}
            found => return Err(found.err().unwrap_or(Error::KeyExists)),
        }
        self.check_session(ttl)?;
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

    pub(in crate::vault) async fn manage(
        &mut self,
        alias_or_id: &str,
        request: &KeyAction,
    ) -> Result<ManagedKey> {
        let found = self.key(alias_or_id).await;
        if found.is_ok_and(|found| self.session(|key| key.id == found.id).is_some()) {
            return Err(Error::Argument("a key of the session, which only ends"));
        }
        let mut key = KeyRecord::clone(&*self.own_key(alias_or_id).await?);
        self.check_seen(&key.id)?;
        let before = KeyListing::of(&key);
        let subject = ApprovalSubject::of_key(&key, request, self.reason())?;
        let approved = self.approve(subject.as_ref())?;
        self.allow_change(&key, request.operation(), &approved)?;
        if let KeyAction::Update {
            alias: Some(alias), ..
        } = request
        {
            self.refuse_alias_of_session(alias)?;
        }
        self.check_cryptoperiod(&key, request)?;
        if let KeyAction::SetPolicy(Some(policy)) = request {
            self.refuse_own(policy.approvers()).await?;
        }
        let cause = self.cause(request.name())?;
        let applied = request.apply(&mut key, cause, self.rng())?;
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
    pub(in crate::vault) fn rotate_key(
        &mut self,
        key: &mut KeyRecord,
        cause: Provenance,
    ) -> Result<()> {
        let jwk = key.rotate(false, cause, self.rng())?;
        self.insert_newest(key, jwk);
        Ok(())
    }

    fn insert_newest(&mut self, key: &KeyRecord, jwk: Jwk) {
        let newest = &key.versions[key.versions.len() - 1];
        self.insert(key.version_record_id(&newest.id), jwk);
    }

    /// Erases versions' material. What objects of the inventory still need stays, unless it is forced.
    pub(in crate::vault) async fn erase(
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
            recipient: None,
        };
        self.objects(filter, None, SAMPLE).await
    }

    pub(in crate::vault) async fn list_keys(&self, query: &KeyQuery) -> Result<KeyInfoPage> {
        let page = query.select(&self.seen(self.listed().await?));
        let mut record_ids = Vec::new();
        for id in &page.ids {
            record_ids.push(RecordId::new(RecordType::Key, id.as_str()));
            record_ids.push(UsageRecord::record_id(id));
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
    pub(in crate::vault) async fn describe(&self, key: Rc<KeyRecord>) -> Result<KeyInfo> {
        if !self.is_of_session(&key.id) {
            self.load_rows(&[UsageRecord::record_id(&key.id)]).await?;
        }
        self.describe_loaded(key)
    }

    fn describe_loaded(&self, key: Rc<KeyRecord>) -> Result<KeyInfo> {
        let expires = self.session_expires(&key.id);
        let mut usage = match expires {
            Some(_) => Usage::default(),
            None => self.loaded_usage(&key.id)?.sum(),
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

    /// Reads what was counted of some keys.
    pub(in crate::vault) async fn load_usage(&self, keys: &[KeyId]) -> Result<()> {
        let record_ids: Vec<_> = keys.iter().map(UsageRecord::record_id).collect();
        self.load_rows(&record_ids).await
    }

    /// What was counted of a key and written, in a row that was loaded.
    pub(in crate::vault) fn loaded_usage(&self, key: &KeyId) -> Result<UsageRecord> {
        match self.known_row(&UsageRecord::record_id(key))? {
            Some(row) => Ok(UsageRecord::read(self.open_json(&row)?)?),
            None => Ok(UsageRecord::default()),
        }
    }

    pub(in crate::vault) async fn export(&self, key: &str, version: Option<&str>) -> Result<Jwk> {
        let key = self.key(key).await?;
        let version = match version {
            Some(named) => named.parse()?,
            None => key.primary.clone(),
        };
        let exported = key.version(&version)?;
        // Of one that is destroyed there is nothing.
        if exported.state != VersionState::Destroyed && !exported.allows(VersionAction::Export) {
            return Err(exported.state.forbids());
        }
        let subject = ApprovalSubject::of_export(&key, Some(version.as_str()), self.reason())?;
        let approved = self.approve(Some(&subject))?;
        let asked = Asked::to(Operation::Export).approved_by(&approved);
        let found = self.usable(key, &version, asked).await?;
        self.note_use(&found);
        Ok(found.jwk().clone())
    }
}
