//! An unlocked vault's requests for approvals, and its own approvals of others' requests.

use crate::{
    approvals::{Approval, ApprovalRequest, ApprovalSubject},
    base::{ApprovalFault, ApprovalId, Error, Result, Thumbprint},
    jose::{Jwk, SigningKey},
    keys::{KeyAction, Operation, Policy, Purpose},
    object::body::Buffers,
    store::Store,
};

use super::{Unlocked, Vault, gate::Request, transaction::Transaction, usable_version::Asked};

/// What an approval is asked for.
#[derive(Debug, Clone)]
pub enum Proposal {
    /// Something is to be done with a key, which is named by its alias or id.
    Key(String, KeyAction),
    /// A version of a key is to be exported: the primary, unless it is named.
    Export(String, Option<String>),
    /// The vault is to have a policy, or none.
    VaultPolicy(Option<Box<Policy>>),
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Asks for an approval of an operation, for this handle's reason. The request is kept until it was used, is cancelled, or has been
    /// open for so many milliseconds.
    ///
    /// # Errors
    /// [`Error::NoKey`]; [`Error::NoVersion`]; [`Error::Argument`] for an operation that no policy has approved, and for a time that is
    /// none from a second to a day; [`Error::TooLarge`] where 16 are open.
    pub async fn request_approval(
        &self,
        proposal: &Proposal,
        open_for: u64,
    ) -> Result<ApprovalRequest> {
        if !(1000..=ApprovalRequest::LONGEST).contains(&open_for) {
            return Err(Error::Argument("a request is open from a second to a day"));
        }
        let request = Request::of("requestApproval").on_latest();
        self.change(request, async |tx| {
            tx.request_approval(proposal, open_for).await
        })
        .await
    }

    /// The requests that are open, by the times at which they were made.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub async fn approval_requests(&self) -> Result<Vec<ApprovalRequest>> {
        let request = Request::of("listApprovals").on_latest();
        self.read(request, async |tx| {
            Ok(tx.open_requests()?.requests().to_vec())
        })
        .await
    }

    /// Takes a request back: no approval of it holds any more.
    ///
    /// # Errors
    /// [`Error::Approval`] for one that is not open.
    pub async fn cancel_approval(&self, id: &ApprovalId) -> Result<()> {
        let request = Request::of("cancelApproval").on_latest();
        self.change(request, async |tx| {
            let mut kept = tx.kept_requests()?;
            kept.close(id)?;
            tx.put_requests(&kept.at(tx.now()))
        })
        .await
    }

    /// The thumbprint of a key that signs: what a policy names its owner by, as one who approves. It is that of its primary version.
    ///
    /// # Errors
    /// [`Error::NoKey`]; [`Error::Purpose`] for a key that does not sign.
    pub async fn approver(&self, key: &str) -> Result<Thumbprint> {
        let request = Request::of("findKey").on_latest();
        self.read(request, async |tx| {
            let key = tx.key(key).await?;
            key.check_purpose(Purpose::Sign)?;
            let public = key.primary_version().public.clone();
            let public = public.ok_or(Error::Purpose)?;
            Ok(Jwk::parse(public.text().as_bytes())?.thumbprint())
        })
        .await
    }

    /// Approves another vault's request, by a key that signs. What it is of is for the caller to show before.
    ///
    /// # Errors
    /// [`Error::Approval`] for a request of this vault itself, and for one that is not open; as
    /// [`sign`](Self::sign).
    pub async fn approve(&self, request: &ApprovalRequest, key: &str) -> Result<String> {
        let asked = Request::of("approve").recorded_first();
        self.read(asked, async |tx| tx.sign_approval(request, key).await)
            .await
    }
}

impl Transaction<'_> {
    async fn request_approval(
        &mut self,
        proposal: &Proposal,
        open_for: u64,
    ) -> Result<ApprovalRequest> {
        const NONE: Error = Error::Argument("an operation that no policy can have others approve");
        let reason = self.reason();
        let (subject, alias) = match proposal {
            Proposal::Key(key, action) => {
                let key = self.own_key(key).await?;
                self.note_asked(&key.id);
                let subject = ApprovalSubject::of_key(&key, action, reason)?.ok_or(NONE)?;
                // What could not be done with an approval either is told before somebody signs it.
                let (cause, mut tried) = (self.cause(action.name())?, (*key).clone());
                action.apply(&mut tried, cause, self.rng())?;
                if let KeyAction::SetPolicy(Some(policy)) = action {
                    self.refuse_own(policy.approvers()).await?;
                }
                (subject, Some(key.alias.clone()))
            }
            Proposal::Export(key, version) => {
                let key = self.key(key).await?;
                let subject = ApprovalSubject::of_export(&key, version.as_deref(), reason)?;
                (subject, Some(key.alias.clone()))
            }
            Proposal::VaultPolicy(policy) => {
                let approvers = policy.as_deref().map_or(&[][..], Policy::approvers);
                self.refuse_own(approvers).await?;
                let subject = ApprovalSubject::of_vault_policy(policy.as_deref(), reason);
                (subject, None)
            }
        };
        let vault = self.keyring()?.vault().clone();
        // One of an earlier release may have hidden characters, and the id says which key it is.
        let alias = alias.filter(|alias| alias.check_new().is_ok());
        let mut open = self.open_requests()?;
        let request = ApprovalRequest::new(
            ApprovalId::generate(self.rng())?,
            (vault, self.device()?.id.clone()),
            subject,
            alias,
            (self.now(), open_for),
        );
        open.add(request.clone())?;
        self.put_requests(&open)?;
        Ok(request)
    }

    async fn sign_approval(&self, request: &ApprovalRequest, key: &str) -> Result<String> {
        if request.vault == *self.keyring()?.vault() {
            return Err(Error::Approval(ApprovalFault::OwnKey));
        }
        let found = self.primary(key, Asked::to(Operation::Sign)).await?;
        found.key.check_purpose(Purpose::Sign)?;
        self.note_use(&found);
        let signer = SigningKey::from_jwk(found.jwk())?;
        Approval::sign(request, self.now(), &signer, self.rng())
    }
}
