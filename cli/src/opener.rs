//! What unwraps objects and values: an open vault, one key, or a token or service that has one (`holder`).

use std::{path::Path, rc::Rc};

use pollster::block_on;
use strongroom::{
    Context, Error,
    base::{Kid, ObjectId, Thumbprint},
    jose::{Envelope, Identity, Value},
    object::{
        Decryption, Origin, SignedHeader, body::RustEngine, decrypt_object, decrypt_signed_object,
    },
    vault::{DecryptOptions, Header},
};
use zeroize::Zeroizing;

use crate::{
    factor::{FactorOptions, Private},
    failure::{Exit, Failure, Outcome},
    governance::Governance,
    holder::HeldKey,
    source::Sealed,
    vault::{OpenVault, unlock},
};

/// What a caller asks of whatever is opened.
#[derive(Default)]
pub struct Asked {
    pub context: Context,
    /// Only this object.
    pub expect: Option<ObjectId>,
    /// The header is the one that the vault keeps under this id.
    pub kept: Option<String>,
    /// Also what does not prove who wrote it.
    pub allow_unsigned: bool,
    /// The identity of the vault that signed it, where no vault is open.
    pub identity: Option<Thumbprint>,
}

/// What a signature says, for who opens an object without a vault.
pub struct Verified {
    pub signed: Option<SignedHeader>,
    /// Whether the caller knows who signed it.
    pub known: bool,
}

impl Asked {
    /// An id that was expected is one more cause: an object of another id is told by the same error.
    pub fn told(&self, error: Error) -> Failure {
        match (&self.expect, error) {
            (Some(_), Error::Decrypt) => Failure::new(
                Exit::Content,
                "this is another object than --expect names, was tampered with, is incomplete, or is not for this key",
                "compare --expect with the id that `strongroom inspect` shows, or get another copy",
            ),
            (_, error) => error.into(),
        }
    }

    /// Verifies the signature of an object: by the identity that is expected, or else by the one that it claims, which proves nothing
    /// but that it is whole.
    ///
    /// # Errors
    /// [`Exit::Refused`] where nothing proves who wrote it, unless the caller wants that.
    pub fn verify(&self, sealed: &Sealed, proven: bool) -> Outcome<Verified> {
        let Some(signature) = &sealed.signature else {
            return match proven || self.allow_unsigned {
                true => Ok(Verified {
                    signed: None,
                    known: false,
                }),
                false => Err(Error::Unsigned.into()),
            };
        };
        let signer = signature.signer();
        let by = self.identity.as_ref().unwrap_or(&signer);
        let signed = signature
            .verify(by, &sealed.header)
            .map_err(|_| mis_signed(&signer))?;
        let known = self.identity.is_some();
        if known || self.allow_unsigned {
            return Ok(Verified {
                signed: Some(signed),
                known,
            });
        }
        let what = format!(
            "a vault whose identity is {} signed this, and nothing says that it is the one you expect",
            signer.as_str()
        );
        let next =
            "pass the thumbprint that vault.identity() gave as --identity, or --allow-unsigned";
        Err(Failure::new(Exit::Refused, &what, next))
    }
}

/// A signature that is not what it should be is never taken for none.
pub fn mis_signed(signer: &Thumbprint) -> Failure {
    let what = format!(
        "the signature is forged, of another header, or not by the expected identity: it claims to be by {}",
        signer.as_str()
    );
    let next =
        "get another copy of the object, or compare --identity with what vault.identity() gave";
    Failure::new(Exit::Content, &what, next)
}

/// What unwraps.
pub trait Opener {
    /// Opens an object's header. Its body is decrypted as it is pushed.
    fn object(&self, sealed: &Sealed, asked: &Asked) -> Outcome<Decryption<RustEngine>>;

    /// The JSON text in a value.
    fn value(&self, token: &str, asked: &Asked) -> Outcome<Zeroizing<Vec<u8>>>;

    /// The header that is kept of an object: only a vault keeps any.
    fn kept_header(&self, _: &str) -> Outcome<Envelope> {
        let next = "give its backup with --vault";
        Err(Failure::new(
            Exit::Usage,
            "--kept is a header in a vault",
            next,
        ))
    }

    /// The policies that hold for what is for these recipients: only a vault has any.
    fn governance(&self, _: &[Kid]) -> Outcome<Governance> {
        Ok(Governance::default())
    }
}

/// What the command line says: the vault's factor, or a key by itself.
pub fn opener(
    vault: Option<&Path>,
    factor: &FactorOptions,
    reason: Option<&str>,
) -> Outcome<Box<dyn Opener>> {
    if let Some(backup) = vault {
        return Ok(Box::new(unlock(backup, factor, reason)?.vault));
    }
    if factor.names_passphrase() {
        let what = "a passphrase is for a vault, and none is given";
        let next = "give the vault's backup with --vault, or leave it out";
        return Err(Failure::new(Exit::Usage, what, next));
    }
    match factor.private()? {
        Some(Private::Held(holder)) => Ok(Box::new(HeldKey(holder))),
        Some(Private::Jwk(jwk)) => match Identity::all_from_jwk(&jwk) {
            Ok(identities) => Ok(Box::new(BareKey(identities))),
            Err(_) => {
                let next = "give one whose use and alg, if it says any, are those of key wrapping (A256KW) or key agreement (ECDH-ES)";
                Err(Failure::option("--jwk", "key that opens anything", next))
            }
        },
        None => Err(Failure::new(
            Exit::Usage,
            "nothing is given that opens this",
            "give a vault's backup with --vault, or the private key of a recipient with --jwk, --pkcs11, --aws-kms, --azure-key-vault or --google-kms",
        )),
    }
}

impl Opener for OpenVault {
    fn object(&self, sealed: &Sealed, asked: &Asked) -> Outcome<Decryption<RustEngine>> {
        let options = DecryptOptions {
            expect: asked.expect.clone(),
            tracked: asked.kept.clone(),
            allow_unsigned: asked.allow_unsigned,
        };
        let header = sealed.header.clone();
        let header = match &sealed.signature {
            Some(signature) => Header::Signed(header, Rc::clone(signature)),
            None => Header::Given(header),
        };
        let opened = self.decrypt_object(&header, &asked.context, &options);
        block_on(opened).map_err(|error| asked.told(error))
    }

    fn value(&self, token: &str, asked: &Asked) -> Outcome<Zeroizing<Vec<u8>>> {
        let values = [(token, &asked.context)];
        let mut opened = block_on(self.decrypt_values(&values, asked.allow_unsigned))?;
        Ok(opened.swap_remove(0).json)
    }

    fn kept_header(&self, id: &str) -> Outcome<Envelope> {
        Ok(block_on(OpenVault::kept_header(self, id))?)
    }

    fn governance(&self, recipients: &[Kid]) -> Outcome<Governance> {
        let keys = recipients
            .iter()
            .filter_map(Kid::version)
            .map(|(key, _)| key);
        Ok(block_on(Governance::of(self, keys))?)
    }
}

/// A recipient's own key, without a vault: nothing is known of it but what it opens.
struct BareKey(Vec<Identity>);

impl BareKey {
    /// The key itself: what it derives for headers of others has the same name.
    fn identity(&self) -> &Identity {
        &self.0[0]
    }

    /// Whether it is a version of a vault's key, which was exported: others may have it, and write what it opens. Of an
    /// object, `expect` says that it is the one that was meant; a value has no id.
    fn is_exported(&self) -> bool {
        self.identity().kid().version().is_some()
    }
}

impl Opener for BareKey {
    fn object(&self, sealed: &Sealed, asked: &Asked) -> Outcome<Decryption<RustEngine>> {
        let (identity, header) = (self.identity(), &sealed.header);
        if header.find(identity.kid()).is_none() {
            let what = format!(
                "this is not for the key of --jwk, {}",
                identity.kid().as_str()
            );
            let next = "give a recipient's private key: `strongroom inspect` shows the recipients";
            return Err(Failure::new(Exit::Content, &what, next));
        }
        let Verified { signed, known } = asked.verify(sealed, true)?;
        let engine = Rc::new(RustEngine);
        let identities = &self.0;
        let expect = asked.expect.as_ref();
        let opened = match signed {
            None => decrypt_object(engine, header, identities, &asked.context, expect),
            Some(signed) => {
                if let Identity::Agreement(pair) = identity {
                    signed.check_names(pair.kid(), &pair.public().thumbprint())?;
                }
                decrypt_signed_object(engine, header, signed, identities, &asked.context, expect)
            }
        };
        let mut opened = opened.map_err(|error| asked.told(error.into()))?;
        if known {
            opened.origin = Origin::Own;
        } else if self.is_exported() && expect.is_none() {
            opened.origin = Origin::Unsigned;
        }
        if opened.origin == Origin::Unsigned && !asked.allow_unsigned {
            return Err(Error::Unsigned.into());
        }
        Ok(opened)
    }

    fn value(&self, token: &str, asked: &Asked) -> Outcome<Zeroizing<Vec<u8>>> {
        match self.identity() {
            Identity::Kek(kek) => {
                let json = Value::parse(token)?.open(kek, &asked.context)?;
                if self.is_exported() && !asked.allow_unsigned {
                    return Err(Error::Unsigned.into());
                }
                Ok(json)
            }
            Identity::Agreement(_) | Identity::Shared(_) => Err(Failure::new(
                Exit::Content,
                "a value is for a symmetric key, and --jwk is a pair",
                "give the key that `strongroom inspect` shows",
            )),
        }
    }
}
