//! `strongroom inspect`: what a file is, without any secret. All of it is what the file says: nothing is proven.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use strongroom::{
    base::{InputError, Json, Kid, Object, base64},
    jose::{Content, Envelope, Value},
    object::body::Layout,
    vault::Backup,
};

use crate::{
    failure::{Exit, Failure, Outcome},
    source::{Source, token},
    text::{line, shown, shown_path, time},
    vault::backup_bytes,
};

/// Says what a file is: no secret is needed
///
/// What is printed is what the file says. Only opening it proves that.
#[derive(Args)]
pub struct Inspect {
    /// An object, a body, a header, a value, a signature or a backup
    file: PathBuf,
}

impl Inspect {
    /// Looks at it.
    pub fn run(&self) -> Outcome<()> {
        let mut source = Source::open(&self.file)?;
        let size = source.size();
        if source.is_attached() {
            let header = source.take_header()?;
            row("file", "encrypted object, header and body in one file")?;
            list_header(&header)?;
            let before = (8 + header.bytes().len()) as u64;
            return match size {
                Some(size) => list_body(size.saturating_sub(before)),
                None => Ok(()),
            };
        }
        if source.is_json() {
            return self.inspect_json(source);
        }
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

    /// A header is small; a backup says what it is.
    fn inspect_json(&self, source: Source) -> Outcome<()> {
        if let Ok(text) = source.text()
            && let Ok(header) = Envelope::parse(&text)
        {
            row(
                "file",
                "header of an encrypted object, or another Encrypted JWK",
            )?;
            return list_header(&header);
        }
        let bytes = backup_bytes(&self.file)?;
        match Backup::read(&bytes) {
            Ok(backup) => list_backup(&backup),
            Err(error) if says_backup(&bytes) => Err(error.into()),
            Err(_) => Err(self.unknown()),
        }
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

/// Whether it has a backup's member: a damaged one is told as that.
fn says_backup(bytes: &[u8]) -> bool {
    let member = b"\"strongroom\":\"backup-";
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
    row("signed", "no")
}

fn list_context(ctx: Option<&str>) -> Outcome<()> {
    match ctx {
        Some(hash) => row("context", &format!("needed; its hash is {hash}")),
        None => row("context", "none"),
    }
}

fn list_recipient(alg: &str, kid: &str) -> Outcome<()> {
    let version = Kid::new(kid).ok().and_then(|kid| kid.version());
    let who = match version {
        Some((key, version)) => format!("key {}, version {}", key.as_str(), version.as_str()),
        None => format!("key {kid}"),
    };
    row("", &format!("{alg} {who}"))
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
    row("alg", &header.string("alg", HEADER)?)?;
    if let Some(typ) = header.optional_string("typ", HEADER)? {
        row("typ", &typ)?;
    }
    match header.optional_string("kid", HEADER)? {
        Some(kid) => row("signed", &format!("by the key {kid}")),
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
    row("name", backup.name().as_str())?;
    row("identity", backup.identity().as_str())?;
    row("made", &time(backup.created()))?;
    row("head", &backup.head().to_string())?;
    row("generation", &backup.generation().to_string())?;
    row("factors", &backup.factors().join(", "))?;
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
        "by the identity: whose that is, opening it proves",
    )
}
