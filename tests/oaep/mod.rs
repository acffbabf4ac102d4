//! RSAES-OAEP with SHA-256 and MGF1-SHA-256 (RFC 8017 §7.1), for tests: what a browser's `crypto.subtle` and a key management service do.
//! Wycheproof holds it to what it should be (`tests/jose_rsa.rs`). It takes no care of side channels.

use crypto_bigint::{
    BoxedUint, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use strongroom::base::{Entropy, InputError, base64};

const HASH: usize = 32;

/// A private key, as big-endian numbers.
pub struct RsaKey {
    modulus: Vec<u8>,
    public: Vec<u8>,
    private: Vec<u8>,
}

impl RsaKey {
    /// The key of a private JWK.
    pub fn of(jwk: &Json) -> Self {
        let number = |name: &str| {
            let text = jwk[name].as_str().unwrap();
            base64::decode(text, InputError::Malformed("a number")).unwrap()
        };
        Self {
            modulus: number("n"),
            public: number("e"),
            private: number("d"),
        }
    }

    /// RFC 8017 §7.1.1, without a label.
    pub fn encrypt(&self, message: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        let length = self.modulus.len();
        let mut data = Sha256::digest(b"").to_vec();
        data.resize(length - HASH - 2 - message.len(), 0);
        data.push(1);
        data.extend(message);
        let mut seed = vec![0; HASH];
        entropy.fill(&mut seed).unwrap();
        mask(&mut data, &seed);
        mask(&mut seed, &data);
        self.power(&[vec![0], seed, data].concat(), &self.public)
    }

    /// RFC 8017 §7.1.2.
    pub fn decrypt(&self, encrypted: &[u8], label: &[u8]) -> Option<Vec<u8>> {
        let length = self.modulus.len();
        if encrypted.len() != length || encrypted >= &self.modulus[..] {
            return None;
        }
        let mut encoded = self.power(encrypted, &self.private);
        let data = encoded.split_off(HASH + 1);
        let (mut seed, mut data) = (encoded.split_off(1), data);
        mask(&mut seed, &data);
        mask(&mut data, &seed);
        let message = data.split_off(HASH);
        let at = message.iter().position(|byte| *byte != 0)?;
        let is_whole = encoded == [0] && data == Sha256::digest(label).to_vec() && message[at] == 1;
        is_whole.then(|| message[at + 1..].to_vec())
    }

    fn power(&self, base: &[u8], exponent: &[u8]) -> Vec<u8> {
        let bits = self.modulus.len() as u32 * 8;
        let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, bits).unwrap();
        let odd = Odd::new(number(&self.modulus)).into_option().unwrap();
        let base = BoxedMontyForm::new(number(base), &BoxedMontyParams::new(odd));
        let power = base.pow(&number(exponent)).retrieve().to_be_bytes();
        power[power.len() - self.modulus.len()..].to_vec()
    }
}

/// Masks bytes by MGF1 (RFC 8017 appendix B.2.1).
fn mask(bytes: &mut [u8], seed: &[u8]) {
    for (counter, part) in (0_u32..).zip(bytes.chunks_mut(HASH)) {
        let block = Sha256::new()
            .chain_update(seed)
            .chain_update(counter.to_be_bytes())
            .finalize();
        for (byte, masking) in part.iter_mut().zip(block) {
            *byte ^= masking;
        }
    }
}
