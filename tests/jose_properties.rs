//! Envelopes and values of every shape, written and read back.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use strongroom::{
    Context,
    base::{Kid, Secret, SystemEntropy},
    jose::{
        AgreementKey, Envelope, Identity, Jwk, Kek, Recipient, Value, encrypt_value, unwrap, wrap,
    },
};

const ENTROPY: SystemEntropy = SystemEntropy;

fn secret() -> Secret<32> {
    Secret::generate(&ENTROPY).unwrap()
}

fn context() -> impl Strategy<Value = Context> {
    let members = proptest::collection::btree_map("\\PC{0,8}", any::<String>(), 0..4);
    members.prop_map(|members: BTreeMap<String, String>| Context::new(members).unwrap())
}

/// Who may open: symmetric keys of any name, and key pairs.
fn identities() -> impl Strategy<Value = Vec<Identity>> {
    let names = proptest::collection::btree_set(("[^\\p{C}]{1,20}", any::<bool>()), 1..6);
    names.prop_map(|names| {
        let identity = |(name, symmetric): (String, bool)| {
            if symmetric {
                Identity::Kek(Kek::new(Kid::new(name).unwrap(), secret()))
            } else {
                Identity::Agreement(AgreementKey::generate(&ENTROPY).unwrap())
            }
        };
        // A name may be drawn once for each kind, and pairs have names of their own.
        names.into_iter().map(identity).collect()
    })
}

fn recipient(identity: &Identity) -> Recipient {
    match identity {
        Identity::Kek(kek) => kek.clone().into(),
        Identity::Shared(_) => unreachable!("no test draws one"),
        Identity::Agreement(key) => key.public().into(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_wrapped_opens_to_each_recipient_under_its_context(
        identities in identities(),
        context in context(),
        aad in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..40)),
        name in any::<String>(),
    ) {
        let jwk = Jwk::oct(secret()).with("name", name.as_str());
        let recipients: Vec<_> = identities.iter().map(recipient).collect();
        let envelope = wrap(&jwk, &recipients, &context, aad.as_deref(), &ENTROPY).unwrap();
        let again = Envelope::parse(envelope.bytes()).unwrap();
        prop_assert_eq!(again.bytes(), envelope.bytes());
        prop_assert_eq!(again.aad(), aad.as_deref());
        prop_assert_eq!(again.jkt(), Some(&jwk.thumbprint()));
        prop_assert_eq!(again.entries().count(), identities.len());
        for identity in &identities {
            let opened = unwrap(&again, core::slice::from_ref(identity), &context).unwrap();
            prop_assert_eq!(&*opened.jwk.to_json(), &*jwk.to_json());
            prop_assert_eq!(&opened.by, identity.kid());
        }
    }

    #[test]
    fn whatever_is_sealed_as_a_value_opens_again(
        text in proptest::collection::vec(any::<u8>(), 0..300),
        name in "[^\\p{C}]{1,20}",
        context in context(),
    ) {
        let kek = Kek::new(Kid::new(name).unwrap(), secret());
        let token = encrypt_value(&kek, &text, &context, &ENTROPY).unwrap();
        let value = Value::parse(&token).unwrap();
        prop_assert_eq!(value.kid(), kek.kid());
        prop_assert_eq!(&*value.open(&kek, &context).unwrap(), &text);
    }

    /// Bytes cut out, doubled or replaced anywhere: read as it stands or refused, never a panic, and
    /// never opened.
    #[test]
    fn a_mangled_envelope_never_opens(
        at in any::<prop::sample::Index>(),
        length in 0_usize..40,
        instead in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let kek = Kek::new(Kid::new("a").unwrap(), secret());
        let jwk = Jwk::oct(secret());
        let recipients = [kek.clone().into()];
        let envelope = wrap(&jwk, &recipients, &Context::none(), None, &ENTROPY).unwrap();
        let mut bytes = envelope.bytes().to_vec();
        let from = at.index(bytes.len());
        let to = bytes.len().min(from + length);
        bytes.splice(from..to, instead);
        // White space between tokens is the one thing that may change.
        let dense = |bytes: &[u8]| bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect::<Vec<_>>();
        prop_assume!(dense(&bytes) != dense(envelope.bytes()));
        if let Ok(mangled) = Envelope::parse(&bytes) {
            prop_assert_eq!(mangled.bytes(), &bytes);
            let identity = Identity::Kek(kek);
            prop_assert!(unwrap(&mangled, core::slice::from_ref(&identity), &Context::none()).is_err());
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), bytes in any::<Vec<u8>>()) {
        prop_assert!(Value::parse(&text).is_err());
        prop_assert!(Envelope::parse(&bytes).is_err());
        prop_assert!(Jwk::parse(text.as_bytes()).is_err());
    }
}
