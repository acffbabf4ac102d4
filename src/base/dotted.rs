//! Texts with full stops between their parts: compact serializations (RFC 7515 §7.1, RFC 7516 §7.1), what
//! an envelope is bound to, the `kid` of a key's version. One function each way, since a page downloads
//! them.

/// The parts with full stops between them.
#[must_use]
pub(crate) fn join(parts: &[&str]) -> String {
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push('.');
        }
        text.push_str(part);
    }
    text
}

/// The parts of a text that has exactly `N`.
#[must_use]
pub(crate) fn split<const N: usize>(text: &str) -> Option<[&str; N]> {
    let mut parts = [""; N];
    let (mut at, mut from) = (0, 0);
    for (to, byte) in text.bytes().chain([b'.']).enumerate() {
        if byte == b'.' {
            *parts.get_mut(at)? = &text[from..to];
            (at, from) = (at + 1, to + 1);
        }
    }
    (at == N).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_splits_into_what_it_was_joined_from() {
        for parts in [
            ["a", "b", "c"],
            ["", "", ""],
            ["a.b", "c", ""],
            ["é", "", "é"],
        ] {
            let text = join(&parts);
            let expected = (!parts[0].contains('.')).then_some(parts);
            assert_eq!(split::<3>(&text), expected, "{text}");
        }
        assert_eq!(split::<1>(""), Some([""]));
        assert_eq!((split::<2>("a"), split::<1>("a.")), (None, None));
    }
}
