//! The maintenance of an unlocked vault: what is due, and use counts to write.

use crate::{
    base::{Error, KeyId, Map, Object, Result},
    keys::{KeyListing, KeyRecord, MaintenanceReport, Usage, UsageRecord, due},
    object::body::Buffers,
    store::{Range, RecordId, RecordType, Store},
};

use super::{Unlocked, Vault, gate::Request, transaction::Transaction, unlock::unless_untrue};

/// So many keys are done in one commit; the others follow at once. As many are read together.
const AT_ONCE: usize = 64;

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Does what is due, and writes the use counts.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub async fn tick(&self) -> Result<MaintenanceReport> {
        self.state.proofs().age(self.platform.clock.moment());
        let request = Request::of("tick").on_latest();
        let mut report = self.change(request, async |tx| tx.tick().await).await?;
        // Where something else was written, they are written with it. Those that cannot be wait on.
        unless_untrue(self.write_log().await)?;
        if unless_untrue(self.index_log().await)? {
            report.expect(self.platform.clock.now());
        }
        Ok(report)
    }

    /// Looks whether the store still has the vault, by the key of one row. This is no use of the vault, and nobody is told.
    ///
    /// # Errors
    /// [`Error::NoVault`].
    pub async fn probe(&self) -> Result<()> {
        self.state.proofs().age(self.platform.clock.moment());
        let statement = self.state.open()?.keyring.singleton(RecordType::Statement);
        let place = Range::record_id(&statement).bare();
        let (_, found) = self.platform.read(&self.name, &[place]).await?;
        if found.is_empty() {
            return Err(Error::NoVault);
        }
        Ok(())
    }
}

impl Transaction<'_> {
    async fn tick(&mut self) -> Result<MaintenanceReport> {
        let mut uses = self.unwritten_uses().clone();
        // A session's uses are nowhere to be written.
        uses.retain(|key, _| !self.is_of_session(key));
        let (keys, next) = due(&self.listed().await?, self.now());
        let mut report = MaintenanceReport {
            next,
            ..MaintenanceReport::default()
        };
        for some in keys.chunks(AT_ONCE) {
            // Those whose destruction objects hold back stay due, and must not keep others waiting.
            if report.rotated.len() + report.destroyed.len() >= AT_ONCE {
                report.expect(self.now());
                break;
            }
            let mut record_ids = Vec::new();
            for id in some {
                record_ids.push(RecordId::new(RecordType::Key, id.as_str()));
            }
            self.load_rows(&record_ids).await?;
            for id in some {
                self.maintain(id, &mut report).await?;
            }
        }
        self.drop_expired_requests()?;
        self.count(uses).await?;
        Ok(report)
    }

    /// Does what is due for one key.
    async fn maintain(&mut self, id: &KeyId, report: &mut MaintenanceReport) -> Result<()> {
        let mut key = self.key_record(id)?;
        let before = KeyListing::of(&key);
        let rotates = key.is_due(self.now());
        if rotates {
            self.rotate_key(&mut key, self.cause("rotateEvery")?)?;
            report.rotated.push(id.clone());
        }
        let destroyed = self.destroy_due(&mut key).await?;
        if destroyed {
            report.destroyed.push(id.clone());
        }
        if rotates || destroyed {
            self.put_key(&key, &before);
        }
        for next in [key.due(), key.destroy_at()].into_iter().flatten() {
            if next > self.now() {
                report.expect(next);
            }
        }
        Ok(())
    }

    /// Destroys the versions whose time has come. What objects still need waits, unless it was forced.
    async fn destroy_due(&mut self, key: &mut KeyRecord) -> Result<bool> {
        let cause = self.cause("scheduledDestroy")?;
        let mut destroyed = Vec::new();
        for (id, forced) in key.doomed(self.now()) {
            let id = [id];
            if forced || self.dependents(&id).await?.is_empty() {
                key.version_mut(&id[0])?.destroy(cause)?;
                destroyed.extend(id);
            }
        }
        self.erase(key, &destroyed, true).await?;
        Ok(!destroyed.is_empty())
    }

    /// Writes what was counted since use counts were written.
    async fn count(&mut self, uses: Map<Usage, KeyId>) -> Result<()> {
        self.load_usage(uses.names()).await?;
        for (id, since) in uses.iter() {
            let counted = self.counted_on(id, since)?;
            self.put(UsageRecord::record_id(id), Object::encode(&counted));
        }
        self.counted(uses);
        Ok(())
    }

    /// Writes the uses of this attempt of keys whose policy says how often they are used, so that they are counted before
    /// anything comes of them; and what was counted of those keys before.
    ///
    /// # Errors
    /// [`Error::Policy`] for one use too many.
    pub(crate) async fn count_bounded(&mut self) -> Result<()> {
        if !self.has_bounded_uses() {
            return Ok(());
        }
        let (bounded, used) = self.bounded_uses();
        let ids: Vec<_> = bounded.iter().map(|key| key.id.clone()).collect();
        self.load_usage(&ids).await?;
        let mut before = Map::<Usage, KeyId>::default();
        for key in &bounded {
            if let Some(unwritten) = self.unwritten_uses().get(&key.id) {
                *before.of(&key.id) = unwritten.clone();
            }
            let mut since = before.of(&key.id).clone();
            for (_, version) in used.iter().filter(|(id, _)| *id == key.id) {
                since.note(version, self.now());
            }
            let counted = self.counted_on(&key.id, &since)?;
            key.check_uses(counted.sum().total())?;
            self.put(UsageRecord::record_id(&key.id), Object::encode(&counted));
        }
        self.counted(before);
        Ok(())
    }

    /// What is counted of a key with what was used here since, in a row that was loaded.
    fn counted_on(&self, key: &KeyId, since: &Usage) -> Result<UsageRecord> {
        let mut counted = self.loaded_usage(key)?;
        counted.count(&self.device()?.id, since);
        Ok(counted)
    }
}
