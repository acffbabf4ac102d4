//! The members of a JWK that may be private.

use core::mem;

use strongroom::base::{InputError, InputResult, Json, Object};
use zeroize::Zeroizing;

/// A JWK's members, whose texts are wiped wherever they are dropped: what was looked at, and then refused or read again, leaves no copy.
pub struct Members(Object);

impl Members {
    /// Reads one JSON object.
    pub fn parse(text: &[u8], malformed: InputError) -> InputResult<Self> {
        Object::parse(text, malformed).map(Self)
    }

    /// A member's value.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// Takes a member's text; what is none stays.
    pub fn take_text(&mut self, name: &str) -> Option<Zeroizing<String>> {
        self.get(name)?.as_str()?;
        match self.0.remove(name)? {
            Json::String(text) => Some(Zeroizing::new(text)),
            _ => None,
        }
    }

    /// The members as they are, which nothing wipes any more: whatever is private was taken before.
    pub fn into_public(mut self) -> Object {
        mem::take(&mut self.0)
    }
}

impl Drop for Members {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_is_public_is_left_as_it_is() {
        let text = br#"{"kty":"RSA","d":"secret","n":"AQ"}"#;
        let mut members = Members::parse(text, InputError::Malformed("JWK")).unwrap();
        let taken = members.take_text("d");
        assert_eq!(taken.unwrap().as_str(), "secret");
        assert_eq!(members.into_public().text(), r#"{"kty":"RSA","n":"AQ"}"#);
    }
}
