//! Successions: which signing identity of a vault took the place of which.
//!
//! Each is signed by the identity that goes, so that a factor that pins it can tell an identity that was superseded from a
//! forged one. That proves nothing where somebody else has the old identity, who can name another successor:
//! it only says what a person is to be asked.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, InputError, InputResult, Object, Result, Thumbprint, VaultId},
    jose::{self, Signed, SigningKey},
    store::{RecordId, RecordType, Row},
};

/// The JWS `typ`.
const TYP: &str = "sr-identity+jws";
const MALFORMED: InputError = InputError::Malformed("a succession");
/// The first revision of a record.
const NEW: u64 = 1;

/// The payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Succession {
    pub(crate) vault: VaultId,
    /// The thumbprint of the identity that goes, which signs.
    pub(crate) from: Thumbprint,
    /// The thumbprint of the one that comes.
    pub(crate) to: Thumbprint,
    /// The generation of the vault key that came with it.
    pub(crate) generation: u64,
}

impl Succession {
    /// The most that a vault keeps: a factor that pins an earlier identity is not told what became of it.
    pub(crate) const MOST: usize = 32;

    pub(crate) fn sign(&self, old: &SigningKey, entropy: &dyn Entropy) -> Result<Row> {
        let signed = jose::sign(TYP, Object::encode(self).text().as_bytes(), old, entropy)?;
        Ok(Row {
            record_id: RecordId::new(RecordType::Succession, self.from.as_str()),
            revision: NEW,
            bytes: signed.into_bytes(),
        })
    }

    /// The one in a row, if the identity that it is found by signed it.
    pub(crate) fn read(row: &Row) -> Result<Self> {
        let text = core::str::from_utf8(&row.bytes).map_err(|_| MALFORMED)?;
        let signed = Signed::parse(text, TYP)?;
        let signer = signed.signer();
        let succession = Self::parse(signed.verify(&signer)?)?;
        if succession.from == signer && signer.as_str() == row.record_id.id {
            Ok(succession)
        } else {
            Err(MALFORMED.into())
        }
    }

    fn parse(payload: &[u8]) -> InputResult<Self> {
        Object::parse(payload, MALFORMED)?.decode(MALFORMED)
    }

    /// Whether identities of a vault, each signed by the one before, lead from one that was known at a generation to another.
    pub(crate) fn leads(
        rows: &[Row],
        vault: &VaultId,
        known: (&Thumbprint, u64),
        to: &Thumbprint,
    ) -> bool {
        let (mut at, mut generation) = (known.0.clone(), known.1);
        for _ in 0..Self::MOST {
            let record_id = RecordId::new(RecordType::Succession, at.as_str());
            let row = rows.iter().find(|row| row.record_id == record_id);
            let Some(Ok(next)) = row.map(Self::read) else {
                return false;
            };
            if next.vault != *vault || next.generation <= generation {
                return false;
            }
            if next.to == *to {
                return true;
            }
            (at, generation) = (next.to, next.generation);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{SystemEntropy, json::strict::is_strict};

    #[test]
    fn what_serde_would_accept_is_refused() {
        let (vault, identity) = ("v".repeat(21) + "A", "i".repeat(42) + "A");
        let text = format!(
            r#"{{"vault":"{vault}","from":"{identity}","to":"{identity}","generation":2}}"#
        );
        is_strict::<Succession>(&text, &[]);
    }

    #[test]
    fn identities_lead_on_as_far_as_each_signed_for_the_next() {
        let vault = VaultId::generate(&SystemEntropy).expect("entropy");
        let another = VaultId::generate(&SystemEntropy).expect("entropy");
        let keys: Vec<_> = (0..40)
            .map(|_| SigningKey::generate(&SystemEntropy).expect("a key"))
            .collect();
        let link = |of: &VaultId, from: usize, to: usize, by: usize, generation| {
            let succession = Succession {
                vault: of.clone(),
                from: keys[from].thumbprint(),
                to: keys[to].thumbprint(),
                generation,
            };
            succession.sign(&keys[by], &SystemEntropy).expect("a row")
        };
        let leads = |rows: &[Row], from: usize, to: usize| {
            let known = keys[from].thumbprint();
            Succession::leads(rows, &vault, (&known, 1), &keys[to].thumbprint())
        };
        let mut rows: Vec<_> = (0..39)
            .map(|at| link(&vault, at, at + 1, at, at as u64 + 2))
            .collect();
        assert!(leads(&rows, 0, 1) && leads(&rows, 0, 32) && leads(&rows, 5, 9));
        assert!(!leads(&rows, 0, 33), "no further than what is kept");
        assert!(!leads(&rows, 9, 5) && !leads(&rows, 3, 3));
        for forged in [
            link(&vault, 1, 2, 0, 3),
            link(&vault, 1, 2, 39, 3),
            link(&another, 1, 2, 1, 3),
            link(&vault, 1, 2, 1, 2),
        ] {
            rows[1] = forged;
            assert!(!leads(&rows, 0, 2));
        }
        // What stands where another one's should.
        rows[1] = link(&vault, 1, 2, 1, 3);
        assert!(leads(&rows, 0, 2));
        rows[1].record_id.id = keys[39].thumbprint().as_str().to_owned();
        assert!(!leads(&rows, 0, 2));
        // In a circle.
        rows[1] = link(&vault, 1, 0, 1, 3);
        assert!(!leads(&rows, 0, 5));
    }
}
