//! AWS Signature Version 4 of a request to AWS KMS: a POST of JSON to `/`, whose headers are all signed.
//!
//! Source: "Create a signed AWS API request" in the IAM User Guide.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Who signs.
pub struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: Zeroizing<String>,
    pub session_token: Option<Zeroizing<String>>,
}

/// What is signed.
pub struct Unsigned<'a> {
    pub region: &'a str,
    /// As RFC 3339 without dashes and colons: `20260102T030405Z`.
    pub time: &'a str,
    /// In lower case, sorted by name.
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a [u8],
}

impl Unsigned<'_> {
    /// The `authorization` header.
    pub fn authorization(&self, by: &Credentials) -> String {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let date = self.time.get(..8).unwrap_or_default();
        let scope = format!("{date}/{}/kms/aws4_request", self.region);
        let text = format!(
            "{ALGORITHM}\n{}\n{scope}\n{}",
            self.time,
            self.canonical(&names)
        );
        // EXPOSE: the signing key is derived from the secret.
        let secret = Zeroizing::new(format!("AWS4{}", by.secret_access_key.as_str()));
        let mut key = mac(secret.as_bytes(), date);
        for part in [self.region, "kms", "aws4_request"] {
            key = mac(&*key, part);
        }
        let signature = hex(&*mac(&*key, &text));
        format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            by.access_key_id
        )
    }

    /// The hash of the canonical request. Its text, which has the session's token, is put together nowhere.
    fn canonical(&self, names: &str) -> String {
        let mut hasher = Sha256::new_with_prefix("POST\n/\n\n");
        for (name, value) in self.headers {
            for part in [name, ":", value, "\n"] {
                hasher.update(part);
            }
        }
        for part in ["\n", names, "\n", &hash(self.body)] {
            hasher.update(part);
        }
        hex(&hasher.finalize())
    }
}

fn mac(key: &[u8], text: &str) -> Zeroizing<[u8; 32]> {
    // HMAC takes keys of every length.
    let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(text));
    Zeroizing::new(
        mac.map(|mac| mac.finalize().into_bytes().into())
            .unwrap_or_default(),
    )
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
