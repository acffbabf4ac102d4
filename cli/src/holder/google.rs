//! A version of a key of Google Cloud KMS: `asymmetricDecrypt`, REST v1, with checksums both ways.

use std::borrow::Cow;

use clap::Args;
use crc::{CRC_32_ISCSI, Crc};
use serde::{Deserialize, Serialize};
use strongroom::{
    base::{InputError, Secret, Thumbprint, base64},
    jose::Question,
};
use zeroize::Zeroizing;

use super::{
    Holder,
    bearer::{BearerService, Ways, Why},
    other_algorithm,
    service::{Names, Response, code_of},
};
use crate::failure::{Failure, Outcome};

const OPTION: &str = "--google-kms";
const WAYS: Ways = Ways {
    names: Names {
        service: "Google Cloud KMS",
        endpoint: "--google-endpoint",
    },
    variable: "GOOGLE_OAUTH_ACCESS_TOKEN",
    right: "cloudkms.cryptoKeyVersions.useToDecrypt (roles/cloudkms.cryptoKeyDecrypter)",
    token: "gcloud auth print-access-token",
    enable: "enable this version with `gcloud kms keys versions enable`",
    restore: "get this version back with `gcloud kms keys versions restore`",
    name: "the name of the key's version",
};
const ADDRESS: &str = "https://cloudkms.googleapis.com/";
/// What the service calls CRC32C (RFC 3720 §12.1).
const CRC32C: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);

/// Which key.
#[derive(Args)]
pub struct GoogleOptions {
    /// Ask Google Cloud KMS, by the name of the key's version; the access token comes from GOOGLE_OAUTH_ACCESS_TOKEN
    #[arg(long, group = "factor", value_name = "NAME")]
    google_kms: Option<String>,
    /// The address that is asked in place of Google's: https, or http on this machine
    #[arg(long, value_name = "URL", requires = "google_kms")]
    google_endpoint: Option<String>,
}

/// A version of a key, and where it is asked.
pub struct GoogleKey {
    name: String,
    service: BearerService,
}

/// An int64 is a text in this JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Decrypt {
    ciphertext: String,
    ciphertext_crc32c: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Decrypted<'a> {
    #[serde(borrow)]
    plaintext: Cow<'a, str>,
    #[serde(borrow)]
    plaintext_crc32c: Cow<'a, str>,
    /// Left out where it is false.
    #[serde(default)]
    verified_ciphertext_crc32c: bool,
}

#[derive(Deserialize)]
struct Refused<'a> {
    #[serde(borrow)]
    error: GoogleError<'a>,
}

/// `google.rpc.Status`.
#[derive(Deserialize)]
struct GoogleError<'a> {
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
}

impl GoogleKey {
    /// The key that the options name, if they do.
    pub fn given(options: &GoogleOptions) -> Outcome<Option<Self>> {
        let new = |name: &str| Self::new(name, options.google_endpoint.as_deref());
        options.google_kms.as_deref().map(new).transpose()
    }

    fn new(name: &str, endpoint: Option<&str>) -> Outcome<Self> {
        if !is_version(name) {
            let next =
                "give it as projects/…/locations/…/keyRings/…/cryptoKeys/…/cryptoKeyVersions/1";
            return Err(Failure::option(OPTION, "name of a key's version", next));
        }
        Ok(Self {
            name: name.to_owned(),
            service: BearerService::at(&WAYS, endpoint, ADDRESS)?,
        })
    }
}

impl Holder for GoogleKey {
    fn option(&self) -> &'static str {
        OPTION
    }

    /// Not asked for: an answer under this name shows that the key is there.
    fn thumbprint(&self) -> Option<&Thumbprint> {
        None
    }

    fn is_called(&self, name: &str) -> bool {
        name == self.name
    }

    fn is_kms(&self) -> bool {
        true
    }

    fn answer(&self, question: &Question) -> Outcome<Secret<32>> {
        let Question::RsaOaep { encrypted } = question else {
            return Err(other_algorithm(OPTION, question));
        };
        let decrypt = Decrypt {
            ciphertext: base64::encode_padded(encrypted),
            ciphertext_crc32c: CRC32C.checksum(encrypted).to_string(),
        };
        let target = format!("/v1/{}:asymmetricDecrypt", self.name);
        self.service.ask(&target, &decrypt, refusal, secret)
    }
}

/// What a refusal is, and its code.
fn refusal(response: &Response) -> (Why, String) {
    let refused = serde_json::from_slice::<Refused<'_>>(&response.body).ok();
    let (status, message) = refused
        .map(|Refused { error }| (error.status, error.message))
        .unwrap_or_default();
    let (code, message) = (status.unwrap_or_default(), message.unwrap_or_default());
    let code = code_of(&code);
    let why = match code {
        _ if message.to_ascii_lowercase().contains("checksum") => Why::Unavailable,
        "INVALID_ARGUMENT" => Why::WrongKey,
        "FAILED_PRECONDITION" if message.contains("DESTROY") => Why::PendingDeletion,
        "FAILED_PRECONDITION" => Why::Disabled,
        // What is no answer of the service's: a proxy's, or another server's.
        "" if matches!(response.status, 403 | 404) => Why::Other,
        _ => Why::of_status(response.status),
    };
    (why, code.to_owned())
}

/// The bytes in an answer, which counts if what was sent arrived, and if what was answered did. The service names no key in it.
fn secret(answer: &[u8]) -> Option<Secret<32>> {
    let answer: Decrypted<'_> = serde_json::from_slice(answer).ok()?;
    let text = Zeroizing::new(answer.plaintext.into_owned());
    let bytes = base64::decode_padded(&text, InputError::Malformed("an answer")).ok()?;
    let bytes = Zeroizing::new(bytes);
    let is_whole = answer.plaintext_crc32c == CRC32C.checksum(&bytes).to_string();
    if !is_whole || !answer.verified_ciphertext_crc32c {
        return None;
    }
    Secret::from_slice(&bytes).ok()
}

fn is_version(name: &str) -> bool {
    const PARTS: [(&str, &[u8]); 5] = [
        ("projects", b"_:.-"),
        ("locations", b"_-"),
        ("keyRings", b"_-"),
        ("cryptoKeys", b"_-"),
        ("cryptoKeyVersions", b""),
    ];
    let parts: Vec<_> = name.split('/').collect();
    let is_part = |((noun, more), given): (&(&str, &[u8]), &[&str])| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || more.contains(&byte);
        let is_named = given[1].starts_with(|first: char| first.is_ascii_alphanumeric());
        given[0] == *noun && is_named && given[1].bytes().all(plain)
    };
    let number = parts.last().copied().unwrap_or_default();
    parts.len() == 2 * PARTS.len()
        && PARTS.iter().zip(parts.chunks_exact(2)).all(is_part)
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standard() {
        // RFC 3720 §B.4: 32 bytes of zeros.
        assert_eq!(CRC32C.checksum(&[0; 32]), 0x8a91_36aa);
    }

    #[test]
    fn only_a_versions_name_is_taken() {
        let name = "projects/p-1/locations/eu/keyRings/r/cryptoKeys/k/cryptoKeyVersions/12";
        assert!(is_version(name));
        for other in [
            "",
            "projects/p-1/locations/eu/keyRings/r/cryptoKeys/k",
            "projects/p-1/locations/eu/keyRings/r/cryptoKeys/k/cryptoKeyVersions/",
            "projects/p-1/locations/eu/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1a",
            "projects/p-1/locations/eu/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1/",
            "projects/p-1/locations/../keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
            "projects/p?1/locations/eu/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
            "projects/../locations/eu/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
            "projects//locations/eu/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
        ] {
            assert!(!is_version(other), "{other}");
        }
    }
}
