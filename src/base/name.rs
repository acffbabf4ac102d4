//! Names that people choose.

/// The most bytes a chosen name may have.
const MAX_BYTES: usize = 256;

/// Whether a text can be a name: 1 to 256 bytes, without control characters.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=MAX_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
}
