//! Operations on a key or on the vault itself, by the names that policies have for them.

use serde::{Deserialize, Serialize};

use crate::base::{Error, Result};

/// An operation on a key, or on the vault itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "an operation of a later version", rename_all = "camelCase")]
pub enum Operation {
    /// Encrypts an object, and resumes its upload.
    Encrypt,
    /// Opens an object, for whatever reading.
    Decrypt,
    /// Encrypts values.
    EncryptValue,
    /// Opens values.
    DecryptValue,
    /// Moves objects' headers to another version. To another key it counts as decrypting, and there as encrypting.
    Rewrap,
    /// Signs.
    Sign,
    /// Verifies a signature.
    Verify,
    /// Gives the secret out.
    Export,
    /// Makes a new version.
    Rotate,
    /// Makes a version that waits the primary.
    Activate,
    /// Stops a version for now.
    Suspend,
    /// Ends a suspension.
    Resume,
    /// Stops a version from protecting, also as compromised.
    Revoke,
    /// Destroys after a time.
    ScheduleDestroy,
    /// Cancels that.
    CancelDestroy,
    /// Destroys now.
    Destroy,
    /// Changes alias, labels or rotation.
    Update,
    /// Changes the policy.
    SetPolicy,
    /// Makes a key.
    CreateKey,
    /// Makes a key of material from elsewhere.
    ImportKey,
    /// Makes a key that lives in memory alone.
    CreateSession,
    /// Adds a factor.
    AddFactor,
    /// Names a factor.
    RenameFactor,
    /// Puts a factor in another one's place.
    ReplaceFactor,
    /// Takes a factor away, also as compromised.
    RevokeFactor,
    /// Has the vault take two factors at once, or one again.
    RequireFactors,
    /// Makes a new vault key.
    RotateVaultKey,
    /// Gives out everything, encrypted.
    Backup,
    /// Unites a backup with the vault.
    Merge,
    /// Enters an object into the inventory.
    Track,
    /// Takes an object out of the inventory.
    Untrack,
    /// Destroys an object's header.
    Shred,
    /// Begins the audit log, or says how it is written.
    StartAudit,
    /// Ends the audit log.
    StopAudit,
    /// Takes the first entries of the audit log away.
    CutAudit,
    /// Changes the vault's policy.
    SetVaultPolicy,
    /// Has an organisation's policy bind the vault.
    SetOrganisation,
}

impl Operation {
    /// Those on a key: the uses, then what changes the key.
    pub const OF_KEYS: [Self; 18] = [
        Self::Encrypt,
        Self::Decrypt,
        Self::EncryptValue,
        Self::DecryptValue,
        Self::Rewrap,
        Self::Sign,
        Self::Verify,
        Self::Export,
        Self::Rotate,
        Self::Activate,
        Self::Suspend,
        Self::Resume,
        Self::Revoke,
        Self::ScheduleDestroy,
        Self::CancelDestroy,
        Self::Destroy,
        Self::Update,
        Self::SetPolicy,
    ];

    /// Those on the vault itself.
    pub const OF_VAULT: [Self; 19] = [
        Self::CreateKey,
        Self::ImportKey,
        Self::CreateSession,
        Self::AddFactor,
        Self::RenameFactor,
        Self::ReplaceFactor,
        Self::RevokeFactor,
        Self::RequireFactors,
        Self::RotateVaultKey,
        Self::Backup,
        Self::Merge,
        Self::Track,
        Self::Untrack,
        Self::Shred,
        Self::StartAudit,
        Self::StopAudit,
        Self::CutAudit,
        Self::SetVaultPolicy,
        Self::SetOrganisation,
    ];

    /// The operation of that name.
    ///
    /// # Errors
    /// [`Error::Argument`].
    pub fn parse(name: &str) -> Result<Self> {
        let mut all = Self::OF_KEYS.into_iter().chain(Self::OF_VAULT);
        let found = all.find(|operation| operation.as_str() == name);
        found.ok_or(Error::Argument("an operation on a key or on the vault"))
    }

    /// The operation on the vault itself of that name, if it is one that a policy decides about.
    pub(crate) fn of_vault(name: &str) -> Option<Self> {
        let mut all = Self::OF_VAULT.into_iter();
        all.find(|operation| operation.as_str() == name)
    }

    /// Whether it is one on the vault itself.
    #[must_use]
    pub fn is_of_vault(self) -> bool {
        Self::OF_VAULT.contains(&self)
    }

    /// Whether a view may be for it: whether it is one on a key, and gives no secret out.
    #[must_use]
    pub fn suits_view(self) -> bool {
        !self.is_of_vault() && self != Self::Export
    }

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Encrypt => "encrypt",
            Self::Decrypt => "decrypt",
            Self::EncryptValue => "encryptValue",
            Self::DecryptValue => "decryptValue",
            Self::Rewrap => "rewrap",
            Self::Sign => "sign",
            Self::Verify => "verify",
            Self::Export => "export",
            Self::Rotate => "rotate",
            Self::Activate => "activate",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Revoke => "revoke",
            Self::ScheduleDestroy => "scheduleDestroy",
            Self::CancelDestroy => "cancelDestroy",
            Self::Destroy => "destroy",
            Self::Update => "update",
            Self::SetPolicy => "setPolicy",
            Self::CreateKey => "createKey",
            Self::ImportKey => "importKey",
            Self::CreateSession => "createSession",
            Self::AddFactor => "addFactor",
            Self::RenameFactor => "renameFactor",
            Self::ReplaceFactor => "replaceFactor",
            Self::RevokeFactor => "revokeFactor",
            Self::RequireFactors => "requireFactors",
            Self::RotateVaultKey => "rotateVaultKey",
            Self::Backup => "backup",
            Self::Merge => "merge",
            Self::Track => "track",
            Self::Untrack => "untrack",
            Self::Shred => "shred",
            Self::StartAudit => "startAudit",
            Self::StopAudit => "stopAudit",
            Self::CutAudit => "cutAudit",
            Self::SetVaultPolicy => "setVaultPolicy",
            Self::SetOrganisation => "setOrganisation",
        }
    }

    /// Whether it uses a version's material. The others change the key, or the vault.
    #[must_use]
    pub const fn is_use(self) -> bool {
        matches!(
            self,
            Self::Encrypt
                | Self::Decrypt
                | Self::EncryptValue
                | Self::DecryptValue
                | Self::Rewrap
                | Self::Sign
                | Self::Verify
                | Self::Export
        )
    }

    /// Whether a policy can have others approve it first.
    #[must_use]
    pub const fn can_need_approval(self) -> bool {
        matches!(
            self,
            Self::Export
                | Self::Destroy
                | Self::ScheduleDestroy
                | Self::SetPolicy
                | Self::SetVaultPolicy
        )
    }

    /// Whether no organisation's policy refuses it: what a vault is saved by, and what a later policy comes by.
    #[must_use]
    pub const fn is_beyond_organisations(self) -> bool {
        matches!(self, Self::Backup | Self::SetOrganisation)
    }

    /// Whether it has an encryption context.
    #[must_use]
    pub const fn has_context(self) -> bool {
        matches!(
            self,
            Self::Encrypt | Self::Decrypt | Self::EncryptValue | Self::DecryptValue
        )
    }
}
