//! What is printed. Names, paths and errors may be anybody's: no control character of theirs reaches a terminal.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::Path,
};

use strongroom::base::{Timestamp, is_hidden};
use zeroize::Zeroizing;

use crate::failure::{Failure, Outcome};

/// A text as it is printed: control characters, and those that are not seen, as `\u{…}`.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() || is_hidden(char) {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(char));
        } else {
            shown.push(char);
        }
    }
    shown
}

/// The most characters of a name that are printed.
const MAX_NAME: usize = 200;

/// Somebody's name or type as it is printed: in quotes, so that nothing in it passes for what the program says, and cut
/// where it is long.
pub fn quoted(text: &str) -> String {
    let total = text.chars().count();
    let front: String = text.chars().take(MAX_NAME).collect();
    let quoted = in_quotes(&front);
    if total > MAX_NAME {
        format!("{quoted}… ({total} characters)")
    } else {
        quoted
    }
}

fn in_quotes(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        if matches!(char, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(char);
    }
    quoted.push('"');
    shown(&quoted)
}

/// A word of a format, such as an algorithm or an id: quoted only where it is not a plain one.
pub fn word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+/:".contains(&byte);
    if (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(plain) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A path as it is printed: whole, and quoted only where it could pass for more than a path.
pub fn shown_path(path: &Path) -> String {
    let path = path.to_string_lossy();
    let plain = |char: char| char.is_alphanumeric() || "-_./".contains(char);
    if !path.is_empty() && path.chars().all(plain) {
        path.into_owned()
    } else {
        in_quotes(&path)
    }
}

/// The same JSON, with those characters escaped as JSON does: they stand in its strings alone. A carriage return, which
/// sends a terminal back over what it shows, can only be white space between its parts: it is left out.
pub fn shown_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    let mut units = [0; 2];
    for char in json.chars() {
        // White space between members; in a string JSON has none of these.
        if char == '\r' {
            continue;
        }
        let space = matches!(char, '\n' | '\t');
        if space || !(char.is_control() || is_hidden(char)) {
            shown.push(char);
            continue;
        }
        for unit in char.encode_utf16(&mut units) {
            let _ = write!(shown, "\\u{unit:04x}");
        }
    }
    shown
}

/// A time as RFC 3339 writes it, in UTC.
pub fn time(at: Timestamp) -> String {
    let seconds = at.millis() / 1000;
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The date so many days after the start of 1970, in the Gregorian calendar: years begin in March, so that a leap day is
/// the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    const YEARS_400: u64 = 146_097;
    /// From the first of March in the year 0.
    const BEFORE_1970: u64 = 719_468;
    let days = days + BEFORE_1970;
    let (era, day) = (days / YEARS_400, days % YEARS_400);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (400 * era + year + next, month, day)
}

/// Prints a line of what was asked for. Whatever in it is anybody's has been [`shown`].
///
/// # Errors
/// When nobody reads it.
pub fn line(text: &str) -> Outcome<()> {
    let mut out = crate::stdout::open()?;
    let written = write!(out, "{}", Zeroizing::new([text, "\n"].concat()).as_str());
    written.map_err(|error| Failure::output("standard output", &error))
}

/// Tells of something beside what was asked for. Where nobody reads that, nothing is lost.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        let hostile = "a\u{1b}[2J\r\nb\u{7f}\u{9b}31m\u{202e}gpj.exe\u{0}";
        let shown = shown(hostile);
        assert!(
            !shown
                .chars()
                .any(|char| char.is_control() || is_hidden(char)),
            "{shown}"
        );
        assert!(shown.starts_with("a\\u{1b}[2J\\u{d}\\u{a}b\\u{7f}\\u{9b}31m\\u{202e}gpj"));
        assert_eq!(super::shown("Zoë's 🗝.txt"), "Zoë's 🗝.txt");
    }

    #[test]
    fn a_name_passes_for_nothing_but_a_name() {
        assert_eq!(quoted("cat.jpg"), "\"cat.jpg\"");
        let forged = "x\"; it was written by me \\\u{1b}\n";
        assert_eq!(
            quoted(forged),
            r#""x\"; it was written by me \\\u{1b}\u{a}""#
        );
        let long = quoted(&"é".repeat(4000));
        assert_eq!(long, format!("\"{}\"… (4000 characters)", "é".repeat(200)));
        assert_eq!(word("ECDH-ES+A256KW"), "ECDH-ES+A256KW");
        assert_eq!(word("dir, signed"), "\"dir, signed\"");
        assert_eq!(word(""), "\"\"");
        assert_eq!(shown_path(Path::new("a/grüße.txt")), "a/grüße.txt");
        assert_eq!(shown_path(Path::new("x, 5 bytes")), "\"x, 5 bytes\"");
    }

    #[test]
    fn json_stays_the_same_json() {
        assert_eq!(shown_json("{\r\n\t\"a\":\r1}"), "{\n\t\"a\":1}");
        let json = "{\n\t\"a\": \"\u{9b}31m\u{202e}\u{e0041}é\"\n}";
        assert_eq!(
            shown_json(json),
            "{\n\t\"a\": \"\\u009b31m\\u202e\\udb40\\udc41é\"\n}"
        );
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_827_696, "2000-02-29T12:34:56Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(time(Timestamp::from_millis(seconds * 1000)), text);
        }
    }
}
