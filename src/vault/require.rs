//! A vault that takes two factors at once, from now on or no more.
//!
//! Whoever has one of the two, and an older copy of the vault, opens that copy alone and has its keys. So a vault that is to
//! take both gets another vault key, and every key a new primary version, in one commit; what was encrypted before is as
//! safe as it was.

use crate::{
    base::{Error, Result},
    factors::{FactorPort, Opened, Present},
    object::body::Buffers,
    records::{FactorKind, FactorPair},
    store::Store,
};

use super::{
    Unlocked, Vault, VaultKeyRotation,
    gate::Request,
    keyring::Keyring,
    transaction::Transaction,
    vault_key_rotation::{NextFactors, Renewal},
    watch::Watch,
};

/// The operation's name, as the versions' histories keep it.
const NAME: &str = "requireFactors";

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// The two kinds that it takes to open the vault, where it takes two.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub async fn required(&self) -> Result<Option<FactorPair>> {
        let request = Request::of("listFactors").on_latest();
        self.read(request, async |tx| Ok(tx.keyring()?.statement.pair()))
            .await
    }

    /// Has it take a factor of both kinds to open the vault from now on, or one that opens it alone; with no pair, any one
    /// factor again. To begin with, both have to be presented, so that each is known to open; from then on what the vault
    /// takes. Rotates the vault key, and where there is a pair every key's primary version. `watch` counts the records that
    /// are written.
    ///
    /// # Errors
    /// [`Error::LastOfPair`] with the kind that the vault has no factor of; [`Error::ThisDevice`] for one that is a way in by
    /// a device; [`Error::Argument`] for what the vault takes already; [`Error::SecondFactor`]; [`Error::WrongFactor`];
    /// [`Error::TooLarge`] for a key that can have no further version; [`Error::Integrity`]; what `watch` stops it with.
    pub async fn require_factors(
        &self,
        pair: Option<FactorPair>,
        present: &dyn Present,
        watch: Watch<'_>,
    ) -> Result<VaultKeyRotation> {
        self.read(Request::of("listFactors").on_latest(), async |tx| {
            tx.keyring()?.check_required(pair)
        })
        .await?;
        if let Some(pair) = pair {
            let second = present.second().map(|second| second.kind());
            pair.check_presented(present.kind(), second)?;
            if second.is_none() {
                return Err(Error::Argument(
                    "factor (both factors are given, so that each is known to open)",
                ));
            }
        }
        let asked = Request::of(NAME).on_latest();
        self.admit(asked.without_factors(), async |_| Ok(()))
            .await?;
        let opened = self.reauthenticate_each(NAME, present).await?;
        let request = asked.watched(watch);
        let port = self.platform.factor.as_ref();
        self.change(request, async |tx| {
            tx.require_factors(port, pair, &opened).await
        })
        .await
    }
}

impl Transaction<'_> {
    async fn require_factors(
        &mut self,
        port: &dyn FactorPort,
        pair: Option<FactorPair>,
        opened: &Opened,
    ) -> Result<VaultKeyRotation> {
        // Of every attempt: factors may have been added or revoked since.
        self.keyring()?.check_required(pair)?;
        let rows = self.all_rows().await?;
        let renewal = {
            let (keyring, rng) = (self.keyring()?, self.rng());
            keyring.opened_vault_key(opened)?;
            let cause = self.cause(NAME)?;
            let mut records = match pair {
                None => Vec::new(),
                Some(_) => {
                    let hash = keyring.index_key()?;
                    let renewed = keyring.renew_keys(&rows, &hash, |key| key.renew(cause, rng));
                    renewed?.records
                }
            };
            keyring.note_pinned(&mut records, &opened.all())?;
            Renewal {
                core: None,
                present: opened.all(),
                records,
                gone: Vec::new(),
            }
        };
        let factors = NextFactors {
            requires: Some(pair),
            ..NextFactors::default()
        };
        self.rotate_rows(port, &rows, factors, Some(renewal)).await
    }
}

impl Keyring {
    /// Whether the vault can take what it is to take, and does not yet.
    fn check_required(&self, pair: Option<FactorPair>) -> Result<()> {
        if self.statement.pair() == pair {
            return Err(Error::Argument("requires (what the vault takes already)"));
        }
        let kinds = self.statement.factors.iter();
        let kinds = kinds.map(|entry| FactorKind::parse(&entry.kind));
        match (pair, kinds.collect::<Option<Vec<_>>>()) {
            (None, _) => Ok(()),
            (Some(pair), Some(kinds)) => pair.check_kinds(&kinds),
            (Some(_), None) => Err(Error::Unsupported("a factor of a kind that is not known")),
        }
    }
}
