//! Names for new files, out of names that an object's writer chose.

use core::ops::RangeInclusive;

use strongroom::base::is_hidden;

/// What most file systems take, in bytes.
const MAX_BYTES: usize = 255;
/// Ends of names longer than this are no file's kind.
const MAX_EXTENSION: usize = 16;
/// Names that Windows gives to devices, whatever follows a full stop.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Characters that a person sees nothing of, beside white space: fillers, joiners, selectors of variations.
const BLANK: [RangeInclusive<char>; 10] = [
    '\u{34f}'..='\u{34f}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{2800}'..='\u{2800}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{e0100}'..='\u{e01ef}',
];

/// A plain name that a file can have in the current folder, on any system; nothing where none is left.
pub fn cleaned(name: &str) -> Option<String> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen = base
        .chars()
        .filter(|char| !char.is_control() && !is_hidden(*char));
    let plain: String = seen
        .map(|char| {
            if matches!(char, '<' | '>' | ':' | '"' | '|' | '?' | '*') {
                '_'
            } else {
                char
            }
        })
        .collect();
    // Windows drops them at the end; at the front they hide a file, or make it an option.
    let ends = |char: char| char == '.' || char.is_whitespace();
    let trimmed = plain.trim_matches(ends);
    if !trimmed.chars().any(is_seen) {
        return None;
    }
    let risky = trimmed.starts_with(['-', '~']) || is_device(trimmed);
    let named = if risky {
        format!("_{trimmed}")
    } else {
        trimmed.to_owned()
    };
    let named = shortened(&named).trim_end_matches(ends).to_owned();
    named.chars().any(is_seen).then_some(named)
}

fn is_seen(char: char) -> bool {
    let blank = BLANK.iter().any(|range| range.contains(&char));
    !(blank || char.is_whitespace() || char == '.')
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_lowercase();
    let numbered = |prefix: &str| {
        let rest = stem.strip_prefix(prefix).unwrap_or_default();
        let mut digits = rest.chars();
        let digit = digits.next();
        digits.next().is_none() && digit.is_some_and(|digit| "0123456789¹²³".contains(digit))
    };
    DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

/// The name with its middle left out, so that it is still of its kind.
fn shortened(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.to_owned();
    }
    let end = name
        .rfind('.')
        .filter(|at| name.len() - at <= MAX_EXTENSION);
    let (stem, extension) = name.split_at(end.unwrap_or(name.len()));
    let mut length = MAX_BYTES - extension.len();
    while !stem.is_char_boundary(length) {
        length -= 1;
    }
    [&stem[..length], extension].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_is_no_part_of_a_plain_name() {
        for (name, plain) in [
            ("photo.jpg", "photo.jpg"),
            ("grüße 🗝.txt", "grüße 🗝.txt"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\windows\\system.ini", "system.ini"),
            ("/absolute", "absolute"),
            ("C:evil.exe", "C_evil.exe"),
            ("a\u{0}b\r\n\u{1b}[2J.txt", "ab[2J.txt"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            (".bashrc", "bashrc"),
            ("-rf", "_-rf"),
            ("~root", "_~root"),
            ("name. . .", "name"),
            ("NUL", "_NUL"),
            ("nul.txt", "_nul.txt"),
            ("Com1.tar.gz", "_Com1.tar.gz"),
            ("LPT¹", "_LPT¹"),
            ("company.txt", "company.txt"),
            ("a<b>:\"|?*", "a_b______"),
        ] {
            assert_eq!(cleaned(name).as_deref(), Some(plain), "{name:?}");
        }
        for none in [
            "", ".", "..", "a/", "...", " \t", "\u{1b}", "../", "x\\..", "\u{202e}",
        ] {
            assert_eq!(cleaned(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_name_of_which_nothing_is_seen_is_none() {
        for blank in [
            '\u{3164}',
            '\u{2800}',
            '\u{200d}',
            '\u{200c}',
            '\u{ffa0}',
            '\u{fe0f}',
            '\u{115f}',
            '\u{1160}',
            '\u{34f}',
            '\u{e0100}',
        ] {
            let name = |front: &str| cleaned(&[front, &blank.to_string(), " . "].concat());
            assert_eq!(name(""), None, "{blank:?}");
            assert_eq!(name(". ."), None, "{blank:?}");
            assert!(name("x").is_some(), "{blank:?}");
        }
        // What is seen of it is cut off.
        assert_eq!(
            cleaned(&["\u{3164}".repeat(90), "x".repeat(30)].concat()),
            None
        );
    }

    #[test]
    fn names_fit_a_file_system_and_keep_their_kind() {
        let name = cleaned(&["ü".repeat(150), ".jpeg".into()].concat()).unwrap_or_default();
        assert_eq!(name.len(), 255);
        assert!(name.ends_with("ü.jpeg"), "{name}");
        let name = cleaned(&"x".repeat(300)).unwrap_or_default();
        assert_eq!(name.len(), 255);
        // What stands where it is cut is no end of a name either.
        let name = cleaned(&["x".repeat(253), "....y".into(), "z".repeat(40)].concat());
        assert_eq!(name, Some("x".repeat(253)));
    }
}
