//! base64url without padding (RFC 4648 §5), in constant time over the content.

use base64ct::{Base64UrlUnpadded, Encoding};

/// Encodes.
#[inline(never)]
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Decodes the canonical form, and nothing else.
#[inline(never)]
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

/// Decodes the canonical form of exactly as many bytes as there is room for.
#[inline(never)]
#[must_use]
pub fn decode_into(text: &str, bytes: &mut [u8]) -> bool {
    let room = bytes.len();
    Base64UrlUnpadded::decode(text, bytes).is_ok_and(|written| written.len() == room)
}
