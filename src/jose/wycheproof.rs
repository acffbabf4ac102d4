//! Project Wycheproof's JWEs below the rules of an envelope: theirs are compact and name no `kid`, so
//! what they try of our algorithms is tried here, header and content apart.

use serde_json::{Value as Vector, json};

use super::{Cek, Identity, Jwk, jwe::content::Ciphertext, recipient::RecipientEntry};
use crate::{
    base::{InputError, Object, base64},
    jose::{Error, Result},
};

/// The keys say `ECDH-ES+A128KW` where a test is about something else: only their material counts.
const DESCRIPTION: [&str; 4] = ["alg", "use", "key_ops", "kid"];

struct Case {
    name: String,
    valid: bool,
    key: Vector,
    header: Vector,
    parts: Vec<String>,
    plain: String,
}

/// Every case whose header is JSON and whose parts are five.
fn cases() -> Vec<Case> {
    let file: Vector = serde_json::from_str(include_str!(
        "../../tests/vectors/wycheproof/json_web_encryption_test.json"
    ))
    .expect("a vector file");
    let mut cases = Vec::new();
    for group in file["testGroups"].as_array().expect("groups") {
        for test in group["tests"].as_array().expect("tests") {
            let token = test["jwe"].as_str().expect("a token");
            let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
            let header = base64::decode(&parts[0], InputError::Malformed("")).unwrap_or_default();
            if let (5, Ok(header)) = (parts.len(), serde_json::from_slice(&header)) {
                cases.push(Case {
                    name: format!("{} {}", test["tcId"], test["comment"]),
                    valid: test["result"] == "valid",
                    key: group["private"].clone(),
                    header,
                    parts,
                    plain: test["pt"].as_str().unwrap_or_default().to_owned(),
                });
            }
        }
    }
    cases
}

impl Case {
    fn identity(&self) -> Result<Identity> {
        let mut key = self.key.clone();
        let members = key.as_object_mut().expect("a JWK");
        members.retain(|name, _| !DESCRIPTION.contains(&name.as_str()));
        Identity::from_jwk(&Jwk::parse(key.to_string().as_bytes())?)
    }

    /// The CEK, by the message's own `epk` and encrypted key, under one of our algorithms.
    fn cek(&self, alg: &str) -> Result<Cek> {
        let mut header = json!({ "alg": alg, "kid": "x" });
        if let Some(epk) = self.header.get("epk") {
            header["epk"] = epk.clone();
        }
        let entry = json!({ "header": header, "encrypted_key": self.parts[1] }).to_string();
        let entry = Object::parse(entry.as_bytes(), InputError::Malformed("entry"))?;
        let entry = entry.decode(InputError::Malformed("entry"))?;
        self.identity()?.unwrap(&RecipientEntry::read(entry)?)
    }

    fn open(&self) -> Result<String> {
        let cek = self.cek(self.header["alg"].as_str().unwrap_or_default())?;
        let ciphertext = Ciphertext::decode(&self.parts[2], &self.parts[3], &self.parts[4])?;
        let plain = ciphertext.open(&cek, self.parts[0].as_bytes())?;
        Ok(plain.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

fn is_ours(case: &Case) -> bool {
    let alg = case.header["alg"].as_str();
    alg.is_some_and(|alg| ["A256KW", "ECDH-ES+A256KW"].contains(&alg))
        && case.header["enc"] == "A256GCM"
}

#[test]
fn messages_of_our_algorithms_open_to_their_plaintext() {
    let mut opened = Vec::new();
    for case in cases().iter().filter(|case| is_ours(case)) {
        assert!(case.valid, "the file has no broken message of ours");
        assert_eq!(case.open().as_ref(), Ok(&case.plain), "{}", case.name);
        opened.push(case.header["alg"].clone());
    }
    assert_eq!(opened, ["A256KW", "ECDH-ES+A256KW"]);
}

/// Of another `alg` or `enc`. Some give a CEK of 256 bits (`A128CBC-HS256` has one), and still no
/// content: their IV is not GCM's.
#[test]
fn messages_of_other_algorithms_do_not_open() {
    let (mut valid, mut invalid) = (0, 0);
    for case in cases().iter().filter(|case| !is_ours(case)) {
        assert!(case.open().is_err(), "{}", case.name);
        *(if case.valid { &mut valid } else { &mut invalid }) += 1;
    }
    assert_eq!((valid, invalid), (63, 61));
}

/// RFC 7518 §4.6.1.1 and the invalid curve attack: the point is checked before it meets the scalar.
#[test]
fn an_ephemeral_key_off_the_curve_is_refused() {
    let mut refused = 0;
    for case in cases()
        .iter()
        .filter(|case| case.header.get("epk").is_some())
    {
        let outcome = case.cek("ECDH-ES+A256KW");
        if case.name.contains("rejectsInvalidCurvePoint") {
            let expected = Error::Malformed("point not on P-256");
            assert_eq!(outcome.err(), Some(expected), "{}", case.name);
            refused += 1;
        }
    }
    assert_eq!(refused, 1);
}
