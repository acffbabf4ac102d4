//! Canonical JSON (RFC 8785), for the only shape we hash: an object of strings.

/// `{"a":"…","b":"…"}` with the members sorted by the UTF-16 code units of their names
/// (RFC 8785 §3.2.3) and strings escaped as ECMAScript does (§3.2.2.2).
#[must_use]
pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    // A context has at most 64 members: putting each in its place is quick, and sorting is much code.
    let mut sorted: Vec<(&str, &str)> = Vec::new();
    for (name, value) in members {
        let before = |(other, _): &(&str, &str)| other.encode_utf16().lt(name.encode_utf16());
        sorted.insert(sorted.partition_point(before), (name, value));
    }
    let mut out = String::from("{");
    for (index, (name, value)) in sorted.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_string(&mut out, name);
        out.push(':');
        push_string(&mut out, value);
    }
    out.push('}');
    out
}

pub(super) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' => {
                let digit = |value: u32| char::from_digit(value, 16).expect("below 16");
                out.push_str("\\u00");
                out.push(digit(u32::from(c) >> 4));
                out.push(digit(u32::from(c) & 15));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn members_sort_by_utf16_units() {
        // U+1F600 begins with the unit D83D, which sorts before FB33, although its scalar is larger.
        let json = object([("\u{fb33}", "1"), ("\u{1f600}", "2"), ("a", "3"), ("", "4")]);
        assert_eq!(
            json,
            "{\"\":\"4\",\"a\":\"3\",\"\u{1f600}\":\"2\",\"\u{fb33}\":\"1\"}"
        );
    }

    #[test]
    fn strings_escape_as_ecmascript_does() {
        // RFC 8785 §3.2.2.2's own example, without its lone characters.
        let json = object([("k", "\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{7f}\u{8}\u{c}\r\t")]);
        assert_eq!(
            json,
            "{\"k\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7f}\\b\\f\\r\\t\"}"
        );
    }
}
