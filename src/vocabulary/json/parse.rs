//! Reading.

use super::{Members, Value};

/// How deep values may stand in each other: nothing of ours or of JOSE's goes beyond six.
const MAX_DEPTH: u32 = 32;
/// How many members an object may have. Names are compared with each other, so this bounds the work.
const MAX_MEMBERS: usize = 1024;

/// The value that the whole of `text` is.
pub(super) fn value(text: &[u8]) -> Option<Value> {
    let mut parser = Parser {
        rest: core::str::from_utf8(text).ok()?.as_bytes(),
        depth: 0,
    };
    let value = parser.value()?;
    parser.space();
    parser.rest.is_empty().then_some(value)
}

/// `rest` always begins at a character's first byte: only ASCII is ever taken byte by byte.
struct Parser<'a> {
    rest: &'a [u8],
    depth: u32,
}

impl Parser<'_> {
    fn value(&mut self) -> Option<Value> {
        self.space();
        match self.rest.first()? {
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::array),
            b'"' => self.string().map(Value::String),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Option<Value>) -> Option<Value> {
        self.depth += 1;
        let value = if self.depth > MAX_DEPTH {
            None
        } else {
            read(self)
        };
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Option<Value> {
        let mut members = Members::new();
        self.take(b'{')?;
        self.space();
        if self.take(b'}').is_some() {
            return Some(Value::Object(members));
        }
        loop {
            self.space();
            let name = self.string()?;
            self.space();
            self.take(b':')?;
            let value = self.value()?;
            if members.len() == MAX_MEMBERS || members.contains(&name) {
                return None;
            }
            members.0.push((name, value));
            if self.ends(b'}')? {
                return Some(Value::Object(members));
            }
        }
    }

    fn array(&mut self) -> Option<Value> {
        let mut items = Vec::new();
        self.take(b'[')?;
        self.space();
        if self.take(b']').is_some() {
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.value()?);
            if self.ends(b']')? {
                return Some(Value::Array(items));
            }
        }
    }

    /// After an item: whether `end` follows, or a comma and thus another item.
    fn ends(&mut self, end: u8) -> Option<bool> {
        self.space();
        if self.take(end).is_some() {
            Some(true)
        } else {
            self.take(b',').map(|()| false)
        }
    }

    fn string(&mut self) -> Option<String> {
        self.take(b'"')?;
        let mut text = String::new();
        loop {
            let plain = self
                .rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
            let (plain, rest) = self.rest.split_at(plain);
            text.push_str(core::str::from_utf8(plain).ok()?);
            self.rest = rest;
            match self.next()? {
                b'"' => return Some(text),
                b'\\' => text.push(self.escape()?),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            plain @ (b'"' | b'\\' | b'/') => plain.into(),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return None,
        })
    }

    /// One UTF-16 unit, or a pair of surrogates. A lone one is no character.
    fn unicode(&mut self) -> Option<char> {
        let unit = self.hex()?;
        if !(0xd800..0xdc00).contains(&unit) {
            return char::from_u32(unit);
        }
        self.take(b'\\')?;
        self.take(b'u')?;
        let low = self.hex()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + low)
    }

    fn hex(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |unit, _| {
            Some(unit << 4 | char::from(self.next()?).to_digit(16)?)
        })
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    fn number(&mut self) -> Option<Value> {
        let before = self.rest;
        self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        if self.take(b'e').or_else(|| self.take(b'E')).is_some() {
            self.take(b'+').or_else(|| self.take(b'-'));
            self.digits()?;
        }
        let text = &before[..before.len() - self.rest.len()];
        Some(Value::Number(core::str::from_utf8(text).ok()?.to_owned()))
    }

    fn digits(&mut self) -> Option<()> {
        let digits = self
            .rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        self.rest = &self.rest[digits..];
        (digits > 0).then_some(())
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        self.rest = self.rest.strip_prefix(word.as_bytes())?;
        Some(value)
    }

    fn space(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(&[byte])?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Error, Value, parse};

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            r#"{"a":1,"b":{"c":[{"d":null},true,false]},"e":"ü\"\\\n\u0001😀"}"#,
            r#"{"n":-0.5e+10,"m":18446744073709551615,"z":[]}"#,
            "{}",
        ] {
            assert_eq!(parse(text.as_bytes(), "x").expect("valid").text(), text);
        }
    }

    #[test]
    fn escapes_and_space_are_understood() {
        let text = " { \"a\\u0062\" : \"\\/\\u00fc\\ud83d\\ude00\\b\\f\\n\\r\\t\" }\n";
        let members = parse(text.as_bytes(), "x").expect("valid");
        assert_eq!(
            members.get("ab").and_then(Value::as_str),
            Some("/ü😀\u{8}\u{c}\n\r\t")
        );
    }

    #[test]
    fn duplicate_names_are_refused_at_any_depth() {
        for bad in [
            &br#"{"a":1,"a":1}"#[..],
            br#"{"b":{"a":1,"a":2}}"#,
            br#"{"b":[{"a":1,"\u0061":2}]}"#,
        ] {
            assert_eq!(parse(bad, "x"), Err(Error::Malformed("x")));
        }
    }

    #[test]
    fn only_one_well_formed_object_is_read() {
        let bad: [&[u8]; 22] = [
            b"[]",
            b"1",
            b"",
            b"{} {}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":\"\n\"}",
            b"{\"a\":\"\\x\"}",
            b"{\"a\":\"\\u12\"}",
            b"{\"a\":\"\\ud800\"}",
            b"{\"a\":\"\\ud800\\u0041\"}",
            b"{\"a\":\"\\udc00\"}",
            b"{\"a\":01}",
            b"{\"a\":1.}",
            b"{\"a\":.5}",
            b"{\"a\":+1}",
            b"{\"a\":1e}",
            b"{\"a\":tru}",
            b"{\"a\":1,}",
            b"{\"a\"}",
            b"{a:1}",
            b"{\"a\":[1,]}",
            b"{\"a\":\"",
        ];
        for text in bad {
            assert_eq!(parse(text, "x"), Err(Error::Malformed("x")), "{text:?}");
        }
    }

    #[test]
    fn depth_and_members_are_bounded() {
        let deep = |depth| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(parse(deep(32).as_bytes(), "x").is_ok());
        assert!(parse(deep(33).as_bytes(), "x").is_err());
        assert!(parse(deep(100_000).as_bytes(), "x").is_err());
        let wide = |width: usize| {
            let members: Vec<_> = (0..width).map(|name| format!("\"{name}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(parse(wide(1024).as_bytes(), "x").is_ok());
        assert!(parse(wide(1025).as_bytes(), "x").is_err());
    }
}
