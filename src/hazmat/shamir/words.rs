//! The 1,024 words of SLIP-39, 10 bits each. Which word it is may be secret: each look-up reads the whole list.

use subtle::{ConditionallySelectable, ConstantTimeEq};

/// Sorted, one a line. Of the standard's reference implementation, whose licence lies beside it.
const LIST: &str = include_str!("words.txt");

/// The longest word of the list has so many letters.
pub(super) const LONGEST: usize = 8;

/// The word of that number, appended.
pub(super) fn push(number: u16, to: &mut String) {
    let mut word = 0_u64;
    for (at, listed) in (0_u16..).zip(LIST.lines()) {
        word.conditional_assign(&packed(listed), at.ct_eq(&number));
    }
    let letters = word.to_be_bytes();
    let letters = letters.iter().filter(|letter| **letter != 0);
    to.extend(letters.map(|letter| char::from(*letter)));
}

/// The number of a word, in lower case.
pub(super) fn number(word: &str) -> Option<u16> {
    // A zero stands for no letter below.
    if word.len() > LONGEST || word.contains('\0') {
        return None;
    }
    let (typed, mut number) = (packed(word), u16::MAX);
    for (at, listed) in (0_u16..).zip(LIST.lines()) {
        number.conditional_assign(&at, packed(listed).ct_eq(&typed));
    }
    (number != u16::MAX).then_some(number)
}

/// Up to eight bytes as a number, the first the highest.
fn packed(word: &str) -> u64 {
    let mut letters = [0; LONGEST];
    letters[..word.len()].copy_from_slice(word.as_bytes());
    u64::from_be_bytes(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_that_of_the_standard() {
        let words: Vec<_> = LIST.lines().collect();
        assert_eq!(words.len(), 1024);
        assert_eq!((words[0], words[1023]), ("academic", "zero"));
        // "alphabetically sorted", "4 to 8 letters", "unique 4-letter prefix".
        assert!(words.is_sorted());
        assert!(words.windows(2).all(|pair| pair[0][..4] != pair[1][..4]));
        assert!(words.iter().all(|word| (4..=LONGEST).contains(&word.len())));
        assert!(LIST.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'\n')));
    }

    #[test]
    fn each_word_has_its_number() {
        for (at, word) in (0..).zip(LIST.lines()) {
            let mut text = String::new();
            push(at, &mut text);
            assert_eq!(text, word);
            assert_eq!(number(word), Some(at));
        }
        for none in [
            "",
            "acad",
            "academica",
            "Academic",
            "zer",
            "zero\0",
            "überlang",
        ] {
            assert_eq!(number(none), None, "{none}");
        }
    }
}
