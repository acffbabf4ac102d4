//! A JWS that verifies is the one that was signed.

use strongroom::{
    base::Thumbprint,
    jose::{Signed, SigningKey, sign},
};

use crate::fixture::{Fixed, text, vectors};

const TYP: &str = "sr-vault+jws";
const PAYLOAD: &[u8] = b"payload";

pub fn target(data: &[u8]) {
    let Ok(token) = core::str::from_utf8(data) else {
        return;
    };
    let Ok(signed) = Signed::parse(token, TYP) else {
        return;
    };
    let ours = key().thumbprint();
    if let Ok(payload) = signed.verify(&ours) {
        assert_eq!(payload, PAYLOAD);
        assert_eq!(signed.signer(), ours);
    }
    assert!(signed.verify(&Thumbprint::from_hash([0; 32])).is_err());
    assert!(Signed::parse(token, "sr-backup+jws").is_err());
}

fn key() -> SigningKey {
    SigningKey::generate(&Fixed::new(5)).expect("fixed entropy")
}

pub fn seeds() -> Vec<Vec<u8>> {
    let signed = |typ| sign(typ, PAYLOAD, &key(), &Fixed::new(6)).expect("fixed entropy");
    let mut seeds = vec![
        signed(TYP).into_bytes(),
        signed("sr-backup+jws").into_bytes(),
    ];
    let wycheproof = vectors("wycheproof/json_web_key_test.json");
    let groups = wycheproof["testGroups"].as_array().expect("groups");
    let tests = groups.iter().filter_map(|group| group["tests"].as_array());
    seeds.extend(tests.flatten().map(|test| text(&test["jws"])));
    seeds
}
