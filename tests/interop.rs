//! Samples that a browser and a program in Python wrote, opened by the crate: see
//! `tests/vectors/README.md`.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{fs, path::PathBuf, rc::Rc};

use pollster::block_on;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use strongroom::{
    Context,
    base::{Clock, InputError, SystemEntropy, Timestamp, base64},
    factors::{InlineFactor, Passphrase},
    jose::{AgreementKey, Envelope, Identity, Jwk},
    object::{Covers, ObjectSignature, Origin, attached, body::RustEngine, decrypt_signed_object},
    store::MemoryStore,
    vault::{DecryptOptions, Header, Platform, Unlocked, Vault},
};

type Open = Vault<Unlocked, MemoryStore, RustEngine>;

struct NoClock;

impl Clock for NoClock {
    fn now(&self) -> Timestamp {
        Timestamp::EPOCH
    }
}

/// A folder of `tests/vectors/interop`.
struct Sample {
    folder: PathBuf,
    told: Json,
}

impl Sample {
    fn of(writer: &str) -> Self {
        let vectors = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/interop");
        let folder = vectors.join(writer);
        let told = fs::read(folder.join("sample.json")).unwrap();
        Self {
            folder,
            told: serde_json::from_slice(&told).unwrap(),
        }
    }

    fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.folder.join(file)).unwrap()
    }

    fn text(&self, member: &str) -> &str {
        self.told[member].as_str().unwrap()
    }

    fn context(&self, of: &str) -> Context {
        let Some(members) = self.told[of]["context"].as_object() else {
            return Context::none();
        };
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        Context::new(
            members
                .iter()
                .map(|(name, value)| (name.clone(), text(value))),
        )
        .unwrap()
    }

    fn unlock(&self) -> Open {
        let host = Platform {
            store: MemoryStore::default(),
            factor: Box::new(InlineFactor),
            engine: Rc::new(RustEngine),
            clock: Rc::new(NoClock),
            rng: Box::new(SystemEntropy),
            listener: Box::new(|_| {}),
        };
        let vault = block_on(Vault::restore(
            Rc::new(host),
            &self.read("backup.json"),
            None,
        ));
        // The package brings passphrases to NFC; the crate takes bytes.
        let passphrase = self.text("passphrase").replace("e\u{308}", "\u{eb}");
        let passphrase = Passphrase::new(passphrase.into_bytes()).unwrap();
        block_on(vault.unwrap().unlock(&passphrase, None)).unwrap()
    }

    /// Opens one of the objects and compares everything that is told of it.
    fn check_object(&self, vault: &Open, of: &str, header: &[u8], body: &[u8]) {
        let told = &self.told[of];
        let expect = told["id"].as_str().unwrap().parse().unwrap();
        let options = DecryptOptions {
            expect: Some(expect),
            ..DecryptOptions::default()
        };
        let object = block_on(vault.decrypt(header, &self.context(of), &options)).unwrap();
        assert_eq!(object.origin, Origin::Own);
        let metadata = object.metadata.map(|file| file.to_json().text());
        let mut metadata: Json =
            metadata.map_or(json!({}), |text| serde_json::from_str(&text).unwrap());
        // The crate keeps it as JSON text, which a page parses.
        if let Some(custom) = metadata.get_mut("custom") {
            *custom = serde_json::from_str(custom.as_str().unwrap()).unwrap();
        }
        assert_eq!(metadata, told["metadata"]);

        let mut plain = block_on(object.decryptor.push(body.to_vec())).unwrap();
        plain.extend(block_on(object.decryptor.finish()).unwrap());
        let hash = Sha256::digest(plain.concat());
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, told["sha256"]);
    }

    /// The object whose header the vault keeps.
    fn check_kept(&self, vault: &Open) {
        let id = self.told["kept"]["id"].as_str().unwrap();
        let header = block_on(vault.kept_header(id));
        self.check_object(
            vault,
            "kept",
            header.unwrap().bytes(),
            &self.read("kept.body"),
        );
    }

    /// The object that is for others too, by the vault and by one of them.
    fn check_shared(&self, vault: &Open) {
        let (told, object) = (&self.told["shared"], self.read("shared.srm"));
        let parts = attached::split(&object).unwrap();
        let header = Envelope::parse(parts.header).unwrap();
        let signature = ObjectSignature::parse(parts.signature.unwrap()).unwrap();
        let friend = told["friend"].to_string();
        let friend = AgreementKey::from_jwk(&Jwk::parse(friend.as_bytes()).unwrap()).unwrap();
        let said = signature.verify(&signature.signer(), &header).unwrap();
        said.check_names(friend.kid(), &friend.public().thumbprint())
            .unwrap();
        let (by, context) = ([Identity::Agreement(friend)], self.context("shared"));
        let engine = Rc::new(RustEngine);
        let theirs = decrypt_signed_object(engine, &header, said, &by, &context, None).unwrap();
        let options = DecryptOptions::default();
        let given = Header::Signed(header, Rc::new(signature));
        let ours = block_on(vault.decrypt_object(&given, &context, &options)).unwrap();
        assert_eq!(
            (ours.origin, ours.covers),
            (Origin::Own, Some(Covers::Content))
        );
        assert_eq!(json!(ours.id.as_str()), told["id"]);
        for object in [ours, theirs] {
            let mut plain = block_on(object.decryptor.push(parts.body.to_vec())).unwrap();
            plain.extend(block_on(object.decryptor.finish()).unwrap());
            let hash = Sha256::digest(plain.concat());
            let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, told["sha256"]);
        }
    }

    fn check_signed(&self, vault: &Open) {
        let (told, token) = (&self.told["signed"], self.read("signed.jws"));
        let token = String::from_utf8(token).unwrap();
        let verified = block_on(vault.verify(&token, told["key"].as_str())).unwrap();
        assert_eq!(json!(verified.typ), told["typ"]);
        let payload = token.split('.').nth(1).unwrap();
        let payload = base64::decode(payload, InputError::Malformed("a payload")).unwrap();
        assert_eq!(json!(String::from_utf8(payload).unwrap()), told["payload"]);
    }

    fn check(&self) {
        let vault = self.unlock();
        assert_eq!(vault.id().as_str(), self.text("vault"));
        let keys = block_on(vault.keys()).unwrap();
        let aliases: Vec<String> = keys
            .into_iter()
            .map(|key| key.key.alias.to_string())
            .collect();
        assert_eq!(json!(aliases), self.told["keys"]);

        let object = self.read("attached.srm");
        let (prefix, rest) = object.split_at(attached::PREFIX);
        let (header, body) = rest.split_at(attached::header_len(prefix).unwrap());
        self.check_object(&vault, "attached", header, body);
        let (header, body) = (self.read("detached.json"), self.read("detached.body"));
        self.check_object(&vault, "detached", &header, &body);

        self.check_kept(&vault);
        self.check_signed(&vault);

        let token = String::from_utf8(self.read("value.jwe")).unwrap();
        let value = block_on(vault.decrypt_value(&token, &self.context("value"))).unwrap();
        let value: Json = serde_json::from_slice(&value).unwrap();
        assert_eq!(value, self.told["value"]["json"]);
    }
}

#[test]
fn what_a_browser_wrote_opens() {
    Sample::of("browser").check();
}

#[test]
fn what_a_program_in_python_wrote_opens() {
    let sample = Sample::of("python");
    sample.check();
    sample.check_shared(&sample.unlock());
}
