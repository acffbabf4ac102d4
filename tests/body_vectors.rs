//! Bodies as Google Tink writes them, and every way of changing one.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{cell::RefCell, collections::BTreeMap, fs, rc::Rc};

use pollster::block_on;
use serde_json::Value as Json;
use strongroom::{
    Context,
    base::{Entropy, InputResult, Secret, SystemEntropy},
    jose::Jwk,
    object::{
        Dek, Error, Result,
        body::{BodyDecryptor, BodyEncryptor, Layout, RustEngine},
    },
};

/// A body's own header, and a segment of the small size.
const HEADER: usize = 40;
const SMALL: usize = 4096;

struct Vector {
    layout: Layout,
    key: [u8; 32],
    context: Context,
    plain_length: usize,
    plain_hash: String,
    body: Vec<u8>,
    file: String,
}

fn vectors() -> Vec<Vector> {
    let folder = format!(
        "{}/tests/vectors/tink-streaming",
        env!("CARGO_MANIFEST_DIR")
    );
    let read = |name: &str| fs::read(format!("{folder}/{name}")).unwrap();
    let index: Json = serde_json::from_slice(&read("vectors.json")).unwrap();
    let text = |json: &Json| json.as_str().unwrap().to_owned();
    let vector = |json: &Json| Vector {
        layout: Layout::with_segment(
            u32::try_from(json["segment_size"].as_u64().unwrap()).unwrap(),
        )
        .unwrap(),
        key: unhex(&text(&json["key"])).try_into().unwrap(),
        context: as_context(&unhex(&text(&json["associated_data"]))),
        plain_length: usize::try_from(json["plaintext_length"].as_u64().unwrap()).unwrap(),
        plain_hash: text(&json["plaintext_sha256"]),
        body: read(&text(&json["file"])),
        file: text(&json["file"]),
    };
    let vectors: Vec<_> = index["vectors"]
        .as_array()
        .unwrap()
        .iter()
        .map(vector)
        .collect();
    assert_eq!(vectors.len(), 15);
    vectors
}

/// The vectors' associated data are canonical contexts.
fn as_context(associated_data: &[u8]) -> Context {
    if associated_data.is_empty() {
        return Context::none();
    }
    let members: BTreeMap<String, String> = serde_json::from_slice(associated_data).unwrap();
    let context = Context::new(members).unwrap();
    assert_eq!(context.canonical(), associated_data);
    context
}

fn small(plain_length: usize) -> Vector {
    vectors()
        .into_iter()
        .find(|vector| vector.file == format!("4096-{plain_length}.bin"))
        .unwrap()
}

fn dek(key: [u8; 32]) -> Dek {
    Dek::from_jwk(&Jwk::oct(Secret::from_slice(&key).unwrap())).unwrap()
}

fn open<'a>(vector: &Vector, chunks: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>> {
    let decryptor = BodyDecryptor::with_layout(
        vector.layout,
        Rc::new(RustEngine),
        dek(vector.key),
        vector.context.clone(),
        None,
    );
    let mut plain = Vec::new();
    for chunk in chunks {
        plain.extend(block_on(decryptor.push(chunk.to_vec()))?.concat());
    }
    plain.extend(block_on(decryptor.finish())?.concat());
    Ok(plain)
}

fn refused(vector: &Vector, body: &[u8], how: &str) {
    assert_eq!(
        open(vector, [body]).err(),
        Some(Error::Decrypt),
        "{}: {how}",
        vector.file
    );
}

#[test]
fn tinks_bodies_open_whole_in_odd_chunks_and_byte_by_byte() {
    for vector in vectors() {
        let whole = open(&vector, [&vector.body[..]]).unwrap();
        assert_eq!(
            (whole.len(), sha256(&whole)),
            (vector.plain_length, vector.plain_hash.clone()),
            "{}",
            vector.file
        );
        for size in [7, 4095, 4096, 4097, 262_143, 300_000] {
            assert_eq!(
                open(&vector, vector.body.chunks(size)).unwrap(),
                whole,
                "{} by {size}",
                vector.file
            );
        }
        if vector.body.len() < 70_000 {
            assert_eq!(
                open(&vector, vector.body.chunks(1)).unwrap(),
                whole,
                "{} by 1",
                vector.file
            );
        }
    }
}

/// Gives back what a body began with, so that it can be written again to the byte.
struct Replay(RefCell<Vec<u8>>);

impl Entropy for Replay {
    fn fill(&self, bytes: &mut [u8]) -> InputResult<()> {
        let given: Vec<u8> = self.0.borrow_mut().drain(..bytes.len()).collect();
        bytes.copy_from_slice(&given);
        Ok(())
    }
}

#[test]
fn a_body_written_with_tinks_salt_and_prefix_is_tinks_body() {
    for vector in vectors() {
        let plain = open(&vector, [&vector.body[..]]).unwrap();
        for size in [plain.len().max(1), 1000, 262_144] {
            let entropy = Replay(RefCell::new(vector.body[1..HEADER].to_vec()));
            let (dek, promised) = (dek(vector.key), Some(plain.len() as u64));
            let encryptor = BodyEncryptor::with_layout(
                vector.layout,
                Rc::new(RustEngine),
                &dek,
                &vector.context,
                promised,
                &entropy,
            );
            let encryptor = encryptor.unwrap();
            assert_eq!(encryptor.body_size(), Some(vector.body.len() as u64));
            let mut body = Vec::new();
            for chunk in plain.chunks(size) {
                body.extend(block_on(encryptor.push(chunk.to_vec())).unwrap().concat());
            }
            body.extend(block_on(encryptor.finish()).unwrap().concat());
            assert!(body == vector.body, "{} by {size}", vector.file);
        }
    }
}

#[test]
fn another_key_or_context_opens_nothing() {
    let mut vector = small(100);
    vector.key[0] ^= 1;
    refused(&vector, &vector.body, "another key");
    let mut vector = small(1);
    assert!(!vector.context.is_empty());
    vector.context = Context::none();
    refused(&vector, &vector.body, "another context");
}

#[test]
fn every_flipped_bit_is_refused() {
    for vector in [small(0), small(1), small(100)] {
        for at in 0..vector.body.len() {
            for bit in 0..8 {
                let mut body = vector.body.clone();
                body[at] ^= 1 << bit;
                refused(&vector, &body, &format!("byte {at} bit {bit}"));
            }
        }
    }
}

#[test]
fn every_changed_byte_of_the_header_is_refused_in_a_body_of_several_segments() {
    let vector = small(8121);
    for at in 0..HEADER {
        let mut body = vector.body.clone();
        body[at] ^= 0x80;
        refused(&vector, &body, &format!("byte {at}"));
    }
}

#[test]
fn every_truncation_is_refused_also_at_a_segments_end() {
    let vector = small(8121);
    for length in 0..vector.body.len() {
        refused(&vector, &vector.body[..length], &format!("cut to {length}"));
    }
    let long = small(20_000);
    for end in (SMALL..long.body.len()).step_by(SMALL) {
        refused(&long, &long.body[..end], "cut at a segment's end");
    }
}

#[test]
fn extension_is_refused() {
    for vector in [small(0), small(4040), small(8120), small(20_000)] {
        let extended = [&vector.body[..], b"\0"].concat();
        refused(&vector, &extended, "one byte more");
        let again = [&vector.body[..], &vector.body[HEADER..]].concat();
        refused(&vector, &again, "the segments twice");
    }
}

/// The segments of a body, its header left out.
fn segments(vector: &Vector) -> Vec<Vec<u8>> {
    let mut segments: Vec<Vec<u8>> = vector.body.chunks(SMALL).map(<[u8]>::to_vec).collect();
    segments[0].drain(..HEADER);
    segments
}

fn joined(vector: &Vector, segments: &[Vec<u8>]) -> Vec<u8> {
    [&vector.body[..HEADER], &segments.concat()].concat()
}

#[test]
fn every_swap_duplication_and_drop_of_segments_is_refused() {
    let vector = small(20_000);
    let segments = segments(&vector);
    assert_eq!(joined(&vector, &segments), vector.body);
    for a in 0..segments.len() {
        for b in 0..a {
            let mut swapped = segments.clone();
            swapped.swap(a, b);
            refused(
                &vector,
                &joined(&vector, &swapped),
                &format!("{a} and {b} swapped"),
            );
            let mut copied = segments.clone();
            copied[a] = segments[b].clone();
            refused(
                &vector,
                &joined(&vector, &copied),
                &format!("{b} in place of {a}"),
            );
        }
        let mut twice = segments.clone();
        twice.insert(a, segments[a].clone());
        refused(&vector, &joined(&vector, &twice), &format!("{a} twice"));
        let mut dropped = segments.clone();
        dropped.remove(a);
        refused(&vector, &joined(&vector, &dropped), &format!("{a} dropped"));
    }
}

#[test]
fn nothing_of_a_changed_segment_comes_out() {
    let vector = small(20_000);
    let plain = open(&vector, [&vector.body[..]]).unwrap();
    let mut body = vector.body.clone();
    body[2 * SMALL + 5] ^= 1;
    let decryptor = BodyDecryptor::with_layout(
        vector.layout,
        Rc::new(RustEngine),
        dek(vector.key),
        vector.context.clone(),
        None,
    );
    let mut released = Vec::new();
    let failed = body.chunks(100).try_for_each(|chunk| {
        block_on(decryptor.push(chunk.to_vec())).map(|pieces| released.extend(pieces.concat()))
    });
    assert_eq!(failed, Err(Error::Decrypt));
    let two_segments = 2 * (SMALL - 16) - HEADER;
    assert!(
        released == plain[..two_segments],
        "{} bytes",
        released.len()
    );
    // And nothing after the failure, whatever follows.
    assert_eq!(
        block_on(decryptor.push(vector.body.clone())).err(),
        Some(Error::Consumed)
    );
    assert_eq!(block_on(decryptor.finish()).err(), Some(Error::Consumed));
}

#[test]
fn an_input_of_another_size_than_promised_is_refused() {
    let dek = Dek::generate(&SystemEntropy).unwrap();
    let encryptor = |size| {
        let context = Context::none();
        BodyEncryptor::new(
            Rc::new(RustEngine),
            &dek,
            &context,
            Some(size),
            &SystemEntropy,
        )
        .unwrap()
    };
    let short = encryptor(3);
    block_on(short.push(b"ab".to_vec())).unwrap();
    assert_eq!(block_on(short.finish()).err(), Some(Error::Changed));
    let long = encryptor(1);
    assert_eq!(
        block_on(long.push(b"ab".to_vec())).err(),
        Some(Error::Changed)
    );
    assert_eq!(block_on(long.finish()).err(), Some(Error::Consumed));
    let huge = BodyEncryptor::new(
        Rc::new(RustEngine),
        &dek,
        &Context::none(),
        Some(u64::MAX),
        &SystemEntropy,
    );
    assert!(matches!(huge, Err(Error::TooLarge(_))));
}

#[test]
fn a_body_of_another_size_than_its_writer_stated_is_refused() {
    let vector = small(100);
    for stated in [99, 101] {
        let (engine, context) = (Rc::new(RustEngine), vector.context.clone());
        let decryptor = BodyDecryptor::with_layout(
            vector.layout,
            engine,
            dek(vector.key),
            context,
            Some(stated),
        );
        block_on(decryptor.push(vector.body.clone())).unwrap();
        assert_eq!(
            block_on(decryptor.finish()).err(),
            Some(Error::Decrypt),
            "{stated}"
        );
    }
}

#[test]
fn a_body_is_produced_once() {
    let dek = Dek::generate(&SystemEntropy).unwrap();
    let encryptor = BodyEncryptor::new(
        Rc::new(RustEngine),
        &dek,
        &Context::none(),
        None,
        &SystemEntropy,
    )
    .unwrap();
    block_on(encryptor.finish()).unwrap();
    assert_eq!(
        block_on(encryptor.push(b"a".to_vec())).err(),
        Some(Error::Consumed)
    );
    assert_eq!(block_on(encryptor.finish()).err(), Some(Error::Consumed));
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
