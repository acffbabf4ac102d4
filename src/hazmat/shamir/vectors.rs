//! The standard's vectors, and properties of splitting.

use proptest::prelude::*;

use super::*;
use crate::base::SystemEntropy;

/// The passphrase of all vectors.
const PASSPHRASE: &[u8] = b"TREZOR";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn parsed(mnemonics: &[String]) -> Result<Vec<Share>, Unreadable> {
    mnemonics.iter().map(|words| Share::parse(words)).collect()
}

#[test]
fn the_standards_vectors() {
    let vectors = include_str!("../../../tests/vectors/slip39/vectors.json");
    /// What it is about, the shares, and the secret, empty where there is none; the last is of a wallet.
    type Vector = (String, Vec<String>, String, String);
    let vectors: Vec<Vector> = serde_json::from_str(vectors).expect("vectors");
    assert_eq!(vectors.len(), 45);
    for (about, mnemonics, secret, _) in &vectors {
        let shares = parsed(mnemonics);
        let combined = shares.as_ref().map(|shares| combine(shares, PASSPHRASE));
        let found = match &combined {
            Ok(Ok(found)) => hex(found),
            _ => String::new(),
        };
        assert_eq!(found, *secret, "{about}");
        // And every share is written as it was read.
        for (share, words) in shares.iter().flatten().zip(mnemonics) {
            assert_eq!(*share.words(), *words, "{about}");
        }
        let told: Option<&dyn core::fmt::Debug> = match &combined {
            Err(unreadable) => Some(unreadable),
            Ok(Err(incomplete)) => Some(incomplete),
            Ok(Ok(_)) => None,
        };
        let told = told.map_or("the secret".to_owned(), |told| format!("{told:?}"));
        assert_eq!(told, expected(about), "{about}");
    }
}

/// What is told of a vector, by what it is about.
fn expected(about: &str) -> &'static str {
    let (number, about) = about.split_once(". ").expect("a number");
    match about.split_once(" (").map_or(about, |(about, _)| about) {
        "Mnemonic with invalid checksum" | "Mnemonic with invalid padding" => "Damaged",
        "Mnemonics with greater group threshold than group counts" => "Damaged",
        "Mnemonic with insufficient length" | "Mnemonic with invalid master secret length" => {
            "Length"
        }
        "Basic sharing 2-of-3" if matches!(number, "5" | "24") => "Missing(1)",
        "Mnemonics with different identifiers"
        | "Mnemonics with different iteration exponents"
        | "Mnemonics with mismatching group counts"
        | "Mnemonics with mismatching member thresholds" => "OtherSet(1)",
        "Mnemonics with mismatching group thresholds" => "OtherSet(2)",
        "Mnemonics with duplicate member indices" => "OtherSet(1)",
        "Mnemonics giving an invalid digest" => "Forged(None)",
        "Insufficient number of groups" => "Missing(1)",
        "Threshold number of groups, but insufficient number of members in one group" => {
            "Missing(1)"
        }
        _ => "the secret",
    }
}

fn set_of(threshold: u8, count: u8) -> (Secret<32>, Vec<Share>) {
    let secret = Secret::generate(&SystemEntropy).expect("entropy");
    let shares = split(&secret, threshold, count, &SystemEntropy).expect("shares");
    (secret, shares)
}

/// Some of the shares, in the order given.
fn some(shares: &[Share], places: &[usize]) -> Vec<Share> {
    let words = places.iter().map(|place| shares[*place].words());
    words
        .map(|words| Share::parse(&words).expect("a share"))
        .collect()
}

fn gives(shares: &[Share], secret: &Secret<32>) -> bool {
    // EXPOSE: a test's secret, to compare.
    combine(shares, b"").is_ok_and(|found| *found == secret.expose())
}

#[test]
fn thresholds_that_the_standard_has_no_shares_for_are_refused() {
    let secret = Secret::generate(&SystemEntropy).expect("entropy");
    for (threshold, count) in [(0, 0), (0, 3), (1, 2), (1, 16), (4, 3), (2, 17), (17, 17)] {
        let refused = split(&secret, threshold, count, &SystemEntropy).err();
        assert!(
            matches!(refused, Some(InputError::Argument(_))),
            "{threshold} of {count}"
        );
    }
    for (threshold, count) in [(1, 1), (2, 2), (16, 16)] {
        let (secret, shares) = set_of(threshold, count);
        assert!(gives(&shares, &secret));
        assert_eq!(shares[0].words().split(' ').count(), 33);
    }
}

/// Whether what is short of the threshold fits any secret: with the others of its polynomials made up.
#[test]
fn shares_below_the_threshold_fit_any_secret() {
    let (_, shares) = set_of(3, 3);
    for secret in [[0; 32], [0xa5; 32]] {
        let key = [7; 28];
        let digest = [&digest_of(&secret, &key)[..], &key].concat();
        let points = [
            Point {
                x: 0,
                y: &shares[0].value,
            },
            Point {
                x: DIGEST,
                y: &digest,
            },
            Point {
                x: SECRET,
                y: &secret,
            },
        ];
        let (second, third) = (interpolate(&points, 1), interpolate(&points, 2));
        let made_up = [
            points[0],
            Point { x: 1, y: &second },
            Point { x: 2, y: &third },
        ];
        assert_eq!(*combine_bytes(&made_up, 3).expect("a secret"), secret);
    }
}

#[test]
fn a_share_that_was_made_up_is_named_where_one_can_be_spared() {
    let (secret, shares) = set_of(2, 4);
    let mut forged = some(&shares, &[0, 2, 3]);
    forged[1].value[5] ^= 1;
    assert_eq!(
        combine(&forged, b"").err(),
        Some(Incomplete::Forged(Some(1)))
    );
    let few = some(&forged, &[0, 1]);
    assert_eq!(combine(&few, b"").err(), Some(Incomplete::Forged(None)));
    assert!(gives(&some(&forged, &[2, 0]), &secret));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn any_threshold_of_shares_gives_the_secret(
        (threshold, count) in (2..=16_u8).prop_flat_map(|count| (2..=count, Just(count))),
        seed in any::<u64>(),
    ) {
        let (secret, shares) = set_of(threshold, count);
        let mut places: Vec<usize> = (0..count.into()).collect();
        // Some order.
        places.sort_by_key(|place| (*place as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let enough = some(&shares, &places[..threshold.into()]);
        prop_assert!(gives(&enough, &secret));
        // More have to agree, and one fewer tells that one is missing.
        prop_assert!(gives(&some(&shares, &places), &secret));
        let few = &enough[1..];
        prop_assert_eq!(combine(few, b"").err(), Some(Incomplete::Missing(1)));
        prop_assert_eq!(combine(&few[..1], b"").err(), match threshold {
            2 => Some(Incomplete::Missing(1)),
            _ => Some(Incomplete::Missing(usize::from(threshold) - 1)),
        });
        // One twice, and one of another set.
        let twice = some(&shares, &[places[0], places[1], places[0]]);
        prop_assert_eq!(combine(&twice, b"").err(), Some(Incomplete::Twice(2)));
        let (_, others) = set_of(threshold, count);
        let mut mixed = some(&shares, &[places[0], places[1]]);
        mixed.insert(1, some(&others, &[0]).remove(0));
        prop_assert_eq!(combine(&mixed, b"").err(), Some(Incomplete::OtherSet(1)));
    }

    #[test]
    fn up_to_three_wrong_words_are_noticed(
        wrong in proptest::collection::btree_map(0..33_usize, 1..1024_u16, 1..=3),
    ) {
        let (_, shares) = set_of(2, 2);
        let words = shares[0].words();
        let mut words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        for (at, by) in wrong {
            let number = words::number(&words[at]).expect("a word of the list");
            words[at].clear();
            words::push((number + by) % 1024, &mut words[at]);
        }
        prop_assert_eq!(Share::parse(&words.join(" ")).err(), Some(Unreadable::Damaged));
    }
}
