//! The secrets that a caller presents. None stands on the command line: a terminal, a file or a descriptor gives them.

#[cfg(unix)]
use std::cell::OnceCell;
use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    rc::Rc,
};

use clap::Args;
use strongroom::{
    Result,
    base::{InputError, Local, Thumbprint},
    factors::{
        Answer, Challenge, Escrow, EscrowAnswer, EscrowHolder, EscrowRequest, FactorPort,
        InlineFactor, Present, RecoveryKit, RecoveryShares, Together,
    },
    jose::{self, Jwk},
};
use zeroize::Zeroizing;

use crate::{
    failure::{Exit, Failure, Outcome},
    holder::{
        AwsKey, AwsOptions, AzureKey, AzureOptions, GoogleKey, GoogleOptions, Holder, Renamed,
        RsaKey, TokenKey, TokenOptions, Use, held,
    },
    members::Members,
    passphrase::Forms,
    secret::{asked, read_file},
};

/// The keys that there are.
const TAKEN: &str = "give a private key on P-256 (kty EC), of RSA with 2048 to 4096 bits (kty RSA), or a symmetric one of 32 bytes (kty oct)";
/// Words of a share.
const SHARE: usize = 33;

/// What opens the vault; without any of these the passphrase is asked for at the terminal.
#[derive(Args)]
pub struct FactorOptions {
    /// Ask for the passphrase at the terminal, as is done without any of these
    #[arg(long, group = "typed", conflicts_with_all = ["kit", "shares"])]
    passphrase: bool,
    /// Take the passphrase from a file, without the line's end
    #[arg(long, group = "typed", conflicts_with_all = ["kit", "shares"], value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Take the passphrase from an open file descriptor, without the line's end
    #[cfg(unix)]
    #[arg(long, group = "typed", conflicts_with_all = ["kit", "shares"], value_name = "NUMBER")]
    passphrase_fd: Option<u32>,
    /// What that descriptor gave.
    #[cfg(unix)]
    #[arg(skip)]
    passphrase_given: OnceCell<Zeroizing<Vec<u8>>>,
    /// What --pin-fd gave.
    #[cfg(unix)]
    #[arg(skip)]
    pin_given: OnceCell<Zeroizing<Vec<u8>>>,
    /// Take the 24 words of a recovery kit from a file
    #[arg(long, group = "factor", value_name = "FILE")]
    kit: Option<PathBuf>,
    /// Take recovery shares from a file; give it for each file there is
    #[arg(long, group = "factor", value_name = "FILE")]
    shares: Vec<PathBuf>,
    /// Take a private JWK from a file: an organisation's escrow key, with the vault's --identity; or, with a passphrase, the key of a gate
    #[arg(long, group = "factor", value_name = "FILE")]
    jwk: Option<PathBuf>,
    #[command(flatten)]
    token: TokenOptions,
    #[command(flatten)]
    aws: AwsOptions,
    #[command(flatten)]
    azure: AzureOptions,
    #[command(flatten)]
    google: GoogleOptions,
    /// The name that the key of one of these five has in what it opens, where that is not its own
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    kid: Option<String>,
    /// The thumbprint of the vault's identity, as vault.identity() gave it
    #[arg(long, value_name = "THUMBPRINT", allow_hyphen_values = true)]
    identity: Option<String>,
}

/// A factor, and what answers for it.
pub struct Factor {
    pub present: Box<dyn Present>,
    pub port: Box<dyn FactorPort>,
    /// Why what was asked did not answer, in its own words.
    pub failure: Rc<RefCell<Option<Failure>>>,
}

/// A key by itself.
pub enum Private {
    /// In a file, which the crate computes with.
    Jwk(Jwk),
    /// That is asked.
    Held(Box<dyn Holder>),
}

impl Factor {
    /// One that answers for itself.
    fn alone(present: impl Present + 'static) -> Self {
        Self {
            present: Box::new(present),
            port: Box::new(InlineFactor),
            failure: Rc::default(),
        }
    }

    fn of_passphrase(given: &[u8]) -> Outcome<Self> {
        if given.is_empty() {
            let next = "give the passphrase that opens the vault";
            return Err(Failure::new(Exit::Usage, "the passphrase is empty", next));
        }
        let forms = Forms::of(given);
        Ok(Self {
            present: Box::new(forms.passphrase()),
            port: Box::new(forms),
            failure: Rc::default(),
        })
    }

    /// A passphrase and a gate, of a vault that takes both.
    fn beside(self, gate: Self) -> Self {
        let ports = BothPorts {
            typed: self.port,
            gate: gate.port,
        };
        Self {
            present: Box::new(Together::new(self.present, gate.present)),
            port: Box::new(ports),
            failure: gate.failure,
        }
    }
}

/// Who answers for a passphrase, and who for a gate.
struct BothPorts {
    typed: Box<dyn FactorPort>,
    gate: Box<dyn FactorPort>,
}

impl FactorPort for BothPorts {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        self.typed.answer(challenge)
    }

    fn ask_escrow<'a>(
        &'a self,
        holder: EscrowHolder,
        requests: Vec<EscrowRequest<'a>>,
    ) -> Local<'a, Result<Option<EscrowAnswer>>> {
        self.gate.ask_escrow(holder, requests)
    }
}

impl FactorOptions {
    /// The identity that is expected.
    pub fn identity(&self) -> Outcome<Option<Thumbprint>> {
        expected_identity(self.identity.as_deref())
    }

    /// Whether the vault's identity is given.
    pub fn names_identity(&self) -> bool {
        self.identity.is_some()
    }

    /// Reads the descriptor that is named. It comes before all else: a file that is opened takes the lowest number that is
    /// free, and would pass for what the caller has open.
    pub fn take_descriptor(&self) -> Outcome<()> {
        #[cfg(unix)]
        for (option, number, given) in [
            (
                "--passphrase-fd",
                self.passphrase_fd,
                &self.passphrase_given,
            ),
            ("--pin-fd", self.token.pin_fd, &self.pin_given),
        ] {
            if let Some(number) = number {
                let bytes = crate::secret::read_descriptor(number, option)?;
                given.get_or_init(|| bytes);
            }
        }
        Ok(())
    }

    /// Whether a passphrase is said to be given, where another factor could be by itself.
    pub fn names_passphrase(&self) -> bool {
        #[cfg(unix)]
        if self.passphrase_fd.is_some() {
            return true;
        }
        self.passphrase || self.passphrase_file.is_some()
    }

    /// Whether a token's key is what opens, and nothing beside it.
    pub fn is_token_alone(&self) -> bool {
        self.token.module().is_some() && !self.names_passphrase()
    }

    /// The key by itself, where one is what opens.
    pub fn private(&self) -> Outcome<Option<Private>> {
        let private = if let Some(path) = &self.jwk {
            Some(read_jwk(path)?)
        } else if let Some(module) = self.token.module() {
            let key = TokenKey::open(&self.token, module, || self.pin())?;
            Some(Private::Held(Box::new(key)))
        } else {
            self.at_service()?.map(Private::Held)
        };
        match (private, &self.kid) {
            (Some(Private::Held(holder)), Some(name)) => {
                let name = name.clone();
                Ok(Some(Private::Held(Box::new(Renamed { holder, name }))))
            }
            (private, None) => Ok(private),
            (_, Some(_)) => Err(Failure::new(
                Exit::Usage,
                "--kid is for a key of RSA, of a token or of a key management service",
                "leave it out; another JWK has its name in itself",
            )),
        }
    }

    /// The key of a key management service.
    fn at_service(&self) -> Outcome<Option<Box<dyn Holder>>> {
        if let Some(key) = AwsKey::given(&self.aws)? {
            return Ok(Some(Box::new(key)));
        }
        if let Some(key) = AzureKey::given(&self.azure)? {
            return Ok(Some(Box::new(key)));
        }
        Ok(GoogleKey::given(&self.google)?.map(|key| Box::new(key) as Box<dyn Holder>))
    }

    /// The token's PIN.
    fn pin(&self) -> Outcome<Zeroizing<Vec<u8>>> {
        #[cfg(unix)]
        if let Some(bytes) = self.pin_given.get() {
            return Ok(Zeroizing::new(without_end(bytes).to_vec()));
        }
        match &self.token.pin_file {
            Some(path) => {
                let bytes = read_file(path, "--pin-file")?;
                Ok(Zeroizing::new(without_end(&bytes).to_vec()))
            }
            None => Ok(Zeroizing::new(
                asked("PIN", "use --pin-file or --pin-fd")?
                    .as_bytes()
                    .to_vec(),
            )),
        }
    }

    /// Takes the secret from where it is.
    pub fn read(&self) -> Outcome<Factor> {
        if let Some(path) = &self.kit {
            let words = read_words(path, "--kit")?;
            return Ok(Factor::alone(RecoveryKit::from_words(&words)?));
        }
        if !self.shares.is_empty() {
            return Ok(Factor::alone(read_shares(&self.shares)?));
        }
        if !self.names_passphrase() {
            return match self.key(Use::Escrow)? {
                Some(escrow) => Ok(escrow),
                None => self.passphrase(),
            };
        }
        // What asks nobody comes first: a key that is asked may count it.
        let passphrase = self.passphrase()?;
        Ok(match self.key(Use::Gate)? {
            Some(gate) => passphrase.beside(gate),
            None => passphrase,
        })
    }

    /// The key of a vault's escrow or gate, where one is given.
    fn key(&self, used: Use) -> Outcome<Option<Factor>> {
        Ok(match self.private()? {
            Some(Private::Held(holder)) => Some(held(holder, used)),
            Some(Private::Jwk(jwk)) => {
                let key = Escrow::from_jwk(&jwk).map_err(|_| {
                    let next = "give the pair on P-256 (kty EC, for ECDH-ES) or of RSA whose public half the vault has";
                    Failure::option("--jwk", "key of an escrow or a gate", next)
                })?;
                Some(Factor::alone(used.of(key)))
            }
            None => None,
        })
    }

    fn passphrase(&self) -> Outcome<Factor> {
        #[cfg(unix)]
        if let Some(bytes) = self.passphrase_given.get() {
            return Factor::of_passphrase(without_end(bytes));
        }
        match &self.passphrase_file {
            Some(path) => {
                Factor::of_passphrase(without_end(&read_file(path, "--passphrase-file")?))
            }
            None => {
                let next = "use --passphrase-file, --passphrase-fd, --kit, --shares, --jwk, --pkcs11, --aws-kms, --azure-key-vault or --google-kms";
                Factor::of_passphrase(asked("passphrase", next)?.as_bytes())
            }
        }
    }
}

/// The identity that --identity gives.
pub fn expected_identity(given: Option<&str>) -> Outcome<Option<Thumbprint>> {
    let parse = |text: &str| {
        text.parse().map_err(|_| {
            let next = "give the 43 characters that vault.identity() gave";
            Failure::option("--identity", "thumbprint", next)
        })
    };
    given.map(parse).transpose()
}

/// One line's end is no part of a passphrase.
fn without_end(bytes: &[u8]) -> &[u8] {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn read_jwk(path: &Path) -> Outcome<Private> {
    let bytes = read_file(path, "--jwk")?;
    let members = Members::parse(&bytes, InputError::Malformed("JWK"))?;
    if RsaKey::is_meant(&members) {
        return Ok(Private::Held(Box::new(RsaKey::from_members(members)?)));
    }
    drop(members);
    let jwk = Jwk::parse(&bytes);
    let jwk = jwk.map_err(|error| match error {
        jose::Error::Unsupported(_) => Failure::option("--jwk", "key that is taken here", TAKEN),
        error => Failure::from(error),
    })?;
    if jwk.is_secret() {
        Ok(Private::Jwk(jwk))
    } else {
        let next = "give the private JWK; a public one opens nothing";
        Err(Failure::new(Exit::Usage, "--jwk is a public key", next))
    }
}

fn read_words(path: &Path, option: &str) -> Outcome<Zeroizing<String>> {
    let bytes = read_file(path, option)?;
    match core::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(strongroom::Error::Malformed("words that are no text").into()),
    }
}

/// Shares as they are typed: each on a line, on several, or in a file of its own.
fn read_shares(paths: &[PathBuf]) -> Outcome<RecoveryShares> {
    let mut shares: Vec<Zeroizing<String>> = Vec::new();
    for path in paths {
        let text = read_words(path, "--shares")?;
        let words: Vec<&str> = text.split_whitespace().collect();
        for words in words.chunks(SHARE) {
            let mut share = Zeroizing::new(String::with_capacity(text.len() + SHARE));
            for word in words {
                share.push_str(word);
                share.push(' ');
            }
            shares.push(share);
        }
    }
    let shares = shares.iter().map(|share| share.as_str());
    Ok(RecoveryShares::from_mnemonics(shares)?)
}
