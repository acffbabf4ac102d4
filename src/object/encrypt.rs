//! Encrypting an object.

use std::rc::Rc;

use crate::{
    base::{Context, Entropy, ObjectId, Sidecar},
    jose::{self, Ciphertext, Envelope, Recipient},
    object::Result,
};

use super::{
    Dek, FileMetadata,
    body::{BodyEncryptor, Buffers},
    metadata::FILE,
};

/// An object in the making.
pub struct Encryption<E: Buffers> {
    /// The object's id: its DEK's thumbprint.
    pub id: ObjectId,
    /// The header.
    pub header: Envelope,
    /// What the body is pushed through.
    pub encryptor: BodyEncryptor<E>,
}

/// Random bytes that an object takes: its DEK, its header's CEK and IV, its body's salt and nonce prefix.
pub(crate) const DRAWN: usize = 32 + Ciphertext::DRAWN + 32 + 7;

/// Starts an object for the recipients given, under a DEK of its own.
///
/// # Errors
/// [`Error::Argument`](crate::Error::Argument) without recipients, [`Error::TooLarge`](crate::Error::TooLarge).
pub fn encrypt_object<E: Buffers>(
    engine: Rc<E>,
    entropy: &dyn Entropy,
    recipients: &[Recipient],
    context: &Context,
    file: Option<&FileMetadata>,
) -> Result<Encryption<E>> {
    let dek = Dek::generate(entropy)?;
    let mut jwk = dek.to_jwk();
    if let Some(file) = file {
        jwk = jwk.with(FILE, file.to_member());
    }
    if let Some(sidecar) = context.sidecar() {
        jwk = jwk.with(Sidecar::MEMBER, sidecar.to_json());
    }
    let header = jose::wrap(&jwk, recipients, context, None, entropy)?;
    let size = file.and_then(|file| file.size);
    let encryptor = BodyEncryptor::new(engine, &dek, context, size, entropy)?;
    Ok(Encryption {
        id: header
            .jkt()
            .cloned()
            .expect("an Encrypted JWK names its key"),
        header,
        encryptor,
    })
}
