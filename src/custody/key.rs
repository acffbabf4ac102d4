//! Named keys: what is known of them, as an encrypted JSON record; their versions' material, each as
//! an Encrypted JWK of its own.

use crate::{
    jose::Jwk,
    vocabulary::{
        Duration, Entropy, Error, Fields, KeyId, Kid, Object, Result, Secret, Timestamp, VersionId,
        VersionState,
    },
};

use super::{Alias, Kind, Labels, Slot};

/// What a key is used for. A key serves one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// Wraps the DEKs of objects, and encrypts values: `oct` of 256 bits, `A256KW`.
    #[default]
    Encrypt,
    /// Receives keys from whoever has its public half: P-256, `ECDH-ES+A256KW`.
    Share,
    /// Signs: P-256, `ES256`.
    Sign,
}

impl Purpose {
    /// The purpose of that text.
    ///
    /// # Errors
    /// [`Error::Unsupported`].
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "encrypt" => Ok(Self::Encrypt),
            "share" => Ok(Self::Share),
            "sign" => Ok(Self::Sign),
            _ => Err(Error::Unsupported("a purpose of a later version")),
        }
    }

    /// The one that a record says.
    pub(crate) fn take(fields: &mut Fields) -> Self {
        let purpose = Self::parse(&fields.string("purpose"));
        fields.checked(purpose, Self::default())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Encrypt => "encrypt",
            Self::Share => "share",
            Self::Sign => "sign",
        }
    }

    /// A new key's material.
    fn generate(self, entropy: &dyn Entropy) -> Result<Jwk> {
        match self {
            Self::Encrypt => Secret::generate(entropy).map(Jwk::oct),
            Self::Share | Self::Sign => Jwk::generate_p256(entropy),
        }
    }

    /// The material as a version of this purpose carries it.
    ///
    /// # Errors
    /// [`Error::Argument`] for material of another type.
    pub(super) fn describe(self, jwk: &Jwk, kid: &Kid) -> Result<Jwk> {
        let fits = jwk.secret().is_some() == (self == Self::Encrypt);
        if !fits {
            return Err(Error::Argument(
                "encrypt needs 32 bytes (oct), share and sign need a P-256 key",
            ));
        }
        let bare = jwk.bare().with("kid", kid.as_str());
        Ok(match self {
            Self::Encrypt => bare.with("alg", "A256KW"),
            Self::Share => bare.with("use", "enc").with("alg", "ECDH-ES+A256KW"),
            Self::Sign => bare.with("use", "sig").with("alg", "ES256"),
        })
    }
}

/// How often a key is rotated: a duration, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    text: String,
    length: Duration,
}

impl Period {
    /// Reads an ISO 8601 duration of at least one second.
    ///
    /// # Errors
    /// [`Error::Argument`].
    pub fn parse(text: &str) -> Result<Self> {
        let length = Duration::parse(text)?;
        if length.millis() == 0 {
            return Err(Error::Argument("a duration of at least one second"));
        }
        let text = text.to_owned();
        Ok(Self { text, length })
    }

    /// The one that a member says, if it says one.
    pub(crate) fn take(fields: &mut Fields, name: &str) -> Option<Self> {
        let text = fields.optional_string(name)?;
        fields.checked(Self::parse(&text).map(Some), None)
    }

    /// The duration in milliseconds.
    #[must_use]
    pub fn millis(&self) -> u64 {
        self.length.millis()
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// One step in a version's life, kept for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The state it came into.
    pub state: VersionState,
    /// When, in milliseconds since 1970.
    pub at: Timestamp,
    /// The operation that caused it.
    pub by: String,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

/// When and by which operation something is changed, and why.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    /// In milliseconds since 1970.
    pub at: Timestamp,
    /// The head's revision that accounts for it; 0 outside a vault.
    pub head: u64,
    /// The operation.
    pub by: &'static str,
    /// Chosen by whoever asked for it.
    pub reason: Option<&'a str>,
}

/// One version of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRecord {
    /// The version's id, random.
    pub id: String,
    /// 1 for the first; only for people, since two devices may give the same one.
    pub number: u64,
    /// Where it is in its life.
    pub state: VersionState,
    /// When it was generated, in milliseconds since 1970.
    pub created: Timestamp,
    /// The head's revision that it came with: a backup of an earlier one does not hold it. 0 where nobody
    /// wrote it down.
    pub since: u64,
    /// How it came into its state, oldest first.
    pub history: Vec<Transition>,
    /// When it will be destroyed, in milliseconds since 1970: of one that is scheduled.
    pub destroy_at: Option<Timestamp>,
    /// Whether it will be destroyed even if objects still need it.
    pub forced: bool,
    /// The public half, of a pair.
    pub public: Option<Object>,
}

/// A named key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// The key's id, random.
    pub id: String,
    /// Its name, unique in the vault.
    pub alias: String,
    /// What it is used for.
    pub purpose: Purpose,
    /// The id of the version in use.
    pub primary: String,
    /// All versions, oldest first. None is ever taken out.
    pub versions: Vec<VersionRecord>,
    /// When the key was made, in milliseconds since 1970.
    pub created: Timestamp,
    /// What people find it by.
    pub labels: Labels,
    /// How long a primary version is used before it is rotated.
    pub rotate_every: Option<Period>,
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
        }
    }
}

/// What a malformed record is called.
const MALFORMED: Error = Error::Malformed("a key's record");

impl Transition {
    fn parse(fields: &mut Fields) -> Self {
        Self {
            state: VersionState::take(fields),
            at: fields.number("at"),
            by: fields.string("by"),
            reason: fields.optional_string("reason"),
        }
    }

    fn to_json(&self) -> Object {
        Object::new()
            .with("state", self.state.as_str())
            .with("at", self.at)
            .with("by", self.by.as_str())
            .with_some("reason", self.reason.as_deref())
    }
}

impl VersionRecord {
    fn new(id: &VersionId, number: u64, state: VersionState, cause: Cause) -> Self {
        let mut version = Self {
            id: id.as_str().to_owned(),
            number,
            state,
            created: cause.at,
            since: cause.head,
            history: Vec::new(),
            destroy_at: None,
            forced: false,
            public: None,
        };
        version.note(state, cause);
        version
    }

    fn parse(fields: &mut Fields) -> Self {
        let mut history = Vec::new();
        // The first release knew one state and kept no history.
        if fields.has("history") {
            history = fields.list("history", Transition::parse);
        }
        Self {
            id: fields.string("id"),
            number: fields.number("number"),
            state: VersionState::take(fields),
            created: fields.number("created"),
            since: fields.optional_number("since").unwrap_or_default(),
            history,
            destroy_at: fields.optional_number("destroyAt"),
            forced: fields.flag("forced"),
            public: fields.optional_object("publicJwk"),
        }
    }

    /// As the record holds it, and as a page is told.
    pub(crate) fn to_json(&self) -> Object {
        let version = Object::new()
            .with("id", self.id.as_str())
            .with("number", self.number)
            .with("state", self.state.as_str())
            .with("created", self.created)
            .with_some("since", (self.since > 0).then_some(self.since))
            .with_list("history", &self.history, Transition::to_json)
            .with_some("destroyAt", self.destroy_at)
            .with_some("forced", self.forced.then_some(true));
        version.with_some("publicJwk", self.public.clone())
    }

    /// Whether it was ever compromised, which destruction does not undo.
    #[must_use]
    pub fn compromised(&self) -> bool {
        let compromised = |step: &Transition| step.state == VersionState::Compromised;
        self.history.iter().any(compromised)
    }

    /// Goes into a state.
    ///
    /// # Errors
    /// [`Error::Transition`].
    pub(crate) fn go(&mut self, next: VersionState, cause: Cause) -> Result<()> {
        self.state = self.state.to(next)?;
        self.destroy_at = None;
        self.forced = false;
        self.note(next, cause);
        Ok(())
    }

    fn note(&mut self, state: VersionState, cause: Cause) {
        self.history.push(Transition {
            state,
            at: cause.at,
            by: cause.by.to_owned(),
            reason: cause.reason.map(str::to_owned),
        });
    }

    /// On the way to destruction, what protects or is suspended is deactivated first.
    fn retire(&mut self, cause: Cause) -> Result<()> {
        match self.state {
            VersionState::Active | VersionState::Suspended => {
                self.go(VersionState::Deactivated, cause)
            }
            _ => Ok(()),
        }
    }

    /// Schedules its destruction.
    ///
    /// # Errors
    /// [`Error::Transition`].
    pub(crate) fn schedule(&mut self, at: Timestamp, forced: bool, cause: Cause) -> Result<()> {
        self.retire(cause)?;
        self.go(VersionState::DestroyScheduled, cause)?;
        (self.destroy_at, self.forced) = (Some(at), forced);
        Ok(())
    }

    /// Goes back to the state that it was scheduled in.
    ///
    /// # Errors
    /// [`Error::Transition`].
    pub(crate) fn unschedule(&mut self, cause: Cause) -> Result<()> {
        if self.state != VersionState::DestroyScheduled {
            return Err(self.state.refuses(self.state));
        }
        let before = |step: &&Transition| step.state != VersionState::DestroyScheduled;
        let before = self.history.iter().rev().find(before);
        self.go(
            before.map_or(VersionState::Deactivated, |step| step.state),
            cause,
        )
    }

    /// Is destroyed. The material is the caller's to erase.
    ///
    /// # Errors
    /// [`Error::Transition`].
    pub(crate) fn destroy(&mut self, cause: Cause) -> Result<()> {
        self.retire(cause)?;
        self.go(VersionState::Destroyed, cause)
    }
}

impl KeyRecord {
    /// The most versions of one key. All are in one record: a thousand pairs take two thirds of a MiB.
    pub const MAX_VERSIONS: usize = 1000;

    pub(crate) fn read(members: Object) -> Result<Box<Self>> {
        let key = Fields::read(members, MALFORMED, |fields| {
            Box::new(Self {
                id: fields.string("id"),
                alias: fields.string("alias"),
                purpose: Purpose::take(fields),
                primary: fields.string("primary"),
                versions: fields.list("versions", VersionRecord::parse),
                created: fields.number("created"),
                labels: Labels::take(fields),
                rotate_every: Period::take(fields, "rotateEvery"),
            })
        })?;
        key.version(&key.primary).map_err(|_| MALFORMED)?;
        Ok(key)
    }

    /// What a vault's record holds.
    #[must_use]
    pub fn to_json(&self) -> Object {
        let every = self.rotate_every.as_ref().map(Period::as_str);
        Object::new()
            .with("id", self.id.as_str())
            .with("alias", self.alias.as_str())
            .with("purpose", self.purpose.as_str())
            .with("primary", self.primary.as_str())
            .with_list("versions", &self.versions, VersionRecord::to_json)
            .with("created", self.created)
            .with_some("labels", self.labels.some())
            .with_some("rotateEvery", every)
    }

    /// A new key, and its first version's material: generated, or the caller's own.
    pub(crate) fn generate(
        options: &KeyOptions,
        material: Option<&Jwk>,
        cause: Cause,
        entropy: &dyn Entropy,
    ) -> Result<(Box<Self>, Jwk)> {
        let mut key = Box::new(Self {
            id: KeyId::generate(entropy)?.as_str().to_owned(),
            alias: options.alias.as_str().to_owned(),
            purpose: options.purpose,
            primary: String::new(),
            versions: Vec::new(),
            created: cause.at,
            labels: options.labels.clone(),
            rotate_every: options.rotate_every.clone(),
        });
        let jwk = key.add_version(VersionState::Active, material, cause, entropy)?;
        key.primary.clone_from(&key.versions[0].id);
        Ok((key, jwk))
    }

    /// A new version, and its material: generated, or the caller's own.
    fn add_version(
        &mut self,
        state: VersionState,
        material: Option<&Jwk>,
        cause: Cause,
        entropy: &dyn Entropy,
    ) -> Result<Jwk> {
        let id = VersionId::generate(entropy)?;
        let kid = Kid::of_version(&self.id.parse()?, &id);
        let jwk = match material {
            Some(material) => self.purpose.describe(material, &kid)?,
            None => self
                .purpose
                .describe(&self.purpose.generate(entropy)?, &kid)?,
        };
        let last = self.versions.iter().map(|version| version.number).max();
        let mut version = VersionRecord::new(&id, last.unwrap_or(0) + 1, state, cause);
        version.public = jwk.public_object();
        self.versions.push(version);
        Ok(jwk)
    }

    /// A new version. Unless it waits, it protects from now on, and the old primary only opens.
    ///
    /// # Errors
    /// [`Error::State`] for a key all of whose versions are destroyed or about to be; [`Error::TooLarge`] for
    /// one that has as many versions as a key can have.
    pub(crate) fn rotate(
        &mut self,
        waits: bool,
        cause: Cause,
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
        let jwk = self.add_version(state, None, cause, entropy)?;
        if !waits {
            let id = self.versions[self.versions.len() - 1].id.clone();
            self.promote(id, cause)?;
        }
        Ok(jwk)
    }

    /// Makes a version that waits the primary.
    ///
    /// # Errors
    /// [`Error::NoVersion`], [`Error::Transition`].
    pub(crate) fn activate(&mut self, version: &str, cause: Cause) -> Result<()> {
        let state = self.version(version)?.state;
        if state != VersionState::PreActive {
            return Err(state.refuses(VersionState::Active));
        }
        self.version_mut(version)?.go(VersionState::Active, cause)?;
        self.promote(version.to_owned(), cause)
    }

    fn promote(&mut self, version: String, cause: Cause) -> Result<()> {
        let old = core::mem::replace(&mut self.primary, version);
        let old = self.version_mut(&old)?;
        if old.state == VersionState::Active {
            old.go(VersionState::Deactivated, cause)?;
        }
        Ok(())
    }

    /// A version by its id.
    ///
    /// # Errors
    /// [`Error::NoVersion`].
    pub fn version(&self, id: &str) -> Result<&VersionRecord> {
        let found = self.versions.iter().find(|version| version.id == id);
        found.ok_or(Error::NoVersion)
    }

    pub(crate) fn version_mut(&mut self, id: &str) -> Result<&mut VersionRecord> {
        let found = self.versions.iter_mut().find(|version| version.id == id);
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

    /// The slot of the key's own record.
    pub(crate) fn slot(&self) -> Slot {
        Slot::new(Kind::Key, self.id.as_str())
    }

    /// The slot of a version's material.
    pub(crate) fn version_slot(&self, version: &str) -> Slot {
        Slot {
            kind: Kind::Version,
            id: self.id.clone(),
            version: version.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        jose::{Envelope, Kek, seal_record},
        vocabulary::SystemEntropy,
    };

    #[test]
    fn a_key_of_as_many_versions_as_there_can_be_fits_into_a_record_and_is_not_rotated_further() {
        let cause = Cause {
            at: 1_790_000_000_000,
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
        let sealed = seal_record(text.as_bytes(), &kek, b"", &SystemEntropy).expect("room");
        assert!(sealed.bytes().len() < Envelope::MAX_BYTES * 9 / 10);
        assert!(Object::parse_up_to(64 * 1024, text.as_bytes(), MALFORMED).is_ok());
    }
}
