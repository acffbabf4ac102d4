//! The envelope of the vault key: to every factor, or of a vault that takes two factors at once one in the other.
//!
//! The inner one is to the factors of the pair's second kind, the outer one, around its text, to those of the first, and both
//! are to what opens the vault alone. A key management service is no way into a vault that takes one factor: nothing is encrypted to it there. Whoever writes to a public key is not proven by that, so the statement has the hash of
//! both, and who each is for is held against the factors that it lists.

use crate::{
    base::{Entropy, Error, Result, VaultId},
    factors::{Factor, identities},
    jose::{self, Content, Envelope, Jwk, Recipient, RecipientEntry},
    records::{
        Address, FactorEntry, FactorKind, FactorPair, Level, Statement, changed, digest_of, seal_to,
    },
    store::Row,
};

const OTHERS: Error = Error::Integrity("a vault key for others than the factors");

/// The vault key, encrypted.
pub(super) struct VaultKeyEnvelope {
    outer: Envelope,
    /// Of a vault that takes two factors.
    nested: Option<(FactorPair, Envelope)>,
}

impl VaultKeyEnvelope {
    /// Encrypts the vault key to factors, each by its entry in the statement and its public half.
    pub(super) fn seal(
        address: &Address,
        jwk: &Jwk,
        factors: &[FactorEntry],
        recipients: &[Recipient],
        pair: Option<FactorPair>,
        entropy: &dyn Entropy,
    ) -> Result<Self> {
        if factors.len() != recipients.len() {
            return Err(OTHERS);
        }
        let Some(pair) = pair else {
            let both = factors.iter().zip(recipients);
            let own = both.filter(|(entry, _)| is_way(entry));
            let own: Vec<_> = own.map(|(_, recipient)| recipient.clone()).collect();
            let outer = seal_to(address, jwk, &own, entropy)?;
            return Ok(Self {
                outer,
                nested: None,
            });
        };
        let at = |level| {
            let both = factors.iter().zip(recipients);
            let own = both.filter(|(entry, _)| is_at(pair, level, entry));
            own.map(|(_, recipient)| recipient.clone())
                .collect::<Vec<_>>()
        };
        let inner = seal_to(address, jwk, &at(Level::Inner), entropy)?;
        let aad = address.text();
        let outer = jose::nest(&inner, &at(Level::Outer), aad.as_bytes(), entropy)?;
        let sealed = Self {
            outer,
            nested: Some((pair, inner)),
        };
        sealed.check_recipients(factors)?;
        Ok(sealed)
    }

    /// What a row holds, if it is what the statement names and is for the factors that it lists, and the vault key, which
    /// the factors that were presented open.
    ///
    /// # Errors
    /// [`Error::Integrity`]; [`Error::Decrypt`] where they do not open it.
    pub(super) fn open(
        vault: &VaultId,
        row: &Row,
        statement: &Statement,
        presented: &[&Factor],
    ) -> Result<(Self, Jwk)> {
        let outer = Envelope::parse(&row.bytes).map_err(changed)?;
        let stated = |envelope| check_stated(envelope, vault, row, statement);
        stated(&outer)?;
        let own = &identities(presented);
        let nested = match statement.pair() {
            None => None,
            Some(pair) => {
                let (cek, _) = jose::unwrap_cek(&outer, own)?;
                let inner = outer.open_nested_with(&cek).map_err(changed)?;
                let named = statement.envelopes.get(Level::Inner as usize);
                if named != Some(&digest_of(inner.bytes())) {
                    return Err(Error::Integrity(
                        "a vault key that the statement does not name",
                    ));
                }
                stated(&inner)?;
                Some((pair, inner))
            }
        };
        let opened = Self { outer, nested };
        opened.check_recipients(&statement.factors)?;
        let jwk = jose::unwrap_own(opened.innermost(), own)?;
        Ok((opened, jwk))
    }

    /// What a row holds, as [`open`](Self::open) checks it, of a vault that takes one factor.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(super) fn of_one_level(
        vault: &VaultId,
        row: &Row,
        statement: &Statement,
    ) -> Result<Envelope> {
        if statement.pair().is_some() {
            return Err(OTHERS);
        }
        let outer = Envelope::parse(&row.bytes).map_err(changed)?;
        check_stated(&outer, vault, row, statement)?;
        let only = Self {
            outer,
            nested: None,
        };
        only.check_recipients(&statement.factors)?;
        Ok(only.outer)
    }

    /// The one whose content is the vault key.
    fn innermost(&self) -> &Envelope {
        self.nested.as_ref().map_or(&self.outer, |(_, inner)| inner)
    }

    /// What is stored.
    pub(super) fn envelope(&self) -> &Envelope {
        &self.outer
    }

    /// Has a statement name what is stored, and the ways in by the factors that it lists.
    pub(super) fn state_in(&self, statement: &mut Statement) {
        statement.envelope = digest_of(self.outer.bytes());
        statement.require(self.nested.as_ref().map(|(pair, _)| *pair));
        let nested = self.nested.as_ref().map(|(_, inner)| {
            let inner = digest_of(inner.bytes());
            vec![statement.envelope.clone(), inner]
        });
        statement.envelopes = nested.unwrap_or_default();
    }

    /// Whether a factor opens what is encrypted to it: the vault key, or its own one of both envelopes. To what is no way in, nothing is.
    pub(super) fn opens_to(&self, factor: &Factor) -> bool {
        let own = &[factor.identity()];
        let opens = |envelope| jose::unwrap_cek(envelope, own).is_ok();
        let Some((pair, inner)) = &self.nested else {
            return !factor.kind().opens_by_itself() || opens(&self.outer);
        };
        let levels = [(Level::Outer, &self.outer), (Level::Inner, inner)];
        let mut levels = levels
            .into_iter()
            .filter(|(level, _)| pair.is_at(*level, factor.kind()))
            .peekable();
        levels.peek().is_some() && levels.all(|(_, envelope)| opens(envelope))
    }

    /// Holds who each envelope is for against the factors that are listed, and what each holds against how many there are.
    fn check_recipients(&self, factors: &[FactorEntry]) -> Result<()> {
        let Some((pair, inner)) = &self.nested else {
            return check_level(&self.outer, Content::Jwk, factors, is_way);
        };
        let at = |level| move |entry: &FactorEntry| is_at(*pair, level, entry);
        check_level(&self.outer, Content::Nested, factors, at(Level::Outer))?;
        check_level(inner, Content::Jwk, factors, at(Level::Inner))
    }
}

/// Whether an envelope is of that row, and of the statement's generation.
fn check_stated(
    envelope: &Envelope,
    vault: &VaultId,
    row: &Row,
    statement: &Statement,
) -> Result<()> {
    let address = Address::of(envelope).map_err(changed)?;
    address.check(vault, row)?;
    if address.generation() == statement.generation {
        Ok(())
    } else {
        Err(Error::Integrity("a vault key of another generation"))
    }
}

fn check_level(
    envelope: &Envelope,
    content: Content,
    factors: &[FactorEntry],
    is_for: impl Fn(&FactorEntry) -> bool,
) -> Result<()> {
    let mut listed = factors.iter().filter(|entry| is_for(entry));
    let count = listed.clone().count();
    // No two recipients have one kid, nor have two factors.
    let same = envelope.entries().count() == count
        && listed.all(|entry| envelope.find(&entry.kid).is_some());
    let others = |entry: &RecipientEntry| factors.iter().all(|one| one.kid != *entry.kid());
    if envelope.content() == content && same && !envelope.entries().any(others) {
        Ok(())
    } else {
        Err(OTHERS)
    }
}

/// Whether a factor is a way into a vault that takes one: of a kind that is not known, too.
fn is_way(entry: &FactorEntry) -> bool {
    FactorKind::parse(&entry.kind).is_none_or(FactorKind::opens_by_itself)
}

fn is_at(pair: FactorPair, level: Level, entry: &FactorEntry) -> bool {
    FactorKind::parse(&entry.kind).is_some_and(|kind| pair.is_at(level, kind))
}
