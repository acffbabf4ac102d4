//! Entries: what a log's leaves say.

use serde::{Deserialize, Serialize};

use crate::base::{
    DeviceId, Entropy, Error, InputError, InputResult, KeyId, LogContext, LogId, Object, ObjectId,
    PolicyRule, Salt, Thumbprint, Timestamp, VersionId,
};

const MALFORMED: InputError = InputError::Malformed("an entry of the audit log");

/// So many keys an entry names: a merge may change all of a vault's.
const MOST_KEYS: usize = 1000;

/// What was done, or was not.
///
/// Its JSON text is a leaf of the log's tree, byte for byte as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it began, by this device's clock, in milliseconds since 1970.
    pub at: Timestamp,
    /// The operation's name, as events have it.
    pub operation: String,
    /// The code of the error that it ended with; absent where it was done.
    pub error: Option<String>,
    /// The rule of a policy, or of a view, that refused it.
    pub rule: Option<String>,
    /// Why it was done, as whoever asked for it said.
    pub reason: Option<String>,
    /// Who approved it, by the thumbprints of their keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<Thumbprint>,
    /// The keys that were used, changed or asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<EntryKey>,
    /// At least how many keys it named besides.
    pub more: Option<u64>,
    /// The object that it was about.
    pub object: Option<ObjectId>,
    /// The encryption contexts of what was used, each once: hashed under a key of the log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<LogContext>,
    /// How many contexts it had besides.
    #[serde(rename = "moreContexts")]
    pub more_contexts: Option<u64>,
    /// The factor that it was about, by its id.
    pub factor: Option<String>,
    /// How many attempts to unlock the vault had failed by then; of `askKms`, how often they had asked a key management
    /// service. No key was there to prove them: who can write to the browser's storage can have made them up, or taken
    /// them away.
    pub failed: Option<u64>,
    /// How many entries before this one could not be written, and are not there.
    pub lost: Option<u64>,
    /// What a log begins with.
    pub begins: Option<Beginning>,
    /// Which entries are not there any more.
    pub cut: Option<EntryCut>,
    /// 16 random bytes: who has the tree's hashes and guesses an entry cannot tell whether it is right.
    pub salt: Salt,
}

/// A key that an entry names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryKey {
    /// The key, by its id.
    pub key: KeyId,
    /// The version, by its id, where one was used.
    pub version: Option<VersionId>,
    /// How often the version was used; absent where it was not.
    pub uses: Option<u64>,
}

/// Which log it is that begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    /// The log.
    pub log: LogId,
    /// The device that writes it.
    pub device: DeviceId,
    /// The log that the vault had before.
    pub after: Option<Predecessor>,
}

/// Entries that were taken away, as a retention asks for, and what leads from them to the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "a cut of the audit log")]
pub struct EntryCut {
    /// How many of the log's first entries are not there any more.
    pub size: u64,
    /// The roots of their tree's perfect trees, the largest first, in base64 with padding.
    pub roots: Vec<String>,
    /// The log's tree as it was before, as a signed note.
    pub note: String,
    /// The logs that the vault had before, the latest first, which went with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<Predecessor>,
}

/// A log that is not written any more, as it was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predecessor {
    /// The log.
    pub log: LogId,
    /// How many entries it has.
    pub size: u64,
    /// The hash of its tree, in base64 with padding.
    pub root: String,
    /// The device that wrote it. Earlier builds say so where its first entry, which does, was cut.
    pub device: Option<DeviceId>,
    /// What was cut from it.
    pub cut: Option<PredecessorCut>,
}

/// What was cut from a log that is not written any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "a cut of an audit log")]
pub struct PredecessorCut {
    /// How many of its first entries are not there any more.
    pub size: u64,
    /// The roots of their tree's perfect trees, the largest first, in base64 with padding.
    pub roots: Vec<String>,
    /// The number of the entry that says so.
    pub entry: u64,
    /// When they were cut.
    pub at: Timestamp,
}

impl Entry {
    /// That something was done, without error.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn new(operation: &str, at: Timestamp, entropy: &dyn Entropy) -> InputResult<Self> {
        Ok(Self {
            at,
            operation: operation.to_owned(),
            error: None,
            rule: None,
            reason: None,
            approvers: Vec::new(),
            keys: Vec::new(),
            more: None,
            object: None,
            contexts: Vec::new(),
            more_contexts: None,
            factor: None,
            failed: None,
            lost: None,
            begins: None,
            cut: None,
            salt: Salt::generate(entropy)?,
        })
    }

    /// The same, of what ended with an error.
    #[must_use]
    pub fn failed(self, error: Option<&Error>) -> Self {
        let rule = match error {
            Some(
                Error::Policy(rule) | Error::VaultPolicy(rule) | Error::OrganisationPolicy(rule),
            ) => Some(*rule),
            Some(Error::OutsideView) => Some(PolicyRule::Operations),
            _ => None,
        };
        Self {
            error: error.map(|error| error.code().to_owned()),
            rule: rule.map(|rule| rule.as_str().to_owned()),
            cut: None,
            ..self
        }
    }

    /// Names a key, of a thousand at the most; its version, each time that it was used.
    pub fn name(&mut self, key: &KeyId, version: Option<&VersionId>) {
        if self.keys.len() >= MOST_KEYS {
            self.more = Some(self.more.unwrap_or_default() + 1);
            return;
        }
        let same = |entry: &&mut EntryKey| {
            let of_version = version.is_none() || entry.version.is_none();
            entry.key == *key && (of_version || entry.version.as_ref() == version)
        };
        let known = self.keys.iter_mut().find(same);
        let Some(known) = known else {
            return self.keys.push(EntryKey {
                key: key.clone(),
                version: version.cloned(),
                uses: version.map(|_| 1),
            });
        };
        if version.is_some() {
            known.version = version.cloned();
            known.uses = Some(known.uses.unwrap_or_default() + 1);
        }
    }

    /// The leaf.
    #[must_use]
    pub fn text(&self) -> String {
        Object::encode(self).text()
    }

    /// What a leaf says.
    ///
    /// # Errors
    /// [`InputError::Malformed`].
    pub fn parse(leaf: &str) -> InputResult<Self> {
        Object::parse(leaf.as_bytes(), MALFORMED)?.decode(MALFORMED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{PolicyRule, SystemEntropy, json::strict::is_strict};

    const TEXT: &str = r#"{"at":1,"operation":"decrypt","error":"ERR_POLICY","rule":"context","reason":"audit","approvers":["ccccccccccccccccccccccccccccccccccccccccccA"],"keys":[{"key":"aaaaaaaaaaaaaaaaaaaaaA","version":"bbbbbbbbbbbbbbbbbbbbbA","uses":2}],"more":1,"object":"ccccccccccccccccccccccccccccccccccccccccccA","contexts":["aaaaaaaaaaaaaaaaaaaaaA"],"moreContexts":1,"factor":"f","failed":3,"lost":1,"begins":{"log":"aaaaaaaaaaaaaaaaaaaaaA","device":"bbbbbbbbbbbbbbbbbbbbbA","after":{"log":"ccccccccccccccccccccAA","size":1,"root":"x","device":"bbbbbbbbbbbbbbbbbbbbbA","cut":{"size":1,"roots":["x"],"entry":1,"at":1}}},"cut":{"size":1,"roots":["x"],"note":"n","logs":[{"log":"ccccccccccccccccccccAA","size":1,"root":"x"}]},"salt":"ddddddddddddddddddddAA"}"#;

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<Entry>(TEXT, &[]);
    }

    #[test]
    fn an_entry_is_read_as_it_is_written_and_no_two_have_one_salt() {
        let new =
            || Entry::new("encrypt", Timestamp::from_millis(7), &SystemEntropy).expect("entropy");
        let mut entry = new().failed(Some(&Error::Policy(PolicyRule::Context)));
        let key: KeyId = "aaaaaaaaaaaaaaaaaaaaaA".parse().expect("an id");
        let version = "bbbbbbbbbbbbbbbbbbbbbA".parse().expect("an id");
        for version in [None, Some(&version), Some(&version), None] {
            entry.name(&key, version);
        }
        assert_eq!(Entry::parse(&entry.text()), Ok(entry.clone()));
        assert_eq!(entry.error.as_deref(), Some("ERR_POLICY"));
        assert_eq!(entry.rule.as_deref(), Some("context"));
        let uses: Vec<_> = entry.keys.iter().map(|key| key.uses).collect();
        assert_eq!(uses, [Some(2)]);
        assert_ne!(new(), new());
    }
}
