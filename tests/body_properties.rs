//! What holds of every layout and every way of cutting a body into chunks.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::rc::Rc;

use pollster::block_on;
use proptest::{collection::vec, prelude::*};
use strongroom::{
    Context,
    base::SystemEntropy,
    object::{
        Dek, Error,
        body::{BodyDecryptor, BodyEncryptor, Layout, RustEngine},
    },
};

fn layouts() -> impl Strategy<Value = Layout> {
    prop_oneof![
        Just(Layout::STANDARD),
        (57_u32..10_000).prop_map(|size| Layout::with_segment(size).unwrap())
    ]
}

/// Cuts `bytes` as `sizes` say, over and over; size 0 gives an empty chunk.
fn cut<'a>(mut bytes: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = Vec<u8>> + 'a {
    let mut sizes = sizes.iter().cycle();
    core::iter::from_fn(move || {
        let size = (*sizes.next()?).min(bytes.len());
        let (chunk, rest) = bytes.split_at(size);
        let ended = bytes.is_empty();
        bytes = rest;
        (!ended).then(|| chunk.to_vec())
    })
}

/// Seals and opens a plaintext, and gives it segment by segment.
fn opened_segments(layout: Layout, plain: &[u8]) -> Vec<Vec<u8>> {
    let (engine, dek) = (Rc::new(RustEngine), Dek::generate(&SystemEntropy).unwrap());
    let none = Context::none();
    let encryptor =
        BodyEncryptor::with_layout(layout, engine.clone(), &dek, &none, None, &SystemEntropy);
    let encryptor = encryptor.unwrap();
    let decryptor = BodyDecryptor::with_layout(layout, engine, dek, none.clone(), None);
    let mut body = block_on(encryptor.push(plain.to_vec())).unwrap().concat();
    body.extend(block_on(encryptor.finish()).unwrap().concat());
    let mut pieces = block_on(decryptor.push(body)).unwrap();
    pieces.extend(block_on(decryptor.finish()).unwrap());
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn lengths_are_inverse(layout in layouts(), plain in 0_u64..1 << 40) {
        if let Ok(cipher) = layout.ciphertext_len(plain) {
            prop_assert_eq!(layout.plaintext_len(cipher), Ok(plain));
            prop_assert_eq!(cipher, 40 + plain + 16 * u64::from(layout.segments(plain).unwrap()));
        }
    }

    #[test]
    fn a_size_has_a_plaintext_or_is_no_bodys_size(layout in layouts(), cipher in 0_u64..1 << 32) {
        match layout.plaintext_len(cipher) {
            Ok(plain) => prop_assert_eq!(layout.ciphertext_len(plain), Ok(cipher)),
            Err(error) => prop_assert_eq!(error, Error::Malformed("size of a body")),
        }
    }

    #[test]
    fn a_range_is_covered_exactly(layout in layouts(), plain in 0_u64..100_000, a in any::<u64>(), b in any::<u64>()) {
        let (a, b) = (a % (plain + 1), b % (plain + 1));
        let range = a.min(b)..a.max(b);
        let span = layout.span(plain, range.clone()).unwrap();
        // Byte by byte: which segment holds the plaintext byte at a place, and how far into it.
        let step = layout.plain_segment() as u64;
        let locate = |at: u64| match at.checked_sub(step - 40) {
            None => (0, at),
            Some(beyond) => (1 + beyond / step, beyond % step),
        };
        let (first, skip) = locate(range.start);
        prop_assert_eq!((u64::from(span.segments.start), span.skip as u64), (first, skip));
        if range.is_empty() {
            prop_assert!(span.segments.is_empty() && span.cipher.is_empty());
        } else {
            prop_assert_eq!(u64::from(span.segments.end) - 1, locate(range.end - 1).0);
        }
        prop_assert!(span.cipher.start >= 40 && span.cipher.end <= layout.ciphertext_len(plain).unwrap());
    }

    #[test]
    fn a_range_is_what_its_segments_hold(
        layout in layouts(),
        plain in vec(any::<u8>(), 0..30_000),
        a in any::<prop::sample::Index>(),
        b in any::<prop::sample::Index>(),
    ) {
        let (a, b) = (a.index(plain.len() + 1), b.index(plain.len() + 1));
        let range = a.min(b)..a.max(b);
        let span = layout.span(plain.len() as u64, range.start as u64..range.end as u64).unwrap();
        let pieces = opened_segments(layout, &plain);
        let ends: Vec<usize> = pieces
            .iter()
            .scan(40, |end, piece| {
                *end += piece.len() + 16;
                Some(*end)
            })
            .collect();
        let (first, end) = (span.segments.start as usize, span.segments.end as usize);
        if first < end {
            let start = first.checked_sub(1).map_or(40, |before| ends[before]);
            prop_assert_eq!(span.cipher, start as u64..ends[end - 1] as u64);
        }
        let held: Vec<u8> = pieces.get(first..end).unwrap_or_default().concat();
        let found = held.iter().skip(span.skip).take(range.len());
        prop_assert!(found.eq(&plain[range]));
    }

    #[test]
    fn what_was_sealed_opens_however_it_is_cut(
        layout in layouts(),
        plain in vec(any::<u8>(), 0..30_000),
        sealing in vec(0_usize..9000, 1..8),
        opening in vec(0_usize..9000, 1..8),
        known in any::<bool>(),
    ) {
        prop_assume!(sealing.iter().sum::<usize>() > 0 && opening.iter().sum::<usize>() > 0);
        let dek = Dek::generate(&SystemEntropy).unwrap();
        let context = Context::try_from([("a", "b")]).unwrap();
        let size = known.then_some(plain.len() as u64);
        let engine = Rc::new(RustEngine);
        let encryptor = BodyEncryptor::with_layout(layout, engine.clone(), &dek, &context, size, &SystemEntropy);
        let encryptor = encryptor.unwrap();
        let mut body = Vec::new();
        for chunk in cut(&plain, &sealing) {
            body.extend(block_on(encryptor.push(chunk)).unwrap().concat());
        }
        body.extend(block_on(encryptor.finish()).unwrap().concat());
        prop_assert_eq!(body.len() as u64, layout.ciphertext_len(plain.len() as u64).unwrap());

        let decryptor = BodyDecryptor::with_layout(layout, engine, dek, context, size);
        let mut opened = Vec::new();
        for chunk in cut(&body, &opening) {
            opened.extend(block_on(decryptor.push(chunk)).unwrap().concat());
        }
        opened.extend(block_on(decryptor.finish()).unwrap().concat());
        prop_assert!(opened == plain);
    }
}

#[test]
fn ranges_outside_the_object_are_refused() {
    for range in [0..11, 11..11, core::ops::Range { start: 5, end: 4 }] {
        assert!(matches!(
            Layout::STANDARD.span(10, range),
            Err(Error::Argument(_))
        ));
    }
    let nothing = Layout::STANDARD.span(10, 10..10).unwrap();
    assert!(nothing.segments.is_empty() && nothing.cipher.is_empty());
    // At the very end of a body whose last segment is full, there is no segment to point into.
    let full = 262_144 - 16 - 40;
    let nothing = Layout::STANDARD.span(full, full..full).unwrap();
    assert!(nothing.segments.is_empty() && nothing.cipher.is_empty());
}

#[test]
fn the_counter_bounds_a_body() {
    let largest = (1_u64 << 32) * (262_144 - 16) - 40;
    assert!(matches!(
        Layout::STANDARD.ciphertext_len(largest),
        Err(Error::TooLarge(_))
    ));
    assert!(matches!(
        Layout::STANDARD.ciphertext_len(u64::MAX),
        Err(Error::TooLarge(_))
    ));
    assert!(Layout::STANDARD.plaintext_len(u64::MAX).is_err());
    // A span takes no more memory for a larger range.
    let most = largest - (262_144 - 16);
    let span = Layout::STANDARD.span(most, 0..most).unwrap();
    assert_eq!(span.segments, 0..u32::MAX);
    assert_eq!(Ok(span.cipher.end), Layout::STANDARD.ciphertext_len(most));
    for size in [0, 56, (1 << 30) + 1] {
        assert!(Layout::with_segment(size).is_err());
    }
}
