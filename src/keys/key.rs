//! Named keys: what is known of them, as an encrypted JSON record; their versions' material, each as
//! an Encrypted JWK of its own.

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        Entropy, Error, InputError, KeyId, Kid, Object, Result, Timestamp, VersionId, VersionState,
        sort_by,
    },
    jose::Jwk,
    store::{RecordId, RecordType},
};

use super::{
    Alias, Labels, Period, Policies, Policy, Provenance, Purpose, Transition, VersionAction,
    VersionRecord, version::MAX_COUNTER,
};

/// A named key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyRecord {
    /// The key's id, random.
    pub id: KeyId,
    /// Its name, unique in the vault; of a key that is destroyed, the name that it had.
    pub alias: Alias,
    /// What it is used for.
    pub purpose: Purpose,
    /// The id of the version in use.
    pub primary: VersionId,
    /// All versions, oldest first. None is ever taken out.
    pub versions: Vec<VersionRecord>,
    /// When the key was made, in milliseconds since 1970.
    pub created: Timestamp,
    /// What people find it by.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// How long a primary version is used before it is rotated.
    pub rotate_every: Option<Period>,
    /// How often another version became the primary, where the versions do not tell: they are of two copies then.
    pub(crate) promoted: Option<u64>,
    /// How often alias, labels or period were changed.
    #[serde(default, skip_serializing_if = "never")]
    pub(crate) described: u64,
    /// The policies that were set, if one ever was.
    pub policy: Option<Policies>,
}

/// Whether something was not changed, or not counted by an earlier release.
fn never(counter: &u64) -> bool {
    *counter == 0
}

/// What a new key is to be.
#[derive(Debug, Clone)]
pub struct KeyOptions {
    /// Its name.
    pub alias: Alias,
    /// What it is used for.
    pub purpose: Purpose,
    /// What people find it by.
    pub labels: Labels,
    /// How long a primary version is used before it is rotated.
    pub rotate_every: Option<Period>,
    /// What its owner allows.
    pub policy: Option<Policy>,
}

impl KeyOptions {
    /// A key that encrypts, with nothing else said.
    #[must_use]
    pub fn named(alias: Alias) -> Self {
        Self {
            alias,
            purpose: Purpose::Encrypt,
            labels: Labels::default(),
            rotate_every: None,
            policy: None,
        }
    }
}

/// What a malformed record is called.
const MALFORMED: InputError = InputError::Malformed("a key's record");

impl KeyRecord {
    /// The most versions of one key. All are in one record: a thousand pairs take two thirds of a MiB.
    pub const MAX_VERSIONS: usize = 1000;

    pub(crate) fn read(members: Object) -> Result<Box<Self>> {
        let key: Box<Self> = members.decode(MALFORMED)?;
        key.version(&key.primary).map_err(|_| MALFORMED)?;
        let mut ids: Vec<_> = key.versions.iter().map(|one| one.id.as_str()).collect();
        sort_by(&mut ids, Ord::cmp);
        let repeated = ids.windows(2).any(|pair| pair[0] == pair[1]);
        let too_many = ids.len() > Self::MAX_VERSIONS;
        let fit = key.policy.iter().all(Policies::fit);
        if repeated || too_many || !fit || !key.versions.iter().all(VersionRecord::is_dated) {
            return Err(MALFORMED.into());
        }
        Ok(key)
    }

    /// What a vault's record holds.
    #[must_use]
    pub fn to_json(&self) -> Object {
        Object::encode(self)
    }

    /// A new key, and its first version's material: generated, or the caller's own.
    pub(crate) fn generate(
        options: &KeyOptions,
        material: Option<&Jwk>,
        cause: Provenance,
        entropy: &dyn Entropy,
    ) -> Result<(Box<Self>, Jwk)> {
        options.alias.check_new()?;
        options
            .purpose
            .check_period(options.rotate_every.as_ref())?;
        let id = KeyId::generate(entropy)?;
        let first = VersionId::generate(entropy)?;
        let mut key = Box::new(Self {
            id,
            alias: options.alias.clone(),
            purpose: options.purpose,
            primary: first.clone(),
            versions: Vec::new(),
            created: cause.at,
            labels: options.labels.clone(),
            rotate_every: options.rotate_every.clone(),
            promoted: None,
            described: 0,
            policy: None,
        });
        let jwk = key.add_version(first, VersionState::Active, material, cause, entropy)?;
        if options.policy.is_some() {
            key.set_policy(options.policy.as_ref(), cause, entropy)?;
        }
        Ok((key, jwk))
    }

    /// A new version, and its material: generated, or the caller's own.
    fn add_version(
        &mut self,
        id: VersionId,
        state: VersionState,
        material: Option<&Jwk>,
        cause: Provenance,
        entropy: &dyn Entropy,
    ) -> Result<Jwk> {
        let kid = Kid::of_version(&self.id, &id);
        let jwk = match material {
            Some(material) => self.purpose.describe(material, &kid)?,
            None => self
                .purpose
                .describe(&self.purpose.generate(entropy)?, &kid)?,
        };
        let last = self.versions.iter().map(|version| version.number).max();
        let mut version = VersionRecord::new(id, last.unwrap_or(0) + 1, state, cause);
        version.public = jwk.public_object();
        self.versions.push(version);
        Ok(jwk)
    }

    /// A new version. Unless it waits, it protects from now on, and the old primary only opens.
    ///
    /// # Errors
    /// [`Error::State`] for a key all of whose versions are destroyed or about to be; [`Error::TooLarge`] for
    /// one that has as many versions as a key can have; [`Error::Argument`] for one of somebody else's.
    pub(crate) fn rotate(
        &mut self,
        waits: bool,
        cause: Provenance,
        entropy: &dyn Entropy,
    ) -> Result<Jwk> {
        use VersionState::{Active, DestroyScheduled, Destroyed, PreActive};
        let doomed =
            |version: &VersionRecord| matches!(version.state, DestroyScheduled | Destroyed);
        if self.versions.iter().all(doomed) {
            return Err(self.primary_version().state.forbids());
        }
        if self.versions.len() >= Self::MAX_VERSIONS {
            return Err(Error::TooLarge("key (1,000 versions): make another one"));
        }
        let state = if waits { PreActive } else { Active };
        let id = VersionId::generate(entropy)?;
        let jwk = self.add_version(id.clone(), state, None, cause, entropy)?;
        if !waits {
            self.promote(id, cause)?;
        }
        Ok(jwk)
    }

    /// Makes a version that waits the primary.
    ///
    /// # Errors
    /// [`Error::NoVersion`], [`Error::Transition`].
    pub(crate) fn activate(&mut self, version: &VersionId, cause: Provenance) -> Result<()> {
        let state = self.version(version)?.state;
        if !VersionAction::Activate.is_allowed(state) {
            return Err(state.refuses(VersionState::Active));
        }
        self.version_mut(version)?.go(VersionState::Active, cause)?;
        self.promote(version.clone(), cause)
    }

    /// How often a version became the primary: of two copies, the one that counts more has the later one.
    pub(crate) fn promotions(&self) -> u64 {
        let was_active = |version: &&VersionRecord| {
            let mut steps = version.history.iter();
            version.history.is_empty() || steps.any(|step| step.state == VersionState::Active)
        };
        let counted = || self.versions.iter().filter(was_active).count() as u64;
        self.promoted.unwrap_or_else(counted)
    }

    fn promote(&mut self, version: VersionId, cause: Provenance) -> Result<()> {
        // The version is active by now, and counted where the versions tell.
        if let Some(promoted) = &mut self.promoted {
            *promoted = promoted.saturating_add(1).min(MAX_COUNTER);
        }
        let old = core::mem::replace(&mut self.primary, version);
        let old = self.version_mut(&old)?;
        if old.state == VersionState::Active {
            old.go(VersionState::Deactivated, cause)?;
        }
        Ok(())
    }

    /// Alias, labels or period were changed.
    pub(crate) fn count_description(&mut self) {
        self.described = self.described.saturating_add(1).min(MAX_COUNTER);
    }

    /// A version by its id.
    ///
    /// # Errors
    /// [`Error::NoVersion`].
    pub fn version(&self, id: &VersionId) -> Result<&VersionRecord> {
        self.find_version(id.as_str())
    }

    /// A version by what a caller says is its id.
    ///
    /// # Errors
    /// [`Error::NoVersion`], also for a text that is no id.
    pub fn find_version(&self, text: &str) -> Result<&VersionRecord> {
        let mut versions = self.versions.iter();
        let found = versions.find(|version| version.id.as_str() == text);
        found.ok_or(Error::NoVersion)
    }

    pub(crate) fn version_mut(&mut self, id: &VersionId) -> Result<&mut VersionRecord> {
        let found = self.versions.iter_mut().find(|version| version.id == *id);
        found.ok_or(Error::NoVersion)
    }

    /// The version that protects.
    #[must_use]
    pub fn primary_version(&self) -> &VersionRecord {
        self.version(&self.primary)
            .expect("a key's record names one of its versions")
    }

    /// When its primary version is to be rotated, in milliseconds since 1970: it is in use since it was
    /// activated, which may have been long after it was generated. Never, once it cannot be.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        if self.versions.len() >= Self::MAX_VERSIONS {
            return None;
        }
        let primary = self.primary_version();
        let every = self.rotate_every.as_ref()?;
        let activation = |step: &&Transition| step.state == VersionState::Active;
        let activated = primary.history.iter().find(activation);
        let since = activated.map_or(primary.created, |step| step.at);
        (primary.state == VersionState::Active).then(|| since + every.millis())
    }

    /// When the first of its versions will be destroyed.
    #[must_use]
    pub fn destroy_at(&self) -> Option<Timestamp> {
        let scheduled = self
            .versions
            .iter()
            .filter_map(|version| version.destroy_at);
        scheduled.min()
    }

    /// Whether all its versions are: it protects and opens nothing any more, for good, and its alias is free.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        let mut versions = self.versions.iter();
        versions.all(|version| version.state == VersionState::Destroyed)
    }

    /// Refuses another purpose than its own.
    ///
    /// # Errors
    /// [`Error::Purpose`].
    pub(crate) fn check_purpose(&self, purpose: Purpose) -> Result<()> {
        if self.purpose == purpose {
            Ok(())
        } else {
            Err(Error::Purpose)
        }
    }

    /// The record_id of the key's own record.
    pub(crate) fn record_id(&self) -> RecordId {
        RecordId::new(RecordType::Key, self.id.as_str())
    }

    /// The record_id of a version's material.
    pub(crate) fn version_record_id(&self, version: &VersionId) -> RecordId {
        RecordId::of_version(&self.id, version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{Secret, SystemEntropy, json::strict::is_strict},
        jose::{Envelope, Kek, encrypt_record},
    };

    #[test]
    fn what_serde_would_accept_is_refused() {
        let version = r#"{"id":"aaaaaaaaaaaaaaaaaaaaaA","number":1,"state":"active","created":2,"history":[]}"#;
        let bare = [
            r#"{"id":"kkkkkkkkkkkkkkkkkkkkkA","alias":"orders","purpose":"encrypt","primary":"aaaaaaaaaaaaaaaaaaaaaA","versions":["#,
            version,
            r#"],"created":1}"#,
        ];
        is_strict::<KeyRecord>(&bare.concat(), &[]);
        let full = r#"{"id":"kkkkkkkkkkkkkkkkkkkkkA","alias":"orders","purpose":"sign","primary":"aaaaaaaaaaaaaaaaaaaaaA","versions":[{"id":"aaaaaaaaaaaaaaaaaaaaaA","number":1,"state":"destroy-scheduled","created":2,"since":3,"history":[{"state":"active","at":2,"by":"create"},{"state":"deactivated","at":4,"by":"rotate","reason":"lost"}],"counter":4,"unproven":true,"destroyAt":5,"forced":true,"publicJwk":{"kty":"EC"}}],"created":1,"labels":{"team":"a"},"rotateEvery":"P90D","promoted":2,"described":3,"policy":{"version":2,"changed":6,"applied":[{"id":"bbbbbbbbbbbbbbbbbbbbbA","set":6,"rules":{"operations":["sign"]}}],"superseded":["cccccccccccccccccccccA"]}}"#;
        is_strict::<KeyRecord>(full, &["publicJwk", "labels", "rules"]);
    }

    #[test]
    fn a_record_that_does_not_hold_together_is_refused() {
        let good = r#"{"id":"kkkkkkkkkkkkkkkkkkkkkA","alias":"b","purpose":"sign","primary":"aaaaaaaaaaaaaaaaaaaaaA","versions":[{"id":"aaaaaaaaaaaaaaaaaaaaaA","number":1,"state":"active","created":2}],"created":1}"#;
        let read = |text: &str| KeyRecord::read(Object::parse(text.as_bytes(), MALFORMED)?);
        assert!(read(good).is_ok());
        for (from, to, error) in [
            (
                r#""primary":"aaaaaaaaaaaaaaaaaaaaaA""#,
                r#""primary":"bbbbbbbbbbbbbbbbbbbbbA""#,
                MALFORMED,
            ),
            (r#""id":"kkkkkkkkkkkkkkkkkkkkkA""#, r#""id":"k""#, MALFORMED),
            (
                r#""alias":"b""#,
                r#""alias":"kkkkkkkkkkkkkkkkkkkkkA""#,
                MALFORMED,
            ),
            (
                "sign",
                "seal",
                InputError::Unsupported("a purpose of a later version"),
            ),
            (
                "active",
                "lost",
                InputError::Unsupported("a state of a later version"),
            ),
            (
                r#""created":1}"#,
                r#""created":1,"labels":{"":"a"}}"#,
                MALFORMED,
            ),
            (
                r#""created":1}"#,
                r#""created":1,"labels":{"a":1}}"#,
                MALFORMED,
            ),
            (
                r#""created":1}"#,
                r#""created":1,"rotateEvery":"90"}"#,
                MALFORMED,
            ),
        ] {
            assert_eq!(
                read(&good.replace(from, to)),
                Err(Error::from(error)),
                "{to}"
            );
        }
    }

    #[test]
    fn a_key_of_as_many_versions_as_there_can_be_fits_into_a_record_and_is_not_rotated_further() {
        let cause = Provenance {
            at: Timestamp::from_millis(1_790_000_000_000),
            head: 1_000_000,
            by: "scheduledDestroy",
            reason: None,
        };
        let options = KeyOptions {
            purpose: Purpose::Sign,
            rotate_every: Some(Period::parse("PT1H").expect("an hour")),
            ..KeyOptions::named("orders".parse().expect("an alias"))
        };
        let made = KeyRecord::generate(&options, None, cause, &SystemEntropy);
        let (mut key, jwk) = made.expect("entropy");
        let another = VersionRecord {
            public: jwk.public_object(),
            ..key.versions[0].clone()
        };
        let (id, mut lived) = (another.id.clone(), another);
        for state in ["deactivated", "destroy-scheduled", "destroyed"] {
            let state = VersionState::parse(state).expect("a state");
            lived.go(state, cause).expect("a step of a life");
        }
        key.versions.resize(KeyRecord::MAX_VERSIONS - 1, lived);
        key.rotate(false, cause, &SystemEntropy)
            .expect("room for one");
        assert_eq!(key.versions.len(), KeyRecord::MAX_VERSIONS);
        assert_ne!(key.primary, id);

        let refused = key.rotate(false, cause, &SystemEntropy).err();
        assert!(matches!(refused, Some(Error::TooLarge(_))));
        assert_eq!(key.due(), None);
        let (text, secret) = (key.to_json().text(), Secret::generate(&SystemEntropy));
        let kek = Kek::new(Kid::new("a").expect("a kid"), secret.expect("entropy"));
        let sealed = encrypt_record(text.as_bytes(), &kek, b"", &SystemEntropy).expect("room");
        assert!(sealed.bytes().len() < Envelope::MAX_BYTES * 9 / 10);
        assert!(Object::parse_up_to(64 * 1024, text.as_bytes(), MALFORMED).is_ok());
    }
}
