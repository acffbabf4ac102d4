//! One share, and its words (SLIP-39, "Format of the share mnemonic").

use zeroize::Zeroizing;

use super::{checksum, words};

/// Words before the share's value: 40 bits.
const HEADER: usize = 4;
/// Of a value of 128 bits, the shortest.
const FEWEST: usize = 20;

/// What all shares of a set have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SetId {
    /// 15 random bits: they tell sets apart, and prove nothing.
    pub(crate) identifier: u16,
    /// Whether the identifier stays out of the cipher.
    pub(crate) extendable: bool,
    /// The cipher's iterations are 10,000 times two to this power.
    pub(crate) exponent: u8,
    /// How many groups it takes.
    pub(crate) group_threshold: u8,
    /// How many groups there are.
    pub(crate) groups: u8,
    /// Bytes of the secret.
    pub(crate) length: usize,
}

/// A share. Its value is wiped when dropped; it has no `Debug`.
pub(crate) struct Share {
    pub(crate) set: SetId,
    /// The group's number, from 0.
    pub(crate) group: u8,
    /// How many shares of the group it takes.
    pub(crate) threshold: u8,
    /// The share's number in the group, from 0.
    pub(crate) number: u8,
    pub(crate) value: Zeroizing<Vec<u8>>,
}

/// Why words are no share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// There are too few, or as many as no share has.
    Length,
    /// The word at this place, counted from 0, is not in the list.
    Unknown(usize),
    /// Each is in the list, and together they are no share.
    Damaged,
}

impl Share {
    /// Reads words in lower case, with white space between.
    pub(crate) fn parse(text: &str) -> Result<Self, Unreadable> {
        let mut numbers = Zeroizing::new(Vec::with_capacity(text.len() / 4));
        for (at, word) in text.split_whitespace().enumerate() {
            numbers.push(words::number(word).ok_or(Unreadable::Unknown(at))?);
        }
        if numbers.len() < FEWEST {
            return Err(Unreadable::Length);
        }
        let (head, rest) = numbers.split_at(HEADER);
        let value = &rest[..rest.len() - checksum::WORDS];
        // At most 8 bits of padding, where the value has as many 16 bits as fit.
        let padding = 10 * value.len() % 16;
        if padding > 8 {
            return Err(Unreadable::Length);
        }
        let head = head
            .iter()
            .fold(0, |bits, word| bits << 10 | u64::from(*word));
        let field = |shift: u32, mask: u64| (head >> shift & mask) as u8;
        let value = bytes_of(value, padding);
        let share = Self {
            set: SetId {
                identifier: (head >> 25 & 0x7fff) as u16,
                extendable: field(24, 1) == 1,
                exponent: field(20, 15),
                group_threshold: field(12, 15) + 1,
                groups: field(8, 15) + 1,
                length: value.as_ref().map_or(0, |value| value.len()),
            },
            group: field(16, 15),
            threshold: field(0, 15) + 1,
            number: field(4, 15),
            value: value.ok_or(Unreadable::Damaged)?,
        };
        let set = &share.set;
        let possible = set.group_threshold <= set.groups;
        if !possible || !checksum::holds(&numbers, set.extendable) {
            return Err(Unreadable::Damaged);
        }
        Ok(share)
    }

    /// Its words, with a space between.
    pub(crate) fn words(&self) -> Zeroizing<String> {
        let set = &self.set;
        let fields = [
            (u64::from(set.identifier), 15),
            (set.extendable.into(), 1),
            (set.exponent.into(), 4),
            (self.group.into(), 4),
            (u64::from(set.group_threshold) - 1, 4),
            (u64::from(set.groups) - 1, 4),
            (self.number.into(), 4),
            (u64::from(self.threshold) - 1, 4),
        ];
        let head = fields
            .iter()
            .fold(0, |bits, (field, width)| bits << width | field);
        let count = (8 * self.value.len()).div_ceil(10);
        let all = HEADER + count + checksum::WORDS;
        let mut numbers = Zeroizing::new(Vec::with_capacity(all));
        numbers.extend([30, 20, 10, 0].map(|shift: u32| (head >> shift & 1023) as u16));
        push_bytes(&self.value, 10 * count - 8 * self.value.len(), &mut numbers);
        let checksum = checksum::of(&numbers, set.extendable);
        numbers.extend(checksum);
        let mut text = Zeroizing::new(String::with_capacity(all * (words::LONGEST + 1)));
        for number in numbers.iter() {
            if !text.is_empty() {
                text.push(' ');
            }
            words::push(*number, &mut text);
        }
        text
    }
}

/// The bytes in words of 10 bits after some bits of padding, which are zero.
fn bytes_of(words: &[u16], padding: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Zeroizing::new(Vec::with_capacity(words.len() * 10 / 8));
    let (mut bits, mut count) = (0_u32, 0);
    for (at, word) in words.iter().enumerate() {
        bits = bits << 10 | u32::from(*word);
        count += 10;
        if at == 0 {
            count -= padding;
            if bits >> count != 0 {
                return None;
            }
        }
        while count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
        bits &= (1 << count) - 1;
    }
    Some(out)
}

/// The other way round.
fn push_bytes(bytes: &[u8], padding: usize, to: &mut Vec<u16>) {
    let (mut bits, mut count) = (0_u32, padding);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 10 {
            count -= 10;
            to.push((bits >> count & 1023) as u16);
        }
        bits &= (1 << count) - 1;
    }
}
