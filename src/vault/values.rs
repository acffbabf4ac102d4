//! Values under an unlocked vault's keys: small JSON texts as compact JWEs, many at once.

use zeroize::Zeroizing;

use crate::{
    base::{Context, Error, Kid, Pool, Result, VersionState},
    jose::{self, Ciphertext, Value},
    keys::Operation,
    object::body::Buffers,
    store::Store,
};

use super::{Unlocked, Vault, gate::Request, transaction::Transaction, usable_version::Asked};

/// A value that was opened.
pub struct OpenedValue {
    /// Its JSON text.
    pub json: Zeroizing<Vec<u8>>,
    /// The version that opened it.
    pub by: Kid,
    /// Where that is in its life: of one that is compromised, others may have written the value.
    pub state: VersionState,
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Encrypts JSON texts as values, each with its context: a compact JWE for each.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`],
    /// [`Error::Purpose`], [`Error::TooLarge`].
    pub async fn encrypt_values(
        &self,
        key: &str,
        values: &[(&[u8], &Context)],
    ) -> Result<Vec<String>> {
        let request = Request::of("encryptValue");
        self.read(request, async |tx| tx.encrypt_values(key, values).await)
            .await
    }

    /// The JSON texts in values, each with the context that it was encrypted under. A value has no id that the vault
    /// could know it by: of one under a version that is compromised nothing proves who wrote it.
    ///
    /// # Errors
    /// [`Error::Unsigned`] for one under such a version, unless `allow_unsigned`;
    /// [`Error::NoKey`], [`Error::State`],
    /// [`Error::Context`], [`Error::Decrypt`],
    /// [`Error::Malformed`].
    pub async fn decrypt_values(
        &self,
        values: &[(&str, &Context)],
        allow_unsigned: bool,
    ) -> Result<Vec<OpenedValue>> {
        let request = Request::of("decryptValue");
        self.read(request, async |tx| {
            tx.decrypt_values(values, allow_unsigned).await
        })
        .await
    }

    /// One JSON text, as [`encrypt_values`](Self::encrypt_values).
    ///
    /// # Errors
    /// As [`encrypt_values`](Self::encrypt_values).
    pub async fn encrypt_value(&self, key: &str, json: &[u8], context: &Context) -> Result<String> {
        let tokens = self.encrypt_values(key, &[(json, context)]).await?;
        Ok(tokens.concat())
    }

    /// The JSON text in one value, as [`decrypt_values`](Self::decrypt_values).
    ///
    /// # Errors
    /// As [`decrypt_values`](Self::decrypt_values).
    pub async fn decrypt_value(
        &self,
        token: &str,
        context: &Context,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let mut values = self.decrypt_values(&[(token, context)], false).await?;
        Ok(values.swap_remove(0).json)
    }
}

impl Transaction<'_> {
    async fn encrypt_values(&self, key: &str, values: &[(&[u8], &Context)]) -> Result<Vec<String>> {
        let contexts: Vec<_> = values.iter().map(|(_, context)| *context).collect();
        let asked = Asked::to(Operation::EncryptValue).within(&contexts);
        let found = self.primary(key, asked).await?;
        let entropy = Pool::of(self.rng(), values.len() * Ciphertext::DRAWN);
        let tokens = jose::encrypt_values(&found.kek()?, values, &entropy)?;
        for _ in values {
            self.note_use(&found);
        }
        Ok(tokens)
    }

    async fn decrypt_values(
        &self,
        values: &[(&str, &Context)],
        allow_unsigned: bool,
    ) -> Result<Vec<OpenedValue>> {
        let mut pairs = Vec::new();
        for (token, context) in values {
            pairs.push((Value::parse(token)?, *context));
        }
        self.load_kids(pairs.iter().map(|(value, _)| value.kid()))
            .await?;
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(value, context)| (value, *context))
            .collect();
        let mut opened = Vec::new();
        for run in pairs.chunk_by(|(a, _), (b, _)| a.kid() == b.kid()) {
            let contexts: Vec<_> = run.iter().map(|(_, context)| *context).collect();
            let asked = Asked::to(Operation::DecryptValue).within(&contexts);
            let found = self.opening_loaded(run[0].0.kid(), asked)?;
            if found.proves_nothing() && !allow_unsigned {
                return Err(Error::Unsigned);
            }
            for json in Value::open_all(run, &found.kek()?)? {
                self.note_use(&found);
                opened.push(OpenedValue {
                    json,
                    by: found.kid(),
                    state: found.state,
                });
            }
        }
        Ok(opened)
    }
}
