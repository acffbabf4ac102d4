//! How often keys are used: counted in memory, written in batches.

use std::collections::BTreeMap;

use crate::vocabulary::{Error, Object, Result, Timestamp};

use super::{Holdings, edit::Edit};

const MALFORMED: &Error = &Error::Malformed("use counts");

/// How often the versions of one key were used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// The last time, in milliseconds since 1970.
    pub last: Timestamp,
    /// By the versions' ids.
    pub versions: BTreeMap<String, u64>,
}

impl Usage {
    fn parse(mut members: Object) -> Result<Self> {
        let mut usage = Self {
            last: members.number("last", MALFORMED)?,
            ..Self::default()
        };
        for mut version in members.list("versions", MALFORMED, Ok)? {
            let uses = version.number("uses", MALFORMED)?;
            usage
                .versions
                .insert(version.string("id", MALFORMED)?, uses);
            version.end(MALFORMED)?;
        }
        members.end(MALFORMED).map(|()| usage)
    }

    fn to_json(&self) -> Object {
        let versions: Vec<_> = self.versions.iter().collect();
        Object::new()
            .with("last", self.last)
            .with_list("versions", &versions, |(id, uses)| {
                Object::new().with("id", id.as_str()).with("uses", **uses)
            })
    }

    /// Counts one use.
    pub fn note(&mut self, version: &str, now: Timestamp) {
        self.last = self.last.max(now);
        *self.versions.entry(version.to_owned()).or_default() += 1;
    }

    /// Counts another's uses in.
    pub fn add(&mut self, other: &Self) {
        self.last = self.last.max(other.last);
        for (version, uses) in &other.versions {
            *self.versions.entry(version.clone()).or_default() += uses;
        }
    }

    /// Takes what was written out again.
    pub fn subtract(&mut self, written: &Self) {
        for (version, uses) in &mut self.versions {
            *uses -= written.versions.get(version).copied().unwrap_or(0);
        }
    }

    /// How often any version was used.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.versions.values().sum()
    }
}

impl Holdings {
    /// What was counted of a key and written.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn usage(&self, key: &str) -> Result<Usage> {
        let row = self.row(&Self::usage_slot(key))?;
        let usage = row.map(|row| Usage::parse(self.scribe().open_json(row)?));
        Ok(usage.transpose()?.unwrap_or_default())
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
