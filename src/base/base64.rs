//! base64url without padding (RFC 4648 §5), as JOSE uses it, and base64 with padding (§4), as signed notes do; both in
//! constant time over the content.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use super::{InputError, InputResult};

/// Encodes.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Decodes what must be canonical base64url; `place` names the member in the error.
///
/// # Errors
/// [`InputError::Malformed`] for padding, other characters, or trailing bits that are not zero.
pub fn decode(text: &str, malformed: InputError) -> InputResult<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).map_err(|_| malformed)
}

/// Decodes exactly `N` bytes.
///
/// # Errors
/// As [`decode`], and for another length.
pub fn decode_array<const N: usize>(text: &str, malformed: InputError) -> InputResult<[u8; N]> {
    let mut bytes = [0; N];
    match Base64UrlUnpadded::decode(text, &mut bytes) {
        Ok(decoded) if decoded.len() == N => Ok(bytes),
        _ => Err(malformed),
    }
}

/// Encodes as base64 with padding.
#[must_use]
pub fn encode_padded(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Decodes what must be canonical base64 with padding.
///
/// # Errors
/// [`InputError::Malformed`] for other characters, padding that is missing, or trailing bits that are not zero.
pub fn decode_padded(text: &str, malformed: InputError) -> InputResult<Vec<u8>> {
    Base64::decode_vec(text).map_err(|_| malformed)
}

/// Encodes a secret into text that is wiped when dropped.
#[must_use]
pub fn encode_secret(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_read() {
        assert_eq!(
            decode("_-A", InputError::Malformed("x")),
            Ok(vec![0xff, 0xe0])
        );
        for bad in ["_-B", "_-A=", "/+A", "_-A\n", "A"] {
            assert_eq!(
                decode(bad, InputError::Malformed("x")),
                Err(InputError::Malformed("x")),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn only_the_canonical_form_with_padding_is_read() {
        let read = |text| decode_padded(text, InputError::Malformed("x"));
        assert_eq!(read("/+A="), Ok(vec![0xff, 0xe0]));
        assert_eq!(encode_padded(&[0xff, 0xe0]), "/+A=");
        for bad in ["/+B=", "/+A", "_-A=", "/+A=\n", "/+A==", "=", "/+A=/+A="] {
            assert_eq!(read(bad), Err(InputError::Malformed("x")), "{bad:?}");
        }
    }

    #[test]
    fn arrays_have_their_length() {
        assert_eq!(
            decode_array::<2>("_-A", InputError::Malformed("x")),
            Ok([0xff, 0xe0])
        );
        assert_eq!(
            decode_array::<3>("_-A", InputError::Malformed("x")),
            Err(InputError::Malformed("x"))
        );
        assert_eq!(
            decode_array::<1>("_-A", InputError::Malformed("x")),
            Err(InputError::Malformed("x"))
        );
    }
}
