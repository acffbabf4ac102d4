//! Recipients of `RSA-OAEP-256` by a browser's `crypto.subtle`: Wycheproof's vectors, and the entries that jwcrypto wrote.

use js_sys::Uint8Array;
use serde_json::Value as Json;
use strongroom::{
    base::{Kid, Secret},
    jose::{Envelope, Jwk, Question, RsaPublicKey},
};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/tests/web.js")]
extern "C" {
    #[wasm_bindgen(js_name = decryptOaep, catch)]
    async fn decrypt_oaep(
        jwk: &str,
        encrypted: Uint8Array,
        label: Uint8Array,
    ) -> core::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = encryptOaep, catch)]
    async fn encrypt_oaep(
        spki: Uint8Array,
        plain: Uint8Array,
    ) -> core::result::Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = isWebKit)]
    fn is_webkit() -> bool;
}

const WYCHEPROOF: [&str; 3] = [
    include_str!("../vectors/wycheproof/rsa_oaep_2048_sha256_mgf1sha256_test.json"),
    include_str!("../vectors/wycheproof/rsa_oaep_3072_sha256_mgf1sha256_test.json"),
    include_str!("../vectors/wycheproof/rsa_oaep_4096_sha256_mgf1sha256_test.json"),
];

async fn decrypted(jwk: &Json, encrypted: &[u8], label: &[u8]) -> Option<Vec<u8>> {
    let (encrypted, label) = (Uint8Array::from(encrypted), Uint8Array::from(label));
    let plain = decrypt_oaep(&jwk.to_string(), encrypted, label)
        .await
        .ok()?;
    Some(plain.unchecked_into::<Uint8Array>().to_vec())
}

fn hex(text: &Json) -> Vec<u8> {
    let digits = text.as_str().expect("hexadecimal").as_bytes();
    let value = |digit: u8| char::from(digit).to_digit(16).expect("a digit") as u8;
    digits
        .chunks(2)
        .map(|pair| value(pair[0]) << 4 | value(pair[1]))
        .collect()
}

#[wasm_bindgen_test]
async fn what_wycheproof_says_a_browser_decrypts_and_what_is_encrypted_to_our_spki() {
    for text in WYCHEPROOF {
        let group = &serde_json::from_str::<Json>(text).expect("JSON")["testGroups"][0];
        let jwk = &group["privateKeyJwk"];
        for case in group["tests"].as_array().expect("tests") {
            let plain = decrypted(jwk, &hex(&case["ct"]), &hex(&case["label"])).await;
            let expected = (case["result"] == "valid").then(|| hex(&case["msg"]));
            // WebKitGTK (libgcrypt) takes padding that it should not. No CEK is believed for that: what it opens is authenticated.
            if is_webkit() && expected.is_none() {
                continue;
            }
            // And it takes the zeros away that a plaintext begins with.
            let told = |bytes: Option<Vec<u8>>| {
                let zeros = |bytes: &[u8]| bytes.iter().take_while(|byte| **byte == 0).count();
                bytes.map(|bytes| bytes[if is_webkit() { zeros(&bytes) } else { 0 }..].to_vec())
            };
            assert_eq!(told(plain), told(expected), "{}", case["tcId"]);
        }
        let public = serde_json::json!({ "kty": "RSA", "n": jwk["n"], "e": jwk["e"] });
        let key = RsaPublicKey::parse(public.to_string().as_bytes()).expect("a public key");
        let (spki, plain) = (
            Uint8Array::from(&key.spki()[..]),
            Uint8Array::from(&[7; 32][..]),
        );
        let encrypted = encrypt_oaep(spki, plain).await.expect("an SPKI");
        let encrypted = encrypted.unchecked_into::<Uint8Array>().to_vec();
        assert_eq!(decrypted(jwk, &encrypted, b"").await, Some(vec![7; 32]));
    }
}

#[wasm_bindgen_test]
async fn entries_of_jwcrypto_open_by_what_a_browser_decrypts() {
    let vectors: Json =
        serde_json::from_str(include_str!("../vectors/jwe/vectors.json")).expect("JSON");
    let mut opened = 0;
    for vector in vectors["vectors"].as_array().expect("vectors") {
        let recipients = vector["recipients"].as_array();
        let mut recipients = recipients.into_iter().flatten();
        let Some(rsa) = recipients.find(|one| one["alg"] == "RSA-OAEP-256") else {
            continue;
        };
        let envelope = Envelope::parse(vector["jwe"].to_string().as_bytes()).expect("an envelope");
        let kid = Kid::new(rsa["kid"].as_str().expect("a kid")).expect("a kid");
        let entry = envelope.find(&kid).expect("its entry");
        let Some(Question::RsaOaep { encrypted }) = entry.question() else {
            panic!("an entry of RSA");
        };
        let cek = decrypted(&rsa["jwk"], &encrypted, b"")
            .await
            .expect("a CEK");
        let cek = entry.answered(Secret::from_slice(&cek).expect("32 bytes"));
        let jwk = envelope.open_with(&cek.expect("a CEK")).expect("its key");
        let expected = Jwk::parse(vector["plaintext"].to_string().as_bytes()).expect("a JWK");
        assert_eq!(jwk.to_json(), expected.to_json());
        opened += 1;
    }
    assert_eq!(opened, 3);
}
