//! What is read: objects in one file or two, values, and what else of strongroom's a file may be.

use std::{
    fs::File,
    io::{self, Read, Seek as _, SeekFrom},
    path::{Path, PathBuf},
    rc::Rc,
};

use clap::Args;
use strongroom::{
    Context,
    base::{InputError, Json, Object, ObjectId, Sidecar},
    jose::Envelope,
    object::{ObjectSignature, attached},
};

use crate::failure::{Exit, Failure, Outcome};

/// The largest value or signed text, and some white space at its end.
const MAX_TEXT: usize = Envelope::MAX_BYTES + 16;

/// Bytes at either end of a file by which a backup is known.
const END: u64 = 4096;

/// The encryption context, which is no secret.
#[derive(Args)]
pub struct ContextOptions {
    /// A member of the encryption context, as it was given to encrypt; give it for each member there is
    #[arg(
        long = "context",
        value_name = "NAME=VALUE",
        allow_hyphen_values = true
    )]
    members: Vec<String>,
    /// The encryption context as a JSON object of strings, in a file
    #[arg(long, value_name = "FILE", conflicts_with = "members")]
    context_file: Option<PathBuf>,
    /// Of a sidecar: the id of the object that it belongs to
    #[arg(
        long,
        value_name = "ID",
        allow_hyphen_values = true,
        requires = "sidecar"
    )]
    sidecar_of: Option<String>,
    /// Of a sidecar: its name, such as thumbnail
    #[arg(
        long,
        value_name = "NAME",
        allow_hyphen_values = true,
        requires = "sidecar_of"
    )]
    sidecar: Option<String>,
}

impl ContextOptions {
    /// The context that they say.
    pub fn read(&self) -> Outcome<Context> {
        let mut members = match &self.context_file {
            Some(path) => read_members(path)?,
            None => Vec::new(),
        };
        for member in &self.members {
            let (name, value) = member.split_once('=').ok_or_else(|| {
                let next = "write it as NAME=VALUE";
                Failure::new(Exit::Usage, "--context has no equals sign", next)
            })?;
            members.push((name.to_owned(), value.to_owned()));
        }
        let option = match self.context_file {
            Some(_) => "--context-file",
            None => "--context",
        };
        let context = Context::new(members).map_err(|error| unfit(option, &error))?;
        match (&self.sidecar_of, &self.sidecar) {
            (Some(parent), Some(name)) => {
                let parent = object_id("--sidecar-of", parent)?;
                let sidecar = Sidecar::new(parent, name.as_str());
                let context = sidecar.and_then(|sidecar| context.of_sidecar(sidecar));
                context.map_err(|error| unfit("--sidecar", &error))
            }
            _ => Ok(context),
        }
    }
}

/// The id that an option gives.
pub fn object_id(option: &str, text: &str) -> Outcome<ObjectId> {
    let next = "give the 43 characters that `strongroom inspect` shows of the object";
    text.parse()
        .map_err(|_| Failure::option(option, "object's id", next))
}

fn unfit(option: &str, error: &InputError) -> Failure {
    let (InputError::Malformed(what)
    | InputError::Unsupported(what)
    | InputError::Argument(what)
    | InputError::TooLarge(what)
    | InputError::Miscalculated(what)) = error;
    let what = format!("{option} gives no context: {what}");
    Failure::new(Exit::Usage, &what, "give what was given to encrypt")
}

fn read_members(path: &Path) -> Outcome<Vec<(String, String)>> {
    const NONE: InputError = InputError::Malformed("it has to be a JSON object of strings");
    let told = |error| unfit("--context-file", &error);
    let object = Object::parse(&Source::open(path)?.text()?, NONE).map_err(told)?;
    let text = |(name, value): (&str, &Json)| {
        let value = value.as_str().ok_or(NONE)?;
        Ok((name.to_owned(), value.to_owned()))
    };
    object
        .members()
        .map(text)
        .collect::<Result<_, _>>()
        .map_err(told)
}

/// A file that is open, whose first bytes were looked at.
pub struct Source {
    path: PathBuf,
    /// What was read already.
    front: Vec<u8>,
    file: File,
}

impl Source {
    /// Opens a file.
    pub fn open(path: &Path) -> Outcome<Self> {
        let opened = || -> io::Result<Self> {
            let mut file = File::open(path)?;
            let mut front = Vec::new();
            (&mut file)
                .take(attached::PREFIX as u64)
                .read_to_end(&mut front)?;
            let path = path.to_owned();
            Ok(Self { path, front, file })
        };
        opened().map_err(|error| Failure::reading(path, &error))
    }

    /// Whether it begins as an object in one file does, of whichever version.
    pub fn is_attached(&self) -> bool {
        self.front.starts_with(b"SRM")
    }

    /// Whether it begins as JSON.
    pub fn is_json(&self) -> bool {
        let mut front = self.front.iter().filter(|byte| !byte.is_ascii_whitespace());
        front.next() == Some(&b'{')
    }

    /// Whether it begins as a body does: with its number of bytes before the first segment. Others may, too.
    pub fn may_be_body(&self) -> bool {
        self.front.first() == Some(&40)
    }

    /// Takes header and signature off an object in one file; what is left is its body.
    pub fn take_front(&mut self) -> Outcome<Sealed> {
        const CUT: strongroom::Error =
            strongroom::Error::Malformed("an object that ends before its body");
        let prefix = attached::read_prefix(&self.front)?;
        let counted = |bytes: Vec<u8>, length: usize| {
            if bytes.len() < length {
                return Err(Failure::from(CUT));
            }
            Ok(bytes)
        };
        let header = counted(self.take(prefix.header)?, prefix.header)?;
        let mut before = attached::PREFIX + header.len();
        let signature = if prefix.signed {
            let length = attached::signature_len(&self.take(attached::SIGNATURE_PREFIX)?)?;
            let text = counted(self.take(length)?, length)?;
            before += attached::SIGNATURE_PREFIX + length;
            Some(Rc::new(ObjectSignature::parse(&text)?))
        } else {
            None
        };
        self.front.clear();
        let header = Envelope::parse(&header)?;
        Ok(Sealed {
            header,
            signature,
            before: before as u64,
        })
    }

    /// All of a small file.
    pub fn text(mut self) -> Outcome<Vec<u8>> {
        let mut text = std::mem::take(&mut self.front);
        text.extend(self.take(MAX_TEXT + 1)?);
        if text.len() > MAX_TEXT {
            return Err(
                strongroom::Error::TooLarge("a header, value or signed text (1 MiB)").into(),
            );
        }
        Ok(text)
    }

    fn take(&mut self, bytes: usize) -> Outcome<Vec<u8>> {
        let mut taken = Vec::new();
        let read = (&mut self.file).take(bytes as u64).read_to_end(&mut taken);
        read.map_err(|error| Failure::reading(&self.path, &error))?;
        Ok(taken)
    }

    /// The next part of what is left, of at most so many bytes; none at the end.
    pub fn part(&mut self, bytes: usize) -> Outcome<Option<Vec<u8>>> {
        let mut part = std::mem::take(&mut self.front);
        part.extend(self.take(bytes.saturating_sub(part.len()))?);
        Ok((!part.is_empty()).then_some(part))
    }

    /// The file's first and last 4 KiB, of a regular file: what it has been read for does not change.
    pub fn ends(&self) -> io::Result<Option<[Vec<u8>; 2]>> {
        let Some(size) = self.size() else {
            return Ok(None);
        };
        let mut file = File::open(&self.path)?;
        let mut part = |from: u64| -> io::Result<Vec<u8>> {
            let mut part = Vec::new();
            file.seek(SeekFrom::Start(from))?;
            (&mut file).take(END).read_to_end(&mut part)?;
            Ok(part)
        };
        Ok(Some([part(0)?, part(size.saturating_sub(END))?]))
    }

    /// The file's size, of a regular file.
    pub fn size(&self) -> Option<u64> {
        let file = self.file.metadata().ok();
        file.filter(std::fs::Metadata::is_file)
            .map(|file| file.len())
    }
}

/// What stands before an object's body.
pub struct Sealed {
    pub header: Envelope,
    /// Of an object for more recipients, where its writer signed it.
    pub signature: Option<Rc<ObjectSignature>>,
    /// Bytes before the body, where it is in the same file.
    pub before: u64,
}

impl From<Envelope> for Sealed {
    fn from(header: Envelope) -> Self {
        Self {
            header,
            signature: None,
            before: 0,
        }
    }
}

/// The header in a file of its own, and its signature in another.
pub fn read_header(path: &Path, signature: Option<&Path>) -> Outcome<Sealed> {
    let header = Envelope::parse(&Source::open(path)?.text()?)?;
    let signature = signature.map(read_signature).transpose()?;
    Ok(Sealed {
        signature,
        ..header.into()
    })
}

/// The signature in a file of its own.
pub fn read_signature(path: &Path) -> Outcome<Rc<ObjectSignature>> {
    let mut source = Source::open(path)?;
    let mut text = std::mem::take(&mut source.front);
    text.extend(source.take(ObjectSignature::MAX_BYTES + 16)?);
    Ok(Rc::new(ObjectSignature::parse(text.trim_ascii())?))
}

/// The compact token of so many parts that a text is.
pub fn token(text: &[u8], parts: usize) -> Option<&str> {
    let text = core::str::from_utf8(text).ok()?.trim_ascii();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let compact = text.bytes().all(allowed) && text.split('.').count() == parts;
    (compact && !text.is_empty()).then_some(text)
}
