//! Escrow: a factor that an organisation has. A vault gets it by the organisation's public key alone; the private half opens it.

use core::fmt;

use crate::{
    base::{Entropy, Error, Local, Result, Secret},
    jose::{AgreementKey, AgreementPublicKey, Jwk},
    records::{Enrolment, EscrowedKek, FactorKind, KdfCost, Way},
};

use super::{Answered, FactorPort, Present};

/// An organisation's key: its public half is enrolled, its private half opens.
pub struct Escrow {
    public: AgreementPublicKey,
    private: Option<AgreementKey>,
}

impl Escrow {
    /// By a public or private JWK of a P-256 pair for ECDH-ES. It is known by its thumbprint, whatever `kid` it has.
    ///
    /// # Errors
    /// [`Error::Argument`] for a key of another kind; [`Error::Unsupported`] for one that says that it is for another use.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self> {
        // What it says of its use is held against this one; its name is not taken over.
        AgreementPublicKey::from_jwk(jwk)?;
        let bare = jwk.bare();
        let private = jwk.is_private().then(|| AgreementKey::from_jwk(&bare));
        Ok(Self {
            public: AgreementPublicKey::from_jwk(&bare)?,
            private: private.transpose()?,
        })
    }
}

impl Present for Escrow {
    fn kind(&self) -> FactorKind {
        FactorKind::Escrow
    }

    fn way(&self) -> Way {
        Way {
            kind: FactorKind::Escrow,
            escrow: Some(self.public.thumbprint()),
        }
    }

    fn answer<'a>(
        &'a self,
        _: &'a dyn FactorPort,
        enrolments: &'a [Enrolment],
        attempt: usize,
    ) -> Local<'a, Result<Option<Answered>>> {
        Box::pin(async move {
            let key = self.private.as_ref().ok_or(Error::Argument(
                "factor (a public key opens nothing; the organisation gives escrowKey() of its private half)",
            ))?;
            // One each time: somebody may have put a record beside it that says the same.
            let mut own = enrolments
                .iter()
                .enumerate()
                .filter_map(|(which, enrolment)| match enrolment {
                    Enrolment::Escrow(kek) if kek.recipient().as_ref() == key.kid().as_str() => {
                        Some((which, kek))
                    }
                    _ => None,
                });
            let Some((which, kek)) = own.nth(attempt) else {
                return Ok(None);
            };
            let kek = kek.open(key)?;
            Ok(Some(Answered { which, kek }))
        })
    }

    fn enrol<'a>(
        &'a self,
        _: &'a dyn FactorPort,
        _: &'a [Enrolment],
        _: Option<&'a KdfCost>,
        entropy: &'a dyn Entropy,
    ) -> Local<'a, Result<(Enrolment, Secret<32>)>> {
        Box::pin(async move {
            let (escrowed, kek) = EscrowedKek::generate(&self.public, entropy)?;
            Ok((Enrolment::Escrow(escrowed), kek))
        })
    }
}

impl fmt::Debug for Escrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Escrow({}, redacted)", self.public.kid())
    }
}
