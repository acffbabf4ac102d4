//! An attached object that opens holds what was put into it.

use std::rc::Rc;

use pollster::block_on;
use strongroom::{
    Error, Result,
    jose::{Envelope, Identity},
    object::{FileMetadata, attached, body::RustEngine, decrypt_object, encrypt_object},
};

use crate::fixture::{Fixed, context, kek};

const PLAIN: &[u8] = b"hello";

pub fn target(data: &[u8]) {
    if let Ok(plain) = open(data) {
        assert_eq!(plain, PLAIN);
    }
}

fn open(object: &[u8]) -> Result<Vec<u8>> {
    let length = attached::header_len(object)?;
    assert!(length <= Envelope::MAX_BYTES);
    let (header, body) = object[attached::PREFIX..]
        .split_at_checked(length)
        .ok_or(Error::Malformed("an object without its body"))?;
    let header = Envelope::parse(header)?;
    let (engine, identity) = (Rc::new(RustEngine), Identity::Kek(kek()));
    let object = decrypt_object(
        engine,
        &header,
        core::slice::from_ref(&identity),
        &context(),
        None,
    )?;
    let mut plain = block_on(object.decryptor.push(body.to_vec()))?;
    plain.extend(block_on(object.decryptor.finish())?);
    Ok(plain.concat())
}

pub fn seeds() -> Vec<Vec<u8>> {
    [Some(5), None].map(seed).to_vec()
}

fn seed(size: Option<u64>) -> Vec<u8> {
    let (entropy, context) = (Fixed::new(6), context());
    let file = FileMetadata {
        size,
        ..FileMetadata::default()
    };
    let recipients = [kek().into()];
    let engine = Rc::new(RustEngine);
    let sealing = encrypt_object(engine, &entropy, &recipients, &context, Some(&file));
    let object = sealing.expect("a recipient");
    let mut bytes = attached::prefix(&object.header);
    for pieces in [
        block_on(object.encryptor.push(PLAIN.to_vec())),
        block_on(object.encryptor.finish()),
    ] {
        bytes.extend(pieces.expect("five bytes").concat());
    }
    bytes
}
