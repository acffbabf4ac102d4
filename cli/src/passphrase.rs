//! A passphrase in the forms that a vault may have enrolled.

use strongroom::{
    Error, Result,
    base::Local,
    factors::{Answer, Challenge, FactorPort, Passphrase, argon2id},
};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Bytes of a passphrase in all their forms: text in NFC, as releases before 0.2 enrolled it, in NFKC, and as it was
/// given. What is no UTF-8 is taken as it is.
pub struct Forms(Vec<Zeroizing<Vec<u8>>>);

impl Forms {
    pub fn of(given: &[u8]) -> Self {
        let mut forms = Vec::new();
        if let Ok(text) = core::str::from_utf8(given) {
            forms.push(composed(text, text.nfc()));
            forms.push(composed(text, text.nfkc()));
        }
        forms.push(Zeroizing::new(given.to_vec()));
        let mut different: Vec<Zeroizing<Vec<u8>>> = Vec::new();
        for form in forms {
            if !different.contains(&form) {
                different.push(form);
            }
        }
        Self(different)
    }

    /// What the vault is shown: the bytes stay here.
    pub fn passphrase(&self) -> Passphrase {
        Passphrase::held(0, self.0.len())
    }
}

fn composed(text: &str, chars: impl Iterator<Item = char>) -> Zeroizing<Vec<u8>> {
    // Room for the longest form (UAX 15: 18 characters for one), so that no copy is left behind by growing.
    let mut form = Zeroizing::new(String::with_capacity(text.len() * 18));
    form.extend(chars);
    Zeroizing::new(form.as_bytes().to_vec())
}

impl FactorPort for Forms {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        let Challenge::Argon2id { form, kdf, .. } = challenge;
        Box::pin(async move {
            let missing = Error::Argument("a passphrase is needed");
            let bytes = self.0.get(form).ok_or(missing)?;
            let (memory, passes, lanes) = kdf.cost();
            let derived = argon2id(bytes, &kdf.salt()?, memory, passes, lanes)?;
            Ok(Answer::Derived(derived))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_the_forms_that_releases_have_enrolled() {
        let forms = |given: &[u8]| -> Vec<Vec<u8>> {
            let Forms(forms) = Forms::of(given);
            forms.iter().map(|form| form.to_vec()).collect()
        };
        assert_eq!(forms(b"plain"), [b"plain"]);
        // Decomposed as it was typed; the ligature is one in NFC and two letters in NFKC.
        let typed = "Zoe\u{308}\u{fb01}";
        assert_eq!(
            forms(typed.as_bytes()),
            ["Zo\u{eb}\u{fb01}", "Zo\u{eb}fi", typed].map(|form| form.as_bytes().to_vec())
        );
        assert_eq!(forms(b"\xff\xfe"), [b"\xff\xfe"]);
    }
}
