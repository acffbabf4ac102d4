//! What holds of further passes over a plaintext: the same bytes from any place, or nothing of what changed.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::rc::Rc;

use pollster::block_on;
use sha2::{Digest, Sha256};
use strongroom::{
    Context,
    base::SystemEntropy,
    object::{
        Dek, Error, Result,
        body::{BodyEncryptor, Layout, PlaintextDigests, ResumedEncryptor, RustEngine},
    },
};

/// Bytes of plaintext in a whole piece.
const PIECE: usize = 4 * (262_144 - 16);

fn plaintext(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 + (at >> 8)) as u8).collect()
}

/// The pieces from one byte of the plaintext on, at which one begins.
fn pieces(plain: &[u8], from: usize) -> Vec<&[u8]> {
    let first = if from == 0 { PIECE - 40 } else { PIECE };
    let (first, rest) = plain[from..].split_at(first.min(plain.len() - from));
    let rest = rest.chunks(PIECE);
    core::iter::once(first)
        .chain(rest)
        .filter(|piece| !piece.is_empty())
        .collect()
}

fn digests(plain: &[u8]) -> Vec<u8> {
    pieces(plain, 0)
        .into_iter()
        .flat_map(Sha256::digest)
        .collect()
}

/// One object: its DEK, what its plaintext is held to, and its body, which one that was not pinned cannot have.
fn pinned(plain: &[u8]) -> (Dek, PlaintextDigests) {
    let dek = Dek::generate(&SystemEntropy).unwrap();
    let (engine, size) = (Rc::new(RustEngine), Some(plain.len() as u64));
    let encryptor =
        BodyEncryptor::new(engine, &dek, &Context::none(), size, &SystemEntropy).unwrap();
    let pins = encryptor.pin(&digests(plain)).unwrap();
    let spent = block_on(encryptor.push(plain.to_vec()));
    assert_eq!(
        spent.err(),
        Some(Error::Consumed),
        "no byte goes out beside the pins"
    );
    (dek, pins)
}

/// What a pass gives until it ends or fails.
fn pass(dek: &Dek, pins: &PlaintextDigests, plain: &[u8], from: u64) -> (Vec<u8>, Result<()>) {
    let engine = Rc::new(RustEngine);
    let (encryptor, start) =
        match ResumedEncryptor::new(engine, dek, &Context::none(), pins.clone(), from) {
            Ok(begun) => begun,
            Err(error) => return (Vec::new(), Err(error)),
        };
    let mut body = Vec::new();
    let given = pieces(plain, start.plain as usize).into_iter().map(Some);
    for piece in given.chain([None]) {
        let digest = piece.map(Sha256::digest).unwrap_or_default();
        let mut turn = match encryptor.cut(piece.map(|piece| (piece.to_vec(), &digest[..]))) {
            Ok(turn) => turn,
            Err(error) => return (body, Err(error)),
        };
        body.extend(turn.ready.take().unwrap_or_default());
        for (segment, input) in core::mem::take(&mut turn.work) {
            body.extend(turn.key().seal(segment, input).unwrap());
        }
        encryptor.done(turn);
    }
    (
        body.split_off((start.skip as usize).min(body.len())),
        Ok(()),
    )
}

#[test]
fn every_pass_gives_the_same_bytes_from_any_place() {
    for length in [0, 1, PIECE - 41, PIECE - 40, PIECE - 39, 2 * PIECE + 7] {
        let plain = plaintext(length);
        let (dek, pins) = pinned(&plain);
        let again = PlaintextDigests::decode(&pins.encode(), pins.size()).unwrap();
        assert!(again == pins);
        let (whole, ended) = pass(&dek, &pins, &plain, 0);
        assert_eq!(ended, Ok(()));
        let size = Layout::STANDARD.ciphertext_len(length as u64).unwrap();
        assert_eq!(whole.len() as u64, size);
        for from in [
            1,
            39,
            40,
            262_143,
            262_144,
            4 * 262_144 - 1,
            4 * 262_144,
            size - 1,
        ] {
            if from < size {
                let (rest, ended) = pass(&dek, &again, &plain, from);
                assert_eq!(ended, Ok(()));
                assert!(rest == whole[from as usize..], "{length} bytes from {from}");
            }
        }
        let (_, beyond) = pass(&dek, &pins, &plain, size);
        assert!(matches!(beyond, Err(Error::Argument(_))));
    }
}

#[test]
fn no_byte_of_a_piece_that_changed_goes_out() {
    let plain = plaintext(2 * PIECE + 7);
    let (dek, pins) = pinned(&plain);
    let (whole, _) = pass(&dek, &pins, &plain, 0);
    for (at, intact) in [(0, 0), (PIECE - 41, 0), (PIECE - 40, 1), (2 * PIECE, 2)] {
        let mut other = plain.clone();
        other[at] ^= 1;
        let (given, ended) = pass(&dek, &pins, &other, 0);
        assert_eq!(ended, Err(Error::Changed));
        assert_eq!(given.len(), intact * 4 * 262_144, "changed at {at}");
        assert!(given == whole[..given.len()]);
    }
    for other in [&plain[..plain.len() - 1], &[&plain[..], b"x"].concat()] {
        assert_eq!(pass(&dek, &pins, other, 0).1, Err(Error::Changed));
    }
}

#[test]
fn pins_are_of_the_whole_plaintext_and_of_a_body_that_has_not_begun() {
    let plain = plaintext(PIECE + 1);
    let dek = Dek::generate(&SystemEntropy).unwrap();
    let encryptor = |size| {
        let engine = Rc::new(RustEngine);
        BodyEncryptor::new(engine, &dek, &Context::none(), size, &SystemEntropy).unwrap()
    };
    let (all, size) = (digests(&plain), Some(plain.len() as u64));
    for (size, digests) in [
        (size, &all[..32]),
        (size, &all[..33]),
        (size, &[]),
        (None, &all),
    ] {
        assert_eq!(encryptor(size).pin(digests).err(), Some(Error::Changed));
    }
    let begun = encryptor(size);
    block_on(begun.push(plain[..1].to_vec())).unwrap();
    assert_eq!(begun.pin(&all).err(), Some(Error::Consumed));
    assert!(matches!(
        PlaintextDigests::decode(&[40; 39], 0),
        Err(Error::Integrity(_))
    ));
    assert!(matches!(
        PlaintextDigests::decode(&[40; 72], 0),
        Err(Error::Integrity(_))
    ));
}

#[test]
fn pieces_grow_so_that_there_are_never_many() {
    let segments = |count: u64| count * (262_144 - 16) - 40;
    assert_eq!(PlaintextDigests::piece(None), Ok(4));
    assert_eq!(PlaintextDigests::piece(Some(segments(4 * 8192))), Ok(4));
    assert_eq!(PlaintextDigests::piece(Some(segments(4 * 8192) + 1)), Ok(8));
    assert_eq!(PlaintextDigests::piece(Some(1 << 40)), Ok(1024));
}
