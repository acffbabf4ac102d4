//! `A256KW`: AES key wrap with a 256-bit key (RFC 7518 §4.4, RFC 3394).

use core::{cell::RefCell, fmt};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, Kid, Object, Secret, base64},
    hazmat::aes_kw::{AesKw, WRAPPED},
    jose::{
        Cek, FreshCek, Jwk,
        jwk::{Material, Use},
    },
    jose::{Error, Result},
};

use super::RecipientEntry;

pub(super) const ALG: &str = "A256KW";

/// The encrypted key.
pub(crate) type Wrapped = [u8; WRAPPED];

/// A CEK that has encrypted nothing yet, and how it is wrapped to one KEK, which was seen to unwrap it.
pub(crate) struct ReadyCek {
    pub(crate) cek: FreshCek,
    pub(crate) wrapped: Wrapped,
}

/// So many CEKs are made at once: AES in software takes as long for one block as for four.
const AT_ONCE: usize = 4;

/// A key that wraps keys: 256 uniformly random bits and the name its entries carry.
///
/// It encrypts no content: the data key of an object is another type, made from nothing but a DEK's
/// own envelope.
///
/// ```compile_fail
/// fn as_data_key(kek: strongroom::jose::Kek) -> strongroom::object::Dek {
///     kek.into()
/// }
/// ```
#[derive(Clone)]
pub struct Kek {
    kid: Kid,
    key: AesKw,
    /// What was made and not needed yet, of one that makes CEKs ahead. Clones share it, and the last one wipes it.
    ahead: Option<Rc<RefCell<Vec<ReadyCek>>>>,
}

impl Kek {
    /// A KEK of that name.
    #[must_use]
    pub fn new(kid: Kid, key: Secret<32>) -> Self {
        let key = AesKw::new(&key);
        let ahead = None;
        Self { kid, key, ahead }
    }

    /// The KEK that a JWK is.
    ///
    /// # Errors
    /// [`Error::Argument`] when it is not symmetric, [`Error::Unsupported`] when it says that it is
    /// meant for another use.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self> {
        jwk.check_use(Use::Wrap)?;
        match jwk.material() {
            Material::Oct(key) => Ok(Self::new(jwk.kid(), key.clone())),
            Material::Private(_) | Material::Public(_) => {
                Err(Error::Argument("a symmetric key is needed"))
            }
        }
    }

    /// The name its entries carry.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// RFC 7516 §5.1 step 4: the CEK, encrypted to this key.
    #[must_use]
    pub fn wrap(&self, cek: &Cek) -> RecipientEntry {
        self.entry(self.wrap_cek(cek))
    }

    /// The entry that has a CEK wrapped to this key.
    pub(crate) fn entry(&self, wrapped: Wrapped) -> RecipientEntry {
        RecipientEntry {
            kid: self.kid.clone(),
            wrapped: super::Wrapped::A256Kw(wrapped),
        }
    }

    /// The same key, which makes four CEKs where one is asked for, and keeps the others for the next calls, of clones too.
    pub(crate) fn ahead(self) -> Self {
        let ahead = Some(Rc::default());
        Self { ahead, ..self }
    }

    /// So many CEKs that have encrypted nothing yet, wrapped to this key. Each is given once, here or by a clone.
    ///
    /// # Errors
    /// What the entropy source reports; [`Error::Miscalculated`].
    pub(crate) fn ready_ceks(&self, count: usize, entropy: &dyn Entropy) -> Result<Vec<ReadyCek>> {
        let Some(ahead) = &self.ahead else {
            return self.make_ceks(count, entropy);
        };
        let mut ready = ahead.borrow_mut();
        if let Some(missing) = count
            .checked_sub(ready.len())
            .filter(|missing| *missing > 0)
        {
            let missing = missing.next_multiple_of(AT_ONCE);
            ready.append(&mut self.make_ceks(missing, entropy)?);
        }
        let rest = ready.len() - count;
        Ok(ready.split_off(rest))
    }

    /// One such CEK.
    ///
    /// # Errors
    /// As [`ready_ceks`](Self::ready_ceks).
    pub(crate) fn ready_cek(&self, entropy: &dyn Entropy) -> Result<ReadyCek> {
        let mut ready = self.ready_ceks(1, entropy)?;
        Ok(ready.pop().expect("as many as were asked for"))
    }

    fn make_ceks(&self, count: usize, entropy: &dyn Entropy) -> Result<Vec<ReadyCek>> {
        const WRONG: Error = Error::Miscalculated("a wrapped key");
        let fresh: Vec<_> = (0..count)
            .map(|_| FreshCek::generate(entropy))
            .collect::<Result<_>>()?;
        let wrapped = self
            .key
            .wrap_all(fresh.iter().map(|fresh| fresh.cek().secret()));
        let again = self.key.unwrap_all(&wrapped).map_err(|_| WRONG)?;
        let pairs = fresh.iter().zip(&again);
        if again.len() != count
            || !pairs
                .into_iter()
                .all(|(fresh, again)| fresh.cek().secret() == again)
        {
            return Err(WRONG);
        }
        let ready = |(cek, wrapped)| ReadyCek { cek, wrapped };
        Ok(fresh.into_iter().zip(wrapped).map(ready).collect())
    }

    /// RFC 7516 §5.2 step 10: the CEK in an entry.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn unwrap(&self, entry: &RecipientEntry) -> Result<Cek> {
        match &entry.wrapped {
            super::Wrapped::A256Kw(wrapped) => self.unwrap_cek(wrapped),
            _ => Err(Error::Decrypt),
        }
    }

    /// As [`wrap`](Self::wrap), of each: many take less time side by side.
    pub(crate) fn wrap_all(&self, ceks: &[Cek]) -> Vec<RecipientEntry> {
        let wrapped = self.wrap_ceks(ceks).into_iter();
        wrapped.map(|wrapped| self.entry(wrapped)).collect()
    }

    /// As [`unwrap`](Self::unwrap), of each: all of them, or none.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub(crate) fn unwrap_all(&self, entries: &[&RecipientEntry]) -> Result<Vec<Cek>> {
        let mut all = Vec::new();
        for entry in entries {
            match &entry.wrapped {
                super::Wrapped::A256Kw(wrapped) => all.push(*wrapped),
                _ => return Err(Error::Decrypt),
            }
        }
        self.unwrap_ceks(&all)
    }

    pub(crate) fn wrap_cek(&self, cek: &Cek) -> Wrapped {
        self.key.wrap(cek.secret())
    }

    pub(crate) fn unwrap_cek(&self, wrapped: &Wrapped) -> Result<Cek> {
        Ok(Cek::new(self.key.unwrap(wrapped)?))
    }

    pub(crate) fn wrap_ceks(&self, ceks: &[Cek]) -> Vec<Wrapped> {
        self.key.wrap_all(ceks.iter().map(Cek::secret))
    }

    pub(crate) fn unwrap_ceks(&self, wrapped: &[Wrapped]) -> Result<Vec<Cek>> {
        let keys = self.key.unwrap_all(wrapped)?;
        Ok(keys.into_iter().map(Cek::new).collect())
    }
}

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kek({}, redacted)", self.kid)
    }
}

/// A recipient's own header.
#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    kid: Kid,
}

pub(super) fn header(kid: &Kid) -> Object {
    Object::encode(&Header {
        alg: ALG.to_owned(),
        kid: kid.clone(),
    })
}

/// Reads an entry of this algorithm.
pub(super) fn read(header: Object, encrypted_key: &str) -> Result<Wrapped> {
    let _: Header = header.decode(super::MALFORMED)?;
    Ok(base64::decode_array(encrypted_key, super::BAD_KEY)?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::base::{SystemEntropy, json::strict::is_strict};

    #[test]
    fn a_ready_cek_is_given_once_and_unwraps_to_what_it_is() {
        let kek = kek().ahead();
        let clone = kek.clone();
        let mut seen = BTreeSet::new();
        for count in [1, 2, 0, 7, 1, 4, 1] {
            for from in [&kek, &clone] {
                let ready = from.ready_ceks(count, &SystemEntropy).expect("entropy");
                assert_eq!(ready.len(), count);
                for ReadyCek { cek, wrapped } in ready {
                    assert!(seen.insert(wrapped), "given twice");
                    let again = kek.unwrap_cek(&wrapped).expect("its own");
                    assert_eq!(cek.cek().secret(), again.secret());
                }
            }
        }
        assert_eq!(seen.len(), 32);
        assert_eq!(left(&kek), Some(0));
    }

    #[test]
    fn what_is_not_needed_is_kept_for_the_next_where_that_is_asked_for() {
        let lefts = |kek: &Kek| {
            let one = |_| {
                kek.ready_cek(&SystemEntropy).expect("entropy");
                left(kek)
            };
            [0; 5].map(one)
        };
        assert_eq!(lefts(&kek()), [None; 5]);
        assert_eq!(lefts(&kek().ahead()), [3, 2, 1, 0, 3].map(Some));
    }

    fn kek() -> Kek {
        let secret = Secret::generate(&SystemEntropy).expect("entropy");
        Kek::new(Kid::new("k").expect("a kid"), secret)
    }

    fn left(kek: &Kek) -> Option<usize> {
        kek.ahead.as_ref().map(|ahead| ahead.borrow().len())
    }

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<Header>(r#"{"alg":"A256KW","kid":"k"}"#, &[]);
    }
}
