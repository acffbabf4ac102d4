//! What a passkey's record says of it: which credential is asked, of which relying party, and for what input (Web
//! Authentication Level 3, §10.1.4).

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::base::{Entropy, Error, InputError, Result, base64};

/// A passkey, as it stands in its factor's record. Nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The credential's id.
    pub id: CredentialId,
    /// What its PRF is evaluated at.
    pub input: PrfInput,
    /// Whose credential it is. It is compared with what the caller says, and never followed.
    #[serde(rename = "rpId")]
    pub rp_id: RpId,
}

/// What an authenticator calls a credential: 1 to 1023 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CredentialId(Vec<u8>);

/// The input of a factor's PRF, a passkey's or a device's: 32 random bytes for each factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PrfInput([u8; Self::LENGTH]);

/// The id of a relying party: a host's name in lower case, as browsers write it, of at most 253 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RpId(String);

impl CredentialId {
    /// The most bytes that the standard gives it.
    const MOST: usize = 1023;

    /// # Errors
    /// [`InputError::Malformed`] for none and for too many.
    pub fn new(bytes: Vec<u8>) -> Result<Self> {
        if bytes.is_empty() || bytes.len() > Self::MOST {
            return Err(InputError::Malformed("a credential's id").into());
        }
        Ok(Self(bytes))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<String> for CredentialId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        const MALFORMED: InputError = InputError::Malformed("a credential's id");
        // Four characters for three bytes, so that nothing longer is decoded.
        if text.len() > Self::MOST.div_ceil(3) * 4 {
            return Err(MALFORMED.into());
        }
        Self::new(base64::decode(&text, MALFORMED)?)
    }
}

impl From<CredentialId> for String {
    fn from(id: CredentialId) -> Self {
        base64::encode(&id.0)
    }
}

impl PrfInput {
    const LENGTH: usize = 32;

    /// A random one.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self> {
        let mut input = [0; Self::LENGTH];
        entropy.fill(&mut input)?;
        Ok(Self(input))
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl TryFrom<String> for PrfInput {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        let malformed = InputError::Malformed("a factor's input");
        Ok(Self(base64::decode_array(&text, malformed)?))
    }
}

impl From<PrfInput> for String {
    fn from(input: PrfInput) -> Self {
        base64::encode(&input.0)
    }
}

impl RpId {
    /// The most characters of a name in the domain name system.
    const MOST: usize = 253;

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RpId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        let of_a_name = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
        };
        if text.is_empty() || text.len() > Self::MOST || !text.bytes().all(of_a_name) {
            return Err(InputError::Malformed("a relying party's id").into());
        }
        Ok(Self(text))
    }
}

impl From<RpId> for String {
    fn from(id: RpId) -> Self {
        id.0
    }
}

impl fmt::Display for RpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let text = r#"{"id":"AAAA","input":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","rpId":"app.example"}"#;
        is_strict::<Credential>(text, &[]);
    }

    #[test]
    fn ids_and_inputs_are_bounded() {
        assert!(CredentialId::new(vec![0; 1023]).is_ok());
        for bad in [0, 1024] {
            assert!(matches!(
                CredentialId::new(vec![0; bad]),
                Err(Error::Malformed(_))
            ));
        }
        for bad in [String::new(), "A".repeat(1368), "A===".to_owned()] {
            assert!(CredentialId::try_from(bad).is_err());
        }
        for bad in ["", "AAAA", "A".repeat(44).as_str()] {
            assert!(PrfInput::try_from(bad.to_owned()).is_err());
        }
    }

    #[test]
    fn a_relying_party_is_a_name_and_no_address() {
        for good in ["localhost", "app.example", "xn--e1afmkfd.example", "a-1.b"] {
            assert!(RpId::try_from(good.to_owned()).is_ok(), "{good}");
        }
        let long = "a".repeat(254);
        for bad in [
            "",
            &long,
            "App.example",
            "https://app.example",
            "app.example/path",
            "app.example:8080",
            "b\u{fc}cher.example",
            "a b",
        ] {
            assert!(RpId::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
