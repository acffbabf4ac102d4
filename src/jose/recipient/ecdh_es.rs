//! `ECDH-ES+A256KW` on P-256: ephemeral-static agreement, Concat KDF, AES key wrap
//! (RFC 7518 §4.6).

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, InputError, InputResult, Kid, Object, Secret, Thumbprint, base64},
    hazmat::{
        aes_kw::{AesKw, WRAPPED},
        hash::sha256_secret,
        p256::{Point, Scalar},
    },
    jose::{
        Cek, Jwk,
        jwk::{Material, Use},
    },
    jose::{Error, Result},
};

use super::RecipientEntry;

pub(super) const ALG: &str = "ECDH-ES+A256KW";

/// The encrypted key and the sender's ephemeral public key.
#[derive(Debug, Clone)]
pub(super) struct Wrapped {
    epk: Point,
    pub(super) key: [u8; WRAPPED],
}

impl Wrapped {
    pub(super) fn header(&self, kid: &Kid) -> Object {
        Object::encode(&Header {
            alg: ALG.to_owned(),
            kid: kid.clone(),
            epk: self.epk_members(),
        })
    }

    pub(super) fn epk_members(&self) -> Object {
        Jwk::new(Material::Public(self.epk.clone())).public_members()
    }

    /// RFC 7518 §4.6 on the receiving side, from the shared secret on.
    pub(super) fn unwrap(&self, shared: &Secret<32>) -> Result<Cek> {
        let kek = derive_kek(shared)?;
        Ok(Cek::new(AesKw::new(&kek).unwrap(&self.key)?))
    }

    /// Reads an entry of this algorithm.
    pub(super) fn read(header: Object, encrypted_key: &str) -> Result<Self> {
        let header: Header = header.decode(super::MALFORMED)?;
        Ok(Self {
            epk: Jwk::bare_public(header.epk, InputError::Malformed("JWE epk"))?,
            key: base64::decode_array(encrypted_key, super::BAD_KEY)?,
        })
    }
}

/// A key pair for agreement. Signing is done with pairs of another type.
#[derive(Clone)]
pub struct AgreementKey {
    kid: Kid,
    scalar: Scalar,
    /// Whether its JWK says which algorithm it is for: those that are generated here do not.
    has_alg: bool,
}

impl AgreementKey {
    /// A fresh pair, named by its thumbprint.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self> {
        let scalar = Scalar::generate(entropy)?;
        let kid = Jwk::new(Material::Public(scalar.public())).kid();
        Ok(Self {
            kid,
            scalar,
            has_alg: false,
        })
    }

    /// The pair that a JWK is.
    ///
    /// # Errors
    /// [`Error::Argument`] when it is no private key, [`Error::Unsupported`] when it says that it is
    /// meant for another use.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self> {
        jwk.check_use(Use::Agree)?;
        match jwk.material() {
            Material::Private(scalar) => Ok(Self {
                kid: jwk.kid(),
                scalar: scalar.clone(),
                has_alg: jwk.member("alg").is_some(),
            }),
            Material::Oct(_) | Material::Public(_) => {
                Err(Error::Argument("a private P-256 key is needed"))
            }
        }
    }

    /// The pair as a JWK, private half included.
    #[must_use]
    pub fn to_jwk(&self) -> Jwk {
        let mut jwk = Jwk::new(Material::Private(self.scalar.clone())).with("use", "enc");
        if self.has_alg {
            jwk = jwk.with("alg", ALG);
        }
        if jwk.kid() == self.kid {
            jwk
        } else {
            jwk.with("kid", self.kid.as_str())
        }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> AgreementPublicKey {
        AgreementPublicKey {
            kid: self.kid.clone(),
            point: self.scalar.public(),
        }
    }

    /// The name its entries carry.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// RFC 7518 §4.6 on the receiving side.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn unwrap(&self, entry: &RecipientEntry) -> Result<Cek> {
        match &entry.wrapped {
            super::Wrapped::EcdhEs(wrapped) => wrapped.unwrap(&self.scalar.agree(&wrapped.epk)?),
            _ => Err(Error::Decrypt),
        }
    }
}

impl fmt::Debug for AgreementKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AgreementKey({}, redacted)", self.kid)
    }
}

/// The public half of an [`AgreementKey`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementPublicKey {
    kid: Kid,
    point: Point,
}

impl AgreementPublicKey {
    /// The public half of the pair that a JWK is.
    ///
    /// # Errors
    /// [`Error::Argument`] for a symmetric key, [`Error::Unsupported`] when it says that it is meant
    /// for another use.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self> {
        jwk.check_use(Use::Agree)?;
        let point = match jwk.material() {
            Material::Private(scalar) => scalar.public(),
            Material::Public(point) => point.clone(),
            Material::Oct(_) => return Err(Error::Argument("a P-256 key is needed")),
        };
        Ok(Self {
            kid: jwk.kid(),
            point,
        })
    }

    /// The thumbprint of the key.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Jwk::new(Material::Public(self.point.clone())).thumbprint()
    }

    /// The members that a thumbprint has, in its order.
    #[must_use]
    pub fn members(&self) -> Object {
        Jwk::new(Material::Public(self.point.clone())).public_members()
    }

    /// The name its entries carry.
    #[must_use]
    pub const fn kid(&self) -> &Kid {
        &self.kid
    }

    /// RFC 7518 §4.6 on the sending side, with an ephemeral pair that is used once and dropped.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn wrap(&self, cek: &Cek, entropy: &dyn Entropy) -> Result<RecipientEntry> {
        let ephemeral = Scalar::generate(entropy)?;
        let kek = derive_kek(&ephemeral.agree(&self.point)?)?;
        let wrapped = Wrapped {
            epk: ephemeral.public(),
            key: AesKw::new(&kek).wrap(cek.secret()),
        };
        Ok(RecipientEntry {
            kid: self.kid.clone(),
            wrapped: super::Wrapped::EcdhEs(wrapped),
        })
    }
}

/// A recipient's own header.
#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    kid: Kid,
    epk: Object,
}

/// The Concat KDF of NIST SP 800-56A as RFC 7518 §4.6.2 fills it, for one round of SHA-256:
/// counter ‖ Z ‖ AlgorithmID ‖ PartyUInfo ‖ PartyVInfo ‖ SuppPubInfo, where the two parties are empty
/// (`apu` and `apv` are refused) and SuppPubInfo is the KEK's 256 bits.
fn derive_kek(shared: &Secret<32>) -> InputResult<Secret<32>> {
    let alg_length = u32::try_from(ALG.len())
        .expect("a short name")
        .to_be_bytes();
    let (one, empty, bits) = (
        1_u32.to_be_bytes(),
        0_u32.to_be_bytes(),
        256_u32.to_be_bytes(),
    );
    // EXPOSE: the shared secret is hashed into the KEK.
    sha256_secret(&[
        &one,
        shared.expose(),
        &alg_length,
        ALG.as_bytes(),
        &empty,
        &empty,
        &bits,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let text = r#"{"alg":"ECDH-ES+A256KW","kid":"k","epk":{"kty":"EC"}}"#;
        is_strict::<Header>(text, &["epk"]);
    }

    /// RFC 7518 appendix C derives 128 bits for A128GCM; the same shared secret under our own fixed
    /// parameters is what two independent implementations gave (jwcrypto writes the vectors in
    /// `tests/vectors/jwe`, which `tests/jose_vectors.rs` opens). Here: any other Z, another KEK.
    #[test]
    fn another_shared_secret_derives_another_kek() {
        let kek = |byte| {
            derive_kek(&Secret::from_slice(&[byte; 32]).expect("32 bytes")).expect("derived")
        };
        assert_eq!(kek(1), kek(1));
        assert_ne!(kek(1), kek(2));
    }
}
