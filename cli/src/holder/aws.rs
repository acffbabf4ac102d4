//! A key of AWS KMS: `Decrypt` with `RSAES_OAEP_SHA_256`, or `DeriveSharedSecret`. AWS JSON 1.1, with signed requests.

use std::{
    env,
    io::Read as _,
    thread::sleep,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clap::Args;
use serde::Serialize;
use strongroom::{
    base::{Secret, Thumbprint, Timestamp, base64},
    jose::Question,
};
use ureq::{Agent, http::Uri};
use zeroize::Zeroizing;

use super::{
    Holder,
    aws_answer::{Refusal, refusal, secret},
    sigv4::{Credentials, Unsigned},
    token::point_of,
};
use crate::{
    failure::{Exit, Failure, Outcome},
    text::time,
};

const OPTION: &str = "--aws-kms";
/// For one attempt.
const PATIENCE: Duration = Duration::from_secs(10);
/// Before each further attempt where the service throttles or fails.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(4),
];
/// The most bytes of an answer: one has a kilobyte.
const MOST: u64 = 64 * 1024;
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
    endpoint: Uri,
    credentials: Credentials,
    agent: Agent,
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
        let endpoint = match endpoint {
            Some(given) => address(given)?,
            None => {
                let end = if partition == "aws-cn" { ".cn" } else { "" };
                address(&format!("https://kms.{region}.amazonaws.com{end}/"))?
            }
        };
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(true)
            .timeout_global(Some(PATIENCE))
            .user_agent("strongroom")
            .max_response_header_size(16 * 1024);
        if endpoint.scheme_str() == Some("http") {
            // This machine is asked directly.
            config = config.proxy(None);
        }
        Ok(Self {
            arn: arn.to_owned(),
            region: region.to_owned(),
            endpoint,
            credentials: from_environment()?,
            agent: config.build().into(),
        })
    }

    /// The answer to a call, asked again where the service throttles or fails.
    fn call(&self, operation: &str, body: &[u8], member: &str) -> Outcome<Secret<32>> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let (status, answer) = self.send(operation, body)?;
            if (200..300).contains(&status) {
                return secret(&answer, &self.arn, member);
            }
            let refusal = refusal(status, &answer);
            match (refusal, pauses.next()) {
                (Refusal::Later(_), Some(pause)) => sleep(pause),
                (refusal, _) => return Err(refusal.into()),
            }
        }
    }

    fn send(&self, operation: &str, body: &[u8]) -> Outcome<(u16, Zeroizing<Vec<u8>>)> {
        let target = format!("TrentService.{operation}");
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let now = Timestamp::from_millis(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
        let now = time(now).replace(['-', ':'], "");
        let host = self
            .endpoint
            .authority()
            .map(|host| host.as_str())
            .unwrap_or_default();
        let mut headers = vec![
            ("content-type", "application/x-amz-json-1.1"),
            ("host", host),
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
        let mut request = self
            .agent
            .post(&self.endpoint)
            .header("authorization", authorization);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut response = request.send(body).map_err(|error| unreached(&error))?;
        let status = response.status().as_u16();
        let mut answer = Zeroizing::new(Vec::with_capacity(8192));
        let read = response
            .body_mut()
            .as_reader()
            .take(MOST + 1)
            .read_to_end(&mut answer);
        read.map_err(|error| unreached(&ureq::Error::Io(error)))?;
        if answer.len() as u64 > MOST {
            return Err(malformed());
        }
        Ok((status, answer))
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
                self.call("Decrypt", &json(&call)?, "Plaintext")
            }
            Question::EcdhEs { epk } => {
                let public_key = base64::encode_padded(&[&SPKI[..], &point_of(epk)?].concat());
                let key_agreement_algorithm = "ECDH";
                let call = DeriveSharedSecret {
                    key_id,
                    key_agreement_algorithm,
                    public_key,
                };
                self.call("DeriveSharedSecret", &json(&call)?, "SharedSecret")
            }
        }
    }
}

fn json(call: &impl Serialize) -> Outcome<Vec<u8>> {
    // Its members are texts.
    serde_json::to_vec(call).map_err(|_| malformed())
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

/// An address that secrets may be sent to.
fn address(text: &str) -> Outcome<Uri> {
    let parsed = text.parse::<Uri>().ok().filter(|uri| {
        let is_whole = uri
            .authority()
            .is_some_and(|host| !host.as_str().contains('@'))
            && uri.path_and_query().is_none_or(|path| path.as_str() == "/");
        let is_here = matches!(uri.host(), Some("127.0.0.1" | "[::1]" | "localhost"));
        is_whole
            && (uri.scheme_str() == Some("https") || (uri.scheme_str() == Some("http") && is_here))
    });
    parsed.ok_or_else(|| {
        let next = "give https://HOST, or http:// of this machine (127.0.0.1, [::1] or localhost), without a path";
        Failure::option("--aws-endpoint", "address that is taken here", next)
    })
}

/// Credentials, which are never given on the command line.
fn from_environment() -> Outcome<Credentials> {
    let given = |name: &str| -> Outcome<Option<Zeroizing<String>>> {
        let Some(value) = env::var_os(name).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let text = value.into_string().ok().map(Zeroizing::new);
        let visible = |text: &Zeroizing<String>| text.bytes().all(|byte| byte.is_ascii_graphic());
        match text.filter(visible) {
            Some(text) => Ok(Some(text)),
            None => Err(Failure::option(
                name,
                "credential",
                "it has characters that no credential has",
            )),
        }
    };
    let (id, secret) = (given("AWS_ACCESS_KEY_ID")?, given("AWS_SECRET_ACCESS_KEY")?);
    let (Some(id), Some(secret_access_key)) = (id, secret) else {
        let what = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, which sign what AWS KMS is asked";
        let next = "set them for this program alone, as `aws configure export-credentials --format env` prints them";
        return Err(Failure::new(Exit::Usage, what, next));
    };
    Ok(Credentials {
        access_key_id: id.as_str().to_owned(),
        secret_access_key,
        session_token: given("AWS_SESSION_TOKEN")?,
    })
}

/// A service that gave no answer.
fn unreached(error: &ureq::Error) -> Failure {
    let (what, next) = match error {
        ureq::Error::TooManyRedirects | ureq::Error::RedirectFailed => (
            "AWS KMS is answered by a redirect, which is not followed".to_owned(),
            "check --aws-endpoint and the network's proxy",
        ),
        ureq::Error::Timeout(_) => (
            "AWS KMS did not answer within 10 seconds".to_owned(),
            "try again later, or use another way to open this",
        ),
        error => (
            format!("AWS KMS cannot be reached: {error}"),
            "check the network, the region in the ARN, and --aws-endpoint",
        ),
    };
    Failure::new(Exit::System, &what, next)
}

/// What is no answer of the service's.
pub fn malformed() -> Failure {
    let what = "AWS KMS gave what is no answer to this question";
    Failure::new(
        Exit::System,
        what,
        "check --aws-endpoint and the network's proxy",
    )
}
