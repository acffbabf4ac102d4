//! Encrypting an object.

use std::rc::Rc;

use crate::{
    base::{Context, Entropy, Json, Kid, ObjectId, Sidecar, Timestamp},
    jose::{
        self, Cek, Ciphertext, Draft, Envelope, Identity, Jwk, PublicRecipient, Recipient,
        RecipientEntry, SharedKek, Wrapping,
    },
    object::{Error, Result},
};

use super::{
    Dek, FileMetadata,
    body::{BodyEncryptor, BodyHeader, Buffers, SecondPass},
    metadata::FILE,
    signature::{HeaderToSign, SignedHeader, SignedRecipient},
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
    let jwk = described(&dek, context, file);
    let header = jose::wrap(&jwk, recipients, context, None, entropy)?;
    begin(engine, entropy, &dek, context, file, header)
}

/// What a DEK's envelope holds.
fn described(dek: &Dek, context: &Context, file: Option<&FileMetadata>) -> Jwk {
    let mut jwk = dek.to_jwk();
    if let Some(file) = file {
        jwk = jwk.with(FILE, file.to_member());
    }
    if let Some(sidecar) = context.sidecar() {
        jwk = jwk.with(Sidecar::MEMBER, sidecar.to_json());
    }
    jwk
}

fn begin<E: Buffers>(
    engine: Rc<E>,
    entropy: &dyn Entropy,
    dek: &Dek,
    context: &Context,
    file: Option<&FileMetadata>,
    header: Envelope,
) -> Result<Encryption<E>> {
    let size = file.and_then(|file| file.size);
    let encryptor = BodyEncryptor::new(engine, dek, context, size, entropy)?;
    Ok(Encryption {
        id: header
            .jkt()
            .cloned()
            .expect("an Encrypted JWK names its key"),
        header,
        encryptor,
    })
}

/// An object for others beside a vault's own version.
pub struct SharedEncryption<E: Buffers> {
    /// The object's id.
    pub id: ObjectId,
    /// The header.
    pub header: Envelope,
    /// What the body is pushed through.
    pub encryptor: BodyEncryptor<E>,
    /// What it is pushed through once more, where a first pass gives nothing but its hashes; of a plaintext whose size is known.
    pub again: Option<SecondPass<E>>,
    /// What is to be signed before the object is stored.
    pub to_sign: HeaderToSign,
}

/// The most recipients besides the vault's own version.
pub const MAX_OTHERS: usize = 16;

/// The member of a DEK's JWK that lists the public keys of the recipients besides the vault's own version, for whoever writes
/// the header again.
pub(crate) const RECIPIENTS: &str = "recipients";

/// An object for others beside a vault's own version, in the making: their entries are still to be added.
pub(crate) struct SharedDraft<'o> {
    dek: Dek,
    jwk: Jwk,
    own: SharedKek,
    entries: SharedEntries<'o>,
}

/// A header for a vault's own version and for others, whose entries are to be added in their order.
pub(crate) struct SharedEntries<'o> {
    draft: Draft,
    cek: Cek,
    others: &'o [PublicRecipient],
    added: usize,
}

impl<'o> SharedEntries<'o> {
    /// Adds the own entry, and leaves the others to be added.
    pub(crate) fn new(
        (mut draft, cek): (Draft, Cek),
        own: &SharedKek,
        others: &'o [PublicRecipient],
    ) -> Self {
        draft.add(own.wrap(&cek));
        Self {
            draft,
            cek,
            others,
            added: 0,
        }
    }

    /// The next entry, or who makes it; nothing once all are there.
    pub(crate) fn next(
        &self,
        entropy: &dyn Entropy,
    ) -> Result<Option<(&'o PublicRecipient, Wrapping<'o>)>> {
        let Some(next) = self.others.get(self.added) else {
            return Ok(None);
        };
        Ok(Some((next, next.wrapping(&self.cek, entropy)?)))
    }

    /// EXPOSE: for the platform, which encrypts it to a public key.
    pub(crate) const fn cek(&self) -> &Cek {
        &self.cek
    }

    /// Adds the next entry.
    pub(crate) fn add(&mut self, entry: RecipientEntry) {
        self.draft.add(entry);
        self.added += 1;
    }

    /// The header, once all entries are there, and what signs it. Its signature takes the place of one of `before`, if there is one.
    pub(crate) fn finish(self, before: Option<Timestamp>) -> Result<(Envelope, HeaderToSign)> {
        let header = self.draft.finish()?;
        let to_sign = HeaderToSign::new(&header, self.others, before)?;
        Ok((header, to_sign))
    }
}

impl<'o> SharedDraft<'o> {
    /// Starts an object under a DEK of its own.
    ///
    /// # Errors
    /// As [`encrypt_object`]; [`Error::Argument`] for none or more than 16 others.
    pub(crate) fn new(
        entropy: &dyn Entropy,
        own: &SharedKek,
        others: &'o [PublicRecipient],
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<Self> {
        if others.is_empty() || others.len() > MAX_OTHERS {
            return Err(Error::Argument("recipients (1 to 16 public keys)"));
        }
        let dek = Dek::generate(entropy)?;
        let jwk = described(&dek, context, file).with(RECIPIENTS, list_recipients(others));
        let drafted = Draft::new(&jwk, context, None, entropy)?;
        Ok(Self {
            dek,
            jwk,
            own: own.clone(),
            entries: SharedEntries::new(drafted, own, others),
        })
    }

    /// The entries that are still to be added.
    pub(crate) const fn entries(&mut self) -> &mut SharedEntries<'o> {
        &mut self.entries
    }

    /// The object, whose header is seen to open to what it should.
    ///
    /// # Errors
    /// [`Error::Miscalculated`]; as [`encrypt_object`].
    pub(crate) fn finish<E: Buffers>(
        self,
        engine: &Rc<E>,
        entropy: &dyn Entropy,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<SharedEncryption<E>> {
        let (header, to_sign) = self.entries.finish(None)?;
        if !jose::opens_to(&header, &Identity::Shared(self.own), &self.jwk) {
            return Err(Error::Miscalculated("an envelope"));
        }
        let begun = BodyHeader::generate(entropy)?;
        let size = file.and_then(|file| file.size);
        let pass = |size| {
            let (engine, before) = (engine.clone(), (size, 0));
            BodyEncryptor::again(engine, &self.dek, context, &begun, 0, before)
        };
        Ok(SharedEncryption {
            id: to_sign.object().clone(),
            header,
            encryptor: pass(size)?,
            again: match size {
                Some(_) => Some(SecondPass::new(pass(size)?)),
                None => None,
            },
            to_sign,
        })
    }
}

/// The list that a header's JWK has of the recipients besides the vault's own version.
pub(crate) fn list_recipients(others: &[PublicRecipient]) -> Json {
    let keys = others.iter().map(|other| other.jwk().clone().into());
    Json::Array(keys.collect())
}

/// The public keys of the recipients that a signature names, as a header's JWK lists them: each held against its thumbprint there.
///
/// # Errors
/// The `kid` of the first one whose key is missing, or another one.
pub(crate) fn listed_recipients(
    jwk: &Jwk,
    signed: &SignedHeader,
) -> core::result::Result<Vec<PublicRecipient>, Kid> {
    let listed = match jwk.member(RECIPIENTS) {
        Some(Json::Array(listed)) => &listed[..],
        _ => &[],
    };
    let listed: Vec<_> = listed
        .iter()
        .filter_map(|jwk| PublicRecipient::from_members(jwk.clone().into_object()?).ok())
        .collect();
    let mut found = Vec::new();
    for SignedRecipient { kid, jkt } in &signed.recipients {
        let Some(jkt) = jkt else { continue };
        let same = |other: &&PublicRecipient| other.kid() == kid && other.thumbprint() == *jkt;
        let other = listed.iter().find(same).ok_or_else(|| kid.clone())?;
        found.push(other.clone());
    }
    Ok(found)
}
