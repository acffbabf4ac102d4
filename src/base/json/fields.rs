//! Reading the options that a page passes: members taken out one after the other, what is wrong with them
//! said at the end.

use super::{Error, Json, Object, Result};

/// An object's members on their way into options. What is of another type counts as missing until
/// [`end`](Self::end), which reports the first such error.
pub struct Fields {
    members: Object,
    malformed: Error,
    failed: Result<()>,
}

impl Fields {
    /// The members of an object; `malformed` is what is reported of those that are not as they must be.
    #[must_use]
    pub fn of(members: Object, malformed: Error) -> Self {
        Self {
            members,
            malformed,
            failed: Ok(()),
        }
    }

    /// As [`of`](Self::of), of an object's text.
    #[must_use]
    pub fn parse(text: &[u8], malformed: Error) -> Self {
        let mut fields = Self::of(Object::new(), malformed.clone());
        let members = Object::parse(text, malformed);
        fields.members = fields.checked(members, Object::new());
        fields
    }

    /// A string that may be missing.
    pub fn optional_string(&mut self, name: &str) -> Option<String> {
        let text = self.members.optional_string(name, self.malformed.clone());
        self.checked(text, None)
    }

    /// A whole number from 0 to 2^53 − 1 that may be missing.
    pub fn optional_number(&mut self, name: &str) -> Option<u64> {
        let number = self.members.optional_number(name, self.malformed.clone());
        self.checked(number, None)
    }

    /// An object that may be missing.
    pub fn optional_object(&mut self, name: &str) -> Option<Object> {
        let object = self.members.optional_object(name, self.malformed.clone());
        self.checked(object, None)
    }

    /// `true` or `false`; `false` when missing.
    pub fn flag(&mut self, name: &str) -> bool {
        let flag = self.members.flag(name, self.malformed.clone());
        self.checked(flag, false)
    }

    /// Whether a member has just this value; it is taken then.
    pub fn skip(&mut self, name: &str, value: &Json) -> bool {
        let is_it = self.members.get(name) == Some(value);
        if is_it {
            self.members.remove(name);
        }
        is_it
    }

    /// Any member, as it is.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        self.members.remove(name)
    }

    /// What was made of a member; if that failed, something else in its place until the end.
    pub fn checked<T>(&mut self, made: Result<T>, otherwise: T) -> T {
        match made {
            Ok(made) => made,
            Err(error) => {
                self.note(Err(error));
                otherwise
            }
        }
    }

    fn note(&mut self, outcome: Result<()>) {
        self.failed = self.failed.clone().and(outcome);
    }

    /// What was wrong first.
    ///
    /// # Errors
    /// That; `malformed` for members that nobody took.
    pub fn end(&self) -> Result<()> {
        self.failed
            .clone()
            .and_then(|()| self.members.end(self.malformed.clone()))
    }
}
