//! Maps by name, for tens or hundreds of entries: a page would download a B-tree for every type in one.

/// Values by name, sorted. Names and values stand apart, so that all maps are searched by the same code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map<V> {
    names: Vec<String>,
    values: Vec<V>,
}

impl<V> Default for Map<V> {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl<V> Map<V> {
    /// The value of that name, if there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&V> {
        let at = find(&self.names, name).ok()?;
        self.values.get(at)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        let at = find(&self.names, name).ok()?;
        self.values.get_mut(at)
    }

    /// The value of that name; a default one is put down where there is none.
    pub fn of(&mut self, name: &str) -> &mut V
    where
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

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.values.iter_mut()
    }

    /// Keeps the values for which that is so.
    pub fn retain(&mut self, keep: impl Fn(&str, &V) -> bool) {
        for at in (0..self.names.len()).rev() {
            if !keep(&self.names[at], &self.values[at]) {
                self.names.remove(at);
                self.values.remove(at);
            }
        }
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.names.iter().map(String::as_str).zip(&self.values)
    }

    /// The names, sorted.
    #[must_use]
    pub fn names(&self) -> &[String] {
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

/// Where a name stands, or would.
fn find(names: &[String], name: &str) -> Result<usize, usize> {
    names.binary_search_by(|known| known.as_str().cmp(name))
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
        assert_eq!(map.iter().collect::<Vec<_>>(), [("c", &1)]);
        assert_eq!(map.get("a"), None);
        assert_eq!(map.get_mut("c"), Some(&mut 1));
    }
}
