//! RS1024, the checksum of SLIP-39: a Reed-Solomon code over GF(1024) that tells any three wrong words of a share.

/// Words of the checksum.
pub(super) const WORDS: usize = 3;

/// The generator polynomial, times each power of two.
const GENERATOR: [u32; 10] = [
    0x00e0_e040,
    0x01c1_c080,
    0x0383_8100,
    0x0707_0200,
    0x0e0e_0009,
    0x1c0c_2412,
    0x3808_6c24,
    0x3090_fc48,
    0x21b1_f890,
    0x03f3_f120,
];

/// What follows the words.
pub(super) fn of(words: &[u16], extendable: bool) -> [u16; WORDS] {
    let end = words.iter().copied().chain([0; WORDS]);
    let sum = remainder(end, extendable) ^ 1;
    [20, 10, 0].map(|shift| (sum >> shift & 1023) as u16)
}

/// Whether the last words are the checksum of those before.
pub(super) fn holds(words: &[u16], extendable: bool) -> bool {
    remainder(words.iter().copied(), extendable) == 1
}

fn remainder(words: impl Iterator<Item = u16>, extendable: bool) -> u32 {
    let customization: &[u8] = match extendable {
        true => b"shamir_extendable",
        false => b"shamir",
    };
    let all = customization.iter().copied().map(u16::from).chain(words);
    all.fold(1, |sum, word| {
        let (top, shifted) = (sum >> 20, (sum & 0x000f_ffff) << 10 ^ u32::from(word));
        GENERATOR
            .iter()
            .enumerate()
            .fold(shifted, |sum, (bit, of)| {
                sum ^ of & (top >> bit & 1).wrapping_neg()
            })
    })
}
