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
