//! Writing: without white space, members in their order.

use super::{Members, Value};
use crate::vocabulary::canonical::push_string;

pub(super) fn text(value: &Value) -> String {
    let mut out = String::new();
    push(&mut out, value);
    out
}

pub(super) fn members_text(members: &Members) -> String {
    let mut out = String::new();
    push_members(&mut out, members);
    out
}

fn push(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(text) => out.push_str(text),
        Value::String(text) => push_string(out, text),
        Value::Array(items) => {
            push_list(out, '[', items.iter(), ']', push);
        }
        Value::Object(members) => push_members(out, members),
    }
}

fn push_members(out: &mut String, members: &Members) {
    push_list(out, '{', members.iter(), '}', |out, (name, value)| {
        push_string(out, name);
        out.push(':');
        push(out, value);
    });
}

fn push_list<T>(
    out: &mut String,
    open: char,
    items: impl Iterator<Item = T>,
    close: char,
    each: impl Fn(&mut String, T),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        each(out, item);
    }
    out.push(close);
}
