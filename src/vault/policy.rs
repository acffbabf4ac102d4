//! The policy of a vault: rules for the operations on the vault itself, and for every key besides the key's own.
//!
//! It is a record of the core, so that whoever opens the vault has it, and binds this code as a key's does. Opening, locking,
//! what only reads, and what is done unasked pass it.

use std::rc::Rc;

use crate::{
    approvals::ApprovalSubject,
    base::{Error, Object, PolicyRule, Result, Thumbprint},
    keys::{KeyRecord, Operation, Policies, Policy, PolicyPart, PolicyRequest, Purpose},
    object::body::Buffers,
    store::{RecordType, Store},
};

use super::{Unlocked, Vault, gate::Request, transaction::Transaction};

/// Whose policy refused something, and by which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyRefusal {
    /// The key's.
    Key(PolicyRule),
    /// The vault's.
    Vault(PolicyRule),
    /// None: the handle is a view that does not list the operation.
    View,
    /// That of the vault's organisation.
    Organisation(PolicyRule),
}

impl PolicyRefusal {
    /// What was decided, of what only a policy may refuse.
    pub(super) fn of(decided: Result<()>) -> Result<Option<Self>> {
        match decided {
            Ok(()) => Ok(None),
            Err(Error::Policy(rule)) => Ok(Some(Self::Key(rule))),
            Err(Error::VaultPolicy(rule)) => Ok(Some(Self::Vault(rule))),
            Err(Error::OutsideView) => Ok(Some(Self::View)),
            Err(Error::OrganisationPolicy(rule)) => Ok(Some(Self::Organisation(rule))),
            Err(error) => Err(error),
        }
    }

    /// Whose it is, in a word.
    #[must_use]
    pub fn whose(self) -> &'static str {
        match self {
            Self::Key(_) => "key",
            Self::Vault(_) => "vault",
            Self::View => "view",
            Self::Organisation(_) => "organisation",
        }
    }

    /// The rule.
    #[must_use]
    pub fn rule(self) -> PolicyRule {
        match self {
            Self::Key(rule) | Self::Vault(rule) | Self::Organisation(rule) => rule,
            Self::View => PolicyRule::Operations,
        }
    }
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// The policies of the vault itself, as they are stored now; nothing where none was ever set.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub async fn policies(&self) -> Result<Option<Rc<Policies>>> {
        let request = Request::of("readPolicy").on_latest();
        self.read(request, async |tx| tx.keyring()?.policies())
            .await
    }

    /// Sets the vault's policy in the place of whichever applies, or takes it away, where that allows it.
    ///
    /// # Errors
    /// [`Error::VaultPolicy`]; [`Error::Unsupported`] where a policy of a later version applies; [`Error::Argument`] for a
    /// rule that is of one key; [`Error::TooLarge`] after 1,000 of them.
    pub async fn set_policy(&self, policy: Option<&Policy>) -> Result<Rc<Policies>> {
        policy.map_or(Ok(()), Policy::check_vault)?;
        let subject = ApprovalSubject::of_vault_policy(policy, self.caller.reason.as_deref());
        let request = Request::of("setVaultPolicy")
            .on_latest()
            .of_subject(&subject);
        self.change(request, async |tx| {
            tx.refuse_own(policy.map_or(&[], Policy::approvers)).await?;
            tx.set_policy(policy)
        })
        .await
    }

    /// Whether the vault's policy allows an operation on the vault itself now, for this handle's reason. Nothing is done.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the policy is of a later version.
    pub async fn can_do(&self, operation: Operation) -> Result<Option<PolicyRefusal>> {
        if !operation.is_of_vault() {
            return Err(Error::Argument("key (an operation on a key is of one)"));
        }
        let request = Request::of("can").on_latest();
        self.read(request, async |tx| {
            PolicyRefusal::of(tx.allow_on_vault(operation, &[], &PolicyPart::ALL))
        })
        .await
    }
}

impl Transaction<'_> {
    /// Whether the handle is for what was asked for, and the vault's policy allows it.
    ///
    /// # Errors
    /// [`Error::OutsideView`]; [`Error::VaultPolicy`]; [`Error::Unsupported`] where the policy is of a later version.
    pub(super) fn check_policy(&self) -> Result<()> {
        self.check_request()?;
        let request = self.request();
        match Operation::of_vault(request.operation) {
            Some(operation) if request.asked => {
                let approved = match request.subject {
                    Some(subject) => self.approve(Some(subject))?,
                    None => Vec::new(),
                };
                self.allow_on_vault(operation, &approved, request.parts)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn allow_on_vault(
        &self,
        operation: Operation,
        approved: &[Thumbprint],
        parts: &[PolicyPart],
    ) -> Result<()> {
        let request = PolicyRequest {
            approved,
            ..self.policy_request(operation, None)
        };
        self.allow_by_all(None, &[request], parts)
    }

    /// Whether the policies of the key and of the vault allow an operation that changes the key.
    pub(super) fn allow_change(
        &self,
        key: &KeyRecord,
        operation: Operation,
        approved: &[Thumbprint],
    ) -> Result<()> {
        let request = PolicyRequest {
            approved,
            ..self.policy_request(operation, Some(key.purpose))
        };
        self.allow_by_all(Some(key), &[request], &PolicyPart::ALL)
    }

    fn policy_request(&self, operation: Operation, purpose: Option<Purpose>) -> PolicyRequest<'_> {
        PolicyRequest {
            operation,
            purpose,
            context: None,
            reason: self.reason(),
            version: None,
            uses: None,
            proven: &[],
            approved: &[],
        }
    }

    /// Whether the handle's view and the policies of the vault's organisation, of a key, where there is one, and of the vault allow some
    /// requests of one operation: the view first, then of all policies the rules that no factor can meet.
    pub(super) fn allow_by_all(
        &self,
        key: Option<&KeyRecord>,
        requests: &[PolicyRequest<'_>],
        parts: &[PolicyPart],
    ) -> Result<()> {
        for request in requests {
            self.check_view(request.operation)?;
        }
        let own = self.keyring()?.policies()?;
        let organisation = self.keyring()?.organisation()?;
        let key = key.filter(|key| key.policy.is_some());
        if own.is_none() && key.is_none() && organisation.is_none() {
            return Ok(());
        }
        let (proven, now) = (self.proven()?, self.now());
        for part in parts {
            for request in requests {
                let request = &PolicyRequest {
                    proven: &proven,
                    ..*request
                };
                if let Some(organisation) = &organisation {
                    organisation.allow(*part, request, now)?;
                }
                if let Some(key) = key {
                    key.allow_part(*part, request, now)?;
                }
                if let Some(own) = &own {
                    own.allow(*part, request, now, Error::VaultPolicy)?;
                }
            }
        }
        Ok(())
    }

    fn set_policy(&mut self, policy: Option<&Policy>) -> Result<Rc<Policies>> {
        let before = self.keyring()?.policies()?.as_deref().cloned();
        let policies = Policies::succeeding(before, policy, self.now(), self.rng())?;
        let record_id = self.keyring()?.singleton(RecordType::Policy);
        self.put(record_id, Object::encode(&policies));
        Ok(Rc::new(policies))
    }

    /// Unites the policies of the vault with those of a backup under the same vault key; whether that changed something, or nothing where
    /// they would be too many together: those that are here stay.
    pub(super) fn merge_policies(&mut self, theirs: Option<&Policies>) -> Result<Option<bool>> {
        let ours = self.keyring()?.policies()?;
        let merged = match Policies::merged(ours.as_deref(), theirs) {
            Err(Error::TooLarge(_)) => return Ok(None),
            merged => merged?,
        };
        let Some(merged) = merged.filter(|merged| Some(merged) != ours.as_deref()) else {
            return Ok(Some(false));
        };
        let record_id = self.keyring()?.singleton(RecordType::Policy);
        self.put(record_id, Object::encode(&merged));
        Ok(Some(true))
    }
}
