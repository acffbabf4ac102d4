//! `strongroom open`: an object or a value, decrypted.

use std::path::{Path, PathBuf};

use clap::Args;
use pollster::block_on;
use serde::de::IgnoredAny;
use strongroom::{
    base::{Kid, ObjectId, Thumbprint, VersionState},
    jose::Value,
    object::{Covers, Decryption, FileMetadata, Origin, body::RustEngine},
};
use zeroize::Zeroizing;

use crate::{
    factor::FactorOptions,
    failure::{Exit, Failure, Outcome},
    naming::cleaned,
    opener::{Asked, Opener, opener},
    output::Output,
    source::{ContextOptions, Sealed, Source, object_id, read_header, token},
    text::{line, note, quoted, shown_json, shown_path},
};

/// Bytes that are read at a time: four segments.
const PART: usize = 1024 * 1024;

/// Decrypts an object, or a value
///
/// An object is written to the file that -o names; otherwise to the current folder, under its own name without
/// its path and whatever no file's name should have. A value is printed, unless -o names a file.
#[derive(Args)]
pub struct Open {
    /// The object: header and body in one file, or its body alone; or a value
    file: PathBuf,
    /// The backup of the vault whose key it is for
    #[arg(long, value_name = "BACKUP")]
    vault: Option<PathBuf>,
    #[command(flatten)]
    factor: FactorOptions,
    #[command(flatten)]
    context: ContextOptions,
    /// The object's header, where it is a file of its own
    #[arg(long, value_name = "FILE", conflicts_with = "kept")]
    header: Option<PathBuf>,
    /// The signature of an object for more recipients, where it is a file of its own
    #[arg(long, value_name = "FILE", requires = "header")]
    signature: Option<PathBuf>,
    /// The object's id, where the vault keeps its header
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    kept: Option<String>,
    /// The file that is written, which must not be there; `-` is standard output
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Only the object of this id
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    expect: Option<String>,
    /// Also what does not prove who wrote it
    #[arg(long)]
    allow_unsigned: bool,
    /// Also where a policy cannot be kept here
    #[arg(long)]
    ungoverned: bool,
    /// Why it is opened, where a policy requires a reason
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    reason: Option<String>,
}

impl Open {
    /// Opens it.
    pub fn run(&self) -> Outcome<()> {
        self.factor.take_descriptor()?;
        self.check_options()?;
        if let Some(path) = &self.output {
            Output::check(path)?;
        }
        let asked = Asked {
            context: self.context.read()?,
            expect: self.expected()?,
            kept: self.kept.clone(),
            allow_unsigned: self.allow_unsigned,
            identity: self.factor.identity()?,
        };
        let mut source = Source::open(&self.file)?;
        if let Some(path) = &self.header {
            let sealed = read_header(path, self.signature.as_deref())?;
            return self.open_object(&sealed, source, &asked);
        }
        if let Some(id) = &self.kept {
            self.check_signed(None)?;
            let opener = self.opener()?;
            let header = opener.kept_header(id)?;
            return self.open_by(opener.as_ref(), &header.into(), source, &asked);
        }
        if source.is_attached() {
            let sealed = source.take_front()?;
            return self.open_object(&sealed, source, &asked);
        }
        self.check_signed(None)?;
        let (header, body) = (source.is_json(), source.may_be_body());
        let text = source.text();
        match text.as_ref().ok().and_then(|text| token(text, 5)) {
            Some(value) => self.open_value(value, &asked),
            None => Err(unknown(&self.file, header, body)),
        }
    }

    /// Refuses what means something for a vault alone.
    fn check_options(&self) -> Outcome<()> {
        let given = [
            ("--reason", self.reason.is_some()),
            ("--ungoverned", self.ungoverned),
        ];
        match given.iter().find(|(_, given)| *given) {
            Some((option, _)) if self.vault.is_none() => {
                let what = format!("{option} is for a vault, and none is given");
                let next = "give the vault's backup with --vault, or leave it out";
                Err(Failure::new(Exit::Usage, &what, next))
            }
            _ => Ok(()),
        }
    }

    /// Refuses an identity that has nothing to prove.
    fn check_signed(&self, sealed: Option<&Sealed>) -> Outcome<()> {
        let signed = sealed.is_some_and(|sealed| sealed.signature.is_some());
        if self.vault.is_some() || signed || !self.factor.names_identity() {
            return Ok(());
        }
        let what = "--identity is for a vault or for an object that is signed, and none is given";
        let next =
            "give the vault's backup with --vault, the signature with --signature, or leave it out";
        Err(Failure::new(Exit::Usage, what, next))
    }

    fn expected(&self) -> Outcome<Option<ObjectId>> {
        let parse = |id: &String| object_id("--expect", id);
        self.expect.as_ref().map(parse).transpose()
    }

    fn opener(&self) -> Outcome<Box<dyn Opener>> {
        opener(self.vault.as_deref(), &self.factor, self.reason.as_deref())
    }

    fn open_value(&self, token: &str, asked: &Asked) -> Outcome<()> {
        if asked.expect.is_some() {
            let what = format!(
                "{} is a value, which has no id: it is not the object that --expect names",
                shown_path(&self.file)
            );
            let next = "leave --expect out for a value; its --context says which it is";
            return Err(Failure::new(Exit::Content, &what, next));
        }
        let recipient = Value::parse(token)?.kid().clone();
        let opener = self.opener()?;
        opener.governance(&[recipient])?.check(self.ungoverned)?;
        let json = opener.value(token, asked)?;
        if let Some(path) = &self.output {
            let mut output = Output::begin(path)?;
            output.write(&json)?;
            return output.finish();
        }
        line(&Zeroizing::new(shown_json(json_text(&json)?)))
    }

    fn open_object(&self, sealed: &Sealed, source: Source, asked: &Asked) -> Outcome<()> {
        self.check_signed(Some(sealed))?;
        self.open_by(self.opener()?.as_ref(), sealed, source, asked)
    }

    fn open_by(
        &self,
        opener: &dyn Opener,
        sealed: &Sealed,
        source: Source,
        asked: &Asked,
    ) -> Outcome<()> {
        let recipients: Vec<Kid> = sealed
            .header
            .entries()
            .map(|entry| entry.kid().clone())
            .collect();
        opener.governance(&recipients)?.check(self.ungoverned)?;
        let object = opener.object(sealed, asked)?;
        let path = match &self.output {
            Some(path) => path.clone(),
            None => own_name(object.metadata.as_ref())?,
        };
        let bytes = write(&object, source, &path)?;
        if !Output::is_standard(&path) {
            note(&format!(
                "strongroom: wrote {}, {bytes} bytes",
                shown_path(&path)
            ));
        }
        describe(&object, sealed);
        Ok(())
    }
}

/// Decrypts the body into a new file; how many bytes of plaintext there are.
fn write(object: &Decryption<RustEngine>, mut body: Source, path: &Path) -> Outcome<u64> {
    let (mut output, mut written) = (Output::begin(path)?, 0);
    loop {
        let part = body.part(PART)?;
        let last = part.is_none();
        let pieces = match part {
            Some(part) => block_on(object.decryptor.push(part))?,
            None => block_on(object.decryptor.finish())?,
        };
        for piece in pieces.into_iter().map(Zeroizing::new) {
            written += piece.len() as u64;
            output.write(&piece)?;
        }
        if last {
            output.finish()?;
            return Ok(written);
        }
    }
}

/// A value's text, if it is JSON: whoever encrypted it may have taken anything.
fn json_text(bytes: &[u8]) -> Outcome<&str> {
    let text = core::str::from_utf8(bytes).ok();
    text.filter(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
        .ok_or_else(|| {
            let what = "the value is no JSON text, and is not printed";
            Failure::new(Exit::Content, what, "write it to a file with -o")
        })
}

/// The name that an object's writer gave it, as far as a file can have it.
fn own_name(file: Option<&FileMetadata>) -> Outcome<PathBuf> {
    let name = file.and_then(|file| file.name.as_deref());
    let plain = name.and_then(cleaned).map(PathBuf::from);
    plain.ok_or_else(|| {
        let next = "name the file with -o";
        Failure::new(
            Exit::Usage,
            "the object has no name that a file can have",
            next,
        )
    })
}

/// What is known of an object that was opened.
fn describe(object: &Decryption<RustEngine>, sealed: &Sealed) {
    // First what is known, then what somebody says.
    let signer = sealed
        .signature
        .as_ref()
        .map(|signature| signature.signer());
    let signer = signer.as_ref().map(Thumbprint::as_str).unwrap_or_default();
    note(&match (object.origin, object.covers) {
        (Origin::Unsigned, _) => "strongroom: nothing proves who wrote it".to_owned(),
        (Origin::Own, None) => {
            "strongroom: it was written by a holder of the key that opened it".to_owned()
        }
        (Origin::Own, Some(Covers::Content)) => {
            format!("strongroom: it was written by the vault whose identity is {signer}")
        }
        (Origin::Own, Some(Covers::Header)) => format!(
            "strongroom: its header was written by the vault whose identity is {signer}; each of its recipients can have written the content"
        ),
    });
    let file = object.metadata.clone().unwrap_or_default();
    if let Some(name) = &file.name {
        let name = quoted(name);
        note(&format!("strongroom: its writer called it {name}"));
    }
    if let Some(kind) = &file.r#type {
        let kind = quoted(kind);
        note(&format!("strongroom: its writer says that it is {kind}"));
    }
    if let Some(state) = object.state.filter(|state| *state != VersionState::Active) {
        note(&format!(
            "strongroom: the version of the key is {}",
            state.as_str()
        ));
    }
}

fn unknown(path: &Path, header: bool, body: bool) -> Failure {
    let path = shown_path(path);
    let (what, next) = if header {
        (
            "is an object's header, or another JSON file",
            "give the body here, and the header with --header",
        )
    } else if body {
        (
            "may be the body of an object",
            "give its header with --header, or its id with --kept",
        )
    } else {
        (
            "is no object and no value",
            "`strongroom inspect` says what it is",
        )
    };
    Failure::new(Exit::Content, &format!("{path} {what}"), next)
}
