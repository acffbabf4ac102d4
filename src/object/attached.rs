//! Attached objects: header and body in one file, and between them the signature of an object for more recipients.
//!
//! ```text
//! 53 52 4D 01 ("SRM", version 1) | header length, u32 big-endian | header | body
//! 53 52 4D 02 ("SRM", version 2) | header length | header | signature length, u32 big-endian | signature | body
//! ```

use crate::{
    jose::Envelope,
    object::{Error, ObjectSignature, Result},
};

/// Bytes before the header.
pub const PREFIX: usize = 8;
/// Bytes before the signature, of an object that has one.
pub const SIGNATURE_PREFIX: usize = 4;
const MAGIC: [u8; 4] = *b"SRM\x01";
const SIGNED: [u8; 4] = *b"SRM\x02";

/// What an attached object begins with says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix {
    /// Bytes of the header, which follows.
    pub header: usize,
    /// Whether a signature follows the header: its length, and then its text.
    pub signed: bool,
}

/// What stands before the body: magic, length and header.
#[must_use]
pub fn prefix(header: &Envelope) -> Vec<u8> {
    [&MAGIC[..], &counted(header.bytes())].concat()
}

/// What stands before the body of a signed object: magic, header and signature, each of these two with its length.
#[must_use]
pub fn signed_prefix(header: &Envelope, signature: &str) -> Vec<u8> {
    let (header, signature) = (counted(header.bytes()), counted(signature.as_bytes()));
    [&SIGNED[..], &header, &signature].concat()
}

/// A length, and what has it.
fn counted(bytes: &[u8]) -> Vec<u8> {
    // An envelope has at most 1 MiB, a signature at most 8.
    let length = u32::try_from(bytes.len())
        .expect("an envelope's or a signature's length fits")
        .to_be_bytes();
    [&length, bytes].concat()
}

/// Whether these bytes begin an attached object, of a version that is written here.
#[must_use]
pub fn begins(front: &[u8]) -> bool {
    front.starts_with(&MAGIC) || front.starts_with(&SIGNED)
}

/// What follows, from the first [`PREFIX`] bytes. Nothing needs to be allocated before this.
///
/// # Errors
/// [`Error::Malformed`] when it is no attached object, [`Error::Unsupported`] for one of a later
/// version, [`Error::TooLarge`] for a header that no envelope has.
pub fn read_prefix(prefix: &[u8]) -> Result<Prefix> {
    let not_ours = Error::Malformed("not an encrypted object");
    let (magic, length) = prefix
        .first_chunk::<4>()
        .zip(prefix.get(4..PREFIX))
        .ok_or(not_ours.clone())?;
    if magic[..3] != MAGIC[..3] {
        return Err(not_ours);
    }
    let signed = *magic == SIGNED;
    if !signed && *magic != MAGIC {
        return Err(Error::Unsupported("an object of a later version"));
    }
    let header = length_of(length);
    if header > Envelope::MAX_BYTES {
        Err(Error::TooLarge("header (1 MiB)"))
    } else {
        Ok(Prefix { header, signed })
    }
}

/// The header's length of an object that has no signature.
///
/// # Errors
/// As [`read_prefix`]; [`Error::Unsupported`] for one that is signed.
pub fn header_len(prefix: &[u8]) -> Result<usize> {
    match read_prefix(prefix)? {
        Prefix {
            header,
            signed: false,
        } => Ok(header),
        Prefix { .. } => Err(Error::Unsupported("a signed object")),
    }
}

/// The signature's length, from the 4 bytes after a header.
///
/// # Errors
/// [`Error::Malformed`] when they are fewer, [`Error::TooLarge`] for a length that no signature has.
pub fn signature_len(prefix: &[u8]) -> Result<usize> {
    let prefix = prefix
        .get(..SIGNATURE_PREFIX)
        .ok_or(Error::Malformed("an object that is cut"))?;
    match length_of(prefix) {
        0 => Err(Error::Malformed("an object without its signature")),
        length if length > ObjectSignature::MAX_BYTES => Err(Error::TooLarge("signature (8 MiB)")),
        length => Ok(length),
    }
}

fn length_of(bytes: &[u8]) -> usize {
    let bytes = bytes.iter();
    bytes.fold(0, |length, byte| length << 8 | usize::from(*byte))
}

/// An attached object that is in memory, in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The header.
    pub header: &'a [u8],
    /// The signature's text.
    pub signature: Option<&'a [u8]>,
    /// The body.
    pub body: &'a [u8],
}

/// The parts of an attached object.
///
/// # Errors
/// As [`read_prefix`] and [`signature_len`]; [`Error::Malformed`] for one that is cut.
pub fn split(object: &[u8]) -> Result<Parts<'_>> {
    const CUT: Error = Error::Malformed("an object that is cut");
    let Prefix { header, signed } = read_prefix(object)?;
    let (header, rest) = object[PREFIX..].split_at_checked(header).ok_or(CUT)?;
    if !signed {
        let signature = None;
        return Ok(Parts {
            header,
            signature,
            body: rest,
        });
    }
    let length = signature_len(rest)?;
    let rest = &rest[SIGNATURE_PREFIX..];
    let (signature, body) = rest.split_at_checked(length).ok_or(CUT)?;
    Ok(Parts {
        header,
        signature: Some(signature),
        body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_bounded_before_anything_is_read() {
        assert_eq!(header_len(b"SRM\x01\x00\x10\x00\x00rest"), Ok(1 << 20));
        for front in [b"SRM\x01\x00\x10\x00\x01", b"SRM\x02\x40\x00\x00\x00"] {
            assert_eq!(read_prefix(front), Err(Error::TooLarge("header (1 MiB)")));
        }
        assert_eq!(signature_len(&[0, 0x80, 0, 0]), Ok(8 << 20));
        let refused = signature_len(&[0, 0x80, 0, 1]);
        assert_eq!(refused, Err(Error::TooLarge("signature (8 MiB)")));
        assert!(matches!(signature_len(&[0; 4]), Err(Error::Malformed(_))));
        assert!(matches!(signature_len(&[0; 3]), Err(Error::Malformed(_))));
    }

    #[test]
    fn other_files_and_versions_are_told() {
        assert!(matches!(
            header_len(b"\x89PNG\r\n\x1a\n"),
            Err(Error::Malformed(_))
        ));
        for later in [b"SRM\x03\x00\x00\x00\x01", b"SRM\x00\x00\x00\x00\x01"] {
            assert!(matches!(read_prefix(later), Err(Error::Unsupported(_))));
        }
        assert!(matches!(
            header_len(b"SRM\x02\x00\x00\x00\x01"),
            Err(Error::Unsupported(_))
        ));
        assert!(matches!(
            header_len(b"SRM\x01\x00"),
            Err(Error::Malformed(_))
        ));
    }

    #[test]
    fn lengths_that_lie_and_objects_that_are_cut_are_refused() {
        let whole = b"SRM\x02\x00\x00\x00\x03HHH\x00\x00\x00\x02SSbody";
        let parts = split(whole).expect("an object in form");
        assert_eq!(
            (parts.header, parts.signature, parts.body),
            (&b"HHH"[..], Some(&b"SS"[..]), &b"body"[..])
        );
        for end in 0..whole.len() - 4 {
            assert!(split(&whole[..end]).is_err(), "{end}");
        }
        let mut lies = whole.to_vec();
        lies[7] = 200;
        assert!(split(&lies).is_err());
        lies[7] = 3;
        lies[14] = 200;
        assert!(split(&lies).is_err());
    }
}
