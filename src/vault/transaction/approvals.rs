//! What a transaction does with others' approvals: each is of a request that is open, and closes it.

use crate::{
    approvals::{Approval, ApprovalSubject, OpenRequests},
    base::{ApprovalFault, ApprovalId, Error, Local, Object, Result, Thumbprint},
    jose::Jwk,
    keys::Purpose,
    store::{RecordId, RecordType},
};

use super::Transaction;

/// An approval that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Approved {
    request: ApprovalId,
    approver: Thumbprint,
}

impl Transaction<'_> {
    /// Who approved exactly this, by what the caller gave. Their requests are closed, if the attempt counts.
    ///
    /// # Errors
    /// [`Error::Approval`] for one that does not hold; [`Error::Argument`] for one of what needs none; [`Error::Malformed`].
    pub(in crate::vault) fn approve(
        &self,
        subject: Option<&ApprovalSubject>,
    ) -> Result<Vec<Thumbprint>> {
        let approved = self.approving(subject)?;
        let approvers = approved.iter().map(|one| one.approver.clone()).collect();
        let mut used = self.approved.borrow_mut();
        for one in approved {
            if !used.contains(&one) {
                used.push(one);
            }
        }
        Ok(approvers)
    }

    /// As [`approve`](Self::approve), before it is done: nothing is closed.
    ///
    /// # Errors
    /// Those.
    pub(in crate::vault) fn would_approve(
        &self,
        subject: &ApprovalSubject,
    ) -> Result<Vec<Thumbprint>> {
        let approved = self.approving(Some(subject))?.into_iter();
        Ok(approved.map(|one| one.approver).collect())
    }

    fn approving(&self, subject: Option<&ApprovalSubject>) -> Result<Vec<Approved>> {
        let given = &*self.caller.approvals;
        if given.is_empty() {
            return Ok(Vec::new());
        }
        let subject = subject.ok_or(Error::Argument("approval (of what none is asked for)"))?;
        let (open, mut approved) = (self.open_requests()?, Vec::new());
        for token in given {
            let approval = Approval::read(token)?;
            let request = open.find(approval.request())?;
            approval.check(request, subject)?;
            approved.push(Approved {
                request: request.id.clone(),
                approver: approval.approver().clone(),
            });
        }
        Ok(approved)
    }

    /// Who approved it, once each, in the order of the alphabet.
    pub(super) fn approvers(&self) -> Vec<Thumbprint> {
        let approved = self.approved.borrow();
        let mut approvers: Vec<_> = approved.iter().map(|one| one.approver.clone()).collect();
        approvers.sort();
        approvers.dedup();
        approvers
    }

    /// Whether requests are to be closed.
    pub(crate) fn has_approvals(&self) -> bool {
        !self.approved.borrow().is_empty()
    }

    /// Closes the requests whose approvals were used.
    ///
    /// # Errors
    /// [`Error::Approval`] for an approver whose key the vault has.
    pub(crate) fn close_requests(&mut self) -> Local<'_, Result<()>> {
        if self.has_approvals() {
            Box::pin(self.close_approved())
        } else {
            Box::pin(core::future::ready(Ok(())))
        }
    }

    async fn close_approved(&mut self) -> Result<()> {
        let approved = self.approved.borrow().clone();
        self.refuse_own(&self.approvers()).await?;
        let mut open = self.open_requests()?;
        let mut closed: Vec<_> = approved.into_iter().map(|one| one.request).collect();
        closed.sort();
        closed.dedup();
        for id in &closed {
            open.close(id)?;
        }
        self.put_requests(&open)
    }

    /// The requests that are open.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(in crate::vault) fn open_requests(&self) -> Result<OpenRequests> {
        Ok(self.kept_requests()?.at(self.now()))
    }

    /// As [`open_requests`](Self::open_requests), with those that have expired and are not deleted yet: a clock that is set back would open them
    /// again.
    pub(in crate::vault) fn kept_requests(&self) -> Result<OpenRequests> {
        let device = &self.device()?.id;
        let keyring = self.keyring()?;
        let stored = match keyring.core_record(&keyring.singleton(RecordType::Requests)) {
            // Requests that a later release wrote are none of this one's: whoever needs one asks again.
            Some(row) => OpenRequests::read(keyring.cipher().decrypt_json(row)?).ok(),
            None => None,
        };
        let stored = stored.unwrap_or_else(|| OpenRequests::none(device.clone()));
        Ok(stored.of_device(device))
    }

    /// Deletes the requests that have expired.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(in crate::vault) fn drop_expired_requests(&mut self) -> Result<()> {
        let record_id = self.keyring()?.singleton(RecordType::Requests);
        if self.keyring()?.core_record(&record_id).is_none() {
            return Ok(());
        }
        let kept = self.kept_requests()?;
        let open = kept.clone().at(self.now());
        if open == kept {
            return Ok(());
        }
        self.put_requests(&open)
    }

    pub(in crate::vault) fn put_requests(&mut self, open: &OpenRequests) -> Result<()> {
        let record_id = self.keyring()?.singleton(RecordType::Requests);
        self.put(record_id, Object::encode(open));
        Ok(())
    }

    /// Refuses approvers whose keys the vault has: its identity, and whatever signs among its keys and its session's.
    ///
    /// # Errors
    /// [`Error::Approval`].
    pub(in crate::vault) fn refuse_own<'r>(
        &'r self,
        approvers: &'r [Thumbprint],
    ) -> Local<'r, Result<()>> {
        if approvers.is_empty() {
            return Box::pin(core::future::ready(Ok(())));
        }
        Box::pin(self.look_for(approvers))
    }

    /// Whether a key of the session that signs is such a one.
    fn signs_itself(&self, is_own: &impl Fn(&Jwk) -> bool) -> bool {
        let sessions = self.state.sessions();
        let mut sessions = sessions.iter();
        sessions.any(|session| session.key.purpose == Purpose::Sign && is_own(&session.jwk))
    }

    async fn look_for(&self, approvers: &[Thumbprint]) -> Result<()> {
        const OWN: Error = Error::Approval(ApprovalFault::OwnKey);
        let is_own = |jwk: &Jwk| approvers.contains(&jwk.thumbprint());
        if approvers.contains(&self.keyring()?.statement.identity) || self.signs_itself(&is_own) {
            return Err(OWN);
        }
        let listed = self.listed().await?;
        let listed = listed.iter();
        let listed = listed.filter(|key| matches!(key.purpose, Purpose::Sign | Purpose::Share));
        let ids: Vec<_> = listed.map(|key| key.id.clone()).collect();
        let rows: Vec<_> = ids
            .iter()
            .map(|id| RecordId::new(RecordType::Key, id.as_str()))
            .collect();
        self.load_rows(&rows).await?;
        let mut versions = Vec::new();
        for id in &ids {
            let key = self.key_record(id)?;
            versions.extend(
                key.versions
                    .iter()
                    .map(|version| key.version_record_id(&version.id)),
            );
        }
        self.load_rows(&versions).await?;
        for record_id in &versions {
            // Of a version that is destroyed there is none.
            if let Some(row) = self.known_row(record_id)?
                && is_own(&self.open_key(&row)?)
            {
                return Err(OWN);
            }
        }
        Ok(())
    }
}
