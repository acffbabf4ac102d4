//! What derived types read out of the tree, and write into it.

use serde::{Deserialize, Serialize};

use super::{InputError, Object, strict::is_strict};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    kind: Kind,
    id: Id,
    count: u64,
    small: Option<u8>,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    set: bool,
    at_most: Option<Inner>,
    list: Vec<Inner>,
    free: Object,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename = "a kind of a later version", rename_all = "kebab-case")]
enum Kind {
    OneThing,
    Another,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String")]
struct Id(String);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Inner {
    name: String,
}

impl TryFrom<String> for Id {
    type Error = InputError;

    fn try_from(text: String) -> Result<Self, InputError> {
        let fits = text.len() == 2;
        fits.then_some(Self(text))
            .ok_or(InputError::Argument("an id"))
    }
}

const FULL: &str = r#"{"kind":"one-thing","id":"ab","count":9007199254740991,"small":255,"set":true,"atMost":{"name":""},"list":[{"name":"x"}],"free":{"a":[true,null,{"b":1},-0.5e+3]}}"#;
const BARE: &str = r#"{"kind":"another","id":"ab","count":0,"list":[],"free":{}}"#;
const MALFORMED: InputError = InputError::Malformed("x");

fn read(text: &str) -> Result<Record, InputError> {
    Object::parse(text.as_bytes(), MALFORMED)?.decode(MALFORMED)
}

#[test]
fn what_serde_would_accept_is_refused() {
    is_strict::<Record>(FULL, &["free"]);
    is_strict::<Record>(BARE, &["free"]);
}

#[test]
fn an_unknown_name_of_an_enum_is_unsupported_and_wins_over_unknown_members() {
    let later = FULL.replace("one-thing", "a-third");
    let refused = Err(InputError::Unsupported("a kind of a later version"));
    assert_eq!(read(&later), refused);
    assert_eq!(read(&later.replacen('{', r#"{"new":1,"#, 1)), refused);
}

#[test]
fn a_value_that_does_not_fit_is_refused() {
    for (from, to) in [
        (r#""ab""#, r#""abc""#),
        ("255", "256"),
        (r#""count":9007199254740991,"#, ""),
        (r#"[{"name":"x"}]"#, r#"[["x"]]"#),
    ] {
        let text = FULL.replace(from, to);
        assert_ne!(text, FULL);
        assert_eq!(read(&text), Err(MALFORMED), "{text}");
    }
}

#[test]
fn members_may_come_in_any_order() {
    let other = r#"{"free":{},"list":[],"count":0,"id":"ab","kind":"another"}"#;
    assert_eq!(read(other), read(BARE));
}

#[test]
fn tuples_have_their_length() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Pair {
        both: (u64, u64),
    }
    let read = |text: &str| {
        let members = Object::parse(text.as_bytes(), MALFORMED)?;
        members.decode(MALFORMED).map(|pair: Pair| pair.both)
    };
    assert_eq!(read(r#"{"both":[1,2]}"#), Ok((1, 2)));
    for bad in [r#"{"both":[1]}"#, r#"{"both":[1,2,3]}"#] {
        assert_eq!(read(bad), Err(MALFORMED), "{bad}");
    }
}
