//! The vault statement: which vault key, and which factors, the vault's identity vouches for.
//!
//! Factors are public keys, so anybody who can write to the store could wrap a vault key of their
//! own to them. The statement is what such a writer cannot make: it is signed by the vault's
//! identity, whose thumbprint stands inside every factor's private JWK.

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        Entropy, Error, InputError, InputResult, Kid, Object, Result, Thumbprint, Timestamp,
        VaultId, base64,
    },
    hazmat::hash::sha256,
    jose::{self, Signed, SigningKey},
    store::{RecordId, RecordType, Row},
};

use super::{FactorKind, FactorPair, KitId, single};

/// The statement's JWS `typ`.
const TYP: &str = "sr-vault+jws";
/// What a malformed one is called.
const MALFORMED: InputError = InputError::Malformed("a vault statement");
const UNNAMED: Error = Error::Integrity("factors that the statement does not name");

/// One factor, as the statement lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FactorEntry {
    pub(crate) kid: Kid,
    pub(crate) kind: String,
    /// SHA-256 of the factor's record.
    pub(crate) record: String,
}

impl FactorEntry {
    /// Whether this release can open it. The others are kept as they are.
    pub(crate) fn is_known(&self) -> bool {
        FactorKind::parse(&self.kind).is_some()
    }
}

/// A recovery kit that opens the vault no more. Who still has it on paper is told so by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReplacedKit {
    pub(crate) kit: KitId,
    pub(crate) at: Timestamp,
}

/// The payload. Hashes are base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Statement {
    pub(crate) vault: VaultId,
    /// 1 for the first vault key, one more for each that follows.
    pub(crate) generation: u64,
    /// The signing identity's thumbprint.
    pub(crate) identity: Thumbprint,
    /// SHA-256 of the vault key's record.
    pub(crate) envelope: String,
    pub(crate) factors: Vec<FactorEntry>,
    /// How many factors together open the vault.
    pub(crate) requires: u64,
    /// Of a vault that takes two: the kinds that open it together, and those that open it alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) openers: Vec<Vec<String>>,
    /// Of such a vault: SHA-256 of the vault key's envelope, and of the one in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) envelopes: Vec<String>,
    /// The latest kits that were replaced or revoked, the last one last.
    #[serde(
        default,
        rename = "replacedKits",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(crate) replaced_kits: Vec<ReplacedKit>,
}

/// What a factor's private JWK remembers of the vault, where only its secret opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pin {
    pub(crate) vault: VaultId,
    pub(crate) identity: Thumbprint,
    pub(crate) generation: u64,
}

impl Pin {
    pub(crate) fn read(members: Object) -> InputResult<Self> {
        members.decode(InputError::Malformed("a factor's pin"))
    }

    pub(crate) fn to_json(&self) -> Object {
        Object::encode(self)
    }
}

impl Statement {
    fn parse(payload: &[u8]) -> InputResult<Self> {
        Object::parse(payload, MALFORMED)?.decode(MALFORMED)
    }

    pub(crate) fn sign(
        &self,
        vault: &VaultId,
        revision: u64,
        key: &SigningKey,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        let signed = jose::sign(TYP, Object::encode(self).text().as_bytes(), key, entropy)?;
        Ok(Row {
            record_id: RecordId::new(RecordType::Statement, vault.as_str()),
            revision,
            bytes: signed.into_bytes(),
        })
    }

    /// The statement in a row, if the identity that is pinned signed it, and nothing in it is older
    /// than the pin.
    pub(crate) fn verify(row: &Row, pin: &Pin) -> Result<Self> {
        let statement = Self::signed_by(row, &pin.identity)?;
        if statement.vault != pin.vault || statement.vault.as_str() != row.record_id.id {
            return Err(Error::Integrity("a statement of another vault"));
        }
        if statement.generation < pin.generation {
            return Err(Error::Integrity(
                "a statement older than this factor has seen",
            ));
        }
        Ok(statement)
    }

    /// The statement in a row that may follow this one: of the same vault and identity, and not older.
    pub(crate) fn succeeded_by(&self, row: &Row) -> Result<Self> {
        let pin = Pin {
            vault: self.vault.clone(),
            identity: self.identity.clone(),
            generation: self.generation,
        };
        Self::verify(row, &pin)
    }

    /// The statement and who says to have signed it, with nothing to hold that against: good
    /// enough to tell damage, not to trust.
    pub(crate) fn claimed(row: &Row) -> Result<(Self, Thumbprint)> {
        let signer = Signed::parse(text(row)?, TYP)?.signer();
        Ok((Self::signed_by(row, &signer)?, signer))
    }

    /// Whether a reload may open the vault: never one that takes more than one factor.
    pub(crate) fn survives_reload(&self) -> bool {
        self.requires == 1
    }

    fn signed_by(row: &Row, identity: &Thumbprint) -> Result<Self> {
        let forged = |_| Error::Integrity("a statement by another identity");
        let signed = Signed::parse(text(row)?, TYP)?;
        let payload = signed.verify(identity).map_err(forged)?;
        let statement = Self::parse(payload)?;
        if statement.identity != *identity {
            return Err(Error::Integrity("a statement by another identity"));
        }
        statement.check_openers()?;
        Ok(statement)
    }

    /// Whether it says of how many factors open the vault what this release knows, and of each why it is there: a vault that
    /// takes two has no factor that would be a further way in.
    fn check_openers(&self) -> Result<()> {
        const OTHERWISE: Error = Error::Unsupported("a vault that needs several factors at once");
        const UNEQUAL: Error =
            Error::Integrity("factors that do not open the vault as they should");
        if self.openers.is_empty() && self.envelopes.is_empty() {
            return (self.requires == 1).then_some(()).ok_or(OTHERWISE);
        }
        let pair = self.pair().ok_or(OTHERWISE)?;
        if self.requires != FactorPair::FACTORS {
            return Err(OTHERWISE);
        }
        let kinds = self
            .factors
            .iter()
            .map(|entry| FactorKind::parse(&entry.kind));
        let kinds = kinds.collect::<Option<Vec<_>>>().ok_or(OTHERWISE)?;
        let complete =
            pair.check_kinds(&kinds).is_ok() && self.openers == pair.openers(&self.factors);
        let sealed = matches!(&self.envelopes[..], [outer, _] if *outer == self.envelope);
        (complete && sealed).then_some(()).ok_or(UNEQUAL)
    }

    /// The kinds of which it takes both to open the vault, where it takes two.
    pub(crate) fn pair(&self) -> Option<FactorPair> {
        FactorPair::of(&self.openers)
    }

    /// Says that it takes a factor of both kinds, or any one.
    pub(crate) fn require(&mut self, pair: Option<FactorPair>) {
        self.requires = pair.map_or(1, |_| FactorPair::FACTORS);
        self.openers = pair.map_or(Vec::new(), |pair| pair.openers(&self.factors));
    }

    /// Lists kits that were replaced; the first ones go where they are too many.
    pub(crate) fn list_replaced(&mut self, kits: Vec<KitId>, at: Timestamp) {
        /// As many as a vault has factors at once.
        const MOST: usize = 32;
        let replaced = kits.into_iter().map(|kit| ReplacedKit { kit, at });
        self.replaced_kits.extend(replaced);
        let surplus = self.replaced_kits.len().saturating_sub(MOST);
        self.replaced_kits.drain(..surplus);
    }

    /// When a kit was replaced.
    pub(crate) fn replaced(&self, kit: &KitId) -> Option<Timestamp> {
        let mut kits = self.replaced_kits.iter();
        kits.find(|replaced| replaced.kit == *kit)
            .map(|replaced| replaced.at)
    }

    /// How a factor is listed.
    pub(crate) fn factor(&self, kid: &str) -> Option<&FactorEntry> {
        self.factors.iter().find(|entry| entry.kid.as_str() == kid)
    }

    /// Whether a factor of that kid is listed.
    pub(crate) fn names(&self, kid: &Kid) -> bool {
        self.factor(kid.as_str()).is_some()
    }

    /// Whether the vault key's record and every factor's are the ones that were signed.
    pub(crate) fn check_rows(&self, rows: &[Row]) -> Result<()> {
        if self.envelope != digest(single(rows, RecordType::VaultKey)?) {
            return Err(Error::Integrity(
                "a vault key that the statement does not name",
            ));
        }
        let mut factors = 0;
        for row in rows
            .iter()
            .filter(|row| row.record_id.kind == RecordType::Factor)
        {
            let named = |entry: &FactorEntry| {
                entry.kid.as_str() == row.record_id.id && entry.record == digest(row)
            };
            if !self.factors.iter().any(named) {
                return Err(UNNAMED);
            }
            factors += 1;
        }
        if factors != self.factors.len() {
            return Err(UNNAMED);
        }
        Ok(())
    }
}

/// SHA-256 of a row's bytes.
pub(crate) fn digest(row: &Row) -> String {
    digest_of(&row.bytes)
}

/// SHA-256 of some bytes, base64url.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    base64::encode(&sha256(&[bytes]))
}

fn text(row: &Row) -> Result<&str> {
    core::str::from_utf8(&row.bytes).map_err(|_| Error::Malformed("a statement"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let (vault, identity) = ("v".repeat(21) + "A", "i".repeat(42) + "A");
        let text = format!(
            r#"{{"vault":"{vault}","generation":1,"identity":"{identity}","envelope":"e","factors":[{{"kid":"k","kind":"passphrase","record":"r"}}],"requires":1}}"#
        );
        is_strict::<Statement>(&text, &[]);
        let kit = r#"{"kit":"AAAAAAAAAAAAAAAAAAAAAA","at":1}"#;
        is_strict::<ReplacedKit>(kit, &[]);
        let text = format!(r#"{{"vault":"{vault}","identity":"{identity}","generation":1}}"#);
        is_strict::<Pin>(&text, &[]);
    }
}
