//! The factors that a page presents. What is secret in them stays in JavaScript's arrays: a passphrase's on their way to
//! Argon2id's Worker.

use core::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, JsString, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroizing;

use crate::{
    base::{
        Cause, DeviceFault, Duration, Error, Local, Object, Result, Secret, SystemEntropy, VaultId,
        base64,
    },
    factors::{
        Answer, Challenge, DeviceOutput, Escrow, EscrowAnswer, EscrowHolder, EscrowRequest,
        FactorPort, NewCredential, Passkey, Passphrase, Present, PrfAnswer, PrfOutput, PrfRequest,
        Reached, RecoveryKit, RecoveryShares, ThisDevice, Together,
    },
    jose::{Question, RsaPublicKey},
    records::{CredentialId, DeviceKey, FactorKind, FactorPair, RpId},
};

use super::{
    Thrown,
    clock::DateClock,
    convert::{js, text},
};

#[wasm_bindgen]
extern "C" {
    /// A factor as the page's side gives it: `WireFactor` in `js/src/shared/protocol/vault-calls.ts`.
    pub type WireFactor;

    #[wasm_bindgen(method, getter)]
    fn kind(this: &WireFactor) -> JsString;

    #[wasm_bindgen(method, getter)]
    fn id(this: &WireFactor) -> Option<JsString>;

    /// The one that is presented together with it.
    #[wasm_bindgen(method, getter)]
    fn second(this: &WireFactor) -> Option<WireFactor>;

    /// Of a passphrase: its forms. Of a recovery kit: its words. Of recovery shares: the words of each. Of
    /// an escrow: its JWK, where that is given.
    #[wasm_bindgen(method, getter)]
    fn secrets(this: &WireFactor) -> Array;

    /// Of a passkey: its relying party.
    #[wasm_bindgen(method, getter, js_name = rpId)]
    fn rp_id(this: &WireFactor) -> Option<JsString>;

    /// Of a passkey, and of an escrow whose private half is asked: the number that the page knows it by.
    #[wasm_bindgen(method, getter)]
    fn ceremony(this: &WireFactor) -> Option<u32>;

    /// Of an escrow: whether a key management service is asked.
    #[wasm_bindgen(method, getter)]
    fn kms(this: &WireFactor) -> Option<bool>;

    /// Of a device that is enrolled: how long it opens the vault.
    #[wasm_bindgen(method, getter)]
    fn expires(this: &WireFactor) -> Option<JsString>;

    /// Of a gate that is enrolled: for how long a device may do without its answer.
    #[wasm_bindgen(method, getter, js_name = offlineGrace)]
    fn offline_grace(this: &WireFactor) -> Option<JsString>;

    /// What answers for the page's factors: `FactorAnswers` in `js/src/engine/wasm/bindings.ts`.
    pub type FactorAnswers;

    #[wasm_bindgen(method, catch)]
    fn stretch(
        this: &FactorAnswers,
        passphrase: Uint8Array,
        salt: Uint8Array,
        memory: u32,
        passes: u32,
        lanes: u32,
    ) -> core::result::Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = createPasskey)]
    fn create_passkey(
        this: &FactorAnswers,
        ceremony: u32,
        rp_id: JsString,
        user: Uint8Array,
        input: Uint8Array,
        exclude: Array,
    ) -> core::result::Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = evaluatePrf)]
    fn evaluate_prf(
        this: &FactorAnswers,
        ceremony: u32,
        rp_id: JsString,
        credentials: Array,
        inputs: Array,
    ) -> core::result::Result<Promise, JsValue>;

    /// Encrypts 32 bytes to a public key, which is a SubjectPublicKeyInfo.
    #[wasm_bindgen(method, catch, js_name = encryptOaep)]
    fn encrypt_oaep(
        this: &FactorAnswers,
        spki: Uint8Array,
        key: Uint8Array,
    ) -> core::result::Result<Promise, JsValue>;

    /// Resolves to a `PrfResult`, or to nothing where they hold none of these keys. `requests` is the text of a JSON array.
    #[wasm_bindgen(method, catch, js_name = askEscrow)]
    fn ask_escrow(
        this: &FactorAnswers,
        holder: u32,
        requests: JsString,
    ) -> core::result::Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = createDeviceKey)]
    fn create_device_key(
        this: &FactorAnswers,
        id: JsString,
    ) -> core::result::Result<Promise, JsValue>;

    /// Resolves to bytes, to nothing where there is no such key, or to the text "clock".
    #[wasm_bindgen(method, catch, js_name = applyDeviceKey)]
    fn apply_device_key(
        this: &FactorAnswers,
        id: JsString,
        input: Uint8Array,
        expires: f64,
    ) -> core::result::Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = forgetDeviceKey)]
    fn forget_device_key(
        this: &FactorAnswers,
        id: JsString,
    ) -> core::result::Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = keepAnswer)]
    fn keep_answer(
        this: &FactorAnswers,
        vault: JsString,
        key: JsString,
        text: JsString,
    ) -> core::result::Result<Promise, JsValue>;

    /// Resolves to what was kept, or to nothing.
    #[wasm_bindgen(method, catch, js_name = keptAnswer)]
    fn kept_answer(this: &FactorAnswers, vault: JsString)
    -> core::result::Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = forgetAnswer)]
    fn forget_answer(
        this: &FactorAnswers,
        vault: JsString,
    ) -> core::result::Result<Promise, JsValue>;

    /// What `evaluatePrf` and `askEscrow` resolve to.
    type PrfResult;

    #[wasm_bindgen(method, getter)]
    fn which(this: &PrfResult) -> u32;

    #[wasm_bindgen(method, getter)]
    fn output(this: &PrfResult) -> Uint8Array;
}

/// Answers challenges by what the page's side has: Argon2id's Worker, authenticators, and the browser's own keys.
pub(super) struct PageFactor {
    answers: FactorAnswers,
    /// The arrays of the calls that are in flight.
    held: RefCell<Vec<Option<Array>>>,
}

/// The factors of one call. Their arrays are wiped at its end.
pub(super) struct Presented {
    port: Rc<PageFactor>,
    held: Vec<usize>,
    list: Result<Vec<Box<dyn Present>>>,
}

impl PageFactor {
    pub(super) fn new(answers: FactorAnswers) -> Rc<Self> {
        let held = RefCell::default();
        Rc::new(Self { answers, held })
    }

    /// Holds the factors of one call.
    pub(super) fn hold(self: &Rc<Self>, factors: &[WireFactor]) -> Presented {
        let mut held = Vec::new();
        let mut list = Vec::new();
        for factor in factors {
            list.push(self.hold_one(factor, &mut held));
        }
        let list = list.into_iter().collect();
        let port = self.clone();
        Presented { port, held, list }
    }

    /// Holds a factor, and the one that is presented together with it: all of them, before the first is refused.
    fn hold_one(&self, factor: &WireFactor, held: &mut Vec<usize>) -> Result<Box<dyn Present>> {
        let mut put = |factor: &WireFactor| {
            let index = self.put(factor.secrets());
            held.push(index);
            of_kind(factor, index)
        };
        let first = put(factor);
        match factor.second() {
            None => first,
            Some(second) => {
                let second = put(&second);
                Ok(Box::new(Together::new(first?, second?)))
            }
        }
    }

    fn put(&self, secrets: Array) -> usize {
        let mut held = self.held.borrow_mut();
        let free = held.iter().position(Option::is_none);
        let index = free.unwrap_or_else(|| {
            held.push(None);
            held.len() - 1
        });
        held[index] = Some(secrets);
        index
    }

    fn array(&self, passphrase: &Passphrase, form: usize) -> Result<Uint8Array> {
        const NONE: Error = Error::Argument("a passphrase is needed");
        let index = passphrase.index().ok_or(NONE)?;
        let secrets = self.held.borrow().get(index).cloned().flatten();
        let array = secrets.map(|secrets| secrets.get(form as u32));
        let array = array.and_then(|array| array.dyn_into::<Uint8Array>().ok());
        // One of no bytes would be a factor that opens to everybody.
        array.filter(|array| array.length() > 0).ok_or(NONE)
    }
}

fn of_kind(factor: &WireFactor, index: usize) -> Result<Box<dyn Present>> {
    match FactorKind::parse(&text(&factor.kind())) {
        Some(FactorKind::Passphrase) => {
            let forms = factor.secrets().length() as usize;
            let id = factor.id().map(|id| text(&id));
            Ok(Box::new(Passphrase::held(index, forms.max(1)).of(id)))
        }
        Some(FactorKind::RecoveryKit) => {
            let words = words_of(factor.secrets().get(0))?;
            Ok(Box::new(RecoveryKit::from_words(&words)?))
        }
        Some(FactorKind::RecoveryShares) => {
            let secrets = factor.secrets();
            let mnemonics: Result<Vec<_>> = secrets.iter().map(words_of).collect();
            let mnemonics = mnemonics?;
            let mnemonics = mnemonics.iter().map(|words| words.as_str());
            Ok(Box::new(RecoveryShares::from_mnemonics(mnemonics)?))
        }
        Some(kind @ (FactorKind::Escrow | FactorKind::Kms)) => {
            let key = if let Some(number) = factor.ceremony() {
                let is_kms = factor.kms().unwrap_or_default();
                Escrow::held(EscrowHolder { number, is_kms })
            } else {
                let jwk = words_of(factor.secrets().get(0))?;
                Escrow::parse(jwk.as_bytes())?
            };
            if kind != FactorKind::Kms {
                return Ok(Box::new(key));
            }
            let grace = factor.offline_grace().map(|grace| text(&grace).try_into());
            Ok(Box::new(key.as_gate().with_grace(grace.transpose()?)))
        }
        Some(FactorKind::Passkey) => {
            const NONE: Error = Error::Argument("rpId (the name of a host, in lower case)");
            let rp_id = factor.rp_id().ok_or(NONE)?;
            let rp_id = RpId::try_from(text(&rp_id)).map_err(|_| NONE)?;
            let passkey = Passkey::new(rp_id, factor.ceremony().ok_or(NONE)?);
            Ok(Box::new(passkey.of(factor.id().map(|id| text(&id)))))
        }
        Some(FactorKind::ThisDevice) => {
            let lasts = factor.expires().map(|lasts| Duration::parse(&text(&lasts)));
            let device = ThisDevice::new(Rc::new(DateClock)).lasting(lasts.transpose()?);
            Ok(Box::new(device.of(factor.id().map(|id| text(&id)))))
        }
        None => Err(Error::Argument("a factor is needed")),
    }
}

/// The kinds that a vault is to take at once, by their names.
pub(super) fn pair_of(kinds: &[JsString]) -> Result<FactorPair> {
    let kinds = kinds.iter().map(|kind| FactorKind::parse(&text(kind)));
    let kinds: Option<Vec<_>> = kinds.collect();
    FactorPair::new(&kinds.unwrap_or_default())
}

/// Words that a page gives, in UTF-8.
fn words_of(secret: JsValue) -> Result<Zeroizing<String>> {
    let words = secret.dyn_into::<Uint8Array>();
    let words = words
        .map_err(|_| Error::Argument("the words of a recovery kit or share, or an escrow's key"))?;
    let words = Zeroizing::new(words.to_vec());
    // What is no UTF-8 is no word of a list either.
    Ok(Zeroizing::new(String::from_utf8_lossy(&words).into_owned()))
}

impl FactorPort for Rc<PageFactor> {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        let Challenge::Argon2id {
            passphrase,
            form,
            kdf,
        } = challenge;
        Box::pin(async move {
            // A copy, which the page's side wipes: the same passphrase may be tried on another factor.
            let array = self.array(passphrase, form)?;
            let copy = Uint8Array::new(&array);
            let (memory, passes, lanes) = kdf.cost();
            let salt = bytes(&kdf.salt()?);
            let derived = self.answers.stretch(copy, salt, memory, passes, lanes);
            let derived = settled(derived).await?;
            take(derived.unchecked_ref()).map(Answer::Derived)
        })
    }

    fn new_credential<'a>(
        &'a self,
        passkey: &'a Passkey,
        new: NewCredential<'a>,
    ) -> Local<'a, Result<CredentialId>> {
        Box::pin(async move {
            let exclude: Array = new.exclude.iter().map(|id| bytes(id.as_bytes())).collect();
            let made = self.answers.create_passkey(
                passkey.number(),
                js(new.rp_id.as_str()),
                bytes(&new.user),
                bytes(new.input.as_bytes()),
                exclude,
            );
            let id: Uint8Array = settled(made).await?.unchecked_into();
            CredentialId::new(id.to_vec())
        })
    }

    fn evaluate_prf<'a>(
        &'a self,
        passkey: &'a Passkey,
        request: PrfRequest<'a>,
    ) -> Local<'a, Result<PrfAnswer>> {
        Box::pin(async move {
            let credentials = request.credentials.iter();
            let inputs: Array = credentials
                .clone()
                .map(|credential| bytes(credential.input.as_bytes()))
                .collect();
            let credentials: Array = credentials
                .map(|credential| bytes(credential.id.as_bytes()))
                .collect();
            let rp_id = js(request.rp_id.as_str());
            let answers = &self.answers;
            let answer = answers.evaluate_prf(passkey.number(), rp_id, credentials, inputs);
            let answer: PrfResult = settled(answer).await?.unchecked_into();
            let output = PrfOutput::new(take(&answer.output())?);
            let which = answer.which() as usize;
            Ok(PrfAnswer { which, output })
        })
    }

    fn rsa_oaep<'a>(
        &'a self,
        key: &'a RsaPublicKey,
        cek: &'a Secret<32>,
    ) -> Local<'a, Result<Vec<u8>>> {
        Box::pin(async move {
            // EXPOSE: the page's side encrypts a copy, and wipes it.
            let copy = bytes(cek.expose());
            let encrypted = self.answers.encrypt_oaep(bytes(&key.spki()), copy);
            let encrypted: Uint8Array = settled(encrypted).await?.unchecked_into();
            Ok(encrypted.to_vec())
        })
    }

    fn ask_escrow<'a>(
        &'a self,
        holder: EscrowHolder,
        requests: Vec<EscrowRequest<'a>>,
    ) -> Local<'a, Result<Option<EscrowAnswer>>> {
        Box::pin(async move {
            let text = Object::new()
                .with_list("requests", &requests, request_members)
                .text();
            let answer = settled(self.answers.ask_escrow(holder.number, js(&text))).await?;
            if answer.is_undefined() {
                return Ok(None);
            }
            let answer: PrfResult = answer.unchecked_into();
            let which = answer.which() as usize;
            let answer = take(&answer.output())?;
            Ok(Some(EscrowAnswer { which, answer }))
        })
    }

    fn new_device_key<'a>(&'a self, key: &'a DeviceKey) -> Local<'a, Result<()>> {
        Box::pin(async move {
            let made = self.answers.create_device_key(js(&key.id.to_text()));
            settled(made).await.map(|_| ())
        })
    }

    fn device_output<'a>(&'a self, key: &'a DeviceKey) -> Local<'a, Result<Option<DeviceOutput>>> {
        Box::pin(async move {
            let (id, input) = (js(&key.id.to_text()), bytes(key.input.as_bytes()));
            let applied = self
                .answers
                .apply_device_key(id, input, key.expires.millis() as f64);
            let given = settled(applied).await?;
            if given.is_undefined() {
                return Ok(None);
            }
            if given.is_string() {
                return Err(Error::ThisDevice(DeviceFault::Clock));
            }
            take(given.unchecked_ref()).map(|output| Some(DeviceOutput::new(output)))
        })
    }

    fn reached(&self, error: &Error) -> Reached {
        let Error::Factor(cause) = error else {
            return Reached::Unknown;
        };
        let thrown = cause.error().downcast_ref::<Thrown>();
        let member = |name: &str| {
            let value = thrown.and_then(|thrown| Reflect::get(&thrown.0, &name.into()).ok());
            value
                .and_then(|value| value.as_string())
                .unwrap_or_default()
        };
        if member("code") != "ERR_KMS" {
            return Reached::Unknown;
        }
        match member("reason").as_str() {
            "offline" | "cors" | "timeout" | "unavailable" | "throttled" => Reached::No,
            "denied" | "disabled" | "pending-deletion" | "not-found" => Reached::Refuses,
            _ => Reached::Unknown,
        }
    }

    fn keep_answer<'a>(
        &'a self,
        vault: &'a VaultId,
        key: &'a DeviceKey,
        text: &'a str,
    ) -> Local<'a, Result<()>> {
        Box::pin(async move {
            let key = js(&key.id.to_text());
            let kept = self.answers.keep_answer(js(vault.as_str()), key, js(text));
            settled(kept).await.map(|_| ())
        })
    }

    fn kept_answer<'a>(&'a self, vault: &'a VaultId) -> Local<'a, Option<String>> {
        Box::pin(async move {
            let kept = settled(self.answers.kept_answer(js(vault.as_str()))).await;
            kept.ok()?.as_string()
        })
    }

    fn forget_answer<'a>(&'a self, vault: &'a VaultId) -> Local<'a, ()> {
        Box::pin(async move {
            // It stays where it cannot be deleted, until its deadline.
            let _ = settled(self.answers.forget_answer(js(vault.as_str()))).await;
        })
    }

    fn forget_device_key<'a>(&'a self, key: &'a DeviceKey) -> Local<'a, ()> {
        Box::pin(async move {
            // It stays where it cannot be deleted, and opens nothing until the clock is put back.
            let _ = settled(self.answers.forget_device_key(js(&key.id.to_text()))).await;
        })
    }
}

/// `EscrowRequest` in `js/src/shared/protocol/page-calls.ts`.
fn request_members(request: &EscrowRequest<'_>) -> Object {
    let members = Object::new()
        .with("recipient", request.recipient.as_str())
        .with_some("kid", request.kid.map(|kid| kid.as_str()))
        .with("algorithm", request.question.alg());
    match &request.question {
        Question::RsaOaep { encrypted } => members.with("encryptedKey", base64::encode(encrypted)),
        Question::EcdhEs { epk } => members.with("epk", epk.clone()),
    }
}

/// What the page's side promises.
async fn settled(promised: core::result::Result<Promise, JsValue>) -> Result<JsValue> {
    let promised = Promise::resolve(&promised.map_err(thrown)?);
    JsFuture::from(promised).await.map_err(thrown)
}

fn bytes(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}

impl Presented {
    /// The one that is there, and the one that comes.
    pub(super) fn two(&self) -> Result<[&dyn Present; 2]> {
        match &self.list()?[..] {
            [present, added] => Ok([*present, *added]),
            _ => Err(Error::Argument("two factors are needed")),
        }
    }

    pub(super) fn list(&self) -> Result<Vec<&dyn Present>> {
        let list = self.list.as_ref().map_err(Clone::clone)?;
        Ok(list.iter().map(AsRef::as_ref).collect())
    }

    /// The only one.
    pub(super) fn one(&self) -> Result<&dyn Present> {
        let first = self.list()?.first().copied();
        first.ok_or(Error::Argument("a factor is needed"))
    }
}

impl Drop for Presented {
    fn drop(&mut self) {
        let mut held = self.port.held.borrow_mut();
        for index in &self.held {
            for secret in held[*index].take().iter().flat_map(Array::iter) {
                if let Ok(secret) = secret.dyn_into::<Uint8Array>() {
                    secret.fill(0, 0, secret.length());
                }
            }
        }
    }
}

/// Takes 32 bytes over from JavaScript's memory, and wipes them there.
fn take(bytes: &Uint8Array) -> Result<Secret<32>> {
    let taken = Secret::try_fill(|to| {
        if bytes.length() as usize != to.len() {
            return Err(Error::Unsupported("a factor's answer of another length"));
        }
        bytes.copy_to(to);
        Ok(())
    });
    bytes.fill(0, 0, bytes.length());
    taken
}

fn thrown(thrown: JsValue) -> Error {
    Error::Factor(Cause::new(Thrown(thrown)))
}

/// The words of a new recovery kit, for whoever writes them down: ASCII, with a space between.
///
/// # Errors
/// `ERR_UNSUPPORTED` without a source of randomness.
#[wasm_bindgen(js_name = newRecoveryWords)]
pub fn new_recovery_words() -> core::result::Result<Uint8Array, JsValue> {
    let kit = RecoveryKit::generate(&SystemEntropy)?;
    Ok(Uint8Array::from(kit.words().as_bytes()))
}

/// The words of new recovery shares, for whoever writes them down: ASCII, a line for each share, with a space between words.
///
/// # Errors
/// `ERR_ARGUMENT` unless there are 2 to 16 shares and a threshold of 2 to as many, or 1 of 1; `ERR_UNSUPPORTED` without a source
/// of randomness.
#[wasm_bindgen(js_name = splitRecovery)]
pub fn split_recovery(threshold: u8, shares: u8) -> core::result::Result<Uint8Array, JsValue> {
    let set = RecoveryShares::split(threshold, shares, &SystemEntropy)?;
    let mut lines = Zeroizing::new(String::with_capacity(300 * usize::from(shares)));
    for words in set.mnemonics() {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(&words);
    }
    Ok(Uint8Array::from(lines.as_bytes()))
}
