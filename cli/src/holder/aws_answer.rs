//! What AWS KMS answers: 32 bytes, or why not. Its own sentences are not repeated: one of them repeats what was signed, the
//! session token with it.

use std::borrow::Cow;

use serde::Deserialize;
use strongroom::base::{InputError, Secret, base64};
use zeroize::Zeroizing;

use super::aws::malformed;
use crate::failure::{Exit, Failure, Outcome};

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
pub fn secret(answer: &[u8], arn: &str, member: &str) -> Outcome<Secret<32>> {
    let answer: Answer<'_> = serde_json::from_slice(answer).map_err(|_| malformed())?;
    let text = match member {
        "Plaintext" => answer.plaintext,
        _ => answer.shared_secret,
    };
    let text = match text {
        Some(Cow::Owned(text)) => Zeroizing::new(text),
        Some(Cow::Borrowed(text)) => Zeroizing::new(text.to_owned()),
        None => return Err(malformed()),
    };
    if answer.key_id.as_deref() != Some(arn) {
        return Err(malformed());
    }
    let bytes = base64::decode_padded(&text, InputError::Malformed("an answer"))
        .map_err(|_| malformed())?;
    Secret::from_slice(&Zeroizing::new(bytes)).map_err(|_| malformed())
}

/// Why there is none.
pub enum Refusal {
    /// It may answer a little later.
    Later(Failure),
    Final(Failure),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let (Refusal::Later(failure) | Refusal::Final(failure)) = refusal;
        failure
    }
}

/// What each error of the service is; of others their HTTP status tells.
pub fn refusal(status: u16, answer: &[u8]) -> Refusal {
    let refused = serde_json::from_slice::<Refused<'_>>(answer).ok();
    let (kind, message) = refused
        .map(|refused| (refused.kind, refused.message))
        .unwrap_or_default();
    let kind = kind.unwrap_or_default();
    let code = kind
        .rsplit('#')
        .next()
        .and_then(|code| code.split(':').next());
    let code = code
        .filter(|code| code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let code = code.unwrap_or_default();
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
            return Refusal::Later(unavailable(status, code));
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
            let next = "try again later";
            return Refusal::Later(Failure::new(
                Exit::System,
                &told("AWS KMS refuses more requests for now", code),
                next,
            ));
        }
        _ if status == 429 || status >= 500 => return Refusal::Later(unavailable(status, code)),
        _ => return Refusal::Final(malformed_refusal(status, code)),
    };
    Refusal::Final(Failure::new(exit, &told(what, code), next))
}

fn told(what: &str, code: &str) -> String {
    format!("{what} ({code})")
}

fn unavailable(status: u16, code: &str) -> Failure {
    let what = told(
        "AWS KMS cannot answer for now",
        if code.is_empty() { "no code" } else { code },
    );
    let next = "try again later, or use another way to open this";
    Failure::new(
        Exit::System,
        &format!("{what}, with HTTP status {status}"),
        next,
    )
}

fn malformed_refusal(status: u16, code: &str) -> Failure {
    let what = format!("what answers for AWS KMS refuses this with HTTP status {status} {code}");
    Failure::new(
        Exit::System,
        what.trim_end(),
        "check --aws-endpoint and the network's proxy",
    )
}
