//! What is encrypted to a key of RSA: an escrow of a vault, and a recipient of an object.

use std::rc::Rc;

use aes_kw::KeyInit as _;
use pollster::block_on;
use rsa::{BoxedUint, PublicKey};
use serde_json::{Value, json};
use sha2::Sha256;
use strongroom::{
    Context, Result,
    base::{InputError, Kid, Local, Secret, SystemEntropy, base64},
    factors::{Answer, Challenge, Escrow, FactorPort, InlineFactor},
    jose::{Envelope, Kek, RsaPublicKey},
    object::{attached, body::RustEngine, encrypt_object},
};

use crate::{
    made::{Made, PHRASE, backup, named, object, phrase, vault_by},
    shop::{Shop, vectors},
};

/// A private JWK that Wycheproof has.
pub fn private_jwk(bits: usize) -> Value {
    let name = format!("wycheproof/rsa_oaep_{bits}_sha256_mgf1sha256_test.json");
    let file: Value = serde_json::from_slice(&std::fs::read(vectors(&name)).unwrap()).unwrap();
    let mut jwk = file["testGroups"][0]["privateKeyJwk"].clone();
    jwk.as_object_mut().unwrap().remove("kid");
    jwk
}

pub fn public(jwk: &Value) -> Value {
    json!({ "kty": "RSA", "n": jwk["n"], "e": jwk["e"] })
}

/// The crate has no RSA: whoever presents an escrow gives it.
pub struct RsaPort;

impl FactorPort for RsaPort {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        InlineFactor.answer(challenge)
    }

    fn rsa_oaep<'a>(
        &'a self,
        key: &'a RsaPublicKey,
        secret: &'a Secret<32>,
    ) -> Local<'a, Result<Vec<u8>>> {
        Box::pin(async { Ok(encrypted(key, secret.expose())) })
    }
}

fn encrypted(key: &RsaPublicKey, plain: &[u8]) -> Vec<u8> {
    let members = key.members();
    let number = |name: &str| {
        let text = members.get(name).unwrap().as_str().unwrap();
        let bytes = base64::decode(text, InputError::Malformed("a test")).unwrap();
        BoxedUint::from_be_slice(&bytes, u32::try_from(bytes.len() * 8).unwrap()).unwrap()
    };
    let key = PublicKey::new(number("n"), number("e")).unwrap();
    key.oaep_encrypt::<Sha256>(plain).unwrap()
}

/// An object for a key of RSA alone, of the text `meow`. The crate shows a CEK to nobody but who wraps it: it is wrapped by a
/// key that is known, and then anew.
fn object_for(jwk: &Value, kid: &str, context: &Context) -> Vec<u8> {
    let key = RsaPublicKey::parse(public(jwk).to_string().as_bytes()).unwrap();
    let kek = Kek::new(
        Kid::new("known").unwrap(),
        Secret::from_slice(&[1; 32]).unwrap(),
    );
    let engine = Rc::new(RustEngine);
    let begun = encrypt_object(engine, &SystemEntropy, &[kek.into()], context, None).unwrap();
    let mut header: Value = serde_json::from_slice(begun.header.bytes()).unwrap();
    let decode = |text: &Value| {
        base64::decode(text.as_str().unwrap(), InputError::Malformed("a test")).unwrap()
    };
    let mut cek = [0; 32];
    let wrapped = decode(&header["recipients"][0]["encrypted_key"]);
    aes_kw::KwAes256::new(&[1; 32].into())
        .unwrap_key(&wrapped, &mut cek)
        .unwrap();
    let wrapped = base64::encode(&encrypted(&key, &cek));
    header["recipients"] =
        json!([{ "header": { "alg": "RSA-OAEP-256", "kid": kid }, "encrypted_key": wrapped }]);
    let header = Envelope::parse(header.to_string().as_bytes()).unwrap();
    let mut pieces = block_on(begun.encryptor.push(b"meow".to_vec())).unwrap();
    pieces.extend(block_on(begun.encryptor.finish()).unwrap());
    [attached::prefix(&header), pieces.concat()].concat()
}

fn thumbprint(jwk: &Value) -> String {
    let key = RsaPublicKey::parse(public(jwk).to_string().as_bytes()).unwrap();
    key.thumbprint().as_str().to_owned()
}

fn escrowed(jwk: &Value) -> (Shop, Made) {
    let escrow = Escrow::parse(public(jwk).to_string().as_bytes()).unwrap();
    let vault = vault_by(Box::new(RsaPort), &[&phrase(PHRASE), &escrow]);
    let shop = Shop::new();
    shop.write("backup.json", backup(&vault));
    shop.write("object.srm", object(&vault, "photos", &named("x"), b"meow"));
    shop.write("escrow.jwk", jwk.to_string());
    (shop, vault)
}

#[test]
fn an_escrow_of_rsa_opens_its_vault() {
    for bits in [2048, 3072, 4096] {
        let jwk = private_jwk(bits);
        let (shop, vault) = escrowed(&jwk);
        let identity = vault.identity().unwrap();
        let open = [
            "open",
            "object.srm",
            "--vault",
            "backup.json",
            "-o",
            "out",
            "--jwk",
            "escrow.jwk",
        ];
        shop.run(&open).ends(5, "--identity");
        let told = [&open[..], &["--identity", identity.as_str()]].concat();
        shop.run(&told).succeeds();
        assert_eq!(shop.read("out"), b"meow");
        let list = [
            "vault",
            "backup.json",
            "list",
            "--jwk",
            "escrow.jwk",
            "--identity",
            identity.as_str(),
        ];
        let list = shop.run(&list);
        assert!(
            list.succeeds().text().contains(&thumbprint(&jwk)),
            "{}",
            list.text()
        );
        let export = [
            "vault",
            "backup.json",
            "export",
            "photos",
            "-o",
            "key.jwk",
            "--dangerously-without-asking",
        ];
        let export = [
            &export[..],
            &["--jwk", "escrow.jwk", "--identity", identity.as_str()],
        ]
        .concat();
        shop.run(&export).succeeds();
    }
}

#[test]
fn another_key_of_rsa_opens_no_vault() {
    let (shop, vault) = escrowed(&private_jwk(2048));
    let identity = vault.identity().unwrap();
    let list = |file: &str, more: &[&str]| {
        let common = [
            "vault",
            "backup.json",
            "list",
            "--identity",
            identity.as_str(),
            "--jwk",
            file,
        ];
        shop.run(&[&common[..], more].concat())
    };
    let other = private_jwk(3072);
    shop.write("other.jwk", other.to_string());
    let own = thumbprint(&private_jwk(2048));
    list("other.jwk", &[])
        .ends(3, "no escrow of this vault is the key of --jwk")
        .ends(3, &own);
    list("other.jwk", &["--kid", &own]).ends(4, "does not decrypt this");
    shop.write("public.jwk", public(&other).to_string());
    list("public.jwk", &[]).ends(2, "public key");
    // Of the same size: what it decrypts is none.
    let mut signs = private_jwk(2048);
    signs["use"] = json!("sig");
    shop.write("signs.jwk", signs.to_string());
    list("signs.jwk", &[]).ends(2, "--jwk is no RSA key");
}

#[test]
fn an_object_for_a_key_of_rsa_opens_and_says_that_nobody_signed_it() {
    let jwk = private_jwk(3072);
    let shop = Shop::new();
    let context = Context::try_from([("album", "42")]).unwrap();
    shop.write("key.jwk", jwk.to_string());
    shop.write("a.srm", object_for(&jwk, &thumbprint(&jwk), &context));
    shop.write(
        "b.srm",
        object_for(&jwk, "https://keys.example/1", &Context::none()),
    );
    let open = |file: &str, more: &[&str]| {
        shop.run(&[&["open", file, "--jwk", "key.jwk", "-o", "out"], more].concat())
    };
    open("a.srm", &["--context", "album=42"]).ends(5, "--allow-unsigned");
    open("a.srm", &["--allow-unsigned"]).ends(4, "another context");
    let id = "A".repeat(43);
    open(
        "a.srm",
        &["--context", "album=42", "--allow-unsigned", "--expect", &id],
    )
    .ends(4, "another object");
    assert_eq!(shop.names(), ["a.srm", "b.srm", "key.jwk"]);
    let run = open("a.srm", &["--context", "album=42", "--allow-unsigned"]);
    run.ends(0, "nothing proves who wrote it");
    assert_eq!(shop.read("out"), b"meow");
    open("b.srm", &["--allow-unsigned"]).ends(6, "is there already");
    std::fs::remove_file(shop.path("out")).unwrap();
    open("b.srm", &["--allow-unsigned"]).ends(4, "--kid");
    open(
        "b.srm",
        &["--allow-unsigned", "--kid", "https://keys.example/1"],
    )
    .succeeds();
    let mut renamed = jwk;
    renamed["kid"] = json!("https://keys.example/1");
    std::fs::remove_file(shop.path("out")).unwrap();
    shop.write("key.jwk", renamed.to_string());
    open("b.srm", &["--allow-unsigned"]).succeeds();
    shop.run(&["inspect", "b.srm"]).ends(0, "");
}
