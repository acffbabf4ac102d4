//! Bodies of several segments: every order but the right one, every copy, gap, cut and splice is
//! refused, and what came out before was genuine.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::rc::Rc;

use aes_gcm::{Aes256Gcm, KeyInit, aead::Aead};
use hkdf::Hkdf;
use pollster::block_on;
use sha2::Sha256;
use strongroom::{
    Context,
    base::{Kid, Secret, SystemEntropy},
    jose::{Envelope, Identity, Kek, wrap},
    object::{
        Dek, Error, Result, attached,
        body::{BodyDecryptor, BodyEncryptor, Layout, RustEngine},
        decrypt_object,
    },
};

const ENTROPY: SystemEntropy = SystemEntropy;
const HEADER: usize = 40;
const SEGMENTS: usize = 4;

/// What an decryptor is given: a body's own header, and segments in some order.
type Pieces = Vec<Vec<u8>>;

/// A DEK with two bodies under it, as an object that was written twice would have.
struct Bodies {
    layout: Layout,
    dek: Secret<32>,
    plain: Vec<u8>,
    bodies: [Pieces; 2],
}

impl Bodies {
    /// Four segments of which the last is `last` bytes short of a whole one.
    fn new(layout: Layout, last: usize) -> Self {
        let dek = Secret::generate(&ENTROPY).unwrap();
        let size = SEGMENTS * layout.plain_segment() - HEADER - last;
        let plain: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
        let bodies = [(); 2].map(|()| {
            let body = seal(layout, &dek, &plain);
            let mut pieces = vec![body[..HEADER].to_vec()];
            pieces.push(body[HEADER..layout.cipher_segment()].to_vec());
            let rest = body[layout.cipher_segment()..].chunks(layout.cipher_segment());
            pieces.extend(rest.map(<[u8]>::to_vec));
            assert_eq!(pieces.len(), 1 + SEGMENTS);
            pieces
        });
        Self {
            layout,
            dek,
            plain,
            bodies,
        }
    }

    /// Opens the pieces as one chunk, and again a piece at a time.
    fn refuses(&self, what: &str, pieces: &[Vec<u8>]) {
        for chunks in [vec![pieces.concat()], pieces.to_vec()] {
            let (given, outcome) = self.open(chunks);
            assert_eq!(outcome, Err(Error::Decrypt), "{what}");
            assert!(self.plain.starts_with(&given), "{what}");
            assert!(given.len() < self.plain.len(), "{what}");
        }
    }

    /// What came out, and how it ended.
    fn open(&self, chunks: Pieces) -> (Vec<u8>, Result<()>) {
        let (engine, none) = (Rc::new(RustEngine), Context::none());
        let decryptor = BodyDecryptor::with_layout(self.layout, engine, dek(&self.dek), none, None);
        let mut given = Vec::new();
        let outcome = drain(&decryptor, chunks, &mut given);
        (given, outcome)
    }
}

fn drain(decryptor: &BodyDecryptor<RustEngine>, chunks: Pieces, given: &mut Vec<u8>) -> Result<()> {
    for chunk in chunks {
        given.extend(block_on(decryptor.push(chunk))?.concat());
    }
    given.extend(block_on(decryptor.finish())?.concat());
    Ok(())
}

fn seal(layout: Layout, secret: &Secret<32>, plain: &[u8]) -> Vec<u8> {
    let (engine, none, dek) = (Rc::new(RustEngine), Context::none(), dek(secret));
    let encryptor = BodyEncryptor::with_layout(layout, engine, &dek, &none, None, &ENTROPY);
    let encryptor = encryptor.unwrap();
    let mut body = block_on(encryptor.push(plain.to_vec())).unwrap().concat();
    body.extend(block_on(encryptor.finish()).unwrap().concat());
    body
}

fn dek(secret: &Secret<32>) -> Dek {
    Dek::from_jwk(&strongroom::jose::Jwk::oct(secret.clone())).unwrap()
}

/// Every order of `items`.
fn permutations(items: &[usize]) -> Vec<Vec<usize>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let with_first = |at: usize| {
        let mut rest = items.to_vec();
        let first = rest.remove(at);
        permutations(&rest)
            .into_iter()
            .map(move |order| [vec![first], order].concat())
    };
    (0..items.len()).flat_map(with_first).collect()
}

/// Small segments, with a last one that is whole and one that is not, so that a segment moved to
/// another place sometimes has the right size for it and sometimes not.
fn shapes() -> [Bodies; 3] {
    let small = Layout::with_segment(100).unwrap();
    [
        Bodies::new(small, 0),
        Bodies::new(small, 40),
        Bodies::new(small, 83),
    ]
}

/// The body's header, then those segments.
fn take(body: &Pieces, segments: &[usize]) -> Pieces {
    let header = core::iter::once(&body[0]);
    let segments = segments.iter().map(|index| &body[1 + index]);
    header.chain(segments).cloned().collect()
}

#[test]
fn the_right_order_opens() {
    for shape in shapes() {
        for body in &shape.bodies {
            let (given, outcome) = shape.open(body.clone());
            assert_eq!(outcome, Ok(()));
            assert_eq!(given, shape.plain);
        }
    }
}

#[test]
fn every_other_order_of_segments_is_refused() {
    for shape in shapes() {
        let orders = permutations(&[0, 1, 2, 3]);
        assert_eq!(orders.len(), 24);
        for order in orders.iter().filter(|order| !order.is_sorted()) {
            shape.refuses(&format!("{order:?}"), &take(&shape.bodies[0], order));
        }
    }
}

#[test]
fn every_set_of_dropped_segments_is_refused() {
    for shape in shapes() {
        for kept in 0_u32..0b1111 {
            let kept: Vec<usize> = (0..SEGMENTS).filter(|at| kept >> at & 1 == 1).collect();
            shape.refuses(&format!("{kept:?}"), &take(&shape.bodies[0], &kept));
        }
    }
}

#[test]
fn every_duplicated_segment_is_refused_wherever_it_stands() {
    for shape in shapes() {
        for copied in 0..SEGMENTS {
            for place in 0..=SEGMENTS {
                let mut order = vec![0, 1, 2, 3];
                order.insert(place, copied);
                shape.refuses(&format!("{order:?}"), &take(&shape.bodies[0], &order));
            }
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    for shape in shapes() {
        let body = shape.bodies[0].concat();
        for length in 0..body.len() {
            shape.refuses(&format!("cut to {length}"), &[body[..length].to_vec()]);
        }
    }
}

#[test]
fn every_splice_of_two_bodies_under_one_key_is_refused() {
    for shape in shapes() {
        let [one, two] = &shape.bodies;
        // Each piece, header included, from either body; all from one of them is genuine.
        for choice in 1_u32..0b1_1111 {
            let from = |at: usize| if choice >> at & 1 == 1 { two } else { one };
            let pieces: Pieces = (0..=SEGMENTS).map(|at| from(at)[at].clone()).collect();
            shape.refuses(&format!("{choice:05b}"), &pieces);
        }
    }
}

#[test]
fn the_same_holds_of_attached_objects() {
    let shape = Bodies::new(Layout::STANDARD, 262_100);
    let kek = Kek::new(Kid::new("a").unwrap(), Secret::generate(&ENTROPY).unwrap());
    let jwk = dek(&shape.dek).to_jwk();
    let header = wrap(
        &jwk,
        &[kek.clone().into()],
        &Context::none(),
        None,
        &ENTROPY,
    )
    .unwrap();
    let identity = Identity::Kek(kek);
    let prefix = attached::prefix(&header);
    let open =
        |pieces: &Pieces| open_attached(&[prefix.clone(), pieces.concat()].concat(), &identity);
    let [one, two] = &shape.bodies;
    assert!(open(one).unwrap() == shape.plain);
    let mut orders = permutations(&[0, 1, 2, 3]);
    orders.retain(|order| !order.is_sorted());
    orders.extend((0..4).map(|dropped| (0..4).filter(|at| *at != dropped).collect()));
    orders.extend((0..4).map(|copied| vec![0, 1, 2, 3, copied]));
    orders.extend((0..4).map(|end| (0..end).collect()));
    for order in orders {
        assert!(open(&take(one, &order)).is_err(), "{order:?}");
    }
    for at in 0..=SEGMENTS {
        let mut spliced = one.clone();
        spliced[at] = two[at].clone();
        assert!(open(&spliced).is_err(), "piece {at} of another body");
    }
}

/// As `File` and `Blob` are read: prefix, header, and the rest as the body.
fn open_attached(bytes: &[u8], identity: &Identity) -> Result<Vec<u8>> {
    let body = attached::PREFIX + attached::header_len(bytes)?;
    let header = Envelope::parse(&bytes[attached::PREFIX..body])?;
    let engine = Rc::new(RustEngine);
    let object = decrypt_object(
        engine,
        &header,
        core::slice::from_ref(identity),
        &Context::none(),
        None,
    )?;
    let mut plain = Vec::new();
    drain(&object.decryptor, vec![bytes[body..].to_vec()], &mut plain).map(|()| plain)
}

/// A segment as whoever has the DEK can write it, whatever its length and place.
fn segment(dek: &Secret<32>, header: &[u8], index: u32, last: bool, plain: &[u8]) -> Vec<u8> {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(&header[1..33]), dek.expose())
        .expand(b"", &mut key)
        .unwrap();
    let nonce: Vec<u8> = [&header[33..], &index.to_be_bytes(), &[last.into()]].concat();
    let nonce: [u8; 12] = nonce.try_into().unwrap();
    let cipher = Aes256Gcm::new(&key.into());
    cipher.encrypt(&nonce.into(), plain).unwrap()
}

#[test]
fn a_last_segment_that_is_empty_after_a_full_one_is_refused() {
    let bodies = Bodies::new(Layout::STANDARD, 0);
    let (header, full) = (
        &bodies.bodies[0][0],
        Layout::STANDARD.plain_segment() - HEADER,
    );
    let first = |last| segment(&bodies.dek, header, 0, last, &bodies.plain[..full]);
    let last = |plain: &[u8]| segment(&bodies.dek, header, 1, true, plain);

    let (given, outcome) = bodies.open(vec![header.clone(), first(true)]);
    assert_eq!((given.len(), outcome), (full, Ok(())));
    let (given, outcome) = bodies.open(vec![header.clone(), first(false), last(b"1")]);
    assert_eq!((given.len(), outcome), (full + 1, Ok(())));
    bodies.refuses("an empty last", &[header.clone(), first(false), last(b"")]);
}
