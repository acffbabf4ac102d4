//! The wasm ring in a real browser: `wasm-pack test --headless --chrome . --test web`.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::panic, reason = "the conformance suite says what it saw")]

mod caller_store;
mod conformance;
mod indexeddb;
mod rsa;

use std::{cell::Cell, rc::Rc};

use js_sys::{Array, Reflect, Uint8Array};
use strongroom::{
    Context, Error,
    base::{Clock, Entropy, InputResult, SystemEntropy, Timestamp},
    factors::{InlineFactor, Passphrase},
    object::{
        Dek,
        body::{BodyDecryptor, BodyEncryptor},
    },
    store::VaultName,
    vault::{DecryptOptions, Platform, Vault},
    web::{IndexedDbStore, PageBuffers, Schema, WasmBody},
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/js/generated/cipher.js")]
extern "C" {
    /// The package's own engine of bodies.
    type Cipher;

    #[wasm_bindgen(constructor)]
    fn new(body: WasmBody, way: &str, subtle: JsValue) -> Cipher;

    #[wasm_bindgen(method, catch)]
    async fn step(
        this: &Cipher,
        piece: Option<Uint8Array>,
    ) -> core::result::Result<JsValue, JsValue>;
}

mod in_memory {
    use strongroom::store::MemoryStore;

    use super::{conformance, wasm_bindgen_test};

    macro_rules! run {
        ($case:ident) => {
            #[wasm_bindgen_test]
            async fn $case() {
                conformance::$case(&MemoryStore::default()).await;
            }
        };
    }

    crate::store_conformance!(run);
    crate::commit_conformance!(run);
}

#[wasm_bindgen_test]
async fn both_engines_write_the_same_bytes_and_open_each_others() {
    for length in [0, 1, 15, 16, 1000, 262_087, 262_088, 262_089, 1_000_000] {
        let plain = pattern(length);
        let by_wasm = sealed(JsValue::NULL, &plain).await;
        assert!(by_wasm == sealed(subtle(), &plain).await, "{length} bytes");
        for engine in [JsValue::NULL, subtle()] {
            let opened = opened(engine, &by_wasm).await;
            assert!(opened == Ok(plain.clone()), "{length} bytes");
        }
    }
}

#[wasm_bindgen_test]
async fn both_engines_refuse_a_changed_byte() {
    let mut body = sealed(JsValue::NULL, &pattern(300_000)).await;
    body[280_000] ^= 1;
    for engine in [JsValue::NULL, subtle()] {
        assert_eq!(opened(engine, &body).await, Err("ERR_DECRYPT".to_owned()));
    }
}

#[wasm_bindgen_test]
async fn a_vault_is_there_again_after_it_was_closed() {
    let database = fresh_name();
    let name: VaultName = "acme".parse().expect("a vault name");
    let context = Context::try_from([("album", "42")]).expect("a small context");

    let vault = Vault::create(host(&database), name.clone(), &[&passphrase("correct")]).await;
    let vault = vault.expect("a new vault");
    vault
        .create_key(&"photos".parse().expect("an alias"))
        .await
        .expect("a new key");
    let token = vault
        .encrypt_value("photos", b"\"kept\"", &context)
        .await
        .expect("encrypted");
    drop(vault);

    let again = Vault::open(host(&database), name.clone())
        .await
        .expect("it was stored");
    let refused = again.unlock(&passphrase("wrong"), None).await;
    assert_eq!(refused.err(), Some(Error::WrongFactor));
    let again = again
        .unlock(&passphrase("correct"), None)
        .await
        .expect("the passphrase");
    assert_eq!(
        *again
            .decrypt_value(&token, &context)
            .await
            .expect("decrypted"),
        b"\"kept\""
    );
}

#[wasm_bindgen_test]
async fn two_tabs_see_each_others_keys_and_lose_none() {
    let database = fresh_name();
    let name: VaultName = "acme".parse().expect("a vault name");
    let one = Vault::create(host(&database), name.clone(), &[&passphrase("p")])
        .await
        .expect("new");
    let two = Vault::open(host(&database), name).await.expect("stored");
    let two = two
        .unlock(&passphrase("p"), None)
        .await
        .expect("the passphrase");
    one.create_key(&"a".parse().expect("an alias"))
        .await
        .expect("made");
    two.create_key(&"b".parse().expect("an alias"))
        .await
        .expect("made over the other's change");
    let aliases = |keys: Vec<strongroom::vault::KeyInfo>| -> Vec<String> {
        keys.iter().map(|info| info.key.alias.to_string()).collect()
    };
    assert_eq!(aliases(one.keys().await.expect("readable")), ["a", "b"]);
    assert_eq!(aliases(two.keys().await.expect("readable")), ["a", "b"]);
    let object = one
        .encrypt("b", &Context::none(), None)
        .await
        .expect("encrypted");
    let header = object.header.bytes().to_vec();
    two.decrypt(&header, &Context::none(), &DecryptOptions::default())
        .await
        .expect("opened");
}

fn host(database: &str) -> Rc<Platform<IndexedDbStore, PageBuffers>> {
    Rc::new(Platform {
        store: IndexedDbStore::new(database, Schema::CURRENT),
        factor: Box::new(InlineFactor),
        engine: Rc::new(PageBuffers),
        clock: Rc::new(Noon),
        rng: Box::new(SystemEntropy),
        listener: Box::new(|_| {}),
    })
}

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.into()).expect("not empty")
}

fn subtle() -> JsValue {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).expect("a browser");
    let subtle = Reflect::get(&crypto, &"subtle".into()).expect("a browser");
    assert!(subtle.is_object(), "a secure context");
    subtle
}

/// A body of the same DEK, salt and nonce prefix each time; `subtle` may be null.
async fn sealed(subtle: JsValue, plain: &[u8]) -> Vec<u8> {
    let entropy = Counted::default();
    let dek = Dek::generate(&entropy).expect("entropy");
    let engine = Rc::new(PageBuffers);
    let encryptor =
        BodyEncryptor::new(engine, &dek, &Context::none(), None, &entropy).expect("a key");
    let cipher = Cipher::new(WasmBody::of_encryptor(encryptor), "encrypt", subtle);
    run(&cipher, plain.chunks(600_000)).await.expect("sealed")
}

/// The plaintext, or the code of what was thrown.
async fn opened(subtle: JsValue, body: &[u8]) -> core::result::Result<Vec<u8>, String> {
    let dek = Dek::generate(&Counted::default()).expect("entropy");
    let decryptor = BodyDecryptor::new(Rc::new(PageBuffers), dek, Context::none(), None);
    let cipher = Cipher::new(WasmBody::of_decryptor(decryptor), "decrypt", subtle);
    run(&cipher, body.chunks(700_000)).await
}

async fn run(
    cipher: &Cipher,
    chunks: core::slice::Chunks<'_, u8>,
) -> core::result::Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    for chunk in chunks
        .map(|chunk| Some(Uint8Array::from(chunk)))
        .chain([None])
    {
        let stepped = cipher.step(chunk).await.map_err(|thrown| {
            let code = Reflect::get(&thrown, &"code".into()).ok();
            code.and_then(|code| code.as_string()).unwrap_or_default()
        })?;
        let output = Reflect::get(&stepped, &"output".into()).expect("a result");
        for piece in Array::from(&output).iter() {
            bytes.extend(Uint8Array::new(&piece).to_vec());
        }
    }
    Ok(bytes)
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 + (at >> 8)) as u8).collect()
}

/// Not random at all, and the same for both engines.
#[derive(Default)]
struct Counted(Cell<u8>);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) -> InputResult<()> {
        for byte in bytes {
            *byte = self.0.replace(self.0.get().wrapping_add(1));
        }
        Ok(())
    }
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(43_200_000)
    }
}

fn fresh_name() -> String {
    format!("strongroom-test-{}", js_sys::Math::random())
}
