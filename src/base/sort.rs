//! Sorting, compiled once.

use core::cmp::Ordering;

/// Sorts, equal items in the order that they had.
///
/// A sort of the standard library is compiled for each type of item, which costs a page 5 to 10 KiB every time. Here
/// only places are sorted, by one sort for all types; the items are moved afterwards, each once.
pub(crate) fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut order = order(items.len(), &|a, b| compare(&items[a], &items[b]));
    for start in 0..items.len() {
        // Along a cycle: to each place comes the item that belongs there.
        let mut at = start;
        while order[at] != start {
            let from = order[at];
            items.swap(at, from);
            order[at] = at;
            at = from;
        }
        order[at] = at;
    }
}

/// The places of the items in the order wanted.
#[inline(never)]
fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_unstable_by(|a, b| compare(*a, *b).then_with(|| a.cmp(b)));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every permutation of a few items, some equal, as the standard library sorts them.
    #[test]
    fn items_are_sorted_and_equal_ones_keep_their_order() {
        for count in 0..=6_usize {
            let permutations: usize = (1..=count).product();
            for mut seed in 0..permutations {
                let mut rest: Vec<usize> = (0..count).collect();
                let mut items = Vec::new();
                for left in (1..=count).rev() {
                    let item = rest.remove(seed % left);
                    seed /= left;
                    items.push((item / 2, items.len()));
                }
                let mut expected = items.clone();
                expected.sort_by_key(|item| item.0);
                sort_by(&mut items, |a, b| a.0.cmp(&b.0));
                assert_eq!(items, expected);
            }
        }
    }
}
