//! base64url without padding (RFC 4648 §5), as JOSE uses it, and base64 with padding (§4), as signed notes do; both in
//! constant time over the content, but where it is public.

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

/// Decodes what is no secret, such as a ciphertext or a hash: by a table, in a fraction of the time.
///
/// # Errors
/// As [`decode`].
pub fn decode_public(text: &str, malformed: InputError) -> InputResult<Vec<u8>> {
    let (groups, rest) = text.as_bytes().as_chunks::<4>();
    let mut bytes = vec![0; groups.len() * 3];
    let (out, _) = bytes.as_chunks_mut::<3>();
    let mut all = 0;
    for (group, out) in groups.iter().zip(out) {
        let [a, b, c, d] = group.map(|character| VALUES[character as usize]);
        all |= a | b | c | d;
        *out = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
    }
    // Bits that are left over are zero.
    let left = match *rest {
        [] => 0,
        [a, b] => {
            let [a, b] = [a, b].map(|character| VALUES[character as usize]);
            bytes.push(a << 2 | b >> 4);
            all |= a | b;
            b << 4
        }
        [a, b, c] => {
            let [a, b, c] = [a, b, c].map(|character| VALUES[character as usize]);
            bytes.extend([a << 2 | b >> 4, b << 4 | c >> 2]);
            all |= a | b | c;
            c << 6
        }
        _ => NONE,
    };
    let is_canonical = all < NONE && left == 0;
    is_canonical.then_some(bytes).ok_or(malformed)
}

/// The value of no character.
const NONE: u8 = 0x40;

/// The values of all characters.
static VALUES: [u8; 256] = {
    let (mut values, mut at) = ([NONE; 256], 0);
    while at < ALPHABET.len() {
        values[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    values
};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

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
    fn what_is_public_is_read_as_what_is_secret() {
        let same = |text: &str| {
            let malformed = InputError::Malformed("x");
            let read = decode_public(text, malformed.clone());
            assert_eq!(read, decode(text, malformed), "{text:?}");
            read.is_ok()
        };
        let bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
        for length in 0..bytes.len() {
            assert!(same(&encode(&bytes[..length])), "{length}");
        }
        // Each character in each place, of a group that is whole and of one that is not.
        for character in (0..=127).map(char::from).chain(['é', '\u{2028}']) {
            for at in 0..4 {
                for length in at..8 {
                    let mut text: String = "A".repeat(length);
                    text.insert(at, character);
                    same(&text);
                }
            }
        }
        for bad in ["_-B", "_-A=", "/+A", "_-A\n", "A", "AAAAA", "AB", "AAB"] {
            assert!(!same(bad), "{bad:?}");
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
