//! Maps by name, for tens or hundreds of entries: a page would download a B-tree for every type in one.

use core::borrow::Borrow;

/// Values by name, sorted. Names and values stand apart, so that all maps by the same kind of name are searched by the
/// same code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map<V, K = String> {
    names: Vec<K>,
    values: Vec<V>,
}

impl<V, K> Default for Map<V, K> {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl<V, K: Ord> Map<V, K> {
    /// The value of that name, if there is one.
    #[must_use]
    pub fn get<Q: Ord + ?Sized>(&self, name: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let at = find(&self.names, name).ok()?;
        self.values.get(at)
    }

    /// The same, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, name: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = find(&self.names, name).ok()?;
        self.values.get_mut(at)
    }

    /// The value of that name; a default one is put down where there is none.
    pub fn of<Q: Ord + ToOwned<Owned = K> + ?Sized>(&mut self, name: &Q) -> &mut V
    where
        K: Borrow<Q>,
        V: Default,
    {
        let at = match find(&self.names, name) {
            Ok(at) => at,
            Err(at) => {
                self.names.insert(at, name.to_owned());
                self.values.insert(at, V::default());
                at
            }
        };
        &mut self.values[at]
    }

    /// Keeps the values for which that is so.
    pub fn retain(&mut self, keep: impl Fn(&K, &V) -> bool) {
        for at in (0..self.names.len()).rev() {
            if !keep(&self.names[at], &self.values[at]) {
                self.names.remove(at);
                self.values.remove(at);
            }
        }
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.names.iter().zip(&self.values)
    }

    /// The names, sorted.
    #[must_use]
    pub fn names(&self) -> &[K] {
        &self.names
    }

    /// The values, in the order of their names.
    #[must_use]
    pub fn values(&self) -> &[V] {
        &self.values
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl<V, K> IntoIterator for Map<V, K> {
    type Item = (K, V);
    type IntoIter = core::iter::Zip<std::vec::IntoIter<K>, std::vec::IntoIter<V>>;

    fn into_iter(self) -> Self::IntoIter {
        self.names.into_iter().zip(self.values)
    }
}

/// Where a name stands, or would.
fn find<K: Borrow<Q>, Q: Ord + ?Sized>(names: &[K], name: &Q) -> Result<usize, usize> {
    names.binary_search_by(|known| known.borrow().cmp(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_names_and_stand_in_their_order() {
        let mut map = Map::default();
        for name in ["b", "c", "a", "b"] {
            *map.of(name) += 1;
        }
        assert_eq!(map.names(), ["a", "b", "c"]);
        assert_eq!((map.values(), map.get("b")), (&[1, 2, 1][..], Some(&2)));
        map.retain(|name, count| name != "a" && *count < 2);
        assert_eq!(map.iter().collect::<Vec<_>>(), [(&"c".to_owned(), &1)]);
        assert_eq!(map.get("a"), None);
        assert_eq!(map.get_mut("c"), Some(&mut 1));
    }
}
