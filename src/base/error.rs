//! The one error type of the core.

use thiserror::Error as Derive;

use super::{Cause, Kid, PolicyRule, Thumbprint, Timestamp, VersionState};

/// What every fallible function of the core returns.
pub type Result<T> = core::result::Result<T, Error>;

/// Why an operation did not happen. Each variant has a stable [`code`](Error::code) and a sentence that says
/// what happened and what to do.
///
/// A failed decryption is one undetailed error, so that it cannot serve as an oracle; malformed
/// input may say where. No variant ever carries key material, plaintext or a passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Derive)]
#[non_exhaustive]
pub enum Error {
    /// The factor does not open this vault.
    #[error("this does not open the vault")]
    WrongFactor,
    /// These are no words of a recovery kit.
    #[error("{0}")]
    RecoveryWords(RecoveryWords),
    /// These recovery shares give no secret.
    #[error("{0}")]
    RecoveryShares(ShareFault),
    /// This recovery kit, or this set of recovery shares, was replaced or revoked.
    #[error(
        "this recovery kit, or set of shares, was replaced, and opens the vault no more; use the newer one, and keep this until it has opened the vault"
    )]
    KitReplaced(Timestamp),
    /// A passkey cannot be used.
    #[error("{0}")]
    Passkey(PasskeyFault),
    /// A device's key does not open the vault.
    #[error("{0}")]
    ThisDevice(DeviceFault),
    /// What was presented proves no person; the kinds of the vault's factors that do.
    #[error("this proves no person, which is needed here; give another factor of the vault: {}", .0.join(" or "))]
    PersonNeeded(Box<[&'static str]>),
    /// The vault takes two factors at once, and one of this kind is missing.
    #[error(
        "the vault takes two factors at once; give a {0} too, both in an array, or a recovery kit or recovery shares alone"
    )]
    SecondFactor(&'static str),
    /// The identity that signs for the vault is another than the factor, or the caller, knows: the one that signed before
    /// names it, which proves nothing if somebody else has that.
    #[error(
        "the vault has a new identity, {identity}; compare it with what another device shows, and pass it as identity",
        identity = .identity.as_str()
    )]
    IdentityChanged {
        /// The thumbprint of the one that is known.
        pinned: Thumbprint,
        /// The thumbprint of the one that signs now.
        identity: Thumbprint,
    },
    /// Nothing proves whose vault it is: anybody can make one that a public key opens.
    #[error(
        "anybody can make a vault that this key opens; compare {identity} with what vault.identity() said to whoever it is of, and pass it as identity",
        identity = .0.as_str()
    )]
    IdentityUnproven(Thumbprint),
    /// The key was removed.
    #[error("this key was closed")]
    Closed,
    /// No vault of that name.
    #[error("there is no vault of that name; create or restore it")]
    NoVault,
    /// No key of that alias or id.
    #[error("the vault has no such key; create it, or check the alias")]
    NoKey,
    /// The vault has no such factor.
    #[error("the vault has no such factor; see factors.list()")]
    NoFactor,
    /// Nothing else would open the vault.
    #[error("nothing else opens the vault; add another factor first")]
    LastFactor,
    /// Nothing would be left of a kind that a vault needs which takes two factors at once.
    #[error(
        "the vault takes two factors at once, and a factor that opens it alone, and would have no {0}; add another one first"
    )]
    LastOfPair(&'static str),
    /// Nothing would open the vault but what is easily lost.
    #[error(
        "only passkeys, devices or an organisation would open the vault; add a passphrase or a recovery kit"
    )]
    NoneStandsAlone,
    /// The inventory has no such object, or not its header.
    #[error("the inventory has no such object, or does not keep its header")]
    NoObject,
    /// The vault has no such pending upload.
    #[error("no such upload can be resumed; encrypt the file again")]
    NoUpload,
    /// The vault key was rotated by another tab or device: the one in memory is an old one.
    #[error("the vault key was rotated elsewhere; unlock again")]
    Rotated,
    /// The vault was locked, also while an operation waited.
    #[error("the vault was locked; unlock it again")]
    Locked,
    /// What watched the operation has stopped it; nothing was changed.
    #[error("aborted")]
    Aborted,
    /// The key has no such version, or it was destroyed.
    #[error("the key has no such version that can still be used")]
    NoVersion,
    /// A vault of that name exists already.
    #[error("a vault of that name exists; open it, or choose another name")]
    VaultExists,
    /// A key of that alias exists already.
    #[error("a key of that alias exists; use it, or choose another alias")]
    KeyExists,
    /// Tampered, truncated, or not for this key: deliberately one case.
    #[error("tampered with, incomplete, or not for this key")]
    Decrypt,
    /// The encryption context given is not the one the ciphertext is bound to.
    #[error("encrypted under another context; give the one used to encrypt")]
    Context,
    /// An envelope that does not prove its writer, where proof is asked for.
    #[error("the writer is not proven; pass allowUnsigned to accept that")]
    Unsigned,
    /// The input does not have the form it should; says where.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// Well-formed, but something this release does not handle; says what.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// A header cannot be written again for this recipient: its public key is not in the object as it was signed, or has another use
    /// in the vault by now.
    #[error("not supported: a header for {}, whose public key the object does not hold as it was signed, or which opens this vault by now; encrypt it again", .0.as_str())]
    LostRecipient(Kid),
    /// The vault's records do not match its statement or head; says which check failed.
    #[error("the vault's records were changed from outside: {0}")]
    Integrity(&'static str),
    /// The store returned something that was never given to it; says what.
    #[error("the store failed: {0}")]
    Storage(&'static str),
    /// The store could not read or write; its own error is the source.
    #[error("the store failed: {0}")]
    Store(#[source] Cause),
    /// The store was asked, and gave no answer: whether it has done what it was asked to do is not known.
    #[error("the store failed: it gave no answer within ten seconds")]
    NoAnswer,
    /// The browser's storage is full, and nothing was changed; its own error is the source.
    #[error("the browser's storage is full; free space and try again")]
    Quota(#[source] Cause),
    /// The browser keeps no data for this site; its own error is the source.
    #[error(
        "the browser keeps no data for this site; allow it to, or leave the private window ({0})"
    )]
    NoStorage(#[source] Cause),
    /// A newer release has upgraded the database; the browser's own error is the source.
    #[error("not supported: {what}; reload to get that version", what = Self::NEWER_DATABASE)]
    NewerDatabase(#[source] Cause),
    /// Another tab has an older version of the database open, or is about to delete or upgrade it.
    #[error("another tab keeps the database; close that tab and try again")]
    Blocked,
    /// The caller's factor could not answer; its own error is the source.
    #[error("the factor gave no answer: {0}")]
    Factor(#[source] Cause),
    /// The store was changed by another tab between reading and writing.
    #[error("another tab changed the vault at the same time; try again")]
    Conflict,
    /// An argument out of its range; says which.
    #[error("bad argument: {0}")]
    Argument(&'static str),
    /// More than may be processed at once; says what.
    #[error("too large: {0}")]
    TooLarge(&'static str),
    /// This device's processor, memory or browser computed something wrongly, and it was noticed before it was used; says
    /// what.
    #[error("this device computed {0} wrongly; reload the page and try again")]
    Miscalculated(&'static str),
    /// The input changed its size while it was read.
    #[error("the input changed while it was read; start again")]
    Changed,
    /// A body was asked for again after its end or after a failure.
    #[error("this body was read already; encrypt or decrypt again")]
    Consumed,
    /// A version cannot go from the first state to the second.
    #[error("a version cannot go from {} to {}", .0.as_str(), .1.as_str())]
    Transition(VersionState, VersionState),
    /// The version's state forbids the use.
    #[error("the version is {}; {}", .0.as_str(), .0.remedy())]
    State(VersionState),
    /// The key's policy forbids the operation.
    #[error("the key's policy {0}")]
    Policy(PolicyRule),
    /// The vault's policy forbids the operation.
    #[error("the vault's policy {0}")]
    VaultPolicy(PolicyRule),
    /// The handle is a view, and the operation is none of its own.
    #[error(
        "this view of the vault does not list the operation; use the vault, or a view that does"
    )]
    OutsideView,
    /// An approval does not hold for what is to be done.
    #[error("{0}")]
    Approval(ApprovalFault),
    /// A checkpoint does not go together with what a witness has seen of its log.
    #[error("{0}")]
    Witness(WitnessFault),
    /// The policy of the vault's organisation forbids the operation.
    #[error("the organisation's policy {0}")]
    OrganisationPolicy(PolicyRule),
    /// The key is for another purpose than the one asked of it.
    #[error("the key is for another purpose")]
    Purpose,
    /// Objects of the inventory would be lost.
    #[error("objects of the inventory would be lost; rewrap or move them, or pass force")]
    InUse,
}

/// What is wrong with the words of a recovery kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryWords {
    /// There are more or fewer.
    #[error("a recovery kit has 24 words; type all of them, with spaces between")]
    Count,
    /// The word at this place, counted from 1, is not in the list.
    #[error("word {0} of the recovery kit is none of its list; look how it is spelled")]
    Unknown(u8),
    /// Each is in the list, and together they are no kit.
    #[error(
        "the words are no recovery kit: one of them is another word, or two have changed places"
    )]
    Checksum,
}

/// Why an approval does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalFault {
    /// This vault has no such request that is open.
    #[error(
        "the approval is of no request that is open in this vault on this device: it was used, was cancelled, has expired, or is another one's; request it again"
    )]
    NotOpen,
    /// It is of another operation, or other arguments.
    #[error(
        "the approval is of something else; give the call exactly what was requested, the reason included, or request this"
    )]
    Other,
    /// Its signature is not over this request.
    #[error("the approval was changed, or is not of this request; have the request signed again")]
    Forged,
    /// The vault has the approver's key itself.
    #[error(
        "the approval is by a key of this vault itself; somebody else has to approve, with a key that only they have"
    )]
    OwnKey,
}

impl ApprovalFault {
    /// Its stable name.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NotOpen => "not-open",
            Self::Other => "other",
            Self::Forged => "forged",
            Self::OwnKey => "own-key",
        }
    }
}

/// Why a checkpoint and what a witness has seen of its log do not go together. The number is how many entries of the log are known
/// to whom it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WitnessFault {
    /// Another log, or another key, than the one that is trusted.
    #[error(
        "the checkpoint is not signed by the log's key that is trusted here; compare that key with its owner"
    )]
    UnknownLog,
    /// The request begins with another size than the last one that was cosigned.
    #[error("the witness has cosigned {0} entries of this log; make the request from there")]
    Size(u64),
    /// The checkpoint has fewer entries than are known.
    #[error(
        "the log has fewer entries than the {0} that were seen of it: it was set back, or sent again"
    )]
    Smaller(u64),
    /// As many entries, and other ones.
    #[error("the log has other entries than the {0} that were seen of it: it was forked")]
    Forked(u64),
    /// The proof does not lead from what is known to the checkpoint.
    #[error(
        "the proof does not show that the log continues the {0} entries that were seen of it: it was forked, or sent again, or the request was damaged"
    )]
    Proof(u64),
    /// The time of a cosignature is not over yet.
    #[error("the cosignature is of a time that is still to come; set the clock, or the witness's")]
    Future,
}

impl WitnessFault {
    /// Its stable name.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::UnknownLog => "unknown-log",
            Self::Size(_) => "size",
            Self::Smaller(_) => "smaller",
            Self::Forked(_) => "forked",
            Self::Proof(_) => "proof",
            Self::Future => "future",
        }
    }

    /// How many entries of the log are known, where it is about that.
    #[must_use]
    pub const fn size(self) -> Option<u64> {
        match self {
            Self::UnknownLog | Self::Future => None,
            Self::Size(size) | Self::Smaller(size) | Self::Forked(size) | Self::Proof(size) => {
                Some(size)
            }
        }
    }
}

/// Why recovery shares give no secret. Shares are counted from 1, in the order in which they were given; so are words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShareFault {
    /// This share has more words, or fewer.
    #[error("share {0} has not 33 words; type all of them, with spaces between")]
    Count(usize),
    /// A word of a share is not in the list.
    #[error("word {word} of share {share} is none of its list; look how it is spelled")]
    Unknown {
        /// The share.
        share: usize,
        /// The word's place in it.
        word: usize,
    },
    /// Each word is in the list, and together they are no share.
    #[error("share {0} is damaged: one of its words is another word, or two have changed places")]
    Checksum(usize),
    /// This share belongs to another set than the others, or than the vault has.
    #[error(
        "share {0} is of another set: of another vault, or of one that was replaced; keep it, and use one of the same set"
    )]
    OtherSet(usize),
    /// This share was given already.
    #[error("share {0} is there twice; type another one of the set")]
    Twice(usize),
    /// So many more are needed.
    #[error("{0} more of the set's shares are needed")]
    Missing(usize),
    /// This share was made up, or written with care by somebody who has another set: without it the others agree.
    #[error("share {0} does not belong to the others; leave it out")]
    Forged(usize),
    /// One of them was made up, and nothing tells which.
    #[error("one of the shares does not belong to the others; try it with another one")]
    SomeForged,
}

impl ShareFault {
    /// Its stable name.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Count(_) => "length",
            Self::Unknown { .. } => "word",
            Self::Checksum(_) => "checksum",
            Self::OtherSet(_) => "other-set",
            Self::Twice(_) => "twice",
            Self::Missing(_) => "missing",
            Self::Forged(_) | Self::SomeForged => "forged",
        }
    }

    /// Which share it is about, where it is about one.
    #[must_use]
    pub const fn share(self) -> Option<usize> {
        match self {
            Self::Count(share)
            | Self::Unknown { share, .. }
            | Self::Checksum(share)
            | Self::OtherSet(share)
            | Self::Twice(share)
            | Self::Forged(share) => Some(share),
            Self::Missing(_) | Self::SomeForged => None,
        }
    }
}

/// Why a passkey cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyFault {
    /// The vault's passkeys are another relying party's, of this id. The store may have written it: nobody is sent there.
    #[error(
        "the vault's passkey is of another host, {0}, and is not asked for here; open the vault by another factor"
    )]
    OtherRelyingParty(Box<str>),
    /// Two assertions gave two outputs.
    #[error(
        "the authenticator gave another secret each time, which opens nothing; use another one, or another kind of factor"
    )]
    Unstable,
}

/// Why a device's key does not open a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeviceFault {
    /// The vault has records of keys that this device does not have, or none at all.
    #[error(
        "no key of this device opens the vault: it was never added or was revoked, or the browser lost the key; unlock with another factor and add this device again"
    )]
    Missing,
    /// Its time is over.
    #[error(
        "the time for which this device opens the vault is over; unlock with another factor and add this device again"
    )]
    Expired,
    /// The vault takes two factors at once, and a device is neither of them.
    #[error(
        "the vault takes two factors at once, and a device is neither of them; give both, or a recovery kit"
    )]
    TwoNeeded,
    /// The clock stands before the time at which it was added, or which the browser has noted since.
    #[error(
        "the clock of this device stands before a time at which it was used; set it, or unlock with another factor and add this device again"
    )]
    Clock,
}

impl DeviceFault {
    /// Its stable name.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Expired => "expired",
            Self::Clock => "clock",
            Self::TwoNeeded => "two-needed",
        }
    }
}

impl PasskeyFault {
    /// Its stable name.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::OtherRelyingParty(_) => "host",
            Self::Unstable => "unstable",
        }
    }
}

impl Error {
    /// What [`NewerDatabase`](Self::NewerDatabase) does not support.
    pub(crate) const NEWER_DATABASE: &str = "a database that a newer version of strongroom wrote";

    /// The store failed for a reason of its own, which is kept as the [source](core::error::Error::source).
    pub fn store(cause: impl core::error::Error + 'static) -> Self {
        Self::Store(Cause::new(cause))
    }

    /// The stable name by which callers tell errors apart.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongFactor => "ERR_WRONG_FACTOR",
            Self::RecoveryWords(_) => "ERR_RECOVERY_WORDS",
            Self::RecoveryShares(_) => "ERR_RECOVERY_SHARES",
            Self::KitReplaced(_) => "ERR_KIT_REPLACED",
            Self::Passkey(_) => "ERR_PASSKEY",
            Self::ThisDevice(_) => "ERR_THIS_DEVICE",
            Self::PersonNeeded(_) => "ERR_PERSON_NEEDED",
            Self::SecondFactor(_) => "ERR_SECOND_FACTOR",
            Self::IdentityChanged { .. } | Self::IdentityUnproven(_) => "ERR_IDENTITY_CHANGED",
            Self::Closed => "ERR_CLOSED",
            Self::NoVault => "ERR_NO_VAULT",
            Self::NoKey => "ERR_NO_KEY",
            Self::NoFactor => "ERR_NO_FACTOR",
            Self::LastFactor | Self::LastOfPair(_) | Self::NoneStandsAlone => "ERR_LAST_FACTOR",
            Self::NoObject | Self::NoUpload => "ERR_NO_OBJECT",
            Self::Rotated | Self::Locked => "ERR_LOCKED",
            Self::Aborted => "ERR_ABORTED",
            Self::NoVersion => "ERR_NO_VERSION",
            Self::VaultExists => "ERR_VAULT_EXISTS",
            Self::KeyExists => "ERR_KEY_EXISTS",
            Self::Decrypt => "ERR_DECRYPT",
            Self::Context => "ERR_CONTEXT",
            Self::Unsigned => "ERR_UNSIGNED",
            Self::Malformed(_) => "ERR_MALFORMED",
            Self::Unsupported(_) | Self::NewerDatabase(_) | Self::LostRecipient(_) => {
                "ERR_UNSUPPORTED"
            }
            Self::Integrity(_) => "ERR_INTEGRITY",
            Self::Storage(_) | Self::Store(_) | Self::NoAnswer | Self::NoStorage(_) => {
                "ERR_STORAGE"
            }
            Self::Quota(_) => "ERR_QUOTA",
            Self::Blocked => "ERR_BLOCKED",
            Self::Factor(_) => "ERR_WORKER",
            Self::Conflict => "ERR_CONFLICT",
            Self::Argument(_) => "ERR_ARGUMENT",
            Self::TooLarge(_) => "ERR_TOO_LARGE",
            Self::Miscalculated(_) => "ERR_INTERNAL",
            Self::Changed => "ERR_CHANGED",
            Self::Consumed => "ERR_CONSUMED",
            Self::Transition(..) | Self::State(_) => "ERR_STATE",
            Self::Policy(_)
            | Self::VaultPolicy(_)
            | Self::OrganisationPolicy(_)
            | Self::OutsideView => "ERR_POLICY",
            Self::Approval(_) => "ERR_APPROVAL",
            Self::Witness(_) => "ERR_WITNESS",
            Self::Purpose => "ERR_PURPOSE",
            Self::InUse => "ERR_IN_USE",
        }
    }
}

/// Says that each of a ring's errors is the one of that name in [`Error`], which has its code and its sentence.
macro_rules! told_as {
    ($from:ident { $($variant:ident $(($field:ident))?),+ $(,)? }) => {
        $crate::base::converts!($from => $crate::base::Error { $($variant $(($field))?),+ });

        $crate::base::tells!($from);
    };
}

/// A ring's errors have the code and the sentence of what they are in [`Error`].
macro_rules! tells {
    ($from:ident) => {
        impl $from {
            /// The stable name by which callers tell errors apart.
            #[must_use]
            pub fn code(&self) -> &'static str {
                $crate::base::Error::from(self.clone()).code()
            }
        }

        impl core::fmt::Display for $from {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(&$crate::base::Error::from(self.clone()), f)
            }
        }
    };
}

/// Takes a ring's errors over into an outer ring's, each into the one of its name.
macro_rules! converts {
    ($from:ident => $to:path { $($variant:ident $(($field:ident))?),+ $(,)? }) => {
        impl From<$from> for $to {
            fn from(error: $from) -> Self {
                match error {
                    $($from::$variant $(($field))? => Self::$variant $(($field))?),+
                }
            }
        }
    };
}

pub(crate) use {converts, tells, told_as};

#[cfg(test)]
mod tests {
    use std::{error::Error as _, fs, io, path::Path};

    use super::*;

    /// The variant that comes after this one, so that a new variant cannot be left out of the list.
    fn next(error: &Error) -> Option<Error> {
        Some(match error {
            Error::WrongFactor => Error::RecoveryWords(RecoveryWords::Unknown(7)),
            Error::RecoveryWords(_) => Error::RecoveryShares(ShareFault::Missing(2)),
            Error::RecoveryShares(_) => Error::KitReplaced(Timestamp::from_millis(7)),
            Error::KitReplaced(_) => Error::Passkey(PasskeyFault::Unstable),
            Error::Passkey(_) => Error::ThisDevice(DeviceFault::Missing),
            Error::ThisDevice(_) => Error::PersonNeeded(["passphrase", "recovery-kit"].into()),
            Error::PersonNeeded(_) => Error::SecondFactor("passkey"),
            Error::SecondFactor(_) => Error::IdentityChanged {
                pinned: thumbprint("p"),
                identity: thumbprint("i"),
            },
            Error::IdentityChanged { .. } => Error::IdentityUnproven(thumbprint("i")),
            Error::IdentityUnproven(_) => Error::Closed,
            Error::Closed => Error::NoVault,
            Error::NoVault => Error::NoKey,
            Error::NoKey => Error::NoFactor,
            Error::NoFactor => Error::LastFactor,
            Error::LastFactor => Error::LastOfPair("passkey"),
            Error::LastOfPair(_) => Error::NoneStandsAlone,
            Error::NoneStandsAlone => Error::NoObject,
            Error::NoObject => Error::NoUpload,
            Error::NoUpload => Error::Rotated,
            Error::Rotated => Error::Locked,
            Error::Locked => Error::Aborted,
            Error::Aborted => Error::NoVersion,
            Error::NoVersion => Error::VaultExists,
            Error::VaultExists => Error::KeyExists,
            Error::KeyExists => Error::Decrypt,
            Error::Decrypt => Error::Context,
            Error::Context => Error::Unsigned,
            Error::Unsigned => Error::Malformed("a place"),
            Error::Malformed(_) => Error::Unsupported("a feature"),
            Error::Unsupported(_) => Error::LostRecipient(thumbprint("r").into()),
            Error::LostRecipient(_) => Error::Integrity("a check"),
            Error::Integrity(_) => Error::Storage("a reason"),
            Error::Storage(_) => Error::store(io::Error::other("its own reason")),
            Error::Store(_) => Error::NoAnswer,
            Error::NoAnswer => Error::Quota(cause()),
            Error::Quota(_) => Error::NoStorage(cause()),
            Error::NoStorage(_) => Error::NewerDatabase(cause()),
            Error::NewerDatabase(_) => Error::Blocked,
            Error::Blocked => Error::Factor(cause()),
            Error::Factor(_) => Error::Conflict,
            Error::Conflict => Error::Argument("an argument"),
            Error::Argument(_) => Error::TooLarge("a thing"),
            Error::TooLarge(_) => Error::Miscalculated("a thing"),
            Error::Miscalculated(_) => Error::Changed,
            Error::Changed => Error::Consumed,
            Error::Consumed => Error::Transition(VersionState::Destroyed, VersionState::Active),
            Error::Transition(..) => Error::State(VersionState::Suspended),
            Error::State(_) => Error::Policy(PolicyRule::Operations),
            Error::Policy(_) => Error::VaultPolicy(PolicyRule::Operations),
            Error::VaultPolicy(_) => Error::OrganisationPolicy(PolicyRule::Operations),
            Error::OrganisationPolicy(_) => Error::OutsideView,
            Error::OutsideView => Error::Approval(ApprovalFault::NotOpen),
            Error::Approval(_) => Error::Witness(WitnessFault::Size(7)),
            Error::Witness(_) => Error::Purpose,
            Error::Purpose => Error::InUse,
            Error::InUse => return None,
        })
    }

    fn thumbprint(letter: &str) -> Thumbprint {
        let text = [&letter.repeat(42), "A"].concat();
        text.parse().expect("a thumbprint")
    }

    fn cause() -> Cause {
        Cause::new(io::Error::other("its own reason"))
    }

    /// The npm package's classes are held to this list by a test of theirs.
    #[test]
    fn the_list_of_errors_is_what_the_core_reports() {
        let mut list = Vec::new();
        let mut at = Some(Error::WrongFactor);
        while let Some(error) = at {
            list.push(serde_json::json!({ "code": error.code(), "message": error.to_string() }));
            at = next(&error);
        }
        let text = serde_json::to_string_pretty(&list).expect("texts") + "\n";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/errors.json");
        if std::env::var_os("STRONGROOM_WRITE_SAMPLES").is_some() {
            fs::write(&path, &text).expect("a writable file");
        }
        let hint = "look at what has changed, then run this test with STRONGROOM_WRITE_SAMPLES=1";
        assert_eq!(fs::read_to_string(&path).expect("the list"), text, "{hint}");
    }

    #[test]
    fn the_error_of_a_store_is_among_the_sources() {
        let error = Error::store(io::Error::other("its own reason"));
        assert_eq!(error.to_string(), "the store failed: its own reason");
        let own = error.source().and_then(|cause| cause.source());
        assert!(own.is_some_and(|own| own.is::<io::Error>()));
    }
}
