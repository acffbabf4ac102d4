//! What AWS KMS answers: 32 bytes, or why not. Its own sentences are not repeated: one of them repeats what was signed, the
//! session token with it.

use std::borrow::Cow;

use serde::Deserialize;
use strongroom::base::{InputError, Secret, base64};
use zeroize::Zeroizing;

use super::service::{Refusal, Response, Service, code_of};
use crate::failure::{Exit, Failure};

/// The members that are read.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    #[serde(borrow)]
    key_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    plaintext: Option<Cow<'a, str>>,
    #[serde(borrow)]
    shared_secret: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Refused<'a> {
    #[serde(borrow, rename = "__type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "Message")]
    message: Option<Cow<'a, str>>,
}

/// The bytes in an answer, which counts if it names the key that was asked for.
pub fn secret(answer: &[u8], arn: &str, member: &str) -> Option<Secret<32>> {
    let answer: Answer<'_> = serde_json::from_slice(answer).ok()?;
    let text = match member {
        "Plaintext" => answer.plaintext,
        _ => answer.shared_secret,
    };
    let text = Zeroizing::new(text?.into_owned());
    if answer.key_id.as_deref() != Some(arn) {
        return None;
    }
    let bytes = base64::decode_padded(&text, InputError::Malformed("an answer")).ok()?;
    Secret::from_slice(&Zeroizing::new(bytes)).ok()
}

/// What each error of the service is; of others their HTTP status tells.
pub fn refusal(service: &Service, response: &Response) -> Refusal {
    let status = response.status;
    let refused = serde_json::from_slice::<Refused<'_>>(&response.body).ok();
    let (kind, message) = refused
        .map(|refused| (refused.kind, refused.message))
        .unwrap_or_default();
    let kind = kind.unwrap_or_default();
    let code = kind
        .rsplit('#')
        .next()
        .and_then(|code| code.split(':').next());
    let code = code_of(code.unwrap_or_default());
    let message = message.unwrap_or_default().to_ascii_lowercase();
    let says = |words: &str| message.contains(words);
    let (exit, what, next) = match code {
        "AccessDeniedException" | "NotAuthorized" | "OptInRequired" => (
            Exit::Refused,
            "AWS KMS denies that these credentials use the key",
            "ask the administrator of the key for kms:Decrypt, or kms:DeriveSharedSecret of a key on P-256",
        ),
        "KMSInvalidStateException"
            if says("pending deletion") || says("pending replica deletion") =>
        {
            (
                Exit::Refused,
                "the key is pending deletion at AWS KMS",
                "its administrator can cancel that with `aws kms cancel-key-deletion`, while there is time",
            )
        }
        "KMSInvalidStateException"
            if says("unavailable") || says("creating") || says("updating") =>
        {
            return service.unavailable(status, code);
        }
        "DisabledException" | "KMSInvalidStateException" => (
            Exit::Refused,
            "the key is disabled at AWS KMS",
            "its administrator can enable it with `aws kms enable-key`",
        ),
        "NotFoundException" | "InvalidArnException" => (
            Exit::Factor,
            "AWS KMS has no such key",
            "check the ARN: its account and its region, where the key is asked",
        ),
        "IncorrectKeyException"
        | "InvalidCiphertextException"
        | "InvalidKeyUsageException"
        | "UnsupportedOperationException"
        | "ValidationException" => (
            Exit::Content,
            "this is not for the key at AWS KMS, or was tampered with",
            "give the ARN of the key that it is for: one for ENCRYPT_DECRYPT of RSA, or KEY_AGREEMENT on P-256",
        ),
        "ExpiredTokenException"
        | "RequestExpired"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationTokenException" => (
            Exit::Refused,
            "the credentials have expired, or AWS KMS does not accept them",
            "get new ones with `aws configure export-credentials --format env`, and look at this machine's clock",
        ),
        "ThrottlingException" | "LimitExceededException" => {
            return service.throttled(code);
        }
        _ if status == 429 || status >= 500 => return service.unavailable(status, code),
        _ => return service.malformed_refusal(status, code),
    };
    Refusal::Final(Failure::new(exit, &format!("{what} ({code})"), next))
}
