//! Which objects of the inventory are at which locations, so that one is found without opening all of them.
//!
//! The set digest of all rows of objects, which the head names, tells whether it still holds, also where another tab
//! has changed something meanwhile.

use crate::{
    base::{ObjectId, Result, sort_by},
    inventory::TrackedObject,
    records::{MacKey, SetDigest},
};

/// What is kept of a location's MAC.
const SHORT: usize = 16;

type Place = [u8; SHORT];

/// The objects that have a location, by its MAC.
pub(crate) struct Locations {
    /// Of the rows that it was made of.
    digest: SetDigest,
    sorted: Vec<(Place, ObjectId)>,
}

impl Locations {
    /// Of all objects.
    pub(crate) fn new(
        digest: SetDigest,
        objects: impl Iterator<Item = Result<TrackedObject>>,
        key: &MacKey,
    ) -> Result<Self> {
        let mut sorted = Vec::new();
        for object in objects {
            let object = object?;
            if let Some(location) = &object.location {
                sorted.push((place(location, key), object.id));
            }
        }
        sort_by(&mut sorted, |(a, _): &(Place, _), (b, _)| a.cmp(b));
        Ok(Self { digest, sorted })
    }

    /// Whether it is of the rows of that digest.
    pub(crate) fn holds(&self, digest: &SetDigest) -> bool {
        self.digest == *digest
    }

    /// The objects at a location.
    pub(crate) fn find(&self, location: &str, key: &MacKey) -> Vec<ObjectId> {
        let wanted = place(location, key);
        let at = self.sorted.partition_point(|(known, _)| *known < wanted);
        let found = self.sorted[at..]
            .iter()
            .take_while(|(known, _)| *known == wanted);
        found.map(|(_, id)| id.clone()).collect()
    }
}

fn place(location: &str, key: &MacKey) -> Place {
    let mac = key.of_id(location);
    core::array::from_fn(|at| mac[at])
}
