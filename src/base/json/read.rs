//! Reading JSON text.

use super::{Json, MAX_DEPTH, MAX_MEMBERS, Object};

/// A reader on its way through a text. `None` is an error; where does not matter to anybody.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// How many values may still come; `None` once there were too many.
    pub(super) room: Option<usize>,
}

impl Reader<'_> {
    /// One object, and nothing after it.
    pub(super) fn whole(&mut self) -> Option<Object> {
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
            fits.then(|| members.push(name, value))
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
            let rest = &self.text.as_bytes()[self.at..];
            // Every byte of a longer UTF-8 sequence is above these, so slices end at characters.
            let stops = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
            let run = rest.iter().position(stops)?;
            out.push_str(&self.text[self.at..self.at + run]);
            self.at += run + 1;
            match rest[run] {
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
