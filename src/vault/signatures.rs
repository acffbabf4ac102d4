//! Signatures by an unlocked vault's keys: compact JWS, over bytes and over the digests of contents.

use std::rc::Rc;

use crate::{
    base::{Error, KeyId, Kid, Result, VersionId, VersionState},
    jose::{self, ContentCheck, ContentDigest, Foreign, ForeignContent, Jwk, Named, NamedContent},
    keys::{KeyRecord, Operation, Purpose},
    object::body::Buffers,
    store::Store,
};

use super::{
    Unlocked, Vault,
    gate::Request,
    transaction::Transaction,
    usable_version::{Asked, UsableVersion},
};

/// A signature that was verified.
pub struct Verified {
    /// The key that signed, by its id.
    pub key: KeyId,
    /// The version that signed, by its id.
    pub version: VersionId,
    /// Where that version is in its life: one that was compromised proves nothing any more.
    pub state: VersionState,
    /// What the signature says it is of; of a content's there is none.
    pub typ: Option<String>,
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Signs a payload: compact JWS, `ES256` with a key that signs and `HS256` with one for MACs, the version named by
    /// its `kid`.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`], [`Error::Purpose`]; [`Error::Argument`] for a `typ` of the vault's own.
    pub async fn sign(&self, key: &str, typ: Option<&str>, payload: &[u8]) -> Result<String> {
        self.sign_message(key, Message::Bytes(typ, payload)).await
    }

    /// Who signed a JWS, if one of the vault's keys did: the one that is expected, if there is one. With a key of
    /// somebody else's that only verifies, any JWS of that key, whatever its `kid` says.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`] for a version that is suspended or destroyed, [`Error::Purpose`],
    /// [`Error::Decrypt`] when it is forged or by another key, [`Error::Unsigned`] for a version that a merged backup
    /// brought without proof of whose it is, [`Error::Malformed`].
    pub async fn verify(&self, token: &str, key: Option<&str>) -> Result<Verified> {
        let (verified, said) = self.verify_token(token, key, Kind::Bytes).await?;
        match said {
            Said::Typ(typ) => Ok(Verified { typ, ..verified }),
            Said::Content(_) => Err(Error::Decrypt),
        }
    }

    /// Whether [`sign_content`](Self::sign_content) would sign now: asked before a large content is read. Nothing is counted, and a refusal
    /// is told as one of it.
    ///
    /// # Errors
    /// As [`sign_content`](Self::sign_content).
    pub async fn check_signs(&self, key: &str) -> Result<()> {
        self.admit(Request::of("sign"), async |tx| {
            tx.signing(key).await.map(drop)
        })
        .await
    }

    /// Signs a content by its digest: compact JWS, as [`sign`](Self::sign) does, under a `typ` that [`verify`](Self::verify)
    /// refuses.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`], [`Error::Purpose`].
    pub async fn sign_content(&self, key: &str, content: &ContentDigest) -> Result<String> {
        self.sign_message(key, Message::Content(content)).await
    }

    async fn sign_message(&self, key: &str, message: Message<'_>) -> Result<String> {
        let request = Request::of("sign");
        self.read(request, async |tx| tx.sign(key, message).await)
            .await
    }

    /// Who signed a content, as [`verify`](Self::verify) finds it out, and what the content is to be held to: nothing is
    /// proven of it before the check's end.
    ///
    /// # Errors
    /// As [`verify`](Self::verify); [`Error::Unsupported`] for a token that is no content's signature.
    pub async fn verify_content(
        &self,
        token: &str,
        key: Option<&str>,
    ) -> Result<(Verified, ContentCheck)> {
        let (verified, said) = self.verify_token(token, key, Kind::Content).await?;
        match said {
            Said::Content(content) => Ok((verified, ContentCheck::new(content))),
            Said::Typ(_) => Err(Error::Decrypt),
        }
    }

    async fn verify_token(
        &self,
        token: &str,
        key: Option<&str>,
        kind: Kind,
    ) -> Result<(Verified, Said)> {
        let request = Request::of("verify");
        self.read(request, async |tx| tx.verify(token, key, kind).await)
            .await
    }
}

/// What is signed.
#[derive(Clone, Copy)]
enum Message<'a> {
    /// Bytes, of this `typ`.
    Bytes(Option<&'a str>, &'a [u8]),
    Content(&'a ContentDigest),
}

/// What a token is to be a signature of.
#[derive(Clone, Copy)]
enum Kind {
    Bytes,
    Content,
}

/// A token of one of the vault's own keys, of the kind that it is to be.
enum Ours {
    Bytes(Named),
    Content(NamedContent),
}

/// A token of somebody else's, of the kind that it is to be.
enum Theirs {
    Bytes(Foreign),
    Content(ForeignContent),
}

/// What a token says, once it is verified.
enum Said {
    /// The `typ` of bytes.
    Typ(Option<String>),
    Content(ContentDigest),
}

/// Who is to have signed a token.
enum Expected {
    /// One of the vault's own keys that sign: this one, if one is named.
    Ours(Option<Rc<KeyRecord>>),
    /// Somebody else, whose public key the vault has.
    Theirs(Rc<KeyRecord>),
}

impl Ours {
    fn parse(token: &str, kind: Kind) -> Result<Self> {
        Ok(match kind {
            Kind::Bytes => Self::Bytes(Named::parse(token)?),
            Kind::Content => Self::Content(NamedContent::parse(token)?),
        })
    }

    fn kid(&self) -> &Kid {
        match self {
            Self::Bytes(signed) => signed.kid(),
            Self::Content(signed) => signed.kid(),
        }
    }

    fn verify(&self, key: &Jwk) -> Result<Said> {
        match self {
            Self::Bytes(signed) => {
                signed.verify(key)?;
                Ok(Said::Typ(signed.typ().map(str::to_owned)))
            }
            Self::Content(signed) => Ok(Said::Content(signed.verify(key)?)),
        }
    }
}

impl Theirs {
    fn parse(token: &str, kind: Kind) -> Result<Self> {
        Ok(match kind {
            Kind::Bytes => Self::Bytes(Foreign::parse(token)?),
            Kind::Content => Self::Content(ForeignContent::parse(token)?),
        })
    }

    fn verify(&self, key: &Jwk) -> Result<Said> {
        match self {
            Self::Bytes(signed) => {
                signed.verify(key)?;
                Ok(Said::Typ(signed.typ().map(str::to_owned)))
            }
            Self::Content(signed) => Ok(Said::Content(signed.verify(key)?)),
        }
    }
}

impl Transaction<'_> {
    async fn sign(&self, key: &str, message: Message<'_>) -> Result<String> {
        let found = self.signing(key).await?;
        self.note_use(&found);
        let (kid, jwk, rng) = (found.kid(), found.jwk(), self.rng());
        Ok(match message {
            Message::Bytes(typ, payload) => jose::sign_named(&kid, typ, payload, jwk, rng)?,
            Message::Content(content) => jose::sign_content(&kid, content, jwk, rng)?,
        })
    }

    /// The version that signs.
    async fn signing(&self, key: &str) -> Result<UsableVersion> {
        let found = self.primary(key, Asked::to(Operation::Sign)).await?;
        check_signs(&found.key)?;
        Ok(found)
    }

    async fn verify(&self, token: &str, key: Option<&str>, kind: Kind) -> Result<(Verified, Said)> {
        let (found, said) = match self.expected(key).await? {
            Expected::Theirs(key) => {
                let signed = Theirs::parse(token, kind)?;
                let found = self.theirs(key).await?;
                let said = signed.verify(found.jwk())?;
                (found, said)
            }
            Expected::Ours(key) => {
                let signed = Ours::parse(token, kind)?;
                let found = self.ours(signed.kid(), key.as_deref()).await?;
                let said = signed.verify(found.jwk())?;
                (found, said)
            }
        };
        Ok((self.verified(&found)?, said))
    }

    async fn expected(&self, key: Option<&str>) -> Result<Expected> {
        let Some(key) = key else {
            return Ok(Expected::Ours(None));
        };
        let key = self.key(key).await?;
        Ok(if key.purpose == Purpose::Verify {
            Expected::Theirs(key)
        } else {
            Expected::Ours(Some(key))
        })
    }

    /// The version that a token names as the one that signed it.
    async fn ours(&self, kid: &Kid, expected: Option<&KeyRecord>) -> Result<UsableVersion> {
        let found = self.opening(kid, Asked::to(Operation::Verify)).await?;
        check_signs(&found.key)?;
        if expected.is_some_and(|expected| expected.id != found.key.id) {
            return Err(Error::Decrypt);
        }
        Ok(found)
    }

    /// The version that the vault has of somebody else's key.
    async fn theirs(&self, key: Rc<KeyRecord>) -> Result<UsableVersion> {
        key.primary_version().state.check_opens()?;
        let version = key.primary.clone();
        let asked = Asked::to(Operation::Verify);
        self.usable(key, &version, asked).await
    }

    /// Who signed a token that was verified by a version.
    fn verified(&self, found: &UsableVersion) -> Result<Verified> {
        let version = found.key.version(&found.version)?;
        // Whatever else its record says, which may be the work of whoever made the backup.
        if version.unproven {
            return Err(Error::Unsigned);
        }
        self.note_use(found);
        Ok(Verified {
            key: found.key.id.clone(),
            version: found.version.clone(),
            state: found.state,
            typ: None,
        })
    }
}

fn check_signs(key: &KeyRecord) -> Result<()> {
    match key.purpose {
        Purpose::Sign | Purpose::Mac => Ok(()),
        Purpose::Encrypt | Purpose::Share | Purpose::Verify => Err(Error::Purpose),
    }
}
