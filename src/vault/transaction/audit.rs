//! What a transaction appends to the audit log: in its own commit, so that neither is there without the other.

use crate::{
    audit::{Beginning, CompactRange, ContextDigest, Entry, EntryDraft, Predecessor, TreeHash},
    base::{Context, Entropy, Error, KeyId, LogId, ObjectId, Result},
    records::{HeadCut, LogHead},
    store::{RecordType, Row},
    vault::audit::{ENTRIES, LogCutPlan, LogKeyUse, LogRows, keys_of},
};

use super::{
    Transaction,
    write::{LogChange, Logged, Record},
};

/// The entry of an operation.
pub(crate) struct OwnEntry {
    entry: EntryDraft,
    /// The keys that it names where the operation fails.
    hidden: Vec<KeyId>,
    /// Whether it is to wait, where the operation ends well: it is not among what is written.
    waits: bool,
}

impl OwnEntry {
    /// What is to wait once the operation has ended.
    pub(crate) fn ended(self, error: Option<&Error>) -> Option<EntryDraft> {
        match error {
            None => self.waits.then_some(self.entry),
            // Who was too late has changed nothing, and nobody is told of it.
            Some(Error::Locked | Error::Conflict) => None,
            Some(error) => Some(self.entry.naming(&self.hidden).failed(error)),
        }
    }
}

impl Transaction<'_> {
    /// Remembers a key that was looked for.
    pub(crate) fn note_asked(&self, key: &KeyId) {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(key) {
            asked.push(key.clone());
        }
    }

    /// As [`note_asked`](Self::note_asked), of a key that is none to the handle: what comes of the others has nothing to do with it.
    pub(crate) fn note_hidden(&self, key: &KeyId) {
        let mut hidden = self.hidden.borrow_mut();
        if !hidden.contains(key) {
            hidden.push(key.clone());
        }
    }

    /// Remembers the object that it is about.
    pub(crate) fn note_object(&self, object: &ObjectId) {
        self.object.replace(Some(object.clone()));
    }

    /// Remembers the encryption contexts of what is used, before it is told whether they are admitted.
    pub(crate) fn note_contexts(&self, contexts: &[&Context]) -> Result<()> {
        let mut noted = self.contexts.borrow_mut();
        for context in contexts {
            if let Some(digest) = ContextDigest::of(context)?
                && !noted.contains(&digest)
            {
                noted.push(digest);
            }
        }
        Ok(())
    }

    /// What becomes of the audit log.
    pub(crate) fn change_log(&mut self, change: LogChange) {
        self.writes.log_change = Some(change);
    }

    /// Whether its entry is to be committed before it gives anything.
    pub(crate) fn is_recorded_first(&self) -> Result<bool> {
        let keyring = self.keyring()?;
        let all = keyring.logs_first() && self.request.asked && self.does_something();
        Ok(keyring.writes_log() && (self.request.recorded || all))
    }

    /// Has its entry committed, though nothing else is written, where it must not be done unrecorded.
    pub(crate) fn record_first(&mut self) -> Result<()> {
        if self.is_recorded_first()? {
            self.restate_head();
        }
        Ok(())
    }

    /// Has the entries that wait committed, though nothing else is written. A vault of an earlier release that could not be brought up
    /// to date is left as it is.
    pub(crate) fn write_waiting_entries(&mut self) -> Result<()> {
        if self.state.waiting_entries() > 0 && !self.keyring()?.is_old() {
            self.restate_head();
        }
        Ok(())
    }

    /// Writes nodes of the audit log's index, which the head does not account for. It leaves a vault as [`write_waiting_entries`] does.
    ///
    /// [`write_waiting_entries`]: Self::write_waiting_entries
    pub(crate) fn write_log_index(&mut self, rows: &[Row]) -> Result<()> {
        if !self.keyring()?.is_old() {
            self.writes.log_index = rows.to_vec();
            self.restate_head();
        }
        Ok(())
    }

    /// Whether the log that is written is that one, and what was cut of it is that.
    pub(crate) fn has_cut(&self, log: &LogId, cut: Option<&HeadCut>) -> Result<bool> {
        let keyring = self.keyring()?;
        let known = keyring.head.1.log.as_ref();
        Ok(known.is_some_and(|known| known.log == *log && known.cut.as_ref() == cut))
    }

    /// Whether the log that is written is of this device: that of the vault that a copy was restored from is not.
    pub(crate) fn owns_log(&self) -> Result<bool> {
        let device = &self.device()?.id;
        let keyring = self.keyring()?;
        let log = keyring.head.1.log.as_ref();
        Ok(log.is_some_and(|log| log.device == *device))
    }

    /// Whether what was planned to be taken away still is there to be taken, and may be: as far as this transaction knows.
    pub(crate) fn can_cut(&self, plan: &LogCutPlan) -> Result<bool> {
        let same = self.has_cut(&plan.log, plan.before.as_ref())? && self.owns_log()?;
        let keyring = self.keyring()?;
        let has = |log: &Predecessor| {
            let mut keys = keys_of(&log.log).into_iter();
            keys.all(|key| keyring.core_record(&key).is_some())
        };
        Ok(same && keyring.log_retention() == plan.retain && plan.logs.iter().all(has))
    }

    /// Takes the first entries of the log away, and logs before it.
    pub(crate) fn cut_log(&mut self, plan: &LogCutPlan) {
        for log in &plan.logs {
            for key in keys_of(&log.log) {
                self.delete(key);
            }
        }
        self.writes.log_index = plan.nodes.clone();
        let (tree, deletes) = (plan.tree.clone(), plan.deletes.clone());
        self.writes.log_cut = Some((plan.told(), tree, deletes));
        self.change_log(LogChange::Cut);
    }

    /// What the head says of the audit log once what is to be written is there.
    pub(super) fn log_head(&self) -> Result<Option<LogHead>> {
        let head = &self.keyring()?.head.1;
        Ok(self
            .writes
            .logged
            .head
            .as_ref()
            .or(head.log.as_ref())
            .cloned())
    }

    /// The entry of an operation that somebody asked for, as if it were done, where the vault writes a log.
    pub(crate) fn own_entry(&self) -> Option<OwnEntry> {
        let told = self.request.asked && self.state.writes_log();
        let entry = told.then(|| self.entry().ok()).flatten()?;
        Some(OwnEntry {
            entry,
            hidden: self.hidden.borrow().clone(),
            waits: self.writes.logged.head.is_none() && self.does_something(),
        })
    }

    /// The entry of an operation, as if it were done.
    fn entry(&self) -> Result<EntryDraft> {
        let mut entry = Entry::new(self.request.operation, self.now(), self.rng)?;
        entry.reason = self.reason().map(str::to_owned);
        entry.approvers = self.approvers();
        for (key, version) in self.used.borrow().iter() {
            entry.name(key, Some(version));
        }
        for write in &self.writes.records {
            let id = &write.record_id;
            if matches!(id.kind, RecordType::Key | RecordType::Version) {
                entry.name(&id.id.parse()?, None);
            }
        }
        if let Some(session) = &self.made {
            entry.name(&session.key.id, None);
        }
        for key in self.asked.borrow().iter() {
            entry.name(key, None);
        }
        entry.object.clone_from(&self.object.borrow());
        entry.factor = self.request.factor.map(str::to_owned);
        entry.cut = self.writes.log_cut.as_ref().map(|(cut, ..)| cut.clone());
        Ok(EntryDraft::new(entry, &self.contexts.borrow()))
    }

    /// Whether it used or changed anything that an audit asks about: what is counted, and which parts of an upload are there,
    /// is none of that.
    fn does_something(&self) -> bool {
        let counts = |kind: RecordType| !matches!(kind, RecordType::Usage | RecordType::Upload);
        self.request.recorded
            || !self.used.borrow().is_empty()
            || self.object.borrow().is_some()
            || self.made.is_some()
            || self.writes.rotation.is_some()
            || self.writes.log_change.is_some()
            || self
                .writes
                .records
                .iter()
                .any(|write| counts(write.record_id.kind))
    }

    /// Puts the entries that wait, and the operation's own, to what is written.
    pub(super) fn append_to_log(&mut self) -> Result<()> {
        if self.writes.logged.head.is_some()
            || self.writes.head.is_some() && self.writes.rotation.is_none()
        {
            return Ok(());
        }
        let known = self.keyring()?.head.1.log.clone();
        let is_on = self.keyring()?.writes_log();
        let change = self.writes.log_change;
        let starts = matches!(change, Some(LogChange::Start { .. }));
        let renews = known.is_some() && change == Some(LogChange::Renew);
        let cuts = change == Some(LogChange::Cut);
        if !is_on && !starts && !renews && !cuts {
            return Ok(());
        }
        let (mut entries, waited) = self.state.pending().to_write(self.now(), self.rng)?;
        if !is_on && !starts {
            entries.clear();
        }
        if (is_on || starts || cuts) && self.request.asked && self.does_something() {
            entries.push(self.entry()?);
        }
        if entries.is_empty() && !renews {
            return Ok(());
        }
        let ours = known
            .as_ref()
            .filter(|log| self.device().is_ok_and(|device| device.id == log.device));
        let was_closed = known.as_ref().is_some_and(|log| log.fail_closed);
        let (mut head, key) = match ours.filter(|_| change != Some(LogChange::Renew)) {
            Some(log) => {
                let (record_id, keyring) =
                    (LogKeyUse::Entries.record_id(&log.log), self.keyring()?);
                let row = keyring.core_record(&record_id);
                let row = row.ok_or(Error::Integrity("the audit log's key is missing"))?;
                (log.clone(), keyring.cipher().decrypt_key(row)?)
            }
            None => {
                let head = LogHead::begin(&self.device()?.id, self.rng)?;
                entries.insert(0, self.beginning(&head, known.as_ref())?.into());
                let key = LogKeyUse::Entries.generate(self.rng)?;
                let signer = LogKeyUse::Checkpoints.generate(self.rng)?;
                self.add_log_key(LogKeyUse::Entries, &head, key.clone().into());
                self.add_log_key(LogKeyUse::Checkpoints, &head, signer.into());
                (head, key)
            }
        };
        head.stopped = change == Some(LogChange::Stop) || (!is_on && !starts);
        (head.fail_closed, head.retain) = match change {
            Some(LogChange::Start {
                fail_closed,
                retain,
            }) => (fail_closed, retain),
            _ => (was_closed, known.as_ref().and_then(|log| log.retain)),
        };
        let mut deletes = Vec::new();
        if let Some((_, tree, gone)) = self.writes.log_cut.take() {
            // What is cut is what goes on.
            if known.as_ref().is_none_or(|known| known.log != head.log) {
                return Err(Error::Integrity("the log that is cut is another device's"));
            }
            deletes = gone;
            // Its own entry is the last one.
            let entry = head.tree.size() + entries.len() as u64 - 1;
            let at = self.now();
            head.cut = (tree.size() > 0).then_some(HeadCut { tree, entry, at });
        }
        let rows = {
            let keyring = self.keyring()?;
            let rows = LogRows::new(keyring.vault(), &head.log, &key)?;
            append(&rows, &mut head.tree, &entries, self.rng)?
        };
        if !head.fits() {
            // What does not open again is not written.
            return Err(Error::Integrity("a cut that is not of the audit log"));
        }
        if let Some(rotation) = &mut self.writes.rotation {
            rotation.head.1.log = Some(head.clone());
            self.writes.head = Some(rotation.head.clone());
        }
        self.writes.logged = Logged {
            rows,
            deletes,
            head: Some(head),
            waited,
        };
        Ok(())
    }

    fn add_log_key(&mut self, of: LogKeyUse, head: &LogHead, key: Record) {
        let record_id = of.record_id(&head.log);
        match &mut self.writes.rotation {
            Some(rotation) => rotation.add(record_id, key),
            None => self.insert(record_id, key),
        }
    }

    /// What a log begins with: which one it is, and which one came before it.
    fn beginning(&self, head: &LogHead, before: Option<&LogHead>) -> Result<Entry> {
        let entry = Entry::new("beginAudit", self.now(), self.rng)?;
        Ok(Entry {
            begins: Some(Beginning {
                log: head.log.clone(),
                device: head.device.clone(),
                after: before.map(|before| Predecessor {
                    log: before.log.clone(),
                    size: before.tree.size(),
                    root: before.tree.root().to_base64(),
                    device: Some(before.device.clone()),
                    cut: before.cut.as_ref().map(HeadCut::tell),
                }),
            }),
            ..entry
        })
    }
}

/// The rows of some entries, which the log's tree grows by.
fn append(
    rows: &LogRows<'_>,
    tree: &mut CompactRange,
    entries: &[EntryDraft],
    entropy: &dyn Entropy,
) -> Result<Vec<Row>> {
    let mut written = Vec::new();
    for some in entries.chunks(ENTRIES) {
        let (row, leaves) = rows.seal(tree.size(), some, entropy)?;
        for leaf in leaves {
            tree.append(TreeHash::of_leaf(leaf.as_bytes()))?;
        }
        written.push(row);
    }
    Ok(written)
}
