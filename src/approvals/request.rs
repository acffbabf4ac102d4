//! Requests for an approval, and those of them that a vault keeps until they are used or expire.

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        ApprovalFault, ApprovalId, DeviceId, Error, InputError, KeyId, Object, Result, Timestamp,
        VaultId, base64, shows_itself,
    },
    hazmat::hash::sha256,
    keys::{Alias, KeyAction, KeyRecord, Operation, Period, Policy},
};

/// An operation with all its arguments: what is approved, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalSubject {
    operation: Operation,
    /// The key that it is done with, by its id; none of the vault itself.
    key: Option<KeyId>,
    arguments: Object,
    /// Why it is to be done.
    reason: Option<String>,
}

#[derive(Serialize)]
struct OfVersion<'a> {
    version: Option<&'a str>,
}

#[derive(Serialize)]
struct Destruction<'a> {
    version: Option<&'a str>,
    after: Option<&'a str>,
    force: bool,
}

#[derive(Serialize)]
struct NewPolicy<'a> {
    policy: Option<&'a Policy>,
    /// Whether the policy is taken away, and none takes its place.
    removed: bool,
}

impl ApprovalSubject {
    /// A change of a key, or nothing where no policy asks for an approval of such a change.
    ///
    /// # Errors
    /// [`Error::NoVersion`].
    pub fn of_key(
        key: &KeyRecord,
        action: &KeyAction,
        reason: Option<&str>,
    ) -> Result<Option<Self>> {
        let arguments = match action {
            KeyAction::ScheduleDestroy {
                version,
                after,
                force,
            } => Object::encode(&Destruction {
                version: version.as_deref(),
                after: after.as_ref().map(Period::as_str),
                force: *force,
            }),
            KeyAction::Destroy { version, force } => Object::encode(&Destruction {
                version: version.as_deref(),
                after: None,
                force: *force,
            }),
            KeyAction::SetPolicy(policy) => Self::new_policy(policy.as_deref()),
            _ => return Ok(None),
        };
        if let KeyAction::ScheduleDestroy { version, .. } | KeyAction::Destroy { version, .. } =
            action
            && let Some(version) = version
        {
            key.find_version(version)?;
        }
        Ok(Some(Self {
            operation: action.operation(),
            key: Some(key.id.clone()),
            arguments,
            reason: reason.map(str::to_owned),
        }))
    }

    /// The export of a version of a key: the primary, unless it is named.
    ///
    /// # Errors
    /// [`Error::NoVersion`].
    pub fn of_export(key: &KeyRecord, version: Option<&str>, reason: Option<&str>) -> Result<Self> {
        let version = match version {
            Some(named) => &key.find_version(named)?.id,
            None => &key.primary,
        };
        Ok(Self {
            operation: Operation::Export,
            key: Some(key.id.clone()),
            arguments: Object::encode(&OfVersion {
                version: Some(version.as_str()),
            }),
            reason: reason.map(str::to_owned),
        })
    }

    /// A policy of the vault in the place of whichever applies, or none.
    #[must_use]
    pub fn of_vault_policy(policy: Option<&Policy>, reason: Option<&str>) -> Self {
        Self {
            operation: Operation::SetVaultPolicy,
            key: None,
            arguments: Self::new_policy(policy),
            reason: reason.map(str::to_owned),
        }
    }

    fn new_policy(policy: Option<&Policy>) -> Object {
        Object::encode(&NewPolicy {
            policy,
            removed: policy.is_none(),
        })
    }
}

/// The one form of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "a request of another form")]
pub(crate) enum Format {
    #[serde(rename = "strongroom-approval-request-1")]
    First,
}

/// A request, as it is given to who may approve it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRequest {
    /// What the text is.
    pub(crate) format: Format,
    /// What tells it from others.
    pub id: ApprovalId,
    /// The vault that asks.
    pub vault: VaultId,
    /// Its device that asks.
    pub device: DeviceId,
    /// What is to be done.
    pub subject: ApprovalSubject,
    /// What the key is called there.
    pub alias: Option<Alias>,
    /// When it was asked for, in milliseconds since 1970.
    pub requested: Timestamp,
    /// Until when it can be approved, and done.
    pub expires: Timestamp,
}

impl ApprovalRequest {
    /// The longest that a request is open, in milliseconds: a day.
    pub const LONGEST: u64 = 24 * 60 * 60 * 1000;
    /// The most bytes of a request's text.
    pub const MAX_BYTES: usize = 16 * 1024;
    /// By so many milliseconds clocks of people differ.
    const CLOCKS_DIFFER: u64 = 120_000;

    /// A request that is made now, by a vault on a device, and is open for so many milliseconds.
    pub(crate) fn new(
        id: ApprovalId,
        (vault, device): (VaultId, DeviceId),
        subject: ApprovalSubject,
        alias: Option<Alias>,
        (requested, open_for): (Timestamp, u64),
    ) -> Self {
        Self {
            format: Format::First,
            id,
            vault,
            device,
            subject,
            alias,
            requested,
            expires: requested + open_for,
        }
    }

    /// Reads a request's text.
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::TooLarge`].
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > Self::MAX_BYTES {
            return Err(Error::TooLarge("a request for an approval (16 KiB)"));
        }
        let request: Self = Object::parse(text.as_bytes(), MALFORMED)?.decode(MALFORMED)?;
        // What is signed is the text that was read.
        if request.text() == text && request.has_bounds() && request.shows_itself() {
            Ok(request)
        } else {
            Err(MALFORMED.into())
        }
    }

    /// Its text, which has one form only.
    #[must_use]
    pub fn text(&self) -> String {
        Object::encode(self).text()
    }

    /// SHA-256 of its text, in base64url.
    #[must_use]
    pub fn digest(&self) -> String {
        base64::encode(&sha256(&[self.text().as_bytes()]))
    }

    /// The operation that is to be done.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.subject.operation
    }

    /// Whether what people read of it is what it says: no text in it hides another, or turns it round.
    fn shows_itself(&self) -> bool {
        let alias = self.alias.as_ref();
        let reason = self.subject.reason.as_deref();
        alias.is_none_or(|alias| alias.check_new().is_ok()) && reason.is_none_or(is_plain)
    }

    fn has_bounds(&self) -> bool {
        let open = self.expires.millis().checked_sub(self.requested.millis());
        open.is_some_and(|open| open <= Self::LONGEST)
    }

    /// Whether it is open at a time: a clock that stands before it was asked for ends it too.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        now <= self.expires && now + Self::CLOCKS_DIFFER >= self.requested
    }
}

const MALFORMED: InputError = InputError::Malformed("a request for an approval");

/// A reason of one line, that shows all that it says.
fn is_plain(reason: &str) -> bool {
    reason.len() <= 1024 && shows_itself(reason) && !reason.chars().any(char::is_control)
}

/// The requests that a vault keeps: those of one device, which no copy of the vault takes over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequests {
    device: DeviceId,
    requests: Vec<ApprovalRequest>,
}

impl OpenRequests {
    /// The most that are open at a time.
    const MOST: usize = 16;

    /// None of a device.
    #[must_use]
    pub fn none(device: DeviceId) -> Self {
        Self {
            device,
            requests: Vec::new(),
        }
    }

    /// What a record says of them.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub(crate) fn read(record: Object) -> Result<Self> {
        const NOT_ONE: InputError = InputError::Malformed("the requests for approvals");
        Ok(record.decode(NOT_ONE)?)
    }

    /// Those that a device has asked for.
    pub(crate) fn of_device(self, device: &DeviceId) -> Self {
        if self.device == *device {
            self
        } else {
            Self::none(device.clone())
        }
    }

    /// Without those that are open at a time no more.
    pub(crate) fn at(mut self, now: Timestamp) -> Self {
        self.requests.retain(|request| request.is_open(now));
        self
    }

    /// By the times at which they were asked for.
    #[must_use]
    pub fn requests(&self) -> &[ApprovalRequest] {
        &self.requests
    }

    /// Adds one.
    ///
    /// # Errors
    /// [`Error::TooLarge`] where as many are open as can be.
    pub(crate) fn add(&mut self, request: ApprovalRequest) -> Result<()> {
        if !request.shows_itself() {
            return Err(Error::Argument(
                "reason (of a request: at most 1,024 bytes, without hidden characters and ends of lines)",
            ));
        }
        if self.requests.len() >= Self::MOST || request.text().len() > ApprovalRequest::MAX_BYTES {
            return Err(Error::TooLarge(
                "requests for approvals (16 that are open, of 16 KiB each); cancel one",
            ));
        }
        self.requests.push(request);
        Ok(())
    }

    /// The one of an id.
    ///
    /// # Errors
    /// [`Error::Approval`].
    pub(crate) fn find(&self, id: &ApprovalId) -> Result<&ApprovalRequest> {
        let found = self.requests.iter().find(|request| request.id == *id);
        found.ok_or(Error::Approval(ApprovalFault::NotOpen))
    }

    /// Takes one out.
    ///
    /// # Errors
    /// [`Error::Approval`].
    pub(crate) fn close(&mut self, id: &ApprovalId) -> Result<()> {
        self.find(id)?;
        self.requests.retain(|request| request.id != *id);
        Ok(())
    }
}
