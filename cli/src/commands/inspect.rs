//! `strongroom inspect`: what a file is, without any secret. All of it is what the file says: nothing is proven.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use strongroom::{
    base::{InputError, Json, Kid, Object, base64},
    jose::{Content, Envelope, Value},
    object::{Covers, body::Layout},
    vault::Backup,
};

use crate::{
    factor::expected_identity,
    failure::{Exit, Failure, Outcome},
    opener::mis_signed,
    source::{Sealed, Source, read_signature, token},
    text::{line, quoted, shown, shown_path, time, word},
    vault::backup_bytes,
};

/// Says what a file is: no secret is needed
///
/// What is printed is what the file says. Only opening it proves that.
#[derive(Args)]
pub struct Inspect {
    /// An object, a body, a header, a value, a signature or a backup
    file: PathBuf,
    /// The signature of an object for more recipients, where the file is its header
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// The identity that must have signed the object, as vault.identity() gave it
    #[arg(long, value_name = "THUMBPRINT", allow_hyphen_values = true)]
    identity: Option<String>,
}

impl Inspect {
    /// Looks at it.
    pub fn run(&self) -> Outcome<()> {
        let mut source = Source::open(&self.file)?;
        let size = source.size();
        if source.is_attached() {
            if self.signature.is_some() {
                return Err(unfit(
                    "--signature",
                    "the signature of a header in a file of its own",
                ));
            }
            let sealed = source.take_front()?;
            row("file", "encrypted object, header and body in one file")?;
            self.list_sealed(&sealed)?;
            return match size {
                Some(size) => list_body(size.saturating_sub(sealed.before)),
                None => Ok(()),
            };
        }
        if source.is_json() {
            return self.inspect_json(source);
        }
        self.check_unsigned()?;
        let body = source.may_be_body();
        if let Ok(text) = source.text() {
            if let Some(value) = token(&text, 5) {
                return list_value(value);
            }
            if let Some(signed) = token(&text, 3) {
                return list_signed(signed);
            }
        }
        match size {
            Some(size) if body && Layout::STANDARD.plaintext_len(size).is_ok() => {
                row(
                    "file",
                    "perhaps the body of an encrypted object, whose header is elsewhere",
                )?;
                list_body(size)
            }
            _ => Err(self.unknown()),
        }
    }

    /// A header is small. A backup may be large: it says at its end what it is, and is read for that alone.
    fn inspect_json(&self, source: Source) -> Outcome<()> {
        let ends = source
            .ends()
            .map_err(|error| Failure::reading(&self.file, &error))?;
        let is_file = ends.is_some();
        let text = source.text().ok();
        if let Some(header) = text.as_deref().and_then(|text| Envelope::parse(text).ok()) {
            row(
                "file",
                "header of an encrypted object, or another Encrypted JWK",
            )?;
            let signature = self.signature.as_deref().map(read_signature).transpose()?;
            return self.list_sealed(&Sealed {
                signature,
                ..header.into()
            });
        }
        self.check_unsigned()?;
        let said = match (&ends, &text) {
            (Some(ends), _) => ends.iter().any(|end| says_backup(end)),
            (None, Some(text)) => says_backup(text),
            (None, None) => false,
        };
        let bytes = match text {
            _ if said && is_file => backup_bytes(&self.file)?,
            Some(text) if said => text,
            None if !is_file => return Err(self.too_large_for_a_pipe()),
            _ => return Err(self.unknown()),
        };
        list_backup(&Backup::read(&bytes)?)
    }

    /// Header and signature of an object.
    fn list_sealed(&self, sealed: &Sealed) -> Outcome<()> {
        list_header(&sealed.header)?;
        let Some(signature) = &sealed.signature else {
            self.check_unsigned()?;
            return row("signed", "no");
        };
        let signer = signature.signer();
        let expected = expected_identity(self.identity.as_deref())?;
        let by = expected.as_ref().unwrap_or(&signer);
        let signed = signature
            .verify(by, &sealed.header)
            .map_err(|_| mis_signed(&signer))?;
        let told = if expected.is_some() {
            ""
        } else {
            ", as it claims: compare it with what vault.identity() gave"
        };
        row(
            "signed",
            &format!("by the identity {}{told}", signer.as_str()),
        )?;
        row("vault", signed.vault.as_str())?;
        row("at", &time(signed.sequence))?;
        row(
            "covers",
            match signed.covers() {
                Covers::Header => "the header: each recipient can have written the content",
                Covers::Content => "header and content",
            },
        )
    }

    /// Refuses options of a signature where there is none.
    fn check_unsigned(&self) -> Outcome<()> {
        match (&self.signature, &self.identity) {
            (Some(_), _) => Err(unfit(
                "--signature",
                "the signature of a header in a file of its own",
            )),
            (None, Some(_)) => Err(unfit("--identity", "an object that is signed")),
            (None, None) => Ok(()),
        }
    }

    fn too_large_for_a_pipe(&self) -> Failure {
        let what = format!(
            "{} is no file, and what it gives is no header",
            shown_path(&self.file)
        );
        let next = "a backup is looked at in a file: write it into one first";
        Failure::new(Exit::Usage, &what, next)
    }

    fn unknown(&self) -> Failure {
        let what = format!(
            "{} is nothing that strongroom writes",
            shown_path(&self.file)
        );
        Failure::new(
            Exit::Content,
            &what,
            "check that it is the right file, or get another copy",
        )
    }
}

/// An option that means nothing for the file.
fn unfit(option: &str, of: &str) -> Failure {
    let what = format!("{option} is for {of}, and this is none");
    Failure::new(Exit::Usage, &what, "leave it out, or give that file")
}

/// Whether it has a backup's member: a damaged one is told as that.
fn says_backup(bytes: &[u8]) -> bool {
    let member = b"\"strongroom\":\"backup-";
    let mut bytes = bytes.to_vec();
    bytes.retain(|byte| !byte.is_ascii_whitespace());
    bytes.windows(member.len()).any(|part| part == member)
}

/// A line of a name and what there is. Both may be anybody's.
fn row(name: &str, what: &str) -> Outcome<()> {
    line(&format!("{name:<11} {}", shown(what)))
}

fn list_header(header: &Envelope) -> Outcome<()> {
    row("header", &format!("{} bytes", header.bytes().len()))?;
    row(
        "holds",
        match header.content() {
            Content::Jwk => "a key (Encrypted JWK, RFC 7517)",
            Content::Nested => "another envelope, for recipients of both",
            Content::Record => "a record of a vault",
        },
    )?;
    if let Some(id) = header.jkt() {
        row("id", id.as_str())?;
    }
    // The envelope was read: its parts are what they should be.
    const PARTS: InputError = InputError::Malformed("JWE");
    let mut members = Object::parse(header.bytes(), PARTS)?;
    let protected = base64::decode(&members.string("protected", PARTS)?, PARTS)?;
    let mut protected = Object::parse(&protected, PARTS)?;
    list_context(protected.optional_string("ctx", PARTS)?.as_deref())?;
    let recipients = match members.remove("recipients") {
        Some(Json::Array(recipients)) => recipients,
        // The flattened form.
        _ => vec![Json::Object(members)],
    };
    row("recipients", &recipients.len().to_string())?;
    for recipient in recipients {
        let mut recipient = recipient.into_object().ok_or(PARTS)?;
        let mut header = recipient.object("header", PARTS)?;
        list_recipient(&header.string("alg", PARTS)?, &header.string("kid", PARTS)?)?;
    }
    Ok(())
}

fn list_context(ctx: Option<&str>) -> Outcome<()> {
    match ctx {
        Some(hash) => row("context", &format!("needed; its hash is {}", word(hash))),
        None => row("context", "none"),
    }
}

fn list_recipient(alg: &str, kid: &str) -> Outcome<()> {
    let version = Kid::new(kid).ok().and_then(|kid| kid.version());
    let who = match version {
        Some((key, version)) => format!("key {}, version {}", key.as_str(), version.as_str()),
        None => format!("key {}", word(kid)),
    };
    row("", &format!("{} {who}", word(alg)))
}

fn list_body(size: u64) -> Outcome<()> {
    row("body", &format!("{size} bytes"))?;
    match Layout::STANDARD.plaintext_len(size) {
        Ok(plain) => row("plaintext", &format!("{plain} bytes")),
        Err(_) => row("plaintext", "unknown: no whole body has this size"),
    }
}

fn list_value(token: &str) -> Outcome<()> {
    const HEADER: InputError = InputError::Malformed("value header");
    let value = Value::parse(token)?;
    row("file", "encrypted value (compact JWE, RFC 7516)")?;
    row("size", &format!("{} bytes", token.len()))?;
    let mut header = header_of(token, HEADER)?;
    list_context(header.optional_string("ctx", HEADER)?.as_deref())?;
    row("recipients", "1")?;
    list_recipient("A256KW", value.kid().as_str())?;
    row("signed", "no")
}

fn list_signed(token: &str) -> Outcome<()> {
    const HEADER: InputError = InputError::Malformed("JWS header");
    let mut header = header_of(token, HEADER)?;
    row(
        "file",
        "signed text (compact JWS, RFC 7515); the signature was not verified",
    )?;
    row("size", &format!("{} bytes", token.len()))?;
    row("alg", &word(&header.string("alg", HEADER)?))?;
    if let Some(typ) = header.optional_string("typ", HEADER)? {
        row("typ", &word(&typ))?;
    }
    match header.optional_string("kid", HEADER)? {
        Some(kid) => row("signed", &format!("by the key {}", word(&kid))),
        None => row("signed", "by the key in its header"),
    }
}

/// The header of a compact token.
fn header_of(token: &str, malformed: InputError) -> Outcome<Object> {
    let header = token.split('.').next().unwrap_or_default();
    let header = base64::decode(header, malformed.clone())?;
    Ok(Object::parse(&header, malformed)?)
}

fn list_backup(backup: &Backup) -> Outcome<()> {
    row("file", "backup of a vault, found whole")?;
    row("vault", backup.vault().as_str())?;
    row("name", &quoted(backup.name().as_str()))?;
    row(
        "identity",
        &format!("{}, as it claims", backup.identity().as_str()),
    )?;
    row("made", &time(backup.created()))?;
    row("head", &backup.head().to_string())?;
    row("generation", &backup.generation().to_string())?;
    let factors: Vec<_> = backup.factors().iter().map(|kind| word(kind)).collect();
    row("factors", &factors.join(", "))?;
    row(
        "opened by",
        &match backup.pair() {
            Some(pair) => {
                let [one, other] = pair.kinds().map(|kind| kind.as_str());
                format!("{one} and {other} together, or what opens it alone")
            }
            None => "any of its factors".to_owned(),
        },
    )?;
    let mut kinds = BTreeMap::new();
    for row in backup.rows() {
        *kinds.entry(row.record_id.kind.as_str()).or_insert(0_u64) += 1;
    }
    let kinds: Vec<_> = kinds
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    row(
        "records",
        &format!("{}: {}", backup.rows().len(), kinds.join(", ")),
    )?;
    row(
        "signed",
        "by the identity that it claims; anybody can make one: compare it with what vault.identity() gave",
    )
}
