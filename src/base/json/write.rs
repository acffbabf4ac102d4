//! Writing JSON text, strings escaped as ECMAScript does (RFC 8785 §3.2.2.2).

use super::{Json, Object};

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

pub(super) fn write_object(out: &mut String, object: &Object) {
    for (index, (name, value)) in object.members().enumerate() {
        out.push(if index == 0 { '{' } else { ',' });
        write_string(out, name);
        out.push(':');
        write(out, value);
    }
    out.push_str(if object.is_empty() { "{}" } else { "}" });
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    // What needs no escape is copied run by run.
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            0x0c => b'f',
            b'\r' => b'r',
            0..=0x1f => b'u',
            _ => continue,
        };
        out.push_str(&text[from..at]);
        from = at + 1;
        out.push('\\');
        out.push(short.into());
        if short == b'u' {
            out.push_str(if byte < 0x10 { "000" } else { "001" });
            out.push(b"0123456789abcdef"[usize::from(byte & 15)].into());
        }
    }
    out.push_str(&text[from..]);
    out.push('"');
}
