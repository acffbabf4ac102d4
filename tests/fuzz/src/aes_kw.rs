//! AES key wrap, which values do for many keys side by side, held to the `aes-kw` crate, which does it key by key.

use aes_kw::{KeyInit, KwAes256};
use strongroom::{
    Context,
    base::{Kid, Secret, base64},
    jose::{Kek, Value, encrypt_values},
};

use crate::fixture::Fixed;

/// A token's second part: the wrapped key.
const KEY: usize = 1;

/// The input: a KEK, how many values there are, which of them is changed, and by what its wrapped key is changed.
pub fn target(data: &[u8]) {
    let Some((key, rest)) = data.split_first_chunk::<32>() else {
        return;
    };
    let Some((&[count, changed], mask)) = rest.split_first_chunk::<2>() else {
        return;
    };
    let secret = Secret::from_slice(key).expect("32 bytes");
    let kek = Kek::new(Kid::new("k").expect("a name"), secret);
    let theirs = KwAes256::new(key.into());
    let context = Context::none();
    let values: Vec<(&[u8], &Context)> = (0..count % 40).map(|_| (&b"{}"[..], &context)).collect();
    let mut tokens = encrypt_values(&kek, &values, &Fixed::new(7)).expect("small values");

    for token in &tokens {
        let wrapped = wrapped_key(token);
        let (mut cek, mut again) = ([0; 32], [0; 40]);
        theirs.unwrap_key(&wrapped, &mut cek).expect("ours opens");
        theirs.wrap_key(&cek, &mut again).expect("room");
        assert_eq!(again[..], wrapped);
    }

    let mut genuine = true;
    if let Some(token) = tokens.get_mut(usize::from(changed)) {
        let mut wrapped = wrapped_key(token);
        for (byte, mask) in wrapped.iter_mut().zip(mask) {
            *byte ^= mask;
        }
        genuine = theirs.unwrap_key(&wrapped, &mut [0; 32]).is_ok();
        replace_key(token, &wrapped);
    }
    let parsed: Vec<_> = tokens
        .iter()
        .map(|token| Value::parse(token).expect("our form"))
        .collect();
    let pairs: Vec<_> = parsed.iter().map(|value| (value, &context)).collect();
    assert_eq!(Value::open_all(&pairs, &kek).is_ok(), genuine);
}

fn wrapped_key(token: &str) -> Vec<u8> {
    let part = token.split('.').nth(KEY).expect("five parts");
    base64::decode(part, strongroom::base::InputError::Malformed("a part")).expect("base64url")
}

fn replace_key(token: &mut String, wrapped: &[u8]) {
    let mut parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    parts[KEY] = base64::encode(wrapped);
    *token = parts.join(".");
}

pub fn seeds() -> Vec<Vec<u8>> {
    [(0, 0), (1, 0), (7, 6), (8, 200), (33, 32)]
        .map(|(count, changed)| [&[5; 32][..], &[count, changed, 1]].concat())
        .to_vec()
}
