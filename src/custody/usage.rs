//! How often keys are used: counted in memory, written in batches.

use crate::vocabulary::{Error, Fields, Map, Object, Result, Timestamp};

use super::{Holdings, edit::Edit};

const MALFORMED: Error = Error::Malformed("use counts");

/// How often the versions of one key were used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// The last time, in milliseconds since 1970.
    pub last: Timestamp,
    /// By the versions' ids.
    pub versions: Map<u64>,
}

impl Usage {
    pub(super) fn read(members: Object) -> Result<Self> {
        Fields::read(members, MALFORMED, Self::parse)
    }

    fn parse(fields: &mut Fields) -> Self {
        let mut usage = Self {
            last: fields.number("last"),
            ..Self::default()
        };
        let counted = fields.list("versions", |version| {
            (version.string("id"), version.number("uses"))
        });
        for (id, uses) in counted {
            *usage.versions.of(&id) = uses;
        }
        usage
    }

    pub(super) fn to_json(&self) -> Object {
        Object::new()
            .with("last", self.last)
            .with_list("versions", self.versions.names(), |id| {
                let uses = self.uses(id);
                Object::new().with("id", id.as_str()).with("uses", uses)
            })
    }

    /// How often a version was used.
    #[must_use]
    pub fn uses(&self, version: &str) -> u64 {
        self.versions.get(version).copied().unwrap_or(0)
    }

    /// Counts one use.
    pub fn note(&mut self, version: &str, now: Timestamp) {
        self.last = self.last.max(now);
        *self.versions.of(version) += 1;
    }

    /// Counts another's uses in.
    pub fn add(&mut self, other: &Self) {
        self.last = self.last.max(other.last);
        for (version, uses) in other.versions.iter() {
            *self.versions.of(version) += uses;
        }
    }

    /// Takes what was written out again.
    pub fn subtract(&mut self, written: &Self) {
        for (version, uses) in written.versions.iter() {
            if let Some(since) = self.versions.get_mut(version) {
                *since -= uses;
            }
        }
    }

    /// How often any version was used.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.versions.values().iter().sum()
    }
}

impl Holdings {
    /// What was counted of a key and written.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn usage(&self, key: &str) -> Result<Usage> {
        let row = self.row(&Self::usage_slot(key))?;
        let Some(row) = row else {
            return Ok(Usage::default());
        };
        Usage::read(self.scribe().open_json(row)?)
    }
}

impl Edit<'_> {
    /// Writes what was counted since.
    pub(crate) fn put_usage(&mut self, key: &str, since: &Usage) -> Result<()> {
        let mut usage = self.holdings.usage(key)?;
        usage.add(since);
        self.put_json(Holdings::usage_slot(key), &usage.to_json())
    }
}
