//! Named keys: what is known of them, as an encrypted JSON record; their versions' material, each as
//! an Encrypted JWK of its own.

use crate::{
    jose::{Jwk, Kek},
    vocabulary::{Entropy, Error, KeyId, Kid, Object, Result, Secret, Timestamp, VersionId},
};

use super::{Alias, Kind, Slot};

/// What a key is used for. A key serves one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Wraps the DEKs of objects, and encrypts values.
    Encrypt,
}

/// Where a version is in its life (NIST SP 800-57 part 1 revision 5, §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionState {
    /// Protects and opens.
    Active,
}

impl Purpose {
    fn parse(text: &str) -> Result<Self> {
        if text == "encrypt" {
            Ok(Self::Encrypt)
        } else {
            Err(&Error::Unsupported("a purpose of a later version"))
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Encrypt => "encrypt",
        }
    }
}

impl VersionState {
    fn parse(text: &str) -> Result<Self> {
        if text == "active" {
            Ok(Self::Active)
        } else {
            Err(&Error::Unsupported("a state of a later version"))
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
        }
    }
}

/// One version of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRecord {
    /// The version's id, random.
    pub id: String,
    /// 1 for the first; only for people, since two devices may give the same one.
    pub number: u64,
    /// Where it is in its life.
    pub state: VersionState,
    /// When it was generated, in milliseconds since 1970.
    pub created: Timestamp,
}

/// A named key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// The key's id, random.
    pub id: String,
    /// Its name, unique in the vault.
    pub alias: String,
    /// What it is used for.
    pub purpose: Purpose,
    /// The id of the version in use.
    pub primary: String,
    /// All versions, oldest first.
    pub versions: Vec<VersionRecord>,
    /// When the key was made, in milliseconds since 1970.
    pub created: Timestamp,
}

/// What a malformed record is called.
const MALFORMED: &Error = &Error::Malformed("a key's record");

impl VersionRecord {
    fn parse(mut members: Object) -> Result<Self> {
        let version = Self {
            id: members.string("id", MALFORMED)?,
            number: members.number("number", MALFORMED)?,
            state: VersionState::parse(&members.string("state", MALFORMED)?)?,
            created: members.number("created", MALFORMED)?,
        };
        members.end(MALFORMED).map(|()| version)
    }

    fn to_json(&self) -> Object {
        let version = Object::new()
            .with("id", self.id.as_str())
            .with("number", self.number);
        version
            .with("state", self.state.as_str())
            .with("created", self.created)
    }
}

impl KeyRecord {
    pub(crate) fn parse(mut members: Object) -> Result<Self> {
        let key = Self {
            id: members.string("id", MALFORMED)?,
            alias: members.string("alias", MALFORMED)?,
            purpose: Purpose::parse(&members.string("purpose", MALFORMED)?)?,
            primary: members.string("primary", MALFORMED)?,
            versions: members.list("versions", MALFORMED, VersionRecord::parse)?,
            created: members.number("created", MALFORMED)?,
        };
        members.end(MALFORMED).map(|()| key)
    }

    /// What a vault's record holds, and what a page is told.
    #[must_use]
    pub fn to_json(&self) -> Object {
        Object::new()
            .with("id", self.id.as_str())
            .with("alias", self.alias.as_str())
            .with("purpose", self.purpose.as_str())
            .with("primary", self.primary.as_str())
            .with_list("versions", &self.versions, VersionRecord::to_json)
            .with("created", self.created)
    }

    /// A new key and its first version's material.
    pub(crate) fn generate(
        alias: &Alias,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(Self, Jwk)> {
        let (id, version) = (KeyId::generate(entropy)?, VersionId::generate(entropy)?);
        let kid = Kid::of_version(&id, &version);
        let jwk = Jwk::oct(Secret::generate(entropy)?)
            .with("kid", kid.as_str())
            .with("alg", "A256KW");
        let first = VersionRecord {
            id: version.as_str().to_owned(),
            number: 1,
            state: VersionState::Active,
            created: now,
        };
        let record = Self {
            id: id.as_str().to_owned(),
            alias: alias.as_str().to_owned(),
            purpose: Purpose::Encrypt,
            primary: first.id.clone(),
            versions: vec![first],
            created: now,
        };
        Ok((record, jwk))
    }

    /// The slot of the key's own record.
    pub(crate) fn slot(&self) -> Slot {
        Slot::new(Kind::Key, self.id.as_str())
    }

    /// The slot of a version's material.
    pub(crate) fn version_slot(&self, version: &str) -> Result<Slot> {
        let known = self.versions.iter().any(|record| record.id == version);
        let slot = || Slot {
            kind: Kind::Version,
            id: self.id.clone(),
            version: version.to_owned(),
        };
        known.then(slot).ok_or(&Error::NoVersion)
    }
}

/// A version's material as the KEK it is.
pub(crate) fn version_kek(slot: &Slot, jwk: &Jwk) -> Result<Kek> {
    let kek = Kek::from_jwk(jwk)?;
    let named = Kid::of_version(&slot.id.parse()?, &slot.version.parse()?);
    if *kek.kid() == named {
        Ok(kek)
    } else {
        Err(&Error::Integrity("a version in another one's place"))
    }
}
