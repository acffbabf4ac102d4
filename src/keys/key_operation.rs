//! Operations on a key, by the names that its policy has for them.

use serde::{Deserialize, Serialize};

use crate::base::{Error, Result};

/// An operation on a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "an operation of a later version", rename_all = "camelCase")]
pub enum KeyOperation {
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
}

impl KeyOperation {
    /// All of them: the uses, then what changes the key.
    pub const ALL: [Self; 18] = [
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

    /// The operation of that name.
    ///
    /// # Errors
    /// [`Error::Argument`].
    pub fn parse(name: &str) -> Result<Self> {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|operation| operation.as_str() == name);
        found.ok_or(Error::Argument("an operation on a key"))
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
        }
    }

    /// Whether it uses a version's material. The others change the key.
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

    /// Whether it has an encryption context.
    #[must_use]
    pub const fn has_context(self) -> bool {
        matches!(
            self,
            Self::Encrypt | Self::Decrypt | Self::EncryptValue | Self::DecryptValue
        )
    }
}
