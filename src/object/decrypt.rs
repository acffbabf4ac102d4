//! Opening an object.

use std::rc::Rc;

use crate::{
    base::{Context, Json, Kid, ObjectId, VersionState},
    jose::{self, Cek, Envelope, Identity, Unwrapped},
    object::{Error, Result},
};

use super::{
    Covers, Dek, FileMetadata, SignedHeader,
    body::{BodyDecryptor, Buffers},
    metadata::FILE,
};

/// Who wrote an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody who holds the decryptor's own symmetric key, the sole recipient.
    Own,
    /// Anybody: other recipients, or a public key, could have written it.
    Unsigned,
}

/// An object whose header was opened.
pub struct Decryption<E: Buffers> {
    /// The object's id: its DEK's thumbprint.
    pub id: ObjectId,
    /// What is known of the file, if anything.
    pub metadata: Option<FileMetadata>,
    /// Who wrote it.
    pub origin: Origin,
    /// What the signature covers that proves that, of an object for more recipients.
    pub covers: Option<Covers>,
    /// Which identity opened the header.
    pub by: Kid,
    /// Where the version that opened it is in its life, of a vault's key.
    pub state: Option<VersionState>,
    /// What the body is pushed through.
    pub decryptor: BodyDecryptor<E>,
}

/// What an object's header says.
pub(crate) struct Opened {
    pub(crate) id: ObjectId,
    pub(crate) dek: Dek,
    pub(crate) metadata: Option<FileMetadata>,
    pub(crate) origin: Origin,
    /// What its signature says, where it has one that was verified.
    pub(crate) signed: Option<SignedHeader>,
    pub(crate) by: Kid,
}

/// Opens an object's header with whichever identity is among its recipients.
///
/// # Errors
/// [`Error::Context`] for another context, [`Error::Decrypt`] when no identity opens it or it is not
/// the object that was expected, [`Error::Malformed`].
pub fn decrypt_object<E: Buffers>(
    engine: Rc<E>,
    header: &Envelope,
    identities: &[Identity],
    context: &Context,
    expect: Option<&ObjectId>,
) -> Result<Decryption<E>> {
    Ok(open_header(header, identities, context, expect)?.decryption(engine, context))
}

/// As [`decrypt_object`], of an object whose signature was verified: the body is held to it, where it covers that. Who wrote it is
/// for the caller to say, who knows whose vault that is.
///
/// # Errors
/// As [`decrypt_object`]; [`Error::Decrypt`] for the signature of another object.
pub fn decrypt_signed_object<E: Buffers>(
    engine: Rc<E>,
    header: &Envelope,
    signed: SignedHeader,
    identities: &[Identity],
    context: &Context,
    expect: Option<&ObjectId>,
) -> Result<Decryption<E>> {
    let opened = open_header(header, identities, context, expect)?;
    if opened.id != signed.object {
        return Err(Error::Decrypt);
    }
    let opened = Opened {
        signed: Some(signed),
        ..opened
    };
    Ok(opened.decryption(engine, context))
}

/// As [`decrypt_object`], of a header whose CEK somebody gave who holds a recipient's private half elsewhere, and of a signature, if
/// it has one, that was verified. Nothing here proves who wrote it.
///
/// # Errors
/// As [`decrypt_signed_object`].
pub fn decrypt_answered_object<E: Buffers>(
    engine: Rc<E>,
    header: &Envelope,
    signed: Option<SignedHeader>,
    (by, cek): (&Kid, &Cek),
    context: &Context,
    expect: Option<&ObjectId>,
) -> Result<Decryption<E>> {
    check_form(header)?;
    header.check_context(context)?;
    let unwrapped = Unwrapped {
        jwk: header.open_with(cek)?,
        by: by.clone(),
        proves_writer: false,
    };
    let opened = opened(&unwrapped, expect)?;
    if signed
        .as_ref()
        .is_some_and(|signed| signed.object != opened.id)
    {
        return Err(Error::Decrypt);
    }
    let opened = Opened { signed, ..opened };
    Ok(opened.decryption(engine, context))
}

impl Opened {
    pub(crate) fn decryption<E: Buffers>(self, engine: Rc<E>, context: &Context) -> Decryption<E> {
        let size = self.metadata.as_ref().and_then(|file| file.size);
        let decryptor = BodyDecryptor::new(engine, self.dek, context.clone(), size);
        Decryption {
            id: self.id,
            metadata: self.metadata,
            origin: self.origin,
            covers: self.signed.as_ref().map(SignedHeader::covers),
            by: self.by,
            state: None,
            decryptor: match self.signed.and_then(|signed| signed.content) {
                None => decryptor,
                Some(hashes) => decryptor.held_to(hashes),
            },
        }
    }
}

pub(crate) fn open_header(
    header: &Envelope,
    identities: &[Identity],
    context: &Context,
    expect: Option<&ObjectId>,
) -> Result<Opened> {
    check_form(header)?;
    opened(&jose::unwrap(header, identities, context)?, expect)
}

/// A vault's own records have an address and must never be taken for somebody's object.
fn check_form(header: &Envelope) -> Result<()> {
    match header.aad() {
        None => Ok(()),
        Some(_) => Err(Error::Malformed("an object's header has no aad")),
    }
}

fn opened(unwrapped: &Unwrapped, expect: Option<&ObjectId>) -> Result<Opened> {
    let id = unwrapped.jwk.thumbprint();
    if expect.is_some_and(|expect| *expect != id) {
        return Err(Error::Decrypt);
    }
    let metadata = unwrapped
        .jwk
        .member(FILE)
        .cloned()
        .and_then(Json::into_object);
    let metadata = metadata.map(FileMetadata::parse).transpose()?;
    let origin = if unwrapped.proves_writer {
        Origin::Own
    } else {
        Origin::Unsigned
    };
    Ok(Opened {
        id,
        dek: Dek::from_jwk(&unwrapped.jwk)?,
        metadata,
        origin,
        signed: None,
        by: unwrapped.by.clone(),
    })
}
