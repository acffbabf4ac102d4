//! How a passphrase is stretched, as its factor's record holds it: Argon2id (RFC 9106), its parameters bounded
//! before they are run.

use serde::{Deserialize, Serialize};

use crate::base::{Entropy, Error, InputError, Json, Object, Result, base64};

/// How a passphrase is stretched, as it stands in its factor's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "KdfRecord")]
pub struct Kdf {
    m: u32,
    t: u32,
    p: u32,
    salt: String,
}

/// The same, its parameters still unchecked.
#[derive(Serialize, Deserialize)]
struct KdfRecord {
    name: String,
    version: u64,
    m: u64,
    t: u64,
    p: u64,
    salt: String,
}

impl From<Kdf> for KdfRecord {
    fn from(kdf: Kdf) -> Self {
        Self {
            name: Kdf::NAME.into(),
            version: Kdf::VERSION,
            m: kdf.m.into(),
            t: kdf.t.into(),
            p: kdf.p.into(),
            salt: kdf.salt,
        }
    }
}

/// The least that a passphrase costs to try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KdfCost {
    /// In KiB.
    memory: u32,
    /// Over the memory.
    passes: u32,
}

impl KdfCost {
    /// Whether there can be a passphrase of that cost.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        Kdf::MEMORY.contains(&self.memory) && Kdf::PASSES.contains(&self.passes)
    }
}

impl Kdf {
    /// Whether a guess takes as much memory and as many passes, or more.
    #[must_use]
    pub fn costs(&self, least: &KdfCost) -> bool {
        self.m >= least.memory && self.t >= least.passes
    }

    /// 64 MiB and three passes on one lane: RFC 9106 §4's second recommended option, with the one
    /// lane that a Worker has.
    const DEFAULT: (u32, u32, u32) = (64 * 1024, 3, 1);
    /// The function and its version, 1.3: the only ones.
    const NAME: &str = "argon2id";
    const VERSION: u64 = 0x13;
    /// In KiB. Below 19 MiB a guess is too cheap; above 1 GiB a record could exhaust the tab.
    const MEMORY: core::ops::RangeInclusive<u32> = 19 * 1024..=1024 * 1024;
    /// One pass is for memory that never was shared; sixteen at the ceiling take about a minute.
    const PASSES: core::ops::RangeInclusive<u32> = 2..=16;
    /// Lanes run one after the other here, so they only cost the honest side.
    const LANES: core::ops::RangeInclusive<u32> = 1..=4;

    /// The default cost with a fresh 16-byte salt.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self> {
        let (memory, passes, lanes) = Self::DEFAULT;
        Self::with_cost(memory, passes, lanes, entropy)
    }

    /// The default cost, and what is required where that is more, with a fresh salt.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn at_least(least: Option<&KdfCost>, entropy: &dyn Entropy) -> Result<Self> {
        let (memory, passes, lanes) = Self::DEFAULT;
        let required = least.map_or((0, 0), |least| (least.memory, least.passes));
        Self::with_cost(
            memory.max(required.0),
            passes.max(required.1),
            lanes,
            entropy,
        )
    }

    /// What is required, and no less than this in anything.
    pub(crate) fn raised_to(&self, least: &KdfCost) -> KdfCost {
        KdfCost {
            memory: least.memory.max(self.m),
            passes: least.passes.max(self.t),
        }
    }

    /// Whether a guess costs less than at the default cost: on hardware made for guessing, it is memory by the time that the
    /// memory is held, which grows with memory and passes.
    pub(crate) fn is_cheap(&self) -> bool {
        let area_time = |memory, passes| u64::from(memory) * u64::from(memory) * u64::from(passes);
        let (memory, passes, _) = Self::DEFAULT;
        area_time(self.m, self.t) < area_time(memory, passes)
    }

    /// A chosen cost with a fresh salt: `memory` in KiB.
    ///
    /// # Errors
    /// [`Error::Unsupported`] outside the bounds.
    pub fn with_cost(memory: u32, passes: u32, lanes: u32, entropy: &dyn Entropy) -> Result<Self> {
        let mut salt = [0; 16];
        entropy.fill(&mut salt)?;
        let salt = base64::encode(&salt);
        let kdf = Self {
            m: memory,
            t: passes,
            p: lanes,
            salt,
        };
        kdf.check()?;
        Ok(kdf)
    }

    /// From a record's address, with parameters that are neither unsafe nor ruinous to run.
    ///
    /// # Errors
    /// [`Error::Unsupported`] outside the bounds, [`Error::Malformed`] for a salt that is not 16 to
    /// 64 bytes of base64url.
    pub(crate) fn parse(members: Object) -> Result<Self> {
        const MALFORMED: InputError = InputError::Malformed("kdf");
        // Looked at first: another function has other members.
        let other = |name, known: Json| members.get(name).is_some_and(|value| *value != known);
        if other("name", Self::NAME.into()) || other("version", Self::VERSION.into()) {
            return Err(Error::Unsupported(
                "a derivation other than Argon2id version 19",
            ));
        }
        let record: KdfRecord = members.decode(MALFORMED)?;
        let parameter = |number| u32::try_from(number).unwrap_or(u32::MAX);
        let kdf = Self {
            m: parameter(record.m),
            t: parameter(record.t),
            p: parameter(record.p),
            salt: record.salt,
        };
        kdf.check().map(|()| kdf)
    }

    fn check(&self) -> Result<()> {
        let bounded = Self::MEMORY.contains(&self.m)
            && Self::PASSES.contains(&self.t)
            && Self::LANES.contains(&self.p);
        if !bounded {
            return Err(Error::Unsupported("Argon2id parameters out of bounds"));
        }
        if !(16..=64).contains(&self.salt()?.len()) {
            return Err(Error::Malformed("kdf salt"));
        }
        Ok(())
    }

    /// Memory in KiB, passes, lanes.
    #[must_use]
    pub fn cost(&self) -> (u32, u32, u32) {
        (self.m, self.t, self.p)
    }

    /// The salt's bytes.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not base64url.
    pub fn salt(&self) -> Result<Vec<u8>> {
        // No salt is longer than 64 bytes, so nothing longer is decoded.
        if self.salt.len() > 86 {
            Err(Error::Malformed("kdf salt"))
        } else {
            Ok(base64::decode(
                &self.salt,
                InputError::Malformed("kdf salt"),
            )?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{SystemEntropy, json::strict::is_strict};

    #[test]
    fn what_serde_would_accept_is_refused() {
        let text = r#"{"name":"argon2id","version":19,"m":65536,"t":3,"p":1,"salt":"AAAA"}"#;
        is_strict::<KdfRecord>(text, &[]);
    }

    #[test]
    fn another_function_is_unsupported_whatever_its_members() {
        for text in [
            r#"{"name":"scrypt","N":32768,"r":8,"p":1,"salt":"AAAA"}"#,
            r#"{"N":32768,"name":"scrypt"}"#,
            r#"{"name":"argon2id","version":20,"lanes":1}"#,
        ] {
            let members = Object::parse(text.as_bytes(), InputError::Malformed("x"));
            let refused = Kdf::parse(members.expect("JSON"));
            assert!(matches!(refused, Err(Error::Unsupported(_))), "{text}");
        }
    }

    #[test]
    fn parameters_out_of_bounds_are_refused_before_they_run() {
        let out_of_bounds = |m, t, p| Kdf::with_cost(m, t, p, &SystemEntropy);
        for (m, t, p) in [
            (19 * 1024 - 1, 2, 1),
            (65536, 1, 1),
            (65536, 17, 1),
            (1 << 21, 3, 1),
            (65536, 3, 5),
        ] {
            assert!(
                matches!(out_of_bounds(m, t, p), Err(Error::Unsupported(_))),
                "{m} {t} {p}"
            );
        }
    }

    #[test]
    fn what_costs_a_guess_less_than_the_default_is_cheap() {
        let of = |m, t| Kdf::with_cost(m, t, 1, &SystemEntropy).expect("within bounds");
        let default = Kdf::generate(&SystemEntropy).expect("the default is within bounds");
        assert!(!default.is_cheap());
        assert!(of(19 * 1024, 2).is_cheap());
        assert!(of(64 * 1024, 2).is_cheap());
        assert!(
            of(19 * 1024, 16).is_cheap(),
            "passes do not make up for memory"
        );
        assert!(!of(128 * 1024, 2).is_cheap());
        assert!(!of(1024 * 1024, 2).is_cheap());
    }

    #[test]
    fn another_function_version_or_salt_is_refused() {
        let good = Kdf::generate(&SystemEntropy).expect("the default is within bounds");
        let good = Object::encode(&good);
        assert!(Kdf::parse(good.clone()).is_ok());
        let bad = [
            good.clone().with("name", "scrypt"),
            good.clone().with("version", 0x10_u64),
            good.clone().with("m", 1_u64 << 40),
            good.clone().with("salt", "AAAA"),
            good.clone().with("salt", "A".repeat(100_000)),
            good.with("extra", 1_u64),
        ];
        for bad in bad {
            assert!(Kdf::parse(bad).is_err());
        }
    }
}
