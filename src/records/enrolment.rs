//! Kinds of factors, and what stands in clear beside a factor's record: what has to be asked before it opens.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Error, InputError, Json, Object, Result, Thumbprint, base64},
    jose::Envelope,
};

use super::{
    Address, Credential, CredentialId, DeviceKey, EscrowedKek, Kdf, OfflineGrace, ShareSet,
};

const HELD: Error = Error::Argument("a public key that opens the vault already");
/// Why a key that has one use gets no other.
pub(crate) const OTHER_USE: Error = Error::Argument(
    "a public key that the vault has for another use: a key of a KMS serves one, escrow or gate; make another key",
);

/// What kind of thing opens a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorKind {
    /// What somebody knows.
    Passphrase,
    /// What somebody has on paper.
    RecoveryKit,
    /// What somebody has, and an authenticator keeps.
    Passkey,
    /// What several people have on paper.
    RecoveryShares,
    /// A browser's own key: what the person's device is, and no person.
    ThisDevice,
    /// A private key that an organisation has.
    Escrow,
    /// A private key in a key management service, which is asked beside what a person presents.
    Kms,
}

/// What a factor's record says of how it is opened. Whoever can read the store reads it, and can change it: the record's
/// envelope holds against it what was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolment {
    /// How the passphrase is stretched.
    Passphrase(Kdf),
    /// Which kit it is.
    RecoveryKit(KitId),
    /// Which credential is asked, and for what.
    Passkey(Credential),
    /// Which set of shares it is.
    RecoveryShares(ShareSet),
    /// Which of a browser's keys is asked, for what, and how long.
    ThisDevice(DeviceKey),
    /// Which of an organisation's keys opens it, and what that opens.
    Escrow(EscrowedKek),
    /// Which key of a key management service opens it, and what that opens.
    Kms(EscrowedKek),
}

/// A factor as whoever requires factors sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Its kind.
    pub kind: FactorKind,
    /// Of an escrow: the thumbprint of the key that opens it.
    pub escrow: Option<Thumbprint>,
}

impl From<FactorKind> for Way {
    fn from(kind: FactorKind) -> Self {
        Self { kind, escrow: None }
    }
}

/// The id of a recovery kit, or of a set of recovery shares: derived from its secret, which it tells nothing of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KitId([u8; Self::LENGTH]);

impl FactorKind {
    const ALL: [Self; 7] = [
        Self::Passphrase,
        Self::RecoveryKit,
        Self::Passkey,
        Self::RecoveryShares,
        Self::ThisDevice,
        Self::Escrow,
        Self::Kms,
    ];

    /// As the statement says it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passphrase => "passphrase",
            Self::RecoveryKit => "recovery-kit",
            Self::Passkey => "passkey",
            Self::RecoveryShares => "recovery-shares",
            Self::ThisDevice => "this-device",
            Self::Escrow => "escrow",
            Self::Kms => "kms",
        }
    }

    /// Nothing for a kind that this release does not know.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether a vault may have factors of this kind alone. A passkey is lost with an account, with a device, and with the
    /// host's name; a device's key with the browser's data. What an organisation has opens nothing for whose vault it is.
    #[must_use]
    pub const fn stands_alone(self) -> bool {
        match self {
            Self::Passphrase | Self::RecoveryKit | Self::RecoveryShares => true,
            Self::Passkey | Self::ThisDevice | Self::Escrow | Self::Kms => false,
        }
    }

    /// Whether it takes a person to present it, as is asked before keys are exported and factors added, replaced or revoked. A
    /// device's key opens the vault for whoever has the device, and a key management service answers a page.
    #[must_use]
    pub const fn proves_person(self) -> bool {
        match self {
            Self::Passphrase
            | Self::RecoveryKit
            | Self::RecoveryShares
            | Self::Passkey
            | Self::Escrow => true,
            Self::ThisDevice | Self::Kms => false,
        }
    }

    /// Whether it lies on paper until everything else is lost: then nothing is left to compare an identity with.
    #[must_use]
    pub const fn is_on_paper(self) -> bool {
        matches!(self, Self::RecoveryKit | Self::RecoveryShares)
    }

    /// Whether it is a way into a vault that takes one factor. What is there beside a person, for a vault that takes both, is none.
    #[must_use]
    pub(crate) const fn opens_by_itself(self) -> bool {
        !matches!(self, Self::Kms)
    }

    /// Whether anybody can make a vault that it opens: its public half is all that this takes. So it proves not whose the vault is.
    #[must_use]
    pub(crate) const fn opens_anybodys(self) -> bool {
        matches!(self, Self::Escrow)
    }

    /// Whether it opens a vault by itself that takes two factors at once.
    #[must_use]
    pub const fn opens_alone(self) -> bool {
        self.is_on_paper() || matches!(self, Self::Escrow)
    }

    /// The member of a record's address that holds the enrolment.
    const fn member(self) -> &'static str {
        match self {
            Self::Passphrase => "kdf",
            Self::RecoveryKit => "kit",
            Self::Passkey => "passkey",
            Self::RecoveryShares => "shares",
            Self::ThisDevice => "device",
            Self::Escrow => "escrow",
            Self::Kms => "kms",
        }
    }
}

impl Enrolment {
    /// Whose it is.
    #[must_use]
    pub const fn kind(&self) -> FactorKind {
        match self {
            Self::Passphrase(_) => FactorKind::Passphrase,
            Self::RecoveryKit(_) => FactorKind::RecoveryKit,
            Self::Passkey(_) => FactorKind::Passkey,
            Self::ThisDevice(_) => FactorKind::ThisDevice,
            Self::RecoveryShares(_) => FactorKind::RecoveryShares,
            Self::Escrow(_) => FactorKind::Escrow,
            Self::Kms(_) => FactorKind::Kms,
        }
    }

    /// What it is to whoever requires factors.
    #[must_use]
    pub fn way(&self) -> Way {
        let escrow = match self {
            Self::Escrow(kek) => Some(kek.recipient().clone()),
            _ => None,
        };
        let kind = self.kind();
        Way { kind, escrow }
    }

    /// What the statement lists of it once it was replaced: of what lies on paper.
    #[must_use]
    pub const fn paper_id(&self) -> Option<&KitId> {
        match self {
            Self::RecoveryKit(id) => Some(id),
            Self::RecoveryShares(set) => Some(set.id()),
            Self::Passphrase(_) | Self::Passkey(_) | Self::ThisDevice(_) => None,
            Self::Escrow(_) | Self::Kms(_) => None,
        }
    }

    /// What a factor's record says of it, which nothing proves before it has opened; nothing where it says none.
    #[must_use]
    pub fn claimed(record: &[u8]) -> Option<Self> {
        let envelope = Envelope::parse(record).ok()?;
        Address::of(&envelope).ok()?.enrolment().cloned()
    }

    /// Refuses one beside others of the vault's that is the same factor: it would open the vault still when one of them is
    /// revoked. Of passphrases nothing tells that.
    ///
    /// # Errors
    /// [`Error::Argument`].
    pub(crate) fn check_new<'a>(&self, mut others: impl Iterator<Item = &'a Self>) -> Result<()> {
        match self {
            Self::RecoveryKit(_) if others.any(|other| other == self) => Err(Error::Argument(
                "a recovery kit that the vault has already; make another one",
            )),
            Self::RecoveryShares(_) if others.any(|other| other.paper_id() == self.paper_id()) => {
                Err(Error::Argument(
                    "recovery shares that the vault has already; split another secret",
                ))
            }
            Self::Passkey(new) if others.any(|other| other.is_of(&new.id)) => Err(Error::Argument(
                "a passkey that the vault has already; make another one",
            )),
            Self::Escrow(new) | Self::Kms(new) => others.try_for_each(|other| {
                match other
                    .held()
                    .filter(|own| own.recipient() == new.recipient())
                {
                    None => Ok(()),
                    Some(_) if other.kind() == self.kind() => Err(HELD),
                    Some(_) => Err(OTHER_USE),
                }
            }),
            _ => Ok(()),
        }
    }

    fn is_of(&self, credential: &CredentialId) -> bool {
        matches!(self, Self::Passkey(own) if own.id == *credential)
    }

    /// What somebody else's key opens of it, where one does.
    pub(crate) const fn held(&self) -> Option<&EscrowedKek> {
        match self {
            Self::Escrow(kek) | Self::Kms(kek) => Some(kek),
            _ => None,
        }
    }

    /// Of a gate: for how long a device may do without its answer, where it may.
    pub(crate) fn offline_grace(&self) -> Option<&OfflineGrace> {
        self.held().and_then(EscrowedKek::offline_grace)
    }

    /// Takes the one that there is out of an address.
    ///
    /// # Errors
    /// [`Error::Unsupported`] out of the bounds; [`Error::Malformed`], also for two.
    pub(super) fn take(address: &mut Object) -> Result<Option<Self>> {
        const MALFORMED: InputError = InputError::Malformed("a factor's enrolment");
        let mut found = None;
        for kind in FactorKind::ALL {
            let Some(members) = address.optional_object(kind.member(), MALFORMED)? else {
                continue;
            };
            let enrolment = match kind {
                FactorKind::Passphrase => Self::Passphrase(Kdf::parse(members)?),
                FactorKind::RecoveryKit => {
                    let Kit { id } = members.decode(MALFORMED)?;
                    Self::RecoveryKit(id)
                }
                FactorKind::Passkey => Self::Passkey(members.decode(MALFORMED)?),
                FactorKind::RecoveryShares => Self::RecoveryShares(members.decode(MALFORMED)?),
                FactorKind::ThisDevice => Self::ThisDevice(members.decode(MALFORMED)?),
                FactorKind::Escrow => {
                    let kek: EscrowedKek = members.decode(MALFORMED)?;
                    if kek.public_key().is_some() {
                        return Err(MALFORMED.into());
                    }
                    Self::Escrow(kek)
                }
                FactorKind::Kms => Self::Kms(members.decode(MALFORMED)?),
            };
            if found.replace(enrolment).is_some() {
                return Err(MALFORMED.into());
            }
        }
        Ok(found)
    }

    /// Puts it into an address.
    pub(super) fn put(&self, address: Object) -> Object {
        let members = match self {
            Self::Passphrase(kdf) => Object::encode(kdf),
            Self::RecoveryKit(id) => Object::encode(&Kit { id: id.clone() }),
            Self::Passkey(credential) => Object::encode(credential),
            Self::RecoveryShares(set) => Object::encode(set),
            Self::ThisDevice(key) => Object::encode(key),
            Self::Escrow(kek) | Self::Kms(kek) => Object::encode(kek),
        };
        address.with(self.kind().member(), Json::from(members))
    }
}

/// A recovery kit's member.
#[derive(Serialize, Deserialize)]
struct Kit {
    id: KitId,
}

impl KitId {
    const LENGTH: usize = 16;

    pub(crate) const fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }
}

impl TryFrom<String> for KitId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        const MALFORMED: InputError = InputError::Malformed("a recovery kit's id");
        // 22 characters, so that nothing longer is decoded.
        if text.len() != 22 {
            return Err(MALFORMED.into());
        }
        let bytes = base64::decode(&text, MALFORMED)?.try_into();
        Ok(Self(bytes.map_err(|_| MALFORMED)?))
    }
}

impl From<KitId> for String {
    fn from(id: KitId) -> Self {
        base64::encode(&id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<Kit>(r#"{"id":"AAAAAAAAAAAAAAAAAAAAAA"}"#, &[]);
    }

    #[test]
    fn one_enrolment_and_no_more() {
        let kit = Object::encode(&Kit {
            id: KitId::new([7; 16]),
        });
        let kdf = Kdf::generate(&crate::base::SystemEntropy).expect("entropy");
        let one = Object::default().with("kit", Json::from(kit));
        let two = one.clone().with("kdf", Json::from(Object::encode(&kdf)));
        let found = Enrolment::take(&mut one.clone()).expect("an enrolment");
        assert_eq!(found, Some(Enrolment::RecoveryKit(KitId::new([7; 16]))));
        assert!(matches!(
            Enrolment::take(&mut two.clone()),
            Err(Error::Malformed(_))
        ));
        for id in [
            "",
            "AAAA",
            "AAAAAAAAAAAAAAAAAAAAA!",
            "AAAAAAAAAAAAAAAAAAAAAB",
        ] {
            let kit = Object::default().with("id", id);
            let mut bad = Object::default().with("kit", Json::from(kit));
            assert!(Enrolment::take(&mut bad).is_err(), "{id}");
        }
    }

    #[test]
    fn kinds_are_known_by_their_names() {
        for kind in FactorKind::ALL {
            assert_eq!(FactorKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(FactorKind::parse("sundial"), None);
    }
}
