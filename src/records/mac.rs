//! Keyed hashes of rows, and of where they stand.

use crate::{
    base::{Error, Result, Secret},
    hazmat::hash::{hkdf_sha256, hmac_sha256},
    jose::Jwk,
    store::{RecordId, Row},
};

/// A keyed hash of a row or of its address.
pub(crate) type Mac = [u8; 32];

/// The vault's MAC key: an HMAC key of its own.
pub(crate) struct MacKey(Secret<32>);

impl MacKey {
    pub(crate) fn from_jwk(jwk: &Jwk) -> Result<Self> {
        jwk.mac_secret()
            .map(Self)
            .ok_or(Error::Malformed("the digest's key"))
    }

    /// A new one, as its JWK.
    pub(crate) fn jwk(secret: Secret<32>) -> Jwk {
        Jwk::oct(secret).with("alg", "HS256")
    }

    /// A secret for something else, of the same vault: HKDF, whose keys tell nothing of this one, nor of each other.
    pub(crate) fn derive(&self, info: &[u8]) -> Result<Secret<32>> {
        Ok(hkdf_sha256(&self.0, b"", info)?)
    }

    /// Of a row: its address, its revision, its bytes.
    pub(crate) fn of_row(&self, row: &Row) -> Mac {
        let [kind, id, version] = row.record_id.parts();
        let revision = row.revision.to_be_bytes();
        self.of_parts(&[
            kind.as_bytes(),
            id.as_bytes(),
            version.as_bytes(),
            &revision,
            &row.bytes,
        ])
    }

    /// Of an address. No row's MAC is over so few parts.
    pub(crate) fn of_address(&self, record_id: &RecordId) -> Mac {
        self.of_parts(&record_id.parts().map(str::as_bytes))
    }

    /// Of an id, whatever type of record it is of.
    pub(crate) fn of_id(&self, id: &str) -> Mac {
        self.of_parts(&[id.as_bytes()])
    }

    /// Every part is preceded by its length, so that no two lists of parts read the same.
    fn of_parts(&self, parts: &[&[u8]]) -> Mac {
        let mut framed = Vec::new();
        for part in parts {
            framed.extend_from_slice(&(part.len() as u64).to_be_bytes());
            framed.extend_from_slice(part);
        }
        hmac_sha256(&self.0, &framed)
    }
}

#[cfg(test)]
impl MacKey {
    /// One for tests of what it is used for.
    pub(crate) fn fixed() -> Self {
        Self(Secret::from_slice(&[7; 32]).expect("32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::RecordType;

    fn row(id: &str, revision: u64, bytes: &[u8]) -> Row {
        Row {
            record_id: RecordId::new(RecordType::Key, id),
            revision,
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn every_part_of_a_row_counts() {
        let (key, base) = (MacKey::fixed(), row("a", 1, b"bc"));
        for other in [
            row("b", 1, b"bc"),
            row("a", 2, b"bc"),
            row("a", 1, b"bd"),
            row("ab", 1, b"c"),
        ] {
            assert_ne!(key.of_row(&base), key.of_row(&other));
        }
    }

    #[test]
    fn every_part_of_an_address_counts_and_an_id_is_no_address() {
        let key = MacKey::fixed();
        let of = |kind, id: &str, version: &str| {
            key.of_address(&RecordId {
                kind,
                id: id.to_owned(),
                version: version.to_owned(),
            })
        };
        let base = of(RecordType::Version, "a", "bc");
        for other in [
            of(RecordType::Object, "a", "bc"),
            of(RecordType::Version, "ab", "c"),
            of(RecordType::Version, "a", "b"),
            key.of_id("a"),
        ] {
            assert_ne!(base, other);
        }
    }
}
