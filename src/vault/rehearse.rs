//! A factor that is tried before it is needed: whether what lies in a safe still opens the vault.

use crate::{
    base::{Error, Result, Timestamp},
    factors::{Factor, FactorNote, Opened, Present, recipient_id},
    jose::Jwk,
    records::changed,
    store::{RecordType, Store},
};

use super::{
    FactorInfo, Unlocked, Vault, gate::Request, keyring::Keyring, transaction::Transaction,
    vault_key_envelope::VaultKeyEnvelope, watch::Watch,
};

const NAME: &str = "rehearseFactor";

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Proves that a factor opens this vault now, and notes the date: its record as it is stored opens to the pair whose
    /// public half the vault has, and that pair opens the vault key in memory. It remembers the identity that signs now, as
    /// after an unlock. Nothing else changes.
    ///
    /// # Errors
    /// [`Error::WrongFactor`]; [`Error::NoFactor`]; [`Error::Rotated`] when another tab has changed the vault key;
    /// [`Error::Integrity`] when another vault, or an older copy of this one, took its place in the store; what `watch`
    /// stops it with.
    pub async fn rehearse(&self, present: &dyn Present, watch: Watch<'_>) -> Result<FactorInfo> {
        let opened = self.open_again(NAME, present).await?;
        let at = self.platform.clock.now();
        let request = Request::of(NAME).of_factor(opened.first.kid().as_str());
        self.change(request.on_latest().watched(watch), async |tx| {
            tx.rehearse(&opened, at).await
        })
        .await
    }

    /// Which of the factors one is that opens this vault now, and which vault key it opens, counted from 1. Nothing changes.
    ///
    /// # Errors
    /// Those of [`rehearse`](Self::rehearse).
    pub async fn identify_factor(&self, present: &dyn Present) -> Result<(FactorInfo, u64)> {
        const NAME: &str = "identifyFactor";
        let factor = self.open_again(NAME, present).await?.first;
        let request = Request::of(NAME)
            .of_factor(factor.kid().as_str())
            .on_latest();
        self.read(request, async |tx| {
            let keyring = tx.keyring()?;
            let info = keyring.factor(factor.kid().as_str())?;
            Ok((info, keyring.generation()))
        })
        .await
    }
}

impl Transaction<'_> {
    async fn rehearse(&mut self, opened: &Opened, at: Timestamp) -> Result<FactorInfo> {
        let all = opened.all();
        // Of every attempt: one may have been revoked, or the vault key rotated, since they were asked.
        self.keyring()?.check_named(opened)?;
        self.repin(&all).await?;
        let first = self.note_rehearsed(&opened.first, at)?;
        if let Some(second) = &opened.second {
            self.note_rehearsed(second, at)?;
        }
        Ok(first)
    }

    fn note_rehearsed(&mut self, factor: &Factor, at: Timestamp) -> Result<FactorInfo> {
        let (jwk, info) = {
            let keyring = self.keyring()?;
            let row = keyring.core_record(&factor.record_id());
            let row = row.ok_or(Error::Integrity("a record is missing"))?;
            factor.check_record(keyring.vault(), row)?;
            let jwk = keyring.factor_jwk(factor.kid())?;
            let note = FactorNote {
                superseded: false,
                rehearsed: Some(at),
                ..FactorNote::of(&jwk)?
            };
            let info = FactorInfo::of(factor, note.clone());
            (note.beside(jwk), info)
        };
        self.put(recipient_id(factor.kid()), jwk);
        Ok(info)
    }
}

impl Keyring {
    /// Whether the vault still has the factors that were presented, and they open the vault key in memory.
    pub(super) fn check_named(&self, opened: &Opened) -> Result<()> {
        let mut all = opened.all().into_iter();
        if !all.all(|factor| self.statement.names(factor.kid())) {
            return Err(Error::NoFactor);
        }
        self.opened_vault_key(opened).map(drop)
    }

    /// The vault key's envelope, and the vault key in it, which the factors that were presented open: that in memory.
    pub(super) fn opened_vault_key(&self, opened: &Opened) -> Result<(VaultKeyEnvelope, Jwk)> {
        let row = self.core_row(RecordType::VaultKey)?;
        let envelope = VaultKeyEnvelope::open(self.vault(), row, &self.statement, &opened.all());
        let (envelope, jwk) = envelope.map_err(changed)?;
        if self.vault_key.is_in(envelope.envelope()) {
            Ok((envelope, jwk))
        } else {
            Err(Error::Integrity(
                "a factor that does not open the vault key",
            ))
        }
    }
}
