//! Types that are written as JSON.

use super::{Members, Value};

/// A type with a JSON form.
pub trait Json: Sized {
    /// Its JSON form.
    fn to_json(&self) -> Value;

    /// From its JSON form; `None` for anything else.
    fn from_json(value: Value) -> Option<Self>;

    /// Writes it as a member.
    fn put(&self, members: &mut Members, name: &str) {
        members.insert(name, self.to_json());
    }

    /// Takes it from a member.
    fn take(members: &mut Members, name: &str) -> Option<Self> {
        Self::from_json(members.remove(name)?)
    }
}

impl Json for String {
    fn to_json(&self) -> Value {
        Value::String(self.clone())
    }

    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl Json for u64 {
    fn to_json(&self) -> Value {
        Value::Number(self.to_string())
    }

    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl Json for u32 {
    fn to_json(&self) -> Value {
        u64::from(*self).to_json()
    }

    fn from_json(value: Value) -> Option<Self> {
        u64::from_json(value)?.try_into().ok()
    }
}

impl<T: Json> Json for Vec<T> {
    fn to_json(&self) -> Value {
        Value::Array(self.iter().map(T::to_json).collect())
    }

    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Array(items) => items.into_iter().map(T::from_json).collect(),
            _ => None,
        }
    }
}

/// A member that may be missing.
impl<T: Json> Json for Option<T> {
    fn to_json(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_json)
    }

    fn from_json(value: Value) -> Option<Self> {
        T::from_json(value).map(Some)
    }

    fn put(&self, members: &mut Members, name: &str) {
        if let Some(value) = self {
            value.put(members, name);
        }
    }

    fn take(members: &mut Members, name: &str) -> Option<Self> {
        match members.remove(name) {
            None => Some(None),
            Some(value) => T::from_json(value).map(Some),
        }
    }
}

/// Implements [`Json`] for a struct: exactly these members, in this order.
macro_rules! json_record {
    ($type:ty { $($field:ident: $name:literal),+ $(,)? }) => {
        impl $crate::vocabulary::json::Json for $type {
            fn to_json(&self) -> $crate::vocabulary::json::Value {
                let mut members = $crate::vocabulary::json::Members::new();
                $($crate::vocabulary::json::Json::put(&self.$field, &mut members, $name);)+
                $crate::vocabulary::json::Value::Object(members)
            }

            fn from_json(value: $crate::vocabulary::json::Value) -> Option<Self> {
                let $crate::vocabulary::json::Value::Object(mut members) = value else {
                    return None;
                };
                let read = Self {
                    $($field: $crate::vocabulary::json::Json::take(&mut members, $name)?,)+
                };
                members.is_empty().then_some(read)
            }
        }
    };
}

/// Implements [`Json`] for an enum without data: its variants' names.
macro_rules! json_names {
    ($type:ty { $($variant:ident: $name:literal),+ $(,)? }) => {
        impl $crate::vocabulary::json::Json for $type {
            fn to_json(&self) -> $crate::vocabulary::json::Value {
                match self {
                    $(Self::$variant => $name.into(),)+
                }
            }

            fn from_json(value: $crate::vocabulary::json::Value) -> Option<Self> {
                match value.as_str()? {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use {json_names, json_record};
