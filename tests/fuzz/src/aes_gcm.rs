//! Another implementation of HKDF and AES-GCM (ring, which is BoringSSL's) writes the same bodies, and
//! reads ours.

use std::rc::Rc;

use pollster::block_on;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
};
use strongroom::{
    Context,
    base::Secret,
    jose::Jwk,
    object::{
        Dek,
        body::{BodyDecryptor, BodyEncryptor, Layout, RustEngine},
    },
};

use crate::fixture::{Fixed, vector_file};

const HEADER: usize = 40;

/// The input: a key, a segment size, a context, and a plaintext.
pub fn target(data: &[u8]) {
    let Some((key, rest)) = data.split_first_chunk::<32>() else {
        return;
    };
    let Some((&[size, name], plain)) = rest.split_first_chunk::<2>() else {
        return;
    };
    let layout = Layout::with_segment(57 + u32::from(size)).expect("within bounds");
    let context = Context::try_from([("name", name.to_string().as_str())]).expect("small");
    let dek = || {
        let secret = Secret::from_slice(key).expect("32 bytes");
        Dek::from_jwk(&Jwk::oct(secret)).expect("a symmetric key")
    };
    let (engine, entropy) = (Rc::new(RustEngine), Fixed::new(u64::from(name)));

    let dek_of_sealer = dek();
    let sealing = BodyEncryptor::with_layout(
        layout,
        engine.clone(),
        &dek_of_sealer,
        &context,
        None,
        &entropy,
    );
    let encryptor = sealing.expect("fixed entropy");
    let mut ours = block_on(encryptor.push(plain.to_vec()))
        .expect("room")
        .concat();
    ours.extend(block_on(encryptor.finish()).expect("room").concat());
    let theirs = seal(key, &ours[..HEADER], context.canonical(), layout, plain);
    assert_eq!(ours, theirs);

    let decryptor = BodyDecryptor::with_layout(layout, engine, dek(), context, None);
    let mut opened = block_on(decryptor.push(theirs)).expect("genuine").concat();
    opened.extend(block_on(decryptor.finish()).expect("genuine").concat());
    assert_eq!(opened, plain);
}

/// The format of DESIGN's body, by ring, with a header that was drawn already.
fn seal(dek: &[u8], header: &[u8], info: &[u8], layout: Layout, plain: &[u8]) -> Vec<u8> {
    let mut key = [0; 32];
    let info = [info];
    let derived = Salt::new(HKDF_SHA256, &header[1..33]).extract(dek);
    let derived = derived.expand(&info, HKDF_SHA256).expect("32 bytes");
    derived.fill(&mut key).expect("32 bytes");
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("32 bytes"));

    let first = plain.len().min(layout.plain_segment() - HEADER);
    let (first, rest) = plain.split_at(first);
    let mut segments = vec![first];
    segments.extend(rest.chunks(layout.plain_segment()));
    let last = segments.len() - 1;
    let mut body = header.to_vec();
    for (index, segment) in segments.into_iter().enumerate() {
        let counter = (index as u32).to_be_bytes();
        let nonce = [&header[33..], &counter, &[u8::from(index == last)]].concat();
        let nonce = Nonce::try_assume_unique_for_key(&nonce).expect("12 bytes");
        let mut sealed = segment.to_vec();
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut sealed)
            .expect("a short segment");
        body.extend(sealed);
    }
    body
}

pub fn seeds() -> Vec<Vec<u8>> {
    let plain = vector_file("tink-streaming/4096-4039.bin");
    [0, 1, 17, 100, 4000]
        .map(|size| [&[7; 34][..], &plain[..size]].concat())
        .to_vec()
}
