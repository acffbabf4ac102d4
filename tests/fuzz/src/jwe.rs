//! JWE in every serialization: what opens is what was sealed.

use strongroom::{
    Context,
    jose::{
        Content, Envelope, Identity, Jwk, Value, decrypt_record, encrypt_record, encrypt_value,
        unwrap, wrap,
    },
};

use crate::fixture::{Fixed, context, kek, pair, secret, text, vectors};

const PLAIN: &[u8] = br#"{"card":"4111"}"#;

pub fn target(data: &[u8]) {
    if let Ok(envelope) = Envelope::parse(data) {
        assert_eq!(envelope.bytes(), data);
        open(&envelope);
    }
    if let Ok(token) = core::str::from_utf8(data)
        && let Ok(value) = Value::parse(token)
    {
        assert!(Envelope::parse(data).is_err(), "a value is no envelope");
        if let Ok(plain) = value.open(&kek(), &context()) {
            assert_eq!(plain.as_slice(), PLAIN);
        }
    }
}

fn open(envelope: &Envelope) {
    let (kek, pair) = (kek(), pair());
    if let Ok(record) = decrypt_record(envelope, &kek) {
        assert_eq!(record.as_slice(), PLAIN);
        assert_eq!(envelope.content(), Content::Record);
    }
    for identity in [Identity::Kek(kek), Identity::Agreement(pair)] {
        for context in [Context::none(), context()] {
            if let Ok(unwrapped) = unwrap(envelope, core::slice::from_ref(&identity), &context) {
                assert_eq!(unwrapped.jwk.thumbprint(), key().thumbprint());
                assert_eq!(envelope.jkt(), Some(&key().thumbprint()));
                assert!(!unwrapped.proves_writer || envelope.has_sole_recipient());
            }
        }
    }
}

fn key() -> Jwk {
    Jwk::oct(secret()).with("file", "a member")
}

pub fn seeds() -> Vec<Vec<u8>> {
    let entropy = Fixed::new(4);
    let recipients = [kek().into(), pair().public().into()];
    let mut seeds: Vec<Vec<u8>> = [&recipients[..], &recipients[..1], &recipients[1..]]
        .iter()
        .flat_map(|recipients| [(recipients, context()), (recipients, Context::none())])
        .map(|(recipients, context)| {
            let envelope = wrap(&key(), recipients, &context, None, &entropy);
            envelope.expect("recipients").bytes().to_vec()
        })
        .collect();
    let record = encrypt_record(PLAIN, &kek(), b"{}", &entropy).expect("fixed entropy");
    seeds.push(record.bytes().to_vec());
    let value = encrypt_value(&kek(), PLAIN, &context(), &entropy).expect("fixed entropy");
    seeds.push(value.into_bytes());
    let ours = vectors("jwe/vectors.json");
    let ours = ours["vectors"].as_array().expect("vectors");
    seeds.extend(ours.iter().map(|vector| text(&vector["jwe"])));
    seeds
}
