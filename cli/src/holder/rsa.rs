//! A private RSA key in a file: `RSA-OAEP-256` by RustCrypto's `rsa`, which blinds what it computes.

use rsa::{BoxedUint, PrivateKey};
use sha2::Sha256;
use strongroom::{
    Error,
    base::{InputError, Json, Kid, Secret, Thumbprint, base64},
    jose::{Question, RsaPublicKey},
};
use zeroize::{Zeroize as _, Zeroizing};

use super::{Holder, other_algorithm, wrong_key};
use crate::{
    failure::{Exit, Failure, Outcome},
    members::Members,
};

const OPTION: &str = "--jwk";
const MALFORMED: InputError = InputError::Malformed("a private RSA key");
/// The members that public keys lack (RFC 7518 §6.3.2).
const PRIVATE: [&str; 6] = ["d", "p", "q", "dp", "dq", "qi"];

/// A key of 2048 to 4096 bits.
pub struct RsaKey {
    key: PrivateKey,
    thumbprint: Thumbprint,
    named: Option<Kid>,
}

impl RsaKey {
    /// Whether a JWK is of RSA.
    pub fn is_meant(members: &Members) -> bool {
        members.get("kty").and_then(Json::as_str) == Some("RSA")
    }

    /// The key of a JWK's members.
    pub fn from_members(mut members: Members) -> Outcome<Self> {
        if members.get("d").is_none() {
            let next = "give the private JWK; a public one opens nothing";
            return Err(Failure::new(Exit::Usage, "--jwk is a public key", next));
        }
        if members.get("oth").is_some() {
            let next = "give one of two primes, without \"oth\"";
            return Err(Failure::option(OPTION, "RSA key that is taken here", next));
        }
        let is_odd = |name: &&str| {
            members
                .get(name)
                .is_some_and(|value| value.as_str().is_none())
        };
        if members.get("k").is_some() || PRIVATE.iter().any(is_odd) {
            return Err(MALFORMED.into());
        }
        let private = PRIVATE.map(|name| members.take_text(name));
        let number = |name: &str, members: &Members| -> Outcome<BoxedUint> {
            let text = members.get(name).and_then(Json::as_str).ok_or(MALFORMED)?;
            uint(&base64::decode_public(text, MALFORMED)?)
        };
        let (modulus, exponent) = (number("n", &members)?, number("e", &members)?);
        // What it says of its use, and its size, are held against this one.
        let public = RsaPublicKey::from_members(members.into_public()).map_err(|error| match error {
            strongroom::jose::Error::Unsupported(_) => {
                let next = "give one of 2048 to 4096 bits, whose use, alg and key_ops, if it says any, are those of RSA-OAEP-256";
                Failure::option(OPTION, "RSA key that is taken here", next)
            }
            error => Error::from(error).into(),
        })?;
        let mut private = private.into_iter().map(|text| match text {
            Some(text) => {
                let bytes = Zeroizing::new(base64::decode(&text, MALFORMED)?);
                uint(&bytes).map(Some)
            }
            None => Ok(None),
        });
        let mut next = || private.next().unwrap_or(Ok(None));
        let (secret, p, q) = (next()?.ok_or(MALFORMED)?, next()?, next()?);
        let primes = match (p, q) {
            (Some(p), Some(q)) => vec![p, q],
            // They are found again from the two exponents.
            _ => Vec::new(),
        };
        let key = PrivateKey::from_components(modulus, exponent, secret, primes);
        Ok(Self {
            key: key.map_err(|_| MALFORMED)?,
            thumbprint: public.thumbprint(),
            named: public.named().cloned(),
        })
    }

    /// RFC 8017 §7.1.2, but for the block's first byte, which is not looked at. No CEK is believed for its padding: what it opens is authenticated.
    fn decrypt(&self, encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let plain = self.key.oaep_decrypt::<Sha256>(encrypted).ok();
        plain.map(Zeroizing::new)
    }
}

fn uint(bytes: &[u8]) -> Outcome<BoxedUint> {
    // The library takes numbers of whole words.
    let bits = u32::try_from(bytes.len() * 8).map_err(|_| MALFORMED)?;
    Ok(BoxedUint::from_be_slice(bytes, bits).map_err(|_| MALFORMED)?)
}

impl Holder for RsaKey {
    fn option(&self) -> &'static str {
        OPTION
    }

    fn thumbprint(&self) -> Option<&Thumbprint> {
        Some(&self.thumbprint)
    }

    fn is_called(&self, name: &str) -> bool {
        name == self.thumbprint.as_str()
            || self.named.as_ref().is_some_and(|kid| kid.as_str() == name)
    }

    fn answer(&self, question: &Question) -> Outcome<Secret<32>> {
        let Question::RsaOaep { encrypted } = question else {
            return Err(other_algorithm(OPTION, question));
        };
        let mut plain = self.decrypt(encrypted).ok_or_else(|| wrong_key(OPTION))?;
        let answer = Secret::from_slice(&plain).map_err(|_| wrong_key(OPTION));
        plain.zeroize();
        answer
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use getrandom::SysRng;
    use rsa::{hazmat::rsa_decrypt, traits::PublicKeyParts as _};
    use serde_json::{Value, json};

    use super::*;
    use crate::holder::oaep::unpad;

    fn group(bits: usize) -> Value {
        let name = format!("wycheproof/rsa_oaep_{bits}_sha256_mgf1sha256_test.json");
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../tests/vectors")
            .join(name);
        let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        file["testGroups"][0].clone()
    }

    fn key(jwk: &Value) -> Outcome<RsaKey> {
        let members = Members::parse(jwk.to_string().as_bytes(), MALFORMED)?;
        RsaKey::from_members(members)
    }

    fn hex(text: &Value) -> Vec<u8> {
        let pair =
            |pair: &[u8]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
        text.as_str()
            .unwrap()
            .as_bytes()
            .chunks(2)
            .map(pair)
            .collect()
    }

    /// What the token's RSA alone gives, and its padding undone.
    fn raw(key: &RsaKey, encrypted: &[u8]) -> Option<Vec<u8>> {
        let number = uint(encrypted).ok()?;
        let block = rsa_decrypt(Some(&mut SysRng), &key.key, &number).ok()?;
        let block = block.to_be_bytes();
        let block = &block[block.len().checked_sub(key.key.size())?..];
        Some(unpad(block)?.expose().to_vec())
    }

    #[test]
    fn what_wycheproof_says_is_decrypted_and_nothing_else() {
        let mut seen = [0, 0];
        for bits in [2048, 3072, 4096] {
            let group = group(bits);
            let key = key(&group["privateKeyJwk"]).unwrap();
            for case in group["tests"].as_array().unwrap() {
                let encrypted = hex(&case["ct"]);
                // No label is used here.
                let valid = case["result"] == "valid" && case["label"] == "";
                let message = valid.then(|| hex(&case["msg"]));
                let plain = key.decrypt(&encrypted).map(|plain| plain.to_vec());
                if case["comment"] == "First byte is 1" {
                    // The library passes over that byte, so that nobody learns of it (Manger, CRYPTO 2001).
                    assert_eq!(plain, Some(hex(&case["msg"])));
                } else {
                    assert_eq!(plain, message, "{bits}: {}", case["tcId"]);
                }
                if encrypted.len() == key.key.size() {
                    let message = message.filter(|message| message.len() == 32);
                    assert_eq!(raw(&key, &encrypted), message, "{bits}: {}", case["tcId"]);
                }
                seen[usize::from(valid)] += 1;
            }
            let encrypted = key
                .key
                .to_public_key()
                .oaep_encrypt::<Sha256>(&[7; 32])
                .unwrap();
            assert_eq!(raw(&key, &encrypted), Some(vec![7; 32]));
        }
        assert!(seen[0] > 40 && seen[1] >= 30, "{seen:?}");
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        let jwk = group(2048)["privateKeyJwk"].clone();
        let told = |name: &str, value: Value| {
            let mut jwk = jwk.clone();
            jwk[name] = value;
            key(&jwk)
                .err()
                .map(|failure| failure.to_string())
                .unwrap_or_default()
        };
        assert!(told("use", json!("sig")).contains("--jwk is no RSA key that is taken here"));
        assert!(told("alg", json!("RSA-OAEP")).contains("--jwk is no RSA key that is taken here"));
        let primes = json!([{ "r": "AQAB", "d": "AQAB", "t": "AQAB" }]);
        assert!(told("oth", primes).contains("--jwk is no RSA key that is taken here"));
        for (name, value) in [
            ("d", json!(7)),
            ("p", json!(["AQAB"])),
            ("k", json!("AQAB")),
            ("d", json!("AQAB")),
            ("p", json!("AQAB")),
            ("n", json!("AQAB")),
            ("oth", json!([])),
        ] {
            assert!(!told(name, value).is_empty(), "{name}");
        }
        let mut public = jwk.clone();
        public
            .as_object_mut()
            .unwrap()
            .retain(|name, _| ["kty", "n", "e"].contains(&name.as_str()));
        assert!(key(&public).is_err());
    }

    /// RFC 7518 §6.3.2: a key need not have its primes.
    #[test]
    fn a_key_without_its_primes_decrypts() {
        let mut jwk = group(3072)["privateKeyJwk"].clone();
        jwk.as_object_mut()
            .unwrap()
            .retain(|name, _| ["kty", "n", "e", "d"].contains(&name.as_str()));
        let key = key(&jwk).unwrap();
        let encrypted = key
            .key
            .to_public_key()
            .oaep_encrypt::<Sha256>(b"a key")
            .unwrap();
        assert_eq!(key.decrypt(&encrypted).unwrap().as_slice(), b"a key");
    }
}
