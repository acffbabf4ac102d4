//! A backup, opened in memory by the crate's own restore: nothing of it is written anywhere.

use std::{
    cell::RefCell,
    fs::File,
    io::{self, Read as _},
    path::Path,
    rc::Rc,
    time::{SystemTime, UNIX_EPOCH},
};

use pollster::block_on;
use strongroom::{
    Error,
    base::{Clock, SystemEntropy, Thumbprint, Timestamp},
    factors::{FactorPort, Present},
    object::body::RustEngine,
    records::FactorKind,
    store::MemoryStore,
    vault::{Backup, ExpectedVault, Platform, UnlockReport, Unlocked, Vault},
};

use crate::{
    factor::{Factor, FactorOptions},
    failure::{Exit, Failure, Outcome},
    text::note,
};

/// The largest backup that is read.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// An unlocked vault in memory.
pub type OpenVault = Vault<Unlocked, MemoryStore, RustEngine>;

/// The machine's clock. It has no timers: a program that ends needs none.
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = since.unwrap_or_default().as_millis();
        Timestamp::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }
}

/// A backup that was read and found whole; no secret is needed for that.
pub fn read_backup(path: &Path) -> Outcome<Backup> {
    Ok(Backup::read(&backup_bytes(path)?)?)
}

/// A backup's bytes.
///
/// # Errors
/// [`Error::TooLarge`], of a file without reading it.
pub fn backup_bytes(path: &Path) -> Outcome<Vec<u8>> {
    let read = || -> io::Result<(u64, Vec<u8>)> {
        let (mut file, mut bytes) = (File::open(path)?, Vec::new());
        let size = file.metadata()?.len();
        if size <= MAX_BYTES {
            (&mut file).take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        }
        Ok((size.max(bytes.len() as u64), bytes))
    };
    let (size, bytes) = read().map_err(|error| Failure::reading(path, &error))?;
    if size > MAX_BYTES {
        return Err(Error::TooLarge("backup (256 MiB)").into());
    }
    Ok(bytes)
}

/// A vault that was opened, and the factor that did.
pub struct Opened {
    pub vault: OpenVault,
    pub present: Box<dyn Present>,
    failure: Rc<RefCell<Option<Failure>>>,
}

impl Opened {
    /// Why something failed for which the factor was asked once more.
    pub fn why(&self, error: Error) -> Failure {
        why(&self.failure, error)
    }
}

/// What was asked says best why it gave nothing.
fn why(failure: &RefCell<Option<Failure>>, error: Error) -> Failure {
    failure.take().unwrap_or_else(|| error.into())
}

/// Opens a backup with what the caller presents, which is taken once the backup was found whole. Whoever gives a reason
/// gives it for all that is done with the vault.
pub fn unlock(path: &Path, options: &FactorOptions, reason: Option<&str>) -> Outcome<Opened> {
    let identity = options.identity()?;
    let backup = read_backup(path)?;
    let Factor {
        present,
        port,
        failure,
    } = {
        let check = |kind| {
            check_use(&backup, kind)?;
            check_identity(kind, identity.as_ref())
        };
        // A token counts the PINs that are tried.
        if options.is_token_alone() {
            check(FactorKind::Escrow)?;
        }
        let factor = options.read()?;
        check(factor.present.kind())?;
        factor
    };
    let expected = ExpectedVault {
        identity,
        seen: None,
    };
    let opened = block_on(open(backup, present.as_ref(), port, &expected));
    let (vault, report) = opened.map_err(|error| why(&failure, error))?;
    if let (Some(known), None) = (&report.superseded, &expected.identity) {
        note(&format!(
            "strongroom: the factor remembers an earlier identity of the vault, {}: compare the one that signs now with what \
             another device shows, and pass it as --identity",
            known.as_str()
        ));
    }
    let vault = vault.because(reason);
    Ok(Opened {
        vault,
        present,
        failure,
    })
}

/// A vault that has a gate and no escrow takes the key beside a passphrase.
fn check_use(backup: &Backup, kind: FactorKind) -> Outcome<()> {
    let has = |kind: FactorKind| backup.factors().iter().any(|has| has == kind.as_str());
    let is_gate_alone =
        kind == FactorKind::Escrow && has(FactorKind::Kms) && !has(FactorKind::Escrow);
    if !is_gate_alone {
        return Ok(());
    }
    let what = "the vault takes a key of this kind beside a passphrase, and has no escrow";
    let next = "give the passphrase too, with --passphrase, --passphrase-file or --passphrase-fd";
    Err(Failure::new(Exit::Factor, what, next))
}

/// An escrow's key is public: whoever knows it can make a vault that the organisation opens, and choose what that vault's
/// record of the escrow remembers. So a caller who presents an escrow says whose vault it is.
fn check_identity(kind: FactorKind, identity: Option<&Thumbprint>) -> Outcome<()> {
    if kind != FactorKind::Escrow || identity.is_some() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Refused,
        "an escrow's key does not prove whose vault this is: anybody can make one that it opens",
        "pass the thumbprint that vault.identity() gave as --identity; `strongroom inspect` shows the one that the backup claims",
    ))
}

async fn open(
    backup: Backup,
    present: &dyn Present,
    port: Box<dyn FactorPort>,
    expected: &ExpectedVault,
) -> Result<(OpenVault, UnlockReport), Error> {
    let platform = Platform {
        store: MemoryStore::default(),
        factor: port,
        engine: Rc::new(RustEngine),
        clock: Rc::new(SystemClock),
        rng: Box::new(SystemEntropy),
        listener: Box::new(|_| {}),
    };
    let watch = |_, _| Ok(());
    let restored = Vault::restore_backup(Rc::new(platform), backup, None, expected, &watch);
    restored
        .await?
        .unlock_watched(present, expected, &watch)
        .await
}
