//! Names that people choose.

/// The most bytes a chosen name may have.
const MAX_BYTES: usize = 256;

/// Whether a text can be a name: 1 to 256 bytes, without control characters.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=MAX_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// Whether a text can be a new name: one that shows all of what it is. Marks that turn the direction of writing, and most
/// characters that nobody sees, make two names look the same, or one like another. Joiners (U+200C, U+200D) stay, which
/// Persian and emoji need. Names that are there already stay what they are.
pub(crate) fn shows_itself(text: &str) -> bool {
    !text.chars().any(is_hidden)
}

/// Whether a character is not seen, or turns the direction of writing: one that no new name has. Joiners are none.
#[must_use]
pub fn is_hidden(char: char) -> bool {
    HIDDEN.iter().any(|range| range.contains(&char))
}

/// Of general category Cf, Zl and Zp in Unicode 16, those that are not seen.
const HIDDEN: [core::ops::RangeInclusive<char>; 12] = [
    '\u{ad}'..='\u{ad}',
    '\u{61c}'..='\u{61c}',
    '\u{180e}'..='\u{180e}',
    '\u{200b}'..='\u{200b}',
    '\u{200e}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{feff}'..='\u{feff}',
    '\u{fff9}'..='\u{fffb}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e007f}',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_hides_something_is_told() {
        for name in [
            "acme",
            "Zoë",
            "فارسی\u{200c}ها",
            "👩\u{200d}💻",
            "日本",
            "a b",
        ] {
            assert!(shows_itself(name), "{name}");
        }
        for hidden in [
            "photos\u{200b}",
            "a\u{202e}gnp.exe",
            "\u{feff}acme",
            "ac\u{ad}me",
            "a\u{2066}b\u{2069}",
            "a\u{e0041}",
            "a\u{2029}b",
        ] {
            assert!(!shows_itself(hidden), "{hidden:?}");
        }
    }
}
