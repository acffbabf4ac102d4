//! Names of things.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Entropy, InputError, InputResult, base64, dotted};

/// Random ids: 16 bytes as 22 characters of base64url, drawn where the thing is made, so that two
/// devices that are offline do not collide.
macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $place:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// A new random id.
            ///
            /// # Errors
            /// What the entropy source reports.
            pub fn generate(entropy: &dyn Entropy) -> InputResult<Self> {
                let mut bytes = [0; 16];
                entropy.fill(&mut bytes)?;
                Ok(Self(base64::encode(&bytes)))
            }

            /// The id's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InputError;

            fn from_str(text: &str) -> InputResult<Self> {
                text.to_owned().try_into()
            }
        }

        impl TryFrom<String> for $name {
            type Error = InputError;

            fn try_from(text: String) -> InputResult<Self> {
                base64::decode_array::<16>(&text, InputError::Malformed($place))?;
                Ok(Self(text))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

random_id!(
    /// A vault's id.
    VaultId,
    "vault id"
);
random_id!(
    /// A named key's id.
    KeyId,
    "key id"
);
random_id!(
    /// The id of one version of a key.
    VersionId,
    "version id"
);
random_id!(
    /// The id by which a vault remembers a backup.
    BackupId,
    "backup id"
);
random_id!(
    /// The id by which a key's record knows one of its policies.
    PolicyId,
    "policy id"
);
random_id!(
    /// The id of a request for an approval.
    ApprovalId,
    "approval request id"
);
random_id!(
    /// The id of one database that holds a vault: every restored copy has one of its own.
    DeviceId,
    "device id"
);

random_id!(
    /// The id of one audit log: the entries of one tree.
    LogId,
    "log id"
);

random_id!(
    /// 16 random bytes that make a text one that nobody guesses.
    Salt,
    "salt"
);

random_id!(
    /// An encryption context as one audit log has it: 16 bytes of an HMAC, which are the same for the same context in that log alone.
    LogContext,
    "context of an entry"
);

impl LogContext {
    /// Of the bytes themselves.
    #[must_use]
    pub fn of_bytes(bytes: [u8; 16]) -> Self {
        Self(base64::encode(&bytes))
    }
}

/// An RFC 7638 SHA-256 thumbprint of a JWK, as 43 characters of base64url.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Thumbprint(String);

/// An object's id: the thumbprint of its DEK.
pub type ObjectId = Thumbprint;

impl Thumbprint {
    /// From the hash itself.
    #[must_use]
    pub fn from_hash(hash: [u8; 32]) -> Self {
        Self(base64::encode(&hash))
    }

    /// The thumbprint's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Thumbprint {
    type Err = InputError;

    fn from_str(text: &str) -> InputResult<Self> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for Thumbprint {
    type Error = InputError;

    fn try_from(text: String) -> InputResult<Self> {
        base64::decode_array::<32>(&text, InputError::Malformed("thumbprint"))?;
        Ok(Self(text))
    }
}

impl AsRef<str> for Thumbprint {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A recipient's name (RFC 7516 §4.1.6): compared with what is configured, never followed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Kid(String);

impl Kid {
    /// The longest `kid` we read or write, in bytes: a cloud provider's resource name fits.
    pub const MAX_BYTES: usize = 2048;

    /// The text of a `kid`.
    ///
    /// # Errors
    /// [`InputError::Malformed`] when empty or longer than [`Self::MAX_BYTES`].
    pub fn new(text: impl Into<String>) -> InputResult<Self> {
        let text = text.into();
        if text.is_empty() || text.len() > Self::MAX_BYTES {
            return Err(InputError::Malformed("kid"));
        }
        Ok(Self(text))
    }

    /// `<key id>.<version id>`: the name of one version of one of our keys.
    #[must_use]
    pub fn of_version(key: &KeyId, version: &VersionId) -> Self {
        Self(dotted::join(&[key.as_str(), version.as_str()]))
    }

    /// The parts of [`Self::of_version`]; `None` for every other name.
    #[must_use]
    pub fn version(&self) -> Option<(KeyId, VersionId)> {
        let [key, version] = dotted::split(&self.0)?;
        Some((key.parse().ok()?, version.parse().ok()?))
    }

    /// The kid's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Kid {
    type Error = InputError;

    fn try_from(text: String) -> InputResult<Self> {
        Self::new(text)
    }
}

impl From<Thumbprint> for Kid {
    fn from(thumbprint: Thumbprint) -> Self {
        Self(thumbprint.0)
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SystemEntropy;

    #[test]
    fn a_version_kid_splits_into_what_made_it() {
        let key = KeyId::generate(&SystemEntropy).expect("entropy");
        let version = VersionId::generate(&SystemEntropy).expect("entropy");
        assert_eq!(
            Kid::of_version(&key, &version).version(),
            Some((key, version))
        );
    }

    #[test]
    fn other_kids_are_no_versions() {
        for other in ["kek-0.1", "a", "arn:aws:kms:eu-west-1:1:key/x"] {
            assert_eq!(Kid::new(other).expect("a kid").version(), None);
        }
    }
}
