//! The head: one record that commits to all others.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Error, InputError, Object, Result, base64, dotted, json},
    hazmat::hash::sha256,
};

use super::{Device, LogHead, Manifest, SetDigest};

/// The format of a vault's records that this release writes.
const FORMAT: u64 = 2;
/// What a head without one says: that of the releases before.
const FIRST_FORMAT: u64 = 1;
const MALFORMED: InputError = InputError::Malformed("the head");

/// The head's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) generation: u64,
    /// The set digest of all other records.
    pub(crate) digest: SetDigest,
    /// How many other records there are; not said by the first release.
    pub(crate) records: Option<u64>,
    /// The set digest of those that every unlock reads. Said from format 2 on.
    pub(crate) core: Option<SetDigest>,
    /// What proves single rows and lists, in a vault that is not read whole. Only in format 2.
    pub(crate) manifest: Option<Manifest>,
    /// Which device wrote it: none wrote anything into a new vault yet. Only in format 2.
    pub(crate) device: Option<Device>,
    /// The audit log that is written, where one is. Only in format 2.
    pub(crate) log: Option<LogHead>,
    /// How many of the changes that its revision counts changed nothing but use counts and the audit log. Only in format 2.
    pub(crate) quiet: Option<u64>,
}

impl Head {
    /// # Errors
    /// [`Error::Unsupported`] for the head of a later format, whatever else is in it.
    pub(crate) fn read(mut members: Object) -> Result<Self> {
        let format = members.optional_number("format", MALFORMED)?;
        let format = format.unwrap_or(FIRST_FORMAT);
        if format > FORMAT {
            return Err(Error::Unsupported(
                "a vault that a newer release wrote; reload to get the newer release",
            ));
        }
        let head: Self = members.decode(MALFORMED)?;
        let current = head.core.is_some() && head.records.is_some();
        let first = head.core.is_none()
            && head.manifest.is_none()
            && head.device.is_none()
            && head.log.is_none()
            && head.quiet.is_none();
        if (format == FORMAT && current) || (format == FIRST_FORMAT && first) {
            Ok(head)
        } else {
            Err(MALFORMED.into())
        }
    }

    /// Whether a release before this one wrote it.
    pub(crate) fn is_old(&self) -> bool {
        self.core.is_none()
    }

    /// Whether it accounts for the same records as another one.
    pub(crate) fn has_records_of(&self, other: &Self) -> bool {
        (self.digest, self.records) == (other.digest, other.records)
            && self.manifest == other.manifest
    }

    pub(crate) fn to_json(&self) -> Object {
        let members = Object::encode(self);
        if self.is_old() {
            members
        } else {
            members.with("format", FORMAT)
        }
    }
}

/// Which head a caller saw last: what tells a replay of the whole database.
///
/// Its text is `<revision>.<SHA-256 of the digest>`, base64url: whoever sees it learns nothing of the digest. Up to release
/// 0.1 it was the digest itself, which is still understood. Keep it outside the browser's storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastSeenHead(pub String);

impl LastSeenHead {
    pub(crate) fn new(revision: u64, head: &Head) -> Self {
        let digest = base64::encode(&sha256(&[String::from(head.digest).as_bytes()]));
        Self(dotted::join(&[&json::decimal(revision), &digest]))
    }

    /// As the first release wrote it.
    fn of_first_release(revision: u64, head: &Head) -> Self {
        Self(dotted::join(&[
            &json::decimal(revision),
            &String::from(head.digest),
        ]))
    }

    /// Refuses a head of an earlier revision than the one seen.
    pub(crate) fn check_age(&self, revision: u64) -> Result<()> {
        let older = self.revision()? > revision;
        let refused = Error::Integrity("an older copy of the whole vault");
        (!older).then_some(()).ok_or(refused)
    }

    /// Refuses a head older than the one seen, or another one of the same age.
    pub(crate) fn check(&self, revision: u64, head: &Head) -> Result<()> {
        self.check_age(revision)?;
        let same = [
            Self::new(revision, head),
            Self::of_first_release(revision, head),
        ];
        let forked = self.revision()? == revision && !same.contains(self);
        if forked {
            Err(Error::Integrity("an older copy of the whole vault"))
        } else {
            Ok(())
        }
    }

    fn revision(&self) -> Result<u64> {
        let [revision, _] = dotted::split(&self.0).ok_or(Error::Argument("lastSeenHead"))?;
        revision
            .parse()
            .map_err(|_| Error::Argument("lastSeenHead"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    /// The text of a set digest.
    fn digest(letter: &str) -> String {
        [&letter.repeat(42), "A"].concat()
    }

    fn head(letter: &str) -> Head {
        Head {
            generation: 1,
            digest: digest(letter).try_into().expect("a digest"),
            records: None,
            core: None,
            manifest: None,
            device: None,
            log: None,
            quiet: None,
        }
    }

    fn read(text: &str) -> Result<Head> {
        Head::read(Object::parse(text.as_bytes(), MALFORMED)?)
    }

    #[test]
    fn what_serde_would_accept_is_refused() {
        let (all, core) = (digest("a"), digest("c"));
        is_strict::<Head>(&format!(r#"{{"generation":1,"digest":"{all}"}}"#), &[]);
        is_strict::<Head>(
            &format!(r#"{{"generation":1,"digest":"{all}","records":9,"core":"{core}"}}"#),
            &[],
        );
    }

    #[test]
    fn what_was_seen_does_not_give_the_digest_and_what_the_first_release_gave_is_understood() {
        let (now, other) = (head("d"), head("e"));
        let seen = LastSeenHead::new(7, &now);
        assert!(!seen.0.contains(&digest("d")));
        let older = Err(Error::Integrity("an older copy of the whole vault"));
        for seen in [seen, LastSeenHead(["7.", &digest("d")].concat())] {
            assert_eq!(seen.check(7, &now), Ok(()));
            assert_eq!(seen.check(8, &other), Ok(()));
            assert_eq!(seen.check(7, &other), older);
            assert_eq!(seen.check(6, &now), older);
        }
    }

    #[test]
    fn heads_of_both_formats_are_read_as_they_are_written() {
        let first = Head {
            records: Some(9),
            ..head("a")
        };
        let text = format!(
            r#"{{"generation":1,"digest":"{}","records":9}}"#,
            digest("a")
        );
        assert_eq!(read(&text), Ok(first.clone()));
        assert_eq!(first.to_json().text(), text);
        let named = text.replace("{", r#"{"format":1,"#);
        assert_eq!(read(&named), Ok(first.clone()));

        let now = Head {
            core: digest("c").try_into().ok(),
            ..first
        };
        assert!(!now.is_old());
        assert_eq!(read(&now.to_json().text()), Ok(now.clone()));
        let without_format = now.to_json().text().replace(r#","format":2"#, "");
        assert_eq!(read(&without_format), Err(MALFORMED.into()));
        let without_core = text.replace("{", r#"{"format":2,"#);
        assert_eq!(read(&without_core), Err(MALFORMED.into()));
    }

    #[test]
    fn a_head_of_a_later_format_is_told_whatever_else_is_in_it() {
        let later = format!(
            r#"{{"format":3,"generation":1,"digest":"{}"}}"#,
            digest("a")
        );
        for later in [&*later, r#"{"root":{"sizes":[]},"format":4}"#] {
            let refused = read(later).err();
            let told = refused.map(|error| (error.code(), error.to_string()));
            let (code, sentence) = told.expect("a refusal");
            assert_eq!(code, "ERR_UNSUPPORTED");
            assert!(sentence.ends_with("; reload to get the newer release"));
        }
        for malformed in [
            r#"{"format":"2","generation":1,"digest":"a"}"#,
            r#"{"generation":1,"digest":"a","formats":2}"#,
        ] {
            assert_eq!(read(malformed), Err(MALFORMED.into()));
        }
    }

    #[test]
    fn an_older_or_forked_head_is_told() {
        let seen = |revision: &str, letter| LastSeenHead([revision, ".", &digest(letter)].concat());
        let check = |seen: LastSeenHead, revision, letter| seen.check(revision, &head(letter));
        assert_eq!(check(seen("3", "x"), 3, "x"), Ok(()));
        assert_eq!(check(seen("3", "x"), 4, "y"), Ok(()));
        for (revision, letter) in [(2, "w"), (3, "y")] {
            let told = check(seen("3", "x"), revision, letter);
            assert!(matches!(told, Err(Error::Integrity(_))));
        }
        let nonsense = check(LastSeenHead("three".into()), 3, "y");
        assert!(matches!(nonsense, Err(Error::Argument(_))));
    }
}
