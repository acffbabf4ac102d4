//! Parts of bodies, against the whole: what opens, and what does not when the body was changed.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::rc::Rc;

use pollster::block_on;
use proptest::{collection::vec, prelude::*, sample::Index};
use strongroom::{
    Context,
    base::SystemEntropy,
    object::{
        Dek, Error, Result,
        body::{BodyDecryptor, BodyEncryptor, Layout, RangeDecryptor, RustEngine},
    },
};

const SEGMENT: usize = 100;
/// Plaintext bytes of a whole segment, and of the first.
const WHOLE: usize = SEGMENT - 16;
const FIRST: usize = WHOLE - 40;

fn small() -> Layout {
    Layout::with_segment(SEGMENT as u32).unwrap()
}

fn sealed(layout: Layout, plain: &[u8]) -> (Dek, Vec<u8>) {
    let dek = Dek::generate(&SystemEntropy).unwrap();
    let (engine, none) = (Rc::new(RustEngine), Context::none());
    let encryptor =
        BodyEncryptor::with_layout(layout, engine, &dek, &none, None, &SystemEntropy).unwrap();
    let mut body = block_on(encryptor.push(plain.to_vec())).unwrap().concat();
    body.extend(block_on(encryptor.finish()).unwrap().concat());
    (dek, body)
}

fn numbered(length: usize) -> Vec<u8> {
    (0..length).map(|at| at as u8).collect()
}

fn decryptor(
    layout: Layout,
    dek: &Dek,
    size: u64,
    front: &[u8],
) -> Result<RangeDecryptor<RustEngine>> {
    RangeDecryptor::new(
        layout,
        &RustEngine,
        dek,
        &Context::none(),
        None,
        size,
        front,
    )
}

/// The bytes of segments, as a store gives them: fewer, where it has fewer.
fn stored(body: &[u8], place: core::ops::Range<u64>) -> Vec<u8> {
    let end = body.len().min(place.end as usize);
    body[end.min(place.start as usize)..end].to_vec()
}

/// Opened as a reader must: the last segment first.
fn proven(layout: Layout, dek: &Dek, body: &[u8], size: u64) -> Result<RangeDecryptor<RustEngine>> {
    let decryptor = decryptor(layout, dek, size, body)?;
    let last = decryptor.place(decryptor.segments() - 1..decryptor.segments())?;
    block_on(decryptor.prove(&RustEngine, &stored(body, last)))?;
    Ok(decryptor)
}

fn part(
    decryptor: &RangeDecryptor<RustEngine>,
    body: &[u8],
    range: core::ops::Range<u64>,
) -> Result<Vec<u8>> {
    let span = decryptor.span(range.clone())?;
    let held =
        block_on(decryptor.open(&RustEngine, span.segments.start, &stored(body, span.cipher)))?;
    let length = (range.end - range.start) as usize;
    Ok(held
        .concat()
        .into_iter()
        .skip(span.skip)
        .take(length)
        .collect())
}

fn sequential(layout: Layout, dek: Dek, body: Vec<u8>) -> Vec<u8> {
    let decryptor =
        BodyDecryptor::with_layout(layout, Rc::new(RustEngine), dek, Context::none(), None);
    let mut plain = block_on(decryptor.push(body)).unwrap().concat();
    plain.extend(block_on(decryptor.finish()).unwrap().concat());
    plain
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_part_is_what_the_whole_has_there(
        layout in (57_u32..10_000).prop_map(|size| Layout::with_segment(size).unwrap()),
        plain in vec(any::<u8>(), 0..30_000),
        places in vec(any::<(Index, Index)>(), 1..6),
    ) {
        let (dek, body) = sealed(layout, &plain);
        let decryptor = proven(layout, &dek, &body, body.len() as u64).unwrap();
        prop_assert_eq!(decryptor.plain_size(), plain.len() as u64);
        let whole = sequential(layout, dek, body.clone());
        for (a, b) in places {
            let (a, b) = (a.index(plain.len() + 1), b.index(plain.len() + 1));
            let range = a.min(b)..a.max(b);
            let found = part(&decryptor, &body, range.start as u64..range.end as u64).unwrap();
            prop_assert!(found == whole[range]);
        }
    }

    #[test]
    fn a_byte_that_was_changed_is_seen_by_whoever_reads_it(
        length in 0_usize..1000, at in any::<Index>(), bit in 0_u8..8,
    ) {
        let (dek, mut body) = sealed(small(), &numbered(length));
        let at = at.index(body.len());
        body[at] ^= 1 << bit;
        let size = body.len() as u64;
        let read = proven(small(), &dek, &body, size)
            .and_then(|decryptor| part(&decryptor, &body, 0..length as u64));
        prop_assert_eq!(read.err(), Some(Error::Decrypt));
    }
}

#[test]
fn a_body_that_was_cut_or_goes_on_opens_nowhere() {
    let (dek, body) = sealed(small(), &numbered(5 * WHOLE));
    let ends = (1..=body.len() / SEGMENT).map(|count| count * SEGMENT);
    for end in ends.flat_map(|end| [end - 1, end, end + 1]) {
        if end != body.len() {
            let mut changed = body.clone();
            changed.resize(end, 0);
            let opened = proven(small(), &dek, &changed, end as u64);
            assert_eq!(opened.err(), Some(Error::Decrypt), "{end}");
        }
    }
    for more in [1, 16, SEGMENT, 2 * SEGMENT] {
        let longer = [&body[..], &vec![0; more]].concat();
        let opened = proven(small(), &dek, &longer, longer.len() as u64);
        assert_eq!(opened.err(), Some(Error::Decrypt), "{more} more");
    }
}

#[test]
fn a_size_that_is_not_the_bodys_opens_nothing() {
    let (dek, body) = sealed(small(), &numbered(3 * WHOLE));
    let right = body.len() as u64;
    assert!(proven(small(), &dek, &body, right).is_ok());
    for size in (0..2 * right).filter(|size| *size != right) {
        let opened = proven(small(), &dek, &body, size);
        assert_eq!(opened.err(), Some(Error::Decrypt), "{size}");
    }
    assert_eq!(
        decryptor(small(), &dek, u64::MAX, &body).err(),
        Some(Error::Decrypt)
    );
    let stated = |stated| {
        let none = Context::none();
        RangeDecryptor::new(
            small(),
            &RustEngine,
            &dek,
            &none,
            Some(stated),
            right,
            &body,
        )
    };
    let plain = 3 * WHOLE as u64;
    assert!(stated(plain).is_ok());
    assert_eq!(stated(plain - 1).err(), Some(Error::Decrypt));
}

#[test]
fn a_segment_in_another_place_does_not_open() {
    let (dek, body) = sealed(small(), &numbered(5 * WHOLE));
    let decryptor = proven(small(), &dek, &body, body.len() as u64).unwrap();
    let mut swapped = body.clone();
    swapped[SEGMENT..3 * SEGMENT].rotate_left(SEGMENT);
    for at in [1, 2] {
        let place = decryptor.place(at..at + 1).unwrap();
        let one = stored(&swapped, place);
        let opened = block_on(decryptor.open(&RustEngine, at, &one));
        assert_eq!(opened.err(), Some(Error::Decrypt), "{at}");
    }
    let (_, another) = sealed(small(), &numbered(5 * WHOLE));
    let foreign = part(&decryptor, &another, 0..10);
    assert_eq!(foreign.err(), Some(Error::Decrypt));
}

#[test]
fn nothing_opens_before_the_last_segment_did() {
    let (dek, body) = sealed(small(), &numbered(3 * WHOLE));
    let decryptor = decryptor(small(), &dek, body.len() as u64, &body).unwrap();
    assert_eq!(part(&decryptor, &body, 0..10).err(), Some(Error::Decrypt));
    // Another one in the last one's place.
    let first = stored(&body, decryptor.place(0..1).unwrap());
    for wrong in [&first[..], b""] {
        let proven = block_on(decryptor.prove(&RustEngine, &wrong.to_vec()));
        assert_eq!(proven.err(), Some(Error::Decrypt));
    }
    assert_eq!(part(&decryptor, &body, 0..10).err(), Some(Error::Decrypt));
    let last = stored(
        &body,
        decryptor
            .place(decryptor.segments() - 1..decryptor.segments())
            .unwrap(),
    );
    block_on(decryptor.prove(&RustEngine, &last)).unwrap();
    // Twice is fine.
    for _ in 0..2 {
        assert_eq!(part(&decryptor, &body, 0..10), Ok(numbered(10)));
    }
}

#[test]
fn an_empty_body_has_one_segment_and_no_part() {
    let (dek, body) = sealed(small(), b"");
    let decryptor = proven(small(), &dek, &body, body.len() as u64).unwrap();
    assert_eq!((decryptor.segments(), decryptor.plain_size()), (1, 0));
    assert_eq!(part(&decryptor, &body, 0..0), Ok(Vec::new()));
    assert!(matches!(decryptor.span(0..1), Err(Error::Argument(_))));
    assert!(matches!(decryptor.place(0..2), Err(Error::Argument(_))));
    assert!(matches!(decryptor.segment(1), Err(Error::Argument(_))));
}

#[test]
fn an_opener_that_was_begun_is_no_range_opener() {
    let (dek, body) = sealed(small(), &numbered(FIRST));
    let decryptor =
        BodyDecryptor::with_layout(small(), Rc::new(RustEngine), dek, Context::none(), None);
    block_on(decryptor.push(body[..10].to_vec())).unwrap();
    let ranges = decryptor.ranges(body.len() as u64, &body);
    assert_eq!(ranges.err(), Some(Error::Consumed));
}
