//! JSON (RFC 8259) as JOSE needs it: names are different (RFC 7515 §10.12), input is bounded, numbers
//! keep their text, and what is written keeps its order.
//!
//! Written here because the reader is part of what an envelope refuses, and because it is what a page
//! downloads: `serde_json` with derived types came to 45 KiB of brotli, this to 3.

use super::{Error, Result};

/// The deepest nesting that is read. Ours is at most four deep.
const MAX_DEPTH: usize = 16;
/// The most members one object may have, so that comparing names stays cheap.
const MAX_MEMBERS: usize = 256;
/// The most values one text may have: a thousand recipients have 10 each (an entry, its header with
/// `alg`, `kid` and an `epk` of four members, its encrypted key), and some room for algorithms that we
/// skip. Without a bound a hostile text of 1 MiB would take 40 times its size before it is refused.
const MAX_VALUES: usize = 16 * 1024;

/// Any JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(Object),
}

/// An object's members, in order, each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object(Vec<(String, Json)>);

impl Object {
    /// An object without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads one object and nothing else; `place` names it in the error.
    ///
    /// # Errors
    /// [`Error::Malformed`] for everything RFC 8259 does not allow, for two members of one name, for
    /// escapes of half a surrogate pair, and beyond 16 levels or 256 members of one object;
    /// [`Error::TooLarge`] beyond 16,384 values.
    pub fn parse(text: &[u8], place: &'static str) -> Result<Self> {
        Self::parse_up_to(MAX_VALUES, text, place)
    }

    /// As [`Self::parse`], with another bound on how many values there are.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_up_to(values: usize, text: &[u8], place: &'static str) -> Result<Self> {
        let text = core::str::from_utf8(text).map_err(|_| Error::Malformed(place))?;
        let mut reader = Reader {
            text,
            at: 0,
            room: Some(values),
        };
        match reader.whole() {
            Some(object) => Ok(object),
            None if reader.room.is_none() => Err(Error::TooLarge(place)),
            None => Err(Error::Malformed(place)),
        }
    }

    /// Adds a member, or replaces the one of that name.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.remove(name);
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// A member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// Takes a member that must be a string.
    ///
    /// # Errors
    /// [`Error::Malformed`] with `place`, as for the others below.
    pub fn string(&mut self, name: &str, place: &'static str) -> Result<String> {
        self.optional_string(name, place)?
            .ok_or(Error::Malformed(place))
    }

    /// Takes a member that may be missing, and is a string otherwise.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn optional_string(&mut self, name: &str, place: &'static str) -> Result<Option<String>> {
        match self.remove(name) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(Error::Malformed(place)),
        }
    }

    /// Takes a member that must be a whole number from 0 to 2^53 − 1.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn number(&mut self, name: &str, place: &'static str) -> Result<u64> {
        self.optional_number(name, place)?
            .ok_or(Error::Malformed(place))
    }

    /// Takes a member that may be missing, and is such a number otherwise.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn optional_number(&mut self, name: &str, place: &'static str) -> Result<Option<u64>> {
        let Some(value) = self.remove(name) else {
            return Ok(None);
        };
        let Json::Number(text) = value else {
            return Err(Error::Malformed(place));
        };
        // Without sign, fraction, exponent or leading zero, as the reader has checked.
        let exact = text.parse().ok().filter(|number| *number < 1_u64 << 53);
        exact.map(Some).ok_or(Error::Malformed(place))
    }

    /// Takes a member that must be an object.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn object(&mut self, name: &str, place: &'static str) -> Result<Self> {
        self.remove(name)
            .and_then(Json::into_object)
            .ok_or(Error::Malformed(place))
    }

    /// Takes a member that must be an array.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn array(&mut self, name: &str, place: &'static str) -> Result<Vec<Json>> {
        match self.remove(name) {
            Some(Json::Array(items)) => Ok(items),
            _ => Err(Error::Malformed(place)),
        }
    }

    /// Refuses members that nobody took: what is not understood is not ignored.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn end(&self, place: &'static str) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Malformed(place))
        }
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members, in order.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The values, to be overwritten.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Json> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// The same members, sorted by the UTF-16 code units of their names (RFC 8785 §3.2.3).
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.0
            .sort_unstable_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
        self
    }

    /// The object's text without white space, strings escaped as ECMAScript does
    /// (RFC 8785 §3.2.2.2).
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        write_object(&mut out, self);
        out
    }
}

impl Json {
    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The object, if it is one.
    #[must_use]
    pub fn into_object(self) -> Option<Object> {
        if let Self::Object(object) = self {
            Some(object)
        } else {
            None
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Self::Number(number.to_string())
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Self {
        Self::Array(items)
    }
}

/// A reader on its way through a text. `None` is an error; where does not matter to anybody.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// How many values may still come; `None` once there were too many.
    room: Option<usize>,
}

impl Reader<'_> {
    /// One object, and nothing after it.
    fn whole(&mut self) -> Option<Object> {
        let object = self.value(0)?.into_object()?;
        self.space();
        (self.at == self.text.len()).then_some(object)
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        self.room = self.room?.checked_sub(1);
        self.room?;
        self.space();
        match self.peek()? {
            b'{' if depth < MAX_DEPTH => self.object(depth + 1).map(Json::Object),
            b'[' if depth < MAX_DEPTH => self.array(depth + 1).map(Json::Array),
            b'"' => self.string().map(Json::String),
            b'-' | b'0'..=b'9' => self.number().map(Json::Number),
            _ => {
                let words = [
                    ("null", Json::Null),
                    ("true", Json::Bool(true)),
                    ("false", Json::Bool(false)),
                ];
                words
                    .into_iter()
                    .find_map(|(word, value)| self.skip(word).map(|()| value))
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Object> {
        let mut members = Object::new();
        self.items("{", "}", |reader| {
            let name = reader.string()?;
            reader.space();
            reader.skip(":")?;
            let value = reader.value(depth)?;
            let fits = members.get(&name).is_none() && members.len() < MAX_MEMBERS;
            fits.then(|| members.0.push((name, value)))
        })?;
        Some(members)
    }

    fn array(&mut self, depth: usize) -> Option<Vec<Json>> {
        let mut values = Vec::new();
        self.items("[", "]", |reader| {
            values.push(reader.value(depth)?);
            Some(())
        })?;
        Some(values)
    }

    /// `open`, items with commas between them, `close`.
    fn items(
        &mut self,
        open: &str,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.skip(open)?;
        self.space();
        if self.skip(close).is_some() {
            return Some(());
        }
        loop {
            self.space();
            item(self)?;
            self.space();
            if self.skip(close).is_some() {
                return Some(());
            }
            self.skip(",")?;
        }
    }

    fn string(&mut self) -> Option<String> {
        self.skip("\"")?;
        let mut out = String::new();
        loop {
            let from = self.at;
            // Every byte of a longer UTF-8 sequence is above these, so slices end at characters.
            while !matches!(self.peek()?, b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            out.push_str(&self.text[from..self.at]);
            self.at += 1;
            match self.text.as_bytes()[self.at - 1] {
                b'"' => return Some(out),
                b'\\' => out.push(self.escape()?),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let escaped = self.peek()?;
        self.at += 1;
        match escaped {
            b'"' | b'\\' | b'/' => Some(escaped.into()),
            b'b' => Some('\u{8}'),
            b'f' => Some('\u{c}'),
            b'n' => Some('\n'),
            b'r' => Some('\r'),
            b't' => Some('\t'),
            b'u' => {
                let first = self.unit()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first);
                }
                self.skip("\\u")?;
                let second = self
                    .unit()?
                    .checked_sub(0xdc00)
                    .filter(|low| *low < 0x400)?;
                char::from_u32(0x1_0000 + ((first - 0xd800) << 10 | second))
            }
            _ => None,
        }
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, digit| {
            Some(unit << 4 | char::from(*digit).to_digit(16)?)
        })
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    fn number(&mut self) -> Option<String> {
        let from = self.at;
        self.one_of(b"-");
        if self.one_of(b"0").is_none() {
            self.digits()?;
        }
        if self.one_of(b".").is_some() {
            self.digits()?;
        }
        if self.one_of(b"eE").is_some() {
            self.one_of(b"+-");
            self.digits()?;
        }
        Some(self.text[from..self.at].to_owned())
    }

    fn digits(&mut self) -> Option<()> {
        self.one_of(b"0123456789")?;
        while self.one_of(b"0123456789").is_some() {}
        Some(())
    }

    fn one_of(&mut self, bytes: &[u8]) -> Option<()> {
        bytes.contains(&self.peek()?).then(|| self.at += 1)
    }

    fn space(&mut self) {
        while self.one_of(b" \t\n\r").is_some() {}
    }

    fn skip(&mut self, word: &str) -> Option<()> {
        self.text.as_bytes()[self.at..]
            .starts_with(word.as_bytes())
            .then(|| self.at += word.len())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

fn write(out: &mut String, value: &Json) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Number(text) => out.push_str(text),
        Json::String(text) => write_string(out, text),
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                out.push(if index == 0 { '[' } else { ',' });
                write(out, item);
            }
            out.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Json::Object(object) => write_object(out, object),
    }
}

fn write_object(out: &mut String, object: &Object) {
    for (index, (name, value)) in object.0.iter().enumerate() {
        out.push(if index == 0 { '{' } else { ',' });
        write_string(out, name);
        out.push(':');
        write(out, value);
    }
    out.push_str(if object.is_empty() { "{}" } else { "}" });
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        let short = match c {
            '"' | '\\' => c,
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                out.push(if c < '\u{10}' { '0' } else { '1' });
                out.push(char::from(b"0123456789abcdef"[c as usize & 15]));
                continue;
            }
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push('\\');
        out.push(short);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> bool {
        Object::parse(text.as_bytes(), "x").is_ok()
    }

    #[test]
    fn what_is_read_is_written_back() {
        let text = r#"{"a":[null,true,false,-0.5e+3,"",[],{}],"b":{"c":"é\n\u001f"}}"#;
        assert_eq!(
            Object::parse(text.as_bytes(), "x")
                .map(|object| object.text())
                .as_deref(),
            Ok(text)
        );
        let spaced = " { \"a\" :\t[ 1 ,\r\n2 ] } ";
        assert_eq!(
            Object::parse(spaced.as_bytes(), "x")
                .map(|object| object.text())
                .as_deref(),
            Ok(r#"{"a":[1,2]}"#)
        );
    }

    #[test]
    fn duplicate_names_are_refused_at_any_depth() {
        for bad in [
            r#"{"a":1,"a":1}"#,
            r#"{"b":{"a":1,"a":2}}"#,
            r#"{"b":[{"a":1,"\u0061":2}]}"#,
        ] {
            assert!(!reads(bad), "{bad}");
        }
    }

    #[test]
    fn what_the_grammar_does_not_allow_is_refused() {
        let bad = [
            "",
            "{",
            "}",
            "[]",
            "1",
            "{} {}",
            "{}x",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{a:1}"#,
            r#"{'a':1}"#,
            r#"{"a":[1,]}"#,
            r#"{"a":[1 2]}"#,
            r#"{"a":01}"#,
            r#"{"a":-}"#,
            r#"{"a":1.}"#,
            r#"{"a":.5}"#,
            r#"{"a":1e}"#,
            r#"{"a":+1}"#,
            r#"{"a":0x1}"#,
            r#"{"a":NaN}"#,
            r#"{"a":nul}"#,
            r#"{"a":"\x"}"#,
            r#"{"a":"\u12"}"#,
            r#"{"a":"\u+123"}"#,
            "{\"a\":\"\n\"}",
            r#"{"a":"b}"#,
            "\u{feff}{}",
            "{\"a\":1\u{a0}}",
            r#"{"a":"\"}"#,
        ];
        for bad in bad {
            assert!(!reads(bad), "{bad:?}");
        }
        assert!(Object::parse(b"{\"a\":\"\xff\"}", "x").is_err());
    }

    #[test]
    fn escapes_are_characters_and_half_a_pair_is_none() {
        let text = |json: &str| {
            let mut object = Object::parse(format!(r#"{{"a":"{json}"}}"#).as_bytes(), "x").ok()?;
            object.string("a", "x").ok()
        };
        assert_eq!(
            text(r"\ud83d\ude00\u20AC\/\b\f").as_deref(),
            Some("\u{1f600}\u{20ac}/\u{8}\u{c}")
        );
        for bad in [
            r"\ud83d",
            r"\ude00",
            r"\ud83d\ud83d",
            r"\ud83dx",
            r"\ud83d\n",
        ] {
            assert_eq!(text(bad), None, "{bad}");
        }
    }

    #[test]
    fn input_is_bounded() {
        let nested = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(reads(&nested(MAX_DEPTH)));
        assert!(!reads(&nested(MAX_DEPTH + 1)) && !reads(&nested(100_000)));
        let wide = |count: usize| {
            let members: Vec<_> = (0..count).map(|n| format!("\"{n}\":1")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(reads(&wide(MAX_MEMBERS)) && !reads(&wide(MAX_MEMBERS + 1)));
        let long = |count: usize| format!("{{\"a\":[{}]}}", vec!["[]"; count].join(","));
        assert!(reads(&long(MAX_VALUES - 2)));
        assert_eq!(
            Object::parse(long(MAX_VALUES - 1).as_bytes(), "x"),
            Err(Error::TooLarge("x"))
        );
        assert!(Object::parse_up_to(MAX_VALUES + 1, long(MAX_VALUES - 1).as_bytes(), "x").is_ok());
    }

    #[test]
    fn numbers_are_whole_and_exact() {
        let number = |json: &str| {
            Object::parse(format!(r#"{{"a":{json}}}"#).as_bytes(), "x")
                .and_then(|mut object| object.number("a", "x"))
        };
        assert_eq!(
            (number("0"), number("9007199254740991")),
            (Ok(0), Ok((1 << 53) - 1))
        );
        for bad in [
            "-1",
            "1.0",
            "1e3",
            "9007199254740992",
            "99999999999999999999",
            "\"1\"",
            "null",
        ] {
            assert_eq!(number(bad), Err(Error::Malformed("x")), "{bad}");
        }
    }

    #[test]
    fn members_sort_by_utf16_units() {
        // U+1F600 begins with the unit D83D, which sorts before FB33, although its scalar is larger.
        let object = ["\u{fb33}", "\u{1f600}", "a", ""]
            .iter()
            .fold(Object::new(), |all, name| all.with(name, 1_u64));
        assert_eq!(
            object.sorted().text(),
            "{\"\":1,\"a\":1,\"\u{1f600}\":1,\"\u{fb33}\":1}"
        );
    }

    #[test]
    fn strings_escape_as_ecmascript_does() {
        // RFC 8785 §3.2.2.2's own example, without its lone characters.
        let object = Object::new().with("k", "\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{7f}\u{8}\u{c}\r\t");
        assert_eq!(
            object.text(),
            "{\"k\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7f}\\b\\f\\r\\t\"}"
        );
    }
}
