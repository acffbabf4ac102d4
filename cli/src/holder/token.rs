//! A key on a PKCS#11 token, which never leaves it: RSA decryption, or ECDH.

use std::path::{Path, PathBuf};

use clap::Args;
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error as TokenError, RvError},
    mechanism::{
        Mechanism, MechanismType,
        elliptic_curve::{EcKdf, Ecdh1DeriveParams},
        rsa::{PkcsMgfType, PkcsOaepParams, PkcsOaepSource},
    },
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    slot::Slot,
    types::RawAuthPin,
};
use strongroom::{
    base::{InputError, Json, Object, Secret, Thumbprint, base64},
    jose::{Jwk, Question, RsaPublicKey},
};
use zeroize::Zeroizing;

use super::{Holder, oaep::unpad, other_algorithm, wrong_key};
use crate::{
    failure::{Exit, Failure, Outcome},
    text::{quoted, word},
};

const OPTION: &str = "--pkcs11";
/// secp256r1, as an object identifier in DER.
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const MALFORMED: InputError = InputError::Malformed("a key on the token");

/// Which key of which token.
#[derive(Args)]
pub struct TokenOptions {
    /// Ask a PKCS#11 token, by the library of its vendor
    #[arg(long, group = "factor", value_name = "MODULE")]
    pkcs11: Option<PathBuf>,
    /// The token's label, where the module has more than one
    #[arg(
        long,
        value_name = "LABEL",
        allow_hyphen_values = true,
        requires = "pkcs11"
    )]
    token_label: Option<String>,
    /// The key's label, where the token has more than one private key
    #[arg(
        long,
        value_name = "LABEL",
        allow_hyphen_values = true,
        requires = "pkcs11"
    )]
    key_label: Option<String>,
    /// The key's id (CKA_ID), as hexadecimal digits
    #[arg(long, value_name = "HEX", requires = "pkcs11")]
    key_id: Option<String>,
    /// Take the token's PIN from a file, without the line's end; otherwise it is asked for at the terminal
    #[arg(long, value_name = "FILE", requires = "pkcs11")]
    pub pin_file: Option<PathBuf>,
    /// Take the token's PIN from an open file descriptor, without the line's end
    #[cfg(unix)]
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "pkcs11",
        conflicts_with = "pin_file"
    )]
    pub pin_fd: Option<u32>,
}

impl TokenOptions {
    /// The module, if a token is what opens.
    pub fn module(&self) -> Option<&Path> {
        self.pkcs11.as_deref()
    }

    /// What finds the key.
    fn template(&self) -> Outcome<Vec<Attribute>> {
        let mut template = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
        if let Some(label) = &self.key_label {
            template.push(Attribute::Label(label.as_bytes().to_vec()));
        }
        if let Some(id) = &self.key_id {
            let id = from_hex(id).ok_or_else(|| {
                let next = "give the id as pairs of hexadecimal digits";
                Failure::option("--key-id", "CKA_ID", next)
            })?;
            template.push(Attribute::Id(id));
        }
        Ok(template)
    }
}

/// A key on a token, whose user is logged in.
pub struct TokenKey {
    session: Session,
    handle: ObjectHandle,
    kind: Kind,
    /// None where the token has no public half of it.
    thumbprint: Option<Thumbprint>,
}

enum Kind {
    /// With the bytes of its modulus.
    Rsa(usize),
    P256,
}

impl TokenKey {
    /// Logs the token's user in, and finds the key.
    pub fn open(
        options: &TokenOptions,
        module: &Path,
        pin: impl FnOnce() -> Outcome<Zeroizing<Vec<u8>>>,
    ) -> Outcome<Self> {
        let template = options.template()?;
        let context = load(module)?;
        let slot = find_token(&context, options.token_label.as_deref())?;
        let session = context
            .open_ro_session(slot)
            .map_err(|error| failed("opens no session", &error))?;
        // EXPOSE: the token compares it.
        let pin = RawAuthPin::new(Box::new(pin()?.to_vec()));
        match session.login_with_raw(UserType::User, &pin) {
            Ok(()) | Err(TokenError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(not_logged_in(&error)),
        }
        let handle = find_key(&session, &template)?;
        let (kind, thumbprint) = describe(&session, handle)?;
        Ok(Self {
            session,
            handle,
            kind,
            thumbprint,
        })
    }

    fn decrypt(&self, encrypted: &[u8], modulus: usize) -> Outcome<Secret<32>> {
        if encrypted.len() != modulus {
            return Err(wrong_key(OPTION));
        }
        let empty = PkcsOaepSource::empty();
        let oaep = PkcsOaepParams::new(MechanismType::SHA256, PkcsMgfType::MGF1_SHA256, empty);
        match self
            .session
            .decrypt(&Mechanism::RsaPkcsOaep(oaep), self.handle, encrypted)
        {
            Ok(plain) => Secret::from_slice(&Zeroizing::new(plain)).map_err(|_| wrong_key(OPTION)),
            Err(error) if lacks(&error) => self.decrypt_raw(encrypted),
            Err(error) => Err(undecrypted(&error)),
        }
    }

    /// By the token's RSA alone: some have OAEP with SHA-1 only.
    fn decrypt_raw(&self, encrypted: &[u8]) -> Outcome<Secret<32>> {
        let block = self
            .session
            .decrypt(&Mechanism::RsaX509, self.handle, encrypted);
        let block = Zeroizing::new(block.map_err(|error| undecrypted(&error))?);
        // Some leave the zeros in front out.
        let mut whole = Zeroizing::new(vec![0; encrypted.len()]);
        let missing = whole
            .len()
            .checked_sub(block.len())
            .ok_or_else(|| wrong_key(OPTION))?;
        whole[missing..].copy_from_slice(&block);
        unpad(&whole).ok_or_else(|| wrong_key(OPTION))
    }

    fn derive(&self, epk: &Object) -> Outcome<Secret<32>> {
        let point = point_of(epk)?;
        let ecdh = Mechanism::Ecdh1Derive(Ecdh1DeriveParams::new(EcKdf::null(), &point));
        // For this session alone, and readable: the shared secret, not the key.
        let template = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::GENERIC_SECRET),
            Attribute::ValueLen(32.into()),
            Attribute::Token(false),
            Attribute::Sensitive(false),
            Attribute::Extractable(true),
        ];
        let derived = self.session.derive_key(&ecdh, self.handle, &template);
        let derived = derived.map_err(|error| failed("derives no shared secret", &error))?;
        let value = self
            .session
            .get_attributes(derived, &[AttributeType::Value]);
        let _ = self.session.destroy_object(derived);
        let value = value.map_err(|error| failed("does not give the shared secret", &error))?;
        let mut secrets = value.into_iter().filter_map(|value| match value {
            Attribute::Value(secret) => Some(Zeroizing::new(secret)),
            _ => None,
        });
        let secret = secrets.next().ok_or_else(|| wrong_key(OPTION))?;
        Secret::from_slice(&secret).map_err(|_| wrong_key(OPTION))
    }
}

impl Holder for TokenKey {
    fn option(&self) -> &'static str {
        OPTION
    }

    fn thumbprint(&self) -> Option<&Thumbprint> {
        self.thumbprint.as_ref()
    }

    fn is_called(&self, name: &str) -> bool {
        self.thumbprint.as_ref().map(Thumbprint::as_str) == Some(name)
    }

    fn answer(&self, question: &Question) -> Outcome<Secret<32>> {
        match (question, &self.kind) {
            (Question::RsaOaep { encrypted }, Kind::Rsa(modulus)) => {
                self.decrypt(encrypted, *modulus)
            }
            (Question::EcdhEs { epk }, Kind::P256) => self.derive(epk),
            _ => Err(other_algorithm(OPTION, question)),
        }
    }
}

fn load(module: &Path) -> Outcome<Pkcs11> {
    let loaded = Pkcs11::new(module).and_then(|context| {
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        context.initialize(arguments).map(|()| context)
    });
    loaded.map_err(|error| {
        let what = format!("the module that {OPTION} names cannot be used: {error}");
        let next = "give the library (.so, .dylib or .dll) that the token's vendor names for PKCS#11, and what it is configured by";
        Failure::new(Exit::System, &what, next)
    })
}

fn find_token(context: &Pkcs11, label: Option<&str>) -> Outcome<Slot> {
    let slots = context.get_slots_with_initialized_token();
    let slots = slots.map_err(|error| failed("tells of no slot", &error))?;
    let mut tokens = Vec::new();
    for slot in slots {
        let info = context.get_token_info(slot);
        let info = info.map_err(|error| failed("tells of no token", &error))?;
        tokens.push((slot, info.label().trim_end().to_owned()));
    }
    let labels: Vec<_> = tokens.iter().map(|(_, label)| quoted(label)).collect();
    tokens.retain(|(_, own)| label.is_none_or(|label| label == own));
    match &tokens[..] {
        [(slot, _)] => Ok(*slot),
        [] if labels.is_empty() => {
            let next = "plug it in, or configure the module";
            Err(Failure::new(Exit::System, "the module has no token", next))
        }
        _ => {
            let what = match tokens.len() {
                0 => "no token has the label of --token-label",
                _ => "more than one token may be meant",
            };
            let next = format!(
                "give one with --token-label: the module has {}",
                labels.join(", ")
            );
            Err(Failure::new(Exit::Usage, what, &next))
        }
    }
}

fn find_key(session: &Session, template: &[Attribute]) -> Outcome<ObjectHandle> {
    let found = session.find_objects(template);
    let found = found.map_err(|error| failed("finds no key", &error))?;
    let what = match &found[..] {
        [handle] => return Ok(*handle),
        [] => "the token has no such private key",
        _ => "more than one private key of the token may be meant",
    };
    let labels = session
        .find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)])
        .unwrap_or_default();
    let labels: Vec<_> = labels
        .into_iter()
        .filter_map(|key| label_of(session, key))
        .collect();
    let next = format!(
        "give --key-label or --key-id: it has {}",
        if labels.is_empty() {
            "none".to_owned()
        } else {
            labels.join(", ")
        }
    );
    Err(Failure::new(Exit::Usage, what, &next))
}

fn label_of(session: &Session, key: ObjectHandle) -> Option<String> {
    let label = bytes_of(session, key, AttributeType::Label)?;
    Some(quoted(&String::from_utf8_lossy(&label)))
}

/// What kind of key it is, and its thumbprint.
fn describe(session: &Session, key: ObjectHandle) -> Outcome<(Kind, Option<Thumbprint>)> {
    let kinds = session.get_attributes(key, &[AttributeType::KeyType]);
    let kinds = kinds.map_err(|error| failed("tells nothing of the key", &error))?;
    let halves: Vec<_> = [Some(key), public_half(session, key)]
        .into_iter()
        .flatten()
        .collect();
    let told = |attribute: AttributeType| {
        halves
            .iter()
            .find_map(|half| bytes_of(session, *half, attribute))
    };
    match kinds.first() {
        Some(Attribute::KeyType(KeyType::RSA)) => {
            let modulus = told(AttributeType::Modulus).ok_or(MALFORMED)?;
            let modulus = without_zeros(&modulus);
            let exponent = told(AttributeType::PublicExponent);
            let thumbprint =
                exponent.map(|exponent| thumbprint_of_rsa(modulus, without_zeros(&exponent)));
            Ok((Kind::Rsa(modulus.len()), thumbprint.transpose()?))
        }
        Some(Attribute::KeyType(KeyType::EC)) => {
            if told(AttributeType::EcParams).is_some_and(|curve| curve != P256) {
                return Err(other_kind());
            }
            let point = told(AttributeType::EcPoint);
            Ok((
                Kind::P256,
                point.map(|point| thumbprint_of_point(&point)).transpose()?,
            ))
        }
        _ => Err(other_kind()),
    }
}

/// The public half beside it: of the same id, or else of the same label.
fn public_half(session: &Session, key: ObjectHandle) -> Option<ObjectHandle> {
    let find = |attribute: Attribute| {
        let template = [Attribute::Class(ObjectClass::PUBLIC_KEY), attribute];
        let found = session.find_objects(&template).ok()?;
        <[ObjectHandle; 1]>::try_from(found).ok().map(|[half]| half)
    };
    let id = bytes_of(session, key, AttributeType::Id).filter(|id| !id.is_empty());
    let label = bytes_of(session, key, AttributeType::Label).filter(|label| !label.is_empty());
    id.and_then(|id| find(Attribute::Id(id)))
        .or_else(|| label.and_then(|label| find(Attribute::Label(label))))
}

fn bytes_of(session: &Session, object: ObjectHandle, attribute: AttributeType) -> Option<Vec<u8>> {
    let attributes = session.get_attributes(object, &[attribute]).ok()?;
    attributes
        .into_iter()
        .find_map(|attribute| match attribute {
            Attribute::Modulus(bytes)
            | Attribute::PublicExponent(bytes)
            | Attribute::EcPoint(bytes)
            | Attribute::EcParams(bytes)
            | Attribute::Id(bytes)
            | Attribute::Label(bytes)
                if !bytes.is_empty() =>
            {
                Some(bytes)
            }
            _ => None,
        })
}

fn thumbprint_of_rsa(modulus: &[u8], exponent: &[u8]) -> Outcome<Thumbprint> {
    let members = Object::new()
        .with("kty", "RSA")
        .with("n", base64::encode(modulus))
        .with("e", base64::encode(exponent));
    let key = RsaPublicKey::from_members(members).map_err(|_| other_kind())?;
    Ok(key.thumbprint())
}

/// Of a point as PKCS#11 has it, an octet string in DER; some tokens leave the string's front out.
fn thumbprint_of_point(point: &[u8]) -> Outcome<Thumbprint> {
    let point = point
        .strip_prefix(&[0x04, 65])
        .filter(|point| point.len() == 65)
        .unwrap_or(point);
    let coordinates = point.strip_prefix(&[0x04]).filter(|rest| rest.len() == 64);
    let (x, y) = coordinates.ok_or(MALFORMED)?.split_at(32);
    let jwk = Object::new()
        .with("kty", "EC")
        .with("crv", "P-256")
        .with("x", base64::encode(x))
        .with("y", base64::encode(y));
    Ok(Jwk::parse(jwk.text().as_bytes())?.thumbprint())
}

/// An ephemeral key as an uncompressed point.
pub fn point_of(epk: &Object) -> Outcome<[u8; 65]> {
    let mut point = [4; 65];
    for (name, part) in [("x", 1..33), ("y", 33..65)] {
        let text = epk.get(name).and_then(Json::as_str).ok_or(MALFORMED)?;
        point[part].copy_from_slice(&base64::decode_array::<32>(text, MALFORMED)?);
    }
    Ok(point)
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let value = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    let (pairs, rest) = digits.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| Some(value(*high)? << 4 | value(*low)?))
        .collect()
}

/// Whether the token does not have what was asked of it.
fn lacks(error: &TokenError) -> bool {
    matches!(
        error,
        TokenError::Pkcs11(
            RvError::ArgumentsBad | RvError::MechanismInvalid | RvError::MechanismParamInvalid,
            _
        )
    )
}

fn undecrypted(error: &TokenError) -> Failure {
    match error {
        TokenError::Pkcs11(
            RvError::EncryptedDataInvalid | RvError::EncryptedDataLenRange | RvError::DataInvalid,
            _,
        ) => wrong_key(OPTION),
        error => failed("decrypts nothing", error),
    }
}

fn not_logged_in(error: &TokenError) -> Failure {
    let TokenError::Pkcs11(refusal, _) = error else {
        return failed("does not log its user in", error);
    };
    match refusal {
        RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => {
            let next = "look for typing errors: a token locks itself after some of them";
            Failure::new(Exit::Factor, "the PIN is not the token's", next)
        }
        RvError::PinLocked => {
            let next = "its security officer sets a new one";
            Failure::new(Exit::Factor, "the token's PIN is locked", next)
        }
        _ => failed("does not log its user in", error),
    }
}

fn other_kind() -> Failure {
    let what = "the key on the token is of another kind than what is taken here";
    let next = "give one of RSA with 2048 to 4096 bits, or on P-256";
    Failure::new(Exit::Usage, what, next)
}

/// What PKCS#11 reports has no secret in it.
fn failed(what: &str, error: &TokenError) -> Failure {
    let reported = match error {
        TokenError::Pkcs11(refusal, function) => {
            format!("{function} reports {}", word(&format!("{refusal:?}")))
        }
        error => error.to_string(),
    };
    let next =
        "see what the token's vendor says of it; the key must be allowed to decrypt, or to derive";
    Failure::new(Exit::System, &format!("the token {what}: {reported}"), next)
}
