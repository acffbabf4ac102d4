//! Values under an unlocked vault's keys: small JSON texts as compact JWEs, many at once.

use zeroize::Zeroizing;

use crate::{
    base::{Context, Result},
    object::body::Buffers,
    store::Store,
};

use super::{Unlocked, Vault};

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
        self.read("encryptValue", |now| now.encrypt_values(key, values))
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
        self.read("decryptValue", |now| now.decrypt_values(values))
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
