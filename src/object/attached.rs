//! Attached objects: header and body in one file.
//!
//! ```text
//! 53 52 4D 01 ("SRM", version 1) | header length, u32 big-endian | header | body
//! ```

use crate::{
    jose::Envelope,
    object::{Error, Result},
};

/// Bytes before the header.
pub const PREFIX: usize = 8;
const MAGIC: [u8; 4] = *b"SRM\x01";

/// What stands before the body: magic, length and header.
#[must_use]
pub fn prefix(header: &Envelope) -> Vec<u8> {
    let bytes = header.bytes();
    // An envelope has at most 1 MiB.
    let length = u32::try_from(bytes.len())
        .expect("an envelope's length fits")
        .to_be_bytes();
    [&MAGIC, &length[..], bytes].concat()
}

/// Whether these bytes begin an attached object, of the version that is written here.
#[must_use]
pub fn begins(front: &[u8]) -> bool {
    front.starts_with(&MAGIC)
}

/// The header's length, from the first [`PREFIX`] bytes. Nothing needs to be allocated before this.
///
/// # Errors
/// [`Error::Malformed`] when it is no attached object, [`Error::Unsupported`] for one of a later
/// version, [`Error::TooLarge`] for a header that no envelope has.
pub fn header_len(prefix: &[u8]) -> Result<usize> {
    let not_ours = Error::Malformed("not an encrypted object");
    let (magic, length) = prefix
        .first_chunk::<4>()
        .zip(prefix.get(4..PREFIX))
        .ok_or(not_ours.clone())?;
    if magic[..3] != MAGIC[..3] {
        return Err(not_ours);
    }
    if *magic != MAGIC {
        return Err(Error::Unsupported("an object of a later version"));
    }
    let length = length
        .iter()
        .fold(0, |length, byte| length << 8 | usize::from(*byte));
    if length > Envelope::MAX_BYTES {
        Err(Error::TooLarge("header (1 MiB)"))
    } else {
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_bounded_before_anything_is_read() {
        assert_eq!(header_len(b"SRM\x01\x00\x10\x00\x00rest"), Ok(1 << 20));
        assert_eq!(
            header_len(b"SRM\x01\x00\x10\x00\x01"),
            Err(Error::TooLarge("header (1 MiB)"))
        );
        assert_eq!(
            header_len(b"SRM\x01\x40\x00\x00\x00"),
            Err(Error::TooLarge("header (1 MiB)"))
        );
    }

    #[test]
    fn other_files_and_versions_are_told() {
        assert!(matches!(
            header_len(b"\x89PNG\r\n\x1a\n"),
            Err(Error::Malformed(_))
        ));
        assert!(matches!(
            header_len(b"SRM\x02\x00\x00\x00\x01"),
            Err(Error::Unsupported(_))
        ));
        assert!(matches!(
            header_len(b"SRM\x01\x00"),
            Err(Error::Malformed(_))
        ));
    }
}
