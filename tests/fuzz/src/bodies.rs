//! What an decryptor gives does not depend on how its input is cut, and never exceeds it.

use std::rc::Rc;

use pollster::block_on;
use strongroom::{
    jose::Jwk,
    object::{
        Dek, Error, Result,
        body::{BodyDecryptor, BodyEncryptor, Layout, RustEngine},
    },
};

use crate::fixture::{Fixed, context, secret, vector_file};

/// The input: a segment size, a place and a change there, two ways of cutting, and a text that is
/// opened as a body and sealed as a plaintext.
pub fn target(data: &[u8]) {
    let Some((&[size, place, change, ref cuts @ ..], text)) = data.split_first_chunk::<11>() else {
        return;
    };
    let layout = Layout::with_segment(57 + 4 * u32::from(size)).expect("within bounds");
    let (one, other) = cuts.split_at(4);
    let open = |body: &[u8]| agree(open(layout, body, one), open(layout, body, other));
    let (given, outcome) = open(text);
    assert!(given.len() <= text.len());
    assert!(outcome.is_err(), "nobody forges a body");

    let mut body = seal(layout, text, one);
    assert_eq!(body, seal(layout, text, other));
    assert_eq!(
        layout.ciphertext_len(text.len() as u64),
        Ok(body.len() as u64)
    );
    assert_eq!(open(&body), (text.to_vec(), Ok(())));
    let at = usize::from(place) * body.len() / 256;
    body[at] ^= change;
    let (given, outcome) = open(&body);
    assert_eq!(outcome.is_ok(), change == 0);
    assert!(text.starts_with(&given));
}

/// What came out before the end or a failure, and which.
type Opened = (Vec<u8>, Result<()>);

/// Segments of one chunk fail together, so of a body that is refused one way of cutting may have
/// given more than another, but nothing else.
fn agree(one: Opened, other: Opened) -> Opened {
    assert_eq!(one.1, other.1);
    let (shorter, longer) = if one.0.len() <= other.0.len() {
        (one, other)
    } else {
        (other, one)
    };
    assert!(longer.0.starts_with(&shorter.0));
    assert!(longer.1.is_err() || longer.0 == shorter.0);
    longer
}

fn open(layout: Layout, body: &[u8], cuts: &[u8]) -> Opened {
    let engine = Rc::new(RustEngine);
    let decryptor = BodyDecryptor::with_layout(layout, engine, dek(), context(), None);
    let mut given = Vec::new();
    let mut take =
        |pieces: Result<Vec<Vec<u8>>>| pieces.map(|pieces| given.extend(pieces.concat()));
    let pushed = cut(body, cuts).try_for_each(|chunk| take(block_on(decryptor.push(chunk))));
    let outcome = pushed.and_then(|()| take(block_on(decryptor.finish())));
    if outcome.is_err() {
        assert_eq!(block_on(decryptor.push(Vec::new())), Err(Error::Consumed));
    }
    (given, outcome)
}

fn seal(layout: Layout, plain: &[u8], cuts: &[u8]) -> Vec<u8> {
    let (engine, dek, context, entropy) = (Rc::new(RustEngine), dek(), context(), Fixed::new(7));
    let encryptor = BodyEncryptor::with_layout(layout, engine, &dek, &context, None, &entropy);
    let encryptor = encryptor.expect("fixed entropy");
    let mut body = Vec::new();
    for chunk in cut(plain, cuts) {
        body.extend(block_on(encryptor.push(chunk)).expect("room").concat());
    }
    body.extend(block_on(encryptor.finish()).expect("room").concat());
    body
}

fn dek() -> Dek {
    Dek::from_jwk(&Jwk::oct(secret())).expect("a symmetric key")
}

/// Chunks of the sizes given, over and over; size 0 gives an empty chunk and then one byte.
fn cut<'a>(mut bytes: &'a [u8], sizes: &'a [u8]) -> impl Iterator<Item = Vec<u8>> + 'a {
    let mut sizes = sizes.iter().flat_map(|size| match size {
        0 => [0, 1],
        size => [usize::from(*size), 13 * usize::from(*size)],
    });
    let mut sizes: std::iter::Cycle<std::vec::IntoIter<usize>> =
        sizes.by_ref().collect::<Vec<_>>().into_iter().cycle();
    core::iter::from_fn(move || {
        let size = sizes.next()?.min(bytes.len());
        let ended = bytes.is_empty();
        let (chunk, rest) = bytes.split_at(size);
        bytes = rest;
        (!ended).then(|| chunk.to_vec())
    })
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [0, 1, 100, 4039]
        .iter()
        .map(|size| vector_file(&format!("tink-streaming/4096-{size}.bin")))
        .map(|body| [&[10, 128, 1, 7, 0, 200, 1, 255, 3, 0, 90][..], &body].concat())
        .collect();
    seeds.push((0..200).collect());
    seeds
}
