//! Who holds the private half of a recipient's key, and answers the core's question by it: a key of RSA in a file, a PKCS#11
//! token, or a key management service. What it opens is an object, or a vault whose escrow it is, or whose gate beside a
//! passphrase.

mod aws;
mod aws_answer;
mod azure;
mod bearer;
mod google;
mod oaep;
mod rsa;
mod service;
mod sigv4;
mod token;

use std::{cell::RefCell, rc::Rc};

use strongroom::{
    Error, Result,
    base::{Kid, Local, Secret, Thumbprint},
    factors::{
        Answer, Challenge, Escrow, EscrowAnswer, EscrowHolder, EscrowRequest, FactorPort,
        InlineFactor,
    },
    jose::Question,
    object::{Decryption, Origin, body::RustEngine, decrypt_answered_object},
};
use zeroize::Zeroizing;

pub use aws::{AwsKey, AwsOptions};
pub use azure::{AzureKey, AzureOptions};
pub use google::{GoogleKey, GoogleOptions};
pub use rsa::RsaKey;
pub use token::{TokenKey, TokenOptions};

use crate::{
    factor::Factor,
    failure::{Exit, Failure, Outcome},
    opener::{Asked, Opener, Verified},
    source::Sealed,
    text::word,
};

/// One private half.
pub trait Holder {
    /// The option that names it.
    fn option(&self) -> &'static str;

    /// Whether the key goes by this name among recipients: its thumbprint, or what it calls itself.
    fn is_called(&self, name: &str) -> bool;

    /// The thumbprint of its public half, where that is known.
    fn thumbprint(&self) -> Option<&Thumbprint>;

    /// Whether it counts what it is asked.
    fn is_kms(&self) -> bool {
        false
    }

    /// The 32 bytes that answer a question, which is asked once.
    fn answer(&self, question: &Question) -> Outcome<Secret<32>>;
}

/// The same key under another name, which the caller gives.
pub struct Renamed {
    pub holder: Box<dyn Holder>,
    pub name: String,
}

impl Holder for Renamed {
    fn option(&self) -> &'static str {
        self.holder.option()
    }

    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.holder.is_called(name)
    }

    fn thumbprint(&self) -> Option<&Thumbprint> {
        self.holder.thumbprint()
    }

    fn is_kms(&self) -> bool {
        self.holder.is_kms()
    }

    fn answer(&self, question: &Question) -> Outcome<Secret<32>> {
        self.holder.answer(question)
    }
}

/// What a key is to a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It opens it alone.
    Escrow,
    /// It opens it beside a passphrase.
    Gate,
}

impl Use {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Escrow => "escrow",
            Self::Gate => "gate",
        }
    }

    /// The factor that it is then.
    pub fn of(self, key: Escrow) -> Escrow {
        match self {
            Self::Escrow => key,
            Self::Gate => key.as_gate(),
        }
    }
}

/// What the core asks as a vault's factor.
struct HolderPort {
    holder: Box<dyn Holder>,
    used: Use,
    /// Why it did not answer, in its own words.
    failure: Rc<RefCell<Option<Failure>>>,
}

/// The factor of a vault whose escrow or gate it is.
pub fn held(holder: Box<dyn Holder>, used: Use) -> Factor {
    let present = used.of(Escrow::held(EscrowHolder {
        number: 0,
        is_kms: holder.is_kms(),
    }));
    let failure = Rc::default();
    let port = HolderPort {
        holder,
        used,
        failure: Rc::clone(&failure),
    };
    Factor {
        present: Box::new(present),
        port: Box::new(port),
        failure,
    }
}

impl FactorPort for HolderPort {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        InlineFactor.answer(challenge)
    }

    fn ask_escrow<'a>(
        &'a self,
        _: EscrowHolder,
        requests: Vec<EscrowRequest<'a>>,
    ) -> Local<'a, Result<Option<EscrowAnswer>>> {
        let answer = self.first_own(&requests).map_err(|failure| {
            self.failure.replace(Some(failure));
            Error::WrongFactor
        });
        Box::pin(async { answer })
    }
}

impl HolderPort {
    fn first_own(&self, requests: &[EscrowRequest<'_>]) -> Outcome<Option<EscrowAnswer>> {
        let own = |request: &EscrowRequest<'_>| {
            let mut names = [
                Some(request.recipient.as_str()),
                request.kid.map(Kid::as_str),
            ]
            .into_iter()
            .flatten();
            names.any(|name| self.holder.is_called(name))
        };
        let Some(which) = requests.iter().position(own) else {
            return Err(self.none_of(requests));
        };
        let answer = self.holder.answer(&requests[which].question)?;
        Ok(Some(EscrowAnswer { which, answer }))
    }
}

impl HolderPort {
    fn none_of(&self, requests: &[EscrowRequest<'_>]) -> Failure {
        let (option, used) = (self.holder.option(), self.used.as_str());
        let what = format!("no {used} of this vault is the key of {option}");
        let name = |request: &EscrowRequest<'_>| match request.kid {
            Some(kid) => format!("{} ({})", request.recipient.as_str(), word(kid.as_str())),
            None => request.recipient.as_str().to_owned(),
        };
        let names: Vec<_> = requests.iter().map(name).collect();
        let next = if names.is_empty() {
            match self.used {
                Use::Escrow => "where the vault takes this key beside a passphrase, give that with --passphrase or --passphrase-file; `strongroom inspect` lists the kinds of its factors",
                Use::Gate => "leave the passphrase out, if the key is the vault's escrow, or the key, if the passphrase opens it; `strongroom inspect` lists the kinds of its factors",
            }
            .to_owned()
        } else {
            let names = names.join(", ");
            format!(
                "its {used}s are {names}: if one is this key under another name, give that as --kid"
            )
        };
        Failure::new(Exit::Factor, &what, &next)
    }
}

/// The key as a recipient of objects, without a vault.
pub struct HeldKey(pub Box<dyn Holder>);

impl HeldKey {
    fn not_for(&self) -> Failure {
        let what = format!("this is not for the key of {}", self.0.option());
        let next = "`strongroom inspect` shows the recipients; where this key has another name there, give that as --kid";
        Failure::new(Exit::Content, &what, next)
    }
}

impl Opener for HeldKey {
    fn object(&self, sealed: &Sealed, asked: &Asked) -> Outcome<Decryption<RustEngine>> {
        let header = &sealed.header;
        header.check_context(&asked.context)?;
        // Anybody can write to a public key. What would be refused is not asked about.
        let Verified { signed, known } = asked.verify(sealed, false)?;
        let mut entries = header.entries();
        let entry = entries.find(|entry| self.0.is_called(entry.kid().as_str()));
        let entry = entry.ok_or_else(|| self.not_for())?;
        let question = entry.question().ok_or_else(|| self.not_for())?;
        if let (Some(signed), Some(own)) = (&signed, self.0.thumbprint()) {
            signed.check_names(entry.kid(), own)?;
        }
        let cek = entry.answered(self.0.answer(&question)?)?;
        let (engine, by) = (Rc::new(RustEngine), (entry.kid(), &cek));
        let expect = asked.expect.as_ref();
        let opened = decrypt_answered_object(engine, header, signed, by, &asked.context, expect);
        let mut opened = opened.map_err(|error| asked.told(error.into()))?;
        if known {
            opened.origin = Origin::Own;
        }
        Ok(opened)
    }

    fn value(&self, _: &str, _: &Asked) -> Outcome<Zeroizing<Vec<u8>>> {
        let what = format!(
            "a value is for a symmetric key, and {} is a pair",
            self.0.option()
        );
        let next = "give the key that `strongroom inspect` shows";
        Err(Failure::new(Exit::Content, &what, next))
    }
}

/// What an algorithm is asked that a key is not for.
fn other_algorithm(option: &str, question: &Question) -> Failure {
    let what = format!(
        "this was encrypted by {}, which the key of {option} is not for",
        question.alg()
    );
    Failure::new(Exit::Content, &what, "give the key that it is for")
}

/// What a key did not decrypt.
fn wrong_key(option: &str) -> Failure {
    let what = format!(
        "the key of {option} does not decrypt this: it was tampered with, or is for another key"
    );
    let next = "get another copy of it, or the key that it is for";
    Failure::new(Exit::Content, &what, next)
}
