//! Recipients: who may open an envelope. One file per algorithm; this one only tells them apart.
//!
//! A recipient's key decides which algorithm it accepts. An entry of an algorithm that is not here
//! keeps its place (its `kid` counts, and so does it as a recipient) and opens to nobody.
//!
//! ```compile_fail
//! use strongroom::jose::{Cek, Recipient};
//! // A recipient is public: it wraps and cannot open.
//! fn open(recipient: Recipient, entry: strongroom::jose::RecipientEntry) -> Cek {
//!     recipient.unwrap(&entry).unwrap()
//! }
//! ```

pub(crate) mod a256kw;
mod ecdh_es;
mod public;
mod rsa_oaep;
mod shared;

pub use a256kw::Kek;
pub(crate) use a256kw::ReadyCek;
pub use ecdh_es::{AgreementKey, AgreementPublicKey};
pub use public::PublicRecipient;
pub(crate) use public::Wrapping;
pub use rsa_oaep::RsaPublicKey;
pub use shared::SharedKek;

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, InputError, Json, Kid, Object, Secret, base64},
    jose::{Error, Result},
};

use super::{
    Cek, Jwk,
    jwe::header::{PROTECTED_NAMES, REFUSED_NAMES},
    jwk::Material,
};

/// Who may open: the public side.
#[derive(Debug, Clone)]
pub enum Recipient {
    /// Whoever holds this symmetric key.
    Kek(Kek),
    /// Whoever holds a symmetric key, one of several who may open.
    Shared(SharedKek),
    /// Whoever holds the private half.
    Agreement(AgreementPublicKey),
}

impl Recipient {
    /// The recipient that a key stands for; of a pair, its public half.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the key says that it is meant for another use.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self> {
        match jwk.material() {
            Material::Oct(_) => Kek::from_jwk(jwk).map(Self::Kek),
            Material::Private(_) | Material::Public(_) => {
                AgreementPublicKey::from_jwk(jwk).map(Self::Agreement)
            }
        }
    }

    /// As [`from_jwk`](Self::from_jwk), of one of several who may open: the others, who learn the CEK, are to have no entry of it
    /// that a symmetric key's holder would take for what stands alone.
    ///
    /// # Errors
    /// Those.
    pub fn beside_others(jwk: &Jwk) -> Result<Self> {
        match jwk.material() {
            Material::Oct(_) => SharedKek::from_jwk(jwk).map(Self::Shared),
            Material::Private(_) | Material::Public(_) => Self::from_jwk(jwk),
        }
    }

    /// Who sees that what was wrapped opens again; nobody where it is wrapped to a public key.
    pub(crate) fn identity(&self) -> Option<Identity> {
        match self {
            Self::Kek(kek) => Some(Identity::Kek(kek.clone())),
            Self::Shared(kek) => Some(Identity::Shared(kek.clone())),
            Self::Agreement(_) => None,
        }
    }

    /// Wraps a CEK.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn wrap(&self, cek: &Cek, entropy: &dyn Entropy) -> Result<RecipientEntry> {
        match self {
            Self::Kek(kek) => Ok(kek.wrap(cek)),
            Self::Shared(kek) => Ok(kek.wrap(cek)),
            Self::Agreement(key) => key.wrap(cek, entropy),
        }
    }
}

impl From<Kek> for Recipient {
    fn from(kek: Kek) -> Self {
        Self::Kek(kek)
    }
}

impl From<AgreementPublicKey> for Recipient {
    fn from(key: AgreementPublicKey) -> Self {
        Self::Agreement(key)
    }
}

/// Who opens: the private side.
#[derive(Debug, Clone)]
pub enum Identity {
    /// A symmetric key.
    Kek(Kek),
    /// What a symmetric key has for headers that are for others too: asked of those alone.
    Shared(SharedKek),
    /// A P-256 key pair.
    Agreement(AgreementKey),
}

impl Identity {
    /// All that a key is an identity of: a symmetric one also of what a vault wrote for others beside it.
    ///
    /// # Errors
    /// As [`from_jwk`](Self::from_jwk).
    pub fn all_from_jwk(jwk: &Jwk) -> Result<Vec<Self>> {
        let mut all = vec![Self::from_jwk(jwk)?];
        if let Self::Kek(_) = all[0] {
            all.push(Self::Shared(SharedKek::from_jwk(jwk)?));
        }
        Ok(all)
    }

    /// The identity that a key is.
    ///
    /// # Errors
    /// [`Error::Argument`] for a public key; [`Error::Unsupported`] when the key says that it is
    /// meant for another use.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self> {
        match jwk.material() {
            Material::Oct(_) => Kek::from_jwk(jwk).map(Self::Kek),
            Material::Private(_) => AgreementKey::from_jwk(jwk).map(Self::Agreement),
            Material::Public(_) => Err(Error::Argument(
                "a public key opens nothing; give the private key",
            )),
        }
    }

    /// The name its entries carry.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        match self {
            Self::Kek(kek) => kek.kid(),
            Self::Shared(kek) => kek.kid(),
            Self::Agreement(key) => key.kid(),
        }
    }

    /// The CEK in an entry.
    ///
    /// # Errors
    /// [`Error::Decrypt`] when the entry is of another algorithm or for another key.
    pub fn unwrap(&self, entry: &RecipientEntry) -> Result<Cek> {
        match self {
            Self::Kek(kek) => kek.unwrap(entry),
            Self::Shared(kek) => kek.unwrap(entry),
            Self::Agreement(key) => key.unwrap(entry),
        }
    }
}

impl From<Kek> for Identity {
    fn from(kek: Kek) -> Self {
        Self::Kek(kek)
    }
}

impl From<AgreementKey> for Identity {
    fn from(pair: AgreementKey) -> Self {
        Self::Agreement(pair)
    }
}

/// What is asked of a private half that is held elsewhere: by a key management service, or a hardware module. The answer is 32 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The key in this, decrypted with `RSA-OAEP-256`.
    RsaOaep {
        /// As many bytes as the modulus has.
        encrypted: Vec<u8>,
    },
    /// The shared secret with this public key on P-256: the x-coordinate of what ECDH gives (RFC 7518 §4.6).
    EcdhEs {
        /// The public JWK: `crv`, `kty`, `x` and `y`.
        epk: Object,
    },
}

impl Question {
    /// The `alg` of the entry.
    #[must_use]
    pub const fn alg(&self) -> &'static str {
        match self {
            Self::RsaOaep { .. } => rsa_oaep::ALG,
            Self::EcdhEs { .. } => ecdh_es::ALG,
        }
    }
}

/// One recipient's part of an envelope: its own header and encrypted key.
#[derive(Debug, Clone)]
pub struct RecipientEntry {
    kid: Kid,
    wrapped: Wrapped,
}

/// An entry's members. What may stand in its header depends on the algorithm.
#[derive(Serialize, Deserialize)]
pub(crate) struct EntryMembers {
    pub(crate) header: Object,
    pub(crate) encrypted_key: Option<String>,
}

/// The encrypted key, by algorithm.
#[derive(Debug, Clone)]
enum Wrapped {
    A256Kw(a256kw::Wrapped),
    EcdhEs(ecdh_es::Wrapped),
    RsaOaep(rsa_oaep::Wrapped),
    /// Of an algorithm outside the allow-list.
    Skipped,
}

impl RecipientEntry {
    /// Whom it is for.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// Whether it has that, wrapped by `A256KW`.
    pub(crate) fn holds(&self, wrapped: &a256kw::Wrapped) -> bool {
        matches!(&self.wrapped, Wrapped::A256Kw(held) if held == wrapped)
    }

    /// What whoever holds the private half elsewhere is asked; nothing of an entry that takes no private half, or of another
    /// algorithm.
    #[must_use]
    pub fn question(&self) -> Option<Question> {
        match &self.wrapped {
            Wrapped::RsaOaep(encrypted) => Some(Question::RsaOaep {
                encrypted: encrypted.clone(),
            }),
            Wrapped::EcdhEs(wrapped) => Some(Question::EcdhEs {
                epk: wrapped.epk_members(),
            }),
            Wrapped::A256Kw(_) | Wrapped::Skipped => None,
        }
    }

    /// The CEK, from the answer to its [`question`](Self::question).
    ///
    /// # Errors
    /// [`Error::Decrypt`] where that does not open it. A wrong answer to a question of RSA is found where the CEK is used.
    pub fn answered(&self, answer: Secret<32>) -> Result<Cek> {
        match &self.wrapped {
            Wrapped::RsaOaep(_) => Ok(Cek::new(answer)),
            Wrapped::EcdhEs(wrapped) => wrapped.unwrap(&answer),
            Wrapped::A256Kw(_) | Wrapped::Skipped => Err(Error::Decrypt),
        }
    }

    /// From its members. The header holds `alg`, `kid` and what the algorithm needs, nothing else.
    pub(crate) fn read(members: EntryMembers) -> Result<Self> {
        let header = members.header;
        // Also of the entries that are skipped.
        let mut elsewhere = PROTECTED_NAMES.iter().chain(&REFUSED_NAMES);
        if elsewhere.any(|name| header.get(name).is_some()) {
            return Err(MALFORMED.into());
        }
        let text = |name| header.get(name).and_then(Json::as_str);
        let (alg, kid) = (text("alg").ok_or(MALFORMED)?, text("kid").ok_or(MALFORMED)?);
        let kid = Kid::new(kid)?;
        let key = members.encrypted_key.as_deref().ok_or(BAD_KEY);
        let wrapped = match alg {
            a256kw::ALG => Wrapped::A256Kw(a256kw::read(header, key?)?),
            ecdh_es::ALG => Wrapped::EcdhEs(ecdh_es::Wrapped::read(header, key?)?),
            rsa_oaep::ALG => Wrapped::RsaOaep(rsa_oaep::read(header, key?)?),
            _ => Wrapped::Skipped,
        };
        Ok(Self { kid, wrapped })
    }

    /// Its members; `None` of a skipped one, of which nothing but its name was kept.
    pub(crate) fn members(&self) -> Option<EntryMembers> {
        let (header, key) = match &self.wrapped {
            Wrapped::A256Kw(key) => (a256kw::header(&self.kid), &key[..]),
            Wrapped::EcdhEs(wrapped) => (wrapped.header(&self.kid), &wrapped.key[..]),
            Wrapped::RsaOaep(key) => (rsa_oaep::header(&self.kid), &key[..]),
            Wrapped::Skipped => return None,
        };
        Some(EntryMembers {
            header,
            encrypted_key: Some(base64::encode(key)),
        })
    }
}

const MALFORMED: InputError = InputError::Malformed("JWE recipient header");
const BAD_KEY: InputError = InputError::Malformed("JWE encrypted key");
