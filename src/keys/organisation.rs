//! An organisation's policy: a document that an organisation signs, and that binds a vault besides the vault's own policy.
//!
//! An organisation is named by its first key, for good. A key is succeeded by one that it signed; the document carries all
//! successions from the first key to the one that signs it, so that whoever pins any of them can follow.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Error, InputError, Object, PolicyRule, Result, Thumbprint, Timestamp, shows_itself},
    jose::Signed,
    records::{Enrolment, FactorKind, KdfCost, OTHER_USE, Way, public_thumbprint},
};

use super::{
    Period, Purpose,
    policy::{Policy, PolicyPart, PolicyRequest},
};

/// The JWS `typ` of the document.
const TYP: &str = "sr-policy+jws";
/// The JWS `typ` of a succession.
const SUCCESSION: &str = "sr-identity+jws";
/// The most that JSON keeps of numbers (RFC 8259 §6).
const MAX_SEQUENCE: u64 = (1 << 53) - 1;
/// The most bytes of a collector's address.
const MAX_COLLECTOR: usize = 2048;
/// The most bytes of the organisation's name.
const MAX_NAME: usize = 256;
const NEWER: Error = Error::Unsupported(
    "an organisation's policy that this release does not know all of, or whose members are not as they must be",
);
const UNLINKED: Error = Error::Malformed("the successions of an organisation's policy");

/// The payload: exactly these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    /// The thumbprint of the organisation's first key.
    organisation: Thumbprint,
    /// Higher than that of every document before.
    sequence: u64,
    /// No vault is created with it after that, in milliseconds since 1970.
    not_after: Timestamp,
    /// What people call the organisation.
    name: Option<String>,
    /// From the first key to the one that signs.
    successions: Option<Vec<String>>,
    /// Rules for the vault and every key, as those of a vault's own policy.
    rules: Option<Object>,
    /// What a vault must have to open it.
    required_factors: Option<Vec<RequiredFactor>>,
    /// How long a version protects at the most.
    maximum_cryptoperiod: Option<Period>,
    /// What a passphrase costs to try at the least.
    minimum_argon2: Option<KdfCost>,
    /// Where the audit log is shipped to.
    collector: Option<String>,
    /// The public key that opens every vault besides its owner's factors.
    escrow: Option<Object>,
}

/// The payload of a succession: exactly these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KeySuccession {
    organisation: Thumbprint,
    /// The thumbprint of the key that goes, which signs.
    from: Thumbprint,
    /// The thumbprint of the one that comes.
    to: Thumbprint,
    /// Of the first document that the new key signs.
    sequence: u64,
}

/// What a vault must have to open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename = "a factor that a later version can require",
    rename_all = "kebab-case"
)]
pub enum RequiredFactor {
    /// A recovery kit or recovery shares.
    Recovery,
    /// A passphrase.
    Passphrase,
    /// A passkey.
    Passkey,
    /// A recovery kit.
    RecoveryKit,
    /// Recovery shares.
    RecoveryShares,
}

impl RequiredFactor {
    /// Whether a factor of that kind is what is required.
    #[must_use]
    pub fn is_met_by(self, kind: FactorKind) -> bool {
        match self {
            Self::Recovery => kind.is_on_paper(),
            Self::Passphrase => kind == FactorKind::Passphrase,
            Self::Passkey => kind == FactorKind::Passkey,
            Self::RecoveryKit => kind == FactorKind::RecoveryKit,
            Self::RecoveryShares => kind == FactorKind::RecoveryShares,
        }
    }
}

/// How a document stands to the one that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It takes the other one's place.
    Newer,
    /// It says the same.
    Same,
    /// It changes nothing.
    Older,
}

/// A document whose signature and successions were verified. Whose it is, a pin says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationPolicy {
    token: String,
    document: Document,
    rules: Option<Policy>,
    /// From the first key to the one that signs.
    keys: Vec<Thumbprint>,
    /// The thumbprint of the key that is to open every vault.
    escrow: Option<Thumbprint>,
}

impl OrganisationPolicy {
    /// The most bytes of a document.
    pub const MAX_BYTES: usize = 64 * 1024;
    /// The most keys, one after the other.
    const MAX_KEYS: usize = 33;

    /// Reads a document, and verifies that the organisation which it names signed it.
    ///
    /// # Errors
    /// [`Error::TooLarge`]; [`Error::Malformed`]; [`Error::Decrypt`] where a signature is another's; [`Error::Unsupported`] for a
    /// JWS of another kind, and for members that this release does not know.
    pub fn parse(token: &str) -> Result<Self> {
        if token.len() > Self::MAX_BYTES {
            return Err(Error::TooLarge("an organisation's policy (64 KiB)"));
        }
        let signed = Signed::parse(token, TYP)?;
        let signer = signed.signer();
        let payload = signed.verify(&signer)?;
        let members = Object::parse(payload, InputError::Malformed("an organisation's policy"))?;
        let document: Document = members
            .decode(InputError::Malformed("an organisation's policy"))
            .map_err(|_| NEWER)?;
        let rules = document.check()?;
        let escrow = document.escrow.clone().map(public_thumbprint);
        let escrow = escrow.transpose().map_err(|_| NEWER)?;
        let keys = document.keys()?;
        if keys.last() != Some(&signer) {
            return Err(Error::Decrypt);
        }
        // Who gets a key that signed policies would open every vault.
        if escrow.as_ref().is_some_and(|key| keys.contains(key)) {
            return Err(NEWER);
        }
        Ok(Self {
            token: token.to_owned(),
            document,
            rules,
            keys,
            escrow,
        })
    }

    /// Refuses the document of an organisation that did not have the key which is pinned.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn check_pin(&self, key: &Thumbprint) -> Result<()> {
        self.keys.contains(key).then_some(()).ok_or(Error::Decrypt)
    }

    /// Refuses a document that has expired.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`].
    pub fn check_fresh(&self, now: Timestamp) -> Result<()> {
        if now > self.not_after() {
            return Err(Error::OrganisationPolicy(PolicyRule::Expired));
        }
        Ok(())
    }

    /// Refuses factors that lack one that is required.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`].
    pub fn check_factors(&self, ways: &[Way]) -> Result<()> {
        let lacks = if !self.missing(ways).is_empty() {
            PolicyRule::RequiredFactors
        } else if self.lacks_escrow(ways) {
            PolicyRule::Escrow
        } else {
            return Ok(());
        };
        Err(Error::OrganisationPolicy(lacks))
    }

    /// Whether the key that is to open every vault is not among some factors.
    #[must_use]
    pub fn lacks_escrow(&self, ways: &[Way]) -> bool {
        let escrow = self.escrow.as_ref();
        escrow.is_some_and(|key| !ways.iter().any(|way| way.escrow.as_ref() == Some(key)))
    }

    /// Whether that is the key which is to open every vault.
    #[must_use]
    pub fn is_escrow(&self, key: &Thumbprint) -> bool {
        self.escrow.as_ref() == Some(key)
    }

    /// What is required and not among some factors.
    #[must_use]
    pub fn missing(&self, ways: &[Way]) -> Vec<RequiredFactor> {
        let required = self.required_factors().iter().copied();
        let lacks =
            |required: &RequiredFactor| !ways.iter().any(|way| required.is_met_by(way.kind));
        required.filter(lacks).collect()
    }

    /// Refuses a passphrase that costs too little to try, and the organisation's escrow key as a gate.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`]; [`Error::Argument`].
    pub fn check_enrolment(&self, enrolment: &Enrolment) -> Result<()> {
        if let Enrolment::Kms(kek) = enrolment
            && self.escrow.as_ref() == Some(kek.recipient())
        {
            return Err(OTHER_USE);
        }
        if self.is_met_by(enrolment) {
            Ok(())
        } else {
            Err(Error::OrganisationPolicy(PolicyRule::MinimumArgon2))
        }
    }

    /// Whether a factor that is enrolled so costs enough to try.
    #[must_use]
    pub fn is_met_by(&self, enrolment: &Enrolment) -> bool {
        match (enrolment, &self.document.minimum_argon2) {
            (Enrolment::Passphrase(kdf), Some(least)) => kdf.costs(least),
            _ => true,
        }
    }

    /// How often a key of a purpose is rotated that was to be rotated so: as often as it has to be, where nobody said.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`] for a longer time.
    pub(crate) fn cryptoperiod(
        &self,
        purpose: Purpose,
        every: Option<&Period>,
    ) -> Result<Option<Period>> {
        let Some(most) = self.document.maximum_cryptoperiod.as_ref() else {
            return Ok(every.cloned());
        };
        match every {
            _ if !purpose.is_generated() => Ok(every.cloned()),
            None => Ok(Some(most.clone())),
            Some(every) => self
                .check_lasts(every.millis())
                .map(|()| Some(every.clone())),
        }
    }

    /// How often a key is rotated at the least, where it is rotated less often than that or not at all.
    pub(crate) fn shortened(&self, purpose: Purpose, every: Option<&Period>) -> Option<&Period> {
        let most = self.document.maximum_cryptoperiod.as_ref()?;
        let is_longer = every.is_none_or(|every| every.millis() > most.millis());
        (purpose.is_generated() && is_longer).then_some(most)
    }

    /// Refuses a key that protects for so many milliseconds, if that is too long.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`].
    pub(crate) fn check_lasts(&self, millis: u64) -> Result<()> {
        let most = self.document.maximum_cryptoperiod.as_ref();
        if most.is_some_and(|most| millis > most.millis()) {
            return Err(Error::OrganisationPolicy(PolicyRule::MaximumCryptoperiod));
        }
        Ok(())
    }

    /// How it stands to the document in force.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`]: of another organisation, or by a key that the one in force does not lead to; with the sequence of
    /// the one in force, which says something else.
    pub fn standing(&self, ours: &Self) -> Result<Standing> {
        if self.document.organisation != ours.document.organisation {
            return Err(Error::OrganisationPolicy(PolicyRule::Organisation));
        }
        // An earlier key of the same organisation says nothing new.
        let follows = self.keys.starts_with(&ours.keys);
        let precedes = ours.keys.starts_with(&self.keys);
        // Who has the key before, and any number, says nothing once the next key has signed.
        if follows && self.keys.len() > ours.keys.len() {
            return Ok(Standing::Newer);
        }
        if precedes && self.keys.len() < ours.keys.len() {
            return Ok(Standing::Older);
        }
        if follows && self.sequence() < ours.sequence() {
            return Ok(Standing::Older);
        }
        if !follows {
            return Err(Error::OrganisationPolicy(PolicyRule::Organisation));
        }
        if self.sequence() > ours.sequence() {
            return Ok(Standing::Newer);
        }
        if self.says_as(ours) {
            Ok(Standing::Same)
        } else {
            Err(Error::OrganisationPolicy(PolicyRule::Sequence))
        }
    }

    /// Whether both say the same, by whichever signature.
    fn says_as(&self, other: &Self) -> bool {
        let content = |one: &Self| Document {
            successions: None,
            ..one.document.clone()
        };
        content(self) == content(other)
    }

    /// Whether a part of the rules allows something.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`].
    fn allow(&self, part: PolicyPart, request: &PolicyRequest<'_>, now: Timestamp) -> Result<()> {
        match &self.rules {
            Some(rules) => part
                .decide(rules, request, now)
                .map_err(Error::OrganisationPolicy),
            None => Ok(()),
        }
    }

    /// The document as it was signed.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The thumbprint of the organisation's first key: its name, for good.
    #[must_use]
    pub fn organisation(&self) -> &Thumbprint {
        &self.document.organisation
    }

    /// The thumbprint of the key that signed it.
    #[must_use]
    pub fn signer(&self) -> &Thumbprint {
        // There is the first one at least.
        self.keys.last().unwrap_or(&self.document.organisation)
    }

    /// What people call the organisation.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.document.name.as_deref()
    }

    /// Its number.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.document.sequence
    }

    /// No vault is created with it after that.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.document.not_after
    }

    /// The rules for the vault and every key.
    #[must_use]
    pub fn rules(&self) -> Option<&Policy> {
        self.rules.as_ref()
    }

    /// How long a version protects at the most.
    #[must_use]
    pub fn maximum_cryptoperiod(&self) -> Option<&Period> {
        self.document.maximum_cryptoperiod.as_ref()
    }

    /// What a passphrase costs to try at the least.
    #[must_use]
    pub fn minimum_argon2(&self) -> Option<&KdfCost> {
        self.document.minimum_argon2.as_ref()
    }

    /// Where the audit log is shipped to.
    #[must_use]
    pub fn collector(&self) -> Option<&str> {
        self.document.collector.as_deref()
    }

    /// The public JWK that is to open every vault.
    #[must_use]
    pub fn escrow(&self) -> Option<&Object> {
        self.document.escrow.as_ref()
    }

    /// What a vault must have to open it.
    #[must_use]
    pub fn required_factors(&self) -> &[RequiredFactor] {
        self.document
            .required_factors
            .as_deref()
            .unwrap_or_default()
    }
}

/// Whether something is the address of a collector, as far as a core without a parser of URLs can tell.
fn is_address(text: &str) -> bool {
    let seen = |letter: u8| letter.is_ascii_graphic();
    text.starts_with("https://") && text.len() <= MAX_COLLECTOR && text.bytes().all(seen)
}

impl Document {
    /// Its rules, if everything is within its bounds.
    fn check(&self) -> Result<Option<Policy>> {
        let counts = |number: u64| (1..=MAX_SEQUENCE).contains(&number);
        let is_name = |name: &String| {
            let length = name.len();
            (1..=MAX_NAME).contains(&length)
                && !name.chars().any(char::is_control)
                && shows_itself(name)
        };
        let repeats = |list: &Vec<RequiredFactor>| {
            let mut places = list.iter().enumerate();
            list.is_empty() || places.any(|(at, factor)| list[..at].contains(factor))
        };
        let sound = counts(self.sequence)
            && self.name.as_ref().is_none_or(is_name)
            && !self.required_factors.as_ref().is_some_and(repeats)
            && self.minimum_argon2.as_ref().is_none_or(KdfCost::is_sound)
            && self.collector.as_deref().is_none_or(is_address);
        if !sound {
            return Err(NEWER);
        }
        let rules = self.rules.clone().map(Policy::parse);
        let rules = rules.transpose().map_err(|_| NEWER)?;
        if let Some(rules) = &rules {
            rules.check_organisation().map_err(|_| NEWER)?;
        }
        Ok(rules)
    }

    /// The organisation's keys, each signed for by the one before.
    fn keys(&self) -> Result<Vec<Thumbprint>> {
        let mut keys = vec![self.organisation.clone()];
        let (mut from, mut least) = (self.organisation.clone(), 0);
        for token in self.successions.iter().flatten() {
            let signed = Signed::parse(token, SUCCESSION)?;
            let payload =
                Object::parse(signed.verify(&from)?, InputError::Malformed("a succession"))?;
            let next: KeySuccession = payload.decode(InputError::Malformed("a succession"))?;
            let linked = next.organisation == self.organisation && next.from == from;
            let later = next.sequence > least && next.sequence <= self.sequence;
            if !linked
                || !later
                || keys.contains(&next.to)
                || keys.len() >= OrganisationPolicy::MAX_KEYS
            {
                return Err(UNLINKED);
            }
            keys.push(next.to.clone());
            (from, least) = (next.to, next.sequence);
        }
        Ok(keys)
    }
}

/// What a vault keeps of its organisation's policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// The document as it was signed.
    policy: String,
    /// When it was taken, in milliseconds since 1970.
    set: Timestamp,
}

/// The organisation's policy that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// When it was taken.
    pub set: Timestamp,
    said: Said,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Known(Box<OrganisationPolicy>),
    /// By a later release: it refuses whatever it can refuse, and is kept as it is.
    Newer(String),
}

impl Organisation {
    /// A document that is taken at a time.
    #[must_use]
    pub fn new(policy: &OrganisationPolicy, set: Timestamp) -> Self {
        Self {
            set,
            said: Said::Known(Box::new(policy.clone())),
        }
    }

    /// What a record says. The vault's key holds it together: a document that this release cannot read, or finds not to be signed, is one
    /// of a later release, and opens the vault all the same.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub(crate) fn read(record: Object) -> Result<Self> {
        let kept: Kept = record.decode(InputError::Malformed("the organisation's policy"))?;
        let said = match OrganisationPolicy::parse(&kept.policy) {
            Ok(policy) => Said::Known(Box::new(policy)),
            Err(_) => Said::Newer(kept.policy),
        };
        Ok(Self {
            set: kept.set,
            said,
        })
    }

    pub(crate) fn to_json(&self) -> Object {
        let policy = match &self.said {
            Said::Known(policy) => policy.token(),
            Said::Newer(token) => token,
        };
        Object::encode(&Kept {
            policy: policy.to_owned(),
            set: self.set,
        })
    }

    /// The document, if this release knows all of it.
    #[must_use]
    pub fn known(&self) -> Option<&OrganisationPolicy> {
        match &self.said {
            Said::Known(policy) => Some(policy),
            Said::Newer(_) => None,
        }
    }

    /// The document.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where a later release took it.
    pub(crate) fn policy(&self) -> Result<&OrganisationPolicy> {
        self.known().ok_or(Error::Unsupported(
            "an organisation's policy of a later version; update strongroom",
        ))
    }

    /// Whether a part of the rules allows something. A backup is never refused.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`]; [`Error::Unsupported`] where the document is of a later version.
    pub(crate) fn allow(
        &self,
        part: PolicyPart,
        request: &PolicyRequest<'_>,
        now: Timestamp,
    ) -> Result<()> {
        if request.operation.is_beyond_organisations() {
            return Ok(());
        }
        self.policy()?.allow(part, request, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{SystemEntropy, json::strict::is_strict},
        jose::{SigningKey, sign},
        keys::Operation,
    };

    fn signed(more: &str) -> String {
        let key = SigningKey::generate(&SystemEntropy).expect("entropy");
        let payload = format!(
            r#"{{"organisation":"{}","sequence":1,"notAfter":9{more}}}"#,
            key.thumbprint()
        );
        sign(TYP, payload.as_bytes(), &key, &SystemEntropy).expect("a signature")
    }

    fn record(token: &str) -> Object {
        Object::new().with("policy", token).with("set", 5u64)
    }

    #[test]
    fn what_serde_would_accept_is_refused() {
        let id = "i".repeat(42) + "A";
        let text = format!(
            r#"{{"organisation":"{id}","sequence":1,"notAfter":9,"name":"n","successions":["s"],"rules":{{}},"requiredFactors":["recovery"],"maximumCryptoperiod":"P1Y","minimumArgon2":{{"memory":65536,"passes":3}},"collector":"https://c","escrow":{{"kty":"EC"}}}}"#
        );
        is_strict::<Document>(&text, &["rules", "escrow"]);
        let text = format!(r#"{{"organisation":"{id}","from":"{id}","to":"{id}","sequence":1}}"#);
        is_strict::<KeySuccession>(&text, &[]);
        is_strict::<Kept>(r#"{"policy":"p","set":1}"#, &[]);
    }

    fn refuses_what_it_can_and_is_kept(token: &str) {
        let record = record(token);
        let newer = Organisation::read(record.clone()).expect("it is kept");
        assert_eq!(newer.to_json().text(), record.text());
        assert_eq!(newer.known(), None, "{token}");
        let all = Operation::OF_KEYS.into_iter().chain(Operation::OF_VAULT);
        for operation in all {
            let request = PolicyRequest {
                operation,
                purpose: None,
                context: None,
                reason: Some("any"),
                version: None,
                uses: None,
                proven: &[],
                approved: &[],
            };
            let allowed = newer.allow(PolicyPart::Rules, &request, Timestamp::from_millis(1));
            if matches!(operation, Operation::Backup | Operation::SetOrganisation) {
                assert_eq!(allowed, Ok(()));
            } else {
                assert!(
                    matches!(allowed, Err(Error::Unsupported(_))),
                    "{operation:?}"
                );
            }
        }
    }

    #[test]
    fn a_document_of_a_later_release_refuses_what_it_can_and_is_kept() {
        refuses_what_it_can_and_is_kept(&signed(r#","sundial":"noon""#));
    }

    #[test]
    fn successions_of_a_later_form_and_what_cannot_be_read_lock_nobody_out() {
        let mut forged = signed("");
        forged.replace_range(forged.len() - 8..forged.len() - 4, "AAAA");
        for token in [
            &*signed(r#","successions":["a.later.form"]"#),
            &signed(r#","successions":[""]"#),
            &forged,
            "another form altogether",
            "",
            &"x".repeat(OrganisationPolicy::MAX_BYTES + 1),
        ] {
            assert!(OrganisationPolicy::parse(token).is_err());
            refuses_what_it_can_and_is_kept(token);
        }
        let known = Organisation::read(record(&signed(""))).expect("a policy");
        assert!(known.known().is_some());
    }
}
