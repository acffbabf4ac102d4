//! Opening envelopes.

use zeroize::Zeroizing;

use crate::{
    base::{Context, Kid},
    jose::{Cek, Content, Envelope, Identity, Jwk, Kek, RecipientEntry},
    jose::{Error, Result},
};

/// A key that was unwrapped.
#[derive(Debug)]
pub struct Unwrapped {
    /// The key.
    pub jwk: Jwk,
    /// Which identity opened the envelope: the outer one's, if it was nested.
    pub by: Kid,
    /// Whether only a holder of that identity can have written the envelope: a symmetric key that
    /// was its sole recipient. Everybody can write to a public key, and any recipient of a shared
    /// envelope can write it anew around another key.
    pub proves_writer: bool,
}

/// Opens an Encrypted JWK, nested or not.
///
/// An identity is tried only where its own `kid` stands: one operation for each, and none of them a
/// guess.
///
/// # Errors
/// [`Error::Context`] under another context; [`Error::Decrypt`] when no identity opens it.
pub fn unwrap(
    envelope: &Envelope,
    identities: &[Identity],
    context: &Context,
) -> Result<Unwrapped> {
    open(envelope, identities, Some(context))
}

/// As [`unwrap`], whatever the context: for whoever keeps account of the envelope, and decrypts nothing.
///
/// # Errors
/// [`Error::Decrypt`] when no identity opens it.
pub fn unwrap_unbound(envelope: &Envelope, identities: &[Identity]) -> Result<Unwrapped> {
    open(envelope, identities, None)
}

fn open(
    envelope: &Envelope,
    identities: &[Identity],
    context: Option<&Context>,
) -> Result<Unwrapped> {
    if let Some(context) = context {
        envelope.check_context(context)?;
    }
    let (cek, identity) = unwrap_cek(envelope, identities)?;
    let symmetric = matches!(identity, Identity::Kek(_));
    let by = identity.kid().clone();
    let proves_writer = symmetric && envelope.has_sole_recipient();
    if envelope.content() != Content::Nested {
        return Ok(Unwrapped {
            jwk: envelope.open_with(&cek)?,
            by,
            proves_writer,
        });
    }
    let inner = envelope.open_nested_with(&cek)?;
    let inner = open(&inner, identities, context)?;
    Ok(Unwrapped {
        jwk: inner.jwk,
        by,
        proves_writer: proves_writer && inner.proves_writer,
    })
}

/// Opens a vault's JSON record.
///
/// # Errors
/// [`Error::Decrypt`] when the key is not its sole recipient or does not open it.
pub fn decrypt_record(envelope: &Envelope, kek: &Kek) -> Result<Zeroizing<Vec<u8>>> {
    envelope.open_record_with(&unwrap_sole(envelope, kek)?)
}

/// The CEK of an envelope that is for this key alone.
pub(crate) fn unwrap_sole(envelope: &Envelope, kek: &Kek) -> Result<Cek> {
    kek.unwrap(sole_entry(envelope, kek)?)
}

/// What is in each envelope, all of which are for this key alone: many take less time together.
pub(crate) fn open_soles(envelopes: &[&Envelope], kek: &Kek) -> Result<Vec<Zeroizing<Vec<u8>>>> {
    let mut entries = Vec::new();
    for envelope in envelopes {
        entries.push(sole_entry(envelope, kek)?);
    }
    let ceks = kek.unwrap_all(&entries)?;
    let mut plains = Vec::new();
    for (envelope, cek) in envelopes.iter().zip(&ceks) {
        plains.push(envelope.open(cek, envelope.content())?);
    }
    Ok(plains)
}

fn sole_entry<'a>(envelope: &'a Envelope, kek: &Kek) -> Result<&'a RecipientEntry> {
    envelope
        .find(kek.kid())
        .filter(|_| envelope.has_sole_recipient())
        .ok_or(Error::Decrypt)
}

/// The key in an envelope that was bound to its address and to no context.
pub(crate) fn unwrap_own(envelope: &Envelope, identities: &[Identity]) -> Result<Jwk> {
    unwrap(envelope, identities, &Context::none()).map(|unwrapped| unwrapped.jwk)
}

pub(crate) fn unwrap_cek<'a>(
    envelope: &Envelope,
    identities: &'a [Identity],
) -> Result<(Cek, &'a Identity)> {
    let sole = envelope.has_sole_recipient();
    let opened = identities.iter().find_map(|identity| {
        // What was written for others too is never taken for what stands alone.
        if sole && matches!(identity, Identity::Shared(_)) {
            return None;
        }
        let entry = envelope.find(identity.kid())?;
        identity.unwrap(entry).ok().map(|cek| (cek, identity))
    });
    opened.ok_or(Error::Decrypt)
}
