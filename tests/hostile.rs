//! Input made to hurt: it is refused with a typed error, in little time and little memory.
//!
//! Memory is the peak of this process's allocations, so the tests of this file take turns.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    rc::Rc,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use peak_alloc::PeakAlloc;
use pollster::block_on;
use serde_json::{Value as Json, json};
use strongroom::{
    Context, Error, Result,
    base::{Clock, InputError, Kid, Local, Object, Secret, SystemEntropy, Timestamp, base64},
    factors::{Answer, Challenge, FactorPort, InlineFactor, Passphrase},
    jose::{Envelope, Identity, Jwk, Kek, Signed, Value, unwrap, wrap},
    object::{attached, body::RustEngine},
    records::{Enrolment, Kdf},
    store::{Batch, MemoryStore, RecordType, Row, Sequence, Store},
    vault::{Backup, Locked, NewVault, Platform, Vault},
};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

static TURN: Mutex<()> = Mutex::new(());

const ENTROPY: SystemEntropy = SystemEntropy;
const MIB: usize = 1 << 20;
/// An unoptimised build on a busy machine; what is bounded takes milliseconds.
const MOMENT: Duration = Duration::from_secs(5);

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the threads of the test harness may allocate meanwhile: some hundred bytes were seen.
const HARNESS: usize = 4096;

/// Runs `work`, which may take a moment and at most `memory` bytes beyond what there was.
#[track_caller]
fn bounded<T>(memory: usize, work: impl FnOnce() -> T) -> T {
    let (before, start) = (MEMORY.current_usage(), Instant::now());
    MEMORY.reset_peak_usage();
    let outcome = work();
    let used = MEMORY.peak_usage().saturating_sub(before);
    assert!(used <= memory + HARNESS, "{used} bytes, of {memory}");
    assert!(start.elapsed() < MOMENT, "{:?}", start.elapsed());
    outcome
}

fn envelope() -> (Kek, Json) {
    let kek = Kek::new(Kid::new("a").unwrap(), Secret::generate(&ENTROPY).unwrap());
    let jwk = Jwk::oct(Secret::generate(&ENTROPY).unwrap());
    let envelope = wrap(
        &jwk,
        &[kek.clone().into()],
        &Context::none(),
        None,
        &ENTROPY,
    )
    .unwrap();
    (kek, serde_json::from_slice(envelope.bytes()).unwrap())
}

fn opens(kek: &Kek, json: &Json) -> Result<()> {
    let envelope = Envelope::parse(json.to_string().as_bytes())?;
    let opened = unwrap(&envelope, &[Identity::Kek(kek.clone())], &Context::none());
    Ok(opened.map(drop)?)
}

fn malformed<T, E: Into<Error>>(outcome: core::result::Result<T, E>) -> bool {
    matches!(outcome.map_err(Into::into), Err(Error::Malformed(_)))
}

fn too_large<T, E: Into<Error>>(outcome: core::result::Result<T, E>) -> bool {
    matches!(outcome.map_err(Into::into), Err(Error::TooLarge(_)))
}

#[test]
fn a_declared_header_of_a_gibibyte_allocates_nothing() {
    let _turn = turn();
    for length in [1_u32 << 30, u32::MAX, (1 << 20) + 1] {
        let prefix = [&b"SRM\x01"[..], &length.to_be_bytes()].concat();
        assert!(too_large(bounded(0, || attached::header_len(&prefix))));
    }
}

#[test]
fn ten_thousand_recipients_are_refused_and_a_thousand_are_read() {
    let _turn = turn();
    let (kek, genuine) = envelope();
    let with = |count: usize| {
        let mut json = genuine.clone();
        let entries = json["recipients"].as_array_mut().unwrap();
        entries
            .extend((1..count).map(|n| json!({ "header": { "alg": "x", "kid": n.to_string() } })));
        json.to_string()
    };
    let (thousand, more, many) = (with(1000), with(1001), with(10_000));
    let parsed = bounded(8 * MIB, || Envelope::parse(thousand.as_bytes()));
    let identity = Identity::Kek(kek);
    assert!(
        unwrap(
            &parsed.unwrap(),
            core::slice::from_ref(&identity),
            &Context::none()
        )
        .is_ok()
    );
    for text in [more, many] {
        assert!(too_large(bounded(32 * MIB, || Envelope::parse(
            text.as_bytes()
        ))));
    }
}

#[test]
fn json_as_deep_as_an_envelope_is_long_is_refused() {
    let _turn = turn();
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
        let depth = Envelope::MAX_BYTES / (open.len() + close.len()) - 10;
        let closed = format!(r#"{{"a":{}0{}}}"#, open.repeat(depth), close.repeat(depth));
        let unclosed = format!(r#"{{"a":{}"#, open.repeat(depth));
        for text in [closed, unclosed] {
            let text = text.as_bytes();
            assert!(malformed(bounded(MIB, || Object::parse(
                text,
                InputError::Malformed("x")
            ))));
            assert!(malformed(bounded(MIB, || Envelope::parse(text))));
            assert!(malformed(bounded(MIB, || Jwk::parse(text))));
            assert!(malformed(bounded(MIB, || Backup::read(text).map(drop))));
        }
    }
}

#[test]
fn a_number_of_any_length_is_never_rounded() {
    let _turn = turn();
    let digits = "9".repeat(MIB / 2);
    for number in [
        &digits,
        &format!("0.{digits}"),
        &format!("1e{digits}"),
        &format!("-{digits}"),
    ] {
        let text = format!(r#"{{"n":{number}}}"#);
        let outcome = bounded(4 * MIB, || {
            Object::parse(text.as_bytes(), InputError::Malformed("x"))?
                .number("n", InputError::Malformed("x"))
        });
        assert!(malformed(outcome));
    }
    for (number, read) in [
        ("9007199254740991", Some((1 << 53) - 1)),
        ("9007199254740992", None),
        ("18446744073709551616", None),
        ("-0", None),
        ("-1", None),
        ("1.0", None),
        ("1e0", None),
        ("01", None),
        ("+1", None),
        ("0x1", None),
        (".1", None),
        ("1.", None),
        ("NaN", None),
    ] {
        let text = format!(r#"{{"n":{number}}}"#);
        let found = Object::parse(text.as_bytes(), InputError::Malformed("x"))
            .and_then(|mut o| o.number("n", InputError::Malformed("x")));
        assert_eq!(found.ok(), read, "{number}");
    }
}

#[test]
fn base64_has_one_form_in_every_member_of_an_envelope() {
    let _turn = turn();
    let (kek, genuine) = envelope();
    assert_eq!(opens(&kek, &genuine), Ok(()));
    for pointer in [
        "/protected",
        "/iv",
        "/ciphertext",
        "/tag",
        "/recipients/0/encrypted_key",
    ] {
        let text = genuine.pointer(pointer).unwrap().as_str().unwrap();
        for other in other_forms(text) {
            let mut json = genuine.clone();
            *json.pointer_mut(pointer).unwrap() = other.clone().into();
            assert!(malformed(opens(&kek, &json)), "{pointer} {other:?}");
        }
    }
}

/// The same bytes in forms that lenient decoders read.
fn other_forms(text: &str) -> Vec<String> {
    let mut forms: Vec<String> = ["=", "==", "===", " ", "\n", "\r\n", "\t", "\0", "."]
        .iter()
        .flat_map(|added| [format!("{text}{added}"), format!("{added}{text}")])
        .collect();
    let (head, tail) = text.split_at(text.len() / 2);
    forms.extend([" ", "\n", "="].map(|within| [head, within, tail].concat()));
    // The last character of a text that is no multiple of four has bits that stand for nothing.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bytes = base64::decode(text, InputError::Malformed("")).unwrap();
    if !bytes.len().is_multiple_of(3) {
        let last = alphabet.find(text.chars().last().unwrap()).unwrap();
        forms.push(text[..text.len() - 1].to_owned() + &alphabet[last + 1..last + 2]);
    }
    if text.contains(['-', '_']) {
        forms.push(text.replace('-', "+").replace('_', "/"));
    }
    // One character alone is no byte.
    forms.push(format!("{}A", &text[..text.len() / 4 * 4]));
    forms
}

#[test]
fn half_a_surrogate_pair_is_refused_in_any_form() {
    let _turn = turn();
    let escapes = [
        r"\ud83d",
        r"\ude00",
        r"\ude00\ud83d",
        r"\ud83d\ud83d",
        r"\ud83dx",
        r"\uD83D\n",
    ];
    for escape in escapes {
        for text in [
            format!(r#"{{"a":"{escape}"}}"#),
            format!(r#"{{"{escape}":1}}"#),
        ] {
            assert!(
                malformed(Object::parse(text.as_bytes(), InputError::Malformed("x"))),
                "{text}"
            );
        }
    }
    // As UTF-8 of its own (CESU-8), alone and in pairs.
    for bytes in [
        &b"\xed\xa0\xbd"[..],
        b"\xed\xb8\x80",
        b"\xed\xa0\xbd\xed\xb8\x80",
    ] {
        let text = [b"{\"a\":\"", bytes, b"\"}"].concat();
        assert!(malformed(Object::parse(&text, InputError::Malformed("x"))));
    }
    let mut pair = Object::parse(br#"{"a":"\ud83d\ude00"}"#, InputError::Malformed("x")).unwrap();
    assert_eq!(
        pair.string("a", InputError::Malformed("x")).as_deref(),
        Ok("\u{1f600}")
    );
}

#[test]
fn a_contexts_names_are_sorted_by_utf16_units_and_never_normalised() {
    let _turn = turn();
    // U+1F600 is D83D DE00, before FB33; as scalars and as UTF-8 it comes after. U+FB33 decomposes
    // to U+05D3 U+05BC, which is another name.
    let members = [
        ("\u{fb33}", "1"),
        ("\u{1f600}", "2"),
        ("\u{5d3}\u{5bc}", "3"),
        ("\u{e000}", "4"),
    ];
    let expected =
        "{\"\u{5d3}\u{5bc}\":\"3\",\"\u{1f600}\":\"2\",\"\u{e000}\":\"4\",\"\u{fb33}\":\"1\"}";
    let mut backwards = members;
    backwards.reverse();
    for members in [members, backwards] {
        let context = Context::try_from(members).unwrap();
        assert_eq!(context.canonical(), expected.as_bytes());
    }
    let composed = Context::try_from([("\u{fb33}", "1")]).unwrap();
    assert_ne!(
        composed,
        Context::try_from([("\u{5d3}\u{5bc}", "1")]).unwrap()
    );
}

#[test]
fn a_context_without_end_is_refused_before_it_is_copied() {
    let _turn = turn();
    let endless = (0_u64..).map(|n| (n.to_string(), String::new()));
    assert!(too_large(bounded(MIB, || Context::new(endless))));
    let long = "x".repeat(64 * MIB);
    let member = [("a".to_owned(), long)];
    assert!(too_large(bounded(MIB, || Context::new(member))));
}

#[test]
fn what_is_longer_than_its_bound_is_refused_unread() {
    let _turn = turn();
    let long = "A".repeat(64 * MIB);
    assert!(too_large(bounded(0, || Envelope::parse(long.as_bytes()))));
    assert!(too_large(bounded(0, || Value::parse(&long))));
    assert!(too_large(bounded(0, || Signed::parse(
        &long,
        "sr-vault+jws"
    )
    .map(drop))));
}

/// Argon2id's parameters, each out of its bounds, in a factor's record: they are never run.
#[test]
fn argon2_parameters_out_of_bounds_are_never_run() {
    let _turn = turn();
    let passphrase = || Passphrase::new(b"correct horse".to_vec()).unwrap();
    let mut genesis = NewVault::begin(&ENTROPY).unwrap();
    let kdf = Kdf::with_cost(19 * 1024, 2, 1, &ENTROPY).unwrap();
    let challenge = Challenge::Argon2id {
        passphrase: &passphrase(),
        form: 0,
        kdf: &kdf,
    };
    let Answer::Derived(stretched) = block_on(InlineFactor.answer(challenge)).unwrap();
    genesis
        .add(Enrolment::Passphrase(kdf), stretched, &ENTROPY)
        .unwrap();
    let (rows, _) = genesis.finish(&ENTROPY).unwrap();
    let factor = rows
        .iter()
        .position(|row| row.record_id.kind == RecordType::Factor)
        .unwrap();
    let genuine: Json = serde_json::from_slice(&rows[factor].bytes).unwrap();
    let edits: [(&str, Json); 15] = [
        ("m", json!(0)),
        ("m", json!(19 * 1024 - 1)),
        ("m", json!(1024 * 1024 + 1)),
        ("m", json!(u32::MAX)),
        ("m", json!((1_u64 << 32) + 65_536)),
        ("m", json!(u64::MAX)),
        ("t", json!(0)),
        ("t", json!(1)),
        ("t", json!(17)),
        ("t", json!(u32::MAX)),
        ("p", json!(0)),
        ("p", json!(5)),
        ("salt", json!("")),
        ("salt", json!("A".repeat(20))),
        ("salt", json!("A".repeat(MIB / 4))),
    ];
    for (name, value) in edits {
        let mut envelope = genuine.clone();
        let aad =
            base64::decode(envelope["aad"].as_str().unwrap(), InputError::Malformed("")).unwrap();
        let mut address: Json = serde_json::from_slice(&aad).unwrap();
        address["kdf"][name] = value.clone();
        envelope["aad"] = base64::encode(address.to_string().as_bytes()).into();
        let mut rows = rows.clone();
        rows[factor].bytes = envelope.to_string().into_bytes();
        let vault = stored(rows);
        let outcome = bounded(8 * MIB, || block_on(vault.unlock(&passphrase(), None)));
        let refused = matches!(outcome, Err(Error::Unsupported(_) | Error::Integrity(_)));
        assert!(refused, "{name} {value}");
    }
}

/// A locked vault of these rows, that has nothing to derive keys with.
fn stored(puts: Vec<Row>) -> Vault<Locked, MemoryStore, RustEngine> {
    let host = Rc::new(Platform {
        store: MemoryStore::default(),
        factor: Box::new(Never),
        engine: Rc::new(RustEngine),
        clock: Rc::new(NoClock),
        rng: Box::new(ENTROPY),
        listener: Box::new(|_| {}),
    });
    let (name, deletes) = ("acme".parse().unwrap(), Vec::new());
    let batch = Batch { puts, deletes };
    let store = &host.store;
    block_on(store.commit(&name, Sequence(0), Sequence(1), &batch)).unwrap();
    block_on(Vault::open(host, name)).unwrap()
}

struct NoClock;

impl Clock for NoClock {
    fn now(&self) -> Timestamp {
        Timestamp::EPOCH
    }
}

struct Never;

impl FactorPort for Never {
    fn answer<'a>(&'a self, _: Challenge<'a>) -> Local<'a, Result<Answer>> {
        unreachable!("parameters out of bounds were about to be run")
    }
}
