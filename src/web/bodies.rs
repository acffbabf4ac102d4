//! Bodies: pieces of any size in, whole segments out, all of them in the page's own buffers.

use core::cell::RefCell;

use js_sys::{Array, JsString, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    api::{DecryptedBody, EncryptedBody, OpenedBy, ResumedBody},
    base::{Error, Kid, ObjectId, Result},
    jose::Envelope,
    object::{
        Covers, Decryption, Encryption, HeaderToSign, Origin, SharedEncryption, attached,
        body::{
            BodyDecryptor, BodyEncryptor, BodyHashes, DecryptorState, EncryptorState,
            HeldEncryptor, PlaintextDigests, ResumedEncryptor, SecondPass, Turn,
        },
    },
    vault::Resumption,
};

use super::{
    PageBuffers, WasmRanges,
    convert::{count, text},
    crossing::plain,
    engine::{PageKey, Way},
};

type JsResult<T> = core::result::Result<T, JsValue>;

/// Encrypts or decrypts one body.
#[wasm_bindgen]
pub struct WasmBody {
    about: JsValue,
    /// Of a body that is encrypted.
    header: Option<Envelope>,
    /// What is to be signed of an object for others too.
    to_sign: Option<HeaderToSign>,
    /// What the body is encrypted by once more.
    again: RefCell<Option<SecondPass<PageBuffers>>>,
    cutter: Cutter,
    turn: RefCell<Option<Cut>>,
}

enum Cutter {
    Encrypt(BodyEncryptor<PageBuffers>),
    Resume(ResumedEncryptor<PageBuffers>),
    Again(HeldEncryptor<PageBuffers>),
    Decrypt(BodyDecryptor<PageBuffers>),
}

/// A turn that the page's side works on.
enum Cut {
    Encrypt(Turn<Box<EncryptorState<PageBuffers>>, Uint8Array>),
    Decrypt(Turn<Box<DecryptorState<PageBuffers>>, Uint8Array>),
}

#[wasm_bindgen]
impl WasmBody {
    /// The object's `id`, and the `kid` of the vault's version that it is under; of one that is encrypted how many segments a `piece` has, and the `size` of its
    /// body, where the plaintext's is known; of one that is encrypted again also `input` bytes of plaintext, from
    /// which the pass begins at `plain` and leaves `skip` bytes out, whether it is `attached`, whether the vault has
    /// `kept` its header, and its `note`; of one that is decrypted `metadata`, where there is some, and `origin`.
    #[wasm_bindgen(unchecked_return_type = "object")]
    pub fn about(&self) -> JsValue {
        self.about.clone()
    }

    /// What an attached object begins with: 8 bytes and the header. Nothing for one that is decrypted.
    #[wasm_bindgen(js_name = attachedPrefix)]
    pub fn attached_prefix(&self) -> Uint8Array {
        let prefix = self.header.as_ref().map(attached::prefix);
        Uint8Array::from(&prefix.unwrap_or_default()[..])
    }

    /// Takes a piece, or the end, and cuts what became whole: what goes out as it is, then the segments'
    /// nonces, then their bytes. Of one that is encrypted again it is a whole piece, with its SHA-256.
    ///
    /// # Errors
    /// `ERR_CHANGED`, `ERR_CONSUMED`, `ERR_DECRYPT`.
    #[wasm_bindgen(unchecked_return_type = "[Uint8Array | undefined, Uint8Array[], Uint8Array[]]")]
    pub fn cut(&self, piece: Option<Uint8Array>, digest: Option<Uint8Array>) -> JsResult<Array> {
        let mut cut = match &self.cutter {
            Cutter::Encrypt(encryptor) => Cut::Encrypt(encryptor.cut(piece)?),
            Cutter::Resume(encryptor) => {
                let digest = digest.map(|digest| digest.to_vec()).unwrap_or_default();
                Cut::Encrypt(encryptor.cut(piece.map(|piece| (piece, &digest[..])))?)
            }
            Cutter::Again(encryptor) => Cut::Encrypt(encryptor.cut(piece)?),
            Cutter::Decrypt(decryptor) => Cut::Decrypt(decryptor.cut(piece)?),
        };
        let (ready, work) = match &mut cut {
            Cut::Encrypt(turn) => (&mut turn.ready, &turn.work),
            Cut::Decrypt(turn) => (&mut turn.ready, &turn.work),
        };
        let (nonces, inputs) = (Array::new(), Array::new());
        for (segment, input) in work {
            nonces.push(&Uint8Array::from(&segment.nonce()[..]));
            inputs.push(input);
        }
        let parts = Array::of3(&ready.take().into(), &nonces, &inputs);
        self.turn.replace(Some(cut));
        Ok(parts)
    }

    /// The key of the segments that were cut, for `crypto.subtle` to import. The bytes are to be wiped.
    ///
    /// # Errors
    /// `ERR_CONSUMED` where there are none.
    pub fn key(&self) -> JsResult<Uint8Array> {
        let turn = self.turn.borrow();
        Ok(turn.as_ref().ok_or(Error::Consumed)?.key()?.raw())
    }

    /// Runs the first of the segments that were cut in the crates, and takes it off.
    ///
    /// # Errors
    /// `ERR_DECRYPT`; `ERR_CONSUMED` where there is none.
    pub fn run(&self) -> JsResult<Uint8Array> {
        let mut turn = self.turn.borrow_mut();
        Ok(turn.as_mut().ok_or(Error::Consumed)?.run()?)
    }

    /// Opens what `crypto.subtle` made of the first of the segments that were cut, by the crates, and compares.
    ///
    /// # Errors
    /// `ERR_INTERNAL` when it is not the segment; `ERR_CONSUMED` where there is none.
    pub fn confirm(&self, sealed: &Uint8Array) -> JsResult<()> {
        let turn = self.turn.borrow();
        let Some(Cut::Encrypt(turn)) = turn.as_ref() else {
            return Err((Error::Consumed).into());
        };
        let (segment, plain) = turn.work.first().ok_or(Error::Consumed)?;
        if turn.key().confirms(segment, sealed, plain) {
            Ok(())
        } else {
            Err((Error::Miscalculated("a body")).into())
        }
    }

    /// Goes on: the segments that were cut gave so many bytes in all. Whether no piece is held any more, so that
    /// their buffers may be written to.
    ///
    /// # Errors
    /// `ERR_DECRYPT` when there are more or fewer than the writer stated, or `hashes` are not the signed ones; `ERR_CHANGED` when they
    /// are not those of the first pass. Then none may go out.
    pub fn done(&self, bytes: u32, hashes: Option<Uint8Array>) -> JsResult<bool> {
        let hashes = hashes.map(|hashes| hashes.to_vec());
        match (&self.cutter, self.turn.take()) {
            (Cutter::Again(encryptor), Some(Cut::Encrypt(turn))) => {
                Ok(encryptor.done(turn, &hashes.unwrap_or_default())?)
            }
            (Cutter::Encrypt(encryptor), Some(Cut::Encrypt(turn))) => Ok(encryptor.done(turn)),
            (Cutter::Resume(encryptor), Some(Cut::Encrypt(turn))) => Ok(encryptor.done(turn)),
            (Cutter::Decrypt(decryptor), Some(Cut::Decrypt(mut turn))) => {
                turn.check(&hashes.unwrap_or_default())?;
                Ok(decryptor.done(turn, bytes.into())?)
            }
            _ => Err((Error::Consumed).into()),
        }
    }

    /// What stands before the first of the segments that were cut, in its block of 262,144 bytes; nothing where nobody asks for the
    /// blocks' hashes. Of an object that is signed with its content, and of a second pass, `done` takes them.
    pub fn front(&self) -> Option<Uint8Array> {
        let turn = self.turn.borrow();
        let Some(Cut::Decrypt(turn)) = turn.as_ref() else {
            return None;
        };
        turn.front().map(|front| Uint8Array::from(&front[..]))
    }

    /// Whether the object is to be signed before it is stored.
    #[wasm_bindgen(js_name = isShared)]
    pub fn is_shared(&self) -> bool {
        self.to_sign.is_some()
    }

    /// What a signed object begins with: header and signature, each with its length.
    ///
    /// # Errors
    /// `ERR_CONSUMED` for one that is decrypted.
    #[wasm_bindgen(js_name = signedPrefix)]
    pub fn signed_prefix(&self, signature: JsString) -> JsResult<Uint8Array> {
        let header = self.header.as_ref().ok_or(Error::Consumed)?;
        let prefix = attached::signed_prefix(header, &text(&signature));
        Ok(Uint8Array::from(&prefix[..]))
    }

    /// The second pass over the same plaintext: gives the body of so many bytes whose blocks have these hashes, or nothing.
    ///
    /// # Errors
    /// `ERR_CONSUMED` where there is none; `ERR_MALFORMED`.
    #[wasm_bindgen(unchecked_return_type = "WasmBody")]
    pub fn again(&self, size: f64, hashes: &Uint8Array) -> JsResult<JsValue> {
        let hashes = body_hashes(size, hashes)?;
        let again = self.again.take().ok_or(Error::Consumed)?;
        let cutter = Cutter::Again(again.held_to(hashes));
        Ok(Self::new(JsValue::UNDEFINED, None, cutter).into())
    }

    /// Opens parts instead, in any order, of a body of so many bytes that begins with these.
    ///
    /// # Errors
    /// `ERR_DECRYPT` when no such body has that size; `ERR_CONSUMED` after `cut`, and for one that is encrypted.
    pub fn ranges(&self, size: f64, front: &Uint8Array) -> JsResult<WasmRanges> {
        match &self.cutter {
            Cutter::Decrypt(decryptor) => {
                let size = count(size).ok_or(Error::Decrypt)?;
                WasmRanges::new(decryptor.ranges(size, &front.to_vec()))
            }
            _ => Err((Error::Consumed).into()),
        }
    }
}

impl WasmBody {
    pub(super) fn sealing(encryption: Encryption<PageBuffers>) -> Result<JsValue> {
        let Encryption {
            id,
            header,
            encryptor,
        } = encryption;
        let about = about(&id, &header, &encryptor)?;
        Ok(Self::new(about, Some(header), Cutter::Encrypt(encryptor)).into())
    }

    pub(super) fn sealing_shared(encryption: SharedEncryption<PageBuffers>) -> Result<JsValue> {
        let SharedEncryption {
            id,
            header,
            encryptor,
            again,
            to_sign,
        } = encryption;
        let about = about(&id, &header, &encryptor)?;
        let body = Self {
            to_sign: Some(to_sign),
            again: RefCell::new(again),
            ..Self::new(about, Some(header), Cutter::Encrypt(encryptor))
        };
        Ok(body.into())
    }

    /// What is to be signed of it.
    pub(super) fn to_sign(&self) -> Result<HeaderToSign> {
        self.to_sign.clone().ok_or(Error::Consumed)
    }

    pub(super) fn sealing_again(resumption: Resumption<PageBuffers>) -> Result<JsValue> {
        let Resumption {
            upload,
            header,
            encryptor,
            start,
        } = resumption;
        let input = upload.pins.size();
        let about = plain(&ResumedBody {
            id: &upload.id,
            kid: version_of(&header),
            piece: PlaintextDigests::piece(Some(input))?,
            size: encryptor.body_size(),
            input,
            plain: start.plain,
            skip: start.skip,
            attached: upload.attached,
            kept: upload.header.is_none(),
            note: upload.note.as_deref(),
        });
        Ok(Self::new(about, Some(header), Cutter::Resume(encryptor)).into())
    }

    /// The header of one that is encrypted, and what another pass is held to by the digests of its pieces.
    pub(super) fn pin(&self, digests: &[u8]) -> Result<(&Envelope, PlaintextDigests)> {
        match (&self.header, &self.cutter) {
            (Some(header), Cutter::Encrypt(encryptor)) => Ok((header, encryptor.pin(digests)?)),
            _ => Err(Error::Consumed),
        }
    }

    pub(super) fn opening(decryption: Decryption<PageBuffers>) -> JsValue {
        let origin = match decryption.origin {
            Origin::Own => "own",
            Origin::Unsigned => "unsigned",
        };
        let about = plain(&DecryptedBody {
            id: &decryption.id,
            origin,
            covers: decryption.covers.map(Covers::as_str),
            version: decryption
                .state
                .and_then(|state| OpenedBy::of(&decryption.by, state)),
            kid: decryption.state.map(|_| &decryption.by),
            metadata: decryption.metadata.as_ref(),
        });
        Self::new(about, None, Cutter::Decrypt(decryption.decryptor)).into()
    }

    /// A body alone, without an object around it: for tests of the engines.
    #[must_use]
    pub fn of_encryptor(encryptor: BodyEncryptor<PageBuffers>) -> Self {
        Self::new(JsValue::UNDEFINED, None, Cutter::Encrypt(encryptor))
    }

    /// A body alone, without an object around it: for tests of the engines.
    #[must_use]
    pub fn of_decryptor(decryptor: BodyDecryptor<PageBuffers>) -> Self {
        Self::new(JsValue::UNDEFINED, None, Cutter::Decrypt(decryptor))
    }

    fn new(about: JsValue, header: Option<Envelope>, cutter: Cutter) -> Self {
        Self {
            about,
            header,
            to_sign: None,
            again: RefCell::new(None),
            cutter,
            turn: RefCell::new(None),
        }
    }
}

/// The version of a vault's key that an object is made under.
fn version_of(header: &Envelope) -> Option<&Kid> {
    let kid = header.entries().next()?.kid();
    kid.version().map(|_| kid)
}

impl Cut {
    fn key(&self) -> Result<&PageKey> {
        match self {
            Self::Encrypt(turn) => Ok(turn.key()),
            Self::Decrypt(turn) => turn.key().ok_or(Error::Consumed),
        }
    }

    fn run(&mut self) -> Result<Uint8Array> {
        let (way, work) = match self {
            Self::Encrypt(turn) => (Way::Seal, &mut turn.work),
            Self::Decrypt(turn) => (Way::Open, &mut turn.work),
        };
        if work.is_empty() {
            return Err(Error::Consumed);
        }
        let (segment, input) = work.remove(0);
        Ok(self.key()?.run(way, segment, &input)?)
    }
}

/// What the page is told of an object in the making.
fn about(
    id: &ObjectId,
    header: &Envelope,
    encryptor: &BodyEncryptor<PageBuffers>,
) -> Result<JsValue> {
    Ok(plain(&EncryptedBody {
        id,
        kid: version_of(header),
        piece: PlaintextDigests::piece(encryptor.promised())?,
        size: encryptor.body_size(),
    }))
}

/// The hashes of a body of so many bytes.
pub(super) fn body_hashes(size: f64, hashes: &Uint8Array) -> Result<BodyHashes> {
    let size = count(size).ok_or(Error::Malformed("a size"))?;
    Ok(BodyHashes::new(size, &hashes.to_vec())?)
}

/// What follows an attached object's first 8 bytes: the header's length, and whether a signature follows it.
///
/// # Errors
/// `ERR_MALFORMED`, `ERR_UNSUPPORTED`, `ERR_TOO_LARGE`.
#[wasm_bindgen(js_name = attachedHeader, unchecked_return_type = "[length: number, signed: boolean]")]
pub fn attached_header(prefix: Uint8Array) -> JsResult<Array> {
    let prefix = attached::read_prefix(&prefix.to_vec())?;
    let length = u32::try_from(prefix.header).expect("at most 1 MiB was let through");
    Ok(Array::of2(&length.into(), &prefix.signed.into()))
}

/// The signature's length, from the 4 bytes after a header.
///
/// # Errors
/// `ERR_MALFORMED`, `ERR_TOO_LARGE`.
#[wasm_bindgen(js_name = attachedSignatureLength)]
pub fn attached_signature_length(prefix: Uint8Array) -> JsResult<u32> {
    let length = attached::signature_len(&prefix.to_vec())?;
    Ok(u32::try_from(length).expect("at most 8 MiB were let through"))
}
