//! An unlocked vault's named keys.

use std::rc::Rc;

use crate::{
    approvals::ApprovalSubject,
    base::{Context, Error, KeyId, Object, Result, Timestamp},
    factors::Present,
    inventory::ObjectPage,
    jose::Jwk,
    keys::{
        Alias, Impact, KeyAction, KeyOptions, KeyQuery, KeyRecord, Operation, PolicyPart, Usage,
        UsageRecord,
    },
    object::body::Buffers,
    store::Store,
};

use super::{
    Unlocked, Vault, gate::Request, key_description::KeyDescription, policy::PolicyRefusal,
    usable_version::Asked,
};

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
    /// Where the next page begins, if more follow.
    pub next: Option<String>,
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
        let request = Request::of(name);
        self.change(request, async |tx| tx.create_key(options, material).await)
            .await
    }

    /// A key that lives in memory alone, for so many milliseconds.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when the alias is taken: what is encrypted under a
    /// session's key must never be thought to be under a key that stays.
    pub async fn create_session(&self, options: &KeyOptions, ttl: u64) -> Result<KeyInfo> {
        let request = Request::of("createSession").on_latest();
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
        let named = Request::of(request.name()).on_latest();
        self.change(named, async |tx| tx.manage(key, request).await)
            .await
    }

    /// Whether the policies of the key and of the vault allow an operation now, for this handle's reason. Nothing is
    /// done, and nothing is said of the versions' states.
    ///
    /// # Errors
    /// [`Error::NoKey`]; [`Error::Unsupported`] where the policy is of
    /// a later version.
    pub async fn can(
        &self,
        operation: Operation,
        key: &str,
        context: &Context,
    ) -> Result<Option<PolicyRefusal>> {
        if operation.is_of_vault() {
            return Err(Error::Argument(
                "key (an operation on the vault is of none)",
            ));
        }
        let request = Request::of("can").on_latest();
        let within = [context];
        let asked = Asked::to(operation).within(&within);
        let decided = self.read(request, async |tx| {
            let key = tx.key(key).await?;
            let info = tx.describe(key.clone()).await?;
            let uses = info.usage.total().saturating_add(1);
            let asked = Asked {
                uses: Some(uses),
                ..asked
            };
            PolicyRefusal::of(tx.allow(&key, asked, &key.primary))
        });
        decided.await
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
        let request = Request::of("findKey").on_latest();
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
        let request = Request::of("findKey");
        self.read(request, async |tx| tx.key(alias_or_id).await)
            .await
    }

    /// What was counted of a key and written, by its id.
    ///
    /// # Errors
    /// [`Error::Integrity`]; [`Error::NoKey`] of a view that does not list it.
    pub async fn written_usage(&self, key: &KeyId) -> Result<Usage> {
        let request = Request::of("findKey").on_latest();
        self.read(request, async |tx| {
            tx.check_seen(key)?;
            tx.load_rows(&[UsageRecord::record_id(key)]).await?;
            Ok(tx.loaded_usage(key)?.sum())
        })
        .await
    }

    /// A version's JWK, secret included, for whoever has a factor of the vault: the primary's unless
    /// another is named.
    ///
    /// # Errors
    /// [`Error::WrongFactor`], [`Error::NoKey`],
    /// [`Error::NoVersion`]; [`Error::State`] of a version that is
    /// suspended, or to be destroyed.
    pub async fn dangerously_export(
        &self,
        key: &str,
        version: Option<&str>,
        present: &dyn Present,
    ) -> Result<Jwk> {
        let asked = Request::of("exportKey").on_latest();
        self.admit(asked, async |tx| {
            let key = tx.key(key).await?;
            let named = version.map(str::parse).transpose()?;
            let subject = ApprovalSubject::of_export(&key, version, tx.reason())?;
            let approved = tx.would_approve(&subject)?;
            tx.refuse_own(&approved).await?;
            let version = named.as_ref().unwrap_or(&key.primary);
            tx.allow_parts(
                &key,
                Asked::to(Operation::Export).approved_by(&approved),
                version,
                &[PolicyPart::Rules],
            )
        })
        .await?;
        self.reauthenticate("exportKey", present).await?;
        let request = Request::of("exportKey").recorded_first();
        self.read(request, async |tx| tx.export(key, version).await)
            .await
    }
}
