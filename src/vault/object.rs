//! Objects: a DEK's envelope as header, and a streaming body under that DEK.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::{
    body::{Buffers, Dek, Opener, PinnedSealer, Sealer, Start},
    custody::Upload,
    jose::{self, Envelope, Identity, Recipient},
    vocabulary::{
        Context, Entropy, Error, Json, Kid, Object, ObjectId, Result, Sidecar, Timestamp,
        VersionState,
    },
};

/// The member of a DEK's JWK that describes the file.
const FILE: &str = "file";

/// What is known of a file, as callers give it and are told of it. Travels inside the encrypted JWK, never
/// in the clear.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FileMetadata {
    /// Its name.
    pub name: Option<String>,
    /// Its media type.
    pub r#type: Option<String>,
    /// Its size in plaintext bytes; absent for a stream of unknown length.
    pub size: Option<u64>,
    /// When it was changed last, in milliseconds since 1970.
    pub modified: Option<Timestamp>,
}

/// The same as the encrypted JWK holds it.
#[derive(Serialize, Deserialize)]
struct FileMember {
    name: Option<String>,
    r#type: Option<String>,
    size: Option<u64>,
    modified: Option<Timestamp>,
}

impl FileMetadata {
    /// From `{ name?, type?, size?, modified? }`. Other members are a later version's.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn parse(members: Object) -> Result<Self> {
        let known = members.only(&["name", "type", "size", "modified"]);
        let member: FileMember = known.decode(Error::Malformed("file metadata"))?;
        Ok(Self {
            name: member.name,
            r#type: member.r#type,
            size: member.size,
            modified: member.modified,
        })
    }

    /// As a page is told.
    #[must_use]
    pub fn to_json(&self) -> Object {
        Object::encode(self)
    }

    fn to_member(&self) -> Object {
        let file = self.clone();
        Object::encode(&FileMember {
            name: file.name,
            r#type: file.r#type,
            size: file.size,
            modified: file.modified,
        })
    }
}

/// Who wrote an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody who holds the opener's own symmetric key, the sole recipient.
    Own,
    /// Anybody: other recipients, or a public key, could have written it.
    Unsigned,
}

/// An object in the making.
pub struct Encryption<E: Buffers> {
    /// The object's id: its DEK's thumbprint.
    pub id: ObjectId,
    /// The header.
    pub header: Envelope,
    /// What the body is pushed through.
    pub sealer: Sealer<E>,
}

/// An object whose header was opened.
pub struct Decryption<E: Buffers> {
    /// The object's id: its DEK's thumbprint.
    pub id: ObjectId,
    /// What is known of the file, if anything.
    pub metadata: Option<FileMetadata>,
    /// Who wrote it.
    pub origin: Origin,
    /// Which identity opened the header.
    pub by: Kid,
    /// Where the version that opened it is in its life, of a vault's key.
    pub state: Option<VersionState>,
    /// What the body is pushed through.
    pub opener: Opener<E>,
}

/// An object whose body is encrypted once more, or from some place on.
pub struct Resumption<E: Buffers> {
    /// What is known of its upload.
    pub upload: Upload,
    /// The header.
    pub header: Envelope,
    /// What the body is pushed through.
    pub sealer: PinnedSealer<E>,
    /// Where it begins.
    pub start: Start,
}

/// Starts an object for the recipients given, under a DEK of its own.
///
/// # Errors
/// [`Error::Argument`] without recipients, [`Error::TooLarge`].
pub fn seal_object<E: Buffers>(
    engine: Rc<E>,
    entropy: &dyn Entropy,
    recipients: &[Recipient],
    context: &Context,
    file: Option<&FileMetadata>,
) -> Result<Encryption<E>> {
    let dek = Dek::generate(entropy)?;
    let mut jwk = dek.to_jwk();
    let id = jwk.thumbprint();
    if let Some(file) = file {
        jwk = jwk.with(FILE, file.to_member());
    }
    if let Some(sidecar) = context.sidecar() {
        jwk = jwk.with(Sidecar::MEMBER, sidecar.to_json());
    }
    let header = jose::wrap(&jwk, recipients, context, None, entropy)?;
    let size = file.and_then(|file| file.size);
    let sealer = Sealer::new(engine, &dek, context, size, entropy)?;
    Ok(Encryption { id, header, sealer })
}

/// What an object's header says.
pub(super) struct Opened {
    pub(super) id: ObjectId,
    pub(super) dek: Dek,
    pub(super) metadata: Option<FileMetadata>,
    pub(super) origin: Origin,
    pub(super) by: Kid,
}

/// Opens an object's header with whichever identity is among its recipients.
///
/// # Errors
/// [`Error::Context`] for another context, [`Error::Decrypt`] when no identity opens it or it is not
/// the object that was expected, [`Error::Malformed`].
pub fn open_object<E: Buffers>(
    engine: Rc<E>,
    header: &Envelope,
    identities: &[Identity],
    context: &Context,
    expect: Option<&ObjectId>,
) -> Result<Decryption<E>> {
    Ok(open_header(header, identities, context, expect)?.decryption(engine, context))
}

impl Opened {
    pub(super) fn decryption<E: Buffers>(self, engine: Rc<E>, context: &Context) -> Decryption<E> {
        let size = self.metadata.as_ref().and_then(|file| file.size);
        Decryption {
            id: self.id,
            metadata: self.metadata,
            origin: self.origin,
            by: self.by,
            state: None,
            opener: Opener::new(engine, self.dek, context.clone(), size),
        }
    }
}

pub(super) fn open_header(
    header: &Envelope,
    identities: &[Identity],
    context: &Context,
    expect: Option<&ObjectId>,
) -> Result<Opened> {
    // A vault's own records have an address and must never be taken for somebody's object.
    if header.aad().is_some() {
        return Err(Error::Malformed("an object's header has no aad"));
    }
    let unwrapped = jose::unwrap(header, identities, context)?;
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
        by: unwrapped.by,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<FileMember>("{\"name\":\"n\"}", &[]);
        let text = r#"{"name":"n","type":"image/png","size":1,"modified":2}"#;
        is_strict::<FileMember>(text, &[]);
    }

    #[test]
    fn metadata_of_a_later_version_is_read_as_far_as_it_is_known() {
        let read = |text: &str| {
            let members = Object::parse(text.as_bytes(), Error::Malformed("x"))?;
            FileMetadata::parse(members)
        };
        let known = FileMetadata {
            size: Some(1),
            ..FileMetadata::default()
        };
        assert_eq!(read(r#"{"width":null,"size":1,"ratio":1.5}"#), Ok(known));
        let refused = Err(Error::Malformed("file metadata"));
        for bad in [r#"{"size":"1"}"#, r#"{"name":null}"#, r#"{"modified":1.5}"#] {
            assert_eq!(read(bad), refused, "{bad}");
        }
    }
}
