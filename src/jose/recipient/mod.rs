//! Recipients: who may open an envelope. One file per algorithm; this one only tells them apart.
//!
//! A recipient's key decides which algorithm it accepts. An entry of an algorithm that is not here
//! keeps its place (its `kid` counts, and so does it as a recipient) and opens to nobody.
//!
//! ```compile_fail
//! use strongroom::jose::{Cek, Recipient};
//! // A recipient is public: it wraps and cannot open.
//! fn open(recipient: Recipient, entry: strongroom::jose::Entry) -> Cek {
//!     recipient.unwrap(&entry).unwrap()
//! }
//! ```

mod a256kw;
mod ecdh_es;

pub use a256kw::Kek;
pub use ecdh_es::{AgreementKey, AgreementPublicKey};

use crate::vocabulary::{Entropy, Error, Kid, Object, Result, base64};

use super::{
    Cek, Jwk,
    header::{PROTECTED_NAMES, REFUSED_NAMES},
    jwk::Material,
};

/// Who may open: the public side.
#[derive(Debug, Clone)]
pub enum Recipient {
    /// Whoever holds this symmetric key.
    Kek(Kek),
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

    /// Wraps a CEK.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn wrap(&self, cek: &Cek, entropy: &dyn Entropy) -> Result<Entry> {
        match self {
            Self::Kek(kek) => Ok(kek.wrap(cek)),
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
    /// A P-256 key pair.
    Agreement(AgreementKey),
}

impl Identity {
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
            Self::Agreement(key) => key.kid(),
        }
    }

    /// The CEK in an entry.
    ///
    /// # Errors
    /// [`Error::Decrypt`] when the entry is of another algorithm or for another key.
    pub fn unwrap(&self, entry: &Entry) -> Result<Cek> {
        match self {
            Self::Kek(kek) => kek.unwrap(entry),
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

/// One recipient's part of an envelope: its own header and encrypted key.
#[derive(Debug, Clone)]
pub struct Entry {
    kid: Kid,
    wrapped: Wrapped,
}

/// The encrypted key, by algorithm.
#[derive(Debug, Clone)]
enum Wrapped {
    A256Kw(a256kw::Wrapped),
    EcdhEs(ecdh_es::Wrapped),
    /// Of an algorithm outside the allow-list.
    Skipped,
}

impl Entry {
    /// Whom it is for.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// From the members `header` and `encrypted_key`. The header holds `alg`, `kid` and what the
    /// algorithm needs, nothing else.
    pub(crate) fn take(members: &mut Object) -> Result<Self> {
        const MALFORMED: Error = Error::Malformed("JWE recipient header");
        let mut header = members.object("header", MALFORMED)?;
        // Also of the entries that are skipped.
        let mut elsewhere = PROTECTED_NAMES.iter().chain(&REFUSED_NAMES);
        if elsewhere.any(|name| header.get(name).is_some()) {
            return Err(MALFORMED);
        }
        let alg = header.string("alg", MALFORMED)?;
        let kid = Kid::new(header.string("kid", MALFORMED)?)?;
        let encrypted_key =
            members.optional_string("encrypted_key", Error::Malformed("JWE encrypted key"))?;
        let key = || {
            encrypted_key
                .as_deref()
                .ok_or(Error::Malformed("JWE encrypted key"))
        };
        let wrapped = match alg.as_str() {
            a256kw::ALG => Wrapped::A256Kw(a256kw::decode(key()?)?),
            ecdh_es::ALG => Wrapped::EcdhEs(ecdh_es::decode(&mut header, key()?)?),
            _ => {
                return Ok(Self {
                    kid,
                    wrapped: Wrapped::Skipped,
                });
            }
        };
        header.end(MALFORMED)?;
        Ok(Self { kid, wrapped })
    }

    /// Its members; `None` of a skipped one, of which nothing but its name was kept.
    pub(crate) fn to_json(&self) -> Option<Object> {
        let (alg, key, epk) = match &self.wrapped {
            Wrapped::A256Kw(key) => (a256kw::ALG, key, None),
            Wrapped::EcdhEs(wrapped) => (ecdh_es::ALG, &wrapped.key, Some(wrapped.epk())),
            Wrapped::Skipped => return None,
        };
        let header = Object::new()
            .with("alg", alg)
            .with("kid", self.kid.as_str());
        let header = epk
            .into_iter()
            .fold(header, |header, epk| header.with("epk", epk));
        let entry = Object::new().with("header", header);
        Some(entry.with("encrypted_key", base64::encode(key)))
    }
}
