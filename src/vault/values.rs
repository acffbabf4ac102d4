//! Values under an unlocked vault's keys: small JSON texts as compact JWEs, many at once.

use zeroize::Zeroizing;

use crate::{
    base::{Context, Pool, Result},
    jose::{self, Ciphertext, Value},
    object::body::Buffers,
    store::Store,
};

use super::{Unlocked, Vault, gate::Request, transaction::Transaction};

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Encrypts JSON texts as values, each with its context: a compact JWE for each.
    ///
    /// # Errors
    /// [`Error::NoKey`](crate::Error::NoKey), [`Error::State`](crate::Error::State),
    /// [`Error::Purpose`](crate::Error::Purpose), [`Error::TooLarge`](crate::Error::TooLarge).
    pub async fn encrypt_values(
        &self,
        key: &str,
        values: &[(&[u8], &Context)],
    ) -> Result<Vec<String>> {
        let request = Request::of("encryptValue").about(key);
        self.read(request, async |tx| tx.encrypt_values(key, values).await)
            .await
    }

    /// The JSON texts in values, each with the context that it was encrypted under.
    ///
    /// # Errors
    /// [`Error::NoKey`](crate::Error::NoKey), [`Error::State`](crate::Error::State),
    /// [`Error::Context`](crate::Error::Context), [`Error::Decrypt`](crate::Error::Decrypt),
    /// [`Error::Malformed`](crate::Error::Malformed).
    pub async fn decrypt_values(
        &self,
        values: &[(&str, &Context)],
    ) -> Result<Vec<Zeroizing<Vec<u8>>>> {
        let request = Request::of("decryptValue");
        self.read(request, async |tx| tx.decrypt_values(values).await)
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
        let mut texts = self.decrypt_values(&[(token, context)]).await?;
        Ok(texts.swap_remove(0))
    }
}

impl Transaction<'_> {
    async fn encrypt_values(&self, key: &str, values: &[(&[u8], &Context)]) -> Result<Vec<String>> {
        let found = self.primary(key).await?;
        let entropy = Pool::of(self.rng(), values.len() * Ciphertext::DRAWN);
        let tokens = jose::encrypt_values(&found.kek()?, values, &entropy)?;
        for _ in values {
            self.note_use(&found.key.id, &found.version);
        }
        Ok(tokens)
    }

    async fn decrypt_values(&self, values: &[(&str, &Context)]) -> Result<Vec<Zeroizing<Vec<u8>>>> {
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
        let mut texts = Vec::new();
        for run in pairs.chunk_by(|(a, _), (b, _)| a.kid() == b.kid()) {
            let found = self.opening_loaded(run[0].0.kid())?;
            for _ in run {
                self.note_use(&found.key.id, &found.version);
            }
            texts.extend(Value::open_all(run, &found.kek()?)?);
        }
        Ok(texts)
    }
}
