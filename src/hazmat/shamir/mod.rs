//! SLIP-39, Shamir's secret sharing for mnemonic codes: a secret in shares of words, so many of which give it back, and fewer
//! tell nothing. No crate of it can be used, so it is here: the field and the words in a few lines each, and the cipher from
//! RustCrypto's PBKDF2. The standard's vectors, and its reference implementation in Python, hold it to what it should be.

mod checksum;
mod cipher;
mod field;
mod share;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod vectors;
mod words;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::base::{Entropy, InputError, InputResult, Secret};

use field::{Point, interpolate};
pub(crate) use share::{SetId, Share, Unreadable};

/// The most shares of a group.
pub(crate) const MOST: u8 = 16;

/// Where the shared polynomials have the secret.
const SECRET: u8 = 255;
/// Where they have its digest.
const DIGEST: u8 = 254;
/// Bytes of the digest; random bytes, its key, follow.
const DIGEST_LENGTH: usize = 4;

/// Why shares give nothing. Places are those in the list, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Incomplete {
    /// The share at this place is of another set than most.
    OtherSet(usize),
    /// The share at this place is there already.
    Twice(usize),
    /// So many more are needed, at least.
    Missing(usize),
    /// A share was made up: the one at this place, where that can be told.
    Forged(Option<usize>),
}

/// Splits a secret into so many shares, a threshold of which gives it back: one group, no passphrase.
///
/// The identifier stays out of the cipher (`ext`), and its exponent is 0: a passphrase is what they are for, and nobody guesses
/// 256 random bits.
///
/// # Errors
/// [`InputError::Argument`] for a threshold that is not 1 to `count`, or for more than 16 shares. Of several shares each of which
/// is the secret, too: whoever wants copies has one share to copy. What the entropy source reports.
pub(crate) fn split(
    secret: &Secret<32>,
    threshold: u8,
    count: u8,
    entropy: &dyn Entropy,
) -> InputResult<Vec<Share>> {
    if !(1..=count).contains(&threshold) || count > MOST || (threshold == 1 && count > 1) {
        return Err(InputError::Argument(
            "threshold and shares (2 to 16 shares, and a threshold of 2 to as many; or 1 of 1)",
        ));
    }
    let mut identifier = [0; 2];
    entropy.fill(&mut identifier)?;
    let set = SetId {
        identifier: u16::from_be_bytes(identifier) & 0x7fff,
        extendable: true,
        exponent: 0,
        group_threshold: 1,
        groups: 1,
        length: 32,
    };
    // EXPOSE: the cipher reads it.
    let shared = cipher::encrypt(secret.expose(), b"", &set);
    let values = split_bytes(&shared, threshold, count, entropy)?;
    let share = |(number, value)| Share {
        set,
        group: 0,
        threshold,
        number,
        value,
    };
    Ok((0..).zip(values).map(share).collect())
}

/// SLIP-39, "Splitting the secret": `threshold - 2` values are random, and with the digest and the secret they determine the
/// others.
fn split_bytes(
    secret: &[u8],
    threshold: u8,
    count: u8,
    entropy: &dyn Entropy,
) -> InputResult<Vec<Zeroizing<Vec<u8>>>> {
    if threshold == 1 {
        return Ok(vec![Zeroizing::new(secret.to_vec())]);
    }
    let random = || -> InputResult<_> {
        let mut bytes = Zeroizing::new(vec![0; secret.len()]);
        entropy.fill(&mut bytes)?;
        Ok(bytes)
    };
    let drawn = threshold - 2;
    let mut values = (0..drawn)
        .map(|_| random())
        .collect::<InputResult<Vec<_>>>()?;
    // The key of the digest follows it, and is random as well.
    let mut digest = random()?;
    let (head, key) = digest.split_at_mut(DIGEST_LENGTH);
    head.copy_from_slice(&digest_of(secret, key));
    let mut points: Vec<_> = (0..).zip(&values).map(|(x, y)| Point { x, y }).collect();
    let (x, y) = (DIGEST, &digest[..]);
    points.push(Point { x, y });
    let (x, y) = (SECRET, secret);
    points.push(Point { x, y });
    let others: Vec<_> = (drawn..count).map(|x| interpolate(&points, x)).collect();
    values.extend(others);
    Ok(values)
}

/// The secret of shares: of as many as it takes, or more, which have to agree then.
pub(crate) fn combine(
    shares: &[Share],
    passphrase: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Incomplete> {
    let set = usual_set(shares).ok_or(Incomplete::Missing(1))?;
    if let Some(odd) = shares.iter().position(|share| share.set != set) {
        return Err(Incomplete::OtherSet(odd));
    }
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (place, share) in shares.iter().enumerate() {
        match groups.iter_mut().find(|group| group.number == share.group) {
            Some(group) => group.push(place, share)?,
            None => groups.push(Group::of(place, share)),
        }
    }
    let mut missing: Vec<_> = groups.iter().map(Group::missing).collect();
    // Of a group none of whose shares is there, one at least.
    missing.extend((groups.len()..set.groups.into()).map(|_| 1));
    // Those that lack the fewest.
    let lack = |count| missing.iter().filter(move |missing| **missing == count);
    let fewest = (0..=MOST.into()).flat_map(lack);
    let missing = fewest.take(set.group_threshold.into()).sum();
    if missing > 0 {
        return Err(Incomplete::Missing(missing));
    }
    let complete = groups.iter().filter(|group| group.missing() == 0);
    let values = complete.map(|group| Ok((group.number, group.value()?)));
    let values = values.collect::<Result<Vec<_>, Incomplete>>()?;
    let points: Vec<_> = values.iter().map(|(x, y)| Point { x: *x, y }).collect();
    let shared = combine_bytes(&points, set.group_threshold).ok_or(Incomplete::Forged(None))?;
    Ok(cipher::decrypt(&shared, passphrase, &set))
}

/// The set that most shares are of; the first of those that are equally many.
fn usual_set(shares: &[Share]) -> Option<SetId> {
    let count = |set: SetId| shares.iter().filter(|share| share.set == set).count();
    let sets = shares.iter().rev().map(|share| share.set);
    sets.max_by_key(|set| count(*set))
}

/// The shares of a group, with their places.
struct Group<'a> {
    number: u8,
    threshold: u8,
    members: Vec<(usize, &'a Share)>,
}

impl<'a> Group<'a> {
    fn of(place: usize, share: &'a Share) -> Self {
        Self {
            number: share.group,
            threshold: share.threshold,
            members: vec![(place, share)],
        }
    }

    fn push(&mut self, place: usize, share: &'a Share) -> Result<(), Incomplete> {
        if share.threshold != self.threshold {
            return Err(Incomplete::OtherSet(place));
        }
        let same = |(_, other): &&(usize, &Share)| other.number == share.number;
        if let Some((_, other)) = self.members.iter().find(same) {
            let equal: bool = other.value.ct_eq(&share.value).into();
            return Err(match equal {
                true => Incomplete::Twice(place),
                false => Incomplete::OtherSet(place),
            });
        }
        self.members.push((place, share));
        Ok(())
    }

    fn missing(&self) -> usize {
        usize::from(self.threshold).saturating_sub(self.members.len())
    }

    /// What its shares give together. Where they do not agree, and one can be left out, whichever spoils them is told.
    fn value(&self) -> Result<Zeroizing<Vec<u8>>, Incomplete> {
        let points = |without: Option<usize>| -> Vec<_> {
            let members = self
                .members
                .iter()
                .filter(|(place, _)| Some(*place) != without);
            let point = |(_, share): &(usize, &'a Share)| Point {
                x: share.number,
                y: &share.value,
            };
            members.map(point).collect()
        };
        if let Some(value) = combine_bytes(&points(None), self.threshold) {
            return Ok(value);
        }
        let places = self.members.iter().map(|(place, _)| *place);
        let spare = self.members.len() > self.threshold.into();
        let mut suspects = places.filter(|place| {
            spare && combine_bytes(&points(Some(*place)), self.threshold).is_some()
        });
        Err(Incomplete::Forged(suspects.next()))
    }
}

/// SLIP-39, "Recovering the secret": of at least a threshold of points. Nothing when the digest does not fit, or when one of
/// the points is not on the polynomials of the others.
fn combine_bytes(points: &[Point<'_>], threshold: u8) -> Option<Zeroizing<Vec<u8>>> {
    let (first, surplus) = points.split_at_checked(threshold.into())?;
    let secret = interpolate(first, SECRET);
    if threshold > 1 {
        let digest = interpolate(first, DIGEST);
        let (digest, key) = digest.split_at_checked(DIGEST_LENGTH)?;
        if !bool::from(digest.ct_eq(&digest_of(&secret, key))) {
            return None;
        }
    }
    let agrees = |point: &Point<'_>| interpolate(first, point.x).ct_eq(point.y).into();
    surplus.iter().all(agrees).then_some(secret)
}

/// The beginning of the secret's HMAC-SHA-256.
fn digest_of(secret: &[u8], key: &[u8]) -> [u8; DIGEST_LENGTH] {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(secret);
    let full = mac.finalize().into_bytes();
    core::array::from_fn(|at| full[at])
}
