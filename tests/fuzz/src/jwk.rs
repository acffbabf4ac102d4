//! A JWK that is read is written in one form, which reads as the same key.

use strongroom::jose::{AgreementKey, Identity, Jwk, Recipient, SigningKey};

use crate::fixture::{pair, secret, text, vectors};

pub fn target(data: &[u8]) {
    let Ok(jwk) = Jwk::parse(data) else { return };
    let written = jwk.to_json();
    let again = Jwk::parse(written.as_bytes()).expect("what was written is read");
    assert_eq!(again.to_json(), written);
    assert_eq!(again.thumbprint(), jwk.thumbprint());
    assert_eq!(again.kid(), jwk.kid());
    if let Some(public) = jwk.public() {
        assert!(!public.is_secret());
        assert_eq!(public.thumbprint(), jwk.thumbprint());
    }
    // A key serves one purpose.
    let agrees = AgreementKey::from_jwk(&jwk).is_ok();
    assert!(!agrees || jwk.is_secret());
    if Identity::from_jwk(&jwk).is_ok() {
        assert!(Recipient::from_jwk(&jwk).is_ok());
    }
    let _ = SigningKey::from_jwk(&jwk);
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![
        Jwk::oct(secret()).to_json().as_bytes().to_vec(),
        pair().to_jwk().to_json().as_bytes().to_vec(),
    ];
    for file in ["json_web_key_test.json", "json_web_encryption_test.json"] {
        let vectors = vectors(&format!("wycheproof/{file}"));
        let groups = vectors["testGroups"].as_array().expect("groups");
        seeds.extend(groups.iter().map(|group| text(&group["private"])));
    }
    seeds
}
