//! Objects for others beside the vault: who opens them, and whose word it is that a vault wrote them.

use std::rc::Rc;

use pollster::block_on;
use serde_json::{Value, json};
use strongroom::{
    Context,
    base::{InputError, SystemEntropy, base64},
    jose::{self, AgreementKey, Envelope, Identity, PublicRecipient, SigningKey},
    object::{
        Dek, FileMetadata, attached,
        body::{BodyEncryptor, BodyHasher, RustEngine},
    },
};

use crate::{
    made::{Made, OPEN, PHRASE, backup, phrase, vault_by},
    rsa::{RsaPort, private_jwk, public},
    shop::{Run, Shop},
};

const ARN: &str = "arn:aws:kms:eu-central-1:111122223333:key/1";

/// An object in its parts.
struct Parts {
    header: Envelope,
    signature: String,
    body: Vec<u8>,
}

impl Parts {
    fn attached(&self) -> Vec<u8> {
        [
            attached::signed_prefix(&self.header, &self.signature),
            self.body.clone(),
        ]
        .concat()
    }
}

struct Scene {
    shop: Shop,
    vault: Made,
    friend: AgreementKey,
}

impl Scene {
    /// A vault, a friend's key `friend.jwk`, and a key of RSA in `rsa.jwk`, which is known as [`ARN`].
    fn new() -> Self {
        let vault = vault_by(Box::new(RsaPort), &[&phrase(PHRASE)]);
        let friend = AgreementKey::generate(&SystemEntropy).unwrap();
        let shop = Shop::new();
        shop.write("backup.json", backup(&vault));
        shop.write("phrase", PHRASE);
        shop.write("friend.jwk", friend.to_jwk().to_json().as_bytes());
        shop.write("rsa.jwk", private_jwk(2048).to_string());
        Self {
            shop,
            vault,
            friend,
        }
    }

    fn identity(&self) -> String {
        self.vault.identity().unwrap().as_str().to_owned()
    }

    fn object(&self, covered: bool) -> Parts {
        let jwk = self.friend.to_jwk().public().unwrap();
        let jwk = jwk.with("kid", self.friend.kid().as_str()).to_json();
        let friend = PublicRecipient::parse(jwk.as_bytes()).unwrap();
        let mut rsa = public(&private_jwk(2048));
        rsa["kid"] = json!(ARN);
        let rsa = PublicRecipient::parse(rsa.to_string().as_bytes()).unwrap();
        let (others, file) = ([friend, rsa], FileMetadata::default());
        let none = Context::none();
        let begun = self
            .vault
            .encrypt_for("photos", &others, &none, Some(&file));
        let begun = block_on(begun).unwrap();
        let mut body = block_on(begun.encryptor.push(vec![7; 600_000])).unwrap();
        body.extend(block_on(begun.encryptor.finish()).unwrap());
        let body = body.concat();
        let hashes = covered.then(|| hashes(&body));
        let signature = block_on(self.vault.sign_object(&begun.to_sign, hashes.as_ref())).unwrap();
        Parts {
            header: begun.header,
            signature,
            body,
        }
    }

    /// Another body under the same data key, as each recipient can write one.
    fn body_of_a_recipient(&self, header: &Envelope) -> Vec<u8> {
        let identity = [Identity::Agreement(self.friend.clone())];
        let jwk = jose::unwrap(header, &identity, &Context::none())
            .unwrap()
            .jwk;
        let dek = Dek::from_jwk(&jwk).unwrap();
        let engine = Rc::new(RustEngine);
        let body =
            BodyEncryptor::new(engine, &dek, &Context::none(), None, &SystemEntropy).unwrap();
        let mut pieces = block_on(body.push(b"another".to_vec())).unwrap();
        pieces.extend(block_on(body.finish()).unwrap());
        pieces.concat()
    }

    fn by(&self, key: &[&str], more: &[&str]) -> Run {
        let _ = std::fs::remove_file(self.shop.path("out"));
        let run = self
            .shop
            .run(&[&["open", "a.srm", "-o", "out"], key, more].concat());
        assert_eq!(run.code == 0, self.shop.names().contains(&"out".to_owned()));
        run
    }

    /// Every key that opens it, without the vault.
    fn others(&self) -> [&'static [&'static str]; 2] {
        [
            &["--jwk", "friend.jwk"],
            &["--jwk", "rsa.jwk", "--kid", ARN],
        ]
    }
}

fn hashes(body: &[u8]) -> strongroom::object::body::BodyHashes {
    let mut hasher = BodyHasher::default();
    hasher.update(body);
    hasher.finish().unwrap()
}

#[test]
fn whoever_it_is_for_opens_it_and_knows_the_vault_by_its_identity() {
    let scene = Scene::new();
    let identity = scene.identity();
    let other = "A".repeat(43);
    for (covered, told) in [
        (true, "it was written by the vault whose identity is"),
        (false, "each of its recipients can have written the content"),
    ] {
        scene.shop.write("a.srm", scene.object(covered).attached());
        scene.by(&OPEN, &[]).ends(0, told).ends(0, &identity);
        for key in scene.others() {
            scene.by(key, &[]).ends(5, "--identity").ends(5, &identity);
            scene
                .by(key, &["--identity", &other])
                .ends(4, "the signature is forged");
            scene
                .by(key, &["--identity", &other, "--allow-unsigned"])
                .ends(4, "the signature is forged");
            scene
                .by(key, &["--identity", &identity])
                .ends(0, told)
                .ends(0, &identity);
            assert_eq!(scene.shop.read("out"), vec![7; 600_000]);
            scene
                .by(key, &["--allow-unsigned"])
                .ends(0, "nothing proves who wrote it");
        }
    }
}

#[test]
fn a_signature_that_is_wrong_is_never_taken_for_none() {
    let scene = Scene::new();
    let (own, second) = (scene.object(true), scene.object(true));
    let identity = scene.identity();
    let forger = Scene::new();
    let mut forged = own.signature.clone().into_bytes();
    let at = forged.len() - 10;
    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
    for signature in [
        second.signature.clone(),
        forger.object(true).signature,
        String::from_utf8(forged).unwrap(),
    ] {
        let object = Parts {
            signature,
            header: own.header.clone(),
            body: own.body.clone(),
        };
        scene.shop.write("a.srm", object.attached());
        for more in [&["--allow-unsigned"][..], &["--identity", &identity]] {
            for key in scene.others() {
                scene.by(key, more).ends(4, "the signature is forged");
            }
        }
        let vault = scene.by(&OPEN, &["--allow-unsigned"]);
        assert!([4, 5].contains(&vault.code), "{}", vault.told);
        let inspected = scene.shop.run(&["inspect", "a.srm"]);
        inspected.ends(4, "the signature is forged");
    }
    // Without it, it is what it was: unsigned.
    scene.shop.write(
        "a.srm",
        [attached::prefix(&own.header), own.body.clone()].concat(),
    );
    scene
        .by(&OPEN, &[])
        .ends(5, "nothing proves who wrote this");
    for key in scene.others() {
        scene.by(key, &[]).ends(5, "nothing proves who wrote this");
        scene
            .by(key, &["--identity", &identity])
            .ends(2, "--identity is for");
        scene.by(key, &["--allow-unsigned"]).succeeds();
    }
    scene.shop.write("a.srm", b"SRM\x03\0\0\0\x01{");
    scene.by(&OPEN, &[]).ends(7, "later");
}

/// Each reader looks for the thumbprint of its own key: by name alone, a header could be for somebody else's.
#[test]
fn a_signature_that_names_another_key_is_refused() {
    let (scene, by) = (Scene::new(), SigningKey::generate(&SystemEntropy).unwrap());
    let own = scene.object(true);
    let signed = |change: &dyn Fn(&mut Value)| {
        let payload = own.signature.split('.').nth(1).unwrap();
        let payload = base64::decode(payload, InputError::Malformed("a test")).unwrap();
        let mut payload: Value = serde_json::from_slice(&payload).unwrap();
        change(&mut payload);
        let text = payload.to_string();
        let signature = jose::sign("sr-share+jws", text.as_bytes(), &by, &SystemEntropy).unwrap();
        let object = Parts {
            signature,
            header: own.header.clone(),
            body: own.body.clone(),
        };
        scene.shop.write("a.srm", object.attached());
    };
    let identity = by.thumbprint();
    for (at, key) in (1..).zip(scene.others()) {
        signed(&|_| {});
        scene.by(key, &["--identity", identity.as_str()]).succeeds();
        signed(&|payload| payload["recipients"][at]["jkt"] = "A".repeat(43).into());
        scene
            .by(key, &["--identity", identity.as_str()])
            .ends(4, "");
        scene.by(key, &["--allow-unsigned"]).ends(4, "");
    }
}

#[test]
fn a_body_that_a_recipient_wrote_is_no_part_of_what_was_signed() {
    let scene = Scene::new();
    let identity = scene.identity();
    for covered in [true, false] {
        let own = scene.object(covered);
        let body = scene.body_of_a_recipient(&own.header);
        scene.shop.write("a.srm", Parts { body, ..own }.attached());
        for key in [&OPEN[..], scene.others()[0], scene.others()[1]] {
            let more: &[&str] = if key == OPEN {
                &[]
            } else {
                &["--identity", &identity]
            };
            let run = scene.by(key, more);
            if covered {
                run.ends(4, "");
            } else {
                run.ends(0, "can have written the content");
                assert_eq!(scene.shop.read("out"), b"another");
            }
        }
    }
    let own = scene.object(true);
    for at in [0, 300_000, own.body.len() - 1] {
        let mut body = own.body.clone();
        body[at] ^= 1;
        let whole = [attached::signed_prefix(&own.header, &own.signature), body].concat();
        scene.shop.write("a.srm", &whole);
        scene
            .by(scene.others()[0], &["--allow-unsigned"])
            .ends(4, "");
    }
    let whole = own.attached();
    for length in [
        3,
        8,
        100,
        whole.len() - own.body.len() - 1,
        whole.len() - own.body.len(),
        whole.len() - 1,
    ] {
        scene.shop.write("a.srm", &whole[..length]);
        let run = scene.by(scene.others()[0], &["--allow-unsigned"]);
        assert!(run.code == 4, "{length}: {}", run.told);
    }
}

#[test]
fn a_detached_signature_is_given_beside_the_header() {
    let scene = Scene::new();
    let (own, identity) = (scene.object(true), scene.identity());
    scene.shop.write("a.srm", &own.body);
    scene.shop.write("a.json", own.header.bytes());
    scene
        .shop
        .write("a.jws", [own.signature.as_bytes(), b"\n"].concat());
    let detached = ["--header", "a.json", "--signature", "a.jws"];
    scene
        .by(&OPEN, &detached)
        .ends(0, "the vault whose identity is");
    scene
        .by(&OPEN, &["--header", "a.json"])
        .ends(5, "nothing proves");
    for key in scene.others() {
        let more = [&detached[..], &["--identity", &identity]].concat();
        scene.by(key, &more).ends(0, "the vault whose identity is");
    }
    scene
        .by(&OPEN, &["--signature", "a.jws"])
        .ends(2, "--header");
    scene
        .by(&OPEN, &["--header", "a.json", "--signature", "a.json"])
        .ends(4, "");
}

#[test]
fn what_inspect_says_of_it() {
    let scene = Scene::new();
    let identity = scene.identity();
    let inspect = |more: &[&str]| scene.shop.run(&[&["inspect"], more].concat());
    for (covered, covers) in [
        (true, "header and content"),
        (
            false,
            "the header: each recipient can have written the content",
        ),
    ] {
        let own = scene.object(covered);
        scene.shop.write("a.srm", own.attached());
        scene.shop.write("a.json", own.header.bytes());
        scene.shop.write("a.jws", &own.signature);
        let claimed = inspect(&["a.srm"]);
        for told in [
            format!("signed      by the identity {identity}, as it claims"),
            format!("covers      {covers}\n"),
            "recipients  3\n".to_owned(),
            format!("RSA-OAEP-256 key {ARN}\n"),
            format!("vault       {}\n", scene.vault.id().as_str()),
            "plaintext   600000 bytes\n".to_owned(),
        ] {
            assert!(
                claimed.succeeds().text().contains(&told),
                "{told}: {}",
                claimed.text()
            );
        }
        for file in [&["a.srm"][..], &["a.json", "--signature", "a.jws"]] {
            let known = inspect(&[file, &["--identity", &identity]].concat());
            assert!(
                known
                    .succeeds()
                    .text()
                    .contains(&format!("by the identity {identity}\n")),
                "{}",
                known.text()
            );
            inspect(&[file, &["--identity", &"A".repeat(43)]].concat())
                .ends(4, "not by the expected identity");
        }
        let unsigned = inspect(&["a.json"]);
        assert!(
            unsigned.succeeds().text().contains("signed      no\n"),
            "{}",
            unsigned.text()
        );
        inspect(&["a.json", "--identity", &identity])
            .ends(2, "--identity is for an object that is signed");
        inspect(&["backup.json", "--identity", &identity]).ends(2, "--identity");
        inspect(&["a.srm", "--signature", "a.jws"]).ends(2, "--signature");
    }
}
