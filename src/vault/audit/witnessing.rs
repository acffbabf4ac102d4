//! A vault as a witness of other logs: of another device of the same vault, of a contact's (C2SP `tlog-witness`).

use crate::{
    audit::{AddCheckpoint, Checkpoint, Cosigner, NoteVerifier},
    base::{Error, Object, Result, WitnessFault},
    records::{WitnessedLog, Witnessing},
    store::{RecordType, Store},
    vault::{Unlocked, Vault, gate::Request, transaction::Transaction},
};

use super::log_key::{log_of, origin_of};

/// What the key is derived for, with the device's id behind it.
const KEY: &[u8] = b"strongroom witness ";

/// What a witness answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessAnswer {
    /// The line that goes below the note.
    pub cosignature: String,
    /// The log.
    pub origin: String,
    /// What was cosigned.
    pub checkpoint: Checkpoint,
    /// How many entries of the log it had cosigned before; nothing where it knew none.
    pub before: Option<u64>,
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// The key by which this vault on this device cosigns, as C2SP `signed-note` writes one. A copy of the vault on another device,
    /// one that was restored, and a vault whose compromised factor was revoked, has another one.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn witness_key(&self) -> Result<String> {
        let request = Request::of("witnessKey").on_latest();
        let key = async |tx: &mut Transaction<'_>| {
            if tx.seen_by_witnesses()?.is_none() {
                // A device that has written nothing yet has no id that stays.
                let device = tx.device()?.id.clone();
                tx.put_witnessing(&Witnessing::none(device))?;
            }
            Ok(tx.cosigner()?.verifier().to_text())
        };
        self.change(request, key).await
    }

    /// Cosigns a checkpoint of a log whose key is trusted, if it continues what this vault has seen of it. What it has seen is stored
    /// before it answers.
    ///
    /// # Errors
    /// [`Error::Witness`]; [`Error::Malformed`] and [`Error::TooLarge`] for what is no request; [`Error::Argument`] for a log that
    /// this vault has written on this device, now or before; [`Error::TooLarge`] beyond 64 logs.
    pub async fn witness_log(&self, request: &[u8], log: &NoteVerifier) -> Result<WitnessAnswer> {
        let asked = AddCheckpoint::parse(request)?;
        if self.has_written_log_of(log.name()).await? {
            return Err(Error::Argument(
                "request (a vault is no witness of a log that it writes itself, or wrote)",
            ));
        }
        let request = Request::of("witnessLog").recorded_first();
        self.change(request, async |tx| tx.witness(&asked, log))
            .await
    }

    /// Whether that is a log of this vault, as far as it has not cut them, that was written on this device.
    async fn has_written_log_of(&self, origin: &str) -> Result<bool> {
        let Some(log) = log_of(origin, &self.id) else {
            return Ok(false);
        };
        let device = async |tx: &Transaction<'_>| Ok(tx.device()?.id.clone());
        let device = self.read(Request::of("audit"), device).await?;
        match self.written_log(Some(&log)).await {
            Ok(written) => Ok(written.device == device),
            // A copy has no entries of the logs of the device that it is a copy of.
            Err(Error::Argument(_) | Error::Integrity(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Transaction<'_> {
    /// What was seen, if anything is remembered on this device.
    pub(super) fn seen_by_witnesses(&self) -> Result<Option<Witnessing>> {
        let keyring = self.keyring()?;
        let Some(row) = keyring.core_record(&keyring.singleton(RecordType::Witness)) else {
            return Ok(None);
        };
        Witnessing::read(keyring.cipher().decrypt_json(row)?, &self.device()?.id)
    }

    pub(super) fn witnessing(&self) -> Result<Witnessing> {
        let none = Witnessing::none(self.device()?.id.clone());
        Ok(self.seen_by_witnesses()?.unwrap_or(none))
    }

    pub(super) fn put_witnessing(&mut self, seen: &Witnessing) -> Result<()> {
        let record_id = self.keyring()?.singleton(RecordType::Witness);
        self.put(record_id, Object::encode(seen));
        Ok(())
    }

    fn cosigner(&self) -> Result<Cosigner> {
        let keyring = self.keyring()?;
        let device = self.device()?.id.as_str().as_bytes();
        let seed = keyring.mac()?.derive(&[KEY, device].concat())?;
        let name = [&*origin_of(keyring.vault()), "witness"].concat();
        Ok(Cosigner::new(&name, &seed)?)
    }

    fn witness(&mut self, asked: &AddCheckpoint, log: &NoteVerifier) -> Result<WitnessAnswer> {
        let (origin, verifier) = (log.name(), log.to_text());
        if self.writes_log_of(origin)? {
            return Err(Error::Argument(
                "request (a vault is no witness of the log that it writes itself)",
            ));
        }
        let mut seen = self.witnessing()?;
        let known = seen.witnessed.iter().find(|one| one.origin == origin);
        if known.is_some_and(|known| known.verifier != verifier) {
            return Err(Error::Witness(WitnessFault::UnknownLog));
        }
        let before = known.map(|known| known.size);
        let known = known.map(WitnessedLog::checkpoint).transpose()?;
        let checkpoint = asked.check(log, known.as_ref())?;
        seen.witnessed.retain(|one| one.origin != origin);
        if seen.witnessed.len() >= Witnessing::MOST_LOGS {
            return Err(Error::TooLarge("logs that the vault is a witness of (64)"));
        }
        seen.witnessed.push(WitnessedLog {
            origin: origin.to_owned(),
            verifier,
            size: checkpoint.size,
            root: checkpoint.root.to_base64(),
            at: self.now(),
        });
        self.put_witnessing(&seen)?;
        let seconds = self.now().millis() / 1000;
        let cosignature = self.cosigner()?.cosign(&checkpoint, origin, seconds);
        Ok(WitnessAnswer {
            cosignature,
            origin: origin.to_owned(),
            checkpoint,
            before,
        })
    }

    /// Whether that is the log that is written here.
    fn writes_log_of(&self, origin: &str) -> Result<bool> {
        let keyring = self.keyring()?;
        let log = keyring.head.1.log.as_ref();
        let device = &self.device()?.id;
        let own = |log| [&*origin_of(keyring.vault()), log].concat() == origin;
        Ok(log.is_some_and(|log| log.device == *device && own(log.log.as_str())))
    }
}
