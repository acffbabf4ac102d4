//! A key of AWS KMS: `Decrypt` with `RSAES_OAEP_SHA_256`, or `DeriveSharedSecret`. AWS JSON 1.1, with signed requests.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use serde::Serialize;
use strongroom::{
    base::{Secret, Thumbprint, Timestamp, base64},
    jose::Question,
};

use super::{
    Holder,
    aws_answer::{refusal, secret},
    service::{Call, Names, Response, Service, from_environment},
    sigv4::{Credentials, Unsigned},
    token::point_of,
};
use crate::{
    failure::{Exit, Failure, Outcome},
    text::time,
};

const OPTION: &str = "--aws-kms";
const NAMES: Names = Names {
    service: "AWS KMS",
    endpoint: "--aws-endpoint",
};
/// A SubjectPublicKeyInfo on P-256 up to its point (RFC 5480 §2).
const SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Which key.
#[derive(Args)]
pub struct AwsOptions {
    /// Ask AWS KMS, by the key's ARN; credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN
    #[arg(long, group = "factor", value_name = "ARN")]
    aws_kms: Option<String>,
    /// The address that is asked in place of AWS's: https, or http on this machine
    #[arg(long, value_name = "URL", requires = "aws_kms")]
    aws_endpoint: Option<String>,
}

/// A key, and where it is asked.
pub struct AwsKey {
    arn: String,
    region: String,
    service: Service,
    credentials: Credentials,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Decrypt<'a> {
    key_id: &'a str,
    ciphertext_blob: String,
    encryption_algorithm: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeriveSharedSecret<'a> {
    key_id: &'a str,
    key_agreement_algorithm: &'static str,
    public_key: String,
}

impl AwsKey {
    /// The key that the options name, if they do.
    pub fn given(options: &AwsOptions) -> Outcome<Option<Self>> {
        options
            .aws_kms
            .as_deref()
            .map(|arn| Self::new(arn, options.aws_endpoint.as_deref()))
            .transpose()
    }

    fn new(arn: &str, endpoint: Option<&str>) -> Outcome<Self> {
        let (partition, region) = places(arn).ok_or_else(|| {
            let next = "give it as arn:aws:kms:REGION:ACCOUNT:key/ID; an alias is none";
            Failure::option(OPTION, "ARN of a key", next)
        })?;
        let end = if partition == "aws-cn" { ".cn" } else { "" };
        let own = format!("https://kms.{region}.amazonaws.com{end}/");
        Ok(Self {
            arn: arn.to_owned(),
            region: region.to_owned(),
            service: Service::at(&NAMES, endpoint, &own)?,
            credentials: credentials()?,
        })
    }

    /// The bytes in the answer to a call.
    fn call(&self, operation: &str, body: &[u8], member: &str) -> Outcome<Secret<32>> {
        let attempt = |service: &Service| self.send(service, operation, body);
        let refusal = |response: &Response| refusal(&self.service, response);
        let answer = self.service.answer(attempt, refusal)?;
        secret(&answer, &self.arn, member).ok_or_else(|| self.service.malformed())
    }

    fn send(&self, service: &Service, operation: &str, body: &[u8]) -> Outcome<Response> {
        let target = format!("TrentService.{operation}");
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let now = Timestamp::from_millis(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
        let now = time(now).replace(['-', ':'], "");
        let mut headers = vec![
            ("content-type", "application/x-amz-json-1.1"),
            ("host", service.host()),
            ("x-amz-date", &now),
        ];
        if let Some(token) = &self.credentials.session_token {
            headers.push(("x-amz-security-token", token.as_str()));
        }
        headers.push(("x-amz-target", &target));
        let unsigned = Unsigned {
            region: &self.region,
            time: &now,
            headers: &headers,
            body,
        };
        let authorization = unsigned.authorization(&self.credentials);
        headers.push(("authorization", &authorization));
        service.send(&Call {
            target: "/",
            headers: &headers,
            body,
        })
    }
}

impl AwsKey {
    fn json(&self, call: &impl Serialize) -> Outcome<Vec<u8>> {
        // Its members are texts.
        serde_json::to_vec(call).map_err(|_| self.service.malformed())
    }
}

impl Holder for AwsKey {
    fn option(&self) -> &'static str {
        OPTION
    }

    /// Not asked for: an answer under this name shows that the key is there.
    fn thumbprint(&self) -> Option<&Thumbprint> {
        None
    }

    fn is_called(&self, name: &str) -> bool {
        name == self.arn
    }

    fn is_kms(&self) -> bool {
        true
    }

    fn answer(&self, question: &Question) -> Outcome<Secret<32>> {
        let key_id = &self.arn;
        match question {
            Question::RsaOaep { encrypted } => {
                let ciphertext_blob = base64::encode_padded(encrypted);
                let encryption_algorithm = "RSAES_OAEP_SHA_256";
                let call = Decrypt {
                    key_id,
                    ciphertext_blob,
                    encryption_algorithm,
                };
                self.call("Decrypt", &self.json(&call)?, "Plaintext")
            }
            Question::EcdhEs { epk } => {
                let public_key = base64::encode_padded(&[&SPKI[..], &point_of(epk)?].concat());
                let key_agreement_algorithm = "ECDH";
                let call = DeriveSharedSecret {
                    key_id,
                    key_agreement_algorithm,
                    public_key,
                };
                self.call("DeriveSharedSecret", &self.json(&call)?, "SharedSecret")
            }
        }
    }
}

/// Partition and region of a key's ARN.
fn places(arn: &str) -> Option<(&str, &str)> {
    let parts: Vec<_> = arn.split(':').collect();
    let ["arn", partition, "kms", region, account, resource] = parts[..] else {
        return None;
    };
    let name = |text: &str, more: &[u8]| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'-' || more.contains(&byte);
        !text.is_empty() && text.bytes().all(plain)
    };
    let id = resource.strip_prefix("key/")?;
    let id_is_one = !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let account_is_one = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let right = partition.starts_with("aws") && name(partition, b"") && name(region, b"0123456789");
    (right && account_is_one && id_is_one).then_some((partition, region))
}

/// Credentials, which are never given on the command line.
fn credentials() -> Outcome<Credentials> {
    let id = from_environment("AWS_ACCESS_KEY_ID")?;
    let (Some(id), Some(secret_access_key)) = (id, from_environment("AWS_SECRET_ACCESS_KEY")?)
    else {
        let what = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, which sign what AWS KMS is asked";
        let next = "set them for this program alone, as `aws configure export-credentials --format env` prints them";
        return Err(Failure::new(Exit::Usage, what, next));
    };
    Ok(Credentials {
        access_key_id: id.as_str().to_owned(),
        secret_access_key,
        session_token: from_environment("AWS_SESSION_TOKEN")?,
    })
}
