//! What is read, what is refused, and what is written.

use super::*;

fn reads(text: &str) -> bool {
    Object::parse(text.as_bytes(), InputError::Malformed("x")).is_ok()
}

#[test]
fn what_is_read_is_written_back() {
    let text = r#"{"a":[null,true,false,-0.5e+3,"",[],{}],"b":{"c":"é\n\u001f"}}"#;
    assert_eq!(
        Object::parse(text.as_bytes(), InputError::Malformed("x"))
            .map(|object| object.text())
            .as_deref(),
        Ok(text)
    );
    let spaced = " { \"a\" :\t[ 1 ,\r\n2 ] } ";
    assert_eq!(
        Object::parse(spaced.as_bytes(), InputError::Malformed("x"))
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
    assert!(Object::parse(b"{\"a\":\"\xff\"}", InputError::Malformed("x")).is_err());
}

#[test]
fn escapes_are_characters_and_half_a_pair_is_none() {
    let text = |json: &str| {
        let mut object = Object::parse(
            format!(r#"{{"a":"{json}"}}"#).as_bytes(),
            InputError::Malformed("x"),
        )
        .ok()?;
        object.string("a", InputError::Malformed("x")).ok()
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
        Object::parse(long(MAX_VALUES - 1).as_bytes(), InputError::Malformed("x")),
        Err(InputError::TooLarge(
            "JSON (more values than are ever needed)"
        ))
    );
    assert!(
        Object::parse_up_to(
            MAX_VALUES + 1,
            long(MAX_VALUES - 1).as_bytes(),
            InputError::Malformed("x")
        )
        .is_ok()
    );
}

#[test]
fn numbers_are_whole_and_exact() {
    let number = |json: &str| {
        Object::parse(
            format!(r#"{{"a":{json}}}"#).as_bytes(),
            InputError::Malformed("x"),
        )
        .and_then(|mut object| object.number("a", InputError::Malformed("x")))
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
        assert_eq!(number(bad), Err(InputError::Malformed("x")), "{bad}");
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

#[test]
fn no_text_is_left_where_it_is_wiped_however_deep() {
    let text = br#"{"d":"secret","oth":[{"r":"secret"},["secret"]],"k":{"k":"secret"},"n":7}"#;
    let mut members = Object::parse(text, InputError::Malformed("x")).expect("an object");
    members.wipe();
    assert_eq!(
        members.text(),
        r#"{"d":"","oth":[{"r":""},[""]],"k":{"k":""},"n":7}"#
    );
}
