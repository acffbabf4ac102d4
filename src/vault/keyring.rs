//! The keys that an operation can use: those of the vault, and those of the session.

use std::rc::Rc;

use crate::{
    base::{Error, Kid, Result, Sidecar, Timestamp, VersionState},
    jose::{self, AgreementKey, Envelope, Identity, Jwk, Kek},
    keys::{KeyRecord, Purpose, Session},
    store::RecordId,
};

use super::holdings::Holdings;

/// A version that was found for some use, and its material.
pub(crate) struct UsableVersion {
    pub(crate) key: Rc<KeyRecord>,
    /// The version's id.
    pub(crate) version: String,
    pub(crate) state: VersionState,
    jwk: Jwk,
}

impl UsableVersion {
    /// Its material.
    pub(crate) fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// Its material, taken out.
    pub(crate) fn into_jwk(self) -> Jwk {
        self.jwk
    }

    /// Its name.
    pub(crate) fn kid(&self) -> Result<Kid> {
        Ok(Kid::of_version(
            &self.key.id.parse()?,
            &self.version.parse()?,
        ))
    }

    /// Whether that is its name.
    pub(crate) fn version_is(&self, kid: &Kid) -> bool {
        self.kid().as_ref() == Ok(kid)
    }

    /// As what wraps and unwraps.
    pub(crate) fn kek(&self) -> Result<Kek> {
        self.key.check_purpose(Purpose::Encrypt)?;
        Kek::from_jwk(&self.jwk)
    }

    /// As what opens an envelope.
    fn identity(&self) -> Result<Identity> {
        match self.key.purpose {
            Purpose::Encrypt => self.kek().map(Identity::Kek),
            Purpose::Share => AgreementKey::from_jwk(&self.jwk).map(Identity::Agreement),
            Purpose::Sign => Err(Error::Purpose),
        }
    }
}

/// What a header depends on, and what it says.
pub(crate) struct Dependency {
    /// The key, by its id.
    pub(crate) key: String,
    /// The version, by its id.
    pub(crate) version: String,
    /// What its object is a sidecar of, if its writer is proven.
    pub(crate) sidecar: Option<Sidecar>,
}

/// All keys that an operation can use.
#[derive(Clone, Copy)]
pub(crate) struct Keyring<'a> {
    pub(crate) holdings: &'a Holdings,
    pub(crate) sessions: &'a [Session],
    pub(crate) now: Timestamp,
}

impl Keyring<'_> {
    /// A session's key, while it lives.
    pub(crate) fn session(&self, found: &dyn Fn(&KeyRecord) -> bool) -> Option<&Session> {
        let lives = |session: &&Session| found(&session.key) && session.lives(self.now);
        self.sessions.iter().find(lives)
    }

    /// A key by its id or alias. What a session's key encrypts is lost with it, so the vault's own key of
    /// an alias comes first.
    pub(crate) fn key(&self, alias_or_id: &str) -> Result<Rc<KeyRecord>> {
        if let Some(session) = self.session(&|key| key.id == alias_or_id) {
            return Ok(session.key.clone());
        }
        match (
            self.holdings.found(alias_or_id),
            self.session(&|key| key.alias == alias_or_id),
        ) {
            (Err(Error::NoKey), Some(session)) => Ok(session.key.clone()),
            (found, _) => found,
        }
    }

    /// The primary version of a key, if it protects.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`].
    pub(crate) fn protecting(&self, alias_or_id: &str) -> Result<UsableVersion> {
        let key = self.key(alias_or_id)?;
        key.primary_version().state.check_protects()?;
        let primary = key.primary.clone();
        self.found(key, &primary)
    }

    /// The version that a `kid` names, if it opens.
    ///
    /// # Errors
    /// [`Error::NoKey`] when it names none of ours, [`Error::NoVersion`], [`Error::State`].
    pub(crate) fn opening(&self, kid: &Kid) -> Result<UsableVersion> {
        let (key, version) = kid.version().ok_or(Error::NoKey)?;
        let key = self.key(key.as_str())?;
        key.version(version.as_str())?.state.check_opens()?;
        self.found(key, version.as_str())
    }

    /// The version that a `kid` names, whatever its state, as long as its material is there.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::NoVersion`].
    pub(crate) fn exporting(&self, kid: &Kid) -> Result<UsableVersion> {
        let (key, version) = kid.version().ok_or(Error::NoKey)?;
        let key = self.key(key.as_str())?;
        self.found(key, version.as_str())
    }

    /// The keys of ours among an envelope's recipients, to open it with.
    ///
    /// # Errors
    /// [`Error::NoKey`] when none is; otherwise why those that are do not open.
    pub(crate) fn identities_of(
        &self,
        envelope: &Envelope,
    ) -> Result<Vec<(UsableVersion, Identity)>> {
        identities(envelope, &|kid| self.opening(kid))
    }

    /// The version that a header depends on, whatever its state. The header is opened, since whoever
    /// stores it can have put another object's id on it.
    ///
    /// # Errors
    /// [`Error::NoKey`] when it is for none of the vault's own keys; [`Error::NoVersion`] when that one
    /// was erased; [`Error::Decrypt`].
    pub(crate) fn dependency(&self, header: &Envelope) -> Result<Dependency> {
        let vault = Keyring {
            sessions: &[],
            ..*self
        };
        let ours = identities(header, &|kid| vault.exporting(kid))?;
        let (ours, identities): (Vec<_>, Vec<_>) = ours.into_iter().unzip();
        let opened = jose::unwrap_unbound(header, &identities)?;
        let by = ours
            .into_iter()
            .find(|found| found.version_is(&opened.by))
            .ok_or(Error::Decrypt)?;
        let said = opened.jwk.member(Sidecar::MEMBER);
        Ok(Dependency {
            key: by.key.id.clone(),
            version: by.version,
            sidecar: Sidecar::of_member(said.filter(|_| opened.proves_writer).cloned())?,
        })
    }

    fn found(&self, key: Rc<KeyRecord>, version: &str) -> Result<UsableVersion> {
        let jwk = match self.session(&|session| session.id == key.id) {
            Some(session) => session.jwk.clone(),
            None => self.holdings.material(&key.version_record_id(version))?,
        };
        let state = key.version(version)?.state;
        Ok(UsableVersion {
            key,
            version: version.to_owned(),
            state,
            jwk,
        })
    }
}

/// The identities that an envelope's recipients are, to open it with.
///
/// # Errors
/// [`Error::NoKey`] when none is; otherwise why those that are do not open.
fn identities(
    envelope: &Envelope,
    find: &dyn Fn(&Kid) -> Result<UsableVersion>,
) -> Result<Vec<(UsableVersion, Identity)>> {
    let (mut ours, mut why) = (Vec::new(), Error::NoKey);
    for entry in envelope.entries() {
        let found = find(entry.kid());
        match found.and_then(|found| found.identity().map(|identity| (found, identity))) {
            Ok(opening) => ours.push(opening),
            Err(Error::NoKey) => {}
            Err(error) => why = error,
        }
    }
    if ours.is_empty() { Err(why) } else { Ok(ours) }
}

impl Holdings {
    /// A version's material.
    ///
    /// # Errors
    /// [`Error::NoVersion`] when it was erased.
    pub(crate) fn material(&self, record_id: &RecordId) -> Result<Jwk> {
        let row = self.row(record_id)?.ok_or(Error::NoVersion)?;
        let jwk = self.cipher().decrypt_key(row)?;
        let named = Kid::of_version(&record_id.id.parse()?, &record_id.version.parse()?);
        if jwk.kid() == named {
            Ok(jwk)
        } else {
            Err(Error::Integrity("a version in another one's place"))
        }
    }
}
